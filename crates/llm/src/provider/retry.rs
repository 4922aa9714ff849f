//! When to ask again, and what may be said about why.

use std::time::Duration;

use errand_domain::{
    Timestamp,
    port::Scrub,
    text::{clip, squeeze},
};
use http::HeaderMap;
use jiff::{Timestamp as Instant, fmt::rfc2822};

/// Longest message of an error.
const MAX_MESSAGE: usize = 500;
/// Longest wait that a provider is granted; what is more, is a wrong clock.
const MAX_WAIT: Duration = Duration::from_secs(3600);

/// How long to wait after so many tries: twice as long each time, with chance in it, so that
/// those who failed together don't come back together.
pub fn backoff(attempt: u32) -> Duration {
    let full = Duration::from_millis(500 << attempt.saturating_sub(1).min(4));
    full.mul_f64(rand::random_range(0.5..1.0))
}

/// How long the provider says to wait: `retry-after-ms`, or `retry-after` in seconds or as a date.
pub fn after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let seconds = |text: &str, unit: f64| {
        let number = text.parse::<f64>().ok()? * unit;
        Duration::try_from_secs_f64(number).ok()
    };
    let wait = text("retry-after-ms").and_then(|it| seconds(it, 0.001));
    let wait = wait.or_else(|| {
        let text = text("retry-after")?;
        seconds(text, 1.0).or_else(|| date(text, now))
    });
    wait.map(|it| it.min(MAX_WAIT))
}

fn date(text: &str, now: Timestamp) -> Option<Duration> {
    // HTTP's dates are those of mail, with the zone's old name.
    let text = text.replace("GMT", "+0000");
    let at = rfc2822::parse(&text).ok()?.timestamp();
    Some(until(at, now))
}

/// From now to then; nothing, if that was before.
pub fn until(at: Instant, now: Timestamp) -> Duration {
    let micros = at.as_microsecond().saturating_sub(now.micros());
    Duration::from_micros(u64::try_from(micros).unwrap_or(0)).min(MAX_WAIT)
}

/// Whether the provider says itself that trying again is of no use.
pub fn is_ruled_out(headers: &HeaderMap) -> bool {
    headers
        .get("x-should-retry")
        .is_some_and(|it| it == "false")
}

/// A message that can be shown: one line, short, without keys, also those that the provider
/// repeats in part.
pub fn clean(message: &str, scrub: &Scrub) -> String {
    let message = scrub.text(&squeeze(message));
    let looks_like_a_key = |word: &str| {
        let word = word.trim_matches(|it: char| !it.is_ascii_alphanumeric());
        word.len() >= 8
            && ["sk-", "gsk_", "AIza", "xai-"]
                .iter()
                .any(|it| word.starts_with(it))
    };
    let words: Vec<&str> = message
        .split(' ')
        .map(|word| {
            if looks_like_a_key(word) {
                Scrub::MASK
            } else {
                word
            }
        })
        .collect();
    clip(&words.join(" "), MAX_MESSAGE)
}
