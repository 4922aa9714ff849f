//! The places in a card: pieces of its text, and at which place in every card they come.

use std::collections::HashMap;

use errand_browser::Node;

use super::{
    cell::Cell,
    name,
    record::{Column, Origin, Record},
    segment::{self, Segment},
    sheet::Sheet,
    table,
};

/// Cards with more pieces are cut.
const MAX_PIECES: usize = 300;
const MAX_COLUMNS: usize = 400;

/// One piece of a card.
#[derive(Debug, Clone)]
struct Piece {
    /// The place: the tags on the way to it, and what the author calls it.
    place: String,
    names: Vec<(String, Origin)>,
    role: String,
    cell: Cell,
    part: bool,
}

/// A card: the elements that it is made of.
pub type Card = Vec<usize>;

/// The features of a card, to tell how alike two of them are.
pub fn features(sheet: &Sheet<'_>, card: &Card) -> Vec<u64> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut found = Vec::new();
    for top in card {
        let mut depths: Vec<(usize, u64)> = Vec::new();
        for at in *top..sheet.end(*top).min(top + 400) {
            while depths.last().is_some_and(|it| sheet.end(it.0) <= at) {
                depths.pop();
            }
            let node = &sheet.nodes[at];
            let mut hasher = DefaultHasher::new();
            depths.last().map_or(0, |it| it.1).hash(&mut hasher);
            node.tag.hash(&mut hasher);
            node.role.hash(&mut hasher);
            let path = hasher.finish();
            depths.push((at, path));
            found.push(path);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Cards as records, with the columns that they share.
pub fn align(sheet: &Sheet<'_>, cards: &[Card]) -> (Vec<Column>, Vec<Record>) {
    let mut columns: Vec<Column> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut kin: HashMap<String, usize> = HashMap::new();
    let mut records: Vec<Record> = Vec::new();
    for card in cards {
        let mut record = Record {
            node: card[0],
            ..Record::default()
        };
        let texts: Vec<_> = card.iter().map(|it| sheet.text(*it)).collect();
        record.text = texts.join(" ");
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut pieces = Vec::new();
        for (nth, top) in card.iter().enumerate() {
            pieces_of(sheet, *top, nth, &mut pieces);
        }
        for piece in pieces {
            let count = counts.entry(piece.place.clone()).or_insert(0);
            let key = format!("{}#{count}", piece.place);
            *count += 1;
            let at = *places.entry(key).or_insert_with(|| {
                columns.push(Column {
                    role: piece.role.clone(),
                    part: piece.part,
                    ..Column::default()
                });
                columns.len() - 1
            });
            if at >= MAX_COLUMNS {
                continue;
            }
            columns[at].kin = *kin.entry(piece.place).or_insert(at);
            for name in piece.names {
                if columns[at].names.len() < 12 && !columns[at].names.contains(&name) {
                    columns[at].names.push(name);
                }
            }
            if record.cells.len() <= at {
                record.cells.resize(at + 1, None);
            }
            record.cells[at] = Some(piece.cell);
        }
        records.push(record);
    }
    columns.truncate(MAX_COLUMNS);
    name_by_constants(&mut columns, &mut records);
    (columns, records)
}

/// What every card says at one place is the label of what comes next.
fn name_by_constants(columns: &mut [Column], records: &mut [Record]) {
    for at in 0..columns.len() {
        let mut texts = records
            .iter()
            .filter_map(|it| it.cell(at))
            .map(|it| &it.text);
        let Some(first) = texts.next().cloned() else {
            continue;
        };
        let count = 1 + texts.clone().count();
        columns[at].constant = count > 1 && texts.all(|it| *it == first);
        let label = columns[at].constant
            && !columns[at].part
            && count * 2 > records.len()
            && first.chars().any(char::is_alphabetic)
            && first.chars().count() < 40
            && !matches!(&*columns[at].role, "button" | "link" | "heading");
        if !label {
            continue;
        }
        // The next place of each card that is not a part of a text.
        let next =
            (at + 1..columns.len()).find(|it| !columns[*it].part && columns[*it].role != "button");
        let Some(next) = next else { continue };
        let always = records
            .iter()
            .filter(|it| it.cell(at).is_some())
            .all(|it| it.cell(next).is_some_and(|cell| cell.text != first));
        if always && columns[next].heading().is_none() {
            let name = first.trim_end_matches(':').trim().to_owned();
            columns[next].names.push((name, Origin::Label));
        }
    }
}

/// The pieces of one element of a card.
fn pieces_of(sheet: &Sheet<'_>, top: usize, nth: usize, found: &mut Vec<Piece>) {
    let mut path: Vec<(usize, usize)> = Vec::new();
    let mut place = format!("{nth}");
    let mut label: Option<(String, Origin)> = None;
    for at in top..sheet.end(top) {
        if found.len() >= MAX_PIECES {
            break;
        }
        while path.last().is_some_and(|it| sheet.end(it.0) <= at) {
            let length = path.pop().map_or(0, |it| it.1);
            place.truncate(length);
        }
        let node = &sheet.nodes[at];
        if at != top && node.role != "text" {
            path.push((at, place.len()));
            place.push('/');
            place.push_str(if node.tag.is_empty() {
                &node.role
            } else {
                &node.tag
            });
            if node.role == "cell" {
                // The cells of a row are different things.
                let parent = node.parent.map_or(0, |it| it as usize);
                let nth = table::cells_of(sheet, parent)
                    .iter()
                    .position(|it| *it == at);
                place.push_str(&nth.unwrap_or(0).to_string());
            }
        }
        if let Some(mut piece) = piece(sheet, top, at, &place) {
            let text = piece.cell.text.trim();
            if let Some((label, origin)) = label.take().filter(|_| !text.is_empty()) {
                piece.place = format!("{}:{label}", piece.place);
                piece.names.insert(0, (label, origin));
            }
            let is_term = node.role == "text" && role(sheet, top, at) == "term";
            let announces = text
                .strip_suffix(':')
                .map(str::trim)
                .filter(|it| it.chars().count() < 40);
            if let Some(name) = announces.or_else(|| is_term.then_some(text)) {
                label = Some((name.to_owned(), Origin::Label));
                continue;
            }
            // "128 points by" before a link.
            let last = text.rsplit(' ').next().unwrap_or_default();
            if node.role == "text" && matches!(last, "by" | "By" | "von" | "par" | "por") {
                label = Some(("author".to_owned(), Origin::Lead));
            }
            let parts = if node.role == "text" {
                parts(node, &piece)
            } else {
                Vec::new()
            };
            found.push(piece);
            found.extend(parts);
        }
    }
}

/// The piece that a node is, if it is one.
fn piece(sheet: &Sheet<'_>, top: usize, at: usize, place: &str) -> Option<Piece> {
    let node = &sheet.nodes[at];
    let make = |text: String, role: &str, names: Vec<(String, Origin)>| {
        let first = names.first().map(|it| {
            it.0.split(' ')
                .next()
                .unwrap_or_default()
                .trim_end_matches(|it: char| it.is_ascii_digit())
                .to_owned()
        });
        let mut cell = Cell::of_text(text, at);
        cell.href = href(sheet, top, at);
        cell.src.clone_from(&node.src);
        Piece {
            place: format!("{place}.{}", first.unwrap_or_default()),
            names,
            role: role.to_owned(),
            cell,
            part: false,
        }
    };
    match &*node.role {
        "text" => {
            let names = hints(sheet, top, at);
            let mut piece = make(node.text.clone(), role(sheet, top, at), names);
            let whole = node
                .marks
                .iter()
                .find(|it| it.text == node.text && it.value.is_some());
            piece.cell.value = whole.and_then(|it| it.value.clone());
            Some(piece)
        }
        "img" => Some(make(
            node.name.clone(),
            "img",
            hint_names(node.hint.as_deref()),
        )),
        "datum" => Some(make(
            node.value.clone().unwrap_or_default(),
            "datum",
            hint_names(node.hint.as_deref()),
        )),
        _ if node.checked.is_some() => {
            let mut piece = make(String::new(), &node.role, Vec::new());
            let label = node.label.clone().unwrap_or_else(|| node.name.clone());
            piece.names.push((label, Origin::Label));
            piece.cell.checked = node.checked;
            Some(piece)
        }
        _ => {
            let value = node.value.as_ref().filter(|it| !it.is_empty())?;
            let label = node.label.clone().unwrap_or_else(|| node.name.clone());
            let mut piece = make(value.clone(), &node.role, hint_names(node.hint.as_deref()));
            if !label.is_empty() {
                piece.names.insert(0, (label, Origin::Label));
            }
            Some(piece)
        }
    }
}

/// Parts of a text: what the author marked, and what says of itself what it is.
fn parts(node: &Node, whole: &Piece) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let part = |place: String, names: Vec<(String, Origin)>, text: &str, value: Option<String>| {
        let mut cell = Cell {
            text: text.to_owned(),
            value,
            ..whole.cell.clone()
        };
        cell.src = None;
        Piece {
            place,
            names,
            role: whole.role.clone(),
            cell,
            part: true,
        }
    };
    let mut rest = node.text.as_str();
    for mark in &node.marks {
        if mark.text == node.text {
            continue;
        }
        let names = hint_names(mark.hint.as_deref());
        let first = names.first().map(|it| it.0.clone()).unwrap_or_default();
        let place = format!("{}~{}.{first}", whole.place, mark.tag);
        // `<strong>Label</strong> value`
        let strong = matches!(&*mark.tag, "b" | "strong" | "em" | "label" | "dfn" | "th");
        let value = rest
            .strip_prefix(&*mark.text)
            .filter(|_| strong)
            .map(|it| it.trim_start_matches([':', ' ', '–', '-']));
        if let Some(value) = value.filter(|it| !it.is_empty()) {
            let label = mark.text.trim_end_matches(':').trim().to_owned();
            let place = format!("{}:{label}", whole.place);
            // Up to the next label in the same text.
            let next = node
                .marks
                .iter()
                .filter(|it| it.tag == mark.tag && it.text != mark.text);
            let end = next
                .filter_map(|it| value.find(&*it.text))
                .min()
                .unwrap_or(value.len());
            found.push(part(
                place,
                vec![(label, Origin::Label)],
                value[..end].trim(),
                None,
            ));
            rest = &value[end..];
            continue;
        }
        found.push(part(place, names, &mark.text, mark.value.clone()));
    }
    for Segment { names, text, value } in segment::segments(&node.text) {
        let first = names.first().map_or_else(String::new, |it| {
            format!("={}", crate::ground::words_stem(&it.0))
        });
        found.push(part(format!("{}{first}", whole.place), names, &text, value));
    }
    if let Some(value) = &whole.cell.value {
        for Segment { names, text, value } in segment::segments(value) {
            let first = names.first().map_or("", |it| &it.0);
            found.push(part(
                format!("{}!{first}", whole.place),
                names,
                &text,
                value,
            ));
        }
    }
    found
}

/// What the author calls an element, each name apart.
fn hint_names(hint: Option<&str>) -> Vec<(String, Origin)> {
    let names = hint.unwrap_or_default().split_whitespace();
    names
        .filter(|it| it.len() > 1 && !name::LOOKS.contains(it))
        .take(6)
        .map(|it| (it.to_owned(), Origin::Hint))
        .collect()
}

/// What the author calls a text: the marks around all of it, and the elements that hold nothing else.
fn hints(sheet: &Sheet<'_>, top: usize, at: usize) -> Vec<(String, Origin)> {
    let node = &sheet.nodes[at];
    let mut names = Vec::new();
    for mark in node.marks.iter().filter(|it| it.text == node.text) {
        names.extend(hint_names(mark.hint.as_deref()));
        if mark.tag == "time" {
            names.push(("time".to_owned(), Origin::Hint));
            names.push(("date".to_owned(), Origin::Hint));
        }
    }
    let mut up = node.parent.map(|it| it as usize);
    while let Some(parent) = up.filter(|it| *it > top) {
        let texts = sheet.nodes[parent..sheet.end(parent)]
            .iter()
            .filter(|it| it.role == "text")
            .take(2)
            .count();
        if texts > 1 {
            break;
        }
        names.extend(hint_names(sheet.nodes[parent].hint.as_deref()));
        up = sheet.nodes[parent].parent.map(|it| it as usize);
    }
    names.truncate(10);
    names
}

/// Headings, links, buttons and terms count also when they hold the element that holds the words.
fn role<'n>(sheet: &Sheet<'n>, top: usize, at: usize) -> &'n str {
    let mut up = sheet.nodes[at].parent.map(|it| it as usize);
    while let Some(index) = up.filter(|it| *it >= top) {
        let role = &*sheet.nodes[index].role;
        if matches!(role, "heading" | "link" | "button" | "term") {
            return role;
        }
        up = sheet.nodes[index].parent.map(|it| it as usize);
    }
    "text"
}

fn href(sheet: &Sheet<'_>, top: usize, at: usize) -> Option<String> {
    let mut up = Some(at);
    while let Some(index) = up.filter(|it| *it >= top) {
        if let Some(href) = &sheet.nodes[index].href {
            return Some(href.clone());
        }
        up = sheet.nodes[index].parent.map(|it| it as usize);
    }
    None
}
