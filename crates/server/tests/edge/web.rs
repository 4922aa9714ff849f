//! gRPC-Web, as pages call.

use errand_api::v1::{GetRunRequest, GetRunResponse, WatchRunRequest, WatchRunResponse};
use errand_domain::RunState;
use http::{Method, StatusCode};
use http_body_util::Full;
use prost::Message;

use crate::{
    plain::{Answer, request, send},
    server::Server,
};

const ORIGIN: &str = "https://console.example";

/// A message in its frame.
fn framed(message: &impl Message) -> Vec<u8> {
    let mut frame = vec![0];
    frame.extend_from_slice(&u32::try_from(message.encoded_len()).unwrap().to_be_bytes());
    message.encode(&mut frame).unwrap();
    frame
}

/// Flags and contents of the frames of an answer.
fn frames(mut body: &[u8]) -> Vec<(u8, &[u8])> {
    let mut found = Vec::new();
    while let [flag, a, b, c, d, rest @ ..] = body {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let (content, rest) = rest.split_at(length);
        found.push((*flag, content));
        body = rest;
    }
    assert!(body.is_empty());
    found
}

async fn call(server: &Server, method: &str, message: &impl Message) -> Answer {
    let path = format!("/errand.v1.RunService/{method}");
    let request = server
        .request(Method::POST, &path)
        .header("content-type", "application/grpc-web+proto")
        .header("x-grpc-web", "1")
        .header("origin", ORIGIN);
    send(request.body(framed(message).into()).unwrap()).await
}

#[tokio::test]
async fn a_page_calls_and_reads_answer_and_trailers() {
    let server = Server::start().await;
    let held = server.ended(RunState::Completed).await;
    let run_id = held.run_id.clone();
    let answer = call(
        &server,
        "GetRun",
        &GetRunRequest {
            run_id: run_id.clone(),
        },
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/grpc-web+proto");
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    let found = frames(&answer.body);
    let [(0, message), (0x80, trailers)] = found.as_slice() else {
        panic!("{found:?}");
    };
    let run = GetRunResponse::decode(*message).unwrap().run.unwrap();
    assert_eq!(run.run_id, run_id);
    let trailers = std::str::from_utf8(trailers).unwrap().to_ascii_lowercase();
    assert!(trailers.contains("grpc-status:0"), "{trailers}");

    let watch = WatchRunRequest {
        run_id,
        ..Default::default()
    };
    let answer = call(&server, "WatchRun", &watch).await;
    let found = frames(&answer.body);
    let (last, events) = found.split_last().unwrap();
    assert_eq!(last.0, 0x80);
    let numbers: Vec<_> = events
        .iter()
        .map(|(_, it)| {
            WatchRunResponse::decode(*it)
                .unwrap()
                .event
                .unwrap()
                .sequence
        })
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
}

#[tokio::test]
async fn an_error_and_its_details_reach_the_page() {
    let server = Server::start().await;
    let answer = call(
        &server,
        "GetRun",
        &GetRunRequest {
            run_id: "none".to_owned(),
        },
    )
    .await;
    assert_eq!(answer.header("grpc-status"), "5");
    assert_ne!(answer.header("grpc-status-details-bin"), "");
    let shown = answer.header("access-control-expose-headers");
    for name in ["grpc-status", "grpc-message", "grpc-status-details-bin"] {
        assert!(shown.contains(name), "{shown}");
    }
    // An unknown method is one for gRPC-Web, too.
    let answer = call(&server, "Nothing", &GetRunRequest::default()).await;
    assert_eq!(
        (answer.status, answer.header("grpc-status")),
        (StatusCode::OK, "12")
    );
}

#[tokio::test]
async fn pages_of_any_origin_may_ask_beforehand() {
    let server = Server::start().await;
    for path in [
        "/errand.v1.RunService/GetRun",
        "/v1/runs/tasks",
        "/v1/runs/x/watch",
    ] {
        let asked = "x-grpc-web,content-type,x-api-key,authorization,grpc-timeout,last-event-id";
        let request = request(Method::OPTIONS, &server.url(path))
            .header("origin", ORIGIN)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", asked);
        let answer = send(request.body(Full::default()).unwrap()).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.status);
        assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
        assert!(
            answer
                .header("access-control-allow-methods")
                .contains("POST")
        );
        let allowed = answer.header("access-control-allow-headers");
        for name in asked.split(',') {
            assert!(allowed.contains(name), "{name} is not in {allowed}");
        }
        // No cookie is ever sent along: keys are.
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
}
