//! What an order wants beyond the click that it names: an answer to what the page asks, something in
//! the form that it sends.

use errand_browser::{Node, observation::end_of};
use errand_domain::FailureCategory;

use super::{Desk, Plan, is_field};
use crate::{goal::Phrase, ground, local::form::range};

/// "and confirm" where a dialog asks: its only button that does not decline.
pub fn confirming<'o>(desk: &Desk<'o>, phrase: &Phrase) -> Option<&'o Node> {
    const SAID: &[&str] = &["confirm", "yes", "ok", "confirm it", "proceed"];
    const DECLINES: &[&str] = &[
        "cancel", "no", "close", "back", "keep", "dismiss", "not", "never", "x", "abort", "stay",
    ];
    let plain = phrase.places.is_empty() && phrase.ordinal.is_none() && !phrase.quoted;
    if !plain || !SAID.contains(&&*phrase.words.to_lowercase()) {
        return None;
    }
    let seen = desk.seen;
    let dialog = |it: &Node| matches!(&*it.role, "dialog" | "alertdialog");
    let at = seen.nodes.iter().rposition(dialog)?;
    let inside = &seen.nodes[at..end_of(&seen.nodes, at)];
    let fields = inside.iter().any(is_field);
    let mut agrees = inside.iter().filter(|it| {
        let words = ground::words(&it.name);
        it.role == "button"
            && it.id.is_some()
            && !it.disabled
            && !words.is_empty()
            && !words.iter().any(|it| DECLINES.contains(&&**it))
    });
    let only = agrees.next().filter(|_| !fields)?;
    agrees.next().is_none().then_some(only)
}

/// "Post a comment" with nothing in any field: what there is to post, the goal does not say.
pub fn empty(desk: &Desk<'_>, node: &Node) -> Option<Plan> {
    let seen = desk.seen;
    let at = seen.nodes.iter().position(|it| it.id == node.id)?;
    let sends = node.tag == "button" && matches!(node.input_type.as_deref(), None | Some("submit"));
    let form = range(seen, at);
    let is_form = seen.nodes[form.start].role == "form" || seen.nodes[form.start].tag == "form";
    if !sends || !is_form || form.len() == seen.nodes.len() || is_explicit(&desk.clause.text) {
        return None;
    }
    let holds = |it: &Node| it.filled || it.value.as_ref().is_some_and(|it| !it.trim().is_empty());
    let mut fields = seen.nodes[form].iter().filter(|it| is_field(it)).peekable();
    fields.peek()?;
    fields.all(|it| !holds(it)).then(|| Plan::Fail {
        category: FailureCategory::GoalNotUnderstood,
        reason: format!(
            "\"{}\" would send a form that has nothing in it; say what to fill in, or: click {}",
            desk.clause.text,
            ground::name(node)
        ),
    })
}

/// Whether the words say to click, whatever comes of it.
pub fn is_explicit(text: &str) -> bool {
    const CLICKS: &[&str] = &[
        "click", "press", "tap", "hit", "push", "button", "open", "clicking",
    ];
    ground::words(text).iter().any(|it| CLICKS.contains(&&**it))
}
