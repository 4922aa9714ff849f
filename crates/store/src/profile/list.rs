use errand_domain::{OrganizationId, Profile};

use super::{COLUMNS, read};
use crate::{
    Error, Page, Store,
    list::{Token, containing, page_size},
    patience::retry,
    statement::Statement,
};

/// Which profiles to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileFilter {
    /// Also those that were deleted.
    pub include_deleted: bool,
    /// With this in the name, in any case; empty does not filter.
    pub search_name: String,
}

impl Store {
    /// The organization's profiles, newest first. A page has at most 100 (0 asks for 50).
    ///
    /// # Errors
    /// [`Error::PageToken`] for a token that another filter gave out.
    pub async fn profiles(
        &self,
        organization: &OrganizationId,
        filter: &ProfileFilter,
        size: u32,
        token: Option<&str>,
    ) -> Result<Page<Profile>, Error> {
        retry!(
            self,
            self.profiles_once(organization, filter, size, token).await
        )
    }

    async fn profiles_once(
        &self,
        organization: &OrganizationId,
        filter: &ProfileFilter,
        size: u32,
        token: Option<&str>,
    ) -> Result<Page<Profile>, Error> {
        let scope = format!("profiles {organization} {filter:?}");
        let size = page_size(size, 100);
        let mut select = Statement::new(COLUMNS);
        select
            .push("WHERE organization_id = ")
            .text(organization.as_str());
        if !filter.include_deleted {
            select.push(" AND deleted_at IS NULL");
        }
        if !filter.search_name.is_empty() {
            select
                .push(" AND name_found LIKE ")
                .text(&containing(&filter.search_name))
                .push(" ESCAPE '!'");
        }
        if let Some(token) = token.filter(|it| !it.is_empty()) {
            let last = Token::parse(token, &scope)?;
            select
                .push(" AND (created_at, id) < (")
                .number(last.at)
                .push(", ");
            select.text(&last.id).push(")");
        }
        select
            .push(" ORDER BY created_at DESC, id DESC LIMIT ")
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
}
