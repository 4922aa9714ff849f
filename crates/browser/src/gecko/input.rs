//! The mouse and the keyboard.

use serde_json::{Value, json};

use super::{Gecko, Refusal, SANDBOX};

/// Modifiers by CDP's bits, with WebDriver's signs of their keys.
const MODIFIERS: [(u64, char); 4] = [
    (1, '\u{e00a}'),
    (2, '\u{e009}'),
    (4, '\u{e03d}'),
    (8, '\u{e008}'),
];

/// WebDriver's signs of keys that type nothing.
const KEYS: [(&str, char); 35] = [
    ("Backspace", '\u{e003}'),
    ("Tab", '\u{e004}'),
    ("Enter", '\u{e007}'),
    ("Shift", '\u{e008}'),
    ("Control", '\u{e009}'),
    ("Alt", '\u{e00a}'),
    ("Pause", '\u{e00b}'),
    ("Escape", '\u{e00c}'),
    ("PageUp", '\u{e00e}'),
    ("PageDown", '\u{e00f}'),
    ("End", '\u{e010}'),
    ("Home", '\u{e011}'),
    ("ArrowLeft", '\u{e012}'),
    ("ArrowUp", '\u{e013}'),
    ("ArrowRight", '\u{e014}'),
    ("ArrowDown", '\u{e015}'),
    ("Insert", '\u{e016}'),
    ("Delete", '\u{e017}'),
    ("F1", '\u{e031}'),
    ("F2", '\u{e032}'),
    ("F3", '\u{e033}'),
    ("F4", '\u{e034}'),
    ("F5", '\u{e035}'),
    ("F6", '\u{e036}'),
    ("F7", '\u{e037}'),
    ("F8", '\u{e038}'),
    ("F9", '\u{e039}'),
    ("F10", '\u{e03a}'),
    ("F11", '\u{e03b}'),
    ("F12", '\u{e03c}'),
    ("Meta", '\u{e03d}'),
    ("Clear", '\u{e005}'),
    ("Help", '\u{e002}'),
    ("Cancel", '\u{e001}'),
    ("ZenkakuHankaku", '\u{e040}'),
];

impl Gecko {
    pub(super) async fn mouse(&self, tab: &str, event: &Value) -> Result<Value, Refusal> {
        let place = |name: &str| event[name].as_f64().unwrap_or_default();
        let (x, y) = (place("x"), place("y"));
        let button = match event["button"].as_str() {
            Some("middle") => 1,
            Some("right") => 2,
            Some("back") => 3,
            Some("forward") => 4,
            _ => 0,
        };
        let go = json!({ "type": "pointerMove", "x": x, "y": y });
        let mouse = |actions: Value| {
            json!({
                "type": "pointer", "id": "mouse",
                "parameters": { "pointerType": "mouse" },
                "actions": actions,
            })
        };
        let source = match event["type"].as_str() {
            Some("mousePressed") => mouse(json!([go, { "type": "pointerDown", "button": button }])),
            Some("mouseReleased") => mouse(json!([go, { "type": "pointerUp", "button": button }])),
            Some("mouseWheel") => {
                let scroll = json!({
                    "type": "scroll",
                    "x": x.round() as i64, "y": y.round() as i64,
                    "deltaX": place("deltaX").round() as i64,
                    "deltaY": place("deltaY").round() as i64,
                });
                json!({ "type": "wheel", "id": "wheel", "actions": [scroll] })
            }
            _ => mouse(json!([go])),
        };
        let held = event["modifiers"].as_u64().unwrap_or_default();
        self.actions(tab, with_modifiers(source, held)).await
    }

    pub(super) async fn key(&self, tab: &str, event: &Value) -> Result<Value, Refusal> {
        let key = event["key"].as_str().unwrap_or_default();
        let sign = KEYS
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, sign)| sign.to_string());
        let value = sign.unwrap_or_else(|| key.to_owned());
        if value.chars().count() != 1 {
            return Ok(json!({}));
        }
        let kind = match event["type"].as_str() {
            Some("keyUp") => "keyUp",
            _ => "keyDown",
        };
        // A capital letter is typed as such; modifiers come as keys of their own.
        let press = json!({ "type": kind, "value": value });
        let source = json!({ "type": "key", "id": "keyboard", "actions": [press] });
        self.actions(tab, json!([source])).await
    }

    /// Performs them, and waits until the page's process has told what came of them.
    async fn actions(&self, tab: &str, sources: Value) -> Result<Value, Refusal> {
        let params = json!({ "context": tab, "actions": sources });
        self.bidi("input.performActions", params).await?;
        if !self.state().dialogs.contains(tab) {
            let flushed = self.run(tab, SANDBOX, "() => 0", &[]);
            let limit = std::time::Duration::from_millis(200);
            // A dialog may have opened just now.
            let _ = tokio::time::timeout(limit, flushed).await;
        }
        Ok(json!({}))
    }
}

/// Holds modifiers down around what another source does.
fn with_modifiers(source: Value, held: u64) -> Value {
    let down: Vec<char> = MODIFIERS
        .iter()
        .filter(|(bit, _)| held & bit != 0)
        .map(|(_, sign)| *sign)
        .collect();
    if down.is_empty() {
        return json!([source]);
    }
    let ticks = source["actions"].as_array().map_or(0, Vec::len);
    let pause = json!({ "type": "pause", "duration": 0 });
    let press = |kind: &str, sign: &char| json!({ "type": kind, "value": sign.to_string() });
    let keys: Vec<Value> = down
        .iter()
        .map(|sign| press("keyDown", sign))
        .chain(std::iter::repeat_n(pause.clone(), ticks))
        .chain(down.iter().map(|sign| press("keyUp", sign)))
        .collect();
    let mut source = source;
    let own = source["actions"].as_array().cloned().unwrap_or_default();
    let padded: Vec<Value> = std::iter::repeat_n(pause, down.len()).chain(own).collect();
    source["actions"] = padded.into();
    json!([{ "type": "key", "id": "modifiers", "actions": keys }, source])
}
