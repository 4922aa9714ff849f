//! The end: what is said to be done is looked up, and checked by a second opinion.

use errand_browser::Node;
use errand_domain::{FailureCategory, event::Claim, text::clip};
use errand_llm::Role;
use serde_json::Value;

use super::{
    Agent,
    check::Scene,
    source::{self, Sheet, Sources},
    stuck,
    talk::Evidence,
    verdict,
};
use crate::engine::{Decision, Finding, Turn};

/// What is said to be done.
pub(crate) struct Said<'s> {
    /// What shows it, if that is said too.
    pub(crate) claims: &'s [Evidence],
    /// What the goal asks for.
    pub(crate) output: Option<Value>,
    /// Where values were read, and items that were kept.
    pub(crate) sources: &'s Sources,
    pub(crate) kept: &'s [Value],
    /// In a sentence or two.
    pub(crate) summary: &'s str,
}

/// Whether what is said at the end is borne out.
pub(crate) enum Finished {
    Decided(Decision),
    /// They are not, for this reason.
    Denied(String, Vec<Claim>),
}

impl Agent<'_> {
    /// Looks up what is said to be done, then asks for the second opinion.
    pub(crate) async fn bear_out(&self, turn: &Turn<'_>, said: Said<'_>) -> Finished {
        let seen = turn.observation;
        let nodes = whole(turn);
        let sheet = Sheet::new(nodes);
        let (output, notes, places) = match said.output {
            Some(output) => {
                let (output, notes, places) =
                    source::check(output, &sheet, said.sources, said.kept, turn.goal);
                (Some(output), notes, places)
            }
            None => (None, Vec::new(), Vec::new()),
        };
        let scene = Scene {
            seen,
            nodes,
            sheet: &sheet,
            history: turn.history,
            output: output.as_ref(),
        };
        let mut claims = scene.decide(said.claims);
        if let Some(wrong) = claims.iter().find(|it| it.holds != Some(true)) {
            let reason = format!("\"{}\" can't be seen: {}", wrong.clause, wrong.seen);
            return Finished::Denied(reason, claims);
        }
        if !places.is_empty() {
            claims.push(Claim {
                clause: "the values of the output stand on the pages".to_owned(),
                holds: Some(true),
                evidence: "text".to_owned(),
                seen: clip(&places.join("; "), 1_000),
            });
        }
        let verdict = match self.verdict(turn.goal, &scene).await {
            Ok(verdict) => verdict,
            Err(decision) => return Finished::Decided(decision),
        };
        let undecided = verdict.iter().find(|it| it.holds != Some(true)).cloned();
        claims.extend(verdict);
        if let Some(wrong) = undecided {
            let reason = format!("\"{}\" is not borne out: {}", wrong.clause, wrong.seen);
            return Finished::Denied(reason, claims);
        }
        Finished::Decided(Decision::Finish(Finding {
            output,
            notes,
            claims,
            summary: clip(said.summary, 1_000),
            parts: Vec::new(),
        }))
    }

    /// What of the goal was done, in the eyes of a model that did not do it.
    pub(crate) async fn second_opinion(
        &self,
        turn: &Turn<'_>,
        output: Option<&Value>,
    ) -> Result<Vec<Claim>, Decision> {
        let nodes = whole(turn);
        let sheet = Sheet::new(nodes);
        let scene = Scene {
            seen: turn.observation,
            nodes,
            sheet: &sheet,
            history: turn.history,
            output,
        };
        self.verdict(turn.goal, &scene).await
    }

    async fn verdict(&self, goal: &str, scene: &Scene<'_>) -> Result<Vec<Claim>, Decision> {
        let unusable = |why: &str| {
            let reason = format!("the model that checks gave no usable answer: {why}");
            stuck(FailureCategory::ModelError, reason)
        };
        let request = verdict::request(goal, scene).ok_or_else(|| unusable("no schema"))?;
        let mut why = String::new();
        for _ in 0..2 {
            let reply = self.ask(Role::Verify, &request).await?;
            match reply.json {
                Some(Ok(value)) => {
                    let claims = verdict::claims(goal, scene, &value);
                    if !claims.is_empty() {
                        return Ok(claims);
                    }
                }
                Some(Err(fault)) => why = fault.to_string(),
                None => {}
            }
        }
        Err(unusable(&why))
    }
}

/// The page in whole where it was read, else what was seen of it.
fn whole<'t>(turn: &Turn<'t>) -> &'t [Node] {
    let seen = &turn.observation.nodes;
    turn.reading.map_or(seen, |it| &it.nodes)
}
