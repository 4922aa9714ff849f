//! Lists that go on over pages.

use errand_engine::{
    extract::{Row, Rows},
    goal::Extraction,
};
use serde_json::json;

fn rows(ids: &[u64]) -> Rows {
    let row = |id: &u64| Row {
        value: json!(id),
        rank: None,
        id: *id,
    };
    Rows {
        rows: ids.iter().map(row).collect(),
        ..Rows::default()
    }
}

fn values(rows: Rows) -> serde_json::Value {
    rows.conclude(&Extraction::default()).unwrap().0
}

#[test]
fn pages_that_overlap_leave_nothing_twice() {
    for (first, second, same_page, expected) in [
        (&[1, 2, 3][..], &[3, 4][..], false, json!([1, 2, 3, 4])),
        (&[1, 2], &[1, 2, 3, 4], true, json!([1, 2, 3, 4])),
        (&[1, 2, 3], &[2, 5, 1], false, json!([1, 2, 3, 5])),
        // The same text twice on one page is two things, and may be so on the next page.
        (&[1, 1, 2], &[1, 3], false, json!([1, 1, 2, 1, 3])),
    ] {
        let mut all = rows(first);
        assert!(all.extend(rows(second), same_page));
        assert_eq!(values(all), expected);
    }
    let mut all = rows(&[1, 2]);
    assert!(!all.extend(rows(&[1, 2]), true));
}
