//! Keys by their W3C names.

use errand_domain::action::Target;
use serde_json::{Value, json};

use super::Done;
use crate::page::{Error, Page, target::Need};

/// Names and their values in the WebDriver protocol, both sides of the keyboard where they differ.
const NAMED: [(&str, char); 52] = [
    ("Cancel", '\u{e001}'),
    ("Help", '\u{e002}'),
    ("Backspace", '\u{e003}'),
    ("Tab", '\u{e004}'),
    ("Clear", '\u{e005}'),
    ("Return", '\u{e006}'),
    ("Enter", '\u{e007}'),
    ("Shift", '\u{e008}'),
    ("Control", '\u{e009}'),
    ("Ctrl", '\u{e009}'),
    ("Alt", '\u{e00a}'),
    ("Option", '\u{e00a}'),
    ("Pause", '\u{e00b}'),
    ("Escape", '\u{e00c}'),
    ("Esc", '\u{e00c}'),
    ("Space", ' '),
    ("Spacebar", ' '),
    ("PageUp", '\u{e00e}'),
    ("PageDown", '\u{e00f}'),
    ("End", '\u{e010}'),
    ("Home", '\u{e011}'),
    ("ArrowLeft", '\u{e012}'),
    ("Left", '\u{e012}'),
    ("ArrowUp", '\u{e013}'),
    ("Up", '\u{e013}'),
    ("ArrowRight", '\u{e014}'),
    ("Right", '\u{e014}'),
    ("ArrowDown", '\u{e015}'),
    ("Down", '\u{e015}'),
    ("Insert", '\u{e016}'),
    ("Delete", '\u{e017}'),
    ("Del", '\u{e017}'),
    ("Semicolon", ';'),
    ("Equal", '='),
    ("Plus", '+'),
    ("Minus", '-'),
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
    ("Command", '\u{e03d}'),
    ("Cmd", '\u{e03d}'),
    ("Win", '\u{e03d}'),
];
const MAX_CHORDS: usize = 200;

impl Page {
    pub(super) async fn press_keys(
        &self,
        target: Option<&Target>,
        keys: &[String],
    ) -> Result<Done, Error> {
        if keys.is_empty() || keys.len() > MAX_CHORDS {
            let what = format!("between 1 and {MAX_CHORDS} keys can be pressed at once");
            return Err(Error::Invalid { what });
        }
        let mut strokes = Vec::new();
        for chord in keys {
            strokes.extend(chord_strokes(chord)?);
        }
        let mut aim = None;
        if let Some(target) = target {
            let (found, _) = self.prepare(target, Need { disabled: false, free: false }).await?;
            let input = json!({ "element": found.id });
            let focused = self.ask::<Value>(&found.context, "focusOnly", input).await?;
            focused.map_err(|refusal| refusal.into_error(&found.id))?;
            aim = Some(found);
        } else {
            let (context, _) = self.current()?;
            let _ = self.ask::<Value>(&context, "arm", json!({})).await?;
        }
        self.strike(strokes).await?;
        Ok(Done { aim, expectant: true, ..Done::default() })
    }

    /// Presses keys one after the other.
    pub(super) async fn strike(&self, strokes: Vec<Value>) -> Result<(), Error> {
        self.input(json!([{ "type": "key", "id": "errand-keys", "actions": strokes }])).await
    }
}

/// Down and up of one character.
pub(super) fn stroke(character: char) -> [Value; 2] {
    let value = character.to_string();
    [json!({ "type": "keyDown", "value": value }), json!({ "type": "keyUp", "value": value })]
}

/// `Control+Shift+K`: the modifiers go down in order, the key is pressed, they go up again.
fn chord_strokes(chord: &str) -> Result<Vec<Value>, Error> {
    let mut held = Vec::new();
    let mut rest = chord;
    while let Some((modifier, after)) = rest.split_once('+') {
        if modifier.is_empty() || after.is_empty() {
            break;
        }
        held.push(key(modifier, chord)?);
        rest = after;
    }
    let last = key(rest, chord)?;
    let mut strokes: Vec<Value> = held
        .iter()
        .map(|held| json!({ "type": "keyDown", "value": held.to_string() }))
        .collect();
    strokes.extend(stroke(last));
    let up = held.iter().rev().map(|held| json!({ "type": "keyUp", "value": held.to_string() }));
    strokes.extend(up);
    Ok(strokes)
}

fn key(name: &str, chord: &str) -> Result<char, Error> {
    let mut characters = name.chars();
    if let (Some(only), None) = (characters.next(), characters.next())
        && !only.is_control()
    {
        return Ok(only);
    }
    let found = NAMED.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| *value).ok_or_else(|| Error::Invalid {
        what: format!(
            "\"{chord}\" is no key; keys have W3C names such as Enter, Tab, ArrowDown, a, or \
             Control+a"
        ),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_chord_holds_its_modifiers_while_the_key_is_pressed() {
        let strokes = chord_strokes("Control+Shift+ArrowDown").unwrap();
        let seen: Vec<_> = strokes
            .iter()
            .map(|stroke| (stroke["type"].as_str().unwrap(), stroke["value"].as_str().unwrap()))
            .collect();
        let wanted = [
            ("keyDown", "\u{e009}"),
            ("keyDown", "\u{e008}"),
            ("keyDown", "\u{e015}"),
            ("keyUp", "\u{e015}"),
            ("keyUp", "\u{e008}"),
            ("keyUp", "\u{e009}"),
        ];
        assert_eq!(seen, wanted);
        assert_eq!(chord_strokes("+").unwrap().len(), 2);
        assert!(chord_strokes("Hyper+x").is_err());
    }
}
