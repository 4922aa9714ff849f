//! From a clause to actions on the page that is seen.

use errand_browser::{Node, Observation};
use errand_domain::{
    Action, FailureCategory, ValueSource,
    action::{Condition, Scroll},
    event::Claim,
};

use super::{
    form::{self, target},
    login,
    memory::Memory,
    reading,
};
use crate::{
    engine::Turn,
    goal::{Ask, Clause, Goal, Kind, Phrase, Place, Relation, Until},
    ground::{self, Doubt, Use, likeness},
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
    /// It can't be done.
    Fail {
        category: FailureCategory,
        reason: String,
    },
}

/// Plans one clause.
pub fn plan(goal: &Goal, clause: &Clause, turn: &Turn<'_>, memory: &mut Memory) -> Plan {
    let seen = turn.observation;
    let act = |action: Action, last: bool| Plan::Act {
        actions: vec![action],
        thought: clause.text.clone(),
        last,
    };
    let click = |phrase: &Phrase, make: fn(errand_domain::Target) -> Action| match ground::find(
        seen,
        phrase,
        Use::Click,
    ) {
        Ok(node) => act(make(target(node)), true),
        Err(doubt) => missing(clause, phrase, doubt, seen),
    };
    match &clause.ask {
        Ask::Open(url) => act(Action::Navigate { url: url.clone() }, true),
        Ask::GoTo(phrase) => go_to(clause, phrase, seen),
        Ask::Click(phrase) => click(phrase, |target| Action::Click { target }),
        Ask::DoubleClick(phrase) => click(phrase, |target| Action::DoubleClick { target }),
        Ask::Hover(phrase) => click(phrase, |target| Action::Hover { target }),
        Ask::Fill { field, value } => match value.given() {
            Some(value) => fill(clause, field.as_ref(), value, seen),
            None => not_yet(clause),
        },
        Ask::Clear(phrase) => match ground::find(seen, phrase, Use::Fill) {
            Ok(node) => act(
                Action::Clear {
                    target: target(node),
                },
                false,
            ),
            Err(doubt) => missing(clause, phrase, doubt, seen),
        },
        Ask::Select { field, options } => select(clause, field.as_ref(), &options[0].words, seen),
        Ask::Check { what, on } => match ground::find(seen, what, Use::Check) {
            Ok(node) => act(
                Action::Check {
                    target: target(node),
                    checked: on.unwrap_or(true),
                },
                false,
            ),
            Err(doubt) => missing(clause, what, doubt, seen),
        },
        Ask::LogIn { user, password } => {
            login::plan(seen, user.as_deref(), password.as_deref(), memory.stage)
        }
        Ask::Search { query, .. } => match query.given() {
            Some(query) => search(clause, query, seen),
            None => not_yet(clause),
        },
        Ask::Submit(_) => submit(clause, turn),
        Ask::Press { keys, .. } => act(
            Action::PressKeys {
                target: None,
                keys: keys.clone(),
            },
            true,
        ),
        Ask::Upload { file, .. } => Plan::Fail {
            category: FailureCategory::InputInvalid,
            reason: format!("\"{file}\" is not a file that this run was given"),
        },
        Ask::Scroll { down, end, to, .. } => match to {
            Some(phrase) => match ground::find(seen, phrase, Use::Click) {
                Ok(node) => act(
                    Action::Scroll {
                        target: Some(target(node)),
                        to: Scroll::IntoView,
                    },
                    true,
                ),
                Err(doubt) => missing(clause, phrase, doubt, seen),
            },
            None => {
                let to = match (down, end) {
                    (true, true) => Scroll::Bottom,
                    (true, false) => Scroll::Down,
                    (false, true) => Scroll::Top,
                    (false, false) => Scroll::Up,
                };
                act(Action::Scroll { target: None, to }, true)
            }
        },
        Ask::Wait(until) => {
            let (until, timeout_ms) = match until {
                Until::Shown(what) => (Condition::Text(what.words.clone()), 30_000),
                Until::Gone(_) | Until::Settled => (Condition::Settled, 10_000),
                Until::Millis(millis) => (Condition::Elapsed, *millis),
            };
            act(Action::Wait { until, timeout_ms }, true)
        }
        Ask::Back => act(Action::Back, true),
        Ask::Forward => act(Action::Forward, true),
        Ask::Reload => act(Action::Reload, true),
        Ask::Dialog { accept, text } if seen.dialog.is_some() => act(
            Action::AnswerDialog {
                accept: *accept,
                text: text.clone(),
            },
            true,
        ),
        Ask::Dialog { accept, .. } => {
            // No browser dialog: the page may have one of its own.
            let words = if *accept { "ok" } else { "cancel" };
            click(
                &Phrase {
                    words: words.to_owned(),
                    ..Phrase::default()
                },
                |target| Action::Click { target },
            )
        }
        Ask::Focus(phrase) => click(phrase, |target| Action::Click { target }),
        Ask::Download(phrase) | Ask::Close(phrase) | Ask::Expand { what: phrase, .. } => {
            click(phrase, |target| Action::Click { target })
        }
        Ask::Drag { .. } | Ask::Take(_) | Ask::Verify(_) => not_yet(clause),
        Ask::Extract(wanted) => reading::plan(goal, clause, wanted, turn, memory),
    }
}

fn not_yet(clause: &Clause) -> Plan {
    Plan::Fail {
        category: FailureCategory::GoalNotUnderstood,
        reason: format!("\"{}\" is not understood", clause.text),
    }
}

fn missing(clause: &Clause, phrase: &Phrase, doubt: Doubt, seen: &Observation) -> Plan {
    let what = if phrase.words.is_empty() {
        &clause.text
    } else {
        &phrase.words
    };
    let reason = match doubt {
        Doubt::Nothing(near) if near.is_empty() => {
            format!("nothing on {} fits \"{what}\"", seen.url)
        }
        Doubt::Nothing(near) => {
            format!(
                "nothing on {} fits \"{what}\"; the nearest are {}",
                seen.url,
                near.join(", ")
            )
        }
        Doubt::Between(several) => format!(
            "\"{what}\" could be {} on {}; quote the exact name, or say which one (\"the second\")",
            several.join(" or "),
            seen.url
        ),
    };
    Plan::Missing(Missing {
        category: FailureCategory::ElementNotFound,
        reason,
    })
}

fn go_to(clause: &Clause, phrase: &Phrase, seen: &Observation) -> Plan {
    match ground::find(seen, phrase, Use::Click) {
        Ok(node) => Plan::Act {
            actions: vec![Action::Click {
                target: target(node),
            }],
            thought: clause.text.clone(),
            last: true,
        },
        Err(doubt) => {
            let heading = seen.nodes.iter().position(|node| node.role == "heading");
            let heading = heading.map(|it| seen.text_of(it)).unwrap_or_default();
            let here = likeness(&heading, &phrase.words, false).max(likeness(
                &seen.title,
                &phrase.words,
                false,
            ));
            if here > 0.75 {
                return Plan::Met(Claim {
                    clause: clause.text.clone(),
                    holds: Some(true),
                    evidence: "text".to_owned(),
                    seen: format!("the page is called \"{heading}\" already"),
                });
            }
            missing(clause, phrase, doubt, seen)
        }
    }
}

fn fill(clause: &Clause, field: Option<&Phrase>, value: &str, seen: &Observation) -> Plan {
    let typed = |node: &Node| Plan::Act {
        actions: vec![Action::Type {
            target: target(node),
            text: value.to_owned(),
            source: ValueSource::Goal,
            clear: true,
        }],
        thought: clause.text.clone(),
        last: false,
    };
    let Some(field) = field else {
        let focus = seen.focus.as_deref().and_then(|it| seen.node(it));
        let fields: Vec<&Node> = seen.nodes.iter().filter(|it| is_field(it)).collect();
        let only = (fields.len() == 1).then(|| fields[0]);
        return match focus.filter(|it| is_field(it)).or(only) {
            Some(node) => typed(node),
            None => Plan::Missing(Missing {
                category: FailureCategory::ElementNotFound,
                reason: format!("\"{}\" does not say into which field", clause.text),
            }),
        };
    };
    let doubt = match ground::find(seen, field, Use::Fill) {
        Ok(node) => return typed(node),
        Err(doubt) => doubt,
    };
    if let Ok(node) = ground::find(seen, field, Use::Choose)
        && (node.tag == "select" || matches!(&*node.role, "listbox" | "combobox"))
    {
        return select(clause, Some(field), value, seen);
    }
    let on = match &*value.to_lowercase() {
        "yes" | "on" | "true" | "checked" => Some(true),
        "no" | "off" | "false" | "unchecked" => Some(false),
        _ => None,
    };
    if let (Some(checked), Ok(node)) = (on, ground::find(seen, field, Use::Check)) {
        let actions = vec![Action::Check {
            target: target(node),
            checked,
        }];
        return Plan::Act {
            actions,
            thought: clause.text.clone(),
            last: false,
        };
    }
    if let Some(radio) = radio(seen, field, value) {
        let actions = vec![Action::Check {
            target: target(radio),
            checked: true,
        }];
        return Plan::Act {
            actions,
            thought: clause.text.clone(),
            last: false,
        };
    }
    missing(clause, field, doubt, seen)
}

fn is_field(node: &Node) -> bool {
    node.id.is_some()
        && !node.disabled
        && !node.readonly
        && (node.editable || matches!(&*node.role, "textbox" | "searchbox" | "spinbutton"))
}

/// "Size: Large" where Large is one of several radio buttons.
fn radio<'o>(seen: &'o Observation, field: &Phrase, value: &str) -> Option<&'o Node> {
    let option = Phrase {
        words: value.to_owned(),
        quoted: true,
        places: vec![Place {
            relation: Relation::In,
            what: Box::new(field.clone()),
        }],
        kind: Some(Kind::Check),
        ..Phrase::default()
    };
    ground::find(seen, &option, Use::Check).ok()
}

fn select(clause: &Clause, field: Option<&Phrase>, option: &str, seen: &Observation) -> Plan {
    let choose = |node: &Node| Plan::Act {
        actions: vec![Action::Select {
            target: target(node),
            options: vec![option.to_owned()],
            source: ValueSource::Goal,
        }],
        thought: clause.text.clone(),
        last: false,
    };
    let check = |node: &Node| Plan::Act {
        actions: vec![Action::Check {
            target: target(node),
            checked: true,
        }],
        thought: clause.text.clone(),
        last: false,
    };
    let Some(field) = field else {
        let lists = |node: &&Node| {
            node.options
                .iter()
                .any(|it| likeness(&it.label, option, true) > 0.9)
                && node.id.is_some()
        };
        if let Some(node) = seen.nodes.iter().find(lists) {
            return choose(node);
        }
        let phrase = Phrase {
            words: option.to_owned(),
            quoted: true,
            ..Phrase::default()
        };
        if let Ok(node) = ground::find(seen, &phrase, Use::Check) {
            return check(node);
        }
        return match ground::find(seen, &phrase, Use::Click) {
            Ok(node) => Plan::Act {
                actions: vec![Action::Click {
                    target: target(node),
                }],
                thought: clause.text.clone(),
                last: true,
            },
            Err(doubt) => missing(clause, &phrase, doubt, seen),
        };
    };
    match ground::find(seen, field, Use::Choose) {
        Ok(node) if !matches!(&*node.role, "radio" | "radiogroup") => choose(node),
        found => match radio(seen, field, option) {
            Some(node) => check(node),
            None => match (found, ground::find(seen, field, Use::Fill)) {
                (_, Ok(node)) | (Ok(node), Err(_)) => choose(node),
                (Err(doubt), Err(_)) => missing(clause, field, doubt, seen),
            },
        },
    }
}

fn search(clause: &Clause, query: &str, seen: &Observation) -> Plan {
    let phrase = Phrase {
        words: "search".to_owned(),
        ..Phrase::default()
    };
    let by_role = seen
        .nodes
        .iter()
        .find(|it| it.role == "searchbox" && it.id.is_some());
    let node = match (by_role, ground::find(seen, &phrase, Use::Fill)) {
        (Some(node), _) | (None, Ok(node)) => node,
        (None, Err(doubt)) => return missing(clause, &phrase, doubt, seen),
    };
    let aim = target(node);
    let text = query.to_owned();
    let actions = vec![
        Action::Type {
            target: aim.clone(),
            text,
            source: ValueSource::Goal,
            clear: true,
        },
        Action::PressKeys {
            target: Some(aim),
            keys: vec!["Enter".to_owned()],
        },
    ];
    Plan::Act {
        actions,
        thought: clause.text.clone(),
        last: true,
    }
}

/// The form that was filled last, or the only one with a submit button.
fn submit(clause: &Clause, turn: &Turn<'_>) -> Plan {
    let seen = turn.observation;
    let last = turn
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
        let phrase = Phrase {
            words: "submit".to_owned(),
            ..Phrase::default()
        };
        return match ground::find(seen, &phrase, Use::Click) {
            Ok(node) => Plan::Act {
                actions: vec![Action::Click {
                    target: target(node),
                }],
                thought: clause.text.clone(),
                last: true,
            },
            Err(doubt) => missing(clause, &phrase, doubt, seen),
        };
    };
    let action = form::submit(seen, index, &["submit", "send", "save"]);
    Plan::Act {
        actions: vec![action],
        thought: clause.text.clone(),
        last: true,
    }
}
