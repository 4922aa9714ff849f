//! Runs.

use errand_api::v1;
use errand_artifacts::Signer;
use errand_domain::{
    ArtifactId, FailureCategory, OrganizationId, Pause, Run, RunState, TaskRequest, Timestamp,
    Usage, Wants,
    run::{Detail, DownloadedFile, RunError},
    text::clip,
};

use super::{count, long, milliseconds, moment, optional};

/// Most notes and files that a message carries; a run has them all in its log.
const MAX_ENTRIES: usize = 500;
/// Most bytes of all notes.
const MAX_NOTE_BYTES: usize = 128 * 1024;

/// Makes signed links for one answer.
#[derive(Debug, Clone)]
pub(crate) struct Links<'a> {
    pub(crate) signer: &'a Signer,
    /// Scheme and authority, without a slash at the end.
    pub(crate) base: &'a str,
    pub(crate) organization: &'a OrganizationId,
    pub(crate) expires_at: Timestamp,
}

impl Links<'_> {
    /// A link to an artifact. The name is only there for people.
    pub(crate) fn to(&self, artifact: &ArtifactId, filename: &str) -> String {
        let token = self
            .signer
            .sign(self.organization, artifact, self.expires_at);
        let name: String = url::form_urlencoded::byte_serialize(filename.as_bytes()).collect();
        // A `+` means a space in a query only, and an empty segment is another path.
        let name = if name.is_empty() {
            "file".to_owned()
        } else {
            name.replace('+', "%20")
        };
        format!("{}/artifacts/{token}/{name}", self.base)
    }
}

/// A run as it is; `links` also fills in what only a single run's answer has.
pub(crate) fn run(run: &Run, links: Option<&Links<'_>>) -> v1::Run {
    let failure = run.failure.as_ref();
    let screenshots = run.screenshots.iter();
    v1::Run {
        run_id: run.id.to_string(),
        status: status(run.state).into(),
        run_type: "task".to_owned(),
        organization_id: run.organization_id.to_string(),
        output: links.and_then(|_| output(run)).unwrap_or_default(),
        output_artifact_id: optional(run.output_artifact_id.as_ref()),
        output_notes: notes(run),
        failure_reason: failure.map(|it| it.reason.clone()).unwrap_or_default(),
        failure_category: failure
            .map_or(v1::FailureCategory::Unspecified, |it| category(it.category))
            .into(),
        errors: run.errors.iter().take(MAX_ENTRIES).map(run_error).collect(),
        summary: run.summary.clone().unwrap_or_default(),
        downloaded_files: run
            .downloaded_files
            .iter()
            .take(MAX_ENTRIES)
            .map(|file| downloaded(file, links))
            .collect(),
        recording_url: String::new(),
        screenshot_urls: links
            .map(|links| {
                screenshots
                    .clone()
                    .map(|id| links.to(id, "screenshot"))
                    .collect()
            })
            .unwrap_or_default(),
        app_url: String::new(),
        step_count: count(run.step_count),
        action_count: count(run.action_count),
        effect_count: count(run.effect_count),
        usage: Some(usage(&run.usage)),
        engine: run.engine.clone(),
        engine_reason: run.engine_reason.clone(),
        queued_reason: queued_reason(run),
        queue_position: 0,
        attempt: count(run.attempt),
        retry_of: optional(run.retry_of.as_ref()),
        last_sequence: long(run.last_sequence),
        browser_session_id: optional(run.request.browser_session_id.as_ref()),
        browser_profile_id: optional(run.request.browser_profile_id.as_ref()),
        script_run: None,
        created_at: Some(moment(run.created_at)),
        modified_at: Some(moment(run.modified_at)),
        queued_at: run.queued_at.map(moment),
        started_at: run.started_at.map(moment),
        finished_at: run.finished_at.map(moment),
        run_request: Some(task_request(&run.request)),
        screenshot_artifact_ids: screenshots.map(ToString::to_string).collect(),
        max_screenshot_scrolls: None,
        understanding: None,
        pause: run.pause.as_ref().map(pause),
        title: run.title.clone().unwrap_or_default(),
    }
}

fn queued_reason(run: &Run) -> String {
    match (&run.queued_reason, &run.request.browser_session_id) {
        (Some(reason), _) => reason.clone(),
        (None, Some(session)) if run.state == RunState::Created => {
            format!("waits for its turn in session {session}")
        }
        _ => String::new(),
    }
}

fn pause(pause: &Pause) -> v1::RunPause {
    v1::RunPause {
        reason: pause.reason.clone(),
        kind: pause_kind(pause.wants).into(),
        deadline: pause.deadline.map(moment),
    }
}

pub(crate) fn pause_kind(wants: Wants) -> v1::PauseKind {
    match wants {
        Wants::Approval => v1::PauseKind::Approval,
        Wants::Answer => v1::PauseKind::Answer,
        Wants::Help => v1::PauseKind::Help,
        Wants::Control => v1::PauseKind::Control,
    }
}

fn output(run: &Run) -> Option<String> {
    run.output
        .as_deref()
        .map(|output| clip(output, Run::MAX_OUTPUT_BYTES))
}

fn notes(run: &Run) -> Vec<String> {
    let mut room = MAX_NOTE_BYTES;
    let fits = |note: &&String| {
        let fits = note.len() <= room;
        room = room.saturating_sub(note.len());
        fits
    };
    run.output_notes
        .iter()
        .take(MAX_ENTRIES)
        .take_while(fits)
        .cloned()
        .collect()
}

/// The request as it was accepted.
pub(crate) fn task_request(request: &TaskRequest) -> v1::RunTaskRequest {
    v1::RunTaskRequest {
        prompt: request.prompt.clone(),
        url: request.url.clone().unwrap_or_default(),
        engine: request.engine.clone().unwrap_or_default(),
        model: request.model.clone().unwrap_or_default(),
        max_tokens: request.max_tokens.map(long),
        max_cost_micros: request.max_cost_micros.map(long),
        data_extraction_schema: request.data_extraction_schema.clone().unwrap_or_default(),
        max_steps: request.max_steps.map(count),
        timeout: request.timeout_ms.map(milliseconds),
        not_after: request.not_after.map(moment),
        title: request.title.clone().unwrap_or_default(),
        user_agent: request.user_agent.clone().unwrap_or_default(),
        extra_http_headers: request.extra_http_headers.clone().into_iter().collect(),
        error_code_mapping: request.error_code_mapping.clone().into_iter().collect(),
        publish_workflow: request.publish_workflow,
        browser_session_id: optional(request.browser_session_id.as_ref()),
        browser_profile_id: optional(request.browser_profile_id.as_ref()),
        save_browser_profile: request.save_browser_profile,
        persist_browser_session: request.persist_browser_session,
        browser_address: request.browser_address.clone().unwrap_or_default(),
        labels: request.labels.clone().into_iter().collect(),
        detail: match request.detail {
            Detail::Normal => v1::RunDetail::Normal,
            Detail::Debug => v1::RunDetail::Debug,
        }
        .into(),
        priority: request.priority,
        ..v1::RunTaskRequest::default()
    }
}

fn usage(usage: &Usage) -> v1::RunUsage {
    v1::RunUsage {
        model_calls: count(usage.model_calls),
        input_tokens: long(usage.input_tokens),
        cached_input_tokens: long(usage.cached_input_tokens),
        output_tokens: long(usage.output_tokens),
        cost_micros: usage.cost_micros.map(long),
        cost_is_partial: usage.cost_is_partial,
    }
}

pub(crate) fn run_error(error: &RunError) -> v1::RunError {
    v1::RunError {
        error_code: error.error_code.clone(),
        reasoning: error.reasoning.clone(),
    }
}

pub(crate) fn downloaded(file: &DownloadedFile, links: Option<&Links<'_>>) -> v1::DownloadedFile {
    v1::DownloadedFile {
        url: links
            .map(|it| it.to(&file.artifact_id, &file.filename))
            .unwrap_or_default(),
        checksum: file.checksum.clone(),
        filename: file.filename.clone(),
        file_size: long(file.size),
        artifact_id: file.artifact_id.to_string(),
    }
}

pub(crate) fn status(state: RunState) -> v1::RunStatus {
    match state {
        RunState::Created => v1::RunStatus::Created,
        RunState::Queued => v1::RunStatus::Queued,
        RunState::Running => v1::RunStatus::Running,
        RunState::Paused => v1::RunStatus::Paused,
        RunState::Completed => v1::RunStatus::Completed,
        RunState::Failed => v1::RunStatus::Failed,
        RunState::Terminated => v1::RunStatus::Terminated,
        RunState::TimedOut => v1::RunStatus::TimedOut,
        RunState::Canceled => v1::RunStatus::Canceled,
    }
}

/// The domain and the contract have the same names; a test holds them together.
pub(crate) fn category(category: FailureCategory) -> v1::FailureCategory {
    let name = format!("FAILURE_CATEGORY_{}", category.as_str());
    v1::FailureCategory::from_str_name(&name).unwrap_or(v1::FailureCategory::Unspecified)
}

#[cfg(test)]
mod tests {
    use errand_api::v1;
    use errand_domain::{FailureCategory, RunState};

    #[test]
    fn statuses_and_categories_have_the_same_names_on_both_sides() {
        for category in FailureCategory::ALL {
            let sent = super::category(*category);
            assert_eq!(
                sent.as_str_name(),
                format!("FAILURE_CATEGORY_{}", category.as_str())
            );
        }
        for state in RunState::ALL {
            let name = format!("RUN_STATUS_{}", state.as_str().to_uppercase());
            assert_eq!(
                v1::RunStatus::from_str_name(&name),
                Some(super::status(state))
            );
        }
    }
}
