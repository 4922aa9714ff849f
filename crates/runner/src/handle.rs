//! What the edge may ask of the runner.

use std::sync::Arc;

use errand_domain::{OrganizationId, Understanding, session::BrowserType};
use errand_engine::{Engine, Local, local};
use errand_llm::Models;
use tokio::sync::Notify;

use crate::{
    Config,
    engine::{self, ModelInfo},
    live::{Live, Lives},
    room::Room,
};

/// Cheap to clone; keeps no run alive.
#[derive(Debug, Clone)]
pub struct Handle {
    wake: Arc<Notify>,
    slots: usize,
    engines: Arc<[&'static str]>,
    models: Models,
    infos: Arc<[ModelInfo]>,
    solves_captchas: bool,
    lives: Lives,
    room: Arc<Room>,
    holder: Arc<str>,
}

impl Handle {
    pub(crate) fn new(wake: Arc<Notify>, config: &Config, lives: Lives, room: Arc<Room>) -> Self {
        let models = &config.models;
        Self {
            wake,
            slots: config.slots,
            solves_captchas: config.captcha_hook.is_some(),
            lives,
            room,
            holder: config.holder.as_str().into(),
            engines: engine::names(models).into(),
            models: models.clone(),
            infos: engine::infos(models).into(),
        }
    }

    /// A run was queued or commanded: look at once instead of at the next poll. A hint only.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// The organization's live browser in this process that belongs to a session or a run.
    #[must_use]
    pub fn live(&self, organization: &OrganizationId, id: &str) -> Option<Arc<Live>> {
        self.lives.find(organization, id)
    }

    /// Names this process, as holders of runs and sessions are named.
    #[must_use]
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// Why this process can start no browser now, if it can't.
    #[must_use]
    pub fn shortage(&self) -> Option<String> {
        self.room.shortage()
    }

    /// Whether this machine has a browser of that type, and its driver.
    ///
    /// # Errors
    /// What is missing, and how to mend it.
    pub async fn has_browser(&self, kind: BrowserType) -> Result<(), String> {
        if kind == BrowserType::Chrome {
            // Every run needs it, and says so itself.
            return Ok(());
        }
        let found = errand_browser::installed(kind, None, None).await;
        found.pair().map(|_| ()).map_err(|error| error.to_string())
    }

    /// Reads a proxy that traffic can leave through; the answer is where it is, without credentials.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub fn proxy(&self, url: &str) -> Result<String, String> {
        errand_egress::Upstream::parse(url).map(|it| it.name())
    }

    /// Whether captchas have somebody to solve them.
    #[must_use]
    pub fn solves_captchas(&self) -> bool {
        self.solves_captchas
    }

    /// How many browsers this process runs at once.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Names of the engines that this process has, the default first.
    #[must_use]
    pub fn engines(&self) -> &[&'static str] {
        &self.engines
    }

    /// The language models that are configured, by name.
    #[must_use]
    pub fn models(&self) -> &[ModelInfo] {
        &self.infos
    }

    /// The models whose price is not set that a run of this engine could use which names this model,
    /// or none (`""`). Its cost would not be known.
    #[must_use]
    pub fn unpriced(&self, engine: &str, model: &str) -> Vec<String> {
        engine::unpriced(&self.models, engine, model)
    }

    /// How an engine reads a request; `None` if it can't tell without a page. Starts nothing, and
    /// takes milliseconds of computing for a long prompt.
    #[must_use]
    pub fn explain(
        &self,
        engine: &str,
        prompt: &str,
        schema: Option<&str>,
    ) -> Option<Understanding> {
        let schema = schema.and_then(|text| serde_json::from_str(text).ok());
        let by_rules = [Local.name(), engine::PLANNER].contains(&engine);
        by_rules.then(|| local::explain(prompt, schema.as_ref()))
    }
}
