//! How a run goes, live, on standard error: one line per action.

use std::{
    io,
    time::{Duration, Instant},
};

use errand_api::v1::{PauseKind, RunEvent, RunStatus, TimeSpent, run_event::Body};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::{self, Paint, plain};

/// Shows events as they come. With `quiet` it shows nothing but what a person must know.
#[derive(Debug)]
pub struct Progress {
    paint: Paint,
    spinner: Option<ProgressBar>,
    started: Instant,
    action: String,
}

impl Progress {
    /// A spinner only where somebody watches it turn.
    #[must_use]
    pub fn new() -> Self {
        let spinner = output::is_live().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            // The template is a constant; a plain spinner is what is left if it were wrong.
            let style = ProgressStyle::with_template("{spinner} {wide_msg}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            bar.set_style(style);
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self {
            paint: Paint::detect(),
            spinner,
            started: Instant::now(),
            action: String::new(),
        }
    }

    /// Shows what goes on at the moment; nothing where nobody watches.
    pub fn busy(&self, text: &str) {
        if let Some(spinner) = &self.spinner {
            spinner.set_message(plain(text));
        }
    }

    /// Writes a line above the spinner.
    ///
    /// # Errors
    /// If standard error is closed.
    pub fn say(&self, line: &str) -> io::Result<()> {
        match &self.spinner {
            Some(spinner) => spinner.suspend(|| output::note(line)),
            None => output::note(line),
        }
    }

    /// Shows one event.
    ///
    /// # Errors
    /// If standard error is closed.
    pub fn show(&mut self, event: &RunEvent) -> io::Result<()> {
        let summary = plain(&event.summary);
        let Some(body) = &event.body else {
            return self.say(&self.paint.dim(&format!("· {summary}")));
        };
        match body {
            Body::RunCreated(_) => self.say(&format!("run {}", plain(&event.run_id))),
            Body::ActionStarted(action) => {
                self.action = plain(&action.description);
                self.busy(&self.action);
                Ok(())
            }
            Body::ActionFinished(action) => {
                let took = self.paint.dim(&seconds(action.spent.as_ref()));
                let what = match std::mem::take(&mut self.action) {
                    empty if empty.is_empty() => summary,
                    action => action,
                };
                if action.error.is_empty() {
                    self.say(&format!("{} {what} {took}", self.paint.good("✓")))
                } else {
                    let error = plain(&action.error);
                    self.say(&format!("{} {what} {took}: {error}", self.paint.bad("✗")))
                }
            }
            Body::RunPaused(pause) => {
                self.say(&format!("{} {summary}", self.paint.warn("?")))?;
                let how = how_to_answer(&event.run_id, pause.kind());
                self.say(&self.paint.dim(&format!("  {how}")))?;
                self.busy("waits for an answer");
                Ok(())
            }
            Body::Degraded(_) | Body::Recovered(_) | Body::CommandReceived(_) => {
                self.say(&format!("{} {summary}", self.paint.warn("!")))
            }
            Body::Downloaded(_) => self.say(&format!("{} {summary}", self.paint.good("↓"))),
            Body::RunFinished(_) => Ok(()),
            _ => {
                self.busy(&summary);
                Ok(())
            }
        }
    }

    /// Writes how the run ended, and takes the spinner away.
    ///
    /// # Errors
    /// If standard error is closed.
    pub fn finish(&self, event: &RunEvent) -> io::Result<()> {
        self.clear();
        let Some(Body::RunFinished(end)) = &event.body else {
            return Ok(());
        };
        let took = self
            .paint
            .dim(&format!("({:.1} s)", self.started.elapsed().as_secs_f64()));
        let text = |it: &str| {
            if it.is_empty() {
                String::new()
            } else {
                format!(": {}", plain(it))
            }
        };
        let line = match end.status() {
            RunStatus::Completed => {
                format!(
                    "{}{} {took}",
                    self.paint.good("completed"),
                    text(&end.summary)
                )
            }
            status => {
                let word = word(status);
                let category = match end.failure_category().as_str_name() {
                    "FAILURE_CATEGORY_UNSPECIFIED" => String::new(),
                    name => format!(" {}", name.trim_start_matches("FAILURE_CATEGORY_")),
                };
                let why = text(&end.failure_reason);
                format!("{}{category}{why} {took}", self.paint.bad(&word))
            }
        };
        output::note(&line)
    }

    /// Takes the spinner away.
    pub fn clear(&self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

/// `timed out` for `RUN_STATUS_TIMED_OUT`.
#[must_use]
pub fn word(status: RunStatus) -> String {
    status
        .as_str_name()
        .trim_start_matches("RUN_STATUS_")
        .to_lowercase()
        .replace('_', " ")
}

fn seconds(spent: Option<&TimeSpent>) -> String {
    let Some(spent) = spent else {
        return String::new();
    };
    // The network's share is part of the settling.
    let all = spent.observe_ms + spent.decide_ms + spent.act_ms + spent.settle_ms + spent.store_ms;
    format!(
        "({:.1} s)",
        Duration::from_millis(u64::try_from(all).unwrap_or(0)).as_secs_f64()
    )
}

/// The commands that answer a paused run.
pub fn how_to_answer(run_id: &str, kind: PauseKind) -> String {
    let yes = match kind {
        PauseKind::Control => {
            return "somebody controls its browser; it goes on when they give control back"
                .to_owned();
        }
        PauseKind::Answer => "--answer TEXT",
        _ => "--yes",
    };
    format!("errand runs respond {} {yes} (or --no)", plain(run_id))
}
