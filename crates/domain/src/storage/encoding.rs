//! Values as JSON: what JSON can say as itself, the rest as objects of one tag. Lists and objects
//! are tagged as well, so that no value of a page can be taken for a tag.
//!
//! The tags are those of Playwright's storage states, and `bl` for blobs beside them.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeMap};
use serde_json::{Map, Value, json};

use super::{
    Data,
    data::{Blob, View},
};

/// How deep values may be nested; JSON parsers have bounds, too.
pub(super) const MAX_DEPTH: usize = 32;

/// Numbers up to here are whole in JSON as well as in scripts.
const WHOLE: f64 = 9_007_199_254_740_991.0;

/// What is wrong with an encoded value, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// `.o[2].v`; empty for the value itself.
    pub(super) path: String,
    pub(super) problem: String,
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => match odd(*value) {
                Some(name) => one(serializer, "v", &name),
                None if value.fract() == 0.0 && value.abs() <= WHOLE => {
                    #[expect(clippy::cast_possible_truncation, reason = "it was just checked")]
                    let whole = *value as i64;
                    serializer.serialize_i64(whole)
                }
                None => serializer.serialize_f64(*value),
            },
            Self::String(value) => serializer.serialize_str(value),
            Self::Undefined => one(serializer, "v", &"undefined"),
            Self::BigInt(digits) => one(serializer, "bi", digits),
            Self::Date(at) => one(serializer, "d", at),
            Self::RegExp { source, flags } => {
                one(serializer, "r", &json!({ "p": source, "f": flags }))
            }
            Self::Error {
                name,
                message,
                stack,
            } => one(
                serializer,
                "e",
                &json!({ "n": name, "m": message, "s": stack }),
            ),
            Self::Buffer(bytes) => one(serializer, "ab", &json!({ "b": STANDARD.encode(bytes) })),
            Self::View(view, bytes) => {
                let named = View::ALL.iter().find(|(_, it)| it == view);
                let name = named.map_or("", |(name, _)| name);
                let inner = json!({ "b": STANDARD.encode(bytes), "k": name });
                one(serializer, "ta", &inner)
            }
            Self::Blob(blob) => {
                let mut inner = json!({
                    "b": STANDARD.encode(&blob.bytes),
                    "t": blob.content_type,
                });
                if let Some((name, modified)) = &blob.file {
                    inner["n"] = name.as_str().into();
                    inner["m"] = (*modified).into();
                }
                one(serializer, "bl", &inner)
            }
            Self::List(id, items) => numbered(serializer, "a", items, *id),
            Self::Set(id, items) => numbered(serializer, "s", items, *id),
            Self::Object(id, entries) => {
                let pairs: Vec<_> = entries.iter().map(|(k, v)| Pair { k, v }).collect();
                numbered(serializer, "o", &pairs, *id)
            }
            Self::Map(id, entries) => {
                let pairs: Vec<_> = entries.iter().map(|(k, v)| Pair { k, v }).collect();
                numbered(serializer, "m", &pairs, *id)
            }
            Self::Same(id) => one(serializer, "ref", id),
        }
    }
}

#[derive(Serialize)]
struct Pair<'a, K> {
    k: &'a K,
    v: &'a Data,
}

fn one<S: Serializer>(
    serializer: S,
    tag: &str,
    inner: &(impl Serialize + ?Sized),
) -> Result<S::Ok, S::Error> {
    numbered(serializer, tag, inner, None)
}

fn numbered<S: Serializer>(
    serializer: S,
    tag: &str,
    inner: &(impl Serialize + ?Sized),
    id: Option<u32>,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1 + usize::from(id.is_some())))?;
    map.serialize_entry(tag, inner)?;
    if let Some(id) = id {
        map.serialize_entry("id", &id)?;
    }
    map.end()
}

/// The name of a number that JSON has not.
fn odd(number: f64) -> Option<&'static str> {
    if number.is_nan() {
        Some("NaN")
    } else if number.is_infinite() {
        Some(if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        })
    } else if number == 0.0 && number.is_sign_negative() {
        Some("-0")
    } else {
        None
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        decode(value)
            .map_err(|wrong| D::Error::custom(format!("{}: {}", wrong.path, wrong.problem)))
    }
}

/// Reads a value that is in tags.
pub(super) fn decode(value: Value) -> Result<Data, Wrong> {
    let mut reader = Reader::default();
    let mut data = reader.read(value, 0)?;
    if reader.met.len() > reader.used.len() {
        forget(&mut data, &reader.used);
    }
    Ok(data)
}

/// Takes plain JSON as the value that it is.
pub(super) fn plain(value: Value) -> Result<Data, Wrong> {
    from_plain(value, 0)
}

fn from_plain(value: Value, depth: usize) -> Result<Data, Wrong> {
    if depth >= MAX_DEPTH {
        return Err(too_deep());
    }
    Ok(match value {
        Value::Null => Data::Null,
        Value::Bool(value) => Data::Bool(value),
        Value::Number(number) => Data::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Data::String(text),
        Value::Array(items) => Data::List(
            None,
            items
                .into_iter()
                .map(|item| from_plain(item, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        Value::Object(fields) => Data::Object(
            None,
            fields
                .into_iter()
                .map(|(key, value)| Ok((key, from_plain(value, depth + 1)?)))
                .collect::<Result<_, _>>()?,
        ),
    })
}

/// The value as plain JSON, if it is nothing more.
pub(super) fn to_plain(data: &Data) -> Option<Value> {
    Some(match data {
        Data::Null => Value::Null,
        Data::Bool(value) => (*value).into(),
        Data::Number(value) if odd(*value).is_none() => serde_json::to_value(data).ok()?,
        Data::String(text) => text.as_str().into(),
        Data::List(None, items) => items
            .iter()
            .map(to_plain)
            .collect::<Option<Vec<_>>>()?
            .into(),
        Data::Object(None, entries) => {
            let mut fields = Map::new();
            for (key, value) in entries {
                // As a plain object, a script would take it for the prototype.
                if key == "__proto__" || fields.insert(key.clone(), to_plain(value)?).is_some() {
                    return None;
                }
            }
            fields.into()
        }
        _ => return None,
    })
}

#[derive(Default)]
struct Reader {
    met: BTreeSet<u32>,
    used: BTreeSet<u32>,
}

impl Reader {
    fn read(&mut self, value: Value, depth: usize) -> Result<Data, Wrong> {
        if depth >= MAX_DEPTH {
            return Err(too_deep());
        }
        let fields = match value {
            Value::Null => return Ok(Data::Null),
            Value::Bool(value) => return Ok(Data::Bool(value)),
            Value::Number(number) => return Ok(Data::Number(number.as_f64().unwrap_or(f64::NAN))),
            Value::String(text) => return Ok(Data::String(text)),
            Value::Array(_) => {
                return Err(wrong("a list must be written as {\"a\": […], \"id\": n}"));
            }
            Value::Object(fields) => fields,
        };
        let (mut tag, mut id) = (None, None);
        for (name, inner) in fields {
            if name == "id" {
                let number = inner.as_u64().and_then(|it| u32::try_from(it).ok());
                id = Some(number.ok_or_else(|| wrong("the id must be a whole number"))?);
            } else if tag.replace((name, inner)).is_some() {
                return Err(wrong("there must be one tag, not several"));
            }
        }
        let (tag, inner) = tag.ok_or_else(|| wrong("there is no tag, such as \"o\" or \"a\""))?;
        if matches!(tag.as_str(), "a" | "o" | "m" | "s")
            && let Some(id) = id.filter(|it| *it > 0)
            && !self.met.insert(id)
        {
            return Err(wrong(format!("the id {id} is there twice")));
        }
        let id = id.filter(|it| *it > 0);
        self.tagged(&tag, inner, id, depth)
            .map_err(|wrong| wrong.within(&format!(".{tag}")))
    }

    fn tagged(
        &mut self,
        tag: &str,
        inner: Value,
        id: Option<u32>,
        depth: usize,
    ) -> Result<Data, Wrong> {
        Ok(match (tag, inner) {
            ("v", Value::String(name)) => match name.as_str() {
                "undefined" => Data::Undefined,
                "null" => Data::Null,
                "NaN" => Data::Number(f64::NAN),
                "Infinity" => Data::Number(f64::INFINITY),
                "-Infinity" => Data::Number(f64::NEG_INFINITY),
                "-0" => Data::Number(-0.0),
                _ => return Err(wrong("no such value")),
            },
            ("bi", Value::String(digits)) if is_whole(&digits) => Data::BigInt(digits),
            ("d", Value::Null) => Data::Date(None),
            ("d", Value::String(at)) if is_time(&at) => Data::Date(Some(at)),
            ("r", inner) => {
                let [source, flags] = texts(&inner, ["p", "f"])?;
                Data::RegExp { source, flags }
            }
            ("e", inner) => {
                let [name, message, stack] = texts(&inner, ["n", "m", "s"])?;
                Data::Error {
                    name,
                    message,
                    stack,
                }
            }
            ("ab", inner) => Data::Buffer(bytes(&inner)?),
            ("ta", inner) => {
                let [kind] = texts(&inner, ["k"])?;
                let bytes = bytes(&inner)?;
                let known = View::ALL.iter().find(|(name, _)| *name == kind);
                let (_, view) = known.ok_or_else(|| wrong("no such kind of array").within(".k"))?;
                if bytes.len() % view.width() != 0 {
                    return Err(wrong("the bytes don't make up whole elements").within(".b"));
                }
                Data::View(*view, bytes)
            }
            ("bl", inner) => {
                let [content_type] = texts(&inner, ["t"])?;
                let name = inner["n"].as_str().map(str::to_owned);
                Data::Blob(Blob {
                    bytes: bytes(&inner)?,
                    content_type,
                    file: name.map(|name| (name, inner["m"].as_i64().unwrap_or_default())),
                })
            }
            ("a", Value::Array(items)) => Data::List(id, self.list(items, depth)?),
            ("s", Value::Array(items)) => Data::Set(id, self.list(items, depth)?),
            ("o", Value::Array(items)) => {
                let pairs = self.pairs(items, depth)?;
                let entries = pairs.into_iter().map(|(at, (key, value))| match key {
                    Data::String(key) => Ok((key, value)),
                    _ => Err(wrong("must be a text").within(&format!("[{at}].k"))),
                });
                Data::Object(id, entries.collect::<Result<_, _>>()?)
            }
            ("m", Value::Array(items)) => {
                let pairs = self.pairs(items, depth)?;
                Data::Map(id, pairs.into_iter().map(|(_, pair)| pair).collect())
            }
            ("ref", inner) => {
                let id = inner.as_u64().and_then(|it| u32::try_from(it).ok());
                let id = id.filter(|it| self.met.contains(it));
                let id = id.ok_or_else(|| wrong("nothing before it has that id"))?;
                self.used.insert(id);
                Data::Same(id)
            }
            _ => return Err(wrong("no value is written so")),
        })
    }

    fn list(&mut self, items: Vec<Value>, depth: usize) -> Result<Vec<Data>, Wrong> {
        let items = items.into_iter().enumerate().map(|(at, item)| {
            self.read(item, depth + 1)
                .map_err(|wrong| wrong.within(&format!("[{at}]")))
        });
        items.collect()
    }

    #[expect(clippy::type_complexity, reason = "it is used once")]
    fn pairs(
        &mut self,
        items: Vec<Value>,
        depth: usize,
    ) -> Result<Vec<(usize, (Data, Data))>, Wrong> {
        let pairs = items.into_iter().enumerate().map(|(at, mut item)| {
            let inside = |name: &str| format!("[{at}].{name}");
            let mut part = |name: &str| match item.get_mut(name) {
                Some(part) => self
                    .read(part.take(), depth + 1)
                    .map_err(|wrong| wrong.within(&inside(name))),
                None => Err(wrong("is missing").within(&inside(name))),
            };
            Ok((at, (part("k")?, part("v")?)))
        });
        pairs.collect()
    }
}

impl Wrong {
    fn within(mut self, outer: &str) -> Self {
        self.path.insert_str(0, outer);
        self
    }
}

fn wrong(problem: impl Into<String>) -> Wrong {
    let problem = problem.into();
    Wrong {
        path: String::new(),
        problem,
    }
}

fn too_deep() -> Wrong {
    wrong(format!("it is nested deeper than {MAX_DEPTH} levels"))
}

fn texts<const N: usize>(inner: &Value, names: [&str; N]) -> Result<[String; N], Wrong> {
    let mut found = [const { String::new() }; N];
    for (name, place) in names.into_iter().zip(&mut found) {
        let text = inner.get(name).and_then(Value::as_str);
        let text = text.ok_or_else(|| wrong("must be a text").within(&format!(".{name}")))?;
        text.clone_into(place);
    }
    Ok(found)
}

fn bytes(inner: &Value) -> Result<Vec<u8>, Wrong> {
    let [text] = texts(inner, ["b"])?;
    let decoded = STANDARD.decode(text);
    decoded.map_err(|_| wrong("must be base64").within(".b"))
}

fn is_whole(digits: &str) -> bool {
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// `2026-11-22T01:02:03.004Z`, with six digits and a sign for years that four can't say.
fn is_time(text: &str) -> bool {
    let year = match text.as_bytes().first() {
        Some(b'+' | b'-') => 7,
        _ => 4,
    };
    let shape = b"-00-00T00:00:00.000Z";
    let (Some(head), Some(tail)) = (text.get(..year), text.get(year..)) else {
        return false;
    };
    let head = head.strip_prefix(['+', '-']).unwrap_or(head);
    head.bytes().all(|byte| byte.is_ascii_digit())
        && tail.len() == shape.len()
        && tail.bytes().zip(shape).all(|(byte, want)| match want {
            b'0' => byte.is_ascii_digit(),
            _ => byte == *want,
        })
}

/// Takes off the numbers that nothing refers to.
fn forget(data: &mut Data, used: &BTreeSet<u32>) {
    let (Data::List(id, _) | Data::Set(id, _) | Data::Object(id, _) | Data::Map(id, _)) = data
    else {
        return;
    };
    *id = id.filter(|it| used.contains(it));
    match data {
        Data::List(_, items) | Data::Set(_, items) => {
            items.iter_mut().for_each(|item| forget(item, used));
        }
        Data::Object(_, entries) => entries.iter_mut().for_each(|(_, item)| forget(item, used)),
        Data::Map(_, entries) => {
            for (key, item) in entries {
                forget(key, used);
                forget(item, used);
            }
        }
        _ => {}
    }
}
