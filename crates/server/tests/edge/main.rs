//! The edge as its callers meet it: a real client on a real port, with a real store behind.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod artifacts;
mod cancel;
mod changes;
mod drafts;
mod health;
mod json;
mod keys;
mod limits;
mod links;
mod lists;
mod models;
mod plain;
mod profiles;
mod reflection;
mod refusal;
mod request_ids;
mod runs;
mod server;
mod sse;
mod stopping;
mod strangers;
mod tasks;
mod timeline;
mod tls;
mod understanding;
mod waiting;
mod watching;
mod web;
