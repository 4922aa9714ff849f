//! Health checks and probes.

use std::time::{Duration, Instant};

use errand_server::Config;
use errand_store::Options;
use errand_testing::Postgres;
use http::{Method, StatusCode};
use http_body_util::Full;
use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::{
    plain::{request, send},
    refusal::refused,
    server::{Server, soon},
    tasks::task,
};

const SERVICES: [&str; 4] = [
    "",
    "errand.v1.RunService",
    "errand.v1.ArtifactService",
    "errand.v1.AdminService",
];

fn of(service: &str) -> HealthCheckRequest {
    HealthCheckRequest {
        service: service.to_owned(),
    }
}

async fn probe(server: &Server, path: &str) -> StatusCode {
    let request = request(Method::GET, &server.url(path));
    send(request.body(Full::default()).unwrap()).await.status
}

#[tokio::test]
async fn health_is_told_without_a_key_and_changes_when_the_server_stops() {
    let mut server = Server::start().await;
    let mut health = HealthClient::new(server.channel());
    let mut watches = Vec::new();
    for service in SERVICES {
        let answer = health.check(of(service)).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{service}");
        let mut watch = health.watch(of(service)).await.unwrap().into_inner();
        let first = soon(watch.message()).await.unwrap().unwrap();
        assert_eq!(first.status(), ServingStatus::Serving, "{service}");
        watches.push(watch);
    }
    let unknown = health.check(of("errand.v1.Nothing")).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    assert_eq!(probe(&server, "/healthz").await, StatusCode::OK);
    assert_eq!(probe(&server, "/readyz").await, StatusCode::OK);
    server.stop.cancel();
    for mut watch in watches {
        let next = soon(watch.message()).await.unwrap().unwrap();
        assert_eq!(next.status(), ServingStatus::NotServing);
        let end = soon(watch.message()).await.unwrap_err();
        refused(end, Code::Unavailable, "SERVER_STOPPING");
    }
    // Nobody who watches keeps the server.
    let started = Instant::now();
    soon(&mut server.serving).await.unwrap().unwrap();
    assert!(started.elapsed() < Config::default().drain / 2);
}

/// A database that is away for a while makes calls fail with a hint when to come back, and no more.
#[tokio::test]
async fn a_server_without_its_database_is_alive_but_not_ready() {
    let postgres = Postgres::start().unwrap();
    let options = Options {
        retry_for: Duration::from_millis(100),
        ..Options::default()
    };
    let url = postgres.database().unwrap();
    let server = Server::on(Config::default(), &url, options).await;
    server.runs().run_task(task()).await.unwrap();
    postgres.pause().unwrap();
    assert_eq!(probe(&server, "/healthz").await, StatusCode::OK);
    assert_eq!(
        probe(&server, "/readyz").await,
        StatusCode::SERVICE_UNAVAILABLE
    );
    let status = soon(server.runs().run_task(task())).await.unwrap_err();
    let refusal = refused(status, Code::Unavailable, "STORE_UNAVAILABLE");
    assert!(refusal.retry.is_some());
    let answer = server.get("/v1/runs").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_ne!(answer.header("retry-after"), "");
    postgres.resume().unwrap();
    soon(async {
        while server.runs().run_task(task()).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(probe(&server, "/readyz").await, StatusCode::OK);
}
