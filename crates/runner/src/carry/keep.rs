//! What a run begins with and leaves of its browser.

use errand_domain::{
    Draft, RunState,
    event::Body,
    port::{EventSink, PortError},
};
use errand_engine::Resume;

use super::{Carrier, Course, Outcome, ended};
use crate::{profile, seat::Seat};

impl Carrier {
    /// The run's profile, before anything is opened.
    pub(super) async fn prepare(
        &self,
        course: &Course<'_>,
        resume: &Resume,
        seat: &Seat,
    ) -> Result<(), Outcome> {
        let run = course.run;
        // A checkpoint holds what the profile had, and what came since.
        let (Some(id), None) = (&run.request.browser_profile_id, &resume.storage) else {
            return Ok(());
        };
        let loaded = self.load(&run.organization_id, id, seat.page()).await;
        let notes = loaded.map_err(|it| ended(it.category, it.reason))?;
        for note in notes {
            let said = course.degraded("browser_profile", &note).await;
            said.map_err(|error| match error {
                PortError::LeaseLost => Outcome::LeaseLost,
                error => Outcome::Unwritable(error),
            })?;
        }
        Ok(())
    }

    /// What the run was asked to keep of its browser. Never worth the run.
    pub(super) async fn preserve(
        &self,
        course: &Course<'_>,
        outcome: &Outcome,
        seat: &Seat,
    ) -> Result<(), PortError> {
        let run = course.run;
        let Outcome::Ended(ending) = outcome else {
            return Ok(());
        };
        let completed = ending.state == RunState::Completed;
        let saved = run.request.browser_profile_id.as_ref();
        let saved = saved.filter(|_| run.request.save_browser_profile && completed);
        if saved.is_none() && !run.request.persist_browser_session {
            return Ok(());
        }
        let state = match profile::capture(seat.page()).await {
            Ok(state) => state,
            Err(why) => return course.degraded("browser_state", &why).await,
        };
        if run.request.persist_browser_session
            && let Err(why) = self.persist(&run.id, course.epoch, &state).await?
        {
            course.degraded("persist_browser_session", &why).await?;
        }
        if let Some(id) = saved
            && let Err(why) = self.save(&run.organization_id, id, &state).await
        {
            course.degraded("save_browser_profile", &why).await?;
        }
        Ok(())
    }
}

impl Course<'_> {
    /// Says what was left out.
    async fn degraded(&self, feature: &str, reason: &str) -> Result<(), PortError> {
        let body = Body::Degraded {
            feature: feature.to_owned(),
            reason: errand_domain::text::clip(reason, 1_000),
        };
        let draft = Draft::new(format!("without {feature}: {reason}"), body);
        self.sink.append(vec![draft]).await
    }
}
