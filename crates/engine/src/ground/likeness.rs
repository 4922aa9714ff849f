//! How much a name is like a phrase.

use super::{symbol, synonym};

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

/// What may stand behind a name inside its quotation marks.
const KINDS: &[&str] = &[
    "button", "link", "tab", "field", "icon", "checkbox", "box", "menu", "page",
];

/// A phrase, prepared for being compared with many names.
#[derive(Debug, Clone)]
pub struct Wanted {
    text: String,
    lower: String,
    words: Vec<String>,
    canonical: Vec<String>,
    quoted: bool,
}

impl Wanted {
    /// The words of a phrase; quoted: the name itself, not a description.
    pub fn new(phrase: &str, quoted: bool) -> Self {
        let text = phrase.trim().to_owned();
        let mut words = words(&text);
        if words.is_empty() {
            words.extend(symbol::words(&text).first().map(|it| (*it).to_owned()));
        }
        Self {
            lower: text.to_lowercase(),
            canonical: synonym::canonical(&words),
            words,
            text,
            quoted,
        }
    }

    /// The words themselves.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// From 0, nothing in common, to 1, the same.
    pub fn likeness(&self, candidate: &str) -> f64 {
        self.compare(candidate).0
    }

    /// The likeness, if all that is wanted is there.
    pub fn whole(&self, candidate: &str) -> Option<f64> {
        let (likeness, whole) = self.compare(candidate);
        whole.then_some(likeness)
    }

    /// The likeness, and whether all that is wanted is there.
    fn compare(&self, candidate: &str) -> (f64, bool) {
        let candidate = candidate.trim();
        if candidate.is_empty() || self.text.is_empty() {
            return (0.0, false);
        }
        if candidate == self.text {
            return (1.0, true);
        }
        if candidate.to_lowercase() == self.lower {
            return (0.99, true);
        }
        let have = words(candidate);
        let want = &self.words;
        if have.is_empty() && !want.is_empty() {
            let signs: Vec<String> = symbol::words(candidate)
                .iter()
                .flat_map(|it| synonym::canonical(&[(*it).to_owned()]))
                .collect();
            let likeness =
                if signs.is_empty() || !self.canonical.iter().all(|it| signs.contains(it)) {
                    0.0
                } else if self.quoted {
                    0.8
                } else if self.canonical.contains(&signs[0]) {
                    0.92
                } else {
                    // What it means on some pages.
                    0.57
                };
            return (likeness, likeness > 0.0);
        }
        if want.is_empty() {
            return (0.0, false);
        }
        if have == *want {
            return (0.97, true);
        }
        if have.concat() == want.concat() {
            return (0.95, true);
        }
        let have = synonym::canonical(&have);
        let want = &self.canonical;
        if have == *want {
            return (if self.quoted { 0.8 } else { 0.92 }, true);
        }
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
            (0.6 + 0.3 * exact, true)
        } else if self.quoted {
            // A name is not half a name, though its kind may stand between the quotes with it.
            let kind = |word: &&String| !have.contains(word) && !KINDS.contains(&&***word);
            let only_kind = used == have.len() && want.iter().filter(kind).count() == 0;
            (if only_kind { 0.8 } else { 0.5 * covered }, false)
        } else if used == have.len() && 2 * hits >= want.iter().filter(|it| tells(it)).count() {
            // All of the name was said, among other words, but not among so many that they must
            // mean something else.
            (0.5 + 0.3 * covered, false)
        } else {
            (0.6 * covered * (0.5 + 0.5 * exact), false)
        }
    }

    /// The words that a text does not have.
    pub fn left_by(&self, text: &str) -> Vec<&String> {
        let have = synonym::canonical(&words(text));
        let missing = |word: &&String| !have.iter().any(|it| alike(it, word));
        self.canonical.iter().filter(missing).collect()
    }

    /// The same for a phrase with one letter wrong, or another ending, in longer words; 0 if it has
    /// none.
    pub fn misspelt(&self, candidate: &str) -> f64 {
        let have = words(candidate);
        if self.quoted || have.is_empty() || self.words.is_empty() {
            return 0.0;
        }
        let near = |one: &str, other: &str| {
            alike(one, other) || typo(one, other) || akin(one, other) || akin(other, one)
        };
        let fits = |word: &String| have.iter().any(|it| near(it, word));
        if !self.words.iter().all(fits) {
            return 0.0;
        }
        let used = have
            .iter()
            .filter(|it| {
                self.words
                    .iter()
                    .any(|word| alike(it, word) || typo(it, word))
            })
            .count();
        0.55 + 0.15 * ratio(used, have.len())
    }
}

/// From 0, nothing in common, to 1, the same.
pub fn likeness(candidate: &str, phrase: &str, quoted: bool) -> f64 {
    Wanted::new(phrase, quoted).likeness(candidate)
}

/// Whether a word says which thing is meant, rather than how words belong together.
fn tells(word: &str) -> bool {
    !matches!(
        word,
        "a" | "an"
            | "and"
            | "at"
            | "by"
            | "for"
            | "from"
            | "her"
            | "his"
            | "in"
            | "its"
            | "my"
            | "of"
            | "on"
            | "our"
            | "s"
            | "that"
            | "the"
            | "their"
            | "this"
            | "to"
            | "with"
            | "your"
    )
}

/// The same word, or its plural.
pub fn alike(left: &str, right: &str) -> bool {
    left == right || stem(left) == stem(right)
}

/// "remind" and "reminder".
fn akin(short: &str, long: &str) -> bool {
    let stem = short.strip_suffix('e').unwrap_or(short);
    let ending = long.strip_prefix(stem).unwrap_or("no");
    stem.len() >= 5
        && matches!(
            ending,
            "ed" | "er" | "ers" | "ing" | "ion" | "ions" | "ment" | "al" | "ly"
        )
}

/// One letter wrong, missing, too many, or two changed places, in a word of five letters or more.
fn typo(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let (short, long) = if left.len() <= right.len() {
        (&left, &right)
    } else {
        (&right, &left)
    };
    if short.len() < 5 || long.len() - short.len() > 1 || short[0] != long[0] {
        return false;
    }
    // A number with another digit is another number.
    if long.iter().any(|it| it.is_numeric()) {
        return false;
    }
    let same = short
        .iter()
        .zip(long)
        .take_while(|(one, other)| one == other)
        .count();
    let tail = |from: &[char], other: &[char]| from == other;
    if short.len() < long.len() {
        return tail(&short[same..], &long[same + 1..]);
    }
    let swapped = same + 1 < short.len()
        && short[same] == long[same + 1]
        && short[same + 1] == long[same]
        && tail(&short[same + 2..], &long[same + 2..]);
    swapped || same < short.len() && tail(&short[same + 1..], &long[same + 1..])
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
