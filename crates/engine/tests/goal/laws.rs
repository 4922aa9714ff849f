//! What holds for any text.

use errand_engine::goal::parse;
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

proptest! {
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
