//! Words that name something on a page.

use super::{
    clause::{Kind, Ordinal, Phrase},
    token::{Class, Token},
};

const ARTICLES: &[&str] = &[
    "the", "a", "an", "my", "your", "this", "that", "its", "on", "onto",
];

const KINDS: &[(&str, Kind)] = &[
    ("button", Kind::Button),
    ("btn", Kind::Button),
    ("icon", Kind::Button),
    ("link", Kind::Link),
    ("menu item", Kind::Link),
    ("field", Kind::Field),
    ("box", Kind::Field),
    ("input", Kind::Field),
    ("textbox", Kind::Field),
    ("text box", Kind::Field),
    ("text field", Kind::Field),
    ("input field", Kind::Field),
    ("textarea", Kind::Field),
    ("checkbox", Kind::Check),
    ("check box", Kind::Check),
    ("radio button", Kind::Check),
    ("radio", Kind::Check),
    ("switch", Kind::Check),
    ("toggle", Kind::Check),
    ("dropdown", Kind::Choice),
    ("drop-down", Kind::Choice),
    ("drop down", Kind::Choice),
    ("select", Kind::Choice),
    ("combobox", Kind::Choice),
    ("listbox", Kind::Choice),
    ("list", Kind::Choice),
    ("menu", Kind::Choice),
    ("tab", Kind::Tab),
    ("page", Kind::Page),
    ("section", Kind::Page),
    ("screen", Kind::Page),
];

const ORDINALS: &[(&str, usize)] = &[
    ("first", 1),
    ("1st", 1),
    ("second", 2),
    ("2nd", 2),
    ("third", 3),
    ("3rd", 3),
    ("fourth", 4),
    ("4th", 4),
    ("fifth", 5),
    ("5th", 5),
];

/// Words that lead to where something is.
const PLACES: &[&[&str]] = &[
    &["in", "the", "row", "of"],
    &["in", "the", "row", "for"],
    &["in", "the", "row", "with"],
    &["next", "to"],
    &["under"],
    &["below"],
    &["beside"],
    &["in"],
    &["within"],
    &["inside"],
    &["of"],
    &["for"],
    &["from"],
    &["at"],
];

/// Understands tokens as a phrase. Marks are dropped.
pub fn phrase(tokens: &[Token]) -> Phrase {
    let tokens: Vec<&Token> = tokens.iter().filter(|it| it.class != Class::Mark).collect();
    let mut phrase = Phrase::default();
    let (head, place) = split_place(&tokens);
    phrase.near = place.map(|tokens| plain(trim(tokens, &mut Phrase::default())));
    let rest = trim(head, &mut phrase);
    if phrase.ordinal.is_some() {
        let named: Vec<&Token> = head
            .iter()
            .copied()
            .skip_while(|it| ARTICLES.contains(&&*it.lower))
            .collect();
        phrase.whole = plain(&named);
    }
    if let Some(quoted) = rest.iter().find(|it| it.class == Class::Quoted) {
        phrase.quoted = true;
        phrase.words.clone_from(&quoted.text);
    } else {
        phrase.words = plain(rest);
    }
    phrase
}

/// Understands what stands before a colon: the name of a field as it is written on the page.
pub fn label(tokens: &[Token]) -> Phrase {
    let phrase = phrase(tokens);
    if phrase.ordinal.is_none() || phrase.quoted {
        return phrase;
    }
    Phrase {
        words: phrase.whole,
        ..Phrase::default()
    }
}

/// Cuts at the first word that leads to a place. What stands in quotation marks is never cut, and
/// "of" and "for" divide only after a quotation: "terms of use" is one name.
fn split_place<'t, 'a>(tokens: &'t [&'a Token]) -> (&'t [&'a Token], Option<&'t [&'a Token]>) {
    for at in 1..tokens.len() {
        for place in PLACES {
            let leads = tokens.len() > at + place.len()
                && place
                    .iter()
                    .zip(&tokens[at..])
                    .all(|(word, token)| token.is(word));
            let quoted = tokens[..at].iter().any(|it| it.class == Class::Quoted)
                || kind_at_end(&tokens[..at]).is_some();
            let weak = matches!(*place, ["of" | "for" | "from" | "at" | "in"]);
            if leads && (quoted || !weak) {
                return (&tokens[..at], Some(&tokens[at + place.len()..]));
            }
        }
    }
    (tokens, None)
}

/// Takes articles, ordinal and kind off.
fn trim<'t, 'a>(mut tokens: &'t [&'a Token], phrase: &mut Phrase) -> &'t [&'a Token] {
    while let Some(first) = tokens.first().filter(|it| it.class == Class::Word) {
        if ARTICLES.contains(&&*first.lower) && tokens.len() > 1 {
            tokens = &tokens[1..];
        } else if let Some((_, nth)) = ORDINALS.iter().find(|(word, _)| first.is(word))
            && tokens.len() > 1
        {
            phrase.ordinal = Some(Ordinal::Nth(*nth));
            tokens = &tokens[1..];
        } else if first.is("last") && tokens.len() > 1 {
            phrase.ordinal = Some(Ordinal::Last);
            tokens = &tokens[1..];
        } else {
            break;
        }
    }
    if let Some((kind, length)) = kind_at_end(tokens) {
        phrase.kind = Some(kind);
        if tokens.len() > length || phrase.ordinal.is_some() {
            tokens = &tokens[..tokens.len() - length];
        }
    } else if let Some((kind, length)) = kind_at_start(tokens) {
        phrase.kind = Some(kind);
        tokens = &tokens[length..];
    }
    tokens
}

fn kind_at_end(tokens: &[&Token]) -> Option<(Kind, usize)> {
    KINDS
        .iter()
        .filter_map(|(words, kind)| {
            let words: Vec<&str> = words.split(' ').collect();
            let start = tokens.len().checked_sub(words.len())?;
            let fits = words
                .iter()
                .zip(&tokens[start..])
                .all(|(word, token)| token.is(word));
            fits.then_some((*kind, words.len()))
        })
        .max_by_key(|(_, length)| *length)
}

/// "button 'Save'": the kind stands before a quotation.
fn kind_at_start(tokens: &[&Token]) -> Option<(Kind, usize)> {
    let quote = tokens.iter().position(|it| it.class == Class::Quoted)?;
    let (kind, length) = kind_at_end(&tokens[..quote])?;
    (length == quote).then_some((kind, quote))
}

fn plain(tokens: &[&Token]) -> String {
    tokens
        .iter()
        .map(|it| &*it.text)
        .collect::<Vec<_>>()
        .join(" ")
}
