//! The ways to place the words of a question on a set of records.

use serde_json::Value;

use super::{Answer, Outcome, asked};
use crate::{
    extract::{
        cell::Cell,
        choose::{CARDS, GENERIC, Profile, is_aside},
        column,
        convert::boolean,
        name::{self, Wanted},
        rank::{Rank, rank},
        record::{Kind, Origin, Record, RecordSet},
        rows::{Rows, identity},
        says::Said,
        sheet::Sheet,
    },
    goal::{Asked, Part, Question},
    ground::{words, words_stem},
};

/// Larger sets are read in other ways.
const MAX_RECORDS: usize = 1_500;
/// Most words of one name or value.
const MAX_RUN: usize = 8;
/// Most readings that are compared.
const MAX_READINGS: usize = 200;

/// What some words of the question are on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Role {
    /// What the things are called.
    Thing,
    /// What a column is called.
    Column(usize),
    /// What some records say, and at which columns.
    Value(Vec<(usize, usize)>, bool),
    /// What the page is about.
    Here,
}

/// A run of words with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub from: usize,
    pub to: usize,
    pub role: Role,
    pub score: f64,
}

/// A set, seen with the words of a question.
pub struct Look<'s, 'q> {
    pub sheet: &'s Sheet<'s>,
    pub set: &'s RecordSet,
    pub parts: &'q [Part],
    /// By the word that they begin with.
    pub runs: Vec<Vec<Run>>,
}

impl<'s, 'q> Look<'s, 'q> {
    /// Nothing where the set is too large to be looked at in this way.
    pub fn new(sheet: &'s Sheet<'s>, set: &'s RecordSet, parts: &'q [Part]) -> Option<Self> {
        if set.records.len() > MAX_RECORDS || set.records.is_empty() {
            return None;
        }
        let mut look = Self {
            sheet,
            set,
            parts,
            runs: vec![Vec::new(); parts.len()],
        };
        let profile = Profile::of(sheet, set);
        for from in 0..parts.len() {
            let longest = (from + MAX_RUN).min(parts.len());
            for to in (from + 1..=longest).rev() {
                look.place(from, to, &profile);
            }
        }
        Some(look)
    }

    /// The words of a run, as they stand.
    fn text(&self, from: usize, to: usize) -> String {
        let texts: Vec<&str> = self.parts[from..to].iter().map(|it| &*it.text).collect();
        texts.join(" ")
    }

    fn place(&mut self, from: usize, to: usize, profile: &Profile) {
        let part = &self.parts[to - 1];
        if part.idle || self.parts[from..to].iter().all(|it| it.idle) {
            return;
        }
        let text = self.text(from, to);
        let mut found = Vec::new();
        let mut push = |role: Role, score: f64| {
            found.push(Run {
                from,
                to,
                role,
                score,
            });
        };
        let led = self.parts[from].idle;
        let (hits, whole) = self.hits(&text);
        if !hits.is_empty() && (!led || whole) {
            push(Role::Value(hits, whole), if whole { 1.0 } else { 0.7 });
        }
        if !led && to - from < 4 {
            for (column, score) in asked::columns_called(self.set, &text) {
                push(Role::Column(column), score);
            }
        }
        if to == from + 1 {
            let stem = name::bare(&words(&text)).concat();
            let is = |list: &[&str]| list.iter().any(|it| words_stem(it) == stem);
            let cards = self.set.kind == Kind::Cards && !is_aside(self.sheet, self.set);
            if profile.strong.contains(&stem) {
                push(Role::Thing, 0.95);
            } else if self.titled(&stem) {
                push(Role::Thing, 0.9);
            } else if is(GENERIC) || is(CARDS) && cards {
                push(Role::Thing, 0.7);
            } else if profile.weak.contains(&stem) {
                push(if part.noun { Role::Thing } else { Role::Here }, 0.5);
            }
        }
        self.runs[from].extend(found);
    }

    /// Whether what the things are called by is called so: "Room" above Oak, Elm and Pine.
    fn titled(&self, stem: &str) -> bool {
        let heading = self
            .set
            .title()
            .and_then(|it| self.set.columns[it].heading());
        heading.is_some_and(|it| name::bare(&words(it)) == [stem])
    }

    /// Where some text is said, and whether it is all that is said there; then only such places.
    pub fn hits(&self, text: &str) -> (Vec<(usize, usize)>, bool) {
        let said = Said::new(text);
        if said.is_empty() {
            return (Vec::new(), false);
        }
        let length = words(text).len();
        let mut found = Vec::new();
        let mut wholes = Vec::new();
        for (at, record) in self.set.records.iter().enumerate() {
            if said.is_in(&record.section) {
                found.push((at, usize::MAX));
            }
            for (column, cell) in cells(self.set, record) {
                if said.is_in(&cell.text) {
                    found.push((at, column));
                    if words(&cell.text).len() == length {
                        wholes.push((at, column));
                    }
                }
            }
        }
        if wholes.is_empty() {
            (found, false)
        } else {
            (wholes, true)
        }
    }

    /// Whether what is asked for may be the things themselves.
    pub fn is_thing(&self) -> bool {
        let noun = |run: &Run| self.parts[run.from..run.to].iter().any(|it| it.noun);
        self.runs
            .iter()
            .flatten()
            .any(|it| it.role == Role::Thing && noun(it))
    }

    /// Every way to give each word a place.
    pub fn readings(&self) -> Vec<Vec<&Run>> {
        let mut found = Vec::new();
        self.go_on(0, &mut Vec::new(), &mut found);
        found
    }

    fn go_on<'l>(&'l self, at: usize, taken: &mut Vec<&'l Run>, found: &mut Vec<Vec<&'l Run>>) {
        if found.len() >= MAX_READINGS {
            return;
        }
        if at == self.parts.len() {
            found.push(taken.clone());
            return;
        }
        for run in &self.runs[at] {
            taken.push(run);
            self.go_on(run.to, taken, found);
            taken.pop();
        }
        if self.parts[at].idle {
            self.go_on(at + 1, taken, found);
        }
    }
}

/// The cells of a record that say something of it: no controls.
pub fn cells<'r>(
    set: &'r RecordSet,
    record: &'r Record,
) -> impl Iterator<Item = (usize, &'r Cell)> {
    (0..set.columns.len()).filter_map(|column| {
        let cell = record.cell(column)?;
        (set.columns[column].role != "button").then_some((column, cell))
    })
}

/// What the readings of a set come to.
pub fn answers(sheet: &Sheet<'_>, set: &RecordSet, question: &Question) -> Vec<Answer> {
    let Some(look) = Look::new(sheet, set, &question.parts) else {
        return Vec::new();
    };
    let readings = look.readings();
    readings
        .iter()
        .filter_map(|it| answer(&look, it, question))
        .collect()
}

/// What one reading comes to, if it comes to anything.
fn answer(look: &Look<'_, '_>, runs: &[&Run], question: &Question) -> Option<Answer> {
    let set = look.set;
    // "status Pending", "order 1003": the column of the value, not what is asked for.
    let label_of = |at: usize| {
        let Role::Column(column) = runs[at].role else {
            return None;
        };
        let beside = |other: usize| match &runs.get(other)?.role {
            Role::Value(hits, _) => hits.iter().any(|it| it.1 == column).then_some(other),
            _ => None,
        };
        let next = beside(at + 1).filter(|it| runs[*it].from == runs[at].to);
        let before = at.checked_sub(1).and_then(beside);
        next.or_else(|| before.filter(|it| runs[*it].to == runs[at].from))
    };
    let mut named: Vec<(usize, usize)> = Vec::new();
    let mut limits: Vec<(usize, usize)> = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        if let Role::Column(column) = run.role {
            let noun = look.parts[run.from..run.to].iter().any(|it| it.noun);
            match label_of(at).filter(|_| !noun) {
                Some(value) => limits.push((value, column)),
                None => named.push((at, column)),
            }
        }
    }
    let noun_run = |run: &Run| look.parts[run.from..run.to].iter().any(|it| it.noun);
    let thing = runs
        .iter()
        .any(|it| noun_run(it) && !matches!(it.role, Role::Column(_)));
    let explicit: Vec<usize> = {
        let nouns: Vec<usize> = named
            .iter()
            .filter(|it| noun_run(runs[it.0]))
            .map(|it| it.1)
            .collect();
        if nouns.is_empty() && !thing {
            let all: Vec<usize> = named.iter().map(|it| it.1).collect();
            let told = |column: &usize| {
                let mut cells = set.records.iter().map(|it| it.cell(*column));
                cells.all(|it| {
                    it.is_some_and(|it| it.checked.is_some() || boolean(&it.text).is_some())
                })
            };
            // "the cheapest room with a projector": what is said of it is not what is asked for.
            let rest: Vec<usize> = all.iter().copied().filter(|it| !told(it)).collect();
            let things = runs.iter().any(|it| it.role == Role::Thing);
            if rest.is_empty() && !things {
                all
            } else {
                rest
            }
        } else {
            nouns
        }
    };
    // Which records.
    let mut kept: Vec<usize> = (0..set.records.len()).collect();
    for (at, run) in runs.iter().enumerate() {
        let Role::Value(hits, _) = &run.role else {
            continue;
        };
        let limit = limits.iter().find(|it| it.0 == at).map(|it| it.1);
        kept.retain(|record| {
            hits.iter()
                .any(|it| it.0 == *record && limit.is_none_or(|column| it.1 == column))
        });
    }
    // "which rooms have a projector": those that have it.
    for (_, column) in named.iter().filter(|it| !explicit.contains(&it.1)) {
        let yes = |record: &usize| {
            let cell = set.records[*record].cell(*column)?;
            cell.checked.or_else(|| boolean(&cell.text))
        };
        if (0..set.records.len()).any(|it| yes(&it).is_none()) {
            return None;
        }
        kept.retain(|it| yes(it) == Some(true));
    }
    let filtered = kept.len() < set.records.len();
    if kept.is_empty() {
        return None;
    }
    let ask = asked::ask(look, &explicit, question, thing)?;
    let by = match &question.most {
        Some(most) => Some(asked::quality(look, most)?),
        None => None,
    };
    let weights: f64 = runs.iter().map(|it| it.score).sum();
    #[expect(clippy::cast_precision_loss, reason = "a count of words")]
    let mut score = (weights + ask.score) / (runs.len() + 1) as f64;
    score += match set.kind {
        Kind::Table => 0.04,
        Kind::Cards => 0.02,
        Kind::Plain | Kind::Stated => -0.1,
    };
    if ask.counts {
        let mut rows = Rows {
            conditional: filtered,
            counted: true,
            ..Rows::default()
        };
        let record = |it: &usize| &set.records[*it];
        rows.rows = kept
            .iter()
            .map(|it| super::row(Value::Null, identity(record(it))))
            .collect();
        let cells = kept
            .iter()
            .map(record)
            .map(|it| Cell::of_text(&*it.text, it.node));
        let outcome = Outcome::Rows(rows, cells.take(8).collect());
        return Some(Answer { outcome, score });
    }
    // Nothing says which of them.
    if !question.several && by.is_none() && !filtered && set.records.len() > 1 {
        return None;
    }
    let manner = by.map(|it| column::manner(look.sheet, set, it.0));
    let mut rows = Rows {
        conditional: filtered,
        asked: true,
        ..Rows::default()
    };
    let mut cells = Vec::new();
    for at in &kept {
        let record = &set.records[*at];
        let Some((value, from)) = ask.value(look.sheet, record) else {
            continue;
        };
        let mut row = super::row(value, identity(record));
        row.rank = by
            .zip(manner.as_ref())
            .and_then(|((column, scale), manner)| rank(record.cell(column)?, scale, manner));
        cells.extend(from);
        rows.rows.push(row);
    }
    if by.is_some()
        && !rows
            .rows
            .iter()
            .any(|it| matches!(it.rank, Some(Rank::Number(_))))
    {
        return None;
    }
    let several = question.several || by.is_some();
    if rows.rows.is_empty() || !several && !same(&rows) {
        return None;
    }
    if question.asked == Asked::Many {
        let only = rows.rows.first()?.value.as_str().and_then(super::number)?;
        let cell = cells.into_iter().next()?;
        return Some(Answer {
            outcome: Outcome::Told(only, cell),
            score,
        });
    }
    cells.truncate(8);
    Some(Answer {
        outcome: Outcome::Rows(rows, cells),
        score,
    })
}

/// Whether all rows say the same.
fn same(rows: &Rows) -> bool {
    rows.rows.windows(2).all(|it| it[0].value == it[1].value)
}

/// How sure a column is called so, by where its name comes from.
pub fn called(names: &[(String, Origin)], text: &str) -> f64 {
    let headed = names.iter().any(|it| it.1 == Origin::Label);
    let wanted = Wanted::new(text, "");
    names
        .iter()
        .filter(|it| it.1 != Origin::Hint || !headed)
        .map(|(name, origin)| wanted.likeness(name) * origin.weight())
        .fold(0.0, f64::max)
}
