//! What a browser keeps, as JSON and in Playwright's form.

use errand_domain::{
    StorageState,
    storage::{
        Cookie, Data, Database, Index, KeyPath, ObjectStore, OriginState, Partition, Record,
        SameSite, TooLarge,
        data::{Blob, View},
        playwright::{self, Error},
    },
};
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Value, json};

fn simple() -> impl Strategy<Value = Data> {
    let view = prop_oneof![
        Just(View::U8),
        Just(View::I16),
        Just(View::F64),
        Just(View::U64)
    ];
    prop_oneof![
        Just(Data::Null),
        Just(Data::Undefined),
        any::<bool>().prop_map(Data::Bool),
        any::<f64>()
            .prop_filter("NaN differs from itself", |it| !it.is_nan())
            .prop_map(Data::Number),
        any::<i32>().prop_map(|it| Data::Number(it.into())),
        any::<i128>().prop_map(|it| Data::BigInt(it.to_string())),
        ".*".prop_map(Data::String),
        Just(Data::Date(Some("2026-11-22T01:02:03.004Z".to_owned()))),
        Just(Data::Date(Some("-000753-04-21T00:00:00.000Z".to_owned()))),
        Just(Data::Date(None)),
        (".*", "[gimsuy]*").prop_map(|(source, flags)| Data::RegExp { source, flags }),
        (".*", ".*").prop_map(|(message, stack)| {
            let name = "TypeError".to_owned();
            Data::Error {
                name,
                message,
                stack,
            }
        }),
        vec(any::<u8>(), 0..40).prop_map(Data::Buffer),
        (view, vec(any::<[u8; 8]>(), 0..4)).prop_map(|(view, it)| Data::View(view, it.concat())),
    ]
}

fn data() -> impl Strategy<Value = Data> {
    simple().prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(|it| Data::List(None, it)),
            vec(inner.clone(), 0..5).prop_map(|it| Data::Set(None, it)),
            vec((".*", inner.clone()), 0..5).prop_map(|it| Data::Object(None, it)),
            vec((inner.clone(), inner.clone()), 0..5).prop_map(|it| Data::Map(None, it)),
            // It stands in itself.
            inner
                .prop_map(|it| Data::List(Some(1), vec![it, Data::Same(1)]))
                .no_shrink(),
        ]
    })
}

/// Numbers are per value, so a value holds one list that stands in itself at most.
fn sound(data: &Data) -> bool {
    fn count(data: &Data) -> usize {
        match data {
            Data::List(id, items) | Data::Set(id, items) => {
                usize::from(id.is_some()) + items.iter().map(count).sum::<usize>()
            }
            Data::Object(_, entries) => entries.iter().map(|(_, it)| count(it)).sum(),
            Data::Map(_, entries) => entries.iter().map(|(k, v)| count(k) + count(v)).sum(),
            _ => 0,
        }
    }
    count(data) <= 1
}

fn cookie() -> impl Strategy<Value = Cookie> {
    let same_site = prop_oneof![
        Just(SameSite::Strict),
        Just(SameSite::Lax),
        Just(SameSite::None)
    ];
    let partition = any::<bool>().prop_map(|has_cross_site_ancestor| Partition {
        top_level_site: "https://news.test".to_owned(),
        has_cross_site_ancestor,
    });
    let seconds = option::of(0..253_402_300_799_i64);
    (
        ".*",
        ".*",
        any::<(bool, bool)>(),
        seconds,
        same_site,
        option::of(partition),
    )
        .prop_map(
            |(name, value, (secure, http_only), expires, same_site, partition)| Cookie {
                name,
                value,
                domain: ".shop.test".to_owned(),
                path: "/a".to_owned(),
                #[expect(clippy::cast_precision_loss, reason = "seconds are small")]
                expires: expires.map(|it| it as f64),
                http_only,
                secure,
                same_site: Some(same_site),
                partition,
                priority: None,
            },
        )
}

fn store() -> impl Strategy<Value = ObjectStore> {
    let path = option::of(prop_oneof![
        ".*".prop_map(KeyPath::One),
        vec(".*", 1..3).prop_map(KeyPath::Several),
    ]);
    let index = (".*", any::<(bool, bool)>()).prop_map(|(name, (unique, multi_entry))| Index {
        key_path: KeyPath::One(name.clone()),
        name,
        unique,
        multi_entry,
    });
    let key = simple().prop_filter("no key", |it| *it != Data::Null);
    let record = (key, data().prop_filter("one number", sound));
    (
        ".*",
        path,
        any::<bool>(),
        vec(index, 0..2),
        vec(record, 0..4),
    )
        .prop_map(
            |(name, key_path, auto_increment, indexes, records)| ObjectStore {
                records: records
                    .into_iter()
                    .map(|(key, value)| Record {
                        key: Some(key).filter(|_| key_path.is_none()),
                        value,
                    })
                    .collect(),
                name,
                key_path,
                auto_increment,
                indexes,
            },
        )
}

prop_compose! {
    fn state()(
        cookies in vec(cookie(), 0..4),
        local in vec((".*", ".*"), 1..4),
        session in vec((".*", ".*"), 0..3),
        stores in vec(store(), 0..3),
    ) -> StorageState {
        let database = Database { name: "db".to_owned(), version: 2, stores };
        let origin = OriginState {
            origin: "https://shop.test".to_owned(),
            under: None,
            local,
            session,
            databases: vec![database],
        };
        StorageState { cookies, origins: vec![origin], ..StorageState::default() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_state_comes_back_from_json_and_from_playwrights_form(state in state()) {
        let json = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(&serde_json::from_str::<StorageState>(&json).unwrap(), &state);
        let written = playwright::write(&state);
        let read = playwright::read(&written.text).unwrap();
        if written.notes.is_empty() {
            prop_assert_eq!(read, state);
        }
    }

    #[test]
    fn any_text_is_refused_or_read_without_a_fault_of_ours(text in ".*") {
        drop(playwright::read(&text));
    }
}

#[test]
fn cookies_of_earlier_checkpoints_are_read() {
    let state: StorageState = serde_json::from_value(json!({
        "url": "https://shop.test/", "origins": [{
            "origin": "https://shop.test", "local": [["a", "1"]], "session": []
        }],
        "cookies": [{
            "name": "sid", "value": { "type": "string", "value": "secret" }, "domain": "shop.test",
            "path": "/", "size": 9, "httpOnly": true, "secure": false, "sameSite": "lax",
            "expiry": 1_800_000_000, "goog:priority": "Medium"
        }]
    }))
    .unwrap();
    let cookie = &state.cookies[0];
    assert_eq!((&*cookie.value, cookie.expires), ("secret", Some(1.8e9)));
    assert_eq!(cookie.same_site, Some(SameSite::Lax));
    assert_eq!(state.origins[0].local, [("a".to_owned(), "1".to_owned())]);
}

fn with(path: &[&str], value: Value) -> String {
    let mut state = json!({
        "cookies": [{
            "name": "sid", "value": "1", "domain": "shop.test", "path": "/", "expires": -1,
            "httpOnly": true, "secure": true, "sameSite": "Lax"
        }],
        "origins": [{
            "origin": "https://shop.test",
            "localStorage": [{ "name": "a", "value": "1" }],
            "indexedDB": [{ "name": "db", "version": 1, "stores": [{
                "name": "s", "autoIncrement": false, "indexes": [],
                "records": [{ "key": "k", "value": { "plain": [1, null] } }]
            }] }]
        }]
    });
    let mut at = &mut state;
    for part in path {
        at = match part.parse::<usize>() {
            Ok(index) => &mut at[index],
            Err(_) => &mut at[*part],
        };
    }
    *at = value;
    state.to_string()
}

#[test]
fn what_is_no_storage_state_is_told_where_it_is_wrong() {
    assert!(playwright::read(&with(&["cookies", "0", "expires"], json!(1.5))).is_ok());
    let record = |rest: &'static str| -> Vec<&'static str> {
        let mut path = vec![
            "origins",
            "0",
            "indexedDB",
            "0",
            "stores",
            "0",
            "records",
            "0",
        ];
        path.extend(Some(rest).filter(|it| !it.is_empty()));
        path
    };
    let cases: Vec<(String, &str, &str)> = vec![
        (
            "[]".to_owned(),
            "",
            "context.storageState() writes it, not a list",
        ),
        (
            "{\"a\":1}".to_owned(),
            "",
            "neither \"cookies\" nor \"origins\"",
        ),
        ("{\"cookies\":".to_owned(), "", "it is no JSON: EOF"),
        (
            with(&["cookies"], json!({})),
            "cookies",
            "must be a list, not an object",
        ),
        (
            with(&["cookies", "0"], json!(1)),
            "cookies[0]",
            "must be an object, not a number",
        ),
        (
            with(&["cookies", "0", "name"], json!(1)),
            "cookies[0].name",
            "must be a text, not a number",
        ),
        (
            with(&["cookies", "0", "domain"], Value::Null),
            "cookies[0]",
            "a domain and a path",
        ),
        (
            with(&["cookies", "0", "url"], json!("https://a.test")),
            "cookies[0]",
            "either a url",
        ),
        (
            with(&["cookies", "0", "sameSite"], json!("no_restriction")),
            "cookies[0].sameSite",
            "not \"no_restriction\"",
        ),
        (
            with(&["cookies", "0", "expires"], json!(1e13)),
            "cookies[0].expires",
            "up to the year 9999",
        ),
        (
            with(&["cookies", "0", "secure"], json!("yes")),
            "cookies[0].secure",
            "true or false",
        ),
        (
            with(&["origins", "0", "origin"], json!("https://shop.test/cart")),
            "origins[0].origin",
            "without a path",
        ),
        (
            with(&["origins", "0", "localStorage", "0", "value"], json!({})),
            "origins[0].localStorage[0].value",
            "must be a text",
        ),
        (
            with(&["origins", "0", "indexedDB", "0", "version"], json!(0)),
            "origins[0].indexedDB[0].version",
            "from 1",
        ),
        (with(&record("key"), Value::Null), "", ""),
        (
            with(&record(""), json!({ "value": 1 })),
            "origins[0].indexedDB[0].stores[0].records[0]",
            "must have a key",
        ),
        (
            with(
                &record(""),
                json!({ "key": 1, "valueEncoded": { "o": [{ "k": "a", "v": { "ta": { "b": "AA==", "k": "f64" } } }], "id": 1 } }),
            ),
            "origins[0].indexedDB[0].stores[0].records[0].valueEncoded.o[0].v.ta.b",
            "whole elements",
        ),
        (
            with(
                &record(""),
                json!({ "key": 1, "valueEncoded": { "ref": 3 } }),
            ),
            "origins[0].indexedDB[0].stores[0].records[0].valueEncoded.ref",
            "nothing before it",
        ),
    ];
    for (text, path, words) in cases {
        let read = playwright::read(&text);
        if words.is_empty() {
            continue;
        }
        let Err(Error::Wrong(faults)) = read else {
            panic!("{words}: {read:?}");
        };
        let told = |it: &playwright::Fault| it.path == path && it.problem.contains(words);
        assert!(faults.iter().any(told), "{path} {words}: {faults:?}");
    }
    // All at once, but not without end.
    let many: Vec<Value> = (0..50).map(|_| json!({ "name": "a" })).collect();
    let Err(Error::Wrong(faults)) = playwright::read(&json!({ "cookies": many }).to_string())
    else {
        panic!("it was read");
    };
    assert_eq!(faults.len(), 20);
}

#[test]
fn what_is_left_out_is_said() {
    let text = json!({
        "cookies": [{ "name": "a", "value": "b", "url": "https://shop.test/x/y", "storeId": "0" }],
        "origins": [
            { "origin": "chrome-extension://abc", "localStorage": [] },
            { "origin": "https://shop.test", "localStorage": [], "opfs": [{ "path": "a" }] },
        ],
        "credentials": [{ "id": "x" }]
    });
    let state = playwright::read(&text.to_string()).unwrap();
    let cookie = &state.cookies[0];
    assert_eq!(
        (&*cookie.domain, &*cookie.path, cookie.secure),
        ("shop.test", "/x/", true)
    );
    assert_eq!(state.origins, []);
    for what in [
        "cookies[].storeId",
        "chrome-extension://abc",
        "origins[].opfs",
        "credentials",
    ] {
        assert!(
            state.notes.iter().any(|it| it.contains(what)),
            "{what}: {:?}",
            state.notes
        );
    }
    let blob = Data::List(None, vec![Data::Blob(Blob::default())]);
    let record = |value| Record {
        key: Some(Data::Number(1.0)),
        value,
    };
    let records = vec![record(blob), record(Data::Undefined)];
    let store = ObjectStore {
        name: "s".to_owned(),
        records,
        ..ObjectStore::default()
    };
    let database = Database {
        name: "db".to_owned(),
        version: 1,
        stores: vec![store],
    };
    let origin = |under: Option<&str>| OriginState {
        origin: "https://shop.test".to_owned(),
        under: under.map(str::to_owned),
        databases: vec![database.clone()],
        ..OriginState::default()
    };
    let origins = vec![origin(None), origin(Some("https://news.test"))];
    let written = playwright::write(&StorageState {
        origins,
        ..StorageState::default()
    });
    assert_eq!(written.notes.len(), 2, "{:?}", written.notes);
    let read = playwright::read(&written.text).unwrap();
    assert_eq!(
        read.origins[0].databases[0].stores[0].records,
        [record(Data::Undefined)]
    );
}

#[test]
fn what_is_too_much_is_refused_or_left_out() {
    let origin = |name: &str, bytes: usize| OriginState {
        origin: format!("https://{name}.test"),
        local: vec![("k".to_owned(), "x".repeat(bytes))],
        ..OriginState::default()
    };
    let state = |origins| StorageState {
        origins,
        ..StorageState::default()
    };
    let one = state(vec![origin("a", 9 << 20)]);
    assert!(matches!(one.measure(), Err(TooLarge::Origin { .. })));
    let text = playwright::write(&one).text;
    let refused = playwright::read(&text);
    assert!(
        matches!(refused, Err(Error::TooLarge(TooLarge::Origin { .. }))),
        "{refused:?}"
    );
    let names: Vec<String> = (0..120).map(|it| format!("o{it}")).collect();
    let many = state(names.iter().map(|it| origin(it, 1)).collect());
    assert_eq!(many.measure(), Err(TooLarge::Origins(120)));
    let mut large = state(vec![
        origin("a", 5 << 20),
        origin("b", 9 << 20),
        origin("c", 6 << 20),
        origin("d", 8 << 20),
    ]);
    large.trim();
    let kept: Vec<&str> = large.origins.iter().map(|it| &*it.origin).collect();
    assert_eq!(kept, ["https://a.test", "https://c.test"]);
    assert_eq!(large.notes.len(), 2, "{:?}", large.notes);
    assert!(large.measure().is_ok());
}
