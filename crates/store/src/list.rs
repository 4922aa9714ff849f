use std::collections::BTreeMap;

use errand_domain::{OrganizationId, Run, RunState, Timestamp, log::hex};
use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};

use crate::{
    Error, Store,
    patience::retry,
    row::{self, detail_columns, run_columns},
    statement::Statement,
};

/// Most runs of one page.
const MAX_PAGE: u32 = 100;
/// A page ends before the run whose request and output would bring it over this many bytes.
const MAX_PAGE_BYTES: usize = 512 * 1024;

/// Which runs to list. What is empty does not filter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunFilter {
    /// In one of these states.
    pub states: Vec<RunState>,
    /// With all of these labels.
    pub labels: BTreeMap<String, String>,
    /// Decided by this engine.
    pub engine: Option<String>,
    /// Accepted at or after.
    pub created_after: Option<Timestamp>,
    /// Accepted before.
    pub created_before: Option<Timestamp>,
    /// With this in the title, in any case.
    pub search_title: Option<String>,
}

/// A part of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// In order.
    pub items: Vec<T>,
    /// Asks for the next part; absent after the last.
    pub next_page_token: Option<String>,
}

impl Store {
    /// The organization's runs, newest first. A page has at most 100 runs (0 asks for 50), and
    /// fewer where they are long; only the absence of a token means the end.
    ///
    /// # Errors
    /// [`Error::PageToken`] for a token that another filter gave out.
    pub async fn list_runs(
        &self,
        organization: &OrganizationId,
        filter: &RunFilter,
        size: u32,
        token: Option<&str>,
    ) -> Result<Page<Run>, Error> {
        retry!(
            self,
            self.list_runs_once(organization, filter, size, token).await
        )
    }

    async fn list_runs_once(
        &self,
        organization: &OrganizationId,
        filter: &RunFilter,
        size: u32,
        token: Option<&str>,
    ) -> Result<Page<Run>, Error> {
        let scope = format!("runs {organization} {filter:?}");
        let size = page_size(size, MAX_PAGE);
        let mut select = select(organization, filter);
        if let Some(token) = token.filter(|it| !it.is_empty()) {
            let last = Token::parse(token, &scope)?;
            select
                .push(" AND (r.created_at, r.id) < (")
                .number(last.at)
                .push(", ");
            select.text(&last.id).push(")");
        }
        select
            .push(" ORDER BY r.created_at DESC, r.id DESC LIMIT ")
            .number(i64::from(size) + 1);
        let mut rows = select.query().fetch(&self.inner.reader);
        let (mut items, mut bytes, mut more) = (Vec::<Run>::new(), 0, false);
        while let Some(row) = rows.try_next().await? {
            let run = row::run(&row)?;
            bytes += weight(&run);
            if items.len() == size as usize || (bytes > MAX_PAGE_BYTES && !items.is_empty()) {
                more = true;
                break;
            }
            items.push(run);
        }
        let last = items.last().filter(|_| more);
        let next = last.map(|it| Token::format(it.created_at.micros(), it.id.as_str(), &scope));
        Ok(Page {
            items,
            next_page_token: next,
        })
    }
}

fn select(organization: &OrganizationId, filter: &RunFilter) -> Statement {
    let mut select = Statement::new(concat!(
        "SELECT ",
        run_columns!(),
        ", ",
        detail_columns!(),
        " FROM runs r JOIN run_details d ON d.run_id = r.id WHERE r.organization_id = "
    ));
    select.text(organization.as_str());
    if !filter.states.is_empty() {
        select.push(" AND r.state IN (");
        for (index, state) in filter.states.iter().enumerate() {
            select
                .push(if index == 0 { "" } else { ", " })
                .text(state.as_str());
        }
        select.push(")");
    }
    for (label, value) in &filter.labels {
        select.push(" AND EXISTS (SELECT 1 FROM run_labels l WHERE l.run_id = r.id AND l.label = ");
        select
            .text(label)
            .push(" AND l.value = ")
            .text(value)
            .push(")");
    }
    if let Some(engine) = &filter.engine {
        select.push(" AND r.engine = ").text(engine);
    }
    if let Some(after) = filter.created_after {
        select.push(" AND r.created_at >= ").number(after.micros());
    }
    if let Some(before) = filter.created_before {
        select.push(" AND r.created_at < ").number(before.micros());
    }
    if let Some(words) = filter.search_title.as_ref().filter(|it| !it.is_empty()) {
        select
            .push(" AND d.title LIKE ")
            .text(&containing(words))
            .push(" ESCAPE '!'");
    }
    select
}

/// The pattern of lower-case texts that have these words in them, with `!` as its escape.
pub(crate) fn containing(words: &str) -> String {
    let mut pattern = words.to_lowercase();
    for special in ['!', '%', '_'] {
        pattern = pattern.replace(special, &format!("!{special}"));
    }
    format!("%{pattern}%")
}

/// About how long a run is when it is sent.
fn weight(run: &Run) -> usize {
    let request = &run.request;
    let schema = request
        .data_extraction_schema
        .as_ref()
        .map_or(0, String::len);
    let reason = run.failure.as_ref().map_or(0, |it| it.reason.len());
    let output = run.output.as_ref().map_or(0, String::len);
    1024 + request.prompt.len() + schema + reason + output
}

/// 0 asks for 50.
pub(crate) fn page_size(asked: u32, most: u32) -> u32 {
    if asked == 0 { 50 } else { asked.min(most) }
}

/// The last item of a page, bound to its listing.
pub(crate) struct Token {
    pub(crate) at: i64,
    pub(crate) id: String,
}

impl Token {
    pub(crate) fn format(at: i64, id: &str, scope: &str) -> String {
        hex(format!("{}:{at}:{id}", mark(scope)).as_bytes())
    }

    pub(crate) fn parse(token: &str, scope: &str) -> Result<Self, Error> {
        Self::read(token, scope).ok_or(Error::PageToken)
    }

    fn read(token: &str, scope: &str) -> Option<Self> {
        let bytes: Option<Vec<u8>> = token
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        let text = String::from_utf8(bytes?).ok()?;
        let (found, rest) = text.split_once(':')?;
        let (at, id) = rest.split_once(':')?;
        (found == mark(scope)).then_some(())?;
        Some(Self {
            at: at.parse().ok()?,
            id: id.to_owned(),
        })
    }
}

fn mark(scope: &str) -> String {
    hex(&Sha256::digest(scope.as_bytes())[..6])
}
