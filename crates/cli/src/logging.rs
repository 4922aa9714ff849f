//! Log lines on standard error.

use std::io;

use clap::ValueEnum;
use serde::Deserialize;
use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::{exit::Misuse, output};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// One JSON object per line.
    Json,
}

impl Format {
    /// The name as in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
        }
    }
}

/// Starts logging. `filter` is a level, or targets with levels: `info,errand_browser=debug`.
///
/// # Errors
/// [`Misuse`] if the filter can't be read.
pub fn start(filter: &str, format: Format) -> Result<(), Misuse> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Misuse(format!(
            "the log filter \"{filter}\" can't be read: {error}; try \"info\""
        ))
    })?;
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    // A second start in one process would be the only failure; the first one stays.
    let _ = match format {
        Format::Human => registry.with(layer.with_ansi(output::is_live())).try_init(),
        Format::Json => registry.with(layer.json().flatten_event(true)).try_init(),
    };
    Ok(())
}
