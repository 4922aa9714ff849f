//! What holds on every page.

use std::time::{Duration, Instant};

use errand_browser::Node;
use proptest::prelude::*;

use super::*;

const ROLES: &[&str] = &[
    "button",
    "link",
    "textbox",
    "checkbox",
    "heading",
    "row",
    "cell",
    "columnheader",
    "table",
    "listitem",
    "list",
    "generic",
    "text",
    "dialog",
    "group",
    "omitted",
    "form",
    "tab",
    "caption",
];
const WORDS: &[&str] = &[
    "Save",
    "save as",
    "Ann",
    "",
    "Delete",
    "5",
    "×",
    "الاسم",
    "row 2",
];

prop_compose! {
    fn any_node()(
        role in 0..ROLES.len(), name in 0..WORDS.len(), text in 0..WORDS.len(),
        parent in prop::option::of(0_u32..40), has_id in any::<bool>(),
        rect in prop::option::of(prop::array::uniform4(-50.0_f64..900.0)),
        flags in any::<[bool; 4]>(), span in prop::option::of(any::<u32>()),
    ) -> Node {
        Node {
            parent,
            id: has_id.then(String::new),
            role: ROLES[role].to_owned(),
            name: WORDS[name].to_owned(),
            text: WORDS[text].to_owned(),
            rect,
            interactive: flags[0],
            disabled: flags[1],
            in_view: flags[2],
            covered: flags[3],
            column_span: span,
            row_span: span,
            ..Node::default()
        }
    }
}

fn any_phrase() -> impl Strategy<Value = Phrase> {
    let word = || (0..WORDS.len()).prop_map(|it| phrase(WORDS[it]));
    let relation = prop::sample::select(vec![
        Relation::In,
        Relation::Row,
        Relation::Under,
        Relation::Beside,
        Relation::Before,
        Relation::After,
    ]);
    let ordinal = prop::option::of(prop_oneof![
        (0_usize..5).prop_map(Ordinal::Nth),
        Just(Ordinal::Last),
    ]);
    (word(), word(), relation, ordinal, any::<[bool; 4]>()).prop_map(
        |(what, place, relation, ordinal, flags)| Phrase {
            ordinal,
            every: flags[0],
            quoted: flags[1],
            most: flags[2].then(|| Superlative {
                quality: "price".into(),
                least: flags[0],
            }),
            ..if flags[3] {
                at(relation, place, what)
            } else {
                what
            }
        },
    )
}

proptest! {
    #[test]
    fn nothing_on_a_page_is_a_reason_to_panic(
        nodes in prop::collection::vec(any_node(), 0..40), phrase in any_phrase(),
    ) {
        let mut seen = Observation { nodes, ..Observation::default() };
        for (index, node) in seen.nodes.iter_mut().enumerate() {
            if node.id.is_some() {
                node.id = Some(format!("e{index}"));
            }
        }
        for using in [Use::Click, Use::Follow, Use::Fill, Use::Choose, Use::Check, Use::See] {
            if let Ok(node) = ground::find(&seen, &phrase, using) {
                prop_assert!(node.id.is_some());
            }
            if let Ok(found) = ground::all(&seen, &phrase, using) {
                prop_assert!(!found.is_empty());
            }
        }
    }

    #[test]
    fn the_whole_name_wins_wherever_it_stands(
        others in prop::collection::vec("[a-z]{2,8}( [a-z]{2,8})?", 0..12), at in 0_usize..12,
    ) {
        let mut names: Vec<String> = others.iter().map(|it| format!("Save {it}")).collect();
        names.insert(at.min(names.len()), "Save".to_owned());
        let lines: String = names.iter().map(|it| format!("button \"{it}\"\n")).collect();
        let seen = page::page(&lines);
        for phrase in [phrase("save"), phrase("'Save'"), of(Kind::Button, "Save")] {
            let found = ground::find(&seen, &phrase, Use::Click).map(|it| it.name.clone());
            prop_assert_eq!(found, Ok("Save".to_owned()));
        }
    }

    #[test]
    fn the_order_of_the_page_does_not_choose(names in prop::collection::vec("[A-C]{1,2}", 1..8)) {
        let page = |names: &[String]| {
            let lines: String = names.iter().map(|it| format!("button \"{it}\"\n")).collect();
            page::page(&lines)
        };
        let found = |names: &[String]| {
            let seen = page(names);
            ground::find(&seen, &phrase("A"), Use::Click)
                .map(|it| it.name.clone())
                .map_err(|it| kind(&it))
        };
        let forth = found(&names);
        let back: Vec<String> = names.iter().rev().cloned().collect();
        prop_assert_eq!(forth, found(&back));
    }
}

#[test]
fn ten_thousand_rows_with_equal_names_take_no_time() {
    use std::fmt::Write as _;
    let mut lines = "table\n".to_owned();
    for row in 0..10_000 {
        let _ = write!(
            lines,
            "  row\n    cell : Person {row}\n    cell\n      button \"Delete\"\n"
        );
    }
    let seen = page::page(&lines);
    let started = Instant::now();
    assert_eq!(find(&seen, &phrase("delete"), Use::Click), "between");
    let id = find(
        &seen,
        &at(Relation::Row, phrase("Person 7654"), phrase("delete")),
        Use::Click,
    );
    let row = seen
        .nodes
        .iter()
        .position(|it| it.text == "Person 7654")
        .unwrap();
    let button = seen.nodes[row..].iter().find(|it| it.role == "button");
    assert_eq!(Some(id), button.unwrap().id.clone());
    // A search that looks at every pair would take minutes.
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}
