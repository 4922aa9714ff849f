//! What a place is called by: the text, heading or part of the page that it names.

use std::ops::Range;

use super::{grid::Grid, index::Index, likeness::Wanted, order, structure};
use crate::goal::{Ordinal, Phrase};

/// Texts that hold all of the words and no more than this many times as much.
const EXACT: f64 = 0.9;
/// What is this much less like the words than the best is not meant.
const WORSE: f64 = 0.12;
/// Words that hold others together.
const SMALL: &[&str] = &[
    "a", "an", "the", "of", "for", "in", "on", "at", "by", "with", "from", "to", "and", "about",
];
/// Longest text of a row that is looked through.
const MAX_ROW: usize = 1_500;

/// Something on the page that a place names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// A part of the page: what is meant lies in it.
    Part(Range<usize>),
    /// A text, or something that is called so: what is meant lies near it, as the place says.
    Spot(usize),
}

impl Anchor {
    /// Where it begins.
    pub fn at(&self) -> usize {
        match self {
            Self::Part(range) => range.start,
            Self::Spot(at) => *at,
        }
    }
}

/// What on the page the words of a place may name; empty if there is no such thing.
pub fn anchors(index: &Index<'_>, what: &Phrase) -> Vec<Anchor> {
    if let Some(found) = part(index, what)
        && !found.is_empty()
    {
        return found;
    }
    if let Some(found) = counted(index, what, true) {
        return found;
    }
    let mut words = &*what.words;
    loop {
        let wanted = Wanted::new(words, what.quoted);
        let mut found = spots(index, &wanted);
        if found.is_empty() && !what.quoted {
            found = rows(index, &wanted);
        }
        if !found.is_empty() {
            return pick(found, what);
        }
        match structure::said_after(words).filter(|_| !what.quoted) {
            Some(rest) => words = rest,
            None => break,
        }
    }
    // "Ann in the contact book": where she stands is no part of her name.
    let head = [" in the ", " on the ", " from the "]
        .iter()
        .find_map(|it| what.words.split_once(it));
    if let Some((head, _)) = head.filter(|_| !what.quoted) {
        let found = spots(index, &Wanted::new(head, false));
        if !found.is_empty() {
            return pick(found, what);
        }
    }
    counted(index, what, false).unwrap_or_default()
}

/// What is counted by a word of the caller's own: "the second chirp", "the cheapest plant". `named`:
/// only where the page calls what it lists so.
fn counted(index: &Index<'_>, what: &Phrase, named: bool) -> Option<Vec<Anchor>> {
    if !structure::is_noun(what) || named && !structure::is_called(index, &what.words) {
        return None;
    }
    let item = Phrase {
        words: "item".to_owned(),
        ..what.clone()
    };
    part(index, &item).filter(|it| !it.is_empty())
}

/// Parts of the page by the word for their shape: "the second row", "the users table".
fn part(index: &Index<'_>, what: &Phrase) -> Option<Vec<Anchor>> {
    let (shape, called, nth) = structure::shape(what)?;
    let mut parts = structure::parts(index, shape);
    let ordinal = nth.map(Ordinal::Nth).or(what.ordinal);
    if called.is_empty() {
        if ordinal.is_some() || what.most.is_some() {
            parts = structure::main_items(index, parts);
        }
    } else {
        let wanted = Wanted::new(&called, what.quoted);
        let rated: Vec<(f64, (usize, Range<usize>))> = parts
            .into_iter()
            .filter_map(|(at, range)| Some((title(index, &wanted, at, &range)?, (at, range))))
            .collect();
        let best = rated.iter().map(|it| it.0).fold(0.0, f64::max);
        parts = rated
            .into_iter()
            .filter(|(score, _)| best - score < WORSE && (best < EXACT || *score >= EXACT))
            .map(|(_, part)| part)
            .collect();
    }
    if let Some(most) = &what.most {
        let heads: Vec<usize> = parts.iter().map(|it| it.0).collect();
        let best = order::most(index, &heads, most).ok()?;
        parts.retain(|it| it.0 == best);
    }
    let parts = match ordinal {
        Some(Ordinal::Nth(nth)) => parts.get(nth.checked_sub(1)?..nth)?.to_vec(),
        Some(Ordinal::Last) => vec![parts.last()?.clone()],
        _ => parts,
    };
    let column = |at: usize| index.node(at).role == "columnheader";
    let anchor = |(at, range)| match column(at) {
        true => Anchor::Spot(at),
        false => Anchor::Part(range),
    };
    Some(parts.into_iter().map(anchor).collect())
}

/// How much a part of the page is called like that: by its name, by a heading in it, or by what it
/// says, if it is a small one.
fn title(index: &Index<'_>, wanted: &Wanted, at: usize, range: &Range<usize>) -> Option<f64> {
    let node = index.node(at);
    let mut best = wanted.whole(&node.name).unwrap_or_default();
    let mut better = |it: Option<f64>| best = best.max(it.unwrap_or_default());
    if node.role == "heading" {
        better(wanted.whole(&index.text(at, 300)));
        return (best > 0.0).then_some(best);
    }
    let head = range
        .clone()
        .take(200)
        .find(|it| matches!(&*index.node(*it).role, "heading" | "caption"));
    if let Some(head) = head {
        better(wanted.whole(&index.text(head, 300)));
    }
    // The heading right above a table or a list is its name.
    let above = (0..at)
        .rev()
        .take(6)
        .find(|it| index.node(*it).role == "heading");
    if let Some(above) = above {
        better(wanted.whole(&index.text(above, 300)).map(|it| it * 0.95));
    }
    if structure::is_item(index, at) {
        let text = index.text(at, MAX_ROW);
        let texts = index.texts_in(range.start, range.end);
        for it in texts.take(60) {
            better(wanted.whole(&index.node(it).text));
        }
        better(wanted.whole(&text));
    }
    (best > 0.0).then_some(best)
}

/// Texts and elements that are called so.
fn spots(index: &Index<'_>, wanted: &Wanted) -> Vec<(f64, Anchor)> {
    let mut found: Vec<(f64, usize)> = Vec::new();
    for (at, node) in index.nodes().iter().enumerate() {
        let mut best = 0.0_f64;
        let mut better = |it: Option<f64>| best = best.max(it.unwrap_or_default());
        if node.role == "text" {
            better(wanted.whole(&node.text));
        } else {
            better(wanted.whole(&node.name));
            better(node.label.as_deref().and_then(|it| wanted.whole(it)));
            let typed = node.value.as_deref().filter(|_| node.interactive);
            better(typed.and_then(|it| wanted.whole(it)).map(|it| it * 0.95));
            let is_heading = node.role == "heading" && node.name.is_empty();
            if is_heading
                || matches!(
                    &*node.role,
                    "caption" | "cell" | "gridcell" | "rowheader" | "columnheader" | "term"
                )
            {
                better(wanted.whole(&index.text(at, 300)));
            }
        }
        if best > 0.0 {
            found.push((best, at));
        }
    }
    // What an item begins with is its name, or who it is from; what it says may name others.
    if found.len() > 1 {
        for it in &mut found {
            if begins_item(index, it.1) {
                it.0 += WORSE + 0.01;
            }
        }
    }
    let best = found.iter().map(|it| it.0).fold(0.0, f64::max);
    found.retain(|(score, _)| best - score < WORSE && (best < EXACT || *score >= EXACT));
    // The text of something that is called so is no other thing.
    let mut end = 0;
    let mut held = |at: usize| {
        let inner = at < end;
        if !inner {
            end = index.end(at);
        }
        inner
    };
    found.retain(|(_, at)| !held(*at));
    found
        .into_iter()
        .map(|(score, at)| (score, anchor(index, at)))
        .collect()
}

/// Whether a text is the first of a card or an item of a list.
fn begins_item(index: &Index<'_>, at: usize) -> bool {
    let item = index
        .lineage(at)
        .skip(1)
        .find(|it| structure::is_item(index, *it) && index.node(*it).role != "row");
    item.is_some_and(|it| {
        let first = index.texts_in(it, index.end(it)).next();
        first.is_some_and(|it| index.holds(at, it))
    })
}

/// A named container is a part of the page, anything else a spot.
fn anchor(index: &Index<'_>, at: usize) -> Anchor {
    let part = matches!(
        &*index.node(at).role,
        "region"
            | "form"
            | "search"
            | "group"
            | "radiogroup"
            | "dialog"
            | "alertdialog"
            | "table"
            | "grid"
            | "list"
            | "listbox"
            | "menu"
            | "menubar"
            | "navigation"
            | "article"
            | "tabpanel"
            | "toolbar"
            | "tablist"
            | "figure"
            | "frame"
            | "tree"
            | "complementary"
    );
    if part && index.end(at) > at + 1 {
        Anchor::Part(at..index.end(at))
    } else {
        Anchor::Spot(at)
    }
}

/// Rows and items that say all of the words, though no single text of theirs does. A word that none
/// of them says may be what the whole list is called: "the sales report" among "Reports".
fn rows(index: &Index<'_>, wanted: &Wanted) -> Vec<(f64, Anchor)> {
    if wanted.words().len() < 2 {
        return Vec::new();
    }
    let mut found: Vec<(usize, usize)> = Vec::new();
    for at in 0..index.nodes().len() {
        if !structure::is_item(index, at) || Grid::is_head(index, at) {
            continue;
        }
        let text = index.text(at, MAX_ROW);
        let left = if text.len() < MAX_ROW {
            let mut left = wanted.left_by(&text);
            left.retain(|it| !SMALL.contains(&&***it));
            left
        } else {
            continue;
        };
        if left.len() * 2 > wanted.words().len()
            || !left.is_empty() && !structure::says(index, &left)
        {
            continue;
        }
        // The innermost is meant.
        while found
            .last()
            .is_some_and(|it| index.holds(it.0, at) && it.1 >= left.len())
        {
            found.pop();
        }
        found.push((at, left.len()));
    }
    let least = found.iter().map(|it| it.1).min().unwrap_or_default();
    found
        .into_iter()
        .filter(|it| it.1 == least)
        .map(|(at, _)| (0.6, Anchor::Part(at..index.end(at))))
        .collect()
}

/// The one that the place's own ordinal names.
fn pick(found: Vec<(f64, Anchor)>, what: &Phrase) -> Vec<Anchor> {
    let anchors: Vec<Anchor> = found.into_iter().map(|it| it.1).collect();
    let one = match what.ordinal {
        Some(Ordinal::Nth(nth)) => nth.checked_sub(1).and_then(|it| anchors.get(it)),
        Some(Ordinal::Last) => anchors.last(),
        _ => return anchors,
    };
    one.cloned().into_iter().collect()
}
