//! One control in each entry of a list: "Renew all the books except Dune".

use errand_browser::{Node, Observation, observation::text_of};
use errand_domain::{Action, FailureCategory};

use super::{Desk, Missing, Plan};
use crate::{
    goal::{Ordinal, Phrase, Place, Relation},
    ground::{self, Use, words, words_stem},
    local::memory::Memory,
};

/// Words for how many.
const NUMBERS: &[&str] = &[
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "both", "several",
    "some", "few",
];
/// Words for any of the things.
const GENERAL: &[&str] = &[
    "item", "items", "entry", "entries", "row", "rows", "all", "other", "others", "them",
];
/// Words that only hold others together.
const SMALL: &[&str] = &[
    "a", "an", "the", "of", "by", "from", "with", "in", "on", "for", "to", "at", "and", "that",
    "which", "who",
];

/// Whether the phrase is about something in each of several: the place says "all", or is in the
/// plural and the page has a list of such things.
pub fn is_meant(desk: &Desk<'_>, phrase: &Phrase) -> bool {
    if phrase.every || phrase.places.is_empty() {
        return false;
    }
    if phrase.places.iter().any(|it| it.what.every) {
        return true;
    }
    let plural = |it: &Place| it.relation == Relation::Of && is_plural(&it.what);
    if !phrase.places.iter().any(plural) {
        return false;
    }
    let controls = Phrase {
        every: true,
        places: Vec::new(),
        ..phrase.clone()
    };
    ground::all(desk.seen, &controls, Use::Click)
        .is_ok_and(|it| it.len() > 1 && entries(desk.seen, &it).is_some())
}

/// "the books", and no name.
fn is_plural(what: &Phrase) -> bool {
    let plain = !what.quoted && what.ordinal.is_none() && what.most.is_none();
    let last = words(&what.words).pop();
    plain
        && what.kind.is_none()
        && last.is_some_and(|it| words_stem(&it) != it && it.ends_with('s'))
}

/// A number of things that is not the name of anything on the page: "the first two books".
pub fn counted<'p>(desk: &Desk<'_>, phrase: &'p Phrase) -> Option<&'p Phrase> {
    let places = phrase.places.iter().map(|it| &*it.what);
    let mut parts = std::iter::once(phrase).chain(places);
    parts.find(|it| {
        let said = words(&it.words);
        let [number, .., last] = &said[..] else {
            return false;
        };
        let digits = number.chars().all(|it| it.is_ascii_digit()) && last.ends_with('s');
        let number = NUMBERS.contains(&&**number) || digits;
        let lower = it.words.to_lowercase();
        let named = |node: &Node| {
            [&node.name, &node.text]
                .iter()
                .any(|it| it.to_lowercase().contains(&lower))
        };
        number && !it.quoted && !desk.seen.nodes.iter().any(named)
    })
}

/// The action on each of them, once.
pub fn each(
    desk: &Desk<'_>,
    phrase: &Phrase,
    memory: &Memory,
    make: impl Fn(&Node) -> Action,
) -> Plan {
    let is_list = |it: &Place| it.what.every || it.relation == Relation::Of && is_plural(&it.what);
    let (of, rest): (Vec<_>, Vec<_>) = phrase.places.iter().cloned().partition(is_list);
    let controls = Phrase {
        every: true,
        places: rest,
        ..phrase.clone()
    };
    let nodes = match ground::all(desk.seen, &controls, Use::Click) {
        Ok(nodes) => nodes,
        Err(_) if !memory.touched.is_empty() => {
            let told = format!("none is left after {}", memory.touched.len());
            return desk.met("text", told);
        }
        Err(doubt) => return desk.missing(phrase, &doubt),
    };
    let untold = |reason: String| {
        Plan::Missing(Missing {
            category: FailureCategory::ElementNotFound,
            reason,
        })
    };
    let Some(mut entries) = entries(desk.seen, &nodes) else {
        return untold(format!(
            "\"{}\" stands {} times on {}, not in one list; say in which part of the page",
            phrase.words,
            nodes.len(),
            desk.seen.url
        ));
    };
    for place in &of {
        let what = &place.what;
        if what.ordinal.is_some() || what.most.is_some() {
            return untold(format!(
                "which of \"{}\" is meant, can't be told",
                what.words
            ));
        }
        if let Err(reason) = qualify(&mut entries, what) {
            return untold(reason);
        }
        for inner in &what.places {
            entries.retain(|it| says(&it.1, &inner.what));
        }
        for except in &what.except {
            if let Err(reason) = leave_out(&mut entries, except) {
                return untold(reason);
            }
        }
    }
    if entries.is_empty() {
        return untold(format!(
            "none of \"{}\" is as \"{}\" says",
            phrase.words, desk.clause.text
        ));
    }
    let known = |node: &&Node| {
        node.id
            .as_ref()
            .is_some_and(|id| memory.touched.contains(id))
    };
    let left: Vec<Action> = entries
        .iter()
        .map(|it| it.0)
        .filter(|it| !known(it))
        .map(make)
        .collect();
    match left.is_empty() {
        true => desk.met(
            "action",
            format!("done to each of {}", memory.touched.len()),
        ),
        false => desk.act(left, true),
    }
}

/// Each control with the words of the entry that it is in, if all of them are in one list, one in
/// each entry.
fn entries<'o>(seen: &'o Observation, nodes: &[&'o Node]) -> Option<Vec<(&'o Node, String)>> {
    let lineage = |node: &Node| -> Option<Vec<usize>> {
        let mut at = seen.nodes.iter().position(|it| it.id == node.id)?;
        let mut line = vec![at];
        while let Some(parent) = seen.nodes[at].parent {
            at = parent as usize;
            line.push(at);
        }
        line.reverse();
        Some(line)
    };
    let lines: Vec<Vec<usize>> = nodes.iter().map(|it| lineage(it)).collect::<Option<_>>()?;
    let first = lines.first()?;
    let shared = (0..first.len())
        .take_while(|at| lines.iter().all(|it| it.get(*at) == first.get(*at)))
        .count();
    if lines.len() == 1 {
        let own = *first.get(first.len().checked_sub(2)?)?;
        return Some(vec![(nodes[0], text_of(&seen.nodes, own).to_lowercase())]);
    }
    let heads: Vec<usize> = lines
        .iter()
        .map(|it| it.get(shared).copied())
        .collect::<Option<_>>()?;
    let mut known = heads.clone();
    known.dedup();
    if known.len() != heads.len() {
        return None;
    }
    let told = heads.iter().zip(nodes);
    Some(
        told.map(|(at, node)| (*node, text_of(&seen.nodes, *at).to_lowercase()))
            .collect(),
    )
}

/// Keeps the entries that say what stands with the noun: "books by Jane Austen".
fn qualify(entries: &mut Vec<(&Node, String)>, what: &Phrase) -> Result<(), String> {
    let said = words(&what.words);
    let small = |it: &str| SMALL.contains(&it);
    let end = said
        .iter()
        .skip(1)
        .position(|it| small(it))
        .map(|it| it + 1);
    let head = end.unwrap_or(said.len()).saturating_sub(1);
    let stem = |text: &str| -> Vec<String> {
        words(text)
            .iter()
            .map(|it| words_stem(it).to_owned())
            .collect()
    };
    for (at, word) in said.iter().enumerate() {
        if small(word) || GENERAL.contains(&&**word) {
            continue;
        }
        let wanted = words_stem(word).to_owned();
        let any = entries.iter().any(|it| stem(&it.1).contains(&wanted));
        if any {
            entries.retain(|it| stem(&it.1).contains(&wanted));
        } else if at != head {
            return Err(format!("nothing in the list says \"{word}\""));
        }
    }
    Ok(())
}

/// Takes out what is excepted, which has to be there.
fn leave_out(entries: &mut Vec<(&Node, String)>, except: &Phrase) -> Result<(), String> {
    let which = except.ordinal.or(match &*except.words {
        "first" => Some(Ordinal::Nth(1)),
        "last" => Some(Ordinal::Last),
        _ => None,
    });
    let at = match which {
        Some(Ordinal::Nth(nth)) => Some(nth - 1),
        Some(Ordinal::Last) => entries.len().checked_sub(1),
        None => None,
    };
    if let Some(at) = at.filter(|it| *it < entries.len()) {
        entries.remove(at);
        return Ok(());
    }
    let count = entries.len();
    entries.retain(|it| !says(&it.1, except));
    match entries.len() < count && except.most.is_none() {
        true => Ok(()),
        false => Err(format!(
            "nothing there is \"{}\", which is to be left out",
            except.words
        )),
    }
}

/// Whether all words of a phrase stand in a text in lower case.
fn says(text: &str, phrase: &Phrase) -> bool {
    let have = words(text);
    let wanted = words(&phrase.words);
    !wanted.is_empty() && wanted.iter().all(|it| have.contains(it))
}
