//! The browser: WebDriver through fantoccini, BiDi and CDP beside it; guard, observe, act.

pub mod observation;

pub use observation::{Node, Observation};
