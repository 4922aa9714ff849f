//! What "select" asks for.

use super::{
    clause::Ask,
    fill,
    frame::items,
    name::{self, phrase},
    phrase::{Kind, Phrase},
    token::{Class, Token},
};

/// Options of a list, or things that can be chosen.
pub fn select(prompt: &str, rest: &[Token]) -> Result<Vec<Ask>, String> {
    if rest.is_empty() {
        return Err("say which option to select".to_owned());
    }
    let from = [
        "from", "in", "as", "for", "under", "on", "within", "inside", "at",
    ];
    let quote = rest.iter().position(|it| it.class == Class::Quoted);
    let colon = rest
        .iter()
        .position(|it| it.is_mark(":") || it.is_mark("="));
    // "'Thin' as the crust and 'Large' as the size": several lists.
    let pairs = fill::pairs(prompt, rest, true);
    let led = rest
        .first()
        .is_some_and(|it| from.iter().any(|word| it.is(word)));
    let paired = (pairs.len() > 1 || led && pairs.len() == 1)
        && colon.is_none()
        && pairs.iter().all(|(field, value)| {
            field.as_ref().is_some_and(|it| !it.words.is_empty()) && value.given().is_some()
        });
    if paired {
        let each = pairs.into_iter().map(|(field, value)| Ask::Select {
            field,
            options: vec![Phrase::quoted(value.given().unwrap_or_default())],
        });
        return Ok(each.collect());
    }
    // "the date March 14": the field, and the value that only it can take.
    let words: Vec<&Token> = rest
        .iter()
        .filter(|it| !it.is("the") && it.class != Class::Mark)
        .collect();
    if let [field, value, ..] = words[..]
        && (field.is("date")
            || field.is("time")
            || field.is("day")
            || field.is("month")
            || field.is("year"))
        && !value.is("as")
        && !from.iter().any(|it| value.is(it))
    {
        return Ok(vec![Ask::Select {
            field: Some(Phrase::plain(field.text.clone())),
            options: vec![Phrase::quoted(name::plain(&words[1..]))],
        }]);
    }
    if let Some(colon) = colon.filter(|it| *it > 0 && it + 1 < rest.len() && quote != Some(0)) {
        let field = phrase(&rest[..colon]);
        let options = items(&rest[colon + 1..]).into_iter().map(phrase).collect();
        // "the following items: a, b": the words before the colon name no field.
        let named = !["following", "these", "options", "items", "words"]
            .iter()
            .any(|it| rest[..colon].iter().any(|token| token.is(it)));
        return Ok(vec![Ask::Select {
            field: named.then_some(field),
            options,
        }]);
    }
    let rest = match rest {
        // "all the check boxes that …" and the like are not options of a list.
        [first, ..]
            if first.is("the")
                && rest
                    .get(1)
                    .is_some_and(|it| it.is("option") || it.is("value") || it.is("item"))
                && rest.len() > 2
                && !rest[2].is("with")
                && !from.iter().any(|it| rest[2].is(it)) =>
        {
            &rest[2..]
        }
        all => all,
    };
    let whole = phrase(rest);
    if whole.kind == Some(Kind::Check) && !whole.words.is_empty() {
        let what = |tokens| Ask::Check {
            what: Phrase {
                kind: Some(Kind::Check),
                ..phrase(tokens)
            },
            on: Some(true),
        };
        return Ok(items(rest).into_iter().map(what).collect());
    }
    let place = rest
        .iter()
        .rposition(|it| from.iter().any(|word| it.is(word)))
        .filter(|it| *it > 0 && it + 1 < rest.len())
        .filter(|it| {
            !rest[*it + 1..].iter().any(|it| it.class == Class::Quoted)
                || rest[..*it].iter().any(|it| it.class == Class::Quoted)
                || rest[*it + 1].is("the")
        });
    let (options, field) = match place {
        // "the link in the row of Ann" is no option of a list.
        Some(place) if !is_structure(&rest[place..]) => {
            (&rest[..place], Some(phrase(&rest[place + 1..])))
        }
        _ => (rest, None),
    };
    let field = field.filter(|it| !it.words.is_empty() || it.kind.is_some());
    let options: Vec<Phrase> = items(options).into_iter().map(option).collect();
    Ok(vec![Ask::Select { field, options }])
}

/// "the 12th of March 2026" is one day, not the twelfth of something.
fn option(tokens: &[Token]) -> Phrase {
    const MONTHS: &[&str] = &[
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    ];
    let month = |it: &Token| MONTHS.contains(&&*it.lower);
    let day = |it: &Token| {
        let digits = it.lower.trim_end_matches(|it: char| it.is_alphabetic());
        !digits.is_empty() && digits.len() < 5 && digits.chars().all(|it| it.is_ascii_digit())
    };
    let link = |it: &Token| it.is("the") || it.is("of") || it.class == Class::Mark;
    let dated = tokens.iter().any(month)
        && tokens.iter().any(day)
        && tokens.iter().all(|it| month(it) || day(it) || link(it));
    if !dated {
        return phrase(tokens);
    }
    let said: Vec<&Token> = tokens.iter().filter(|it| !link(it)).collect();
    Phrase::quoted(name::plain(&said))
}

/// "in the row of …": where something is, not which list it is an option of.
fn is_structure(tokens: &[Token]) -> bool {
    let words: Vec<&Token> = tokens.iter().collect();
    [
        "in the row",
        "on the row",
        "in row",
        "in the dialog",
        "in the section",
        "on the page",
        "in the card",
    ]
    .iter()
    .any(|it| name::matches(&words, 0, it).is_some())
}
