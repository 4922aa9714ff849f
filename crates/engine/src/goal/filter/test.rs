//! What the words of a condition ask of a value.

use super::{
    Filter, Test, compares,
    cue::{Cue, cue},
    text_of,
};
use crate::goal::{
    extraction::{cardinal, nouns, words},
    name::plain,
    token::{Class, Token},
};

/// "with email 'x'", "with a rating over 4", "with name and price".
pub fn with(body: &[Token], text: &str, filters: &mut Vec<Filter>, fields: &mut Vec<String>) {
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
pub fn inner(body: &[Token]) -> Option<(Option<String>, Test)> {
    let at = (0..body.len()).find(|at| cue(body, *at).is_some_and(|it| compares(it.0)))?;
    let (kind, length) = cue(body, at)?;
    let field = Some(without_verbs(&body[..at])).filter(|it| !it.is_empty());
    if kind == Cue::Contains {
        return Some((field, Test::Contains(value(&body[at + length..]))));
    }
    let (unit, test) = compared(kind, &body[at + length..])?;
    Some((field.or(unit), test))
}

pub fn without_verbs(tokens: &[Token]) -> String {
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
pub fn compared(cue: Cue, body: &[Token]) -> Option<(Option<String>, Test)> {
    let parts: Vec<&Token> = body
        .iter()
        .filter(|it| it.class != Class::Mark && !it.is("the") && !it.is("a"))
        .collect();
    let numbered: Vec<Token> = parts.into_iter().map(in_digits).collect();
    let parts: Vec<&Token> = numbered.iter().collect();
    let digits = |it: &&&Token| it.text.chars().any(|it| it.is_ascii_digit());
    if cue == Cue::Between {
        let and = parts.iter().position(|it| it.is("and") || it.is("to"))?;
        let (left, right) = (plain(&parts[..and]), plain(&parts[and + 1..]));
        return (!left.is_empty() && !right.is_empty())
            .then_some((None, Test::Between(left, right)));
    }
    let first = parts.iter().position(|it| digits(&it))?;
    let date = matches!(cue, Cue::Before | Cue::After);
    let last = parts.iter().rposition(|it| digits(&it))?;
    let (operand, rest) = if date {
        (plain(&parts), Vec::new())
    } else {
        (plain(&parts[..=last]), parts[last + 1..].to_vec())
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
    let mut field = Some(plain(&unit)).filter(|it| !it.is_empty());
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
pub fn in_digits(token: &Token) -> Token {
    let mut token = token.clone();
    if let Some(number) = cardinal(&token.lower).filter(|_| token.class == Class::Word) {
        token.text = number.to_string();
    }
    token
}

/// "status is Open", "email 'x'", "that are in stock", "who live in Rome".
pub fn which(body: &[Token], text: &str, filters: &mut Vec<Filter>) {
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
pub fn equation(part: &[Token]) -> Option<(Option<String>, Test, bool)> {
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
pub fn equation_without_verb(part: &[Token], not: bool) -> Option<(Option<String>, Test, bool)> {
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
pub fn value(tokens: &[Token]) -> String {
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
            plain(&said)
        }
    }
}
