//! How many tokens a request will have, before the provider counts them.

use crate::{Message, Part, Request};

/// What an image is taken for; providers count from 85 to 1,600.
const IMAGE: u64 = 1_000;

/// The tokens to expect: four bytes each.
pub fn expected(request: &Request) -> u64 {
    let (bytes, images) = measure(request);
    bytes / 4 + images * IMAGE
}

/// The tokens that it has at the very least: no tokenizer does better on prompts than eight bytes
/// each.
pub fn least(request: &Request) -> u64 {
    measure(request).0 / 8
}

/// Bytes of text, and images.
fn measure(request: &Request) -> (u64, u64) {
    let mut bytes = request.system.len();
    let mut images = 0;
    for tool in &request.tools {
        bytes += tool.name.len() + tool.description.len() + tool.schema.value().to_string().len();
    }
    for message in &request.messages {
        match message {
            Message::Assistant(turn) => {
                bytes += turn.text.len();
                bytes += turn
                    .calls
                    .iter()
                    .map(|it| it.arguments().len())
                    .sum::<usize>();
            }
            Message::User(parts) => parts.iter().for_each(|it| add(it, &mut bytes, &mut images)),
        }
    }
    (bytes as u64, images)
}

fn add(part: &Part, bytes: &mut usize, images: &mut u64) {
    match part {
        Part::Text(text) => *bytes += text.len(),
        Part::Image(_) => *images += 1,
        Part::Screen(screen) => {
            *bytes += screen.note.as_ref().map_or(0, String::len);
            *images += 1;
        }
        Part::Result(result) => result.content.iter().for_each(|it| add(it, bytes, images)),
    }
}
