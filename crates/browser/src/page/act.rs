//! Doing one thing to the page, waiting until it has come to rest, and reading back what came of it.

mod calendar;
mod choose;
mod download;
mod drag;
mod gauge;
mod gesture;
mod keys;
mod navigate;
mod pointer;
mod remote;
mod tabs;
mod text;

use std::time::{Duration, Instant};

use errand_domain::{
    action::{Action, Condition, Scroll, Target},
    event::{ActionEffect, TimeSpent},
};
use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;

pub use self::{
    download::{Download, Downloads},
    remote::Remote,
};
use super::{
    Error, Page,
    settle::{Rest, Settled},
    target::{Aim, Need, Ready},
};

/// No single action takes longer, whatever the page does.
const ACTION_TIMEOUT: Duration = Duration::from_secs(60);
/// Longest `wait`.
const MAX_WAIT: Duration = Duration::from_secs(120);

/// What an action did, and how long it took.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// What changed, read back from the page.
    pub effect: ActionEffect,
    /// Acting and settling.
    pub spent: TimeSpent,
    /// Files that came because of it, or while it waited.
    pub files: Vec<Download>,
}

/// What an action leaves behind for the settling and the reading back.
#[derive(Debug, Default)]
struct Done {
    aim: Option<Aim>,
    /// The target as it was before, to tell what changed.
    was: Option<Ready>,
    /// A change is expected to show in the page.
    expectant: bool,
    /// The value is a secret and not read back.
    secret: bool,
    /// Nothing to wait for: the action waited itself.
    settled: Option<Settled>,
    value: Option<String>,
    /// Something changed that no mutation tells of.
    moved: bool,
    /// What was dragged: whether anything came of that is seen by comparing.
    dragged: Option<drag::Dragged>,
}

/// How things were before the action.
struct Before {
    began: Instant,
    context: String,
    url: String,
    commits: u64,
    dialogs: u64,
    excess: u32,
}

impl Page {
    /// Does one thing to the current tab, waits until the page has come to rest (bounded, without a
    /// fixed wait), and reads back what changed. A dialog that opens meanwhile is reported, not
    /// answered; until it is answered nothing but [`Action::AnswerDialog`] and tabs work.
    ///
    /// # Errors
    ///
    /// See [`Error`]: all but [`Error::Gone`] are results for the engine.
    pub async fn act(&self, action: &Action) -> Result<Outcome, Error> {
        let _turn = self.shared.turn.lock().await;
        let limit = match action {
            Action::Wait { timeout_ms, .. } => {
                ACTION_TIMEOUT + Duration::from_millis(*timeout_ms).min(MAX_WAIT)
            }
            _ => ACTION_TIMEOUT,
        };
        let done = timeout(limit, Box::pin(self.act_unbounded(action))).await;
        let late = |_| Error::Timeout {
            what: action.kind().to_owned(),
            after: limit,
        };
        let mut outcome = done.map_err(late)??;
        // Files have a bound of their own: large ones take longer than any action.
        outcome.files = Box::pin(self.take_files()).await?;
        outcome.effect.changed |= !outcome.files.is_empty();
        Ok(outcome)
    }

    async fn act_unbounded(&self, action: &Action) -> Result<Outcome, Error> {
        let before = self.before()?;
        if !matches!(
            action,
            Action::AnswerDialog { .. }
                | Action::OpenTab { .. }
                | Action::SwitchTab { .. }
                | Action::CloseTab { .. }
        ) {
            self.no_dialog(&before.context)?;
        }
        let done = match Box::pin(self.perform(action, &before)).await {
            // What the action opened is its effect.
            Err(Error::DialogOpen { .. }) if self.watch().state().dialogs != before.dialogs => {
                Done::default()
            }
            other => other?,
        };
        let acted = before.began.elapsed();
        let (current, _) = self.current()?;
        let settled = match done.settled {
            Some(settled) => settled,
            None => {
                let context = match &done.aim {
                    Some(aim) if current == before.context => aim.context.as_str(),
                    _ => &current,
                };
                let rest = Rest {
                    context,
                    target: done.aim.as_ref().map(|aim| aim.id.as_str()),
                    since: before.began,
                    expectant: done.expectant,
                };
                Box::pin(self.settle(rest)).await?
            }
        };
        let mut effect = self.effect(&before, settled);
        effect.changed |= done.moved;
        let excess = self.watch().state().excess - before.excess;
        if excess > 0 {
            return Err(Error::Popups { closed: excess });
        }
        if let Some(failed) = self.failed_navigation(&before) {
            return Err(failed);
        }
        // Whatever is dragged makes the page move; what counts is what stays.
        if let Some(dragged) = done.dragged.filter(|_| effect.dialog.is_none())
            && !effect.navigated
            && effect.opened_tab.is_none()
        {
            effect.changed = self.moved(&dragged).await;
        }
        if let Some(aim) = done.aim.filter(|_| effect.dialog.is_none()) {
            let input = json!({ "element": aim.id });
            // The element may have gone with its document; then there is nothing to read back.
            if let Ok(Ok(Some(now))) = self
                .ask::<Option<Ready>>(&aim.context, "state", input)
                .await
            {
                effect.changed |= done
                    .was
                    .is_some_and(|was| was.value != now.value || was.checked != now.checked);
                effect.checked = now.checked;
                effect.value = now.value.filter(|_| !(done.secret || now.secret));
            }
        }
        effect.value = done.value.or(effect.value);
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let spent = TimeSpent {
            act_ms: milliseconds(acted),
            settle_ms: milliseconds(settled.spent),
            network_ms: milliseconds(settled.network),
            ..TimeSpent::default()
        };
        Ok(Outcome {
            effect,
            spent,
            files: Vec::new(),
        })
    }

    fn before(&self) -> Result<Before, Error> {
        let began = Instant::now();
        let mut state = self.watch().state();
        state.opened.clear();
        state.requests.action_begins(began);
        let (dialogs, excess) = (state.dialogs, state.excess);
        let current = state.current.clone();
        let tab = state.tab_mut(&current).ok_or(Error::Gone)?;
        // What failed before is no doing of this one.
        tab.failed = None;
        Ok(Before {
            began,
            context: tab.context.clone(),
            url: tab.url.clone(),
            commits: tab.committed,
            dialogs,
            excess,
        })
    }

    async fn perform(&self, action: &Action, before: &Before) -> Result<Done, Error> {
        match action {
            Action::Navigate { url } => self.navigate(url).await,
            Action::Click { target } => self.click(target, 1).await,
            Action::DoubleClick { target } => self.click(target, 2).await,
            Action::Type {
                target,
                text,
                clear,
                source,
            } => self.type_text(target, text, *clear, *source, before).await,
            Action::Clear { target } => {
                self.type_plainly(target, "", true, errand_domain::action::ValueSource::Engine)
                    .await
            }
            Action::PressKeys { target, keys } => self.press_keys(target.as_ref(), keys).await,
            Action::Select {
                target, options, ..
            } => self.select(target, options, before).await,
            Action::Check { target, checked } => self.check(target, *checked, before).await,
            Action::Hover { target } => self.hover(target).await,
            Action::RightClick { target } => self.right_click(target).await,
            Action::Download { target } => self.download(target, before).await,
            Action::Drag { target, onto, at } => self.drag(target, onto, *at).await,
            Action::Scroll { target, to } => self.scroll(target.as_ref(), *to).await,
            Action::Upload { target, files } => self.upload(target, files).await,
            Action::Wait { until, timeout_ms } => {
                let limit = Duration::from_millis(*timeout_ms).min(MAX_WAIT);
                self.wait(until, limit, before).await
            }
            Action::OpenTab { url } => self.open_tab(url.as_deref()).await,
            Action::SwitchTab { tab } => self.switch_tab(tab).await,
            Action::CloseTab { tab } => self.close_tab(tab).await,
            Action::AnswerDialog { accept, text } => {
                self.answer_dialog(*accept, text.as_deref()).await
            }
            Action::Back => self.traverse(-1).await,
            Action::Forward => self.traverse(1).await,
            Action::Reload => self.reload().await,
            Action::Pointer {
                at, gesture, held, ..
            } => self.pointer(*at, gesture, held).await,
            Action::TypeFocused { text, source, .. } => {
                self.type_focused(text, *source, before).await
            }
        }
    }

    fn effect(&self, before: &Before, settled: Settled) -> ActionEffect {
        let state = self.watch().state();
        let mut effect = ActionEffect {
            unsettled: settled.unsettled,
            ..ActionEffect::default()
        };
        if let Some(tab) = state.here() {
            effect.url.clone_from(&tab.url);
            let same = tab.context == before.context;
            effect.navigated = tab.url != before.url || (same && tab.committed != before.commits);
        }
        let opened = state.opened.iter().find_map(|context| state.tab(context));
        effect.opened_tab = opened.map(|tab| tab.id.clone());
        if state.dialogs != before.dialogs {
            let dialog = state.last_dialog.as_ref();
            effect.dialog = dialog.map(|dialog| format!("{}: {}", dialog.kind, dialog.message));
        }
        effect.changed = settled.changed
            || effect.navigated
            || effect.opened_tab.is_some()
            || effect.dialog.is_some();
        effect
    }

    async fn scroll(&self, target: Option<&Target>, to: Scroll) -> Result<Done, Error> {
        let (context, aim) = match target {
            Some(target) => {
                let aim = self.hold(target).await?;
                self.reveal_frames(&aim.context).await?;
                (aim.context.clone(), Some(aim))
            }
            None => (self.current()?.0, None),
        };
        #[derive(Deserialize)]
        struct Moved {
            moved: bool,
        }
        let input = json!({ "element": aim.as_ref().map(|aim| &aim.id), "to": to });
        let answer = self.ask::<Moved>(&context, "scroll", input).await?;
        let name = target.map_or("the page", |target| &*target.element);
        let moved = answer.map_err(|refusal| refusal.into_error(name))?.moved;
        let value = (!moved).then(|| "it was there already".to_owned());
        Ok(Done {
            aim,
            value,
            ..Done::default()
        })
    }

    async fn wait(
        &self,
        until: &Condition,
        limit: Duration,
        before: &Before,
    ) -> Result<Done, Error> {
        match until {
            Condition::Settled => Ok(Done::default()),
            Condition::Elapsed => {
                tokio::select! {
                    () = tokio::time::sleep(limit) => {}
                    () = self.gone().cancelled() => return Err(Error::Gone),
                }
                Ok(Done::default())
            }
            Condition::Text(text) => self.wait_for_text(text, limit, before).await,
        }
    }

    async fn wait_for_text(
        &self,
        text: &str,
        limit: Duration,
        before: &Before,
    ) -> Result<Done, Error> {
        let deadline = before.began + limit;
        loop {
            let (top, _) = self.current()?;
            let mut contexts = vec![top.clone()];
            {
                let state = self.watch().state();
                let inside = state
                    .parents
                    .keys()
                    .filter(|frame| state.top_of(frame) == top);
                contexts.extend(inside.take(20).cloned());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            for context in contexts {
                // The main frame waits for changes; the others are looked at in passing.
                let patience = if context == top {
                    left.min(Duration::from_millis(400))
                } else {
                    Duration::ZERO
                };
                let input = json!({ "text": text, "limit": patience.as_millis() });
                match self.ask::<bool>(&context, "hasText", input).await {
                    Ok(Ok(true)) => return Ok(Done::default()),
                    Err(
                        error @ (Error::Gone
                        | Error::Crashed { .. }
                        | Error::DialogOpen { .. }
                        | Error::Timeout { .. }),
                    ) => {
                        return Err(error);
                    }
                    // The document is being replaced.
                    Err(_) => tokio::time::sleep(Duration::from_millis(40)).await,
                    Ok(_) => {}
                }
            }
            if left.is_zero() {
                let what = format!("the text \"{text}\" did not appear within {limit:?}");
                return Err(Error::NoEffect { what });
            }
        }
    }

    /// Need of what is to be clicked.
    const fn clickable() -> Need {
        Need {
            disabled: false,
            free: true,
        }
    }
}
