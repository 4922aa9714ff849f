//! Files that a run brings home.

use errand_api::v1::RunStatus;
use errand_testing::Site;

use crate::{
    flow::seed,
    leftover,
    server::{Server, summaries, task},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_kept_counted_and_told_of() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    let goal = "Log in with username 'demo@example.com' and password 'errand-demo'. \
                Download the 'CSV Q2 2026'";
    let (run, events) = server.carry(task(goal, &site.url("/portal/reports"))).await;
    assert_eq!(run.status(), RunStatus::Completed, "{}", run.failure_reason);
    let [file] = &*run.downloaded_files else {
        panic!("{:#?}", summaries(&events));
    };
    assert_eq!(file.filename, "quarterly-report-2026-q2.csv");
    assert!(file.file_size > 20 && file.checksum.len() == 64, "{file:?}");
    let told = events.iter().find(|it| it.kind == "downloaded").unwrap();
    assert!(
        told.summary.contains("quarterly-report-2026-q2.csv"),
        "{told:?}"
    );
    leftover::assert_none(&server.data);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_downloaded_or_has_an_address_is_given_to_a_form() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    let upload = site.url("/upload");
    let goal = format!(
        "Log in with username 'demo@example.com' and password 'errand-demo'. \
         Download the 'CSV Q2 2026'. Go to {upload} and attach the downloaded file to 'Document'. \
         Click 'Upload document'. Wait for 'quarterly-report-2026-q2.csv'"
    );
    let (run, events) = server
        .carry(task(&goal, &site.url("/portal/reports")))
        .await;
    assert_eq!(
        run.status(),
        RunStatus::Completed,
        "{} {:#?}",
        run.failure_reason,
        summaries(&events)
    );

    let picture = site.url("/upload");
    let goal =
        format!("Upload {picture} to 'Pictures', click 'Upload pictures', wait for 'upload'");
    let (run, events) = server.carry(task(&goal, &upload)).await;
    assert_eq!(
        run.status(),
        RunStatus::Completed,
        "{} {:#?}",
        run.failure_reason,
        summaries(&events)
    );

    let (run, _) = server
        .carry(task("Upload 'cv.pdf' to Document", &upload))
        .await;
    assert_eq!(run.status(), RunStatus::Failed);
    let reason = &run.failure_reason;
    assert!(
        reason.contains("cv.pdf") && reason.contains("address"),
        "{reason}"
    );
    leftover::assert_none(&server.data);
}
