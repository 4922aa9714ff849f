//! Sessions: one holder, runs in order, and nothing that outlives them.

use std::time::Duration;

use errand_domain::{
    Body, Draft, RunState, SessionId, SessionRequest, SessionState, TaskRequest,
    session::CloseReason,
};
use errand_store::{Error, NewSession, RequestKey, SessionFilter};

use crate::database::{Database, LONG, on_both_databases};

impl Database {
    async fn session(&self) -> SessionId {
        let new = self.asked(None);
        self.store.create_session(new).await.unwrap().id
    }

    fn asked(&self, request_id: Option<RequestKey>) -> NewSession {
        NewSession {
            id: SessionId::generate(),
            organization: self.organization.clone(),
            request: SessionRequest {
                timeout_minutes: 60,
                ..SessionRequest::default()
            },
            request_id,
        }
    }

    async fn run_in(&self, session: &SessionId) -> errand_domain::Run {
        self.create(vec![accepted_in(session)]).await
    }
}

fn accepted_in(session: &SessionId) -> Draft {
    let request = TaskRequest {
        prompt: "open the page".to_owned(),
        browser_session_id: Some(session.clone()),
        ..TaskRequest::default()
    };
    let body = Body::RunCreated {
        request,
        engine: "local".to_owned(),
        engine_reason: "it was asked for".to_owned(),
        retry_of: None,
    };
    Draft::new("task", body)
}

fn finished() -> Vec<Draft> {
    let body = Body::RunFinished {
        state: RunState::Completed,
        failure: None,
        errors: Vec::new(),
        summary: None,
    };
    vec![Draft::new("completed", body)]
}

async fn runs_take_turns_and_are_only_claimed_by_the_holder(database: Database) {
    let store = &database.store;
    let id = database.session().await;
    let first = database.run_in(&id).await;
    let second = database.run_in(&id).await;
    assert_eq!(first.state, RunState::Created);
    // Nobody else can take them.
    assert!(database.claim().await.is_none());
    let claim = store.claim_session("a", LONG).await.unwrap().unwrap();
    assert_eq!(claim.session.id, id);
    assert!(store.claim_session("b", LONG).await.unwrap().is_none());
    let started = store.session_started(&id, claim.epoch, "up").await.unwrap();
    assert_eq!(started.state, SessionState::Running);
    let life = started.expires_at.unwrap().micros() - started.started_at.unwrap().micros();
    assert_eq!(life, 3_600_000_000);
    let next = || store.claim_in_session(&id, claim.epoch, "a", LONG);
    let run = next().await.unwrap().unwrap();
    assert_eq!(run.run.id, first.id);
    // One at a time.
    assert!(next().await.unwrap().is_none());
    let seen = store
        .get_session(&database.organization, &id)
        .await
        .unwrap();
    assert_eq!(seen.unwrap().run_id.as_ref(), Some(&first.id));
    assert_eq!(store.waiting_in_session(&id).await.unwrap(), 1);
    let writer = errand_store::Writer::Holder { epoch: run.epoch };
    store.append(&first.id, writer, finished()).await.unwrap();
    assert_eq!(next().await.unwrap().unwrap().run.id, second.id);
    let stranger = store
        .claim_in_session(&id, claim.epoch + 1, "b", LONG)
        .await;
    assert!(matches!(stranger, Err(Error::LeaseLost)));
}

async fn an_ended_session_takes_no_runs_and_cancels_those_that_wait(database: Database) {
    let store = &database.store;
    let id = database.session().await;
    let waiting = database.run_in(&id).await;
    let claim = store.claim_session("a", LONG).await.unwrap().unwrap();
    store.session_started(&id, claim.epoch, "up").await.unwrap();
    let closing = store
        .close_session(&database.organization, &id, CloseReason::Caller, "enough")
        .await
        .unwrap();
    assert_eq!(closing.state, SessionState::Closing);
    let orders = store.renew_session(&id, claim.epoch, LONG).await.unwrap();
    assert_eq!(
        orders.close,
        Some((CloseReason::Caller, "enough".to_owned()))
    );
    let extended = store.extend_session(&database.organization, &id, 5).await;
    assert!(matches!(
        extended,
        Err(Error::SessionEnded(SessionState::Closing))
    ));
    let ended = store.end_session(&id, claim.epoch, CloseReason::Caller, "enough");
    assert!(ended.await.unwrap());
    assert_eq!(store.cancel_stranded().await.unwrap(), 1);
    assert_eq!(database.read(&waiting.id).await.state, RunState::Canceled);
    let new = errand_store::NewRun {
        id: errand_domain::RunId::generate(),
        organization: database.organization.clone(),
        drafts: vec![accepted_in(&id)],
        request_id: None,
    };
    let refused = store.create_run(new).await;
    assert!(matches!(
        refused,
        Err(Error::SessionEnded(SessionState::Closed))
    ));
    let listed = |include_ended| SessionFilter {
        include_ended,
        ..SessionFilter::default()
    };
    let organization = &database.organization;
    for (include_ended, count) in [(false, 0), (true, 1)] {
        let filter = listed(include_ended);
        let page = store.list_sessions(organization, &filter, 0, None).await;
        assert_eq!(page.unwrap().items.len(), count);
    }
    let events = store
        .session_events(organization, &id, 0, 100)
        .await
        .unwrap();
    let kinds: Vec<&str> = events.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds, ["created", "started", "closing", "ended"]);
}

async fn a_session_dies_with_its_holder(database: Database) {
    let store = &database.store;
    let id = database.session().await;
    let short = Duration::from_secs(0);
    let claim = store.claim_session("a", short).await.unwrap().unwrap();
    store.session_started(&id, claim.epoch, "up").await.unwrap();
    let sql = format!("UPDATE sessions SET lease_until = 1 WHERE id = '{id}'");
    database.execute(sql).await;
    let swept = store.sweep_sessions().await.unwrap();
    assert_eq!(swept, std::slice::from_ref(&id));
    let seen = store
        .get_session(&database.organization, &id)
        .await
        .unwrap();
    let seen = seen.unwrap();
    assert_eq!(seen.state, SessionState::Failed);
    assert_eq!(seen.close_reason, Some(CloseReason::ServerLost));
    let late = store.renew_session(&id, claim.epoch, LONG).await;
    assert!(matches!(late, Err(Error::LeaseLost)));
}

async fn creating_is_safe_to_repeat_and_extending_has_an_end(database: Database) {
    let store = &database.store;
    let key = |hash: u8| RequestKey {
        method: "CreateSession".to_owned(),
        key: "mine".to_owned(),
        hash: [hash; 32],
    };
    let made = store.create_session(database.asked(Some(key(1)))).await;
    let made = made.unwrap();
    let same = store.create_session(database.asked(Some(key(1)))).await;
    assert_eq!(same.unwrap().id, made.id);
    let other = store.create_session(database.asked(Some(key(2)))).await;
    assert!(matches!(other, Err(Error::RequestIdReused)));
    let organization = &database.organization;
    let longer = store.extend_session(organization, &made.id, 1_380).await;
    assert_eq!(longer.unwrap().request.timeout_minutes, 1_440);
    let beyond = store.extend_session(organization, &made.id, 1).await;
    assert!(matches!(beyond, Err(Error::Invalid(_))));
    // One that nobody has is closed at once.
    let closed = store.close_session(organization, &made.id, CloseReason::Caller, "");
    assert_eq!(closed.await.unwrap().state, SessionState::Closed);
}

on_both_databases!(
    runs_take_turns_and_are_only_claimed_by_the_holder,
    an_ended_session_takes_no_runs_and_cancels_those_that_wait,
    a_session_dies_with_its_holder,
    creating_is_safe_to_repeat_and_extending_has_an_end,
);
