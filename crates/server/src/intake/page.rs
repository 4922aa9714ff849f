//! Pages and positions.

use crate::violations::Violations;

/// Most entries on a page, where the method has no other bound.
pub(crate) const MAX_PAGE: u32 = 100;
const DEFAULT_PAGE: u32 = 50;
const MAX_TOKEN_BYTES: usize = 1_024;

/// A part of a list.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) size: u32,
    pub(crate) token: Option<String>,
}

/// Reads `page_size` and `page_token`.
pub(crate) fn page(size: i32, token: &str, violations: &mut Violations) -> Page {
    if token.len() > MAX_TOKEN_BYTES {
        violations.add("page_token", "was not made by this server");
    }
    Page {
        size: self::size(size, DEFAULT_PAGE, MAX_PAGE, violations),
        token: (!token.is_empty()).then(|| token.to_owned()),
    }
}

/// Reads `page_size`: 0 is the default, and more than the most is the most.
pub(crate) fn size(given: i32, default: u32, most: u32, violations: &mut Violations) -> u32 {
    match u32::try_from(given) {
        Ok(0) => default,
        Ok(size) => size.min(most),
        Err(_) => {
            violations.add("page_size", "must not be negative");
            default
        }
    }
}

/// Reads the number to go on from.
pub(crate) fn position(field: &str, given: i64, violations: &mut Violations) -> u64 {
    u64::try_from(given).unwrap_or_else(|_| {
        violations.add(field, "must not be negative");
        0
    })
}
