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
];
/// Parameters that count pages or entries.
const COUNTERS: &[&str] = &[
    "page", "p", "pg", "paged", "start", "offset", "skip", "from",
];

/// A control that leads on: it says so, or its address counts one further.
pub fn find<'n>(seen: &Observation, nodes: &'n [Node]) -> Option<&'n Node> {
    let controls = || {
        nodes
            .iter()
            .filter(|it| it.id.is_some() && it.interactive && !it.disabled)
            .filter(|it| !it.name.trim().is_empty())
    };
    let said = |node: &&Node| {
        let name = node.name.trim().to_lowercase();
        let word = name.trim_matches(|it: char| !it.is_alphanumeric()).trim();
        NAMES.contains(&word) || NAMES.contains(&&*name)
    };
    let here = Url::parse(&seen.url).ok()?;
    controls().find(said).or_else(|| {
        controls()
            .filter_map(|it| Some((further(&here, it)?, it)))
            .min_by_key(|(count, _)| *count)
            .map(|(_, it)| it)
    })
}

/// The counter of a link that leads to this address with one raised.
fn further(here: &Url, node: &Node) -> Option<u64> {
    let there = Url::parse(node.href.as_deref()?).ok()?;
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
