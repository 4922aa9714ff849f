//! What those need who look on while somebody acts.

use std::path::Path;

use errand_domain::{
    action::Point,
    text::clip,
    view::{Dialog, Tab, ViewState},
};
use serde_json::{Value, json};
use tokio::sync::watch::Receiver;

use super::{Error, Page};
use crate::socket::{self, Socket};

const MAX_URL_BYTES: usize = 2_000;

/// Where the browser is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Here {
    /// The current tab's id.
    pub(crate) tab: String,
    /// The browser's own id of it.
    pub(crate) target: String,
}

impl Page {
    /// Counts what the browser tells.
    pub(crate) fn changes(&self) -> Receiver<u64> {
        self.watch().changes()
    }

    /// A connection to the browser's CDP socket that is the caller's own.
    pub(crate) async fn another_connection(&self) -> Result<Socket, socket::Error> {
        self.cdp().another().await
    }

    pub(crate) fn here(&self) -> Option<Here> {
        let state = self.watch().state();
        state.here().map(|tab| Here {
            tab: tab.id.clone(),
            target: tab.context.clone(),
        })
    }

    /// How things are, with titles by the browser's own ids of its tabs.
    pub(crate) fn scene(&self, title: impl Fn(&str) -> Option<String>) -> ViewState {
        let state = self.watch().state();
        let tabs = state.tabs.iter().map(|tab| Tab {
            id: tab.id.clone(),
            url: clip(&tab.url, MAX_URL_BYTES),
            title: title(&tab.context).unwrap_or_default(),
        });
        let here = state.here();
        let dialog = here.and_then(|tab| tab.dialog.as_ref());
        ViewState {
            tabs: tabs.collect(),
            current: here.map(|tab| tab.id.clone()).unwrap_or_default(),
            cursor: state.cursor,
            dialog: dialog.map(|dialog| Dialog {
                kind: dialog.kind.clone(),
                message: dialog.message.clone(),
            }),
            loading: here.is_some_and(super::watch::TabState::loading),
            crashed: here.is_some_and(|tab| tab.crashed),
        }
    }

    /// Remembers where the pointer goes with this event, if it is one of the pointer.
    pub(crate) fn note_pointer(&self, event: &Value) {
        if let (Some(x), Some(y)) = (event["x"].as_f64(), event["y"].as_f64()) {
            let at = Some(Point { x, y });
            let before = std::mem::replace(&mut self.watch().state().cursor, at);
            if before != at {
                self.watch().touched();
            }
        }
    }

    /// Whether this is the browser's own id of one of its tabs.
    pub(crate) fn has_tab(&self, target: &str) -> bool {
        self.watch().state().tab(target).is_some()
    }

    /// Where files are saved.
    pub(crate) fn downloads_folder(&self) -> &Path {
        &self.shared.downloads.folder
    }

    /// What the browser says of a target; none if there is no such thing.
    pub(crate) async fn target_info(&self, target: &str) -> Option<Value> {
        let params = json!({ "targetId": target });
        let mut told = self.cdp().call("Target.getTargetInfo", params).await.ok()?;
        Some(told["targetInfo"].take())
    }

    /// How many contexts there are besides the browser's own; as many as can be where it does not
    /// say.
    pub(crate) async fn contexts(&self) -> usize {
        let told = self
            .cdp()
            .call("Target.getBrowserContexts", json!({}))
            .await;
        let count = |told: &Value| told["browserContextIds"].as_array().map(Vec::len);
        told.ok().as_ref().and_then(count).unwrap_or(usize::MAX)
    }

    /// Sees to it that there is a tab besides those that go: the browser ends with its last one.
    pub(crate) async fn keep_tab(&self, goes: impl Fn(&Value) -> bool) -> Result<(), Error> {
        let pages = json!({ "filter": [{ "type": "page" }] });
        let told = self.cdp().call("Target.getTargets", pages).await?;
        let mut tabs = told["targetInfos"].as_array().into_iter().flatten();
        if tabs.all(goes) {
            self.create_tab().await?;
        }
        Ok(())
    }
}
