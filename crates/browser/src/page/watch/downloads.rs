//! Files that the browser saves.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Duty, State};

/// Files of one browser; what begins beyond is stopped.
const MAX_FILES: u64 = 500;
/// Downloads that may run at once.
const MAX_RUNNING: usize = 20;
/// Downloads that are kept in mind until somebody takes them.
const MAX_KEPT: usize = 200;
/// How long a file may take to be announced after the page said that one comes.
const ANNOUNCED: Duration = Duration::from_secs(2);
/// How long a file may take that a link asks for.
const ASKED_FOR: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::page) enum Progress {
    Running,
    Saved,
    /// Why there is no file.
    Failed(String),
}

/// A file on its way, or there.
#[derive(Debug, Clone)]
pub(in crate::page) struct Transfer {
    /// The browser's name for it, which the file has in the folder as well.
    pub(in crate::page) guid: String,
    pub(in crate::page) url: String,
    pub(in crate::page) filename: String,
    pub(in crate::page) bytes: u64,
    pub(in crate::page) progress: Progress,
    /// When it last came on.
    pub(in crate::page) moved: Instant,
}

#[derive(Debug, Default)]
pub(in crate::page) struct Downloads {
    /// Those that nobody took yet.
    pub(in crate::page) transfers: Vec<Transfer>,
    /// Longest file that is kept, in bytes.
    pub(in crate::page) max_bytes: u64,
    /// How many began.
    pub(in crate::page) count: u64,
    /// Until when a file is expected that did not begin yet.
    expected: Option<Instant>,
    /// When the last one began.
    began: Option<Instant>,
}

impl Downloads {
    /// Whether a file was announced that did not begin yet.
    pub(in crate::page) fn expected(&self) -> bool {
        self.expected.is_some_and(|until| Instant::now() < until)
    }

    /// Notes that a file is to come.
    pub(in crate::page) fn announce(&mut self) {
        self.expected = Some(Instant::now() + ANNOUNCED);
    }

    /// The same for one that is asked for from a server, which takes its time.
    pub(in crate::page) fn announce_unless_begun(&mut self, since: Instant) {
        if self.began.is_none_or(|at| at < since) {
            self.expected = Some(Instant::now() + ASKED_FOR);
        }
    }

    pub(in crate::page) fn running(&self) -> bool {
        let mut transfers = self.transfers.iter();
        transfers.any(|it| it.progress == Progress::Running)
    }

    /// Notes that a file will not come, whatever the browser says of it later.
    pub(in crate::page) fn fail(&mut self, guid: &str, reason: &str) {
        let mut transfers = self.transfers.iter_mut();
        if let Some(transfer) = transfers.find(|it| it.guid == guid) {
            transfer.progress = Progress::Failed(reason.to_owned());
        }
    }

    pub(in crate::page) fn too_large(&self) -> String {
        format!("it is larger than {} bytes", self.max_bytes)
    }

    fn begin(&mut self, params: &Value) -> Duty {
        let text = |name: &str| params[name].as_str().unwrap_or_default();
        self.expected = None;
        self.began = Some(Instant::now());
        self.count += 1;
        let guid = text("guid").to_owned();
        let running = |it: &&Transfer| it.progress == Progress::Running;
        if self.transfers.iter().filter(running).count() >= MAX_RUNNING {
            return Duty::Cancel(guid);
        }
        let (progress, duty) = if self.count > MAX_FILES {
            let reason = format!("a browser downloads at most {MAX_FILES} files");
            (Progress::Failed(reason), Duty::Cancel(guid.clone()))
        } else {
            (Progress::Running, Duty::Nothing)
        };
        // Nobody may ever take them.
        self.transfers.truncate(MAX_KEPT - 1);
        self.transfers.push(Transfer {
            guid,
            url: errand_domain::text::clip(text("url"), 2000),
            filename: safe_name(text("suggestedFilename")),
            bytes: 0,
            progress,
            moved: Instant::now(),
        });
        duty
    }

    fn progress(&mut self, params: &Value) -> Duty {
        let guid = params["guid"].as_str().unwrap_or_default();
        let reason = self.too_large();
        let limit = self.max_bytes;
        let mut transfers = self.transfers.iter_mut();
        let Some(transfer) = transfers.find(|it| it.guid == guid) else {
            return Duty::Nothing;
        };
        if transfer.progress != Progress::Running {
            return Duty::Nothing;
        }
        let count = |name: &str| params[name].as_f64().unwrap_or_default();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a length, told as a float"
        )]
        let (received, total) = (count("receivedBytes") as u64, count("totalBytes") as u64);
        if received > transfer.bytes {
            transfer.bytes = received;
            transfer.moved = Instant::now();
        }
        match params["state"].as_str() {
            _ if received.max(total) > limit => {
                transfer.progress = Progress::Failed(reason);
                return Duty::Cancel(guid.to_owned());
            }
            Some("completed") => transfer.progress = Progress::Saved,
            Some("canceled") => {
                let reason = "the connection broke off, or the browser refused the file";
                transfer.progress = Progress::Failed(reason.to_owned());
            }
            _ => {}
        }
        Duty::Nothing
    }
}

impl State {
    pub(super) fn browser(&mut self, method: &str, params: &Value) -> Duty {
        match method {
            "Browser.downloadWillBegin" => self.downloads.begin(params),
            "Browser.downloadProgress" => self.downloads.progress(params),
            _ => Duty::Nothing,
        }
    }
}

/// A name of one part that any system takes: no folders, nothing hidden, no control characters.
pub(in crate::page) fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .map(|it| match it {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
            it if it.is_control() => '_',
            it => it,
        })
        .collect();
    let trimmed = kept
        .trim()
        .trim_start_matches('.')
        .trim_end_matches(['.', ' ']);
    match trimmed {
        "" => "download".to_owned(),
        name if name.len() > 150 => {
            // The end says what it is.
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            let ending = errand_domain::text::clip(ending, 20);
            format!("{}.{ending}", errand_domain::text::clip(name, 120))
        }
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_folders_and_is_never_empty() {
        for (given, kept) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\.env", "env"),
            ("a\u{0}b:c?.csv", "a_b_c_.csv"),
            ("..", "download"),
            ("", "download"),
        ] {
            assert_eq!(safe_name(given), kept);
        }
        let long = safe_name(&format!("{}.xlsx", "é".repeat(400)));
        assert!(long.len() <= 150 && long.ends_with(".xlsx"), "{long}");
    }
}
