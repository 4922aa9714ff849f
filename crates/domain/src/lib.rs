//! What the words of errand mean: ids, runs and their states, events, actions and the ports.
//!
//! No I/O happens here. Every other crate speaks in these types; what they read or write crosses
//! the ports in [`port`].
#![forbid(unsafe_code)]

pub mod action;
pub mod address;
pub mod error;
pub mod event;
pub mod failure;
pub mod id;
pub mod input;
pub mod json;
pub mod log;
pub mod model;
pub mod pause;
pub mod port;
pub mod profile;
pub mod run;
pub mod session;
pub mod state;
pub mod storage;
pub mod text;
pub mod time;
pub mod timeline;
pub mod understanding;
pub mod view;

pub use action::{Action, Locator, Target, ValueSource};
pub use event::{Body, Draft, Event};
pub use failure::FailureCategory;
pub use id::{ArtifactId, KeyId, OrganizationId, ProfileId, RunId, SessionId, StepId};
pub use input::Input;
pub use model::{ModelCall, Usage};
pub use pause::{Answer, Pause, Question, Wants};
pub use profile::{Profile, ProfileSource};
pub use run::{Run, TaskRequest};
pub use session::{Session, SessionEvent, SessionRequest, SessionState};
pub use state::RunState;
pub use storage::StorageState;
pub use text::Text;
pub use time::Timestamp;
pub use understanding::Understanding;
