//! Giving fields their values, in whatever way a field takes one.

use errand_browser::Node;
use errand_domain::{Action, FailureCategory, ValueSource, action::Condition};

use super::{Desk, Missing, Plan, choose, compose, derive, is_field};
use crate::{
    goal::{Kind, Phrase, Place, Relation, Worth},
    ground::{self, Use, likeness},
    local::{form::target, memory::Memory, widget},
};

/// How like a field's name the first words of a value must be to be taken for it.
const LABEL: f64 = 0.9;
/// How long a list under a field may take to open, in milliseconds.
const LIST_DELAY: u64 = 400;

/// Gives a field its value.
pub fn plan(desk: &Desk<'_>, field: Option<&Phrase>, value: &Worth, memory: &mut Memory) -> Plan {
    let (text, source) = match derive::worth(desk, value, memory) {
        Ok(value) => value,
        Err(plan) => return plan,
    };
    let plan = match field {
        Some(field) if field.every => return all(desk, field, &text, source),
        Some(field) => named(desk, field, &text, source),
        None => unnamed(desk, None, &text, source),
    };
    suggested(desk, plan, memory.stage)
}

/// A field that opens a list under what is typed is looked at again: an entry that says just that is
/// taken.
fn suggested(desk: &Desk<'_>, plan: Plan, stage: u32) -> Plan {
    let Plan::Act {
        actions, thought, ..
    } = &plan
    else {
        return plan;
    };
    let [
        Action::Type {
            target: of, text, ..
        },
    ] = &**actions
    else {
        return plan;
    };
    let node = desk.seen.node(&of.element);
    // Asked once, it is asked to the end: its list may be open by now.
    let Some(node) = node.filter(|it| stage > 0 || widget::suggests(it)) else {
        return plan;
    };
    if stage == 0 {
        let mut actions = actions.clone();
        // Such lists wait until the typing has stopped, and nothing tells that they will open.
        actions.push(Action::Wait {
            until: Condition::Elapsed,
            timeout_ms: LIST_DELAY,
        });
        return Plan::Stay {
            actions,
            thought: thought.clone(),
            stage: 1,
        };
    }
    let have = node.value.as_deref().unwrap_or_default();
    match widget::suggestion(desk.seen, node, text) {
        Some(entry) => desk.act(
            vec![Action::Click {
                target: target(entry),
            }],
            true,
        ),
        None if widget::holds(text, have, Some(node)) => {
            desk.met("value", format!("the field holds \"{have}\""))
        }
        None => plan,
    }
}

/// Empties a field, or each of several.
pub fn clear(desk: &Desk<'_>, phrase: &Phrase) -> Plan {
    let make = |node: &Node| Action::Clear {
        target: target(node),
    };
    if phrase.every {
        return match ground::all(desk.seen, phrase, Use::Fill) {
            Ok(nodes) => desk.act(nodes.into_iter().map(make).collect(), false),
            Err(doubt) => desk.missing(phrase, &doubt),
        };
    }
    match desk.on(phrase, Use::Fill, false, make) {
        // "clear the completed tasks": a button, where no field is called so.
        Plan::Absent {
            missing,
            phrase,
            doubt,
        } => compose::plan(desk, &desk.clause.text).unwrap_or(Plan::Absent {
            missing,
            phrase,
            doubt,
        }),
        other => other,
    }
}

/// Types into a field.
pub fn typed(desk: &Desk<'_>, node: &Node, text: &str, source: ValueSource) -> Plan {
    let into = [Some(node), repeated(desk, node)];
    let typing = |node: &Node| Action::Type {
        target: target(node),
        text: text.to_owned(),
        source,
        clear: true,
    };
    desk.act(into.into_iter().flatten().map(typing).collect(), false)
}

/// The field right after a password that wants the same once more.
fn repeated<'o>(desk: &Desk<'o>, node: &Node) -> Option<&'o Node> {
    const AGAIN: &[&str] = &[
        "repeat",
        "confirm",
        "again",
        "retype",
        "re-type",
        "re-enter",
        "reenter",
        "verify",
        "confirmation",
        "repeated",
    ];
    let is_password = |it: &Node| it.input_type.as_deref() == Some("password");
    if !is_password(node) {
        return None;
    }
    let at = desk.seen.nodes.iter().position(|it| it.id == node.id)?;
    let next = desk.seen.nodes[at + 1..].iter().find(|it| is_field(it))?;
    let names = format!(
        "{} {}",
        next.name,
        next.label.as_deref().unwrap_or_default()
    );
    let again = ground::words(&names)
        .iter()
        .any(|it| AGAIN.contains(&&**it));
    // What the goal gives by itself is given by itself.
    let told = ground::words(&desk.clause.text)
        .iter()
        .any(|it| AGAIN.contains(&&**it));
    (is_password(next) && again && !told && !next.filled).then_some(next)
}

fn all(desk: &Desk<'_>, field: &Phrase, text: &str, source: ValueSource) -> Plan {
    let nodes = match ground::all(desk.seen, field, Use::Fill) {
        Ok(nodes) => nodes,
        Err(doubt) => return desk.missing(field, &doubt),
    };
    // "[20, 16, 15]" for three sliders: one each, in their order.
    let list = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let parts: Vec<&str> = list
        .map(|it| it.split(',').map(str::trim).collect())
        .unwrap_or_default();
    let each = parts.len() == nodes.len();
    if list.is_some() && !each {
        return Plan::Fail {
            category: FailureCategory::InputInvalid,
            reason: format!(
                "\"{text}\" has {} values for {} fields",
                parts.len(),
                nodes.len()
            ),
        };
    }
    let actions = nodes
        .into_iter()
        .enumerate()
        .map(|(at, node)| Action::Type {
            target: target(node),
            text: if each {
                parts[at].to_owned()
            } else {
                text.to_owned()
            },
            source,
            clear: true,
        });
    desk.act(actions.collect(), false)
}

fn named(desk: &Desk<'_>, field: &Phrase, text: &str, source: ValueSource) -> Plan {
    let seen = desk.seen;
    if field.is_bare() && field.ordinal.is_none() && field.kind != Some(Kind::Slider) {
        return unnamed(desk, field.kind, text, source);
    }
    let doubt = match ground::find(seen, field, Use::Fill) {
        // What only looks like a field opens a list.
        Ok(node)
            if node.role == "combobox"
                && !matches!(&*node.tag, "input" | "textarea")
                && !node.editable =>
        {
            return choose::option(desk, node, &[Phrase::quoted(text)]);
        }
        Ok(node) => return typed(desk, node, text, source),
        Err(doubt) => doubt,
    };
    // "the number of adults" is called "Adults" on most forms.
    let counts = ["number", "amount", "quantity", "count", "value"];
    if counts.contains(&&*field.words.to_lowercase())
        && let [place] = &field.places[..]
        && place.relation == Relation::Of
        && ground::find(seen, &place.what, Use::Fill).is_ok()
    {
        return named(desk, &place.what, text, source);
    }
    if let Ok(node) = ground::find(seen, field, Use::Choose)
        && (node.tag == "select" || matches!(&*node.role, "listbox" | "combobox"))
    {
        return choose::option(desk, node, &[Phrase::quoted(text)]);
    }
    if let Some(plan) = by_value(desk, field, text, source) {
        return plan;
    }
    let on = match &*text.to_lowercase() {
        "yes" | "on" | "true" | "checked" | "enabled" => Some(true),
        "no" | "off" | "false" | "unchecked" | "disabled" => Some(false),
        _ => None,
    };
    if let (Some(checked), Ok(node)) = (on, ground::find(seen, field, Use::Check)) {
        let target = target(node);
        return desk.act(vec![Action::Check { target, checked }], false);
    }
    if let Some(radio) = radio(desk, field, text) {
        let target = target(radio);
        return desk.act(
            vec![Action::Check {
                target,
                checked: true,
            }],
            false,
        );
    }
    let missing = desk.missing(field, &doubt);
    match missing {
        Plan::Absent { .. } => compose::plan(desk, &desk.clause.text).unwrap_or(missing),
        other => other,
    }
}

/// "the address a@b.c" is an e-mail address, "the new street" on most forms "Street".
fn by_value(desk: &Desk<'_>, field: &Phrase, text: &str, source: ValueSource) -> Option<Plan> {
    let seen = desk.seen;
    if field.quoted {
        return None;
    }
    let words = field.words.to_lowercase();
    if text.contains('@') && ["address", "contact", "mail", "e-mail", "email"].contains(&&*words) {
        let plain = Phrase {
            words: "e-mail".to_owned(),
            whole: String::new(),
            ..field.clone()
        };
        if let Ok(node) = ground::find(seen, &plain, Use::Fill) {
            return Some(typed(desk, node, text, source));
        }
    }
    let rest = words.strip_prefix("new ")?;
    let plain = Phrase {
        words: rest.to_owned(),
        whole: String::new(),
        ..field.clone()
    };
    match ground::find(seen, &plain, Use::Fill) {
        Ok(_) => Some(named(desk, &plain, text, source)),
        Err(_) => None,
    }
}

/// "Size: Large" where Large is one of several radio buttons.
pub fn radio<'o>(desk: &Desk<'o>, field: &Phrase, value: &str) -> Option<&'o Node> {
    let option = Phrase {
        kind: Some(Kind::Check),
        places: vec![Place {
            relation: Relation::Of,
            what: Box::new(field.as_place()),
        }],
        ..Phrase::quoted(value)
    };
    ground::find(desk.seen, &option, Use::Check).ok()
}

/// No field is named: what the value begins with may name one; else it is the one that has the
/// focus, or the only one.
fn unnamed(desk: &Desk<'_>, kind: Option<Kind>, text: &str, source: ValueSource) -> Plan {
    let seen = desk.seen;
    if let Some((node, rest)) = labelled(desk, text) {
        return if node.tag == "select" {
            choose::option(desk, node, &[Phrase::quoted(rest)])
        } else {
            typed(desk, node, rest, source)
        };
    }
    let focus = seen.focus.as_deref().and_then(|it| seen.node(it));
    let fields: Vec<&Node> = seen.nodes.iter().filter(|it| is_field(it)).collect();
    let of = |keep: &dyn Fn(&Node) -> bool| -> Vec<&Node> {
        fields.iter().copied().filter(|it| keep(it)).collect()
    };
    let empty = of(&|it| it.value.as_ref().is_none_or(String::is_empty) && !it.filled);
    let areas = of(&|it| it.tag == "textarea" || it.editable && it.tag != "input");
    let lines = of(&|it| it.tag == "input");
    let only = |nodes: &[&'_ Node]| (nodes.len() == 1).then(|| nodes[0].id.clone());
    let focused = focus.filter(|it| is_field(it)).map(|it| it.id.clone());
    let id = match kind {
        Some(Kind::Area) => only(&areas),
        Some(Kind::Field) => only(&fields).or_else(|| only(&lines)),
        _ => None,
    };
    let id = id
        .or_else(|| focused.filter(|_| kind != Some(Kind::Area)))
        .or_else(|| only(&fields))
        .or_else(|| only(&empty))
        .or_else(|| only(&areas));
    match id.flatten().and_then(|id| seen.node(&id)) {
        Some(node) => typed(desk, node, text, source),
        None => {
            let names: Vec<String> = fields.iter().take(5).map(|it| ground::name(it)).collect();
            let there = if names.is_empty() {
                "no field is on the page".to_owned()
            } else {
                format!("there are {}", names.join(", "))
            };
            Plan::Missing(Missing {
                category: FailureCategory::ElementNotFound,
                reason: format!(
                    "\"{}\" does not say into which field, and {there}; write: type \"{text}\" into …",
                    desk.clause.text
                ),
            })
        }
    }
}

/// "first name Ann": the field that the first words name, and the rest.
fn labelled<'o, 't>(desk: &Desk<'o>, text: &'t str) -> Option<(&'o Node, &'t str)> {
    let cuts: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).take(6).collect();
    cuts.into_iter().rev().find_map(|cut| {
        let (label, rest) = (text[..cut].trim(), text[cut..].trim());
        let label = ["your ", "the ", "my "]
            .iter()
            .find_map(|it| label.strip_prefix(it))
            .unwrap_or(label);
        let node = desk.seen.nodes.iter().find(|node| {
            let names = [
                &node.name,
                node.label.as_ref().unwrap_or(&node.name),
                node.placeholder.as_ref().unwrap_or(&node.name),
            ];
            (is_field(node) || node.tag == "select")
                && names.iter().any(|it| likeness(it, label, false) >= LABEL)
        })?;
        (!rest.is_empty()).then_some((node, rest))
    })
}
