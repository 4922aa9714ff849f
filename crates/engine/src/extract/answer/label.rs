//! Answers that stand beside a label.

use super::{Answer, Outcome};
use crate::{
    extract::{cell::Cell, date, name, number, pair::Pair, sheet::Sheet},
    goal::{Asked, Question},
    ground::words,
};

/// Words that go with any value of the kind that is asked for.
const DUE: &[&str] = &[
    "due", "happen", "take", "place", "start", "cost", "costs", "value", "set",
];

/// The values whose labels the question names.
pub fn answers(sheet: &Sheet<'_>, question: &Question) -> Vec<Answer> {
    let said: Vec<&str> = question
        .parts
        .iter()
        .filter(|it| !it.idle)
        .map(|it| &*it.text)
        .collect();
    let about = name::bare(&sheet.about());
    let shown = sheet.pairs.iter().filter(|it| it.shown);
    shown
        .filter_map(|it| answer(sheet, it, question, &said, &about))
        .collect()
}

fn answer(
    sheet: &Sheet<'_>,
    pair: &Pair,
    question: &Question,
    said: &[&str],
    about: &[String],
) -> Option<Answer> {
    let text = pair.cell.text.trim();
    if text.is_empty() {
        return None;
    }
    let label = name::bare(&words(&pair.label));
    let above = sheet
        .heading_above(pair.cell.node)
        .map(|it| name::bare(&words(it)))
        .unwrap_or_default();
    let inside = name::bare(&words(text));
    let mut used = 0;
    let mut loose = 0.0;
    for word in said {
        let word = name::bare(&words(word));
        if word.iter().all(|it| label.contains(it)) {
            used += word.len();
        } else if word
            .iter()
            .all(|it| about.contains(it) || above.contains(it))
        {
            loose += 0.05;
        } else if question.asked == Asked::What && word.iter().all(|it| inside.contains(it))
            || word.iter().all(|it| DUE.contains(&&**it))
        {
            loose += 0.1;
        } else {
            return None;
        }
    }
    if used == 0 || !fits(question.asked, text) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    let covered = used as f64 / label.len().max(1) as f64;
    let score = (0.55 + 0.4 * covered.min(1.0)) * pair.trust.weight() - loose;
    let cell = pair.cell.clone();
    let outcome = match question.asked {
        Asked::Many => Outcome::Told(super::number(text)?, cell),
        _ => Outcome::Text(Cell { ..cell }),
    };
    Some(Answer { outcome, score })
}

/// Whether a text can be the answer.
pub fn fits(asked: Asked, text: &str) -> bool {
    let digits = text.contains(|it: char| it.is_ascii_digit());
    match asked {
        Asked::When => {
            let order = Some(date::Order::DayFirst);
            date::parse(text, order).is_some() || digits
        }
        Asked::Many => crate::extract::number(text).is_some(),
        Asked::Much => number::is_money(text) || digits,
        Asked::How => digits,
        _ => true,
    }
}
