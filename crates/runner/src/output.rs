//! The output as events: in parts that each fit into one.

use errand_domain::{
    ArtifactId, Draft, Run,
    event::{Body, MAX_BODY_BYTES},
};

/// Notes that are kept, and the most bytes of one.
const MAX_NOTES: usize = 50;
const MAX_NOTE_BYTES: usize = 200;
/// Room for the rest of the body: the notes, with every quotation mark in them escaped.
const PART_BYTES: usize = MAX_BODY_BYTES - 4 * 1024 - 2 * MAX_NOTES * MAX_NOTE_BYTES;

/// Cuts JSON text into events. A text over [`Run::MAX_OUTPUT_BYTES`] is cut to a preview of it.
pub fn drafts(text: &str, artifact_id: Option<&ArtifactId>, notes: &[String]) -> Vec<Draft> {
    let mut rest = match text.len() > Run::MAX_OUTPUT_BYTES {
        true => &text[..boundary(text, Run::MAX_OUTPUT_BYTES)],
        false => text,
    };
    let notes: Vec<String> = notes
        .iter()
        .take(MAX_NOTES)
        .map(|it| it.replace(char::is_control, " "))
        .map(|it| errand_domain::text::clip(&it, MAX_NOTE_BYTES))
        .collect();
    let mut drafts = Vec::new();
    while !rest.is_empty() || drafts.is_empty() {
        let (now, later) = rest.split_at(fitting(rest));
        rest = later;
        let part = u32::try_from(drafts.len()).unwrap_or(u32::MAX);
        let body = Body::OutputPart {
            part,
            text: now.to_owned(),
            artifact_id: artifact_id.cloned(),
            notes: if part == 0 { notes.clone() } else { Vec::new() },
        };
        drafts.push(Draft::new(format!("output, part {}", part + 1), body));
    }
    drafts
}

/// How much of the text fits into one event, written as a JSON string.
fn fitting(text: &str) -> usize {
    let mut used = 0;
    for (at, letter) in text.char_indices() {
        used += match letter {
            '"' | '\\' => 2,
            it if it < ' ' => 6,
            it => it.len_utf8(),
        };
        if used > PART_BYTES {
            return at;
        }
    }
    text.len()
}

fn boundary(text: &str, limit: usize) -> usize {
    (0..=limit)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}
