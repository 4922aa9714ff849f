//! What those need who look on while somebody acts.

use errand_domain::{
    action::Point,
    text::clip,
    view::{Dialog, Tab, ViewState},
};
use serde_json::Value;
use tokio::sync::watch::Receiver;

use super::Page;
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
}
