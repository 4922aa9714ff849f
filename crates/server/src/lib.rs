//! The edge: gRPC, gRPC-Web, JSON, health, reflection and signed links, all on one port.
//!
//! Callers meet nothing but this crate. Requests become domain types in `intake`, with every
//! violation listed; domain types become messages in `render`; every error is made in `refusal`.
//! A JSON call is turned into a gRPC call within the process, so that keys, bounds and errors are
//! the same on both ways.
#![forbid(unsafe_code)]

mod admin;
mod clock;
mod codec;
mod config;
mod connection;
mod edge;
mod ending;
mod fault;
mod feed;
mod files;
mod guard;
mod intake;
mod json;
mod key;
mod keys;
mod probes;
mod profiles;
mod recent;
mod refusal;
mod render;
mod replica;
mod routes;
mod runs;
mod service;
mod sessions;
mod tls;
mod violations;
mod watchers;

pub use config::{Config, Tls};
pub use service::{Error, Service};
