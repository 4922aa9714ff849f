//! The second opinion: a model that did not do it says what of the goal was done, and has to quote
//! what shows it.

use errand_domain::{event::Claim, text::squeeze};
use errand_llm::{Message, Request, Want};
use serde::Deserialize;
use serde_json::Value;

use super::{check::Scene, excerpt, prompt, talk::outcome, tools::VERDICT, view};

/// Most lines of the log, and most bytes of the page, that are shown.
const MAX_LINES: usize = 80;
const MAX_PAGE: usize = 20 * 1024;
/// Most bytes of what a longer page says of the task.
const MAX_EXCERPT: usize = 12 * 1024;
/// Longest output that is shown, in bytes.
const MAX_OUTPUT: usize = 16 * 1024;

#[derive(Debug, Deserialize)]
struct Verdict {
    clauses: Vec<Clause>,
}

#[derive(Debug, Deserialize)]
struct Clause {
    clause: String,
    holds: String,
    quote: String,
}

/// What is asked; none where the schema of the answer can't be made.
pub fn request(goal: &str, scene: &Scene<'_>) -> Option<Request> {
    let schema = VERDICT.clone()?;
    let text = prompt::task(goal, None) + &material(goal, scene);
    Some(Request {
        system: prompt::VERIFY.to_owned(),
        messages: vec![Message::user(text)],
        want: Want::Json {
            name: "verdict".to_owned(),
            schema,
        },
        ..Request::default()
    })
}

/// All that there is to judge by.
fn material(goal: &str, scene: &Scene<'_>) -> String {
    let mut text = String::from("\nThe log:\n");
    text.push_str(&log(scene));
    if let Some(output) = scene.output {
        text.push_str("\nThe output:\n");
        text.push_str(&errand_domain::text::clip(&output.to_string(), MAX_OUTPUT));
        text.push('\n');
    }
    let page = view::whole(scene.seen);
    let is_cut = scene.seen.truncated || page.len() > MAX_PAGE;
    text.push_str("\nThe last page:\n");
    text.push_str(&view::fenced(&errand_domain::text::clip(&page, MAX_PAGE)));
    if is_cut {
        let words = excerpt::words(goal, scene.output);
        let excerpt = excerpt::lines(scene.nodes, &words, MAX_EXCERPT);
        text.push_str("\nIt is longer than that. What of it speaks of the task and the output:\n");
        text.push_str(&view::fenced(&excerpt));
    }
    text
}

fn log(scene: &Scene<'_>) -> String {
    let from = scene.history.len().saturating_sub(MAX_LINES);
    let lines: Vec<String> = scene.history[from..].iter().map(outcome).collect();
    lines.join("\n")
}

/// What the verdict comes to: a clause holds only where its quotation is found.
pub fn claims(goal: &str, scene: &Scene<'_>, verdict: &Value) -> Vec<Claim> {
    let Ok(Verdict { clauses }) = Verdict::deserialize(verdict) else {
        return Vec::new();
    };
    // What the task says proves nothing.
    let shown = plain(&material(goal, scene));
    let own = plain(goal);
    clauses
        .into_iter()
        .map(|it| {
            let quote = plain(it.quote.trim().trim_matches('"'));
            let found = !quote.is_empty() && (shown.contains(&quote) || scene.sheet.says(&quote));
            let holds = match it.holds.as_str() {
                "yes" if found => Some(true),
                "no" => Some(false),
                _ => None,
            };
            let seen = match (holds, found) {
                (Some(true), _) => format!("\"{}\"", it.quote),
                (_, true) => format!("only \"{}\"", it.quote),
                _ if own.contains(&quote) && !quote.is_empty() => {
                    format!("\"{}\" stands in the task alone", it.quote)
                }
                _ => "nothing shows it".to_owned(),
            };
            Claim {
                clause: errand_domain::text::clip(&it.clause, 300),
                holds,
                evidence: "model".to_owned(),
                seen: errand_domain::text::clip(&seen, 300),
            }
        })
        .collect()
}

fn plain(text: &str) -> String {
    squeeze(text).to_lowercase()
}
