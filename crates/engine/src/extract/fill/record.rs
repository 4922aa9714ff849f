//! One record that the goal picks out.

use serde_json::Value;

use super::{Filler, Place};
use crate::{
    extract::{
        choose::{Query, Refusal, choose},
        column,
        condition::called,
        item,
        name::Wanted,
        owner,
        record::{Record, RecordSet},
        schema::{Scalar, Shape},
    },
    goal::{Extraction, Slice},
};

impl Filler<'_, '_> {
    /// The record that the goal picks out: "the cheapest product", "the customer with email …".
    pub(super) fn one_record(
        &mut self,
        shape: &Shape,
        place: &Place,
    ) -> Result<Option<Value>, Refusal> {
        let picks = |it: &&Extraction| {
            it.tally.is_none()
                && (it.most.is_some()
                    || it.slice.is_some()
                    || !it.filters.is_empty()
                    || it.of.is_some())
                && (it.single || it.slice == Some(Slice::First(1)))
        };
        let Some(wanted) = self.goal.get(self.current).filter(picks).cloned() else {
            return Ok(None);
        };
        let thing = wanted
            .of
            .clone()
            .or_else(|| wanted.nouns.first().cloned())
            .unwrap_or_default();
        let fields = item::fields(shape, &place.key, &thing);
        let only_of = wanted.most.is_none() && wanted.slice.is_none() && wanted.filters.is_empty();
        if only_of {
            return Ok(self.named_record(shape, place, &thing, &fields));
        }
        let query = Query {
            thing: &thing,
            fields: &fields,
            filters: &wanted.filters,
            places: &wanted.places,
        };
        let choice = choose(self.sheet, &query)?;
        let sheet = self.sheet;
        let rows = self.rows(&choice, &wanted, &thing, |record, _| {
            Some(Value::from(record_index(choice.set, record)))
        })?;
        let mut rows = rows;
        rows.rows.retain(|it| !it.value.is_null());
        if rows.rows.is_empty() {
            let text: Vec<&str> = wanted.filters.iter().map(|it| &*it.text).collect();
            return Err(Refusal::Absent(format!(
                "none of {} fits \"{}\"",
                called(choice.set),
                text.join("\" and \"")
            )));
        }
        let several = rows.rows.len() > 1 && wanted.most.is_none() && wanted.slice.is_none();
        if several {
            return Err(Refusal::Doubt(format!(
                "{} things fit \"{thing}\"; say which",
                rows.rows.len()
            )));
        }
        let (index, _) = rows.conclude(&wanted).map_err(Refusal::Doubt)?;
        let Some(record) = index
            .as_u64()
            .and_then(|it| usize::try_from(it).ok())
            .and_then(|it| choice.set.records.get(it))
        else {
            return Ok(None);
        };
        let part = item::part(sheet, choice.set, shape, &place.key, &thing);
        Ok(Some(item::read(
            sheet,
            record,
            &part,
            &place.pointer,
            &mut self.extract,
        )))
    }

    pub(super) fn named_record(
        &mut self,
        shape: &Shape,
        place: &Place,
        of: &str,
        fields: &[(Wanted, Scalar)],
    ) -> Option<Value> {
        let sheet = self.sheet;
        let mut best: Option<(f64, &RecordSet, &Record)> = None;
        for set in &sheet.sets {
            let hits = fields
                .iter()
                .filter(|(wanted, scalar)| column::find(sheet, set, wanted, scalar).is_ok())
                .count();
            if hits == 0 {
                continue;
            }
            for (score, record) in owner::named(sheet, set, of) {
                #[expect(clippy::cast_precision_loss, reason = "a count of properties")]
                let score = score + hits as f64;
                if best.is_none_or(|it| score > it.0) {
                    best = Some((score, set, record));
                }
            }
        }
        let (_, set, record) = best?;
        let part = item::part(sheet, set, shape, &place.key, of);
        Some(item::read(
            sheet,
            record,
            &part,
            &place.pointer,
            &mut self.extract,
        ))
    }
}

fn record_index(set: &RecordSet, record: &Record) -> usize {
    set.records
        .iter()
        .position(|it| std::ptr::eq(it, record))
        .unwrap_or_default()
}
