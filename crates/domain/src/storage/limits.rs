//! How much may be kept.

use std::io;

use serde::Serialize;

use super::StorageState;

/// Most origins of one state.
pub const MAX_ORIGINS: usize = 100;
/// Most cookies of one state; Chromium keeps 3,300 of all sites.
pub const MAX_COOKIES: usize = 4_000;
/// Most of one origin, in bytes of the JSON that is kept.
pub const MAX_ORIGIN_BYTES: usize = 8 << 20;
/// Most of one state, in bytes of the JSON that is kept. A checkpoint holds it and more.
pub const MAX_STATE_BYTES: usize = 12 << 20;
/// Most sentences on what was not kept.
pub const MAX_NOTES: usize = 50;

/// A state that is more than what is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TooLarge {
    /// Too many cookies.
    #[error("{0} cookies, and {MAX_COOKIES} are the most")]
    Cookies(usize),
    /// Too many origins.
    #[error("{0} origins, and {MAX_ORIGINS} are the most")]
    Origins(usize),
    /// One origin keeps too much.
    #[error("{origin} keeps {bytes} bytes, and {MAX_ORIGIN_BYTES} are the most of one origin")]
    Origin {
        /// Which.
        origin: String,
        /// How much.
        bytes: usize,
    },
    /// All together keep too much.
    #[error("{0} bytes in all, and {MAX_STATE_BYTES} are the most")]
    Whole(usize),
}

impl StorageState {
    /// Whether it is within what is kept. Returns its size in bytes.
    ///
    /// # Errors
    /// [`TooLarge`], naming the first bound that it is over.
    pub fn measure(&self) -> Result<usize, TooLarge> {
        if self.cookies.len() > MAX_COOKIES {
            return Err(TooLarge::Cookies(self.cookies.len()));
        }
        if self.origins.len() > MAX_ORIGINS {
            return Err(TooLarge::Origins(self.origins.len()));
        }
        for state in &self.origins {
            let bytes = written(state);
            if bytes > MAX_ORIGIN_BYTES {
                let origin = state.name();
                return Err(TooLarge::Origin { origin, bytes });
            }
        }
        let bytes = written(self);
        if bytes > MAX_STATE_BYTES {
            return Err(TooLarge::Whole(bytes));
        }
        Ok(bytes)
    }

    /// Leaves out what is over the bounds, and notes it: databases before other storage, and
    /// whole origins from the end, which were met last.
    pub fn trim(&mut self) {
        if self.cookies.len() > MAX_COOKIES {
            let excess = self.cookies.len() - MAX_COOKIES;
            self.cookies.truncate(MAX_COOKIES);
            self.note(format!(
                "{excess} cookies were left out: {MAX_COOKIES} are the most"
            ));
        }
        let mut notes = Vec::new();
        for state in &mut self.origins {
            if !state.databases.is_empty() && written(&*state) > MAX_ORIGIN_BYTES {
                let name = state.name();
                state.databases.clear();
                notes.push(format!(
                    "databases of {name} were left out: it keeps more than {MAX_ORIGIN_BYTES} bytes"
                ));
            }
            if written(&*state) > MAX_ORIGIN_BYTES {
                let name = state.name();
                (state.local, state.session) = (Vec::new(), Vec::new());
                notes.push(format!(
                    "storage of {name} was left out: it keeps more than {MAX_ORIGIN_BYTES} bytes"
                ));
            }
        }
        self.origins.retain(|state| !state.is_empty());
        // Room for the notes of what is left out.
        let most = MAX_STATE_BYTES - (64 << 10);
        let mut bytes = written(&self.cookies);
        let mut kept = 0;
        self.origins.retain(|state| {
            let size = written(state);
            let fits = bytes + size <= most && kept < MAX_ORIGINS;
            if fits {
                bytes += size;
                kept += 1;
            } else {
                let name = state.name();
                notes.push(format!(
                    "{name} was left out: more than {MAX_STATE_BYTES} bytes or {MAX_ORIGINS} \
                     origins in all"
                ));
            }
            fits
        });
        for note in notes {
            self.note(note);
        }
    }
}

/// How many bytes the JSON of that has.
#[must_use]
pub fn written<T: Serialize + ?Sized>(value: &T) -> usize {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    match serde_json::to_writer(&mut count, value) {
        Ok(()) => count.0,
        // What can't be written at all is larger than anything.
        Err(_) => usize::MAX,
    }
}
