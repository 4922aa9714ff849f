//! Repeating structure that nothing declares: items, cards, rows made of boxes, sections.

use std::collections::HashMap;

use super::{
    record::{Column, Kind, Origin, Record, RecordSet},
    sheet::Sheet,
    slot::{self, Card},
    table,
};

/// Most sets of one page.
const MAX_SETS: usize = 400;
/// Less alike than that, siblings are different things.
const ALIKE: f64 = 0.4;

/// Cards under one parent.
struct Group {
    /// The tags on the way to the cards: groups of the same way may be parts of one list.
    way: String,
    parent: Option<usize>,
    cards: Vec<Card>,
}

/// Every set of cards on the page.
pub fn sets(sheet: &Sheet<'_>) -> Vec<RecordSet> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    group(sheet, None, &mut groups);
    while at < sheet.nodes.len() && groups.len() < MAX_SETS {
        let node = &sheet.nodes[at];
        match &*node.role {
            // What stands in the cells of a table is read with the table.
            "table" | "grid" | "treegrid" if !table::rows_of(sheet, at).is_empty() => {
                if sheet.headed.binary_search(&at).is_ok() {
                    at = sheet.end(at);
                    continue;
                }
                rows(sheet, at, &mut groups);
            }
            "text" | "row" => {}
            _ => group(sheet, Some(at), &mut groups),
        }
        at += 1;
    }
    let merged = merged(sheet, &groups);
    let mut sets: Vec<RecordSet> = groups.iter().filter_map(|it| set(sheet, it)).collect();
    sets.extend(merged);
    sets
}

/// The children of one parent that are built alike, kind by kind.
fn group(sheet: &Sheet<'_>, parent: Option<usize>, groups: &mut Vec<Group>) {
    let children: Vec<usize> = match parent {
        Some(parent) => sheet.children(parent).collect(),
        None => sheet.tops().collect(),
    };
    if children.len() < 2 {
        return;
    }
    let mut kinds: Vec<((&str, &str), Vec<usize>)> = Vec::new();
    for child in &children {
        let node = &sheet.nodes[*child];
        if matches!(
            &*node.role,
            "text"
                | "datum"
                | "cell"
                | "gridcell"
                | "columnheader"
                | "rowheader"
                | "term"
                | "definition"
                | "option"
        ) {
            continue;
        }
        if sheet.headed.binary_search(child).is_ok() {
            continue;
        }
        let kind = (&*node.role, &*node.tag);
        match kinds.iter_mut().find(|it| it.0 == kind) {
            Some((_, members)) => members.push(*child),
            None => kinds.push((kind, vec![*child])),
        }
    }
    let way = way(sheet, parent);
    for ((role, tag), members) in kinds {
        if role == "heading" {
            sections(sheet, parent, &children, &members, groups);
        }
        if members.len() < 2 {
            continue;
        }
        let cards: Vec<Card> = if role == "row" {
            joined(sheet, &members)
        } else {
            periodic(sheet, &members)
        };
        groups.push(Group {
            way: format!("{way}>{role}.{tag}"),
            parent,
            cards,
        });
    }
}

fn rows(sheet: &Sheet<'_>, index: usize, groups: &mut Vec<Group>) {
    let rows = table::rows_of(sheet, index);
    if rows.len() > 1 {
        groups.push(Group {
            way: way(sheet, Some(index)),
            parent: Some(index),
            cards: joined(sheet, &rows),
        });
    }
}

/// A heading and what stands under it, up to the next of its level.
fn sections(
    sheet: &Sheet<'_>,
    parent: Option<usize>,
    children: &[usize],
    headings: &[usize],
    groups: &mut Vec<Group>,
) {
    let level = |at: usize| sheet.nodes[at].level.unwrap_or(2);
    let mut levels: Vec<u8> = headings.iter().map(|it| level(*it)).collect();
    levels.sort_unstable();
    levels.dedup();
    for one in levels {
        let starts: Vec<usize> = (0..children.len())
            .filter(|at| headings.contains(&children[*at]) && level(children[*at]) == one)
            .collect();
        if starts.len() < 2 {
            continue;
        }
        let ends = |start: usize| {
            let next = (start + 1..children.len())
                .find(|at| headings.contains(&children[*at]) && level(children[*at]) <= one);
            next.unwrap_or(children.len())
        };
        let cards: Vec<Card> = starts
            .iter()
            .map(|it| children[*it..ends(*it)].to_vec())
            .collect();
        // Headings alone are no cards.
        if cards.iter().filter(|it| it.len() > 1).count() * 2 > cards.len() {
            groups.push(Group {
                way: format!("{}>section{one}", way(sheet, parent)),
                parent,
                cards,
            });
        }
    }
}

/// The tags from the top down to an element.
fn way(sheet: &Sheet<'_>, index: Option<usize>) -> String {
    let mut tags = Vec::new();
    let mut at = index;
    while let Some(node) = at.map(|it| &sheet.nodes[it]) {
        tags.push(&*node.tag);
        at = node.parent.map(|it| it as usize);
    }
    tags.reverse();
    tags.join(">")
}

/// Rows that only lay out: those that come again and again in one order are one record, and so is
/// a row of another shape with the one above it.
fn joined(sheet: &Sheet<'_>, rows: &[usize]) -> Vec<Card> {
    let rows: Vec<usize> = rows
        .iter()
        .copied()
        .filter(|it| !sheet.text(*it).trim().is_empty())
        .collect();
    let shape = |row: usize| table::cells_of(sheet, row).len();
    let Some(first) = rows.first().map(|it| shape(*it)) else {
        return Vec::new();
    };
    let alike = rows.iter().filter(|it| shape(**it) == first).count();
    if alike == rows.len() || alike < 2 {
        return periodic(sheet, &rows);
    }
    let mut cards: Vec<Card> = Vec::new();
    for row in rows {
        match cards.last_mut() {
            Some(card) if shape(row) != first => card.push(row),
            _ => cards.push(vec![row]),
        }
    }
    cards
}

/// Siblings whose looks come again and again in one order are one card together.
fn periodic(sheet: &Sheet<'_>, members: &[usize]) -> Vec<Card> {
    let looks: Vec<String> = members.iter().map(|it| look(sheet, *it)).collect();
    let repeats = |period: &usize| {
        looks.len() >= 2 * period
            && looks.len().is_multiple_of(*period)
            && looks[1..*period].iter().all(|it| *it != looks[0])
            && looks
                .iter()
                .zip(looks.iter().skip(*period))
                .all(|(one, other)| one == other)
    };
    let period = (2..=4).find(repeats).unwrap_or(1);
    members.chunks(period).map(<[usize]>::to_vec).collect()
}

/// The shape of an element: its tags two levels down, and whether its texts are words or numbers.
fn look(sheet: &Sheet<'_>, index: usize) -> String {
    let mut look = String::new();
    for child in sheet.children(index) {
        let node = &sheet.nodes[child];
        let text = sheet.text(child);
        let kind = if text.is_empty() {
            'e'
        } else if text.chars().any(char::is_alphabetic) {
            'w'
        } else {
            'n'
        };
        look.push_str(if node.tag.is_empty() {
            &node.role
        } else {
            &node.tag
        });
        look.push(kind);
        for inner in sheet.children(child).take(6) {
            look.push_str(&sheet.nodes[inner].tag);
        }
        look.push(' ');
    }
    look
}

fn set(sheet: &Sheet<'_>, group: &Group) -> Option<RecordSet> {
    let cards = alike(sheet, &group.cards)?;
    let (mut kind, (columns, mut records)) = match heads(sheet, &cards) {
        Some(names) => (Kind::Table, by_place(sheet, names, &cards[1..])),
        None => (Kind::Cards, slot::align(sheet, &cards)),
    };
    records.retain(|it| it.cells.iter().flatten().any(|cell| !cell.is_empty()));
    if records.len() < 2 {
        return None;
    }
    let rich = |column: &&Column| !column.part && !column.constant;
    if columns.iter().filter(rich).count() < 2 && kind == Kind::Cards {
        kind = Kind::Plain;
    }
    let container = group.parent.map(|it| &sheet.nodes[it]);
    let mut hints: Vec<String> = container
        .and_then(|it| it.hint.clone())
        .into_iter()
        .collect();
    for card in cards.iter().take(3) {
        hints.extend(sheet.nodes[card[0]].hint.clone());
    }
    hints.dedup();
    let first = cards[0][0];
    let end = cards.iter().flatten().map(|it| sheet.end(*it)).max()?;
    Some(RecordSet {
        kind,
        name: name(sheet, group.parent, first),
        hints,
        columns,
        records,
        node: group.parent.unwrap_or(first),
        end,
    })
}

/// What the cards are called: the name of the box around them, or the heading above the first.
fn name(sheet: &Sheet<'_>, parent: Option<usize>, first: usize) -> String {
    let named = parent
        .map(|it| sheet.nodes[it].name.clone())
        .filter(|it| !it.is_empty() && it.len() < 80);
    named
        .or_else(|| sheet.heading_above(first).map(str::to_owned))
        .unwrap_or_default()
}

/// The cards that are built like most of them, if most are. Advertisements drop out.
fn alike(sheet: &Sheet<'_>, cards: &[Card]) -> Option<Vec<Card>> {
    let features: Vec<Vec<u64>> = cards.iter().map(|it| slot::features(sheet, it)).collect();
    let mut counts: HashMap<u64, usize> = HashMap::new();
    for feature in features.iter().flatten() {
        *counts.entry(*feature).or_insert(0) += 1;
    }
    let common = |it: &u64| {
        counts
            .get(it)
            .is_some_and(|count| count * 2 > cards.len() || cards.len() == 2 && *count == 2)
    };
    let shared = counts.keys().filter(|it| common(it)).count();
    #[expect(clippy::cast_precision_loss, reason = "counts of elements")]
    let likeness = |own: &Vec<u64>| {
        let both = own.iter().filter(|it| common(it)).count();
        both as f64 / (own.len() + shared - both).max(1) as f64
    };
    let scores: Vec<f64> = features.iter().map(likeness).collect();
    #[expect(clippy::cast_precision_loss, reason = "counts of cards")]
    let mean = scores.iter().sum::<f64>() / scores.len().max(1) as f64;
    if mean < ALIKE {
        return None;
    }
    let keep = if cards.len() > 3 { ALIKE * 0.6 } else { 0.0 };
    let kept = cards
        .iter()
        .zip(&scores)
        .filter(|(_, score)| **score >= keep);
    Some(kept.map(|(card, _)| card.clone()).collect())
}

/// The words of the first card, if they name the places of the others.
fn heads(sheet: &Sheet<'_>, cards: &[Card]) -> Option<Vec<String>> {
    let texts: Vec<Vec<String>> = cards
        .iter()
        .take(30)
        .map(|card| {
            let own = card.iter().flat_map(|it| sheet.children(*it));
            own.map(|it| sheet.text(it).into_owned()).collect()
        })
        .collect();
    let hint = sheet.nodes[cards[0][0]]
        .hint
        .as_deref()
        .unwrap_or_default()
        .to_lowercase();
    let marked = hint.contains("head");
    table::heads_by_contrast(&texts, marked).then(|| texts[0].clone())
}

/// Cards whose places have names.
fn by_place(sheet: &Sheet<'_>, names: Vec<String>, cards: &[Card]) -> (Vec<Column>, Vec<Record>) {
    let named = |(at, name)| Column {
        names: vec![(name, Origin::Label)],
        role: "cell".to_owned(),
        kin: at,
        ..Column::default()
    };
    let record = |card: &Card| {
        let own = card.iter().flat_map(|it| sheet.children(*it));
        let texts: Vec<_> = card.iter().map(|it| sheet.text(*it)).collect();
        Record {
            cells: own.map(|it| Some(table::cell(sheet, it))).collect(),
            text: texts.join(" "),
            node: card[0],
            section: String::new(),
        }
    };
    (
        names.into_iter().enumerate().map(named).collect(),
        cards.iter().map(record).collect(),
    )
}

/// Groups whose parents are siblings and whose cards are alike are one list as well: rows of three.
fn merged(sheet: &Sheet<'_>, groups: &[Group]) -> Vec<RecordSet> {
    let mut by_way: Vec<(&str, Option<usize>, Vec<&Group>)> = Vec::new();
    for group in groups {
        let Some(parent) = group.parent else { continue };
        let grand = sheet.nodes[parent].parent.map(|it| it as usize);
        match by_way
            .iter_mut()
            .find(|it| it.0 == group.way && it.1 == grand)
        {
            Some((_, _, members)) => members.push(group),
            None => by_way.push((&group.way, grand, vec![group])),
        }
    }
    let several = by_way.into_iter().filter(|it| it.2.len() > 1);
    several
        .filter_map(|(way, grand, members)| {
            let cards = whole_list(sheet, grand, &members);
            let whole = Group {
                way: way.to_owned(),
                parent: grand,
                cards,
            };
            let mut set = set(sheet, &whole)?;
            if set.kind == Kind::Plain {
                return None;
            }
            for record in &mut set.records {
                let parent = members
                    .iter()
                    .filter_map(|it| it.parent)
                    .find(|it| (*it..sheet.end(*it)).contains(&record.node));
                record.section = parent
                    .map(|it| name(sheet, Some(it), record.node))
                    .unwrap_or_default();
            }
            Some(set)
        })
        .collect()
}

/// The cards of all groups, and those that stand alone in a box like theirs: the rest of a grid.
fn whole_list(sheet: &Sheet<'_>, grand: Option<usize>, members: &[&Group]) -> Vec<Card> {
    let mut cards: Vec<Card> = members.iter().flat_map(|it| it.cards.clone()).collect();
    let (Some(grand), Some(parent)) = (grand, members[0].parent) else {
        return cards;
    };
    let kind = |at: usize| (&*sheet.nodes[at].role, &*sheet.nodes[at].tag);
    if cards.iter().any(|it| it.len() > 1) {
        return cards;
    }
    let wanted = kind(cards[0][0]);
    for child in sheet.children(grand).filter(|it| kind(*it) == kind(parent)) {
        if members.iter().any(|it| it.parent == Some(child)) {
            continue;
        }
        let alone: Vec<usize> = sheet
            .children(child)
            .filter(|it| kind(*it) == wanted)
            .collect();
        if let [alone] = alone[..] {
            cards.push(vec![alone]);
        }
    }
    cards.sort();
    cards
}
