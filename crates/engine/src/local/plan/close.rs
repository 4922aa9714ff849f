//! Dialogs, banners and tabs: closing them, and answering what they ask.

use std::ops::Range;

use errand_browser::{Node, Observation, observation::end_of};
use errand_domain::Action;

use super::{Desk, Plan};
use crate::{
    goal::{Kind, Phrase},
    ground::{self, Use, likeness},
    local::form::target,
};

/// Names that close what they stand on, whatever it is.
const PLAIN: &[&str] = &["close", "×", "x", "✕", "✖", "dismiss"];
const CLOSING: &[&str] = &[
    "close",
    "×",
    "x",
    "✕",
    "✖",
    "dismiss",
    "no thanks",
    "not now",
    "got it",
    "cancel",
    "hide",
    "ok",
];
const ACCEPTING: &[&str] = &[
    "accept all",
    "accept",
    "agree",
    "i agree",
    "allow all",
    "allow",
    "ok",
    "yes",
    "got it",
    "confirm",
    "continue",
];
const REFUSING: &[&str] = &[
    "reject all",
    "reject",
    "decline",
    "refuse",
    "no",
    "cancel",
    "no thanks",
    "not now",
    "dismiss",
    "close",
    "x",
];

/// Closes a dialog, a banner, or a tab.
pub fn plan(desk: &Desk<'_>, phrase: &Phrase) -> Plan {
    let seen = desk.seen;
    if seen.dialog.is_some() {
        return desk.act(
            vec![Action::AnswerDialog {
                accept: false,
                text: None,
            }],
            true,
        );
    }
    if phrase.kind == Some(Kind::Tab)
        && let Some(tab) = seen.tabs.iter().find(|it| it.current)
        && seen.tabs.len() > 1
    {
        return desk.act(
            vec![Action::CloseTab {
                tab: tab.id.clone(),
            }],
            true,
        );
    }
    let vague = ["it", "them", "this", "that"].contains(&&*phrase.words);
    let bare = Phrase::default();
    let phrase = if vague { &bare } else { phrase };
    if let Some(node) = control(seen, phrase, CLOSING) {
        return desk.act(
            vec![Action::Click {
                target: target(node),
            }],
            true,
        );
    }
    // Something that is open may close by itself: a section, a menu.
    if let Ok(node) = ground::find(seen, phrase, Use::Click)
        && node.expanded == Some(true)
    {
        return desk.act(
            vec![Action::Click {
                target: target(node),
            }],
            true,
        );
    }
    let near = seen.nodes.iter().filter(|it| it.role == "button").take(3);
    desk.missing(
        phrase,
        &ground::Doubt::Nothing(near.map(ground::name).collect()),
    )
}

/// Answers a dialog of the browser, or one of the page's own.
pub fn answer(desk: &Desk<'_>, accept: bool, text: Option<&str>) -> Plan {
    let seen = desk.seen;
    if seen.dialog.is_some() {
        let text = text.map(str::to_owned);
        return desk.act(vec![Action::AnswerDialog { accept, text }], true);
    }
    let names = if accept { ACCEPTING } else { REFUSING };
    let about = desk.clause.when.as_ref().map(|it| it.what.clone());
    // A question may stand on the page without being a dialog: its only button of that name.
    let only = || {
        let named = |node: &&Node| {
            node.role == "button"
                && !node.disabled
                && names.iter().any(|it| likeness(&node.name, it, false) > 0.9)
        };
        let mut all = seen.nodes.iter().filter(named);
        all.next().filter(|_| all.next().is_none())
    };
    let found = control(seen, &about.clone().unwrap_or_default(), names);
    match found.or_else(|| only().filter(|_| about.is_none())) {
        Some(node) => desk.act(
            vec![Action::Click {
                target: target(node),
            }],
            true,
        ),
        None => desk.missing(
            &Phrase::plain("dialog"),
            &ground::Doubt::Nothing(Vec::new()),
        ),
    }
}

/// The control of that name in the dialog, or in the box that speaks of the phrase.
fn control<'o>(seen: &'o Observation, about: &Phrase, names: &[&str]) -> Option<&'o Node> {
    for range in scopes(seen, about) {
        // In a box that is no dialog, "Cancel" or "OK" may be about something else.
        let node = &seen.nodes[range.start];
        let dialog =
            matches!(&*node.role, "dialog" | "alertdialog") || about.kind == Some(Kind::Dialog);
        let names = if dialog || names != CLOSING {
            names
        } else {
            PLAIN
        };
        let controls = || {
            seen.nodes[range.clone()]
                .iter()
                .filter(|it| it.id.is_some() && it.interactive && !it.disabled)
        };
        let called = |node: &Node, name: &str| {
            let words = [&node.name, node.description.as_ref().unwrap_or(&node.name)];
            words
                .iter()
                .any(|it| likeness(it, name, false) > 0.9 || it.trim() == name)
        };
        if let Some(node) = names
            .iter()
            .find_map(|name| controls().find(|it| called(it, name)))
        {
            return Some(node);
        }
    }
    None
}

/// The boxes that are meant, the likeliest first.
fn scopes(seen: &Observation, about: &Phrase) -> Vec<Range<usize>> {
    let whole = |at: usize| at..end_of(&seen.nodes, at);
    let dialogs = (0..seen.nodes.len())
        .rev()
        .filter(|at| matches!(&*seen.nodes[*at].role, "dialog" | "alertdialog"));
    let mut found: Vec<Range<usize>> = dialogs.map(whole).collect();
    if about.words.is_empty() {
        return found;
    }
    let speaks = |at: usize| {
        let text = format!("{} {}", seen.nodes[at].name, seen.text_of(at)).to_lowercase();
        text.contains(&about.words.to_lowercase())
    };
    found.retain(|it| speaks(it.start));
    // The smallest box that speaks of it and holds a control.
    let boxes = (0..seen.nodes.len()).filter(|at| {
        let node = &seen.nodes[*at];
        !matches!(&*node.role, "text" | "document")
            && end_of(&seen.nodes, *at) - at < 60
            && speaks(*at)
            && seen.nodes[*at + 1..end_of(&seen.nodes, *at)]
                .iter()
                .any(|it| it.interactive)
    });
    let mut boxes: Vec<Range<usize>> = boxes.map(whole).collect();
    boxes.sort_by_key(|it| it.len());
    found.extend(boxes.into_iter().take(5));
    found
}
