//! Coming to rest: no fixed wait, but no endless one either.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;

use super::{Error, Page};

/// How long a new document may take to come to rest.
pub(super) const NAVIGATION_LIMIT: Duration = Duration::from_secs(10);
/// How long anything else may take.
pub(super) const ACTION_LIMIT: Duration = Duration::from_secs(5);
/// How long a click that changed nothing may still be about to.
const GRACE: Duration = Duration::from_millis(200);
/// How long a window that closes itself may still be there.
const CLOSING: Duration = Duration::from_secs(2);
const TICK: Duration = Duration::from_millis(40);

/// How the page came to rest.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Settled {
    /// The bound was reached first.
    pub(super) unsettled: bool,
    /// Something in the document changed.
    pub(super) changed: bool,
    pub(super) spent: Duration,
    pub(super) network: Duration,
}

/// What is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rest<'a> {
    /// The frame that was acted in.
    pub(super) context: &'a str,
    /// The element that must be still.
    pub(super) target: Option<&'a str>,
    /// When the action began: older requests are not its doing.
    pub(super) since: Instant,
    /// Whether a change is expected, so that none at all is worth a moment's wait.
    pub(super) expectant: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Quiet {
    quiet: bool,
    /// The page closed its own window, which takes a moment.
    closing: bool,
    /// A link was followed that leads to a file.
    file: bool,
    changes: u64,
}

impl Page {
    /// Waits until no request that began after the action is open, nothing changed for two frames
    /// and the target is still. Ends at once when a dialog opens or the tab goes.
    pub(super) async fn settle(&self, rest: Rest<'_>) -> Result<Settled, Error> {
        let began = Instant::now();
        let top = self.watch().state().top_of(rest.context);
        let commits = self
            .watch()
            .state()
            .tab(&top)
            .map_or(0, |tab| tab.committed);
        let mut settled = Settled::default();
        let mut changes = self.watch().changes();
        let mut graced = !rest.expectant;
        let mut lost = 0;
        loop {
            settled.spent = began.elapsed();
            let (open, loading, navigated) = {
                let mut state = self.watch().state();
                let Some(tab) = state.tab(&top) else {
                    return Ok(settled);
                };
                if tab.dialog.is_some() {
                    return Ok(settled);
                }
                if tab.crashed && !tab.loading() {
                    return Err(Error::Crashed {
                        url: tab.url.clone(),
                    });
                }
                let loading = tab.loading();
                let navigated = tab.committed != commits || loading;
                let loading = loading || state.opening() || state.downloads.expected();
                (state.waited_for(rest.since, &top), loading, navigated)
            };
            let limit = if navigated {
                NAVIGATION_LIMIT
            } else {
                ACTION_LIMIT
            };
            let Some(left) = limit
                .checked_sub(began.elapsed())
                .filter(|left| !left.is_zero())
            else {
                settled.unsettled = true;
                if loading {
                    self.stop_if_busy(&top).await?;
                }
                return Ok(settled);
            };
            if open > 0 || loading {
                let waited = Instant::now();
                // A change that nobody tells of (a stream that goes quiet) is met by the tick.
                let _ = timeout(TICK, changes.changed()).await;
                settled.network += waited.elapsed();
                continue;
            }
            // After a navigation the frame may be gone; its tab is what is left to look at.
            let gone = navigated || lost > 0;
            let context = if gone { &*top } else { rest.context };
            let target = rest.target.filter(|_| !gone);
            let grace = if graced { Duration::ZERO } else { GRACE };
            let input = json!({
                "limit": left.min(Duration::from_secs(1)).as_millis(),
                "grace": grace.as_millis(),
                "target": target,
            });
            changes.mark_unchanged();
            let limit = left.max(Duration::from_secs(1)) + Duration::from_secs(4);
            let commits_now = self
                .watch()
                .state()
                .tab(&top)
                .map_or(0, |tab| tab.committed);
            let answer = tokio::select! {
                answer = self.ask_within::<Quiet>(limit, context, "quiet", input) => answer,
                // A script whose document was replaced may never be answered for.
                () = self.replaced(&top, commits_now) => {
                    Err(Error::Browser { reason: "the document was replaced".to_owned() })
                }
            };
            match answer {
                Ok(Ok(quiet)) => {
                    graced = true;
                    settled.changed |= quiet.changes > 0;
                    if quiet.file {
                        self.watch()
                            .state()
                            .downloads
                            .announce_unless_begun(rest.since);
                        continue;
                    }
                    if quiet.closing && began.elapsed() < CLOSING {
                        let _ = timeout(TICK, changes.changed()).await;
                        continue;
                    }
                    if quiet.quiet && !self.stirs(&top, rest.since, commits, navigated) {
                        settled.spent = began.elapsed();
                        return Ok(settled);
                    }
                }
                Ok(Err(refusal)) => return Err(refusal.into_error("the page")),
                Err(Error::DialogOpen { .. }) => return Ok(settled),
                Err(error @ (Error::Gone | Error::Crashed { .. } | Error::Timeout { .. })) => {
                    return Err(error);
                }
                Err(error) => {
                    // The document was replaced under the script.
                    lost += 1;
                    if lost > 200 {
                        return Err(error);
                    }
                    let _ = timeout(TICK, changes.changed()).await;
                }
            }
        }
    }

    /// Ends when the tab shows another document than after `commits` commits.
    async fn replaced(&self, top: &str, commits: u64) {
        let mut changes = self.watch().changes();
        while self
            .watch()
            .state()
            .tab(top)
            .is_some_and(|tab| tab.committed == commits)
        {
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Whether something began while the page was looked at.
    fn stirs(&self, top: &str, since: Instant, commits: u64, navigated: bool) -> bool {
        let mut state = self.watch().state();
        let Some(tab) = state.tab(top) else {
            return false;
        };
        let loading = tab.loading() || state.opening() || state.downloads.expected();
        let moved = tab.committed != commits && !navigated;
        loading || moved || state.waited_for(since, top) > 0
    }
}
