//! What is to be read from the page.

use super::{
    filter::{self, Filter, Test},
    phrase::Superlative,
    token::{Class, Token},
};

/// Which of several, by their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slice {
    /// At most so many, from the top.
    First(usize),
    /// At most so many, from the bottom.
    Last(usize),
    /// This one, counted from 1.
    Nth(usize),
}

/// One number instead of the things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tally {
    /// How many there are.
    Count,
    /// The sum of a value of each.
    Sum,
    /// The mean of a value of each.
    Mean,
}

/// In which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorting {
    /// By which value of each.
    pub by: String,
    /// The largest, newest or last letter first.
    pub falling: bool,
}

/// What is to be read from the page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extraction {
    /// What is asked for, without articles: `invoice numbers`, `title`.
    pub nouns: Vec<String>,
    /// Of each thing, these: "products with name and price".
    pub fields: Vec<String>,
    /// Whose: `blue shirt` in "the price of the blue shirt".
    pub of: Option<String>,
    /// Only those for which all of these hold.
    pub filters: Vec<Filter>,
    /// Where on the page, or what they have to do with: `kitchen` in "products in kitchen".
    pub places: Vec<String>,
    /// Which of them, by order.
    pub slice: Option<Slice>,
    /// Only the one with the most or the least of something: "the cheapest".
    pub most: Option<Superlative>,
    /// In which order.
    pub sorting: Option<Sorting>,
    /// A number instead of the things.
    pub tally: Option<Tally>,
    /// Whether the goal says "all" or "every".
    pub all: bool,
    /// Whether one value is meant, not a list.
    pub single: bool,
    /// Whether it is of what the part of the goal before named: "their names".
    pub theirs: bool,
    /// All words that it is made of: each has its meaning above, or none of its own.
    pub words: String,
}

impl Extraction {
    /// A text that was quoted beside the noun.
    #[must_use]
    pub fn quoted(&self) -> Option<&str> {
        self.filters.iter().find_map(|it| match &it.test {
            Test::Says(text) if it.field.is_none() && it.text.starts_with('"') => Some(&**text),
            _ => None,
        })
    }

    /// At most how many are asked for.
    #[must_use]
    pub fn limit(&self) -> Option<usize> {
        match self.slice? {
            Slice::First(most) | Slice::Last(most) => Some(most),
            Slice::Nth(_) => Some(1),
        }
    }
}

/// Words around what is asked for that say nothing about it.
const BEFORE: &[&str] = &[
    "me",
    "the",
    "a",
    "an",
    "of",
    "out",
    "my",
    "for",
    "us",
    "is",
    "are",
    "was",
    "were",
    "there",
    "any",
    "some",
    "available",
    "following",
    "current",
    "its",
    "their",
    "about",
    "also",
    "just",
    "only",
    "please",
    "information",
    "info",
    "does",
    "do",
    "did",
    "has",
    "have",
    "this",
    "these",
    "those",
    "your",
    "our",
];

/// Understands what follows "extract", "find" or "count".
pub fn extraction(rest: &[Token], count: bool) -> Extraction {
    let mut wanted = Extraction {
        tally: count.then_some(Tally::Count),
        words: joined(&rest.iter().collect::<Vec<_>>()),
        ..Extraction::default()
    };
    let rest = filter::without_manner(rest);
    let rest = without_question(rest);
    wanted.theirs = rest
        .first()
        .is_some_and(|it| it.is("their") || it.is("its"));
    let mut tokens = sorted(&rest, &mut wanted);
    tokens = is_most(tokens, &mut wanted);
    tokens = tally(tokens, &mut wanted);
    if let Some((noun, owner)) = asked_of(&tokens) {
        let owner = lead(&owner, &mut wanted);
        wanted.of = Some(words(&owner));
        wanted.nouns = nouns(&noun);
        finish(&mut wanted);
        return wanted;
    }
    if let Some((owner, noun)) = possessive(&tokens) {
        wanted.of = Some(owner);
        tokens = noun;
    }
    let tokens = lead(&tokens, &mut wanted);
    let (head, owner) = divide(&tokens);
    let mut head = head.to_vec();
    if let Some(owner) = owner {
        let owner = lead(owner, &mut wanted);
        let mut having = Vec::new();
        let end = filter::conditions(&owner, &mut wanted.filters, &mut wanted.places, &mut having);
        // "the prices of all hotels with breakfast": those that have it.
        wanted.filters.extend(having.into_iter().map(Filter::says));
        wanted.of = Some(words(&owner[..end])).filter(|it| !it.is_empty());
    }
    let end = filter::conditions(
        &head,
        &mut wanted.filters,
        &mut wanted.places,
        &mut wanted.fields,
    );
    head.truncate(end);
    wanted.nouns = nouns(&head);
    // "on both pages": all of them.
    let pages = |it: &String| {
        let mut words = it.split(' ').map(str::to_lowercase);
        words.clone().any(|it| it == "pages")
            && words.any(|it| matches!(&*it, "both" | "all" | "every" | "each" | "the"))
    };
    if wanted.places.iter().any(pages) {
        wanted.all = true;
        wanted.places.retain(|it| !pages(it));
    }
    finish(&mut wanted);
    wanted
}

/// Whether one value is meant follows from the words alone.
fn finish(wanted: &mut Extraction) {
    let each = wanted.all && wanted.of.is_some();
    // "name and price of each product": the products, with these fields.
    if (each || wanted.of.as_deref().is_some_and(is_plural)) && wanted.nouns.len() > 1 {
        let thing = wanted.of.take().unwrap_or_default();
        wanted.fields = std::mem::replace(&mut wanted.nouns, vec![thing]);
    }
    let one = matches!(
        wanted.slice,
        Some(Slice::Nth(_) | Slice::First(1) | Slice::Last(1))
    ) || wanted.most.is_some();
    let several = wanted.all
        || matches!(wanted.slice, Some(Slice::First(2..) | Slice::Last(2..)))
        || wanted.sorting.is_some() && wanted.slice.is_none();
    wanted.single = one
        || !several
            && match &wanted.of {
                Some(of) if is_plural(of) => false,
                _ => wanted.nouns.iter().all(|it| !is_plural(it)),
            };
    // "the top post" and "the first link" are one; "the latest posts" are in the order they are in.
    if wanted.slice == Some(Slice::First(0)) {
        wanted.slice = wanted.single.then_some(Slice::First(1));
        let plural = wanted.of.as_ref().map_or_else(
            || wanted.nouns.iter().any(|it| is_plural(it)),
            |it| is_plural(it),
        );
        if plural && !several {
            wanted.slice = None;
        } else if !plural {
            wanted.single = true;
            wanted.slice = Some(Slice::First(1));
        }
    }
}

/// "sorted by price", "from cheapest to most expensive", "newest first".
fn sorted(tokens: &[Token], wanted: &mut Extraction) -> Vec<Token> {
    let mut tokens = tokens.to_vec();
    let by = tokens.windows(2).position(|it| {
        ["sorted", "ordered", "sort", "order", "ranked"]
            .iter()
            .any(|word| it[0].is(word))
            && it[1].is("by")
    });
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
        let by = joined(&field);
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

/// "from cheapest to most expensive": what begins decides.
fn from_to(tokens: &[Token]) -> Option<(usize, Sorting)> {
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
fn one_first(tokens: &[Token]) -> Option<(usize, Sorting)> {
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

/// "number of …", "the sum of all …", "average price".
fn tally(tokens: Vec<Token>, wanted: &mut Extraction) -> Vec<Token> {
    let start = tokens
        .iter()
        .position(|it| {
            !["the", "me", "a", "please", "also"]
                .iter()
                .any(|word| it.is(word))
        })
        .unwrap_or(0);
    let at = |offset: usize, word: &str| tokens.get(start + offset).is_some_and(|it| it.is(word));
    let plural_after = |from: usize| {
        tokens[(start + from).min(tokens.len())..].iter().any(|it| {
            ["all", "every", "each"].iter().any(|word| it.is(word)) || is_plural(&it.lower)
        })
    };
    let counted = (at(0, "number") || at(0, "count")) && at(1, "of") && plural_after(2);
    let (tally, taken) = if counted || at(0, "how") && at(1, "many") {
        (Tally::Count, 2)
    } else if at(0, "total") && (at(1, "number") || at(1, "count")) && at(2, "of") {
        (Tally::Count, 3)
    } else if (at(0, "sum") || at(0, "total")) && at(1, "of") && plural_after(2) {
        (Tally::Sum, 2)
    } else if at(0, "total") && (at(2, "of") || at(2, "for")) && plural_after(3) {
        (Tally::Sum, 1)
    } else if (at(0, "average") || at(0, "mean")) && at(1, "of") {
        (Tally::Mean, 2)
    } else if at(0, "average") || at(0, "mean") {
        (Tally::Mean, 1)
    } else {
        return tokens;
    };
    wanted.tally = Some(tally);
    tokens[start + taken..].to_vec()
}

/// "when is the next payment" asks for the next payment; "how much the shipping costs" for the
/// shipping.
fn without_question(tokens: &[Token]) -> Vec<Token> {
    let asks = ["when", "who", "where", "which", "what"];
    let is = ["is", "are", "was", "were"];
    let any = |it: Option<&Token>, words: &[&str]| {
        it.is_some_and(|it| words.iter().any(|word| it.is(word)))
    };
    let mut rest = tokens;
    if any(rest.first(), &asks) && any(rest.get(1), &is) {
        rest = &rest[2..];
    } else if any(rest.first(), &["how"]) && any(rest.get(1), &["much"]) {
        rest = &rest[2..];
        if any(rest.first(), &["is", "are", "does", "do", "was"]) {
            rest = &rest[1..];
        }
        while any(rest.last(), &["cost", "costs"]) && rest.len() > 1 {
            rest = &rest[..rest.len() - 1];
        }
    }
    // "the holidays that I have left"
    let person = |at: usize| {
        any(rest.get(at), &["i", "you", "we"])
            && any(rest.get(at + 1), &["have", "has", "had", "got"])
    };
    let mut kept = Vec::new();
    let mut at = 0;
    while at < rest.len() {
        if person(at) {
            at += 2;
        } else {
            kept.push(rest[at].clone());
            at += 1;
        }
    }
    kept
}

/// "which stamp is the most expensive one".
fn is_most(tokens: Vec<Token>, wanted: &mut Extraction) -> Vec<Token> {
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
        most.quality = joined(&rest);
    }
    wanted.most = Some(most);
    tokens[..at].to_vec()
}

/// "how many comments does the first post have".
fn asked_of(tokens: &[Token]) -> Option<(Vec<Token>, Vec<Token>)> {
    let at = tokens
        .iter()
        .position(|it| ["does", "do", "did"].iter().any(|word| it.is(word)))
        .filter(|it| *it > 0)?;
    let last = tokens
        .iter()
        .rposition(|it| it.class != Class::Mark)
        .filter(|it| *it > at + 1)?;
    Some((tokens[..at].to_vec(), tokens[at + 1..last].to_vec()))
}

/// "Ann Lee's email address".
fn possessive(tokens: &[Token]) -> Option<(String, Vec<Token>)> {
    let at = tokens.iter().position(|it| {
        it.class == Class::Word
            && (it.lower.ends_with("'s") || it.lower.ends_with("’s"))
            && it.lower.len() > 2
    })?;
    let last = tokens.len().checked_sub(1).filter(|it| *it > at)?;
    let _ = last;
    if tokens[..at].iter().any(is_cue)
        || ["what's", "it's", "who's", "let's", "that's"].contains(&&*tokens[at].lower)
    {
        return None;
    }
    let mut owner: Vec<Token> = tokens[..=at].to_vec();
    let name = &mut owner[at];
    let cut = name.text.rfind(['\'', '’']).unwrap_or(name.text.len());
    name.text.truncate(cut);
    let owner: Vec<&Token> = owner
        .iter()
        .skip_while(|it| BEFORE.contains(&&*it.lower))
        .collect();
    Some((joined(&owner), tokens[at + 1..].to_vec()))
}

fn is_cue(token: &Token) -> bool {
    ["of", "with", "by", "where", "whose", "in", "on", "for"]
        .iter()
        .any(|it| token.is(it))
}

/// Takes off what comes before the noun: articles, "all", "top 3", "second", "cheapest".
fn lead(tokens: &[Token], wanted: &mut Extraction) -> Vec<Token> {
    let mut rest = tokens;
    while let Some(first) = rest.first().filter(|it| it.class == Class::Word) {
        let more = rest.len() > 1;
        let number = rest.get(1).and_then(|it| cardinal(&it.lower));
        if BEFORE.contains(&&*first.lower) && more {
            rest = &rest[1..];
        } else if ["all", "every", "each"].iter().any(|it| first.is(it)) && more {
            wanted.all = true;
            rest = &rest[1..];
        } else if (first.is("list") || first.is("names") || first.is("rest"))
            && rest.get(1).is_some_and(|it| it.is("of"))
            && rest.len() > 2
            && first.is("list")
        {
            wanted.all = true;
            rest = &rest[2..];
        } else if [
            "top",
            "first",
            "latest",
            "newest",
            "last",
            "bottom",
            "most recent",
            "best",
            "main",
        ]
        .iter()
        .any(|it| first.is(it))
            && let Some(number) = number
            && rest.len() > 2
        {
            wanted.slice = Some(match &*first.lower {
                "last" | "bottom" => Slice::Last(number),
                _ => Slice::First(number),
            });
            rest = &rest[2..];
        } else if (first.is("top") || first.is("first")) && more {
            // Whether it is one or several is in the noun.
            wanted.slice = Some(Slice::First(0));
            rest = &rest[1..];
        } else if first.is("last")
            && more
            && !["name", "names", "names,"].contains(&&*rest[1].lower)
        {
            wanted.slice = Some(Slice::Last(1));
            rest = &rest[1..];
        } else if first.is("main") && more {
            rest = &rest[1..];
        } else if let Some(nth) = ordinal(&first.lower).filter(|_| more) {
            wanted.slice = Some(Slice::Nth(nth));
            rest = &rest[1..];
        } else if let Some(number) = cardinal(&first.lower).filter(|_| more) {
            // "the three cheapest products"
            wanted.slice = Some(Slice::First(number));
            rest = &rest[1..];
        } else if let Some((most, length)) =
            superlative(rest).filter(|(_, length)| rest.len() > *length)
        {
            match wanted.slice {
                // "the 3 cheapest" are the first of a sorted list.
                Some(Slice::First(1..)) => {
                    wanted.sorting = Some(Sorting {
                        by: most.quality,
                        falling: !most.least,
                    });
                }
                _ if is_plural(&rest[rest.len() - 1].lower)
                    && wanted.slice.is_none()
                    && cardinal_next(rest, length).is_some() =>
                {
                    let number = cardinal_next(rest, length).unwrap_or(1);
                    wanted.slice = Some(Slice::First(number));
                    wanted.sorting = Some(Sorting {
                        by: most.quality,
                        falling: !most.least,
                    });
                    rest = &rest[1..];
                }
                _ => wanted.most = Some(most),
            }
            rest = &rest[length..];
        } else {
            break;
        }
    }
    rest.to_vec()
}

fn cardinal_next(rest: &[Token], length: usize) -> Option<usize> {
    rest.get(length).and_then(|it| cardinal(&it.lower))
}

/// Divides at "of" or "for", whose right side is what the left belongs to.
fn divide(tokens: &[Token]) -> (&[Token], Option<&[Token]>) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if at > 0 && filter::begins(tokens, at) && !token.is("for") {
            break;
        }
        let of = token.is("of");
        let owner = token.is("for") && tokens.get(at + 1).is_some();
        if at > 0 && (of || owner) && at + 1 < tokens.len() {
            return (&tokens[..at], Some(&tokens[at + 1..]));
        }
        at += 1;
    }
    (tokens, None)
}

/// A superlative at the start, and how many tokens it takes.
fn superlative(tokens: &[Token]) -> Option<(Superlative, usize)> {
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

fn ordinal(word: &str) -> Option<usize> {
    const WORDS: &[&str] = &[
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth",
    ];
    if let Some(at) = WORDS.iter().position(|it| *it == word) {
        return Some(at + 1);
    }
    let digits = word.trim_end_matches(char::is_alphabetic);
    let ending = &word[digits.len()..];
    matches!(ending, "st" | "nd" | "rd" | "th")
        .then(|| digits.parse().ok())?
        .filter(|it| *it > 0)
}

/// "four", "4".
pub(super) fn cardinal(word: &str) -> Option<usize> {
    const WORDS: &[&str] = &[
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    if let Some(at) = WORDS.iter().position(|it| *it == word) {
        return Some(at + 1);
    }
    // A larger number is a year, or a part of a name.
    word.parse().ok().filter(|it| *it > 0 && *it < 1_000)
}

/// The nouns of a list: "name, price and rating".
pub(super) fn nouns(tokens: &[Token]) -> Vec<String> {
    tokens
        .split(|it| it.is_mark(",") || it.is("and") || it.is("&") || it.is("plus"))
        .map(words)
        .filter(|it| !it.is_empty())
        .collect()
}

/// The words without articles and marks.
pub(super) fn words(tokens: &[Token]) -> String {
    let kept: Vec<&Token> = tokens
        .iter()
        .filter(|it| it.class != Class::Mark)
        .skip_while(|it| it.class == Class::Word && BEFORE.contains(&&*it.lower))
        .collect();
    let end = kept
        .iter()
        .rposition(|it| {
            !(it.class == Class::Word
                && ["there", "here", "are", "is"]
                    .iter()
                    .any(|word| it.is(word)))
        })
        .map_or(0, |at| at + 1);
    joined(&kept[..end])
}

fn joined(tokens: &[&Token]) -> String {
    tokens
        .iter()
        .map(|it| &*it.text)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether a noun phrase names several things: by its head, the word before "of".
pub(crate) fn is_plural(noun: &str) -> bool {
    const IRREGULAR: &[&str] = &["people", "children", "men", "women", "data", "news"];
    const SINGULAR: &[&str] = &[
        "address", "status", "news", "series", "gas", "bus", "address:", "balance", "https",
    ];
    let head = noun.split(" of ").next().unwrap_or(noun);
    let last = head
        .split(' ')
        .next_back()
        .unwrap_or_default()
        .to_lowercase();
    if SINGULAR.contains(&&*last) {
        return false;
    }
    IRREGULAR.contains(&&*last)
        || last.len() > 2
            && last.ends_with('s')
            && !last.ends_with("ss")
            && !last.ends_with("us")
            && !last.ends_with("is")
            && !last.ends_with("'s")
}
