//! GetRun against an answer of the same size by bare tonic.

use std::time::{Duration, Instant};

use errand_api::v1::{GetRunRequest, GetRunResponse, run_service_client::RunServiceClient};
use errand_domain::RunState;
use prost::Message as _;
use tonic::{Request, metadata::AsciiMetadataValue, transport::Channel};

use crate::{
    bare::{Bare, client},
    drafts::{finished, output, step},
    line,
    server::Server,
};

/// How long each side is asked at a time, and how often in turn.
const PIECE: Duration = Duration::from_millis(700);
const ROUNDS: usize = 5;

pub async fn compare() {
    let server = Server::start().await;
    let queued = server.queued().await.id.to_string();
    let held = server.running().await;
    for number in 1..=20 {
        held.append(step(number)).await;
        server
            .keep(&held, "screenshot_action", "1.png", b"png")
            .await;
    }
    let text = format!("{{\"rows\":\"{}\"}}", "x".repeat(1_000));
    held.append(vec![output(&text), finished(RunState::Completed)])
        .await;
    for (name, run_id) in [("queued", queued), ("ended, 20 screenshots", held.run_id)] {
        side_by_side(&server, name, &run_id).await;
    }
}

async fn side_by_side(server: &Server, name: &str, run_id: &str) {
    let key: AsciiMetadataValue = server.key.parse().unwrap();
    let ours = client(server.address).await;
    let answer = ask(ours.clone(), run_id, &key).await;
    let size = answer.encoded_len();
    let bare = client(Bare::new(answer).start().await).await;
    for callers in [1, 8, 64] {
        let mut ratios = Vec::new();
        let (mut most, mut fewest) = (0.0_f64, 0.0_f64);
        for _ in 0..ROUNDS {
            let theirs = rate(&bare, run_id, &key, callers).await;
            let ours = rate(&ours, run_id, &key, callers).await;
            ratios.push(ours / theirs);
            most = most.max(theirs);
            fewest = fewest.max(ours);
        }
        ratios.sort_by(f64::total_cmp);
        let ratio = ratios[ROUNDS / 2];
        line(&format!(
            "GetRun, {name}, {size} bytes, {callers} callers: {ratio:.2}x bare tonic \
             ({fewest:.0}/s against {most:.0}/s)"
        ));
    }
}

async fn ask(
    mut client: RunServiceClient<Channel>,
    run_id: &str,
    key: &AsciiMetadataValue,
) -> GetRunResponse {
    let mut request = Request::new(GetRunRequest {
        run_id: run_id.to_owned(),
    });
    request.metadata_mut().insert("x-api-key", key.clone());
    client.get_run(request).await.unwrap().into_inner()
}

/// Answers per second.
async fn rate(
    client: &RunServiceClient<Channel>,
    run_id: &str,
    key: &AsciiMetadataValue,
    callers: usize,
) -> f64 {
    let started = Instant::now();
    let mut calling = tokio::task::JoinSet::new();
    for _ in 0..callers {
        let (client, run_id, key) = (client.clone(), run_id.to_owned(), key.clone());
        calling.spawn(async move {
            let mut answers = 0_u32;
            while started.elapsed() < PIECE {
                ask(client.clone(), &run_id, &key).await;
                answers += 1;
            }
            answers
        });
    }
    let answers: u32 = calling.join_all().await.into_iter().sum();
    f64::from(answers) / started.elapsed().as_secs_f64()
}
