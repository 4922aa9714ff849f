//! Files that the browser downloaded: from its folder to the run's artifacts.

use bytes::Bytes;
use errand_browser::page::Download;
use errand_domain::{
    Draft, StepId,
    event::{ActionEffect, Body},
    port::{ArtifactDraft, PortError},
    run::DownloadedFile,
};

use super::Task;

/// Types by the ending of a name. What could run in a browser is given out as plain bytes.
const TYPES: &[(&str, &str)] = &[
    ("csv", "text/csv"),
    ("gif", "image/gif"),
    ("gz", "application/gzip"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("txt", "text/plain"),
    ("webp", "image/webp"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
];

/// Keeps the files of one action and writes an event for each; the effect names them. Says why one
/// could not be kept, if so.
pub async fn keep_all(
    task: &Task<'_>,
    step_id: &StepId,
    files: &[Download],
    effect: &mut ActionEffect,
) -> Result<Option<String>, PortError> {
    let mut lost = None;
    for file in files {
        match keep(task, step_id, file).await {
            Err(PortError::LeaseLost) => return Err(PortError::LeaseLost),
            Err(error) => {
                let name = &file.filename;
                let reason = format!("{name} arrived and could not be kept: {error}");
                lost.get_or_insert(reason);
            }
            Ok(file) => {
                let summary = format!("downloaded {} ({} bytes)", file.filename, file.size);
                let body = Body::Downloaded { file: file.clone() };
                task.events.append(vec![Draft::new(summary, body)]).await?;
                effect.files.push(file);
            }
        }
    }
    Ok(lost)
}

async fn keep(
    task: &Task<'_>,
    step_id: &StepId,
    file: &Download,
) -> Result<DownloadedFile, PortError> {
    let content = tokio::fs::read(&file.path).await;
    // It is in memory, or can't be read; either way nobody needs it there any more.
    if let Err(error) = tokio::fs::remove_file(&file.path).await {
        tracing::debug!(%error, "a download was not deleted");
    }
    let content = content.map_err(|error| PortError::Failed(error.to_string()))?;
    let draft = ArtifactDraft {
        artifact_type: "download",
        step_id: Some(step_id.clone()),
        content_type: content_type(&file.filename),
        filename: file.filename.clone(),
        content: Bytes::from(content),
    };
    let kept = task.artifacts.keep(draft).await?;
    Ok(DownloadedFile {
        artifact_id: kept.artifact_id,
        filename: file.filename.clone(),
        checksum: kept.checksum,
        size: kept.size,
    })
}

fn content_type(filename: &str) -> &'static str {
    let ending = filename.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ending = ending.to_ascii_lowercase();
    let known = TYPES.iter().find(|(known, _)| *known == ending);
    known.map_or("application/octet-stream", |(_, name)| name)
}
