//! Answers to questions: the reading of a question in which every word that says something has its
//! place on the page.
//!
//! A word may name a list, a column or a value, and only the page tells which. Each way to place all
//! of the words is a reading; those that fit best have to come to the same answer, or none is given.

mod asked;
mod label;
mod prose;
mod reading;
mod whether;

use serde_json::{Map, Value};

use super::{
    Extract,
    cell::Cell,
    choose::Refusal,
    column::TEXT,
    convert::{Want, convert, whole},
    key::{key, plural},
    record::{Kind, RecordSet},
    rows::{Row, Rows},
    sheet::Sheet,
};
use crate::goal::{Asked, Question};

/// Answers that score nearer to the best than this have to be the same.
const MARGIN: f64 = 0.08;
/// A reading below this is none.
const LEAST: f64 = 0.5;

/// What a reading of the question comes to.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    /// Values, by name; from several records.
    Rows(Rows, Vec<Cell>),
    /// One value that stands there.
    Text(Cell),
    /// A number or a yes or no that follows from what stands there.
    Told(Value, Cell),
}

/// A reading of the question, and how well it fits.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    outcome: Outcome,
    score: f64,
}

impl Answer {
    /// What would be given, to compare answers.
    fn says(&self) -> Value {
        match &self.outcome {
            Outcome::Rows(rows, _) => {
                let values = rows.rows.iter().map(|it| it.value.clone());
                match rows.counted {
                    true => rows.rows.len().into(),
                    false => Value::Array(values.collect()),
                }
            }
            Outcome::Text(cell) => Value::Array(vec![cell.text.trim().into()]),
            Outcome::Told(value, _) => value.clone(),
        }
    }
}

/// The answer; `None` where the question can't be read word by word on this page.
pub fn read(sheet: &Sheet<'_>, question: &Question) -> Option<Result<Extract, Refusal>> {
    let mut answers: Vec<Answer> = Vec::new();
    let mut found: Vec<(&RecordSet, Vec<Answer>)> = Vec::new();
    for set in sheet.sets.iter().filter(|it| it.kind != Kind::Plain) {
        match question.asked {
            Asked::Whether => found.push((set, whether::answers(sheet, set, question))),
            _ => found.push((set, reading::answers(sheet, set, question))),
        }
    }
    // What holds the lists of the page is no list of its own where one of them answers.
    found.retain(|it| !it.1.is_empty());
    let holds = |outer: &RecordSet| {
        // A record may be several elements, up to the next one.
        let within = |set: &RecordSet| {
            let starts = outer.records.iter().map(|it| it.node);
            let ends = starts.clone().skip(1).chain([outer.end]);
            starts
                .zip(ends)
                .any(|(from, to)| from <= set.node && set.end <= to && from < to)
                && (set.node, set.end) != (outer.node, outer.end)
        };
        found
            .iter()
            .any(|(set, _)| set.kind != Kind::Stated && within(set))
    };
    // And what is a part of a longer list is not all of it.
    let partial = |part: &RecordSet| {
        found.iter().any(|(set, _)| {
            let node = |node: usize| set.records.iter().any(|it| it.node == node);
            set.records.len() > part.records.len() && part.records.iter().all(|it| node(it.node))
        })
    };
    for (set, of_set) in &found {
        if set.kind == Kind::Stated || !holds(set) && !partial(set) {
            answers.extend(of_set.iter().cloned());
        }
    }
    if question.asked != Asked::Whether && question.most.is_none() {
        answers.extend(label::answers(sheet, question));
    }
    answers.retain(|it| it.score >= LEAST);
    if answers.is_empty() {
        answers.extend(prose::answers(sheet, question));
    }
    answers.sort_by(|left, right| right.score.total_cmp(&left.score));
    let best = answers.first()?;
    let says = best.says();
    let other = answers
        .iter()
        .skip(1)
        .take_while(|it| best.score - it.score < MARGIN)
        .find(|it| it.says() != says);
    if let Some(other) = other {
        let shown = |it: &Value| errand_domain::text::clip(&it.to_string(), 60);
        return Some(Err(Refusal::Doubt(format!(
            "the question could be answered by {} or by {}; say more exactly what is asked for",
            shown(&says),
            shown(&other.says())
        ))));
    }
    let best = answers.swap_remove(0);
    Some(Ok(told(sheet, question, best)))
}

/// The name of the answer: what is asked for, in the question's own words.
fn name(question: &Question) -> String {
    if let Some(noun) = &question.noun {
        return key(noun);
    }
    match question.asked {
        Asked::Who => "who".to_owned(),
        Asked::When => "when".to_owned(),
        Asked::Where => "where".to_owned(),
        Asked::Many => "count".to_owned(),
        Asked::Much => "amount".to_owned(),
        Asked::Whether | Asked::How | Asked::What => "answer".to_owned(),
    }
}

fn told(sheet: &Sheet<'_>, question: &Question, answer: Answer) -> Extract {
    let mut extract = Extract::default();
    let name = name(question);
    let mut object = Map::new();
    match answer.outcome {
        Outcome::Rows(mut rows, cells) => {
            let name = if question.several && !rows.counted {
                plural(&name)
            } else {
                name
            };
            rows.pointer = format!("/{name}");
            for cell in &cells {
                extract.note_source(rows.pointer.clone(), cell, sheet.nodes);
            }
            extract.found = extract.found.max(1);
            object.insert(name, Value::Null);
            extract.lists.push(rows);
        }
        Outcome::Text(mut cell) => {
            if question.asked == Asked::When {
                cell.text = asked::only_date(&cell.text);
            }
            extract.note_source(format!("/{name}"), &cell, sheet.nodes);
            let value = convert(&cell, &TEXT, Want::Text, &sheet.manner());
            object.insert(name, value.unwrap_or_default());
        }
        Outcome::Told(value, cell) => {
            extract.note_source(format!("/{name}"), &cell, sheet.nodes);
            object.insert(name, value);
        }
    }
    extract.value = Value::Object(object);
    extract
}

/// Whether a word only joins others.
fn is_idle(word: &str) -> bool {
    crate::goal::joins(word)
}

/// Numbers of a text, as they count.
fn number(text: &str) -> Option<Value> {
    super::number(text).and_then(whole)
}

/// A row of an answer.
fn row(value: Value, id: u64) -> Row {
    Row {
        value,
        rank: None,
        id,
    }
}
