//! Keys of an output without a schema.

use crate::{
    goal::is_plural,
    ground::{words, words_stem},
};

/// The key of a noun phrase, in snake case.
pub fn key(noun: &str) -> String {
    let head = noun.split(" of ").next().unwrap_or(noun);
    let words = words(head);
    let start = words
        .iter()
        .position(|it| !matches!(&**it, "main" | "top" | "first" | "all" | "the"));
    let words = &words[start.unwrap_or(0)..];
    if words.is_empty() {
        "value".to_owned()
    } else {
        words.join("_")
    }
}

/// The key of a list of what the key names.
pub fn plural(key: &str) -> String {
    let last = key.rsplit('_').next().unwrap_or(key);
    if is_plural(last) || words_stem(last) != last {
        return key.to_owned();
    }
    match last
        .strip_suffix('y')
        .filter(|it| !it.ends_with(['a', 'e', 'i', 'o', 'u']))
    {
        Some(_) => format!("{}ies", &key[..key.len() - 1]),
        None if last.ends_with(['s', 'x']) || last.ends_with("ch") || last.ends_with("sh") => {
            format!("{key}es")
        }
        None => format!("{key}s"),
    }
}
