//! Keys by the names of `KeyboardEvent.key`, with their places on the keyboard and the numbers that
//! older pages read.

use std::borrow::Cow;

use super::Fault;
use crate::text::clip;

/// Longest name that is looked for, in bytes.
const MAX_NAME_BYTES: usize = 40;
/// How alike a name must be to be offered.
const ALIKE: f64 = 0.8;

/// Keys without a character: the name, the usual place (`KeyboardEvent.code`), `keyCode`.
const NAMED: [(&str, &str, u16); 68] = [
    ("Backspace", "Backspace", 8),
    ("Tab", "Tab", 9),
    ("Clear", "NumLock", 12),
    ("Enter", "Enter", 13),
    ("Shift", "ShiftLeft", 16),
    ("Control", "ControlLeft", 17),
    ("Alt", "AltLeft", 18),
    ("Pause", "Pause", 19),
    ("CapsLock", "CapsLock", 20),
    ("Escape", "Escape", 27),
    ("PageUp", "PageUp", 33),
    ("PageDown", "PageDown", 34),
    ("End", "End", 35),
    ("Home", "Home", 36),
    ("ArrowLeft", "ArrowLeft", 37),
    ("ArrowUp", "ArrowUp", 38),
    ("ArrowRight", "ArrowRight", 39),
    ("ArrowDown", "ArrowDown", 40),
    ("Select", "Select", 41),
    ("PrintScreen", "PrintScreen", 44),
    ("Insert", "Insert", 45),
    ("Delete", "Delete", 46),
    ("Help", "Help", 47),
    ("Meta", "MetaLeft", 91),
    ("ContextMenu", "ContextMenu", 93),
    ("NumLock", "NumLock", 144),
    ("ScrollLock", "ScrollLock", 145),
    ("AltGraph", "AltRight", 225),
    ("F1", "F1", 112),
    ("F2", "F2", 113),
    ("F3", "F3", 114),
    ("F4", "F4", 115),
    ("F5", "F5", 116),
    ("F6", "F6", 117),
    ("F7", "F7", 118),
    ("F8", "F8", 119),
    ("F9", "F9", 120),
    ("F10", "F10", 121),
    ("F11", "F11", 122),
    ("F12", "F12", 123),
    ("F13", "F13", 124),
    ("F14", "F14", 125),
    ("F15", "F15", 126),
    ("F16", "F16", 127),
    ("F17", "F17", 128),
    ("F18", "F18", 129),
    ("F19", "F19", 130),
    ("F20", "F20", 131),
    ("F21", "F21", 132),
    ("F22", "F22", 133),
    ("F23", "F23", 134),
    ("F24", "F24", 135),
    ("BrowserBack", "BrowserBack", 166),
    ("BrowserForward", "BrowserForward", 167),
    ("BrowserRefresh", "BrowserRefresh", 168),
    ("BrowserStop", "BrowserStop", 169),
    ("BrowserSearch", "BrowserSearch", 170),
    ("BrowserFavorites", "BrowserFavorites", 171),
    ("BrowserHome", "BrowserHome", 172),
    ("AudioVolumeMute", "AudioVolumeMute", 173),
    ("AudioVolumeDown", "AudioVolumeDown", 174),
    ("AudioVolumeUp", "AudioVolumeUp", 175),
    ("MediaTrackNext", "MediaTrackNext", 176),
    ("MediaTrackPrevious", "MediaTrackPrevious", 177),
    ("MediaStop", "MediaStop", 178),
    ("MediaPlayPause", "MediaPlayPause", 179),
    ("Cancel", "Pause", 3),
    ("Convert", "Convert", 28),
];

/// Keys of an American keyboard with what they type alone and with Shift, their place and number.
const TYPING: [(char, char, &str, u16); 12] = [
    (' ', ' ', "Space", 32),
    (';', ':', "Semicolon", 186),
    ('=', '+', "Equal", 187),
    (',', '<', "Comma", 188),
    ('-', '_', "Minus", 189),
    ('.', '>', "Period", 190),
    ('/', '?', "Slash", 191),
    ('`', '~', "Backquote", 192),
    ('[', '{', "BracketLeft", 219),
    ('\\', '|', "Backslash", 220),
    (']', '}', "BracketRight", 221),
    ('\'', '"', "Quote", 222),
];
/// What the digits type with Shift.
const SHIFTED_DIGITS: &str = ")!@#$%^&*(";

/// Places that no name above has, and what lies there tells nothing of.
const PLACES: [(&str, u16); 26] = [
    ("ShiftRight", 16),
    ("ControlRight", 17),
    ("AltRight", 18),
    ("MetaRight", 92),
    ("IntlBackslash", 226),
    ("IntlRo", 193),
    ("IntlYen", 255),
    ("NumpadEnter", 13),
    ("NumpadMultiply", 106),
    ("NumpadAdd", 107),
    ("NumpadComma", 194),
    ("NumpadSubtract", 109),
    ("NumpadDecimal", 110),
    ("NumpadDivide", 111),
    ("NumpadEqual", 187),
    ("NumpadClear", 12),
    ("Numpad0", 96),
    ("Numpad1", 97),
    ("Numpad2", 98),
    ("Numpad3", 99),
    ("Numpad4", 100),
    ("Numpad5", 101),
    ("Numpad6", 102),
    ("Numpad7", 103),
    ("Numpad8", 104),
    ("Numpad9", 105),
];

/// A key of a keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    name: Cow<'static, str>,
    code: Cow<'static, str>,
    number: u16,
}

impl Key {
    /// A key by its `KeyboardEvent.key`, such as `a`, `é`, `Enter`, and its `KeyboardEvent.code`,
    /// such as `KeyA`; where that is empty, the place that the key has on an American keyboard.
    ///
    /// # Errors
    /// [`Fault::UnknownKey`], which names the nearest one.
    pub fn new(name: &str, code: &str) -> Result<Self, Fault> {
        let mut key = Self::named(name)?;
        if !code.is_empty() && code != key.code {
            let (code, number) = place(code)?;
            // A key that types keeps the number of what it types, unless that has none.
            if key.number == 0 || code.starts_with("Numpad") {
                key.number = number;
            }
            key.code = code;
        }
        Ok(key)
    }

    fn named(name: &str) -> Result<Self, Fault> {
        let mut characters = name.chars();
        if let (Some(only), None) = (characters.next(), characters.next())
            && !only.is_control()
        {
            return Ok(Self::of(only));
        }
        let found = NAMED.iter().find(|(known, ..)| *known == name);
        let (name, code, number) = found.ok_or_else(|| unknown(name))?;
        Ok(Self {
            name: Cow::Borrowed(name),
            code: Cow::Borrowed(code),
            number: *number,
        })
    }

    /// The key that types this character.
    #[must_use]
    pub fn of(character: char) -> Self {
        let upper = character.to_ascii_uppercase();
        let (code, number) = match upper {
            'A'..='Z' => (format!("Key{upper}").into(), upper as u16),
            '0'..='9' => (format!("Digit{upper}").into(), upper as u16),
            _ => symbol(character),
        };
        Self {
            name: character.to_string().into(),
            code,
            number,
        }
    }

    /// Its `KeyboardEvent.key`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its `KeyboardEvent.code`; empty where no American keyboard has it.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Its `KeyboardEvent.keyCode`; 0 where it has none.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.number
    }

    /// The side of a keyboard that it is on: 1 left, 2 right, 0 for keys that are there once, and
    /// 3 for the number pad.
    #[must_use]
    pub fn location(&self) -> u8 {
        match &*self.code {
            code if code.starts_with("Numpad") => 3,
            "ShiftLeft" | "ControlLeft" | "AltLeft" | "MetaLeft" => 1,
            "ShiftRight" | "ControlRight" | "AltRight" | "MetaRight" => 2,
            _ => 0,
        }
    }

    /// What it types where no modifier but Shift is held.
    #[must_use]
    pub fn types(&self) -> Option<&str> {
        match &*self.name {
            "Enter" => Some("\r"),
            name if name.chars().nth(1).is_none() => Some(name),
            _ => None,
        }
    }
}

fn symbol(character: char) -> (Cow<'static, str>, u16) {
    let digit = SHIFTED_DIGITS
        .chars()
        .zip('0'..)
        .find(|it| it.0 == character);
    if let Some((_, digit)) = digit {
        return (format!("Digit{digit}").into(), digit as u16);
    }
    let found = TYPING
        .iter()
        .find(|(plain, shifted, ..)| character == *plain || character == *shifted);
    found.map_or((Cow::Borrowed(""), 0), |(.., code, number)| {
        (Cow::Borrowed(code), *number)
    })
}

/// A place of a keyboard, and the number of the key that an American one has there.
fn place(code: &str) -> Result<(Cow<'static, str>, u16), Fault> {
    let named = NAMED.iter().map(|(_, code, number)| (*code, *number));
    let typing = TYPING.iter().map(|(.., code, number)| (*code, *number));
    let mut known = named.chain(typing).chain(PLACES);
    if let Some((code, number)) = known.find(|(known, _)| *known == code) {
        return Ok((Cow::Borrowed(code), number));
    }
    let last = code
        .chars()
        .last()
        .filter(|last| match code.strip_suffix(*last) {
            Some("Key") => last.is_ascii_uppercase(),
            Some("Digit") => last.is_ascii_digit(),
            _ => false,
        });
    let last = last.ok_or_else(|| Fault::UnknownKey {
        name: clip(code, MAX_NAME_BYTES),
        nearest: nearest(
            code,
            NAMED
                .iter()
                .map(|it| it.1)
                .chain(PLACES.iter().map(|it| it.0)),
        ),
    })?;
    Ok((code.to_owned().into(), last as u16))
}

fn unknown(name: &str) -> Fault {
    Fault::UnknownKey {
        name: clip(name, MAX_NAME_BYTES),
        nearest: nearest(name, NAMED.iter().map(|it| it.0)),
    }
}

/// The name that is most like it, in any case.
fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    // Names that keyboards and other programs have for the same keys.
    let meant = match name.to_ascii_lowercase().as_str() {
        "return" => Some("Enter"),
        "esc" => Some("Escape"),
        "ctrl" => Some("Control"),
        "cmd" | "command" | "win" | "super" | "os" => Some("Meta"),
        "option" => Some("Alt"),
        "del" => Some("Delete"),
        "up" => Some("ArrowUp"),
        "down" => Some("ArrowDown"),
        "left" => Some("ArrowLeft"),
        "right" => Some("ArrowRight"),
        _ => None,
    };
    if meant.is_some() || name.len() > MAX_NAME_BYTES {
        return meant;
    }
    let lower = name.to_ascii_lowercase();
    let alike = known.map(|it| (strsim::jaro_winkler(&lower, &it.to_ascii_lowercase()), it));
    alike
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}
