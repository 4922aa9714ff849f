//! A record as an item of a schema's list: which column each property is, told once for all records.

use serde_json::{Map, Value};

use super::{
    Extract,
    cell::Cell,
    column::{self, Doubt, Found},
    convert::{Manner, convert},
    name::Wanted,
    record::{Record, RecordSet},
    says::Said,
    schema::{Scalar, Shape, Type},
    sheet::Sheet,
};
use crate::ground::words;

/// How a property comes out of a record.
pub enum Part {
    /// From a column.
    Cell(Found, Scalar, Manner),
    /// Yes where the record says so.
    Says(Said, Said),
    /// From all columns of the same place, or from the parts of one cell.
    Many(Vec<usize>, Found, Scalar, Manner),
    /// From several parts.
    Object(Vec<(String, Part)>),
    /// It is not there; why.
    Nothing(String),
}

/// What a property asks for.
pub fn wanted(name: &str, subject: &str, scalar: &Scalar) -> Wanted {
    Wanted {
        described: scalar.description.clone().unwrap_or_default(),
        ..Wanted::new(name, subject)
    }
}

/// All single values of a shape, to tell which set has them.
pub fn fields(shape: &Shape, name: &str, subject: &str) -> Vec<(Wanted, Scalar)> {
    match shape {
        Shape::Scalar(scalar) => vec![(wanted(name, subject, scalar), scalar.clone())],
        Shape::Object(properties) => properties
            .iter()
            .flat_map(|(inner, shape)| fields(shape, inner, subject))
            .collect(),
        Shape::Array { items, .. } => match &**items {
            Shape::Scalar(scalar) => vec![(wanted(name, subject, scalar), scalar.clone())],
            _ => Vec::new(),
        },
    }
}

/// How a shape comes out of the records of a set.
pub fn part(sheet: &Sheet<'_>, set: &RecordSet, shape: &Shape, name: &str, subject: &str) -> Part {
    match shape {
        Shape::Object(properties) => {
            let parts = properties
                .iter()
                .map(|(inner, shape)| (inner.clone(), part(sheet, set, shape, inner, subject)));
            Part::Object(parts.collect())
        }
        Shape::Scalar(scalar) => {
            match column::find(sheet, set, &wanted(name, subject, scalar), scalar) {
                Ok(found) => Part::Cell(
                    found,
                    scalar.clone(),
                    column::manner(sheet, set, found.column),
                ),
                Err(doubt) => {
                    says(set, name, scalar).unwrap_or_else(|| Part::Nothing(reason(name, &doubt)))
                }
            }
        }
        Shape::Array { items, .. } => match &**items {
            Shape::Scalar(scalar) => {
                match column::find(sheet, set, &wanted(name, subject, scalar), scalar) {
                    Ok(found) => {
                        let kin = set.columns[found.column].kin;
                        let all = (0..set.columns.len())
                            .filter(|it| set.columns[*it].kin == kin)
                            .collect();
                        Part::Many(
                            all,
                            found,
                            scalar.clone(),
                            column::manner(sheet, set, found.column),
                        )
                    }
                    Err(doubt) => Part::Nothing(reason(name, &doubt)),
                }
            }
            _ => Part::Nothing(format!("lists of things inside \"{name}\" are not read")),
        },
    }
}

fn reason(name: &str, doubt: &Doubt) -> String {
    match doubt {
        Doubt::Nothing => format!("nothing there is called \"{name}\""),
        Doubt::Between(several) => format!("\"{name}\" could be {}", several.join(" or ")),
    }
}

/// A yes or no that some records say in words: "In stock", a badge.
fn says(set: &RecordSet, name: &str, scalar: &Scalar) -> Option<Part> {
    if scalar.kind != Type::Boolean {
        return None;
    }
    let own: Vec<String> = words(name)
        .into_iter()
        .filter(|it| !matches!(&**it, "is" | "has" | "are" | "was" | "can"))
        .collect();
    let yes = Said::new(&own.join(" "));
    // "out of stock" where the question is "in stock".
    let rest = own
        .iter()
        .filter(|it| *it != "in")
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    let no = Said::new(&format!("out of {rest}"));
    let any = |said: &Said| set.records.iter().any(|it| said.in_record(it));
    (!yes.is_empty() && (any(&yes) || any(&no))).then_some(Part::Says(yes, no))
}

/// Reads one record; says whether anything of it was there.
pub fn read(
    sheet: &Sheet<'_>,
    record: &Record,
    part: &Part,
    pointer: &str,
    extract: &mut Extract,
) -> Value {
    match part {
        Part::Object(parts) => {
            let mut object = Map::new();
            for (name, part) in parts {
                let inner = format!("{pointer}/{name}");
                object.insert(name.clone(), read(sheet, record, part, &inner, extract));
            }
            Value::Object(object)
        }
        Part::Cell(found, scalar, manner) => match record.cell(found.column) {
            Some(cell) => match convert(cell, scalar, found.want, manner) {
                Ok(value) => {
                    extract.note_source(pointer.to_owned(), cell, sheet.nodes);
                    value
                }
                Err(why) => {
                    let text = errand_domain::text::clip(&cell.text, 80);
                    extract.notes.push(format!("{pointer}: \"{text}\" {why}"));
                    Value::Null
                }
            },
            None => {
                extract.notes.push(format!("{pointer}: not in this item"));
                Value::Null
            }
        },
        Part::Says(yes, no) => {
            let says = yes.in_record(record) && !no.in_record(record);
            extract.found += 1;
            says.into()
        }
        Part::Many(columns, found, scalar, manner) => {
            let cells: Vec<&Cell> = columns.iter().filter_map(|it| record.cell(*it)).collect();
            let several = match cells[..] {
                [only] => parts_of(sheet, only),
                _ => cells.into_iter().cloned().collect(),
            };
            let mut values = Vec::new();
            for cell in several {
                if let Ok(value) = convert(&cell, scalar, found.want, manner) {
                    extract.note_source(format!("{pointer}/{}", values.len()), &cell, sheet.nodes);
                    values.push(value);
                }
            }
            Value::Array(values)
        }
        Part::Nothing(why) => {
            extract.notes.push(format!("{pointer}: {why}"));
            Value::Null
        }
    }
}

/// The parts of one cell: the items or links in it, or what commas divide.
pub fn parts_of(sheet: &Sheet<'_>, cell: &Cell) -> Vec<Cell> {
    if cell.node < sheet.nodes.len() {
        for role in ["listitem", "link"] {
            let inner = cell.node..sheet.end(cell.node);
            let parts: Vec<usize> = inner.filter(|it| sheet.nodes[*it].role == role).collect();
            if parts.len() > 1 {
                return parts
                    .into_iter()
                    .map(|it| super::table::cell(sheet, it))
                    .collect();
            }
        }
        // Marked words next to each other: tags.
        let texts: Vec<&errand_browser::Node> = sheet.nodes[cell.node..sheet.end(cell.node)]
            .iter()
            .filter(|it| it.role == "text")
            .collect();
        if let [text] = texts[..] {
            let marks: Vec<&str> = text
                .marks
                .iter()
                .filter(|it| it.text != text.text)
                .map(|it| &*it.text)
                .collect();
            let covered = marks.concat().replace(' ', "") == text.text.replace([' ', ','], "");
            if marks.len() > 1 && covered {
                return marks
                    .into_iter()
                    .map(|it| Cell::of_text(it, cell.node))
                    .collect();
            }
        }
    }
    let divided = cell
        .text
        .split([',', ';', '|', '·'])
        .map(str::trim)
        .filter(|it| !it.is_empty());
    divided
        .map(|it| Cell {
            text: it.to_owned(),
            value: None,
            ..cell.clone()
        })
        .collect()
}
