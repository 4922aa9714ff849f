//! What holds for any text.

use errand_engine::goal::{Ask, parse, understand};
use proptest::prelude::*;

/// Words that the grammar knows something of, and marks.
const SALAD: &[&str] = &[
    "the",
    "a",
    "it",
    "her",
    "that",
    "which",
    "about",
    "if",
    "when",
    "once",
    "after",
    "before",
    "as",
    "because",
    "so",
    "in order to",
    "should",
    "must",
    "be",
    "has to",
    "could",
    "would",
    "you",
    "i",
    "want",
    "need",
    "like",
    "know",
    "please",
    "thanks",
    "make sure",
    "is",
    "not",
    "ticked",
    "deleted",
    "switched",
    "on",
    "off",
    "set",
    "to",
    "with",
    "for",
    "from",
    "in",
    "of",
    "and",
    "then",
    "click",
    "open",
    "type",
    "fill in",
    "select",
    "check",
    "delete",
    "invite",
    "reply",
    "give",
    "like",
    "comment",
    "saying",
    "sort",
    "by",
    "search",
    "extract",
    "how many",
    "there",
    "most",
    "first",
    "last",
    "3",
    "'a b'",
    "a@b.c",
    "Ann Lee",
    "box",
    "tab",
    "button",
    "name",
    "role",
    "one",
    "rest",
    "as they are",
    ",",
    ".",
    ":",
    ";",
    "\n",
    "\n- ",
    "\n1. ",
    "\na) ",
    "[ ]",
    "....",
    "=",
    "->",
    "+",
    "/",
    "new",
    "next",
    "yes",
    "everything",
    "find",
    "note",
    "call",
];

/// What columns are called that sound like orders.
const ORDERLY: &[&str] = &[
    "last order",
    "first order",
    "next check",
    "last search",
    "last login",
    "value",
    "next close",
];
const PLAIN: &[&str] = &["code", "article", "stock", "city", "price"];

proptest! {
    /// "…, article, last order, value …": each is a value to be read, and none an order.
    #[test]
    fn lists_of_values_that_sound_like_orders_stay_values(
        (one, other) in proptest::sample::select(PLAIN).prop_flat_map(|it| (Just(it), proptest::sample::select(PLAIN))),
        orderly in proptest::sample::select(ORDERLY),
        at in 1_usize..3,
        last in proptest::sample::select(&["and stock count", "and weight"][..]),
    ) {
        let mut list = vec![one, other];
        list.insert(at, orderly);
        let prompt = format!("Extract the rows with {} {last}", list.join(", "));
        let understood = understand(&prompt);
        prop_assert!(understood.gaps.is_empty(), "{prompt}: {:?}", understood.gaps);
        prop_assert_eq!(understood.clauses.len(), 1, "{}: {:?}", prompt, understood.clauses);
        prop_assert!(matches!(understood.clauses[0].ask, Ask::Extract(_)), "{prompt}");
    }

    #[test]
    fn known_words_in_any_order_are_parsed_without_panic(
        words in proptest::collection::vec(proptest::sample::select(SALAD), 0..14)
    ) {
        let prompt = words.join(" ");
        match parse(&prompt) {
            Ok(goal) => for clause in goal.clauses {
                prop_assert_eq!(&prompt[clause.span.clone()], clause.text.as_str());
            },
            Err(error) => prop_assert!(prompt.get(error.span).is_some()),
        }
    }

    #[test]
    fn any_text_is_parsed_without_panic_and_spans_lie_inside(prompt in "\\PC{0,200}") {
        match parse(&prompt) {
            Ok(goal) => for clause in goal.clauses {
                prop_assert_eq!(&prompt[clause.span.clone()], clause.text.as_str());
            },
            Err(error) => prop_assert!(prompt.get(error.span).is_some()),
        }
    }
}
