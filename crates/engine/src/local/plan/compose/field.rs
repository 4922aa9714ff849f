//! What a field takes, and what it is called.

use errand_browser::{Node, human};

use super::form::stems;
use crate::goal::cardinal;

/// What a field is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    Text(String),
    Option(String),
    Checked,
}

/// What kind of value a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Mail,
    Phone,
    Moment,
    Number,
    Option,
    Check,
    Secret,
    Area,
    Line,
}

/// What kind of value a field takes.
pub fn takes(node: &Node) -> Takes {
    let called = |word: &str| names(node).iter().flatten().any(|it| it == word);
    match (node.input_type.as_deref().unwrap_or_default(), &*node.role) {
        (_, "checkbox" | "radio" | "switch") => Takes::Check,
        ("email", _) => Takes::Mail,
        ("tel", _) => Takes::Phone,
        ("date" | "time" | "datetime-local" | "month" | "week", _) => Takes::Moment,
        ("number" | "range", _) | (_, "spinbutton" | "slider") => Takes::Number,
        ("password", _) => Takes::Secret,
        _ if node.tag == "select" || node.role == "combobox" && node.tag != "input" => {
            Takes::Option
        }
        _ if node.tag == "textarea" || node.editable && node.tag != "input" => Takes::Area,
        _ if called("email") => Takes::Mail,
        _ if called("phone") => Takes::Phone,
        _ => Takes::Line,
    }
}

/// What a field is called, each name in stems.
pub fn names(node: &Node) -> Vec<Vec<String>> {
    let mut names = vec![
        stems(&node.name),
        stems(node.label.as_deref().unwrap_or_default()),
        stems(node.placeholder.as_deref().unwrap_or_default()),
    ];
    names.extend(node.field.as_deref().map(stems));
    names.retain(|it| !it.is_empty());
    names
}

/// What a field would be given by these words, if it takes such a value. `told`: the words name the
/// field as well.
pub fn given(node: &Node, text: &str, quoted: bool, told: bool) -> Option<Given> {
    let mail = text.contains('@') && !text.contains(' ') && text.contains('.');
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let phone = digits > 4
        && text
            .chars()
            .all(|it| it.is_ascii_digit() || matches!(it, '+' | '-' | ' ' | '(' | ')' | '/' | '.'));
    let typed = || Some(Given::Text(text.to_owned()));
    let hint = node.placeholder.as_deref().unwrap_or_default();
    let control = node.input_type.as_deref().unwrap_or_default();
    match takes(node) {
        Takes::Mail => typed().filter(|_| mail),
        Takes::Phone => typed().filter(|_| phone),
        Takes::Moment => {
            human::control_value(control, text, hint)?;
            typed()
        }
        Takes::Number => {
            if let Some(number) = cardinal(text) {
                return Some(Given::Text(number.to_string()));
            }
            let plain = text.chars().all(|it| !it.is_alphabetic());
            human::number::parse(text).filter(|_| plain)?;
            typed()
        }
        Takes::Option => {
            let wanted = stems(text);
            let mut fitting = node.options.iter().filter(|it| stems(&it.label) == wanted);
            let only = fitting.next().filter(|_| fitting.next().is_none())?;
            Some(Given::Option(only.label.clone()))
        }
        Takes::Check => {
            let wanted = stems(text);
            names(node)
                .contains(&wanted)
                .then_some(Given::Checked)
                .filter(|_| !quoted)
        }
        Takes::Secret => typed().filter(|_| told),
        Takes::Area | Takes::Line => typed().filter(|_| told || !mail),
    }
}
