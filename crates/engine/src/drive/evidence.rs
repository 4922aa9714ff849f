//! The files that a run leaves. None of them is worth a run.

use bytes::Bytes;
use errand_browser::page;
use errand_domain::{
    StepId,
    port::{ArtifactDraft, PortError},
    run::Detail,
};

use super::Task;

/// Keeps the picture after an action, and the HTML where so much detail is asked for.
pub async fn of_action(
    task: &Task<'_>,
    step_id: &StepId,
    number: u32,
    shot: Result<Bytes, page::Error>,
) -> Result<(), PortError> {
    let name = format!("action-{number}");
    picture(task, "screenshot_action", Some(step_id), &name, shot).await?;
    if task.detail != Detail::Debug {
        return Ok(());
    }
    match task.page.html().await {
        Ok(html) => {
            let draft = ArtifactDraft {
                artifact_type: "html_action",
                step_id: Some(step_id.clone()),
                content_type: "text/html",
                filename: format!("{name}.html"),
                content: Bytes::from(html),
            };
            keep(task, draft).await
        }
        Err(error) => {
            tracing::debug!(%error, "no HTML of the action");
            Ok(())
        }
    }
}

/// Keeps a picture of the page, if there is one.
pub async fn picture(
    task: &Task<'_>,
    artifact_type: &'static str,
    step_id: Option<&StepId>,
    name: &str,
    shot: Result<Bytes, page::Error>,
) -> Result<(), PortError> {
    let content = match shot {
        Ok(content) => content,
        Err(error) => {
            tracing::debug!(%error, artifact_type, "no picture");
            return Ok(());
        }
    };
    let draft = ArtifactDraft {
        artifact_type,
        step_id: step_id.cloned(),
        content_type: "image/jpeg",
        filename: format!("{name}.jpg"),
        content,
    };
    keep(task, draft).await
}

/// Keeps a file. A lost lease ends the run all the same.
async fn keep(task: &Task<'_>, draft: ArtifactDraft) -> Result<(), PortError> {
    let artifact_type = draft.artifact_type;
    match task.artifacts.keep(draft).await {
        Ok(_) => Ok(()),
        Err(PortError::LeaseLost) => Err(PortError::LeaseLost),
        Err(error) => {
            tracing::warn!(%error, artifact_type, "evidence not kept");
            Ok(())
        }
    }
}
