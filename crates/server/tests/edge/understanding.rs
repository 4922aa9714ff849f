//! `validate_only`: how a request is read, before anything is done.

use errand_api::v1::{
    Run, RunTaskRequest, SchemaProperty, TextSpan, Understanding, UnderstoodClause, ValueOrigin,
};
use prost::Message as _;
use serde_json::json;

use crate::{
    server::{Server, soon},
    tasks::task,
};

async fn ask(server: &Server, request: RunTaskRequest) -> Run {
    let request = RunTaskRequest {
        validate_only: true,
        ..request
    };
    let answer = soon(server.runs().run_task(request)).await;
    answer.unwrap().into_inner().run.unwrap()
}

async fn read(server: &Server, prompt: &str, schema: &str) -> Understanding {
    let request = RunTaskRequest {
        prompt: prompt.to_owned(),
        data_extraction_schema: schema.to_owned(),
        ..task()
    };
    ask(server, request).await.understanding.unwrap()
}

fn piece<'p>(prompt: &'p str, span: Option<&TextSpan>) -> &'p str {
    let span = span.unwrap();
    &prompt[usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()]
}

#[tokio::test]
async fn each_clause_is_told_and_what_has_no_meaning_too() {
    let server = Server::start().await;
    let prompt = "Öffne nichts. Klick the gizmo. Click the second 'Buy' button, \
                  then type \"Ann\" into the Name field";
    let read = read(&server, prompt, "").await;
    assert!(!read.understood);
    assert_eq!(read.schema, None);
    let gaps: Vec<&str> = read
        .not_understood
        .iter()
        .map(|it| piece(prompt, it.span.as_ref()))
        .collect();
    // The one slip does not hide the other, and spans count bytes of UTF-8.
    assert_eq!(gaps, ["Öffne nichts", "Klick the gizmo"]);
    for gap in &read.not_understood {
        assert_eq!(gap.text, piece(prompt, gap.span.as_ref()));
        assert!(!gap.hint.is_empty(), "{gap:?}");
    }
    let [click, fill] = &read.clauses[..] else {
        panic!("{:#?}", read.clauses)
    };
    assert_eq!(read.clause_count, 2);
    assert_eq!(
        piece(prompt, click.span.as_ref()),
        "Click the second 'Buy' button"
    );
    assert_eq!((&*click.action, click.values.len()), ("click", 0));
    let target = &click.elements[0];
    assert_eq!(
        (&*target.part, &*target.kind, &*target.words),
        ("target", "button", "Buy")
    );
    assert_eq!((target.exact, &*target.ordinal), (true, "2nd"));
    assert_eq!(fill.action, "fill");
    let value = &fill.values[0];
    assert_eq!(
        (&*value.name, &*value.text, value.origin()),
        ("value", "Ann", ValueOrigin::Prompt)
    );
    for clause in &read.clauses {
        let UnderstoodClause {
            description,
            verification,
            ..
        } = clause;
        assert!(!description.is_empty() && !verification.is_empty());
    }
}

#[tokio::test]
async fn passwords_are_never_shown_and_what_is_missing_is_said() {
    let server = Server::start().await;
    let prompt = "Log in with username 'ann' and password 'hunter2', then type 'hunter2' into \
                  Repeat password. Klick it.";
    let read = read(&server, prompt, "").await;
    assert_eq!(read.clauses.len(), 2);
    assert!(!format!("{read:?}").contains("hunter2"), "{read:#?}");
    for clause in &read.clauses {
        let value = clause.values.last().unwrap();
        assert!(value.secret, "{clause:#?}");
        assert_eq!(value.origin(), ValueOrigin::Prompt);
        assert!(clause.text.contains("•••"), "{}", clause.text);
    }

    let prompt = "Log in with username 'support@company.com'";
    let read = self::read(&server, prompt, "").await;
    assert!(read.understood);
    let password = read.clauses[0].values.last().unwrap();
    assert_eq!(
        (&*password.name, password.origin()),
        ("password", ValueOrigin::Missing)
    );
    let told = &read.clauses[0].description;
    assert!(told.contains("no password is given"), "{told}");
}

#[tokio::test]
async fn a_schema_is_told_property_by_property() {
    let server = Server::start().await;
    let schema = json!({
        "type": "object",
        "properties": {
            "posts": { "type": "array", "items": { "type": "object", "properties": {
                "title": { "type": "string" }, "points": { "type": "integer" } } } },
            "as of": { "type": "string", "format": "date" },
            "parent": { "$ref": "#" },
        },
    });
    let read = read(&server, "Find the top 3 posts", &schema.to_string()).await;
    let plan = read.schema.unwrap();
    assert!(plan.usable && plan.problems.is_empty(), "{plan:#?}");
    let told: Vec<(&str, &str, bool)> = plan
        .properties
        .iter()
        .map(|it: &SchemaProperty| (&*it.pointer, &*it.r#type, it.problem.is_empty()))
        .collect();
    let expected = [
        ("/posts", "list", true),
        ("/posts/*/title", "text", true),
        ("/posts/*/points", "whole number", true),
        ("/as of", "date", true),
        ("/parent", "nothing", false),
    ];
    assert_eq!(told, expected);
    assert!(plan.properties[0].sought.contains("at most 3"), "{plan:#?}");

    let contrary = json!({
        "type": "object",
        "properties": { "n": { "type": "number", "minimum": 9, "maximum": 1 } },
        "required": ["n"],
    });
    let read = self::read(&server, "Get the number", &contrary.to_string()).await;
    let plan = read.schema.unwrap();
    assert!(read.understood && !plan.usable);
    assert!(plan.problems[0].contains("/n"), "{plan:#?}");
}

#[tokio::test]
async fn it_is_told_as_json_and_in_no_other_answer() {
    let server = Server::start().await;
    let asked = json!({
        "prompt": "Frobnicate the gizmo", "url": "https://a.example/", "validate_only": true,
    });
    let answer = server.post("/v1/runs/tasks", &asked).await;
    assert_eq!(answer.status, http::StatusCode::OK);
    let json = answer.json();
    let read = &json["understanding"];
    assert_eq!(
        (&read["understood"], &read["clauses"]),
        (&json!(false), &json!([]))
    );
    assert_eq!(
        read["not_understood"][0]["span"],
        json!({ "start": 0, "end": 20 })
    );
    let run = server.runs().run_task(task()).await.unwrap();
    assert_eq!(run.into_inner().run.unwrap().understanding, None);
}

/// Each is as long as a prompt or schema may be, and made to be told at length.
#[tokio::test]
async fn long_requests_are_told_within_the_bounds_of_a_message() {
    let server = Server::start().await;
    let long = |piece: &str, length: usize| piece.repeat(length / piece.len());
    let fields = format!("Fill in {}", long("a: 1, ", 31_000));
    let name = "n".repeat(3_000);
    let schema = json!({
        "$defs": { "0": { "properties": { (name.as_str()): { "$ref": "#/$defs/1" }, "b": {} } },
                   "1": { "properties": { "a": { "$ref": "#/$defs/0" }, "b": {} } } },
        "$ref": "#/$defs/0",
    });
    for prompt in [
        fields,
        long("Click 'a'. ", 32_000),
        long("Klick x. ", 32_000),
        long("click \"", 32_000),
        long("and then ", 32_000),
        long("((((", 32_000),
        "x".repeat(32_000),
        format!("Extract {}", long("a and ", 31_000)),
        format!("Select {} in Size", long("'a', ", 31_000)),
    ] {
        let read = read(&server, &prompt, &schema.to_string()).await;
        let size = read.encoded_len();
        assert!(size < 700 * 1024, "{size} bytes for {:.30}", prompt);
    }
    let too_long = RunTaskRequest {
        prompt: "Click 'a'. ".repeat(10_000),
        validate_only: true,
        ..task()
    };
    let refused = server.runs().run_task(too_long).await.unwrap_err();
    crate::refusal::invalid(refused, &["prompt", ""]);
}
