//! A reading, indexed once: where each element ends, what it says, what repeats, what is labelled.

use std::borrow::Cow;

use errand_browser::{Node, Reading};
use url::Url;

use super::{
    convert::Manner,
    date::{self, Order},
    number::Style,
    pair::{self, Pair},
    record::RecordSet,
    repeat, stated, table,
};
use crate::ground::words;

/// Everything that the ways of reading look at.
pub struct Sheet<'n> {
    /// The page.
    pub nodes: &'n [Node],
    /// One past the last descendant of each.
    ends: Vec<u32>,
    /// The page's title.
    pub title: &'n str,
    /// The page's language.
    pub language: &'n str,
    /// The page's address.
    pub url: Option<Url>,
    /// The headings: index and words.
    pub headings: Vec<(usize, String)>,
    /// The tables that name their columns or their rows.
    pub headed: Vec<usize>,
    /// Everything that stands on the page several times.
    pub sets: Vec<RecordSet>,
    /// Everything that has a label.
    pub pairs: Vec<Pair>,
}

impl<'n> Sheet<'n> {
    /// Indexes a page.
    pub fn new(reading: &'n Reading, title: &'n str, url: &str) -> Self {
        let nodes = &reading.nodes[..];
        let mut sheet = Self {
            nodes,
            ends: ends(nodes),
            title,
            language: &reading.language,
            url: Url::parse(url).ok(),
            headings: Vec::new(),
            headed: Vec::new(),
            sets: Vec::new(),
            pairs: Vec::new(),
        };
        let headings = nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.role == "heading");
        sheet.headings = headings
            .map(|(at, _)| (at, sheet.text(at).into_owned()))
            .filter(|it| !it.1.is_empty())
            .collect();
        sheet.headed = table::headed(&sheet);
        let mut sets = table::sets(&sheet);
        sets.extend(repeat::sets(&sheet));
        let (stated_sets, stated_pairs) = stated::of_page(&reading.data);
        sets.extend(stated_sets);
        sheet.pairs = pair::pairs(&sheet, &sets);
        sheet.pairs.extend(stated_pairs);
        sheet.sets = sets;
        sheet
    }

    /// One past the last descendant.
    pub fn end(&self, index: usize) -> usize {
        self.ends[index] as usize
    }

    /// The children, in reading order.
    pub fn children(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.end(index);
        let mut at = index + 1;
        std::iter::from_fn(move || {
            let child = at;
            (child < end).then(|| {
                at = self.end(child);
                child
            })
        })
    }

    /// The elements that have no parent.
    pub fn tops(&self) -> impl Iterator<Item = usize> + '_ {
        let mut at = 0;
        std::iter::from_fn(move || {
            let top = at;
            (top < self.nodes.len()).then(|| {
                at = self.end(top);
                top
            })
        })
    }

    /// The words of an element, joined by single spaces.
    pub fn text(&self, index: usize) -> Cow<'n, str> {
        let node = &self.nodes[index];
        if node.role == "text" {
            return Cow::Borrowed(&node.text);
        }
        let mut texts = self.nodes[index + 1..self.end(index)]
            .iter()
            .filter(|it| it.role == "text");
        match (texts.next(), texts.next()) {
            (None, _) => Cow::Borrowed(""),
            (Some(only), None) => Cow::Borrowed(&only.text),
            (Some(first), Some(second)) => {
                let mut text = format!("{} {}", first.text, second.text);
                for more in texts {
                    text.push(' ');
                    text.push_str(&more.text);
                }
                Cow::Owned(text)
            }
        }
    }

    /// The heading that an element stands under, if any.
    pub fn heading_above(&self, index: usize) -> Option<&str> {
        let at = self.headings.partition_point(|(at, _)| *at < index);
        Some(&self.headings[at.checked_sub(1)?].1)
    }

    /// What an element is called: its name, or the heading above it.
    pub fn name_of(&self, index: usize) -> String {
        let node = &self.nodes[index];
        let caption = || {
            let caption = self
                .children(index)
                .find(|it| self.nodes[*it].role == "caption");
            caption.map(|it| self.text(it).into_owned())
        };
        if !node.name.is_empty() {
            return node.name.clone();
        }
        caption()
            .or_else(|| self.heading_above(index).map(str::to_owned))
            .unwrap_or_default()
    }

    /// The main heading: the first of the highest level.
    pub fn main_heading(&self) -> Option<(usize, &str)> {
        let level = |at: usize| self.nodes[at].level.unwrap_or(9);
        let main = self
            .headings
            .iter()
            .min_by_key(|(at, _)| (level(*at), *at))?;
        Some((main.0, &main.1))
    }

    /// Words that say what the page is about: title, main heading, address.
    pub fn about(&self) -> Vec<String> {
        let mut about = words(self.title);
        if let Some((_, heading)) = self.main_heading() {
            about.extend(words(heading));
        }
        if let Some(url) = &self.url {
            about.extend(words(url.path()));
            about.extend(words(url.host_str().unwrap_or_default()));
        }
        about
    }

    /// How values that stand alone are written here.
    pub fn manner(&self) -> Manner {
        Manner {
            style: Style::of_language(self.language),
            order: self.order(),
            base: self.url.clone(),
        }
    }

    /// How the values of these texts are written, which stand in one column.
    pub fn manner_of<'t>(&self, texts: impl Iterator<Item = &'t str> + Clone) -> Manner {
        Manner {
            style: Style::of_texts(texts.clone(), self.language),
            order: date::order_in(texts, self.language),
            base: self.url.clone(),
        }
    }

    fn order(&self) -> Option<Order> {
        date::order_of(self.language)
    }
}

fn ends(nodes: &[Node]) -> Vec<u32> {
    let index = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let mut ends: Vec<u32> = (0..nodes.len()).map(|it| index(it + 1)).collect();
    for at in (0..nodes.len()).rev() {
        if let Some(parent) = nodes[at].parent.map(|it| it as usize).filter(|it| *it < at) {
            ends[parent] = ends[parent].max(ends[at]);
        }
    }
    ends
}
