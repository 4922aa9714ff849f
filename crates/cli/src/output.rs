//! Standard output for what was asked for, standard error for everything else.

use std::{
    env,
    io::{self, IsTerminal as _, Write},
};

/// Standard output, or standard error, has no reader any more.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output")]
pub struct Closed;

/// Writes one line to standard output.
pub fn line(text: &str) -> io::Result<()> {
    bytes(format!("{text}\n").as_bytes())
}

/// Writes bytes to standard output as they are.
pub fn bytes(content: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(content)
        .and_then(|()| out.flush())
        .map_err(closed)
}

/// Standard output for what writes in pieces.
#[derive(Debug)]
pub struct Out;

impl Write for Out {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        io::stdout().write(content).map_err(closed)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush().map_err(closed)
    }
}

/// Told apart from a broken connection, which is the same kind of error to the system.
fn closed(error: io::Error) -> io::Error {
    match error.kind() {
        kind @ io::ErrorKind::BrokenPipe => io::Error::new(kind, Closed),
        _ => error,
    }
}

/// Writes one line to standard error.
pub fn note(text: &str) -> io::Result<()> {
    // One write per line, so that lines of several threads do not mix.
    io::stderr()
        .lock()
        .write_all(format!("{text}\n").as_bytes())
        .map_err(closed)
}

/// Writes lines to standard error.
pub fn notes(lines: &[String]) -> io::Result<()> {
    lines.iter().try_for_each(|it| note(it))
}

/// Text from outside, safe for a terminal: pages choose titles and labels, and an escape sequence
/// in one of them must not reach it. Control characters and marks that turn the writing direction
/// become `·`, a tab or line break a space.
#[must_use]
pub fn plain(text: &str) -> String {
    let turns = |it| matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    text.chars()
        .map(|it| match it {
            '\t' | '\n' | '\r' => ' ',
            it if it.is_control() || turns(it) => '·',
            it => it,
        })
        .collect()
}

/// Whether somebody watches standard error as it is written.
#[must_use]
pub fn is_live() -> bool {
    io::stderr().is_terminal() && env::var_os("TERM").is_none_or(|it| it != "dumb")
}

/// Colours of lines on standard error; none unless it is a terminal that wants them.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// Looks at the terminal and at `NO_COLOR` (any value but an empty one).
    #[must_use]
    pub fn detect() -> Self {
        Self {
            on: is_live() && env::var_os("NO_COLOR").is_none_or(|it| it.is_empty()),
        }
    }

    /// For what went well.
    #[must_use]
    pub fn good(self, text: &str) -> String {
        self.code("32", text)
    }

    /// For what did not.
    #[must_use]
    pub fn bad(self, text: &str) -> String {
        self.code("31", text)
    }

    /// For what needs attention.
    #[must_use]
    pub fn warn(self, text: &str) -> String {
        self.code("33", text)
    }

    /// For what may be skipped.
    #[must_use]
    pub fn dim(self, text: &str) -> String {
        self.code("2", text)
    }

    fn code(self, code: &str, text: &str) -> String {
        if self.on {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}
