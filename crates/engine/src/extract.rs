//! Reading values off a page, by structure alone: tables, lists, cards, labels, headings, forms, and
//! what the page says of itself.
//!
//! A value is taken only where the page calls it what was asked for, or where nothing else there
//! could be meant. What can't be told is null with a note, or refused with the candidates.

mod answer;
mod asked;
mod cell;
mod choose;
mod column;
mod condition;
pub mod convert;
pub mod date;
mod element;
mod fill;
mod item;
mod key;
mod name;
pub mod number;
mod owner;
mod pair;
mod rank;
mod record;
mod repeat;
mod rows;
mod says;
pub mod schema;
mod segment;
mod sheet;
mod single;
mod slot;
mod stated;
mod table;

use errand_browser::{Node, Reading};
use serde_json::Value;

pub use choose::Refusal;
pub use rows::{Row, Rows};

use crate::goal::Extraction;
use cell::{Cell, locator};
use sheet::Sheet;

/// The only number in a text, however it is written.
pub(crate) fn number(text: &str) -> Option<f64> {
    number::parse(text, number::Style::default())
}

/// Whether a text is a sum of money.
pub(crate) fn is_money(text: &str) -> bool {
    number::is_money(text)
}

/// Where a value was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which value, as a JSON pointer.
    pub pointer: String,
    /// The text it came from, at most 120 letters.
    pub text: String,
    /// The element: its role, name and id.
    pub element: String,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extract {
    /// The values; null where a list goes.
    pub value: Value,
    /// The lists, before they are put in order and cut.
    pub lists: Vec<Rows>,
    /// Why parts of it are null, and what was assumed.
    pub notes: Vec<String>,
    /// How many values were found.
    pub found: usize,
    /// Where they were, for the first 200.
    pub sources: Vec<Source>,
    /// Why nothing is taken.
    pub refusal: Option<Refusal>,
}

impl Extract {
    /// Remembers where a value stands.
    fn note_source(&mut self, pointer: String, cell: &Cell, nodes: &[Node]) {
        self.found += 1;
        // Some are enough to check by; a list of thousands is not told one by one.
        if self.sources.len() < 200 {
            let element = if cell.node < nodes.len() {
                locator(nodes, cell.node)
            } else {
                "the page's data".to_owned()
            };
            let text = errand_domain::text::clip(&cell.text, 120);
            self.sources.push(Source {
                pointer,
                text,
                element,
            });
        }
    }
}

impl Extract {
    fn refused(refusal: Refusal) -> Self {
        Self {
            refusal: Some(refusal),
            ..Self::default()
        }
    }

    /// The answer of this page alone.
    ///
    /// # Errors
    /// In words, where it can't be given.
    pub fn answer(self, goal: &[Extraction]) -> Result<(Value, Vec<String>), String> {
        if let Some(Refusal::Doubt(why) | Refusal::Unseen(why) | Refusal::Absent(why)) =
            self.refusal
        {
            return Err(why);
        }
        let mut notes = self.notes;
        let value = settle(self.value, self.lists, goal, &mut notes)?;
        Ok((value, notes))
    }
}

/// Puts lists where they go: in order, cut or counted as the goal says.
///
/// # Errors
/// In words, where the rows don't allow it.
pub fn settle(
    mut value: Value,
    lists: Vec<Rows>,
    goal: &[Extraction],
    notes: &mut Vec<String>,
) -> Result<Value, String> {
    for rows in lists {
        let pointer = rows.pointer.clone();
        let most = rows.most;
        let listed = rows.listed;
        let wanted = rows
            .by
            .and_then(|it| goal.get(it))
            .cloned()
            .unwrap_or_default();
        let wanted = if rows.asked || rows.counted {
            wanted.as_question(rows.counted)
        } else {
            wanted
        };
        let wanted = if listed {
            Extraction {
                single: false,
                ..wanted
            }
        } else {
            wanted
        };
        let (mut concluded, more) = rows.conclude(&wanted)?;
        notes.extend(more.into_iter().map(|it| format!("{pointer}: {it}")));
        if listed && let Value::Array(items) = &mut concluded {
            let keep = if wanted.most.is_some() && wanted.slice.is_none() {
                1
            } else {
                usize::MAX
            };
            items.truncate(most.unwrap_or(usize::MAX).min(keep));
        }
        match value.pointer_mut(&pointer) {
            Some(place) => *place = concluded,
            None => value = concluded,
        }
    }
    Ok(value)
}

/// Reads what a schema describes. Values that are not there are null, with a note.
///
/// `goal` says which of the things on the page are meant, all that is to be read in order;
/// `current` is the part of it that this page is open for. What another part speaks of is left null.
/// `title` and `url` are the page's.
#[must_use]
pub fn by_schema(
    reading: &Reading,
    (title, url): (&str, &str),
    schema: &Value,
    goal: &[Extraction],
    current: usize,
) -> Extract {
    let sheet = Sheet::new(reading, title, url);
    let outline = schema::outline(schema);
    let mut extract =
        fill::read(&sheet, &outline.shape, goal, current).unwrap_or_else(Extract::refused);
    let left_out = outline
        .left_out
        .into_iter()
        .map(|(pointer, why)| format!("{pointer}: not read; {why}"));
    extract.notes.splice(0..0, left_out);
    extract
}

/// A question is answered as such; what is put otherwise, only where it can't be read by its words.
fn answered(sheet: &Sheet<'_>, wanted: &Extraction) -> Result<Extract, Refusal> {
    let Some(question) = &wanted.question else {
        return asked::read(sheet, wanted);
    };
    let answer = || answer::read(sheet, question);
    if wanted.put {
        return agreed(sheet, wanted, answer()).unwrap_or_else(|| {
            asked::read(sheet, wanted).map_err(|refusal| match refusal {
                Refusal::Doubt(why) => Refusal::Unseen(why),
                other => other,
            })
        });
    }
    // What is cut, sorted or told apart by conditions is read by those alone.
    let plain = wanted.filters.is_empty()
        && wanted.fields.is_empty()
        && wanted.places.is_empty()
        && wanted.slice.is_none()
        && wanted.sorting.is_none()
        && wanted.tally.is_none()
        && !wanted.theirs;
    asked::read(sheet, wanted).or_else(|refusal| match answer().filter(|_| plain) {
        Some(Ok(extract)) => Ok(extract),
        _ => Err(refusal),
    })
}

/// The answer to a question under the name that the goal gives it, where reading by the name comes to
/// the same.
fn agreed(
    sheet: &Sheet<'_>,
    wanted: &Extraction,
    answer: Option<Result<Extract, Refusal>>,
) -> Option<Result<Extract, Refusal>> {
    let answer = match answer? {
        Ok(answer) => answer,
        Err(refusal) => return Some(Err(refusal)),
    };
    let values = |extract: Extract| {
        let (value, _) = extract.answer(std::slice::from_ref(wanted)).ok()?;
        Some(value.as_object()?.values().cloned().collect::<Vec<_>>())
    };
    let named = asked::read(sheet, wanted).ok().map(|mut it| {
        for rows in &mut it.lists {
            rows.by = Some(0);
        }
        it
    });
    let mut own = answer.clone();
    for rows in &mut own.lists {
        rows.by = Some(0);
    }
    let same = named.filter(|it| {
        let told = values(it.clone());
        told.is_some() && told == values(own)
    });
    Some(Ok(same.unwrap_or(answer)))
}

/// Reads what the goal names, without a schema. Keys are the nouns in snake case.
#[must_use]
pub fn by_goal(reading: &Reading, (title, url): (&str, &str), wanted: &Extraction) -> Extract {
    let sheet = Sheet::new(reading, title, url);
    let mut extract = answered(&sheet, wanted).unwrap_or_else(Extract::refused);
    for rows in &mut extract.lists {
        rows.by = Some(0);
    }
    extract
}
