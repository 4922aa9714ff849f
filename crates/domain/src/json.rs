//! The seeds' JSON of a run: one serializer for webhooks, the command line and HTTP.

use serde_json::{Map, Value, json};

use crate::{Run, Timestamp};

/// RFC 3339 in UTC with microseconds.
#[must_use]
pub fn timestamp(at: Timestamp) -> String {
    let seconds = at.micros().div_euclid(1_000_000);
    let micros = at.micros().rem_euclid(1_000_000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{micros:06}Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// Gregorian date of a day counted from 1970-01-01, by counting in 400-year cycles from March.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let cycle = shifted.div_euclid(146_097);
    let day_of_cycle = shifted.rem_euclid(146_097);
    let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524
        - day_of_cycle / 146_096)
        / 365;
    let day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_cycle + cycle * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// A run as the seeds show it.
#[must_use]
pub fn run(run: &Run) -> Value {
    let time = |at: Option<Timestamp>| at.map_or(Value::Null, |at| timestamp(at).into());
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| {
        object.insert(key.to_owned(), value);
    };
    put("run_id", run.id.as_str().into());
    put("run_type", "task".into());
    put("status", run.state.as_str().into());
    put("output", run.output_value().unwrap_or(Value::Null));
    put("output_notes", json!(run.output_notes));
    put("downloaded_files", json!(run.downloaded_files));
    put(
        "failure_reason",
        json!(run.failure.as_ref().map(|it| &it.reason)),
    );
    put(
        "failure_category",
        json!(run.failure.as_ref().map(|it| it.category)),
    );
    put("errors", json!(run.errors));
    put("summary", json!(run.summary));
    put("step_count", run.step_count.into());
    put("usage", json!(run.usage));
    put("engine", run.engine.as_str().into());
    put("labels", json!(run.request.labels));
    put("created_at", timestamp(run.created_at).into());
    put("modified_at", timestamp(run.modified_at).into());
    put("queued_at", time(run.queued_at));
    put("started_at", time(run.started_at));
    put("finished_at", time(run.finished_at));
    put("run_request", json!(run.request));
    Value::Object(object)
}
