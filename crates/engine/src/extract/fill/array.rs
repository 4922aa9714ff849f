//! Lists.

use serde_json::Value;

use super::{Filler, Place};
use crate::{
    extract::{
        Extract,
        choose::{Choice, Query, Refusal, choose},
        column::{self, TEXT},
        condition::called,
        convert::{Want, convert},
        element,
        item::{self, Part},
        name::Wanted,
        owner,
        rank::by_quality,
        record::{Record, RecordSet},
        rows::Rows,
        schema::{Scalar, Shape, Type},
        sheet::Sheet,
        table,
    },
    goal::{Extraction, Filter},
    ground::words,
};

impl Filler<'_, '_> {
    pub(super) fn array(
        &mut self,
        items: &Shape,
        most: Option<usize>,
        place: &Place,
    ) -> Result<Value, Refusal> {
        if self.is_elsewhere(&place.key) {
            return Ok(Value::Null);
        }
        let by = self.wanted_for(&place.key);
        let wanted = by
            .and_then(|it| self.goal.get(it))
            .cloned()
            .unwrap_or_default();
        let wanted = Extraction {
            tally: None,
            ..wanted
        };
        let key = words(&place.key).join(" ");
        let scalar_items = matches!(items, Shape::Scalar(_));
        let mut things: Vec<String> = Vec::new();
        if let Some(of) = wanted.of.clone() {
            things.push(of);
        } else if let Some(noun) = wanted
            .nouns
            .first()
            .filter(|_| wanted.nouns.len() == 1 || !wanted.fields.is_empty())
        {
            things.push(noun.clone());
        }
        if !key.is_empty() && !things.contains(&key) {
            things.push(key.clone());
            let head = key.split(' ').next_back().unwrap_or_default().to_owned();
            things.push(head);
        }
        let subject = things.last().cloned().unwrap_or_default();
        let fields = if scalar_items {
            Vec::new()
        } else {
            item::fields(items, &place.key, &subject)
        };
        // What the goal names beside the schema's properties tells the things apart.
        let mut wanted = wanted;
        let beside = |it: &&String| {
            let asked = Wanted::new(it, &subject);
            !fields
                .iter()
                .any(|(field, _)| asked.likeness(&field.called) > 0.5 || field.likeness(it) > 0.5)
        };
        let beside: Vec<String> = wanted.fields.iter().filter(beside).cloned().collect();
        if !scalar_items {
            wanted.filters.extend(
                beside
                    .iter()
                    .filter(|it| !self.is_column(it))
                    .cloned()
                    .map(Filter::says),
            );
        }
        if let Shape::Scalar(scalar) = items
            && let Some(value) = self.labelled_list(scalar, most, &wanted, place)
        {
            return Ok(value);
        }
        if let Shape::Scalar(scalar) = items
            && let Some(value) = self.column(scalar, most, by, &wanted, place)?
        {
            return Ok(value);
        }
        if things.is_empty() {
            things.push(String::new());
        }
        let mut refusal = None;
        for thing in &things {
            let query = Query {
                thing,
                fields: &fields,
                filters: &wanted.filters,
                places: &wanted.places,
            };
            let choice = match choose(self.sheet, &query) {
                Ok(choice) => choice,
                Err(why) => {
                    refusal = refusal.or(Some(why));
                    continue;
                }
            };
            let sheet = self.sheet;
            let part = match items {
                Shape::Scalar(scalar) => title_part(sheet, choice.set, scalar),
                _ => item::part(sheet, choice.set, items, &place.key, thing),
            };
            return self.list(&choice, &part, most, by, &wanted, thing, place);
        }
        // What the goal asks for must be told from the rest, or nothing is given.
        let conditional =
            !wanted.filters.is_empty() || wanted.most.is_some() || wanted.sorting.is_some();
        match refusal {
            Some(why) if conditional || self.goal.len() == 1 => Err(why),
            why => {
                let why = match why {
                    Some(Refusal::Doubt(why) | Refusal::Unseen(why) | Refusal::Absent(why)) => why,
                    None => "nothing on the page repeats".to_owned(),
                };
                self.extract.notes.push(format!("{}: {why}", place.pointer));
                Ok(Value::Null)
            }
        }
    }

    /// Whether a list has a column of that name.
    pub(super) fn is_column(&self, name: &str) -> bool {
        let wanted = Wanted::new(name, "");
        self.sheet
            .sets
            .iter()
            .any(|it| column::find(self.sheet, it, &wanted, &TEXT).is_ok())
    }

    /// A list of single values that are elements of a kind, or that follow a label: "Tags: a, b".
    pub(super) fn labelled_list(
        &mut self,
        scalar: &Scalar,
        most: Option<usize>,
        wanted: &Extraction,
        place: &Place,
    ) -> Option<Value> {
        if !wanted.filters.is_empty()
            || wanted
                .of
                .as_deref()
                .is_some_and(|it| !owner::is_here(self.sheet, it))
        {
            return None;
        }
        let key = words(&place.key).join(" ");
        let asked = item::wanted(&place.key, "", scalar);
        let nouns = wanted.nouns.iter().cloned().chain([key]);
        for noun in nouns {
            let own = Extraction {
                nouns: vec![noun],
                of: None,
                places: wanted
                    .places
                    .iter()
                    .cloned()
                    .chain(wanted.of.clone())
                    .collect(),
                single: false,
                ..wanted.clone()
            };
            let Some(Ok(read)) = element::read(self.sheet, &own) else {
                continue;
            };
            let Some(mut rows) = read.lists.into_iter().next() else {
                continue;
            };
            // Links and pictures are asked for by their words.
            for row in &mut rows.rows {
                if let Some(text) = row
                    .value
                    .get("text")
                    .or_else(|| row.value.get("alt"))
                    .cloned()
                {
                    row.value = text;
                }
            }
            self.extract.found += read.found;
            self.extract.sources.extend(read.sources);
            rows.pointer.clone_from(&place.pointer);
            rows.listed = true;
            rows.most = most;
            self.extract.lists.push(rows);
            return Some(Value::Null);
        }
        let sheet = self.sheet;
        let label = (0..sheet.nodes.len()).find(|at| {
            let node = &sheet.nodes[*at];
            let text = node.text.trim().strip_suffix(':');
            node.role == "text" && text.is_some_and(|it| asked.likeness(it) > 0.8)
        })?;
        let parent = sheet.nodes[label].parent? as usize;
        let manner = sheet.manner();
        let mut values = Vec::new();
        for child in sheet.children(parent).filter(|it| *it > label) {
            for cell in item::parts_of(sheet, &table::cell(sheet, child)) {
                if let Ok(value) = convert(&cell, scalar, Want::Text, &manner) {
                    let pointer = format!("{}/{}", place.pointer, values.len());
                    self.extract.note_source(pointer, &cell, sheet.nodes);
                    values.push(value);
                }
            }
        }
        values.truncate(most.unwrap_or(usize::MAX));
        (values.len() > 1).then_some(Value::Array(values))
    }

    /// A list of single values: a column of that name.
    pub(super) fn column(
        &mut self,
        scalar: &Scalar,
        most: Option<usize>,
        by: Option<usize>,
        wanted: &Extraction,
        place: &Place,
    ) -> Result<Option<Value>, Refusal> {
        let thing = wanted.of.clone().unwrap_or_default();
        let mut names: Vec<String> = wanted.nouns.iter().take(1).cloned().collect();
        names.push(words(&place.key).join(" "));
        for name in names.iter().filter(|it| !it.is_empty()) {
            let asked = item::wanted(name, &thing, scalar);
            let fields = [(asked.clone(), scalar.clone())];
            let query = Query {
                thing: &thing,
                fields: &fields,
                filters: &wanted.filters,
                places: &wanted.places,
            };
            let Ok(choice) = choose(self.sheet, &query) else {
                continue;
            };
            let Ok(found) = column::find(self.sheet, choice.set, &asked, scalar) else {
                continue;
            };
            let manner = column::manner(self.sheet, choice.set, found.column);
            let part = Part::Cell(found, scalar.clone(), manner);
            return self
                .list(&choice, &part, most, by, wanted, &thing, place)
                .map(Some);
        }
        Ok(None)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one list")]
    pub(super) fn list(
        &mut self,
        choice: &Choice<'_>,
        part: &Part,
        most: Option<usize>,
        by: Option<usize>,
        wanted: &Extraction,
        thing: &str,
        place: &Place,
    ) -> Result<Value, Refusal> {
        self.extract.notes.extend(choice.notes.iter().cloned());
        let (sheet, pointer) = (self.sheet, place.pointer.clone());
        let mut rows = self.rows(choice, wanted, thing, |record, (nth, extract)| {
            let inner = format!("{pointer}/{nth}");
            let (before, notes) = (extract.found, extract.notes.len());
            let value = item::read(sheet, record, part, &inner, extract);
            // A row of another kind (an advertisement) has none of the values.
            if extract.found == before {
                extract.notes.truncate(notes);
                return None;
            }
            Some(value)
        })?;
        rows.by = by;
        rows.most = most;
        rows.listed = true;
        rows.pointer.clone_from(&place.pointer);
        self.extract.notes.truncate(400);
        self.extract.lists.push(rows);
        Ok(Value::Null)
    }

    /// The rows of a choice, each with what it is compared by.
    pub(super) fn rows(
        &mut self,
        choice: &Choice<'_>,
        wanted: &Extraction,
        thing: &str,
        mut value: impl FnMut(&Record, (usize, &mut Extract)) -> Option<Value>,
    ) -> Result<Rows, Refusal> {
        let quality = match (&wanted.most, &wanted.sorting) {
            (Some(most), _) => Some(&most.quality),
            (_, Some(sorting)) => Some(&sorting.by),
            _ => None,
        };
        let by = match quality {
            Some(quality) => Some(
                by_quality(self.sheet, choice.set, quality, thing).ok_or_else(|| {
                    Refusal::Doubt(format!(
                        "nothing in {} says \"{quality}\" to compare by",
                        called(choice.set)
                    ))
                })?,
            ),
            None => None,
        };
        let (sheet, extract) = (self.sheet, &mut self.extract);
        Ok(Rows::of(sheet, choice, by, |record, nth| {
            value(record, (nth, extract))
        }))
    }
}

/// The things themselves as text: what each is called.
fn title_part(sheet: &Sheet<'_>, set: &RecordSet, scalar: &Scalar) -> Part {
    match set.title() {
        Some(column) => {
            let found = column::Found {
                column,
                want: Want::Text,
                score: 0.7,
            };
            let manner = column::manner(sheet, set, column);
            let scalar = if scalar.kind == Type::Text {
                scalar.clone()
            } else {
                Scalar {
                    kind: scalar.kind,
                    ..TEXT
                }
            };
            Part::Cell(found, scalar, manner)
        }
        None => Part::Nothing("they say nothing".to_owned()),
    }
}
