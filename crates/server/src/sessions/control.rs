//! Live browsers taken over by hand.

use std::{sync::Arc, time::Duration};

use errand_api::v1::{
    self, InputResult, control_session_request::Step, control_session_response,
    session_service_client::SessionServiceClient,
};
use errand_domain::{input::Input, json::timestamp};
use errand_runner::{Grip, Live};
use futures_util::{StreamExt as _, stream};
use tokio::time::{interval, timeout};
use tonic::{Code, Request, Status, Streaming};

use crate::{
    edge::{Edge, MAX_MESSAGE_BYTES},
    intake, refusal, render,
    replica::{Place, Target, relayed},
    violations::Violations,
    watchers::Watching,
};

/// How long the first message of a stream is waited for.
const FIRST: Duration = Duration::from_secs(30);
/// How often a stream that is open says that it still is.
const KEEP: Duration = Duration::from_secs(5);
/// Most inputs of one call.
const MAX_INPUTS: usize = 200;
const MAX_NAME_BYTES: usize = 100;

type Answer = Result<v1::ControlSessionResponse, Status>;

struct Hand {
    edge: Arc<Edge>,
    live: Arc<Live>,
    inputs: Streaming<v1::ControlSessionRequest>,
    grip: Grip,
    granted: bool,
    number: i64,
    keep: tokio::time::Interval,
    ended: bool,
    _watching: Watching,
}

/// Control as long as the caller's stream is open.
pub(super) async fn control(
    edge: &Arc<Edge>,
    request: Request<Streaming<v1::ControlSessionRequest>>,
) -> Result<stream::BoxStream<'static, Answer>, Status> {
    let owner = Edge::caller(&request)?;
    let headers = request.metadata().clone();
    let mut inputs = request.into_inner();
    let first = timeout(FIRST, inputs.message()).await;
    let first = first.map_err(|_| refusal::deadline())??;
    let Some(Step::Take(take)) = first.and_then(|it| it.step) else {
        let description = "is not the first message: take control before any input";
        return Err(Violations::one("take", description));
    };
    let mut violations = Violations::default();
    let target = Target::read(&take.browser_session_id, &take.run_id, &mut violations);
    let name = name("take.name", &take.name, &mut violations);
    violations.finish()?;
    let place = edge.locate(&owner, &target, &headers).await?;
    let watching = edge.watchers.enter(&owner)?;
    match place {
        Place::There(peer) => {
            let first = v1::ControlSessionRequest {
                step: Some(Step::Take(take)),
            };
            // A stream that breaks off is one that ends: control is given back.
            let rest = inputs.take_while(|it| std::future::ready(it.is_ok()));
            let rest = rest.filter_map(|it| std::future::ready(it.ok()));
            let steps = stream::once(std::future::ready(first)).chain(rest);
            let mut client = SessionServiceClient::new(peer.channel);
            let call = client.control_session(edge.forwarded(steps, &headers));
            let answers = call.await.map_err(relayed)?.into_inner();
            let stop = edge.stop.clone();
            let answers = answers
                .map(move |answer| {
                    let _ = &watching;
                    answer.map_err(relayed)
                })
                .take_until(async move { stop.cancelled().await });
            Ok(answers.boxed())
        }
        Place::Here(live) => {
            let grip = grip(&live, &name)?;
            let hand = Hand {
                edge: Arc::clone(edge),
                live,
                inputs,
                grip,
                granted: false,
                number: 0,
                keep: interval(KEEP),
                ended: false,
                _watching: watching,
            };
            let answers = stream::unfold(hand, |mut hand| async move {
                let next = hand.next().await?;
                hand.ended |= next.is_err();
                Some((next, hand))
            });
            Ok(answers.boxed())
        }
    }
}

impl Hand {
    /// The answer to the next input, or `None` once the caller has ended its side.
    async fn next(&mut self) -> Option<Answer> {
        if self.ended {
            return None;
        }
        if !self.granted {
            self.granted = true;
            let by = render::controller(&self.live.controller());
            return Some(Ok(answer(control_session_response::Answer::Granted(by))));
        }
        loop {
            let step = tokio::select! {
                step = self.inputs.message() => step,
                _ = self.keep.tick() => {
                    if !self.grip.keep() {
                        return Some(Err(refusal::control_lost()));
                    }
                    continue;
                }
                () = self.live.gone() => return Some(Err(refusal::not_live("the browser"))),
                () = self.edge.stop.cancelled() => return Some(Err(refusal::stopping())),
            };
            let step = match step {
                Ok(Some(step)) => step.step,
                Err(status) if status.code() == Code::OutOfRange => {
                    return Some(Err(refusal::message_too_large(MAX_MESSAGE_BYTES)));
                }
                // Given back, or the caller is gone.
                Ok(None) | Err(_) => return None,
            };
            if !self.grip.keep() {
                return Some(Err(refusal::control_lost()));
            }
            self.number += 1;
            let error = match step {
                Some(Step::Input(given)) => self.carry_out(&given).await,
                Some(Step::Take(_)) => "control is taken already".to_owned(),
                None => "the message is empty: set an input".to_owned(),
            };
            let result = InputResult {
                number: self.number,
                error,
            };
            return Some(Ok(answer(control_session_response::Answer::Result(result))));
        }
    }

    async fn carry_out(&self, given: &v1::InputEvent) -> String {
        let mut violations = Violations::default();
        let input = intake::input("input", given, &mut violations);
        match (input, violations.finish()) {
            (Some(input), Ok(())) => outcome(&self.live, &input).await,
            (_, Err(status)) => status.message().to_owned(),
            (None, Ok(())) => "the input is empty".to_owned(),
        }
    }
}

/// Several inputs in one call.
pub(super) async fn send(
    edge: &Arc<Edge>,
    request: Request<v1::SendInputRequest>,
) -> Result<v1::SendInputResponse, Status> {
    let owner = Edge::caller(&request)?;
    let headers = request.metadata().clone();
    let given = request.into_inner();
    let mut violations = Violations::default();
    let target = Target::read(&given.browser_session_id, &given.run_id, &mut violations);
    let name = name("name", &given.name, &mut violations);
    let inputs = inputs(&given.events, &mut violations);
    violations.finish()?;
    let live = match edge.locate(&owner, &target, &headers).await? {
        Place::Here(live) => live,
        Place::There(peer) => {
            let mut client = SessionServiceClient::new(peer.channel);
            let call = client.send_input(edge.forwarded(given, &headers)).await;
            return call.map(tonic::Response::into_inner).map_err(relayed);
        }
    };
    let token = if given.control_token.is_empty() {
        // Control outlives the call: it ends with its lease.
        grip(&live, &name)?.persist()
    } else if live.control.keep(&given.control_token) {
        given.control_token
    } else {
        return Err(refusal::control_lost());
    };
    let mut results = Vec::new();
    for (input, number) in inputs.iter().zip(1..) {
        let error = outcome(&live, input).await;
        let failed = !error.is_empty();
        results.push(InputResult { number, error });
        if failed {
            break;
        }
        if !live.control.keep(&token) {
            return Err(refusal::control_lost());
        }
    }
    if given.release {
        live.control.release(&token);
    }
    Ok(v1::SendInputResponse {
        control_token: if given.release { String::new() } else { token },
        controller: Some(render::controller(&live.controller())),
        results,
    })
}

fn inputs(given: &[v1::InputEvent], violations: &mut Violations) -> Vec<Input> {
    if given.len() > MAX_INPUTS {
        let description = format!("has {} inputs, at most {MAX_INPUTS}", given.len());
        violations.add("events", description);
        return Vec::new();
    }
    let read = given
        .iter()
        .enumerate()
        .filter_map(|(at, it)| intake::input(&format!("events[{at}]"), it, violations));
    read.collect()
}

async fn outcome(live: &Live, input: &Input) -> String {
    live.act(input).await.err().unwrap_or_default()
}

fn grip(live: &Arc<Live>, name: &str) -> Result<Grip, Status> {
    live.grip(name)
        .map_err(|other| refusal::control_taken(&other.name, &timestamp(other.since)))
}

fn name(field: &str, given: &str, violations: &mut Violations) -> String {
    if given.len() > MAX_NAME_BYTES {
        let description = format!("has {} bytes, at most {MAX_NAME_BYTES}", given.len());
        violations.add(field, description);
    }
    match errand_domain::Text::new(given.trim()).into_string() {
        name if name.is_empty() => "somebody".to_owned(),
        name => name,
    }
}

fn answer(answer: control_session_response::Answer) -> v1::ControlSessionResponse {
    v1::ControlSessionResponse {
        answer: Some(answer),
    }
}
