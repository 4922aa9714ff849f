//! Things done at the screen, said once for all formats.

use serde_json::{Value, json};

use super::Wire;

/// Something that a computer-use model does. Coordinates are pixels of the screenshot, or whatever
/// else the engine under test takes them for.
#[derive(Debug, Clone, PartialEq)]
pub enum Gesture {
    /// A click of the left button.
    Click { x: i32, y: i32 },
    /// Two of them.
    DoubleClick { x: i32, y: i32 },
    /// A click of the right button.
    RightClick { x: i32, y: i32 },
    /// From the first point to the second.
    Drag { from: (i32, i32), to: (i32, i32) },
    /// Down by so many notches of 100 pixels; up, if negative. UI-TARS has its own length.
    Scroll { x: i32, y: i32, notches: i32 },
    /// Text.
    Type(String),
    /// Keys pressed together, joined by `+`: `ctrl+a`, `enter`.
    Keys(String),
    /// A moment.
    Wait,
    /// The goal is met, with these words.
    Done(String),
}

/// What a gesture is in a wire format.
pub(super) enum Written {
    /// An action of the computer tool.
    Action(Value),
    /// Text.
    Text(String),
}

impl Gesture {
    pub(super) fn write(&self, wire: Wire) -> Written {
        match wire {
            Wire::Responses => self.openai(),
            Wire::Messages => self.anthropic(),
            Wire::Chat => Written::Text(self.ui_tars()),
        }
    }

    fn openai(&self) -> Written {
        Written::Action(match self {
            Self::Click { x, y } => json!({"type": "click", "button": "left", "x": x, "y": y}),
            Self::DoubleClick { x, y } => {
                json!({"type": "double_click", "x": x, "y": y, "keys": null})
            }
            Self::RightClick { x, y } => {
                json!({"type": "click", "button": "right", "x": x, "y": y})
            }
            Self::Drag { from, to } => {
                let point = |(x, y): &(i32, i32)| json!({"x": x, "y": y});
                json!({"type": "drag", "path": [point(from), point(to)]})
            }
            Self::Scroll { x, y, notches } => {
                let far = notches * 100;
                json!({"type": "scroll", "x": x, "y": y, "scroll_x": 0, "scroll_y": far})
            }
            Self::Type(text) => json!({"type": "type", "text": text}),
            Self::Keys(keys) => {
                let keys: Vec<String> = keys.split('+').map(str::to_uppercase).collect();
                json!({"type": "keypress", "keys": keys})
            }
            Self::Wait => json!({"type": "wait"}),
            Self::Done(words) => return Written::Text(words.clone()),
        })
    }

    fn anthropic(&self) -> Written {
        let at = |action: &str, x: &i32, y: &i32| json!({"action": action, "coordinate": [x, y]});
        Written::Action(match self {
            Self::Click { x, y } => at("left_click", x, y),
            Self::DoubleClick { x, y } => at("double_click", x, y),
            Self::RightClick { x, y } => at("right_click", x, y),
            Self::Drag { from, to } => {
                let mut action = at("left_click_drag", &to.0, &to.1);
                action["start_coordinate"] = json!([from.0, from.1]);
                action
            }
            Self::Scroll { x, y, notches } => {
                let mut action = at("scroll", x, y);
                action["scroll_direction"] = json!(if *notches < 0 { "up" } else { "down" });
                action["scroll_amount"] = json!(notches.abs());
                action
            }
            Self::Type(text) => json!({"action": "type", "text": text}),
            Self::Keys(keys) => json!({"action": "key", "text": keys}),
            Self::Wait => json!({"action": "wait", "duration": 1}),
            Self::Done(words) => return Written::Text(words.clone()),
        })
    }

    fn ui_tars(&self) -> String {
        let point = |x: &i32, y: &i32| format!("'<|box_start|>({x},{y})<|box_end|>'");
        let quoted = |text: &str| {
            let text = text
                .replace('\\', "\\\\")
                .replace('\'', "\\'")
                .replace('\n', "\\n");
            format!("'{text}'")
        };
        let action = match self {
            Self::Click { x, y } => format!("click(start_box={})", point(x, y)),
            Self::DoubleClick { x, y } => format!("left_double(start_box={})", point(x, y)),
            Self::RightClick { x, y } => format!("right_single(start_box={})", point(x, y)),
            Self::Drag { from, to } => {
                let (from, to) = (point(&from.0, &from.1), point(&to.0, &to.1));
                format!("drag(start_box={from}, end_box={to})")
            }
            Self::Scroll { x, y, notches } => {
                let direction = if *notches < 0 { "up" } else { "down" };
                format!("scroll(start_box={}, direction='{direction}')", point(x, y))
            }
            Self::Type(text) => format!("type(content={})", quoted(text)),
            Self::Keys(keys) => format!("hotkey(key='{}')", keys.replace('+', " ")),
            Self::Wait => "wait()".to_owned(),
            Self::Done(words) => format!("finished(content={})", quoted(words)),
        };
        format!("Thought: It is next.\nAction: {action}")
    }
}
