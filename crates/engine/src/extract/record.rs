//! Things that stand on the page several times: rows, list items, cards.

use errand_browser::{
    Node,
    observation::{end_of, text_of},
};

use super::piece::{Piece, pieces};

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Cells by column, for tables: heading and text.
    pub cells: Vec<(String, String)>,
    /// The pieces of it.
    pub pieces: Vec<Piece>,
    /// All of its words.
    pub text: String,
}

/// All of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordSet {
    /// Caption, name, or the heading above.
    pub name: String,
    /// Headings of the columns, for tables.
    pub columns: Vec<String>,
    /// In reading order.
    pub records: Vec<Record>,
}

/// Every set on the page, in reading order.
pub fn sets(nodes: &[Node]) -> Vec<RecordSet> {
    let mut found = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        match &*node.role {
            "table" | "grid" | "treegrid" => found.extend(table(nodes, index)),
            "row" | "text" | "cell" | "gridcell" => {}
            _ => found.extend(repeated(nodes, index)),
        }
    }
    if let Some(set) = of_children(nodes, None, "") {
        found.push(set);
    }
    found
}

fn table(nodes: &[Node], index: usize) -> Option<RecordSet> {
    let end = end_of(nodes, index);
    // Rows of tables inside this one belong to those.
    let own = |at: usize| {
        let mut parent = nodes[at].parent;
        while let Some(up) = parent.map(|it| it as usize) {
            if matches!(&*nodes[up].role, "table" | "grid" | "treegrid") {
                return up == index;
            }
            parent = nodes[up].parent;
        }
        false
    };
    let rows: Vec<usize> = (index + 1..end)
        .filter(|it| nodes[*it].role == "row" && own(*it))
        .collect();
    let mut columns: Vec<String> = Vec::new();
    let mut records = Vec::new();
    let mut hanging: Vec<(u32, String)> = Vec::new();
    for row in rows {
        let cells: Vec<usize> = (row + 1..end_of(nodes, row))
            .filter(|it| {
                nodes[*it].parent == u32::try_from(row).ok()
                    && matches!(
                        &*nodes[*it].role,
                        "cell" | "gridcell" | "rowheader" | "columnheader"
                    )
            })
            .collect();
        let texts = spread(nodes, &cells, &mut hanging);
        let heads = cells
            .iter()
            .filter(|it| nodes[**it].role == "columnheader")
            .count();
        if heads > 0 && heads * 2 > cells.len() {
            if records.is_empty() {
                columns = texts;
            }
            continue;
        }
        let cells: Vec<(String, String)> = texts
            .into_iter()
            .enumerate()
            .map(|(at, text)| (columns.get(at).cloned().unwrap_or_default(), text))
            .collect();
        if cells.iter().any(|(_, text)| !text.is_empty()) {
            records.push(Record {
                cells,
                pieces: pieces(nodes, row),
                text: text_of(nodes, row),
            });
        }
    }
    if columns.is_empty() {
        records = joined(records);
    }
    let name = name(nodes, index);
    (!records.is_empty()).then_some(RecordSet {
        name,
        columns,
        records,
    })
}

/// Tables that only lay out: a row of another shape goes on with the record above it, and so do
/// rows whose looks come again and again in one order.
fn joined(rows: Vec<Record>) -> Vec<Record> {
    let Some(shape) = rows.first().map(|row| row.cells.len()) else {
        return rows;
    };
    let alike = rows.iter().filter(|row| row.cells.len() == shape).count();
    let begins: Vec<bool> = if alike == rows.len() {
        let period = period(&rows);
        (0..rows.len()).map(|at| at % period == 0).collect()
    } else if alike < 2 {
        return rows;
    } else {
        rows.iter().map(|row| row.cells.len() == shape).collect()
    };
    let mut records: Vec<Record> = Vec::new();
    for (row, begins) in rows.into_iter().zip(begins) {
        match records.last_mut() {
            Some(record) if !begins => {
                record.pieces.extend(row.pieces);
                record.text.push(' ');
                record.text.push_str(&row.text);
            }
            _ => records.push(row),
        }
    }
    records
}

/// After how many rows the looks of rows come again; 1 if they do not.
fn period(rows: &[Record]) -> usize {
    let looks: Vec<String> = rows.iter().map(look).collect();
    let repeats = |period: &usize| {
        looks.len() >= 2 * period
            && looks[1..*period].iter().all(|it| *it != looks[0])
            && looks
                .iter()
                .zip(looks.iter().cycle().skip(*period))
                .take(looks.len() - period)
                .all(|(a, b)| a == b)
    };
    (2..=4).find(repeats).unwrap_or(1)
}

/// Which cells of a row are empty, numbers or words, and what it begins with.
fn look(row: &Record) -> String {
    let cells = row.cells.iter().map(|(_, text)| {
        if text.is_empty() {
            'e'
        } else if text.chars().any(char::is_alphabetic) {
            'w'
        } else {
            'n'
        }
    });
    let worded = |it: &&Piece| it.text.chars().any(char::is_alphabetic);
    let begins = row.pieces.iter().find(worded).map_or("", |it| &it.role);
    cells.chain(begins.chars()).collect()
}

/// The texts of a row's cells by column: spans repeat their text.
fn spread(nodes: &[Node], cells: &[usize], hanging: &mut Vec<(u32, String)>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut cells = cells.iter();
    loop {
        let column = texts.len();
        if let Some((rows, text)) = hanging.get_mut(column).filter(|(rows, _)| *rows > 0) {
            *rows -= 1;
            texts.push(text.clone());
            continue;
        }
        let Some(cell) = cells.next() else { break };
        let node = &nodes[*cell];
        let mut text = text_of(nodes, *cell);
        if text.is_empty() {
            text.clone_from(&node.name);
        }
        for _ in 0..node.column_span.unwrap_or(1).clamp(1, 100) {
            let column = texts.len();
            if hanging.len() <= column {
                hanging.resize(column + 1, (0, String::new()));
            }
            hanging[column] = (node.row_span.unwrap_or(1).saturating_sub(1), text.clone());
            texts.push(text.clone());
        }
        if texts.len() > 1_000 {
            break;
        }
    }
    texts
}

fn repeated(nodes: &[Node], index: usize) -> Option<RecordSet> {
    of_children(nodes, Some(index), &name(nodes, index))
}

/// Children of one parent that are built alike, if there are at least two.
fn of_children(nodes: &[Node], parent: Option<usize>, name: &str) -> Option<RecordSet> {
    let range = parent.map_or(0..nodes.len(), |it| it + 1..end_of(nodes, it));
    let above = parent.and_then(|it| u32::try_from(it).ok());
    let children: Vec<usize> = range.filter(|it| nodes[*it].parent == above).collect();
    let kind = |at: usize| (nodes[at].role.as_str(), nodes[at].tag.as_str());
    let most = children
        .iter()
        .filter(|it| holds(&nodes[**it]))
        .map(|it| kind(*it))
        .fold(Vec::<((&str, &str), usize)>::new(), |mut counts, kind| {
            match counts.iter_mut().find(|(it, _)| *it == kind) {
                Some((_, count)) => *count += 1,
                None => counts.push((kind, 1)),
            }
            counts
        })
        .into_iter()
        .max_by_key(|(_, count)| *count)?;
    if most.1 < 2 {
        return None;
    }
    let records: Vec<Record> = children
        .into_iter()
        .filter(|it| kind(*it) == most.0)
        .map(|it| Record {
            cells: Vec::new(),
            pieces: pieces(nodes, it),
            text: text_of(nodes, it),
        })
        .filter(|it| !it.pieces.is_empty())
        .collect();
    (records.len() > 1).then(|| RecordSet {
        name: name.to_owned(),
        columns: Vec::new(),
        records,
    })
}

fn holds(node: &Node) -> bool {
    matches!(
        &*node.role,
        "listitem"
            | "article"
            | "generic"
            | "group"
            | "link"
            | "region"
            | "figure"
            | "heading"
            | "option"
    )
}

/// What a set is called: its name, its caption, or the heading above it.
fn name(nodes: &[Node], index: usize) -> String {
    let node = &nodes[index];
    if !node.name.is_empty() {
        return node.name.clone();
    }
    let above = nodes[..index].iter().rposition(|it| it.role == "heading");
    above.map(|it| text_of(nodes, it)).unwrap_or_default()
}
