//! What a run asks of a person, and what is answered.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{FailureCategory, Timestamp};

/// Longest answer in words, in bytes.
pub const MAX_ANSWER_BYTES: usize = 4 * 1024;

/// What kind of answer goes on with a paused run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wants {
    /// A yes to something that the run would do.
    Approval,
    /// Words: something that the run was not told.
    #[default]
    Answer,
    /// That a person does something in the browser which the run can't do, and says so.
    Help,
    /// That a person who controls the browser gives control back.
    Control,
}

impl Wants {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's own signature")]
    fn is_answer(&self) -> bool {
        *self == Self::Answer
    }

    /// What a response looks like, for a person.
    #[must_use]
    pub fn example(self) -> &'static str {
        match self {
            Self::Approval | Self::Help => r#"{"approved": true} or {"approved": false}"#,
            Self::Answer => r#"{"answer": "the words"} or {"approved": false}"#,
            Self::Control => "nothing: the run goes on when control of its browser is given back",
        }
    }

    /// Reads a response.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub fn read(self, response: &str) -> Result<Answer, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Response {
            approved: Option<bool>,
            answer: Option<Value>,
        }
        let example = self.example();
        if self == Self::Control {
            return Err(format!("is not waited for, but {example}"));
        }
        let read: Response =
            serde_json::from_str(response).map_err(|error| format!("is not {example}: {error}"))?;
        match (self, read.approved, read.answer) {
            (_, Some(false), None) => Ok(Answer::No),
            (Self::Approval | Self::Help, Some(true), None) => Ok(Answer::Yes),
            (Self::Answer, None | Some(true), Some(Value::String(text))) => {
                if text.trim().is_empty() {
                    Err("has an empty answer".to_owned())
                } else if text.len() > MAX_ANSWER_BYTES {
                    let length = text.len();
                    Err(format!(
                        "has an answer of {length} bytes, at most {MAX_ANSWER_BYTES}"
                    ))
                } else {
                    Ok(Answer::Text(crate::Text::new(text).into_string()))
                }
            }
            _ => Err(format!("is not {example}")),
        }
    }
}

/// What a run asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What answers it.
    pub wants: Wants,
    /// For a person: what is needed, and why.
    pub text: String,
    /// How the run ends if the answer is no.
    pub refused: FailureCategory,
}

impl Question {
    /// May the run do this? A no ends it.
    #[must_use]
    pub fn approval(text: impl Into<String>) -> Self {
        Self {
            wants: Wants::Approval,
            text: text.into(),
            refused: FailureCategory::RejectedByPerson,
        }
    }

    /// Something that the run must be told. A no ends it.
    #[must_use]
    pub fn answer(text: impl Into<String>) -> Self {
        Self {
            wants: Wants::Answer,
            text: text.into(),
            refused: FailureCategory::RejectedByPerson,
        }
    }

    /// Something that a person must do in the browser; without it the run fails like this.
    #[must_use]
    pub fn help(text: impl Into<String>, refused: FailureCategory) -> Self {
        Self {
            wants: Wants::Help,
            text: text.into(),
            refused,
        }
    }
}

/// What a person said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Go on.
    Yes,
    /// Don't.
    No,
    /// The words that were asked for.
    Text(String),
}

/// What a paused run waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// For a person: what is needed, and why.
    pub reason: String,
    /// When the pause ends the run.
    pub deadline: Option<Timestamp>,
    /// What kind of answer goes on with it. Logs of the first release have none.
    #[serde(default, skip_serializing_if = "Wants::is_answer")]
    pub wants: Wants,
}
