//! Tables: which row and which column a cell stands in, and what heads them.

use std::collections::HashMap;

use super::index::Index;

/// Most columns of a table that are told apart.
const MAX_COLUMNS: usize = 200;

/// Where a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Index of the table's node.
    pub table: usize,
    /// Index of the row's node.
    pub row: usize,
    /// Column, from 0.
    pub column: usize,
}

/// The cells of all tables of a page.
#[derive(Debug, Default)]
pub struct Grid {
    spots: HashMap<usize, Spot>,
    heads: HashMap<(usize, usize), usize>,
    columns: HashMap<(usize, usize), Vec<usize>>,
}

impl Grid {
    pub(super) fn new(index: &Index<'_>) -> Self {
        let mut grid = Self::default();
        // For each table, columns that a cell of an earlier row still stands in.
        let mut standing: HashMap<usize, Vec<u32>> = HashMap::new();
        for row in 0..index.nodes().len() {
            if index.node(row).role != "row" {
                continue;
            }
            let table = index
                .lineage(row)
                .skip(1)
                .find(|it| is_table(&index.node(*it).role));
            let Some(table) = table else { continue };
            let held = standing.entry(table).or_default();
            let mut column = 0;
            let mut at = row + 1;
            while at < index.end(row) && column < MAX_COLUMNS {
                if !is_cell(&index.node(at).role) {
                    at += 1;
                    continue;
                }
                while held.get(column).is_some_and(|rows| *rows > 0) {
                    held[column] -= 1;
                    column += 1;
                }
                let node = index.node(at);
                let wide = node.column_span.unwrap_or(1).clamp(1, 100) as usize;
                let high = node.row_span.unwrap_or(1).saturating_sub(1);
                let spot = Spot { table, row, column };
                grid.spots.insert(at, spot);
                for column in column..column + wide {
                    if node.role == "columnheader" {
                        // The lowest head is the one that stands over the column alone.
                        grid.heads.insert((table, column), at);
                    } else {
                        grid.columns.entry((table, column)).or_default().push(at);
                    }
                    if high > 0 {
                        held.resize(held.len().max(column + 1), 0);
                        held[column] = high;
                    }
                }
                column += wide;
                at = index.end(at);
            }
            for rows in held.iter_mut().skip(column) {
                *rows = rows.saturating_sub(1);
            }
        }
        grid
    }

    /// Where the node stands, if it is in a cell.
    pub fn spot(&self, index: &Index<'_>, node: usize) -> Option<Spot> {
        index
            .lineage(node)
            .find_map(|it| self.spots.get(&it).copied())
    }

    /// The head of the column that the node stands in.
    pub fn head(&self, index: &Index<'_>, node: usize) -> Option<usize> {
        let spot = self.spot(index, node)?;
        self.heads.get(&(spot.table, spot.column)).copied()
    }

    /// The cells under a column's head.
    pub fn under(&self, head: usize) -> &[usize] {
        self.spots
            .get(&head)
            .and_then(|it| self.columns.get(&(it.table, it.column)))
            .map_or(&[], Vec::as_slice)
    }

    /// The cell of a row in a column of which the head says yes.
    pub fn cell(
        &self,
        index: &Index<'_>,
        row: usize,
        head: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        (row..index.end(row)).find(|at| {
            let spot = self.spots.get(at).filter(|it| it.row == row);
            spot.and_then(|it| self.heads.get(&(it.table, it.column)))
                .is_some_and(|it| head(*it))
        })
    }

    /// Whether a row is made of heads alone.
    pub fn is_head(index: &Index<'_>, row: usize) -> bool {
        let mut cells = (row + 1..index.end(row))
            .filter(|it| is_cell(&index.node(*it).role))
            .peekable();
        cells.peek().is_some() && cells.all(|it| index.node(it).role == "columnheader")
    }
}

fn is_table(role: &str) -> bool {
    matches!(role, "table" | "grid" | "treegrid")
}

fn is_cell(role: &str) -> bool {
    matches!(role, "cell" | "gridcell" | "columnheader" | "rowheader")
}
