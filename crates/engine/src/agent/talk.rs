//! The conversation with a model, as it stands in the run's log.
//!
//! It only grows at its end, so that providers' caches hit, until it is too long or the page is
//! another one; then what was done is put into few lines and the page is shown in whole again.

use errand_domain::Answer;
use errand_llm::{Message, Part, Raw, Request, ToolResult, Turn as Said, Want};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    prompt,
    source::Sources,
    stall::Stall,
    tools::TOOLS,
    view::{difference, fenced},
};
use crate::engine::Done;

/// Longest memory that is written into the log, in bytes of JSON: the loop takes no more than
/// 48 KiB, and an engine around this one has something of its own.
const MAX_MEMORY: usize = 36 * 1024;
/// Longest conversation until the page is shown anew, in bytes of JSON.
const MAX_TALK: usize = 24 * 1024;
/// A page that is longer than this is shown in whole each time, and never remembered.
const MAX_BASE: usize = 12 * 1024;
/// Longest part of a turn that only its provider understands, in bytes of JSON.
const MAX_RAW: usize = 8 * 1024;
/// Differences until the whole page is shown again.
const MAX_DIFFERENCES: u32 = 4;
/// Lines of what was done that are kept.
const MAX_DONE: usize = 60;
/// Longest of them, in bytes.
const MAX_LINE: usize = 200;

/// What the model claims at the end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Claimed {
    /// The call that claimed it.
    pub call_id: String,
    /// What was done.
    pub summary: String,
    /// The output.
    pub output: Option<Value>,
    /// A claim for each part of the goal.
    pub claims: Vec<Evidence>,
}

/// A claim, and what shows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// The part of the goal.
    pub clause: String,
    /// `text`, `url`, `value`, `file` or `output`.
    pub by: String,
    /// The field, for `value`.
    pub id: Option<String>,
    /// What is to be found.
    #[serde(rename = "is")]
    pub expected: Option<String>,
}

/// Everything that is remembered from step to step.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Talk {
    /// What was done before the messages, a line each.
    pub done: Vec<String>,
    /// The conversation since.
    messages: Vec<Message>,
    /// The whole page that is in it, if one is.
    base: Option<String>,
    /// Its address.
    url: String,
    differences: u32,
    /// Calls whose results are not in the conversation yet: id, and what is to be said.
    open: Vec<(String, String)>,
    /// What is to be shown after the actions.
    pub claimed: Option<Claimed>,
    /// A part of the page that was asked for: call, and which part.
    pub reading: Option<(String, usize)>,
    /// Items for the output.
    pub kept: Vec<Value>,
    /// Where values were read.
    pub sources: Sources,
    /// Answers that could not be used, one after the other.
    pub faults: u32,
    /// Claims that were not borne out.
    pub denied: u32,
    /// Readings since the last action.
    pub reads: u32,
    /// The call that asked a person.
    pub asked: Option<String>,
    /// Whether the last decision was to take a picture.
    pub seeing: bool,
    /// How long nothing has changed.
    pub stall: Stall,
    /// Words that go with the next page.
    words: Vec<String>,
}

impl Talk {
    /// Goes on from what was remembered; begins anew where that is something else.
    pub fn resume(memory: &Value) -> Self {
        Self::deserialize(memory).unwrap_or_default()
    }

    /// What to remember.
    pub fn memory(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// What came of the last actions: into the results of the calls that asked for them.
    pub fn came(&mut self, fresh: &[Done]) {
        let told: Vec<String> = fresh.iter().map(outcome).collect();
        for line in &told {
            self.note(line);
        }
        let text = told.join("\n");
        if let Some((_, result)) = self.open.first_mut().filter(|it| it.1.is_empty()) {
            *result = text;
        }
    }

    /// What a person said, into the result of the call that asked them.
    pub fn answered(&mut self, answer: Option<&Answer>) {
        let said = match answer {
            Some(Answer::Text(text)) => format!("The person answers: {text}"),
            Some(Answer::Yes) => "The person says yes.".to_owned(),
            // A no ends the run; nothing is said where the server was stopped meanwhile.
            Some(Answer::No) | None => "There was no answer; ask again if it is needed.".to_owned(),
        };
        match self.asked.take() {
            Some(call) => {
                self.note(&said);
                self.set(&call, &said);
            }
            None if answer.is_some() => self.add("What stood in the way was dealt with."),
            None => {}
        }
    }

    /// Something that is said with the next page.
    pub fn add(&mut self, word: &str) {
        self.words.push(word.to_owned());
    }

    fn note(&mut self, line: &str) {
        self.done.push(errand_domain::text::clip(line, MAX_LINE));
        if self.done.len() > MAX_DONE {
            let over = self.done.len() - MAX_DONE;
            self.done.drain(..over);
        }
    }

    /// A turn of the model, and the calls in it that are to be answered: with these words, or, where
    /// they are empty, with what comes of the actions.
    pub fn said(&mut self, mut said: Said, results: Vec<(String, String)>) {
        // What only the provider understands goes back to it, as far as it can be remembered.
        let size = |it: &Raw| serde_json::to_string(it).map_or(usize::MAX, |it| it.len());
        said.raw = said.raw.filter(|it| size(it) <= MAX_RAW);
        said.text = errand_domain::text::clip(&said.text, 2_000);
        self.messages.push(Message::Assistant(said));
        self.open = results;
    }

    /// What a call is answered with.
    pub fn set(&mut self, call: &str, text: &str) {
        if let Some((_, result)) = self.open.iter_mut().find(|it| it.0 == call) {
            text.clone_into(result);
        }
    }

    /// Answers the open calls, with a word to it.
    pub fn answer(&mut self, word: Option<&str>) {
        let mut parts: Vec<Part> = Vec::new();
        for (id, text) in std::mem::take(&mut self.open) {
            let text = if text.is_empty() {
                "nothing came of it"
            } else {
                &text
            };
            parts.push(Part::Result(ToolResult::text(id, text)));
        }
        let words = std::mem::take(&mut self.words);
        parts.extend(words.into_iter().map(Part::Text));
        parts.extend(word.map(|it| Part::Text(it.to_owned())));
        if !parts.is_empty() {
            self.messages.push(Message::User(parts));
        }
    }

    /// Shows the page as it is now.
    pub fn show(&mut self, url: &str, now: &str) {
        let same_page = self.url == url && !self.messages.is_empty();
        let changed = self
            .base
            .as_deref()
            .filter(|_| same_page && self.differences < MAX_DIFFERENCES)
            .and_then(|base| difference(base, now));
        url.clone_into(&mut self.url);
        if let Some(lines) = changed {
            self.differences += 1;
            let word = match lines.is_empty() {
                true => "The page is as it was when it was last shown in whole.".to_owned(),
                false => format!(
                    "Changed since the page was last shown in whole:\n{}",
                    fenced(&lines)
                ),
            };
            self.answer(Some(&word));
            return;
        }
        if now.len() > MAX_BASE || self.size() + now.len() > MAX_TALK {
            self.fold();
        }
        self.differences = 0;
        self.base = (now.len() <= MAX_BASE).then(|| now.to_owned());
        self.answer(Some(&format!("The page:\n{}", fenced(now))));
    }

    /// Leaves out what was said; what was done stands in its lines.
    fn fold(&mut self) {
        self.messages.clear();
        self.open.clear();
        self.base = None;
    }

    fn size(&self) -> usize {
        serde_json::to_string(&self.messages).map_or(usize::MAX, |it| it.len())
    }

    /// What the model is asked next.
    pub fn request(&self, goal: &str, schema: Option<&Value>) -> Request {
        let mut head = prompt::task(goal, schema);
        // The lines of what is still in the conversation would be there twice.
        let told = self.messages.iter().map(results).sum::<usize>();
        let before = self.done.len().saturating_sub(told);
        if before > 0 {
            head.push_str("Done so far:\n");
            for line in &self.done[..before] {
                head.push_str("- ");
                head.push_str(line);
                head.push('\n');
            }
        }
        if !self.kept.is_empty() {
            head.push_str(&format!("{} items are kept.\n", self.kept.len()));
        }
        let mut messages = vec![Message::user(head)];
        messages.extend(self.messages.iter().cloned());
        Request {
            system: prompt::DRIVE.to_owned(),
            messages,
            tools: TOOLS.clone(),
            want: Want::AnyTool,
            ..Request::default()
        }
    }

    /// Before it is remembered: a page that is too long for it is left out, with what was said on it.
    pub fn shrink(&mut self) {
        if self.base.is_none() || self.memory().to_string().len() > MAX_MEMORY {
            self.fold();
        }
    }
}

/// Lines of what was done that a message holds.
fn results(message: &Message) -> usize {
    let Message::User(parts) = message else {
        return 0;
    };
    let lines = parts.iter().map(|part| match part {
        Part::Result(result) => result
            .content
            .iter()
            .map(|it| match it {
                Part::Text(text) => text.lines().filter(|it| it.starts_with("did ")).count(),
                _ => 0,
            })
            .sum(),
        _ => 0,
    });
    lines.sum()
}

/// An action and what came of it, in a line.
pub fn outcome(done: &Done) -> String {
    let mut line = format!("did {}", done.action.describe());
    if let Some(error) = &done.error {
        return format!("{line}: failed: {}", errand_domain::text::clip(error, 400));
    }
    let effect = &done.effect;
    let mut said = Vec::new();
    if let Some(value) = &effect.value {
        said.push(format!(
            "it holds \"{}\"",
            errand_domain::text::clip(value, 120)
        ));
    }
    if let Some(checked) = effect.checked {
        said.push(if checked { "it is on" } else { "it is off" }.to_owned());
    }
    if effect.navigated {
        said.push(format!("now at {}", effect.url));
    }
    if let Some(dialog) = &effect.dialog {
        said.push(format!("a dialog opened: {dialog}"));
    }
    if let Some(tab) = &effect.opened_tab {
        said.push(format!("tab {tab} opened"));
    }
    for file in &effect.files {
        said.push(format!("{} arrived", file.filename));
    }
    if said.is_empty() && !effect.changed {
        said.push("nothing changed".to_owned());
    }
    if !said.is_empty() {
        line.push_str(": ");
        line.push_str(&said.join(", "));
    }
    line
}
