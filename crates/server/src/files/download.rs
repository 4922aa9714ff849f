//! An artifact's content as a stream of messages.

use std::sync::Arc;

use bytes::Bytes;
use errand_api::v1::DownloadArtifactResponse;
use errand_artifacts::Content;
use errand_store::ArtifactRow;
use futures_util::{Stream, StreamExt as _, stream};
use tonic::Status;

use crate::{edge::Edge, fault, refusal, render, watchers::Watching};

struct Download {
    edge: Arc<Edge>,
    row: ArtifactRow,
    content: Content,
    offset: u64,
    first: bool,
    ended: bool,
    _watching: Watching,
}

pub(super) async fn stream(
    edge: &Arc<Edge>,
    row: ArtifactRow,
    offset: u64,
) -> Result<impl Stream<Item = Result<DownloadArtifactResponse, Status>> + Send + use<>, Status> {
    if offset > row.size {
        return Err(refusal::position_ahead("offset", offset, row.size));
    }
    let watching = edge.watchers.enter(&row.organization_id)?;
    let content = edge.artifacts.get(&row.location, offset..row.size).await;
    let content = content.map_err(|error| fault::artifact(&row.id, error))?;
    let edge = Arc::clone(edge);
    let download = Download {
        edge,
        row,
        content,
        offset,
        first: true,
        ended: false,
        _watching: watching,
    };
    Ok(stream::unfold(download, |mut download| async move {
        let next = download.next().await?;
        download.ended |= next.is_err();
        Some((next, download))
    }))
}

impl Download {
    async fn next(&mut self) -> Option<Result<DownloadArtifactResponse, Status>> {
        if self.ended {
            return None;
        }
        let chunk = tokio::select! {
            chunk = self.content.next() => chunk,
            () = self.edge.stop.cancelled() => return Some(Err(refusal::stopping())),
        };
        let data = match chunk {
            Some(Ok(data)) => data,
            Some(Err(error)) => return Some(Err(fault::artifact(&self.row.id, error))),
            None if self.first => Bytes::new(),
            None => return None,
        };
        let artifact = self.first.then(|| render::artifact(&self.row, None));
        self.first = false;
        let offset = render::long(self.offset);
        self.offset += data.len() as u64;
        Some(Ok(DownloadArtifactResponse {
            artifact,
            offset,
            data,
        }))
    }
}
