//! What a log-in gives.

use super::token::{Class, Token};

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
const PASSWORD_WORDS: &[&str] = &[
    "password",
    "pass",
    "passphrase",
    "passcode",
    "pwd",
    "pin",
    "pw",
    "key",
    "secret",
];

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
    // "eva / Moon-55".
    if let Some(slash) = tokens.iter().position(|it| it.is("/"))
        && slash > 0
        && let Some(after) = tokens.get(slash + 1).filter(|it| it.class != Class::Mark)
        && !PASSWORD_WORDS.contains(&&*after.lower)
        && tokens[slash - 1].class != Class::Mark
    {
        return (
            Some(tokens[slash - 1].text.clone()),
            Some(after.text.clone()),
        );
    }
    for token in tokens {
        if token.is_mark(":") && expected.is_none() && user.is_none() {
            expected = Some(Role::User);
        }
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
        // "with the name ute and the key mond-9".
        if word == "name" && expected.is_none() && user.is_none() {
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
