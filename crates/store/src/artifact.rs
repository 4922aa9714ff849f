use errand_domain::{ArtifactId, Draft, Event, OrganizationId, RunId, StepId, Timestamp};
use sqlx::{FromRow, any::AnyRow};

use crate::{
    Error, Page, Store, Writer,
    append::{Attempt, Beside},
    list::{Token, page_size},
    patience::retry,
    row::{Current, unsigned},
    statement::{Statement, signed, storable},
    transaction::Transaction,
};

/// A file that a run left, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactRow {
    /// Which file.
    pub id: ArtifactId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// The run that left it.
    pub run_id: RunId,
    /// The step that it belongs to.
    pub step_id: Option<StepId>,
    /// One of the seeds' types.
    pub artifact_type: String,
    /// Media type.
    pub content_type: String,
    /// For a person who downloads it.
    pub filename: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content in hex, where it is known.
    pub checksum: Option<String>,
    /// Where the content lies.
    pub location: String,
    /// When it was noted, by the database's clock; what is given here is not looked at.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "SELECT id, organization_id, run_id, step_id, artifact_type, content_type,
    filename, size, checksum, location, created_at FROM artifacts ";

#[derive(FromRow)]
struct Columns {
    id: String,
    organization_id: String,
    run_id: String,
    step_id: Option<String>,
    artifact_type: String,
    content_type: String,
    filename: String,
    size: i64,
    checksum: Option<String>,
    location: String,
    created_at: i64,
}

fn read(row: &AnyRow) -> Result<ArtifactRow, Error> {
    let columns = Columns::from_row(row)?;
    Ok(ArtifactRow {
        id: columns.id.into(),
        organization_id: columns.organization_id.into(),
        run_id: columns.run_id.into(),
        step_id: columns.step_id.map(Into::into),
        artifact_type: columns.artifact_type,
        content_type: columns.content_type,
        filename: columns.filename,
        size: unsigned(columns.size)?,
        checksum: columns.checksum,
        location: columns.location,
        created_at: Timestamp(columns.created_at),
    })
}

impl Store {
    /// Notes a file and appends its events, in one transaction. The row's run and organization
    /// are those of `run_id`, whatever it says.
    ///
    /// # Errors
    /// As [`Store::append`]; [`Error::Invalid`] without drafts.
    pub async fn append_artifact(
        &self,
        run_id: &RunId,
        writer: Writer,
        row: ArtifactRow,
        drafts: Vec<Draft>,
    ) -> Result<Vec<Event>, Error> {
        if drafts.is_empty() {
            return Err(Error::Invalid(
                "an artifact is noted with its event".to_owned(),
            ));
        }
        let mut attempt = Attempt::default();
        retry!(
            self,
            self.append_once(run_id, writer, &drafts, &mut attempt, &row)
                .await
        )
    }

    /// The run's files, oldest first; of these types, if any are named. Pages of at most 1,000.
    ///
    /// # Errors
    /// [`Error::PageToken`] for a token that another listing gave out.
    pub async fn artifacts(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
        types: &[String],
        size: u32,
        token: Option<&str>,
    ) -> Result<Page<ArtifactRow>, Error> {
        retry!(
            self,
            self.artifacts_once(organization, run_id, types, size, token)
                .await
        )
    }

    async fn artifacts_once(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
        types: &[String],
        size: u32,
        token: Option<&str>,
    ) -> Result<Page<ArtifactRow>, Error> {
        let scope = format!("artifacts {organization} {run_id} {types:?}");
        let size = page_size(size, 1_000);
        let mut select = Statement::new(COLUMNS);
        select
            .push("WHERE organization_id = ")
            .text(organization.as_str());
        select.push(" AND run_id = ").text(run_id.as_str());
        if !types.is_empty() {
            select.push(" AND artifact_type IN (");
            for (index, artifact_type) in types.iter().enumerate() {
                select
                    .push(if index == 0 { "" } else { ", " })
                    .text(artifact_type);
            }
            select.push(")");
        }
        if let Some(token) = token.filter(|it| !it.is_empty()) {
            let last = Token::parse(token, &scope)?;
            select
                .push(" AND (created_at, id) > (")
                .number(last.at)
                .push(", ");
            select.text(&last.id).push(")");
        }
        select
            .push(" ORDER BY created_at, id LIMIT ")
            .number(i64::from(size) + 1);
        let rows = select.query().fetch_all(&self.inner.reader).await?;
        let mut items = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let more = items.len() > size as usize;
        items.truncate(size as usize);
        let last = items.last().filter(|_| more);
        let next = last.map(|it| Token::format(it.created_at.micros(), it.id.as_str(), &scope));
        Ok(Page {
            items,
            next_page_token: next,
        })
    }

    /// A file of the organization.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn artifact(
        &self,
        organization: &OrganizationId,
        id: &ArtifactId,
    ) -> Result<Option<ArtifactRow>, Error> {
        retry!(self, self.artifact_once(organization, id).await)
    }

    async fn artifact_once(
        &self,
        organization: &OrganizationId,
        id: &ArtifactId,
    ) -> Result<Option<ArtifactRow>, Error> {
        let mut select = Statement::new(COLUMNS);
        select.push("WHERE id = ").text(id.as_str());
        select
            .push(" AND organization_id = ")
            .text(organization.as_str());
        let row = select.query().fetch_optional(&self.inner.reader).await?;
        row.map(|row| read(&row)).transpose()
    }

    /// Forgets a file; its events stay. Returns where the content lies, for the caller to delete.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn delete_artifact(
        &self,
        organization: &OrganizationId,
        id: &ArtifactId,
    ) -> Result<Option<String>, Error> {
        retry!(self, self.delete_artifact_once(organization, id).await)
    }

    async fn delete_artifact_once(
        &self,
        organization: &OrganizationId,
        id: &ArtifactId,
    ) -> Result<Option<String>, Error> {
        let location: Option<String> = sqlx::query_scalar(
            "DELETE FROM artifacts WHERE id = $1 AND organization_id = $2 RETURNING location",
        )
        .bind(storable(id.as_str()))
        .bind(storable(organization.as_str()))
        .fetch_optional(&self.inner.writer)
        .await?;
        Ok(location)
    }
}

impl Beside for ArtifactRow {
    async fn write(
        &self,
        transaction: &mut Transaction,
        current: &Current,
        _: &[Event],
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO artifacts (id, organization_id, run_id, step_id, artifact_type,
             content_type, filename, size, checksum, location, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(storable(self.id.as_str()))
        .bind(current.run.organization_id.as_str())
        .bind(current.run.id.as_str())
        .bind(self.step_id.as_ref().map(|it| storable(it.as_str())))
        .bind(storable(&self.artifact_type))
        .bind(storable(&self.content_type))
        .bind(storable(&self.filename))
        .bind(signed(self.size))
        .bind(self.checksum.as_deref().map(storable))
        .bind(storable(&self.location))
        .bind(current.run.modified_at.micros())
        .execute(transaction.connection())
        .await?;
        Ok(())
    }
}
