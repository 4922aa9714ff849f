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

/// The name of a control that leads on: it says so, or its address counts one further.
pub fn find<'n>(seen: &Observation, nodes: &'n [Node]) -> Option<&'n str> {
    let here = Url::parse(&seen.url).ok();
    let leads = |node: &&Node| {
        let name = node.name.to_lowercase();
        let name = name.trim_matches(|it: char| !it.is_alphanumeric()).trim();
        let said = NAMES.contains(&name) || NAMES.contains(&node.name.trim());
        said || here.as_ref().is_some_and(|here| is_further(here, node))
    };
    nodes
        .iter()
        .filter(|it| it.interactive && !it.disabled && !it.name.trim().is_empty())
        .find(leads)
        .map(|it| it.name.trim())
}

/// Whether a link leads to this address with a counter raised.
fn is_further(here: &Url, node: &Node) -> bool {
    let Some(there) = node.href.as_deref().and_then(|it| Url::parse(it).ok()) else {
        return false;
    };
    if (there.origin(), there.path()) != (here.origin(), here.path()) {
        return false;
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
    let raised = COUNTERS
        .iter()
        .any(|key| count(&there, key).is_some_and(|next| next > count(here, key).unwrap_or(1)));
    raised && others(&there) == others(here)
}
