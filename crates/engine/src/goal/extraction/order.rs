//! In which order, and which stands first.

use super::{Extraction, Sorting, lead::is_cue};
use crate::goal::{
    name::plain,
    phrase::Superlative,
    token::{Class, Token},
};

/// "sorted by price", "from cheapest to most expensive", "newest first".
pub fn sorted(tokens: &[Token], wanted: &mut Extraction) -> Vec<Token> {
    let mut tokens = tokens.to_vec();
    let by = tokens.windows(2).position(|it| {
        ["sorted", "ordered", "sort", "order", "ranked"]
            .iter()
            .any(|word| it[0].is(word))
            && it[1].is("by")
    });
    // "top 2 hotels by guest rating with name and rating".
    if let Some(top) = tokens.iter().position(|it| it.is("top"))
        && tokens
            .get(top + 1)
            .is_some_and(|it| super::lead::cardinal(&it.lower).is_some())
        && let Some(at) = tokens[top..]
            .iter()
            .position(|it| it.is("by"))
            .map(|it| it + top)
        && by.is_none()
    {
        let end = (at + 1..tokens.len())
            .find(|it| {
                is_cue(&tokens[*it]) || tokens[*it].class == Class::Mark || tokens[*it].is("and")
            })
            .unwrap_or(tokens.len());
        let field: Vec<&Token> = tokens[at + 1..end]
            .iter()
            .filter(|it| !it.is("the"))
            .collect();
        let written = field
            .iter()
            .any(|it| it.text.starts_with(char::is_uppercase));
        if !field.is_empty() && !written {
            wanted.sorting = Some(Sorting {
                by: plain(&field),
                falling: true,
            });
            tokens.drain(at..end);
            return tokens;
        }
    }
    let falling_words = [
        "descending",
        "desc",
        "falling",
        "highest",
        "decreasing",
        "newest",
        "latest",
        "largest",
        "reverse",
    ];
    if let Some(at) = by {
        let tail = &tokens[at + 2..];
        let falling = tail
            .iter()
            .any(|it| falling_words.iter().any(|word| it.is(word)));
        let extra = [
            "ascending",
            "asc",
            "rising",
            "lowest",
            "increasing",
            "oldest",
            "smallest",
            "first",
            "order",
            "in",
            "to",
            "high",
            "low",
            "from",
            "the",
        ];
        let high_low = tail
            .windows(3)
            .any(|it| it[0].is("high") && it[1].is("to") && it[2].is("low"));
        let field: Vec<&Token> = tail
            .iter()
            .filter(|it| it.class != Class::Mark)
            .take_while(|it| !extra.iter().chain(&falling_words).any(|word| it.is(word)))
            .collect();
        let by = plain(&field);
        if !by.is_empty() {
            wanted.sorting = Some(Sorting {
                by,
                falling: falling || high_low,
            });
            tokens.truncate(at);
        }
    } else if let Some((at, sorting)) = from_to(&tokens).or_else(|| one_first(&tokens)) {
        wanted.sorting = Some(sorting);
        tokens.truncate(at);
    }
    while tokens
        .last()
        .is_some_and(|it| it.class == Class::Mark || it.is("and"))
    {
        tokens.pop();
    }
    tokens
}

/// "the team with the most points".
pub fn with_most(tokens: Vec<Token>, wanted: &mut Extraction) -> Vec<Token> {
    const MOST: &[(&str, bool)] = &[
        ("most", false),
        ("highest", false),
        ("biggest", false),
        ("largest", false),
        ("best", false),
        ("least", true),
        ("fewest", true),
        ("lowest", true),
        ("smallest", true),
    ];
    let at = tokens.windows(3).position(|it| {
        it[0].is("with") && it[1].is("the") && MOST.iter().any(|(word, _)| it[2].is(word))
    });
    let Some(at) = at.filter(|at| *at > 0 && wanted.most.is_none()) else {
        return tokens;
    };
    let end = (at + 3..tokens.len())
        .find(|it| {
            is_cue(&tokens[*it]) || tokens[*it].class == Class::Mark || tokens[*it].is("and")
        })
        .unwrap_or(tokens.len());
    let quality: Vec<&Token> = tokens[at + 3..end].iter().collect();
    let least = MOST
        .iter()
        .any(|(word, least)| *least && tokens[at + 2].is(word));
    if quality.is_empty() || end < tokens.len() && tokens[end].is("and") {
        return tokens;
    }
    wanted.most = Some(Superlative {
        quality: plain(&quality),
        least,
    });
    let mut rest = tokens;
    rest.drain(at..end);
    rest
}

/// "from cheapest to most expensive": what begins decides.
pub fn from_to(tokens: &[Token]) -> Option<(usize, Sorting)> {
    let at = tokens.iter().position(|it| it.is("from"))?;
    let start = at + 1 + usize::from(tokens.get(at + 1)?.is("the"));
    let (most, length) = superlative(&tokens[start..])?;
    tokens.get(start + length).filter(|it| it.is("to"))?;
    Some((
        at,
        Sorting {
            by: most.quality,
            falling: !most.least,
        },
    ))
}

/// "newest first" at the end.
pub fn one_first(tokens: &[Token]) -> Option<(usize, Sorting)> {
    let last = tokens.len().checked_sub(1)?;
    tokens[last].is("first").then_some(())?;
    let start = last
        .checked_sub(2)
        .filter(|it| tokens[*it].is("most") || tokens[*it].is("highest"));
    let start = start.or_else(|| last.checked_sub(1))?;
    let (most, length) = superlative(&tokens[start..])?;
    let cut = start - usize::from(start > 0 && tokens[start - 1].is("the"));
    (start + length == last && start > 0).then_some((
        cut,
        Sorting {
            by: most.quality,
            falling: !most.least,
        },
    ))
}

/// A superlative at the start, and how many tokens it takes.
pub fn superlative(tokens: &[Token]) -> Option<(Superlative, usize)> {
    const KNOWN: &[(&str, &str, bool)] = &[
        ("cheapest", "price", true),
        ("dearest", "price", false),
        ("priciest", "price", false),
        ("newest", "date", false),
        ("latest", "date", false),
        ("oldest", "date", true),
        ("earliest", "date", true),
        ("longest", "length", false),
        ("shortest", "length", true),
        ("heaviest", "weight", false),
        ("lightest", "weight", true),
        ("fastest", "speed", false),
        ("slowest", "speed", true),
        ("youngest", "age", true),
        ("tallest", "height", false),
        ("biggest", "", false),
        ("largest", "", false),
        ("greatest", "", false),
        ("smallest", "", true),
        ("highest", "", false),
        ("lowest", "", true),
        ("maximum", "", false),
        ("minimum", "", true),
        ("best", "rating", false),
        ("worst", "rating", true),
    ];
    const BY: &[(&str, &str)] = &[
        ("expensive", "price"),
        ("costly", "price"),
        ("recent", "date"),
        ("popular", "popularity"),
        ("rated", "rating"),
        ("reviewed", "reviews"),
        ("commented", "comments"),
        ("upvoted", "points"),
        ("viewed", "views"),
        ("populous", "population"),
        ("sold", "sales"),
    ];
    let first = tokens.first().filter(|it| it.class == Class::Word)?;
    let second = tokens.get(1).filter(|it| it.class == Class::Word);
    let participle = |word: &Token| {
        let plain = word.lower.trim_start_matches('-');
        BY.iter().find(|it| it.0 == plain).map(|it| it.1.to_owned())
    };
    // "the most cheap", as some say.
    const ADJECTIVES: &[(&str, &str, bool)] = &[
        ("cheap", "price", true),
        ("new", "date", false),
        ("late", "date", false),
        ("old", "date", true),
        ("early", "date", true),
        ("long", "length", false),
        ("short", "length", true),
        ("heavy", "weight", false),
        ("light", "weight", true),
        ("fast", "speed", false),
        ("slow", "speed", true),
        ("young", "age", true),
        ("tall", "height", false),
        ("big", "", false),
        ("large", "", false),
        ("high", "", false),
        ("small", "", true),
        ("low", "", true),
        ("good", "rating", false),
        ("bad", "rating", true),
    ];
    let analytic = second.and_then(|it| ADJECTIVES.iter().find(|(word, ..)| it.is(word)));
    if let Some((_, quality, least)) = analytic.filter(|_| first.is("most") || first.is("least")) {
        let quality = (*quality).to_owned();
        let least = *least != first.is("least");
        return Some((Superlative { quality, least }, 2));
    }
    if first.is("most") || first.is("least") {
        let quality = participle(second?)?;
        return Some((
            Superlative {
                quality,
                least: first.is("least"),
            },
            2,
        ));
    }
    // "highest-rated" in one word.
    if let Some((most, by)) = first.lower.split_once('-') {
        let known = KNOWN
            .iter()
            .find(|it| it.0 == most)
            .map(|it| it.2)
            .or_else(|| (most == "top").then_some(false))?;
        let quality = BY.iter().find(|it| it.0 == by || it.1 == by)?.1;
        return Some((
            Superlative {
                quality: quality.to_owned(),
                least: known,
            },
            1,
        ));
    }
    let (_, quality, least) = KNOWN.iter().find(|it| first.is(it.0))?;
    if let Some(by) = second.and_then(participle) {
        return Some((
            Superlative {
                quality: by,
                least: *least,
            },
            2,
        ));
    }
    Some((
        Superlative {
            quality: (*quality).to_owned(),
            least: *least,
        },
        1,
    ))
}

/// "which stamp is the most expensive one".
pub fn is_most(tokens: Vec<Token>, wanted: &mut Extraction) -> Vec<Token> {
    let is = |it: &Token| ["is", "are", "has", "have"].iter().any(|word| it.is(word));
    let Some(at) = tokens.iter().rposition(is).filter(|it| *it > 0) else {
        return tokens;
    };
    let from = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|it| it.is("the")));
    let Some((mut most, length)) = superlative(&tokens[from.min(tokens.len())..]) else {
        return tokens;
    };
    let rest: Vec<&Token> = tokens[from + length..]
        .iter()
        .filter(|it| it.class != Class::Mark && !it.is("one") && !it.is("ones"))
        .collect();
    if rest.len() > 2 || rest.iter().any(|it| is_cue(it)) {
        return tokens;
    }
    if most.quality.is_empty() || !rest.is_empty() {
        most.quality = plain(&rest);
    }
    wanted.most = Some(most);
    tokens[..at].to_vec()
}
