//! What "type", "set", "make", "copy" and their like ask for.

use super::{
    clause::Ask,
    control::control,
    fill,
    name::{self, phrase},
    pair,
    phrase::{Kind, Phrase, Place, Relation},
    token::{Class, Token},
    value::Worth,
    verb::{self, Verb},
    worth,
};

pub fn fields(
    prompt: &str,
    verb: Verb,
    spoken: &[Token],
    rest: &[Token],
) -> Result<Vec<Ask>, String> {
    let rest = &pair::without_object(rest)[..];
    // "the one for private persons with the first name Ada and the last name Byron".
    let with = rest
        .iter()
        .position(|it| it.is("with"))
        .filter(|at| *at > 0);
    let formed = |it: &Token| {
        [
            "one",
            "form",
            "formular",
            "it",
            "them",
            "details",
            "data",
            "profile",
            "questionnaire",
            "fields",
        ]
        .iter()
        .any(|word| it.is(word))
    };
    if let Some(with) = with
        && verb == Verb::Fill
        && rest[..with].iter().take(3).any(formed)
        && let Some(pairs) = pair::stated(prompt, &rest[with + 1..])
    {
        let place = rest[..with].iter().position(|it| it.is("for"));
        let places: Vec<Place> = place
            .filter(|at| *at + 1 < with)
            .map(|at| Place {
                relation: Relation::Of,
                what: Box::new(phrase(&rest[at + 1..with]).as_place()),
            })
            .into_iter()
            .collect();
        let fill = |(field, value): fill::Pair| Ask::Fill {
            field: field.map(|it| Phrase {
                places: places.clone(),
                ..it
            }),
            value,
        };
        return Ok(pairs.into_iter().map(fill).collect());
    }
    let said = |word: &str| spoken.first().is_some_and(|it| it.is(word));
    // "provide the name of the author": to be read.
    let reads = rest
        .first()
        .is_some_and(|it| ["the", "me", "all", "us"].iter().any(|word| it.is(word)));
    let valued = rest.iter().any(|it| {
        it.class == Class::Quoted
            || it.class == Class::Mark
            || ["into", "as", "is", "in", "to"]
                .iter()
                .any(|word| it.is(word))
    });
    if said("provide") && reads && !valued {
        return Ok(vec![Ask::Extract(super::extraction::extraction(
            rest, false,
        ))]);
    }
    // "put the blue shirt into the cart".
    let holds = [
        "cart",
        "basket",
        "bag",
        "wishlist",
        "favorites",
        "favourites",
    ];
    if said("put")
        && rest
            .last()
            .is_some_and(|it| holds.iter().any(|word| it.is(word)))
    {
        let add = Token {
            class: Class::Word,
            text: "add".to_owned(),
            lower: "add".to_owned(),
            span: 0..0,
        };
        let rest: Vec<Token> = rest
            .iter()
            .map(|it| match ["into", "in"].iter().any(|word| it.is(word)) {
                true => Token {
                    text: "to".to_owned(),
                    lower: "to".to_owned(),
                    ..it.clone()
                },
                false => it.clone(),
            })
            .collect();
        return Ok(vec![control(&[add], &rest)]);
    }
    // "call the file harbour-note", "call it 'Plan B'".
    if said("call") {
        return match rest {
            [it, value @ ..]
                if !value.is_empty() && (it.is("it") || it.is("this") || it.is("that")) =>
            {
                Ok(vec![Ask::Fill {
                    field: Some(Phrase::plain("name")),
                    value: worth::worth(prompt, value),
                }])
            }
            [the, thing @ .., value] if !thing.is_empty() && verb::is_object(&the.lower) => {
                let words: Vec<&Token> = thing.iter().collect();
                Ok(vec![Ask::Fill {
                    field: Some(Phrase::plain(format!("{} name", name::plain(&words)))),
                    value: Worth::Given(value.text.clone()),
                }])
            }
            _ => Err("say what to call how: call the file \"…\"".to_owned()),
        };
    }
    // "make the colour of the hall cold".
    if said("make") {
        return match rest {
            [field @ .., value] if field.len() > usize::from(field.last().is_some_and(is_to)) => {
                Ok(vec![Ask::Fill {
                    field: Some(phrase(match field {
                        [head @ .., last] if is_to(last) => head,
                        all => all,
                    })),
                    value: Worth::Given(value.text.clone()),
                }])
            }
            _ => Err("say what to make of what".to_owned()),
        };
    }
    let grows = ["increase", "raise", "decrease", "reduce", "lower"]
        .iter()
        .any(|it| said(it));
    if grows && !rest.iter().any(|it| it.is("to") || it.is_mark(":")) {
        return Err("say the value that it is to have".to_owned());
    }
    let pairs = fill::pairs(prompt, rest, verb == Verb::Type);
    // "language German, timezone Berlin": which words are the label, the page decides.
    if let [(None, Worth::Given(text))] = &pairs[..]
        && verb == Verb::Fill
        && text.contains(", ")
        && !rest.iter().any(|it| it.class == Class::Quoted)
    {
        let parts = rest.split(|it| it.is_mark(",") || it.is("and"));
        let parts: Vec<&[Token]> = parts.filter(|it| !it.is_empty()).collect();
        if parts.iter().all(|it| (2..8).contains(&it.len())) {
            let fill = |it: &[Token]| Ask::Fill {
                field: None,
                value: Worth::Given(fill::written(prompt, it)),
            };
            return Ok(parts.into_iter().map(fill).collect());
        }
    }
    let form = rest
        .iter()
        .any(|it| it.is("form") || it.is("following") || it.is("fields") || it.is("details"));
    let patterns = [
        "starts",
        "ends",
        "begins",
        "starting",
        "ending",
        "beginning",
    ];
    let described = rest
        .windows(2)
        .any(|it| patterns.iter().any(|word| it[0].is(word)) && it[1].is("with"));
    if described {
        return Err("say the whole value, in quotation marks".to_owned());
    }
    if pairs.is_empty() && !form {
        return Err("say the value, and into which field".to_owned());
    }
    // "change the tab to 'Reviews'": it is gone to.
    if let [(Some(field), Worth::Given(name))] = &pairs[..]
        && field.is_bare()
        && matches!(field.kind, Some(Kind::Tab | Kind::Page))
    {
        return Ok(vec![Ask::GoTo(Phrase {
            kind: field.kind,
            ..Phrase::quoted(name)
        })]);
    }
    let known = |value: &Worth| value.given() != Some("");
    // "a poem about autumn": what is to be made up is not what is to be typed.
    let made = |(_, value): &fill::Pair| {
        let words = value.given().unwrap_or_default().to_lowercase();
        let quoted = rest.iter().any(|it| it.class == Class::Quoted);
        !quoted
            && words.contains(' ')
            && [
                "a ",
                "an ",
                "some ",
                "any ",
                "random ",
                "something ",
                "your ",
                "the ",
            ]
            .iter()
            .any(|it| words.starts_with(it))
    };
    if pairs.iter().any(made) {
        return Err("quote it if it is to be typed as it is written; only a model can make a text up: configure \
                    one (ERRAND_LLM_…) and run with the engine \"agent\""
            .to_owned());
    }
    if !pairs.iter().all(|(_, value)| known(value)) {
        return Err("say the value, in quotation marks".to_owned());
    }
    // "fill in the form": the values follow, or are wanting.
    let bare = |field: &Option<Phrase>, value: &Worth| {
        field.is_none()
            && value
                .given()
                .is_some_and(|it| it.ends_with("form") || it.ends_with("fields"))
    };
    Ok(pairs
        .into_iter()
        .filter(|(field, value)| !bare(field, value))
        .map(|(field, value)| Ask::Fill { field, value })
        .collect())
}

fn is_to(token: &Token) -> bool {
    token.is("to") || token.is("on") || token.is("as") || token.is("be")
}

pub fn copy(rest: &[Token]) -> Result<Vec<Ask>, String> {
    let into = rest
        .iter()
        .rposition(|it| it.is("into") || it.is("to") || it.is("onto"))
        .filter(|it| *it > 0 && it + 1 < rest.len());
    let end = into.unwrap_or(rest.len());
    let words: Vec<&Token> = rest[..end]
        .iter()
        .filter(|it| it.class != Class::Mark)
        .collect();
    if words.is_empty() {
        return Err("say what to copy".to_owned());
    }
    let value = worth::reading(&words);
    Ok(vec![match into {
        Some(into) if !rest[into + 1].is("clipboard") && !rest[rest.len() - 1].is("clipboard") => {
            Ask::Fill {
                field: Some(phrase(&rest[into + 1..])),
                value: Worth::Read(value),
            }
        }
        _ => Ask::Take(value),
    }])
}
