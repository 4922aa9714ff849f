//! The engine `agent` on the demo site, decided by a scripted model that knows nothing but what it
//! is sent.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "../extract/browser.rs"]
#[expect(dead_code, reason = "shared with the tests of reading")]
mod browser;
mod computer;
mod computer_errands;
mod errands;
mod eyes;
mod obstacle;
mod parts;
mod person;
#[path = "../goals/ports.rs"]
mod ports;
mod run;
mod script;
mod trouble;
