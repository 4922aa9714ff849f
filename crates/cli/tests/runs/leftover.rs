//! Whether anything is left of a server's browsers.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// Command lines of processes that name the data folder, but for the server's own.
fn processes(data: &Path) -> Vec<String> {
    let name = data.to_str().unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(name) && !line.contains(" serve ") {
            found.push(line.chars().take(160).collect());
        }
    }
    found
}

fn folders(data: &Path) -> Vec<String> {
    let entries = fs::read_dir(data.join("browsers"))
        .into_iter()
        .flatten()
        .flatten();
    entries
        .map(|it| it.file_name().to_string_lossy().into_owned())
        .collect()
}

/// Fails unless processes and folders are gone within a few seconds.
pub fn assert_none(data: &Path) {
    let started = Instant::now();
    loop {
        let (processes, folders) = (processes(data), folders(data));
        if processes.is_empty() && folders.is_empty() {
            return;
        }
        assert!(
            started.elapsed() < Duration::from_secs(6),
            "left behind: {processes:#?} {folders:?}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Process ids of the folder's browsers' main processes.
pub fn browsers(data: &Path) -> Vec<i32> {
    let name = data.to_str().unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<i32>() else {
            continue;
        };
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        let main = line.contains("--user-data-dir=") && !line.contains("--type=");
        if main && line.contains(name) && !line.contains("crashpad") {
            found.push(pid);
        }
    }
    found
}
