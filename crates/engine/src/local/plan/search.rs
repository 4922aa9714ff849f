//! Searching, and sending forms.

use errand_domain::{Action, ValueSource};

use super::{Desk, Plan, derive, is_field};
use crate::{
    goal::{Phrase, Place, Relation, Worth},
    ground::{self, Use},
    local::{
        form::{self, target},
        memory::Memory,
    },
};

/// Types the query into the search box and sends it.
pub fn plan(desk: &Desk<'_>, query: &Worth, place: Option<&Place>, memory: &mut Memory) -> Plan {
    let (text, source) = match derive::worth(desk, query, memory) {
        Ok(value) => value,
        Err(plan) => return plan,
    };
    let seen = desk.seen;
    let plain = Phrase::plain("search");
    let phrase = place.map_or(&plain, |it| &it.what);
    let by_role = || {
        let mut boxes = seen
            .nodes
            .iter()
            .filter(|it| it.role == "searchbox" && it.id.is_some());
        boxes.next().filter(|_| boxes.next().is_none())
    };
    let named = ground::find(seen, phrase, Use::Fill);
    // "search recipes: salad": what is searched need not be what the box is called.
    let loose = place.is_none_or(|it| it.relation == Relation::Of);
    let named = named.or_else(|doubt| match loose {
        true => ground::find(seen, &plain, Use::Fill),
        false => Err(doubt),
    });
    let node = match (by_role().filter(|_| loose), named) {
        (Some(node), _) | (None, Ok(node)) => node,
        (None, Err(doubt)) => {
            let mut fields = seen.nodes.iter().filter(|it| is_field(it));
            match (fields.next(), fields.next()) {
                (Some(only), None) => only,
                _ => return desk.missing(phrase, &doubt),
            }
        }
    };
    let index = seen
        .nodes
        .iter()
        .position(|it| it.id == node.id)
        .unwrap_or_default();
    let fill = Action::Type {
        target: target(node),
        text,
        source,
        clear: true,
    };
    // A page that searches by its button alone does not hear Enter.
    let send = form::submit(seen, index, &["search", "go", "find", "submit"]);
    desk.act(vec![fill, send], true)
}

/// Sends the form that was filled last, or the only one with a submit button.
pub fn submit(desk: &Desk<'_>, what: Option<&Phrase>) -> Plan {
    let seen = desk.seen;
    let click = |node: &errand_browser::Node| {
        desk.act(
            vec![Action::Click {
                target: target(node),
            }],
            true,
        )
    };
    if let Some(what) = what {
        let whole = Phrase::plain(what.whole.clone());
        if let Ok(node) = ground::find(seen, &whole, Use::Click)
            && node.role == "button"
        {
            return click(node);
        }
        if !what.places.is_empty() {
            // "send a reminder for Ann": no form is sent in its stead.
            return match ground::find(seen, what, Use::Click) {
                Ok(node) => click(node),
                Err(doubt) => desk.missing(what, &doubt),
            };
        }
    }
    let last = desk
        .turn
        .history
        .iter()
        .rev()
        .find_map(|done| done.action.target());
    let index = last.and_then(|target| {
        seen.nodes
            .iter()
            .position(|node| node.id.as_deref() == Some(&target.element))
    });
    let index = index.or_else(|| seen.nodes.iter().position(is_field));
    let Some(index) = index else {
        let phrase = Phrase::plain("submit");
        return match ground::find(seen, &phrase, Use::Click) {
            Ok(node) => click(node),
            Err(doubt) => desk.missing(&phrase, &doubt),
        };
    };
    desk.act(
        vec![form::submit(seen, index, &["submit", "send", "save"])],
        true,
    )
}

/// Where a typed value comes from.
pub fn source(worth: &Worth) -> ValueSource {
    match worth {
        Worth::Given(_) => ValueSource::Goal,
        Worth::Read(_) | Worth::Remembered => ValueSource::Output,
    }
}
