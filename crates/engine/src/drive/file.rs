//! Files that the browser downloaded: from its folder to the run's artifacts.

use std::path::PathBuf;

use bytes::Bytes;
use errand_browser::{
    Page,
    page::{self, Download},
};
use errand_domain::{
    Action, Draft, StepId,
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

/// Most files of a run that it can give to a page again.
const MAX_AT_HAND: usize = 50;

/// The files of a run that still lie on the browser's machine, the latest last.
#[derive(Debug, Default)]
pub struct AtHand(Vec<(String, PathBuf)>);

impl AtHand {
    /// Puts a file where it has its own name, so that a page that is given it is told that name.
    async fn put(&mut self, file: &Download) -> std::io::Result<PathBuf> {
        let folder = file.path.with_extension("at-hand");
        tokio::fs::create_dir_all(&folder).await?;
        let path = folder.join(&file.filename);
        tokio::fs::rename(&file.path, &path).await?;
        self.0.push((file.filename.clone(), path.clone()));
        if self.0.len() > MAX_AT_HAND {
            let (_, old) = self.0.remove(0);
            tokio::fs::remove_file(old).await?;
        }
        Ok(path)
    }

    /// The action with paths in place of the names and addresses of files.
    pub async fn resolve(&mut self, page: &Page, action: &Action) -> Result<Action, page::Error> {
        let Action::Upload { target, files } = action else {
            return Ok(action.clone());
        };
        let mut paths = Vec::with_capacity(files.len());
        for file in files {
            let path = if file.starts_with("http://") || file.starts_with("https://") {
                let brought = page.bring(file).await?;
                let put = self.put(&brought).await;
                put.map_err(|error| page::Error::Download {
                    name: brought.filename,
                    reason: error.to_string(),
                })?
            } else {
                let known = self.0.iter().rfind(|(name, _)| name == file);
                let known = known.map(|(_, path)| path.clone());
                known.ok_or_else(|| page::Error::Invalid {
                    what: format!("{file} is no file that this run has at hand"),
                })?
            };
            paths.push(path.to_string_lossy().into_owned());
        }
        Ok(Action::Upload {
            target: target.clone(),
            files: paths,
        })
    }
}

/// Keeps the files of one action and writes an event for each; the effect names them. Says why one
/// could not be kept, if so.
pub async fn keep_all(
    task: &Task<'_>,
    step_id: &StepId,
    files: &[Download],
    at_hand: &mut AtHand,
    effect: &mut ActionEffect,
) -> Result<Option<String>, PortError> {
    let mut lost = None;
    for file in files {
        match keep(task, step_id, file, at_hand).await {
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
    at_hand: &mut AtHand,
) -> Result<DownloadedFile, PortError> {
    let content = tokio::fs::read(&file.path).await;
    // It is kept, or can't be; what is left is for giving it to a page.
    if let Err(error) = at_hand.put(file).await {
        tracing::debug!(%error, "a download is not at hand any more");
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
