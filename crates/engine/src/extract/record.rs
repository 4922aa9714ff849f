//! Things that stand on the page several times, and their values by column.

use super::cell::Cell;

/// Where a name of a column comes from; the better the source, the more it is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A class or an id.
    Hint,
    /// The words around a value: "by", "posted".
    Lead,
    /// The unit of a number: "12 comments".
    Unit,
    /// A label beside it, or a heading above it.
    Label,
}

impl Origin {
    /// From 0 to 1.
    #[must_use]
    pub fn weight(self) -> f64 {
        match self {
            Self::Hint => 0.85,
            Self::Lead => 0.9,
            Self::Unit => 0.97,
            Self::Label => 1.0,
        }
    }
}

/// A column: what comes at the same place in each record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Column {
    /// What the page calls it.
    pub names: Vec<(String, Origin)>,
    /// The role of its elements: `heading`, `link`, `img`, `cell`, `text`, `button`, …
    pub role: String,
    /// Columns of the same place, of which records have several.
    pub kin: usize,
    /// A part of another column's words.
    pub part: bool,
    /// Whether every record says the same here.
    pub constant: bool,
}

impl Column {
    /// Its heading or label, if it has one.
    #[must_use]
    pub fn heading(&self) -> Option<&str> {
        let label = self.names.iter().find(|it| it.1 == Origin::Label);
        label.map(|it| &*it.0)
    }
}

/// One of several.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    /// By column.
    pub cells: Vec<Option<Cell>>,
    /// All of its words.
    pub text: String,
    /// Index of its element.
    pub node: usize,
    /// The row that divides the table above it, if any: "Fruit".
    pub section: String,
}

impl Record {
    /// The cell of a column, unless it is empty.
    #[must_use]
    pub fn cell(&self, column: usize) -> Option<&Cell> {
        self.cells.get(column)?.as_ref().filter(|it| !it.is_empty())
    }
}

/// What kind of structure a set is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A table with headings.
    Table,
    /// Cards, items, rows without headings.
    Cards,
    /// Links or words alone: a menu, tags.
    Plain,
    /// Stated in the page's data, not shown.
    Stated,
}

/// All of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordSet {
    /// What kind of structure.
    pub kind: Kind,
    /// Caption, name, or the heading above.
    pub name: String,
    /// What the author calls the whole and the parts.
    pub hints: Vec<String>,
    /// The columns, in reading order.
    pub columns: Vec<Column>,
    /// In reading order.
    pub records: Vec<Record>,
    /// Index of the element around it.
    pub node: usize,
    /// One past the last element of it.
    pub end: usize,
}

impl RecordSet {
    /// The texts of a column that are there.
    pub fn texts(&self, column: usize) -> impl Iterator<Item = &str> + Clone {
        self.records
            .iter()
            .filter_map(move |it| it.cell(column))
            .map(|it| &*it.text)
    }

    /// The cells of a column that are there.
    pub fn cells(&self, column: usize) -> impl Iterator<Item = &Cell> + Clone {
        self.records.iter().filter_map(move |it| it.cell(column))
    }

    /// What a person would call each record: its heading, its first column, its longest link.
    #[must_use]
    pub fn title(&self) -> Option<usize> {
        let worded = |column: usize| {
            self.texts(column)
                .any(|it| it.chars().any(char::is_alphabetic))
        };
        let common = |column: usize| self.cells(column).count() * 2 > self.records.len();
        let fits = |column: &usize| {
            let it = &self.columns[*column];
            !it.constant
                && common(*column)
                && worded(*column)
                && it.role != "button"
                && it.role != "img"
        };
        let whole = || {
            (0..self.columns.len())
                .filter(|it| !self.columns[*it].part)
                .filter(fits)
        };
        let role = |role: &str| {
            let length = |column: &usize| self.texts(*column).take(20).map(str::len).sum::<usize>();
            whole()
                .filter(|it| self.columns[*it].role == role)
                .max_by_key(length)
        };
        let named = |names: &[&str]| {
            whole().find(|column| {
                let mut names_of = self.columns[*column].names.iter();
                names_of.any(|it| {
                    crate::ground::words(&it.0)
                        .iter()
                        .any(|word| names.contains(&&**word))
                })
            })
        };
        match self.kind {
            Kind::Table => named(&["name", "title"])
                .or_else(|| role("rowheader"))
                .or_else(|| whole().next()),
            _ => role("heading")
                .or_else(|| named(&["title", "name", "headline"]))
                .or_else(|| role("link"))
                .or_else(|| whole().next()),
        }
    }
}
