//! From Playwright's form.

use serde_json::{Map, Value};

use super::{Error, Fault, MAX_FAULTS, MAX_TEXT_BYTES};
use crate::storage::{
    Cookie, Data, Database, Index, KeyPath, ObjectStore, OriginState, Partition, Record, SameSite,
    StorageState, encoding, is_origin,
};

/// The last second that browsers take as a cookie's end: the year 9999.
const LAST_SECOND: f64 = 253_402_300_799.0;
/// The largest whole number that scripts have.
const MAX_VERSION: u64 = 9_007_199_254_740_991;

/// Reads a storage state. What it has and can't be kept is in its notes.
///
/// # Errors
/// [`Error`].
pub fn read(text: &str) -> Result<StorageState, Error> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(Error::TooLong(text.len()));
    }
    let whole = |problem: String| {
        let path = String::new();
        Error::Wrong(vec![Fault { path, problem }])
    };
    let value: Value =
        serde_json::from_str(text).map_err(|error| whole(format!("it is no JSON: {error}")))?;
    let Value::Object(mut fields) = value else {
        return Err(whole(format!(
            "it must be an object with \"cookies\" and \"origins\", as Playwright's \
             context.storageState() writes it, not {}",
            kind(&value)
        )));
    };
    if !fields.contains_key("cookies") && !fields.contains_key("origins") {
        return Err(whole(
            "it has neither \"cookies\" nor \"origins\", so it is no storage state of Playwright's"
                .to_owned(),
        ));
    }
    let mut reader = Reader::default();
    let cookies = reader.list(&mut fields, "cookies", "", Reader::cookie);
    let origins = reader.list(&mut fields, "origins", "", Reader::origin);
    reader.rest(&fields, "");
    let mut state = StorageState {
        cookies,
        origins: origins.into_iter().flatten().collect(),
        ..StorageState::default()
    };
    for (at, origin) in state.origins.iter().enumerate() {
        if state.origins[..at]
            .iter()
            .any(|it| it.origin == origin.origin)
        {
            let path = format!("origins[{at}].origin");
            reader.fault(&path, "is there twice");
        }
    }
    if !reader.faults.is_empty() {
        return Err(Error::Wrong(reader.faults));
    }
    state.origins.retain(|origin| !origin.is_empty());
    for note in reader.notes {
        state.note(note);
    }
    state.measure()?;
    Ok(state)
}

#[derive(Default)]
struct Reader {
    faults: Vec<Fault>,
    notes: Vec<String>,
}

impl Reader {
    fn fault(&mut self, path: &str, problem: impl Into<String>) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault {
                path: path.to_owned(),
                problem: problem.into(),
            });
        }
    }

    /// Notes fields that nothing was read from.
    fn rest(&mut self, fields: &Map<String, Value>, path: &str) {
        for (name, value) in fields {
            let empty = matches!(value, Value::Null) || value.as_array().is_some_and(Vec::is_empty);
            if !empty && self.notes.len() < MAX_FAULTS {
                let name = crate::text::clip(name, 60);
                let at = if path.is_empty() {
                    name
                } else {
                    format!("{path}.{name}")
                };
                self.notes
                    .push(format!("{at} was left out: it is not kept here"));
            }
        }
    }

    /// The items of a list that may be absent.
    fn list<T>(
        &mut self,
        fields: &mut Map<String, Value>,
        name: &str,
        path: &str,
        each: impl Fn(&mut Self, Map<String, Value>, &str) -> T,
    ) -> Vec<T> {
        let path = join(path, name);
        let items = match fields.remove(name) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(other) => {
                self.fault(&path, format!("must be a list, not {}", kind(&other)));
                return Vec::new();
            }
        };
        let mut read = Vec::new();
        for (at, item) in items.into_iter().enumerate() {
            let path = format!("{path}[{at}]");
            match item {
                Value::Object(fields) => read.push(each(self, fields, &path)),
                other => self.fault(&path, format!("must be an object, not {}", kind(&other))),
            }
            if self.faults.len() >= MAX_FAULTS {
                break;
            }
        }
        read
    }

    fn optional_text(
        &mut self,
        fields: &mut Map<String, Value>,
        name: &str,
        path: &str,
    ) -> Option<String> {
        match fields.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(other) => {
                self.fault(
                    &join(path, name),
                    format!("must be a text, not {}", kind(&other)),
                );
                None
            }
        }
    }

    fn text(&mut self, fields: &mut Map<String, Value>, name: &str, path: &str) -> String {
        if !fields.contains_key(name) {
            self.fault(&join(path, name), "is missing; it must be a text");
        }
        self.optional_text(fields, name, path).unwrap_or_default()
    }

    fn flag(&mut self, fields: &mut Map<String, Value>, name: &str, path: &str) -> bool {
        match fields.remove(name) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(value)) => value,
            Some(other) => {
                let problem = format!("must be true or false, not {}", kind(&other));
                self.fault(&join(path, name), problem);
                false
            }
        }
    }

    fn cookie(&mut self, mut fields: Map<String, Value>, path: &str) -> Cookie {
        let mut cookie = Cookie {
            name: self.text(&mut fields, "name", path),
            value: self.text(&mut fields, "value", path),
            domain: self
                .optional_text(&mut fields, "domain", path)
                .unwrap_or_default(),
            path: self
                .optional_text(&mut fields, "path", path)
                .unwrap_or_default(),
            http_only: self.flag(&mut fields, "httpOnly", path),
            secure: self.flag(&mut fields, "secure", path),
            ..Cookie::default()
        };
        if let Some(url) = self.optional_text(&mut fields, "url", path) {
            self.cookie_of(&url, &mut cookie, path);
        } else if cookie.domain.is_empty() || !cookie.path.starts_with('/') {
            self.fault(
                path,
                "must have a domain and a path that begins with /, or a url",
            );
        }
        cookie.expires = match fields.remove("expires") {
            None | Some(Value::Null) => None,
            Some(value) => match value.as_f64() {
                Some(-1.0) => None,
                Some(at) if (0.0..=LAST_SECOND).contains(&at) => Some(at),
                _ => {
                    let problem = "must be -1 or seconds since 1970, up to the year 9999";
                    self.fault(&join(path, "expires"), problem);
                    None
                }
            },
        };
        if let Some(text) = self.optional_text(&mut fields, "sameSite", path) {
            cookie.same_site = SameSite::of(&text).filter(|it| it.as_str() == text);
            if cookie.same_site.is_none() {
                let problem = format!(
                    "must be \"Strict\", \"Lax\" or \"None\", not {}",
                    quoted(&text)
                );
                self.fault(&join(path, "sameSite"), problem);
            }
        }
        let ancestor = fields.remove("_crHasCrossSiteAncestor");
        if let Some(site) = self.optional_text(&mut fields, "partitionKey", path) {
            cookie.partition = Some(Partition {
                top_level_site: site,
                // Playwright takes it for true where it isn't said.
                has_cross_site_ancestor: ancestor.and_then(|it| it.as_bool()).unwrap_or(true),
            });
        }
        self.rest(&fields, "cookies[]");
        cookie
    }

    fn cookie_of(&mut self, url: &str, cookie: &mut Cookie, path: &str) {
        if !(cookie.domain.is_empty() && cookie.path.is_empty()) {
            self.fault(path, "must have either a url, or a domain and a path");
        }
        let parsed = url::Url::parse(url).ok();
        let web = parsed.filter(|it| matches!(it.scheme(), "http" | "https"));
        let Some(parsed) = web else {
            let problem = format!("must be a web address, not {}", quoted(url));
            self.fault(&join(path, "url"), problem);
            return;
        };
        let folder = parsed.path().rfind('/').unwrap_or_default();
        cookie.domain = parsed.host_str().unwrap_or_default().to_owned();
        parsed.path()[..=folder].clone_into(&mut cookie.path);
        cookie.secure = parsed.scheme() == "https";
    }

    fn origin(&mut self, mut fields: Map<String, Value>, path: &str) -> Option<OriginState> {
        let origin = self.text(&mut fields, "origin", path);
        let web = origin.starts_with("http:") || origin.starts_with("https:");
        if !web && url::Url::parse(&origin).is_ok() {
            // Of extensions and files; no page of ours will ever have it.
            self.notes.push(format!(
                "{} was left out: it is no web page's",
                quoted(&origin)
            ));
            return None;
        }
        if !is_origin(&origin) && !origin.is_empty() {
            let problem = format!(
                "must be an origin such as \"https://shop.example\", without a path, not {}",
                quoted(&origin)
            );
            self.fault(&join(path, "origin"), problem);
        }
        let pair = |reader: &mut Self, mut fields: Map<String, Value>, path: &str| {
            let name = reader.text(&mut fields, "name", path);
            (name, reader.text(&mut fields, "value", path))
        };
        let state = OriginState {
            origin,
            under: None,
            local: self.list(&mut fields, "localStorage", path, pair),
            session: self.list(&mut fields, "sessionStorage", path, pair),
            databases: self.list(&mut fields, "indexedDB", path, Self::database),
        };
        self.rest(&fields, "origins[]");
        Some(state)
    }

    fn database(&mut self, mut fields: Map<String, Value>, path: &str) -> Database {
        let name = self.text(&mut fields, "name", path);
        let version = fields.remove("version").and_then(|it| it.as_u64());
        let version = version.filter(|it| (1..=MAX_VERSION).contains(it));
        if version.is_none() {
            self.fault(&join(path, "version"), "must be a whole number from 1");
        }
        Database {
            name,
            version: version.unwrap_or(1),
            stores: self.list(&mut fields, "stores", path, Self::store),
        }
    }

    fn store(&mut self, mut fields: Map<String, Value>, path: &str) -> ObjectStore {
        let key_path = self.key_path(&mut fields, path);
        let inline = key_path.is_some();
        let record = |reader: &mut Self, fields: Map<String, Value>, path: &str| {
            reader.record(fields, inline, path)
        };
        ObjectStore {
            name: self.text(&mut fields, "name", path),
            key_path,
            auto_increment: self.flag(&mut fields, "autoIncrement", path),
            indexes: self.list(&mut fields, "indexes", path, Self::index),
            records: self.list(&mut fields, "records", path, record),
        }
    }

    fn key_path(&mut self, fields: &mut Map<String, Value>, path: &str) -> Option<KeyPath> {
        match fields.remove("keyPathArray") {
            None | Some(Value::Null) => self
                .optional_text(fields, "keyPath", path)
                .map(KeyPath::One),
            Some(list) => {
                let paths: Option<Vec<String>> = list.as_array().and_then(|items| {
                    let texts = items.iter().map(|it| it.as_str().map(str::to_owned));
                    texts.collect()
                });
                if paths.as_ref().is_none_or(Vec::is_empty) {
                    self.fault(&join(path, "keyPathArray"), "must be a list of texts");
                }
                Some(KeyPath::Several(paths.unwrap_or_default()))
            }
        }
    }

    fn index(&mut self, mut fields: Map<String, Value>, path: &str) -> Index {
        let key_path = self.key_path(&mut fields, path);
        if key_path.is_none() {
            self.fault(path, "must have a keyPath or a keyPathArray");
        }
        Index {
            name: self.text(&mut fields, "name", path),
            key_path: key_path.unwrap_or(KeyPath::Several(Vec::new())),
            unique: self.flag(&mut fields, "unique", path),
            multi_entry: self.flag(&mut fields, "multiEntry", path),
        }
    }

    fn record(&mut self, mut fields: Map<String, Value>, inline: bool, path: &str) -> Record {
        let key = self.data(&mut fields, "key", "keyEncoded", path);
        if key.is_none() && !inline {
            self.fault(
                path,
                "must have a key or a keyEncoded, for its store has no key path",
            );
        }
        let value = self.data(&mut fields, "value", "valueEncoded", path);
        if value.is_none() {
            self.fault(path, "must have a value or a valueEncoded");
        }
        Record {
            key: key.filter(|_| !inline),
            value: value.unwrap_or(Data::Undefined),
        }
    }

    fn data(
        &mut self,
        fields: &mut Map<String, Value>,
        plain: &str,
        encoded: &str,
        path: &str,
    ) -> Option<Data> {
        let (name, read) = match (fields.remove(plain), fields.remove(encoded)) {
            (Some(value), _) => (plain, encoding::plain(value)),
            (None, Some(value)) => (encoded, encoding::decode(value)),
            (None, None) => return None,
        };
        match read {
            Ok(data) => Some(data),
            Err(wrong) => {
                let path = format!("{}{}", join(path, name), wrong.path);
                self.fault(&path, format!("can't be read: {}", wrong.problem));
                Some(Data::Undefined)
            }
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn quoted(text: &str) -> String {
    format!("{:?}", crate::text::clip(text, 100))
}
