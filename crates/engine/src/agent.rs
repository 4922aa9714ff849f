//! The engine `agent`: a model decides, several actions an answer; what it claims at the end is
//! looked up, and checked by a second opinion.

pub(crate) mod answer;
mod check;
mod code;
mod end;
mod excerpt;
mod extract;
pub(crate) mod order;
pub(crate) mod prompt;
pub(crate) mod source;
pub(crate) mod stall;
pub(crate) mod talk;
pub(crate) mod tools;
mod verdict;
pub(crate) mod view;
mod wire;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use errand_browser::Observation;
use errand_domain::{
    Draft, FailureCategory,
    event::Body,
    port::{ArtifactSink, EventSink},
    run::RunError,
    text::clip,
};
use errand_llm::{
    Call, Image, Media, Message, Meter, Models, Part, Reply, Request, Role, Screenshots,
};
use serde_json::Value;

use crate::engine::{Decision, Done, Engine, Turn};
use answer::{Answer, output};
pub(crate) use end::{Finished, Said};
use stall::Remedy;
pub(crate) use talk::outcome;
use talk::{Claimed, Talk};

/// The task as a model is told it.
pub(crate) fn task(goal: &str, schema: Option<&Value>) -> String {
    prompt::task(goal, schema)
}

/// The page as a model is shown it.
pub(crate) fn page(seen: &errand_browser::Observation) -> String {
    view::fenced(&view::whole(seen))
}

/// Longest title, in bytes.
const MAX_TITLE: usize = 200;
/// Answers in one step.
const MAX_ROUNDS: usize = 4;
/// Steps in a row whose answers could not be used.
const MAX_FAULTS: u32 = 3;
/// Times that the model may claim to be done in vain.
const MAX_DENIED: u32 = 3;

/// Decides by a model.
pub struct Agent<'a> {
    models: Models,
    meter: Arc<Meter>,
    events: &'a dyn EventSink,
    artifacts: &'a dyn ArtifactSink,
    pictures: wire::Kept,
}

/// What an answer comes to.
enum Taken {
    Decided(Decision),
    /// Something was said to the model; it is asked again.
    Again,
    /// The answer can't be used; it was told why.
    Faulty(String),
}

impl<'a> Agent<'a> {
    /// For one run: with its models, and what they may use; the traffic goes to its log and its
    /// artifacts.
    #[must_use]
    pub fn new(
        models: Models,
        meter: Arc<Meter>,
        events: &'a dyn EventSink,
        artifacts: &'a dyn ArtifactSink,
    ) -> Self {
        Self {
            models,
            meter,
            events,
            artifacts,
            pictures: wire::Kept::default(),
        }
    }

    /// Says in the log how the run may be called.
    pub(crate) async fn entitle(&self, title: &str) {
        let title = clip(title.trim(), MAX_TITLE);
        if title.is_empty() {
            return;
        }
        let body = Body::RunTitled {
            title: title.clone(),
        };
        // A run that can't be written is found out by its next event.
        let _ = self.events.append(vec![Draft::new(title, body)]).await;
    }

    pub(crate) async fn ask(&self, role: Role, request: &Request) -> Result<Reply, Decision> {
        let Some(model) = self.models.of(role) else {
            let reason = format!("no model is configured to {}", role.as_str());
            return Err(stuck(FailureCategory::ModelError, reason));
        };
        let call: Call = model.ask(request, &self.meter).await;
        wire::keep(
            self.events,
            self.artifacts,
            &self.pictures,
            role,
            request,
            &call,
        )
        .await;
        call.answer
            .map_err(|error| stuck(error.kind.category(), error.to_string()))
    }

    async fn finish(&self, turn: &Turn<'_>, claimed: &Claimed, talk: &Talk) -> Finished {
        let output = match output(claimed.output.as_ref(), &talk.kept, turn.schema) {
            Ok(output) => output,
            Err(reason) => return Finished::Denied(reason, Vec::new()),
        };
        let said = Said {
            claims: &claimed.claims,
            output,
            sources: &talk.sources,
            kept: &talk.kept,
            summary: &claimed.summary,
        };
        self.bear_out(turn, said).await
    }

    /// Claims at the end that are not borne out are told, a few times.
    async fn conclude(&self, turn: &Turn<'_>, talk: &mut Talk) -> Option<Decision> {
        let claimed = talk.claimed.take()?;
        if turn.observation.truncated && turn.reading.is_none() {
            talk.claimed = Some(claimed);
            return Some(Decision::Read {
                thought: "looking the claims up".to_owned(),
                region: None,
                memory: talk.memory(),
            });
        }
        match self.finish(turn, &claimed, talk).await {
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
                talk.set(&claimed.call_id, &format!("It is not done: {reason}"));
                None
            }
        }
    }

    /// What is done before the model is asked: it gets a picture where that is set, and help where
    /// nothing changes any more.
    fn remedy(&self, turn: &Turn<'_>, talk: &mut Talk, fresh: &[Done]) -> Option<Decision> {
        let can = self.models.of(Role::Decide)?.capabilities();
        let wanted = can.screenshots;
        let mut see = wanted == Screenshots::Always;
        match talk.stall.look(turn.observation, fresh) {
            Some(Remedy::Act(action, word)) => {
                talk.add(word);
                return Some(Decision::Act {
                    thought: word.to_owned(),
                    actions: vec![*action],
                    memory: talk.memory(),
                });
            }
            Some(Remedy::Show(others)) => {
                if let Some(others) = others {
                    talk.add(&others);
                }
                see |= wanted == Screenshots::Stuck;
            }
            Some(Remedy::GiveUp(reason)) => return Some(stuck(FailureCategory::Loop, reason)),
            None => {}
        }
        // Where no picture could be had, there is none this time.
        let asked = std::mem::replace(&mut talk.seeing, false);
        if !see || asked || turn.picture.is_some() || turn.reading.is_some() {
            return None;
        }
        talk.seeing = true;
        Some(Decision::See {
            thought: "a look at the page".to_owned(),
            within: (can.max_picture.width, can.max_picture.height),
            memory: talk.memory(),
        })
    }

    fn take(&self, reply: Reply, turn: &Turn<'_>, talk: &mut Talk) -> Taken {
        if let Some(fault) = reply.fault().map(ToString::to_string) {
            let calls = reply.turn.calls.iter();
            let results = calls.map(|call| {
                let why = call.input.as_ref().err().map(ToString::to_string);
                (
                    call.id.clone(),
                    why.unwrap_or_else(|| "not done".to_owned()),
                )
            });
            let results: Vec<(String, String)> = results.collect();
            let word = results.is_empty().then(|| fault.clone());
            talk.said(reply.turn, results);
            talk.answer(word.as_deref());
            return Taken::Faulty(fault);
        }
        let mut answer = Answer::default();
        let mut wrong = None;
        let mut results = Vec::new();
        for call in &reply.turn.calls {
            let input = call.input.clone().unwrap_or_default();
            let result = answer.call(&call.id, &call.name, input, turn, talk);
            let text = result.unwrap_or_else(|why| {
                wrong.get_or_insert_with(|| why.clone());
                why
            });
            results.push((call.id.clone(), text));
        }
        if answer.asked.is_some() && (results.len() > 1 || answer.claimed.is_some()) {
            wrong.get_or_insert_with(|| "`ask` goes alone; call it by itself".to_owned());
        }
        if let Some(why) = wrong {
            for (_, text) in results.iter_mut().filter(|it| it.1.is_empty()) {
                "not done, because of the others".clone_into(text);
            }
            talk.said(reply.turn, results);
            talk.answer(None);
            return Taken::Faulty(why);
        }
        let said = clip(&reply.turn.text, 500);
        talk.said(reply.turn, results);
        if let Some(decision) = answer.gave_up {
            return Taken::Decided(decision);
        }
        if let Some((call, question)) = answer.asked {
            talk.asked = Some(call);
            return Taken::Decided(Decision::Ask {
                thought: said,
                question,
                memory: talk.memory(),
            });
        }
        talk.claimed = answer.claimed;
        if !answer.actions.is_empty() {
            talk.faults = 0;
            talk.reads = 0;
            talk.shrink();
            return Taken::Decided(Decision::Act {
                thought: if answer.thought.is_empty() {
                    said
                } else {
                    answer.thought
                },
                actions: answer.actions,
                memory: talk.memory(),
            });
        }
        if let Some((region, reading)) = answer.reading {
            talk.reading = Some(reading);
            talk.reads += 1;
            return Taken::Decided(Decision::Read {
                thought: said,
                region,
                memory: talk.memory(),
            });
        }
        Taken::Again
    }
}

#[async_trait]
impl Engine for Agent<'_> {
    fn name(&self) -> &'static str {
        "agent"
    }

    async fn decide(&self, turn: &Turn<'_>) -> Decision {
        let mut talk = Talk::resume(turn.memory);
        match (turn.reading, talk.reading.take()) {
            (Some(reading), Some((call, part))) => {
                let (text, count) = view::part(reading, part);
                let told = format!(
                    "Part {} of {count}:\n{}",
                    part.min(count),
                    view::fenced(&text)
                );
                talk.set(&call, &told);
                talk.answer(None);
            }
            _ => {
                let fresh = &turn.history[turn.history.len() - turn.fresh..];
                if turn.reading.is_none() {
                    talk.came(fresh);
                    talk.answered(turn.answer);
                }
                if let Some(decision) = self.conclude(turn, &mut talk).await {
                    return decision;
                }
                if let Some(decision) = self.remedy(turn, &mut talk, fresh) {
                    return decision;
                }
                talk.show(&turn.observation.url, &view::whole(turn.observation));
            }
        }
        let mut why = String::new();
        let mut faults = 0;
        for _ in 0..MAX_ROUNDS {
            let mut request = talk.request(turn.goal, turn.schema);
            if let Some(picture) = turn.picture {
                show(&mut request, &Image::new(Media::Png, &picture.png));
            }
            let reply = match self.ask(Role::Decide, &request).await {
                Ok(reply) => reply,
                Err(decision) => return decision,
            };
            match self.take(reply, turn, &mut talk) {
                Taken::Decided(decision) => return decision,
                Taken::Again => {
                    if let Some(decision) = self.conclude(turn, &mut talk).await {
                        return decision;
                    }
                    talk.answer(None);
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
        talk.shrink();
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
        let request = code::request(codes, reason, seen)?;
        let reply = self.ask(Role::Verify, &request).await.ok()?;
        let answer = reply.json?.ok()?;
        Some(code::read(&answer, codes, reason, seen))
    }
}

/// Puts a picture of the page into the last message. It is not remembered: the next answer is on
/// another page.
fn show(request: &mut Request, picture: &Image) {
    if let Some(Message::User(parts)) = request.messages.last_mut() {
        parts.push(Part::Text("The part of it that is in view:".to_owned()));
        parts.push(Part::Image(picture.clone()));
    }
}

pub(crate) fn stuck(category: FailureCategory, reason: String) -> Decision {
    Decision::Stuck {
        category,
        reason,
        claims: Vec::new(),
    }
}
