//! The engine `local` on pages that answer to what it does, without a browser.
#![expect(clippy::panic, clippy::unwrap_used, reason = "tests")]

mod carry;
mod further;
mod meaning;
mod outcome;
#[path = "../ground/page.rs"]
mod page;
