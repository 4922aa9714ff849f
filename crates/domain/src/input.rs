//! What a person does to a live browser by hand: mouse, wheel, keys, text, navigation, tabs.
//!
//! A value of these types can be carried out as far as it can be told without the page; whether a
//! place lies in the viewport is asked with [`Input::within`] once that is known.

mod fault;
mod key;

use std::fmt;

use url::Url;

pub use self::{fault::Fault, key::Key};
use crate::{
    action::{Button, Point},
    text::{Text, clip},
};

/// Longest text that is typed at once, in bytes.
pub const MAX_TEXT_BYTES: usize = 64 << 10;
/// Longest text that is pasted at once, in bytes.
pub const MAX_PASTE_BYTES: usize = 1 << 20;
/// Most presses that one click counts: single, double, triple.
pub const MAX_CLICKS: u8 = 3;
/// No viewport is larger on either side, in CSS pixels.
pub const MAX_VIEWPORT: f64 = 10_000.0;
/// Furthest that the wheel turns at once, in CSS pixels.
pub const MAX_WHEEL: f64 = 100_000.0;
/// Longest address that is gone to, in bytes.
pub const MAX_URL_BYTES: usize = 8 << 10;
/// Longest id of a tab, in bytes.
const MAX_TAB_BYTES: usize = 32;

/// Modifier keys that are down meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four keys, each up or down, as in a KeyboardEvent"
)]
pub struct Modifiers {
    /// Alt, or Option.
    pub alt: bool,
    /// Control.
    pub control: bool,
    /// Meta: Command, or the Windows key.
    pub meta: bool,
    /// Shift.
    pub shift: bool,
}

impl Modifiers {
    /// One bit each: alt 1, control 2, meta 4, shift 8.
    #[must_use]
    pub fn bits(self) -> u8 {
        u8::from(self.alt)
            | u8::from(self.control) << 1
            | u8::from(self.meta) << 2
            | u8::from(self.shift) << 3
    }
}

/// What the mouse does at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mouse {
    /// Is moved there, with the buttons as they are.
    Move,
    /// A button goes down; the second time in a row of a double click has `times` 2.
    Down { button: Button, times: u8 },
    /// A button comes up.
    Up { button: Button, times: u8 },
    /// Moves there, and presses and releases a button so many times.
    Click { button: Button, times: u8 },
}

/// What is done with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    /// It goes down, and repeats if it is down already.
    Down,
    /// It comes up.
    Up,
    /// Both.
    Press,
}

/// Text that a person typed or pasted. It may be a secret, so it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Typed(String);

/// One thing that a person does.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The mouse, at a place of the viewport.
    Mouse {
        at: Point,
        does: Mouse,
        held: Modifiers,
    },
    /// The wheel turns by so many CSS pixels over a place; right and down are positive.
    Wheel {
        at: Point,
        dx: f64,
        dy: f64,
        held: Modifiers,
    },
    /// A key.
    Key {
        key: Key,
        does: Stroke,
        held: Modifiers,
    },
    /// Text into what has the focus, as an input method would give it: without key events.
    Text(Typed),
    /// Text from a clipboard into what has the focus: the page is asked with a paste event first.
    Paste(Typed),
    /// Goes to an address in the current tab.
    Navigate(Url),
    /// One entry back in the history.
    Back,
    /// One entry forward in the history.
    Forward,
    /// Loads the page again.
    Reload,
    /// Stops loading.
    Stop,
    /// Opens a tab, and goes to it.
    OpenTab(Option<Url>),
    /// Goes to a tab, by its id (`t2`).
    SwitchTab(String),
    /// Closes a tab, by its id.
    CloseTab(String),
    /// Answers an open dialog; the text is for a prompt.
    AnswerDialog { accept: bool, text: Option<Typed> },
}

impl Typed {
    /// Text to type.
    ///
    /// # Errors
    /// [`Fault::Empty`], or [`Fault::TooLong`] beyond [`MAX_TEXT_BYTES`].
    pub fn text(text: &str) -> Result<Self, Fault> {
        Self::bounded("text", text, MAX_TEXT_BYTES)
    }

    /// Text to paste.
    ///
    /// # Errors
    /// [`Fault::Empty`], or [`Fault::TooLong`] beyond [`MAX_PASTE_BYTES`].
    pub fn paste(text: &str) -> Result<Self, Fault> {
        Self::bounded("paste", text, MAX_PASTE_BYTES)
    }

    /// The answer to a prompt, which may be empty.
    ///
    /// # Errors
    /// [`Fault::TooLong`] beyond [`MAX_TEXT_BYTES`].
    pub fn answer(text: &str) -> Result<Self, Fault> {
        match Self::bounded("answer", text, MAX_TEXT_BYTES) {
            Err(Fault::Empty { .. }) => Ok(Self(String::new())),
            other => other,
        }
    }

    fn bounded(what: &'static str, text: &str, limit: usize) -> Result<Self, Fault> {
        let bytes = text.len();
        match bytes {
            0 => Err(Fault::Empty { what }),
            _ if bytes > limit => Err(Fault::TooLong { what, bytes, limit }),
            _ => Ok(Self(Text::new(text).into_string())),
        }
    }

    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("•••")
    }
}

impl Input {
    /// The mouse at `x`, `y`, in CSS pixels of the viewport.
    ///
    /// # Errors
    /// [`Fault::NoPlace`], or [`Fault::Clicks`] where a button is pressed none or too many times.
    pub fn mouse(x: f64, y: f64, does: Mouse, held: Modifiers) -> Result<Self, Fault> {
        if let Mouse::Down { times, .. } | Mouse::Up { times, .. } | Mouse::Click { times, .. } =
            does
            && !(1..=MAX_CLICKS).contains(&times)
        {
            return Err(Fault::Clicks { times });
        }
        let at = place(x, y)?;
        Ok(Self::Mouse { at, does, held })
    }

    /// The wheel over `x`, `y`, in CSS pixels.
    ///
    /// # Errors
    /// [`Fault::NoPlace`], or [`Fault::Wheel`] where it turns not at all or too far.
    pub fn wheel(x: f64, y: f64, dx: f64, dy: f64, held: Modifiers) -> Result<Self, Fault> {
        let far = dx.abs().max(dy.abs());
        // Also false where one is no number.
        let turns = dx.is_finite() && dy.is_finite() && far > 0.0 && far <= MAX_WHEEL;
        if !turns {
            return Err(Fault::Wheel { dx, dy });
        }
        let at = place(x, y)?;
        Ok(Self::Wheel { at, dx, dy, held })
    }

    /// Goes to an address.
    ///
    /// # Errors
    /// [`Fault::Address`] where it is no absolute http(s) URL.
    pub fn navigate(address: &str) -> Result<Self, Fault> {
        web_address(address).map(Self::Navigate)
    }

    /// Opens a tab, on an address or empty.
    ///
    /// # Errors
    /// [`Fault::Address`] where it is no absolute http(s) URL.
    pub fn open_tab(address: Option<&str>) -> Result<Self, Fault> {
        address.map(web_address).transpose().map(Self::OpenTab)
    }

    /// Goes to a tab.
    ///
    /// # Errors
    /// [`Fault::Tab`] where that can be no tab's id.
    pub fn switch_tab(tab: &str) -> Result<Self, Fault> {
        tab_id(tab).map(Self::SwitchTab)
    }

    /// Closes a tab.
    ///
    /// # Errors
    /// [`Fault::Tab`] where that can be no tab's id.
    pub fn close_tab(tab: &str) -> Result<Self, Fault> {
        tab_id(tab).map(Self::CloseTab)
    }

    /// Whether its place, if it has one, lies in a viewport of that size.
    ///
    /// # Errors
    /// [`Fault::Outside`].
    pub fn within(&self, width: f64, height: f64) -> Result<(), Fault> {
        let (Self::Mouse { at, .. } | Self::Wheel { at, .. }) = self else {
            return Ok(());
        };
        if at.x < width && at.y < height {
            return Ok(());
        }
        Err(Fault::Outside {
            x: at.x,
            y: at.y,
            width,
            height,
        })
    }

    /// One line for a log, without what was typed.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Mouse { at, does, .. } => match does {
                Mouse::Move => format!("moved the mouse to {at}"),
                Mouse::Down { .. } => format!("pressed the mouse at {at}"),
                Mouse::Up { .. } => format!("released the mouse at {at}"),
                Mouse::Click { times: 2, .. } => format!("double-clicked at {at}"),
                Mouse::Click { .. } => format!("clicked at {at}"),
            },
            Self::Wheel { at, .. } => format!("turned the wheel at {at}"),
            // A character may be part of a password.
            Self::Key { key, .. } if key.types().is_some() => "pressed a key".to_owned(),
            Self::Key { key, .. } => format!("pressed {}", key.name()),
            Self::Text(_) => "typed text".to_owned(),
            Self::Paste(_) => "pasted text".to_owned(),
            Self::Navigate(url) => format!("went to {}", clip(url.as_str(), 500)),
            Self::Back => "went back".to_owned(),
            Self::Forward => "went forward".to_owned(),
            Self::Reload => "loaded the page again".to_owned(),
            Self::Stop => "stopped loading".to_owned(),
            Self::OpenTab(_) => "opened a tab".to_owned(),
            Self::SwitchTab(tab) => format!("went to tab {tab}"),
            Self::CloseTab(tab) => format!("closed tab {tab}"),
            Self::AnswerDialog { accept: true, .. } => "accepted a dialog".to_owned(),
            Self::AnswerDialog { accept: false, .. } => "dismissed a dialog".to_owned(),
        }
    }
}

fn place(x: f64, y: f64) -> Result<Point, Fault> {
    let possible = |it: f64| (0.0..=MAX_VIEWPORT).contains(&it);
    if possible(x) && possible(y) {
        Ok(Point { x, y })
    } else {
        Err(Fault::NoPlace { x, y })
    }
}

fn tab_id(tab: &str) -> Result<String, Fault> {
    let fits = tab.len() <= MAX_TAB_BYTES && tab.bytes().all(|it| it.is_ascii_alphanumeric());
    if tab.is_empty() || !fits {
        let tab = clip(tab, 80);
        return Err(Fault::Tab { tab });
    }
    Ok(tab.to_owned())
}

/// Only the web is opened: no files, no browser pages, no scripts.
fn web_address(address: &str) -> Result<Url, Fault> {
    let wrong = |reason: String| Fault::Address {
        address: clip(address, 200),
        reason,
    };
    if address.len() > MAX_URL_BYTES {
        return Err(wrong(format!("it is longer than {MAX_URL_BYTES} bytes")));
    }
    let url = Url::parse(address.trim())
        .map_err(|error| wrong(format!("{error}; it begins with http:// or https://")))?;
    if !matches!(url.scheme(), "http" | "https") {
        let scheme = url.scheme();
        return Err(wrong(format!(
            "only http and https are opened, not {scheme}"
        )));
    }
    Ok(url)
}
