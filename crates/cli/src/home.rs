//! Finding a server: the one that was named, the one that has the data folder, or a fresh one that
//! lives as long as it has callers.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom},
    os::unix::{fs::OpenOptionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use crate::{
    args::Reach,
    config::Common,
    connection::Connection,
    exit::{Exit, Misuse},
    folder::{self, announcement::Announcement, lock, private},
};

/// How long a server may take from its start until it listens. It migrates a database first.
const START: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(25);
/// How long a server that a client started stays without callers and runs.
const IDLE: &str = "10s";

/// Where calls go. Kept as long as a server that lives by its callers is needed.
#[derive(Debug)]
pub struct Home {
    reach: Reach,
    folder: Option<PathBuf>,
    log: Option<String>,
    // Held, not read: the folder's server counts it as a caller.
    _caller: Option<lock::Lock>,
}

impl Home {
    /// Decides where calls go, without making any.
    ///
    /// # Errors
    /// If the data folder is needed and can't be used.
    pub async fn new(common: &Common, reach: &Reach) -> anyhow::Result<Self> {
        let folder = folder::named(common.data_dir.as_deref());
        let (reach, log) = (reach.clone(), common.log.clone());
        if reach.server.is_some() {
            // The folder may still have the key; without HOME there is none to look into.
            return Ok(Self {
                reach,
                folder: folder.ok(),
                log,
                _caller: None,
            });
        }
        let folder = folder?;
        let shown = folder.display().to_string();
        folder::make(&folder).with_context(|| format!("can't use the data folder {shown}"))?;
        let patience = START;
        let own = folder.clone();
        let caller = tokio::task::spawn_blocking(move || lock::call(&own, patience)).await?;
        let caller = caller.with_context(|| format!("can't use the data folder {shown}"))?;
        Ok(Self {
            reach,
            folder: Some(folder),
            log,
            _caller: Some(caller),
        })
    }

    /// Connects; starts a server if there is none and none was named. To be called again after a
    /// connection was lost: another server may have the folder by then.
    ///
    /// # Errors
    /// If no server can be reached.
    pub async fn connect(&self) -> anyhow::Result<Connection> {
        let server = match (&self.reach.server, &self.folder) {
            (Some(server), _) => server.clone(),
            (None, Some(folder)) => self.local(folder).await?,
            (None, None) => bail!(Misuse("name a server with --server".to_owned())),
        };
        let key = self.key()?;
        Connection::open(&server, key.as_deref(), &self.reach).await
    }

    fn key(&self) -> anyhow::Result<Option<String>> {
        if let Some(key) = &self.reach.api_key {
            return Ok(Some(key.clone()));
        }
        let Some(folder) = &self.folder else {
            return Ok(None);
        };
        let path = folder.join(folder::API_KEY);
        let key = private::read(&path).with_context(|| format!("can't read {}", path.display()))?;
        Ok(key.map(|it| it.trim().to_owned()))
    }

    async fn local(&self, folder: &Path) -> anyhow::Result<String> {
        if let Some(found) = Announcement::find(folder)? {
            return Ok(found.url);
        }
        let own = folder.to_owned();
        // Others wait here, and find the server that the first one started.
        let start = tokio::task::spawn_blocking(move || lock::start(&own, START)).await??;
        let found = self.start(folder).await?;
        drop(start);
        Ok(found.url)
    }

    async fn start(&self, folder: &Path) -> anyhow::Result<Announcement> {
        let deadline = Instant::now() + START;
        let mut child: Option<(Child, File)> = None;
        loop {
            if let Some(found) = Announcement::find(folder)? {
                return Ok(found);
            }
            match &mut child {
                Some((process, log)) => {
                    if let Some(status) = process.try_wait()? {
                        let said = tail(log)?;
                        if status.code() == Some(Exit::Usage as i32) {
                            bail!(Misuse(format!("the server did not start:\n{said}")));
                        }
                        bail!("the server did not start ({status}):\n{said}");
                    }
                }
                // A server that holds the folder and has not announced itself is just starting.
                None if !lock::is_served(folder)? => child = Some(self.spawn(folder)?),
                None => {}
            }
            if Instant::now() >= deadline {
                let log = folder.join(folder::SERVER_LOG);
                bail!(
                    "no server within {} s; see {}",
                    START.as_secs(),
                    log.display()
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn spawn(&self, folder: &Path) -> anyhow::Result<(Child, File)> {
        let path = folder.join(folder::SERVER_LOG);
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600);
        let log = options
            .open(&path)
            .with_context(|| format!("can't write {}", path.display()))?;
        let program = std::env::current_exe().context("can't find this program's own file")?;
        let mut command = Command::new(program);
        command.arg("serve").arg("--data-dir").arg(folder);
        command.args(["--listen", "127.0.0.1:0", "--idle-exit", IDLE]);
        if let Some(filter) = &self.log {
            command.args(["--log", filter]);
        }
        command
            // Ctrl-C is for the client, which cancels its run and needs the server to do so.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log.try_clone()?);
        tracing::debug!(folder = %folder.display(), "starting a server");
        let child = command.spawn().context("can't start a server")?;
        Ok((child, log))
    }
}

fn tail(log: &mut File) -> io::Result<String> {
    const BYTES: u64 = 2000;
    let length = log.metadata()?.len();
    log.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
    let mut text = Vec::new();
    log.take(BYTES).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let mut lines: Vec<&str> = text.lines().rev().take(8).collect();
    lines.reverse();
    Ok(lines
        .iter()
        .map(|it| format!("  {}", crate::output::plain(it)))
        .collect::<Vec<_>>()
        .join("\n"))
}
