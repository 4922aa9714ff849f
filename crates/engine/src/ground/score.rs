//! How much a name is like a phrase.

use super::synonym;

/// A text's words in lower case; `camelCase`, `snake_case` and `kebab-case` are cut.
pub fn words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut previous_lower = false;
    for letter in text.chars() {
        if !letter.is_alphanumeric() {
            if !word.is_empty() {
                found.push(std::mem::take(&mut word));
            }
            previous_lower = false;
            continue;
        }
        if letter.is_uppercase() && previous_lower && !word.is_empty() {
            found.push(std::mem::take(&mut word));
        }
        previous_lower = letter.is_lowercase();
        word.extend(letter.to_lowercase());
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

/// From 0, nothing in common, to 1, the same.
pub fn likeness(candidate: &str, phrase: &str, quoted: bool) -> f64 {
    let candidate = candidate.trim();
    let phrase = phrase.trim();
    if candidate.is_empty() || phrase.is_empty() {
        return 0.0;
    }
    if candidate == phrase {
        return 1.0;
    }
    if candidate.to_lowercase() == phrase.to_lowercase() {
        return 0.99;
    }
    let have = words(candidate);
    let want = words(phrase);
    if want.is_empty() || have.is_empty() {
        return 0.0;
    }
    if have == want {
        return 0.97;
    }
    if have.concat() == want.concat() {
        return 0.95;
    }
    let canonical = (synonym::canonical(&have), synonym::canonical(&want));
    if canonical.0 == canonical.1 {
        return if quoted { 0.8 } else { 0.92 };
    }
    let (have, want) = canonical;
    let hits = want
        .iter()
        .filter(|word| have.iter().any(|it| alike(it, word)))
        .count();
    let covered = ratio(hits, want.len());
    let used = have
        .iter()
        .filter(|word| want.iter().any(|it| alike(it, word)))
        .count();
    let exact = ratio(used, have.len());
    if hits == want.len() {
        // All that was said is there; the less there is besides, the better.
        0.6 + 0.3 * exact
    } else if used == have.len() {
        // All of the name was said, among other words.
        0.5 + 0.3 * covered
    } else {
        0.6 * covered * (0.5 + 0.5 * exact)
    }
}

/// The same word, or its plural.
fn alike(left: &str, right: &str) -> bool {
    left == right || stem(left) == stem(right)
}

/// Plural and simple endings off.
pub fn stem(word: &str) -> &str {
    if word.len() > 4 && word.ends_with("ies") {
        return &word[..word.len() - 3];
    }
    if word.len() > 4 && word.ends_with("y") && word.is_ascii() {
        return &word[..word.len() - 1];
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem,
        _ => word,
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    let ratio = part as f64 / whole.max(1) as f64;
    ratio
}
