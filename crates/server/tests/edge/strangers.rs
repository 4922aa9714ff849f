//! Ids of another organization, and ids of nobody, are answered alike.

use errand_api::v1::{
    CancelRunRequest, CreateSignedUrlRequest, DeleteRunRequest, DownloadArtifactRequest,
    GetArtifactRequest, GetRunRequest, GetRunTimelineRequest, ListArtifactsRequest,
    ListRunEventsRequest, RespondToRunRequest, RetryRunRequest, WaitRunRequest, WatchRunRequest,
};
use errand_domain::{ArtifactId, RunId, RunState};
use tonic::{Code, Status};

use crate::{
    drafts::finished,
    refusal::Refusal,
    server::{Server, on_both_databases},
};

on_both_databases!(foreign_ids_look_like_made_up_ones);

/// What each method says to a run's id.
async fn about_run(server: &Server, key: &str, id: &str) -> Vec<(&'static str, Status)> {
    let mut runs = server.with_key(key);
    let run_id = id.to_owned();
    let mut answers = Vec::new();
    macro_rules! ask {
        ($client:expr, $method:ident, $request:ident) => {
            let mut request = $request::default();
            request.run_id.clone_from(&run_id);
            let answer = $client.$method(request).await.map(|_| ());
            answers.push((stringify!($method), answer.unwrap_err()));
        };
    }
    ask!(runs, get_run, GetRunRequest);
    ask!(runs, wait_run, WaitRunRequest);
    ask!(runs, watch_run, WatchRunRequest);
    ask!(runs, list_run_events, ListRunEventsRequest);
    ask!(runs, cancel_run, CancelRunRequest);
    ask!(runs, retry_run, RetryRunRequest);
    ask!(runs, delete_run, DeleteRunRequest);
    ask!(runs, get_run_timeline, GetRunTimelineRequest);
    let respond = RespondToRunRequest {
        run_id: run_id.clone(),
        response: "{}".to_owned(),
    };
    let answer = runs.respond_to_run(respond).await.map(|_| ());
    answers.push(("respond_to_run", answer.unwrap_err()));
    let mut files = server.files_with_key(key);
    ask!(files, list_artifacts, ListArtifactsRequest);
    answers
}

async fn about_artifact(server: &Server, key: &str, id: &str) -> Vec<(&'static str, Status)> {
    let mut files = server.files_with_key(key);
    let artifact_id = id.to_owned();
    let mut answers = Vec::new();
    macro_rules! ask {
        ($method:ident, $request:ident) => {
            let mut request = $request::default();
            request.artifact_id.clone_from(&artifact_id);
            let answer = files.$method(request).await.map(|_| ());
            answers.push((stringify!($method), answer.unwrap_err()));
        };
    }
    ask!(get_artifact, GetArtifactRequest);
    ask!(download_artifact, DownloadArtifactRequest);
    ask!(create_signed_url, CreateSignedUrlRequest);
    answers
}

/// The refusals, with the id that was asked for taken out.
fn anonymous(answers: Vec<(&'static str, Status)>, id: &str) -> Vec<(&'static str, Refusal)> {
    let without = |text: &str| text.replace(id, "<id>");
    answers
        .into_iter()
        .map(|(method, status)| {
            let mut refusal = Refusal::of(&status);
            assert_eq!(refusal.code, Code::NotFound, "{method}: {status:?}");
            refusal.message = without(&refusal.message);
            refusal.resource = refusal.resource.map(|(kind, name)| (kind, without(&name)));
            (method, refusal)
        })
        .collect()
}

async fn foreign_ids_look_like_made_up_ones(server: Server) {
    let (_, key) = server.stranger().await;
    let held = server.running().await;
    let artifact = server.keep(&held, "download", "a.csv", b"x").await;
    // One that runs and one that has ended.
    let ended = server.ended(RunState::Completed).await;
    let nobodys = RunId::generate().to_string();
    let made_up = anonymous(about_run(&server, &key, &nobodys).await, &nobodys);
    for (_, refusal) in &made_up {
        assert_eq!(refusal.reason, "RUN_NOT_FOUND");
        let resource = ("errand.v1.Run".to_owned(), "<id>".to_owned());
        assert_eq!(refusal.resource.as_ref(), Some(&resource));
    }
    for foreign in [&held.run_id, &ended.run_id] {
        let answers = about_run(&server, &key, foreign).await;
        assert_eq!(anonymous(answers, foreign), made_up);
    }
    let nobodys = ArtifactId::generate().to_string();
    let made_up = anonymous(about_artifact(&server, &key, &nobodys).await, &nobodys);
    let foreign = anonymous(about_artifact(&server, &key, &artifact).await, &artifact);
    assert_eq!(foreign, made_up);
    assert!(
        made_up
            .iter()
            .all(|(_, it)| it.reason == "ARTIFACT_NOT_FOUND")
    );
    // Nothing of it happened.
    held.append(vec![finished(RunState::Completed)]).await;

    // Any text is a possible id.
    for odd in [
        "",
        " ",
        "../../etc/passwd",
        "tsk_\0",
        "' OR 1=1 --",
        "\u{202e}ü",
        &"x".repeat(300_000),
    ] {
        for (method, status) in about_run(&server, &server.key, odd).await {
            assert_eq!(
                Refusal::of(&status).reason,
                "RUN_NOT_FOUND",
                "{method} {status:?}"
            );
        }
        for (method, status) in about_artifact(&server, &server.key, odd).await {
            assert_eq!(
                Refusal::of(&status).reason,
                "ARTIFACT_NOT_FOUND",
                "{method} {status:?}"
            );
        }
    }
}
