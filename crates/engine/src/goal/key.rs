//! Keys, by the names that people give them.

use super::{
    clause::Ask,
    name::phrase,
    token::{Class, Token},
};

const KEYS: &[(&str, &str)] = &[
    ("enter", "Enter"),
    ("return", "Enter"),
    ("tab", "Tab"),
    ("escape", "Escape"),
    ("esc", "Escape"),
    ("space", " "),
    ("spacebar", " "),
    ("backspace", "Backspace"),
    ("delete", "Delete"),
    ("del", "Delete"),
    ("up", "ArrowUp"),
    ("down", "ArrowDown"),
    ("left", "ArrowLeft"),
    ("right", "ArrowRight"),
    ("arrowup", "ArrowUp"),
    ("arrowdown", "ArrowDown"),
    ("arrowleft", "ArrowLeft"),
    ("arrowright", "ArrowRight"),
    ("home", "Home"),
    ("end", "End"),
    ("pageup", "PageUp"),
    ("pagedown", "PageDown"),
];

const MODIFIERS: &[(&str, &str)] = &[
    ("ctrl", "Control"),
    ("control", "Control"),
    ("shift", "Shift"),
    ("alt", "Alt"),
    ("option", "Alt"),
    ("cmd", "Meta"),
    ("command", "Meta"),
    ("meta", "Meta"),
];

/// Most times that a key is pressed.
const MOST: usize = 50;

/// What "press" asks for: keys, or a click.
pub fn press(rest: &[Token]) -> Result<Vec<Ask>, String> {
    let named = rest
        .iter()
        .any(|it| it.is("button") || it.is("link") || it.is("tab"))
        && !(rest.len() == 1 || rest.iter().any(|it| it.is("key")));
    let place = rest
        .iter()
        .position(|it| it.is("in") || it.is("inside") || it.is("on"))
        .filter(|it| *it > 0 && it + 1 < rest.len());
    let end = place.unwrap_or(rest.len());
    let times = times(&rest[..end]);
    let words: Vec<&Token> = rest[..end]
        .iter()
        .filter(|it| it.class != Class::Mark && !is_link(it) && count(it).is_none())
        .collect();
    let keys: Option<Vec<String>> = words.iter().map(key).collect();
    match keys {
        Some(keys) if !keys.is_empty() && !named => Ok(vec![Ask::Press {
            keys: keys
                .iter()
                .cycle()
                .take(keys.len() * times)
                .cloned()
                .collect(),
            at: place.map(|at| phrase(&rest[at + 1..])),
        }]),
        _ if rest.iter().all(|it| it.class == Class::Mark) => {
            Err("say which key or button to press".to_owned())
        }
        _ => Ok(super::frame::items(rest)
            .into_iter()
            .map(phrase)
            .map(Ask::Click)
            .collect()),
    }
}

fn is_link(token: &Token) -> bool {
    [
        "the", "key", "keys", "arrow", "on", "and", "times", "time", "then",
    ]
    .iter()
    .any(|word| token.is(word))
}

fn count(token: &Token) -> Option<usize> {
    match &*token.lower {
        "once" => Some(1),
        "twice" => Some(2),
        "three" | "thrice" => Some(3),
        "four" => Some(4),
        "five" => Some(5),
        number if number.len() < 3 => number.parse().ok(),
        _ => None,
    }
}

fn times(tokens: &[Token]) -> usize {
    let said = tokens.iter().any(|it| {
        ["times", "twice", "once", "thrice"]
            .iter()
            .any(|word| it.is(word))
    });
    let times = tokens.iter().find_map(count).filter(|_| said);
    times.unwrap_or(1).clamp(1, MOST)
}

/// A key or a chord: "Enter", "Ctrl+A".
fn key(token: &&Token) -> Option<String> {
    let parts: Vec<&str> = token.lower.split('+').collect();
    if let [modifiers @ .., last] = &parts[..]
        && !modifiers.is_empty()
        && !last.is_empty()
    {
        let modifiers: Option<Vec<&str>> = modifiers
            .iter()
            .map(|it| {
                MODIFIERS
                    .iter()
                    .find(|(word, _)| word == it)
                    .map(|(_, name)| *name)
            })
            .collect();
        let last = KEYS
            .iter()
            .find(|(word, _)| word == last)
            .map_or(*last, |(_, name)| *name);
        return Some(format!("{}+{last}", modifiers?.join("+")));
    }
    KEYS.iter()
        .find(|(word, _)| token.lower == *word)
        .map(|(_, key)| (*key).to_owned())
}
