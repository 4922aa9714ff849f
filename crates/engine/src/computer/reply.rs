//! One answer of the model: what its calls, or its words, come to.

use errand_browser::{Node, Observation, page::Picture};
use errand_domain::{Action, Question, action::Point, text::clip};
use errand_llm::{
    Display, Reply, SafetyCheck, Screen, ToolCall,
    ui_tars::{self, Act, Scale},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    hand::Sight,
    talk::{Open, Talk, Waiting},
};
use crate::{
    agent::{
        answer::{given_up, keep, question},
        order::Order,
    },
    engine::{Decision, Turn},
};

/// Most actions of one answer.
const MAX_ACTIONS: usize = 24;

/// What an answer comes to.
pub enum Taken {
    Decided(Decision),
    /// Something was said to the model, or it says that it is done; it is asked again.
    Again,
    /// The answer can't be used; it was told why.
    Faulty(String),
}

/// What is collected of an answer.
#[derive(Default)]
struct Plan {
    actions: Vec<Action>,
    open: Vec<Open>,
    /// The first thing that is wrong.
    wrong: Option<String>,
    gave_up: Option<Decision>,
    /// The call that asks a person, and what it asks.
    asked: Option<(String, Question)>,
    claimed: Option<String>,
    thought: String,
}

impl Plan {
    fn answer(&mut self, id: &str, screen: bool, result: Result<String, String>) {
        let text = result.unwrap_or_else(|why| {
            self.wrong.get_or_insert_with(|| why.clone());
            why
        });
        self.open.push(Open {
            id: id.to_owned(),
            screen,
            text,
            checks: Vec::new(),
        });
    }
}

/// Takes an answer that was given to this picture.
pub fn take(
    reply: Reply,
    turn: &Turn<'_>,
    picture: &Picture,
    screen: Screen,
    talk: &mut Talk,
) -> Taken {
    let sight = Sight {
        picture,
        seen: turn.observation,
        goal: turn.goal,
    };
    // Nothing of an answer that is wrong is done.
    let before = talk.hand.clone();
    let mut plan = Plan {
        thought: clip(&reply.turn.text, 1_000),
        ..Plan::default()
    };
    match screen {
        Screen::UiTars(scale) => written(&reply.turn.text, sight, scale, talk, &mut plan),
        Screen::Openai | Screen::Anthropic => called(&reply, sight, turn, talk, &mut plan),
    }
    if plan.actions.len() > MAX_ACTIONS {
        let count = plan.actions.len();
        let why = format!("{count} actions are too many; at most {MAX_ACTIONS} in one answer");
        plan.wrong.get_or_insert(why);
    }
    let alone = plan.actions.is_empty() && plan.claimed.is_none() && plan.open.len() < 2;
    if plan.asked.is_some() && !alone {
        let why = "asking a person goes alone; do it by itself";
        plan.wrong.get_or_insert_with(|| why.to_owned());
    }
    if let Some(why) = plan.wrong {
        talk.hand = before;
        for open in plan.open.iter_mut().filter(|it| it.text.is_empty()) {
            "not done, because something else in the answer is wrong".clone_into(&mut open.text);
        }
        // What a person has to allow first can't be answered without them.
        let warned = plan.open.iter().any(|it| !it.checks.is_empty());
        if warned || plan.open.iter().all(|it| it.text != why) {
            talk.add(&format!("That answer can't be used: {why}"));
        }
        if warned {
            talk.forget();
        } else {
            talk.said(reply.turn, plan.open);
        }
        return Taken::Faulty(why);
    }
    if let Some(decision) = plan.gave_up {
        return Taken::Decided(decision);
    }
    let checks: Vec<SafetyCheck> = reply
        .turn
        .computer
        .iter()
        .flat_map(|it| it.safety_checks.iter().cloned())
        .collect();
    talk.said(reply.turn, plan.open);
    talk.faults = 0;
    if let Some((call, question)) = plan.asked {
        talk.asked = Some(call);
        return Taken::Decided(Decision::Ask {
            thought: plan.thought,
            question,
            memory: talk.memory(),
        });
    }
    talk.claimed = plan.claimed;
    if !checks.is_empty() {
        let text = asks(&checks, &plan.actions, turn.observation);
        talk.waiting = Some(Waiting {
            actions: plan.actions,
            thought: plan.thought.clone(),
            text: text.clone(),
            fingerprint: turn.observation.fingerprint.clone(),
        });
        return Taken::Decided(Decision::Ask {
            thought: plan.thought,
            question: Question::approval(text),
            memory: talk.memory(),
        });
    }
    if plan.actions.is_empty() {
        return Taken::Again;
    }
    Taken::Decided(Decision::Act {
        thought: plan.thought,
        actions: plan.actions,
        memory: talk.memory(),
    })
}

/// What a model with a computer tool calls; without any call it says that it is done.
fn called(reply: &Reply, sight: Sight<'_>, turn: &Turn<'_>, talk: &mut Talk, plan: &mut Plan) {
    for call in &reply.turn.computer {
        let mut notes = Vec::new();
        let mut result = Ok(());
        for action in &call.actions {
            match talk.hand.take(action, sight, &mut plan.actions) {
                Ok(note) => notes.extend(note),
                Err(why) => {
                    result = Err(format!("{why}; nothing was done"));
                    break;
                }
            }
        }
        plan.answer(&call.id, true, result.map(|()| notes.join("\n")));
        if let Some(open) = plan.open.last_mut() {
            open.checks.clone_from(&call.safety_checks);
        }
    }
    for call in &reply.turn.calls {
        let result = function(call, turn, talk, plan);
        plan.answer(&call.id, false, result);
    }
    if plan.open.is_empty() {
        plan.claimed = Some(clip(reply.turn.text.trim(), 4_000));
    }
}

fn function(
    call: &ToolCall,
    turn: &Turn<'_>,
    talk: &mut Talk,
    plan: &mut Plan,
) -> Result<String, String> {
    let input = call.input.clone().map_err(|fault| fault.to_string())?;
    let order = match call.name.as_str() {
        "go_to" => json!({ "do": "navigate", "url": input["url"] }),
        "switch_tab" | "close_tab" => json!({ "do": call.name, "id": input["id"] }),
        "keep" => return keep(&input, turn, &mut talk.sources, &mut talk.kept),
        "ask" => {
            plan.asked = Some((call.id.clone(), question(&input)?));
            return Ok(String::new());
        }
        "give_up" => {
            plan.gave_up = Some(given_up(&input, turn));
            return Ok(String::new());
        }
        other => return Err(format!("there is nothing called {other}")),
    };
    let order = Order::deserialize(order).map_err(|error| error.to_string())?;
    plan.actions
        .push(order.action(turn.observation, turn.goal)?);
    Ok(String::new())
}

/// What a model writes that has no tool.
fn written(text: &str, sight: Sight<'_>, scale: Scale, talk: &mut Talk, plan: &mut Plan) {
    let display = Display {
        width: sight.picture.width,
        height: sight.picture.height,
    };
    let said = match ui_tars::read(text, display, scale) {
        Ok(said) => said,
        Err(fault) => {
            plan.wrong = Some(fault.to_string());
            return;
        }
    };
    for act in &said.acts {
        match act {
            Act::Do(action) => match talk.hand.take(action, sight, &mut plan.actions) {
                Ok(note) => {
                    if let Some(note) = note {
                        talk.add(&note);
                    }
                }
                Err(why) => {
                    plan.wrong = Some(format!("{why}; nothing was done"));
                    return;
                }
            },
            Act::Finished(content) => plan.claimed = Some(clip(content, 4_000)),
            Act::CallUser => {
                let thought = Some(said.thought.trim()).filter(|it| !it.is_empty());
                let text = thought.unwrap_or("The model needs a person, and does not say why.");
                plan.asked = Some((String::new(), Question::answer(clip(text, 1_000))));
            }
        }
    }
    plan.thought = said.thought;
}

/// What was seen at a place: the smallest element there that has a name.
fn lies(at: Point, seen: &Observation) -> Option<String> {
    let around = |it: &&Node| {
        it.rect.is_some_and(|[left, top, width, height]| {
            (left..left + width).contains(&at.x) && (top..top + height).contains(&at.y)
        })
    };
    let size = |it: &&Node| {
        it.rect
            .map_or(f64::MAX, |[.., width, height]| width * height)
    };
    let named = seen.nodes.iter().filter(|it| !it.name.is_empty());
    let node = named
        .filter(around)
        .min_by(|one, two| size(one).total_cmp(&size(two)))?;
    Some(format!("{} \"{}\"", node.role, clip(&node.name, 80)))
}

/// What a person is asked who has to allow what the provider warns of.
fn asks(checks: &[SafetyCheck], actions: &[Action], seen: &Observation) -> String {
    let warnings: Vec<String> = checks
        .iter()
        .map(|check| {
            let message = check.message.as_deref().unwrap_or_default();
            let code = check.code.as_deref().unwrap_or_default();
            let words = if message.is_empty() { code } else { message };
            clip(words, 300)
        })
        .collect();
    let actions: Vec<String> = actions
        .iter()
        .map(|it| {
            let place = match it {
                Action::Pointer { at, .. } => lies(*at, seen),
                _ => None,
            };
            let place = place.map(|it| format!(", on {it}")).unwrap_or_default();
            format!("{}{place}", clip(&it.describe(), 120))
        })
        .collect();
    format!(
        "The model's provider wants a person to look first ({}). Next would be: {}. May it?",
        warnings.join("; "),
        if actions.is_empty() {
            "another look at the page".to_owned()
        } else {
            clip(&actions.join(", "), 500)
        }
    )
}
