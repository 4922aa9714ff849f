use errand_domain::{Event, OrganizationId, RunId, Timestamp, log::parse_body};
use futures_util::TryStreamExt as _;
use sqlx::{FromRow, any::AnyRow};

use crate::{
    Error, Store,
    patience::retry,
    row::{digest, unsigned},
    statement::{signed, storable},
};

/// Most events of one read.
const MAX_EVENTS: u32 = 1_000;
/// A read ends after the event that exceeds this many bytes of bodies.
const MAX_BYTES: usize = 1024 * 1024;

#[derive(FromRow)]
struct Columns {
    run_id: String,
    sequence: i64,
    version: i64,
    created_at: i64,
    summary: String,
    body: String,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl Store {
    /// The run's events after number `after`, in order: at most `limit`, at most 1,000, and no
    /// more after a mebibyte of them. Fewer than `limit` therefore do not mean the end; none do.
    ///
    /// # Errors
    /// If the database fails. For a run that isn't the organization's there are none.
    pub async fn events(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Event>, Error> {
        retry!(
            self,
            self.events_once(organization, run_id, after, limit).await
        )
    }

    async fn events_once(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Event>, Error> {
        let mut rows = sqlx::query(
            "SELECT run_id, sequence, version, created_at, summary, body, previous_hash, hash
             FROM run_events WHERE run_id = $1 AND organization_id = $2 AND sequence > $3
             ORDER BY sequence LIMIT $4",
        )
        .bind(storable(run_id.as_str()))
        .bind(storable(organization.as_str()))
        .bind(signed(after))
        .bind(i64::from(limit.min(MAX_EVENTS)))
        .fetch(&self.inner.reader);
        let (mut events, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await? {
            let event = read(&row)?;
            bytes += event.body_json.len();
            events.push(event);
            if bytes > MAX_BYTES {
                break;
            }
        }
        Ok(events)
    }
}

fn read(row: &AnyRow) -> Result<Event, Error> {
    let columns = Columns::from_row(row)?;
    let sequence = unsigned(columns.sequence)?;
    Ok(Event {
        run_id: columns.run_id.into(),
        sequence,
        version: unsigned(columns.version)?,
        created_at: Timestamp(columns.created_at),
        summary: columns.summary,
        body: parse_body(sequence, &columns.body)?,
        body_json: columns.body,
        previous_hash: digest(&columns.previous_hash)?,
        hash: digest(&columns.hash)?,
    })
}
