//! Settings of live browsers, and of servers that share them.

use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, ValueEnum};
use errand_browser::launch::Mode;
use serde::{Deserialize, Deserializer, de::Error as _};
use url::Url;

use super::{PublicUrl, Span, Table, file::File};

/// Memory that must be free for one more browser, in MiB.
const BROWSER_MEMORY: u32 = 400;

/// What `errand serve` takes for them.
#[derive(Debug, Clone, Default, Args)]
pub struct LiveFlags {
    /// Browsers kept ready besides, from the first session on; 0: none [default: 1]
    #[arg(long, env = "ERRAND_WARM_BROWSERS", value_name = "N")]
    pub warm_browsers: Option<u16>,
    /// Memory in MiB that must be free for one more browser; 0: not looked at [default: 400]
    #[arg(long, env = "ERRAND_BROWSER_MEMORY", value_name = "MIB")]
    pub browser_memory: Option<u32>,
    /// How long others wait for a browser before a paused run gives its own up [default: 1m]
    #[arg(long, env = "ERRAND_PARK_AFTER", value_name = "TIME")]
    pub park_after: Option<Span>,
    /// Filters of the extension `ad-blocker`: a list in the syntax of EasyList, or a file of hosts
    /// [default: a short list of errand's own]
    #[arg(long, env = "ERRAND_AD_FILTERS", value_name = "FILE")]
    pub ad_filters: Option<PathBuf>,
    /// Whether browsers have a screen, each one of its own (needs Xvfb) [default: headless]
    #[arg(long, env = "ERRAND_BROWSER_MODE", value_name = "MODE")]
    pub browser_mode: Option<BrowserMode>,
    /// How other servers on the same database reach this one [default: the address listened on]
    #[arg(long, env = "ERRAND_ADVERTISE_URL", value_name = "URL")]
    pub advertise_url: Option<PublicUrl>,
    /// Key that encrypts what is stored, 64 hexadecimal digits, the same for all servers on a database
    /// [default: one in the data folder]
    #[arg(
        long,
        env = "ERRAND_SECRET_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub secret_key: Option<SecretKey>,
}

/// Whether browsers have a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BrowserMode {
    /// None
    #[default]
    Headless,
    /// Each one of its own
    Headful,
}

impl From<BrowserMode> for Mode {
    fn from(mode: BrowserMode) -> Self {
        match mode {
            BrowserMode::Headless => Self::Headless,
            BrowserMode::Headful => Self::Headful,
        }
    }
}

/// A key of 32 bytes. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(pub [u8; 32]);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SecretKey(..)")
    }
}

impl FromStr for SecretKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || "it must be 64 hexadecimal digits, as `openssl rand -hex 32` writes".to_owned();
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut key = [0; 32];
        for (at, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(key))
    }
}

impl<'de> Deserialize<'de> for SecretKey {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// The settings after all sources were asked.
#[derive(Debug, Clone)]
pub struct Live {
    pub warm_browsers: usize,
    /// In bytes.
    pub browser_memory: u64,
    pub park_after: Duration,
    /// None: a list of our own.
    pub ad_filters: Option<PathBuf>,
    pub browser_mode: BrowserMode,
    pub advertise_url: Option<Url>,
    pub secret_key: Option<SecretKey>,
}

impl Live {
    pub(super) fn gather(flags: LiveFlags, file: &mut File, table: &mut Table<'_>) -> Self {
        let warm = table.pick("warm_browsers", flags.warm_browsers, file.warm_browsers);
        let warm_browsers = warm.map_or(1, usize::from);
        table.settle("warm_browsers", warm_browsers);
        let memory = table.pick("browser_memory", flags.browser_memory, file.browser_memory);
        let memory = memory.unwrap_or(BROWSER_MEMORY);
        table.settle("browser_memory", format!("{memory} MiB"));
        let park = table.pick("park_after", flags.park_after, file.park_after);
        let park_after = park.map_or(Duration::from_secs(60), |it| it.0);
        table.settle("park_after", format!("{}s", park_after.as_secs_f64()));
        let ad_filters = table.path("ad_filters", flags.ad_filters, file.ad_filters.take());
        let mode = table.pick("browser_mode", flags.browser_mode, file.browser_mode);
        let browser_mode = mode.unwrap_or_default();
        let shown = match browser_mode {
            BrowserMode::Headless => "headless",
            BrowserMode::Headful => "headful",
        };
        table.settle("browser_mode", shown);
        let advertise = table.pick(
            "advertise_url",
            flags.advertise_url,
            file.advertise_url.take(),
        );
        if let Some(url) = &advertise {
            table.settle("advertise_url", &url.0);
        }
        let secret_key = table.pick("secret_key", flags.secret_key, file.secret_key.take());
        if secret_key.is_some() {
            table.settle("secret_key", "********");
        }
        Self {
            warm_browsers,
            browser_memory: u64::from(memory) << 20,
            park_after,
            ad_filters,
            browser_mode,
            advertise_url: advertise.map(|it| it.0),
            secret_key,
        }
    }
}
