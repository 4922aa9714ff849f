//! What leads to the next page of a list.

use errand_browser::{Node, Observation};
use url::Url;

const NAMES: &[&str] = &[
    "next",
    "next page",
    "more",
    "load more",
    "show more",
    "older",
    "›",
    "»",
    "→",
    ">",
    ">>",
];
/// Parameters that count pages or entries.
const COUNTERS: &[&str] = &[
    "page", "p", "pg", "paged", "start", "offset", "skip", "from",
];

/// A control that leads on: it says so, or its address counts one further. Never one that would
/// send a form or leave for other pages: reading a list changes nothing outside.
pub fn find<'n>(seen: &Observation, nodes: &'n [Node]) -> Option<&'n Node> {
    let here = Url::parse(&seen.url).ok()?;
    let controls = || {
        nodes
            .iter()
            .filter(|it| it.id.is_some() && it.interactive && !it.disabled)
            .filter(|it| !it.name.trim().is_empty())
    };
    let said = |node: &&Node| {
        let name = node.name.trim().to_lowercase();
        let word = name.trim_matches(|it: char| !it.is_alphanumeric()).trim();
        (NAMES.contains(&word) || NAMES.contains(&&*name)) && stays(&here, nodes, node)
    };
    controls().find(said).or_else(|| {
        controls()
            .filter_map(|it| Some((further(&here, it)?, it)))
            .min_by_key(|(count, _)| *count)
            .map(|(_, it)| it)
    })
}

/// Whether a control stays with the list: a link to the same pages by another number, or a button
/// that belongs to no form.
fn stays(here: &Url, nodes: &[Node], node: &Node) -> bool {
    if let Some(href) = &node.href {
        return Url::parse(href)
            .is_ok_and(|there| there.origin() == here.origin() && places(&there) == places(here));
    }
    let mut at = node.parent;
    while let Some(up) = at.and_then(|it| nodes.get(it as usize)) {
        if up.role == "form" || up.tag == "form" {
            return false;
        }
        at = up.parent;
    }
    node.tag != "input"
}

/// The parts of a path that are not the number of a page.
fn places(url: &Url) -> Vec<&str> {
    url.path_segments()
        .into_iter()
        .flatten()
        .filter(|it| {
            !it.is_empty() && *it != "page" && !it.chars().all(|digit| digit.is_ascii_digit())
        })
        .collect()
}

/// The counter of a link that leads to this address with one raised.
fn further(here: &Url, node: &Node) -> Option<u64> {
    let href = node.href.as_deref()?;
    // Most links of a long list lead elsewhere, and can be told without being taken apart.
    if !href.contains('?') || !href.contains(here.path()) {
        return None;
    }
    let there = Url::parse(href).ok()?;
    if (there.origin(), there.path()) != (here.origin(), here.path()) {
        return None;
    }
    let count = |url: &Url, key: &str| {
        let value = url.query_pairs().find(|(name, _)| name == key)?.1;
        value.parse::<u64>().ok()
    };
    let others = |url: &Url| -> Vec<(String, String)> {
        url.query_pairs()
            .filter(|(name, _)| !COUNTERS.contains(&&**name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    };
    let raised = COUNTERS.iter().find_map(|key| {
        let next = count(&there, key)?;
        (next > count(here, key).unwrap_or(1)).then_some(next)
    })?;
    (others(&there) == others(here)).then_some(raised)
}
