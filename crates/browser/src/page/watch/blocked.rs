//! Where requests come from that may be blocked, and how many were.

use super::{State, top_of};

/// Where a request comes from.
#[derive(Debug, Default)]
pub(in crate::page) struct Place {
    /// The tab that it is for.
    pub(in crate::page) tab: String,
    /// The address of that tab.
    pub(in crate::page) url: String,
    /// It is for the tab itself, not for a frame in it.
    pub(in crate::page) top: bool,
    /// For a window that shows nothing yet: the address of the page that opened it.
    pub(in crate::page) opener: Option<String>,
}

impl State {
    /// Whether that session was attached by us.
    pub(in crate::page) fn is_ours(&self, session: &str) -> bool {
        self.workers.contains(session) || self.context_of(session).is_some()
    }

    /// Whether what is held in that session is ours to decide on: not in a tab of our own, where
    /// whoever opened it answers.
    pub(in crate::page) fn decides(&self, session: &str) -> bool {
        let helping = |tab: &super::TabState| {
            tab.session.as_deref() == Some(session) && self.helpers.contains(&tab.context)
        };
        self.is_ours(session) && !self.tabs.iter().any(helping)
    }

    /// Every session that was attached by us.
    pub(in crate::page) fn sessions(&self) -> Vec<String> {
        let tabs = self.tabs.iter().filter_map(|tab| tab.session.clone());
        let frames = self.frame_sessions.values().cloned();
        tabs.chain(frames)
            .chain(self.workers.iter().cloned())
            .collect()
    }

    pub(in crate::page) fn place(&self, session: &str, frame: &str) -> Place {
        let frame = match self.context_of(session) {
            Some(context) if frame.is_empty() => context,
            _ => frame.to_owned(),
        };
        let Some(tab) = self.tab(top_of(&self.parents, &frame)) else {
            // A worker tells its own address with its requests.
            return Place::default();
        };
        let opener = tab.opener.as_deref().filter(|_| tab.committed == 0);
        Place {
            tab: tab.context.clone(),
            url: tab.url.clone(),
            top: tab.context == frame,
            opener: opener.and_then(|it| Some(self.tab(it)?.url.clone())),
        }
    }

    /// Counts a request that was blocked. It changes nothing outside.
    pub(in crate::page) fn blocked(&mut self, tab: &str, url: &str, method: &str) {
        self.tally.count(url);
        if let Some(tab) = self.tab_mut(tab) {
            tab.blocked += 1;
        }
        let clipped = errand_domain::text::clip(url, 2000);
        let mut kept = self.outside.iter();
        if let Some(at) = kept.rposition(|it| it.method == method && it.url == clipped) {
            self.outside.remove(at);
        }
    }
}
