//! A ChromeDriver for tests that speak to a browser without the service around it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, bail};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// It takes a port that is free in one family of addresses and ends where it is taken in the other.
const TRIES: usize = 5;
const PATIENCE: Duration = Duration::from_secs(20);

/// geckodriver, where `scripts/setup firefox` put it; nothing where it is on the path, or nowhere.
#[must_use]
pub fn geckodriver() -> Option<PathBuf> {
    let home = PathBuf::from(std::env::var_os("HOME")?);
    let path = home.join(".cache/errand/tools/bin/geckodriver");
    path.is_file().then_some(path)
}

/// A running ChromeDriver. It ends when this is dropped.
#[derive(Debug)]
pub struct Driver {
    /// Where it listens, with a slash at the end.
    pub url: String,
    /// The process, the first of its own group.
    pub process: Child,
}

impl Driver {
    /// Starts one. What it and its browsers leave goes into that folder.
    ///
    /// # Errors
    /// If there is none on the path, or it does not come up.
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        for _ in 0..TRIES {
            if let Some(driver) = timeout(PATIENCE, Self::try_start(folder)).await?? {
                return Ok(driver);
            }
        }
        bail!("chromedriver ended {TRIES} times")
    }

    async fn try_start(folder: &Path) -> anyhow::Result<Option<Self>> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .env("TMPDIR", folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .process_group(0)
            .spawn()
            .context("chromedriver can't be started")?;
        let out = process.stdout.take().context("it has no output")?;
        let mut lines = BufReader::new(out).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                let port = port.trim().trim_end_matches('.');
                let url = format!("http://127.0.0.1:{port}/");
                return Ok(Some(Self { url, process }));
            }
        }
        Ok(None)
    }
}
