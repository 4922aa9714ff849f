use errand_domain::{KeyId, OrganizationId, Timestamp};

use crate::{
    Error, Store,
    patience::retry,
    row::{digest, now},
    statement::storable,
};

/// The organization that the first start makes.
pub const DEFAULT_ORGANIZATION: &str = "default";

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its public half.
    pub id: KeyId,
    /// Whose.
    pub organization: OrganizationId,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// For people.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Store {
    /// Makes the organization `default` if it is not there yet.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ensure_default_organization(&self) -> Result<OrganizationId, Error> {
        let organization = OrganizationId::from(DEFAULT_ORGANIZATION);
        self.ensure_organization(&organization).await?;
        Ok(organization)
    }

    /// Makes an organization if it is not there yet.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ensure_organization(&self, organization: &OrganizationId) -> Result<(), Error> {
        let sql = self.inner.backend.pick(
            concat!(
                "INSERT INTO organizations (id, created_at) VALUES ($1, ",
                now!(sqlite),
                ") ",
                "ON CONFLICT DO NOTHING"
            ),
            concat!(
                "INSERT INTO organizations (id, created_at) VALUES ($1, ",
                now!(postgres),
                ") ",
                "ON CONFLICT DO NOTHING"
            ),
        );
        let id = storable(organization.as_str());
        let made = retry!(
            self,
            sqlx::query(sql)
                .bind(id.as_str())
                .execute(&self.inner.writer)
                .await
                .map_err(Error::from)
        );
        made.map(|_| ())
    }

    /// Adds an API key. Adding the same id again changes nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such organization.
    pub async fn add_key(
        &self,
        organization: &OrganizationId,
        id: &KeyId,
        hash: [u8; 32],
        label: &str,
    ) -> Result<(), Error> {
        retry!(
            self,
            self.add_key_once(organization, id, &hash, label).await
        )
    }

    async fn add_key_once(
        &self,
        organization: &OrganizationId,
        id: &KeyId,
        hash: &[u8; 32],
        label: &str,
    ) -> Result<(), Error> {
        let sql = self.inner.backend.pick(
            concat!(
                "INSERT INTO api_keys (id, organization_id, hash, label, created_at) ",
                "VALUES ($1, $2, $3, $4, ",
                now!(sqlite),
                ") ON CONFLICT DO NOTHING"
            ),
            concat!(
                "INSERT INTO api_keys (id, organization_id, hash, label, created_at) ",
                "VALUES ($1, $2, $3, $4, ",
                now!(postgres),
                ") ON CONFLICT DO NOTHING"
            ),
        );
        let added = sqlx::query(sql)
            .bind(storable(id.as_str()))
            .bind(storable(organization.as_str()))
            .bind(hash.as_slice())
            .bind(storable(label))
            .execute(&self.inner.writer)
            .await;
        match added {
            Err(error)
                if error
                    .as_database_error()
                    .is_some_and(|answer| answer.is_foreign_key_violation()) =>
            {
                Err(Error::NotFound("organization"))
            }
            other => Ok(other.map(|_| ())?),
        }
    }

    /// The key of that id, unless it was revoked. Compare the hash in constant time.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn key(&self, id: &KeyId) -> Result<Option<KeyRow>, Error> {
        retry!(self, self.key_once(id).await)
    }

    async fn key_once(&self, id: &KeyId) -> Result<Option<KeyRow>, Error> {
        let found: Option<(String, String, Vec<u8>, String, i64)> = sqlx::query_as(
            "SELECT id, organization_id, hash, label, created_at FROM api_keys
             WHERE id = $1 AND revoked_at IS NULL",
        )
        .bind(storable(id.as_str()))
        .fetch_optional(&self.inner.reader)
        .await?;
        found
            .map(|(id, organization, hash, label, at)| {
                Ok(KeyRow {
                    id: id.into(),
                    organization: organization.into(),
                    hash: digest(&hash)?,
                    label,
                    created_at: Timestamp(at),
                })
            })
            .transpose()
    }

    /// Revokes a key of the organization. `false` if there is no such key in use.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_key(
        &self,
        organization: &OrganizationId,
        id: &KeyId,
    ) -> Result<bool, Error> {
        let sql = self.inner.backend.pick(
            concat!(
                "UPDATE api_keys SET revoked_at = ",
                now!(sqlite),
                " WHERE id = $1 ",
                "AND organization_id = $2 AND revoked_at IS NULL"
            ),
            concat!(
                "UPDATE api_keys SET revoked_at = ",
                now!(postgres),
                " WHERE id = $1 ",
                "AND organization_id = $2 AND revoked_at IS NULL"
            ),
        );
        let (id, organization) = (storable(id.as_str()), storable(organization.as_str()));
        let revoked = retry!(
            self,
            sqlx::query(sql)
                .bind(id.as_str())
                .bind(organization.as_str())
                .execute(&self.inner.writer)
                .await
                .map_err(Error::from)
        );
        revoked.map(|it| it.rows_affected() == 1)
    }
}
