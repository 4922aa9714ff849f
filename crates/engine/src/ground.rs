//! Which element a phrase means.

mod score;
mod synonym;

use errand_browser::{Node, Observation, observation};

use crate::goal::{Kind, Ordinal, Phrase};

pub use score::{likeness, stem as words_stem, words};

/// What the phrase is to be used for; decides which elements come into question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Clicked, hovered over.
    Click,
    /// Followed.
    Follow,
    /// Looked at.
    See,
    /// Typed into.
    Fill,
    /// Chosen from.
    Choose,
    /// Checked and unchecked.
    Check,
}

/// Why a phrase names nothing for certain.
#[derive(Debug, Clone, PartialEq)]
pub enum Doubt {
    /// Nothing fits; these come nearest.
    Nothing(Vec<String>),
    /// These fit equally well.
    Between(Vec<String>),
}

/// Below this nothing fits.
const THRESHOLD: f64 = 0.55;
/// From here on the phrase is the name, word for word or in other words.
const WHOLE_NAME: f64 = 0.9;
/// The best must be better than the next by this much, or be the same thing.
const MARGIN: f64 = 0.04;

/// The element that the phrase means.
///
/// # Errors
/// With the candidates, when none fits or several fit alike.
pub fn find<'o>(seen: &'o Observation, phrase: &Phrase, using: Use) -> Result<&'o Node, Doubt> {
    // "First name" is a name on many forms, and the first of the names on none.
    if !phrase.whole.is_empty() {
        let named = Phrase {
            words: phrase.whole.clone(),
            whole: String::new(),
            ordinal: None,
            ..phrase.clone()
        };
        if let Ok(node) = rank(seen, &named, using, WHOLE_NAME) {
            return Ok(node);
        }
    }
    rank(seen, phrase, using, THRESHOLD)
}

/// Each.
///
/// # Errors
/// If there is none.
pub fn all<'o>(seen: &'o Observation, phrase: &Phrase, using: Use) -> Result<Vec<&'o Node>, Doubt> {
    find(seen, phrase, using).map(|it| vec![it])
}

impl Doubt {
    /// In words.
    pub fn reason(&self, what: &str, url: &str) -> String {
        format!("{what} {url} {self:?}")
    }
}

/// The best of those that reach the threshold.
fn rank<'o>(
    seen: &'o Observation,
    phrase: &Phrase,
    using: Use,
    threshold: f64,
) -> Result<&'o Node, Doubt> {
    let scope = scope(seen);
    let mut ranked: Vec<(f64, usize)> = seen
        .nodes
        .iter()
        .enumerate()
        .filter(|(index, node)| scope.contains(index) && node.id.is_some() && suits(node, using))
        .map(|(index, node)| (rate(seen, index, node, phrase, using), index))
        .collect();
    // Stable: equal scores stay in reading order.
    ranked.sort_by(|left, right| right.0.total_cmp(&left.0));
    let fitting: Vec<(f64, usize)> = ranked
        .iter()
        .copied()
        .filter(|(score, _)| *score >= threshold)
        .collect();
    let Some((best, first)) = fitting.first().copied() else {
        let near = ranked.iter().filter(|(score, _)| *score > 0.2).take(3);
        return Err(Doubt::Nothing(
            near.map(|(_, it)| name(&seen.nodes[*it])).collect(),
        ));
    };
    let mut alike: Vec<usize> = fitting
        .iter()
        .take_while(|(it, _)| best - it < MARGIN)
        .map(|(_, it)| *it)
        .collect();
    alike.sort_unstable();
    match phrase.ordinal {
        Some(Ordinal::Nth(nth)) => alike
            .get(nth - 1)
            .map(|it| &seen.nodes[*it])
            .ok_or_else(|| {
                Doubt::Nothing(
                    alike
                        .iter()
                        .take(5)
                        .map(|it| name(&seen.nodes[*it]))
                        .collect(),
                )
            }),
        Some(Ordinal::Last) => Ok(&seen.nodes[alike.last().copied().unwrap_or(first)]),
        None if alike.len() == 1 || same(seen, &alike) => Ok(&seen.nodes[alike[0]]),
        None => Err(Doubt::Between(
            alike
                .iter()
                .take(4)
                .map(|it| name(&seen.nodes[*it]))
                .collect(),
        )),
    }
}

/// While a modal dialog is open, only what is in it can be meant.
fn scope(seen: &Observation) -> std::ops::Range<usize> {
    let modal = seen
        .nodes
        .iter()
        .rposition(|node| matches!(&*node.role, "dialog" | "alertdialog") && node.in_view);
    match modal {
        Some(index) => index..observation::end_of(&seen.nodes, index),
        None => 0..seen.nodes.len(),
    }
}

/// Several elements that do the same: links to one address, or an element and what it contains.
fn same(seen: &Observation, alike: &[usize]) -> bool {
    let first = &seen.nodes[alike[0]];
    let same_link =
        first.href.is_some() && alike.iter().all(|it| seen.nodes[*it].href == first.href);
    let end = observation::end_of(&seen.nodes, alike[0]);
    same_link || alike.iter().all(|it| *it < end)
}

fn suits(node: &Node, using: Use) -> bool {
    let input = node.input_type.as_deref().unwrap_or_default();
    match using {
        Use::Click | Use::Follow => node.interactive,
        Use::See => true,
        Use::Fill => {
            node.editable
                || matches!(
                    &*node.role,
                    "textbox" | "searchbox" | "spinbutton" | "slider"
                )
                || node.role == "combobox" && node.tag != "select"
                || node.tag == "textarea"
                || node.tag == "input"
                    && !matches!(
                        input,
                        "checkbox"
                            | "radio"
                            | "button"
                            | "submit"
                            | "reset"
                            | "image"
                            | "file"
                            | "hidden"
                    )
        }
        Use::Choose => {
            matches!(
                &*node.role,
                "combobox"
                    | "listbox"
                    | "radiogroup"
                    | "radio"
                    | "option"
                    | "menu"
                    | "button"
                    | "menuitemradio"
                    | "tab"
                    | "textbox"
            ) || node.tag == "select"
        }
        Use::Check => {
            matches!(
                &*node.role,
                "checkbox" | "radio" | "switch" | "menuitemcheckbox" | "menuitemradio"
            ) || matches!(input, "checkbox" | "radio")
                || node.checked.is_some()
        }
    }
}

fn rate(seen: &Observation, index: usize, node: &Node, phrase: &Phrase, using: Use) -> f64 {
    let own = text(seen, index, node);
    let mut score = 0.0_f64;
    let mut best = |candidate: &str, weight: f64| {
        score = score.max(likeness(candidate, &phrase.words, phrase.quoted) * weight);
    };
    best(&node.name, 1.0);
    best(node.label.as_deref().unwrap_or_default(), 1.0);
    best(&own, 0.97);
    best(node.placeholder.as_deref().unwrap_or_default(), 0.95);
    best(node.description.as_deref().unwrap_or_default(), 0.85);
    best(node.field.as_deref().unwrap_or_default(), 0.85);
    best(node.autocomplete.as_deref().unwrap_or_default(), 0.85);
    best(node.test_id.as_deref().unwrap_or_default(), 0.8);
    if matches!(using, Use::Fill) {
        best(node.input_type.as_deref().unwrap_or_default(), 0.8);
    }
    if matches!(&*node.role, "img" | "link" | "button") && node.name.is_empty() {
        best(
            node.href
                .as_deref()
                .and_then(|it| it.rsplit('/').next())
                .unwrap_or_default(),
            0.7,
        );
    }
    if phrase.words.is_empty() && (phrase.kind.is_some() || phrase.ordinal.is_some()) {
        score = 0.6;
    }
    if score < 0.2 {
        return score;
    }
    score += kind_bonus(node, phrase.kind, using);
    for near in phrase.places.iter().map(|it| &*it.what.words) {
        let around = surroundings(seen, index);
        score += if likeness(&around, near, false) > 0.5 || contains(&around, near) {
            0.12
        } else {
            -0.25
        };
    }
    if node.disabled {
        score -= 0.1;
    }
    if node.covered || !node.in_view {
        score -= 0.01;
    }
    score
}

fn kind_bonus(node: &Node, kind: Option<Kind>, using: Use) -> f64 {
    let fits = |roles: &[&str]| roles.contains(&&*node.role) || roles.contains(&&*node.tag);
    match kind {
        Some(Kind::Button) if fits(&["button"]) => 0.08,
        Some(Kind::Link) if fits(&["link", "menuitem", "a"]) => 0.08,
        Some(Kind::Field) if fits(&["textbox", "searchbox", "combobox", "spinbutton"]) => 0.08,
        Some(Kind::Check) if fits(&["checkbox", "switch", "radio"]) => 0.08,
        Some(Kind::Choice) if fits(&["combobox", "listbox", "select"]) => 0.08,
        Some(Kind::Tab) if fits(&["tab"]) => 0.08,
        Some(Kind::Tab | Kind::Page) if fits(&["link", "menuitem"]) => 0.06,
        Some(Kind::Button) if fits(&["link"]) => 0.0,
        Some(_) => -0.06,
        // Without a kind, real controls go before generic listeners.
        None if using == Use::Click && fits(&["button", "link", "menuitem", "tab"]) => 0.05,
        None if using == Use::Choose && fits(&["combobox", "listbox", "select"]) => 0.05,
        None => 0.0,
    }
}

fn text(seen: &Observation, index: usize, node: &Node) -> String {
    if node.name.is_empty() || node.role == "link" || node.role == "generic" {
        errand_domain::text::clip(&seen.text_of(index), 200)
    } else {
        String::new()
    }
}

/// The text of the row, item or section around a node, and the heading above it.
fn surroundings(seen: &Observation, index: usize) -> String {
    let mut around = String::new();
    let mut at = seen.nodes[index].parent;
    let mut levels = 0;
    while let Some(parent) = at.filter(|_| levels < 4) {
        let parent = parent as usize;
        let node = &seen.nodes[parent];
        around.push_str(&node.name);
        around.push(' ');
        if matches!(
            &*node.role,
            "row" | "listitem" | "article" | "group" | "form" | "region" | "dialog" | "generic"
        ) {
            around.push_str(&errand_domain::text::clip(&seen.text_of(parent), 400));
            around.push(' ');
            levels += 1;
        }
        at = node.parent;
    }
    if let Some(heading) = seen.nodes[..index]
        .iter()
        .rposition(|node| node.role == "heading")
    {
        around.push_str(&seen.text_of(heading));
    }
    around
}

fn contains(text: &str, wanted: &str) -> bool {
    text.to_lowercase().contains(&wanted.to_lowercase())
}

/// How a person would call the node.
pub fn name(node: &Node) -> String {
    let name = [&node.name, node.label.as_ref().unwrap_or(&node.text)];
    let name = name.into_iter().find(|it| !it.is_empty());
    let name = name.or(node.placeholder.as_ref()).or(node.field.as_ref());
    match name {
        Some(name) => format!("{} \"{}\"", node.role, errand_domain::text::clip(name, 60)),
        None => format!("{} {}", node.role, node.id.as_deref().unwrap_or_default()),
    }
}
