//! What each verb makes of the words after it.

use super::{
    access,
    address::address,
    clause::{Ask, Until},
    condition,
    extraction::extraction,
    fill, key,
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
        Verb::Toggle => each("what to toggle", |what| Ask::Check { what, on: None }),
        Verb::Type | Verb::Fill => fields(prompt, verb, rest),
        Verb::Copy => copy(rest),
        Verb::Select => select(rest),
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

fn fields(prompt: &str, verb: Verb, rest: &[Token]) -> Result<Vec<Ask>, String> {
    let pairs = fill::pairs(prompt, rest, verb == Verb::Type);
    let form = rest
        .iter()
        .any(|it| it.is("form") || it.is("following") || it.is("fields") || it.is("details"));
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
            && ["a ", "an ", "some ", "any ", "random ", "something "]
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

fn select(rest: &[Token]) -> Result<Vec<Ask>, String> {
    if rest.is_empty() {
        return Err("say which option to select".to_owned());
    }
    let from = [
        "from", "in", "as", "for", "under", "on", "within", "inside", "at",
    ];
    let quote = rest.iter().position(|it| it.class == Class::Quoted);
    let colon = rest
        .iter()
        .position(|it| it.is_mark(":") || it.is_mark("=") || it.is("to"));
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
    let options: Vec<Phrase> = items(options).into_iter().map(phrase).collect();
    Ok(vec![Ask::Select { field, options }])
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
        return Err("say what to search for".to_owned());
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
    let file = rest
        .iter()
        .find(|it| it.class == Class::Quoted || it.text.contains('/') || it.text.contains('.'));
    let file = file.ok_or_else(|| "say which file, in quotation marks".to_owned())?;
    let into = rest
        .iter()
        .rposition(|it| it.is("to") || it.is("into") || it.is("in"));
    let field = into
        .filter(|it| it + 1 < rest.len())
        .map(|into| phrase(&rest[into + 1..]));
    Ok(vec![Ask::Upload {
        file: file.text.clone(),
        field,
    }])
}

fn scroll(rest: &[Token]) -> Ask {
    let has = |word: &str| rest.iter().any(|it| it.is(word));
    let end = has("bottom") || has("end") || has("top");
    let to = rest
        .iter()
        .position(|it| it.is("to") || it.is("until") || it.is("till"));
    let to = to.filter(|it| it + 1 < rest.len());
    let target = to.filter(|_| !end).map(|to| {
        let body = &rest[to + 1..];
        let body = match body {
            [you, see, rest @ ..]
                if (you.is("you") || you.is("we"))
                    && (see.is("see") || see.is("find") || see.is("reach")) =>
            {
                rest
            }
            all => all,
        };
        condition::body(body).map_or_else(|| phrase(body), |when| when.what)
    });
    let within = rest.iter().position(|it| {
        it.is("in") || it.is("inside") || it.is("within") || it.is("through") || it.is("of")
    });
    let within = within
        .filter(|it| it + 1 < rest.len() && to.is_none_or(|to| *it < to) || end)
        .map(|it| phrase(&rest[it + 1..]))
        .filter(|it| {
            !it.is_bare() && it.kind != Some(Kind::Page) && !it.words.eq_ignore_ascii_case("page")
        });
    Ask::Scroll {
        down: !(has("up") || has("top")),
        end,
        to: target,
        within,
    }
}

fn drag(prompt: &str, rest: &[Token]) -> Result<Vec<Ask>, String> {
    const ONTO: &[&str] = &[
        "onto", "into", "to", "over", "on", "in", "inside", "below", "above", "under", "after",
        "before",
    ];
    let onto = (1..rest.len().saturating_sub(1)).find(|at| {
        ONTO.iter().any(|it| rest[*at].is(it)) && !(rest[*at].is("in") && rest[*at + 1].is("front"))
    });
    let Some(onto) = onto else {
        return Err("say what to drag, and onto what: drag \"…\" onto \"…\"".to_owned());
    };
    let left: Vec<Token> = rest[..onto]
        .iter()
        .filter(|it| !it.is("and") && !it.is("drop") && !it.is("it") && !it.is_mark(","))
        .cloned()
        .collect();
    let what = phrase(&left);
    let target = &rest[onto + 1..];
    let number = target
        .iter()
        .any(|it| it.text.trim_end_matches('%').parse::<f64>().is_ok());
    if what.kind == Some(Kind::Slider) || number && target.len() < 3 {
        let value = worth::worth(prompt, target);
        return Ok(vec![Ask::Fill {
            field: Some(what),
            value,
        }]);
    }
    Ok(vec![Ask::Drag {
        what,
        onto: phrase(target),
    }])
}

fn wait(rest: &[Token]) -> Result<Until, String> {
    let amount = rest
        .iter()
        .find_map(|it| it.lower.trim_end_matches(['s', 'm']).parse::<f64>().ok());
    let millis = rest
        .iter()
        .any(|it| it.lower.ends_with("ms") || it.lower.starts_with("millisecond"));
    let quoted = rest.iter().any(|it| it.class == Class::Quoted);
    if let Some(amount) = amount.filter(|it| !quoted && it.is_finite() && *it >= 0.0) {
        let minutes = rest.iter().any(|it| it.lower.starts_with("minute"));
        let factor = if millis {
            1.0
        } else if minutes {
            60_000.0
        } else {
            1_000.0
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped"
        )]
        let bounded = (amount * factor).min(60_000.0) as u64;
        return Ok(Until::Millis(bounded));
    }
    let settled = [
        "load", "loads", "loaded", "loading", "ready", "settle", "finish", "finishes", "moment",
    ];
    let page = rest.is_empty()
        || rest.iter().any(|it| {
            it.is("page")
                || it.is("moment")
                || it.is("everything")
                || it.is("bit")
                || it.is("second")
        });
    if page
        && !quoted
        && (rest.len() < 3 || rest.iter().any(|it| settled.iter().any(|word| it.is(word))))
    {
        return Ok(Until::Settled);
    }
    let gone = condition::gone(rest).is_some();
    let what = condition::body(rest).map_or_else(|| phrase(rest), |when| when.what);
    if what.is_bare() && what.kind.is_none() {
        return Err("say what to wait for, in quotation marks".to_owned());
    }
    Ok(if gone {
        Until::Gone(what)
    } else {
        Until::Shown(what)
    })
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

/// "add the blue shirt to the cart": what is called "add to cart", where the blue shirt is.
pub fn control(spoken: &[Token], rest: &[Token]) -> Ask {
    let verb: Vec<String> = spoken.iter().map(|it| imperative(&it.lower)).collect();
    let verb = verb.join(" ");
    let rest: Vec<&Token> = rest.iter().filter(|it| it.class != Class::Mark).collect();
    let stripped = rest
        .iter()
        .position(|it| !it.is("the") && !it.is("a") && !it.is("on"));
    let bare: Vec<&Token> = rest[stripped.unwrap_or(rest.len())..].to_vec();
    let whole = name::plain(&[&bare[..]].concat());
    // The last "to", "as" or "from" leads to what belongs to the control's name.
    let tail = rest
        .iter()
        .rposition(|it| it.is("to") || it.is("as"))
        .filter(|it| *it + 1 < rest.len());
    let holds = [
        "cart",
        "basket",
        "bag",
        "wishlist",
        "favorites",
        "favourites",
        "list",
        "queue",
        "compare",
    ];
    let tail = tail.filter(|at| {
        rest[*at].is("as")
            || rest[rest.len() - 1].class == Class::Word
                && holds.contains(&&*rest[rest.len() - 1].lower)
    });
    let (object, words) = match tail {
        Some(at) => {
            let tail: Vec<&Token> = rest[at..]
                .iter()
                .copied()
                .filter(|it| !it.is("the") && !it.is("my") && !it.is("your"))
                .collect();
            (&rest[..at], format!("{verb} {}", name::plain(&tail)))
        }
        None => (&rest[..], verb.clone()),
    };
    let quoted = object.iter().any(|it| it.class == Class::Quoted);
    let what = name::of(object, true);
    if matches!(what.kind, Some(Kind::Button | Kind::Link)) && !quoted {
        // "save button": the verb belongs to the name.
        return Ask::Click(Phrase {
            words: format!("{verb} {}", what.words).trim().to_owned(),
            ..what
        });
    }
    let mut places = what.places.clone();
    if !what.is_bare() {
        let what = what.as_place();
        places.retain(|it| it.relation != Relation::Of);
        places.insert(
            0,
            Place {
                relation: Relation::Of,
                what: Box::new(what),
            },
        );
    }
    let full = format!("{verb} {whole}").trim().to_owned();
    Ask::Click(Phrase {
        whole: if full == words || quoted {
            String::new()
        } else {
            full
        },
        words,
        places,
        ..Phrase::default()
    })
}

/// "reply to Ann's mail with the text 'Hi'", "forward it to Bo": the control, the field, the sending.
fn message(prompt: &str, spoken: &[Token], rest: &[Token]) -> Option<Vec<Ask>> {
    const WITH: &[&str] = &["with", "saying", "that"];
    const VERBS: &[&str] = &[
        "reply", "forward", "comment", "share", "post", "send", "respond",
    ];
    let verb = spoken
        .first()
        .filter(|it| VERBS.iter().any(|word| it.is(word)))?;
    let with = rest
        .iter()
        .position(|it| WITH.iter().any(|word| it.is(word)));
    let with = with.filter(|at| rest[*at..].iter().any(|it| it.class == Class::Quoted));
    let to = rest.iter().rposition(|it| it.is("to")).filter(|at| {
        *at > 0
            && *at + 1 < rest.len()
            && (verb.is("forward") || verb.is("share") || verb.is("send"))
    });
    let (end, field, value) = match (with, to) {
        (Some(with), _) => {
            let quote = rest[with..].iter().find(|it| it.class == Class::Quoted)?;
            (with, None, Worth::Given(quote.text.clone()))
        }
        (None, Some(to)) => (
            to,
            Some(Phrase::plain("to")),
            worth::worth(prompt, &rest[to + 1..]),
        ),
        (None, None) => return None,
    };
    let object = match &rest[..end] {
        [first, tail @ ..] if first.is("to") => tail,
        all => all,
    };
    Some(vec![
        control(spoken, object),
        Ask::Fill { field, value },
        Ask::Submit(None),
    ])
}

/// "deleting" as it stands on a button.
fn imperative(verb: &str) -> String {
    match verb.strip_suffix("ing") {
        Some(base) => super::wording::CONTROLS
            .iter()
            .find(|it| **it == base || it.strip_suffix('e') == Some(base))
            .map_or_else(|| base.to_owned(), |it| (*it).to_owned()),
        None => verb.to_owned(),
    }
}
