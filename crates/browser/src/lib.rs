//! The browser: WebDriver through fantoccini, BiDi and CDP beside it; guard, observe, act.

pub mod observation;
pub mod socket;

pub use observation::{Node, Observation};
pub use socket::Socket;
