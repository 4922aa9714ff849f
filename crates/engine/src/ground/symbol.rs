//! What signs without letters mean on a control.

const SIGNS: &[(&str, &str)] = &[
    ("×✕✖✗✘⨯❌╳", "close"),
    ("☰≡𝌆", "menu"),
    ("⚙🛠🔧", "settings"),
    ("♥❤♡💙💚🤍", "like"),
    ("👍", "like"),
    ("👎", "dislike"),
    ("★☆⭐🌟", "star"),
    ("🔍🔎⌕", "search"),
    ("🗑🚮", "delete"),
    ("✎✏🖉🖊📝", "edit"),
    ("+＋➕⊕", "add"),
    ("-−–➖⊖", "less"),
    ("›»→▶❯⏵⇒►", "next"),
    ("‹«←◀❮⏴⇐◄", "previous"),
    ("↑▲⬆△˄", "up"),
    ("↓▼⬇▽˅▾", "down"),
    ("⋮…⋯•︙", "more"),
    ("✓✔☑✅", "ok"),
    ("↻⟳🔄⟲↺", "refresh"),
    ("🛒", "cart"),
    ("🏠⌂", "home"),
    ("👤👥", "account"),
    ("🔔", "notifications"),
    ("📎", "attach"),
    ("↩↶⤺", "reply"),
    ("🔒", "lock"),
    ("✉📧", "mail"),
    ("ℹ", "info"),
    ("?❓", "help"),
    ("📅📆", "calendar"),
    ("🖨", "print"),
    ("💾", "save"),
    ("🔗", "link"),
];

/// The word for a text of signs only; none if the signs mean nothing, or different things.
pub fn words(text: &str) -> Vec<String> {
    let mut signs = text
        .chars()
        .filter(|it| !it.is_whitespace() && !matches!(it, '\u{fe0e}' | '\u{fe0f}'));
    let meaning = |sign: char| SIGNS.iter().find(|(signs, _)| signs.contains(sign));
    let Some(first) = signs.next().and_then(meaning) else {
        return Vec::new();
    };
    if signs.take(8).any(|it| !first.0.contains(it)) {
        return Vec::new();
    }
    vec![first.1.to_owned()]
}
