//! What the guard listens to, each on a thread of its own.

use std::{
    io::{self, BufRead, BufReader, Read},
    sync::mpsc::SyncSender,
    thread,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sys::{
        signal::SigSet,
        wait::{WaitStatus, waitpid},
    },
    unistd::Pid,
};

/// Longest line from the server that is read as one.
const LINE_LIMIT: u64 = 64;

/// Something that the guard has to know.
pub(super) enum Call {
    /// The server is gone, or lets go.
    Released,
    /// The server moved the deadline.
    Deadline(Instant),
    /// Somebody asked the guard to stop.
    Signalled,
    /// The command ended with this status.
    Ended(u8),
    /// There is no descendant left.
    Empty,
}

/// Reads the server's lines until its pipe ends.
pub(super) fn input(calls: SyncSender<Call>) {
    thread::spawn(move || {
        let mut input = BufReader::with_capacity(256, io::stdin());
        let mut line = Vec::new();
        loop {
            line.clear();
            match input.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => break,
                Ok(_) if line.last() == Some(&b'\n') => {}
                // The rest of a line that is too long is no line of its own.
                Ok(_) => match input.skip_until(b'\n') {
                    Ok(_) => continue,
                    Err(_) => break,
                },
            }
            if let Some(deadline) = deadline(&line)
                && calls.send(Call::Deadline(deadline)).is_err()
            {
                return;
            }
        }
        calls.send(Call::Released).ok();
    });
}

/// `deadline SECONDS`, counted from now.
fn deadline(line: &[u8]) -> Option<Instant> {
    let line = str::from_utf8(line).ok()?.trim_end();
    let seconds = line.strip_prefix("deadline ")?.parse().ok()?;
    Instant::now().checked_add(Duration::from_secs(seconds))
}

pub(super) fn signals(signals: SigSet, calls: SyncSender<Call>) {
    thread::spawn(move || {
        if signals.wait().is_ok() {
            calls.send(Call::Signalled).ok();
        }
    });
}

/// Reaps: these, of which each is missed, and whatever of their descendants lost its own parent.
pub(super) fn children(watched: Vec<u32>, calls: SyncSender<Call>) {
    thread::spawn(move || {
        loop {
            match waitpid(None::<Pid>, None) {
                Ok(WaitStatus::Exited(pid, status))
                    if watched.contains(&pid.as_raw().unsigned_abs()) =>
                {
                    calls
                        .send(Call::Ended(u8::try_from(status).unwrap_or(1)))
                        .ok();
                }
                Ok(WaitStatus::Signaled(pid, signal, _))
                    if watched.contains(&pid.as_raw().unsigned_abs()) =>
                {
                    calls
                        .send(Call::Ended(128_u8.saturating_add(signal as u8)))
                        .ok();
                }
                Ok(_) | Err(Errno::EINTR) => {}
                // No child is left, so no descendant is.
                Err(_) => break,
            }
        }
        calls.send(Call::Empty).ok();
    });
}
