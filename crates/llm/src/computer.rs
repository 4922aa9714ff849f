//! Computer use: a model that looks at the screen and says where to click.

use serde::{Deserialize, Serialize};

use crate::Image;

/// The screen as the model is to see it. Screenshots must have this size, and all coordinates of
/// its answers are pixels of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// One call of the computer tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComputerCall {
    /// Names the call in its result.
    pub id: String,
    /// What to do, in this order; never empty.
    pub actions: Vec<ComputerAction>,
    /// What the provider wants a person to look at before anything of it is done.
    #[serde(default)]
    pub safety_checks: Vec<SafetyCheck>,
}

/// A warning of the provider about an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafetyCheck {
    /// The provider's name of this check.
    pub id: String,
    /// Its kind, such as `malicious_instructions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What to show the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What the screen shows after a [`ComputerCall`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComputerResult {
    /// [`ComputerCall::id`].
    pub call_id: String,
    /// The screen, in the size of the [`Display`].
    pub screenshot: Image,
    /// What else there is to say, such as why an action failed. Not every provider takes it with
    /// the result; it then comes as text of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The checks that a person allowed.
    #[serde(default)]
    pub acknowledged: Vec<SafetyCheck>,
}

/// A button of the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// The main one.
    Left,
    /// The one for menus.
    Right,
    /// The wheel.
    Middle,
    /// History back.
    Back,
    /// History forward.
    Forward,
}

/// A place on the screen, in pixels from its left and upper edges. A model may name one outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

/// Something to be done at the screen. Keys are named as `KeyboardEvent.key` does: `Control`,
/// `Enter`, `ArrowDown`, `a`. Where `keys` go with a pointer's action, they are held during it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ComputerAction {
    /// Look again.
    Screenshot,
    /// Click `count` times; where the pointer is, if no place is given.
    Click {
        at: Option<Point>,
        button: Button,
        count: u8,
        keys: Vec<String>,
    },
    /// Move the pointer.
    Move { to: Point, keys: Vec<String> },
    /// Press the left button at the first point, move along, let go at the last. With one point
    /// alone it begins where the pointer is.
    Drag { path: Vec<Point>, keys: Vec<String> },
    /// Press the left button where the pointer is, or let it go.
    Hold { down: bool },
    /// Turn the wheel, where the pointer is if no place is given: pixels, right and down are
    /// positive.
    Scroll {
        at: Option<Point>,
        dx: i32,
        dy: i32,
        keys: Vec<String>,
    },
    /// Press these keys together, so many times, and hold them for so long.
    Keys {
        keys: Vec<String>,
        times: u8,
        hold_ms: u32,
    },
    /// Type text.
    Type { text: String },
    /// Wait.
    Wait { ms: u32 },
    /// Tell where the pointer is, as text in the result's note.
    Pointer,
    /// Show this part of the screen larger.
    Zoom { from: Point, to: Point },
    /// Something that we don't know; to be told to the model as a failure.
    Unknown { name: String },
}
