//! Saved browser states: their rows here, their sealed content beside them.

mod content;
mod create;
mod list;

use errand_domain::{
    OrganizationId, Profile, ProfileId, ProfileSource, Timestamp, profile::Extent,
};
use sqlx::{FromRow, any::AnyRow};

pub use self::{
    content::MAX_CONTENT_BYTES,
    create::{MAX_PROFILES, NewProfile, SealedState},
    list::ProfileFilter,
};
use crate::{
    Error, Store,
    patience::retry,
    row::unsigned,
    statement::{Statement, storable},
    transaction::Transaction,
};

const COLUMNS: &str = "SELECT id, organization_id, name, description, source, source_id, size,
    cookies, origins, notes, created_at, modified_at, last_used_at, deleted_at
    FROM browser_profiles ";

#[derive(FromRow)]
struct Columns {
    id: String,
    organization_id: String,
    name: String,
    description: String,
    source: String,
    source_id: Option<String>,
    size: i64,
    cookies: i64,
    origins: i64,
    notes: String,
    created_at: i64,
    modified_at: i64,
    last_used_at: Option<i64>,
    deleted_at: Option<i64>,
}

fn read(row: &AnyRow) -> Result<Profile, Error> {
    let columns = Columns::from_row(row)?;
    let source = ProfileSource::of(&columns.source, columns.source_id);
    let notes = serde_json::from_str(&columns.notes);
    Ok(Profile {
        id: columns.id.into(),
        organization_id: columns.organization_id.into(),
        name: columns.name,
        description: columns.description,
        source: source.ok_or_else(|| Error::damaged("a profile's source", &columns.source))?,
        extent: Extent {
            size: unsigned(columns.size)?,
            cookies: unsigned(columns.cookies)?,
            origins: unsigned(columns.origins)?,
            notes: notes.map_err(|error| Error::damaged("a profile's notes", error))?,
        },
        created_at: Timestamp(columns.created_at),
        modified_at: Timestamp(columns.modified_at),
        last_used_at: columns.last_used_at.map(Timestamp),
        deleted_at: columns.deleted_at.map(Timestamp),
    })
}

/// A profile of the organization, for as long as the transaction lasts as it is.
async fn find(
    transaction: &mut Transaction,
    organization: &OrganizationId,
    id: &ProfileId,
) -> Result<Option<Profile>, Error> {
    let select = by_id(organization, id);
    let row = select
        .query()
        .fetch_optional(transaction.connection())
        .await?;
    row.map(|row| read(&row)).transpose()
}

fn by_id(organization: &OrganizationId, id: &ProfileId) -> Statement {
    let mut select = Statement::new(COLUMNS);
    select.push("WHERE id = ").text(id.as_str());
    select
        .push(" AND organization_id = ")
        .text(organization.as_str());
    select
}

impl Store {
    /// A profile of the organization, also a deleted one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn profile(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
    ) -> Result<Option<Profile>, Error> {
        retry!(self, self.profile_once(organization, id).await)
    }

    async fn profile_once(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
    ) -> Result<Option<Profile>, Error> {
        let select = by_id(organization, id);
        let row = select.query().fetch_optional(&self.inner.reader).await?;
        row.map(|row| read(&row)).transpose()
    }

    /// Changes the name, the description or both. `None` if there is no such profile that is not
    /// deleted.
    ///
    /// # Errors
    /// [`Error::NameTaken`].
    pub async fn update_profile(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
        name: Option<&str>,
        description: Option<&str>,
    ) -> Result<Option<Profile>, Error> {
        retry!(
            self,
            self.update_profile_once(organization, id, name, description)
                .await
        )
    }

    async fn update_profile_once(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
        name: Option<&str>,
        description: Option<&str>,
    ) -> Result<Option<Profile>, Error> {
        let mut transaction = self.begin().await?;
        let now = self.clock(&mut transaction).await?;
        let mut update = Statement::new("UPDATE browser_profiles SET modified_at = ");
        update.number(now.micros());
        if let Some(name) = name {
            update.push(", name = ").text(name);
            update.push(", name_found = ").text(&name.to_lowercase());
        }
        if let Some(description) = description {
            update.push(", description = ").text(description);
        }
        update.push(" WHERE id = ").text(id.as_str());
        update
            .push(" AND organization_id = ")
            .text(organization.as_str());
        update.push(" AND deleted_at IS NULL");
        let changed = update.query().execute(transaction.connection()).await;
        if changed.map_err(name_taken)?.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(None);
        }
        let profile = find(&mut transaction, organization, id).await?;
        transaction.commit().await?;
        Ok(profile)
    }

    /// Deletes a profile: its content goes at once, its row is listed with the deleted ones. Doing
    /// it again changes nothing. `None` if there never was such a profile in the organization.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn delete_profile(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
    ) -> Result<Option<Profile>, Error> {
        retry!(self, self.delete_profile_once(organization, id).await)
    }

    async fn delete_profile_once(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
    ) -> Result<Option<Profile>, Error> {
        let mut transaction = self.begin().await?;
        let now = self.clock(&mut transaction).await?;
        sqlx::query(
            "UPDATE browser_profiles SET deleted_at = $1
             WHERE id = $2 AND organization_id = $3 AND deleted_at IS NULL",
        )
        .bind(now.micros())
        .bind(storable(id.as_str()))
        .bind(storable(organization.as_str()))
        .execute(transaction.connection())
        .await?;
        sqlx::query(
            "DELETE FROM browser_profile_contents WHERE profile_id = $1 AND organization_id = $2",
        )
        .bind(storable(id.as_str()))
        .bind(storable(organization.as_str()))
        .execute(transaction.connection())
        .await?;
        let profile = find(&mut transaction, organization, id).await?;
        transaction.commit().await?;
        Ok(profile)
    }
}

/// The only thing that must be unique besides fresh ids.
fn name_taken(error: sqlx::Error) -> Error {
    match error.as_database_error() {
        Some(answer) if answer.is_unique_violation() => Error::NameTaken,
        _ => error.into(),
    }
}
