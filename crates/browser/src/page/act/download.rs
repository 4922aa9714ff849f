//! Files: those that the browser saves by itself, and those that it would show instead.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use errand_domain::action::Target;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, time::timeout};

use super::{Before, Done};
use crate::page::{
    Error, Page,
    settle::Rest,
    watch::{Progress, Transfer, safe_name},
};

/// Longest time that an action waits for its files.
const FILE_LIMIT: Duration = Duration::from_secs(300);
/// How long a file may stand still on its way.
const STALL_LIMIT: Duration = Duration::from_secs(30);
/// How long a file may take to begin to come after the click that asks for it.
const BEGIN_LIMIT: Duration = Duration::from_secs(6);
const TICK: Duration = Duration::from_millis(500);
const CALL_LIMIT: Duration = Duration::from_secs(30);
/// Read at a time, in bytes.
const PIECE: u64 = 1 << 20;

/// A file that the browser downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Where it came from.
    pub url: String,
    /// The name that the site gave it: one part, safe for any system.
    pub filename: String,
    /// Where it lies. It is the taker's to read and to delete.
    pub path: PathBuf,
}

/// Where files go, and how long they may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downloads {
    /// An absolute path of a folder that is there.
    pub folder: PathBuf,
    /// Longest file, in bytes; a longer one is stopped on its way.
    pub max_bytes: u64,
}

/// What a tab shows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Shown {
    content_type: String,
    url: String,
}

/// What an element stands for as a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Source {
    /// A picture that leads nowhere: the file is what it shows.
    picture: Option<String>,
}

impl Page {
    /// Gets a file by its address the way the page in the current tab would: with its cookies, through
    /// its proxy.
    ///
    /// # Errors
    ///
    /// [`Error::Download`] when it does not come, or is too large.
    pub async fn bring(&self, url: &str) -> Result<Download, Error> {
        let _turn = self.shared.turn.lock().await;
        let (context, _) = self.current()?;
        self.fetch(&context, url).await?;
        let mut state = self.watch().state();
        let transfers = &mut state.downloads.transfers;
        let at = transfers
            .iter()
            .rposition(|it| it.url == url && it.progress == Progress::Saved);
        let transfer = at.map(|at| transfers.remove(at));
        drop(state);
        let transfer = transfer.ok_or(Error::Gone)?;
        Ok(Download {
            path: self.shared.downloads.folder.join(&transfer.guid),
            url: transfer.url,
            filename: transfer.filename,
        })
    }

    /// Takes the files that came: those of the action that is ending, and late ones of earlier ones.
    /// Waits for what is on its way.
    pub(super) async fn take_files(&self) -> Result<Vec<Download>, Error> {
        let deadline = Instant::now() + FILE_LIMIT;
        let mut changes = self.watch().changes();
        while self.watch().state().downloads.running() {
            let _ = timeout(TICK, changes.changed()).await;
            if self.gone().is_cancelled() {
                return Err(Error::Gone);
            }
            let late: Vec<String> = {
                let state = self.watch().state();
                let running = state.downloads.transfers.iter();
                running
                    .filter(|it| it.progress == Progress::Running)
                    .filter(|it| it.moved.elapsed() > STALL_LIMIT || Instant::now() > deadline)
                    .map(|it| it.guid.clone())
                    .collect()
            };
            for guid in late {
                let reason = "it stopped coming";
                self.watch().state().downloads.fail(&guid, reason);
                let params = json!({ "guid": guid });
                let cancel = self
                    .cdp()
                    .call_within(CALL_LIMIT, "Browser.cancelDownload", params);
                // It may have ended in the meantime.
                let _ = cancel.await;
            }
        }
        let transfers = std::mem::take(&mut self.watch().state().downloads.transfers);
        let folder = &self.shared.downloads.folder;
        let mut files = Vec::new();
        let mut failed = None;
        for transfer in transfers {
            match transfer.progress {
                Progress::Saved => files.push(Download {
                    path: folder.join(&transfer.guid),
                    url: transfer.url,
                    filename: transfer.filename,
                }),
                Progress::Running => {}
                Progress::Failed(reason) => {
                    let name = transfer.filename;
                    failed.get_or_insert(Error::Download { name, reason });
                }
            }
        }
        match failed {
            // What did come is worth more than what did not.
            Some(error) if files.is_empty() => Err(error),
            _ => Ok(files),
        }
    }

    pub(super) async fn download(&self, target: &Target, before: &Before) -> Result<Done, Error> {
        let count = self.watch().state().downloads.count;
        let aim = self.hold(target).await?;
        let source = self
            .ask::<Source>(&aim.context, "fileSource", json!({ "element": aim.id }))
            .await?
            .map_err(|refusal| refusal.into_error(&target.element))?;
        if let Some(picture) = source.picture {
            self.fetch(&aim.context, &picture).await?;
            return Ok(Done::default());
        }
        let mut done = self.click(target, 1).await?;
        let (context, _) = self.current()?;
        let rest = Rest {
            context: &context,
            target: None,
            since: before.began,
            expectant: true,
        };
        done.settled = Some(Box::pin(self.settle(rest)).await?);
        if self.watch().state().downloads.count == count {
            self.take_shown(before).await?;
        }
        // Pages that say that the file comes in a moment.
        let mut changes = self.watch().changes();
        let begun = async {
            while self.watch().state().downloads.count == count && changes.changed().await.is_ok() {
            }
        };
        // Where none comes, what the click led to is there to be looked at.
        let _ = timeout(BEGIN_LIMIT, begun).await;
        Ok(done)
    }

    /// Where the click led to a document that is a file rather than a page, takes the file and goes
    /// back to where the click was made.
    async fn take_shown(&self, before: &Before) -> Result<(), Error> {
        let (opened, moved) = {
            let state = self.watch().state();
            let moved = state
                .tab(&before.context)
                .is_some_and(|tab| tab.committed != before.commits);
            (state.opened.clone(), moved)
        };
        let here = moved.then(|| before.context.clone());
        for context in opened.into_iter().chain(here) {
            let shown = self.ask::<Shown>(&context, "shown", json!({})).await;
            let Ok(Ok(shown)) = shown else { continue };
            if is_page(&shown.content_type) {
                continue;
            }
            self.fetch(&context, &shown.url).await?;
            if context == before.context {
                self.traverse(-1).await?;
            } else {
                self.close_target(&context).await?;
            }
        }
        Ok(())
    }

    /// Has the browser get a file the way the page would: with its cookies, through its proxy.
    async fn fetch(&self, context: &str, url: &str) -> Result<(), Error> {
        let named = |headers: &Value| {
            let given = headers.as_object().into_iter().flatten();
            let mut given =
                given.filter(|(name, _)| name.eq_ignore_ascii_case("content-disposition"));
            let name = given.find_map(|(_, value)| disposition(value.as_str()?));
            name.unwrap_or_else(|| name_of(url))
        };
        let failed = |reason: String| Error::Download {
            name: name_of(url),
            reason,
        };
        let session = self.session_of(context).await?;
        let params = json!({
            "frameId": context, "url": url,
            "options": { "disableCache": false, "includeCredentials": true },
        });
        let method = "Network.loadNetworkResource";
        let answer = self.guarded(context, "the file", CALL_LIMIT, &session, method, params);
        let answer = answer.await?;
        let resource = &answer["resource"];
        let status = resource["httpStatusCode"].as_u64().unwrap_or_default();
        let Some(stream) = resource["stream"].as_str() else {
            let reason = match resource["netErrorName"].as_str() {
                Some(name) if status == 0 => format!("the browser says {name}"),
                _ => format!("the server answered {status}"),
            };
            return Err(failed(reason));
        };
        let filename = named(&resource["headers"]);
        let guid = {
            let mut state = self.watch().state();
            state.downloads.count += 1;
            format!("taken-{}", state.downloads.count)
        };
        let path = self.shared.downloads.folder.join(&guid);
        let read = self.read_stream(context, &session, stream, &path).await;
        let close = json!({ "handle": stream });
        let _ = self.inspect(context, &session, "IO.close", close).await;
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(reason) => {
                let _ = tokio::fs::remove_file(&path).await;
                return Err(failed(reason));
            }
        };
        self.watch().state().downloads.transfers.push(Transfer {
            guid,
            url: url.to_owned(),
            filename,
            bytes,
            progress: Progress::Saved,
            moved: Instant::now(),
        });
        Ok(())
    }

    async fn read_stream(
        &self,
        context: &str,
        session: &str,
        stream: &str,
        path: &Path,
    ) -> Result<u64, String> {
        let limit = self.shared.downloads.max_bytes;
        let told = |error: std::io::Error| error.to_string();
        let mut file = tokio::fs::File::create(path).await.map_err(told)?;
        let mut bytes = 0;
        loop {
            let params = json!({ "handle": stream, "size": PIECE });
            let piece = self.inspect(context, session, "IO.read", params).await;
            let piece = piece.map_err(|error| error.to_string())?;
            let text = piece["data"].as_str().unwrap_or_default();
            let data = match piece["base64Encoded"].as_bool() {
                Some(true) => STANDARD.decode(text).map_err(|error| error.to_string())?,
                _ => text.as_bytes().to_vec(),
            };
            bytes += data.len() as u64;
            if bytes > limit {
                return Err(self.watch().state().downloads.too_large());
            }
            file.write_all(&data).await.map_err(told)?;
            if piece["eof"] == true {
                file.flush().await.map_err(told)?;
                return Ok(bytes);
            }
        }
    }
}

/// Whether a document of that type is read as a page.
fn is_page(content_type: &str) -> bool {
    matches!(content_type, "" | "text/html" | "application/xhtml+xml")
}

/// The last part of an address.
fn name_of(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    let last = parsed
        .as_ref()
        .and_then(|it| it.path_segments()?.rfind(|part| !part.is_empty()));
    safe_name(&last.map(decoded).unwrap_or_default())
}

/// Without percent signs.
fn decoded(text: &str) -> String {
    // A form's query has two signs more that mean something.
    let query = text.replace('+', "%2B").replace('&', "%26");
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.next().map_or_else(String::new, |(key, value)| {
        if value.is_empty() {
            key.into_owned()
        } else {
            format!("{key}={value}")
        }
    })
}

/// The file name in a `Content-Disposition`.
fn disposition(header: &str) -> Option<String> {
    let parts = header.split(';').map(str::trim);
    let mut plain = None;
    for part in parts {
        let Some((name, value)) = part.split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "filename*" => {
                let text = value.rsplit('\'').next().unwrap_or(value);
                return Some(safe_name(&decoded(text)));
            }
            "filename" => plain = Some(safe_name(value)),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_its_header_or_its_address() {
        let star = "inline; filename=\"x.csv\"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf";
        assert_eq!(disposition(star).as_deref(), Some("résumé.pdf"));
        assert_eq!(
            disposition("inline; filename=\"../a b.csv\"").as_deref(),
            Some("a b.csv")
        );
        assert_eq!(disposition("inline"), None);
        assert_eq!(
            name_of("http://x/files/Q1%20report.txt?v=2"),
            "Q1 report.txt"
        );
        assert_eq!(name_of("http://x/"), "download");
    }
}
