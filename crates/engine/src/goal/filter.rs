//! Conditions on what is to be read: "over 100", "by Ann", "whose status is Open".

use super::{
    extraction::{cardinal, nouns, words},
    token::{Class, Token},
};

/// What must be so of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// It is this.
    Is(String),
    /// It holds this text.
    Contains(String),
    /// The thing says so somewhere: a value, a badge, a mark.
    Says(String),
    /// Its number or date is larger.
    Over(String),
    /// Its number or date is this or larger.
    AtLeast(String),
    /// Its number or date is smaller.
    Under(String),
    /// Its number or date is this or smaller.
    AtMost(String),
    /// Its number or date lies between these, or is one of them.
    Between(String, String),
    /// Its date is earlier.
    Before(String),
    /// Its date is later.
    After(String),
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// On which value of the thing, if said.
    pub field: Option<String>,
    /// What must be so of it.
    pub test: Test,
    /// Or must not be so.
    pub not: bool,
    /// The words of the goal.
    pub text: String,
}

impl Filter {
    /// The thing says so somewhere.
    #[must_use]
    pub fn says(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            field: None,
            test: Test::Says(text.clone()),
            not: false,
            text,
        }
    }
}

/// What a word begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
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

const CUES: &[(&[&str], Cue)] = &[
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

fn cue(tokens: &[Token], at: usize) -> Option<(Cue, usize)> {
    CUES.iter()
        .filter(|(words, _)| {
            tokens.len() >= at + words.len()
                && words.iter().zip(&tokens[at..]).all(|(word, token)| {
                    token.is(word) || token.class == Class::Word && token.text == *word
                })
        })
        .max_by_key(|(words, _)| words.len())
        .map(|(words, cue)| (*cue, words.len()))
}

/// Whether a condition begins here.
pub(super) fn begins(tokens: &[Token], at: usize) -> bool {
    cue(tokens, at).is_some()
}

/// Cuts off how the answer is to be given, and words for the page that is open anyway.
pub(super) fn without_manner(tokens: &[Token]) -> &[Token] {
    let manner = |at: usize| {
        let token = &tokens[at];
        let next = |offset: usize, words: &[&str]| {
            tokens
                .get(at + offset)
                .is_some_and(|it| words.iter().any(|word| it.is(word)))
        };
        let format = [
            "json", "csv", "list", "table", "array", "object", "text", "number", "a", "an", "the",
            "plain",
        ];
        token.is("according")
            || token.is("as") && next(1, &format)
            || token.is("in") && next(1, &["json", "csv"])
            || token.is("in")
                && next(1, &["a", "the"])
                && next(2, &["form", "format", "list", "json"])
    };
    let end = (1..tokens.len())
        .find(|at| manner(*at))
        .unwrap_or(tokens.len());
    &tokens[..end]
}

/// Reads the conditions behind a noun; says where the noun ends.
pub(super) fn conditions(
    tokens: &[Token],
    filters: &mut Vec<Filter>,
    places: &mut Vec<String>,
    fields: &mut Vec<String>,
) -> usize {
    let starts: Vec<usize> = (0..tokens.len())
        .filter(|at| *at > 0 || cue(tokens, 0).is_some_and(|it| it.0 != Cue::For))
        .filter(|at| begins(tokens, *at))
        .collect();
    let Some(first) = starts.first().copied() else {
        return bare_quotation(tokens, filters);
    };
    // A condition goes on until the next one; "with a price over 100" is one.
    let mut at = first;
    while at < tokens.len() {
        let Some((kind, length)) = cue(tokens, at) else {
            break;
        };
        let from = at + length;
        let mut end = from;
        while end < tokens.len() {
            let joint = tokens[end].is("and") || tokens[end].is_mark(",") || tokens[end].is("but");
            if joint && cue(tokens, end + 1).is_some() && kind != Cue::Between {
                break;
            }
            let within = matches!(
                kind,
                Cue::With | Cue::Which | Cue::Price | Cue::Rating | Cue::Without
            );
            let divides = cue(tokens, end).is_some_and(|(next, _)| {
                // "that are sold out on the first page": the page is no part of it.
                let here = tokens[end + 1..].iter().take(4).any(|it| {
                    ["page", "pages", "site", "list", "table", "screen"]
                        .iter()
                        .any(|word| it.is(word))
                });
                let part = kind == Cue::Which
                    && !here
                    && matches!(
                        next,
                        Cue::Place | Cue::For | Cue::By | Cue::Which | Cue::With
                    );
                let inside = within && end < from + 5 && compares(next);
                let again = end == from && next == Cue::With;
                !part && !inside && !again
            });
            if divides && !(end == from && compares(kind)) {
                break;
            }
            end += 1;
        }
        let body = &tokens[from..end];
        let text = text_of(&tokens[at..end]);
        one(kind, body, &text, filters, places, fields);
        at = end;
        while tokens
            .get(at)
            .is_some_and(|it| it.class == Class::Mark || it.is("and") || it.is("but"))
        {
            at += 1;
        }
        // What follows a condition and begins none is one more thing that must be said.
        if at < tokens.len() && cue(tokens, at).is_none() {
            let text = text_of(&tokens[at..]);
            filters.push(Filter::says(text));
            break;
        }
    }
    let head = bare_quotation(&tokens[..first], filters);
    head.min(first)
}

fn compares(cue: Cue) -> bool {
    matches!(
        cue,
        Cue::Over
            | Cue::AtLeast
            | Cue::Under
            | Cue::AtMost
            | Cue::Between
            | Cue::Before
            | Cue::After
            | Cue::Contains
    )
}

/// `customer 'Ann Lee'`: what is quoted beside a noun must be said by the thing.
fn bare_quotation(tokens: &[Token], filters: &mut Vec<Filter>) -> usize {
    let quote = tokens.iter().position(|it| it.class == Class::Quoted);
    match quote {
        Some(at) if at > 0 => {
            let text = tokens[at].text.clone();
            filters.push(Filter {
                field: None,
                test: Test::Says(text.clone()),
                not: false,
                text: format!("\"{text}\""),
            });
            at
        }
        _ => tokens.len(),
    }
}

fn one(
    cue: Cue,
    body: &[Token],
    text: &str,
    filters: &mut Vec<Filter>,
    places: &mut Vec<String>,
    fields: &mut Vec<String>,
) {
    let mut push = |field: Option<String>, test: Test, not: bool| {
        filters.push(Filter {
            field,
            test,
            not,
            text: text.to_owned(),
        });
    };
    match cue {
        Cue::Over
        | Cue::AtLeast
        | Cue::Under
        | Cue::AtMost
        | Cue::Between
        | Cue::Before
        | Cue::After => {
            if let Some((field, test)) = compared(cue, body) {
                push(field, test, false);
            } else {
                places.push(words(body));
            }
        }
        Cue::Contains => push(None, Test::Contains(value(body)), false),
        Cue::Called => push(Some("name".to_owned()), Test::Is(value(body)), false),
        Cue::By => push(Some("author".to_owned()), Test::Says(value(body)), false),
        Cue::Price | Cue::Rating => {
            let field = if cue == Cue::Price { "price" } else { "rating" };
            if let Some((_, test)) = inner(body) {
                push(Some(field.to_owned()), test, false);
            } else {
                push(Some(field.to_owned()), Test::Is(value(body)), false);
            }
        }
        Cue::Without => push(None, Test::Says(value(body)), true),
        Cue::Place | Cue::For => places.push(value(body)),
        Cue::With => with(body, text, filters, fields),
        Cue::Which => which(body, text, filters),
    }
}

/// "with email 'x'", "with a rating over 4", "with name and price".
fn with(body: &[Token], text: &str, filters: &mut Vec<Filter>, fields: &mut Vec<String>) {
    let body = match body.first() {
        Some(first) if first.is("with") => &body[1..],
        _ => body,
    };
    let given = |part: &[Token]| {
        part.iter()
            .any(|it| it.class == Class::Quoted || it.lower.contains('@'))
            || part
                .iter()
                .skip(1)
                .any(|it| it.lower.starts_with(|it: char| it.is_ascii_digit()))
            || inner(part).is_some()
            || part.len() > 1
                && part[part.len() - 1].text.starts_with(char::is_uppercase)
                && !part[0].text.starts_with(char::is_uppercase)
    };
    for part in body
        .split(|it| it.is("and") || it.is_mark(","))
        .filter(|it| !it.is_empty())
    {
        // "amount issued after …": a value, and a condition on another.
        let compared = (1..part.len()).find(|at| cue(part, *at).is_some_and(|it| compares(it.0)));
        let participle = compared.filter(|at| *at > 1 && part[at - 1].lower.ends_with("ed"));
        if let Some(at) = participle {
            fields.extend(nouns(&part[..at - 1]));
            if let Some((field, test)) = inner(&part[at - 1..]) {
                filters.push(Filter {
                    field,
                    test,
                    not: false,
                    text: text_of(&part[at - 1..]),
                });
            }
        } else if let Some((field, test)) = inner(part) {
            filters.push(Filter {
                field,
                test,
                not: false,
                text: text.to_owned(),
            });
        } else if given(part) {
            if let Some((field, value, not)) = equation(part) {
                filters.push(Filter {
                    field,
                    test: value,
                    not,
                    text: text.to_owned(),
                });
            }
        } else {
            fields.extend(nouns(part));
        }
    }
}

/// "price over 100": a comparison inside a condition, and the field before it.
fn inner(body: &[Token]) -> Option<(Option<String>, Test)> {
    let at = (0..body.len()).find(|at| cue(body, *at).is_some_and(|it| compares(it.0)))?;
    let (kind, length) = cue(body, at)?;
    let field = Some(without_verbs(&body[..at])).filter(|it| !it.is_empty());
    if kind == Cue::Contains {
        return Some((field, Test::Contains(value(&body[at + length..]))));
    }
    let (unit, test) = compared(kind, &body[at + length..])?;
    Some((field.or(unit), test))
}

fn without_verbs(tokens: &[Token]) -> String {
    const VERBS: &[&str] = &[
        "is", "are", "was", "were", "has", "have", "had", "cost", "costs", "be", "a", "an", "the",
        "do", "does", "not", "of", "its", "their", "equals", "equal", "to",
    ];
    let kept: Vec<Token> = tokens
        .iter()
        .filter(|it| it.class != Class::Word || !VERBS.iter().any(|word| it.is(word)))
        .cloned()
        .collect();
    words(&kept)
}

/// The operand of a comparison, and the unit behind it as the field: "more than 50 comments".
fn compared(cue: Cue, body: &[Token]) -> Option<(Option<String>, Test)> {
    let parts: Vec<&Token> = body
        .iter()
        .filter(|it| it.class != Class::Mark && !it.is("the") && !it.is("a"))
        .collect();
    let numbered: Vec<Token> = parts.into_iter().map(in_digits).collect();
    let parts: Vec<&Token> = numbered.iter().collect();
    let digits = |it: &&&Token| it.text.chars().any(|it| it.is_ascii_digit());
    if cue == Cue::Between {
        let and = parts.iter().position(|it| it.is("and") || it.is("to"))?;
        let (left, right) = (join(&parts[..and]), join(&parts[and + 1..]));
        return (!left.is_empty() && !right.is_empty())
            .then_some((None, Test::Between(left, right)));
    }
    let first = parts.iter().position(|it| digits(&it))?;
    let date = matches!(cue, Cue::Before | Cue::After);
    let last = parts.iter().rposition(|it| digits(&it))?;
    let (operand, rest) = if date {
        (join(&parts), Vec::new())
    } else {
        (join(&parts[..=last]), parts[last + 1..].to_vec())
    };
    let _ = first;
    const CURRENCY: &[&str] = &[
        "dollars", "dollar", "euro", "euros", "pounds", "usd", "eur", "gbp", "chf", "bucks",
        "each", "percent", "francs", "yen",
    ];
    let money = operand.contains(['$', '€', '£'])
        || rest
            .iter()
            .any(|it| CURRENCY.iter().any(|word| it.is(word)));
    let unit: Vec<&Token> = rest
        .into_iter()
        .filter(|it| !CURRENCY.iter().any(|word| it.is(word)))
        .collect();
    let mut field = Some(join(&unit)).filter(|it| !it.is_empty());
    if money && field.is_none() {
        field = Some("price".to_owned());
    }
    let test = match cue {
        Cue::Over => Test::Over(operand),
        Cue::AtLeast => Test::AtLeast(operand),
        Cue::Under => Test::Under(operand),
        Cue::AtMost => Test::AtMost(operand),
        Cue::Before => Test::Before(operand),
        _ => Test::After(operand),
    };
    Some((field, test))
}

/// "four" as 4.
fn in_digits(token: &Token) -> Token {
    let mut token = token.clone();
    if let Some(number) = cardinal(&token.lower).filter(|_| token.class == Class::Word) {
        token.text = number.to_string();
    }
    token
}

/// "status is Open", "email 'x'", "that are in stock", "who live in Rome".
fn which(body: &[Token], text: &str, filters: &mut Vec<Filter>) {
    const NOTHING: &[&str] = &[
        "there",
        "here",
        "listed",
        "shown",
        "displayed",
        "visible",
        "on",
        "the",
        "this",
        "page",
        "in",
        "total",
        "now",
        "currently",
    ];
    if body
        .iter()
        .all(|it| it.class == Class::Mark || NOTHING.iter().any(|word| it.is(word)))
    {
        return;
    }
    for part in body
        .split(|it| it.is("and") || it.is_mark(","))
        .filter(|it| !it.is_empty())
    {
        let not = part
            .iter()
            .any(|it| it.is("not") || it.lower.ends_with("n't"));
        if let Some((field, test)) = inner(part) {
            let price = part.iter().any(|it| it.is("cost") || it.is("costs"));
            let field = field.or_else(|| price.then(|| "price".to_owned()));
            filters.push(Filter {
                field,
                test,
                not,
                text: text.to_owned(),
            });
        } else if let Some((field, test, not)) = equation(part) {
            filters.push(Filter {
                field,
                test,
                not,
                text: text.to_owned(),
            });
        }
    }
}

/// A field and what it is.
fn equation(part: &[Token]) -> Option<(Option<String>, Test, bool)> {
    let not = part
        .iter()
        .any(|it| it.is("not") || it.lower.ends_with("n't"));
    let is = part.iter().position(|it| {
        [
            "is", "are", "equals", "=", "has", "have", "be", "was", "were",
        ]
        .iter()
        .any(|word| it.is(word))
            || it.is_mark(":")
            || it.is_mark("=")
    });
    if let Some(is) = is {
        let field = Some(words(&part[..is])).filter(|it| !it.is_empty());
        let rest: Vec<Token> = part[is + 1..]
            .iter()
            .filter(|it| {
                !(it.is("not")
                    || it.is("been")
                    || it.is("equal")
                    || it.is("to")
                    || it.is("a")
                    || it.is("the")
                    || it.is("be"))
            })
            .cloned()
            .collect();
        if field.is_none() {
            return equation_without_verb(&rest, not)
                .or_else(|| Some((None, Test::Says(value(&rest)), not)));
        }
        return Some((field, Test::Is(value(&rest)), not));
    }
    equation_without_verb(part, not).or_else(|| {
        let part: Vec<Token> = part
            .iter()
            .filter(|it| !(not && (it.is("not") || it.lower.ends_with("n't"))))
            .cloned()
            .collect();
        let said = value(&part);
        (!said.is_empty()).then_some((None, Test::Says(said), not))
    })
}

/// "email 'x'", "number 12", "status Open".
fn equation_without_verb(part: &[Token], not: bool) -> Option<(Option<String>, Test, bool)> {
    let is_value = |it: &Token| {
        it.class == Class::Quoted
            || it.text.contains('@')
            || it
                .text
                .starts_with(|it: char| it.is_ascii_digit() || matches!(it, '$' | '€' | '£' | '#'))
            || it.text.starts_with(char::is_uppercase)
    };
    let at = part.iter().position(is_value).filter(|it| *it > 0)?;
    let field = words(&part[..at]);
    let given = match part[at].class {
        Class::Quoted => part[at].text.clone(),
        _ => value(&part[at..]),
    };
    (!field.is_empty()).then_some((Some(field), Test::Is(given), not))
}

/// A value as written: the quotation, or the words.
fn value(tokens: &[Token]) -> String {
    match tokens.iter().find(|it| it.class == Class::Quoted) {
        Some(quoted) => quoted.text.clone(),
        None => {
            let articles = ["the", "a", "an"];
            let said = tokens.iter().filter(|it| it.class != Class::Mark);
            let said = said.skip_while(|it| articles.iter().any(|word| it.is(word)));
            let mut said: Vec<&Token> = said.collect();
            let fillers = ["yet", "already", "now", "still", "currently"];
            while said.len() > 1 && fillers.iter().any(|word| said[said.len() - 1].is(word)) {
                said.pop();
            }
            join(&said)
        }
    }
}

fn join(tokens: &[&Token]) -> String {
    tokens
        .iter()
        .map(|it| &*it.text)
        .collect::<Vec<_>>()
        .join(" ")
}

fn text_of(tokens: &[Token]) -> String {
    join(
        &tokens
            .iter()
            .filter(|it| it.class != Class::Mark)
            .collect::<Vec<_>>(),
    )
}
