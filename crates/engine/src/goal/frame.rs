//! What each verb makes of the words after it.

use super::{
    access,
    address::address,
    choice::select,
    clause::{Ask, Given},
    condition,
    control::{control, message},
    extraction::extraction,
    fill, key,
    motion::{drag, scroll, wait},
    name::{self, phrase},
    phrase::{Kind, Phrase, Place, Relation},
    token::{Class, Token},
    value::Worth,
    verb::Verb,
    worth,
};

/// What a verb and the words after it ask for. The error says what is missing.
pub fn asks(
    prompt: &str,
    verb: Verb,
    spoken: &[Token],
    rest: &[Token],
) -> Result<Vec<Ask>, String> {
    let some = |what: &str| {
        if rest.iter().any(|it| it.class != Class::Mark) {
            Ok(phrase(rest))
        } else {
            Err(format!("say {what}"))
        }
    };
    let each = |what: &str, make: fn(Phrase) -> Ask| -> Result<Vec<Ask>, String> {
        some(what)?;
        Ok(items(rest).into_iter().map(phrase).map(make).collect())
    };
    let one = |ask: Ask| Ok(vec![ask]);
    match verb {
        Verb::Go => match address(rest) {
            Some(url) => one(Ask::Open(url)),
            None => one(go(some("where to go")?)),
        },
        Verb::Click => each("what to click", Ask::Click),
        Verb::DoubleClick => each("what to click twice", Ask::DoubleClick),
        Verb::Hover => one(Ask::Hover(some("what to hover over")?)),
        Verb::Focus => one(Ask::Focus(some("which field to focus")?)),
        Verb::Clear => each("which field to clear", Ask::Clear),
        Verb::Check => each("what to check", |what| Ask::Check {
            what,
            on: Some(true),
        }),
        Verb::Uncheck => each("what to uncheck", |what| Ask::Check {
            what,
            on: Some(false),
        }),
        // "switch the digest on".
        Verb::Toggle => match rest {
            [what @ .., state] if (state.is("on") || state.is("off")) && !what.is_empty() => {
                let on = Some(state.is("on"));
                let each = items(what).into_iter().map(phrase);
                Ok(each.map(|what| Ask::Check { what, on }).collect())
            }
            _ => each("what to toggle", |what| Ask::Check { what, on: None }),
        },
        Verb::Type | Verb::Fill => fields(prompt, verb, spoken, rest),
        Verb::Copy => copy(rest),
        Verb::Select => select(prompt, rest),
        Verb::LogIn => {
            let (user, password) = access::log_in(rest);
            let open = address(rest).map(Ask::Open);
            Ok(open
                .into_iter()
                .chain([Ask::LogIn { user, password }])
                .collect())
        }
        Verb::Search => search(prompt, rest),
        Verb::Submit => one(submit(spoken, rest)),
        Verb::Press => key::press(rest),
        Verb::Upload => upload(rest),
        Verb::Download => one(Ask::Download(some("what to download")?)),
        Verb::Scroll => one(scroll(rest)),
        Verb::Drag => drag(prompt, rest),
        Verb::Expand | Verb::Collapse => Ok(items(rest)
            .into_iter()
            .map(|it| Ask::Expand {
                what: phrase(it),
                open: verb == Verb::Expand,
            })
            .collect()),
        Verb::Close => one(Ask::Close(phrase(rest))),
        Verb::Wait => one(Ask::Wait(wait(rest)?)),
        Verb::Back => one(Ask::Back),
        Verb::Forward => one(Ask::Forward),
        Verb::Reload => one(Ask::Reload),
        Verb::Accept | Verb::Dismiss => one(answer(verb == Verb::Accept, spoken, rest)),
        Verb::Verify => {
            let that = rest
                .first()
                .is_some_and(|it| it.is("that") || it.is("whether") || it.is("if"));
            let body = &rest[usize::from(that)..];
            let when = condition::body(body).or_else(|| {
                let quote = body.iter().find(|it| it.class == Class::Quoted)?;
                Some(super::clause::When {
                    what: Phrase::quoted(&*quote.text),
                    present: true,
                })
            });
            when.map(|when| vec![Ask::Verify(when)]).ok_or_else(|| {
                "say what must be on the page: make sure that \"…\" is shown".to_owned()
            })
        }
        Verb::Find | Verb::Extract | Verb::Count => {
            some("what to extract")?;
            // "what does the banner say".
            let rest = match rest {
                [head @ .., last]
                    if !head.is_empty()
                        && ["say", "says", "show", "shows"]
                            .iter()
                            .any(|it| last.is(it)) =>
                {
                    head
                }
                all => all,
            };
            one(Ask::Extract(extraction(rest, verb == Verb::Count)))
        }
        Verb::Price => {
            let word = |text: &str| Token {
                class: Class::Word,
                text: text.to_owned(),
                lower: text.to_owned(),
                span: 0..0,
            };
            let named = rest.iter().filter(|it| !it.is("cost") && !it.is("costs"));
            let tokens: Vec<Token> = [word("price"), word("of")]
                .into_iter()
                .chain(named.cloned())
                .collect();
            one(Ask::Extract(extraction(&tokens, false)))
        }
        Verb::Use => Err("say what to do with it".to_owned()),
        Verb::Browse => Err("say what to look for there".to_owned()),
        Verb::Sort => {
            let by = rest
                .iter()
                .position(|it| it.is("by") || it.is("from") || it.is("in"));
            let by = by
                .filter(|it| it + 1 < rest.len())
                .ok_or_else(|| "say what to sort by".to_owned())?;
            let words: Vec<&Token> = rest[by + 1..]
                .iter()
                .filter(|it| it.class != Class::Mark)
                .collect();
            one(Ask::Select {
                field: Some(Phrase::plain("sort by")),
                options: vec![Phrase::plain(name::plain(&words))],
            })
        }
        Verb::Control => {
            Ok(message(prompt, spoken, rest).unwrap_or_else(|| vec![control(spoken, rest)]))
        }
    }
}

/// A page, or something that opens where it is.
fn go(phrase: Phrase) -> Ask {
    match phrase.kind {
        Some(Kind::Section | Kind::Choice) if !phrase.is_bare() => Ask::Expand {
            what: phrase,
            open: true,
        },
        _ => Ask::GoTo(phrase),
    }
}

/// Things in a row: cut at commas, and at "and" where commas or quotations show that it is a list.
pub fn items(tokens: &[Token]) -> Vec<&[Token]> {
    let quotes = tokens.iter().filter(|it| it.class == Class::Quoted).count();
    let listed = tokens.iter().any(|it| it.is_mark(",")) || quotes > 1;
    if !listed {
        return vec![tokens];
    }
    // A place after the last one holds for it alone; commas inside it do not occur.
    tokens
        .split(|it| it.is_mark(",") || it.is("and") || it.is("&"))
        .filter(|it| it.iter().any(|it| it.class != Class::Mark))
        .collect()
}

fn fields(prompt: &str, verb: Verb, spoken: &[Token], rest: &[Token]) -> Result<Vec<Ask>, String> {
    let said = |word: &str| spoken.first().is_some_and(|it| it.is(word));
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
    // "make the colour of the hall cold".
    if said("make") {
        return match rest {
            [field @ .., value] if !field.is_empty() => Ok(vec![Ask::Fill {
                field: Some(phrase(field)),
                value: Worth::Given(value.text.clone()),
            }]),
            _ => Err("say what to make of what".to_owned()),
        };
    }
    let pairs = fill::pairs(prompt, rest, verb == Verb::Type);
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

fn copy(rest: &[Token]) -> Result<Vec<Ask>, String> {
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

fn search(prompt: &str, rest: &[Token]) -> Result<Vec<Ask>, String> {
    let rest = match rest.first() {
        Some(first) if first.is("for") => &rest[1..],
        _ => rest,
    };
    let place = rest
        .iter()
        .rposition(|it| {
            it.is("on") || it.is("in") || it.is("using") || it.is("with") || it.is("at")
        })
        .filter(|it| *it + 1 < rest.len());
    let quote = rest.iter().position(|it| it.class == Class::Quoted);
    // "search recipes: salad".
    let colon = rest.iter().position(|it| it.is_mark(":"));
    if let Some(colon) = colon.filter(|it| *it > 0 && it + 1 < rest.len()) {
        let query = worth::worth(prompt, &rest[colon + 1..]);
        let place = Some(Place {
            relation: Relation::Of,
            what: Box::new(phrase(&rest[..colon])),
        });
        return Ok(vec![Ask::Search { query, place }]);
    }
    // "search the shop for 'x'".
    let looked = rest
        .iter()
        .position(|it| it.is("for"))
        .filter(|it| *it + 1 < rest.len());
    if let Some(looked) = looked.filter(|it| quote.is_none_or(|quote| *it < quote)) {
        let query = worth::worth(prompt, &rest[looked + 1..]);
        return Ok(vec![Ask::Search { query, place: None }]);
    }
    let cut = place
        .filter(|at| quote.is_none_or(|quote| *at > quote))
        .filter(|at| {
            *at > 0 && (quote.is_some() || rest[*at + 1].is("the") || rest[*at].is("using"))
        });
    let (words, place) = match cut {
        Some(cut) => {
            let what = phrase(&rest[cut + 1..]);
            let place = Place {
                relation: Relation::In,
                what: Box::new(what),
            };
            (&rest[..cut], Some(place))
        }
        None => (rest, None),
    };
    if words.iter().all(|it| it.class == Class::Mark) {
        // "…, search": the button.
        return Ok(vec![Ask::Click(Phrase::plain("search"))]);
    }
    let query = match words.iter().find(|it| it.class == Class::Quoted) {
        Some(quoted) => Worth::Given(quoted.text.clone()),
        None => worth::worth(prompt, words),
    };
    Ok(vec![Ask::Search { query, place }])
}

fn submit(spoken: &[Token], rest: &[Token]) -> Ask {
    if rest.iter().any(|it| it.class == Class::Quoted) {
        return Ask::Click(phrase(rest));
    }
    let what = phrase(rest);
    let vague = [
        "form",
        "it",
        "",
        "the form",
        "this",
        "everything",
        "answers",
        "data",
        "them",
    ];
    if vague.contains(&&*what.words.to_lowercase()) {
        return Ask::Submit(None);
    }
    let verb = spoken.first().map_or("submit", |it| &it.lower);
    Ask::Submit(Some(Phrase {
        whole: format!("{verb} {}", what.words),
        ..what
    }))
}

fn upload(rest: &[Token]) -> Result<Vec<Ask>, String> {
    let into = rest
        .iter()
        .rposition(|it| it.is("to") || it.is("into") || it.is("in"));
    let field = into
        .filter(|it| it + 1 < rest.len())
        .map(|into| phrase(&rest[into + 1..]));
    let said = &rest[..into.unwrap_or(rest.len())];
    let file = said
        .iter()
        .find(|it| it.class == Class::Quoted || it.text.contains('/') || it.text.contains('.'));
    // "upload it", "attach the file you downloaded".
    let pointing = [
        "it",
        "that",
        "this",
        "the",
        "file",
        "files",
        "document",
        "downloaded",
        "just",
        "you",
        "we",
        "i",
        "have",
        "which",
    ];
    let file = match file {
        Some(file) => Given::Named(file.text.clone()),
        None if !said.is_empty() && said.iter().all(|it| pointing.contains(&&*it.lower)) => {
            let words: Vec<&str> = said.iter().map(|it| &*it.lower).collect();
            Given::Latest(words.join(" "))
        }
        None => return Err("say which file, in quotation marks".to_owned()),
    };
    Ok(vec![Ask::Upload { file, field }])
}

/// A question of the browser's, or something of the page's own: "accept all cookies".
fn answer(accept: bool, spoken: &[Token], rest: &[Token]) -> Ask {
    let dialog = [
        "dialog",
        "dialogue",
        "alert",
        "prompt",
        "popup",
        "pop-up",
        "confirmation",
        "it",
        "message",
    ];
    if rest.is_empty() || rest.iter().any(|it| dialog.iter().any(|word| it.is(word))) {
        let text = rest.iter().find(|it| it.class == Class::Quoted);
        return Ask::Dialog {
            accept,
            text: text.map(|it| it.text.clone()),
        };
    }
    let what = phrase(rest);
    if what.kind == Some(Kind::Dialog) && !accept {
        return Ask::Close(what);
    }
    control(spoken, rest)
}
