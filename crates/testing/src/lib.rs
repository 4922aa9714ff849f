//! The demo site and a PostgreSQL starter, for tests, benches and the demo.

pub mod site;

pub use site::Site;
