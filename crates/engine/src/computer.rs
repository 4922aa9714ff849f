//! The engines `openai_cua`, `anthropic_cua` and `ui_tars`: a model sees the page as a picture and
//! says where to click. How it says so differs; everything else is the same.
//!
//! What it says at its end is checked as every model's is: by a second opinion that reads the page
//! as text and has to quote it.

mod hand;
mod prompt;
mod reply;
mod talk;
mod tools;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use errand_browser::{Observation, observation::Dialog, page::Picture};
use errand_domain::{
    Action, Answer, FailureCategory, Question,
    port::{ArtifactSink, EventSink},
    run::RunError,
    text::clip,
};
use errand_llm::{Message, Meter, Models, Request, Role, Screen, Want};

use crate::{
    agent::{Agent, Finished, Said, stall::is_idle, stuck, view::fenced},
    engine::{Decision, Engine, Turn},
};
use reply::Taken;
use talk::{Talk, Waiting};

/// Answers in one step.
const MAX_ROUNDS: usize = 4;
/// Steps in a row whose answers could not be used.
const MAX_FAULTS: u32 = 3;
/// Times that the model may say in vain that it is done.
const MAX_DENIED: u32 = 3;
/// Steps without any change before the model is told so, and before it is given up.
const IDLE_TOLD: u32 = 2;
const IDLE_MOST: u32 = 6;

/// Decides by a model that sees the page as a picture.
pub struct Computer<'a> {
    agent: Agent<'a>,
    name: &'static str,
    /// How the model acts.
    screen: Screen,
    /// Width and height that a picture has at most.
    most: (u32, u32),
}

impl<'a> Computer<'a> {
    /// The name of the engine for a model that acts in this way.
    #[must_use]
    pub fn name_of(screen: Screen) -> &'static str {
        match screen {
            Screen::Openai => "openai_cua",
            Screen::Anthropic => "anthropic_cua",
            Screen::UiTars(_) => "ui_tars",
        }
    }

    /// For one run, as [`Agent::new`]; none where the model that decides acts on no screen.
    #[must_use]
    pub fn new(
        models: Models,
        meter: Arc<Meter>,
        events: &'a dyn EventSink,
        artifacts: &'a dyn ArtifactSink,
    ) -> Option<Self> {
        let can = models.of(Role::Decide)?.capabilities();
        let screen = can.screen?;
        Some(Self {
            agent: Agent::new(models, meter, events, artifacts),
            name: Self::name_of(screen),
            screen,
            most: (can.max_picture.width, can.max_picture.height),
        })
    }

    /// What is to be done before the model is asked, when a step begins.
    async fn begin(&self, turn: &Turn<'_>, talk: &mut Talk) -> Option<Decision> {
        let fresh = &turn.history[turn.history.len() - turn.fresh..];
        talk.came(fresh, turn.observation);
        if let Some(waiting) = talk.waiting.take() {
            return Some(allowed(turn, talk, waiting));
        }
        talk.answered(turn.answer);
        if let Some(dialog) = &turn.observation.dialog {
            return Some(self.dialog(turn, talk, dialog).await);
        }
        // A person would see it.
        let opened = fresh
            .iter()
            .rev()
            .find_map(|it| it.effect.opened_tab.clone());
        let is_behind = |id: &String| {
            let mut tabs = turn.observation.tabs.iter();
            tabs.any(|tab| tab.id == *id && !tab.current)
        };
        if let Some(tab) = opened.filter(is_behind) {
            return Some(Decision::Act {
                thought: "another tab opened; it is looked at".to_owned(),
                actions: vec![Action::SwitchTab { tab }],
                memory: talk.memory(),
            });
        }
        talk.acted = !fresh.is_empty();
        talk.idled = fresh.iter().all(is_idle);
        None
    }

    /// Whether the last actions changed anything that can be seen, in words or in the picture; the
    /// end, if nothing has for too long.
    fn stalls(turn: &Turn<'_>, picture: &Picture, talk: &mut Talk) -> Option<Decision> {
        let picture = errand_domain::log::sha256(&picture.png);
        let page = format!("{} {picture}", turn.observation.fingerprint);
        let same = std::mem::replace(&mut talk.before, page) == talk.before;
        if !std::mem::take(&mut talk.acted) {
            return None;
        }
        talk.idle = if same && talk.idled { talk.idle + 1 } else { 0 };
        if talk.idle >= IDLE_MOST {
            let last = turn.history.last().map(|it| it.action.describe());
            let reason = format!(
                "nothing on the page changed in {IDLE_MOST} steps, the last: {}",
                last.unwrap_or_default()
            );
            return Some(stuck(FailureCategory::Loop, reason));
        }
        if talk.idle >= IDLE_TOLD {
            talk.add("Nothing on the page has changed. Try something else.");
        }
        None
    }

    /// A window that the page opened: no picture shows it, and nothing goes on before it is
    /// answered.
    async fn dialog(&self, turn: &Turn<'_>, talk: &mut Talk, dialog: &Dialog) -> Decision {
        let message = fenced(&format!("{}: {}", dialog.kind, dialog.message));
        let act = |accept, text: Option<String>, talk: &Talk| Decision::Act {
            thought: format!("the page says: {}", clip(&dialog.message, 500)),
            actions: vec![Action::AnswerDialog { accept, text }],
            memory: talk.memory(),
        };
        talk.add(&format!(
            "The page opened a window, which was answered:\n{message}"
        ));
        if dialog.kind == "alert" {
            return act(true, None, talk);
        }
        let words = format!("{}\nThe window:\n{message}", talk.head(turn.goal, None));
        let Some(schema) = tools::DIALOG.clone() else {
            return stuck(FailureCategory::Internal, "no schema".to_owned());
        };
        let request = Request {
            system: prompt::DIALOG.to_owned(),
            messages: vec![Message::user(words)],
            want: Want::Json {
                name: "answer".to_owned(),
                schema,
            },
            ..Request::default()
        };
        // One that writes nothing but actions can't say it.
        let role = if self.screen.is_tool() {
            Role::Decide
        } else {
            Role::Plan
        };
        for _ in 0..2 {
            match self.agent.ask(role, &request).await {
                Ok(reply) => {
                    if let Some(Ok(answer)) = reply.json {
                        let text = answer["text"].as_str().map(str::to_owned);
                        return act(answer["accept"] == true, text, talk);
                    }
                }
                Err(decision) => return decision,
            }
        }
        let reason = format!(
            "the model did not say how to answer the page's window \"{}\"",
            clip(&dialog.message, 200)
        );
        stuck(FailureCategory::ModelError, reason)
    }

    /// What the model says at its end, checked; none where it is told that it is not borne out.
    async fn conclude(&self, turn: &Turn<'_>, talk: &mut Talk) -> Option<Decision> {
        let said = talk.claimed.clone()?;
        let needs_all = turn.schema.is_some() || turn.observation.truncated;
        if needs_all && turn.reading.is_none() {
            return Some(Decision::Read {
                thought: "reading the page to check what was said".to_owned(),
                region: None,
                memory: talk.memory(),
            });
        }
        talk.claimed = None;
        let output = match self.agent.extract(turn, &said, &talk.kept).await {
            Ok(output) => output,
            Err(decision) => return Some(decision),
        };
        let finished = match output {
            Err(reason) => Finished::Denied(reason, Vec::new()),
            Ok(output) => {
                let said = Said {
                    claims: &[],
                    output,
                    sources: &talk.sources,
                    kept: &talk.kept,
                    summary: &said,
                };
                self.agent.bear_out(turn, said).await
            }
        };
        match finished {
            Finished::Decided(decision) => Some(decision),
            Finished::Denied(reason, claims) => {
                talk.denied += 1;
                if talk.denied >= MAX_DENIED {
                    return Some(Decision::Stuck {
                        category: FailureCategory::VerificationFailed,
                        reason,
                        claims,
                    });
                }
                talk.add(&format!("It is not done: {reason}"));
                None
            }
        }
    }
}

/// Goes on with what a person was asked to allow; a no has ended the run.
fn allowed(turn: &Turn<'_>, talk: &mut Talk, waiting: Waiting) -> Decision {
    if turn.answer != Some(&Answer::Yes) {
        let question = Question::approval(waiting.text.clone());
        let thought = waiting.thought.clone();
        talk.waiting = Some(waiting);
        return Decision::Ask {
            thought,
            question,
            memory: talk.memory(),
        };
    }
    let mut actions = waiting.actions;
    if waiting.fingerprint != turn.observation.fingerprint {
        talk.add(
            "A person allowed it, but the page has changed meanwhile, so that it was not done.",
        );
        actions.clear();
    }
    Decision::Act {
        thought: format!("a person allowed it: {}", waiting.thought),
        actions,
        memory: talk.memory(),
    }
}

#[async_trait]
impl Engine for Computer<'_> {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn decide(&self, turn: &Turn<'_>) -> Decision {
        let mut talk = Talk::resume(turn.memory);
        let asked = std::mem::replace(&mut talk.seeing, false);
        if turn.reading.is_none()
            && turn.picture.is_none()
            && !asked
            && let Some(decision) = self.begin(turn, &mut talk).await
        {
            return decision;
        }
        if let Some(decision) = self.conclude(turn, &mut talk).await {
            return decision;
        }
        let Some(picture) = turn.picture else {
            if asked {
                let reason = "no picture of the page could be taken";
                return stuck(FailureCategory::ActionFailed, reason.to_owned());
            }
            talk.seeing = true;
            return Decision::See {
                thought: "a look at the page".to_owned(),
                within: self.most,
                memory: talk.memory(),
            };
        };
        if let Some(decision) = Self::stalls(turn, picture, &mut talk) {
            return decision;
        }
        let mut why = String::new();
        let mut faults = 0;
        for _ in 0..MAX_ROUNDS {
            let request = talk.request(
                turn.goal,
                turn.schema,
                turn.observation,
                picture,
                self.screen,
            );
            let reply = match self.agent.ask(Role::Decide, &request).await {
                Ok(reply) => reply,
                Err(decision) => return decision,
            };
            match reply::take(reply, turn, picture, self.screen, &mut talk) {
                Taken::Decided(decision) => return decision,
                Taken::Again => {
                    if let Some(decision) = self.conclude(turn, &mut talk).await {
                        return decision;
                    }
                }
                // It is told once.
                Taken::Faulty(fault) => {
                    why = fault;
                    faults += 1;
                    if faults == 2 {
                        break;
                    }
                }
            }
        }
        talk.faults += 1;
        let thought = format!("the model's answer can't be used: {why}");
        if talk.faults >= MAX_FAULTS {
            return stuck(FailureCategory::ModelError, thought);
        }
        Decision::Act {
            thought: clip(&thought, 1_000),
            actions: Vec::new(),
            memory: talk.memory(),
        }
    }

    async fn named(
        &self,
        codes: &BTreeMap<String, String>,
        reason: &str,
        seen: Option<&Observation>,
    ) -> Option<Vec<RunError>> {
        self.agent.named(codes, reason, seen).await
    }
}
