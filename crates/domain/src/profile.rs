//! A profile: a browser's saved state, under a name.

use crate::{
    OrganizationId, ProfileId, RunId, SessionId, StorageState, Timestamp, storage::TooLarge,
};

/// Longest name, in characters.
pub const MAX_NAME_CHARS: usize = 100;
/// Longest description, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 1_000;

/// What is known of a profile without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Which.
    pub id: ProfileId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// Unique among those of the organization that are not deleted.
    pub name: String,
    /// For people; may be empty.
    pub description: String,
    /// What it was made from.
    pub source: ProfileSource,
    /// How much it holds.
    pub extent: Extent,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its name, its description or what it holds was last changed.
    pub modified_at: Timestamp,
    /// When a run or session last began with it.
    pub last_used_at: Option<Timestamp>,
    /// When it was deleted; what it held went then.
    pub deleted_at: Option<Timestamp>,
}

/// What a profile was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileSource {
    /// Nothing: it begins empty.
    Blank,
    /// A run that kept its browser's state.
    Run(RunId),
    /// A live session.
    Session(SessionId),
    /// A storage state from outside.
    Import,
}

impl ProfileSource {
    /// The name in the database and in JSON, and the id of what it was made from.
    #[must_use]
    pub fn parts(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Blank => ("blank", None),
            Self::Run(id) => ("run", Some(id.as_str())),
            Self::Session(id) => ("session", Some(id.as_str())),
            Self::Import => ("import", None),
        }
    }

    /// From its parts.
    #[must_use]
    pub fn of(name: &str, id: Option<String>) -> Option<Self> {
        match (name, id) {
            ("blank", None) => Some(Self::Blank),
            ("run", Some(id)) => Some(Self::Run(id.into())),
            ("session", Some(id)) => Some(Self::Session(id.into())),
            ("import", None) => Some(Self::Import),
            _ => None,
        }
    }
}

/// How much a state holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extent {
    /// Bytes of its JSON.
    pub size: u64,
    /// Cookies.
    pub cookies: u32,
    /// Origins that keep something.
    pub origins: u32,
    /// What could not be kept, one sentence each.
    pub notes: Vec<String>,
}

impl Extent {
    /// Of that state.
    ///
    /// # Errors
    /// [`TooLarge`] if it is more than what is kept.
    pub fn of(state: &StorageState) -> Result<Self, TooLarge> {
        let count = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        Ok(Self {
            size: state.measure()? as u64,
            cookies: count(state.cookies.len()),
            origins: count(state.origins.len()),
            notes: state.notes.clone(),
        })
    }
}
