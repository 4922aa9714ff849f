//! Reading JSON out of what a model wrote.

use errand_llm::{Fault, MAX_DEPTH, MAX_JSON_BYTES, read};
use proptest::prelude::*;
use serde_json::{Value, json};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e12..1e12).prop_map(|it: f64| Value::from(it)),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(".{0,8}", inner, 0..6)
                .prop_map(|it| Value::Object(it.into_iter().collect())),
        ]
    })
}

/// Pieces that JSON is made of, and what small models put between them.
fn nearly() -> impl Strategy<Value = String> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "'",
        "\\",
        "\\u12",
        "a",
        "1",
        "-",
        "true",
        "None",
        "//",
        "/*",
        "*/",
        "```",
        "```json\n",
        "\n",
        " ",
        "</think>",
        "é",
        "\u{1F600}",
        "\\ud800",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40).prop_map(|it| it.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn valid_json_stays_as_it_is(value in value()) {
        prop_assert_eq!(&read(&value.to_string()).unwrap(), &value);
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(read(&pretty).unwrap(), value);
    }

    #[test]
    fn prose_around_an_object_changes_nothing(value in value(), before in "[a-z ,.]{0,20}") {
        let object = json!({"answer": value});
        let text = format!("{before}\n```json\n{object}\n```\nThat is all.");
        prop_assert_eq!(&read(&text).unwrap(), &object);
        let text = format!("<think>{{ or [</think>{before}{object} and so on");
        prop_assert_eq!(read(&text).unwrap(), object);
    }

    #[test]
    fn nothing_makes_it_panic(text in any::<String>(), nearly in nearly()) {
        let _ = read(&text);
        if let Ok(found) = read(&nearly) {
            // What was understood is understood the same way again.
            prop_assert_eq!(read(&found.to_string()).unwrap(), found);
        }
    }

    #[test]
    fn what_ends_too_early_is_never_taken_for_whole(value in value(), share in 0.1..0.99) {
        let text = json!({"first": value, "last": "end"}).to_string();
        let end = text.floor_char_boundary((text.len() as f64 * share) as usize);
        prop_assert!(read(&text[..end]).is_err(), "{}", &text[..end]);
    }
}

#[test]
fn near_misses_mean_what_they_say() {
    for (text, expected) in [
        (
            "{'a': 'it\\'s', \"b\": [1, 2,],}",
            json!({"a": "it's", "b": [1, 2]}),
        ),
        (
            "{a: True, b: False, c: None} // done",
            json!({"a": true, "b": false, "c": null}),
        ),
        ("/* so */ {\"a\": /* 1? */ 2}", json!({"a": 2})),
        ("Press {it} in [the box]: {\"a\": 1}", json!({"a": 1})),
        ("As [1] says: {\"a\": 1}", json!({"a": 1})),
        (
            "\u{feff}{\"a\": \"\\ud83d\\ude00\"}",
            json!({"a": "\u{1F600}"}),
        ),
        ("```\n[1, 2]\n```", json!([1, 2])),
        ("```json\n{\"code\": \"```\"}\n```", json!({"code": "```"})),
        ("{\"a\": \"line\nbreak\"}", json!({"a": "line\nbreak"})),
    ] {
        assert_eq!(read(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn what_may_mean_two_things_is_refused() {
    for text in [
        "",
        "{\"a\": {\"b\": yes}, \"c\": {\"d\": 1}}",
        "{\"a\": [1, 2 3], \"b\": [4]}",
        "I would click the button.",
        "{\"a\": 1} or {\"a\": 2}",
        "```\n{\"a\": 1}\n```\n```\n{\"a\": 2}\n```",
        "{a: 1, 'a': 2}",
        "{\"a\": yes}",
        "{\"a\" 1}",
    ] {
        assert!(
            matches!(read(text), Err(Fault::NotJson { .. })),
            "{text}: {:?}",
            read(text)
        );
    }
    for text in [
        "{\"a\": [1, 2",
        "{\"a\": \"b",
        "{\"a\": 12",
        "```json\n{\"a\":",
    ] {
        assert!(
            matches!(read(text), Err(Fault::Truncated { .. })),
            "{text}: {:?}",
            read(text)
        );
    }
    let deep = "[".repeat(MAX_DEPTH + 1) + &"]".repeat(MAX_DEPTH + 1);
    let long = format!("\"{}\"", "x".repeat(MAX_JSON_BYTES));
    for text in [deep, "[".repeat(500_000), long] {
        assert!(matches!(read(&text), Err(Fault::TooLarge { .. })));
    }
}
