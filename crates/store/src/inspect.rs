//! A look at a database that changes nothing in it.

use std::{fs::OpenOptions, time::Duration};

use sqlx::{AnyConnection, Connection as _};
use tokio::time::timeout;

use crate::{
    Error, Store,
    backend::{Backend, file_of, not_opened},
    store::MIGRATIONS,
};

/// How long a database may take to answer.
const BOUND: Duration = Duration::from_secs(10);

/// What of this release's schema a database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Nothing yet; opening it makes the tables.
    Absent,
    /// Less than all; opening it makes the rest. How many migrations are missing.
    Behind(usize),
    /// All of it.
    Current,
}

impl Store {
    /// Looks what [`Store::open`] would find, and makes and migrates nothing.
    ///
    /// # Errors
    /// [`Error::Open`] if it can't be opened or written, [`Error::Locked`], and
    /// [`Error::Schema`] if a newer release has migrated it.
    pub async fn inspect(url: &str) -> Result<Schema, Error> {
        let backend = Backend::of(url)?;
        if backend == Backend::Sqlite {
            let path = file_of(url)?;
            if !path.exists() {
                return Ok(Schema::Absent);
            }
            let opened = OpenOptions::new().read(true).write(true).open(&path);
            opened.map_err(|error| Error::Open {
                database: url.to_owned(),
                reason: error.to_string(),
            })?;
        }
        sqlx::any::install_default_drivers();
        let looked = match timeout(BOUND, applied(backend, url)).await {
            Ok(looked) => looked.map_err(Error::from),
            Err(_) => Err(Error::Unavailable("it does not answer".to_owned())),
        };
        let Some(applied) = looked.map_err(|error| not_opened(url, error))? else {
            return Ok(Schema::Absent);
        };
        let known: Vec<i64> = MIGRATIONS.iter().map(|it| it.version).collect();
        if let Some(newer) = applied.iter().find(|it| !known.contains(it)) {
            return Err(Error::Schema(format!("it has the migration {newer}")));
        }
        match known.iter().filter(|it| !applied.contains(it)).count() {
            0 => Ok(Schema::Current),
            _ if applied.is_empty() => Ok(Schema::Absent),
            missing => Ok(Schema::Behind(missing)),
        }
    }
}

/// The migrations that were made; none if the database never had any.
async fn applied(backend: Backend, url: &str) -> Result<Option<Vec<i64>>, sqlx::Error> {
    let mut connection = AnyConnection::connect(url).await?;
    let sql = backend.pick(
        "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
        "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')",
    );
    let tables: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
    let versions = if tables == 0 {
        None
    } else {
        let sql = "SELECT version FROM _sqlx_migrations ORDER BY version";
        Some(sqlx::query_scalar(sql).fetch_all(&mut connection).await?)
    };
    connection.close().await?;
    Ok(versions)
}
