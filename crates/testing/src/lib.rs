//! The demo site and a PostgreSQL starter, for tests, benches and the demo.

pub mod postgres;
pub mod site;

pub use postgres::Postgres;
pub use site::Site;
