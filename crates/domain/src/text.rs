//! Text from outside, made safe to store and to send.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// Well-formed Unicode without U+0000.
///
/// PostgreSQL refuses NUL in TEXT, and a driver may answer 500 or never to a lone surrogate, so
/// strings from pages pass through here before they go anywhere. NUL becomes U+FFFD.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// Takes any string; replaces what can't be stored.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.contains('\0') {
            Self(text.replace('\0', "\u{fffd}"))
        } else {
            Self(text)
        }
    }

    /// Decodes UTF-16 code units as browsers use them; lone surrogates become U+FFFD.
    #[must_use]
    pub fn from_utf16(units: &[u16]) -> Self {
        Self::new(String::from_utf16_lossy(units))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as an owned string.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// At most `limit` bytes, cut at a character boundary; `…` marks a cut.
    #[must_use]
    pub fn clipped(&self, limit: usize) -> Self {
        Self(clip(&self.0, limit))
    }
}

/// At most `limit` bytes of `text`, cut at a character boundary; `…` marks a cut.
#[must_use]
pub fn clip(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let mut end = limit.saturating_sub('…'.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

/// Runs of white space become one space; the ends are trimmed.
#[must_use]
pub fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
