//! What sessions refuse.

use errand_api::v1::{
    CreateSessionRequest, ExtendSessionRequest, GetSessionRequest, RunTaskRequest,
    SendInputRequest, Viewport, WatchSessionRequest,
};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{
    server::{Server, task},
    session::sessions,
};

fn fields(status: &Status) -> Vec<String> {
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let details = status.get_error_details();
    let violations = &details.bad_request().unwrap().field_violations;
    violations.iter().map(|it| it.field.clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_not_be_honoured_is_refused_by_name() {
    let server = Server::start_with(&["--browsers", "0"]);
    let mut sessions = sessions(&server).await;
    let mut runs = server.runs().await;
    let request = CreateSessionRequest {
        url: "file:///etc/passwd".to_owned(),
        timeout: Some(4),
        browser_type: "netscape".to_owned(),
        viewport: Some(Viewport {
            width: 1,
            height: 720,
        }),
        extensions: vec!["captcha-solver".to_owned(), "toolbar".to_owned()],
        browser_address: "not an address".to_owned(),
        ..CreateSessionRequest::default()
    };
    let refused = sessions.create_session(request).await.unwrap_err();
    let mut found = fields(&refused);
    found.sort_unstable();
    found.dedup();
    let expected = [
        "browser_address",
        "browser_type",
        "extensions",
        "timeout",
        "url",
        "viewport.width",
    ];
    assert_eq!(found, expected);
    for timeout in [1_441, -1, i32::MAX] {
        let request = CreateSessionRequest {
            timeout: Some(timeout),
            ..CreateSessionRequest::default()
        };
        let refused = sessions.create_session(request).await.unwrap_err();
        assert_eq!(fields(&refused), ["timeout"]);
    }
    let unknown = GetSessionRequest {
        browser_session_id: "pbs_nobody".to_owned(),
    };
    let unknown = sessions.get_session(unknown).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    let unknown = ExtendSessionRequest {
        browser_session_id: "pbs_nobody".to_owned(),
        additional_minutes: 5,
    };
    let unknown = sessions.extend_session(unknown).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    let neither = sessions.watch_session(WatchSessionRequest::default()).await;
    assert_eq!(fields(&neither.unwrap_err()), ["browser_session_id"]);
    let unknown = SendInputRequest {
        run_id: "tsk_nobody".to_owned(),
        ..SendInputRequest::default()
    };
    let unknown = sessions.send_input(unknown).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    let both = RunTaskRequest {
        browser_session_id: "pbs_nobody".to_owned(),
        browser_profile_id: "bp_nobody".to_owned(),
        ..task("open the page", "https://example.com")
    };
    let both = runs.run_task(both).await.unwrap_err();
    assert_eq!(fields(&both), ["browser_profile_id"]);
    let unknown = RunTaskRequest {
        browser_session_id: "pbs_nobody".to_owned(),
        ..task("open the page", "https://example.com")
    };
    let unknown = runs.run_task(unknown).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
}
