//! The demo site and a PostgreSQL starter, for tests, benches and the demo.
