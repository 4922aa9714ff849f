//! Single values by their names.

use serde_json::{Map, Value};

use super::{asked, list::list};
use crate::{
    extract::{
        Extract,
        choose::Refusal,
        column::{Doubt, TEXT},
        convert::convert,
        key::key,
        owner,
        sheet::Sheet,
        single,
    },
    goal::Extraction,
    ground::{words, words_stem},
};

/// Words that say no more of a value than that it is the one.
const GENERIC: &[&str] = &[
    "account",
    "current",
    "total",
    "available",
    "your",
    "my",
    "actual",
    "overall",
    "full",
    "present",
    "today",
];

/// Single values of the page.
pub fn values(
    sheet: &Sheet<'_>,
    wanted: &Extraction,
    nouns: &[String],
) -> Result<Extract, Refusal> {
    let mut found = Vec::new();
    let mut doubt = None;
    let places = &wanted.places;
    for noun in nouns {
        let asked = asked(noun, "");
        let within = places.iter().find_map(|it| owner::section(sheet, it));
        let here = places.iter().all(|it| owner::is_here(sheet, it)) || within.is_some();
        let answer = if here {
            single::find(sheet, &asked, &TEXT, within.as_ref())
        } else {
            Err(Doubt::Nothing)
        };
        match answer {
            Ok(it) => found.push((noun.clone(), it)),
            Err(why) => {
                // "the status in the row of Ann": a place may name a record.
                let owned = places
                    .iter()
                    .find_map(|it| owner::value(sheet, noun, it, &TEXT).ok());
                let owned = owned.or_else(|| {
                    let alone = places.is_empty() && matches!(why, Doubt::Nothing);
                    alone.then(|| of_its_kind(sheet, noun)).flatten()
                });
                match owned {
                    Some(it) => found.push((noun.clone(), it)),
                    None => doubt = doubt.or(Some((noun, why))),
                }
            }
        }
    }
    match doubt {
        None => one(sheet, &found),
        Some((noun, Doubt::Between(several))) => Err(Refusal::Doubt(format!(
            "\"{noun}\" could be {}; say of which, or quote its label",
            several.join(" or ")
        ))),
        // One thing of a list, of which nothing more is said.
        Some((noun, Doubt::Nothing)) => {
            let listed = list(sheet, wanted, noun, &[], false);
            match listed {
                Ok(extract) if extract.lists.first().is_some_and(|it| it.rows.len() == 1) => {
                    Ok(extract)
                }
                Ok(extract) => {
                    let count = extract.lists.first().map_or(0, |it| it.rows.len());
                    Err(Refusal::Doubt(format!(
                        "there are {count} that could be \"{noun}\"; say which"
                    )))
                }
                Err(Refusal::Absent(why)) => Err(Refusal::Absent(why)),
                Err(Refusal::Doubt(_) | Refusal::Unseen(_)) => Err(Refusal::Doubt(format!(
                    "nothing on the page is called \"{noun}\"{}",
                    near(sheet, noun)
                ))),
            }
        }
    }
}

/// "account balance" where the page has one balance only, and calls it current, or nothing.
fn of_its_kind(sheet: &Sheet<'_>, noun: &str) -> Option<single::Found> {
    let kind = |text: &str| {
        let words = words(text);
        let head = words.last().map(|it| words_stem(it).to_owned());
        let more = words.len().saturating_sub(1);
        let plain = words[..more].iter().all(|it| GENERIC.contains(&&**it));
        head.filter(|_| words.len() < 4).map(|head| (head, plain))
    };
    let (wanted, plain) = kind(noun)?;
    if !plain {
        return None;
    }
    // One of another kind beside it ("blocked balance") leaves a doubt.
    let mut labels: Vec<&str> = sheet
        .pairs
        .iter()
        .filter(|it| it.shown && kind(&it.label).is_some_and(|it| it.0 == wanted))
        .map(|it| &*it.label)
        .collect();
    labels.sort_unstable();
    labels.dedup();
    match labels[..] {
        [only] if kind(only).is_some_and(|it| it.1) => {
            single::find(sheet, &asked(only, ""), &TEXT, None).ok()
        }
        _ => None,
    }
}

/// Labels that come near, for a failure.
fn near(sheet: &Sheet<'_>, noun: &str) -> String {
    let asked = asked(noun, "");
    let mut near: Vec<(f64, &str)> = sheet
        .pairs
        .iter()
        .filter(|it| it.shown)
        .map(|it| (asked.likeness(&it.label), &*it.label))
        .filter(|it| it.0 > 0.2)
        .collect();
    near.sort_by(|left, right| right.0.total_cmp(&left.0));
    near.dedup_by(|left, right| left.1 == right.1);
    let names: Vec<String> = near
        .iter()
        .take(3)
        .map(|it| format!("\"{}\"", errand_domain::text::clip(it.1, 30)))
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("; the nearest are {}", names.join(", "))
    }
}

/// An object of single values.
pub fn one(sheet: &Sheet<'_>, found: &[(String, single::Found)]) -> Result<Extract, Refusal> {
    let mut extract = Extract::default();
    let mut object = Map::new();
    let manner = sheet.manner();
    for (noun, it) in found {
        let value = convert(&it.cell, &TEXT, it.want, &manner)
            .map_err(|why| Refusal::Doubt(format!("\"{noun}\" {why}")))?;
        extract.note_source(format!("/{}", key(noun)), &it.cell, sheet.nodes);
        object.insert(key(noun), value);
    }
    extract.value = Value::Object(object);
    Ok(extract)
}
