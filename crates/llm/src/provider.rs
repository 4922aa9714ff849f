//! Asking a provider: encode, wait, send, try again, fall back.

mod exchange;
mod lack;
mod pace;
mod retry;
mod size;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use errand_domain::port::{Clock, Egress};

use crate::{
    Call, Capabilities, Error, Kind, Meter, Model, Prices, Reply, Request, Screen, Try,
    settings::Profile,
};
use lack::Lack;
use pace::Pace;

/// One configured model at its provider.
pub(crate) struct Provider {
    profile: Profile,
    egress: Arc<dyn Egress>,
    clock: Arc<dyn Clock>,
    pace: Pace,
    learned: Mutex<Learned>,
}

/// What turned out since the start.
struct Learned {
    lacks: Vec<Lack>,
    /// The settings without these.
    profile: Arc<Profile>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Provider({})", self.profile.label())
    }
}

impl Provider {
    pub fn new(profile: Profile, egress: Arc<dyn Egress>, clock: Arc<dyn Clock>) -> Self {
        let pace = Pace::new(profile.rpm, profile.tpm);
        let learned = Learned {
            lacks: Vec::new(),
            profile: Arc::new(profile.clone()),
        };
        Self {
            profile,
            egress,
            clock,
            pace,
            learned: Mutex::new(learned),
        }
    }

    /// The settings without what turned out not to be taken.
    fn current(&self) -> Arc<Profile> {
        self.learned().profile.clone()
    }

    fn learned(&self) -> MutexGuard<'_, Learned> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves something out from now on; whether that is new.
    fn learn(&self, lack: Lack, used: &Arc<Profile>) -> bool {
        let mut learned = self.learned();
        // Another call may have learned it since this one was sent.
        if !Arc::ptr_eq(used, &learned.profile) {
            return true;
        }
        if learned.lacks.contains(&lack) {
            return false;
        }
        learned.lacks.push(lack);
        let mut profile = Profile::clone(&learned.profile);
        lack.leave_out(&mut profile);
        let setting = lack.setting(&profile);
        learned.profile = Arc::new(profile);
        tracing::warn!(
            model = self.profile.name,
            "the model does not take all of what was sent ({lack:?}), which is left out from now \
             on{}",
            setting.map_or_else(String::new, |it| format!(
                "; set {it} to save the first try"
            ))
        );
        true
    }

    /// Tries until there is a reply, an error that stays, or `until` on the clock.
    async fn ask(
        &self,
        request: &Request,
        meter: &Meter,
        until: Duration,
        tries: &mut Vec<Try>,
    ) -> Result<Reply, Error> {
        let can = self.profile.capabilities;
        if request.computer.is_some() && !can.screen.is_some_and(Screen::is_tool) {
            return Err(self.error(Kind::Unsupported, "it has no computer tool (computer_tool)"));
        }
        let mut backoff = Duration::ZERO;
        let mut last = None;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let waited = self.wait(backoff, request, until, last.as_ref()).await?;
            let exchange = self.exchange(request, meter, until, waited).await?;
            let (wait, lack) = (exchange.again_after, exchange.lack);
            let (answer, record) = (exchange.answer, exchange.record);
            tries.push(record);
            let error = match answer {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            if let Some(lack) = lack
                && self.learn(lack, &exchange.used)
            {
                attempt -= 1;
                backoff = Duration::ZERO;
                continue;
            }
            let Some(wait) = wait.filter(|_| attempt < error.kind.tries()) else {
                return Err(error);
            };
            backoff = wait.unwrap_or_else(|| retry::backoff(attempt));
            // Waiting longer than the call may take only to be told the deadline is no use.
            if self.clock.elapsed() + backoff >= until {
                return Err(error);
            }
            tracing::debug!(model = self.profile.name, attempt, ?backoff, %error, "asking again");
            last = Some(error);
        }
    }

    /// Waits until a request may be sent; returns for how long that was.
    async fn wait(
        &self,
        backoff: Duration,
        request: &Request,
        until: Duration,
        last: Option<&Error>,
    ) -> Result<Duration, Error> {
        let started = self.clock.elapsed();
        if !backoff.is_zero() {
            self.clock.sleep(backoff).await;
        }
        let size = size::expected(request);
        loop {
            let now = self.clock.elapsed();
            if now >= until {
                let late = || self.error(Kind::Deadline, "the time was up before it was asked");
                return Err(last.cloned().unwrap_or_else(late));
            }
            let turn = self.pace.turn(now, size);
            if turn.is_zero() {
                return Ok(now.saturating_sub(started));
            }
            if now + turn >= until {
                let wait = turn.as_secs_f64();
                let reason = format!("its own limit (rpm, tpm) has room again in {wait:.1} s");
                return Err(Error {
                    retry_after: Some(turn),
                    ..self.error(Kind::RateLimited, &reason)
                });
            }
            self.clock.sleep(turn).await;
        }
    }

    fn error(&self, kind: Kind, message: &str) -> Error {
        Error {
            kind,
            model: self.profile.label(),
            message: retry::clean(message, &self.profile.scrub),
            status: None,
            retry_after: None,
        }
    }
}

/// A model with its fallbacks, in order.
#[derive(Debug)]
pub(crate) struct Chain {
    first: Arc<Provider>,
    others: Vec<Arc<Provider>>,
}

impl Chain {
    /// The chain that begins with this name, which is one of `providers`.
    pub fn new(name: &str, providers: &BTreeMap<String, Arc<Provider>>) -> Self {
        let first = providers[name].clone();
        let mut others: Vec<Arc<Provider>> = Vec::new();
        let mut next = first.profile.fallback.as_ref();
        // That it ends was checked with the settings.
        while let Some(found) = next.and_then(|it| providers.get(it)) {
            others.push(found.clone());
            next = found.profile.fallback.as_ref();
        }
        Self { first, others }
    }

    /// Those of the chain whose prices are not known.
    pub fn unpriced(&self) -> impl Iterator<Item = &str> {
        let all = [&self.first].into_iter().chain(&self.others);
        let unpriced = all.filter(|it| it.profile.prices.is_none());
        unpriced.map(|it| it.profile.name.as_str())
    }

    /// The model, its place and its fallbacks, for people.
    pub fn described(&self) -> String {
        let profile = &self.first.profile;
        let host = profile.url.host_str().unwrap_or_default();
        let mut words = format!("{} at {host}", profile.model);
        for other in &self.others {
            words.push_str(&format!(", then {}", other.profile.name));
        }
        words
    }

    /// What to set so that nothing of what was sent so far had to be left out.
    pub fn advice(&self) -> Vec<String> {
        let learned = self.first.learned();
        let settings = learned.lacks.iter().map(|it| it.setting(&learned.profile));
        settings.flatten().collect()
    }

    /// The first of the chain, alone.
    pub fn alone(&self) -> Self {
        Self {
            first: self.first.clone(),
            others: Vec::new(),
        }
    }

    async fn answer(
        &self,
        request: &Request,
        meter: &Meter,
        tries: &mut Vec<Try>,
    ) -> Result<Reply, Error> {
        let clock = &self.first.clock;
        let timeout = request.timeout.unwrap_or(self.first.profile.timeout);
        let until = clock.elapsed() + timeout;
        let count = u32::try_from(self.others.len()).unwrap_or(u32::MAX);
        // Each model gets an even share of what time is left, so that a slow one leaves some.
        let share = |behind: u32| {
            let now = clock.elapsed();
            now + until.saturating_sub(now) / behind.saturating_add(1)
        };
        let mut error = match self.first.ask(request, meter, share(count), tries).await {
            Err(error) if error.kind.falls_back() => error,
            answer => return answer,
        };
        for (provider, behind) in self.others.iter().zip((0..count).rev()) {
            tracing::info!(%error, "falling back to {}", provider.profile.label());
            match provider.ask(request, meter, share(behind), tries).await {
                Ok(reply) => return Ok(reply),
                Err(other) => {
                    let message = format!("{}; then {other}", error.message);
                    error.message = errand_domain::text::clip(&message, 800);
                    if !other.kind.falls_back() {
                        break;
                    }
                }
            }
        }
        Err(error)
    }
}

#[async_trait]
impl Model for Chain {
    fn name(&self) -> &str {
        &self.first.profile.name
    }

    fn provider(&self) -> &'static str {
        if self.first.profile.anthropic {
            "anthropic"
        } else {
            "openai"
        }
    }

    fn capabilities(&self) -> Capabilities {
        self.first.current().capabilities
    }

    fn prices(&self) -> Option<Prices> {
        self.first.profile.prices
    }

    async fn ask(&self, request: &Request, meter: &Meter) -> Call {
        let mut tries = Vec::new();
        let answer = self.answer(request, meter, &mut tries).await;
        Call { answer, tries }
    }
}
