//! Questions of yes and no: what is said of one record, or of another where this one says otherwise.

use serde_json::Value;

use super::{
    Answer, Outcome,
    reading::{Look, Role, Run, cells},
};
use crate::{
    extract::{record::RecordSet, sheet::Sheet},
    goal::Question,
    ground::words,
};

/// The answers of a set.
pub fn answers(sheet: &Sheet<'_>, set: &RecordSet, question: &Question) -> Vec<Answer> {
    if question.most.is_some() {
        return Vec::new();
    }
    let parts = &question.parts;
    let Some(look) = Look::new(sheet, set, parts) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    // The last words are what may be so; the longest first.
    for from in 1..parts.len() {
        if parts[from - 1..].iter().all(|it| it.idle) {
            break;
        }
        let texts: Vec<&str> = parts[from..].iter().map(|it| &*it.text).collect();
        let text = texts.join(" ");
        let (hits, whole) = look.hits(&text);
        if !whole {
            continue;
        }
        if let Some(answer) = about(&look, &parts[..from], &hits, question) {
            found.push(answer);
            break;
        }
    }
    found
}

/// Whether the one record that the first words name is among those that say it.
fn about(
    look: &Look<'_, '_>,
    subject: &[crate::goal::Part],
    hits: &[(usize, usize)],
    _question: &Question,
) -> Option<Answer> {
    let own = Look::new(look.sheet, look.set, subject)?;
    let mut told: Option<(bool, usize, usize)> = None;
    for runs in own.readings() {
        let Some(record) = one(&own, &runs) else {
            continue;
        };
        let column = hits.iter().find(|it| it.0 == record).map(|it| it.1);
        let answer = match column {
            Some(column) => (true, record, column),
            None => {
                // Of the others that say it, all say it in one column, and this one says something
                // else there.
                let column = hits.first()?.1;
                if hits.iter().any(|it| it.1 != column) {
                    return None;
                }
                look.set.records.get(record)?.cell(column)?;
                (false, record, column)
            }
        };
        if told.is_some_and(|it| (it.0, it.1) != (answer.0, answer.1)) {
            return None;
        }
        told = Some(answer);
    }
    let (so, record, column) = told?;
    let record = &look.set.records[record];
    let cell = cells(look.set, record).find(|it| it.0 == column)?.1.clone();
    (!words(&cell.text).is_empty()).then_some(Answer {
        outcome: Outcome::Told(Value::Bool(so), cell),
        score: 0.85,
    })
}

/// The only record that has all values.
fn one(look: &Look<'_, '_>, runs: &[&Run]) -> Option<usize> {
    let mut kept: Vec<usize> = (0..look.set.records.len()).collect();
    let mut told = false;
    for run in runs {
        if let Role::Value(hits, _) = &run.role {
            told = true;
            kept.retain(|it| hits.iter().any(|hit| hit.0 == *it));
        }
    }
    match kept[..] {
        [only] if told => Some(only),
        _ => None,
    }
}
