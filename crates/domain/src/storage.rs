//! What a browser keeps between two visits: cookies, and the storage of origins.
//!
//! Checkpoints, profiles and sessions hold it as JSON, sealed. Its form only grows: what was
//! written once is read for ever.

pub mod cookie;
pub mod data;
pub mod database;
mod encoding;
mod limits;
pub mod playwright;

use serde::{Deserialize, Serialize};

pub use self::{
    cookie::{Cookie, Partition, SameSite},
    data::Data,
    database::{Database, Index, KeyPath, ObjectStore, Record},
    limits::{
        MAX_COOKIES, MAX_NOTES, MAX_ORIGIN_BYTES, MAX_ORIGINS, MAX_STATE_BYTES, TooLarge, written,
    },
};

/// Cookies (also those no script can see), storage of the visited origins, and the address.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StorageState {
    /// Address of the current tab; empty where there was none.
    pub url: String,
    /// Every cookie.
    pub cookies: Vec<Cookie>,
    /// Every visited origin that keeps something.
    pub origins: Vec<OriginState>,
    /// What could not be kept, one sentence each, for people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What one origin keeps.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OriginState {
    /// `https://shop.test`.
    pub origin: String,
    /// The origin of the page around it, if this is what it keeps as a frame in another site's
    /// pages: browsers keep that apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under: Option<String>,
    /// `localStorage`, in its order.
    pub local: Vec<(String, String)>,
    /// `sessionStorage` of the current tab.
    pub session: Vec<(String, String)>,
    /// IndexedDB.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub databases: Vec<Database>,
}

impl StorageState {
    /// Notes once what could not be kept. Beyond [`MAX_NOTES`] nothing is added.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if self.notes.len() < MAX_NOTES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

impl OriginState {
    /// Whether it keeps nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.local.is_empty() && self.session.is_empty() && self.databases.is_empty()
    }

    /// The origin as people are told of it.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.under {
            Some(under) => format!("{} in {under}", self.origin),
            None => self.origin.clone(),
        }
    }
}

/// Whether that is the origin of a page as browsers write it: `https://shop.test`, with the port
/// only where it is not the scheme's own.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
    })
}
