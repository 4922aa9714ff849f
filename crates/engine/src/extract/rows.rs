//! The rows of an answer, from one page or from several, before they are put in order and counted.

mod choice;

pub use choice::identity;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{convert::whole, rank::Rank};
use crate::goal::{Extraction, Slice, Tally};

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What comes into the answer.
    #[serde(rename = "v")]
    pub value: Value,
    /// What it is compared by.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Rank>,
    /// A hash of everything in the record, to know it again on the next page.
    #[serde(rename = "i")]
    pub id: u64,
}

/// The rows of one list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Rows {
    /// Where they go, as a JSON pointer.
    pub pointer: String,
    /// In reading order.
    pub rows: Vec<Row>,
    /// Whether conditions let through only some.
    #[serde(default)]
    pub conditional: bool,
    /// Which part of the goal says how they are put in order and cut.
    #[serde(default)]
    pub by: Option<usize>,
    /// Whether a list is asked for, also where only one is in it.
    #[serde(default)]
    pub listed: bool,
    /// Whether they answer the question that the goal asks, as a list or one of them.
    #[serde(default)]
    pub asked: bool,
    /// Whether their number answers it.
    #[serde(default)]
    pub counted: bool,
    /// Most that the schema allows.
    #[serde(default)]
    pub most: Option<usize>,
}

impl Rows {
    /// Adds the rows of a further page, without those that are there already; says whether any came.
    pub fn extend(&mut self, more: Self, same_page: bool) -> bool {
        let (have, come): (Vec<u64>, Vec<u64>) = (
            self.rows.iter().map(|it| it.id).collect(),
            more.rows.iter().map(|it| it.id).collect(),
        );
        if come.is_empty() || same_page && have.ends_with(&come) {
            return false;
        }
        // "Load more" leaves what was there above what came; pages may overlap at their ends.
        let most = have.len().min(come.len());
        let known = if same_page && come.starts_with(&have) {
            have.len()
        } else {
            (1..=most)
                .rev()
                .find(|it| have[have.len() - it..] == come[..*it])
                .unwrap_or(0)
        };
        // Rows that are told apart by what they say are the same row wherever they come.
        let mut sorted = have;
        sorted.sort_unstable();
        let told_apart = sorted.windows(2).all(|it| it[0] != it[1]);
        let before = self.rows.len();
        let fresh = more.rows.into_iter().skip(known);
        self.rows
            .extend(fresh.filter(|it| !(told_apart && sorted.binary_search(&it.id).is_ok())));
        self.rows.len() > before
    }

    /// Whether rows can fail to come to what is asked for.
    #[must_use]
    pub fn may_fail(wanted: &Extraction) -> bool {
        wanted.tally.is_some()
            || wanted.most.is_some()
            || matches!(wanted.slice, Some(Slice::Nth(_)))
    }

    /// The answer: in order, cut, counted; and what is to be said about it.
    ///
    /// # Errors
    /// In words, where the rows don't allow it.
    pub fn conclude(mut self, wanted: &Extraction) -> Result<(Value, Vec<String>), String> {
        let mut notes = Vec::new();
        match wanted.tally {
            Some(Tally::Count) => return Ok((self.rows.len().into(), notes)),
            Some(tally) => {
                let numbers = self.rows.iter().filter_map(|it| match &it.rank {
                    Some(Rank::Number(number)) => Some(*number),
                    _ => None,
                });
                let numbers: Vec<f64> = numbers.collect();
                if numbers.len() < self.rows.len() {
                    notes.push(format!(
                        "{} of {} have no number",
                        self.rows.len() - numbers.len(),
                        self.rows.len()
                    ));
                }
                if numbers.is_empty() {
                    return Err("there is no number among them".to_owned());
                }
                #[expect(clippy::cast_precision_loss, reason = "a count")]
                let count = if tally == Tally::Mean {
                    numbers.len() as f64
                } else {
                    1.0
                };
                // Cents are exact only to so many places.
                let result = (numbers.iter().sum::<f64>() / count * 1e6).round() / 1e6;
                return Ok((whole(result).unwrap_or_default(), notes));
            }
            None => {}
        }
        if let Some(most) = &wanted.most {
            self.rows.retain(|it| it.rank.is_some());
            order(&mut self.rows, !most.least);
            let Some(first) = self.rows.first() else {
                return Err("none of them can be compared".to_owned());
            };
            let ties: Vec<&Row> = self
                .rows
                .iter()
                .take_while(|it| it.rank == first.rank)
                .collect();
            if wanted.single && ties.iter().any(|it| it.value != first.value) {
                let names: Vec<String> = ties
                    .iter()
                    .take(3)
                    .map(|it| errand_domain::text::clip(&it.value.to_string(), 60))
                    .collect();
                return Err(format!("several come first alike: {}", names.join(", ")));
            }
            if wanted.single {
                return Ok((self.rows.swap_remove(0).value, notes));
            }
        } else if let Some(sorting) = &wanted.sorting {
            order(&mut self.rows, sorting.falling);
        }
        let count = self.rows.len();
        let short = |wanted: usize| (count < wanted).then(|| format!("there are only {count}"));
        let chosen: Vec<Row> = match wanted.slice {
            Some(Slice::First(most)) => {
                notes.extend(short(most));
                self.rows.into_iter().take(most).collect()
            }
            Some(Slice::Last(most)) => {
                notes.extend(short(most));
                self.rows
                    .into_iter()
                    .skip(count.saturating_sub(most))
                    .collect()
            }
            Some(Slice::Nth(nth)) => match self.rows.into_iter().nth(nth - 1) {
                Some(row) => vec![row],
                None => return Err(format!("there are only {count}")),
            },
            None => self.rows,
        };
        let mut values: Vec<Value> = chosen.into_iter().map(|it| it.value).collect();
        if wanted.single && values.len() == 1 {
            return Ok((values.swap_remove(0), notes));
        }
        Ok((Value::Array(values), notes))
    }
}

/// Stable; what can't be compared comes last.
fn order(rows: &mut [Row], falling: bool) {
    rows.sort_by(|left, right| match (&left.rank, &right.rank) {
        (Some(left), Some(right)) => {
            let order = left.partial_cmp(right).unwrap_or(std::cmp::Ordering::Equal);
            if falling { order.reverse() } else { order }
        }
        (left, right) => left.is_none().cmp(&right.is_none()),
    });
}
