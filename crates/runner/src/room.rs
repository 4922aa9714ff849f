//! Whether one more browser fits: by count, by memory, and by how many are being started.

use std::{fs, sync::Arc, thread, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit},
    time::sleep,
};

/// How often is looked whether there is memory again.
const LOOK: Duration = Duration::from_millis(500);
const MIB: u64 = 1 << 20;

/// The room of one process.
#[derive(Debug)]
pub struct Room {
    slots: usize,
    places: Arc<Semaphore>,
    /// A start takes a processor for a second; more at once only make each slower.
    starts: Semaphore,
    /// Bytes that must be free for one more browser; 0: not looked at.
    needed: u64,
}

/// A place for one browser, until it is dropped.
#[derive(Debug)]
pub struct Place(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Room {
    /// Room for so many browsers, as long as each finds so much memory free at its start.
    #[must_use]
    pub fn new(slots: usize, needed: u64) -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self {
            slots,
            places: Arc::new(Semaphore::new(slots)),
            starts: Semaphore::new(processors.max(2)),
            needed,
        }
    }

    /// A place, as soon as there is one. Why there is none meanwhile, [`shortage`](Self::shortage)
    /// tells.
    pub async fn place(&self) -> Option<Place> {
        let permit = self.places.clone().acquire_owned().await.ok()?;
        while free_memory().is_some_and(|free| free < self.needed) {
            sleep(LOOK).await;
        }
        Some(Place(permit))
    }

    /// Whether every place is taken.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.places.available_permits() == 0
    }

    /// Whether memory would do for a browser that nobody asked for yet.
    #[must_use]
    pub fn is_ample(&self) -> bool {
        free_memory().is_none_or(|free| free >= self.needed.saturating_mul(3))
    }

    /// The turn to start a browser.
    pub async fn start(&self) -> Option<SemaphorePermit<'_>> {
        self.starts.acquire().await.ok()
    }

    /// Why the next browser has to wait, if it has. One that only queues is short of nothing: others
    /// have the browsers.
    #[must_use]
    pub fn shortage(&self) -> Option<String> {
        let slots = self.slots;
        if slots == 0 {
            return None;
        }
        if let Some(free) = free_memory().filter(|free| *free < self.needed) {
            let (free, needed) = (free / MIB, self.needed / MIB);
            return Some(format!(
                "waits for memory: the server has {free} MiB free, and a browser needs {needed}"
            ));
        }
        self.is_full()
            .then(|| format!("waits for a browser: all {slots} of the server are in use"))
    }
}

/// Bytes that can still be had: of the machine, or of the control group where that has less. `None`
/// where nobody tells.
fn free_memory() -> Option<u64> {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|it| it.starts_with("MemAvailable:"))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024)
    });
    let number = |name: &str| -> Option<u64> {
        let text = fs::read_to_string(format!("/sys/fs/cgroup/{name}")).ok()?;
        text.trim().parse().ok()
    };
    // `max` where there is no limit, which is no number.
    let group = number("memory.max").zip(number("memory.current"));
    let group = group.map(|(most, used)| {
        // Cached files count as used there, and are given back when they are needed.
        let cache = fs::read_to_string("/sys/fs/cgroup/memory.stat")
            .ok()
            .and_then(|text| {
                let line = text.lines().find(|it| it.starts_with("inactive_file "))?;
                line.split_whitespace().nth(1)?.parse::<u64>().ok()
            });
        most.saturating_sub(used.saturating_sub(cache.unwrap_or(0)))
    });
    match (machine, group) {
        (Some(machine), Some(group)) => Some(machine.min(group)),
        (machine, group) => machine.or(group),
    }
}
