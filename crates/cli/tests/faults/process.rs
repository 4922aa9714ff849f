//! Who is whose child, and which browsers there are.

use std::{collections::BTreeSet, fs, path::Path};

fn pids() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|it| it.file_name().to_str()?.parse().ok())
}

fn command_line(pid: i32) -> String {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).into_owned()
}

/// Profiles that a living browser of the data folder uses. A browser that is just forking is two
/// processes, and one profile.
pub fn profiles(data: &Path) -> BTreeSet<String> {
    let data = data.to_str().unwrap();
    let profile = |line: String| {
        let mut arguments = line.split('\0');
        arguments.find_map(|it| Some(it.strip_prefix("--user-data-dir=")?.to_owned()))
    };
    let profiles = pids().filter_map(|pid| profile(command_line(pid)));
    profiles.filter(|it| it.starts_with(data)).collect()
}

/// Parent of a process.
pub fn parent(pid: i32) -> i32 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name, in parentheses, may hold anything.
    let after = stat.rsplit(')').next().unwrap_or_default();
    after
        .split_whitespace()
        .nth(1)
        .map_or(0, |it| it.parse().unwrap_or(0))
}

/// Descendants of a process whose command line has this text.
pub fn descendants(of: i32, text: &str) -> Vec<i32> {
    let named = pids().filter(|pid| command_line(*pid).contains(text));
    named
        .filter(|pid| {
            let mut at = *pid;
            while at > 1 && at != of {
                at = parent(at);
            }
            at == of
        })
        .collect()
}
