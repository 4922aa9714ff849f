//! Reading what a goal names, without a schema.

mod list;
mod plan;
mod value;

use serde_json::Value;

use self::{
    list::list,
    value::{one, values},
};
use super::{
    Extract,
    choose::{Profile, Refusal},
    column::{self, TEXT},
    convert::convert,
    element,
    key::key,
    name,
    name::Wanted,
    owner,
    record::{Kind, RecordSet},
    sheet::Sheet,
    single,
};
use crate::{
    goal::{Extraction, Filter, Tally, Test, is_plural},
    ground::words,
};

/// Reads it.
///
/// # Errors
/// Where it can't be told what is meant, or where the page shows that there is none.
pub fn read(sheet: &Sheet<'_>, wanted: &Extraction) -> Result<Extract, Refusal> {
    let thing = wanted.nouns.first().map_or("", |it| &**it);
    if wanted.put && wanted.nouns.is_empty() {
        let why = "nothing that is shown has a place for every word of the question";
        return Err(Refusal::Doubt(why.to_owned()));
    }
    if wanted.nouns.is_empty() && wanted.filters.is_empty() {
        return Err(Refusal::Doubt("say what to extract".to_owned()));
    }
    if let Some(tally) = wanted.tally {
        return tallied(sheet, wanted, tally, thing);
    }
    if let Some(wanted) = with_conditions(sheet, wanted) {
        return read(sheet, &wanted);
    }
    if !wanted.fields.is_empty() {
        return list(sheet, wanted, &wanted.nouns.join(" "), &wanted.fields, true);
    }
    if let Some(of) = &wanted.of {
        return owned(sheet, wanted, of);
    }
    let plain = wanted.filters.is_empty()
        && wanted.slice.is_none()
        && wanted.most.is_none()
        && wanted.sorting.is_none();
    if let Some(extract) = element::read(sheet, wanted) {
        return extract;
    }
    if wanted.single && plain && !wanted.all {
        return values(sheet, wanted, &wanted.nouns);
    }
    // "the highest price": the price of the one with the most of it.
    if let Some(most) = wanted
        .most
        .as_ref()
        .filter(|it| it.quality.is_empty() && wanted.single)
    {
        let own = Extraction {
            most: Some(crate::goal::Superlative {
                quality: thing.to_owned(),
                least: most.least,
            }),
            ..wanted.clone()
        };
        if column_named(sheet, thing, wanted).is_some() {
            return list(sheet, &own, "", &wanted.nouns, false);
        }
    }
    if wanted.nouns.len() > 1 {
        return list(sheet, wanted, "", &wanted.nouns, true);
    }
    if column_named(sheet, thing, wanted).is_some_and(|score| score > kind_of(sheet, thing)) {
        return list(sheet, wanted, "", &wanted.nouns, false);
    }
    list(sheet, wanted, thing, &[], false)
}

/// "with status open" is a condition where a column is called "status" and says so.
fn with_conditions(sheet: &Sheet<'_>, wanted: &Extraction) -> Option<Extraction> {
    let has = |set: &RecordSet, name: &str| column::find(sheet, set, &asked(name, ""), &TEXT).ok();
    let condition = |field: &String| {
        if sheet.sets.iter().any(|it| has(it, field).is_some()) {
            return None;
        }
        // "hotels with breakfast": some say so, and some do not.
        let whole = super::says::Said::new(field);
        let tells = |set: &RecordSet| {
            let count = set.records.iter().filter(|it| whole.in_record(it)).count();
            set.kind != Kind::Plain && count > 0 && count < set.records.len()
        };
        if sheet.sets.iter().any(tells) {
            return Some(Filter::says(field));
        }
        let (name, value) = field.rsplit_once(' ')?;
        let said = super::says::Said::new(value);
        let equals = |set: &RecordSet| {
            has(set, name).is_some_and(|it| set.texts(it.column).any(|text| said.is_in(text)))
        };
        sheet.sets.iter().any(equals).then(|| Filter {
            field: Some(name.to_owned()),
            test: Test::Is(value.to_owned()),
            not: false,
            text: field.clone(),
        })
    };
    let found: Vec<(usize, Filter)> = wanted
        .fields
        .iter()
        .enumerate()
        .filter_map(|(at, it)| Some((at, condition(it)?)))
        .collect();
    if found.is_empty() {
        return None;
    }
    let mut wanted = wanted.clone();
    for (at, filter) in found.into_iter().rev() {
        wanted.fields.remove(at);
        wanted.filters.push(filter);
    }
    Some(wanted)
}

/// How surely a column of some set is called so.
fn column_named(sheet: &Sheet<'_>, noun: &str, wanted: &Extraction) -> Option<f64> {
    let asked = asked(noun, "");
    let sets = sheet
        .sets
        .iter()
        .filter(|it| it.kind != Kind::Plain || wanted.single);
    let scores = sets
        .filter_map(|it| column::find(sheet, it, &asked, &TEXT).ok())
        .map(|it| it.score);
    scores
        .max_by(f64::total_cmp)
        .filter(|it| *it > name::THRESHOLD)
}

/// How surely some set is called so.
fn kind_of(sheet: &Sheet<'_>, thing: &str) -> f64 {
    let bare = name::bare(&words(thing));
    let Some(head) = bare.last() else { return 0.0 };
    let whole = |profile: &Profile| {
        let all = bare.iter().map(|it| profile.evidence(it));
        if profile.strong.contains(head) {
            all.fold(1.0, f64::min).max(0.6)
        } else {
            0.0
        }
    };
    let sets = sheet
        .sets
        .iter()
        .filter(|it| it.kind != Kind::Plain)
        .map(|it| Profile::of(sheet, it));
    // A column of that very name is nearer than the list's name.
    sets.map(|it| whole(&it) * 0.9).fold(0.0, f64::max)
}

fn asked(noun: &str, subject: &str) -> Wanted {
    Wanted::new(noun, subject)
}

fn tallied(
    sheet: &Sheet<'_>,
    wanted: &Extraction,
    tally: Tally,
    thing: &str,
) -> Result<Extract, Refusal> {
    if tally == Tally::Count {
        // "how many comments does the first post have"
        if let Some(of) = &wanted.of {
            return owner::value(sheet, thing, of, &TEXT)
                .and_then(|found| one(sheet, &[(thing.to_owned(), found)]));
        }
        // The page may say the number itself, under that very name.
        if let Some(extract) = stated_count(sheet, wanted, thing, 0.95) {
            return Ok(extract);
        }
        // "the votes in the poll": what the page itself calls votes, before what merely stands there.
        let anywhere = Extraction {
            places: Vec::new(),
            ..wanted.clone()
        };
        if !wanted.places.is_empty()
            && let Some(extract) = stated_count(sheet, &anywhere, thing, name::THRESHOLD)
        {
            return Ok(extract);
        }
        let count = Extraction {
            slice: None,
            ..wanted.clone()
        };
        let counted =
            element::read(sheet, wanted).unwrap_or_else(|| list(sheet, &count, thing, &[], false));
        return match counted {
            Err(Refusal::Doubt(why)) => {
                stated_count(sheet, wanted, thing, name::THRESHOLD).ok_or(Refusal::Doubt(why))
            }
            other => other,
        };
    }
    let of = wanted.of.as_deref().unwrap_or_default();
    list(sheet, wanted, of, &wanted.nouns[..1], false)
}

/// The number that the page says, if it calls it so as surely as that.
fn stated_count(
    sheet: &Sheet<'_>,
    wanted: &Extraction,
    thing: &str,
    least: f64,
) -> Option<Extract> {
    if !wanted.filters.is_empty() || !wanted.places.is_empty() {
        return None;
    }
    let scalar = super::schema::Scalar {
        kind: super::schema::Type::Integer,
        ..TEXT
    };
    let found = single::find(sheet, &asked(thing, ""), &scalar, None).ok();
    let found = found.filter(|it| it.score >= least)?;
    let value = convert(&found.cell, &scalar, found.want, &sheet.manner()).ok()?;
    let mut extract = Extract::default();
    extract.note_source(format!("/{}", key(thing)), &found.cell, sheet.nodes);
    extract.value = Value::Object(std::iter::once((key(thing), value)).collect());
    Some(extract)
}

/// Values that belong to something: "the price of the blue shirt".
fn owned(sheet: &Sheet<'_>, wanted: &Extraction, of: &str) -> Result<Extract, Refusal> {
    let listed = wanted.all
        || wanted.slice.is_some()
        || wanted.most.is_some()
        || wanted.sorting.is_some()
        || !wanted.filters.is_empty()
        || is_plural(of) && kind_of(sheet, of) + thing_known(sheet, of) > 0.0;
    if listed {
        return list(sheet, wanted, of, &wanted.nouns, wanted.nouns.len() > 1);
    }
    let mut found = Vec::new();
    for noun in &wanted.nouns {
        found.push((noun.clone(), owner::value(sheet, noun, of, &TEXT)?));
    }
    one(sheet, &found)
}

fn thing_known(sheet: &Sheet<'_>, of: &str) -> f64 {
    let bare = name::bare(&words(of));
    let Some(head) = bare.last() else { return 0.0 };
    let sets = sheet.sets.iter().filter(|it| it.kind != Kind::Plain);
    sets.map(|it| Profile::of(sheet, it).evidence(head))
        .fold(0.0, f64::max)
}
