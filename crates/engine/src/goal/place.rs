//! Words that say where something is.

use super::{
    name::{ARTICLES, kind_at_end, matches, of},
    phrase::{Kind, Phrase, Place, Relation},
    token::{Class, Token},
};

/// Wordings that lead to a place for certain.
const LEADS: &[(&str, Relation)] = &[
    ("in the row of", Relation::Row),
    ("in the row for", Relation::Row),
    ("in the row with", Relation::Row),
    ("in the row containing", Relation::Row),
    ("in the row that contains", Relation::Row),
    ("in the row where", Relation::Row),
    ("in the row named", Relation::Row),
    ("in the line of", Relation::Row),
    ("in row of", Relation::Row),
    ("in row", Relation::Row),
    ("on the row of", Relation::Row),
    ("on the card of", Relation::Row),
    ("in the card of", Relation::Row),
    ("belonging to", Relation::Row),
    ("that belongs to", Relation::Row),
    ("corresponding to", Relation::Row),
    ("associated with", Relation::Row),
    ("next to", Relation::Beside),
    ("near to", Relation::Beside),
    ("near", Relation::Beside),
    ("beside", Relation::Beside),
    ("besides", Relation::Beside),
    ("to the left of", Relation::Before),
    ("left of", Relation::Before),
    ("to the right of", Relation::After),
    ("right of", Relation::After),
    ("in front of", Relation::Before),
    ("under", Relation::Under),
    ("underneath", Relation::Under),
    ("beneath", Relation::Under),
    ("below", Relation::After),
    ("above", Relation::Before),
    ("before", Relation::Before),
    ("preceding", Relation::Before),
    ("after", Relation::After),
    ("following", Relation::After),
    ("within", Relation::In),
    ("inside of", Relation::In),
    ("inside", Relation::In),
];

/// Words that lead to a place, or go on with a name.
const LOOSE: &[&str] = &["in", "of", "for", "from", "at", "on", "by"];

/// Things that hold others: after "in", they are places for certain.
const HOLDERS: &[&str] = &[
    "dialog",
    "dialogue",
    "modal",
    "popup",
    "pop-up",
    "window",
    "section",
    "table",
    "list",
    "form",
    "card",
    "menu",
    "header",
    "footer",
    "sidebar",
    "navigation",
    "nav",
    "navbar",
    "toolbar",
    "panel",
    "group",
    "grid",
    "column",
    "accordion",
    "banner",
    "box",
    "area",
    "tree",
    "dropdown",
    "calendar",
    "fieldset",
    "frame",
    "iframe",
    "feed",
    "inbox",
    "row",
    "rows",
    "line",
    "cell",
];

/// Words that point without saying where.
const VAGUE: &[&str] = &[
    "at the top of the page",
    "at the bottom of the page",
    "at the bottom of the form",
    "at the top of the form",
    "at the end of the form",
    "at the end of the page",
    "at the top",
    "at the bottom",
    "on the top",
    "on the bottom",
    "on the left side",
    "on the right side",
    "on the left",
    "on the right",
    "on the page",
    "on this page",
    "on page",
    "on the current page",
    "on the screen",
    "on the website",
    "on the web page",
    "on the webpage",
    "on the site",
    "on this site",
    "of the page",
    "of this page",
    "in the page",
    "from the page",
    "from this page",
    "in this page",
    "on the form",
    "of the form",
    "below",
    "above",
    "shown",
    "displayed",
    "provided",
    "here",
    "there",
    "on it",
    "in it",
    "from it",
];

/// The words before the first place, the places, and whether only loose words led to the first.
pub fn split<'t, 'a>(tokens: &'t [&'a Token]) -> (&'t [&'a Token], Vec<Place>, bool) {
    let tokens = without_vague(tokens);
    if let Some((owner, rest)) = possessive(tokens) {
        let what = Box::new(Phrase::plain(owner));
        let relation = Relation::Of;
        return (rest, vec![Place { relation, what }], true);
    }
    let Some((at, length, relation)) = first(tokens, 1) else {
        return (tokens, Vec::new(), false);
    };
    let loose = relation == Relation::Of;
    let mut places = Vec::new();
    let mut begin = at + length;
    let mut relation = relation;
    loop {
        // Loose words after a place go on with it: "in the row of Bank of Rome".
        let next = first(&tokens[begin..], 1).filter(|(_, _, it)| *it != Relation::Of);
        let end = next.map_or(tokens.len(), |(at, _, _)| begin + at);
        if let Some(place) = place(relation, &tokens[begin..end]) {
            places.push(place);
        }
        let Some((_, length, more)) = next else { break };
        begin = end + length;
        relation = more;
    }
    (&tokens[..at], places, loose)
}

/// Understands tokens that begin with what leads to a place: "in the row of Ann".
pub fn led(tokens: &[&Token]) -> Option<Place> {
    let (at, length, relation) = first(tokens, 0)?;
    (at == 0).then(|| place(relation, &tokens[length..]))?
}

/// Understands the tokens after a leading preposition as a place.
pub fn place(relation: Relation, tokens: &[&Token]) -> Option<Place> {
    let mut what = of(tokens, false);
    let mut relation = relation;
    if what.words.is_empty() && what.ordinal.is_none() && what.kind.is_none() {
        return None;
    }
    let is_row = tokens
        .last()
        .is_some_and(|it| it.is("row") || it.is("line"));
    if is_row && matches!(relation, Relation::In | Relation::Of) {
        relation = Relation::Row;
    }
    if let Some(owner) = what
        .words
        .strip_suffix("'s")
        .or_else(|| what.words.strip_suffix("\u{2019}s"))
    {
        what.words = owner.to_owned();
    }
    let what = Box::new(what);
    Some(Place { relation, what })
}

/// The first place from `from` on: where it begins, how long its lead is, and what it says.
fn first(tokens: &[&Token], from: usize) -> Option<(usize, usize, Relation)> {
    (from..tokens.len()).find_map(|at| {
        let lead = LEADS
            .iter()
            .filter_map(|(wording, relation)| Some((matches(tokens, at, wording)?, *relation)))
            .filter(|(length, _)| at + length < tokens.len())
            .max_by_key(|(length, _)| *length);
        if let Some((length, relation)) = lead {
            return Some((at, length, relation));
        }
        let loose = LOOSE.iter().any(|it| tokens[at].is(it)) && at + 1 < tokens.len();
        if !loose || !divides(&tokens[..at], &tokens[at + 1..]) {
            return None;
        }
        let held = tokens[at].is("in") || tokens[at].is("on") || tokens[at].is("from");
        let holder = held && holds(&tokens[at + 1..]);
        let relation = if holder { Relation::In } else { Relation::Of };
        Some((at, 1, relation))
    })
}

/// "the dialog", "the Billing section": up to the next loose word.
fn holds(tokens: &[&Token]) -> bool {
    let end = tokens
        .iter()
        .position(|it| LOOSE.iter().any(|word| it.is(word)))
        .unwrap_or(tokens.len());
    tokens[..end]
        .last()
        .is_some_and(|it| HOLDERS.iter().any(|word| it.is(word)))
}

/// Whether a loose word can divide a name from a place.
fn divides(left: &[&Token], right: &[&Token]) -> bool {
    let determined = right
        .first()
        .is_some_and(|it| it.class == Class::Quoted || ARTICLES.contains(&&*it.lower));
    match kind_at_end(right) {
        // "the sign in link", "the terms of use link".
        Some((
            Kind::Button | Kind::Link | Kind::Check | Kind::Field | Kind::Area | Kind::Tab,
            length,
        )) => length < right.len() && (determined || kind_at_end(left).is_some()),
        _ => true,
    }
}

fn without_vague<'t, 'a>(tokens: &'t [&'a Token]) -> &'t [&'a Token] {
    let ends = |it: &&&str| {
        let length = it.split(' ').count();
        let start = tokens.len().checked_sub(length).filter(|it| *it > 0);
        start.is_some_and(|start| matches(tokens, start, it).is_some())
    };
    let longest = VAGUE
        .iter()
        .filter(ends)
        .map(|it| it.split(' ').count())
        .max();
    &tokens[..tokens.len() - longest.unwrap_or(0)]
}

/// "Ann's address": whose it is, and what.
fn possessive<'t, 'a>(tokens: &'t [&'a Token]) -> Option<(String, &'t [&'a Token])> {
    let start = tokens
        .iter()
        .position(|it| !ARTICLES.contains(&&*it.lower))?;
    let first = tokens.get(start).filter(|it| it.class == Class::Word)?;
    let owner = first
        .text
        .strip_suffix("'s")
        .or_else(|| first.text.strip_suffix("\u{2019}s"))?;
    (start + 1 < tokens.len() && !owner.is_empty())
        .then(|| (owner.to_owned(), &tokens[start + 1..]))
}
