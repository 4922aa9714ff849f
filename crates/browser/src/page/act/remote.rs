//! A person's hand on the browser: mouse, keys, text, navigation and tabs, as they come.
//!
//! Nothing here waits for the page to come to rest: the person watches it. Each input is bounded all
//! the same, and the next one begins when it is done, so that they keep their order.

mod keyboard;
mod mouse;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use errand_domain::input::{Input, Key, Mouse, Stroke};
use serde_json::{Value, json};
use tokio::{
    sync::Mutex,
    time::{sleep, timeout},
};

use crate::page::{Error, Page};

/// How long a navigation is waited for: what is wrong at once is told, the rest is seen.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two tries to leave a document that is just arriving.
const AGAIN: Duration = Duration::from_millis(25);
const STOP_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the size of the viewport is taken to stay the same.
const SAME_SIZE: Duration = Duration::from_secs(1);

/// Carries out what a person does to the current tab. Clones share one hand: which buttons and keys
/// are down. The caller sees to it that nobody else acts meanwhile.
#[derive(Debug, Clone)]
pub struct Remote {
    page: Page,
    hand: Arc<Mutex<Hand>>,
}

/// What is held down, and in which tab.
#[derive(Debug, Default)]
struct Hand {
    tab: String,
    /// One bit each: left 1, right 2, middle 4.
    buttons: u8,
    /// By their place on the keyboard.
    keys: BTreeMap<String, Key>,
    /// What the browser handed over of a drag that the page began.
    drag: Option<Value>,
    /// The CDP sessions that were told to hand drags over.
    intercepting: Vec<String>,
    viewport: Option<(Instant, f64, f64)>,
}

impl Remote {
    /// Takes hold of a page's tabs.
    #[must_use]
    pub fn new(page: &Page) -> Self {
        Self {
            page: page.clone(),
            hand: Arc::default(),
        }
    }

    /// Does one thing. Returns when the page has taken it; a navigation that takes long goes on by
    /// itself.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a place outside of the viewport, a file chooser, text that nothing
    /// would take, no entry in the history; [`Error::NotFound`] for a tab that is not there;
    /// [`Error::DialogOpen`] while a dialog waits for its answer; see [`Error`] for the rest. None
    /// but [`Error::Gone`] is the end.
    pub async fn apply(&self, input: &Input) -> Result<(), Error> {
        let mut hand = self.hand.lock().await;
        Box::pin(self.perform(&mut hand, input)).await
    }

    /// Does one after the other. Of moves of the mouse with no button down that follow each other
    /// only the last is made.
    ///
    /// # Errors
    /// The first one, with its index; what comes after it is not done.
    pub async fn apply_all(&self, inputs: &[Input]) -> Result<(), (usize, Error)> {
        let mut hand = self.hand.lock().await;
        for (index, input) in inputs.iter().enumerate() {
            if hand.buttons == 0 && moves(input) && inputs.get(index + 1).is_some_and(moves) {
                continue;
            }
            let done = Box::pin(self.perform(&mut hand, input)).await;
            done.map_err(|error| (index, error))?;
        }
        Ok(())
    }

    /// Lets go of every button and key that is down: for when the person leaves. What can't be let
    /// go any more is forgotten.
    pub async fn release(&self) {
        let mut hand = self.hand.lock().await;
        if let Err(error) = Box::pin(self.let_go(&mut hand)).await {
            tracing::debug!(%error, "not everything was let go");
        }
        *hand = Hand::default();
    }

    async fn perform(&self, hand: &mut Hand, input: &Input) -> Result<(), Error> {
        let page = &self.page;
        let (tab, _) = page.current()?;
        if hand.tab != tab {
            // What was held down in another tab is not held down here.
            *hand = Hand {
                tab,
                ..Hand::default()
            };
        }
        match input {
            Input::Mouse { at, does, held } => {
                self.fits(hand, input).await?;
                self.mouse(hand, *at, *does, held.bits()).await
            }
            Input::Wheel { at, dx, dy, held } => {
                self.fits(hand, input).await?;
                let more = json!({ "deltaX": dx, "deltaY": dy });
                self.point(hand, "mouseWheel", *at, held.bits(), more).await
            }
            Input::Key { key, does, held } => self.key(hand, key, *does, held.bits()).await,
            Input::Text(text) => {
                let event = json!({ "text": text.reveal() });
                page.input("Input.insertText", event).await
            }
            Input::Paste(text) => self.paste(text.reveal()).await,
            Input::Navigate(url) => begun(page.navigate(url.as_str())).await,
            Input::Back => begun(again(|| page.traverse(-1))).await,
            Input::Forward => begun(again(|| page.traverse(1))).await,
            Input::Reload => begun(again(|| page.reload())).await,
            Input::Stop => {
                let (_, session) = page.current()?;
                let cdp = page.cdp();
                let method = "Page.stopLoading";
                cdp.call_in_within(STOP_TIMEOUT, &session, method, json!({}))
                    .await?;
                Ok(())
            }
            Input::OpenTab(url) => {
                let opened = page.open_tab(url.as_ref().map(url::Url::as_str));
                begun(opened).await
            }
            Input::SwitchTab(tab) => page.switch_tab(tab).await.map(drop),
            Input::CloseTab(tab) => page.close_tab(tab).await.map(drop),
            Input::AnswerDialog { accept, text } => {
                let text = text.as_ref().map(|text| text.reveal());
                page.answer_dialog(*accept, text).await.map(drop)
            }
        }
    }

    /// Whether a place lies in the viewport, as far as its size can be told.
    async fn fits(&self, hand: &mut Hand, input: &Input) -> Result<(), Error> {
        let invalid = |fault: errand_domain::input::Fault| Error::Invalid {
            what: fault.to_string(),
        };
        if let Some((since, width, height)) = hand.viewport
            && since.elapsed() < SAME_SIZE
            && input.within(width, height).is_ok()
        {
            return Ok(());
        }
        let view = match self.page.view().await {
            Ok(view) => view,
            // The document is being replaced.
            Err(Error::Browser { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        hand.viewport = Some((Instant::now(), view.width, view.height));
        input.within(view.width, view.height).map_err(invalid)
    }

    async fn let_go(&self, hand: &mut Hand) -> Result<(), Error> {
        let keys: Vec<Key> = hand.keys.values().cloned().collect();
        for key in keys.iter().rev() {
            self.key(hand, key, Stroke::Up, 0).await?;
        }
        let at = self.page.watch().state().cursor.unwrap_or_default();
        for (button, bit) in mouse::BUTTONS {
            if hand.buttons & bit != 0 {
                let does = Mouse::Up { button, times: 1 };
                self.mouse(hand, at, does, 0).await?;
            }
        }
        Ok(())
    }
}

fn moves(input: &Input) -> bool {
    matches!(
        input,
        Input::Mouse {
            does: Mouse::Move,
            ..
        }
    )
}

/// Waits a little for what takes the tab elsewhere.
async fn begun<T>(navigation: impl Future<Output = Result<T, Error>>) -> Result<(), Error> {
    match timeout(PATIENCE, Box::pin(navigation)).await {
        Ok(done) => done.map(drop),
        Err(_) => Ok(()),
    }
}

/// Tries again while one document takes the place of another. Bounded by whoever waits.
async fn again<T, F: Future<Output = Result<T, Error>>>(go: impl Fn() -> F) -> Result<T, Error> {
    loop {
        match Box::pin(go()).await {
            Err(Error::Browser { reason }) if reason.contains("Not attached to an active page") => {
                sleep(AGAIN).await;
            }
            other => return other,
        }
    }
}
