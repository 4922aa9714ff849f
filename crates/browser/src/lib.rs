//! The browser: WebDriver through fantoccini, BiDi and CDP beside it; guard, observe, act.

pub mod attach;
pub mod block;
mod browser;
mod driver;
pub mod gateway;
mod gecko;
pub mod guard;
pub mod human;
mod lack;
pub mod launch;
pub mod observation;
pub mod page;
pub mod probe;
pub mod socket;
pub mod view;

pub use attach::AttachOptions;
pub use block::AdBlock;
pub use browser::Browser;
pub use gateway::Gateway;
pub use lack::Lack;
pub use launch::LaunchOptions;
pub use observation::{Node, Observation, Reading};
pub use page::{Page, Remote};
pub use probe::installed;
pub use socket::Socket;
pub use view::View;
