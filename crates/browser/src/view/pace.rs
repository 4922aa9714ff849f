//! When pictures are taken from the browser, so that it makes no more than are wanted.
//!
//! It makes three ahead and then none until one is taken; what changes meanwhile is in no picture
//! that it sends later, unless the page changes again. So once it may have held one back and nothing
//! more comes, it is asked for the page as it is now.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

/// How many pictures Chromium sends before one is taken.
const AHEAD: usize = 3;
/// How long after one was taken the next of a page in motion comes at the latest.
const QUIET: Duration = Duration::from_millis(150);

#[derive(Debug)]
pub(super) struct Pace {
    /// The browser's numbers of those that are not taken yet.
    waiting: VecDeque<i64>,
    pause: Duration,
    taken: Instant,
    /// When one was taken or came last.
    moved: Instant,
    /// One was taken since the last came.
    asked: bool,
    /// The browser may have held back what the page looks like now.
    withheld: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Take this one.
    Take(i64),
    /// Take these, and ask for the page as it is.
    Refresh(Vec<i64>),
}

impl Pace {
    pub(super) fn new(pause: Duration, now: Instant) -> Self {
        Self {
            waiting: VecDeque::new(),
            pause,
            taken: now.checked_sub(pause).unwrap_or(now),
            moved: now,
            asked: false,
            withheld: false,
        }
    }

    pub(super) fn set(&mut self, pause: Duration) {
        self.pause = pause;
    }

    /// A picture came.
    pub(super) fn came(&mut self, number: i64, now: Instant) {
        self.waiting.push_back(number);
        self.moved = now;
        self.asked = false;
        self.withheld = self.waiting.len() >= AHEAD;
    }

    /// When something is to be done next, if nothing comes.
    pub(super) fn wake(&self) -> Option<Instant> {
        let take = (!self.waiting.is_empty()).then(|| self.taken + self.pause);
        let refresh = (self.withheld && self.asked).then(|| self.moved + QUIET);
        take.into_iter().chain(refresh).min()
    }

    /// What is to be done now.
    pub(super) fn due(&mut self, now: Instant) -> Option<Due> {
        if self.withheld && self.asked && now >= self.moved + QUIET {
            self.withheld = false;
            return Some(Due::Refresh(self.waiting.drain(..).collect()));
        }
        if now < self.taken + self.pause {
            return None;
        }
        let number = self.waiting.pop_front()?;
        // One that is taken a little late doesn't make the next ones late.
        let late = now.checked_sub(self.pause / 2).unwrap_or(now);
        self.taken = (self.taken + self.pause).max(late);
        (self.moved, self.asked) = (now, true);
        Some(Due::Take(number))
    }
}
