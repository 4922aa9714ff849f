//! UI-TARS: a model that writes its actions as text, through any OpenAI-shaped endpoint.
//!
//! It is asked as a chat with screenshots, the last one in the conversation's last turn, and
//! answers with a thought and one call or several, such as
//! `click(start_box='<|box_start|>(197,525)<|box_end|>')`. The engine shows it [`ACTIONS`], reads
//! its answer with [`read`], and shows it the screen again.

mod call;

use errand_domain::text::clip;

use crate::{
    Button, ComputerAction, Display, Fault, Point,
    wire::{NOTCH, chord},
};
use call::Call;

/// The actions in the form that the model was trained on; they belong into its prompt as they are.
pub const ACTIONS: &str = "\
click(start_box='<|box_start|>(x1,y1)<|box_end|>')
left_double(start_box='<|box_start|>(x1,y1)<|box_end|>')
right_single(start_box='<|box_start|>(x1,y1)<|box_end|>')
drag(start_box='<|box_start|>(x1,y1)<|box_end|>', end_box='<|box_start|>(x3,y3)<|box_end|>')
hotkey(key='')
type(content='')
scroll(start_box='<|box_start|>(x1,y1)<|box_end|>', direction='down or up or right or left')
wait()
finished(content='')
call_user()";

/// Most actions of one answer.
const MAX_ACTS: usize = 32;
/// How far a scroll goes, in notches of the wheel.
const NOTCHES: i32 = 5;
/// How long a wait takes.
const WAIT_MS: u32 = 5_000;
/// Sides of what the model looks at together, in pixels.
const PATCH: f64 = 28.0;
/// Longest thought that is kept, in bytes.
const MAX_THOUGHT: usize = 2_000;

/// What the model's coordinates count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Thousandths of the picture's width and height: UI-TARS 1.0, and the hosted ones.
    Thousandths,
    /// Pixels of the picture as its server makes it: with sides that are multiples of 28. UI-TARS
    /// 1.5 and later, on their own servers.
    Pixels,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Why.
    pub thought: String,
    /// What to do; never empty.
    pub acts: Vec<Act>,
}

/// What the model wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Something done at the screen.
    Do(ComputerAction),
    /// It says that it is done, with its answer.
    Finished(String),
    /// It wants a person.
    CallUser,
}

/// Reads an answer of the model about a picture of this size.
///
/// # Errors
/// [`Fault`], worded for the model: no action, one that isn't known or lacks something, or too
/// many.
pub fn read(text: &str, display: Display, scale: Scale) -> Result<Said, Fault> {
    let text = crate::answer::after_thoughts(text);
    let (thought, actions) = match text.rfind("Action:") {
        // Of several thoughts, each with its actions, all actions count.
        Some(_) => {
            let mut parts = text.split("Action:");
            let thought = parts.next().unwrap_or_default();
            let rest: Vec<&str> = parts
                .map(|part| part.split("Thought:").next().unwrap_or_default())
                .collect();
            (thought, rest.join("\n\n"))
        }
        None => ("", text.to_owned()),
    };
    let thought = thought.trim().trim_start_matches("Thought:").trim();
    let calls = call::all(&actions).map_err(|reason| Fault::not_json(reason, text))?;
    if calls.len() > MAX_ACTS {
        let reason = format!("{} actions are more than {MAX_ACTS}", calls.len());
        return Err(Fault::TooLarge { reason });
    }
    let acts: Result<Vec<Act>, String> = calls.iter().map(|it| act(it, display, scale)).collect();
    let acts = acts.map_err(|reason| Fault::invalid(vec![reason], text))?;
    if acts.is_empty() {
        let expected = format!("write `Action:` and one of these:\n{ACTIONS}");
        return Err(Fault::Missing { expected });
    }
    Ok(Said {
        thought: clip(thought, MAX_THOUGHT),
        acts,
    })
}

fn act(call: &Call, display: Display, scale: Scale) -> Result<Act, String> {
    let at = |names: &[&str]| {
        let given = names.iter().find_map(|it| call.argument(it));
        given.and_then(|it| point(it, display, scale))
    };
    let start = at(&["start_box", "point", "start_point", "start"]);
    let needed = || start.ok_or_else(|| format!("{} has no start_box with a point", call.name));
    let click = |button, count| -> Result<ComputerAction, String> {
        Ok(ComputerAction::Click {
            at: Some(needed()?),
            button,
            count,
            keys: Vec::new(),
        })
    };
    let action = match call.name.as_str() {
        "click" | "left_single" => click(Button::Left, 1)?,
        "left_double" | "double_click" => click(Button::Left, 2)?,
        "right_single" | "right_click" => click(Button::Right, 1)?,
        "hover" | "mouse_move" => ComputerAction::Move {
            to: needed()?,
            keys: Vec::new(),
        },
        "drag" | "select" => {
            let end = at(&["end_box", "end_point", "end"]);
            let end = end.ok_or("drag has no end_box with a point")?;
            ComputerAction::Drag {
                path: vec![needed()?, end],
                keys: Vec::new(),
            }
        }
        "hotkey" | "press" | "keydown" => {
            let keys = chord(call.argument("key").unwrap_or_default());
            if keys.is_empty() {
                return Err("hotkey has no key".to_owned());
            }
            ComputerAction::Keys {
                keys,
                times: 1,
                hold_ms: 0,
            }
        }
        "type" => ComputerAction::Type {
            text: call.argument("content").unwrap_or_default().to_owned(),
        },
        "scroll" => {
            let far = NOTCHES * NOTCH;
            let (dx, dy) = match call.argument("direction").unwrap_or("down").trim() {
                "down" => (0, far),
                "up" => (0, -far),
                "right" => (far, 0),
                "left" => (-far, 0),
                other => return Err(format!("{other} is no direction")),
            };
            ComputerAction::Scroll {
                at: start,
                dx,
                dy,
                keys: Vec::new(),
            }
        }
        "wait" => ComputerAction::Wait { ms: WAIT_MS },
        "screenshot" => ComputerAction::Screenshot,
        "finished" => {
            let content = call.argument("content").unwrap_or_default();
            return Ok(Act::Finished(content.to_owned()));
        }
        "call_user" => return Ok(Act::CallUser),
        other => return Err(format!("there is no action {other}")),
    };
    Ok(Act::Do(action))
}

/// A point, or the middle of a box: `(x,y)`, `[x1,y1,x2,y2]`, `<point>x y</point>`.
fn point(text: &str, display: Display, scale: Scale) -> Option<Point> {
    let mut numbers = Vec::new();
    for word in text.split(|it: char| !(it.is_ascii_digit() || it == '.' || it == '-')) {
        if let Ok(number) = word.parse::<f64>() {
            numbers.push(number);
        }
    }
    let (x, y) = match numbers.as_slice() {
        [x, y] => (*x, *y),
        [left, top, right, bottom] => ((left + right) / 2.0, (top + bottom) / 2.0),
        _ => return None,
    };
    let pixels = |value: f64, size: u32| {
        let whole = match scale {
            Scale::Thousandths => 1_000.0,
            Scale::Pixels => (f64::from(size) / PATCH).round().max(1.0) * PATCH,
        };
        let value = value * f64::from(size) / whole;
        // The far edge is outside of the picture by a pixel.
        let value = if value.round() == f64::from(size) {
            value - 1.0
        } else {
            value
        };
        value.clamp(-1e6, 1e6).round() as i32
    };
    Some(Point {
        x: pixels(x, display.width),
        y: pixels(y, display.height),
    })
}
