//! The `Range` header.

use std::ops::Range;

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Everything: there is no range, or one that need not be honoured.
    Whole,
    /// A part that is there.
    Part(Range<u64>),
    /// A part that lies behind the end.
    Unsatisfiable,
}

/// Reads one range of bytes. Several at once, and what can't be read, mean everything, as RFC 9110
/// allows.
pub(super) fn read(header: Option<&str>, size: u64) -> Asked {
    let Some(ranges) = header.and_then(|it| it.trim().strip_prefix("bytes=")) else {
        return Asked::Whole;
    };
    let Some((first, last)) = ranges.trim().split_once('-') else {
        return Asked::Whole;
    };
    let number = |it: &str| -> Option<u64> {
        it.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| it.parse().ok())
            .flatten()
    };
    match (first, last) {
        ("", "") => Asked::Whole,
        ("", last) => match number(last) {
            None => Asked::Whole,
            Some(0) => Asked::Unsatisfiable,
            Some(_) if size == 0 => Asked::Unsatisfiable,
            Some(length) => Asked::Part(size.saturating_sub(length)..size),
        },
        (first, last) => {
            let end = if last.is_empty() {
                Some(u64::MAX)
            } else {
                number(last)
            };
            match (number(first), end) {
                (Some(first), Some(last)) if first > last => Asked::Whole,
                (Some(first), Some(_)) if first >= size => Asked::Unsatisfiable,
                (Some(first), Some(last)) => Asked::Part(first..last.saturating_add(1).min(size)),
                _ => Asked::Whole,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, read};

    #[test]
    fn one_range_is_honoured_and_the_rest_is_everything() {
        for (header, asked) in [
            ("bytes=0-3", Asked::Part(0..4)),
            ("bytes=4-", Asked::Part(4..10)),
            ("bytes=8-99", Asked::Part(8..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-99", Asked::Part(0..10)),
            ("bytes=10-", Asked::Unsatisfiable),
            ("bytes=-0", Asked::Unsatisfiable),
            ("bytes=5-4", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("lines=0-1", Asked::Whole),
            ("bytes=+1-2", Asked::Whole),
        ] {
            assert_eq!(read(Some(header), 10), asked, "{header}");
        }
        assert_eq!(read(None, 10), Asked::Whole);
    }
}
