//! The commands, one module each.

pub mod artifacts;
pub mod bench;
pub mod demo_site;
pub mod doctor;
pub mod migrate;
pub mod profiles;
pub mod run;
pub mod runs;
pub mod serve;
pub mod sessions;
pub mod watch;
