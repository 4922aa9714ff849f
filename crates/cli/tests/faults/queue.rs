//! More runs than browsers.

use std::time::Duration;

use errand_api::v1::{RunEvent, RunStatus, WatchRunRequest, run_event::Body};
use errand_testing::Site;
use prost_types::Timestamp;

use crate::{
    leftover, process,
    server::{Server, get, task},
};

const RUNS: usize = 30;
const BROWSERS: usize = 2;

fn at(event: &RunEvent) -> Duration {
    let Timestamp { seconds, nanos } = event.created_at.unwrap();
    Duration::new(seconds.try_into().unwrap(), nanos.try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_wait_for_a_browser_in_their_order_and_all_end() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start_with(&["--browsers", &BROWSERS.to_string()]);
    let mut runs = server.runs().await;
    let mut ids = Vec::new();
    for _ in 0..RUNS {
        let request = task("Extract the main heading", &site.url("/heading"));
        let run = runs.run_task(request).await.unwrap().into_inner().run;
        ids.push(run.unwrap().run_id);
    }
    // Far from the front, whatever has begun meanwhile; and told why.
    let last = get(&mut runs, ids.last().unwrap()).await;
    let position = usize::try_from(last.queue_position).unwrap();
    assert!(position > RUNS / 2 && position <= RUNS, "{position}");
    assert!(!last.queued_reason.is_empty());

    let mut spans = Vec::new();
    for id in &ids {
        let request = WatchRunRequest {
            run_id: id.clone(),
            ..WatchRunRequest::default()
        };
        let mut stream = runs.watch_run(request).await.unwrap().into_inner();
        let (mut begun, mut ended) = (None, None);
        while let Some(answer) = stream.message().await.unwrap() {
            let living = process::profiles(&server.data).len();
            assert!(living <= BROWSERS, "{living} browsers at once");
            let event = answer.event.unwrap();
            match &event.body {
                Some(Body::RunStarted(_)) => begun = Some(at(&event)),
                Some(Body::RunFinished(_)) => ended = Some(at(&event)),
                _ => {}
            }
        }
        let run = get(&mut runs, id).await;
        assert_eq!(run.status(), RunStatus::Completed, "{}", run.failure_reason);
        spans.push((begun.unwrap(), ended.unwrap()));
    }
    for (begun, _) in &spans {
        let held = spans
            .iter()
            .filter(|it| it.0 <= *begun && *begun < it.1)
            .count();
        assert!(held <= BROWSERS, "{held} runs at once");
    }
    assert!(spans.is_sorted_by_key(|it| it.0), "not in their order");
    leftover::assert_none(&server.data);
}
