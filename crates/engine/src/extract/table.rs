//! Tables: rows and columns, with spans, headings on any side, and rows that divide or sum up.

use super::{
    cell::Cell,
    record::{Column, Kind, Origin, Record, RecordSet},
    sheet::Sheet,
};

const CELLS: &[&str] = &["cell", "gridcell", "rowheader", "columnheader"];
/// Wider rows are cut.
const MAX_COLUMNS: usize = 500;
/// Words that a row begins with which sums up the others.
const SUMS: &[&str] = &[
    "total",
    "totals",
    "sum",
    "subtotal",
    "grand total",
    "average",
    "summe",
    "gesamt",
];

/// Every table of the page that has headings.
pub fn sets(sheet: &Sheet<'_>) -> Vec<RecordSet> {
    let tables = (0..sheet.nodes.len()).filter(|it| is_table(sheet, *it));
    tables.flat_map(|it| read(sheet, it)).collect()
}

/// Whether the element is a table or grid.
pub fn is_table(sheet: &Sheet<'_>, index: usize) -> bool {
    matches!(&*sheet.nodes[index].role, "table" | "grid" | "treegrid")
}

/// A row: its element, and its cells by column; a cell that spans several stands in each.
struct Row {
    node: usize,
    cells: Vec<usize>,
    /// How many cells the row has of its own.
    own: usize,
}

/// The rows of a table that are not those of a table inside it.
pub fn rows_of(sheet: &Sheet<'_>, table: usize) -> Vec<usize> {
    let mut rows = Vec::new();
    let end = sheet.end(table);
    let mut at = table + 1;
    while at < end {
        let role = &*sheet.nodes[at].role;
        if role == "row" {
            rows.push(at);
            at = sheet.end(at);
        } else if is_table(sheet, at) {
            at = sheet.end(at);
        } else {
            at += 1;
        }
    }
    rows
}

/// The cells of a row; boxes may lie between.
pub fn cells_of(sheet: &Sheet<'_>, row: usize) -> Vec<usize> {
    let mut cells = Vec::new();
    let end = sheet.end(row);
    let mut at = row + 1;
    while at < end {
        if CELLS.contains(&&*sheet.nodes[at].role) {
            cells.push(at);
            at = sheet.end(at);
        } else {
            at += 1;
        }
    }
    cells
}

/// The tables that name their columns or their rows; others only lay out.
pub fn headed(sheet: &Sheet<'_>) -> Vec<usize> {
    let tables = (0..sheet.nodes.len()).filter(|it| is_table(sheet, *it));
    let headed = tables.filter(|it| {
        let rows = spread(sheet, &rows_of(sheet, *it));
        body(sheet, &rows).is_some() || is_turned(sheet, &rows)
    });
    headed.collect()
}

/// Whether each row, and not each column, has a heading.
fn is_turned(sheet: &Sheet<'_>, rows: &[Row]) -> bool {
    let heads = |row: &Row| {
        let mut cells = row.cells.iter().map(|it| &*sheet.nodes[*it].role);
        cells.next() == Some("rowheader")
            && cells.all(|it| it != "rowheader" && it != "columnheader")
    };
    rows.len() > 1 && rows.iter().all(|it| it.cells.len() > 2 && heads(it))
}

fn read(sheet: &Sheet<'_>, table: usize) -> Vec<RecordSet> {
    let rows = spread(sheet, &rows_of(sheet, table));
    let Some(body) = body(sheet, &rows) else {
        return if is_turned(sheet, &rows) {
            vec![across(sheet, table, &rows)]
        } else {
            Vec::new()
        };
    };
    let width = rows.iter().map(|it| it.cells.len()).max().unwrap_or(0);
    let headings = headings(sheet, &rows[..body], width);
    let mut columns: Vec<Column> = headings
        .into_iter()
        .map(|names| column(names, "cell"))
        .collect();
    let mut records: Vec<Record> = Vec::new();
    let mut section = String::new();
    let last = rows.len() - 1;
    for (at, row) in rows.iter().enumerate().skip(body) {
        if row.own == 1 && width > 2 && (row.cells.len() == width || row.cells.len() == 1) {
            section = sheet.text(row.cells[0]).into_owned();
            continue;
        }
        // Headings that come again.
        let heads = row
            .cells
            .iter()
            .filter(|it| sheet.nodes[**it].role == "columnheader")
            .count();
        if heads * 2 > row.cells.len() {
            continue;
        }
        let cells: Vec<Option<Cell>> = row.cells.iter().map(|it| Some(cell(sheet, *it))).collect();
        if at >= last.saturating_sub(2) && sums_up(&cells) {
            continue;
        }
        if cells.iter().flatten().all(Cell::is_empty) {
            continue;
        }
        let text = sheet.text(row.node).into_owned();
        records.push(Record {
            cells,
            text,
            node: row.node,
            section: section.clone(),
        });
    }
    for (at, column) in columns.iter_mut().enumerate() {
        column.kin = at;
        if records.iter().any(|it| {
            it.cells.len() > at && sheet.nodes[row_cell(&rows, it.node, at)].role == "rowheader"
        }) {
            "rowheader".clone_into(&mut column.role);
        }
        let mut texts = records
            .iter()
            .filter_map(|it| it.cell(at))
            .map(|it| &it.text);
        let first = texts.next();
        column.constant =
            records.len() > 1 && first.is_some_and(|first| texts.all(|it| it == first));
    }
    if records.is_empty() {
        return Vec::new();
    }
    let node = &sheet.nodes[table];
    let set = RecordSet {
        kind: Kind::Table,
        name: sheet.name_of(table),
        hints: node.hint.iter().cloned().collect(),
        columns,
        records,
        node: table,
        end: sheet.end(table),
    };
    let turned = turned(&set);
    std::iter::once(set).chain(turned).collect()
}

fn row_cell(rows: &[Row], node: usize, column: usize) -> usize {
    let at = rows.partition_point(|it| it.node < node);
    rows[at].cells.get(column).copied().unwrap_or(node)
}

fn column(names: Vec<(String, Origin)>, role: &str) -> Column {
    Column {
        names,
        role: role.to_owned(),
        ..Column::default()
    }
}

/// Where the records begin, if the rows before name the columns.
fn body(sheet: &Sheet<'_>, rows: &[Row]) -> Option<usize> {
    let heads = |row: &Row| {
        let heads = row
            .cells
            .iter()
            .filter(|it| sheet.nodes[**it].role == "columnheader")
            .count();
        heads > 0 && heads * 2 >= row.cells.len()
    };
    let title = rows
        .iter()
        .take_while(|it| it.own == 1 && it.cells.len() != 1 && !heads(it))
        .count();
    let count = rows[title.min(rows.len())..]
        .iter()
        .take_while(|it| heads(it))
        .count();
    if count > 0 && title + count < rows.len() {
        return Some(title + count);
    }
    let texts: Vec<Vec<String>> = rows
        .iter()
        .take(30)
        .map(|row| {
            row.cells
                .iter()
                .map(|it| sheet.text(*it).into_owned())
                .collect()
        })
        .collect();
    let marked = rows
        .first()
        .is_some_and(|row| row.cells.iter().all(|it| is_strong(sheet, *it)));
    heads_by_contrast(&texts, marked).then_some(1)
}

/// Whether the words of a cell are all in bold.
fn is_strong(sheet: &Sheet<'_>, cell: usize) -> bool {
    let texts = sheet.nodes[cell..sheet.end(cell)]
        .iter()
        .filter(|it| it.role == "text");
    texts.clone().count() == 1
        && texts.clone().all(|text| {
            text.marks
                .iter()
                .any(|it| matches!(&*it.tag, "b" | "strong") && it.text == text.text)
        })
}

/// Whether the first of these rows names the columns: words only, over values that are of another
/// kind; or set in bold where nothing else is.
pub fn heads_by_contrast(rows: &[Vec<String>], marked: bool) -> bool {
    let [first, rest @ ..] = rows else {
        return false;
    };
    if rest.len() < 2 || first.len() < 2 || rest.iter().any(|it| it.len() != first.len()) {
        return false;
    }
    let worded = |text: &String| {
        !text.is_empty()
            && text.len() < 40
            && !text.contains(|it: char| it.is_ascii_digit() || it == '@')
    };
    if !first.iter().all(worded) {
        return false;
    }
    let mut known = first.clone();
    known.sort();
    known.dedup();
    let different = known.len() == first.len();
    let contrast = (0..first.len()).any(|at| {
        rest.iter().all(|row| {
            row[at].contains(|it: char| it.is_ascii_digit() || it == '@') || row[at].is_empty()
        }) && rest.iter().any(|row| !row[at].is_empty())
    });
    different && (contrast || marked)
}

/// What each column is called: its headings from the top down, joined, and the lowest alone.
fn headings(sheet: &Sheet<'_>, rows: &[Row], width: usize) -> Vec<Vec<(String, Origin)>> {
    let of_column = |at: usize| {
        let mut path: Vec<String> = Vec::new();
        let mut hints = Vec::new();
        for row in rows.iter().filter(|it| it.own > 1 || rows.len() == 1) {
            let Some(cell) = row.cells.get(at) else {
                continue;
            };
            let node = &sheet.nodes[*cell];
            let mut text = sheet.text(*cell).into_owned();
            if text.is_empty() {
                text.clone_from(&node.name);
            }
            hints.extend(node.hint.as_deref().map(|it| (it.to_owned(), Origin::Hint)));
            if !text.is_empty() && path.last() != Some(&text) {
                path.push(text);
            }
        }
        let mut names = Vec::new();
        if path.len() > 1 {
            names.push((path.join(" "), Origin::Label));
        }
        names.extend(path.last().map(|it| (it.clone(), Origin::Label)));
        names.extend(hints);
        names
    };
    (0..width.min(MAX_COLUMNS)).map(of_column).collect()
}

/// Rows with their cells by column.
fn spread(sheet: &Sheet<'_>, rows: &[usize]) -> Vec<Row> {
    let mut hanging: Vec<(u32, usize)> = Vec::new();
    let spread = rows.iter().map(|row| {
        let own = cells_of(sheet, *row);
        let mut cells: Vec<usize> = Vec::new();
        let mut next = own.iter();
        while cells.len() < MAX_COLUMNS {
            let column = cells.len();
            if let Some((rows, cell)) = hanging.get_mut(column).filter(|it| it.0 > 0) {
                *rows -= 1;
                cells.push(*cell);
                continue;
            }
            let Some(cell) = next.next() else { break };
            let node = &sheet.nodes[*cell];
            for _ in 0..node.column_span.unwrap_or(1).clamp(1, 200) {
                let column = cells.len();
                if hanging.len() <= column {
                    hanging.resize(column + 1, (0, 0));
                }
                hanging[column] = (node.row_span.unwrap_or(1).saturating_sub(1), *cell);
                cells.push(*cell);
            }
        }
        Row {
            node: *row,
            cells,
            own: own.len(),
        }
    });
    spread.filter(|it| !it.cells.is_empty()).collect()
}

fn sums_up(cells: &[Option<Cell>]) -> bool {
    let first = cells.iter().flatten().find(|it| !it.text.is_empty());
    first.is_some_and(|it| SUMS.contains(&&*it.text.trim_end_matches(':').trim().to_lowercase()))
}

/// What stands in a cell of a table.
pub fn cell(sheet: &Sheet<'_>, index: usize) -> Cell {
    let mut cell = Cell::of_text(sheet.text(index), index);
    for at in index..sheet.end(index) {
        let node = &sheet.nodes[at];
        cell.href = cell.href.or_else(|| node.href.clone());
        cell.src = cell.src.or_else(|| node.src.clone());
        if let Some(checked) = node.checked {
            cell.checked = cell.checked.or(Some(checked));
        }
        if node.role == "text" {
            let meant = node
                .marks
                .iter()
                .find(|it| it.text == cell.text)
                .and_then(|it| it.value.clone());
            cell.value = cell.value.or(meant);
        } else if cell.text.is_empty() {
            let said = node
                .value
                .as_ref()
                .filter(|it| !it.is_empty() && node.checked.is_none());
            let said = said
                .or_else(|| Some(&node.name).filter(|it| !it.is_empty() && node.checked.is_none()));
            if let Some(said) = said {
                cell.text.clone_from(said);
            }
        } else if node.role == "img" && cell.value.is_none() && !node.name.is_empty() {
            cell.value = Some(node.name.clone());
        }
    }
    cell
}

/// A table whose records are its columns.
fn across(sheet: &Sheet<'_>, table: usize, rows: &[Row]) -> RecordSet {
    let heading = |row: &Row| sheet.text(row.cells[0]).into_owned();
    let columns = rows
        .iter()
        .map(|it| column(vec![(heading(it), Origin::Label)], "cell"))
        .collect();
    let width = rows.iter().map(|it| it.cells.len()).min().unwrap_or(0);
    let record = |at: usize| {
        let cells: Vec<Option<Cell>> = rows
            .iter()
            .map(|row| Some(cell(sheet, row.cells[at])))
            .collect();
        let texts: Vec<&str> = cells.iter().flatten().map(|it| &*it.text).collect();
        let text = texts.join(" ");
        Record {
            node: rows[0].cells[at],
            text,
            cells,
            section: String::new(),
        }
    };
    RecordSet {
        kind: Kind::Table,
        name: sheet.name_of(table),
        hints: sheet.nodes[table].hint.iter().cloned().collect(),
        columns,
        records: (1..width).map(record).collect(),
        node: table,
        end: sheet.end(table),
    }
}

/// The same table by its columns, where its rows have headings too: "the price of the Pro plan".
fn turned(set: &RecordSet) -> Option<RecordSet> {
    let heads = set.columns.first()?;
    let beside = set
        .records
        .iter()
        .filter(|it| it.cells.first().is_some_and(Option::is_some))
        .count();
    if heads.role != "rowheader"
        || set.columns.len() < 2
        || set.columns.len() > 30
        || beside != set.records.len()
    {
        return None;
    }
    if set.records.len() > 100 {
        return None;
    }
    let mut columns = vec![column(vec![("name".to_owned(), Origin::Hint)], "rowheader")];
    for record in &set.records {
        let name = record.cells[0]
            .as_ref()
            .map(|it| it.text.clone())
            .unwrap_or_default();
        columns.push(column(vec![(name, Origin::Label)], "cell"));
    }
    let records: Vec<Record> = (1..set.columns.len())
        .map(|at| {
            let name = set.columns[at].heading().unwrap_or_default().to_owned();
            let own = set
                .records
                .iter()
                .map(|it| it.cells.get(at).cloned().flatten());
            let mut cells = vec![Some(Cell::of_text(name, set.node))];
            cells.extend(own);
            let texts: Vec<&str> = cells.iter().flatten().map(|it| &*it.text).collect();
            let text = texts.join(" ");
            Record {
                cells,
                text,
                node: set.node,
                section: String::new(),
            }
        })
        .collect();
    Some(RecordSet {
        kind: Kind::Table,
        columns,
        records,
        hints: Vec::new(),
        ..set.clone()
    })
}
