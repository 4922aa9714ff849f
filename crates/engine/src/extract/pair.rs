//! Labels and their values.

use super::{
    cell::Cell,
    name,
    record::{Kind, Origin, RecordSet},
    segment,
    sheet::Sheet,
    table,
};

/// How sure it is that a label and a value belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// An id or a class calls it so.
    Hint,
    /// The page's data says so, without showing it.
    Stated,
    /// They stand together in a box of their own.
    Box,
    /// The page's structure or its punctuation says so.
    Label,
}

impl Trust {
    /// From 0 to 1.
    pub fn weight(self) -> f64 {
        match self {
            Self::Hint => 0.82,
            Self::Stated => 0.9,
            Self::Box => 0.96,
            Self::Label => 1.0,
        }
    }
}

/// A label and what stands with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The label, without a colon.
    pub label: String,
    /// The value.
    pub cell: Cell,
    /// How sure it is.
    pub trust: Trust,
    /// Whether a person can see it.
    pub shown: bool,
}

const MAX_LABEL: usize = 60;

/// Every pair on the page: definition lists, forms, two-cell rows, `Label: value`, a label above its
/// value, values that the author named.
pub fn pairs(sheet: &Sheet<'_>, sets: &[RecordSet]) -> Vec<Pair> {
    let mut found = Found { pairs: Vec::new() };
    let mut at = 0;
    let mut term: Option<String> = None;
    let mut announced: Option<String> = None;
    // What stands in a table with headings is called by them.
    let tables: Vec<(usize, usize)> = sets
        .iter()
        .filter(|it| it.kind == Kind::Table)
        .map(|it| (it.node, it.end))
        .collect();
    while at < sheet.nodes.len() {
        let node = &sheet.nodes[at];
        if let Some((_, end)) = tables.iter().find(|it| it.0 == at && it.1 > at) {
            sums(sheet, at, &mut found);
            at = *end;
            continue;
        }
        match &*node.role {
            "term" => term = Some(sheet.text(at).into_owned()),
            "definition" => {
                if let Some(label) = &term {
                    found.push(label, table::cell(sheet, at), Trust::Label);
                }
            }
            "row" => row(sheet, at, &mut found),
            "radiogroup" | "group" => radios(sheet, at, &mut found),
            "text" => {
                let text = node.text.trim();
                if let Some(label) = announced.take() {
                    found.push(&label, text_cell(sheet, at), Trust::Label);
                }
                let by = text.rsplit(' ').next().unwrap_or_default();
                if matches!(by, "by" | "By" | "von" | "par" | "por") && text.len() < 60 {
                    announced = Some("author".to_owned());
                    of_text(sheet, at, &mut found);
                    at += 1;
                    continue;
                }
                announced = text
                    .strip_suffix(':')
                    .filter(|it| it.chars().count() <= MAX_LABEL)
                    .map(str::to_owned);
                of_text(sheet, at, &mut found);
            }
            "datum" => {
                let names = node.hint.as_deref().unwrap_or_default().split_whitespace();
                for name in names {
                    let cell = Cell::of_text(node.value.clone().unwrap_or_default(), at);
                    found.push(name, cell, Trust::Stated);
                }
            }
            "heading" | "img" => {}
            _ => boxed(sheet, at, &mut found),
        }
        control(sheet, at, &mut announced, &mut found);
        at += 1;
    }
    found.pairs
}

struct Found {
    pairs: Vec<Pair>,
}

impl Found {
    fn push(&mut self, label: &str, cell: Cell, trust: Trust) {
        let label = label.trim().trim_end_matches([':', '*']).trim();
        let fits = !label.is_empty()
            && label.chars().count() <= MAX_LABEL
            && label.chars().any(char::is_alphabetic);
        if fits && !cell.is_empty() && cell.text.trim() != label {
            self.pairs.push(Pair {
                label: label.to_owned(),
                cell,
                trust,
                shown: true,
            });
        }
    }
}

fn text_cell(sheet: &Sheet<'_>, at: usize) -> Cell {
    let node = &sheet.nodes[at];
    let mut cell = Cell::of_text(node.text.clone(), at);
    cell.value = node
        .marks
        .iter()
        .find(|it| it.text == node.text)
        .and_then(|it| it.value.clone());
    let parent = node.parent.map(|it| &sheet.nodes[it as usize]);
    cell.href = parent.and_then(|it| it.href.clone());
    cell
}

/// A row of two cells is a label and a value, unless its table names its columns.
fn row(sheet: &Sheet<'_>, index: usize, found: &mut Found) {
    let cells = table::cells_of(sheet, index);
    if let [label, value] = cells[..] {
        let both =
            sheet.nodes[label].role == "columnheader" && sheet.nodes[value].role == "columnheader";
        if !both {
            found.push(&sheet.text(label), table::cell(sheet, value), Trust::Label);
        }
    }
    // Two labels and two values in one row.
    if let [first, one, second, other] = cells[..] {
        let head = |it: usize| matches!(&*sheet.nodes[it].role, "rowheader" | "columnheader");
        if head(first) && !head(one) && head(second) && !head(other) {
            found.push(&sheet.text(first), table::cell(sheet, one), Trust::Label);
            found.push(&sheet.text(second), table::cell(sheet, other), Trust::Label);
        }
    }
}

/// The rows at the end of a table that sum it up: their label and their last number.
fn sums(sheet: &Sheet<'_>, index: usize, found: &mut Found) {
    let rows = table::rows_of(sheet, index);
    for row in rows.iter().rev().take(3) {
        let cells = table::cells_of(sheet, *row);
        let filled: Vec<usize> = cells
            .iter()
            .copied()
            .filter(|it| !sheet.text(*it).is_empty())
            .collect();
        if let [label, .., value] = filled[..]
            && filled.len() == 2
        {
            found.push(&sheet.text(label), table::cell(sheet, value), Trust::Label);
        }
    }
}

/// The chosen one of a group of radio buttons.
fn radios(sheet: &Sheet<'_>, index: usize, found: &mut Found) {
    let mut inner = index + 1..sheet.end(index);
    let chosen =
        inner.find(|it| sheet.nodes[*it].role == "radio" && sheet.nodes[*it].checked == Some(true));
    let name = &sheet.nodes[index].name;
    let Some(chosen) = chosen.filter(|_| !name.is_empty()) else {
        return;
    };
    found.push(
        name,
        Cell::of_text(label_of(sheet, chosen), chosen),
        Trust::Label,
    );
}

fn label_of(sheet: &Sheet<'_>, at: usize) -> String {
    let node = &sheet.nodes[at];
    node.label
        .clone()
        .filter(|it| !it.is_empty())
        .unwrap_or_else(|| node.name.clone())
}

/// The current value of a control, by its label.
fn control(sheet: &Sheet<'_>, at: usize, announced: &mut Option<String>, found: &mut Found) {
    let node = &sheet.nodes[at];
    if node.role == "datum" || node.role == "text" || matches!(&*node.role, "option" | "button") {
        return;
    }
    let label = label_of(sheet, at);
    let field = node.field.clone().unwrap_or_default();
    if let Some(checked) = node.checked {
        if node.role == "radio" {
            if checked {
                found.push(&field, Cell::of_text(label, at), Trust::Box);
            }
            return;
        }
        let cell = Cell {
            checked: Some(checked),
            node: at,
            ..Cell::default()
        };
        found.push(&label, cell, Trust::Label);
    } else if let Some(value) = &node.value {
        let announced = announced.take().filter(|_| label.is_empty());
        let label = announced.unwrap_or(label);
        found.push(&label, Cell::of_text(value.clone(), at), Trust::Label);
        if label.is_empty() {
            found.push(&field, Cell::of_text(value.clone(), at), Trust::Box);
        }
    }
}

/// What a text says of itself, and what its author calls it.
fn of_text(sheet: &Sheet<'_>, at: usize, found: &mut Found) {
    let node = &sheet.nodes[at];
    let whole = text_cell(sheet, at);
    for segment in segment::segments(&node.text) {
        for (name, origin) in &segment.names {
            let cell = Cell {
                text: segment.text.clone(),
                value: segment.value.clone(),
                ..whole.clone()
            };
            let trust = if *origin == Origin::Label {
                Trust::Label
            } else {
                Trust::Box
            };
            found.push(name, cell, trust);
        }
    }
    let mut rest = node.text.as_str();
    for mark in &node.marks {
        let strong = matches!(&*mark.tag, "b" | "strong" | "em" | "label" | "dfn" | "th");
        let value = rest
            .strip_prefix(&*mark.text)
            .filter(|_| strong && mark.text.chars().count() <= MAX_LABEL);
        let value = value
            .map(|it| it.trim_start_matches([':', ' ', '–', '-']))
            .filter(|it| !it.is_empty());
        if let Some(value) = value {
            let next = node
                .marks
                .iter()
                .filter(|it| it.tag == mark.tag && it.text != mark.text);
            let end = next
                .filter_map(|it| value.find(&*it.text))
                .min()
                .unwrap_or(value.len());
            let cell = Cell {
                text: value[..end].trim().to_owned(),
                value: None,
                ..whole.clone()
            };
            // "Attention please come early" is no label and value.
            let trust =
                if mark.text.ends_with(':') || value.starts_with(|it: char| it.is_ascii_digit()) {
                    Trust::Label
                } else {
                    Trust::Box
                };
            if mark.text.ends_with(':') || cell.text.split_whitespace().count() <= 8 {
                found.push(&mark.text, cell, trust);
            }
            rest = &value[end..];
            continue;
        }
        if mark.text != node.text {
            let cell = Cell {
                text: mark.text.clone(),
                value: mark.value.clone(),
                ..whole.clone()
            };
            hinted(mark.hint.as_deref(), &cell, found);
        } else {
            hinted(mark.hint.as_deref(), &whole, found);
        }
    }
    // An element that holds nothing but this text.
    if let Some(parent) = node.parent.map(|it| it as usize)
        && sheet.end(parent) == at + 1
        && parent + 1 == at
    {
        hinted(sheet.nodes[parent].hint.as_deref(), &whole, found);
    }
}

fn hinted(hint: Option<&str>, cell: &Cell, found: &mut Found) {
    let names = hint.unwrap_or_default().split_whitespace();
    for name in names.filter(|it| !name::LOOKS.contains(it)).take(6) {
        found.push(name, cell.clone(), Trust::Hint);
    }
}

/// Two things alone in a box: a label and its value, in whichever order tells them apart.
fn boxed(sheet: &Sheet<'_>, index: usize, found: &mut Found) {
    let children: Vec<usize> = sheet.children(index).take(13).collect();
    if children.len() < 2 || children.len() > 12 {
        return;
    }
    let alone = |at: usize| {
        let texts = sheet.nodes[at..sheet.end(at)]
            .iter()
            .filter(|it| it.role == "text")
            .take(2)
            .count();
        texts == 1 && !matches!(&*sheet.nodes[at].role, "button" | "textbox" | "combobox")
    };
    if children.len() == 2 {
        pair_up(
            sheet,
            children[0],
            children[1],
            alone(children[0]) && alone(children[1]),
            found,
        );
        return;
    }
    // A heading or label, then its value, again and again.
    if children.len().is_multiple_of(2) && children.iter().all(|it| alone(*it)) {
        let kind = |at: usize| {
            (
                &*sheet.nodes[at].tag,
                sheet.nodes[at]
                    .marks
                    .first()
                    .map(|it| (&*it.tag, it.hint.as_deref())),
            )
        };
        let first = kind(children[0]);
        let labels = children.iter().step_by(2).all(|it| kind(*it) == first);
        let values = children
            .iter()
            .skip(1)
            .step_by(2)
            .all(|it| kind(*it) != first);
        if labels && values {
            for pair in children.chunks(2) {
                pair_up(sheet, pair[0], pair[1], true, found);
            }
        }
    }
}

fn pair_up(sheet: &Sheet<'_>, one: usize, other: usize, alone: bool, found: &mut Found) {
    if !alone {
        return;
    }
    let text = |at: usize| sheet.text(at).into_owned();
    let cell = |at: usize| {
        if sheet.nodes[at].role == "text" {
            text_cell(sheet, at)
        } else {
            table::cell(sheet, at)
        }
    };
    let (first, second) = (text(one), text(other));
    let number = |it: &str| it.chars().any(|it| it.is_ascii_digit());
    // A figure above what it counts.
    if number(&first) && !number(&second) && second.chars().count() <= 40 {
        found.push(&second, cell(one), Trust::Box);
    } else {
        found.push(&first, cell(other), Trust::Box);
    }
}
