//! Which runs a caller means.

use errand_api::v1::{self, RunStatus};
use errand_domain::{RunState, Timestamp};
use errand_store::RunFilter;

use super::{Engines, labels::labels, time::moment};
use crate::violations::Violations;

const MAX_SEARCH_BYTES: usize = 200;

/// Reads a filter; `None` fits every run.
pub(crate) fn filter(given: Option<&v1::RunFilter>, violations: &mut Violations) -> RunFilter {
    let Some(given) = given else {
        return RunFilter::default();
    };
    let mut states = Vec::new();
    for status in &given.statuses {
        match state(*status) {
            Some(state) => states.push(state),
            None => violations.add("filter.statuses", format!("{status} is no status of a run")),
        }
    }
    let mut moment = |field: &str, given: Option<&prost_types::Timestamp>| -> Option<Timestamp> {
        moment(given?)
            .map_err(|wrong| violations.add(field, wrong))
            .ok()
    };
    let created_after = moment("filter.created_after", given.created_after.as_ref());
    let created_before = moment("filter.created_before", given.created_before.as_ref());
    if let (Some(after), Some(before)) = (created_after, created_before)
        && after >= before
    {
        let description = "is not after filter.created_after: nothing can fit";
        violations.add("filter.created_before", description);
    }
    let search = &given.title_contains;
    if search.len() > MAX_SEARCH_BYTES || search.contains('\0') {
        let description = format!("must be at most {MAX_SEARCH_BYTES} bytes without NUL");
        violations.add("filter.title_contains", description);
    }
    RunFilter {
        states,
        labels: labels("filter.labels", &given.labels, violations),
        engine: (!given.engine.is_empty()).then(|| Engines::canonical(&given.engine).to_owned()),
        created_after,
        created_before,
        search_title: (!search.is_empty()).then(|| search.clone()),
    }
}

fn state(status: i32) -> Option<RunState> {
    Some(match RunStatus::try_from(status).ok()? {
        RunStatus::Unspecified => return None,
        RunStatus::Created => RunState::Created,
        RunStatus::Queued => RunState::Queued,
        RunStatus::Running => RunState::Running,
        RunStatus::Paused => RunState::Paused,
        RunStatus::Completed => RunState::Completed,
        RunStatus::Failed => RunState::Failed,
        RunStatus::Terminated => RunState::Terminated,
        RunStatus::TimedOut => RunState::TimedOut,
        RunStatus::Canceled => RunState::Canceled,
    })
}
