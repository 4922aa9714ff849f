//! From a clause to actions on the page that is seen.

mod choose;
mod close;
mod compose;
mod condition;
mod derive;
mod fill;
pub mod intent;
pub mod point;
mod result;
mod search;
mod several;
mod upload;
mod wait;

use errand_browser::{Node, Observation};
use errand_domain::{Action, FailureCategory, action::Scroll, event::Claim};

use super::{claim, explore, form::target, login, memory::Memory, reading};
use crate::{
    engine::Turn,
    goal::{Ask, Clause, Goal, Ordinal, Phrase},
    ground::{self, Doubt, Use},
};

/// Something that is not on the page, or not yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    /// What it is, if it stays away.
    pub category: FailureCategory,
    /// In words.
    pub reason: String,
}

/// What a clause comes to on this page.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// Do these; the clause is judged afterwards. `last`: look again before the next clause.
    Act {
        actions: Vec<Action>,
        thought: String,
        last: bool,
    },
    /// Do these and come back to the clause at another stage.
    Stay {
        actions: Vec<Action>,
        thought: String,
        stage: u32,
    },
    /// Nothing is to be done.
    Met(Claim),
    /// The page must be read in whole.
    Read {
        thought: String,
        region: Option<String>,
    },
    /// Something is not there yet.
    Missing(Missing),
    /// Nothing on the page is what the phrase names; it may be looked for elsewhere.
    Absent {
        missing: Missing,
        phrase: Phrase,
        doubt: Doubt,
    },
    /// We can't do it.
    Fail {
        category: FailureCategory,
        reason: String,
    },
    /// The page shows that it can't be done.
    Terminate {
        category: FailureCategory,
        reason: String,
    },
}

/// What a clause is planned with.
pub struct Desk<'a> {
    pub clause: &'a Clause,
    pub turn: &'a Turn<'a>,
    pub seen: &'a Observation,
    /// Whether the next clause is the same once more: "click it three times".
    pub again: bool,
    /// Whether no other clause came of the same words.
    pub alone: bool,
}

impl Desk<'_> {
    /// These actions, and the clause is done.
    pub fn act(&self, actions: Vec<Action>, last: bool) -> Plan {
        Plan::Act {
            actions,
            thought: self.clause.text.clone(),
            last,
        }
    }

    /// Nothing is to be done, by this evidence.
    pub fn met(&self, evidence: &str, seen: impl Into<String>) -> Plan {
        Plan::Met(Claim {
            clause: self.clause.text.clone(),
            holds: Some(true),
            evidence: evidence.to_owned(),
            seen: seen.into(),
        })
    }

    /// Nothing on the page is it, for certain.
    pub fn missing(&self, phrase: &Phrase, doubt: &Doubt) -> Plan {
        let what = if phrase.words.is_empty() {
            &self.clause.text
        } else {
            &phrase.words
        };
        let missing = Missing {
            category: FailureCategory::ElementNotFound,
            reason: doubt.reason(what, &self.seen.url),
        };
        let phrase = phrase.clone();
        match doubt.is_absence() {
            true => Plan::Absent {
                missing,
                phrase,
                doubt: doubt.clone(),
            },
            false => Plan::Missing(missing),
        }
    }

    /// One action on what the phrase means; on each, where it says so.
    fn on(&self, phrase: &Phrase, using: Use, last: bool, make: impl Fn(&Node) -> Action) -> Plan {
        if phrase.every {
            return match ground::all(self.seen, phrase, using) {
                Ok(nodes) => self.act(nodes.into_iter().map(make).collect(), last),
                Err(doubt) => self.missing(phrase, &doubt),
            };
        }
        if several::is_meant(self, phrase) {
            return Plan::Fail {
                category: FailureCategory::GoalNotUnderstood,
                reason: format!(
                    "\"{}\" is for several at once, which can only be clicked; say it of each",
                    self.clause.text
                ),
            };
        }
        match ground::find(self.seen, phrase, using) {
            Ok(node) => self.act(vec![make(node)], last),
            Err(doubt) => self.missing(phrase, &doubt),
        }
    }
}

/// Plans one clause.
pub fn plan(goal: &Goal, clause: &Clause, turn: &Turn<'_>, memory: &mut Memory) -> Plan {
    let seen = turn.observation;
    let again = goal
        .clauses
        .get(memory.at + 1)
        .is_some_and(|it| it.ask == clause.ask);
    let passed = explore::passed(seen, &memory.tried, memory.at);
    claim::prepare(clause, seen, memory);
    let counted = (passed > 0).then(|| count_on(clause, passed));
    let clause = counted.as_ref().unwrap_or(clause);
    let desk = Desk {
        clause,
        turn,
        seen,
        again,
        alone: goal
            .clauses
            .iter()
            .filter(|it| it.span == clause.span)
            .count()
            == 1,
    };
    if let Some(plan) = condition::skipped(&desk, memory) {
        return plan;
    }
    if let Some(node) = point::called(goal, clause, seen).filter(|_| memory.stage == 0) {
        let empty = intent::empty(&desk, node);
        return empty.unwrap_or_else(|| desk.act(vec![choose::press(node)], true));
    }
    if let Some(plan) = opened(goal, &desk, memory) {
        return plan;
    }
    // "enter North gate, then OK": the answer was the OK.
    let last = turn.history.last().map(|it| &it.action);
    if let (Some(Action::AnswerDialog { accept: true, .. }), None) = (last, &seen.dialog)
        && ["ok", "accept", "confirm", "okay", "click ok", "press ok"]
            .contains(&&*clause.text.to_lowercase())
    {
        return desk.met("text", "the dialog was accepted");
    }
    match &clause.ask {
        Ask::Open(url) => desk.act(vec![Action::Navigate { url: url.clone() }], true),
        Ask::GoTo(phrase) => point::go_to(&desk, phrase),
        Ask::Click(phrase) => point::click(&desk, phrase, memory),
        Ask::DoubleClick(phrase) => desk.on(phrase, Use::Click, true, |node| Action::DoubleClick {
            target: target(node),
        }),
        Ask::Hover(phrase) => desk.on(phrase, Use::Click, true, |node| Action::Hover {
            target: target(node),
        }),
        Ask::Focus(phrase) => desk.on(phrase, Use::Fill, true, |node| Action::Click {
            target: target(node),
        }),
        Ask::Fill { field, value } => fill::plan(&desk, field.as_ref(), value, memory),
        Ask::Clear(phrase) => fill::clear(&desk, phrase),
        Ask::Select { field, options } => choose::plan(&desk, field.as_ref(), options, memory),
        Ask::Check { what, on } => choose::check(&desk, what, *on),
        Ask::LogIn { user, password } => {
            login::plan(seen, user.as_deref(), password.as_deref(), memory.stage)
        }
        Ask::Search { query, place } => search::plan(&desk, query, place.as_ref(), memory),
        Ask::Submit(what) => search::submit(&desk, what.as_ref()),
        Ask::Press { keys, at } => press(&desk, keys, at.as_ref()),
        Ask::Upload { file, field } => upload::plan(&desk, file, field.as_ref()),
        Ask::Download(phrase) => desk.on(phrase, Use::Click, true, |node| Action::Download {
            target: target(node),
        }),
        Ask::Scroll {
            down,
            end,
            to,
            within,
        } => scroll(&desk, *down, *end, to.as_ref(), within.as_ref()),
        Ask::Drag { what, onto } => point::drag(&desk, what, onto, memory),
        Ask::Expand { what, open } => point::expand(&desk, what, *open, memory),
        Ask::Close(phrase) => close::plan(&desk, phrase),
        Ask::Wait(until) => wait::plan(&desk, until, memory),
        Ask::Back => desk.act(vec![Action::Back], true),
        Ask::Forward => desk.act(vec![Action::Forward], true),
        Ask::Reload => desk.act(vec![Action::Reload], true),
        Ask::Dialog { accept, text } => close::answer(&desk, *accept, text.as_deref()),
        Ask::Verify(when) => wait::verify(&desk, when),
        Ask::Take(derivation) => match derive::derive(&desk, derivation, memory) {
            Ok(value) => {
                let claim = format!("read \"{}\"", errand_domain::text::clip(&value, 200));
                memory.value = Some(value);
                desk.met("text", claim)
            }
            Err(plan) => plan,
        },
        Ask::Named(gap) => point::named(&desk, gap),
        Ask::Extract(_) if memory.stage == 0 && names_control(&desk) => Plan::Fail {
            category: FailureCategory::GoalNotUnderstood,
            reason: format!(
                "\"{}\" may mean what is called so on {}, or reading; write: click \"…\", or get …",
                clause.text, seen.url
            ),
        },
        Ask::Extract(wanted) => reading::plan(goal, clause, wanted, turn, memory),
    }
}

/// "Invite her with the address …" where the form is there already: it is sent at the end, and needs
/// no opening.
fn opened(goal: &Goal, desk: &Desk<'_>, memory: &Memory) -> Option<Plan> {
    let Ask::Click(_) = &desk.clause.ask else {
        return None;
    };
    let rest = &goal.clauses[(memory.at + 1).min(goal.clauses.len())..];
    let fills = rest
        .iter()
        .take_while(|it| matches!(it.ask, Ask::Fill { .. }))
        .count();
    let sends = rest
        .get(fills)
        .is_some_and(|it| it.ask == Ask::Submit(None) && it.span == desk.clause.span);
    let Ask::Fill { field, .. } = &rest.first().filter(|_| sends && memory.stage == 0)?.ask else {
        return None;
    };
    let areas = || {
        let areas = desk
            .seen
            .nodes
            .iter()
            .filter(|it| is_field(it) && it.tag == "textarea");
        areas.count() == 1
    };
    let there = match field {
        Some(field) => ground::find(desk.seen, field, Use::Fill).is_ok(),
        None => areas(),
    };
    there.then(|| desk.met("text", "its form is there already"))
}

/// The clause on a later page of the list that it counts in.
fn count_on(clause: &Clause, passed: usize) -> Clause {
    let mut clause = clause.clone();
    if let Ask::Click(phrase) | Ask::GoTo(phrase) | Ask::DoubleClick(phrase) | Ask::Hover(phrase) =
        &mut clause.ask
        && let Some(Ordinal::Nth(nth)) = &mut phrase.ordinal
    {
        *nth = nth.saturating_sub(passed);
    }
    clause
}

fn press(desk: &Desk<'_>, keys: &[String], at: Option<&Phrase>) -> Plan {
    let keys = keys.to_vec();
    let Some(at) = at else {
        return desk.act(vec![Action::PressKeys { target: None, keys }], true);
    };
    let found =
        ground::find(desk.seen, at, Use::Fill).or_else(|_| ground::find(desk.seen, at, Use::Click));
    match found {
        Ok(node) => {
            let target = Some(target(node));
            desk.act(vec![Action::PressKeys { target, keys }], true)
        }
        Err(doubt) => desk.missing(at, &doubt),
    }
}

fn scroll(
    desk: &Desk<'_>,
    down: bool,
    end: bool,
    to: Option<&Phrase>,
    within: Option<&Phrase>,
) -> Plan {
    if let Some(phrase) = to {
        return desk.on(phrase, Use::See, true, |node| Action::Scroll {
            target: Some(target(node)),
            to: Scroll::IntoView,
        });
    }
    let to = match (down, end) {
        (true, true) => Scroll::Bottom,
        (true, false) => Scroll::Down,
        (false, true) => Scroll::Top,
        (false, false) => Scroll::Up,
    };
    match within {
        Some(phrase) => desk.on(phrase, Use::See, true, |node| Action::Scroll {
            target: Some(target(node)),
            to,
        }),
        None => desk.act(vec![Action::Scroll { target: None, to }], true),
    }
}

/// Whether something takes text.
pub fn is_field(node: &Node) -> bool {
    node.id.is_some()
        && !node.disabled
        && !node.readonly
        && (node.editable || matches!(&*node.role, "textbox" | "searchbox" | "spinbutton"))
}

/// Whether the verb of a reading is as well the name of something on the page that can be clicked:
/// "Return the books" where there is a button "Return".
fn names_control(desk: &Desk<'_>) -> bool {
    let first = ground::words(&desk.clause.text).into_iter().next();
    let Some(verb) = first.filter(|it| **it == *"return") else {
        return false;
    };
    let called = |node: &Node| {
        matches!(&*node.role, "button" | "link" | "menuitem") && node.name.to_lowercase() == verb
    };
    desk.seen.nodes.iter().any(called)
}
