//! A task as a caller asks for it, checked.

use std::time::Duration;

use errand_api::v1::{RunDetail, RunTaskRequest};
use errand_domain::{Body, TaskRequest, Text, Timestamp, event::MAX_BODY_BYTES, run::Detail};
use tonic::Status;

use super::{
    Engines, MAX_PROMPT_BYTES, MAX_REQUEST_ID_BYTES, MAX_STEPS, MAX_TIMEOUT_SECONDS, address,
    browser,
    codes::codes,
    headers::{headers, user_agent},
    labels::labels,
    schema,
    time::{duration, moment},
    unsupported,
};
use crate::violations::Violations;

const MAX_TITLE_BYTES: usize = 200;
const PRIORITIES: std::ops::RangeInclusive<i32> = -100..=100;

/// A request that can be carried out.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    pub(crate) request: TaskRequest,
    pub(crate) engine: String,
    pub(crate) engine_reason: String,
}

/// Checks a request whole.
///
/// # Errors
/// INVALID_ARGUMENT with every violation; FAILED_PRECONDITION if the engine needs a language model and
/// there is none.
pub(crate) fn task(
    given: &RunTaskRequest,
    engines: Engines<'_>,
    now: Timestamp,
) -> Result<Accepted, Status> {
    let mut violations = Violations::default();
    let found = &mut violations;
    let prompt = prompt(&given.prompt, found);
    let chosen = engines.choose(given, found);
    let place = browser::place(given, found);
    let in_session = place.session.is_some();
    let request = TaskRequest {
        url: start(&given.url, &prompt, in_session, chosen.finds_start, found),
        prompt,
        engine: (!given.engine.is_empty()).then(|| chosen.engine.clone()),
        model: chosen.model.clone(),
        max_tokens: chosen.max_tokens,
        max_cost_micros: chosen.max_cost_micros,
        data_extraction_schema: output_schema(&given.data_extraction_schema, found),
        max_steps: max_steps(given.max_steps, found),
        timeout_ms: timeout(given.timeout.as_ref(), found),
        not_after: not_after(given.not_after.as_ref(), now, found),
        title: title(&given.title, found),
        user_agent: user_agent(&given.user_agent, found),
        extra_http_headers: headers(&given.extra_http_headers, found),
        error_code_mapping: codes(&given.error_code_mapping, found),
        publish_workflow: given.publish_workflow,
        browser_session_id: place.session,
        browser_profile_id: place.profile,
        save_browser_profile: given.save_browser_profile,
        persist_browser_session: given.persist_browser_session,
        browser_address: place.address,
        labels: labels("labels", &given.labels, found),
        detail: detail(given.detail, found),
        priority: priority(given.priority, found),
    };
    request_id(&given.request_id, found);
    unsupported::refuse(given, found);
    let accepted = Accepted {
        request,
        engine: chosen.engine.clone(),
        engine_reason: chosen.reason.clone(),
    };
    size(&accepted, found);
    violations.finish()?;
    engines.is_ready(&chosen)?;
    Ok(accepted)
}

/// Checks a request id.
pub(crate) fn request_id(given: &str, violations: &mut Violations) {
    if given.len() > MAX_REQUEST_ID_BYTES || given.contains('\0') {
        let description = format!("must be at most {MAX_REQUEST_ID_BYTES} bytes without NUL");
        violations.add("request_id", description);
    }
}

fn prompt(given: &str, violations: &mut Violations) -> String {
    if given.trim().is_empty() {
        violations.add("prompt", "is empty: say in words what to do");
    } else if given.len() > MAX_PROMPT_BYTES {
        let description = format!("has {} bytes, at most {MAX_PROMPT_BYTES}", given.len());
        violations.add("prompt", description);
    }
    Text::new(given.trim()).into_string()
}

/// In a session a run goes on from where the one before stopped, unless it is told otherwise: an
/// address in its prompt may as well be one to go to later.
fn start(
    given: &str,
    prompt: &str,
    in_session: bool,
    may_lack: bool,
    violations: &mut Violations,
) -> Option<String> {
    let read = if given.is_empty() && in_session {
        return None;
    } else if given.is_empty() {
        address::find(prompt)
    } else {
        Some(address::parse(given))
    };
    match read {
        Some(Ok(url)) => Some(url.to_string()),
        Some(Err(wrong)) if given.is_empty() => {
            violations.add(
                "prompt",
                format!("names a URL that can't be opened: {wrong}"),
            );
            None
        }
        Some(Err(wrong)) => {
            violations.add("url", wrong);
            None
        }
        None if may_lack => None,
        None => {
            let description = "is empty, and the prompt names no URL or domain: set url, or name \
                               the place in the prompt (\"On example.com, …\")";
            violations.add("url", description);
            None
        }
    }
}

fn output_schema(given: &str, violations: &mut Violations) -> Option<String> {
    if given.is_empty() {
        return None;
    }
    if let Err(wrong) = schema::check(given) {
        violations.add("data_extraction_schema", wrong);
    }
    Some(given.to_owned())
}

fn max_steps(given: Option<i32>, violations: &mut Violations) -> Option<u32> {
    let given = given?;
    if !(1..=MAX_STEPS).contains(&given) {
        violations.add(
            "max_steps",
            format!("is {given}, but must be 1 to {MAX_STEPS}"),
        );
    }
    u32::try_from(given).ok()
}

fn timeout(given: Option<&prost_types::Duration>, violations: &mut Violations) -> Option<u64> {
    match duration(given?) {
        Ok(length) => {
            let most = Duration::from_secs(MAX_TIMEOUT_SECONDS);
            if !(Duration::from_secs(1)..=most).contains(&length) {
                let description = format!("must be 1 to {MAX_TIMEOUT_SECONDS} seconds");
                violations.add("timeout", description);
            }
            u64::try_from(length.as_millis()).ok()
        }
        Err(wrong) => {
            violations.add("timeout", wrong);
            None
        }
    }
}

fn not_after(
    given: Option<&prost_types::Timestamp>,
    now: Timestamp,
    violations: &mut Violations,
) -> Option<Timestamp> {
    match moment(given?) {
        Ok(at) if at > now => Some(at),
        Ok(_) => {
            violations.add("not_after", "has passed: name a time in the future");
            None
        }
        Err(wrong) => {
            violations.add("not_after", wrong);
            None
        }
    }
}

fn title(given: &str, violations: &mut Violations) -> Option<String> {
    if given.len() > MAX_TITLE_BYTES {
        let description = format!("has {} bytes, at most {MAX_TITLE_BYTES}", given.len());
        violations.add("title", description);
    }
    (!given.is_empty()).then(|| Text::new(given).into_string())
}

fn detail(given: i32, violations: &mut Violations) -> Detail {
    match RunDetail::try_from(given) {
        Ok(RunDetail::Unspecified | RunDetail::Normal) => Detail::Normal,
        Ok(RunDetail::Debug) => Detail::Debug,
        Err(_) => {
            violations.add("detail", format!("{given} is no detail: NORMAL or DEBUG"));
            Detail::Normal
        }
    }
}

fn priority(given: i32, violations: &mut Violations) -> i32 {
    if !PRIORITIES.contains(&given) {
        violations.add("priority", format!("is {given}, but must be -100 to 100"));
    }
    given
}

/// The request is event 1 of its run, and has to fit into it.
fn size(accepted: &Accepted, violations: &mut Violations) {
    let body = Body::RunCreated {
        request: accepted.request.clone(),
        engine: accepted.engine.clone(),
        engine_reason: accepted.engine_reason.clone(),
        retry_of: None,
    };
    // Room for the id of the run that a retry repeats.
    let limit = MAX_BODY_BYTES - 512;
    let length = serde_json::to_string(&body).map_or(usize::MAX, |it| it.len());
    if length > limit {
        let description =
            format!("the request as a whole has {length} bytes as JSON, at most {limit}");
        violations.add("", description);
    }
}
