//! The forms that an order may be meant for: a button that is called like its verb, and the fields
//! beside it.

use std::ops::Range;

use errand_browser::{Node, Observation, observation::end_of};

use crate::{
    goal::{Said, joins},
    ground::{words, words_canonical, words_stem},
    local::plan::is_field,
};

/// With more fields it is not one form.
const MAX_FIELDS: usize = 16;
/// Words for putting something somewhere, whatever the button is called.
const GENERAL: &[&str] = &[
    "put", "make", "give", "set", "place", "fill", "use", "write", "enter", "show",
];

/// Words for letting less be shown, which a choice does by itself.
const FILTERS: &[&str] = &["filter", "show", "display", "limit", "narrow", "restrict"];

/// A button, and the fields beside it.
pub struct Form<'o> {
    /// What is pressed in the end; nothing where a choice is all there is to do.
    pub button: Option<&'o Node>,
    pub fields: Vec<&'o Node>,
    /// What the button and what stands around the fields say, in stems.
    pub known: Vec<String>,
    /// What the button is called, in stems, without a word for the verb.
    pub name: Vec<String>,
}

/// The words of a text that matter, in one wording and in the singular.
pub fn stems(text: &str) -> Vec<String> {
    words_canonical(&words(text))
        .iter()
        .map(|it| words_stem(it).to_owned())
        .collect()
}

/// Each form whose button, or whose heading, is called like the verb of the order.
pub fn forms<'o>(seen: &'o Observation, order: &[Said]) -> Vec<Form<'o>> {
    let first = order
        .iter()
        .find(|it| !it.mark && !it.quoted && !joins(&it.lower) && it.lower != "please");
    let Some(verb) = first.map(|it| stems(&it.lower)) else {
        return Vec::new();
    };
    let general = first.is_some_and(|it| GENERAL.contains(&&*it.lower));
    let mut found: Vec<Form<'o>> = Vec::new();
    for (at, node) in seen.nodes.iter().enumerate() {
        let presses = node.role == "button" && node.id.is_some() && !node.disabled;
        if !presses || node.input_type.as_deref() == Some("reset") || node.expanded.is_some() {
            continue;
        }
        let part = part(seen, at);
        let name = stems(&node.name);
        let above = heading_above(seen, part.known.start)
            .map(stems)
            .unwrap_or_default();
        let sends = part.is_form && matches!(node.input_type.as_deref(), None | Some("submit"));
        let called = |words: &[String]| verb.iter().all(|it| words.contains(it));
        // "Contact them": the form under "Contact us".
        if !(general || called(&name) || sends && called(&above)) {
            continue;
        }
        let fields = seen.nodes[part.fields.clone()].iter();
        let fields: Vec<&Node> = fields.filter(|it| takes(it)).collect();
        if fields.len() > MAX_FIELDS {
            continue;
        }
        let mut known = name.clone();
        known.extend(above);
        known.extend(stems(&seen.nodes[part.known.start].name));
        known.extend(texts(seen, part.known.start, part.known.end));
        let idle = |it: &String| joins(it);
        found.push(Form {
            button: Some(node),
            fields,
            known,
            name: name
                .into_iter()
                .filter(|it| !(verb.contains(it) || idle(it) || general && it == "add"))
                .collect(),
        });
    }
    if first.is_some_and(|it| FILTERS.contains(&&*it.lower)) {
        found.extend(choices(seen, &verb));
    }
    found
}

/// Lists and boxes that let less be shown, each part of the page under a heading for itself.
fn choices<'o>(seen: &'o Observation, verb: &[String]) -> Vec<Form<'o>> {
    let chooses = |node: &Node| takes(node) && !is_field(node);
    let mut heads: Vec<usize> = (0..seen.nodes.len())
        .filter(|it| seen.nodes[*it].role == "heading")
        .collect();
    heads.insert(0, 0);
    heads.push(seen.nodes.len());
    heads.dedup();
    let mut found = Vec::new();
    for ends in heads.windows(2) {
        let nodes = &seen.nodes[ends[0]..ends[1]];
        let fields: Vec<&Node> = nodes.iter().filter(|it| chooses(it)).collect();
        if fields.is_empty() || fields.len() > MAX_FIELDS {
            continue;
        }
        let mut known = verb.to_vec();
        known.extend(stems(&seen.nodes[ends[0]].name));
        known.push("only".to_owned());
        found.push(Form {
            button: None,
            fields,
            known,
            name: Vec::new(),
        });
    }
    found
}

/// Whether something takes a value.
fn takes(node: &Node) -> bool {
    let checks = matches!(&*node.role, "checkbox" | "radio" | "switch");
    let chooses = node.tag == "select" || node.role == "combobox";
    let file = node.input_type.as_deref() == Some("file");
    is_field(node) && !file || node.id.is_some() && !node.disabled && (checks || chooses)
}

/// Where the fields of a button are, and what stands around them.
struct Part {
    is_form: bool,
    fields: Range<usize>,
    known: Range<usize>,
}

/// The form or dialog that a button is in; else what lies between it and the heading or the button
/// before it.
fn part(seen: &Observation, button: usize) -> Part {
    let mut at = seen.nodes[button].parent.map(|it| it as usize);
    while let Some(up) = at {
        let node = &seen.nodes[up];
        if node.role == "form" || node.tag == "form" || node.role == "dialog" {
            let whole = up..end_of(&seen.nodes, up);
            return Part {
                is_form: true,
                fields: whole.clone(),
                known: whole,
            };
        }
        at = node.parent.map(|it| it as usize);
    }
    let before = |test: &dyn Fn(&Node) -> bool| {
        let found = seen.nodes[..button].iter().rposition(test);
        found.unwrap_or(0)
    };
    let row = std::iter::successors(Some(button), |it| {
        seen.nodes[*it].parent.map(|it| it as usize)
    })
    .find(|it| matches!(&*seen.nodes[*it].role, "row" | "listitem" | "article"));
    let heading = before(&|it| it.role == "heading");
    let divides = before(&|it| matches!(&*it.role, "heading" | "button"));
    let known = match row {
        Some(row) => row..end_of(&seen.nodes, row),
        None => heading..button + 1,
    };
    Part {
        is_form: false,
        fields: divides.max(known.start)..button,
        known,
    }
}

/// The heading that a part of the page stands under.
fn heading_above(seen: &Observation, scope: usize) -> Option<&str> {
    let of = |it: &&Node| it.role == "heading" && !it.name.is_empty();
    let own = seen.nodes[scope..end_of(&seen.nodes, scope)]
        .iter()
        .find(of);
    let above = || seen.nodes[..scope].iter().rev().find(of);
    own.or_else(above).map(|it| &*it.name)
}

/// What stands between the fields: no names of other buttons, no options.
fn texts(seen: &Observation, scope: usize, end: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = scope;
    while at < end {
        let node = &seen.nodes[at];
        if matches!(&*node.role, "button" | "combobox" | "listbox" | "option")
            || node.tag == "select"
        {
            at = end_of(&seen.nodes, at);
            continue;
        }
        if node.role == "text" {
            found.extend(stems(&node.text));
        } else if matches!(&*node.role, "heading" | "link" | "group" | "rowheader") {
            found.extend(stems(&node.name));
        }
        at += 1;
    }
    found
}
