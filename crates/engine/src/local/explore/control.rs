//! Which controls may be tried without changing anything.

use errand_browser::{Node, Observation};
use url::Url;

use crate::ground::words;

/// Words of controls that do something which can't be taken back. Links are asked for these too:
/// some pages let a link delete.
const DOING: &[&str] = &[
    "accept",
    "add",
    "agree",
    "approve",
    "archive",
    "ban",
    "block",
    "book",
    "buy",
    "cancel",
    "checkout",
    "clear",
    "confirm",
    "create",
    "decline",
    "deactivate",
    "delete",
    "disable",
    "discard",
    "download",
    "enable",
    "erase",
    "export",
    "follow",
    "import",
    "install",
    "invite",
    "join",
    "leave",
    "like",
    "logout",
    "move",
    "order",
    "pay",
    "post",
    "print",
    "publish",
    "purchase",
    "register",
    "reject",
    "remove",
    "rename",
    "reply",
    "report",
    "reserve",
    "reset",
    "restart",
    "restore",
    "run",
    "save",
    "send",
    "share",
    "signout",
    "signup",
    "start",
    "stop",
    "submit",
    "subscribe",
    "transfer",
    "trash",
    "unfollow",
    "uninstall",
    "unsubscribe",
    "update",
    "upgrade",
    "upload",
    "vote",
    "withdraw",
];
/// Two words that are one of those.
const DOING_TWICE: &[[&str; 2]] = &[
    ["log", "out"],
    ["sign", "out"],
    ["sign", "up"],
    ["log", "off"],
    ["check", "out"],
];
/// Signs in front of what is closed.
const CLOSED_SIGNS: &[char] = &['▸', '▶', '►', '▹', '▷', '⊞', '›', '❯'];
const MENU_WORDS: &[&str] = &[
    "menu",
    "hamburger",
    "more",
    "navigation",
    "options",
    "actions",
];
const MENU_HINTS: &[&str] = &["menu", "hamburger", "more", "ellipsis", "kebab", "dots"];
const MENU_SIGNS: &[&str] = &["☰", "≡", "⋮", "⋯", "…", "•••", "..."];

/// What a control is called: its name, or what it says.
pub fn called(seen: &Observation, at: usize) -> String {
    let node = &seen.nodes[at];
    if !node.name.is_empty() {
        return node.name.clone();
    }
    let text = errand_domain::text::clip(&seen.text_of(at), 100);
    if text.is_empty() {
        node.hint.clone().unwrap_or_default()
    } else {
        text
    }
}

/// Whether a name speaks of nothing that changes something.
pub fn is_harmless(name: &str) -> bool {
    let words = words(name);
    let twice = |pair: &[&str; 2]| {
        words
            .windows(2)
            .any(|it| it[0] == pair[0] && it[1] == pair[1])
    };
    !words.iter().any(|it| DOING.contains(&&**it)) && !DOING_TWICE.iter().any(twice)
}

/// Whether something is closed and can be opened: it says so, or a sign in front of it does, or it
/// is called a menu.
pub fn is_closed(seen: &Observation, at: usize) -> bool {
    let node = &seen.nodes[at];
    if !node.interactive || node.disabled || is_value(node) {
        return false;
    }
    match node.expanded {
        Some(expanded) => !expanded,
        None => {
            let name = called(seen, at);
            name.trim_start().starts_with(CLOSED_SIGNS) && name.trim().chars().count() > 2
                || is_menu(node)
        }
    }
}

/// Whether a control opens a menu, by what it is called.
pub fn is_menu(node: &Node) -> bool {
    if matches!(&*node.role, "link" | "textbox" | "checkbox" | "radio") || is_value(node) {
        return false;
    }
    let sign = |it: &str| MENU_SIGNS.contains(&it.trim());
    let said = words(&node.name);
    let short = !said.is_empty() && said.len() <= 3;
    let hints = node.hint.as_deref().map(words).unwrap_or_default();
    let hinted = said.is_empty() && hints.iter().any(|it| MENU_HINTS.contains(&&**it));
    sign(&node.name)
        || hinted
        || node.role == "menuitem" && node.expanded.is_some()
        || short && said.iter().any(|it| MENU_WORDS.contains(&&**it))
}

/// Whether it belongs to a form.
pub fn is_in_form(seen: &Observation, at: usize) -> bool {
    let mut up = seen.nodes[at].parent;
    while let Some(parent) = up.and_then(|it| seen.nodes.get(it as usize)) {
        if parent.role == "form" || parent.tag == "form" {
            return true;
        }
        up = parent.parent;
    }
    false
}

/// Whether pressing it sends no form and does nothing that it says it would do.
pub fn is_free(seen: &Observation, at: usize) -> bool {
    let node = &seen.nodes[at];
    let sends = matches!(
        node.input_type.as_deref(),
        Some("submit" | "image" | "reset")
    );
    let says_state = node.expanded.is_some();
    // A button of a form sends it, unless it says that it opens something.
    let presses = node.tag == "button" && !says_state && is_in_form(seen, at);
    let leads = node.href.as_deref().is_some_and(|it| !stays_here(seen, it)) && !says_state;
    let name = called(seen, at);
    // "How do I reset my password?" opens an answer.
    let asks = says_state && name.trim_end().ends_with('?');
    !sends && !presses && !leads && (asks || is_harmless(&name))
}

/// Whether an item stands at the top of a menu that may open under the pointer.
pub fn is_menu_head(seen: &Observation, at: usize) -> bool {
    let node = &seen.nodes[at];
    if !node.interactive || !node.in_view || is_value(node) {
        return false;
    }
    let mut up = node.parent;
    let mut lists = 0;
    while let Some(parent) = up.and_then(|it| seen.nodes.get(it as usize)) {
        match &*parent.role {
            "navigation" | "menubar" | "menu" => return lists <= 1,
            "list" => lists += 1,
            "listitem" | "generic" | "group" | "banner" => {}
            _ => return false,
        }
        up = parent.parent;
    }
    false
}

/// Whether a link leads to another page of the same site.
pub fn stays(seen: &Observation, node: &Node) -> bool {
    let there = node.href.as_deref().and_then(|it| Url::parse(it).ok());
    let (Some(there), Ok(here)) = (there, Url::parse(&seen.url)) else {
        return false;
    };
    there.origin() == here.origin() && !stays_here(seen, there.as_str())
}

/// Whether an address is a place on this page.
fn stays_here(seen: &Observation, href: &str) -> bool {
    let bare = |it: &str| it.split('#').next().unwrap_or_default().to_owned();
    bare(href) == bare(&seen.url)
}

/// Whether a control holds a value: opening its list is no way to look further.
fn is_value(node: &Node) -> bool {
    matches!(
        &*node.role,
        "combobox" | "listbox" | "textbox" | "searchbox" | "spinbutton" | "slider" | "option"
    ) || matches!(&*node.tag, "input" | "select" | "textarea")
}
