//! The annotated calls as JSON.

use errand_domain::RunState;
use http::{Method, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::{
    drafts::{finished, output, step},
    plain::{Answer, request, send},
    server::{Server, soon},
};

/// A refused call in the shape of `google.rpc.Status`.
#[track_caller]
fn refused(answer: &Answer, http: u16, status: &str, reason: &str) -> Value {
    assert_eq!(answer.status, http, "{}", answer.text());
    let json = answer.json();
    assert_eq!(json["status"], status, "{json}");
    assert!(json["code"].is_u64() && json["message"].is_string());
    let info = &json["details"][0];
    assert_eq!(info["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
    assert_eq!(
        (&info["reason"], &info["domain"]),
        (&json!(reason), &json!("errand"))
    );
    json
}

fn fields(json: &Value) -> Vec<&str> {
    let bad = json["details"].as_array().unwrap().iter();
    let bad = bad.filter(|it| it["@type"] == "type.googleapis.com/google.rpc.BadRequest");
    bad.flat_map(|it| it["field_violations"].as_array().unwrap())
        .map(|it| it["field"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_run_is_made_read_listed_stopped_repeated_and_deleted() {
    let server = Server::start().await;
    let schema = json!({ "type": "object", "properties": { "n": { "type": "number" } } });
    let asked = json!({
        "prompt": "Get the number",
        "url": "https://a.example/",
        "data_extraction_schema": schema,
        "max_steps": 5,
        "timeout": "90.5s",
        "labels": { "team": "blue" },
        "detail": "debug",
        "title": "ä",
    });
    let run = server.post("/v1/runs/tasks", &asked).await;
    assert_eq!(run.status, StatusCode::OK);
    let run = run.json();
    let id = run["run_id"].as_str().unwrap().to_owned();
    assert_eq!(run["status"], "queued");
    assert_eq!(
        (&run["last_sequence"], &run["queue_position"]),
        (&json!(2), &json!(1))
    );
    let echoed = &run["run_request"];
    for name in [
        "prompt",
        "url",
        "data_extraction_schema",
        "max_steps",
        "timeout",
        "labels",
        "detail",
        "title",
    ] {
        assert_eq!(echoed[name], asked[name], "{name}");
    }
    let at = run["created_at"].as_str().unwrap();
    assert!(
        at.starts_with("20") && at.ends_with('Z') && at.contains('T'),
        "{at}"
    );
    // The names of the standard mapping are taken as well.
    let standard = json!({ "prompt": "a", "url": "https://a.example/", "maxSteps": "5", "detail": "RUN_DETAIL_DEBUG" });
    let other = server.post("/v1/runs/tasks", &standard).await.json();
    assert_eq!(other["run_request"]["max_steps"], 5);

    assert_eq!(server.get(&format!("/v1/runs/{id}")).await.json(), run);
    let list = server.get("/v1/runs?filter.labels[team]=blue&filter.statuses=queued&filter.statuses=running&page_size=10");
    let list = list.await.json();
    assert_eq!(list["runs"].as_array().unwrap().len(), 1);
    assert_eq!(list["runs"][0]["run_id"], json!(id));

    let held = server.claim().await;
    held.append(step(1)).await;
    let canceled = server
        .post(
            &format!("/v1/runs/{id}/cancel"),
            &json!({ "reason": "enough" }),
        )
        .await;
    assert_eq!(canceled.json()["status"], "running");
    held.append(vec![
        output(r#"{"n":1.50,"a":12345678901234567890}"#),
        finished(RunState::Completed),
    ])
    .await;
    let done = server.get(&format!("/v1/runs/{id}/wait?wait=20s")).await;
    assert_eq!(done.json()["status"], "completed");
    // The output is the JSON itself, exact in numbers and order.
    assert!(
        done.text()
            .contains(r#""output":{"n":1.50,"a":12345678901234567890}"#),
        "{}",
        done.text()
    );

    let events = server
        .get(&format!(
            "/v1/runs/{id}/events?after_sequence=9&page_size=1"
        ))
        .await
        .json();
    assert_eq!(events["events"][0]["sequence"], 10);
    assert_eq!(events["next_after_sequence"], 10);
    let timeline = server
        .get(&format!("/v1/runs/{id}/timeline?page_size=4"))
        .await
        .json();
    assert_eq!(timeline["entries"][3]["step"]["step_id"], "stp_1");
    assert!(timeline["next_page_token"].is_string());

    let retry = server
        .post(&format!("/v1/runs/{id}/retry"), &json!({}))
        .await
        .json();
    assert_eq!(retry["retry_of"], json!(id));
    // A call without a body is one with an empty one.
    let path = format!("/v1/runs/{}/cancel", retry["run_id"].as_str().unwrap());
    let request = server.request(Method::POST, &path);
    let canceled = send(request.body(Full::default()).unwrap()).await;
    assert_eq!(canceled.json()["status"], "canceled");
    let several = server
        .post("/v1/runs:cancel", &json!({ "run_ids": [id, "none"] }))
        .await
        .json();
    assert_eq!(several["ended_run_ids"], json!([id]));
    assert_eq!(several["not_found_run_ids"], json!(["none"]));
    let code = json!({ "response": { "code": "1" } });
    let respond = server.post(&format!("/v1/runs/{id}/respond"), &code).await;
    refused(&respond, 400, "FAILED_PRECONDITION", "RUN_NOT_PAUSED");

    let request = server.request(Method::DELETE, &format!("/v1/runs/{id}"));
    let deleted = send(request.body(Full::default()).unwrap()).await;
    assert_eq!((deleted.status, deleted.text()), (StatusCode::OK, "{}"));
    let gone = server.get(&format!("/v1/runs/{id}")).await;
    refused(&gone, 404, "NOT_FOUND", "RUN_NOT_FOUND");
}

#[tokio::test]
async fn artifacts_and_the_server_itself_are_told() {
    let server = Server::start().await;
    let held = server.running().await;
    let id = server.keep(&held, "download", "a.csv", b"12345").await;
    let asked = "artifact_type=download&include_signed_urls";
    let list = server
        .get(&format!("/v1/runs/{}/artifacts?{asked}", held.run_id))
        .await
        .json();
    assert_eq!(list["artifacts"][0]["file_size"], 5);
    let link = list["artifacts"][0]["signed_url"].as_str().unwrap();
    let content = send(request(Method::GET, link).body(Full::default()).unwrap()).await;
    assert_eq!(content.text(), "12345");
    let one = server.get(&format!("/v1/artifacts/{id}")).await.json();
    assert_eq!(one["artifact_id"], json!(id));
    let signed = server
        .post(
            &format!("/v1/artifacts/{id}/signed-url"),
            &json!({ "ttl": "60s" }),
        )
        .await;
    assert!(
        signed.json()["signed_url"]
            .as_str()
            .unwrap()
            .starts_with(&server.url("/artifacts/"))
    );
    let info = request(Method::GET, &server.url("/v1/server-info"));
    let info = send(info.body(Full::default()).unwrap()).await.json();
    assert_eq!(info["limits"]["max_wait"], "60s");
    assert_eq!(info["limits"]["max_message_bytes"], 1024 * 1024);
    assert_eq!(info["engines"][0]["default"], true);
}

#[tokio::test]
async fn errors_have_their_http_code_and_name_every_field() {
    let server = Server::start().await;
    let bad = server
        .post("/v1/runs/tasks", &json!({ "prompt": "", "max_steps": 0 }))
        .await;
    let bad = refused(&bad, 400, "INVALID_ARGUMENT", "INVALID_REQUEST");
    assert_eq!(fields(&bad), ["prompt", "url", "max_steps"]);

    let unfit = json!({
        "prompt": 1, "max_steps": "x", "max_tokens": 1.5, "timeout": "soon", "validate_only": "no",
        "detail": "normal", "priority": "5", "labels": 5
    });
    let unfit = server.post("/v1/runs/tasks", &unfit).await;
    let unfit = refused(&unfit, 400, "INVALID_ARGUMENT", "INVALID_REQUEST");
    let mut named = fields(&unfit);
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "labels",
            "max_steps",
            "max_tokens",
            "prompt",
            "timeout",
            "validate_only"
        ],
        "{unfit}"
    );

    let unknown = json!({ "promt": "a", "filter": 1, "labels": { "a": "b" } });
    let unknown = server.post("/v1/runs/tasks", &unknown).await;
    let unknown = refused(&unknown, 400, "INVALID_ARGUMENT", "INVALID_REQUEST");
    assert_eq!(fields(&unknown), ["promt", "filter"]);
    let unknown = server
        .get("/v1/runs?page_sise=3&filter.status=queued&page_size=x")
        .await;
    let unknown = refused(&unknown, 400, "INVALID_ARGUMENT", "INVALID_REQUEST");
    assert_eq!(
        fields(&unknown),
        ["page_sise", "filter.status", "page_size"]
    );
    let twice = server.get("/v1/runs?page_size=3&page_size=4").await;
    refused(&twice, 400, "INVALID_ARGUMENT", "INVALID_REQUEST");
    let status = server.get("/v1/runs?filter.statuses=done").await;
    let status = refused(&status, 400, "INVALID_ARGUMENT", "INVALID_REQUEST");
    assert!(
        status["message"].as_str().unwrap().contains("timed_out"),
        "{status}"
    );

    for body in ["{", "[]", "3", "{\"prompt\":1}", "\u{feff}{}"] {
        let request = server
            .request(Method::POST, "/v1/runs/tasks")
            .header("content-type", "application/json");
        let answer = send(request.body(body.into()).unwrap()).await;
        refused(&answer, 400, "INVALID_ARGUMENT", "INVALID_REQUEST");
    }
    let form = server
        .request(Method::POST, "/v1/runs/tasks")
        .header("content-type", "application/x-www-form-urlencoded");
    let form = send(form.body("prompt=a".into()).unwrap()).await;
    refused(&form, 400, "INVALID_ARGUMENT", "INVALID_REQUEST");
    let deep = format!("{{\"prompt\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let builder = server.request(Method::POST, "/v1/runs/tasks");
    let deep = send(builder.body(deep.into()).unwrap()).await;
    refused(&deep, 400, "INVALID_ARGUMENT", "INVALID_REQUEST");

    let none = request(Method::GET, &server.url("/v1/runs")).body(Full::default());
    let none = send(none.unwrap()).await;
    refused(&none, 401, "UNAUTHENTICATED", "KEY_MISSING");
    assert_eq!(none.header("www-authenticate"), "Bearer");
    let nowhere = server.get("/v1/nowhere").await;
    refused(&nowhere, 404, "UNIMPLEMENTED", "METHOD_NOT_FOUND");
    let builder = server.request(Method::PUT, "/v1/runs");
    let verb = send(builder.body(Full::default()).unwrap()).await;
    refused(&verb, 404, "UNIMPLEMENTED", "METHOD_NOT_FOUND");

    let same = json!({ "prompt": "a", "url": "https://a.example/", "request_id": "1" });
    assert_eq!(
        server.post("/v1/runs/tasks", &same).await.status,
        StatusCode::OK
    );
    let other = json!({ "prompt": "b", "url": "https://a.example/", "request_id": "1" });
    let other = server.post("/v1/runs/tasks", &other).await;
    refused(&other, 409, "ALREADY_EXISTS", "REQUEST_ID_REUSED");
    let run = server.queued().await;
    let ahead = server
        .get(&format!("/v1/runs/{}/events?after_sequence=99", run.id))
        .await;
    refused(&ahead, 400, "OUT_OF_RANGE", "POSITION_AHEAD");
    // Ids with characters that a path must encode.
    let odd = server.get("/v1/runs/%2e%2e%2F%00%C3%BC").await;
    refused(&odd, 404, "NOT_FOUND", "RUN_NOT_FOUND");
    let odd = server.get("/v1/runs/%FF").await;
    assert!(odd.status.is_client_error(), "{}", odd.text());
}

/// Also for those that are gone, the path is known: every annotated method has its route.
#[tokio::test]
async fn every_annotated_method_has_its_route() {
    let server = Server::start().await;
    let pool = prost_reflect::DescriptorPool::decode(errand_api::DESCRIPTORS).unwrap();
    let http = pool.get_extension_by_name("google.api.http").unwrap();
    let mut asked = 0;
    for service in pool.services() {
        for method in service.methods() {
            let options = method.options();
            if !options.has_extension(&http) {
                assert!(
                    method.is_server_streaming(),
                    "{} has no annotation",
                    method.full_name()
                );
                continue;
            }
            let rule = options.get_extension(&http);
            let rule = rule.as_message().unwrap();
            let verbs = ["get", "post", "delete", "put", "patch"];
            let verb = verbs.iter().find(|it| rule.has_field_by_name(it)).unwrap();
            let path = rule
                .get_field_by_name(verb)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned();
            let path = path.replace("{run_id}", "x").replace("{artifact_id}", "x");
            let verb: Method = verb.to_ascii_uppercase().parse().unwrap();
            let request = request(verb, &server.url(&path))
                .body(Full::default())
                .unwrap();
            let answer = soon(send(request)).await;
            let expected = if method.name() == "GetServerInfo" {
                200
            } else {
                401
            };
            assert_eq!(answer.status, expected, "{path}");
            asked += 1;
        }
    }
    assert!(asked >= 17, "{asked}");
}
