//! Clicking, following, dragging, opening.

use errand_browser::{Node, Observation};
use errand_domain::{Action, FailureCategory};

use super::{
    Desk, Plan, compose,
    intent::{confirming, empty},
    result::{apposed, none, only_result},
    several,
};
use crate::{
    goal::{Ask, Clause, Goal, Kind, NotUnderstood, Ordinal, Phrase, Place, Relation},
    ground::{self, Use, likeness},
    local::{form::target, memory::Memory, pager},
};

/// Clicks what the phrase means: each of them where it says so, and once only.
pub fn click(desk: &Desk<'_>, phrase: &Phrase, memory: &Memory) -> Plan {
    let make = |node: &Node| Action::Click {
        target: target(node),
    };
    if phrase.every {
        return each(desk, phrase, Use::Click, memory, make);
    }
    if let Some(counted) = several::counted(desk, phrase) {
        // "add 2 of the blue mugs": a field beside the button says how many.
        if let Some(plan) = compose::plan(desk, &desk.clause.text) {
            return plan;
        }
        return Plan::Fail {
            category: FailureCategory::GoalNotUnderstood,
            reason: format!(
                "\"{}\" is more than one and less than all; say each: the first, the second",
                counted.words
            ),
        };
    }
    if several::is_meant(desk, phrase) {
        return several::each(desk, phrase, memory, make);
    }
    // "Delete the bio": a field is emptied, where nothing is called by the verb.
    if let [place] = &phrase.places[..]
        && ["delete", "remove", "erase"].contains(&&*phrase.words)
        && place.relation == Relation::Of
        && ground::find(desk.seen, &Phrase::plain(phrase.words.clone()), Use::Click).is_err()
        && let Ok(field) = ground::find(desk.seen, &place.what, Use::Fill)
        && field.value.as_ref().is_some_and(|it| !it.is_empty())
    {
        return desk.act(
            vec![Action::Clear {
                target: target(field),
            }],
            false,
        );
    }
    if let Some(node) = confirming(desk, phrase) {
        return desk.act(vec![make(node)], true);
    }
    let doubt = match ground::find(desk.seen, phrase, Use::Click) {
        Ok(node) => {
            if let Some(plan) = empty(desk, node) {
                return plan;
            }
            return desk.act(vec![make(node)], !desk.again);
        }
        Err(doubt) => doubt,
    };
    if phrase.kind == Some(Kind::Item)
        && let Some(node) = apposed(desk, phrase, Use::Click)
    {
        return desk.act(vec![make(node)], !desk.again);
    }
    // "Save and close" is one name on many pages, and two on others.
    if let Some(several) = joined(phrase) {
        let nodes: Result<Vec<&Node>, _> = several
            .iter()
            .map(|it| ground::find(desk.seen, it, Use::Click))
            .collect();
        if let Ok(nodes) = nodes {
            return desk.act(nodes.into_iter().map(make).collect(), true);
        }
    }
    // Forms are sent by what is called so, or by the only button that they have.
    let sends = [
        "submit", "send", "log in", "login", "sign in", "ok", "search", "go",
    ];
    if sends.contains(&&*phrase.words.to_lowercase())
        && phrase.places.is_empty()
        && only_submit(desk.seen)
    {
        return super::search::submit(desk, None);
    }
    let missing = desk.missing(phrase, &doubt);
    match missing {
        Plan::Absent { .. } => compose::plan(desk, &desk.clause.text).unwrap_or(missing),
        other => other,
    }
}

/// Words of no meaning: "remind Ann Lee" is what is called "remind" beside Ann Lee, if it is there.
pub fn named(desk: &Desk<'_>, gap: &NotUnderstood) -> Plan {
    // Some words of an order are no order of their own.
    let whole = gap.text.trim() == desk.clause.text.trim();
    if let Some((verb, object)) = gap.text.split_once(' ').filter(|_| whole) {
        let place = Place {
            relation: Relation::Of,
            what: Box::new(Phrase::plain(object.trim())),
        };
        let control = Phrase {
            places: vec![place],
            kind: Some(Kind::Button),
            ..Phrase::quoted(verb)
        };
        if let Ok(node) = ground::find(desk.seen, &control, Use::Click) {
            return desk.act(
                vec![Action::Click {
                    target: target(node),
                }],
                true,
            );
        }
    }
    if let Some(plan) = compose::plan(desk, &desk.clause.text) {
        return plan;
    }
    Plan::Fail {
        category: FailureCategory::GoalNotUnderstood,
        reason: format!("{gap}; and nothing on {} is called so", desk.seen.url),
    }
}

/// The control that the whole clause is the name of: "Close the gate", "Take stock".
pub fn called<'o>(goal: &Goal, clause: &Clause, seen: &'o Observation) -> Option<&'o Node> {
    let alone = goal
        .clauses
        .iter()
        .filter(|it| it.span == clause.span)
        .count()
        == 1;
    let quiet = matches!(
        clause.ask,
        Ask::Open(_)
            | Ask::Fill { .. }
            | Ask::LogIn { .. }
            | Ask::Wait(_)
            | Ask::Verify(_)
            | Ask::Press { .. }
    );
    if !alone || quiet {
        return None;
    }
    let bare = |text: &str| {
        let mut words = ground::words(text);
        words.retain(|it| !["the", "a", "an", "please", "my", "your", "on"].contains(&&**it));
        words
    };
    let said = bare(&clause.text);
    // One word is a name only where nothing else can be meant.
    let named = matches!(clause.ask, Ask::Named(_) | Ask::Click(_) | Ask::Submit(_));
    if said.is_empty() || said.len() == 1 && !named {
        return None;
    }
    if matches!(&clause.ask, Ask::Extract(wanted) if wanted.put) {
        // A question that the page asks as well is answered there, not pressed.
        return None;
    }
    let reads = matches!(clause.ask, Ask::Extract(_));
    let suits = |node: &&Node| {
        node.id.is_some()
            && !node.disabled
            && (node.role == "button"
                || !reads && matches!(&*node.role, "link" | "menuitem" | "tab" | "option"))
    };
    let known = matches!(clause.ask, Ask::Named(_));
    let suits = |node: &&Node| {
        suits(node)
            || known && node.id.is_some() && matches!(&*node.role, "radio" | "checkbox" | "switch")
    };
    let mut fitting = seen
        .nodes
        .iter()
        .filter(suits)
        .filter(|it| bare(&it.name) == said);
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

/// Whether one button of the page sends a form, and one only.
fn only_submit(seen: &Observation) -> bool {
    let sends = |node: &&Node| node.input_type.as_deref() == Some("submit") && !node.disabled;
    seen.nodes.iter().filter(sends).count() == 1
}

/// The parts of "A and B".
pub fn joined(phrase: &Phrase) -> Option<Vec<Phrase>> {
    if phrase.quoted || !phrase.words.contains(" and ") {
        return None;
    }
    let parts = phrase.words.split(" and ").map(|words| Phrase {
        words: words.trim().to_owned(),
        whole: String::new(),
        ..phrase.clone()
    });
    Some(parts.collect())
}

/// One action on each that the phrase means; not again on what it was done to already.
pub fn each(
    desk: &Desk<'_>,
    phrase: &Phrase,
    using: Use,
    memory: &Memory,
    make: impl Fn(&Node) -> Action,
) -> Plan {
    match ground::all(desk.seen, phrase, using) {
        Ok(nodes) => {
            let left: Vec<Action> = nodes
                .into_iter()
                .filter(|it| {
                    it.id
                        .as_ref()
                        .is_some_and(|id| !memory.touched.contains(id))
                })
                .map(make)
                .collect();
            if left.is_empty() {
                return desk.met(
                    "action",
                    format!("done to each of {}", memory.touched.len()),
                );
            }
            desk.act(left, true)
        }
        Err(_) if !memory.touched.is_empty() => desk.met(
            "text",
            format!("none is left after {}", memory.touched.len()),
        ),
        Err(doubt) => desk.missing(phrase, &doubt),
    }
}

/// Goes to a page, or a tab of the page or the browser.
pub fn go_to(desk: &Desk<'_>, phrase: &Phrase) -> Plan {
    let seen = desk.seen;
    let follow = |node: &Node| {
        desk.act(
            vec![Action::Click {
                target: target(node),
            }],
            true,
        )
    };
    if phrase.kind == Some(Kind::Tab)
        && !seen.nodes.iter().any(|it| it.role == "tab")
        && seen.tabs.len() > 1
    {
        return switch_tab(desk, phrase);
    }
    // "page 3", "the next page".
    if phrase.kind == Some(Kind::Page) {
        if let Some(Ordinal::Nth(nth)) = phrase.ordinal {
            let number = Phrase {
                kind: Some(Kind::Link),
                ..Phrase::quoted(nth.to_string())
            };
            if let Ok(node) = ground::find(seen, &number, Use::Follow) {
                return follow(node);
            }
        }
        if phrase.words.eq_ignore_ascii_case("next")
            && let Some(node) = pager::find(seen, &seen.nodes)
        {
            return follow(node);
        }
    }
    let here = || {
        let heading = seen.nodes.iter().position(|node| node.role == "heading");
        let heading = heading.map(|it| seen.text_of(it)).unwrap_or_default();
        let alike = |name: &str| likeness(name, &phrase.words, false);
        (alike(&heading).max(alike(&seen.title)) > 0.75).then_some(heading)
    };
    match ground::find(seen, phrase, Use::Follow) {
        Ok(node) => follow(node),
        Err(doubt)
            if doubt.is_absence()
                && let Some(node) = apposed(desk, phrase, Use::Follow) =>
        {
            follow(node)
        }
        Err(doubt)
            if doubt.is_absence()
                && let Some(node) = only_result(seen, phrase) =>
        {
            follow(node)
        }
        Err(doubt)
            if doubt.is_absence()
                && phrase.kind == Some(Kind::Item)
                && let Some(said) = none(seen) =>
        {
            Plan::Terminate {
                category: FailureCategory::GoalUnreachable,
                reason: format!("the page says \"{said}\""),
            }
        }
        Err(doubt) => match here() {
            Some(heading) => desk.met("text", format!("the page is called \"{heading}\" already")),
            None => desk.missing(phrase, &doubt),
        },
    }
}

fn switch_tab(desk: &Desk<'_>, phrase: &Phrase) -> Plan {
    let tabs = &desk.seen.tabs;
    let by_title = || {
        let rated = tabs
            .iter()
            .map(|tab| (likeness(&tab.title, &phrase.words, phrase.quoted), tab));
        let best = rated.max_by(|left, right| left.0.total_cmp(&right.0));
        best.filter(|(score, _)| *score > 0.6).map(|(_, tab)| tab)
    };
    let tab = match phrase.ordinal {
        _ if !phrase.words.is_empty()
            && !["new", "other", "next"].contains(&&*phrase.words.to_lowercase()) =>
        {
            by_title()
        }
        Some(Ordinal::Nth(nth)) => tabs.get(nth - 1),
        Some(Ordinal::Last) => tabs.last(),
        None => tabs.iter().rfind(|it| !it.current),
    };
    match tab {
        Some(tab) if tab.current => desk.met("url", format!("the tab {} is open already", tab.url)),
        Some(tab) => desk.act(
            vec![Action::SwitchTab {
                tab: tab.id.clone(),
            }],
            true,
        ),
        None => {
            let titles = tabs.iter().map(|it| it.title.clone()).collect();
            desk.missing(phrase, &ground::Doubt::Nothing(titles))
        }
    }
}

/// Drags something, or each of several, onto something.
pub fn drag(desk: &Desk<'_>, what: &Phrase, onto: &Phrase, memory: &Memory) -> Plan {
    if is_position(onto) {
        return reorder(desk, what, onto);
    }
    let goal = match ground::find(desk.seen, onto, Use::See) {
        Ok(node) => node,
        Err(doubt) => return desk.missing(onto, &doubt),
    };
    let make = |node: &Node| Action::Drag {
        target: target(node),
        onto: Box::new(target(goal)),
        at: None,
    };
    if what.every {
        return each(desk, what, Use::See, memory, make);
    }
    let found = ground::find(desk.seen, what, Use::Click)
        .or_else(|_| ground::find(desk.seen, what, Use::See));
    match found {
        Ok(node) => desk.act(vec![make(node)], true),
        Err(doubt) => desk.missing(what, &doubt),
    }
}

/// "the 4th position", "the last place".
pub fn is_position(onto: &Phrase) -> bool {
    let words = onto.words.to_lowercase();
    onto.ordinal.is_some() && ["position", "place", "spot", "slot"].contains(&&*words)
}

/// Which of its siblings an element is, counted from 1, and how many they are.
pub fn standing(seen: &Observation, at: usize) -> Option<(usize, usize)> {
    let siblings = siblings(seen, at);
    let place = siblings.iter().position(|it| *it == at)?;
    Some((place + 1, siblings.len()))
}

/// The elements beside an element that are built like it, it among them. Where its box holds nothing
/// else, those of the box.
fn siblings(seen: &Observation, at: usize) -> Vec<usize> {
    let mut at = at;
    loop {
        let node = &seen.nodes[at];
        let alike = |it: &usize| {
            let other = &seen.nodes[*it];
            other.parent == node.parent && other.role == node.role && other.tag == node.tag
        };
        let all: Vec<usize> = (0..seen.nodes.len()).filter(alike).collect();
        match node.parent {
            Some(parent) if all.len() < 2 => at = parent as usize,
            _ => return all,
        }
    }
}

/// Drags something to a place among its siblings.
fn reorder(desk: &Desk<'_>, what: &Phrase, onto: &Phrase) -> Plan {
    let seen = desk.seen;
    let found =
        ground::find(seen, what, Use::Click).or_else(|_| ground::find(seen, what, Use::See));
    let node = match found {
        Ok(node) => node,
        Err(doubt) => return desk.missing(what, &doubt),
    };
    let at = seen
        .nodes
        .iter()
        .position(|it| it.id == node.id)
        .unwrap_or_default();
    let all = siblings(seen, at);
    let goal = match onto.ordinal {
        Some(Ordinal::Nth(nth)) => all.get(nth - 1),
        _ => all.last(),
    };
    let goal = goal.filter(|it| seen.nodes[**it].id.is_some());
    let Some(goal) = goal else {
        return desk.missing(
            onto,
            &ground::Doubt::Nothing(
                all.iter()
                    .map(|it| ground::name(&seen.nodes[*it]))
                    .collect(),
            ),
        );
    };
    if all
        .iter()
        .any(|it| it == goal && seen.nodes[*it].id == node.id)
    {
        return desk.met("text", "it stands there already");
    }
    let forward = all.iter().position(|it| it == goal) > all.iter().position(|it| *it == at);
    // Past the middle of what is to make room.
    let at = Some([0.5, if forward { 0.9 } else { 0.1 }]);
    desk.act(
        vec![Action::Drag {
            target: target(node),
            onto: Box::new(target(&seen.nodes[*goal])),
            at,
        }],
        true,
    )
}

/// Opens or closes a section, a menu, an item of a tree.
pub fn expand(desk: &Desk<'_>, what: &Phrase, open: bool, memory: &Memory) -> Plan {
    let make = |node: &Node| Action::Click {
        target: target(node),
    };
    // Where nothing is named, it is the only one that can be opened.
    let closed: Vec<&Node> = desk
        .seen
        .nodes
        .iter()
        .filter(|it| it.id.is_some() && it.expanded == Some(!open))
        .filter(|it| {
            it.id
                .as_ref()
                .is_some_and(|id| !memory.touched.contains(id))
        })
        .collect();
    if what.is_bare() && what.ordinal.is_none() {
        match closed[..] {
            [only] => return desk.act(vec![make(only)], true),
            [] => {}
            _ if what.every => return desk.act(closed.into_iter().map(make).collect(), true),
            _ => {}
        }
    }
    if what.every {
        return each(desk, what, Use::Click, memory, make);
    }
    match ground::find(desk.seen, what, Use::Click) {
        Ok(node) if node.expanded == Some(open) => {
            let state = if open { "open" } else { "closed" };
            desk.met("value", format!("it is {state} already"))
        }
        Ok(node) => desk.act(vec![make(node)], true),
        Err(doubt) => desk.missing(what, &doubt),
    }
}
