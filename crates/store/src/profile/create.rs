use errand_domain::{
    OrganizationId, Profile, ProfileId, ProfileSource, Timestamp, profile::Extent,
};

use super::{content, find, name_taken};
use crate::{
    Error, REQUEST_ID_LIFETIME, RequestKey, Store,
    create::bounded,
    patience::retry,
    row::json,
    statement::{signed, storable},
    transaction::Transaction,
};

/// Most profiles of an organization, those that were deleted not counted.
pub const MAX_PROFILES: u32 = 1_000;

/// A profile to create.
#[derive(Debug, Clone)]
pub struct NewProfile {
    /// A fresh id; it makes retrying safe.
    pub id: ProfileId,
    /// Whose.
    pub organization: OrganizationId,
    /// Unique among those that are not deleted.
    pub name: String,
    /// For people.
    pub description: String,
    /// What it is made from.
    pub source: ProfileSource,
    /// What it holds.
    pub state: SealedState,
    /// The caller's name for the request.
    pub request_id: Option<RequestKey>,
}

/// A browser's state as it is kept.
#[derive(Debug, Clone)]
pub struct SealedState {
    /// The caller's, who encrypts it.
    pub content: Vec<u8>,
    /// What it holds.
    pub extent: Extent,
}

impl Store {
    /// Creates a profile; or returns the one that the same request made within the last 24 hours,
    /// as it is now.
    ///
    /// # Errors
    /// [`Error::NameTaken`]; [`Error::RequestIdReused`]; [`Error::Limit`] if there are
    /// [`MAX_PROFILES`], or the content is longer than [`super::MAX_CONTENT_BYTES`];
    /// [`Error::NotFound`] if there is no such organization.
    pub async fn create_profile(&self, new: NewProfile) -> Result<Profile, Error> {
        content::check(&new.state.content)?;
        retry!(self, self.create_profile_once(&new).await)
    }

    async fn create_profile_once(&self, new: &NewProfile) -> Result<Profile, Error> {
        let mut transaction = self.begin().await?;
        if let Some(profile) = find(&mut transaction, &new.organization, &new.id).await? {
            // An earlier attempt was committed, and its answer lost.
            transaction.rollback().await?;
            return Ok(profile);
        }
        let now = self.clock(&mut transaction).await?;
        if let Some(key) = &new.request_id
            && let Some((id, hash)) = earlier(&mut transaction, new, key, now).await?
        {
            let same = find(&mut transaction, &new.organization, &id).await?;
            transaction.rollback().await?;
            if hash != key.hash {
                return Err(Error::RequestIdReused);
            }
            return same.ok_or(Error::NotFound("profile"));
        }
        let kept: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM browser_profiles
             WHERE organization_id = $1 AND deleted_at IS NULL",
        )
        .bind(storable(new.organization.as_str()))
        .fetch_one(transaction.connection())
        .await?;
        if kept >= i64::from(MAX_PROFILES) {
            transaction.rollback().await?;
            return Err(Error::Limit(format!(
                "the organization has {MAX_PROFILES} profiles already; delete some"
            )));
        }
        insert(&mut transaction, new, now).await?;
        let profile = find(&mut transaction, &new.organization, &new.id).await?;
        transaction.commit().await?;
        profile.ok_or(Error::NotFound("profile"))
    }
}

/// What the request id stands for already.
async fn earlier(
    transaction: &mut Transaction,
    new: &NewProfile,
    key: &RequestKey,
    now: Timestamp,
) -> Result<Option<(ProfileId, Vec<u8>)>, Error> {
    let lifetime = i64::try_from(REQUEST_ID_LIFETIME.as_millis()).unwrap_or(i64::MAX);
    sqlx::query(
        "DELETE FROM browser_profile_request_ids WHERE organization_id = $1 AND created_at < $2",
    )
    .bind(storable(new.organization.as_str()))
    .bind(now.plus_millis(-lifetime).micros())
    .execute(transaction.connection())
    .await?;
    let found: Option<(String, Vec<u8>)> = sqlx::query_as(
        "SELECT profile_id, hash FROM browser_profile_request_ids
         WHERE organization_id = $1 AND method = $2 AND request_id = $3",
    )
    .bind(storable(new.organization.as_str()))
    .bind(key.method.as_str())
    .bind(bounded(&key.key))
    .fetch_optional(transaction.connection())
    .await?;
    Ok(found.map(|(id, hash)| (id.into(), hash)))
}

async fn insert(
    transaction: &mut Transaction,
    new: &NewProfile,
    now: Timestamp,
) -> Result<(), Error> {
    let (source, source_id) = new.source.parts();
    let extent = &new.state.extent;
    sqlx::query(
        "INSERT INTO browser_profiles (id, organization_id, name, name_found, description, source,
         source_id, size, cookies, origins, notes, created_at, modified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)",
    )
    .bind(new.id.as_str())
    .bind(storable(new.organization.as_str()))
    .bind(storable(&new.name))
    .bind(storable(&new.name.to_lowercase()))
    .bind(storable(&new.description))
    .bind(source)
    .bind(source_id.map(storable))
    .bind(signed(extent.size))
    .bind(i64::from(extent.cookies))
    .bind(i64::from(extent.origins))
    .bind(json(&extent.notes)?)
    .bind(now.micros())
    .execute(transaction.connection())
    .await
    .map_err(|error| match error.as_database_error() {
        Some(answer) if answer.is_foreign_key_violation() => Error::NotFound("organization"),
        _ => name_taken(error),
    })?;
    content::insert(transaction, &new.organization, &new.id, &new.state.content).await?;
    if let Some(key) = &new.request_id {
        sqlx::query(
            "INSERT INTO browser_profile_request_ids (organization_id, method, request_id, hash,
             profile_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(storable(new.organization.as_str()))
        .bind(key.method.as_str())
        .bind(bounded(&key.key))
        .bind(key.hash.as_slice())
        .bind(new.id.as_str())
        .bind(now.micros())
        .execute(transaction.connection())
        .await?;
    }
    Ok(())
}
