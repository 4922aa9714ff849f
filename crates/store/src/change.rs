use errand_domain::{OrganizationId, RunId, RunState, Timestamp};

use crate::{
    Error, Store,
    patience::retry,
    row::unsigned,
    statement::{signed, storable},
};

/// Most changes of one read.
const MAX_CHANGES: u32 = 1_000;

/// A run of the organization came to a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Counts the organization's changes from 1. Numbers of deleted runs are missing.
    pub number: u64,
    /// Which run.
    pub run_id: RunId,
    /// The state it came to.
    pub state: RunState,
    /// When, by the database's clock.
    pub at: Timestamp,
    /// The event that did it.
    pub sequence: u64,
}

impl Store {
    /// The organization's changes after number `after`, in order: at most `limit`, at most 1,000.
    /// A number is visible only once all before it are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn changes(
        &self,
        organization: &OrganizationId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Change>, Error> {
        retry!(self, self.changes_once(organization, after, limit).await)
    }

    async fn changes_once(
        &self,
        organization: &OrganizationId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Change>, Error> {
        let rows: Vec<(i64, String, String, i64, i64)> = sqlx::query_as(
            "SELECT number, run_id, state, created_at, sequence FROM run_changes
             WHERE organization_id = $1 AND number > $2 ORDER BY number LIMIT $3",
        )
        .bind(storable(organization.as_str()))
        .bind(signed(after))
        .bind(i64::from(limit.min(MAX_CHANGES)))
        .fetch_all(&self.inner.reader)
        .await?;
        rows.into_iter()
            .map(|(number, run_id, state, at, sequence)| {
                Ok(Change {
                    number: unsigned(number)?,
                    run_id: run_id.into(),
                    state: RunState::parse(&state)
                        .ok_or_else(|| Error::damaged("the state of a change", &state))?,
                    at: Timestamp(at),
                    sequence: unsigned(sequence)?,
                })
            })
            .collect()
    }

    /// The number of the organization's latest change; 0 before the first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn latest_change(&self, organization: &OrganizationId) -> Result<u64, Error> {
        retry!(self, self.latest_change_once(organization).await)
    }

    async fn latest_change_once(&self, organization: &OrganizationId) -> Result<u64, Error> {
        let latest: Option<i64> =
            sqlx::query_scalar("SELECT last_change FROM organizations WHERE id = $1")
                .bind(storable(organization.as_str()))
                .fetch_optional(&self.inner.reader)
                .await?;
        unsigned(latest.unwrap_or(0))
    }
}
