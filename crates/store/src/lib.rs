//! What is remembered: the log, leases, and everything queried, on SQLite and PostgreSQL.
//!
//! A run is its log. [`Store::append`] adds events and folds them, in the same transaction, into
//! the row that [`Store::get_run`] reads and into the organization's numbered state changes.
//! Who may write is decided by the database alone: a holder by the epoch of its claim, everybody
//! else by compare-and-set, and a lease by the database's clock.
//!
//! Hints ([`Store::watch_run`] and its sisters) say that something may have changed. They can be
//! lost; the reader polls behind them.
#![forbid(unsafe_code)]

mod append;
mod artifact;
mod backend;
mod change;
mod checkpoint;
mod claim;
mod command;
mod create;
mod delete;
mod error;
mod event;
mod expire;
mod hint;
mod inspect;
mod key;
mod list;
mod log;
mod patience;
mod profile;
mod row;
mod run;
mod session;
mod statement;
mod store;
mod transaction;

pub use append::Writer;
pub use artifact::ArtifactRow;
pub use change::Change;
pub use checkpoint::MAX_CHECKPOINT_BYTES;
pub use claim::{Claim, ClaimLimits};
pub use command::{Command, CommandOutcome, MAX_PENDING_COMMANDS, PendingCommand};
pub use create::{Created, MAX_WAITING, NewRun, REQUEST_ID_LIFETIME, RequestKey};
pub use error::Error;
pub use hint::Hints;
pub use inspect::Schema;
pub use key::{DEFAULT_ORGANIZATION, KeyRow};
pub use list::{Page, RunFilter};
pub use profile::{MAX_CONTENT_BYTES, MAX_PROFILES, NewProfile, ProfileFilter, SealedState};
pub use run::Glance;
pub use session::{
    MAX_OPEN_SESSIONS, MAX_SESSION_EVENTS, NewSession, Orders, SessionClaim, SessionFilter,
};
pub use store::{Options, Store};
