use errand_domain::{OrganizationId, Run, RunId};

use crate::{
    Error, Store,
    patience::retry,
    row::{self, detail_columns, run_columns, unsigned},
    statement::storable,
};

/// Where a run is, for who knows the rest: what a run says changes only with its last event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance {
    /// The number of the last event.
    pub last_sequence: u64,
    /// As [`Store::queue_position`] tells it; 0 if the run is not queued.
    pub queue_position: u64,
}

impl Store {
    /// Where a run of the organization is, in one narrow query.
    ///
    /// # Errors
    /// If the database fails. Another organization's id, or a made-up one, is `None`.
    pub async fn glance(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
    ) -> Result<Option<Glance>, Error> {
        retry!(self, self.glance_once(organization, run_id).await)
    }

    async fn glance_once(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
    ) -> Result<Option<Glance>, Error> {
        let found: Option<(i64, i64)> = sqlx::query_as(
            "SELECT r.last_sequence, CASE WHEN r.state = 'queued' THEN
             (SELECT COUNT(*) FROM runs q WHERE q.state = 'queued' AND (q.priority > r.priority
             OR (q.priority = r.priority AND (q.queued_at < r.queued_at
             OR (q.queued_at = r.queued_at AND q.id <= r.id)))))
             ELSE CAST(0 AS BIGINT) END
             FROM runs r WHERE r.id = $1 AND r.organization_id = $2",
        )
        .bind(storable(run_id.as_str()))
        .bind(storable(organization.as_str()))
        .fetch_optional(&self.inner.reader)
        .await?;
        found
            .map(|(last_sequence, queue_position)| {
                Ok(Glance {
                    last_sequence: unsigned(last_sequence)?,
                    queue_position: unsigned(queue_position)?,
                })
            })
            .transpose()
    }

    /// A run of the organization: its log folded, up to the last event.
    ///
    /// # Errors
    /// If the database fails. Another organization's id, or a made-up one, is `None`.
    pub async fn get_run(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
    ) -> Result<Option<Run>, Error> {
        retry!(self, self.get_run_once(organization, run_id).await)
    }

    async fn get_run_once(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
    ) -> Result<Option<Run>, Error> {
        let found = sqlx::query(concat!(
            "SELECT ",
            run_columns!(),
            ", ",
            detail_columns!(),
            " FROM runs r JOIN run_details d ON d.run_id = r.id
              WHERE r.id = $1 AND r.organization_id = $2"
        ))
        .bind(storable(run_id.as_str()))
        .bind(storable(organization.as_str()))
        .fetch_optional(&self.inner.reader)
        .await?;
        found.map(|row| row::run(&row)).transpose()
    }

    /// How many runs are claimed before this one, plus one, if nothing changes; of all
    /// organizations. `None` if it is not queued.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn queue_position(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
    ) -> Result<Option<u64>, Error> {
        retry!(self, self.queue_position_once(organization, run_id).await)
    }

    async fn queue_position_once(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
    ) -> Result<Option<u64>, Error> {
        let position: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM runs q JOIN runs r ON r.id = $1 AND r.organization_id = $2
             WHERE q.state = 'queued' AND r.state = 'queued' AND (q.priority > r.priority
             OR (q.priority = r.priority AND (q.queued_at < r.queued_at
             OR (q.queued_at = r.queued_at AND q.id <= r.id))))",
        )
        .bind(storable(run_id.as_str()))
        .bind(storable(organization.as_str()))
        .fetch_one(&self.inner.reader)
        .await?;
        Ok(u64::try_from(position)
            .ok()
            .filter(|position| *position > 0))
    }
}
