//! What all pages share.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::http::{HeaderMap, header};
use tokio_util::sync::CancellationToken;

use super::{
    chance::Chance,
    recording::Recording,
    world::{ACCOUNTS, World},
};

/// Sessions kept; the oldest go first.
const MAX_SESSIONS: usize = 1_000;

/// The state behind the router.
#[derive(Debug)]
pub struct Shared {
    pub world: World,
    pub recording: Recording,
    /// Ends every delay and every hanging response.
    pub stop: CancellationToken,
    pub main: SocketAddr,
    pub other: SocketAddr,
    sessions: Mutex<Sessions>,
}

#[derive(Debug)]
struct Sessions {
    tokens: Chance,
    live: VecDeque<(String, &'static str)>,
}

impl Shared {
    pub fn new(seed: u64, main: SocketAddr, other: SocketAddr) -> Arc<Self> {
        let tokens = Chance::new(seed, "session tokens");
        Arc::new(Self {
            world: World::new(seed),
            recording: Recording::default(),
            stop: CancellationToken::new(),
            main,
            other,
            sessions: Mutex::new(Sessions {
                tokens,
                live: VecDeque::new(),
            }),
        })
    }

    /// A new session where user and password are right.
    pub fn log_in(&self, user: &str, password: &str) -> Option<String> {
        let user = user.trim();
        let account = ACCOUNTS.iter().find(|account| {
            account.user.eq_ignore_ascii_case(user) && account.password == password
        })?;
        let mut sessions = self.sessions();
        let token = format!("{:016x}", sessions.tokens.below(u64::MAX));
        if sessions.live.len() == MAX_SESSIONS {
            sessions.live.pop_front();
        }
        sessions.live.push_back((token.clone(), account.user));
        Some(token)
    }

    /// Ends the request's session.
    pub fn log_out(&self, headers: &HeaderMap) {
        if let Some(token) = cookie(headers, "session") {
            self.sessions().live.retain(|session| session.0 != token);
        }
    }

    /// Who sent the request, if logged in.
    pub fn user(&self, headers: &HeaderMap) -> Option<&'static str> {
        self.holder(&cookie(headers, "session")?)
    }

    /// Whose session that is.
    pub fn holder(&self, token: &str) -> Option<&'static str> {
        let sessions = self.sessions();
        sessions
            .live
            .iter()
            .find(|session| session.0 == token)
            .map(|session| session.1)
    }

    /// Waits, but no longer than the site lives.
    pub async fn pause(&self, milliseconds: u64) {
        let pause = tokio::time::sleep(std::time::Duration::from_millis(milliseconds));
        let _ended = self.stop.run_until_cancelled(pause).await;
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A cookie of the request.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = all
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.split_once('='));
    pairs
        .find(|pair| pair.0.trim() == name)
        .map(|pair| pair.1.trim().to_owned())
}
