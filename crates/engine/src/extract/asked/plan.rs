//! How a record becomes a value.

use serde_json::{Map, Value};

use crate::{
    extract::{
        Extract,
        cell::Cell,
        choose::{Choice, Refusal},
        column::{self, Doubt, TEXT},
        convert::{Want, convert},
        key::key,
        name,
        name::Wanted,
        record::{Kind, Record, RecordSet},
        schema::Scalar,
        sheet::Sheet,
    },
    ground::words,
};

/// How a record becomes a value.
pub struct Plan {
    names: Vec<String>,
    /// The columns of those names.
    pub fields: Vec<Result<column::Found, Doubt>>,
    objects: bool,
    /// Without fields: the column of the things' own name.
    own: Option<usize>,
    title: Option<usize>,
}

impl Plan {
    pub fn new(
        sheet: &Sheet<'_>,
        choice: &Choice<'_>,
        asked: &[(Wanted, Scalar)],
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
    pub fn value(
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
