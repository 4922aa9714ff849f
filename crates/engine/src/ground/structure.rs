//! What a page is made of: rows, items, sections, and the words for them.

use std::{collections::HashMap, ops::Range};

use super::{
    grid::Grid,
    index::Index,
    likeness::{alike, words as words_of},
};
use crate::goal::{Kind, Phrase};

/// A part of a page, by its structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A row of a table, or an item of a list where there is no table.
    Row,
    /// An item of a list, a card.
    Item,
    /// A column of a table.
    Column,
    /// What is under a heading, or a named region.
    Section,
    /// A form.
    Form,
    /// A dialog.
    Dialog,
    /// Anything with one of these roles.
    Role(&'static [&'static str]),
}

const TABLE: Shape = Shape::Role(&["table", "grid", "treegrid"]);
const LIST: Shape = Shape::Role(&["list", "listbox", "feed", "tree", "menu"]);
const MENU: Shape = Shape::Role(&["menu", "menubar", "navigation", "listbox", "list"]);
const NAVIGATION: Shape = Shape::Role(&["navigation", "menubar"]);

/// A part of a page: its node, and the range of what belongs to it.
pub type Part = (usize, Range<usize>);

/// The words for parts of a page. What is repeated on pages has many names: the last ones stand
/// for an item of whatever is repeated.
const NOUNS: &[(&str, Shape)] = &[
    ("row", Shape::Row),
    ("line", Shape::Row),
    ("item", Shape::Item),
    ("list item", Shape::Item),
    ("entry", Shape::Item),
    ("card", Shape::Item),
    ("tile", Shape::Item),
    ("record", Shape::Row),
    ("column", Shape::Column),
    ("section", Shape::Section),
    ("area", Shape::Section),
    ("part", Shape::Section),
    ("panel", Shape::Section),
    ("block", Shape::Section),
    ("heading", Shape::Role(&["heading"])),
    ("title", Shape::Role(&["heading"])),
    ("form", Shape::Form),
    ("dialog", Shape::Dialog),
    ("dialog box", Shape::Dialog),
    ("dialogue", Shape::Dialog),
    ("popup", Shape::Dialog),
    ("pop up", Shape::Dialog),
    ("modal", Shape::Dialog),
    ("table", TABLE),
    ("grid", TABLE),
    ("list", LIST),
    ("menu", MENU),
    ("navigation", NAVIGATION),
    ("nav", NAVIGATION),
    ("navbar", NAVIGATION),
    ("nav bar", NAVIGATION),
    ("navigation bar", NAVIGATION),
    ("menu bar", NAVIGATION),
    ("header", Shape::Role(&["banner"])),
    ("footer", Shape::Role(&["contentinfo"])),
    ("sidebar", Shape::Role(&["complementary"])),
    ("side bar", Shape::Role(&["complementary"])),
    ("toolbar", Shape::Role(&["toolbar"])),
    ("main content", Shape::Role(&["main"])),
    ("frame", Shape::Role(&["frame"])),
    ("group", Shape::Role(&["group", "radiogroup"])),
    ("fieldset", Shape::Role(&["group", "radiogroup"])),
    ("cell", Shape::Role(&["cell", "gridcell"])),
    ("image", Shape::Role(&["img"])),
    ("picture", Shape::Role(&["img"])),
    ("result", Shape::Item),
    ("product", Shape::Item),
    ("post", Shape::Item),
    ("article", Shape::Item),
    ("comment", Shape::Item),
    ("message", Shape::Item),
    ("listing", Shape::Item),
];

/// Things of which pages have lists.
const THINGS: &[&str] = &[
    "book",
    "chat",
    "contact",
    "conversation",
    "customer",
    "document",
    "email",
    "e-mail",
    "event",
    "file",
    "invoice",
    "issue",
    "job",
    "mail",
    "member",
    "message",
    "note",
    "offer",
    "order",
    "photo",
    "post",
    "product",
    "project",
    "record",
    "song",
    "story",
    "task",
    "thread",
    "ticket",
    "user",
    "video",
];

/// The part of a page that a phrase speaks of, and the words that name which: "the users table".
pub fn shape(phrase: &Phrase) -> Option<(Shape, String, Option<usize>)> {
    if phrase.quoted {
        return kind(phrase.kind).map(|it| (it, phrase.words.clone(), None));
    }
    let words: Vec<&str> = phrase.words.split_whitespace().collect();
    let noun = |words: &[&str]| {
        let said = words.join(" ").to_lowercase();
        let single = said.strip_suffix('s').unwrap_or(&said).to_owned();
        let single = match single.strip_suffix("ie") {
            Some(stem) => format!("{stem}y"),
            None => single,
        };
        NOUNS
            .iter()
            .find(|(noun, _)| *noun == said || *noun == single)
            .map(|(_, shape)| *shape)
    };
    for length in [2, 1] {
        let Some(cut) = words.len().checked_sub(length) else {
            continue;
        };
        if let Some(shape) = noun(&words[cut..]) {
            return Some((shape, words[..cut].join(" "), None));
        }
        // "row 3", "section Billing"
        if let Some(shape) = noun(&words[..length]) {
            let rest = words[length..].join(" ");
            return Some(match rest.trim_start_matches('#').parse::<usize>() {
                Ok(nth) if nth > 0 => (shape, String::new(), Some(nth)),
                _ => (shape, rest, None),
            });
        }
    }
    kind(phrase.kind).map(|it| (it, phrase.words.clone(), None))
}

/// The word for one of many, as it is said where it is counted: "the second ticket". What it is
/// called on the page, if it is called anything, is not known.
pub fn is_noun(phrase: &Phrase) -> bool {
    let counted = phrase.ordinal.is_some() || phrase.most.is_some();
    counted && !phrase.quoted && is_plain(&phrase.words)
}

/// A word or two that are no name of their own.
pub fn is_plain(words: &str) -> bool {
    let plain = |it: char| it.is_lowercase() || it == ' ' || it == '-';
    !words.is_empty() && words.split(' ').count() <= 2 && words.chars().all(plain)
}

/// Whether a word is what people call one of the things that a page lists.
pub fn is_thing(index: &Index<'_>, words: &str) -> bool {
    let single = words.strip_suffix('s').unwrap_or(words);
    is_plain(words) && (THINGS.contains(&single) || is_called(index, words))
}

/// Whether words say what kind of list an item is of, not which: "search" of "search result".
pub fn is_of_list(index: &Index<'_>, words: &str) -> bool {
    matches!(words, "search" | "list" | "menu" | "table") || is_called(index, words)
}

/// Whether the page calls what it is about so.
pub fn is_called(index: &Index<'_>, words: &str) -> bool {
    let words = words_of(words);
    !words.is_empty() && says(index, &words.iter().collect::<Vec<_>>())
}

/// Whether headings, heads of columns and the page's title say all of the words; what stands in
/// an item is of the item alone.
pub fn says(index: &Index<'_>, words: &[&String]) -> bool {
    let heads = (0..index.nodes().len())
        .filter(|it| {
            matches!(
                &*index.node(*it).role,
                "heading" | "columnheader" | "caption"
            )
        })
        .filter(|it| {
            index.node(*it).role == "columnheader"
                || !index.lineage(*it).skip(1).any(|up| is_item(index, up))
        })
        .take(200)
        .map(|it| index.text(it, 200));
    let said: Vec<String> = heads
        .chain([index.title().to_owned()])
        .flat_map(|it| words_of(&it))
        .collect();
    words
        .iter()
        .all(|word| said.iter().any(|it| alike(it, word)))
}

/// What stands after the word for a thing: "Ann" of "user Ann" and of "post by Ann".
pub fn said_after(words: &str) -> Option<&str> {
    let (first, rest) = words.split_once(' ')?;
    let rest = rest.trim_start();
    if !first.starts_with(|it: char| it.is_lowercase()) {
        return None;
    }
    let (second, after) = rest.split_once(' ').unwrap_or((rest, ""));
    if matches!(
        second,
        "by" | "of"
            | "for"
            | "with"
            | "from"
            | "named"
            | "called"
            | "titled"
            | "about"
            | "on"
            | "saying"
    ) && !after.is_empty()
    {
        return Some(after.strip_prefix("the ").unwrap_or(after));
    }
    let proper = |it: char| it.is_uppercase() || it.is_numeric() || matches!(it, '@' | '#');
    rest.starts_with(proper).then_some(rest)
}

/// Some parts of a page are kinds of their own for the grammar.
fn kind(kind: Option<Kind>) -> Option<Shape> {
    match kind? {
        Kind::Page | Kind::Section => Some(Shape::Section),
        Kind::Item => Some(Shape::Item),
        Kind::Dialog => Some(Shape::Dialog),
        Kind::Choice => Some(LIST),
        Kind::Tab => Some(Shape::Role(&["tabpanel"])),
        Kind::Image => Some(Shape::Role(&["img"])),
        Kind::Text => Some(Shape::Role(&["heading", "text"])),
        _ => None,
    }
}

/// The parts of a page that have a shape, in reading order, with the range of each.
pub fn parts(index: &Index<'_>, shape: Shape) -> Vec<Part> {
    let of = |roles: &[&str]| -> Vec<usize> {
        (0..index.nodes().len())
            .filter(|it| roles.contains(&&*index.node(*it).role))
            .collect()
    };
    let whole = |found: Vec<usize>| -> Vec<Part> {
        let whole = |it| (it, it..index.end(it));
        found.into_iter().map(whole).collect()
    };
    match shape {
        Shape::Row => {
            let mut rows = of(&["row"]);
            rows.retain(|it| !Grid::is_head(index, *it));
            if rows.is_empty() {
                return parts(index, Shape::Item);
            }
            whole(rows)
        }
        Shape::Item => {
            let items = (0..index.nodes().len())
                .filter(|it| is_item(index, *it) && !Grid::is_head(index, *it));
            whole(items.collect())
        }
        Shape::Column => whole(of(&["columnheader"])),
        Shape::Section => {
            let mut found: Vec<Part> = of(&["heading"])
                .into_iter()
                .map(|it| (it, section(index, it)))
                .collect();
            found.extend(whole(of(&[
                "region",
                "group",
                "radiogroup",
                "tabpanel",
                "article",
            ])));
            found.sort_by_key(|(at, _)| *at);
            found
        }
        Shape::Form => whole(of(&["form", "search"])),
        Shape::Dialog => whole(of(&["dialog", "alertdialog"])),
        Shape::Role(roles) => whole(of(roles)),
    }
}

/// The items of the list that a page is about: of several lists the one that says most, and what
/// leads around the site is none.
pub fn main_items(index: &Index<'_>, parts: Vec<Part>) -> Vec<Part> {
    let mut lists: Vec<(usize, Vec<Part>)> = Vec::new();
    let mut known: HashMap<Option<usize>, usize> = HashMap::new();
    for (at, range) in parts {
        let aside = index.lineage(at).any(|it| {
            matches!(
                &*index.node(it).role,
                "navigation" | "banner" | "contentinfo" | "menu" | "menubar" | "tablist"
            )
        });
        let says = if aside { 0 } else { index.text(at, 400).len() };
        let list = *known.entry(index.parent(at)).or_insert_with(|| {
            lists.push((0, Vec::new()));
            lists.len() - 1
        });
        lists[list].0 += says;
        lists[list].1.push((at, range));
    }
    let most = lists
        .into_iter()
        .reduce(|best, it| if it.0 > best.0 { it } else { best });
    most.map(|it| it.1).unwrap_or_default()
}

/// Whether a node is one of several that are alike: a row, an item, a card.
pub fn is_item(index: &Index<'_>, at: usize) -> bool {
    let node = index.node(at);
    match &*node.role {
        "row" | "listitem" | "article" | "treeitem" | "option" => true,
        // Kept for its structure, or a card that can be clicked as a whole.
        "generic" => index.end(at) > at + 2 && node.rect.is_some() && !node.editable,
        _ => false,
    }
}

/// What is under a heading: up to the next of its level, within what holds the heading.
pub fn section(index: &Index<'_>, heading: usize) -> Range<usize> {
    let level = index.node(heading).level.unwrap_or(2);
    let start = index.end(heading);
    let bound = index
        .lineage(heading)
        .skip(1)
        .find(|it| is_bound(&index.node(*it).role) && index.end(*it) > start)
        .map_or_else(|| index.nodes().len(), |it| index.end(it));
    let next = (start..bound).find(|it| {
        let node = index.node(*it);
        node.role == "heading" && node.level.unwrap_or(2) <= level
    });
    heading..next.unwrap_or(bound)
}

fn is_bound(role: &str) -> bool {
    matches!(
        role,
        "dialog"
            | "alertdialog"
            | "article"
            | "listitem"
            | "row"
            | "cell"
            | "region"
            | "form"
            | "tabpanel"
            | "main"
            | "complementary"
            | "banner"
            | "contentinfo"
            | "group"
            | "frame"
            | "generic"
    )
}
