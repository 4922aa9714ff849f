use errand_domain::{OrganizationId, Profile, ProfileId, RunId};

use super::{SealedState, find};
use crate::{
    Error, Store, Writer, log,
    patience::retry,
    row::{json, now},
    statement::{signed, storable},
    transaction::Transaction,
};

/// Longest sealed state, in bytes.
pub const MAX_CONTENT_BYTES: usize = 16 * 1024 * 1024;

impl Store {
    /// The sealed state of a profile; `None` if there is no such profile, or it was deleted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn profile_content(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
    ) -> Result<Option<Vec<u8>>, Error> {
        retry!(self, self.profile_content_once(organization, id).await)
    }

    async fn profile_content_once(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
    ) -> Result<Option<Vec<u8>>, Error> {
        let content = sqlx::query_scalar(
            "SELECT content FROM browser_profile_contents
             WHERE profile_id = $1 AND organization_id = $2",
        )
        .bind(storable(id.as_str()))
        .bind(storable(organization.as_str()))
        .fetch_optional(&self.inner.reader)
        .await?;
        Ok(content)
    }

    /// Puts another state in place of a profile's. `None` if there is no such profile, or it was
    /// deleted meanwhile.
    ///
    /// # Errors
    /// [`Error::Limit`] beyond [`MAX_CONTENT_BYTES`].
    pub async fn put_profile_content(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
        state: &SealedState,
    ) -> Result<Option<Profile>, Error> {
        check(&state.content)?;
        retry!(
            self,
            self.put_profile_content_once(organization, id, state).await
        )
    }

    async fn put_profile_content_once(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
        state: &SealedState,
    ) -> Result<Option<Profile>, Error> {
        let mut transaction = self.begin().await?;
        let now = self.clock(&mut transaction).await?;
        let extent = &state.extent;
        // It takes the row's lock, so that a deletion comes wholly before or after.
        let changed = sqlx::query(
            "UPDATE browser_profiles
             SET modified_at = $1, size = $2, cookies = $3, origins = $4, notes = $5
             WHERE id = $6 AND organization_id = $7 AND deleted_at IS NULL",
        )
        .bind(now.micros())
        .bind(signed(extent.size))
        .bind(i64::from(extent.cookies))
        .bind(i64::from(extent.origins))
        .bind(json(&extent.notes)?)
        .bind(storable(id.as_str()))
        .bind(storable(organization.as_str()))
        .execute(transaction.connection())
        .await?;
        if changed.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(None);
        }
        insert(&mut transaction, organization, id, &state.content).await?;
        let profile = find(&mut transaction, organization, id).await?;
        transaction.commit().await?;
        Ok(profile)
    }

    /// Notes that a run or session begins with the profile. `false` if there is no such profile,
    /// or it was deleted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn touch_profile(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
    ) -> Result<bool, Error> {
        let sql = self.inner.backend.pick(
            concat!(
                "UPDATE browser_profiles SET last_used_at = ",
                now!(sqlite),
                " WHERE id = $1 AND organization_id = $2 AND deleted_at IS NULL"
            ),
            concat!(
                "UPDATE browser_profiles SET last_used_at = ",
                now!(postgres),
                " WHERE id = $1 AND organization_id = $2 AND deleted_at IS NULL"
            ),
        );
        let touched = retry!(
            self,
            sqlx::query(sql)
                .bind(storable(id.as_str()))
                .bind(storable(organization.as_str()))
                .execute(&self.inner.writer)
                .await
                .map_err(Error::from)
        );
        Ok(touched?.rows_affected() == 1)
    }

    /// Keeps what a run's browser holds, in place of what was kept before; until the run is
    /// deleted. The content is the caller's, who encrypts it.
    ///
    /// # Errors
    /// [`Error::LeaseLost`]; [`Error::Limit`] beyond [`MAX_CONTENT_BYTES`]; [`Error::NotFound`].
    pub async fn put_run_state(
        &self,
        run_id: &RunId,
        epoch: u64,
        content: Vec<u8>,
    ) -> Result<(), Error> {
        check(&content)?;
        retry!(self, self.put_run_state_once(run_id, epoch, &content).await)
    }

    async fn put_run_state_once(
        &self,
        run_id: &RunId,
        epoch: u64,
        content: &[u8],
    ) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let locked = log::lock(&mut transaction, self.inner.backend, run_id, false).await?;
        let checked = match &locked {
            Some(current) => Writer::Holder { epoch }.check(current),
            None => Err(Error::NotFound("run")),
        };
        if let Err(error) = checked {
            transaction.rollback().await?;
            return Err(error);
        }
        let organization = locked.map(|it| it.run.organization_id.as_str().to_owned());
        let now = self.clock(&mut transaction).await?;
        sqlx::query(
            "INSERT INTO run_browser_states (run_id, organization_id, content, created_at)
             VALUES ($1, $2, $3, $4) ON CONFLICT (run_id)
             DO UPDATE SET content = excluded.content, created_at = excluded.created_at",
        )
        .bind(run_id.as_str())
        .bind(organization)
        .bind(content)
        .bind(now.micros())
        .execute(transaction.connection())
        .await?;
        transaction.commit().await
    }

    /// What a run's browser held, sealed; `None` if there is no such run in the organization, or
    /// it kept nothing.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn run_state(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
    ) -> Result<Option<Vec<u8>>, Error> {
        retry!(self, self.run_state_once(organization, run_id).await)
    }

    async fn run_state_once(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
    ) -> Result<Option<Vec<u8>>, Error> {
        let content = sqlx::query_scalar(
            "SELECT content FROM run_browser_states WHERE run_id = $1 AND organization_id = $2",
        )
        .bind(storable(run_id.as_str()))
        .bind(storable(organization.as_str()))
        .fetch_optional(&self.inner.reader)
        .await?;
        Ok(content)
    }
}

pub(super) fn check(content: &[u8]) -> Result<(), Error> {
    if content.len() <= MAX_CONTENT_BYTES {
        return Ok(());
    }
    let found = content.len();
    Err(Error::Limit(format!(
        "a browser's state of {found} bytes, more than {MAX_CONTENT_BYTES}"
    )))
}

pub(super) async fn insert(
    transaction: &mut Transaction,
    organization: &OrganizationId,
    id: &ProfileId,
    content: &[u8],
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO browser_profile_contents (profile_id, organization_id, content)
         VALUES ($1, $2, $3)
         ON CONFLICT (profile_id) DO UPDATE SET content = excluded.content",
    )
    .bind(storable(id.as_str()))
    .bind(storable(organization.as_str()))
    .bind(content)
    .execute(transaction.connection())
    .await?;
    Ok(())
}
