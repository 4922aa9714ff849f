//! Tabs, popups and dialogs.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::timeout;

use super::{Done, navigate::web_address};
use crate::page::{Error, Page, watch::MAX_TABS};

const TAB_TIMEOUT: Duration = Duration::from_secs(10);

impl Page {
    pub(super) async fn open_tab(&self, url: Option<&str>) -> Result<Done, Error> {
        let url = url.map(web_address).transpose()?;
        if self.watch().state().tabs.len() >= MAX_TABS {
            let what = format!("{MAX_TABS} tabs are open already; close one first");
            return Err(Error::Invalid { what });
        }
        let context = self.create_tab().await?;
        self.make_current(&context).await?;
        match url {
            Some(url) => self.navigate(url.as_str()).await,
            None => Ok(Done::default()),
        }
    }

    pub(super) async fn switch_tab(&self, tab: &str) -> Result<Done, Error> {
        let context = self.tab_context(tab)?;
        self.make_current(&context).await?;
        Ok(Done::default())
    }

    pub(super) async fn close_tab(&self, tab: &str) -> Result<Done, Error> {
        let context = self.tab_context(tab)?;
        // The browser ends with its last tab.
        if self.watch().state().tabs.len() == 1 {
            self.create_tab().await?;
        }
        self.close_target(&context).await?;
        let gone = |page: &Self| page.watch().state().tab(&context).is_none();
        self.until(gone).await;
        if !gone(self) {
            return Err(Error::NoEffect {
                what: format!("{tab} did not close"),
            });
        }
        let (current, _) = self.current()?;
        self.make_current(&current).await?;
        Ok(Done::default())
    }

    pub(super) async fn answer_dialog(
        &self,
        accept: bool,
        text: Option<&str>,
    ) -> Result<Done, Error> {
        let (context, session) = self.current()?;
        let mut params = json!({ "accept": accept });
        let count = {
            let state = self.watch().state();
            let tab = state.tab(&context);
            let Some(dialog) = tab.and_then(|tab| tab.dialog.as_ref()) else {
                return Err(Error::NoDialog);
            };
            if let Some(text) = text.filter(|_| dialog.kind == "prompt") {
                params["promptText"] = json!(text);
            }
            state.dialogs
        };
        let method = "Page.handleJavaScriptDialog";
        self.cdp()
            .call_in_within(TAB_TIMEOUT, &session, method, params)
            .await?;
        // The next one may open at once; that is another dialog, and is told as such.
        let closed = |page: &Self| {
            let state = page.watch().state();
            state.dialogs != count || state.tab(&context).is_none_or(|tab| tab.dialog.is_none())
        };
        self.until(closed).await;
        Ok(Done {
            expectant: true,
            ..Done::default()
        })
    }

    fn tab_context(&self, tab: &str) -> Result<String, Error> {
        let state = self.watch().state();
        let found = state.tabs.iter().find(|known| known.id == tab);
        found
            .map(|known| known.context.clone())
            .ok_or_else(|| Error::NotFound {
                what: format!("tab {tab}"),
            })
    }

    /// A tab of our own beside those that the page may have.
    pub(in crate::page) async fn create_helper(&self) -> Result<String, Error> {
        self.watch().state().helping += 1;
        let created = self.create_tab().await;
        if created.is_err() {
            self.watch().state().helping -= 1;
        }
        created
    }

    pub(in crate::page) async fn create_tab(&self) -> Result<String, Error> {
        let params = json!({ "url": "about:blank", "background": true });
        let made = self
            .cdp()
            .call_within(TAB_TIMEOUT, "Target.createTarget", params)
            .await?;
        let context = made["targetId"].as_str().unwrap_or_default().to_owned();
        if self.shared.parts.ours.is_some() {
            // It was let go of like any tab that nobody of ours opened.
            self.watch().state().take_up(&made);
            let params = json!({ "targetId": context, "flatten": true });
            self.cdp()
                .call_within(TAB_TIMEOUT, "Target.attachToTarget", params)
                .await?;
        }
        self.until(|page| {
            page.watch()
                .state()
                .tab(&context)
                .is_some_and(|tab| tab.ready)
        })
        .await;
        // It is the action's own doing, not something that opened.
        self.watch()
            .state()
            .opened
            .retain(|opened| *opened != context);
        Ok(context)
    }

    /// Closes a tab without asking the page.
    pub(in crate::page) async fn close_target(&self, context: &str) -> Result<(), Error> {
        let params = json!({ "targetId": context });
        let close = self
            .cdp()
            .call_within(TAB_TIMEOUT, "Target.closeTarget", params);
        close.await.map(drop).map_err(Error::from)
    }

    async fn make_current(&self, context: &str) -> Result<(), Error> {
        self.until(|page| {
            let state = page.watch().state();
            state.tab(context).is_none_or(|tab| tab.ready)
        })
        .await;
        context.clone_into(&mut self.watch().state().current);
        let params = json!({ "targetId": context });
        let limit = Duration::from_secs(5);
        let shown = self
            .cdp()
            .call_within(limit, "Target.activateTarget", params);
        // A tab with a dialog does not come to the front, and need not to have it answered.
        if let Err(error) = shown.await {
            tracing::debug!(%error, "the tab was not brought to the front");
        }
        Ok(())
    }

    async fn until(&self, holds: impl Fn(&Self) -> bool) {
        let mut changes = self.watch().changes();
        let deadline = Instant::now() + TAB_TIMEOUT;
        while !holds(self) && Instant::now() < deadline && !self.gone().is_cancelled() {
            let _ = timeout(Duration::from_millis(50), changes.changed()).await;
        }
    }
}
