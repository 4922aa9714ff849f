//! Pictures in a request.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

/// A picture as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its media type, as it was named.
    pub media: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Width and height in pixels, as the file says: PNG and JPEG. None for other files.
    #[must_use]
    pub fn size(&self) -> Option<(u32, u32)> {
        match self.bytes.as_slice() {
            [0x89, b'P', b'N', b'G', ..] => {
                let number = |at: usize| {
                    let bytes = self.bytes.get(at..at + 4)?;
                    Some(u32::from_be_bytes(bytes.try_into().ok()?))
                };
                Some((number(16)?, number(20)?))
            }
            [0xff, 0xd8, rest @ ..] => jpeg(rest),
            _ => None,
        }
    }
}

/// The size in a frame's header, which follows on other segments.
fn jpeg(mut rest: &[u8]) -> Option<(u32, u32)> {
    loop {
        let [0xff, marker, high, low, ..] = *rest else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        // All frames, but the tables that are numbered among them.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let number = |at: usize| {
                let bytes = rest.get(at..at + 2)?;
                Some(u32::from(u16::from_be_bytes(bytes.try_into().ok()?)))
            };
            return Some((number(7)?, number(5)?));
        }
        rest = rest.get(2 + length..)?;
    }
}

/// All pictures in a request, in order.
pub(super) fn all(value: &Value, found: &mut Vec<Picture>) {
    match value {
        Value::Object(fields) => {
            if let (Some(Value::String(media)), Some(Value::String(data))) =
                (fields.get("media_type"), fields.get("data"))
            {
                found.extend(picture(media, data));
            }
            fields.values().for_each(|it| all(it, found));
        }
        Value::Array(items) => items.iter().for_each(|it| all(it, found)),
        Value::String(text) => {
            let parts = text
                .strip_prefix("data:")
                .and_then(|it| it.split_once(";base64,"));
            found.extend(parts.and_then(|(media, data)| picture(media, data)));
        }
        _ => {}
    }
}

fn picture(media: &str, data: &str) -> Option<Picture> {
    let bytes = STANDARD.decode(data).ok()?;
    Some(Picture {
        media: media.to_owned(),
        bytes,
    })
}
