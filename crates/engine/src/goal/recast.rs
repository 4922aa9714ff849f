//! Sentences that order without an imperative, told as orders.
//!
//! "The second entry has to be deleted" becomes "delete the second entry", "I want the digest
//! switched off" becomes "switch off the digest"; what only says why, or is polite, is left out.

mod aside;
mod participle;
mod passive;
mod state;
mod temporal;

use super::{
    filler,
    token::{Class, Token},
    verb,
};

pub use self::participle::base;

/// The sentence with its orders in the imperative.
pub fn recast(sentence: &[Token]) -> Vec<Token> {
    // "Message: the lamp has to be repaired": a value is as it is.
    let start = filler::skip(sentence, 0).min(sentence.len());
    let labelled = sentence
        .iter()
        .take(start + 7)
        .any(|it| it.is_mark(":") || it.is_mark("="));
    let timed = is_any(sentence, start, &["before", "after", "once", "when", "as"]);
    if labelled && !timed && verb::at(sentence, start).is_none() && !passive::obliges(sentence) {
        return sentence.to_vec();
    }
    let mut tokens = aside::without(sentence);
    if tokens.iter().all(|it| it.class == Class::Mark) {
        // All of it is polite, or a reason.
        return tokens;
    }
    tokens = state::set(temporal::ordered(tokens));
    passive::imperative(tokens)
}

/// A word that the goal does not hold at this place: it has the place of another.
fn word(text: &str, at: &Token) -> Token {
    Token {
        class: Class::Word,
        text: text.to_owned(),
        lower: text.to_owned(),
        span: at.span.clone(),
    }
}

fn is_any(tokens: &[Token], at: usize, of: &[&str]) -> bool {
    tokens.get(at).is_some_and(|it| {
        it.class == Class::Word && of.contains(&&*it.lower.replace('\u{2019}', "'"))
    })
}

/// A comma at the place of another token.
fn comma(at: &Token) -> Token {
    Token {
        class: Class::Mark,
        text: ",".to_owned(),
        lower: ",".to_owned(),
        span: at.span.start..at.span.start,
    }
}
