//! Fields that are more than a line of text: whether they hold what they were given, and the lists
//! that open under them while one types.

use errand_browser::{Node, Observation, human, observation::text_of};
use errand_domain::text::squeeze;

/// How far below a field its list may begin, in CSS pixels.
const BELOW: f64 = 60.0;

/// Whether a field that was given `wanted` and shows `have` holds it.
///
/// A field may rewrite what it is given: a date, a time or a number in its own form, a mask with
/// its own marks, a colour by its number.
pub fn holds(wanted: &str, have: &str, node: Option<&Node>) -> bool {
    let hint = node.and_then(|it| it.placeholder.as_deref());
    if squeeze(wanted) == squeeze(have) || human::same(wanted, have, hint.unwrap_or_default()) {
        return true;
    }
    let control = node.and_then(|it| it.input_type.as_deref());
    if let Some(control @ ("date" | "time" | "datetime-local" | "month" | "week")) = control {
        return human::control_value(control, wanted, hint.unwrap_or_default()).as_deref()
            == Some(have);
    }
    if control == Some("color") {
        // The browser took the colour's name, and knows colours by number only.
        return !wanted.contains('#') && have.starts_with('#');
    }
    if human::number::parse(wanted).is_some() && human::number::parse(have).is_some() {
        return false;
    }
    let bare = |text: &str| -> String {
        let kept = text.chars().filter(|it| it.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect()
    };
    !bare(wanted).is_empty() && bare(wanted) == bare(have)
}

/// Whether a field may open a list of its own under what is typed into it.
pub fn suggests(node: &Node) -> bool {
    let searches = node.role == "searchbox" || node.input_type.as_deref() == Some("search");
    let signs = node.role == "combobox" || node.autocomplete.as_deref() == Some("off");
    signs && !searches && matches!(&*node.tag, "input" | "textarea") && node.options.is_empty()
}

/// The entry of the list under a field that says exactly what the field was given.
pub fn suggestion<'o>(seen: &'o Observation, field: &Node, text: &str) -> Option<&'o Node> {
    let [left, top, width, height] = field.rect?;
    let wanted = squeeze(text).to_lowercase();
    let mut found = None;
    for (index, node) in seen.nodes.iter().enumerate() {
        let entry = matches!(&*node.role, "option" | "menuitem" | "listitem" | "treeitem")
            || node.role == "generic" && node.interactive;
        let Some([x, y, wide, _]) = node.rect.filter(|_| entry && node.id.is_some()) else {
            continue;
        };
        let across = x < left + width && x + wide > left;
        let begins = list_top(seen, index, y) - (top + height);
        if !across || !(-4.0..=BELOW).contains(&begins) || node.covered {
            continue;
        }
        let name = if node.name.is_empty() {
            text_of(&seen.nodes, index)
        } else {
            node.name.clone()
        };
        // What lies in an entry says the same and takes the same click.
        if squeeze(&name).to_lowercase() == wanted {
            found = Some(node);
        }
    }
    found
}

/// Where the list begins that an entry is in.
fn list_top(seen: &Observation, index: usize, own: f64) -> f64 {
    let parent = seen.nodes[index].parent;
    let parent = parent.and_then(|it| seen.nodes.get(usize::try_from(it).ok()?));
    parent
        .filter(|it| matches!(&*it.role, "listbox" | "menu" | "list" | "tree" | "generic"))
        .and_then(|it| it.rect)
        .map_or(own, |rect| rect[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_holds_what_it_was_given_and_nothing_else() {
        let input = |kind: &str| Node {
            input_type: Some(kind.to_owned()),
            ..Node::default()
        };
        for (kind, wanted, have, held) in [
            ("text", "Ann Lee", " ann  lee", true),
            ("text", "12", "21", false),
            ("text", "-5", "5", false),
            ("tel", "0123456789", "012-345-6789", true),
            ("text", "12 March 2026", "03/12/2026", true),
            ("date", "12 March 2026", "2026-03-12", true),
            ("date", "12 March 2026", "2026-03-13", false),
            ("time", "5pm", "17:00", true),
            ("month", "March 2026", "2026-03", true),
            ("color", "red", "#ff0000", true),
            ("color", "#00ff00", "#ff0000", false),
            ("range", "50", "50", true),
            ("text", "x", "", false),
        ] {
            let node = input(kind);
            assert_eq!(
                holds(wanted, have, Some(&node)),
                held,
                "{kind} {wanted} {have}"
            );
        }
    }
}
