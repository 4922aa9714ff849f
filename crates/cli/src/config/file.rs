//! The settings file.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::Spanned;

use super::{
    Listen, PublicUrl, Span,
    live::{BrowserMode, SecretKey},
    nearest::nearest,
};
use crate::{exit::Misuse, logging::Format};

/// The file's name in the data folder.
pub const NAME: &str = "errand.toml";

/// Longest file that is read.
const MAX_BYTES: u64 = 1024 * 1024;

/// Every key of the file.
pub const KEYS: [&str; 23] = [
    "listen",
    "data_dir",
    "database_url",
    "tls_cert",
    "tls_key",
    "tls_client_ca",
    "browsers",
    "chromium",
    "chromedriver",
    "public_url",
    "drain",
    "pause_timeout",
    "captcha_hook",
    "warm_browsers",
    "browser_memory",
    "park_after",
    "ad_filters",
    "browser_mode",
    "advertise_url",
    "secret_key",
    "log",
    "log_format",
    "llm",
];

/// What a file says. All of it is optional.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    pub listen: Option<Listen>,
    pub data_dir: Option<PathBuf>,
    pub database_url: Option<String>,
    pub tls_cert: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    pub tls_client_ca: Option<PathBuf>,
    pub browsers: Option<u16>,
    pub chromium: Option<PathBuf>,
    pub chromedriver: Option<PathBuf>,
    pub public_url: Option<PublicUrl>,
    pub drain: Option<Span>,
    pub pause_timeout: Option<Span>,
    pub captcha_hook: Option<PublicUrl>,
    pub warm_browsers: Option<u16>,
    pub browser_memory: Option<u32>,
    pub park_after: Option<Span>,
    pub ad_filters: Option<PathBuf>,
    pub browser_mode: Option<BrowserMode>,
    pub advertise_url: Option<PublicUrl>,
    pub secret_key: Option<SecretKey>,
    pub log: Option<String>,
    pub log_format: Option<Format>,
    pub llm: errand_llm::Settings,
}

impl File {
    /// Reads a file; relative paths in it start at its folder.
    ///
    /// # Errors
    /// [`Misuse`] naming file, line and key.
    pub fn read(path: &Path) -> Result<Self, Misuse> {
        let text = text(path)
            .map_err(|error| Misuse(format!("can't read {}: {error}", path.display())))?;
        let mut file = Self::parse(&text).map_err(|error| refuse(path, &error))?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        for entry in [
            &mut file.data_dir,
            &mut file.tls_cert,
            &mut file.tls_key,
            &mut file.tls_client_ca,
            &mut file.chromium,
            &mut file.chromedriver,
            &mut file.ad_filters,
        ] {
            *entry = entry.take().map(|it| folder.join(it));
        }
        for model in file.llm.models.values_mut() {
            let key = &mut model.api_key_file;
            *key = key.take().map(|it| folder.join(it));
        }
        Ok(file)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let keys: BTreeMap<Spanned<String>, Spanned<toml::Value>> =
            toml::from_str(text).map_err(|error| located(text, &error))?;
        let mut unknown: Vec<_> = keys
            .keys()
            .filter(|key| !KEYS.contains(&key.get_ref().as_str()))
            .collect();
        unknown.sort_unstable_by_key(|key| key.span().start);
        let unknown: Vec<String> = unknown
            .into_iter()
            .map(|key| {
                format!(
                    "line {}: {}",
                    line(text, key.span().start),
                    stranger(key.get_ref())
                )
            })
            .collect();
        if !unknown.is_empty() {
            return Err(unknown.join("\n  "));
        }
        toml::from_str(text).map_err(|error| located(text, &error))
    }
}

fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = fs::File::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_string(&mut text)?;
    if read as u64 > MAX_BYTES {
        return Err(io::Error::other(
            "longer than 1 MiB, so not a settings file",
        ));
    }
    Ok(text)
}

fn refuse(path: &Path, reason: &str) -> Misuse {
    Misuse(format!(
        "the settings file {} can't be used:\n  {reason}",
        path.display()
    ))
}

fn stranger(key: &str) -> String {
    match nearest(key, &KEYS) {
        Some(meant) => format!("unknown key `{key}`; did you mean `{meant}`?"),
        None => format!("unknown key `{key}`; the keys are {}", KEYS.join(", ")),
    }
}

fn located(text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(1, |span| line(text, span.start));
    format!("line {at}: {}", error.message().trim().replace('\n', "; "))
}

fn line(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|it| *it == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::{File, KEYS};

    #[test]
    fn the_list_of_keys_is_what_the_file_takes() {
        let error = toml::from_str::<File>("zzz = 1").unwrap_err().to_string();
        for key in KEYS {
            assert!(
                error.contains(&format!("`{key}`")),
                "{key} is listed, but not a field"
            );
        }
        assert_eq!(error.matches('`').count(), (KEYS.len() + 1) * 2, "{error}");
    }

    #[test]
    fn faults_name_line_and_key() {
        for (text, expected) in [
            (
                "\n\nlisen = \"x\"",
                "line 3: unknown key `lisen`; did you mean `listen`?",
            ),
            ("browsers = -1", "line 1: "),
            ("[browsers]\nslots = 1", "line 1: "),
            ("listen = ", "line 1: "),
            ("drain = \"soon\"", "line 1: \"soon\" is no length of time"),
        ] {
            let error = File::parse(text).unwrap_err();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }
}
