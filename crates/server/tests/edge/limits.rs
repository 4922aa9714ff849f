//! Bounds of a call: the size of messages, the caller's patience.

use std::time::{Duration, Instant};

use errand_api::v1::{
    CancelRunRequest, GetRunRequest, RespondToRunRequest, RunStatus, RunTaskRequest,
    WaitRunRequest, WatchRunRequest,
};
use errand_domain::RunState;
use errand_server::Config;
use http::{Method, StatusCode};
use http_body_util::Full;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::{Code, Request};

use crate::{
    drafts::finished,
    plain,
    refusal::{invalid, refused},
    server::{Server, soon},
    tasks::task,
};

#[tokio::test]
async fn a_message_over_the_limit_is_refused_as_such() {
    let server = Server::start().await;
    let large = "x".repeat(1024 * 1024 + 1);
    let request = RunTaskRequest {
        prompt: large.clone(),
        ..task()
    };
    let status = server.runs().run_task(request).await.unwrap_err();
    refused(status, Code::ResourceExhausted, "MESSAGE_TOO_LARGE");
    // Also where the answer is a stream.
    let request = WatchRunRequest {
        run_id: large.clone(),
        ..Default::default()
    };
    let status = server.runs().watch_run(request).await.unwrap_err();
    refused(status, Code::ResourceExhausted, "MESSAGE_TOO_LARGE");
    // Below it, the field's own bound is told.
    let run_id = server.queued().await.id.to_string();
    let request = CancelRunRequest {
        run_id: run_id.clone(),
        reason: "x".repeat(1024 * 1024 - 100),
    };
    invalid(
        server.runs().cancel_run(request).await.unwrap_err(),
        &["reason"],
    );
    let request = RespondToRunRequest {
        run_id,
        response: "1".repeat(1024 * 1024 - 100),
    };
    invalid(
        server.runs().respond_to_run(request).await.unwrap_err(),
        &["response"],
    );
    let answer = server
        .post("/v1/runs/tasks", &serde_json::json!({ "prompt": large }))
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["details"][0]["reason"], "MESSAGE_TOO_LARGE");
}

#[tokio::test]
async fn bytes_that_are_no_message_are_the_callers_fault() {
    let server = Server::start().await;
    let call = async |body: &[u8]| {
        let request = server
            .request(Method::POST, "/errand.v1.RunService/GetRun")
            .header("content-type", "application/grpc-web+proto")
            .body(Full::from(body.to_vec()))
            .unwrap();
        plain::send(request).await
    };
    // A field that is longer than the message.
    let answer = call(&[0, 0, 0, 0, 3, 0x0a, 0x7f, b'x']).await;
    assert_eq!(answer.header("grpc-status"), "3");
    // A field that is no UTF-8.
    let answer = call(&[0, 0, 0, 0, 3, 0x0a, 1, 0xff]).await;
    assert_eq!(answer.header("grpc-status"), "3");
    // A frame that ends before its length, and no frame at all.
    for cut in [&[0, 0, 0, 0, 9, 0x0a][..], &[]] {
        let answer = call(cut).await;
        assert_ne!(answer.header("grpc-status"), "0", "{cut:?}");
        assert_eq!(answer.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_deadline_bounds_the_call_and_not_the_run() {
    let server = Server::start().await;
    let held = server.running().await;
    let mut request = Request::new(WaitRunRequest {
        run_id: held.run_id.clone(),
        wait: None,
    });
    request.set_timeout(Duration::from_millis(100));
    let started = Instant::now();
    let status = soon(server.runs().wait_run(request)).await.unwrap_err();
    // tonic's own clock may be the one that fires.
    assert!(
        matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled),
        "{status:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(10));
    // The server's own answer, which a client without a clock gets.
    let request = server
        .request(Method::POST, "/errand.v1.RunService/WaitRun")
        .header("content-type", "application/grpc-web+proto")
        .header("grpc-timeout", "100m");
    let id = held.run_id.as_bytes();
    let mut message = vec![0, 0, 0, 0, u8::try_from(id.len() + 2).unwrap(), 0x0a];
    message.push(u8::try_from(id.len()).unwrap());
    message.extend_from_slice(id);
    let answer = plain::send(request.body(message.into()).unwrap()).await;
    assert_eq!(answer.header("grpc-status"), "4");
    let run_id = held.run_id.clone();
    let run = server
        .runs()
        .get_run(GetRunRequest { run_id })
        .await
        .unwrap();
    assert_eq!(run.into_inner().run.unwrap().status(), RunStatus::Running);
}

/// A client that goes away in the middle of a wait leaves nothing open.
#[tokio::test]
async fn a_hang_up_ends_the_call_and_not_the_run() {
    let server = Server::start_with(Config {
        max_watchers: 1,
        ..Config::default()
    })
    .await;
    let held = server.running().await;
    let wait = || WaitRunRequest {
        run_id: held.run_id.clone(),
        wait: None,
    };
    let calling = {
        let (mut runs, request) = (server.runs(), wait());
        tokio::spawn(async move {
            // The only place may be taken by a watch at first.
            while let Err(status) = runs.wait_run(request.clone()).await {
                assert_eq!(status.code(), Code::ResourceExhausted);
            }
        })
    };
    let watch = || WatchRunRequest {
        run_id: held.run_id.clone(),
        ..Default::default()
    };
    // Until the wait has it.
    soon(async { while server.runs().watch_run(watch()).await.is_ok() {} }).await;
    calling.abort();
    let mut stream = soon(async {
        loop {
            if let Ok(stream) = server.runs().watch_run(watch()).await {
                break stream.into_inner();
            }
        }
    })
    .await;
    held.append(vec![finished(RunState::Completed)]).await;
    let mut last = String::new();
    while let Some(answer) = soon(stream.message()).await.unwrap() {
        last = answer.event.unwrap().kind;
    }
    assert_eq!(last, "run_finished");
}

/// Whoever connects and does not speak is let go; whoever has spoken may be silent.
#[tokio::test]
async fn a_client_that_says_nothing_is_let_go() {
    let server = Server::start_with(Config {
        patience: Duration::from_millis(300),
        ..Config::default()
    })
    .await;
    let mut runs = server.runs();
    let run_id = server.queued().await.id.to_string();
    let ask = || GetRunRequest {
        run_id: run_id.clone(),
    };
    runs.get_run(ask()).await.unwrap();
    for said in ["", "P", "PRI * HTTP/2.0", "GET / HTTP/1.1\r\nhost: a\r\n"] {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(said.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        // Let go, in whichever way.
        let _ = soon(socket.read_to_end(&mut rest)).await;
    }
    runs.get_run(ask()).await.unwrap();
}
