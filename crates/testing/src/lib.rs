//! The demo site, the scripted model and a PostgreSQL starter, for tests, benches and the demo.

pub mod driver;
pub mod errand;
pub mod model;
pub mod postgres;
pub mod site;

pub use driver::{Driver, geckodriver};
pub use errand::Errand;
pub use model::ScriptedModel;
pub use postgres::Postgres;
pub use site::Site;
