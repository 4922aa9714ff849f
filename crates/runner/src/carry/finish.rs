//! The last that is written of a run.

use std::time::Duration;

use errand_domain::{
    Draft, FailureCategory, Run, RunState,
    event::Body,
    port::{ArtifactDraft, ArtifactSink, Clock, EventSink, PortError},
};
use errand_engine::Ending;

use super::Carrier;
use crate::{SystemClock, definition, output, sink::Sink};

impl Carrier {
    /// The log could not be written: says so in it, once there is room again.
    pub(super) async fn give_up(
        &self,
        run: &Run,
        sink: &Sink,
        error: PortError,
    ) -> Result<(), PortError> {
        if matches!(error, PortError::LeaseLost) {
            return Err(error);
        }
        let category = match error {
            PortError::Full(_) => FailureCategory::ResourceExhausted,
            _ => FailureCategory::Internal,
        };
        let reason = format!("the run's log could not be written: {error}");
        let clock = SystemClock::start();
        loop {
            let ending = Ending::failure(RunState::Failed, category, reason.clone(), Vec::new());
            match self.finish(run, ending, sink).await {
                Err(PortError::LeaseLost) => return Err(PortError::LeaseLost),
                Err(error) if self.stop.is_cancelled() => return Err(error),
                Err(error) if clock.elapsed() > Duration::from_secs(600) => return Err(error),
                Err(_) => clock.sleep(Duration::from_secs(1)).await,
                Ok(()) => return Ok(()),
            }
        }
    }

    /// Leaves the definition of a workflow that does the same. Never worth the run.
    async fn publish(&self, run: &Run, ending: &Ending, sink: &Sink) -> Result<(), PortError> {
        // The plan may have named it since the run was claimed.
        let now = self.store.get_run(&run.organization_id, &run.id).await;
        let mut run = run.clone();
        run.title = now.ok().flatten().and_then(|it| it.title);
        let definition = definition::of(&run, &ending.finding.parts);
        let draft = ArtifactDraft {
            artifact_type: "workflow_definition",
            step_id: None,
            content_type: "application/json",
            filename: "workflow.json".to_owned(),
            content: format!("{definition:#}").into(),
        };
        match sink.keep(draft).await {
            Ok(_) => Ok(()),
            Err(PortError::LeaseLost) => Err(PortError::LeaseLost),
            Err(error) => {
                tracing::warn!(run_id = %run.id, %error, "the workflow was not kept");
                Ok(())
            }
        }
    }

    /// Writes output and final event in one transaction.
    pub(super) async fn finish(
        &self,
        run: &Run,
        ending: Ending,
        sink: &Sink,
    ) -> Result<(), PortError> {
        let mut drafts = Vec::new();
        if let Some(value) = &ending.finding.output {
            let text = value.to_string();
            let mut artifact_id = None;
            if text.len() > Run::MAX_OUTPUT_BYTES {
                let draft = ArtifactDraft {
                    artifact_type: "output",
                    step_id: None,
                    content_type: "application/json",
                    filename: "output.json".to_owned(),
                    content: text.clone().into(),
                };
                artifact_id = Some(sink.keep(draft).await?.artifact_id);
            }
            drafts = output::drafts(&text, artifact_id.as_ref(), &ending.finding.notes);
        }
        if run.request.publish_workflow && ending.state == RunState::Completed {
            self.publish(run, &ending, sink).await?;
        }
        let summary = match &ending.failure {
            Some(failure) => format!("{}: {}", ending.state.as_str(), failure.reason),
            None => ending.state.as_str().to_owned(),
        };
        let done = Some(ending.finding.summary).filter(|it| !it.is_empty());
        let body = Body::RunFinished {
            state: ending.state,
            failure: ending.failure,
            errors: ending.errors,
            summary: done,
        };
        drafts.push(Draft::new(summary, body));
        tracing::info!(run_id = %run.id, status = ending.state.as_str(), "the run ended");
        sink.append(drafts).await
    }
}
