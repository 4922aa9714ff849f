//! The rows of a choice of records, each with what it is compared by.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::{Row, Rows};
use crate::extract::{
    choose::Choice,
    column,
    rank::{Scale, rank},
    record::Record,
    sheet::Sheet,
};

impl Rows {
    /// Each record that `value` makes something of; it is told how many came before. `by`: the
    /// column that they are compared by.
    pub fn of(
        sheet: &Sheet<'_>,
        choice: &Choice<'_>,
        by: Option<(usize, Scale)>,
        mut value: impl FnMut(&Record, usize) -> Option<Value>,
    ) -> Self {
        let manner = by.map(|it| column::manner(sheet, choice.set, it.0));
        let mut rows = Self {
            conditional: choice.is_conditional(),
            ..Self::default()
        };
        for record in choice.records() {
            let Some(value) = value(record, rows.rows.len()) else {
                continue;
            };
            let rank = by
                .zip(manner.as_ref())
                .and_then(|((column, scale), manner)| rank(record.cell(column)?, scale, manner));
            rows.rows.push(Row {
                value,
                rank,
                id: identity(record),
            });
        }
        rows
    }
}

/// Tells a record from the others, on this page and the next.
pub fn identity(record: &Record) -> u64 {
    let mut hasher = DefaultHasher::new();
    record.text.hash(&mut hasher);
    record.section.hash(&mut hasher);
    for cell in record.cells.iter().flatten() {
        cell.href.hash(&mut hasher);
        if record.text.is_empty() {
            cell.text.hash(&mut hasher);
        }
    }
    hasher.finish()
}
