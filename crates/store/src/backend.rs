//! What differs between the two databases, besides single queries.

use std::{path::PathBuf, time::Duration};

use sqlx::{
    AnyConnection, AnyPool, Connection as _, Executor as _,
    any::{AnyConnectOptions, AnyPoolOptions},
};
use tokio::time::timeout;

use crate::{Error, Options, patience::Patience};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    pub(crate) fn of(url: &str) -> Result<Self, Error> {
        if url.starts_with("sqlite:") {
            Ok(Self::Sqlite)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Ok(Self::Postgres)
        } else {
            Err(Error::Open {
                database: redacted(url),
                reason: "the URL begins with neither sqlite:// nor postgres://".to_owned(),
            })
        }
    }

    /// The text for this database, of the two.
    pub(crate) fn pick(self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite => sqlite,
            Self::Postgres => postgres,
        }
    }

    /// Connects. The first connection is made by hand, because a pool hides why it has none.
    /// SQLite gets a pool of one for writing, which is the queue of its writers.
    pub(crate) async fn connect(
        self,
        url: &str,
        options: &Options,
    ) -> Result<(AnyPool, AnyPool), Error> {
        sqlx::any::install_default_drivers();
        let mut patience = Patience::new(options.retry_for);
        let url = &match self {
            Self::Sqlite => prepare_file(url)?,
            Self::Postgres => url.to_owned(),
        };
        let probed = loop {
            match self.probe(url, options).await {
                Ok(connection) => break connection,
                Err(error) if patience.again(&error).await => {}
                Err(error) => return Err(not_opened(url, error)),
            }
        };
        let many = options.max_connections.max(2);
        let (reader, writer) = match self {
            Self::Sqlite => (self.pool(url, many, options)?, self.pool(url, 1, options)?),
            Self::Postgres => {
                let pool = self.pool(url, many, options)?;
                (pool.clone(), pool)
            }
        };
        // The writer is connected when this returns, and not the other way round: who closes the
        // last connection to a SQLite file first writes its log back and deletes it.
        writer
            .acquire()
            .await
            .map_err(|error| not_opened(url, error.into()))?;
        if let Ok(Err(error)) = timeout(options.busy_timeout, probed.close()).await {
            tracing::debug!(%error, "a connection did not close");
        }
        Ok((reader, writer))
    }

    async fn probe(self, url: &str, options: &Options) -> Result<AnyConnection, Error> {
        let connect = async {
            let mut connection = AnyConnection::connect(url).await?;
            if self == Self::Sqlite {
                connection
                    .execute(sqlx::AssertSqlSafe(pragmas(options)))
                    .await?;
            }
            Ok::<_, sqlx::Error>(connection)
        };
        match timeout(Duration::from_secs(10) + options.busy_timeout, connect).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(Error::Unavailable("it does not answer".to_owned())),
        }
    }

    /// A pool that connects when it is first needed.
    fn pool(self, url: &str, connections: u32, options: &Options) -> Result<AnyPool, Error> {
        let connect: AnyConnectOptions = url
            .parse()
            .map_err(|error: sqlx::Error| not_opened(url, error.into()))?;
        let pragmas = pragmas(options);
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            // A dead connection is found by its first use, which is then tried again.
            .test_before_acquire(false)
            .acquire_timeout(options.busy_timeout.max(Duration::from_secs(5)))
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(move |connection, _| {
                let pragmas = pragmas.clone();
                Box::pin(async move {
                    if self == Self::Sqlite {
                        connection.execute(sqlx::AssertSqlSafe(pragmas)).await?;
                    }
                    Ok(())
                })
            })
            .connect_lazy_with(connect);
        Ok(pool)
    }
}

fn pragmas(options: &Options) -> String {
    format!(
        "PRAGMA busy_timeout = {busy}; PRAGMA journal_mode = WAL; PRAGMA synchronous = {sync};
         PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864;
         PRAGMA max_page_count = {pages}",
        busy = options.busy_timeout.as_millis(),
        sync = if options.survive_power_loss {
            "FULL"
        } else {
            "NORMAL"
        },
        pages = options
            .max_database_bytes
            .map_or(1_073_741_823, |bytes| (bytes / 4096).max(1)),
    )
}

pub(crate) fn not_opened(url: &str, error: Error) -> Error {
    let reason = match error {
        Error::Database(error) => error.to_string(),
        Error::Unavailable(reason) | Error::Damaged(reason) => reason,
        other => return other,
    };
    Error::Open {
        database: redacted(url),
        reason,
    }
}

/// Makes the file with rights for its owner only; SQLite gives its side files the same.
fn prepare_file(url: &str) -> Result<String, Error> {
    let path = file_of(url)?;
    if !path.exists() {
        let mut file = std::fs::OpenOptions::new();
        file.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
        file.open(path).map_err(|error| Error::Open {
            database: url.to_owned(),
            reason: error.to_string(),
        })?;
    }
    Ok(if url.contains('?') {
        url.to_owned()
    } else {
        format!("{url}?mode=rwc")
    })
}

/// The file of a SQLite database, which may not be there; its folder is.
pub(crate) fn file_of(url: &str) -> Result<PathBuf, Error> {
    let path = url.trim_start_matches("sqlite:");
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or(path);
    let open = |reason: String| Error::Open {
        database: url.to_owned(),
        reason,
    };
    if path.is_empty() || path.contains(":memory:") {
        return Err(open(
            "a database in memory has one connection; name a file".to_owned(),
        ));
    }
    let path = PathBuf::from(percent_decoded(path));
    if let Some(folder) = path
        .parent()
        .filter(|it| !it.as_os_str().is_empty() && !it.is_dir())
    {
        return Err(open(format!(
            "the folder {} does not exist",
            folder.display()
        )));
    }
    if path.is_dir() {
        return Err(open("it is a folder, not a file".to_owned()));
    }
    Ok(path)
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let code = hex
            .filter(|_| *first == b'%')
            .and_then(|it| u8::from_str_radix(it, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The URL without what stands before its `@`, where passwords are.
pub(crate) fn redacted(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            format!("{}://…{}", &url[..scheme], &url[at..])
        }
        _ => url.to_owned(),
    }
}
