//! Ids as the vendors make them: a prefix and something that is not said twice.

use std::sync::atomic::{AtomicU64, Ordering};

static LAST: AtomicU64 = AtomicU64::new(0);

pub fn id(prefix: &str) -> String {
    format!("{prefix}{:016x}", LAST.fetch_add(1, Ordering::Relaxed) + 1)
}
