//! What signs without letters mean on a control.

const SIGNS: &[(&str, &[&str])] = &[
    ("×✕✖✗✘⨯❌╳", &["close", "delete", "clear"]),
    ("☰≡𝌆", &["menu"]),
    ("⚙🛠🔧", &["settings"]),
    ("♥❤♡💙💚🤍", &["like", "star"]),
    ("👍", &["like"]),
    ("👎", &["dislike"]),
    ("★☆⭐🌟", &["star"]),
    ("🔍🔎⌕", &["search"]),
    ("🗑🚮", &["delete"]),
    ("✎✏🖉🖊📝", &["edit"]),
    ("+＋➕⊕", &["add", "increase", "more", "expand"]),
    (
        "-−–➖⊖",
        &["less", "decrease", "delete", "minus", "collapse"],
    ),
    ("›»→▶❯⏵⇒►>", &["next", "play"]),
    ("‹«←◀❮⏴⇐◄<", &["previous"]),
    ("↑▲⬆△˄", &["up"]),
    ("↓▼⬇▽˅▾", &["down"]),
    ("⋮…⋯•︙", &["more", "menu", "options", "actions"]),
    ("✓✔☑✅", &["ok", "done", "confirm", "complete"]),
    ("↻⟳🔄⟲↺", &["refresh", "retry", "repost", "undo"]),
    ("🛒", &["cart"]),
    ("🏠⌂", &["home"]),
    ("👤👥", &["account"]),
    ("🔔", &["notifications"]),
    ("📎", &["attach"]),
    ("↩↶⤺", &["reply"]),
    ("🔒", &["lock"]),
    ("✉📧", &["mail"]),
    ("ℹ", &["info"]),
    ("?❓", &["help"]),
    ("📅📆", &["calendar"]),
    ("🖨", &["print"]),
    ("💾", &["save"]),
    ("🔗", &["link"]),
];

/// The words for a text of signs only, any of which may be meant; none if the signs mean nothing, or
/// different things.
pub fn words(text: &str) -> &'static [&'static str] {
    let mut signs = text
        .chars()
        .filter(|it| !it.is_whitespace() && !matches!(it, '\u{fe0e}' | '\u{fe0f}'));
    let meaning = |sign: char| SIGNS.iter().find(|(signs, _)| signs.contains(sign));
    match signs.next().and_then(meaning) {
        Some((same, words)) if signs.take(8).all(|it| same.contains(it)) => words,
        _ => &[],
    }
}
