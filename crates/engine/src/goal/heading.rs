//! Lines that only say what stands below them.

use super::{
    filler, line, name,
    phrase::{Phrase, Place, Relation},
    sentence::Reader,
    token::{Class, Token},
    verb,
};

/// Words of headings that only announce what stands below.
const ANNOUNCING: &[&str] = &[
    "data",
    "details",
    "to",
    "do",
    "todo",
    "to-do",
    "todos",
    "steps",
    "step",
    "task",
    "tasks",
    "plan",
    "goal",
    "goals",
    "instructions",
    "values",
    "value",
    "input",
    "inputs",
    "info",
    "information",
    "my",
    "the",
    "your",
    "form",
    "fields",
    "following",
    "list",
    "procedure",
    "actions",
    "action",
    "order",
    "orders",
    "job",
    "jobs",
    "what",
    "for",
    "and",
    "i",
    "need",
    "want",
    "needed",
    "please",
    "as",
    "follows",
    "changes",
    "settings",
    "then",
    "first",
    "now",
    "afterwards",
    "finally",
    "next",
    "entries",
    "answers",
    "query",
    "request",
    "requests",
    "fill",
    "in",
    "out",
    "enter",
    "with",
    "you",
    "we",
    "should",
    "have",
    "must",
    "it",
    "be",
    "done",
    "of",
    "below",
    "complete",
    "registration",
    "contact",
    "use",
    "using",
    "provide",
    "on",
    "page",
    "checklist",
    "new",
    "workflow",
    "howto",
    "here",
    "is",
    "are",
    "this",
    "these",
    "things",
];

impl Reader<'_> {
    /// "Approver" above a list: what its lines are about.
    pub(super) fn heading(&mut self, tokens: &[Token]) -> bool {
        let words: Vec<&Token> = tokens.iter().filter(|it| it.class != Class::Mark).collect();
        let plain =
            words.iter().all(|it| it.class == Class::Word) && !words.is_empty() && words.len() < 8;
        let marks = tokens.iter().filter(|it| it.class == Class::Mark).count();
        let bullet = words.first().is_some_and(|it| line::is_bullet(it));
        let open = marks == 0 || marks == 1 && tokens.last().is_some_and(|it| it.is_mark(":"));
        if !plain || !open || bullet {
            return false;
        }
        // "Data:", "To do:", "Please fill in:": no place on a page.
        if words.iter().all(|it| ANNOUNCING.contains(&&*it.lower)) {
            return true;
        }
        if filler::is_idle(tokens) || verb::at(tokens, 0).is_some() || words.len() > 3 {
            return false;
        }
        let what = Box::new(Phrase::plain(name::plain(&words)));
        let relation = Relation::Under;
        self.section = Some(Place { relation, what });
        true
    }
}
