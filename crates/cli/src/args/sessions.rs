//! The command line of `errand sessions`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Reach, pair};

/// `errand sessions …`.
#[derive(Debug, Subcommand)]
pub enum Sessions {
    /// Ask for a browser that is kept between runs, and wait until it is up
    Create(Create),
    /// List sessions that live, newest first
    List(List),
    /// Show all about a session
    Get(Get),
    /// Give a session more time
    Extend(Extend),
    /// End sessions
    Close(Close),
    /// Watch what a live browser shows
    Watch(Watch),
}

/// `errand sessions create`.
#[derive(Debug, Args)]
pub struct Create {
    /// The page to begin with
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// How long it may live, in minutes, 5 to 1440 [default: 60]
    #[arg(long, value_name = "MINUTES")]
    pub timeout: Option<i32>,
    /// Which browser: chrome, msedge or firefox [default: chrome]
    #[arg(long, value_name = "NAME")]
    pub browser: Option<String>,
    /// Begin with this saved browser state
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Size of the page's visible part in CSS pixels [default: 1280x720]
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub viewport: Option<(i32, i32)>,
    /// What its browser has besides: ad-blocker, captcha-solver; may be repeated
    #[arg(long = "extension", value_name = "NAME")]
    pub extensions: Vec<String>,
    /// A proxy that its traffic leaves through
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// A browser that somebody else runs: a WebDriver URL, or a Chrome's debugger address
    #[arg(long, value_name = "URL")]
    pub browser_address: Option<String>,
    /// A key and value of yours; may be repeated
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = pair)]
    pub labels: Vec<(String, String)>,
    /// Makes the command safe to repeat: the same id gives the same session
    #[arg(long, value_name = "ID")]
    pub request_id: Option<String>,
    /// Don't wait until it is up
    #[arg(long)]
    pub detach: bool,
    /// Print the session as JSON instead of its id
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand sessions list`.
#[derive(Debug, Args)]
pub struct List {
    /// Ended sessions too
    #[arg(long)]
    pub all: bool,
    /// Only sessions with this label; may be repeated
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = pair)]
    pub labels: Vec<(String, String)>,
    /// Most sessions to list
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
    /// Print one JSON object per session
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand sessions get`.
#[derive(Debug, Args)]
pub struct Get {
    /// The session's id
    pub session: String,
    /// What happened in it as well
    #[arg(long)]
    pub events: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand sessions extend`.
#[derive(Debug, Args)]
pub struct Extend {
    /// The session's id
    pub session: String,
    /// Minutes to add
    #[arg(value_name = "MINUTES")]
    pub minutes: i32,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand sessions close`.
#[derive(Debug, Args)]
pub struct Close {
    /// The sessions' ids
    #[arg(required = true, num_args = 1..)]
    pub sessions: Vec<String>,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand sessions watch`.
#[derive(Debug, Args)]
pub struct Watch {
    /// The id of a session or of a run
    pub id: String,
    /// Write each frame as a PNG file into this folder, which is made
    #[arg(long, value_name = "DIR")]
    pub png: Option<PathBuf>,
    /// Stop after this many frames
    #[arg(long, value_name = "N")]
    pub frames: Option<u32>,
    /// Most frames a second, 1 to 30
    #[arg(long, value_name = "N")]
    pub rate: Option<i32>,
    /// Quality of the pictures, 1 to 100
    #[arg(long, value_name = "N")]
    pub quality: Option<i32>,
    /// Print one JSON object per change, pictures left out
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

fn size(text: &str) -> Result<(i32, i32), String> {
    let parts = text.split_once(['x', 'X', '×']);
    let read = parts.and_then(|(width, height)| {
        Some((width.trim().parse().ok()?, height.trim().parse().ok()?))
    });
    read.ok_or_else(|| format!("\"{text}\" is no size such as 1280x720"))
}
