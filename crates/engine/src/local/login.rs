//! Logging in: which fields, which button, and whether it worked.

use errand_browser::{Node, Observation};
use errand_domain::{Action, FailureCategory, ValueSource};

use super::{
    form,
    plan::{Missing, Plan},
};
use crate::{
    goal::Phrase,
    ground::{self, Use, likeness},
};

const ERROR_WORDS: &[&str] = &[
    "invalid",
    "incorrect",
    "wrong",
    "failed",
    "not match",
    "unknown user",
    "denied",
    "not recognised",
    "not recognized",
    "try again",
    "does not exist",
];

/// Stage 0: the form; 1: after a link to it was followed; 2: after the name was sent alone.
pub fn plan(seen: &Observation, user: Option<&str>, password: Option<&str>, stage: u32) -> Plan {
    let secret = seen
        .nodes
        .iter()
        .position(|node| node.input_type.as_deref() == Some("password") && node.id.is_some());
    let Some(secret) = secret else {
        return without_password(seen, user, stage);
    };
    let Some(password) = password else {
        return missing_value(seen, secret, "password");
    };
    let mut actions = Vec::new();
    if let Some(field) = user_field(seen, secret) {
        let node = &seen.nodes[field];
        match user {
            Some(user) => actions.push(fill(node, user, ValueSource::Goal)),
            None if node.value.as_ref().is_none_or(String::is_empty) => {
                return missing_value(seen, field, "user name");
            }
            None => {}
        }
    }
    actions.push(fill(&seen.nodes[secret], password, ValueSource::Goal));
    actions.push(form::submit(
        seen,
        secret,
        &["log in", "sign in", "submit", "continue", "next"],
    ));
    Plan::Act {
        actions,
        thought: "logging in".to_owned(),
        last: true,
    }
}

/// A page without a password field: the name is asked first, or a link leads to the form.
fn without_password(seen: &Observation, user: Option<&str>, stage: u32) -> Plan {
    let phrase = |words: &str| Phrase {
        words: words.to_owned(),
        ..Phrase::default()
    };
    let named = ["username", "email", "login"]
        .iter()
        .find_map(|words| ground::find(seen, &phrase(words), Use::Fill).ok());
    if let (Some(node), Some(user), true) = (named, user, stage < 2) {
        let index = seen
            .nodes
            .iter()
            .position(|it| it.id == node.id)
            .unwrap_or_default();
        let next = form::submit(seen, index, &["next", "continue", "log in", "sign in"]);
        let actions = vec![fill(node, user, ValueSource::Goal), next];
        return Plan::Stay {
            actions,
            thought: "giving the user name first".to_owned(),
            stage: 2,
        };
    }
    if stage == 0
        && let Ok(node) = ground::find(seen, &phrase("log in"), Use::Click)
    {
        let actions = vec![Action::Click {
            target: form::target(node),
        }];
        return Plan::Stay {
            actions,
            thought: "opening the log-in form".to_owned(),
            stage: 1,
        };
    }
    Plan::Missing(Missing {
        category: FailureCategory::AuthFailed,
        reason: format!("no password field on {}", seen.url),
    })
}

fn missing_value(seen: &Observation, index: usize, what: &str) -> Plan {
    Plan::Fail {
        category: FailureCategory::AuthFailed,
        reason: format!(
            "{} asks for {}, and the goal gives no {what}; \
             write: log in with username \"…\" and password \"…\"",
            seen.url,
            ground::name(&seen.nodes[index])
        ),
    }
}

fn fill(node: &Node, value: &str, source: ValueSource) -> Action {
    Action::Type {
        target: form::target(node),
        text: value.to_owned(),
        source,
        clear: true,
    }
}

/// The field for the name: in the password's form, before it, called so or the nearest.
fn user_field(seen: &Observation, secret: usize) -> Option<usize> {
    let range = form::range(seen, secret);
    let fits = |node: &Node| {
        node.id.is_some()
            && !node.disabled
            && matches!(&*node.role, "textbox" | "searchbox" | "combobox")
            && matches!(
                node.input_type.as_deref(),
                None | Some("text" | "email" | "tel")
            )
            && node.tag == "input"
    };
    let candidates: Vec<usize> = range
        .filter(|it| *it != secret && fits(&seen.nodes[*it]))
        .collect();
    let called = |index: usize| {
        let node = &seen.nodes[index];
        let names = [
            node.name.as_str(),
            node.label.as_deref().unwrap_or_default(),
            node.placeholder.as_deref().unwrap_or_default(),
            node.field.as_deref().unwrap_or_default(),
            node.autocomplete.as_deref().unwrap_or_default(),
        ];
        let words = [
            "username",
            "email",
            "user name or email",
            "login",
            "account",
            "customer number",
        ];
        names
            .iter()
            .flat_map(|name| words.iter().map(move |word| likeness(name, word, false)))
            .fold(0.0, f64::max)
    };
    let best = candidates
        .iter()
        .copied()
        .map(|it| (called(it), it))
        .filter(|it| it.0 > 0.55);
    let best = best
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|it| it.1);
    best.or_else(|| candidates.into_iter().rfind(|it| *it < secret))
}

/// What the page says against the log-in, if it still asks.
pub fn refused(seen: &Observation) -> Option<String> {
    let complaint = seen.nodes.iter().enumerate().find_map(|(index, node)| {
        let text = match &*node.role {
            "alert" | "status" => seen.text_of(index),
            "text" if node.text.len() < 200 => node.text.clone(),
            _ => return None,
        };
        let lower = text.to_lowercase();
        ERROR_WORDS
            .iter()
            .any(|word| lower.contains(word))
            .then_some(text)
    });
    let asks = seen
        .nodes
        .iter()
        .any(|node| node.input_type.as_deref() == Some("password"));
    if !asks {
        return None;
    }
    Some(match complaint {
        Some(text) => format!(
            "the page says \"{}\"",
            errand_domain::text::clip(&text, 200)
        ),
        None => "the page still asks for the password".to_owned(),
    })
}
