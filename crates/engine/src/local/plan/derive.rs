//! Values that the page gives.

use errand_browser::{Node, observation::text_of};
use errand_domain::{FailureCategory, ValueSource};
use serde_json::Value;

use super::{Desk, Missing, Plan, search::source};
use crate::{
    extract,
    goal::{Derivation, Extraction, Kind, Ordinal, Phrase, Source, Step, Worth},
    ground::{self, Use},
    local::memory::Memory,
};

/// The value to type, and where it comes from. The error is what is to be done first, or why not.
pub fn worth(
    desk: &Desk<'_>,
    worth: &Worth,
    memory: &Memory,
) -> Result<(String, ValueSource), Plan> {
    let value = match worth {
        Worth::Given(text) => text.clone(),
        Worth::Remembered => remembered(desk, memory)?,
        Worth::Read(derivation) => derive(desk, derivation, memory)?,
    };
    Ok((value, source(worth)))
}

fn remembered(desk: &Desk<'_>, memory: &Memory) -> Result<String, Plan> {
    memory.value.clone().ok_or_else(|| Plan::Fail {
        category: FailureCategory::GoalNotUnderstood,
        reason: format!(
            "\"{}\" does not say which value is meant; quote it",
            desk.clause.text
        ),
    })
}

/// Reads and makes the value.
pub fn derive(desk: &Desk<'_>, derivation: &Derivation, memory: &Memory) -> Result<String, Plan> {
    let text = match &derivation.from {
        Source::Text(text) => text.clone(),
        Source::Remembered => remembered(desk, memory)?,
        Source::Page(phrase) => read(desk, phrase)?,
        Source::Several(several) => {
            let texts: Result<Vec<String>, Plan> =
                several.iter().map(|it| read(desk, it)).collect();
            texts?.join("\n")
        }
    };
    derivation.steps.iter().try_fold(text, |text, step| {
        apply(*step, &text).ok_or_else(|| Plan::Fail {
            category: FailureCategory::ExtractionInvalid,
            reason: format!(
                "\"{}\": it can't be made from \"{}\"",
                desk.clause.text,
                errand_domain::text::clip(&text, 100)
            ),
        })
    })
}

/// What something on the page holds: a field's value, a paragraph's text, what stands by a label.
fn read(desk: &Desk<'_>, phrase: &Phrase) -> Result<String, Plan> {
    let seen = desk.seen;
    let held = |node: &Node| node.value.clone().filter(|it| !it.trim().is_empty());
    if matches!(phrase.kind, Some(Kind::Field | Kind::Area)) || phrase.words.is_empty() {
        let filled: Vec<String> = seen.nodes.iter().filter_map(held).collect();
        let named = ground::find(seen, phrase, Use::Fill).ok().and_then(held);
        if let Some(value) = named.or_else(|| (filled.len() == 1).then(|| filled[0].clone())) {
            return Ok(value);
        }
    }
    let Some(reading) = desk.turn.reading else {
        return Err(Plan::Read {
            thought: desk.clause.text.clone(),
            region: None,
        });
    };
    let nodes = &reading.nodes;
    if phrase.kind == Some(Kind::Text)
        && let Some(text) = passage(nodes, phrase)
    {
        return Ok(text);
    }
    if let Ok(node) = ground::find(seen, phrase, Use::Fill)
        && let Some(value) = held(node)
    {
        return Ok(value);
    }
    let wanted = Extraction {
        nouns: vec![phrase.words.clone()],
        single: !crate::goal::is_plural(&phrase.words),
        ..Extraction::default()
    };
    let wanted = [wanted];
    let read = extract::by_goal(reading, (&seen.title, &seen.url), &wanted[0]);
    let value = match read.answer(&wanted) {
        Ok((Value::Object(object), _)) => object.into_iter().next().map(|it| it.1),
        Ok((other, _)) => Some(other),
        Err(_) => None,
    };
    match value {
        Some(Value::String(text)) => Ok(text),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(Value::Array(all)) => {
            let texts = all
                .iter()
                .map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
            Ok(texts.collect::<Vec<_>>().join("\n"))
        }
        _ => match ground::find(seen, phrase, Use::See) {
            Ok(node) => {
                let at = seen
                    .nodes
                    .iter()
                    .position(|it| it.id == node.id)
                    .unwrap_or_default();
                let text = seen.text_of(at);
                // "text one": a heading says what the text under it is called, and no more.
                let label = ground::words(&text) == ground::words(&phrase.words);
                match below(nodes, &text).filter(|_| label) {
                    Some(under) => Ok(under),
                    None if label => Err(Plan::Fail {
                        category: FailureCategory::ElementNotFound,
                        reason: format!("\"{text}\" is on the page, but nothing that is called so"),
                    }),
                    None => Ok(text),
                }
            }
            Err(doubt) => Err(Plan::Missing(Missing {
                category: FailureCategory::ElementNotFound,
                reason: doubt.reason(&phrase.words, &seen.url),
            })),
        },
    }
}

/// The paragraph right under a heading that says this.
fn below(nodes: &[Node], heading: &str) -> Option<String> {
    let mut named = (0..nodes.len())
        .filter(|at| nodes[*at].role == "heading" && text_of(nodes, *at) == heading);
    let at = named.next().filter(|_| named.next().is_none())?;
    let after = errand_browser::observation::end_of(nodes, at);
    let next = (after..nodes.len()).find(|at| {
        nodes[*at].role == "heading" || nodes[*at].tag == "p" || nodes[*at].role == "paragraph"
    })?;
    let text = text_of(nodes, next);
    (nodes[next].role != "heading" && !text.is_empty()).then_some(text)
}

/// The text of a paragraph or heading: the one that is counted, or the only one, or the longest.
fn passage(nodes: &[Node], phrase: &Phrase) -> Option<String> {
    let heading = phrase.words.to_lowercase().contains("heading");
    let is = |node: &Node| {
        if heading {
            node.role == "heading"
        } else {
            node.tag == "p" || node.role == "paragraph"
        }
    };
    let mut texts: Vec<String> = (0..nodes.len())
        .filter(|at| is(&nodes[*at]))
        .map(|at| text_of(nodes, at))
        .filter(|it| !it.is_empty())
        .collect();
    if texts.is_empty() && !heading {
        texts = nodes
            .iter()
            .filter(|it| it.role == "text")
            .map(|it| it.text.clone())
            .collect();
        let longest = texts.iter().map(String::len).max()?;
        texts.retain(|it| it.len() == longest);
    }
    match phrase.ordinal {
        Some(Ordinal::Nth(nth)) => texts.into_iter().nth(nth - 1),
        Some(Ordinal::Last) => texts.pop(),
        None if texts.len() == 1 => texts.pop(),
        None => None,
    }
}

/// One plain step.
fn apply(step: Step, text: &str) -> Option<String> {
    let pick = |parts: Vec<&str>, which: Ordinal| match which {
        Ordinal::Nth(nth) => parts.get(nth.checked_sub(1)?).map(|it| (*it).to_owned()),
        Ordinal::Last => parts.last().map(|it| (*it).to_owned()),
    };
    let bare = |word: String| {
        word.trim_matches(|it: char| !it.is_alphanumeric())
            .to_owned()
    };
    let numbers = || {
        let words = text.split_whitespace();
        let found: Vec<f64> = words.filter_map(extract::number).collect();
        (!found.is_empty()).then_some(found)
    };
    match step {
        Step::Word(which) => pick(text.split_whitespace().collect(), which).map(bare),
        Step::Letter(which) => {
            let letters: Vec<String> = text
                .chars()
                .filter(|it| !it.is_whitespace())
                .map(String::from)
                .collect();
            pick(letters.iter().map(String::as_str).collect(), which)
        }
        Step::Line(which) => pick(
            text.lines().filter(|it| !it.trim().is_empty()).collect(),
            which,
        ),
        Step::Sentence(which) => {
            let parts = text.split_inclusive(['.', '!', '?']).map(str::trim);
            pick(parts.filter(|it| !it.is_empty()).collect(), which)
        }
        Step::Lower => Some(text.to_lowercase()),
        Step::Upper => Some(text.to_uppercase()),
        Step::Title => {
            let words = text.split_whitespace().map(|word| {
                let mut letters = word.chars();
                let first = letters.next().map(|it| it.to_uppercase().to_string());
                format!(
                    "{}{}",
                    first.unwrap_or_default(),
                    letters.as_str().to_lowercase()
                )
            });
            Some(words.collect::<Vec<_>>().join(" "))
        }
        Step::Reversed => Some(text.chars().rev().collect()),
        Step::CountWords => Some(text.split_whitespace().count().to_string()),
        Step::CountLetters => Some(
            text.chars()
                .filter(|it| !it.is_whitespace())
                .count()
                .to_string(),
        ),
        Step::Sum => numbers().map(|it| plain(it.iter().sum())),
        Step::Product => numbers().map(|it| plain(it.iter().product())),
        Step::Difference => match numbers()?[..] {
            [left, right] => Some(plain((left - right).abs())),
            _ => None,
        },
        Step::Average => {
            let found = numbers()?;
            #[expect(clippy::cast_precision_loss, reason = "a count of numbers on a page")]
            let count = found.len() as f64;
            Some(plain(found.iter().sum::<f64>() / count))
        }
        Step::Smallest => numbers()?.into_iter().min_by(f64::total_cmp).map(plain),
        Step::Largest => numbers()?.into_iter().max_by(f64::total_cmp).map(plain),
    }
}

/// Without a fraction where there is none, and without the noise of binary ones.
fn plain(number: f64) -> String {
    let rounded = (number * 1e6).round() / 1e6;
    format!("{rounded}")
}
