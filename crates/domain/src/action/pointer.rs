//! What is done with the pointer at a place of the viewport, rather than to an element.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Target;

/// A place in the viewport: CSS pixels of the top document from its left and upper edges, whatever
/// it is scrolled to. Frames and shadow roots lie in the same coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

impl fmt::Display for Point {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { x, y } = self;
        write!(formatter, "{x:.0},{y:.0}")
    }
}

/// A button of the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// The main one.
    #[default]
    Left,
    /// The one for menus.
    Right,
    /// The wheel.
    Middle,
}

/// What the pointer does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Gesture {
    /// Presses and releases a button, one to three times.
    Click { button: Button, times: u8 },
    /// Moves there, and stays.
    Move,
    /// Presses the left button, moves along these points, lets go at the last.
    Drag {
        path: Vec<Point>,
        /// What lay at the last point before the page was touched.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        onto: Option<Box<Target>>,
    },
    /// Turns the wheel by so many CSS pixels; right and down are positive.
    Scroll { dx: f64, dy: f64 },
}

impl Gesture {
    /// One line for a person, without the target: `double click`.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Click { button, times } => {
                let how = match (button, times) {
                    (Button::Left, 1) => "",
                    (Button::Left, 2) => "double ",
                    (Button::Left, _) => "triple ",
                    (Button::Right, _) => "right ",
                    (Button::Middle, _) => "middle ",
                };
                format!("{how}click")
            }
            Self::Move => "move the pointer onto".to_owned(),
            Self::Drag { .. } => "drag".to_owned(),
            Self::Scroll { dx, dy } => {
                let mut ways = Vec::new();
                for (far, positive, negative) in [(dy, "down", "up"), (dx, "right", "left")] {
                    if *far != 0.0 {
                        let way = if *far > 0.0 { positive } else { negative };
                        ways.push(format!("{way} by {:.0}", far.abs()));
                    }
                }
                format!("scroll {}", ways.join(" and "))
            }
        }
    }
}
