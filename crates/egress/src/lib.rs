//! Every way out: one resolver, one address check, one HTTP client, and the forward proxy of the browsers.
//!
//! Names are resolved, their addresses checked and connected to in one step ([`Dialer::dial`]), so
//! that a name whose answer changes between check and use passes nothing by.
#![forbid(unsafe_code)]

pub mod address;
pub mod background;
pub mod client;
pub mod dial;
pub mod own;
pub mod policy;
pub mod proxy;
pub mod resolve;
pub mod upstream;

pub use client::{Client, Stream};
pub use dial::{Dialer, Error, check};
pub use policy::{Blocked, Policy};
pub use proxy::{Counters, Incident, Proxy};
pub use resolve::{Resolve, System};
pub use upstream::Upstream;
