//! Not asking more often than one may.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use errand_domain::Timestamp;
use http::HeaderMap;
use jiff::SignedDuration;

use super::retry;

const MINUTE: Duration = Duration::from_secs(60);
/// Longest wait for what a provider's headers announce; beyond, asking is the better way to learn.
const MAX_ANNOUNCED: Duration = Duration::from_secs(60);

/// The limits of one model, of its settings and as its provider announces them.
pub struct Pace {
    rpm: Option<u32>,
    tpm: Option<u32>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When, and with how many tokens, requests of the last minute were sent.
    sent: VecDeque<(Duration, u64)>,
    /// Until when the provider lets no request through.
    requests: Option<Duration>,
    /// How many tokens the provider lets through until then.
    tokens: Option<(u64, Duration)>,
}

impl Pace {
    pub fn new(rpm: Option<u32>, tpm: Option<u32>) -> Self {
        Self {
            rpm,
            tpm,
            state: Mutex::default(),
        }
    }

    /// Takes a turn for a request of so many tokens, if there is one: zero. Otherwise how long to
    /// wait before asking again.
    pub fn turn(&self, now: Duration, tokens: u64) -> Duration {
        let mut state = self.locked();
        while state
            .sent
            .front()
            .is_some_and(|(at, _)| *at + MINUTE <= now)
        {
            state.sent.pop_front();
        }
        let mut wait = Duration::ZERO;
        let until_free = |at: Duration| (at + MINUTE).saturating_sub(now);
        if let Some(rpm) = self.rpm
            && state.sent.len() >= rpm as usize
            && let Some((oldest, _)) = state.sent.front()
        {
            wait = wait.max(until_free(*oldest));
        }
        if let Some(tpm) = self.tpm {
            let all = state.sent.iter().map(|(_, tokens)| *tokens);
            let mut used = all.fold(0, u64::saturating_add);
            // A request larger than the limit has its turn when nothing else had one.
            for (at, freed) in &state.sent {
                if used.saturating_add(tokens) <= u64::from(tpm) {
                    break;
                }
                wait = wait.max(until_free(*at));
                used = used.saturating_sub(*freed);
            }
        }
        if let Some(until) = state.requests {
            wait = wait.max(until.saturating_sub(now));
        }
        if let Some((left, until)) = state.tokens
            && left < tokens
        {
            wait = wait.max(until.saturating_sub(now));
        }
        if wait.is_zero() {
            state.sent.push_back((now, tokens));
            // Told anew by the answer of this request.
            state.requests = None;
            state.tokens = None;
        }
        wait
    }

    /// Corrects the size of the last turn by what the provider counted.
    pub fn counted(&self, expected: u64, tokens: u64) {
        let mut state = self.locked();
        if let Some(sent) = state.sent.iter_mut().rfind(|(_, it)| *it == expected) {
            sent.1 = tokens;
        }
    }

    /// Takes note of what the answer says about the provider's limits.
    pub fn heard(&self, headers: &HeaderMap, now: Duration, wall: Timestamp) {
        let requests = announced(headers, &["requests"], wall);
        let tokens = announced(headers, &["tokens", "input-tokens"], wall);
        let mut state = self.locked();
        if let Some((0, reset)) = requests {
            state.requests = Some(now + reset);
        }
        if let Some((left, reset)) = tokens {
            state.tokens = Some((left, now + reset));
        }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is left of one of these, and for how long that holds: the scarcest.
fn announced(headers: &HeaderMap, names: &[&str], now: Timestamp) -> Option<(u64, Duration)> {
    let text = |name: String| headers.get(name)?.to_str().ok();
    let of = |name: &&str| {
        // OpenAI's and those that follow it: lengths of time.
        let left = text(format!("x-ratelimit-remaining-{name}"));
        let reset = text(format!("x-ratelimit-reset-{name}")).and_then(length);
        if let (Some(left), Some(reset)) = (left.and_then(|it| it.parse().ok()), reset) {
            return Some((left, reset.min(MAX_ANNOUNCED)));
        }
        // Anthropic's: points in time.
        let left = text(format!("anthropic-ratelimit-{name}-remaining"))?
            .parse()
            .ok()?;
        let reset = text(format!("anthropic-ratelimit-{name}-reset"))?
            .parse()
            .ok()?;
        Some((left, retry::until(reset, now).min(MAX_ANNOUNCED)))
    };
    names.iter().filter_map(of).min()
}

/// `6m0s`, `20ms`, `1h2m3.5s`, or bare seconds.
fn length(text: &str) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let length: SignedDuration = text.parse().ok()?;
    Duration::try_from(length).ok()
}
