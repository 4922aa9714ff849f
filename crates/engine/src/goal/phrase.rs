//! Words that name something on a page.

use super::token::{Class, Token};

/// What kind of thing a phrase names, when it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A button.
    Button,
    /// A link or menu item.
    Link,
    /// Something to type into.
    Field,
    /// A check box, switch or radio button.
    Check,
    /// A list to choose from.
    Choice,
    /// A tab of a tab list.
    Tab,
    /// A page to go to.
    Page,
}

/// Which one of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ordinal {
    /// Counted from 1.
    Nth(usize),
    /// The last.
    Last,
}

/// The one with the most or the least of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superlative {
    /// Of what, as a column or label would call it: `price` for "cheapest"; empty if the number is
    /// all there is ("the largest number").
    pub quality: String,
    /// The least of it, not the most.
    pub least: bool,
}

/// How a place lies to what is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// In something, on something, of something, for something: whatever holds both.
    In,
    /// In the row, card or item that holds it.
    Row,
    /// Under this heading, in this section.
    Under,
    /// Beside it.
    Beside,
    /// Before it in reading order, or above it.
    Before,
    /// After it in reading order, or below it.
    After,
}

/// Words that say where something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// How it lies.
    pub relation: Relation,
    /// What is there; a phrase without a place of its own.
    pub what: Box<Phrase>,
}

/// Words that name something on a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phrase {
    /// The words, without articles, ordinal and kind.
    pub words: String,
    /// The words with their ordinal, which may belong to the name: "First name".
    pub whole: String,
    /// Whether they were quoted: the name itself, not a description.
    pub quoted: bool,
    /// The kind of thing, if said.
    pub kind: Option<Kind>,
    /// Which one, if said.
    pub ordinal: Option<Ordinal>,
    /// Each of them: "all check boxes".
    pub every: bool,
    /// The one with the most or the least of something.
    pub most: Option<Superlative>,
    /// Where it is, if said: every place must fit.
    pub places: Vec<Place>,
}

impl Phrase {
    /// These words, as they are written on the page.
    #[must_use]
    pub fn quoted(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            quoted: true,
            ..Self::default()
        }
    }

    /// These words.
    #[must_use]
    pub fn plain(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            ..Self::default()
        }
    }
}

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
    phrase.places = place.map(self::place).into_iter().collect();
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

fn place(tokens: &[&Token]) -> Place {
    let mut what = Phrase::default();
    let rest = trim(tokens, &mut what);
    what.words = plain(rest);
    Place {
        relation: Relation::In,
        what: Box::new(what),
    }
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
