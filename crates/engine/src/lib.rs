//! How a task is done: the goal, the decision, the extraction, the verdict.
//!
//! An [`Engine`] decides; [`drive`] is the loop around it, and exists once for every engine.
#![forbid(unsafe_code)]

pub mod agent;
pub mod computer;
pub mod drive;
pub mod engine;
pub mod extract;
pub mod goal;
pub mod ground;
pub mod local;
pub mod planner;

pub use agent::Agent;
pub use computer::Computer;
pub use drive::{Ending, Limits, Resume, Task};
pub use engine::{Decision, Done, Each, Engine, Finding, Part, Turn};
pub use local::Local;
pub use planner::Planner;
