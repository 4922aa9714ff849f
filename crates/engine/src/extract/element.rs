//! Elements asked for as such: links, headings, images, paragraphs, buttons.

use serde_json::{Value, json};

use super::{
    Extract,
    cell::Cell,
    choose::Refusal,
    key::key,
    owner,
    rows::{Row, Rows},
    sheet::Sheet,
};
use crate::{
    goal::{Extraction, Test},
    ground::{words, words_stem},
};

/// What elements a noun names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Link,
    Heading(Option<u8>),
    /// Headings below the main one.
    Section,
    Image,
    Paragraph,
    Button,
}

/// Reads elements of a kind, where the goal names the kind and no more.
pub fn read(sheet: &Sheet<'_>, wanted: &Extraction) -> Option<Result<Extract, Refusal>> {
    let [noun] = &wanted.nouns[..] else {
        return None;
    };
    let words = words(noun);
    let kind = kind(&words)?;
    if matches!(kind, Kind::Heading(_))
        && wanted.single
        && wanted.slice.is_none()
        && wanted.most.is_none()
    {
        return None;
    }
    if wanted.most.is_some()
        || wanted.sorting.is_some()
        || wanted
            .filters
            .iter()
            .any(|it| !matches!(it.test, Test::Says(_) | Test::Contains(_)))
    {
        return None;
    }
    let within = wanted
        .places
        .iter()
        .find_map(|it| owner::section(sheet, it));
    if let Some(place) = wanted
        .places
        .iter()
        .find(|it| !owner::is_here(sheet, it) && owner::section(sheet, it).is_none())
    {
        return Some(Err(Refusal::Doubt(format!(
            "nothing on the page is called \"{place}\""
        ))));
    }
    let mut extract = Extract::default();
    let key = key(noun);
    let mut rows = Rows {
        pointer: format!("/{key}"),
        conditional: !wanted.filters.is_empty(),
        ..Rows::default()
    };
    for (at, node) in sheet.nodes.iter().enumerate() {
        let fits = match kind {
            Kind::Link => node.role == "link" && node.href.is_some(),
            Kind::Heading(level) => {
                node.role == "heading" && level.is_none_or(|it| node.level == Some(it))
            }
            Kind::Section => {
                node.role == "heading"
                    && sheet
                        .main_heading()
                        .is_none_or(|it| node.level != sheet.nodes[it.0].level)
            }
            Kind::Image => node.role == "img" && (node.src.is_some() || !node.name.is_empty()),
            Kind::Paragraph => node.role == "paragraph",
            Kind::Button => node.role == "button",
        };
        if !fits || within.as_ref().is_some_and(|it| !it.contains(&at)) {
            continue;
        }
        let mut text = sheet.text(at).into_owned();
        if text.is_empty() {
            text.clone_from(&node.name);
        }
        let lower = text.to_lowercase();
        let kept = wanted.filters.iter().all(|it| match &it.test {
            Test::Says(part) | Test::Contains(part) => {
                lower.contains(&part.to_lowercase()) != it.not
            }
            _ => true,
        });
        if !kept || text.is_empty() && kind != Kind::Image && kind != Kind::Link {
            continue;
        }
        let address = words
            .iter()
            .any(|it| matches!(words_stem(it), "url" | "href" | "address" | "addresse"));
        let value = match kind {
            Kind::Link if address => json!(node.href),
            Kind::Link if !wanted.single => json!({ "text": text, "url": node.href }),
            Kind::Image if address => json!(node.src),
            Kind::Image if words.iter().any(|it| it == "alt") => json!(node.name),
            Kind::Image if !wanted.single => json!({ "alt": node.name, "src": node.src }),
            Kind::Image => json!(node.src),
            _ => Value::from(&*text),
        };
        extract.note_source(
            format!("/{key}/{}", rows.rows.len()),
            &Cell::of_text(text, at),
            sheet.nodes,
        );
        rows.rows.push(Row {
            value,
            rank: None,
            id: u64::try_from(at).unwrap_or_default(),
        });
    }
    if rows.rows.is_empty() && wanted.tally.is_none() {
        return Some(Err(Refusal::Doubt(format!("the page has no {noun}"))));
    }
    if wanted.single && wanted.slice.is_none() && rows.rows.len() > 1 && wanted.tally.is_none() {
        return Some(Err(Refusal::Doubt(format!(
            "the page has {} that could be \"{noun}\"; say which",
            rows.rows.len()
        ))));
    }
    extract.value = Value::Object(std::iter::once((key, Value::Null)).collect());
    extract.lists.push(rows);
    Some(Ok(extract))
}

fn kind(words: &[String]) -> Option<Kind> {
    let stems: Vec<&str> = words.iter().map(|it| words_stem(it)).collect();
    let level = |name: &str| {
        name.strip_prefix('h')?
            .parse::<u8>()
            .ok()
            .filter(|it| (1..=6).contains(it))
    };
    match &stems[..] {
        ["link" | "hyperlink"]
        | ["link" | "hyperlink", "url" | "href" | "address"]
        | ["url" | "href"] => Some(Kind::Link),
        ["heading" | "header" | "headline"] => Some(Kind::Heading(None)),
        ["section", "heading"] => Some(Kind::Section),
        ["subheading"] => Some(Kind::Heading(Some(2))),
        [one] if level(one).is_some() => Some(Kind::Heading(level(one))),
        [one, "heading" | "header"] if level(one).is_some() => Some(Kind::Heading(level(one))),
        ["image" | "picture" | "photo"]
        | [
            "image" | "picture" | "photo",
            "url" | "src" | "alt" | "source",
        ]
        | ["alt", "text"] => Some(Kind::Image),
        ["paragraph"] => Some(Kind::Paragraph),
        ["button"] | ["button", "label" | "text" | "name"] => Some(Kind::Button),
        _ => None,
    }
}
