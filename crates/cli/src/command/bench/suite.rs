//! The file of a suite.

use std::{fs, io::Read as _, path::Path};

use errand_api::v1::RunTaskRequest;
use serde::Deserialize;
use serde_json::Value;

use crate::exit::Misuse;

const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// Most tasks of a suite.
const MAX_TASKS: usize = 1_000;

/// What is to be done.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// `[[tasks]]`
    pub tasks: Vec<Case>,
}

/// A task, and what must come of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// For the report.
    pub name: String,
    /// As in `errand run`.
    pub prompt: String,
    #[serde(default)]
    url: String,
    /// JSON Schema of the output, as JSON text.
    schema: Option<String>,
    max_steps: Option<i32>,
    max_tokens: Option<i64>,
    /// Seconds.
    timeout: Option<i64>,
    /// The state that the run must end in.
    #[serde(default = "completed")]
    pub status: String,
    /// JSON text: every key of it must be in the output, with the same value.
    pub output: Option<String>,
    /// Names of files that must have arrived, or parts of them.
    #[serde(default)]
    pub files: Vec<String>,
}

fn completed() -> String {
    "completed".to_owned()
}

impl Suite {
    /// Reads a suite.
    ///
    /// # Errors
    /// [`Misuse`] naming the file, the line or the task.
    pub fn read(path: &Path) -> Result<Self, Misuse> {
        let refuse = |reason: String| Misuse(format!("the suite {}: {reason}", path.display()));
        let mut text = String::new();
        let file = fs::File::open(path).map_err(|error| refuse(error.to_string()))?;
        let read = file.take(MAX_BYTES + 1).read_to_string(&mut text);
        let read = read.map_err(|error| refuse(error.to_string()))?;
        if read as u64 > MAX_BYTES {
            return Err(refuse(format!("is longer than {MAX_BYTES} bytes")));
        }
        let mut suite: Self = toml::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        if suite.tasks.is_empty() || suite.tasks.len() > MAX_TASKS {
            let count = suite.tasks.len();
            return Err(refuse(format!(
                "has {count} tasks; 1 to {MAX_TASKS} can be run"
            )));
        }
        for (at, case) in suite.tasks.iter_mut().enumerate() {
            let wrong =
                |what: String| refuse(format!("task {} (\"{}\"): {what}", at + 1, case.name));
            for (field, json) in [("output", &case.output), ("schema", &case.schema)] {
                let read = json.as_deref().map(serde_json::from_str::<Value>);
                if let Some(Err(error)) = read {
                    return Err(wrong(format!("{field} is no JSON: {error}")));
                }
            }
            if errand_domain::RunState::parse(&case.status).is_none_or(|it| !it.is_final()) {
                return Err(wrong(format!(
                    "{} is no state that a run ends in",
                    case.status
                )));
            }
        }
        Ok(suite)
    }
}

impl Case {
    /// What the server is asked.
    pub fn request(&self) -> RunTaskRequest {
        RunTaskRequest {
            prompt: self.prompt.clone(),
            url: self.url.clone(),
            data_extraction_schema: self.schema.clone().unwrap_or_default(),
            max_steps: self.max_steps,
            max_tokens: self.max_tokens,
            timeout: self
                .timeout
                .map(|seconds| prost_types::Duration { seconds, nanos: 0 }),
            title: errand_domain::text::clip(&self.name, 200),
            labels: [("bench".to_owned(), "1".to_owned())].into(),
            ..RunTaskRequest::default()
        }
    }

    /// Whether the output has all that it must have.
    pub fn fits(&self, output: &str) -> bool {
        let Some(wanted) = &self.output else {
            return true;
        };
        let read = |text: &str| serde_json::from_str::<Value>(text).ok();
        match (read(wanted), read(output)) {
            (Some(wanted), Some(output)) => holds(&output, &wanted),
            _ => false,
        }
    }
}

/// Whether a value has all of another: objects may have more keys.
fn holds(output: &Value, wanted: &Value) -> bool {
    match (output, wanted) {
        (Value::Object(output), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, value)| output.get(key).is_some_and(|it| holds(it, value))),
        (Value::Array(output), Value::Array(wanted)) => {
            output.len() == wanted.len()
                && output
                    .iter()
                    .zip(wanted)
                    .all(|(it, value)| holds(it, value))
        }
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        _ => output == wanted,
    }
}
