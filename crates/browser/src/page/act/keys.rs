//! Keys by their W3C names.

use errand_domain::action::Target;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

use super::Done;
use crate::page::{Error, Page, target::Need};

const ALT: u8 = 1;
const CONTROL: u8 = 2;
const META: u8 = 4;
const SHIFT: u8 = 8;
/// Key events of a text under way at a time: waiting for each alone makes typing much slower.
const AHEAD: usize = 8;

/// Names as people write them, the W3C key, the place on the keyboard, and Windows' number for it.
const NAMED: [(&str, &str, &str, u16); 47] = [
    ("Backspace", "Backspace", "Backspace", 8),
    ("Tab", "Tab", "Tab", 9),
    ("Enter", "Enter", "Enter", 13),
    ("Return", "Enter", "Enter", 13),
    ("Shift", "Shift", "ShiftLeft", 16),
    ("Control", "Control", "ControlLeft", 17),
    ("Ctrl", "Control", "ControlLeft", 17),
    ("Alt", "Alt", "AltLeft", 18),
    ("Option", "Alt", "AltLeft", 18),
    ("Meta", "Meta", "MetaLeft", 91),
    ("Command", "Meta", "MetaLeft", 91),
    ("Cmd", "Meta", "MetaLeft", 91),
    ("Pause", "Pause", "Pause", 19),
    ("CapsLock", "CapsLock", "CapsLock", 20),
    ("Escape", "Escape", "Escape", 27),
    ("Esc", "Escape", "Escape", 27),
    ("Space", " ", "Space", 32),
    ("Spacebar", " ", "Space", 32),
    ("PageUp", "PageUp", "PageUp", 33),
    ("PageDown", "PageDown", "PageDown", 34),
    ("End", "End", "End", 35),
    ("Home", "Home", "Home", 36),
    ("ArrowLeft", "ArrowLeft", "ArrowLeft", 37),
    ("Left", "ArrowLeft", "ArrowLeft", 37),
    ("ArrowUp", "ArrowUp", "ArrowUp", 38),
    ("Up", "ArrowUp", "ArrowUp", 38),
    ("ArrowRight", "ArrowRight", "ArrowRight", 39),
    ("Right", "ArrowRight", "ArrowRight", 39),
    ("ArrowDown", "ArrowDown", "ArrowDown", 40),
    ("Down", "ArrowDown", "ArrowDown", 40),
    ("Insert", "Insert", "Insert", 45),
    ("Delete", "Delete", "Delete", 46),
    ("Del", "Delete", "Delete", 46),
    ("ContextMenu", "ContextMenu", "ContextMenu", 93),
    ("F1", "F1", "F1", 112),
    ("F2", "F2", "F2", 113),
    ("F3", "F3", "F3", 114),
    ("F4", "F4", "F4", 115),
    ("F5", "F5", "F5", 116),
    ("F6", "F6", "F6", 117),
    ("F7", "F7", "F7", 118),
    ("F8", "F8", "F8", 119),
    ("F9", "F9", "F9", 120),
    ("F10", "F10", "F10", 121),
    ("F11", "F11", "F11", 122),
    ("F12", "F12", "F12", 123),
    ("Plus", "+", "Equal", 187),
];
const MAX_CHORDS: usize = 200;

/// One key, with the modifiers that are down while it is pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    key: std::borrow::Cow<'static, str>,
    code: std::borrow::Cow<'static, str>,
    number: u16,
    modifiers: u8,
}

impl Key {
    pub(super) const DELETE: Self = Self::plain("Delete", 46);
    pub(super) const DOWN: Self = Self::plain("ArrowDown", 40);
    pub(super) const TAB: Self = Self::plain("Tab", 9);
    pub(super) const UP: Self = Self::plain("ArrowUp", 38);
    pub(super) const LEFT: Self = Self::plain("ArrowLeft", 37);
    pub(super) const RIGHT: Self = Self::plain("ArrowRight", 39);
    pub(super) const ENTER: Self = Self::plain("Enter", 13);
    pub(super) const ESCAPE: Self = Self::plain("Escape", 27);

    const fn plain(key: &'static str, number: u16) -> Self {
        Self {
            key: std::borrow::Cow::Borrowed(key),
            code: std::borrow::Cow::Borrowed(key),
            number,
            modifiers: 0,
        }
    }

    /// The key that types this character.
    pub(super) fn of(character: char) -> Self {
        let upper = character.to_ascii_uppercase();
        let (code, number) = match upper {
            'A'..='Z' => (format!("Key{upper}"), upper as u16),
            '0'..='9' => (format!("Digit{upper}"), upper as u16),
            ' ' => ("Space".to_owned(), 32),
            _ => (String::new(), 0),
        };
        let modifiers = if character.is_ascii_uppercase() {
            SHIFT
        } else {
            0
        };
        Self {
            key: character.to_string().into(),
            code: code.into(),
            number,
            modifiers,
        }
    }

    /// Modifiers by their names.
    pub(super) fn modifiers(names: &[String]) -> Result<Vec<Self>, Error> {
        let keys = names.iter().map(|name| Self::named(name, name));
        let keys: Vec<Self> = keys.collect::<Result<_, _>>()?;
        match keys.iter().find(|key| bit(&key.key) == 0) {
            None => Ok(keys),
            Some(key) => Err(Error::Invalid {
                what: format!(
                    "{} is no key that is held; Control, Shift, Alt and Meta are",
                    key.key
                ),
            }),
        }
    }

    /// What these modifiers are together in an event.
    pub(super) fn mask(held: &[Self]) -> u8 {
        held.iter().fold(0, |mask, key| mask | bit(&key.key))
    }

    /// The events of pressing them one after the other, or of letting them go in turn.
    pub(super) fn cumulated(held: &[Self], down: bool) -> Vec<Self> {
        let with = |index: usize| Self {
            modifiers: Self::mask(&held[..index + usize::from(down)]),
            ..held[index].clone()
        };
        let keys = 0..held.len();
        if down {
            keys.map(with).collect()
        } else {
            keys.rev().map(with).collect()
        }
    }

    /// Parses `Control+Shift+K`.
    fn chord(chord: &str) -> Result<Self, Error> {
        let mut modifiers = 0;
        let mut rest = chord;
        while let Some((modifier, after)) = rest.split_once('+') {
            if modifier.is_empty() || after.is_empty() {
                break;
            }
            modifiers |= match Self::named(modifier, chord)?.key.as_ref() {
                "Alt" => ALT,
                "Control" => CONTROL,
                "Meta" => META,
                "Shift" => SHIFT,
                _ => return Err(no_key(chord)),
            };
            rest = after;
        }
        let mut key = Self::named(rest, chord)?;
        key.modifiers |= modifiers;
        Ok(key)
    }

    fn named(name: &str, chord: &str) -> Result<Self, Error> {
        let mut characters = name.chars();
        if let (Some(only), None) = (characters.next(), characters.next())
            && !only.is_control()
        {
            return Ok(Self::of(only));
        }
        let found = NAMED
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(name));
        let (_, key, code, number) = found.ok_or_else(|| no_key(chord))?;
        Ok(Self {
            key: (*key).into(),
            code: (*code).into(),
            number: *number,
            modifiers: 0,
        })
    }

    /// What the key types, if it types anything.
    fn text(&self) -> Option<&str> {
        if self.modifiers & (ALT | CONTROL | META) != 0 {
            return None;
        }
        match self.key.as_ref() {
            "Enter" => Some("\r"),
            key if key.chars().count() == 1 => Some(key),
            _ => None,
        }
    }

    pub(super) fn event(&self, kind: &str) -> Value {
        let mut event = json!({
            "type": kind,
            "key": self.key,
            "code": self.code,
            "windowsVirtualKeyCode": self.number,
            "modifiers": self.modifiers,
        });
        if let Some(text) = self.text().filter(|_| kind == "keyDown") {
            event["text"] = json!(text);
            event["unmodifiedText"] = json!(text);
        }
        event
    }
}

fn no_key(chord: &str) -> Error {
    Error::Invalid {
        what: format!(
            "\"{chord}\" is no key; keys have W3C names such as Enter, Tab, ArrowDown, a, or \
             Control+a"
        ),
    }
}

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
        let keys = keys
            .iter()
            .map(|chord| Key::chord(chord))
            .collect::<Result<Vec<_>, _>>()?;
        let mut aim = None;
        let mut was = None;
        if let Some(target) = target {
            let need = Need {
                disabled: false,
                free: false,
            };
            let (found, ready) = self.prepare(target, need).await?;
            let input = json!({ "element": found.id });
            let focused = self
                .ask::<Value>(&found.context, "focusOnly", input)
                .await?;
            focused.map_err(|refusal| refusal.into_error(&found.id))?;
            aim = Some(found);
            was = Some(ready);
        } else {
            let (context, _) = self.current()?;
            let armed = self.ask::<Value>(&context, "arm", json!({})).await?;
            armed.map_err(|refusal| refusal.into_error("the page"))?;
        }
        self.strike(&keys).await?;
        Ok(Done {
            aim,
            was,
            expectant: true,
            ..Done::default()
        })
    }

    /// Presses keys one after the other, each with its modifiers held around it. The page has dealt
    /// with one before the next is sent: a list moves its mark before Enter takes it.
    pub(super) async fn strike(&self, keys: &[Key]) -> Result<(), Error> {
        self.send_keys(keys, 1).await
    }

    /// The same for text: a few events are under way at a time, in the order they were sent in.
    pub(super) async fn strike_text(&self, keys: &[Key]) -> Result<(), Error> {
        self.send_keys(keys, AHEAD).await
    }

    async fn send_keys(&self, keys: &[Key], ahead: usize) -> Result<(), Error> {
        let mut events = Vec::new();
        for (kind, key) in keys.iter().flat_map(strokes) {
            events.push(self.input("Input.dispatchKeyEvent", key.event(kind)));
        }
        stream::iter(events).buffered(ahead).try_collect().await
    }
}

/// What a keyboard sends for one key.
fn strokes(key: &Key) -> Vec<(&'static str, Key)> {
    let held: Vec<Key> = [
        (CONTROL, "Control"),
        (SHIFT, "Shift"),
        (ALT, "Alt"),
        (META, "Meta"),
    ]
    .into_iter()
    .filter(|(modifier, _)| key.modifiers & modifier != 0 && key.text().is_none())
    .filter_map(|(_, name)| Key::named(name, name).ok())
    .collect();
    let with = |modifier: &Key, down: u8| Key {
        modifiers: down,
        ..modifier.clone()
    };
    let mut events = Vec::new();
    let mut down = 0;
    for modifier in &held {
        down |= key.modifiers & bit(&modifier.key);
        events.push(("rawKeyDown", with(modifier, down)));
    }
    let pressed = if key.text().is_some() {
        "keyDown"
    } else {
        "rawKeyDown"
    };
    events.push((pressed, key.clone()));
    events.push(("keyUp", key.clone()));
    for modifier in held.iter().rev() {
        down &= !bit(&modifier.key);
        events.push(("keyUp", with(modifier, down)));
    }
    events
}

fn bit(name: &str) -> u8 {
    match name {
        "Alt" => ALT,
        "Control" => CONTROL,
        "Meta" => META,
        "Shift" => SHIFT,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_is_a_key_and_its_modifiers() {
        let key = Key::chord("Control+Shift+ArrowDown").unwrap();
        assert_eq!(
            (&*key.key, key.modifiers, key.text()),
            ("ArrowDown", CONTROL | SHIFT, None)
        );
        assert_eq!(Key::chord("ctrl+a").unwrap().text(), None);
        assert_eq!(Key::chord("+").unwrap().text(), Some("+"));
        assert_eq!(Key::chord("Enter").unwrap().text(), Some("\r"));
        assert!(Key::chord("Hyper+x").is_err());
        assert!(Key::chord("a+b").is_err());
    }
}
