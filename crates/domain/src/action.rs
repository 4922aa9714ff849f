//! One thing done to a page, and how to find again what it was done to.

mod pointer;

use serde::{Deserialize, Serialize};

pub use pointer::{Button, Gesture, Point};

/// All the ways to find an element again, as recorded before the page was touched.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Locator {
    /// URLs of the frames from the page down to the element's own; empty in the main frame.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frame: Vec<String>,
    /// ARIA role, given or implied.
    pub role: String,
    /// Accessible name.
    pub name: String,
    /// Text of the label, if one names the element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// `data-testid`, `data-test` or `data-qa`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_id: Option<String>,
    /// Visible text, clipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A CSS path within its frame or shadow root; ` >>> ` crosses a shadow root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub css: Option<String>,
    /// Left, top, width, height in CSS pixels of the viewport.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<[f64; 4]>,
}

/// What an action is aimed at.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Target {
    /// The element's id in the observation that the decision was made on (`e17`).
    pub element: String,
    /// How to find it again.
    #[serde(default)]
    pub locator: Locator,
}

impl Target {
    /// Aims at an element of the current observation; the browser fills in the locator.
    #[must_use]
    pub fn element(id: impl Into<String>) -> Self {
        Self {
            element: id.into(),
            locator: Locator::default(),
        }
    }

    /// `button "Log in"`; the bare id while nothing more is known.
    fn describe(&self) -> String {
        let Locator { role, name, .. } = &self.locator;
        if role.is_empty() && name.is_empty() {
            return self.element.clone();
        }
        format!("{role} \"{}\"", crate::text::clip(name, 80))
    }
}

/// Where a typed or chosen value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueSource {
    /// Written in the goal.
    #[default]
    Goal,
    /// A parameter of the workflow run.
    Parameter,
    /// A secret, named by reference and never written down.
    Secret,
    /// The output of something earlier in the run.
    Output,
    /// Chosen by the engine.
    Engine,
}

/// How far to scroll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scroll {
    /// Bring the target into view.
    IntoView,
    /// One viewport up.
    Up,
    /// One viewport down.
    Down,
    /// To the very top.
    Top,
    /// To the very bottom.
    Bottom,
}

/// What a wait waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// That the page has come to rest.
    Settled,
    /// That this text is visible (white space squeezed, any case).
    Text(String),
    /// That the time has passed.
    Elapsed,
}

/// One thing done to the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Action {
    /// Opens an absolute http(s) URL in the current tab.
    Navigate { url: String },
    /// Clicks the middle of the target.
    Click { target: Target },
    /// Clicks twice.
    DoubleClick { target: Target },
    /// Types into the target. `clear` replaces what is there.
    Type {
        target: Target,
        text: String,
        #[serde(default)]
        source: ValueSource,
        clear: bool,
    },
    /// Empties the target.
    Clear { target: Target },
    /// Presses keys by their W3C names (`Enter`, `ArrowDown`, `a`), with `Control+`, `Shift+`,
    /// `Alt+` and `Meta+` in front; on the target, or on what has the focus.
    PressKeys {
        #[serde(skip_serializing_if = "Option::is_none")]
        target: Option<Target>,
        keys: Vec<String>,
    },
    /// Chooses the options with these labels or values: native selects, ARIA listboxes, comboboxes.
    Select {
        target: Target,
        options: Vec<String>,
        #[serde(default)]
        source: ValueSource,
    },
    /// Puts a check box, radio button or switch into a state.
    Check { target: Target, checked: bool },
    /// Moves the pointer onto the target.
    Hover { target: Target },
    /// Clicks the target with the right button, which opens a menu of the page's own.
    RightClick { target: Target },
    /// Drags the target onto another element (or within itself) and lets go there.
    Drag {
        target: Target,
        onto: Box<Target>,
        /// Where on `onto`, as fractions of its width and height from the left and the top
        /// (`[0.25, 0.5]`). Where absent: the middle; among siblings a little past it, so that a
        /// list makes room.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<[f64; 2]>,
    },
    /// Clicks the target and waits for the file that comes of it. A file that the browser shows
    /// instead (a picture, plain text) is taken, and the tab goes back to where it was.
    Download { target: Target },
    /// Scrolls the target, or the page.
    Scroll {
        #[serde(skip_serializing_if = "Option::is_none")]
        target: Option<Target>,
        to: Scroll,
    },
    /// Gives files to a file input: names of files that the run downloaded, or addresses.
    Upload { target: Target, files: Vec<String> },
    /// Waits for a condition, at most `timeout_ms`.
    Wait { until: Condition, timeout_ms: u64 },
    /// Opens a tab.
    OpenTab {
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// Goes to another tab or popup, by its id in the observation.
    SwitchTab { tab: String },
    /// Closes a tab; the opener, or the last one left, becomes current.
    CloseTab { tab: String },
    /// Answers an open alert, confirm, prompt or beforeunload.
    AnswerDialog {
        accept: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// One entry back in the history.
    Back,
    /// One entry forward in the history.
    Forward,
    /// Loads the page again.
    Reload,
    /// Does something with the pointer at a place of the viewport, as one who sees a picture of it
    /// would.
    Pointer {
        at: Point,
        gesture: Gesture,
        /// Keys that are down meanwhile: `Control`, `Shift`, `Alt`, `Meta`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        held: Vec<String>,
        /// What lay there before the page was touched, and how to find it again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<Target>,
    },
    /// Types into what has the focus, by keys; a line break is Enter.
    TypeFocused {
        text: String,
        #[serde(default)]
        source: ValueSource,
        /// What had the focus, and how to find it again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<Target>,
    },
}

impl Action {
    /// The name of the action's type, as in its JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Navigate { .. } => "navigate",
            Self::Click { .. } => "click",
            Self::DoubleClick { .. } => "double_click",
            Self::Type { .. } => "type",
            Self::Clear { .. } => "clear",
            Self::PressKeys { .. } => "press_keys",
            Self::Select { .. } => "select",
            Self::Check { .. } => "check",
            Self::Hover { .. } => "hover",
            Self::RightClick { .. } => "right_click",
            Self::Drag { .. } => "drag",
            Self::Download { .. } => "download",
            Self::Scroll { .. } => "scroll",
            Self::Upload { .. } => "upload",
            Self::Wait { .. } => "wait",
            Self::OpenTab { .. } => "open_tab",
            Self::SwitchTab { .. } => "switch_tab",
            Self::CloseTab { .. } => "close_tab",
            Self::AnswerDialog { .. } => "answer_dialog",
            Self::Back => "back",
            Self::Forward => "forward",
            Self::Reload => "reload",
            Self::Pointer { .. } => "pointer",
            Self::TypeFocused { .. } => "type_focused",
        }
    }

    /// What the action is aimed at, if anything.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Click { target }
            | Self::DoubleClick { target }
            | Self::Type { target, .. }
            | Self::Clear { target }
            | Self::Select { target, .. }
            | Self::Check { target, .. }
            | Self::Hover { target }
            | Self::RightClick { target }
            | Self::Drag { target, .. }
            | Self::Download { target }
            | Self::Upload { target, .. } => Some(target),
            Self::PressKeys { target, .. }
            | Self::Scroll { target, .. }
            | Self::Pointer { target, .. }
            | Self::TypeFocused { target, .. } => target.as_ref(),
            _ => None,
        }
    }

    /// Everything that it is aimed at, to fill in the locators.
    pub fn targets_mut(&mut self) -> impl Iterator<Item = &mut Target> {
        let (first, second) = match self {
            Self::Click { target }
            | Self::DoubleClick { target }
            | Self::Type { target, .. }
            | Self::Clear { target }
            | Self::Select { target, .. }
            | Self::Check { target, .. }
            | Self::Hover { target }
            | Self::RightClick { target }
            | Self::Download { target }
            | Self::Upload { target, .. } => (Some(target), None),
            Self::Drag { target, onto, .. } => (Some(target), Some(&mut **onto)),
            Self::Pointer {
                target,
                gesture: Gesture::Drag { onto, .. },
                ..
            } => (target.as_mut(), onto.as_deref_mut()),
            Self::PressKeys { target, .. }
            | Self::Scroll { target, .. }
            | Self::Pointer { target, .. }
            | Self::TypeFocused { target, .. } => (target.as_mut(), None),
            _ => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// One line for a person: `click button "Log in"`.
    #[must_use]
    pub fn describe(&self) -> String {
        let aim = self.target().map(|it| format!(" {}", it.describe()));
        let aim = aim.unwrap_or_default();
        match self {
            Self::Navigate { url } => format!("open {url}"),
            Self::Type { text, source, .. } if *source != ValueSource::Secret => {
                format!("type \"{}\" into{aim}", crate::text::clip(text, 80))
            }
            Self::Type { .. } => format!("type a secret into{aim}"),
            Self::TypeFocused { text, source, .. } => {
                let aim = if aim.is_empty() {
                    " what has the focus"
                } else {
                    &aim
                };
                match source {
                    ValueSource::Secret => format!("type a secret into{aim}"),
                    _ => format!("type \"{}\" into{aim}", crate::text::clip(text, 80)),
                }
            }
            Self::Pointer {
                at, gesture, held, ..
            } => {
                let mut line = format!("{}{aim}", gesture.describe());
                match gesture {
                    Gesture::Drag { path, onto } => {
                        let end = path.last().copied().unwrap_or(*at);
                        line.push_str(&format!(" from {at} to {end}"));
                        if let Some(onto) = onto {
                            line.push_str(&format!(" onto {}", onto.describe()));
                        }
                    }
                    _ => line.push_str(&format!(" at {at}")),
                }
                if !held.is_empty() {
                    line.push_str(&format!(" with {} held", held.join("+")));
                }
                line
            }
            Self::Select { options, .. } => format!("select {} in{aim}", options.join(", ")),
            Self::Check { checked: false, .. } => format!("uncheck{aim}"),
            Self::PressKeys { keys, .. } => format!("press {}{aim}", keys.join(" ")),
            Self::Drag { onto, .. } => format!("drag{aim} onto {}", onto.describe()),
            Self::AnswerDialog { accept: true, .. } => "accept the dialog".to_owned(),
            Self::AnswerDialog { .. } => "dismiss the dialog".to_owned(),
            other => format!("{}{aim}", other.kind().replace('_', " ")),
        }
    }
}
