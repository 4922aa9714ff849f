//! Statements whose text depends on the request: filters and several rows at once.

use errand_domain::Text;
use sqlx::{Any, AssertSqlSafe, any::AnyArguments, query::Query};

/// A value to bind.
pub(crate) enum Value {
    Text(String),
    Number(i64),
    Blob(Vec<u8>),
}

/// Text with `$n` in it, and what they stand for. The text never holds what a caller sent.
#[derive(Default)]
pub(crate) struct Statement {
    text: String,
    values: Vec<Value>,
}

impl Statement {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            values: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub(crate) fn bind(&mut self, value: Value) -> &mut Self {
        self.values.push(value);
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    pub(crate) fn text(&mut self, value: &str) -> &mut Self {
        self.bind(Value::Text(storable(value)))
    }

    pub(crate) fn number(&mut self, value: i64) -> &mut Self {
        self.bind(Value::Number(value))
    }

    /// Adds `(…), (…)`, a row of values each.
    pub(crate) fn rows(&mut self, rows: Vec<Vec<Value>>) -> &mut Self {
        for (index, row) in rows.into_iter().enumerate() {
            self.push(if index == 0 { "(" } else { ", (" });
            for (column, value) in row.into_iter().enumerate() {
                if column > 0 {
                    self.push(", ");
                }
                self.bind(value);
            }
            self.push(")");
        }
        self
    }

    pub(crate) fn query(self) -> Query<'static, Any, AnyArguments> {
        let mut query = sqlx::query(AssertSqlSafe(self.text));
        for value in self.values {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Number(number) => query.bind(number),
                Value::Blob(bytes) => query.bind(bytes),
            };
        }
        query
    }
}

/// What PostgreSQL can take as TEXT. No stored id changes by it, so a made-up one finds nothing.
pub(crate) fn storable(text: &str) -> String {
    Text::new(text).into_string()
}

/// Numbers are BIGINT in both databases; ours are far below its end.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
