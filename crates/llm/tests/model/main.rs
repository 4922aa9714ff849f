//! Models through their public face, against the scripted model.
#![expect(clippy::unwrap_used, reason = "tests")]

mod budget;
mod computer;
mod fallback;
mod formats;
mod hostile;
mod lacks;
mod retries;
mod settings;
mod support;
mod trouble;
mod words;
