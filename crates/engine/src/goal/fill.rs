//! Fields and their values, and what a log-in gives.

use super::{
    phrase::{Phrase, label, phrase},
    token::{Class, Token},
};

const USER_WORDS: &[&str] = &[
    "username",
    "user",
    "user-name",
    "email",
    "e-mail",
    "mail",
    "login",
    "account",
    "id",
    "as",
];
const PASSWORD_WORDS: &[&str] = &["password", "pass", "passphrase", "passcode", "pwd", "pin"];

/// Words between the name of a value and the value.
const LINKING_WORDS: &[&str] = &[
    "with",
    "and",
    "using",
    "the",
    "name",
    "is",
    "/",
    "of",
    "by",
    "my",
    "address",
    "credentials",
    "a",
];

/// A field and the value it is to have.
pub type Pair = (Option<Phrase>, String);

/// The words between two tokens, as written.
pub fn written(prompt: &str, tokens: &[Token]) -> String {
    match tokens {
        [only] if only.class == Class::Quoted => only.text.clone(),
        [first, .., last] => prompt[first.span.start..last.span.end].to_owned(),
        [only] => only.text.clone(),
        [] => String::new(),
    }
}

/// Understands `Email with 'a@b.c' and Name: Ann`, `'hello' into the search box`, `'hello'`.
pub fn pairs(prompt: &str, tokens: &[Token]) -> Vec<Pair> {
    let tokens = without_form(tokens);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let end = item_end(tokens, at);
        if let Some(pair) = pair(prompt, &tokens[at..end]) {
            found.push(pair);
        }
        at = end;
        while tokens.get(at).is_some_and(is_joint) {
            at += 1;
        }
    }
    found
}

fn is_joint(token: &Token) -> bool {
    token.is_mark(",") || token.is("and") || token.is("&") || token.is_mark("\n")
}

/// "out the form with …", "the form: …": the pairs follow.
fn without_form(tokens: &[Token]) -> &[Token] {
    let form = tokens.iter().take(5).position(|it| it.is("form"));
    let Some(form) = form else { return tokens };
    let lead = tokens
        .get(form + 1)
        .is_some_and(|it| it.is("with") || it.is_mark(":"));
    if lead { &tokens[form + 2..] } else { tokens }
}

/// Where the item that begins at `at` ends: at a joint after which another pair follows.
fn item_end(tokens: &[Token], at: usize) -> usize {
    for end in at + 1..tokens.len() {
        if is_joint(&tokens[end]) && is_pair(&tokens[at..end]) {
            let rest = tokens[end + 1..].iter().position(|it| !is_joint(it));
            if rest.is_some_and(|skip| is_pair(&tokens[end + 1 + skip..])) {
                return end;
            }
        }
    }
    tokens.len()
}

fn is_pair(tokens: &[Token]) -> bool {
    separator(tokens).is_some() || tokens.iter().any(|it| it.class == Class::Quoted)
}

/// The token between a field and its value.
fn separator(tokens: &[Token]) -> Option<usize> {
    let place = tokens.iter().position(|it| {
        it.is("with") || it.is("is") || it.is_mark(":") || it.is_mark("=") || it.is("to")
    })?;
    (place > 0 && place + 1 < tokens.len() && tokens[0].class == Class::Word).then_some(place)
}

fn pair(prompt: &str, tokens: &[Token]) -> Option<Pair> {
    if tokens.is_empty() {
        return None;
    }
    let quote = tokens.iter().position(|it| it.class == Class::Quoted);
    let into = tokens.iter().rposition(|it| {
        it.is("into") || it.is("in") || it.is("inside") || it.is("as") || it.is("on")
    });
    if let Some(place) = separator(tokens).filter(|place| quote.is_none_or(|it| *place < it)) {
        // "set X to 'v'" and "X with v": the value is the rest.
        let value = match quote.filter(|it| *it > place) {
            Some(quote) => tokens[quote].text.clone(),
            None => written(prompt, &tokens[place + 1..]),
        };
        let field = if tokens[place].class == Class::Mark {
            label(&tokens[..place])
        } else {
            phrase(&tokens[..place])
        };
        return Some((Some(field), value));
    }
    match (quote, into) {
        (Some(0), Some(into)) if into + 1 < tokens.len() => {
            Some((Some(phrase(&tokens[into + 1..])), tokens[0].text.clone()))
        }
        (Some(0), _) if tokens.len() > 1 && (tokens[1].is("to") || tokens[1].is("for")) => {
            Some((Some(phrase(&tokens[2..])), tokens[0].text.clone()))
        }
        // "the 'Email' field 'a@b.c'": two quotations, the second is the value.
        (Some(first), _) => {
            let second = tokens[first + 1..]
                .iter()
                .rposition(|it| it.class == Class::Quoted);
            match second {
                Some(second) => {
                    let second = first + 1 + second;
                    Some((Some(phrase(&tokens[..second])), tokens[second].text.clone()))
                }
                None if first > 0 => {
                    Some((Some(phrase(&tokens[..first])), tokens[first].text.clone()))
                }
                None => Some((None, tokens[first].text.clone())),
            }
        }
        (None, Some(into)) if into > 0 && into + 1 < tokens.len() => Some((
            Some(phrase(&tokens[into + 1..])),
            written(prompt, &tokens[..into]),
        )),
        (None, _) => Some((None, written(prompt, tokens))),
    }
}

/// What the next value of a log-in is.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    User,
    Password,
}

/// The user name and password of a log-in, where given.
pub fn log_in(tokens: &[Token]) -> (Option<String>, Option<String>) {
    let (mut user, mut password) = (None, None);
    let mut expected = None;
    for token in tokens {
        if token.class == Class::Mark {
            continue;
        }
        let word = if token.class == Class::Word {
            token.lower.as_str()
        } else {
            ""
        };
        if PASSWORD_WORDS.contains(&word) {
            expected = Some(Role::Password);
            continue;
        }
        if USER_WORDS.contains(&word) {
            expected = Some(Role::User);
            continue;
        }
        if LINKING_WORDS.contains(&word) {
            continue;
        }
        let value = token.class == Class::Quoted || token.text.contains('@');
        let role = match expected.take() {
            Some(role) => role,
            None if !value => continue,
            None if user.is_none() => Role::User,
            None => Role::Password,
        };
        let slot = if role == Role::User {
            &mut user
        } else {
            &mut password
        };
        slot.get_or_insert_with(|| token.text.clone());
    }
    (user, password)
}
