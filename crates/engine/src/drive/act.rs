//! One action: in the log before the page is touched, and again after.

use errand_browser::page;
use errand_domain::{
    Action, Draft, StepId,
    event::{ActionEffect, Body, TimeSpent},
    port::PortError,
    text::clip,
};

use super::{evidence, file, is_safe, step::Loop};
use crate::engine::Done;

impl Loop<'_, '_> {
    /// Does one action: the log first, then the page, then the log and the evidence.
    pub(super) async fn act(
        &mut self,
        step_id: &StepId,
        mut action: Action,
        fingerprint: &str,
        spent: &mut TimeSpent,
    ) -> Result<Result<(), page::Error>, PortError> {
        self.actions += 1;
        let number = self.actions;
        let started = self.task.clock.elapsed();
        self.task.page.name_met(&mut action).await;
        for target in action.targets_mut() {
            if let Ok(locator) = self.task.page.locate(&target.element).await {
                target.locator = locator;
            }
        }
        let body = Body::ActionStarted {
            step_id: step_id.clone(),
            number,
            action: action.clone(),
            url: clip(&self.task.page.url(), 2_000),
            fingerprint: fingerprint.to_owned(),
        };
        self.task
            .events
            .append(vec![Draft::new(action.describe(), body)])
            .await?;
        let mut own = TimeSpent {
            store_ms: self.since(started),
            ..TimeSpent::default()
        };
        // What the action before left is kept meanwhile.
        let left = std::mem::take(&mut self.left);
        let page = self.task.page;
        let doing = async {
            let action = self.at_hand.resolve(page, &action).await?;
            page.act(&action).await
        };
        let (result, kept) = tokio::join!(doing, evidence::keep(self.task, left));
        kept?;
        let outside = self.task.page.outside_requests();
        let (effect, error) = match &result {
            Ok(outcome) => {
                own.act_ms = outcome.spent.act_ms;
                own.settle_ms = outcome.spent.settle_ms;
                own.network_ms = outcome.spent.network_ms;
                let mut effect = outcome.effect.clone();
                let arrived = self.task.clock.elapsed();
                let lost = file::keep_all(
                    self.task,
                    step_id,
                    &outcome.files,
                    &mut self.at_hand,
                    &mut effect,
                )
                .await?;
                own.store_ms += self.since(arrived);
                (effect, lost.or_else(|| self.refused(&action)))
            }
            Err(error) => (
                ActionEffect::default(),
                Some(clip(&error.to_string(), 2_000)),
            ),
        };
        let mut drafts: Vec<Draft> = outside
            .iter()
            .take(200)
            .map(|request| {
                let url = clip(&request.url, 2_000);
                let summary = format!("{} {url}", request.method);
                let method = request.method.clone();
                Draft::new(
                    summary,
                    Body::Effect {
                        method,
                        url,
                        action_number: number,
                    },
                )
            })
            .collect();
        let summary = match &error {
            Some(error) => format!("could not {}: {error}", action.describe()),
            None => format!("did {}", action.describe()),
        };
        let body = Body::ActionFinished {
            step_id: step_id.clone(),
            number,
            error: error.clone(),
            effect: effect.clone(),
            spent: own,
        };
        drafts.push(Draft::new(summary, body));
        let stored = self.task.clock.elapsed();
        // The picture is taken while the log is written.
        let (written, left) = tokio::join!(
            self.task.events.append(drafts),
            evidence::of_action(self.task, step_id, number)
        );
        written?;
        self.left = left;
        own.store_ms += self.since(stored);
        if effect.navigated {
            self.clean = true;
            self.due = true;
        } else if !is_safe(&action) {
            self.clean = false;
        }
        add(spent, own);
        let requests = u32::try_from(outside.len()).unwrap_or(u32::MAX);
        self.history.push(Done {
            action,
            error,
            effect,
            outside_requests: requests,
        });
        self.fresh += 1;
        Ok(result.map(|_| ()))
    }

    /// Why a navigation that brought a page brought the wrong one: an error's.
    fn refused(&self, action: &Action) -> Option<String> {
        let Action::Navigate { url } = action else {
            return None;
        };
        let status = self.task.page.status().filter(|it| *it >= 400)?;
        Some(match (self.task.refusal)(url) {
            Some((_, reason)) => clip(&reason, 2_000),
            None => format!("{} answered {status}", clip(url, 1_000)),
        })
    }
}

fn add(total: &mut TimeSpent, more: TimeSpent) {
    total.act_ms += more.act_ms;
    total.settle_ms += more.settle_ms;
    total.network_ms += more.network_ms;
    total.store_ms += more.store_ms;
}
