//! Interface words that mean the same. Small on purpose: no dictionary of sites.

use std::{collections::HashMap, sync::LazyLock};

use super::likeness::stem;

const GROUPS: &[&[&str]] = &[
    &["log in", "login", "sign in", "signin", "log on", "logon"],
    &["log out", "logout", "sign out", "signout", "log off"],
    &["sign up", "signup", "register", "create account", "join"],
    &["cart", "basket", "bag"],
    &["email", "e mail", "email address", "e mail address", "mail"],
    &["username", "user name", "user", "login name"],
    &["password", "passphrase", "pass word"],
    &["phone", "telephone", "phone number", "tel", "mobile"],
    &["search", "find", "magnifier", "lookup"],
    &["next", "continue", "proceed"],
    &["previous", "prev", "back"],
    &["ok", "okay"],
    &["delete", "remove", "trash", "bin", "discard", "erase"],
    &["save", "apply"],
    &["send", "submit"],
    &["close", "dismiss", "x"],
    &["edit", "pencil", "modify"],
    &["add", "plus", "new"],
    &["like", "heart"],
    &["star", "favorite", "favourite", "bookmark"],
    &["menu", "hamburger"],
    &["preferences", "settings", "gear", "cog"],
    &["expand", "unfold"],
    &["collapse", "fold"],
    &["refresh", "reload"],
    &["account", "profile"],
    &["notifications", "bell"],
    &["first name", "given name", "forename"],
    &["last name", "surname", "family name"],
    &["zip", "zip code", "postcode", "postal code"],
    &["invoices", "bills"],
    &["amount", "total", "sum"],
    &["price", "cost"],
    &["number", "no", "nr", "num"],
    &["customer", "client"],
    &["status", "state"],
];

/// The first wording of every group, by each of its wordings and their stems.
static FIRST: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let mut first = HashMap::new();
    for group in GROUPS {
        for wording in *group {
            first.entry(*wording).or_insert(group[0]);
        }
    }
    for group in GROUPS {
        for wording in *group {
            first.entry(stem(wording)).or_insert(group[0]);
        }
    }
    first
});

/// The words with every known group replaced by its first wording.
pub fn canonical(words: &[String]) -> Vec<String> {
    let mut result = Vec::new();
    let mut at = 0;
    'words: while at < words.len() {
        for length in (1..=3.min(words.len() - at)).rev() {
            let joined;
            let wording = if length == 1 {
                &*words[at]
            } else {
                joined = words[at..at + length].join(" ");
                &*joined
            };
            if let Some(first) = FIRST.get(wording).or_else(|| FIRST.get(stem(wording))) {
                result.extend(first.split(' ').map(str::to_owned));
                at += length;
                continue 'words;
            }
        }
        result.push(words[at].clone());
        at += 1;
    }
    result
}
