//! What a runner needs to know.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf, time::Duration};

use errand_browser::{AdBlock, launch::Mode};
use errand_llm::Models;

use crate::CaptchaHook;

/// Settings of a runner.
#[derive(Clone)]
pub struct Config {
    /// Names this process in the log: host and process id.
    pub holder: String,
    /// Where other processes on the same database can call this one: an `http` or `https` URL.
    pub address: String,
    /// Browsers at once.
    pub slots: usize,
    /// Browsers kept ready besides, from the first session on; 0: none.
    pub warm_browsers: usize,
    /// Bytes of memory that must be free for one more browser; 0: not looked at.
    pub browser_memory: u64,
    /// Runs of one organization at once, on all replicas together.
    pub per_organization: u32,
    /// How long a run stays with a holder that says nothing. The holder itself stops at two thirds.
    pub lease: Duration,
    /// How long runs may go on after a stop was asked for, before they are handed back.
    pub drain: Duration,
    /// Time of a run that names none.
    pub default_timeout: Duration,
    /// How long a paused run waits for a person.
    pub pause_timeout: Duration,
    /// How long others wait for a browser before a paused run gives its own up.
    pub park_after: Duration,
    /// Steps of a run that names none.
    pub default_max_steps: u32,
    /// Who solves captchas; without one, runs pause for a person.
    pub captcha_hook: Option<CaptchaHook>,
    /// The language models; none by default, and then only engines that need none.
    pub models: Models,
    /// The command line of the guard, e.g. `[/path/of/errand, guard]`.
    pub guard: Vec<OsString>,
    /// Whether browsers have a screen.
    pub mode: Mode,
    /// What browsers with the extension `ad-blocker` don't ask for.
    pub blocking: AdBlock,
    /// Chromium; looked for if not given.
    pub chromium: Option<PathBuf>,
    /// ChromeDriver; looked for if not given.
    pub chromedriver: Option<PathBuf>,
    /// Where the browsers' data folders are made.
    pub folder: PathBuf,
    /// Whether runs may reach loopback and private addresses.
    pub allow_private: bool,
    /// Listeners of this service; no run may reach them.
    pub denied: Vec<SocketAddr>,
    /// Encrypts checkpoints.
    pub secret: [u8; 32],
}
