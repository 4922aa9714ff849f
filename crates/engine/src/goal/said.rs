//! The words of a part of a goal, for those who read them against the page.

use std::ops::Range;

use super::token::{Class, tokenize, with_dates};

/// A word, a quotation or a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// As written; a quotation without its marks.
    pub text: String,
    /// In lower case.
    pub lower: String,
    /// Whether it was quoted.
    pub quoted: bool,
    /// Whether it is a mark.
    pub mark: bool,
    /// Where in the text, in bytes.
    pub span: Range<usize>,
}

/// The words of a text.
#[must_use]
pub fn said(text: &str) -> Vec<Said> {
    let tokens = with_dates(tokenize(text));
    tokens
        .into_iter()
        .map(|it| Said {
            quoted: it.class == Class::Quoted,
            mark: it.class == Class::Mark,
            text: it.text,
            lower: it.lower,
            span: it.span,
        })
        .collect()
}
