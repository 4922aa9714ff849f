//! Processor time of this process and of all that it started.

use std::{collections::HashMap, fs};

/// Ticks of the kernel's clock in a second; the same on every Linux that Chromium runs on.
const TICKS: f64 = 100.0;

/// Seconds of processor time.
pub(crate) struct Usage {
    pub(crate) own: f64,
    pub(crate) others: f64,
    by_process: HashMap<u32, f64>,
}

impl Usage {
    pub(crate) fn now() -> Self {
        let mut parents = HashMap::new();
        let mut times = HashMap::new();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
                continue;
            };
            let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else {
                continue;
            };
            // The name may hold anything; what follows it doesn't.
            let (_, rest) = stat.rsplit_once(')').unwrap();
            let fields: Vec<&str> = rest.split_whitespace().collect();
            let number = |at: usize| fields[at].parse::<f64>().unwrap_or_default();
            parents.insert(pid, fields[1].parse::<u32>().unwrap_or_default());
            times.insert(pid, (number(11) + number(12)) / TICKS);
        }
        let me = std::process::id();
        let below = |pid: u32| {
            let mut at = pid;
            while let Some(parent) = parents.get(&at) {
                if *parent == me {
                    return true;
                }
                at = *parent;
            }
            false
        };
        let by_process: HashMap<u32, f64> = times
            .iter()
            .filter(|(pid, _)| below(**pid))
            .map(|(pid, time)| (*pid, *time))
            .collect();
        Self {
            own: times[&me],
            others: by_process.values().sum(),
            by_process,
        }
    }

    /// What was used since then; processes that ended meanwhile count as far as they were seen.
    pub(crate) fn since(&self, before: &Self) -> Self {
        let gone: f64 = before
            .by_process
            .iter()
            .filter(|(pid, _)| !self.by_process.contains_key(pid))
            .map(|(_, time)| time)
            .sum();
        Self {
            own: self.own - before.own,
            others: self.others + gone - before.others,
            by_process: HashMap::new(),
        }
    }
}
