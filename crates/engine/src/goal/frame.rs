//! What each verb makes of the words after it.

use super::{
    access,
    address::address,
    choice::select,
    clause::Ask,
    condition,
    control::{control, message},
    extraction::extraction,
    key,
    motion::{drag, scroll, wait},
    name::{self, phrase},
    pair,
    phrase::{Kind, Phrase},
    request::{answer, search, submit, upload},
    token::{Class, Token},
    typing::{copy, fields},
    verb::{self, Verb},
    worth,
};

/// What a verb and the words after it ask for. The error says what is missing.
pub fn asks(
    prompt: &str,
    verb: Verb,
    spoken: &[Token],
    rest: &[Token],
) -> Result<Vec<Ask>, String> {
    // "search: wireless mouse".
    let rest = match rest {
        [colon, tail @ ..] if colon.is_mark(":") && !tail.is_empty() => tail,
        all => all,
    };
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
            // "turn notifications off for #general".
            _ if let Some(at) = rest
                .iter()
                .position(|it| it.is("on") || it.is("off"))
                .filter(|at| {
                    *at > 0
                        && rest
                            .get(at + 1)
                            .is_some_and(|it| ["for", "in", "of"].iter().any(|word| it.is(word)))
                }) =>
            {
                let what: Vec<Token> = rest[..at].iter().chain(&rest[at + 1..]).cloned().collect();
                one(Ask::Check {
                    what: phrase(&what),
                    on: Some(rest[at].is("on")),
                })
            }
            // "turn the volume down to 20", "switch the language to French".
            [_, .., value] if rest.iter().any(|it| it.is("to")) && !value.is("to") => {
                let to = rest.iter().rposition(|it| it.is("to")).unwrap_or(0);
                let mut field = &rest[..to];
                while let [head @ .., last] = field
                    && ["up", "down", "over", "back"].iter().any(|it| last.is(it))
                {
                    field = head;
                }
                if field.is_empty() {
                    return Err("say what to turn".to_owned());
                }
                one(Ask::Fill {
                    field: Some(phrase(field)),
                    value: worth::worth(prompt, &rest[to + 1..]),
                })
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
        // "look up the phone number of …": to be read.
        Verb::Search
            if (spoken.len() == 2 && spoken[0].is("look")
                || spoken.len() == 1
                    && rest.first().is_some_and(|it| it.is("the"))
                    && rest.iter().any(|it| it.is("of") || it.is("from"))
                    && !rest.iter().any(|it| it.is("for")))
                && !rest.iter().any(|it| it.class == Class::Quoted)
                && rest.first().is_some_and(|it| {
                    ["the", "how", "what", "which", "when", "who", "my"]
                        .iter()
                        .any(|word| it.is(word))
                }) =>
        {
            one(Ask::Extract(extraction(rest, false)))
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
            // "how much the boat costs".
            if let [how, much, tail @ ..] = rest
                && how.is("how")
                && much.is("much")
                && tail.iter().any(|it| it.is("costs") || it.is("cost"))
            {
                return one(price(tail));
            }
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
        Verb::Price => one(price(rest)),
        Verb::Use => Err("say what to do with it".to_owned()),
        Verb::Browse => Err("say what to look for there".to_owned()),
        Verb::Sort => {
            let by = rest
                .iter()
                .position(|it| it.is("by") || it.is("from") || it.is("in"));
            let by = by.filter(|it| it + 1 < rest.len()).map(|it| it + 1);
            // "sort: price ascending".
            let few = (1..5).contains(&rest.len()) && !verb::is_object(&rest[0].lower);
            let by = by
                .or_else(|| few.then_some(0))
                .ok_or_else(|| "say what to sort by".to_owned())?;
            let words: Vec<&Token> = rest[by..]
                .iter()
                .filter(|it| it.class != Class::Mark)
                .collect();
            one(Ask::Select {
                field: Some(Phrase::plain("sort by")),
                options: vec![Phrase::plain(name::plain(&words))],
            })
        }
        // "filter by customer Ben Hart".
        Verb::Control
            if spoken.first().is_some_and(|it| it.is("filter"))
                && rest.first().is_some_and(|it| it.is("by"))
                && let Some(pairs) = pair::stated(prompt, &rest[1..]) =>
        {
            Ok(pairs
                .into_iter()
                .map(|(field, value)| Ask::Fill { field, value })
                .collect())
        }
        // "give a like on the post": like it.
        Verb::Control if spoken.len() > 1 && verb::is_light(&spoken[0]) => {
            let rest = match rest {
                [link, tail @ ..] if ["on", "to", "for", "at"].iter().any(|it| link.is(it)) => tail,
                all => all,
            };
            one(control(&spoken[spoken.len() - 1..], rest))
        }
        Verb::Control => Ok(message(prompt, spoken, rest)
            .or_else(|| made(prompt, spoken, rest))
            .unwrap_or_else(|| vec![control(spoken, rest)])),
    }
}

/// "add a user with the e-mail a@b.c and the role Editor": the control, its form, the sending.
fn made(prompt: &str, spoken: &[Token], rest: &[Token]) -> Option<Vec<Ask>> {
    // "invite jo@team.example as editor".
    if let [mail, tail @ ..] = rest
        && mail.text.contains('@')
        && mail.class == Class::Word
        && !mail.text.starts_with('@')
    {
        let given = |field: &str, value: &str| Ask::Fill {
            field: Some(Phrase::plain(field)),
            value: super::value::Worth::Given(value.to_owned()),
        };
        let role = match tail {
            [] => None,
            [link, role @ ..] if link.is("as") && role.len() < 4 => {
                let words: Vec<&Token> = role
                    .iter()
                    .filter(|it| !it.is("a") && !it.is("an"))
                    .collect();
                Some(given("role", &name::plain(&words)))
            }
            _ => return None,
        };
        let asks = [control(spoken, &[]), given("e-mail", &mail.text)];
        return Some(
            asks.into_iter()
                .chain(role)
                .chain([Ask::Submit(None)])
                .collect(),
        );
    }
    let with = rest
        .iter()
        .position(|it| it.is("with") || it.is_mark(":"))
        .filter(|it| *it + 1 < rest.len())?;
    let pairs = pair::stated(prompt, &rest[with + 1..])?;
    let fills = pairs
        .into_iter()
        .map(|(field, value)| Ask::Fill { field, value });
    // "invite her": whoever is meant is not there yet.
    let object: Vec<Token> = rest[..with]
        .iter()
        .filter(|it| {
            !["her", "him", "them", "it", "me"]
                .iter()
                .any(|word| it.is(word))
        })
        .cloned()
        .collect();
    Some(
        [control(spoken, &object)]
            .into_iter()
            .chain(fills)
            .chain([Ask::Submit(None)])
            .collect(),
    )
}

/// What something costs.
fn price(rest: &[Token]) -> Ask {
    const VERBS: &[&str] = &["cost", "costs", "is", "are", "does", "do", "would"];
    let word = |text: &str| Token {
        class: Class::Word,
        text: text.to_owned(),
        lower: text.to_owned(),
        span: 0..0,
    };
    let named = rest
        .iter()
        .filter(|it| !VERBS.iter().any(|word| it.is(word)));
    let tokens: Vec<Token> = [word("price"), word("of")]
        .into_iter()
        .chain(named.cloned())
        .collect();
    Ask::Extract(extraction(&tokens, false))
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
    // "the box next to 'Milk' and the one next to 'Eggs'": each with an article of its own.
    let each = tokens.first().is_some_and(|it| it.is("the"))
        && tokens
            .windows(2)
            .any(|it| it[0].is("and") && (it[1].is("the") || it[1].is("one")));
    let listed = tokens.iter().any(|it| it.is_mark(",")) || quotes > 1 || each;
    if !listed {
        return vec![tokens];
    }
    // A place after the last one holds for it alone; commas inside it do not occur.
    tokens
        .split(|it| it.is_mark(",") || it.is("and") || it.is("&"))
        .filter(|it| it.iter().any(|it| it.class != Class::Mark))
        .collect()
}
