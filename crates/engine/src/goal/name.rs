//! From tokens to a phrase: which words are the name, and which say what kind of thing it is, which
//! of several, and where.

use super::{
    kind::{KINDS, SUPERLATIVES},
    phrase::{Kind, Ordinal, Phrase, Place, Relation, Superlative},
    place,
    relative::relative,
    token::{Class, Token},
};

pub const ARTICLES: &[&str] = &[
    "the",
    "a",
    "an",
    "my",
    "your",
    "this",
    "that",
    "its",
    "on",
    "onto",
    "these",
    "those",
    "their",
    "our",
    "his",
    "her",
    "out",
    "some",
    "following",
    "of",
    "called",
    "named",
    "to",
    "into",
];

const EVERY: &[&str] = &["all", "every", "each", "both"];

/// Words that a name follows: "the button labelled 'Save'".
const NAMING: &[&str] = &[
    "labeled",
    "labelled",
    "label",
    "named",
    "called",
    "titled",
    "entitled",
    "saying",
    "reading",
    "that says",
    "that reads",
    "that is called",
    "which says",
    "which is called",
    "with the text",
    "with text",
    "with the label",
    "with label",
    "with the name",
    "with name",
    "with the title",
    "with title",
    "with the caption",
    "with the words",
    "with the heading",
    "with the value",
    "containing the text",
    "that contains the text",
    "whose name is",
    "whose label is",
    "whose title is",
    "whose text is",
    "with name of",
    "displaying",
];

/// Understands tokens as a phrase. Marks are dropped.
pub fn phrase(tokens: &[Token]) -> Phrase {
    let words: Vec<&Token> = tokens.iter().filter(|it| it.class != Class::Mark).collect();
    of(&words, true)
}

/// Understands words, with or without looking for places among them.
pub fn of(tokens: &[&Token], placed: bool) -> Phrase {
    let mut phrase = Phrase::default();
    let tokens = every(tokens, &mut phrase);
    let tokens = except(tokens, &mut phrase);
    if let Some((kind, rest)) = about(tokens) {
        let named = of(rest, placed);
        let single = named.ordinal.is_none() && named.kind.is_none() && !named.words.is_empty();
        if single {
            phrase.kind = Some(kind);
            return Phrase {
                every: phrase.every,
                except: phrase.except,
                kind: phrase.kind,
                ..named
            };
        }
    }
    // "the one from Lindqvist", "the ones for Ann".
    let start = tokens.iter().position(|it| !it.is("the")).unwrap_or(0);
    let which = tokens
        .get(start)
        .is_some_and(|it| it.is("one") || it.is("ones"))
        && tokens.get(start + 1).is_some_and(|it| {
            ["from", "of", "by", "with", "for", "called", "named"]
                .iter()
                .any(|word| it.is(word))
        });
    let tokens = match tokens.get(start + 2..) {
        Some(rest) if which && !rest.is_empty() => rest,
        _ => tokens,
    };
    let told = relative(tokens)
        .filter(|_| placed && naming(tokens, &mut Phrase::default()).0.len() == tokens.len());
    let tokens = told.as_ref().map_or(tokens, |it| it.head);
    let (head, places, loose) = if placed {
        place::split(tokens)
    } else {
        (tokens, Vec::new(), false)
    };
    phrase.places = places;
    let rest = trim(head, &mut phrase);
    let (rest, named) = naming(rest, &mut phrase);
    match rest.iter().position(|it| it.class == Class::Quoted) {
        Some(quote) => {
            phrase.quoted = true;
            phrase.words.clone_from(&rest[quote].text);
            phrase.kind = phrase.kind.or_else(|| Some(kind_at_end(&rest[..quote])?.0));
        }
        None => phrase.words = plain(rest),
    }
    if let Some(told) = told {
        let said = of(&told.said, false);
        let bare = phrase.words.is_empty() && !phrase.quoted;
        if told.name && bare {
            // "the link which leads to the imprint": that is its name.
            phrase.words = said.words;
            phrase.quoted = said.quoted;
            phrase.kind = phrase.kind.or(said.kind);
        } else {
            phrase.places.push(Place {
                relation: Relation::Row,
                what: Box::new(said),
            });
        }
        return phrase;
    }
    // "the third one": of whatever there are several.
    if !phrase.quoted
        && ["one", "ones"].contains(&&*phrase.words.to_lowercase())
        && (phrase.ordinal.is_some() || phrase.most.is_some())
    {
        phrase.words.clear();
        phrase.kind = phrase.kind.or(Some(Kind::Item));
    }
    // "the sliders": each of them.
    let plural = tokens.last().is_some_and(|it| it.is("sliders"));
    phrase.every |= plural && phrase.words.is_empty() && phrase.ordinal.is_none();
    if phrase.words.is_empty() && !phrase.quoted && phrase.kind.is_none() {
        phrase.words = plain(head);
    }
    if !phrase.quoted && !named {
        let whole = plain(without_articles(if loose { tokens } else { head }));
        let kindless = plain(without_articles(rest));
        if whole != phrase.words
            && whole != kindless
            && (loose || phrase.ordinal.is_some() || phrase.most.is_some())
        {
            phrase.whole = without_kind(&whole);
        }
    }
    phrase
}

/// "the page about deliveries", "the tab with the technical data", "button of registration": a kind,
/// and what it is called by.
fn about<'t, 'a>(tokens: &'t [&'a Token]) -> Option<(Kind, &'t [&'a Token])> {
    const LINKS: &[&str] = &[
        "about",
        "for",
        "with",
        "on",
        "to",
        "of",
        "regarding",
        "concerning",
    ];
    let start = tokens
        .iter()
        .position(|it| !ARTICLES.contains(&&*it.lower))?;
    let link = tokens
        .iter()
        .position(|it| LINKS.iter().any(|word| it.is(word)))
        .filter(|at| *at > start)?;
    let (kind, length) = kind_at_end(&tokens[start..link])?;
    let fits = matches!(
        kind,
        Kind::Button | Kind::Link | Kind::Tab | Kind::Page | Kind::Section
    ) || matches!(kind, Kind::Field | Kind::Area | Kind::Choice | Kind::Check)
        && (tokens[link].is("of") || tokens[link].is("for"));
    let rest = &tokens[link + 1..];
    // "the button with the text 'x'", "the link of the second row": said otherwise.
    let first = rest.iter().find(|it| !it.is("the") && !it.is("a"))?;
    let plain = !NAMING.iter().any(|it| matches(tokens, link, it).is_some())
        && superlative(&rest[usize::from(rest[0].is("the"))..]).is_none()
        && first.class == Class::Word
        && ordinal(first).is_none()
        && !first.text.starts_with(char::is_uppercase);
    (fits && length == link - start && plain).then_some((kind, rest))
}

/// Understands what stands before a colon: the name of a field as it is written on the page.
pub fn label(tokens: &[Token]) -> Phrase {
    let mut phrase = phrase(tokens);
    // "All day" is one field.
    if phrase.every && !phrase.quoted {
        let words: Vec<&Token> = tokens.iter().filter(|it| it.class != Class::Mark).collect();
        return Phrase::plain(plain(&words));
    }
    if phrase.words.is_empty() {
        // "To", "On": fields may be called so.
        let words: Vec<&Token> = tokens.iter().collect();
        phrase.words = plain(&words);
    }
    if phrase.quoted || phrase.whole.is_empty() {
        return phrase;
    }
    let places = phrase.places.into_iter();
    Phrase {
        words: phrase.whole,
        places: places
            .filter(|it| it.relation != super::phrase::Relation::Of)
            .collect(),
        ..Phrase::default()
    }
}

/// "all", "each of the".
fn every<'t, 'a>(mut tokens: &'t [&'a Token], phrase: &mut Phrase) -> &'t [&'a Token] {
    while let Some(first) = tokens.first().filter(|_| tokens.len() > 1) {
        if first.class == Class::Word && EVERY.contains(&&*first.lower) {
            phrase.every = true;
        } else if !(phrase.every && (first.is("of") || first.is("the"))) {
            break;
        }
        tokens = &tokens[1..];
    }
    tokens
}

/// "except 'News' and 'Offers'", "but not the last one".
fn except<'t, 'a>(tokens: &'t [&'a Token], phrase: &mut Phrase) -> &'t [&'a Token] {
    const WORDINGS: &[&str] = &[
        "except for",
        "except",
        "but not",
        "other than",
        "apart from",
        "excluding",
        "besides",
        "but",
    ];
    let cut = (1..tokens.len()).find_map(|at| {
        let length = WORDINGS
            .iter()
            .filter_map(|it| matches(tokens, at, it))
            .max()?;
        (at + length < tokens.len()).then_some((at, at + length))
    });
    let Some((at, after)) = cut.filter(|(at, _)| phrase.every || tokens[*at].is("except")) else {
        return tokens;
    };
    phrase.except = tokens[after..]
        .split(|it| it.is("and") || it.is("or"))
        .filter(|it| !it.is_empty())
        .map(|it| of(it, false))
        .collect();
    &tokens[..at]
}

fn without_articles<'t, 'a>(tokens: &'t [&'a Token]) -> &'t [&'a Token] {
    let article = |it: &&Token| it.class == Class::Word && ARTICLES.contains(&&*it.lower);
    let start = tokens.iter().position(|it| !article(it));
    &tokens[start.unwrap_or(tokens.len())..]
}

/// The whole name without a kind at its end.
fn without_kind(whole: &str) -> String {
    let lower = whole.to_lowercase();
    let longest = KINDS
        .iter()
        .filter(|(kind, _)| lower.len() == whole.len() && lower.ends_with(&format!(" {kind}")))
        .map(|(kind, _)| kind.len() + 1)
        .max();
    whole[..whole.len() - longest.unwrap_or(0)].to_owned()
}

/// Takes articles, ordinal, superlative and kind off.
fn trim<'t, 'a>(mut tokens: &'t [&'a Token], phrase: &mut Phrase) -> &'t [&'a Token] {
    while let Some(first) = tokens.first().filter(|it| it.class == Class::Word) {
        if let Some((quality, least, length)) = superlative(tokens) {
            let quality = quality.to_owned();
            phrase.most = Some(Superlative { quality, least });
            tokens = &tokens[length..];
        } else if ARTICLES.contains(&&*first.lower) && tokens.len() > 1 {
            tokens = &tokens[1..];
        } else if let Some(ordinal) = ordinal(first).filter(|_| tokens.len() > 1) {
            phrase.ordinal = Some(ordinal);
            tokens = &tokens[1..];
        } else {
            break;
        }
    }
    tokens = numbered(tokens, phrase);
    if let Some((kind, length)) = kind_at_end(tokens) {
        phrase.kind = Some(kind);
        // An item is called by what it is where nothing else is said: "the first post".
        let named = !matches!(kind, Kind::Item | Kind::Image | Kind::Text | Kind::Page);
        if tokens.len() > length || phrase.ordinal.is_some() && named || phrase.every && named {
            tokens = &tokens[..tokens.len() - length];
        } else if named {
            tokens = &[];
        }
    } else if let Some((kind, length)) = kind_at_start(tokens) {
        phrase.kind = Some(kind);
        tokens = &tokens[length..];
    }
    tokens
}

/// "tab 3", "Tab #3", "search result 5".
fn numbered<'t, 'a>(tokens: &'t [&'a Token], phrase: &mut Phrase) -> &'t [&'a Token] {
    let Some((last, before)) = tokens.split_last().filter(|_| tokens.len() > 1) else {
        return tokens;
    };
    let digits = last.text.strip_prefix('#').unwrap_or(&last.text);
    let spoken = super::extraction::cardinal(&last.lower).map(|it| it.to_string());
    let counted = before.last().is_some_and(|it| it.is("number"));
    let digits = spoken.as_deref().filter(|_| counted).unwrap_or(digits);
    let Some(nth) = digits.parse().ok().filter(|it| *it > 0 && *it < 10_000) else {
        return tokens;
    };
    let word = before
        .last()
        .is_some_and(|it| it.is("number") || it.is("no") || it.is("nr"));
    let before = if word && before.len() > 1 {
        &before[..before.len() - 1]
    } else {
        before
    };
    if last.class == Class::Word && phrase.ordinal.is_none() && kind_at_end(before).is_some() {
        phrase.ordinal = Some(Ordinal::Nth(nth));
        return before;
    }
    tokens
}

/// "labelled 'Save'": the name is what follows, and what stood before says the kind.
fn naming<'t, 'a>(tokens: &'t [&'a Token], phrase: &mut Phrase) -> (&'t [&'a Token], bool) {
    let found = (0..tokens.len()).find_map(|at| {
        let longest = NAMING
            .iter()
            .filter_map(|it| matches(tokens, at, it))
            .max()?;
        (at + longest < tokens.len()).then_some((at, at + longest))
    });
    // "the option with the highest price".
    let ranked = (1..tokens.len()).find_map(|at| {
        let length = ["with the", "having the", "with"]
            .iter()
            .filter_map(|it| matches(tokens, at, it))
            .max()?;
        let (quality, least, taken) = superlative(tokens.get(at + length..)?)?;
        let after = at + length + taken;
        let said = plain(&tokens[after..]);
        (quality.is_empty() || quality == said.to_lowercase() || !said.is_empty())
            .then_some((at, least, after))
    });
    if let Some((at, least, after)) = ranked.filter(|_| phrase.most.is_none()) {
        let quality = plain(&tokens[after..]);
        phrase.most = Some(Superlative { quality, least });
        return naming(trim(&tokens[..at], phrase), phrase);
    }
    let Some((at, after)) = found else {
        return (tokens, false);
    };
    if let Some((kind, _)) = kind_at_end(&tokens[..at]) {
        phrase.kind = Some(kind);
    }
    (&tokens[after..], true)
}

/// The superlative that the tokens begin with: of what, the least, and how many tokens it takes.
pub fn superlative(tokens: &[&Token]) -> Option<(&'static str, bool, usize)> {
    SUPERLATIVES
        .iter()
        .filter_map(|(wording, quality, least)| {
            let length = matches(tokens, 0, wording)?;
            (tokens.len() > length).then_some((*quality, *least, length))
        })
        .max_by_key(|(_, _, length)| *length)
}

/// Whether a word belongs to the name of a kind: "picker" of "date picker".
pub fn is_of_kind(word: &str) -> bool {
    KINDS
        .iter()
        .any(|(kind, _)| kind.split(' ').any(|it| it == word))
}

/// Whether a word belongs to a superlative: "most", "cheapest", "rated".
pub fn is_superlative(word: &str) -> bool {
    SUPERLATIVES
        .iter()
        .any(|(wording, _, _)| wording.split([' ', '-']).any(|it| it == word))
}

/// "third", "3rd", "#3", "last".
pub fn ordinal(token: &Token) -> Option<Ordinal> {
    const WORDS: &[&str] = &[
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth", "eleventh", "twelfth",
    ];
    if token.class != Class::Word {
        return None;
    }
    if token.is("last") || token.is("final") {
        return Some(Ordinal::Last);
    }
    if let Some(at) = WORDS.iter().position(|it| token.is(it)) {
        return Some(Ordinal::Nth(at + 1));
    }
    let digits = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|it| token.lower.strip_suffix(it));
    let digits = digits.or_else(|| token.lower.strip_prefix('#'))?;
    let nth = digits.parse().ok().filter(|it| *it > 0 && *it < 100_000)?;
    Some(Ordinal::Nth(nth))
}

pub fn matches(tokens: &[&Token], at: usize, wording: &str) -> Option<usize> {
    let mut length = 0;
    for word in wording.split(' ') {
        if !tokens.get(at + length)?.is(word) {
            return None;
        }
        length += 1;
    }
    Some(length)
}

pub fn kind_at_end(tokens: &[&Token]) -> Option<(Kind, usize)> {
    KINDS
        .iter()
        .filter_map(|(words, kind)| {
            let length = words.split(' ').count();
            let start = tokens.len().checked_sub(length)?;
            matches(tokens, start, words)?;
            Some((*kind, length))
        })
        .max_by_key(|(_, length)| *length)
}

/// "button 'Save'", "button Submit", "checkbox I agree": the kind stands before the name.
fn kind_at_start(tokens: &[&Token]) -> Option<(Kind, usize)> {
    let (kind, length) = (1..tokens.len().min(4))
        .filter_map(|end| {
            let (kind, length) = kind_at_end(&tokens[..end])?;
            (length == end).then_some((kind, length))
        })
        .next_back()?;
    let quoted = tokens[length].class == Class::Quoted;
    let clear = matches!(
        kind,
        Kind::Button
            | Kind::Link
            | Kind::Field
            | Kind::Area
            | Kind::Check
            | Kind::Tab
            | Kind::Choice
            | Kind::Item
            | Kind::Section
    );
    // "select Large", "list price", "box office" are names themselves.
    let capital = tokens[length]
        .text
        .starts_with(|it: char| it.is_uppercase() || it == '@');
    (quoted || clear && capital).then_some((kind, length))
}

/// The words as written, joined by spaces.
pub fn plain(tokens: &[&Token]) -> String {
    let words: Vec<&str> = tokens.iter().map(|it| &*it.text).collect();
    words.join(" ")
}
