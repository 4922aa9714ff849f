//! Looking further for what is not on the page as it is: only what can be taken back.
//!
//! One try a decision: what is closed is opened, what is long is scrolled and paged through, what
//! shows itself under the pointer is pointed at, a page that sounds alike is opened and left again.
//! Never anything that could change something outside. What was tried stands in the memory.

mod control;

pub use control::is_harmless;

use std::collections::HashSet;

use errand_browser::{Node, Observation};
use errand_domain::{Action, Target, action::Scroll};
use serde::{Deserialize, Serialize};

use super::{form::target, pager};
use crate::{
    goal::Phrase,
    ground::{self, Counted, Doubt, likeness},
};

/// Most tries for one clause.
const MAX_TRIES: usize = 12;
/// Most tries of one way for one clause.
const MAX_SCROLLS: usize = 4;
const MAX_PAGES: usize = 5;
const MAX_HOVERS: usize = 4;
const MAX_LINKS: usize = 2;
/// A link that sounds as if what is looked for were behind it.
const SOUNDS_ALIKE: f64 = 0.2;

/// A way of looking further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Scrolled, for what is loaded late.
    Scroll,
    /// Opened a section, a tree item or a menu.
    Open,
    /// Closed a menu that did not help.
    Shut,
    /// Switched to another tab of a tab list.
    Tab,
    /// Went on to the next page of a list.
    Page,
    /// Pointed at something that may show more.
    Hover,
    /// Opened a page that sounds alike.
    Link,
    /// Came back from it.
    Back,
}

impl Way {
    /// Whether it only takes back what another one did.
    pub fn is_undoing(self) -> bool {
        matches!(self, Self::Shut | Self::Back)
    }
}

/// Something that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    /// Index of the clause.
    pub clause: usize,
    /// How.
    pub way: Way,
    /// The element, or for scrolling what the page looked like before.
    pub what: String,
    /// What a person would call it.
    pub name: String,
    /// The address of the page.
    pub url: String,
    /// Of what is counted, how many were there, and which was the first.
    #[serde(default)]
    pub counted: Option<(usize, String)>,
}

/// How many of what a clause counts were passed on the pages of a list before this one.
pub fn passed(seen: &Observation, tried: &[Try], clause: usize) -> usize {
    let pages = tried
        .iter()
        .filter(|it| it.clause == clause && it.way == Way::Page);
    pages
        .filter_map(|it| it.counted.as_ref())
        // What only became longer is counted from its start.
        .filter(|(_, first)| !Counted::is_there(seen, first))
        .map(|(count, _)| count)
        .sum()
}

/// The next try.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is done.
    pub actions: Vec<Action>,
    /// Why, in words.
    pub thought: String,
}

/// The next thing to try for a phrase that nothing on the page fits; none if all was tried.
pub fn next(
    seen: &Observation,
    phrase: &Phrase,
    doubt: &Doubt,
    clause: usize,
    tried: &mut Vec<Try>,
) -> Option<Step> {
    tried.retain(|it| it.clause == clause);
    if seen.dialog.is_some() {
        return None;
    }
    let search = Search {
        seen,
        phrase,
        tried,
        ids: tried.iter().map(|it| &*it.what).collect(),
    };
    let (way, what, name, actions) = search.back().or_else(|| {
        if tried.len() >= MAX_TRIES {
            return None;
        }
        search
            .shut()
            .or_else(|| search.scroll())
            .or_else(|| search.open())
            .or_else(|| search.tab())
            .or_else(|| search.page())
            .or_else(|| search.hover())
            .or_else(|| search.link())
    })?;
    let thought = format!("looking for \"{}\": {}", phrase.words, told(way, &name));
    let counted = match doubt {
        Doubt::Few(it) if way == Way::Page => Some((it.count, it.first.clone())),
        _ => None,
    };
    tried.push(Try {
        counted,
        clause,
        way,
        what,
        name,
        url: seen.url.clone(),
    });
    Some(Step { actions, thought })
}

/// What was tried, in a sentence.
pub fn summary(tried: &[Try], clause: usize) -> Option<String> {
    let mut said: Vec<String> = Vec::new();
    let of_clause = tried.iter().filter(|it| it.clause == clause);
    for it in of_clause.filter(|it| !it.way.is_undoing()) {
        let told = told(it.way, &it.name);
        if !said.contains(&told) {
            said.push(told);
        }
    }
    (!said.is_empty()).then(|| format!("tried to {}", said.join(", ")))
}

fn told(way: Way, name: &str) -> String {
    match way {
        Way::Scroll => "scroll on".to_owned(),
        Way::Open => format!("open {name}"),
        Way::Shut => format!("close {name}"),
        Way::Tab => format!("switch to {name}"),
        Way::Page => "go to the next page of the list".to_owned(),
        Way::Hover => format!("point at {name}"),
        Way::Link => format!("look behind {name}"),
        Way::Back => "go back".to_owned(),
    }
}

/// A way, the element, its name, and what is done.
type Found = (Way, String, String, Vec<Action>);

struct Search<'a> {
    seen: &'a Observation,
    phrase: &'a Phrase,
    tried: &'a [Try],
    ids: HashSet<&'a str>,
}

impl Search<'_> {
    fn count(&self, way: Way) -> usize {
        self.tried.iter().filter(|it| it.way == way).count()
    }

    /// Whether this was not tried yet.
    fn is_new(&self, node: &Node) -> bool {
        node.id.as_deref().is_some_and(|it| !self.ids.contains(it))
    }

    /// How much a name has to do with what is looked for, and with where it is to be.
    fn kinship(&self, name: &str) -> f64 {
        let places = self.phrase.places.iter().map(|it| &*it.what.words);
        places
            .chain([&*self.phrase.words, &*self.phrase.whole])
            .filter(|it| !it.is_empty())
            .map(|words| likeness(name, words, false))
            .fold(0.0, f64::max)
    }

    /// Of several, what has most to do with what is looked for; the first of equals.
    fn best<'n>(&self, nodes: impl Iterator<Item = (usize, &'n Node)>) -> Option<(f64, &'n Node)> {
        let beside = self.beside();
        nodes
            .filter_map(|(at, node)| {
                let (here, there) = (
                    item(self.seen, at),
                    beside.and_then(|it| item(self.seen, it)),
                );
                let near = match (here, there) {
                    (Some(here), Some(there)) if here == there => 1.0,
                    // What belongs to another row is none of this one's.
                    (Some(here), Some(there))
                        if self.seen.nodes[here].parent == self.seen.nodes[there].parent =>
                    {
                        return None;
                    }
                    _ => 0.0,
                };
                Some((self.kinship(&control::called(self.seen, at)) + near, node))
            })
            .reduce(|best, it| if it.0 > best.0 { it } else { best })
    }

    /// Where the phrase says that it is.
    fn beside(&self) -> Option<usize> {
        ground::whereabouts(self.seen, self.phrase).first().copied()
    }

    /// From a page that did not help.
    fn back(&self) -> Option<Found> {
        let last = self.tried.last()?;
        (last.way == Way::Link && last.url != self.seen.url).then(|| {
            let name = last.name.clone();
            (Way::Back, String::new(), name, vec![Action::Back])
        })
    }

    /// A menu that did not help would lie over the rest.
    fn shut(&self) -> Option<Found> {
        let last = self.tried.last().filter(|it| it.way == Way::Open)?;
        let mut nodes = self.seen.nodes.iter();
        let at = nodes.position(|it| it.id.as_deref() == Some(&*last.what))?;
        let node = &self.seen.nodes[at];
        // The lists of a form's own controls lie over its other controls.
        let in_form = node.expanded != Some(false) && control::is_in_form(self.seen, at);
        let lies_over = control::is_menu(node) || in_form;
        (lies_over && last.url == self.seen.url).then(|| {
            let keys = vec!["Escape".to_owned()];
            let action = match node.expanded {
                Some(true) => click(node),
                None if in_form => click(node),
                _ => Action::PressKeys { target: None, keys },
            };
            (Way::Shut, String::new(), last.name.clone(), vec![action])
        })
    }

    /// On as long as it brings something new.
    fn scroll(&self) -> Option<Found> {
        if self.count(Way::Scroll) >= MAX_SCROLLS || self.ids.contains(&*self.seen.fingerprint) {
            return None;
        }
        let below = self.seen.nodes.iter().rev().find(|it| {
            !it.in_view
                && it.id.is_some()
                && it
                    .rect
                    .is_some_and(|[_, top, _, high]| high > 0.0 && top > 0.0)
        })?;
        let mut actions = vec![Action::Scroll {
            target: None,
            to: Scroll::Bottom,
        }];
        // The last thing on the page, or in a list that scrolls by itself.
        if let Some(id) = &below.id {
            actions.insert(
                0,
                Action::Scroll {
                    target: Some(Target::element(id.clone())),
                    to: Scroll::IntoView,
                },
            );
        }
        let what = self.seen.fingerprint.clone();
        Some((Way::Scroll, what, String::new(), actions))
    }

    fn open(&self) -> Option<Found> {
        let closed = self.seen.nodes.iter().enumerate().filter(|(at, node)| {
            self.is_new(node)
                && control::is_closed(self.seen, *at)
                && control::is_free(self.seen, *at)
        });
        let (_, node) = self.best(closed)?;
        Some(self.found(Way::Open, node, click(node)))
    }

    fn tab(&self) -> Option<Found> {
        let tabs = self.seen.nodes.iter().enumerate().filter(|(_, node)| {
            self.is_new(node) && node.role == "tab" && node.selected != Some(true) && !node.disabled
        });
        let (_, node) = self.best(tabs)?;
        Some(self.found(Way::Tab, node, click(node)))
    }

    fn page(&self) -> Option<Found> {
        if self.count(Way::Page) >= MAX_PAGES {
            return None;
        }
        let node = pager::find(self.seen, &self.seen.nodes)?;
        let fresh = self
            .tried
            .iter()
            .all(|it| it.way != Way::Page || it.what != self.seen.fingerprint);
        fresh.then(|| {
            let what = self.seen.fingerprint.clone();
            (Way::Page, what, ground::name(node), vec![click(node)])
        })
    }

    /// What is under the pointer may show its buttons, a menu its items.
    fn hover(&self) -> Option<Found> {
        if self.count(Way::Hover) >= MAX_HOVERS {
            return None;
        }
        let place = self.beside().map(|at| &self.seen.nodes[at]);
        if let Some(node) = place.filter(|it| self.is_new(it) && it.rect.is_some()) {
            return Some(self.found(Way::Hover, node, hover(node)));
        }
        let heads = self
            .seen
            .nodes
            .iter()
            .enumerate()
            .filter(|(at, node)| self.is_new(node) && control::is_menu_head(self.seen, *at));
        let (_, node) = self.best(heads)?;
        Some(self.found(Way::Hover, node, hover(node)))
    }

    fn link(&self) -> Option<Found> {
        if self.count(Way::Link) >= MAX_LINKS {
            return None;
        }
        let links = self.seen.nodes.iter().enumerate().filter(|(at, node)| {
            self.is_new(node)
                && node.role == "link"
                && control::stays(self.seen, node)
                && control::is_harmless(&control::called(self.seen, *at))
        });
        let (kinship, node) = self.best(links)?;
        (kinship >= SOUNDS_ALIKE).then(|| self.found(Way::Link, node, click(node)))
    }

    fn found(&self, way: Way, node: &Node, action: Action) -> Found {
        let at = self.seen.nodes.iter().position(|it| it.id == node.id);
        let name = at.map(|it| control::called(self.seen, it));
        let name = match name.filter(|it| !it.is_empty()) {
            Some(name) => format!("\"{}\"", errand_domain::text::clip(&name, 40)),
            None => ground::name(node),
        };
        (way, node.id.clone().unwrap_or_default(), name, vec![action])
    }
}

fn click(node: &Node) -> Action {
    Action::Click {
        target: target(node),
    }
}

fn hover(node: &Node) -> Action {
    Action::Hover {
        target: target(node),
    }
}

/// The row or item that a node is in, or is.
fn item(seen: &Observation, start: usize) -> Option<usize> {
    let mut at = Some(start);
    while let Some(up) = at {
        let node = &seen.nodes[up];
        let is_item = matches!(&*node.role, "row" | "listitem" | "article" | "treeitem")
            || node.role == "generic" && !node.interactive;
        if is_item {
            return Some(up);
        }
        at = node.parent.map(|it| it as usize);
    }
    None
}
