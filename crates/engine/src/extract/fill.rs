//! Reading what a schema describes.

use std::ops::Range;

use serde_json::{Map, Value};

use super::{
    Extract,
    asked::{by_quality, identity},
    choose::{Choice, Query, Refusal, choose},
    column::{self, Doubt, TEXT},
    convert::{Manner, convert, whole},
    item::{self, Part},
    name::Wanted,
    owner,
    rank::rank,
    record::{Record, RecordSet},
    rows::{Row, Rows},
    schema::{Scalar, Shape, Type},
    sheet::Sheet,
    single,
};
use crate::{
    goal::{Extraction, Filter, Slice, Tally},
    ground::{likeness, words},
};

/// Reads it.
///
/// # Errors
/// Where the goal's conditions can't be decided, or let nothing through.
pub fn read(
    sheet: &Sheet<'_>,
    shape: &Shape,
    goal: &[Extraction],
    current: usize,
) -> Result<Extract, Refusal> {
    let mut filler = Filler {
        sheet,
        goal,
        current,
        extract: Extract::default(),
    };
    filler.extract.value = filler.fill(shape, &Place::default())?;
    Ok(filler.extract)
}

/// Where in the schema, and on the page.
#[derive(Clone, Default)]
struct Place {
    /// The property.
    key: String,
    /// The property around it.
    subject: String,
    pointer: String,
    /// The part of the page that the property around it names.
    within: Option<Range<usize>>,
}

struct Filler<'s, 'n> {
    sheet: &'s Sheet<'n>,
    goal: &'s [Extraction],
    /// The part of the goal that the page is open for.
    current: usize,
    extract: Extract,
}

impl Filler<'_, '_> {
    fn fill(&mut self, shape: &Shape, place: &Place) -> Result<Value, Refusal> {
        match shape {
            Shape::Object(properties) => self.object(shape, properties, place),
            Shape::Array { items, most } => self.array(items, *most, place),
            Shape::Scalar(scalar) => self.scalar(scalar, place),
        }
    }

    fn object(
        &mut self,
        shape: &Shape,
        properties: &[(String, Shape)],
        place: &Place,
    ) -> Result<Value, Refusal> {
        let flat = properties.iter().all(|it| !matches!(it.1, Shape::Array { .. }) || matches!(&it.1, Shape::Array { items, .. } if matches!(**items, Shape::Scalar(_))));
        let inner_objects = properties.iter().any(|it| matches!(it.1, Shape::Object(_)));
        if flat
            && !(place.pointer.is_empty() && inner_objects && properties.len() == 1)
            && let Some(value) = self.one_record(shape, place)?
        {
            return Ok(value);
        }
        let within = place
            .within
            .clone()
            .or_else(|| owner::section(self.sheet, &words(&place.key).join(" ")));
        let mut object = Map::new();
        for (name, inner) in properties {
            let place = Place {
                key: name.clone(),
                subject: place.key.clone(),
                pointer: format!(
                    "{}/{}",
                    place.pointer,
                    name.replace('~', "~0").replace('/', "~1")
                ),
                within: within.clone().filter(|_| !place.key.is_empty()),
            };
            let value = self.fill(inner, &place)?;
            object.insert(name.clone(), value);
        }
        Ok(Value::Object(object))
    }

    /// The record that the goal picks out: "the cheapest product", "the customer with email …".
    fn one_record(&mut self, shape: &Shape, place: &Place) -> Result<Option<Value>, Refusal> {
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
                super::condition::called(choice.set),
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

    fn named_record(
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

    /// The part of the goal that speaks of a list: by name, or because it is the only one.
    fn wanted_for(&self, key: &str) -> Option<usize> {
        let key = words(key).join(" ");
        let rate = |it: &Extraction| {
            let names = it.nouns.iter().chain(&it.of);
            names
                .map(|it| likeness(it, &key, false).max(likeness(&key, it, false)))
                .fold(0.0, f64::max)
        };
        let rated = self.goal.iter().enumerate().map(|(at, it)| (rate(it), at));
        let best =
            rated.max_by(|left, right| left.0.total_cmp(&right.0).then(right.1.cmp(&left.1)))?;
        (best.0 > 0.5 || self.goal.len() == 1).then_some(best.1)
    }

    /// Whether a property is read when the goal comes to another part of it.
    fn is_elsewhere(&self, key: &str) -> bool {
        let last = self.goal.len().saturating_sub(1);
        self.wanted_for(key).unwrap_or(last) != self.current && !self.goal.is_empty()
    }

    fn array(
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
                    Some(Refusal::Doubt(why) | Refusal::Absent(why)) => why,
                    None => "nothing on the page repeats".to_owned(),
                };
                self.extract.notes.push(format!("{}: {why}", place.pointer));
                Ok(Value::Null)
            }
        }
    }

    /// Whether a list has a column of that name.
    fn is_column(&self, name: &str) -> bool {
        let wanted = Wanted::new(name, "");
        self.sheet
            .sets
            .iter()
            .any(|it| column::find(self.sheet, it, &wanted, &TEXT).is_ok())
    }

    /// A list of single values that are elements of a kind, or that follow a label: "Tags: a, b".
    fn labelled_list(
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
            let Some(Ok(read)) = super::element::read(self.sheet, &own) else {
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
            for cell in item::parts_of(sheet, &super::table::cell(sheet, child)) {
                if let Ok(value) = convert(&cell, scalar, super::convert::Want::Text, &manner) {
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
    fn column(
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
    fn list(
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
    fn rows(
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
                        super::condition::called(choice.set)
                    ))
                })?,
            ),
            None => None,
        };
        let manner = by.map(|it| column::manner(self.sheet, choice.set, it.0));
        let mut rows = Rows {
            conditional: choice.is_conditional(),
            ..Rows::default()
        };
        for record in choice.records() {
            let Some(value) = value(record, (rows.rows.len(), &mut self.extract)) else {
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
        Ok(rows)
    }

    fn scalar(&mut self, scalar: &Scalar, place: &Place) -> Result<Value, Refusal> {
        if self.is_elsewhere(&place.key) {
            return Ok(Value::Null);
        }
        if let Some(value) = self.tallied(scalar, place)? {
            return Ok(value);
        }
        let mut asked = item::wanted(&place.key, &place.subject, scalar);
        let mut found = single::find(self.sheet, &asked, scalar, place.within.as_ref());
        if matches!(found, Err(Doubt::Nothing)) && place.within.is_some() {
            // "address_city" may stand anywhere, if it names what it belongs to.
            asked.called = format!("{} {}", words(&place.subject).join(" "), asked.called);
            found = single::find(self.sheet, &asked, scalar, None);
        }
        if found.is_err()
            && let Some(better) = self.by_goal(scalar, place)?
        {
            found = Ok(better);
        }
        let manner = self.sheet.manner();
        match found {
            Ok(found) => Ok(self.taken(&found, scalar, &manner, place)),
            Err(doubt) => {
                let why = match doubt {
                    Doubt::Nothing => format!("nothing on the page is called \"{}\"", place.key),
                    Doubt::Between(several) => format!("it could be {}", several.join(" or ")),
                };
                self.extract.notes.push(format!("{}: {why}", place.pointer));
                Ok(Value::Null)
            }
        }
    }

    fn taken(
        &mut self,
        found: &single::Found,
        scalar: &Scalar,
        manner: &Manner,
        place: &Place,
    ) -> Value {
        match convert(&found.cell, scalar, found.want, manner) {
            Ok(value) => {
                self.extract
                    .note_source(place.pointer.clone(), &found.cell, self.sheet.nodes);
                value
            }
            Err(why) => {
                let text = errand_domain::text::clip(&found.cell.text, 80);
                self.extract
                    .notes
                    .push(format!("{}: \"{text}\" {why}", place.pointer));
                Value::Null
            }
        }
    }

    /// The value that the goal describes, where the property's name is not the page's.
    fn by_goal(
        &mut self,
        scalar: &Scalar,
        place: &Place,
    ) -> Result<Option<single::Found>, Refusal> {
        let Some(wanted) = self
            .wanted_for(&place.key)
            .and_then(|it| self.goal.get(it))
            .cloned()
        else {
            return Ok(None);
        };
        let key = words(&place.key).join(" ");
        let alike =
            |noun: &&String| likeness(noun, &key, false).max(likeness(&key, noun, false)) > 0.5;
        let Some(noun) = wanted.nouns.iter().find(alike) else {
            return Ok(None);
        };
        if let Some(of) = &wanted.of {
            return match owner::value(self.sheet, noun, of, scalar) {
                Ok(found) => Ok(Some(found)),
                Err(Refusal::Absent(why)) => Err(Refusal::Absent(why)),
                Err(Refusal::Doubt(_)) => Ok(None),
            };
        }
        Ok(single::find(self.sheet, &Wanted::new(noun, ""), scalar, None).ok())
    }

    /// A number that the goal has counted or added up.
    fn tallied(&mut self, scalar: &Scalar, place: &Place) -> Result<Option<Value>, Refusal> {
        if !matches!(scalar.kind, Type::Number | Type::Integer) {
            return Ok(None);
        }
        let at = self.current;
        if self.goal.get(at).is_none_or(|it| it.tally.is_none()) {
            return Ok(None);
        }
        let key = words(&place.key);
        let wanted = self.goal[at].clone();
        let fits = match wanted.tally {
            Some(Tally::Count) => key.iter().any(|it| {
                matches!(
                    &**it,
                    "count" | "number" | "total" | "amount" | "quantity" | "num"
                )
            }),
            Some(Tally::Sum) => key.iter().any(|it| matches!(&**it, "sum" | "total")),
            _ => key
                .iter()
                .any(|it| matches!(&**it, "average" | "mean" | "avg")),
        };
        let named = wanted
            .nouns
            .iter()
            .any(|it| likeness(it, &key.join(" "), false) > 0.5);
        if !fits && !named {
            return Ok(None);
        }
        let read = super::asked::read(self.sheet, &wanted)?;
        self.extract.found += read.found.max(1);
        self.extract.notes.extend(read.notes);
        if let Some(mut rows) = read.lists.into_iter().next() {
            rows.pointer.clone_from(&place.pointer);
            rows.by = Some(at);
            self.extract.lists.push(rows);
            return Ok(Some(Value::Null));
        }
        let number = read
            .value
            .as_object()
            .and_then(|it| it.values().next())
            .and_then(Value::as_f64);
        Ok(number.and_then(whole))
    }
}

/// The things themselves as text: what each is called.
fn title_part(sheet: &Sheet<'_>, set: &RecordSet, scalar: &Scalar) -> Part {
    match set.title() {
        Some(column) => {
            let found = column::Found {
                column,
                want: super::convert::Want::Text,
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

fn record_index(set: &RecordSet, record: &Record) -> usize {
    set.records
        .iter()
        .position(|it| std::ptr::eq(it, record))
        .unwrap_or_default()
}
