//! Getting past a captcha: the operator's solver first, a person after it.

use errand_browser::{Observation, page};
use errand_domain::{
    Action, Answer, Draft, FailureCategory, Question, RunState, StepId, Target, ValueSource,
    event::{Body, TimeSpent},
    port::{Captcha, CaptchaSolver, PortError},
    text::clip,
};

use super::{Ending, obstacle, obstacle::Obstacle, step::Loop};

/// Captchas of one run.
const MAX_CAPTCHAS: u32 = 3;

impl Loop<'_, '_> {
    /// Has it solved; the ending if nobody does.
    pub(super) async fn solve(
        &mut self,
        step_id: &StepId,
        seen: &Observation,
        captcha: &Obstacle,
        spent: &mut TimeSpent,
    ) -> Result<Option<Ending>, PortError> {
        let what = &captcha.what;
        let place = clip(&seen.url, 300);
        if self.captchas == MAX_CAPTCHAS {
            let reason = format!("{what} stands in the way at {place}, as others did before");
            let category = FailureCategory::Captcha;
            let ending = Ending::failure(RunState::Failed, category, reason, Vec::new());
            return Ok(Some(ending));
        }
        self.captchas += 1;
        if let Some(solver) = self.task.captcha {
            let solved = self.by_solver(step_id, seen, solver, spent).await?;
            let text = match &solved {
                Ok(()) => "the captcha was solved".to_owned(),
                Err(why) => format!("the captcha was not solved: {why}"),
            };
            let body = Body::Thought {
                step_id: step_id.clone(),
                text: text.clone(),
            };
            self.task
                .events
                .append(vec![Draft::new(text, body)])
                .await?;
            if solved.is_ok() {
                self.answer = Some(Answer::Yes);
                return Ok(None);
            }
        }
        let question = Question::help(
            format!("{what} stands in the way at {place}; is it solved?"),
            FailureCategory::Captcha,
        );
        self.ask(&question).await
    }

    async fn by_solver(
        &mut self,
        step_id: &StepId,
        seen: &Observation,
        solver: &dyn CaptchaSolver,
        spent: &mut TimeSpent,
    ) -> Result<Result<(), String>, PortError> {
        let page = self.task.page;
        let field = obstacle::captcha_field(seen).and_then(|it| it.id.clone());
        let on_page = page.captcha().await.ok().flatten();
        let kind = match (on_page.as_ref().map(|it| &*it.kind), &field) {
            (Some("recaptcha"), _) => "recaptcha",
            (Some("hcaptcha"), _) => "hcaptcha",
            (Some("turnstile"), _) => "turnstile",
            (_, Some(_)) => "text",
            _ => return Ok(Err("it is of no kind that a solver could answer".to_owned())),
        };
        let captcha = Captcha {
            kind,
            url: seen.url.clone(),
            site_key: on_page.and_then(|it| it.site_key),
            picture: page.screenshot().await.ok(),
        };
        let solution = match solver.solve(&captcha).await {
            Ok(solution) => solution,
            Err(why) => return Ok(Err(clip(&why, 500))),
        };
        let told = match field.filter(|_| kind == "text") {
            Some(field) => {
                let action = Action::Type {
                    target: Target::element(field),
                    text: solution,
                    source: ValueSource::Engine,
                    clear: true,
                };
                let typed = self.act(step_id, action, &seen.fingerprint, spent).await?;
                if let Err(error) = typed {
                    return Ok(Err(error.to_string()));
                }
                // What asks for letters alone is sent with them.
                let action = Action::PressKeys {
                    target: None,
                    keys: vec!["Enter".to_owned()],
                };
                self.act(step_id, action, &seen.fingerprint, spent).await?
            }
            None => page.solve_captcha(&solution).await,
        };
        Ok(told.map_err(|error: page::Error| error.to_string()))
    }
}
