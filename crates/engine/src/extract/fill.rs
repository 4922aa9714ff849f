//! Reading what a schema describes.

mod array;
mod record;
mod scalar;

use std::ops::Range;

use serde_json::{Map, Value};

use super::{Extract, choose::Refusal, owner, schema::Shape, sheet::Sheet};
use crate::{
    goal::Extraction,
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
}
