//! Which element a phrase means.
#![expect(clippy::panic, clippy::unwrap_used, reason = "tests")]

mod laws;
mod naming;
mod page;
mod structure;

use errand_browser::Observation;
use errand_engine::{
    goal::{Kind, Ordinal, Phrase, Place, Relation, Superlative},
    ground::{self, Doubt, Use},
};

/// "Save" as it is written, or in words.
fn phrase(words: &str) -> Phrase {
    match words.strip_prefix('\'') {
        Some(quoted) => Phrase::quoted(quoted.trim_end_matches('\'')),
        None => Phrase::plain(words),
    }
}

fn of(kind: Kind, words: &str) -> Phrase {
    Phrase {
        kind: Some(kind),
        ..phrase(words)
    }
}

fn at(relation: Relation, what: Phrase, phrase: Phrase) -> Phrase {
    let mut places = phrase.places.clone();
    places.push(Place {
        relation,
        what: Box::new(what),
    });
    Phrase { places, ..phrase }
}

fn nth(nth: usize, phrase: Phrase) -> Phrase {
    Phrase {
        ordinal: Some(Ordinal::Nth(nth)),
        ..phrase
    }
}

fn last(phrase: Phrase) -> Phrase {
    Phrase {
        ordinal: Some(Ordinal::Last),
        ..phrase
    }
}

fn most(quality: &str, least: bool, phrase: Phrase) -> Phrase {
    let quality = quality.to_owned();
    Phrase {
        most: Some(Superlative { quality, least }),
        ..phrase
    }
}

/// The id of what is found, or the doubt's kind.
fn find(seen: &Observation, phrase: &Phrase, using: Use) -> String {
    match ground::find(seen, phrase, using) {
        Ok(node) => node.id.clone().unwrap(),
        Err(doubt) => kind(&doubt).to_owned(),
    }
}

fn all(seen: &Observation, phrase: Phrase, using: Use) -> Vec<String> {
    let phrase = Phrase {
        every: true,
        ..phrase
    };
    match ground::all(seen, &phrase, using) {
        Ok(nodes) => nodes.into_iter().map(|it| it.id.clone().unwrap()).collect(),
        Err(doubt) => vec![kind(&doubt).to_owned()],
    }
}

fn kind(doubt: &Doubt) -> &'static str {
    match doubt {
        Doubt::Nothing(_) => "nothing",
        Doubt::Between(_) => "between",
        Doubt::NoPlace(_) => "no place",
        Doubt::NotThere(..) => "not there",
        Doubt::Few(_) => "few",
        Doubt::LeftOut => "left out",
        Doubt::Unmeasured(..) => "unmeasured",
    }
}
