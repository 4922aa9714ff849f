//! A value of something that the goal names: a record, a section, or the page itself.

use std::ops::Range;

use super::{
    choose::{Profile, Refusal, is_aside},
    column::{self, Doubt},
    condition::called,
    convert::convert,
    date,
    name::{self, Wanted},
    number,
    record::{Kind, Record, RecordSet},
    says::Said,
    schema::Scalar,
    sheet::Sheet,
    single::{self, Found},
};
use crate::ground::{likeness, words};

/// The value of that name which belongs to that owner.
///
/// # Errors
/// Where there is none, or several owners say different things.
pub fn value(sheet: &Sheet<'_>, noun: &str, of: &str, scalar: &Scalar) -> Result<Found, Refusal> {
    // "date of birth" is a label of its own.
    let whole = Wanted::new(&format!("{noun} of {of}"), "");
    if let Ok(found) = single::find(sheet, &whole, scalar, None)
        && found.score > 0.9
    {
        return Ok(found);
    }
    match in_record(sheet, noun, of, scalar) {
        Some(Ok(found)) => return Ok(found),
        Some(Err(doubt)) => return Err(doubt),
        None => {}
    }
    let plain = Wanted::new(noun, of);
    if let Some(within) = section(sheet, of) {
        match single::find(sheet, &plain, scalar, Some(&within)) {
            Ok(found) => return Ok(found),
            Err(Doubt::Between(several)) => return Err(between(noun, &several)),
            Err(Doubt::Nothing) => {}
        }
    }
    let about = name::bare(&sheet.about());
    let bare = name::bare(&words(of));
    let named = bare.iter().all(|it| about.contains(it));
    if is_here(sheet, of) || named {
        return match single::find(sheet, &plain, scalar, None) {
            Ok(found) => Ok(found),
            Err(Doubt::Between(several)) => Err(between(noun, &several)),
            Err(Doubt::Nothing) => Err(Refusal::Doubt(format!(
                "nothing on the page is called \"{noun}\""
            ))),
        };
    }
    // "the date of the next meeting": what is labelled "Next meeting" and is a date.
    if let Some(found) = of_nature(sheet, noun, of, scalar) {
        return Ok(found);
    }
    // A label may name both: "Billing email" for the email of billing.
    let both = Wanted::new(&format!("{of} {noun}"), "");
    if let Ok(found) = single::find(sheet, &both, scalar, None)
        && found.score > 0.8
    {
        return Ok(found);
    }
    let kind = sheet.sets.iter().find(|set| {
        let profile = Profile::of(sheet, set);
        set.kind != Kind::Plain && bare.last().is_some_and(|it| profile.evidence(it) > 0.7)
    });
    Err(Refusal::Doubt(match kind {
        Some(set) if bare.len() < 2 => format!(
            "{} has {} that could be \"{of}\"; say which",
            called(set),
            set.records.len()
        ),
        _ => format!("nothing on the page is \"{of}\" and has a \"{noun}\""),
    }))
}

/// What is labelled with the owner alone, and is of the kind that the noun names.
fn of_nature(sheet: &Sheet<'_>, noun: &str, of: &str, scalar: &Scalar) -> Option<Found> {
    let found = single::find(sheet, &Wanted::new(of, ""), scalar, None)
        .ok()
        .filter(|it| it.score > 0.8)?;
    let bare = name::bare(&words(noun));
    let [kind] = &bare[..] else { return None };
    let text = found.cell.text.trim();
    let fits = match &**kind {
        "date" | "day" => {
            date::parse(text, Some(date::Order::DayFirst)).is_some()
                || found
                    .cell
                    .value
                    .as_deref()
                    .is_some_and(|it| date::parse(it, None).is_some())
        }
        "time" => text.contains(':') && text.chars().any(|it| it.is_ascii_digit()),
        "price" | "cost" | "amount" | "fee" => number::is_money(text),
        "email" => super::convert::email(text).is_some(),
        "phone" => super::convert::is_phone(text),
        _ => false,
    };
    fits.then_some(found)
}

fn between(noun: &str, several: &[String]) -> Refusal {
    Refusal::Doubt(format!(
        "\"{noun}\" could be {}; say of which, or quote its label",
        several.join(" or ")
    ))
}

/// The value in the record that the words name.
fn in_record(
    sheet: &Sheet<'_>,
    noun: &str,
    of: &str,
    scalar: &Scalar,
) -> Option<Result<Found, Refusal>> {
    let mut best: Vec<(f64, Found, String)> = Vec::new();
    for set in sheet
        .sets
        .iter()
        .filter(|it| it.kind != Kind::Plain || it.columns.len() > 1)
    {
        let column = match column::find(sheet, set, &Wanted::new(noun, ""), scalar) {
            Ok(found) if !set.columns[found.column].constant || set.records.len() < 3 => found,
            _ => continue,
        };
        let aside = if is_aside(sheet, set) { 0.3 } else { 0.0 };
        for (score, record) in named(sheet, set, of) {
            let Some(cell) = record.cell(column.column) else {
                continue;
            };
            let manner = column::manner(sheet, set, column.column);
            if convert(cell, scalar, column.want, &manner).is_err() {
                continue;
            }
            let found = Found {
                cell: cell.clone(),
                want: column.want,
                score: column.score,
            };
            best.push((
                score + column.score * 0.2 - aside,
                found,
                errand_domain::text::clip(&record.text, 50),
            ));
        }
    }
    best.sort_by(|left, right| right.0.total_cmp(&left.0));
    let (top, first, own) = best.first()?;
    let value = |found: &Found| words(&found.cell.text);
    let rival = best
        .iter()
        .skip(1)
        .take_while(|it| top - it.0 < 0.1)
        .find(|it| value(&it.1) != value(first));
    Some(match rival {
        Some((_, _, other)) => Err(Refusal::Doubt(format!(
            "\"{of}\" could be \"{own}\" or \"{other}\"; name it in full"
        ))),
        None => Ok(first.clone()),
    })
}

/// The records of a set that the words name, and how surely.
pub fn named<'s>(sheet: &Sheet<'_>, set: &'s RecordSet, of: &str) -> Vec<(f64, &'s Record)> {
    let profile = Profile::of(sheet, set);
    let bare = name::bare(&words(of));
    // "order 1234": the first word is what the list is of.
    let own: Vec<String> = words(of)
        .into_iter()
        .filter(|it| {
            let named = !it.contains(|it: char| it.is_ascii_digit());
            !(bare.len() > 1
                && named
                && profile.evidence(&name::bare(std::slice::from_ref(it)).concat()) > 0.7)
        })
        .collect();
    if own.is_empty() {
        return Vec::new();
    }
    let whole = Said::new(of);
    let core = Said::new(&own.join(" "));
    let title = set.title();
    let rate = |record: &'s Record| {
        let cell = title
            .and_then(|it| record.cell(it))
            .map_or("", |it| &*it.text);
        let exact = record
            .cells
            .iter()
            .flatten()
            .any(|it| whole.is(&it.text) || core.is(it.text.trim_start_matches('#')));
        let score = if whole.is(cell) || core.is(cell) {
            1.0
        } else if exact {
            0.95
        } else if core.is_in(cell) {
            0.8
        } else if core.all_in(cell) {
            0.7
        } else if core.is_in(&record.text) && record.text.len() < 600 {
            0.6
        } else if core.all_in(&record.text) && record.text.len() < 300 {
            0.4
        } else {
            return None;
        };
        // What holds many things holds the one that is meant among others.
        #[expect(clippy::cast_precision_loss, reason = "a count of cells")]
        let size = (record.cells.iter().flatten().count() as f64 * 0.002).min(0.3);
        Some((score - size, record))
    };
    set.records.iter().filter_map(rate).collect()
}

/// The part of the page under a heading, in a region or a group of that name.
pub fn section(sheet: &Sheet<'_>, name: &str) -> Option<Range<usize>> {
    const PARTS: &[(&str, &[&str])] = &[
        ("article", &["article"]),
        ("main", &["main"]),
        ("form", &["form"]),
        ("footer", &["contentinfo"]),
        ("header", &["banner"]),
        ("navigation", &["navigation"]),
        ("menu", &["navigation", "menu", "menubar"]),
        ("sidebar", &["complementary"]),
        ("dialog", &["dialog", "alertdialog"]),
    ];
    let part = name.trim().trim_start_matches("the ").to_lowercase();
    if let Some((_, roles)) = PARTS.iter().find(|it| it.0 == part) {
        let mut parts =
            (0..sheet.nodes.len()).filter(|it| roles.contains(&&*sheet.nodes[*it].role));
        if let (Some(only), None) = (parts.next(), parts.next()) {
            return Some(only..sheet.end(only));
        }
    }
    let mut best: Option<(f64, Range<usize>)> = None;
    let mut consider = |score: f64, range: Range<usize>| {
        if score > 0.7 && best.as_ref().is_none_or(|it| score > it.0) {
            best = Some((score, range));
        }
    };
    for (nth, (at, text)) in sheet.headings.iter().enumerate() {
        let level = sheet.nodes[*at].level.unwrap_or(2);
        let next = sheet.headings[nth + 1..]
            .iter()
            .find(|it| sheet.nodes[it.0].level.unwrap_or(2) <= level);
        let end = next.map_or(sheet.nodes.len(), |it| it.0);
        consider(likeness(text, name, false), *at..end);
    }
    for (at, node) in sheet.nodes.iter().enumerate() {
        if matches!(
            &*node.role,
            "region"
                | "group"
                | "form"
                | "dialog"
                | "article"
                | "figure"
                | "complementary"
                | "tabpanel"
                | "navigation"
        ) && !node.name.is_empty()
        {
            consider(likeness(&node.name, name, false), at..sheet.end(at));
        }
    }
    best.map(|it| it.1)
}

/// Whether a place is the page that is open.
pub fn is_here(sheet: &Sheet<'_>, place: &str) -> bool {
    const HERE: &[&str] = &[
        "page", "this", "it", "site", "website", "document", "screen", "here", "front", "home",
        "homepage", "app", "web", "current", "form", "product", "article", "account",
    ];
    let about = name::bare(&sheet.about());
    let bare = name::bare(&words(place));
    bare.iter()
        .all(|it| HERE.contains(&&**it) || about.contains(it))
}
