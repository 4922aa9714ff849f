//! The same rows by plain statements: no checks, no hashes, no retries, no fold.

use errand_domain::RunId;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};

/// What the text of the events is, on both sides.
pub const TEXT: &str = "the label \"Send\" stands in front of it, and no other button fits as well";

pub struct Bare {
    connection: AnyConnection,
    begin: &'static str,
    lock: &'static str,
}

impl Bare {
    pub async fn connect(url: &str, durable: bool) -> Self {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(url).await.unwrap();
        let sqlite = url.starts_with("sqlite:");
        if sqlite {
            let sync = if durable { "FULL" } else { "NORMAL" };
            let pragmas = format!(
                "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;
                 PRAGMA synchronous = {sync}; PRAGMA foreign_keys = ON"
            );
            connection.execute(AssertSqlSafe(pragmas)).await.unwrap();
        }
        Self {
            connection,
            begin: if sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" },
            lock: if sqlite {
                ""
            } else {
                " FOR NO KEY UPDATE SKIP LOCKED"
            },
        }
    }

    /// One transaction: the events, then the run's row.
    pub async fn append(&mut self, run_id: &RunId, last: u64, count: usize) {
        self.connection.execute(self.begin).await.unwrap();
        self.events(run_id.as_str(), last, count, "thought").await;
        let now = 1_800_000_000_000_000_i64;
        sqlx::query(
            "UPDATE runs SET last_sequence = $2, last_hash = $3, modified_at = $4, step_count = $5,
             action_count = $6, effect_count = $7 WHERE id = $1",
        )
        .bind(run_id.as_str())
        .bind(last as i64 + count as i64)
        .bind([7_u8; 32].as_slice())
        .bind(now)
        .bind(0_i64)
        .bind(0_i64)
        .bind(0_i64)
        .execute(&mut self.connection)
        .await
        .unwrap();
        self.connection.execute("COMMIT").await.unwrap();
    }

    /// One transaction: the queue's first, its event, its row, the organization's next change.
    pub async fn claim(&mut self) {
        self.connection.execute(self.begin).await.unwrap();
        let select = format!(
            "SELECT id, last_sequence FROM runs WHERE state = 'queued'
             ORDER BY priority DESC, queued_at, id LIMIT 1{}",
            self.lock
        );
        let (run_id, last): (String, i64) = sqlx::query_as(AssertSqlSafe(select))
            .fetch_one(&mut self.connection)
            .await
            .unwrap();
        self.events(&run_id, last as u64, 1, "run_started").await;
        let now = 1_800_000_000_000_000_i64;
        sqlx::query(
            "UPDATE runs SET last_sequence = $2, last_hash = $3, modified_at = $4, state = 'running',
             attempt = attempt + 1, started_at = $4, lease_epoch = lease_epoch + 1,
             lease_until = $5, holder = 'bench', claim_id = $6 WHERE id = $1",
        )
        .bind(&run_id)
        .bind(last + 1)
        .bind([7_u8; 32].as_slice())
        .bind(now)
        .bind(i64::MAX)
        .bind("01a1fdf0118871108140b11f2b31d03c")
        .execute(&mut self.connection)
        .await
        .unwrap();
        let change: i64 = sqlx::query_scalar(
            "UPDATE organizations SET last_change = last_change + 1, waiting = waiting - 1,
             held = held + 1 WHERE id = 'default' RETURNING last_change",
        )
        .fetch_one(&mut self.connection)
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO run_changes (organization_id, number, run_id, state, sequence, created_at)
             VALUES ('default', $1, $2, 'running', $3, $4)",
        )
        .bind(change)
        .bind(&run_id)
        .bind(last + 1)
        .bind(now)
        .execute(&mut self.connection)
        .await
        .unwrap();
        self.connection.execute("COMMIT").await.unwrap();
    }

    async fn events(&mut self, run_id: &str, last: u64, count: usize, kind: &str) {
        let rows: Vec<String> = (0..count)
            .map(|row| {
                let at = |column: usize| row * 10 + column;
                let columns: Vec<String> = (1..=10).map(|it| format!("${}", at(it))).collect();
                format!("({})", columns.join(", "))
            })
            .collect();
        let sql = format!(
            "INSERT INTO run_events (run_id, sequence, organization_id, kind, version, created_at,
             summary, body, previous_hash, hash) VALUES {}",
            rows.join(", ")
        );
        let body = format!(
            r#"{{"kind":"thought","step_id":"stp_01a1fdf0118871108140b11f2b31d03c","text":{TEXT:?}}}"#
        );
        let mut insert = sqlx::query(AssertSqlSafe(sql));
        for sequence in (last + 1..).take(count) {
            insert = insert
                .bind(run_id)
                .bind(sequence as i64)
                .bind("default")
                .bind(kind)
                .bind(1_i64)
                .bind(1_800_000_000_000_000_i64)
                .bind("the button was found by its label")
                .bind(body.clone())
                .bind([7_u8; 32].as_slice())
                .bind([7_u8; 32].as_slice());
        }
        insert.execute(&mut self.connection).await.unwrap();
    }
}
