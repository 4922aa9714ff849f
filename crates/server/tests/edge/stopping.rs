//! How the server ends.

use std::time::{Duration, Instant};

use errand_api::v1::{
    DownloadArtifactRequest, GetRunRequest, GetServerInfoRequest, WaitRunRequest, WatchRunRequest,
    WatchRunsRequest, admin_service_client::AdminServiceClient,
};
use errand_server::Config;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::{Code, Status};

use crate::{
    refusal::refused,
    server::{Server, soon},
};

fn told(status: Status) {
    let refusal = refused(status, Code::Unavailable, "SERVER_STOPPING");
    assert!(refusal.retry.is_some_and(|it| it > Duration::ZERO));
}

#[tokio::test]
async fn streams_and_waits_are_told_to_go_on_elsewhere() {
    let mut server = Server::start().await;
    let held = server.running().await;
    let run_id = held.run_id.clone();
    let content = vec![1; 8 * 1024 * 1024];
    let artifact_id = server.keep(&held, "download", "big", &content).await;
    let mut runs = server.runs();
    let watch = WatchRunRequest {
        run_id: run_id.clone(),
        ..Default::default()
    };
    let mut events = runs.watch_run(watch).await.unwrap().into_inner();
    for _ in 0..3 {
        soon(events.message()).await.unwrap().unwrap();
    }
    let mut changes = runs
        .watch_runs(WatchRunsRequest::default())
        .await
        .unwrap()
        .into_inner();
    let download = DownloadArtifactRequest {
        artifact_id,
        offset: 0,
    };
    let mut pieces = server
        .files()
        .download_artifact(download)
        .await
        .unwrap()
        .into_inner();
    soon(pieces.message()).await.unwrap().unwrap();
    let waiting = {
        let (mut runs, run_id) = (server.runs(), run_id.clone());
        tokio::spawn(async move { runs.wait_run(WaitRunRequest { run_id, wait: None }).await })
    };
    // The wait is on its way once another call on the same connection was answered.
    server
        .runs()
        .get_run(GetRunRequest { run_id })
        .await
        .unwrap();

    let started = Instant::now();
    server.stop.cancel();
    loop {
        match soon(events.message()).await {
            // The file's event may have been on its way.
            Ok(event) => drop(event.unwrap()),
            Err(status) => break told(status),
        }
    }
    told(soon(changes.message()).await.unwrap_err());
    loop {
        match soon(pieces.message()).await {
            Ok(piece) => drop(piece.unwrap()),
            Err(status) => break told(status),
        }
    }
    told(soon(waiting).await.unwrap().unwrap_err());
    soon(&mut server.serving).await.unwrap().unwrap();
    assert!(started.elapsed() < Config::default().drain);
    assert!(
        TcpStream::connect(server.address).await.is_err(),
        "it still listens"
    );
}

/// A client that never lets go does not keep the server.
#[tokio::test]
async fn what_is_open_after_the_drain_is_cut() {
    let mut server = Server::start_with(Config {
        drain: Duration::from_millis(200),
        ..Config::default()
    })
    .await;
    let held = server.running().await;
    let content = vec![1; 8 * 1024 * 1024];
    let artifact_id = server.keep(&held, "download", "big", &content).await;
    // Asked for, and never read: more than fits into the windows.
    let download = DownloadArtifactRequest {
        artifact_id,
        offset: 0,
    };
    let _unread = server.files().download_artifact(download).await.unwrap();
    // A request that never ends.
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    let begun = b"POST /v1/runs/tasks HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{";
    slow.write_all(begun).await.unwrap();
    server.stop.cancel();
    soon(&mut server.serving).await.unwrap().unwrap();
    let mut rest = Vec::new();
    // Cut or answered, but ended.
    let _ = soon(slow.read_to_end(&mut rest)).await;
}

/// GOAWAY: a call on a connection that was open goes to another one, where nobody listens.
#[tokio::test]
async fn no_new_call_is_taken_on_an_open_connection() {
    let server = Server::start().await;
    let endpoint = tonic::transport::Endpoint::from_shared(server.url("")).unwrap();
    let mut admin = AdminServiceClient::new(endpoint.connect().await.unwrap());
    admin
        .get_server_info(GetServerInfoRequest {})
        .await
        .unwrap();
    server.stop.cancel();
    soon(async {
        while admin.get_server_info(GetServerInfoRequest {}).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let status = admin
        .get_server_info(GetServerInfoRequest {})
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
}
