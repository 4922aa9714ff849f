//! Single values.

use serde_json::Value;

use super::{Filler, Place};
use crate::{
    extract::{
        asked,
        choose::Refusal,
        column::Doubt,
        convert::{Manner, convert, whole},
        item,
        name::Wanted,
        owner,
        schema::{Scalar, Type},
        single,
    },
    goal::Tally,
    ground::{likeness, words},
};

impl Filler<'_, '_> {
    pub(super) fn scalar(&mut self, scalar: &Scalar, place: &Place) -> Result<Value, Refusal> {
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

    pub(super) fn taken(
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
    pub(super) fn by_goal(
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
                Err(Refusal::Doubt(_) | Refusal::Unseen(_)) => Ok(None),
            };
        }
        Ok(single::find(self.sheet, &Wanted::new(noun, ""), scalar, None).ok())
    }

    /// A number that the goal has counted or added up.
    pub(super) fn tallied(
        &mut self,
        scalar: &Scalar,
        place: &Place,
    ) -> Result<Option<Value>, Refusal> {
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
        let read = asked::read(self.sheet, &wanted)?;
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
