//! Runs and timelines as lines for a person.

use errand_api::v1::{Run, TimelineAction, TimelineEntry, timeline_entry::Content};
use prost_types::Timestamp;

use crate::{output::plain, progress::word, usage};

/// One line of the list.
pub fn row(run: &Run) -> String {
    let request = run.run_request.as_ref();
    let title = request.map(|it| {
        if it.title.is_empty() {
            &it.prompt
        } else {
            &it.title
        }
    });
    let title = title
        .map(|it| errand_domain::text::clip(&plain(it), 60))
        .unwrap_or_default();
    let created = run.created_at.as_ref().map(time).unwrap_or_default();
    format!(
        "{}  {:<10}  {created}  {:<8}  {title}",
        run.run_id,
        word(run.status()),
        run.engine
    )
}

/// A whole run: one line for everything that is known.
pub fn run(run: &Run) -> Vec<String> {
    let mut lines = vec![format!("run       {}", plain(&run.run_id))];
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("{name:<9} {}", plain(value)));
        }
    };
    put("status", &word(run.status()));
    if let Some(request) = &run.run_request {
        put("title", &request.title);
        put("prompt", &request.prompt);
        put("url", &request.url);
        let mut labels: Vec<String> = request
            .labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        labels.sort_unstable();
        put("labels", &labels.join(" "));
    }
    put("engine", &format!("{} ({})", run.engine, run.engine_reason));
    put("waits", &run.queued_reason);
    if let Some(pause) = &run.pause {
        put("asks", &pause.reason);
        put(
            "answer",
            &crate::progress::how_to_answer(&run.run_id, pause.kind()),
        );
    }
    if run.queue_position > 0 {
        put("queue", &format!("position {}", run.queue_position));
    }
    let work = [
        count(run.step_count, "step"),
        count(run.action_count, "action"),
        count(run.effect_count, "effect"),
    ];
    put("work", &work.join(", "));
    let used = run.usage.as_ref().and_then(usage::words);
    put("models", &used.unwrap_or_default());
    if run.attempt > 1 {
        put("attempt", &run.attempt.to_string());
    }
    for (name, at) in [
        ("created", &run.created_at),
        ("started", &run.started_at),
        ("finished", &run.finished_at),
    ] {
        put(name, &at.as_ref().map(time).unwrap_or_default());
    }
    if !run.failure_reason.is_empty() {
        let category = run.failure_category().as_str_name();
        let category = category.trim_start_matches("FAILURE_CATEGORY_");
        put("failure", &format!("{category}: {}", run.failure_reason));
    }
    put("summary", &run.summary);
    for file in &run.downloaded_files {
        put(
            "download",
            &format!(
                "{} {} ({} bytes)",
                file.artifact_id, file.filename, file.file_size
            ),
        );
    }
    put("output", &run.output);
    for note in &run.output_notes {
        put("", note);
    }
    lines
}

/// One entry of the timeline: a step with what happened in it, or an event.
pub fn entry(entry: &TimelineEntry) -> Vec<String> {
    let at = entry.created_at.as_ref().map(time).unwrap_or_default();
    let Some(Content::Step(step)) = &entry.content else {
        return vec![format!("{at}  {}", plain(&entry.summary))];
    };
    let head = format!("{at}  step {}  {}", step.number, plain(&step.url));
    let mut lines = vec![head.trim_end().to_owned()];
    lines.extend(
        step.thoughts
            .iter()
            .map(|it| format!("    thought: {}", plain(it))),
    );
    lines.extend(
        step.model_calls
            .iter()
            .map(|it| format!("    {}", plain(&usage::call(it)))),
    );
    lines.extend(step.actions.iter().map(action));
    lines.extend(
        step.artifact_ids
            .iter()
            .map(|it| format!("    kept {}", plain(it))),
    );
    lines
}

fn action(action: &TimelineAction) -> String {
    let what = plain(&action.description);
    match (&action.finished_at, action.error.as_str()) {
        (None, _) => format!("    ? {what}: the outcome is not known"),
        (Some(_), "") => format!("    ✓ {what}"),
        (Some(_), error) => format!("    ✗ {what}: {}", plain(error)),
    }
}

fn count(number: impl Into<i64>, what: &str) -> String {
    let number = number.into();
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {what}{ending}")
}

/// To the second, UTC.
pub fn time(at: &Timestamp) -> String {
    jiff::Timestamp::from_second(at.seconds)
        .map(|it| it.to_string())
        .unwrap_or_default()
}
