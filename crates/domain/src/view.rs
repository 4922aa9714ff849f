//! What somebody sees who watches a live browser.

use bytes::Bytes;

use crate::{action::Point, time::Timestamp};

/// How a live browser is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ViewOptions {
    /// Most frames a second, 1 to 30.
    pub max_fps: u8,
    /// Quality of the JPEG files, 1 to 100.
    pub quality: u8,
    /// Widest that a frame may be, in pixels.
    pub max_width: u16,
    /// Highest that a frame may be, in pixels.
    pub max_height: u16,
}

impl ViewOptions {
    /// Most frames a second that can be asked for.
    pub const MAX_FPS: u8 = 30;
    /// Smallest and largest side of a frame that can be asked for, in pixels.
    pub const SIDES: std::ops::RangeInclusive<u16> = 16..=4096;
}

impl Default for ViewOptions {
    fn default() -> Self {
        Self {
            max_fps: 10,
            quality: 60,
            max_width: 1280,
            max_height: 1280,
        }
    }
}

/// A picture of the viewport of the current tab.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The file, a JPEG of at most [`MAX_FRAME_BYTES`].
    pub jpeg: Bytes,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Width and height of the viewport in CSS pixels.
    pub viewport: (f64, f64),
    /// How far the page is scrolled to the right and down, in CSS pixels.
    pub scroll: (f64, f64),
    /// How much a pinch has enlarged the page.
    pub page_scale: f64,
    /// When the browser drew it, by its own clock.
    pub at: Timestamp,
    /// Counts the frames that came from the browser with these options.
    pub sequence: u64,
    /// How many of them this watcher missed so far.
    pub dropped: u64,
    /// The tab that it shows.
    pub tab: String,
}

/// Largest file of a frame, in bytes; the quality is lowered until it fits.
pub const MAX_FRAME_BYTES: usize = 1_000_000;

/// All that a frame does not show.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ViewState {
    /// Tabs and popups, in the order in which they opened.
    pub tabs: Vec<Tab>,
    /// The id of the current one; empty where there is none.
    pub current: String,
    /// Where the pointer was last, whoever moved it.
    pub cursor: Option<Point>,
    /// What blocks the current tab.
    pub dialog: Option<Dialog>,
    /// The current tab waits for its document.
    pub loading: bool,
    /// The current tab's page crashed.
    pub crashed: bool,
}

impl ViewState {
    /// The current tab.
    #[must_use]
    pub fn here(&self) -> Option<&Tab> {
        self.tabs.iter().find(|tab| tab.id == self.current)
    }
}

/// A tab or popup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tab {
    /// `t1`, `t2`, …
    pub id: String,
    /// The address of its document, clipped.
    pub url: String,
    /// Its title, clipped.
    pub title: String,
}

/// A dialog of a page's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    /// `alert`, `confirm`, `prompt` or `beforeunload`.
    pub kind: String,
    /// What it says, clipped.
    pub message: String,
}

/// Who acts on a live browser.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Controller {
    /// Nobody.
    #[default]
    Nobody,
    /// The engine of a run, by the run's id.
    Run { run: String, since: Timestamp },
    /// A person, by the name they gave.
    Person { name: String, since: Timestamp },
    /// A program that drives it over CDP.
    Program { name: String, since: Timestamp },
}
