//! From a prompt to its clauses.

use std::ops::Range;

use super::{
    clause::{Ask, Clause, Goal, NotUnderstood, Until},
    extraction::extraction,
    fill, line,
    phrase::{Phrase, phrase},
    token::{Class, Token, tokenize},
    value::Worth,
    verb::{self, Verb},
};

/// Understands a prompt.
///
/// # Errors
/// At the first part that has no meaning here; nothing is guessed.
pub fn parse(prompt: &str) -> Result<Goal, NotUnderstood> {
    let tokens = line::unwrap(tokenize(prompt));
    let mut goal = Goal::default();
    for sentence in tokens.split(Token::ends_sentence) {
        if !is_enumerator(sentence) {
            sentence_into(prompt, sentence, &mut goal)?;
        }
    }
    if goal.clauses.is_empty() {
        return Err(NotUnderstood {
            span: 0..prompt.len(),
            text: prompt.trim().to_owned(),
            nearest: None,
            hint: "say what to do, for instance: click \"Sign up\"".to_owned(),
        });
    }
    Ok(goal)
}

/// "1", "-", "•" alone, as lists begin their lines with.
fn is_enumerator(sentence: &[Token]) -> bool {
    match sentence {
        [] => true,
        [only] => only
            .text
            .chars()
            .all(|it| it.is_ascii_digit() || "-*•#".contains(it)),
        _ => false,
    }
}

fn sentence_into(prompt: &str, sentence: &[Token], goal: &mut Goal) -> Result<(), NotUnderstood> {
    let mut at = 0;
    while at < sentence.len() {
        if matches!(&*sentence[at].text, "-" | "*" | "•") {
            at += 1;
            continue;
        }
        let start = verb::skip_fillers(sentence, at);
        if start >= sentence.len() {
            break;
        }
        let Some((verb, length)) = verb::at(sentence, start) else {
            return bare(prompt, &sentence[at..], goal);
        };
        let end = clause_end(sentence, start + length, verb);
        let span = sentence[start].span.start..sentence[end - 1].span.end;
        let rest = &sentence[start + length..end];
        for ask in asks(prompt, verb, rest).map_err(|hint| not_understood(prompt, &span, hint))? {
            let text = prompt[span.clone()].to_owned();
            goal.clauses.push(Clause {
                span: span.clone(),
                text,
                when: None,
                ask,
            });
        }
        at = end;
    }
    Ok(())
}

/// A sentence without a verb: `Email: a@b.c`, or "the password is 'x'" after a log-in.
fn bare(prompt: &str, tokens: &[Token], goal: &mut Goal) -> Result<(), NotUnderstood> {
    let span = tokens[0].span.start..tokens[tokens.len() - 1].span.end;
    if let Some(Clause {
        ask: Ask::LogIn { user, password },
        ..
    }) = goal.clauses.last_mut()
    {
        let (more_user, more_password) = fill::log_in(tokens);
        if more_user.is_some() || more_password.is_some() {
            *user = user.take().or(more_user);
            *password = password.take().or(more_password);
            return Ok(());
        }
    }
    let pairs = fill::pairs(prompt, tokens);
    let said = pairs
        .iter()
        .all(|(field, value)| field.is_some() && !value.is_empty());
    let separated = tokens
        .iter()
        .any(|it| it.is_mark(":") || it.is_mark("=") || it.is("is"));
    if said && separated && !pairs.is_empty() {
        for (field, value) in pairs {
            let text = prompt[span.clone()].to_owned();
            let value = Worth::Given(value);
            let ask = Ask::Fill { field, value };
            goal.clauses.push(Clause {
                span: span.clone(),
                text,
                when: None,
                ask,
            });
        }
        return Ok(());
    }
    let word = tokens
        .iter()
        .find(|it| it.class == Class::Word)
        .map_or("", |it| &*it.lower);
    let hint = verb::nearest(word).map_or_else(
        || "begin with what to do: open, click, type, select, check, log in, extract".to_owned(),
        |near| format!("did you mean \"{near}\"?"),
    );
    Err(not_understood(prompt, &span, hint))
}

fn not_understood(prompt: &str, span: &Range<usize>, hint: String) -> NotUnderstood {
    NotUnderstood {
        span: span.clone(),
        text: prompt[span.clone()].to_owned(),
        nearest: None,
        hint,
    }
}

/// Where a clause ends: at a joint that another verb follows.
fn clause_end(sentence: &[Token], from: usize, verb: Verb) -> usize {
    for end in from..sentence.len() {
        let token = &sentence[end];
        let joint = token.is_mark(",") || token.is("and") || token.is("then") || token.is("&");
        let joint =
            joint || token.is("after") && sentence.get(end + 1).is_some_and(|it| it.is("that"));
        if !joint {
            continue;
        }
        let next = verb::skip_fillers(sentence, end + usize::from(token.is("&")));
        if let Some((_, length)) = verb::at(sentence, next) {
            // "the name and read count": a noun, unless something that can be an object follows.
            let object = sentence.get(next + length);
            let after_then = sentence[end..next].iter().any(|it| it.is("then"));
            let noun = matches!(verb, Verb::Extract | Verb::Count) && !after_then;
            let clear = object.is_some_and(|it| {
                it.class == Class::Quoted
                    || matches!(
                        &*it.lower,
                        "the" | "a" | "an" | "all" | "on" | "every" | "its"
                    )
            });
            if !noun || clear || length > 1 {
                return end.max(from);
            }
        }
    }
    sentence.len()
}

fn asks(prompt: &str, verb: Verb, rest: &[Token]) -> Result<Vec<Ask>, String> {
    let some = |what: &str| {
        if rest.iter().any(|it| it.class != Class::Mark) {
            Ok(phrase(rest))
        } else {
            Err(format!("say {what}"))
        }
    };
    let text = fill::written(prompt, rest);
    let one = |ask: Ask| Ok(vec![ask]);
    match verb {
        Verb::Go => match address(rest) {
            Some(url) => one(Ask::Open(url)),
            None => one(Ask::GoTo(some("where to go")?)),
        },
        Verb::Click => one(Ask::Click(some("what to click")?)),
        Verb::DoubleClick => one(Ask::DoubleClick(some("what to click twice")?)),
        Verb::Hover => one(Ask::Hover(some("what to hover over")?)),
        Verb::Clear => one(Ask::Clear(some("which field to clear")?)),
        Verb::Check => one(Ask::Check {
            what: some("what to check")?,
            on: Some(true),
        }),
        Verb::Uncheck => one(Ask::Check {
            what: some("what to uncheck")?,
            on: Some(false),
        }),
        Verb::Type | Verb::Fill => {
            let pairs = fill::pairs(prompt, rest);
            if pairs.is_empty() {
                return Err("say the value, and into which field".to_owned());
            }
            Ok(pairs
                .into_iter()
                .map(|(field, value)| Ask::Fill {
                    field,
                    value: Worth::Given(value),
                })
                .collect())
        }
        Verb::Select => select(prompt, rest),
        Verb::LogIn => {
            let (user, password) = fill::log_in(rest);
            one(Ask::LogIn { user, password })
        }
        Verb::Search => {
            let quoted = rest.iter().find(|it| it.class == Class::Quoted);
            let cut = rest
                .iter()
                .position(|it| it.is("on") || it.is("in"))
                .unwrap_or(rest.len());
            let words = match rest.first() {
                Some(first) if first.is("for") => fill::written(prompt, &rest[1..]),
                _ => fill::written(prompt, &rest[..cut.max(1).min(rest.len())]),
            };
            let query = quoted.map_or(words, |it| it.text.clone());
            if query.is_empty() {
                Err("say what to search for".to_owned())
            } else {
                one(Ask::Search {
                    query: Worth::Given(query),
                    place: None,
                })
            }
        }
        Verb::Submit => match rest.iter().any(|it| it.class == Class::Quoted) {
            true => one(Ask::Click(phrase(rest))),
            false => one(Ask::Submit(None)),
        },
        Verb::Press => press(rest),
        Verb::Upload => upload(rest),
        Verb::Scroll => one(scroll(rest)),
        Verb::Wait => one(Ask::Wait(wait(rest))),
        Verb::Back => one(Ask::Back),
        Verb::Forward => one(Ask::Forward),
        Verb::Reload => one(Ask::Reload),
        Verb::Accept | Verb::Dismiss => {
            let dialog = ["dialog", "alert", "prompt", "popup", "confirmation", "it"];
            if rest.is_empty() || rest.iter().any(|it| dialog.iter().any(|word| it.is(word))) {
                let text = rest.iter().find(|it| it.class == Class::Quoted);
                let text = text.map(|it| it.text.clone());
                one(Ask::Dialog {
                    accept: verb == Verb::Accept,
                    text,
                })
            } else {
                one(Ask::Click(some("what to accept")?))
            }
        }
        Verb::Extract | Verb::Count => {
            if text.is_empty() {
                return Err("say what to extract".to_owned());
            }
            one(Ask::Extract(extraction(rest, verb == Verb::Count)))
        }
    }
}

/// The first address among the tokens: with a scheme, or a bare domain.
fn address(tokens: &[Token]) -> Option<String> {
    tokens.iter().find_map(|token| {
        let text = token.text.trim();
        if text.starts_with("http://") || text.starts_with("https://") {
            return Some(text.to_owned());
        }
        let host = text.split(['/', '?', '#']).next().unwrap_or_default();
        let (name, port) = host.split_once(':').unwrap_or((host, ""));
        let labels: Vec<&str> = name.split('.').collect();
        let domain = labels.len() > 1
            && labels.iter().all(|it| !it.is_empty())
            && labels
                .last()
                .is_some_and(|it| it.len() > 1 && it.chars().all(char::is_alphabetic))
            && !name.contains('@');
        let local = name == "localhost" && !port.is_empty();
        let scheme = if local { "http" } else { "https" };
        (domain || local).then(|| format!("{scheme}://{text}"))
    })
}

fn select(prompt: &str, rest: &[Token]) -> Result<Vec<Ask>, String> {
    if rest.is_empty() {
        return Err("say which option to select".to_owned());
    }
    let from = ["from", "in", "as", "for", "under", "on"];
    let quote = rest.iter().position(|it| it.class == Class::Quoted);
    let colon = rest
        .iter()
        .position(|it| it.is_mark(":") || it.is_mark("=") || it.is("to"));
    if let Some(colon) = colon.filter(|it| *it > 0 && it + 1 < rest.len() && quote != Some(0)) {
        let option = fill::written(prompt, &rest[colon + 1..]);
        return Ok(vec![Ask::Select {
            field: Some(phrase(&rest[..colon])),
            options: vec![Phrase::quoted(option)],
        }]);
    }
    let place = rest
        .iter()
        .rposition(|it| from.iter().any(|word| it.is(word)));
    let (option, field) = match place.filter(|it| *it > 0 && it + 1 < rest.len()) {
        Some(place) => (&rest[..place], Some(phrase(&rest[place + 1..]))),
        None => (rest, None),
    };
    let option = match option.iter().find(|it| it.class == Class::Quoted) {
        Some(quoted) => quoted.text.clone(),
        None => phrase(option).words,
    };
    Ok(vec![Ask::Select {
        field,
        options: vec![Phrase::quoted(option)],
    }])
}

fn press(rest: &[Token]) -> Result<Vec<Ask>, String> {
    const KEYS: &[(&str, &str)] = &[
        ("enter", "Enter"),
        ("return", "Enter"),
        ("tab", "Tab"),
        ("escape", "Escape"),
        ("esc", "Escape"),
        ("space", " "),
        ("backspace", "Backspace"),
        ("delete", "Delete"),
        ("up", "ArrowUp"),
        ("down", "ArrowDown"),
        ("left", "ArrowLeft"),
        ("right", "ArrowRight"),
        ("home", "Home"),
        ("end", "End"),
        ("pageup", "PageUp"),
        ("pagedown", "PageDown"),
    ];
    let words: Vec<&Token> = rest
        .iter()
        .filter(|it| {
            !["the", "key", "keys", "arrow", "on", "and"]
                .iter()
                .any(|word| it.is(word))
        })
        .collect();
    let button = rest.iter().any(|it| it.is("button") || it.is("link"));
    let key = |it: &&Token| {
        if it.text.contains('+') && it.text.len() > 1 {
            return Some(it.text.clone());
        }
        KEYS.iter()
            .find(|(word, _)| it.lower == *word)
            .map(|(_, key)| (*key).to_owned())
    };
    let keys: Option<Vec<String>> = words.iter().map(key).collect();
    match keys {
        Some(keys) if !keys.is_empty() && !button => Ok(vec![Ask::Press { keys, at: None }]),
        _ if words.is_empty() => Err("say which key or button to press".to_owned()),
        _ => Ok(vec![Ask::Click(phrase(rest))]),
    }
}

fn upload(rest: &[Token]) -> Result<Vec<Ask>, String> {
    let file = rest
        .iter()
        .find(|it| it.class == Class::Quoted || it.text.contains('/'));
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
    let to = rest.iter().position(|it| it.is("to") || it.is("until"));
    let to = to
        .filter(|it| !end && it + 1 < rest.len())
        .map(|to| phrase(&rest[to + 1..]));
    Ask::Scroll {
        down: !(has("up") || has("top")),
        end,
        to,
        within: None,
    }
}

fn wait(rest: &[Token]) -> Until {
    if let Some(quoted) = rest.iter().find(|it| it.class == Class::Quoted) {
        return Until::Text(quoted.text.clone());
    }
    let amount = rest
        .iter()
        .find_map(|it| it.lower.trim_end_matches(['s', 'm']).parse::<f64>().ok());
    let millis = rest
        .iter()
        .any(|it| it.lower == "ms" || it.lower.starts_with("millisecond"));
    match amount {
        Some(amount) if amount.is_finite() && amount >= 0.0 => {
            let factor = if millis { 1.0 } else { 1_000.0 };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped"
            )]
            let bounded = (amount * factor).min(60_000.0) as u64;
            Until::Millis(bounded)
        }
        _ => Until::Settled,
    }
}
