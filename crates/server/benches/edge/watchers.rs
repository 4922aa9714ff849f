//! Five hundred watchers of one run: when does an event reach them, after it is written?

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use errand_api::v1::{GetRunResponse, WatchRunRequest, WatchRunResponse};
use futures_util::future::join_all;
use tokio::{sync::Barrier, task::JoinSet};
use tonic::{Request, metadata::AsciiMetadataValue};

use crate::{
    bare::{Bare, client},
    drafts::thought,
    line,
    server::Server,
};

const WATCHERS: usize = 500;
/// Watchers share connections, as the tabs of a browser do.
const CONNECTIONS: usize = 5;
const EVENTS: usize = 200;
/// Time from one event to the next.
const PACE: Duration = Duration::from_millis(50);

/// When each event was begun to be written, by its number among those that are counted.
type Times = Arc<Vec<OnceLock<Instant>>>;

pub async fn compare() {
    let server = Server::start().await;
    let held = server.running().await;
    let times = times();
    let watching = watch(server.address, &held.run_id, 3, &server.key, &times).await;
    paced(|number| {
        let (held, times) = (&held, &times);
        async move {
            times[number].set(Instant::now()).unwrap();
            held.append(vec![thought(&"thinking ".repeat(20))]).await;
        }
    })
    .await;
    let ours = delays(watching).await;

    let bare = Bare::new(GetRunResponse::default());
    let address = bare.start().await;
    let sample = sample(&server, &held.run_id).await;
    let times = self::times();
    let watching = watch(address, &held.run_id, 3, &server.key, &times).await;
    paced(|number| {
        let (bare, times, mut event) = (&bare, &times, sample.clone());
        async move {
            event.event.as_mut().unwrap().sequence = i64::try_from(number).unwrap() + 4;
            times[number].set(Instant::now()).unwrap();
            bare.send(event);
        }
    })
    .await;
    let theirs = delays(watching).await;
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let at = |delays: &[f64]| delays[((delays.len() - 1) as f64 * share) as usize];
        let (ours, theirs) = (at(&ours), at(&theirs));
        line(&format!(
            "{WATCHERS} watchers, {EVENTS} events, all in order: {name} {ours:.1} ms from append \
             to arrival, {:.1}x a broadcast by bare tonic ({theirs:.1} ms)",
            ours / theirs
        ));
    }
}

fn times() -> Times {
    Arc::new((0..EVENTS).map(|_| OnceLock::new()).collect())
}

async fn paced<F: Future<Output = ()>>(write: impl Fn(usize) -> F) {
    let mut ticks = tokio::time::interval(PACE);
    for number in 0..EVENTS {
        ticks.tick().await;
        write(number).await;
    }
}

/// Watchers that are all connected, and what they will have measured, in milliseconds.
async fn watch(
    address: SocketAddr,
    run_id: &str,
    after: i64,
    key: &str,
    times: &Times,
) -> JoinSet<Vec<f64>> {
    let clients = join_all((0..CONNECTIONS).map(|_| client(address))).await;
    let ready = Arc::new(Barrier::new(WATCHERS + 1));
    let key: AsciiMetadataValue = key.parse().unwrap();
    let mut watching = JoinSet::new();
    for number in 0..WATCHERS {
        let mut client = clients[number % CONNECTIONS].clone();
        let mut request = Request::new(WatchRunRequest {
            run_id: run_id.to_owned(),
            after_sequence: after,
            include_body_json: false,
        });
        request.metadata_mut().insert("x-api-key", key.clone());
        let (times, ready) = (Arc::clone(times), Arc::clone(&ready));
        watching.spawn(async move {
            let mut events = client.watch_run(request).await.unwrap().into_inner();
            ready.wait().await;
            let mut delays = Vec::with_capacity(EVENTS);
            for expected in 0..EVENTS {
                let event = events.message().await.unwrap().unwrap().event.unwrap();
                let written = times[expected].get().unwrap();
                delays.push(written.elapsed().as_secs_f64() * 1_000.0);
                assert_eq!(event.sequence, i64::try_from(expected).unwrap() + after + 1);
            }
            delays
        });
    }
    ready.wait().await;
    watching
}

async fn delays(watching: JoinSet<Vec<f64>>) -> Vec<f64> {
    let mut delays: Vec<f64> = watching.join_all().await.into_iter().flatten().collect();
    delays.sort_by(f64::total_cmp);
    delays
}

async fn sample(server: &Server, run_id: &str) -> WatchRunResponse {
    let request = WatchRunRequest {
        run_id: run_id.to_owned(),
        after_sequence: 3,
        include_body_json: false,
    };
    let answer = server.runs().watch_run(request).await.unwrap();
    answer.into_inner().message().await.unwrap().unwrap()
}
