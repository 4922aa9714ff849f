//! Browsers that somebody else runs.

use std::sync::Arc;

use async_trait::async_trait;
use errand_browser::{
    Browser,
    attach::{Address, AttachOptions, Dial, Stream},
};
use errand_domain::FailureCategory;
use errand_egress::{Policy, Proxy};
use url::Url;

use crate::{Config, seat::Refused};

/// Connects where runs may go, and nowhere else.
struct Outward(Policy);

#[async_trait]
impl Dial for Outward {
    async fn dial(&self, url: &Url) -> Result<Box<dyn Stream>, String> {
        let stream = errand_egress::Stream::connect(url, &self.0).await?;
        Ok(Box::new(stream))
    }
}

/// What is asked of the browser.
pub struct Wanted {
    pub address: String,
    pub viewport: Option<(u32, u32)>,
    pub user_agent: Option<String>,
    pub extra_headers: std::collections::BTreeMap<String, String>,
}

/// Attaches to it. `proxy` is for a session that is made for us, if it can reach it.
///
/// # Errors
/// [`Refused`] says what is at the address, and what would be right.
pub async fn attach(config: &Config, proxy: &Proxy, wanted: Wanted) -> Result<Browser, Refused> {
    let policy = config.policy();
    let input = |reason: String| Refused::new(FailureCategory::InputInvalid, reason);
    let address = Address::parse(&wanted.address).map_err(|it| input(it.to_string()))?;
    if let Ok(url) = Url::parse(&wanted.address)
        && let Err(error) = errand_egress::check(&url, &policy).await
        && error.code() == "blocked"
    {
        let reason = format!("browser_address: {error}");
        return Err(Refused::new(FailureCategory::EgressBlocked, reason));
    }
    let folder = config.folder.clone();
    let mut options = AttachOptions::new(address, Arc::new(Outward(policy)), folder);
    options.viewport = wanted.viewport;
    options.user_agent = wanted.user_agent;
    options.extra_headers = wanted.extra_headers;
    options.proxy = Some(proxy.address());
    Browser::attach(options)
        .await
        .map_err(|error| input(format!("browser_address: {error}")))
}
