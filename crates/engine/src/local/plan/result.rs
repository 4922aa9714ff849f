//! What a noun means that nothing on the page is called by: an entry, what it goes with, none.

use errand_browser::{Node, Observation};

use super::Desk;
use crate::{
    goal::{Kind, Ordinal, Phrase, Relation},
    ground::{self, Use},
};

/// "the ticket about the VPN", "the recipe Pumpkin soup": where nothing is called by the noun, what the
/// noun goes with is what is meant.
pub fn apposed<'o>(desk: &Desk<'o>, phrase: &Phrase, using: Use) -> Option<&'o Node> {
    let plain =
        !phrase.quoted && phrase.ordinal.is_none() && phrase.most.is_none() && !phrase.every;
    let lower = |word: &str| word.chars().all(|it| it.is_lowercase() || it == '-');
    let noun = !phrase.words.is_empty() && phrase.words.split(' ').all(lower);
    let find = |phrase: &Phrase| {
        ground::find(desk.seen, phrase, using)
            .or_else(|_| ground::find(desk.seen, phrase, Use::Click))
            .ok()
    };
    match &phrase.places[..] {
        [place] if plain && noun && matches!(place.relation, Relation::Row | Relation::Of) => {
            find(&place.what)
        }
        [] if plain => {
            let (noun, name) = phrase.words.split_once(' ')?;
            let named =
                name.starts_with(|it: char| it.is_uppercase() || it.is_ascii_digit() || it == '#');
            let name = Phrase {
                words: name.to_owned(),
                whole: String::new(),
                ..phrase.clone()
            };
            (lower(noun) && named).then(|| find(&name))?
        }
        _ => None,
    }
}

/// "the result", "the first hit" where the list has one entry: the only link of the page's own part.
pub fn only_result<'o>(seen: &'o Observation, phrase: &Phrase) -> Option<&'o Node> {
    let noun = ["result", "hit", "match", "item", "entry"].contains(&&*phrase.words.to_lowercase());
    let first = matches!(phrase.ordinal, None | Some(Ordinal::Nth(1) | Ordinal::Last));
    if phrase.kind != Some(Kind::Item) || !noun || !first || !phrase.places.is_empty() {
        return None;
    }
    let beside = |node: &Node| {
        matches!(
            &*node.role,
            "banner" | "navigation" | "contentinfo" | "search" | "complementary" | "form"
        ) || matches!(&*node.tag, "header" | "nav" | "footer" | "form" | "aside")
    };
    let own = |at: usize| {
        std::iter::successors(Some(at), |it| seen.nodes[*it].parent.map(|it| it as usize))
            .all(|it| !beside(&seen.nodes[it]))
    };
    let mut links: Vec<&Node> = seen
        .nodes
        .iter()
        .enumerate()
        .filter(|(at, it)| it.role == "link" && it.id.is_some() && own(*at))
        .map(|it| it.1)
        .collect();
    links.dedup_by(|left, right| left.href == right.href);
    match links[..] {
        [only] => Some(only),
        _ => None,
    }
}

/// What a list says that has nothing to show: "No recipes match your search."
pub fn none(seen: &Observation) -> Option<&str> {
    let says = |text: &str| {
        let lower = text.to_lowercase();
        let found = ["match", "found", "result"]
            .iter()
            .any(|it| lower.contains(it));
        lower.len() < 100
            && found
            && (lower.starts_with("no ")
                || lower.starts_with("nothing ")
                || lower.starts_with("0 ")
                || lower.starts_with("sorry, no"))
    };
    let mut texts = seen.nodes.iter().filter(|it| it.role == "text");
    texts.find(|it| says(&it.text)).map(|it| &*it.text)
}
