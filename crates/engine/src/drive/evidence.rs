//! The files that a run leaves. None of them is worth a run.

use bytes::Bytes;
use errand_browser::page;
use errand_domain::{
    StepId,
    port::{ArtifactDraft, PortError},
    run::Detail,
};

use super::Task;

/// The picture after an action, and the HTML where so much detail is asked for. What can't be had
/// is left out.
pub async fn of_action(task: &Task<'_>, step_id: &StepId, number: u32) -> Vec<ArtifactDraft> {
    let name = format!("action-{number}");
    let shot = task.page.screenshot().await;
    let mut drafts: Vec<ArtifactDraft> = picture("screenshot_action", Some(step_id), &name, shot)
        .into_iter()
        .collect();
    if task.detail == Detail::Debug {
        match task.page.html().await {
            Ok(html) => drafts.push(ArtifactDraft {
                artifact_type: "html_action",
                step_id: Some(step_id.clone()),
                content_type: "text/html",
                filename: format!("{name}.html"),
                content: Bytes::from(html),
            }),
            Err(error) => tracing::debug!(%error, "no HTML of the action"),
        }
    }
    drafts
}

/// A picture of the page as a file, if there is one.
pub fn picture(
    artifact_type: &'static str,
    step_id: Option<&StepId>,
    name: &str,
    shot: Result<Bytes, page::Error>,
) -> Option<ArtifactDraft> {
    match shot {
        Ok(content) => Some(ArtifactDraft {
            artifact_type,
            step_id: step_id.cloned(),
            content_type: "image/jpeg",
            filename: format!("{name}.jpg"),
            content,
        }),
        Err(error) => {
            tracing::debug!(%error, artifact_type, "no picture");
            None
        }
    }
}

/// Keeps files. A lost lease ends the run all the same.
pub async fn keep(task: &Task<'_>, drafts: Vec<ArtifactDraft>) -> Result<(), PortError> {
    for draft in drafts {
        let artifact_type = draft.artifact_type;
        match task.artifacts.keep(draft).await {
            Ok(_) => {}
            Err(PortError::LeaseLost) => return Err(PortError::LeaseLost),
            Err(error) => tracing::warn!(%error, artifact_type, "evidence not kept"),
        }
    }
    Ok(())
}
