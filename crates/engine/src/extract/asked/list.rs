//! The things of a list, or a value of each.

use serde_json::Value;

use super::{asked, plan::Plan};
use crate::{
    extract::{
        Extract,
        choose::{Choice, Query, Refusal, choose, columns_in_words},
        column::TEXT,
        condition::called,
        key::{key, plural},
        rank::{Scale, by_quality},
        rows::Rows,
        sheet::Sheet,
    },
    goal::{Extraction, Superlative, Tally, Test},
};

/// The things of a list, or a value of each.
pub fn list(
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
    let mut rows = Rows::of(sheet, &choice, by, |record, nth| {
        plan.value(
            sheet,
            &choice,
            record,
            &format!("/{key}/{nth}"),
            &mut extract,
        )
    });
    rows.pointer = format!("/{key}");
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

/// What the records are compared by.
fn by_what(
    sheet: &Sheet<'_>,
    choice: &Choice<'_>,
    wanted: &Extraction,
    most: Option<&Superlative>,
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
