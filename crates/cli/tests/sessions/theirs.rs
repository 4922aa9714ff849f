//! Browsers that somebody else runs.

use errand_api::v1::{CreateSessionRequest, FailureCategory, RunStatus, SessionStatus};
use errand_testing::{Driver, Site};

use crate::{
    server::{Server, task},
    session::{LOG_IN, close, create, ended, sessions, start, until},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_and_a_session_take_place_behind_a_webdriver_that_is_left_alive() {
    let site = Site::start(1).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let driver = Driver::start(folder.path()).await.unwrap();
    let server = Server::start();
    let mut runs = server.runs().await;
    let mut request = task(LOG_IN, &site.url("/portal/login"));
    request.browser_address = driver.url.clone();
    let run = start(&mut runs, request).await;
    let run = ended(&mut runs, &run.run_id).await;
    assert_eq!(run.status(), RunStatus::Completed, "{}", run.failure_reason);
    let mut sessions = sessions(&server).await;
    let request = CreateSessionRequest {
        url: site.url("/portal/login"),
        browser_address: driver.url.clone(),
        ..CreateSessionRequest::default()
    };
    let id = create(&mut sessions, request).await.browser_session_id;
    let up = until(&mut sessions, &id, |it| {
        it.status() != SessionStatus::Starting
    })
    .await;
    assert_eq!(up.status(), SessionStatus::Running, "{}", up.close_detail);
    close(&mut sessions, &id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_where_no_browser_is_says_what_was_found() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start();
    let mut runs = server.runs().await;
    for (address, told) in [
        (site.url("/"), "web page"),
        (server.url.clone(), "port of this service"),
        ("http://169.254.169.254/".to_owned(), "metadata"),
    ] {
        let mut request = task(LOG_IN, &site.url("/portal/login"));
        request.browser_address = address;
        let run = start(&mut runs, request).await;
        let run = ended(&mut runs, &run.run_id).await;
        assert_eq!(run.status(), RunStatus::Failed);
        assert!(run.failure_reason.contains(told), "{}", run.failure_reason);
        let category = run.failure_category();
        let expected = [
            FailureCategory::InputInvalid,
            FailureCategory::EgressBlocked,
        ];
        assert!(expected.contains(&category), "{category:?}");
    }
}
