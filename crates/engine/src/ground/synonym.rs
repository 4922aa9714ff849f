//! Interface words that mean the same. Small on purpose: no dictionary of sites.

const GROUPS: &[&[&str]] = &[
    &["log in", "login", "sign in", "signin", "log on", "logon"],
    &["log out", "logout", "sign out", "signout", "log off"],
    &["sign up", "signup", "register", "create account", "join"],
    &["cart", "basket", "bag"],
    &["email", "e mail", "email address", "e mail address", "mail"],
    &["username", "user name", "user", "login name"],
    &["password", "passphrase", "pass word"],
    &["phone", "telephone", "phone number", "tel", "mobile"],
    &["search", "find"],
    &["next", "continue", "proceed"],
    &["ok", "okay"],
    &["delete", "remove"],
    &["preferences", "settings"],
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

/// The words with every known group replaced by its first wording.
pub fn canonical(words: &[String]) -> Vec<String> {
    let mut result = Vec::new();
    let mut at = 0;
    'words: while at < words.len() {
        for length in (1..=3.min(words.len() - at)).rev() {
            let wording = words[at..at + length].join(" ");
            let plain = super::words_stem(&wording);
            let known =
                |it: &&str| *it == wording || *it == plain || super::words_stem(it) == plain;
            if let Some(group) = GROUPS.iter().find(|group| group.iter().any(known)) {
                result.extend(group[0].split(' ').map(str::to_owned));
                at += length;
                continue 'words;
            }
        }
        result.push(words[at].clone());
        at += 1;
    }
    result
}
