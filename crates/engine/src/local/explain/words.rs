//! Parts of a goal in words.

use errand_domain::understanding::{ClauseValue, SoughtElement, ValueOrigin};

use crate::goal::{
    Derivation, Kind, Ordinal, Phrase, Place, Relation, Source, Step, Superlative, When, Worth,
};

/// Something that will be looked for.
pub fn element(part: &'static str, phrase: &Phrase) -> SoughtElement {
    let mut which = Vec::new();
    which.extend(phrase.every.then(|| "every".to_owned()));
    which.extend(phrase.ordinal.map(ordinal));
    which.extend(phrase.most.as_ref().map(superlative));
    SoughtElement {
        part,
        kind: phrase.kind.map(kind),
        words: phrase.words.clone(),
        exact: phrase.quoted,
        ordinal: (!which.is_empty()).then(|| which.join(", ")),
        place: (!phrase.places.is_empty()).then(|| places(&phrase.places)),
    }
}

/// A phrase: `the 2nd button "Buy" in the row of "Ann"`.
pub fn phrase(phrase: &Phrase) -> String {
    let mut words = Vec::new();
    match (phrase.every, phrase.ordinal) {
        (true, _) => words.push("every".to_owned()),
        (false, Some(which)) => words.push(format!("the {}", ordinal(which))),
        (false, None) if phrase.kind.is_some() || phrase.most.is_some() => {
            words.push("the".to_owned());
        }
        (false, None) => {}
    }
    words.extend(phrase.kind.map(|it| kind(it).to_owned()));
    if !phrase.words.is_empty() {
        words.push(format!("\"{}\"", phrase.words));
    } else if phrase.kind.is_none() {
        words.push("one".to_owned());
    }
    if let Some(most) = &phrase.most {
        words.push(format!("with the {}", superlative(most)));
    }
    if !phrase.places.is_empty() {
        words.push(places(&phrase.places));
    }
    words.join(" ")
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Button => "button",
        Kind::Link => "link",
        Kind::Field => "field",
        Kind::Area => "text area",
        Kind::Check => "check box",
        Kind::Choice => "list",
        Kind::Tab => "tab",
        Kind::Page => "page",
        Kind::Section => "section",
        Kind::Dialog => "dialog",
        Kind::Slider => "slider",
        Kind::Date => "date field",
        Kind::Item => "item",
        Kind::Image => "image",
        Kind::Text => "text",
    }
}

pub fn ordinal(ordinal: Ordinal) -> String {
    match ordinal {
        Ordinal::Nth(number) => {
            let ending = match (number % 10, number % 100) {
                (1, it) if it != 11 => "st",
                (2, it) if it != 12 => "nd",
                (3, it) if it != 13 => "rd",
                _ => "th",
            };
            format!("{number}{ending}")
        }
        Ordinal::Last => "last".to_owned(),
    }
}

pub fn superlative(most: &Superlative) -> String {
    let degree = if most.least { "least" } else { "most" };
    let quality = match &*most.quality {
        "" => "of its number",
        quality => quality,
    };
    format!("{degree} {quality}")
}

/// Every place in words.
pub fn places(places: &[Place]) -> String {
    let place = |place: &Place| {
        let leads = match place.relation {
            Relation::In => "in",
            Relation::Of => "of",
            Relation::Row => "in the row of",
            Relation::Under => "under",
            Relation::Beside => "beside",
            Relation::Before => "before",
            Relation::After => "after",
        };
        format!("{leads} {}", phrase(&place.what))
    };
    let places: Vec<String> = places.iter().map(place).collect();
    places.join(" and ")
}

/// A condition: `the button "Buy" is on the page`.
pub fn when(when: &When) -> String {
    let state = if when.present { "is" } else { "is not" };
    format!("{} {state} on the page", phrase(&when.what))
}

/// A value, and how a sentence calls it.
pub fn value(name: &'static str, worth: &Worth) -> (ClauseValue, String) {
    match worth {
        Worth::Given(text) => given(name, text),
        Worth::Read(derivation) => {
            let words = self::derivation(derivation);
            let value = ClauseValue {
                name,
                text: None,
                secret: false,
                origin: origin(&derivation.from),
                derivation: Some(words.clone()),
            };
            (value, words)
        }
        Worth::Remembered => {
            let value = ClauseValue {
                name,
                text: None,
                secret: false,
                origin: ValueOrigin::EarlierClause,
                derivation: None,
            };
            (value, "what was read before".to_owned())
        }
    }
}

/// A value that the prompt gives.
pub fn given(name: &'static str, text: &str) -> (ClauseValue, String) {
    let value = ClauseValue {
        name,
        text: Some(text.to_owned()),
        secret: false,
        origin: ValueOrigin::Prompt,
        derivation: None,
    };
    (value, format!("\"{text}\""))
}

fn origin(source: &Source) -> ValueOrigin {
    match source {
        Source::Text(_) => ValueOrigin::Prompt,
        Source::Page(_) | Source::Several(_) => ValueOrigin::Page,
        Source::Remembered => ValueOrigin::EarlierClause,
    }
}

/// How a value is made: `the 3rd word of the text of "paragraph", in lower case`.
pub fn derivation(derivation: &Derivation) -> String {
    let mut words = match &derivation.from {
        Source::Text(text) => format!("\"{text}\""),
        Source::Page(what) => format!("the text of {}", phrase(what)),
        Source::Several(several) => {
            let several: Vec<String> = several.iter().map(phrase).collect();
            format!("the texts of {}", several.join(" and "))
        }
        Source::Remembered => "what was read before".to_owned(),
    };
    for step in &derivation.steps {
        words = match *step {
            Step::Word(which) => format!("the {} word of {words}", ordinal(which)),
            Step::Letter(which) => format!("the {} letter of {words}", ordinal(which)),
            Step::Line(which) => format!("the {} line of {words}", ordinal(which)),
            Step::Sentence(which) => format!("the {} sentence of {words}", ordinal(which)),
            Step::Lower => format!("{words}, in lower case"),
            Step::Upper => format!("{words}, in upper case"),
            Step::Title => format!("{words}, each word with a capital"),
            Step::Reversed => format!("{words}, backwards"),
            Step::CountWords => format!("the number of words of {words}"),
            Step::CountLetters => format!("the number of letters of {words}"),
            Step::Sum => format!("the sum of the numbers of {words}"),
            Step::Difference => format!("the difference of the two numbers of {words}"),
            Step::Product => format!("the product of the numbers of {words}"),
            Step::Average => format!("the mean of the numbers of {words}"),
            Step::Smallest => format!("the smallest number of {words}"),
            Step::Largest => format!("the largest number of {words}"),
        };
    }
    words
}
