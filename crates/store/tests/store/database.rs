//! A fresh database of either kind for each test.

use std::{sync::OnceLock, time::Duration};

use errand_domain::{OrganizationId, Run, RunId};
use errand_store::{Claim, ClaimLimits, Created, NewRun, Options, Store};
use errand_testing::Postgres;
use sqlx::AssertSqlSafe;
use tempfile::TempDir;

use crate::drafts::accepted;

/// Limits nothing.
pub const UNLIMITED: ClaimLimits = ClaimLimits {
    per_organization: 1_000_000,
};
/// Longer than any test.
pub const LONG: Duration = Duration::from_secs(600);

pub struct Database {
    pub store: Store,
    pub organization: OrganizationId,
    pub url: String,
    _folder: Option<TempDir>,
}

/// Makes each function two tests, `sqlite::name` and `postgres::name`.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::database::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::database::postgres().await).await;
            })*
        }
    };
}
pub(crate) use on_both_databases;

/// One server for all tests of this process; its keeper stops it when the process ends.
pub fn server() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(|| Postgres::start().unwrap())
}

pub async fn sqlite() -> Database {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}/errand.db", folder.path().display());
    open(url, Some(folder)).await
}

pub async fn postgres() -> Database {
    open(server().database().unwrap(), None).await
}

async fn open(url: String, folder: Option<TempDir>) -> Database {
    let options = Options {
        survive_power_loss: false,
        ..Options::default()
    };
    let store = Store::open_with(&url, options).await.unwrap();
    let organization = store.ensure_default_organization().await.unwrap();
    Database {
        store,
        organization,
        url,
        _folder: folder,
    }
}

impl Database {
    /// A queued run.
    pub async fn queued(&self) -> Run {
        self.create(accepted("open the page")).await
    }

    pub async fn create(&self, drafts: Vec<errand_domain::Draft>) -> Run {
        let new = NewRun {
            id: RunId::generate(),
            organization: self.organization.clone(),
            drafts,
            request_id: None,
        };
        match self.store.create_run(new).await.unwrap() {
            Created::Fresh(run) => run,
            Created::Same(run) => panic!("{} was there before", run.id),
        }
    }

    pub async fn claim(&self) -> Option<Claim> {
        self.store.claim("holder", LONG, &UNLIMITED).await.unwrap()
    }

    /// A queued run, claimed.
    pub async fn running(&self) -> Claim {
        self.queued().await;
        self.claim().await.unwrap()
    }

    /// The row as any reader sees it.
    pub async fn read(&self, run_id: &RunId) -> Run {
        self.store
            .get_run(&self.organization, run_id)
            .await
            .unwrap()
            .unwrap()
    }

    /// What the store has no call for, such as time that passes.
    pub async fn execute(&self, sql: String) {
        use sqlx::Connection as _;
        let mut connection = sqlx::AnyConnection::connect(&self.url).await.unwrap();
        sqlx::query(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    /// Lets the lease of a run pass.
    pub async fn abandon(&self, run_id: &RunId) {
        self.execute(format!(
            "UPDATE runs SET lease_until = 1 WHERE id = '{run_id}'"
        ))
        .await;
    }

    pub async fn number(&self, sql: String) -> i64 {
        use sqlx::Connection as _;
        let mut connection = sqlx::AnyConnection::connect(&self.url).await.unwrap();
        let number = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&mut connection)
            .await;
        connection.close().await.unwrap();
        number.unwrap()
    }
}
