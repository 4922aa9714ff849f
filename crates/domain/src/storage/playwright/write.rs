//! To Playwright's form.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Written;
use crate::storage::{
    Cookie, Data, Database, KeyPath, MAX_NOTES, ObjectStore, OriginState, Record, SameSite,
    StorageState, data::View, encoding,
};

/// Writes a storage state, indented.
#[must_use]
pub fn write(state: &StorageState) -> Written {
    let mut notes = Vec::new();
    let mut origins = Vec::new();
    for state in &state.origins {
        if state.under.is_some() {
            let name = state.name();
            notes.push(format!(
                "{name} was left out: Playwright keeps no storage of frames"
            ));
            continue;
        }
        origins.push(origin(state, &mut notes));
    }
    let cookies: Vec<Value> = state.cookies.iter().map(cookie).collect();
    let whole = json!({ "cookies": cookies, "origins": origins });
    notes.truncate(MAX_NOTES);
    Written {
        text: format!("{whole:#}\n"),
        notes,
    }
}

fn cookie(cookie: &Cookie) -> Value {
    let mut fields = json!({
        "name": cookie.name,
        "value": cookie.value,
        "domain": cookie.domain,
        "path": cookie.path,
        "expires": cookie.expires.map_or_else(|| json!(-1), |at| json!(at)),
        "httpOnly": cookie.http_only,
        "secure": cookie.secure,
        // Playwright wants one; this is what browsers make of none.
        "sameSite": cookie.same_site.unwrap_or(SameSite::Lax).as_str(),
    });
    if let Some(partition) = &cookie.partition {
        fields["partitionKey"] = partition.top_level_site.as_str().into();
        fields["_crHasCrossSiteAncestor"] = partition.has_cross_site_ancestor.into();
    }
    fields
}

fn origin(state: &OriginState, notes: &mut Vec<String>) -> Value {
    let pairs = |pairs: &[(String, String)]| -> Value {
        let pairs = pairs
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }));
        pairs.collect()
    };
    let mut fields = Map::new();
    fields.insert("origin".to_owned(), state.origin.as_str().into());
    fields.insert("localStorage".to_owned(), pairs(&state.local));
    if !state.session.is_empty() {
        fields.insert("sessionStorage".to_owned(), pairs(&state.session));
    }
    if !state.databases.is_empty() {
        let databases = state.databases.iter().map(|it| database(it, state, notes));
        fields.insert("indexedDB".to_owned(), databases.collect());
    }
    fields.into()
}

fn database(database: &Database, state: &OriginState, notes: &mut Vec<String>) -> Value {
    let mut lost = 0;
    let stores: Vec<Value> = database
        .stores
        .iter()
        .map(|it| store(it, &mut lost))
        .collect();
    if lost > 0 {
        let (name, origin) = (&database.name, &state.origin);
        notes.push(format!(
            "{lost} records of the database {name:?} of {origin} were left out: Playwright's form \
             has no files, blobs or such views"
        ));
    }
    json!({ "name": database.name, "version": database.version, "stores": stores })
}

fn store(store: &ObjectStore, lost: &mut usize) -> Value {
    let mut records = Vec::new();
    for one in &store.records {
        match record(one) {
            Some(record) => records.push(record),
            None => *lost += 1,
        }
    }
    let indexes = store.indexes.iter().map(|index| {
        let mut fields = Map::new();
        fields.insert("name".to_owned(), index.name.as_str().into());
        key_path(&mut fields, Some(&index.key_path));
        fields.insert("multiEntry".to_owned(), index.multi_entry.into());
        fields.insert("unique".to_owned(), index.unique.into());
        Value::from(fields)
    });
    let mut fields = Map::new();
    fields.insert("name".to_owned(), store.name.as_str().into());
    fields.insert("records".to_owned(), records.into());
    fields.insert("indexes".to_owned(), indexes.collect());
    fields.insert("autoIncrement".to_owned(), store.auto_increment.into());
    key_path(&mut fields, store.key_path.as_ref());
    fields.into()
}

fn key_path(fields: &mut Map<String, Value>, path: Option<&KeyPath>) {
    match path {
        None => None,
        Some(KeyPath::One(path)) => fields.insert("keyPath".to_owned(), path.as_str().into()),
        Some(KeyPath::Several(paths)) => fields.insert("keyPathArray".to_owned(), json!(paths)),
    };
}

fn record(record: &Record) -> Option<Value> {
    let mut fields = Map::new();
    if let Some(key) = &record.key {
        put(&mut fields, "key", "keyEncoded", key)?;
    }
    put(&mut fields, "value", "valueEncoded", &record.value)?;
    Some(fields.into())
}

fn put(fields: &mut Map<String, Value>, plain: &str, encoded: &str, data: &Data) -> Option<()> {
    if let Some(value) = encoding::to_plain(data) {
        fields.insert(plain.to_owned(), value);
    } else {
        if !is_sayable(data) {
            return None;
        }
        fields.insert(encoded.to_owned(), to_json(data)?);
    }
    Some(())
}

fn to_json(data: &impl Serialize) -> Option<Value> {
    serde_json::to_value(data).ok()
}

/// Whether Playwright has a form for it. What it doesn't know it would take for something else.
fn is_sayable(data: &Data) -> bool {
    match data {
        Data::Blob(_) | Data::View(View::F16 | View::Raw, _) => false,
        Data::List(_, items) | Data::Set(_, items) => items.iter().all(is_sayable),
        Data::Object(_, entries) => entries
            .iter()
            .all(|(key, item)| key != "__proto__" && is_sayable(item)),
        Data::Map(_, entries) => entries
            .iter()
            .all(|(key, item)| is_sayable(key) && is_sayable(item)),
        _ => true,
    }
}
