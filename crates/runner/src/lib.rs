//! How a run is carried through: claim, drive, record, recover.
//!
//! A [`Service`] takes queued runs while it has room, gives each a browser of its own whose whole
//! traffic goes through a proxy of its own, lets the engine drive it, and writes the log under the
//! epoch of the run's lease. Whoever lost the lease writes nothing more.
#![forbid(unsafe_code)]

mod attach;
mod captcha;
mod carry;
mod clock;
mod command;
mod config;
mod control;
mod definition;
mod engine;
mod handle;
mod lease;
mod live;
mod output;
mod over;
mod people;
mod pool;
mod profile;
mod recovery;
mod room;
mod seat;
mod service;
mod session;
mod sink;

pub use captcha::CaptchaHook;
pub use clock::SystemClock;
pub use config::Config;
pub use control::{Control, Controller};
pub use engine::{ModelInfo, WITH_MODEL, WITH_SCREEN};
pub use errand_browser::gateway::MAX_CLIENT_MESSAGE_BYTES;
pub use errand_browser::view::{Error as WatchError, Update, Watcher};
pub use handle::Handle;
pub use live::{Changes, Grip, Live};
pub use seat::proxy_bound;
pub use service::Service;
