//! Whether what a model claims can be seen: looked up, without asking a model.

use errand_browser::{Node, Observation};
use errand_domain::event::Claim;
use serde_json::Value;

use super::{source::Sheet, talk::Evidence};
use crate::engine::Done;

/// What claims are looked up in.
pub struct Scene<'a> {
    pub seen: &'a Observation,
    /// The page in whole, where it was read.
    pub nodes: &'a [Node],
    pub sheet: &'a Sheet<'a>,
    pub history: &'a [Done],
    pub output: Option<&'a Value>,
}

impl Scene<'_> {
    /// Each claim, decided by what it names.
    pub fn decide(&self, claims: &[Evidence]) -> Vec<Claim> {
        claims.iter().map(|it| self.one(it)).collect()
    }

    fn one(&self, evidence: &Evidence) -> Claim {
        let expected = evidence.expected.as_deref().unwrap_or_default().trim();
        let (holds, seen) = match evidence.by.as_str() {
            _ if expected.is_empty() && evidence.by != "output" => {
                (false, "`is` does not say what is to be seen".to_owned())
            }
            "text" => (
                self.sheet.says(expected),
                format!("\"{expected}\" on {}", self.seen.url),
            ),
            "url" => (
                self.seen.url.contains(expected),
                format!("the address is {}", self.seen.url),
            ),
            "value" => self.value(evidence.id.as_deref().unwrap_or_default(), expected),
            "file" => {
                let mut files = self.history.iter().flat_map(|it| &it.effect.files);
                let names: Vec<&str> = files.by_ref().map(|it| &*it.filename).collect();
                let lower = expected.to_lowercase();
                let arrived = names.iter().any(|it| it.to_lowercase().contains(&lower));
                (arrived, format!("the files are {}", names.join(", ")))
            }
            "output" => match self.output {
                Some(output) => {
                    let text = output.to_string();
                    let holds = expected.is_empty() || text.contains(expected);
                    (holds, errand_domain::text::clip(&text, 200))
                }
                None => (false, "there is no output".to_owned()),
            },
            other => (false, format!("there is no evidence called {other}")),
        };
        Claim {
            clause: errand_domain::text::clip(&evidence.clause, 300),
            holds: Some(holds),
            evidence: evidence.by.clone(),
            seen: if holds {
                seen
            } else {
                format!("expected \"{expected}\"; {seen}")
            },
        }
    }

    fn value(&self, id: &str, expected: &str) -> (bool, String) {
        let id = id.trim_matches(['[', ']']);
        let Some(node) = self.seen.node(id) else {
            // A form that was sent is gone; what it held stands in the log.
            let last = self.history.iter().rev().find_map(|it| {
                let target = it.action.target()?;
                let held = it.effect.value.clone();
                (target.element == id).then(|| held.unwrap_or_default())
            });
            return match last {
                Some(held) => (held == expected, format!("it held \"{held}\"")),
                None => (false, format!("there is no element {id}")),
            };
        };
        let state = node.checked.or(node.selected);
        let held = match (state, &node.value) {
            (Some(on), _) if node.input_type.as_deref() != Some("text") => {
                if on { "on" } else { "off" }.to_owned()
            }
            (_, Some(value)) => value.clone(),
            _ if node.filled => "filled".to_owned(),
            _ => node.name.clone(),
        };
        let known = node
            .options
            .iter()
            .any(|it| it.selected && (it.label == expected || it.value == expected));
        let secret = node.filled && node.input_type.as_deref() == Some("password");
        let holds = held.trim() == expected || known || secret;
        (holds, format!("it holds \"{held}\""))
    }
}
