//! The conversation with a model that sees pictures, as it stands in the run's log.
//!
//! Only the last answer and the newest picture are sent again; what was done before stands in
//! lines. So the log needs no pictures to go on from, and a long run costs no more a step than a
//! short one.

use std::fmt::Write as _;

use errand_browser::{Node, Observation, page::Picture};
use errand_domain::{
    Action, Answer,
    action::{Button, Gesture},
    text::clip,
};
use errand_llm::{
    ComputerResult, Display, Image, Media, Message, Part, Request, SafetyCheck, Screen, ToolResult,
    Turn as Said,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{hand::Hand, prompt, tools::TOOLS};
use crate::{
    agent::{outcome, prompt::task, source::Sources, view::fenced},
    engine::Done,
};

/// Longest answer of the model that is remembered, in bytes of JSON.
const MAX_SAID: usize = 8 * 1024;
/// Lines of what was done that are kept, and the longest of them in bytes.
const MAX_DONE: usize = 40;
const MAX_LINE: usize = 160;
/// Words that are said with the next picture, and the longest in bytes.
const MAX_WORDS: usize = 20;
const MAX_WORD: usize = 1_000;
/// Options of a list that are told.
const MAX_OPTIONS: usize = 40;

/// A call that is answered with the next picture.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Open {
    pub id: String,
    /// Whether it is one of the computer tool, which wants a picture.
    pub screen: bool,
    /// What came of it.
    pub text: String,
    /// What a person has to allow before it is done.
    pub checks: Vec<SafetyCheck>,
}

/// Actions that wait for a person's yes.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Waiting {
    pub actions: Vec<Action>,
    pub thought: String,
    /// What is asked.
    pub text: String,
    /// The page that they were meant for.
    pub fingerprint: String,
}

/// Everything that is remembered from step to step.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Talk {
    /// What was done, a line each.
    done: Vec<String>,
    /// How many of them, at their end, are told as the results of the last answer.
    told: usize,
    /// The model's last answer.
    last: Option<Said>,
    /// Its calls.
    pub open: Vec<Open>,
    /// What is said with the next picture.
    words: Vec<String>,
    pub hand: Hand,
    pub waiting: Option<Waiting>,
    /// The call that asked a person.
    pub asked: Option<String>,
    /// What the model says at its end.
    pub claimed: Option<String>,
    pub kept: Vec<Value>,
    pub sources: Sources,
    /// Whether the last decision was to take a picture.
    pub seeing: bool,
    /// Answers that could not be used, one after the other.
    pub faults: u32,
    /// Ends that were not borne out.
    pub denied: u32,
    /// Steps in which nothing changed.
    pub idle: u32,
    /// Whether something was done since the last picture, and whether all of it came to nothing.
    pub acted: bool,
    pub idled: bool,
    /// The page and the picture of it before the last actions.
    pub before: String,
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

    /// What came of the last actions.
    pub fn came(&mut self, fresh: &[Done], seen: &Observation) {
        for done in fresh {
            let mut line = outcome(done);
            self.done.push(clip(&line, MAX_LINE));
            self.told += 1;
            if let Some(options) = undrawn(done, seen) {
                line.push_str(&options);
            }
            self.add(&line);
        }
        if self.done.len() > MAX_DONE {
            let over = self.done.len() - MAX_DONE;
            self.done.drain(..over);
        }
    }

    /// Something that is said with the next picture.
    pub fn add(&mut self, word: &str) {
        if self.words.len() < MAX_WORDS {
            self.words.push(clip(word, MAX_WORD));
        }
    }

    /// What a person said.
    pub fn answered(&mut self, answer: Option<&Answer>) {
        let said = match answer {
            Some(Answer::Text(text)) => format!("The person answers: {text}"),
            Some(Answer::Yes) => "The person says yes.".to_owned(),
            Some(Answer::No) | None => "There was no answer; ask again if it is needed.".to_owned(),
        };
        match self.asked.take() {
            Some(call) => {
                self.done.push(clip(&said, MAX_LINE));
                match self.open.iter_mut().find(|it| it.id == call) {
                    Some(open) => open.text = said,
                    None => self.add(&said),
                }
            }
            None if answer.is_some() => self.add("What stood in the way was dealt with."),
            None => {}
        }
    }

    /// An answer of the model, and its calls.
    pub fn said(&mut self, said: Said, open: Vec<Open>) {
        self.told = 0;
        let size = serde_json::to_string(&said).map_or(usize::MAX, |it| it.len());
        self.last = Some(said).filter(|_| size <= MAX_SAID);
        self.open = if self.last.is_some() {
            open
        } else {
            // Nothing is left that they would answer.
            for open in open.iter().filter(|it| !it.text.is_empty()) {
                self.add(&open.text);
            }
            Vec::new()
        };
    }

    /// Leaves out the model's last answer.
    pub fn forget(&mut self) {
        self.told = 0;
        self.last = None;
        self.open.clear();
    }

    /// What the model is asked next.
    pub fn request(
        &mut self,
        goal: &str,
        schema: Option<&Value>,
        seen: &Observation,
        picture: &Picture,
        screen: Screen,
    ) -> Request {
        let image = Image::new(Media::Png, &picture.png);
        let mut messages = vec![Message::user(self.head(goal, schema))];
        let mut parts = Vec::new();
        if let Some(last) = self.last.clone() {
            messages.push(Message::Assistant(last));
            parts = self.results(&image, screen);
        }
        let mut words = std::mem::take(&mut self.words).join("\n");
        let _ = write!(words, "\n{}", here(seen));
        parts.push(Part::Text(words.trim_start().to_owned()));
        if !parts.iter().any(|it| matches!(it, Part::Screen(_))) {
            parts.push(Part::Image(image));
        }
        messages.push(Message::User(parts));
        let display = Display {
            width: picture.width,
            height: picture.height,
        };
        let is_tool = screen.is_tool();
        Request {
            system: if is_tool {
                prompt::DRIVE.to_owned()
            } else {
                prompt::write()
            },
            messages,
            tools: if is_tool { TOOLS.clone() } else { Vec::new() },
            computer: is_tool.then_some(display),
            ..Request::default()
        }
    }

    /// The task, and what was done before the last answer.
    pub fn head(&self, goal: &str, schema: Option<&Value>) -> String {
        let mut head = task(goal, None);
        if let Some(schema) = schema {
            let schema = schema.to_string();
            head.push_str("At the end, be on the page that shows what fits this JSON Schema: ");
            head.push_str(&schema);
            head.push('\n');
        }
        let before = self.done.len().saturating_sub(self.told);
        if before > 0 {
            head.push_str("Done so far:\n");
        }
        for line in &self.done[..before] {
            head.push_str("- ");
            head.push_str(line);
            head.push('\n');
        }
        if !self.kept.is_empty() {
            let _ = writeln!(head, "{} items are kept.", self.kept.len());
        }
        head
    }

    fn results(&mut self, image: &Image, screen: Screen) -> Vec<Part> {
        let last = self.open.iter().rposition(|it| it.screen);
        let open = std::mem::take(&mut self.open).into_iter().enumerate();
        let parts = open.map(|(index, open)| {
            let text = Some(open.text).filter(|it| !it.is_empty());
            // OpenAI wants a picture for each.
            let pictured = Some(index) == last || screen == Screen::Openai;
            if open.screen && pictured {
                return Part::Screen(ComputerResult {
                    call_id: open.id,
                    screenshot: image.clone(),
                    note: text,
                    acknowledged: open.checks,
                });
            }
            let text = text.unwrap_or_else(|| "done".to_owned());
            Part::Result(ToolResult::text(open.id, text))
        });
        parts.collect()
    }
}

/// Where the browser is, which no picture of a page shows.
fn here(seen: &Observation) -> String {
    let mut text = format!("{}\n{}\n", clip(&seen.title, 200), clip(&seen.url, 500));
    if seen.tabs.len() > 1 {
        for tab in &seen.tabs {
            let _ = writeln!(text, "tab {}", clip(&tab.to_string(), 300));
        }
    }
    fenced(&text)
}

/// The options of a list that was clicked: nothing draws them into the page.
fn undrawn(done: &Done, seen: &Observation) -> Option<String> {
    let Action::Pointer {
        gesture: Gesture::Click {
            button: Button::Left,
            ..
        },
        target: Some(target),
        ..
    } = &done.action
    else {
        return None;
    };
    let is_list = |it: &&Node| it.tag == "select" && !it.options.is_empty();
    let node = seen.node(&target.element).filter(is_list)?;
    let labels = node.options.iter().take(MAX_OPTIONS);
    let labels: Vec<&str> = labels.map(|it| &*it.label).collect();
    let more = node.options.len().saturating_sub(labels.len());
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    Some(format!(
        ". Its options are not in the picture; type the beginning of one:\n{}{more}",
        fenced(&labels.join(" | "))
    ))
}
