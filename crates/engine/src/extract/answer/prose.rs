//! Answers in what the page says at length: under a heading that asks the same, or in a sentence
//! that has every word of the question.

use super::{Answer, Outcome, label::fits};
use crate::{
    extract::{cell::Cell, name, sheet::Sheet},
    goal::{Asked, Question},
    ground::words,
};

/// Longer texts are no answers.
const MAX_TEXT: usize = 600;

/// The answers in prose.
pub fn answers(sheet: &Sheet<'_>, question: &Question) -> Vec<Answer> {
    let said: Vec<String> = question
        .parts
        .iter()
        .filter(|it| !it.idle)
        .flat_map(|it| name::bare(&words(&it.text)))
        .collect();
    if said.is_empty() || question.most.is_some() {
        return Vec::new();
    }
    let found = under(sheet, &said);
    if !found.is_empty() {
        return found;
    }
    sentences(sheet, question, &said)
}

/// What stands under a heading, a button or a term with the words of the question and no others.
fn under(sheet: &Sheet<'_>, said: &[String]) -> Vec<Answer> {
    if said.len() < 2 {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < sheet.nodes.len() {
        let node = &sheet.nodes[at];
        let asks = matches!(
            &*node.role,
            "heading" | "button" | "term" | "DisclosureTriangle" | "summary"
        ) || node.expanded.is_some()
            || node.tag == "summary";
        let text = sheet.text(at);
        // What is closed shows nothing of its answer.
        let closed = sheet.nodes[at..sheet.end(at)]
            .iter()
            .any(|it| it.expanded == Some(false));
        if !asks || closed || !is_asked(&text, said) {
            at += 1;
            continue;
        }
        let mut answer = String::new();
        let mut from = sheet.end(at);
        let first = from;
        while from < sheet.nodes.len() && answer.len() < MAX_TEXT {
            let next = &sheet.nodes[from];
            let apart = matches!(
                &*next.role,
                "heading" | "contentinfo" | "navigation" | "banner" | "form" | "table" | "main"
            );
            if apart || next.expanded.is_some() || next.tag == "summary" {
                break;
            }
            if next.role == "text" {
                if !answer.is_empty() {
                    answer.push(' ');
                }
                answer.push_str(next.text.trim());
            }
            from += 1;
        }
        if !answer.is_empty() {
            found.push(Answer {
                outcome: Outcome::Text(Cell::of_text(answer, first)),
                score: 0.9,
            });
        }
        at = from.max(at + 1);
    }
    found
}

/// Whether a text asks what was asked.
pub fn is_asked(text: &str, said: &[String]) -> bool {
    if text.len() > 160 {
        return false;
    }
    let idle = |it: &String| super::is_idle(it);
    let mut have: Vec<String> = name::bare(&words(text))
        .into_iter()
        .filter(|it| !idle(it))
        .collect();
    let mut want: Vec<String> = said.iter().filter(|it| !idle(it)).cloned().collect();
    have.sort();
    have.dedup();
    want.sort();
    want.dedup();
    !want.is_empty() && have == want
}

/// The only sentence that says all of it, with a value of the kind that is asked for.
fn sentences(sheet: &Sheet<'_>, question: &Question, said: &[String]) -> Vec<Answer> {
    if !matches!(
        question.asked,
        Asked::When | Asked::Many | Asked::Much | Asked::How
    ) {
        return Vec::new();
    }
    let about = name::bare(&sheet.about());
    let needed: Vec<&String> = said.iter().filter(|it| !about.contains(it)).collect();
    if needed.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, node) in sheet.nodes.iter().enumerate() {
        if node.role != "text" {
            continue;
        }
        for sentence in node.text.split_inclusive(['.', '!', '?', '\n']) {
            let sentence = sentence.trim();
            let have = name::bare(&words(sentence));
            let says = needed.iter().all(|it| have.contains(it));
            if !says
                || sentence.len() > 240
                || sentence.ends_with('?')
                || !fits(question.asked, sentence)
            {
                continue;
            }
            let cell = Cell::of_text(sentence, at);
            let numbers = sentence
                .split_whitespace()
                .filter(|it| it.contains(|it: char| it.is_ascii_digit()))
                .count();
            let outcome = match question.asked {
                Asked::Many if numbers == 1 => match super::number(sentence) {
                    Some(number) => Outcome::Told(number, cell),
                    None => continue,
                },
                Asked::Many => continue,
                _ => Outcome::Text(cell),
            };
            found.push(Answer {
                outcome,
                score: 0.6,
            });
        }
    }
    found
}
