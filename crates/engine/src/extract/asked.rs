//! Reading what a goal names, without a schema.

use serde_json::{Map, Value};

use super::{
    Extract, Source,
    cell::{Cell, locator},
    choose::{Choice, Profile, Query, Refusal, choose, columns_in_words},
    column::{self, Doubt, TEXT},
    condition::called,
    convert::{Want, convert},
    element, name,
    name::Wanted,
    owner,
    rank::{Scale, rank, scale},
    record::{Kind, Record, RecordSet},
    rows::{Row, Rows},
    sheet::Sheet,
    single,
};
use crate::{
    goal::{Extraction, Filter, Tally, Test, is_plural},
    ground::{words, words_stem},
};

/// Reads it.
///
/// # Errors
/// Where it can't be told what is meant, or where the page shows that there is none.
pub fn read(sheet: &Sheet<'_>, wanted: &Extraction) -> Result<Extract, Refusal> {
    let thing = wanted.nouns.first().map_or("", |it| &**it);
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

/// Single values of the page.
fn values(sheet: &Sheet<'_>, wanted: &Extraction, nouns: &[String]) -> Result<Extract, Refusal> {
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
                Err(Refusal::Doubt(_)) => Err(Refusal::Doubt(format!(
                    "nothing on the page is called \"{noun}\"{}",
                    near(sheet, noun)
                ))),
            }
        }
    }
}

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

/// "account balance" where the page has one balance only, and calls it current, or nothing.
fn of_its_kind(sheet: &Sheet<'_>, noun: &str) -> Option<single::Found> {
    let kind = |text: &str| {
        let words = crate::ground::words(text);
        let head = words
            .last()
            .map(|it| crate::ground::words_stem(it).to_owned());
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
fn one(sheet: &Sheet<'_>, found: &[(String, single::Found)]) -> Result<Extract, Refusal> {
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

/// The things of a list, or a value of each.
fn list(
    sheet: &Sheet<'_>,
    wanted: &Extraction,
    thing: &str,
    fields: &[String],
    objects: bool,
) -> Result<Extract, Refusal> {
    let asked: Vec<_> = fields.iter().map(|it| (asked(it, thing), TEXT)).collect();
    let mut filters = wanted.filters.clone();
    let mut most = wanted.most.clone();
    // "the largest country by population"
    if let Some(superlative) = most.as_mut().filter(|it| it.quality.is_empty())
        && let Some(at) = filters
            .iter()
            .position(|it| it.field.as_deref() == Some("author"))
        && let Test::Says(by) = &filters[at].test
    {
        superlative.quality.clone_from(by);
        filters.remove(at);
    }
    let query = Query {
        thing,
        fields: &asked,
        filters: &filters,
        places: &wanted.places,
    };
    let choice = choose(sheet, &query)?;
    let plan = Plan::new(sheet, &choice, &asked, thing, fields, objects)?;
    let by = by_what(sheet, &choice, wanted, most.as_ref(), thing, fields, &plan)?;
    let noun = if thing.is_empty() {
        fields.join(" and ")
    } else {
        thing.to_owned()
    };
    let single = wanted.single || wanted.tally.is_some();
    let key = if fields.len() == 1 && !objects {
        key(&fields[0])
    } else if single {
        key(&noun)
    } else {
        plural(&key(&noun))
    };
    let key = match wanted.tally {
        Some(Tally::Sum) => format!("total_{key}"),
        Some(Tally::Mean) => format!("average_{key}"),
        _ => key,
    };
    let mut extract = Extract {
        notes: choice.notes.clone(),
        ..Extract::default()
    };
    let mut rows = Rows {
        pointer: format!("/{key}"),
        conditional: choice.is_conditional(),
        ..Rows::default()
    };
    let manner = by.map(|it| column::manner(sheet, choice.set, it.0));
    for record in choice.records() {
        let pointer = format!("/{key}/{}", rows.rows.len());
        let Some(value) = plan.value(sheet, &choice, record, &pointer, &mut extract) else {
            continue;
        };
        let rank = by
            .zip(manner.as_ref())
            .and_then(|((column, scale), manner)| rank(record.cell(column)?, scale, manner));
        rows.rows.push(Row {
            value,
            rank,
            id: identity(record),
        });
    }
    if rows.rows.is_empty() && wanted.tally != Some(Tally::Count) {
        let text: Vec<&str> = wanted
            .filters
            .iter()
            .map(|it| &*it.text)
            .chain(wanted.places.iter().map(|it| &**it))
            .collect();
        let none = format!(
            "none of {} in {} fits \"{}\"",
            choice.set.records.len(),
            called(choice.set),
            text.join("\" and \"")
        );
        if wanted.single {
            return Err(Refusal::Absent(none));
        }
        extract.notes.push(none);
    }
    extract.found += rows.rows.len();
    extract.value = Value::Object(std::iter::once((key, Value::Null)).collect());
    extract.lists.push(rows);
    Ok(extract)
}

/// Tells a record from the others, on this page and the next.
pub fn identity(record: &Record) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    record.text.hash(&mut hasher);
    record.section.hash(&mut hasher);
    for cell in record.cells.iter().flatten() {
        cell.href.hash(&mut hasher);
        if record.text.is_empty() {
            cell.text.hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// What the records are compared by.
fn by_what(
    sheet: &Sheet<'_>,
    choice: &Choice<'_>,
    wanted: &Extraction,
    most: Option<&crate::goal::Superlative>,
    thing: &str,
    fields: &[String],
    plan: &Plan,
) -> Result<Option<(usize, Scale)>, Refusal> {
    let set = choice.set;
    let quality = match (most, &wanted.sorting, wanted.tally) {
        (Some(most), _, _) => most.quality.clone(),
        (_, Some(sorting), _) => sorting.by.clone(),
        (_, _, Some(Tally::Sum | Tally::Mean)) => fields.first().cloned().unwrap_or_default(),
        _ => return Ok(None),
    };
    by_quality(sheet, set, &quality, thing).map_or_else(
        || match plan.fields.first() {
            // "the highest": of the only value that is asked for.
            Some(Ok(found)) if quality.is_empty() => Ok(Some((found.column, Scale::Number))),
            _ => Err(Refusal::Doubt(format!(
                "nothing in {} says \"{quality}\" to compare by; it has {}",
                called(set),
                columns_in_words(set)
            ))),
        },
        |it| Ok(Some(it)),
    )
}

/// The column of that name, and what it compares.
pub fn by_quality(
    sheet: &Sheet<'_>,
    set: &RecordSet,
    quality: &str,
    thing: &str,
) -> Option<(usize, Scale)> {
    if quality.is_empty() {
        return None;
    }
    let mut found = column::find(sheet, set, &Wanted::new(quality, thing), &TEXT).ok();
    if quality == "date" {
        // "3 hours ago" tells as well which is the newest.
        found = found.or_else(|| column::find(sheet, set, &Wanted::new("age", thing), &TEXT).ok());
    }
    let column = found.filter(|it| it.want == Want::Text)?.column;
    let manner = column::manner(sheet, set, column);
    Some((column, scale(set.cells(column), &manner)))
}

/// How a record becomes a value.
struct Plan {
    names: Vec<String>,
    fields: Vec<Result<column::Found, Doubt>>,
    objects: bool,
    /// Without fields: the column of the things' own name.
    own: Option<usize>,
    title: Option<usize>,
}

impl Plan {
    fn new(
        sheet: &Sheet<'_>,
        choice: &Choice<'_>,
        asked: &[(Wanted, super::schema::Scalar)],
        thing: &str,
        names: &[String],
        objects: bool,
    ) -> Result<Self, Refusal> {
        let fields: Vec<_> = asked
            .iter()
            .map(|(wanted, scalar)| column::find(sheet, choice.set, wanted, scalar))
            .collect();
        for (field, name) in fields.iter().zip(names) {
            if let Err(Doubt::Between(several)) = field {
                return Err(Refusal::Doubt(format!(
                    "\"{name}\" could be {}; quote the label",
                    several.join(" or ")
                )));
            }
        }
        let bare = name::bare(&words(thing));
        let head = bare.last();
        let own = choice.set.columns.iter().position(|column| {
            let names = column.heading().map(|it| name::bare(&words(it)));
            names.is_some_and(|it| it.len() == 1 && it.first() == head)
        });
        Ok(Self {
            names: names.to_vec(),
            fields,
            objects,
            own,
            title: choice.set.title(),
        })
    }

    /// The record's value; none if it has nothing of what is asked for.
    fn value(
        &self,
        sheet: &Sheet<'_>,
        choice: &Choice<'_>,
        record: &Record,
        pointer: &str,
        extract: &mut Extract,
    ) -> Option<Value> {
        let manner = sheet.manner();
        let read = |cell: &Cell, want: Want| convert(cell, &TEXT, want, &manner).ok();
        if self.fields.is_empty() {
            return self.whole(sheet, choice.set, record, pointer, extract);
        }
        let mut object = Map::new();
        let mut any = false;
        let mut missing = Vec::new();
        for (name, field) in self.names.iter().zip(&self.fields) {
            let found = field.as_ref().ok();
            let cell = found.and_then(|it| record.cell(it.column));
            let value = found.zip(cell).and_then(|(it, cell)| read(cell, it.want));
            any |= value.is_some();
            let inner = if self.objects {
                format!("{pointer}/{}", key(name))
            } else {
                pointer.to_owned()
            };
            match (&value, cell) {
                (Some(_), Some(cell)) => extract.note_source(inner, cell, sheet.nodes),
                _ => missing.push(format!(
                    "{inner}: {}",
                    if found.is_some() {
                        "not in this one"
                    } else {
                        "nothing is called so"
                    }
                )),
            }
            object.insert(key(name), value.unwrap_or_default());
        }
        if !any {
            return None;
        }
        extract.notes.extend(missing);
        if self.objects {
            return Some(Value::Object(object));
        }
        object.into_iter().next().map(|it| it.1)
    }

    /// A record as such: what it is called; all that a table says of it.
    fn whole(
        &self,
        sheet: &Sheet<'_>,
        set: &RecordSet,
        record: &Record,
        pointer: &str,
        extract: &mut Extract,
    ) -> Option<Value> {
        if let Some(cell) = self.own.and_then(|it| record.cell(it)) {
            extract.note_source(pointer.to_owned(), cell, sheet.nodes);
            return Some(cell.text.trim().into());
        }
        if matches!(set.kind, Kind::Table | Kind::Stated)
            && set.columns.iter().any(|it| it.heading().is_some())
        {
            let mut object = Map::new();
            for (at, column) in set.columns.iter().enumerate() {
                let Some(heading) = column.heading() else {
                    continue;
                };
                let cell = record.cell(at);
                let value =
                    cell.and_then(|it| convert(it, &TEXT, Want::Text, &sheet.manner()).ok());
                if let Some(cell) = cell {
                    extract.note_source(format!("{pointer}/{}", key(heading)), cell, sheet.nodes);
                }
                object.insert(key(heading), value.unwrap_or_default());
            }
            return Some(Value::Object(object));
        }
        let cell = self.title.and_then(|it| record.cell(it)).or_else(|| {
            record
                .cells
                .iter()
                .flatten()
                .find(|it| !it.text.trim().is_empty())
        })?;
        extract.note_source(pointer.to_owned(), cell, sheet.nodes);
        Some(cell.text.trim().into())
    }
}

impl Extract {
    /// Remembers where a value stands.
    pub(super) fn note_source(
        &mut self,
        pointer: String,
        cell: &Cell,
        nodes: &[errand_browser::Node],
    ) {
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

/// The key of a noun phrase, in snake case.
pub fn key(noun: &str) -> String {
    let head = noun.split(" of ").next().unwrap_or(noun);
    let words = words(head);
    let start = words
        .iter()
        .position(|it| !matches!(&**it, "main" | "top" | "first" | "all" | "the"));
    let words = &words[start.unwrap_or(0)..];
    if words.is_empty() {
        "value".to_owned()
    } else {
        words.join("_")
    }
}

/// The key of a list of what the key names.
fn plural(key: &str) -> String {
    let last = key.rsplit('_').next().unwrap_or(key);
    if is_plural(last) || words_stem(last) != last {
        return key.to_owned();
    }
    match last
        .strip_suffix('y')
        .filter(|it| !it.ends_with(['a', 'e', 'i', 'o', 'u']))
    {
        Some(_) => format!("{}ies", &key[..key.len() - 1]),
        None if last.ends_with(['s', 'x']) || last.ends_with("ch") || last.ends_with("sh") => {
            format!("{key}es")
        }
        None => format!("{key}s"),
    }
}
