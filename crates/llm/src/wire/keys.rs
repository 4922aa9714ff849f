//! What the computer tools of both vendors mean, in one vocabulary.

use serde_json::Value;

use super::string;
use crate::{Button, ComputerAction, ComputerCall, Point, SafetyCheck};

/// Most actions of one call.
const MAX_ACTIONS: usize = 64;
/// Most points of a drag.
const MAX_POINTS: usize = 1_000;
/// How often a key is pressed at most.
const MAX_TIMES: u64 = 100;
/// How far one notch of the wheel goes, in pixels.
pub const NOTCH: i32 = 100;
/// How long a wait without a length takes.
const WAIT_MS: u32 = 1_000;
/// Longest wait or hold that is taken over.
const MAX_WAIT_MS: u32 = 60_000;

/// OpenAI's `computer_call`, with one action or several.
pub fn openai(item: &Value) -> ComputerCall {
    let several = item.get("actions").and_then(Value::as_array);
    let actions: Vec<&Value> = match several {
        Some(actions) if !actions.is_empty() => actions.iter().take(MAX_ACTIONS).collect(),
        _ => item.get("action").into_iter().collect(),
    };
    let mut actions: Vec<ComputerAction> = actions.into_iter().map(openai_action).collect();
    if actions.is_empty() {
        actions.push(ComputerAction::Screenshot);
    }
    let checks = item
        .get("pending_safety_checks")
        .cloned()
        .unwrap_or_default();
    ComputerCall {
        id: string(item, "call_id"),
        actions,
        safety_checks: serde_json::from_value::<Vec<SafetyCheck>>(checks).unwrap_or_default(),
    }
}

fn openai_action(action: &Value) -> ComputerAction {
    let number = |key: &str| pixels(action.get(key));
    let keys = || names(action.get("keys"));
    let here = || Point {
        x: number("x"),
        y: number("y"),
    };
    match string(action, "type").as_str() {
        "screenshot" => ComputerAction::Screenshot,
        kind @ ("click" | "double_click") => ComputerAction::Click {
            at: Some(here()),
            button: match string(action, "button").as_str() {
                "right" => Button::Right,
                "wheel" => Button::Middle,
                "back" => Button::Back,
                "forward" => Button::Forward,
                _ => Button::Left,
            },
            count: if kind == "click" { 1 } else { 2 },
            keys: keys(),
        },
        "move" => ComputerAction::Move {
            to: here(),
            keys: keys(),
        },
        "drag" => {
            let path = action.get("path").and_then(Value::as_array);
            let points = path.into_iter().flatten().take(MAX_POINTS);
            ComputerAction::Drag {
                path: points
                    .map(|it| Point {
                        x: pixels(it.get("x")),
                        y: pixels(it.get("y")),
                    })
                    .collect(),
                keys: keys(),
            }
        }
        "scroll" => ComputerAction::Scroll {
            at: Some(here()),
            dx: number("scroll_x"),
            dy: number("scroll_y"),
            keys: keys(),
        },
        "keypress" => ComputerAction::Keys {
            keys: keys(),
            times: 1,
            hold_ms: 0,
        },
        "type" => ComputerAction::Type {
            text: string(action, "text"),
        },
        "wait" => ComputerAction::Wait { ms: WAIT_MS },
        name => unknown(name),
    }
}

/// A call of Anthropic's tool `computer`; of its toolset, the name of the call is the action.
pub fn anthropic(id: String, action: &str, input: &Value) -> ComputerCall {
    ComputerCall {
        id,
        actions: vec![anthropic_action(action, input)],
        safety_checks: Vec::new(),
    }
}

fn anthropic_action(action: &str, input: &Value) -> ComputerAction {
    let text = string(input, "text");
    let at = point(input.get("coordinate"));
    let click = |button, count| ComputerAction::Click {
        at,
        button,
        count,
        keys: chord(&text),
    };
    let duration = input.get("duration").and_then(Value::as_f64);
    let ms = duration.map_or(WAIT_MS, |it| {
        (it.max(0.0) * 1000.0).min(f64::from(MAX_WAIT_MS)) as u32
    });
    match action {
        "screenshot" => ComputerAction::Screenshot,
        "cursor_position" => ComputerAction::Pointer,
        "left_click" => click(Button::Left, 1),
        "right_click" => click(Button::Right, 1),
        "middle_click" => click(Button::Middle, 1),
        "double_click" => click(Button::Left, 2),
        "triple_click" => click(Button::Left, 3),
        "mouse_move" => match at {
            Some(to) => ComputerAction::Move {
                to,
                keys: chord(&text),
            },
            None => unknown("mouse_move without coordinate"),
        },
        "left_mouse_down" => ComputerAction::Hold { down: true },
        "left_mouse_up" => ComputerAction::Hold { down: false },
        "left_click_drag" => match at {
            Some(to) => ComputerAction::Drag {
                path: point(input.get("start_coordinate"))
                    .into_iter()
                    .chain([to])
                    .collect(),
                keys: chord(&text),
            },
            None => unknown("left_click_drag without coordinate"),
        },
        "scroll" => {
            let amount = pixels(input.get("scroll_amount")).saturating_mul(NOTCH);
            let (dx, dy) = match string(input, "scroll_direction").as_str() {
                "up" => (0, -amount),
                "left" => (-amount, 0),
                "right" => (amount, 0),
                _ => (0, amount),
            };
            ComputerAction::Scroll {
                at,
                dx,
                dy,
                keys: chord(&text),
            }
        }
        "key" => {
            let times = input.get("repeat").and_then(Value::as_u64).unwrap_or(1);
            ComputerAction::Keys {
                keys: chord(&text),
                times: times.clamp(1, MAX_TIMES) as u8,
                hold_ms: 0,
            }
        }
        "hold_key" => ComputerAction::Keys {
            keys: chord(&text),
            times: 1,
            hold_ms: ms,
        },
        "type" => ComputerAction::Type { text },
        "wait" => ComputerAction::Wait { ms },
        "zoom" => {
            let corner = |index: usize| {
                let region = input.get("region");
                Point {
                    x: pixels(region.and_then(|it| it.get(index))),
                    y: pixels(region.and_then(|it| it.get(index + 1))),
                }
            };
            ComputerAction::Zoom {
                from: corner(0),
                to: corner(2),
            }
        }
        name => unknown(name),
    }
}

fn unknown(name: &str) -> ComputerAction {
    ComputerAction::Unknown {
        name: errand_domain::text::clip(name, 100),
    }
}

fn pixels(value: Option<&Value>) -> i32 {
    let number = value.and_then(Value::as_f64).unwrap_or(0.0);
    // Far outside of any screen, but far inside of what can be added up.
    number.clamp(-1e6, 1e6).round() as i32
}

fn point(value: Option<&Value>) -> Option<Point> {
    let pair = value?.as_array().filter(|it| it.len() == 2)?;
    Some(Point {
        x: pixels(pair.first()),
        y: pixels(pair.get(1)),
    })
}

fn names(value: Option<&Value>) -> Vec<String> {
    let all = value.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_str).take(8).map(name).collect()
}

/// `ctrl+shift+t`, also with spaces or as a list. A plus sign of its own is a key.
pub fn chord(text: &str) -> Vec<String> {
    let words = text.split_whitespace().flat_map(|word| match word {
        "+" => vec!["+"],
        word => word.split('+').filter(|it| !it.is_empty()).collect(),
    });
    words.take(8).map(name).collect()
}

/// `KeyboardEvent.key` of what OpenAI, or xdotool's names as Anthropic uses them, call a key.
fn name(given: &str) -> String {
    let plain: String = given
        .chars()
        .filter(|it| *it != '_' || given.len() == 1)
        .collect::<String>()
        .to_ascii_lowercase();
    let known = match plain.trim_start_matches("kp").trim_end_matches("sym") {
        "ctrl" | "control" | "controll" | "controlr" => "Control",
        "shift" | "shiftl" | "shiftr" => "Shift",
        "alt" | "altl" | "altr" | "option" => "Alt",
        "cmd" | "command" | "meta" | "super" | "superl" | "superr" | "win" | "windows" => "Meta",
        "enter" | "return" => "Enter",
        "esc" | "escape" => "Escape",
        "tab" => "Tab",
        "space" => " ",
        "backspace" => "Backspace",
        "del" | "delete" => "Delete",
        "insert" | "ins" => "Insert",
        "home" => "Home",
        "end" => "End",
        "pageup" | "pgup" | "prior" => "PageUp",
        "pagedown" | "pgdn" | "next" => "PageDown",
        "up" | "arrowup" => "ArrowUp",
        "down" | "arrowdown" => "ArrowDown",
        "left" | "arrowleft" => "ArrowLeft",
        "right" | "arrowright" => "ArrowRight",
        "capslock" => "CapsLock",
        "plus" => "+",
        "minus" => "-",
        "slash" | "divide" => "/",
        "comma" => ",",
        "period" => ".",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let function = plain.strip_prefix('f').and_then(|it| it.parse::<u8>().ok());
    match function {
        Some(number @ 1..=24) => format!("F{number}"),
        // One letter stands for itself; shift makes it a capital.
        _ if given.chars().count() == 1 => given.to_lowercase(),
        _ => given.to_owned(),
    }
}
