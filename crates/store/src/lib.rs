//! What is remembered: the log, leases, and everything queried, on SQLite and PostgreSQL.
