//! What others ask of a run.

use errand_domain::{Draft, RunState, event::Body};
use errand_store::{Command, CommandOutcome, Error, MAX_PENDING_COMMANDS, Writer};

use crate::{
    database::{Database, on_both_databases},
    drafts::{created, finished, request, thought},
};

on_both_databases![
    a_run_that_nobody_holds_is_canceled_at_once,
    a_holder_turns_a_command_into_events_once,
    the_next_holder_finds_what_the_last_did_not_do,
    a_second_cancel_changes_nothing,
    a_run_that_ended_takes_no_commands,
    commands_that_wait_are_bounded,
];

fn cancel() -> Command {
    Command::Cancel {
        reason: "no longer needed".to_owned(),
    }
}

fn respond(text: &str) -> Command {
    Command::Respond {
        response: text.to_owned(),
    }
}

async fn a_run_that_nobody_holds_is_canceled_at_once(database: Database) {
    let waiting = database.create(vec![created(request("later"))]).await;
    let queued = database.queued().await;
    for run in [waiting, queued] {
        let add = |command| {
            database
                .store
                .add_command(&database.organization, &run.id, command)
        };
        let outcome = add(respond("1")).await.unwrap();
        assert!(
            matches!(outcome, CommandOutcome::NotStarted(_)),
            "{outcome:?}"
        );
        let CommandOutcome::Canceled(canceled) = add(cancel()).await.unwrap() else {
            panic!("not canceled");
        };
        assert_eq!(canceled.state, RunState::Canceled);
        assert_eq!(database.read(&run.id).await, canceled);
    }
    assert_eq!(database.claim().await, None);
}

async fn a_holder_turns_a_command_into_events_once(database: Database) {
    let store = &database.store;
    let claim = database.running().await;
    let run_id = &claim.run.id;
    assert!(
        store
            .pending_commands(run_id, claim.epoch)
            .await
            .unwrap()
            .is_empty()
    );
    let mut hints = store.watch_run(run_id);
    for command in [respond("{\"a\": 1.0}"), cancel()] {
        let outcome = store
            .add_command(&database.organization, run_id, command)
            .await
            .unwrap();
        assert!(matches!(outcome, CommandOutcome::Pending(_)), "{outcome:?}");
    }
    assert!(hints.wait(crate::database::LONG).await);
    let pending = store.pending_commands(run_id, claim.epoch).await.unwrap();
    let asked: Vec<_> = pending
        .iter()
        .map(|it| (it.number, it.command.clone()))
        .collect();
    assert_eq!(asked, [(1, respond("{\"a\": 1.0}")), (2, cancel())]);

    let received = Body::CommandReceived {
        command: "cancel".to_owned(),
        detail: String::new(),
    };
    let drafts = vec![
        Draft::new("asked to end", received),
        finished(RunState::Terminated),
    ];
    let done = |drafts| store.append_for_command(run_id, claim.epoch, 1, drafts);
    done(vec![thought("an answer")]).await.unwrap();
    assert_eq!(
        store
            .pending_commands(run_id, claim.epoch)
            .await
            .unwrap()
            .len(),
        1
    );
    let before = database.read(run_id).await;
    let again = done(vec![thought("an answer")]).await;
    assert!(
        matches!(again, Err(Error::NotFound("command"))),
        "{again:?}"
    );
    assert_eq!(database.read(run_id).await, before);
    store
        .append_for_command(run_id, claim.epoch, 2, drafts)
        .await
        .unwrap();
    assert_eq!(database.read(run_id).await.state, RunState::Terminated);
}

async fn the_next_holder_finds_what_the_last_did_not_do(database: Database) {
    let claim = database.running().await;
    let run_id = &claim.run.id;
    database
        .store
        .add_command(&database.organization, run_id, cancel())
        .await
        .unwrap();
    database.abandon(run_id).await;
    let next = database.claim().await.unwrap();
    let pending = database
        .store
        .pending_commands(run_id, next.epoch)
        .await
        .unwrap();
    assert_eq!(pending.len(), 1);
    let done = database
        .store
        .append_for_command(run_id, next.epoch, 1, Vec::new())
        .await
        .unwrap();
    assert!(done.is_empty());
    assert!(
        database
            .store
            .pending_commands(run_id, next.epoch)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_second_cancel_changes_nothing(database: Database) {
    let claim = database.running().await;
    for _ in 0..3 {
        database
            .store
            .add_command(&database.organization, &claim.run.id, cancel())
            .await
            .unwrap();
    }
    let pending = database
        .store
        .pending_commands(&claim.run.id, claim.epoch)
        .await
        .unwrap();
    assert_eq!(pending.len(), 1);
}

async fn a_run_that_ended_takes_no_commands(database: Database) {
    let claim = database.running().await;
    let writer = Writer::Holder { epoch: claim.epoch };
    let end = vec![finished(RunState::Completed)];
    database
        .store
        .append(&claim.run.id, writer, end)
        .await
        .unwrap();
    let outcome = database
        .store
        .add_command(&database.organization, &claim.run.id, cancel())
        .await
        .unwrap();
    let CommandOutcome::AlreadyFinal(run) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(run.state, RunState::Completed);
}

async fn commands_that_wait_are_bounded(database: Database) {
    let claim = database.running().await;
    let add = || {
        database
            .store
            .add_command(&database.organization, &claim.run.id, respond("1"))
    };
    for _ in 0..MAX_PENDING_COMMANDS {
        add().await.unwrap();
    }
    let refused = add().await;
    assert!(matches!(refused, Err(Error::Limit(_))), "{refused:?}");
}
