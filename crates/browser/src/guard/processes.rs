//! Processes as `/proc` shows them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::ffi::OsStrExt,
    path::Path,
    thread,
    time::Duration,
};

use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};

/// Every process below `ancestor` at this moment, also those that ended but were not reaped yet.
pub(crate) fn descendants(ancestor: u32) -> BTreeSet<u32> {
    let parents: BTreeMap<u32, u32> = all().filter_map(|pid| Some((pid, parent(pid)?))).collect();
    let mut found = BTreeSet::from([ancestor]);
    loop {
        let before = found.len();
        for (pid, parent) in &parents {
            if found.contains(parent) {
                found.insert(*pid);
            }
        }
        if found.len() == before {
            break;
        }
    }
    found.remove(&ancestor);
    found
}

/// Every process, but this one, whose command line or environment names something in `folder`.
pub(crate) fn users_of(folder: &Path) -> BTreeSet<u32> {
    let needle = folder.as_os_str().as_bytes();
    all()
        .filter(|pid| *pid != std::process::id())
        .filter(|pid| {
            ["cmdline", "environ"].iter().any(|of| {
                let text = fs::read(format!("/proc/{pid}/{of}")).unwrap_or_default();
                !needle.is_empty() && text.windows(needle.len()).any(|part| part == needle)
            })
        })
        .collect()
}

/// Ends a process at once, also one that is stopped. One that is gone is no error.
pub(crate) fn kill(pid: u32) {
    if let Ok(pid) = i32::try_from(pid) {
        signal::kill(Pid::from_raw(pid), Signal::SIGKILL).ok();
    }
}

/// Whether a process is stopped by a signal, so that it does nothing.
pub(crate) fn is_stopped(pid: u32) -> bool {
    stat(pid).is_some_and(|stat| stat.starts_with('T'))
}

/// Deletes a folder and what is in it. What was just killed may still be writing, so it is tried
/// more than once.
pub(crate) fn delete(folder: &Path) {
    for _ in 0..20 {
        if fs::remove_dir_all(folder).is_ok() || !folder.exists() {
            return;
        }
        thread::sleep(Duration::from_millis(25));
    }
}

fn all() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn parent(pid: u32) -> Option<u32> {
    stat(pid)?.split(' ').nth(1)?.parse().ok()
}

/// What the system says of a process after its name: its state, its parent, and more. The name, in
/// brackets, may itself hold brackets, spaces and any bytes.
fn stat(pid: u32) -> Option<String> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    Some(stat.rsplit_once(") ")?.1.to_owned())
}
