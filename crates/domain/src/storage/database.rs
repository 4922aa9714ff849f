//! What IndexedDB holds.

use serde::{Deserialize, Serialize};

use super::Data;

/// A database of an origin.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Database {
    /// Its name; may be empty.
    pub name: String,
    /// Its version, from 1.
    pub version: u64,
    /// Its object stores.
    #[serde(default)]
    pub stores: Vec<ObjectStore>,
}

/// Where records of one kind are.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectStore {
    /// Its name.
    pub name: String,
    /// Where in a record its key stands; `None` where keys stand beside the records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_path: Option<KeyPath>,
    /// Whether it numbers records that come without a key.
    #[serde(default)]
    pub auto_increment: bool,
    /// Its indexes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// In the order of their keys.
    #[serde(default)]
    pub records: Vec<Record>,
}

/// One path, or several that make a key together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KeyPath {
    /// `user.id`; empty for the record itself.
    One(String),
    /// In their order.
    Several(Vec<String>),
}

/// A way to find records by something else than their key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Its name.
    pub name: String,
    /// What it is by.
    pub key_path: KeyPath,
    /// No two records may be the same in it.
    #[serde(default)]
    pub unique: bool,
    /// A list counts as many keys, not as one.
    #[serde(default)]
    pub multi_entry: bool,
}

/// One value and, where its store has no key path, its key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Absent where the key stands in the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Data>,
    /// What is kept.
    pub value: Data,
}
