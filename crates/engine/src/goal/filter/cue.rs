//! Words that a condition begins with.

use crate::goal::token::{Class, Token};

/// What a word begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cue {
    With,
    Without,
    Which,
    Over,
    AtLeast,
    Under,
    AtMost,
    Between,
    Before,
    After,
    By,
    Contains,
    Called,
    Price,
    Rating,
    Place,
    For,
}

pub const CUES: &[(&[&str], Cue)] = &[
    (&["no", "more", "than"], Cue::AtMost),
    (&["not", "more", "than"], Cue::AtMost),
    (&["no", "less", "than"], Cue::AtLeast),
    (&["or", "more"], Cue::AtLeast),
    (&["more", "than"], Cue::Over),
    (&["greater", "than"], Cue::Over),
    (&["higher", "than"], Cue::Over),
    (&["larger", "than"], Cue::Over),
    (&["bigger", "than"], Cue::Over),
    (&["less", "than"], Cue::Under),
    (&["fewer", "than"], Cue::Under),
    (&["lower", "than"], Cue::Under),
    (&["smaller", "than"], Cue::Under),
    (&["cheaper", "than"], Cue::Under),
    (&["at", "least"], Cue::AtLeast),
    (&["at", "most"], Cue::AtMost),
    (&["up", "to"], Cue::AtMost),
    (&["later", "than"], Cue::After),
    (&["newer", "than"], Cue::After),
    (&["earlier", "than"], Cue::Before),
    (&["older", "than"], Cue::Before),
    (&["other", "than"], Cue::Without),
    (&["written", "by"], Cue::By),
    (&["posted", "by"], Cue::By),
    (&["made", "by"], Cue::By),
    (&["over"], Cue::Over),
    (&["above"], Cue::Over),
    (&["exceeding"], Cue::Over),
    (&[">"], Cue::Over),
    (&[">="], Cue::AtLeast),
    (&["under"], Cue::Under),
    (&["below"], Cue::Under),
    (&["<"], Cue::Under),
    (&["<="], Cue::AtMost),
    (&["between"], Cue::Between),
    (&["before"], Cue::Before),
    (&["after"], Cue::After),
    (&["since"], Cue::After),
    (&["with"], Cue::With),
    (&["having"], Cue::With),
    (&["including"], Cue::With),
    (&["along"], Cue::With),
    (&["without"], Cue::Without),
    (&["excluding"], Cue::Without),
    (&["except"], Cue::Without),
    (&["where"], Cue::Which),
    (&["whose"], Cue::Which),
    (&["that"], Cue::Which),
    (&["which"], Cue::Which),
    (&["what", "is"], Cue::Which),
    (&["what", "are"], Cue::Which),
    (&["what", "have"], Cue::Which),
    (&["what", "has"], Cue::Which),
    (&["what", "were"], Cue::Which),
    (&["who"], Cue::Which),
    (&["are"], Cue::Which),
    (&["is"], Cue::Which),
    (&["by"], Cue::By),
    (&["containing"], Cue::Contains),
    (&["contains"], Cue::Contains),
    (&["mentioning"], Cue::Contains),
    (&["named"], Cue::Called),
    (&["called"], Cue::Called),
    (&["titled"], Cue::Called),
    (&["priced"], Cue::Price),
    (&["costing"], Cue::Price),
    (&["rated"], Cue::Rating),
    (&["on"], Cue::Place),
    (&["in"], Cue::Place),
    (&["from"], Cue::Place),
    (&["at"], Cue::Place),
    (&["within"], Cue::Place),
    (&["for"], Cue::For),
];

pub fn cue(tokens: &[Token], at: usize) -> Option<(Cue, usize)> {
    CUES.iter()
        .filter(|(words, _)| {
            // "what are …" asks; "orders what are …" is what some say for "that are".
            (at > 0 || words[0] != "what")
                && tokens.len() >= at + words.len()
                && words.iter().zip(&tokens[at..]).all(|(word, token)| {
                    token.is(word) || token.class == Class::Word && token.text == *word
                })
        })
        .max_by_key(|(words, _)| words.len())
        .map(|(words, cue)| (*cue, words.len()))
}
