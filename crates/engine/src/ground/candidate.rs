//! Which elements come into question for a use.

use errand_browser::Node;

use super::{Use, index::Index};

/// Whether the element can be used so.
pub fn suits(node: &Node, using: Use) -> bool {
    let input = node.input_type.as_deref().unwrap_or_default();
    match using {
        Use::Click | Use::Follow => node.interactive,
        Use::See => node.role != "omitted",
        Use::Fill => {
            node.editable
                || matches!(
                    &*node.role,
                    "textbox" | "searchbox" | "spinbutton" | "slider"
                )
                || node.role == "combobox" && node.tag != "select"
                || node.tag == "textarea"
                || node.tag == "input"
                    && !matches!(
                        input,
                        "checkbox"
                            | "radio"
                            | "button"
                            | "submit"
                            | "reset"
                            | "image"
                            | "file"
                            | "hidden"
                    )
        }
        Use::Give => input == "file",
        Use::Choose => {
            matches!(
                &*node.role,
                "combobox"
                    | "listbox"
                    | "radiogroup"
                    | "radio"
                    | "option"
                    | "menu"
                    | "button"
                    | "menuitemradio"
                    | "tab"
                    | "textbox"
            ) || node.tag == "select"
        }
        Use::Check => {
            matches!(
                &*node.role,
                "checkbox" | "radio" | "switch" | "menuitemcheckbox" | "menuitemradio"
            ) || matches!(input, "checkbox" | "radio")
                || node.checked.is_some()
        }
    }
}

/// The parts of the page that can be reached now: while a dialog keeps the rest from being used,
/// only what is in it.
pub fn scope(index: &Index<'_>) -> std::ops::Range<usize> {
    let all = 0..index.nodes().len();
    let dialog = index
        .nodes()
        .iter()
        .rposition(|node| matches!(&*node.role, "dialog" | "alertdialog") && node.in_view);
    let Some(dialog) = dialog else { return all };
    let inside = dialog..index.end(dialog);
    // A banner may call itself a dialog and leave the page free.
    let outside = index.nodes().iter().enumerate().filter(|(at, node)| {
        !inside.contains(at) && !index.holds(*at, dialog) && node.interactive && node.in_view
    });
    let (covered, count) = outside.fold((0, 0), |(covered, count), (_, node)| {
        (covered + usize::from(node.covered), count + 1)
    });
    if covered * 2 >= count { inside } else { all }
}

/// Candidates that do the same, in reading order, each once: links to one address, an element and
/// what it holds. Of those the one that is made for being used stays.
pub fn distinct(index: &Index<'_>, alike: &[usize]) -> Vec<usize> {
    let mut kept: Vec<usize> = Vec::new();
    let mut addresses: std::collections::HashSet<&str> = std::collections::HashSet::new();
    for at in alike {
        let node = index.node(*at);
        let address = node.href.as_deref().filter(|it| leads(it));
        if address.is_some_and(|it| !addresses.insert(it)) {
            continue;
        }
        match kept.last().copied().filter(|it| index.holds(*it, *at)) {
            Some(outer) if is_native(node) && !is_native(index.node(outer)) => {
                kept.pop();
                kept.push(*at);
            }
            Some(_) => {}
            None => kept.push(*at),
        }
    }
    kept
}

/// Whether an address says what its link does: "#" and scripts say nothing.
fn leads(address: &str) -> bool {
    !address.ends_with('#') && !address.starts_with("javascript:")
}

fn is_native(node: &Node) -> bool {
    matches!(
        &*node.tag,
        "a" | "button" | "input" | "select" | "textarea" | "summary"
    ) || matches!(
        &*node.role,
        "button" | "link" | "menuitem" | "tab" | "checkbox" | "radio"
    )
}
