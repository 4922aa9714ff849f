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

/// Something to be done at the screen. Keys are named as `KeyboardEvent.key` does: `Control`,
/// `Enter`, `ArrowDown`, `a`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ComputerAction {
    /// Look again.
    Screenshot,
    /// Click `count` times while `keys` are held.
    Click {
        x: i32,
        y: i32,
        button: Button,
        count: u8,
        keys: Vec<String>,
    },
    /// Move the pointer.
    Move { x: i32, y: i32 },
    /// Press the left button at the first point, move along, let go at the last.
    Drag { path: Vec<(i32, i32)> },
    /// Press the left button where the pointer is, or let it go.
    Hold { down: bool },
    /// Turn the wheel at a point: pixels, right and down are positive.
    Scroll { x: i32, y: i32, dx: i32, dy: i32 },
    /// Press these keys together, and hold them for so long.
    Keys { keys: Vec<String>, hold_ms: u32 },
    /// Type text.
    Type { text: String },
    /// Wait.
    Wait { ms: u32 },
    /// Tell where the pointer is, as text in the result's note.
    Pointer,
    /// Show this part of the screen larger: left, top, right, bottom.
    Zoom { region: [i32; 4] },
    /// Something that we don't know; to be told to the model as a failure.
    Unknown { name: String },
}
