use errand_domain::{OrganizationId, RunId};

use crate::{Error, Store, log, patience::retry, transaction::Transaction};

impl Store {
    /// Deletes a run that has ended, with its log and everything noted of it. Returns where the
    /// content of its artifacts lies, for the caller to delete; `None` if there is no such run in
    /// the organization.
    ///
    /// # Errors
    /// [`Error::NotFinal`] if the run has not ended.
    pub async fn delete_run(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
    ) -> Result<Option<Vec<String>>, Error> {
        let mut locations = None;
        retry!(
            self,
            self.delete_run_once(organization, run_id, &mut locations)
                .await
        )
    }

    async fn delete_run_once(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
        earlier: &mut Option<Vec<String>>,
    ) -> Result<Option<Vec<String>>, Error> {
        let mut transaction = self.begin().await?;
        let locked = log::lock(&mut transaction, self.inner.backend, run_id, false).await?;
        let Some(current) = locked.filter(|it| it.run.organization_id == *organization) else {
            transaction.rollback().await?;
            // Of an attempt whose answer was lost, if there was one.
            return Ok(earlier.take());
        };
        if !current.run.state.is_final() {
            transaction.rollback().await?;
            return Err(Error::NotFinal(current.run.state));
        }
        *earlier = Some(delete(&mut transaction, run_id).await?);
        transaction.commit().await?;
        Ok(earlier.take())
    }
}

async fn delete(transaction: &mut Transaction, run_id: &RunId) -> Result<Vec<String>, Error> {
    let locations = sqlx::query_scalar("SELECT location FROM artifacts WHERE run_id = $1")
        .bind(run_id.as_str())
        .fetch_all(transaction.connection())
        .await?;
    // The other tables follow by their foreign keys.
    sqlx::query("DELETE FROM runs WHERE id = $1")
        .bind(run_id.as_str())
        .execute(transaction.connection())
        .await?;
    Ok(locations)
}
