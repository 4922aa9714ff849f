//! Which requests are for advertisements and trackers.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use adblock::{
    Engine, FilterSet,
    lists::{FilterFormat, FilterParseError, ParseOptions, RuleTypes, parse_filter},
    request::Request,
};

/// Largest list that is read, in bytes. The large public ones have about five.
const MAX_LIST_BYTES: usize = 64 << 20;
/// Lines that could not be read and that are named.
const MAX_NAMED: usize = 20;

/// A list of filters, read once and shared by all browsers that block by it. Clones are cheap.
///
/// It takes the syntax of EasyList and uBlock Origin as far as it is about requests, or a file of
/// hosts (`0.0.0.0 ads.example`).
#[derive(Clone)]
pub struct AdBlock(Arc<List>);

struct List {
    engine: Engine,
    filters: usize,
    skipped: Skipped,
}

/// Lines of a list that nothing was made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Skipped {
    /// How many.
    pub count: usize,
    /// The first twenty: the number of the line, from one, and what is wrong with it.
    pub first: Vec<(usize, String)>,
}

/// Why a list can't be used at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It holds no filter.
    #[error(
        "the filter list holds no filter that can be used{}; it takes lines such as \
         ||ads.example^ or 0.0.0.0 ads.example", .skipped.hint()
    )]
    Empty {
        /// What was there instead.
        skipped: Skipped,
    },
    /// It is too large.
    #[error("the filter list has {bytes} bytes; {MAX_LIST_BYTES} are taken at most")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
}

/// A request that may be blocked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) url: &'a str,
    /// The document that it is for.
    pub(crate) source: &'a str,
    /// CDP's `Network.ResourceType`.
    pub(crate) kind: &'a str,
    pub(crate) method: &'a str,
}

impl AdBlock {
    /// Reads a list. What it says about hiding parts of pages is left out; lines that can't be read
    /// are counted and left out as well.
    ///
    /// # Errors
    /// [`Error`] if nothing in it can be used.
    pub fn new(list: &str) -> Result<Self, Error> {
        if list.len() > MAX_LIST_BYTES {
            return Err(Error::TooLarge { bytes: list.len() });
        }
        let options = ParseOptions {
            format: format(list),
            rule_types: RuleTypes::NetworkOnly,
            ..ParseOptions::default()
        };
        let (kept, filters, skipped) = readable(list, options);
        if filters == 0 {
            return Err(Error::Empty { skipped });
        }
        let mut set = FilterSet::new(false);
        set.add_filter_list(kept, options);
        let engine = Engine::new_with_filter_set(set);
        Ok(Self(Arc::new(List {
            engine,
            filters,
            skipped,
        })))
    }

    /// The list that comes with this crate: short, for what is met most. Read at its first use.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn own() -> Result<Self, Error> {
        static OWN: OnceLock<Result<AdBlock, Error>> = OnceLock::new();
        OWN.get_or_init(|| Self::new(include_str!("block/list.txt")))
            .clone()
    }

    /// How many filters it has.
    #[must_use]
    pub fn filters(&self) -> usize {
        self.0.filters
    }

    /// What of the list could not be used.
    #[must_use]
    pub fn skipped(&self) -> &Skipped {
        &self.0.skipped
    }

    /// Whether that request is to be blocked. What it can't judge it lets through.
    pub(crate) fn blocks(&self, asked: Asked<'_>) -> bool {
        let kind = match asked.kind {
            // Only documents in frames and popups are asked about.
            "Document" => "subdocument",
            "Stylesheet" => "stylesheet",
            "Image" => "image",
            "Media" => "media",
            "Font" => "font",
            "Script" => "script",
            "XHR" | "Fetch" | "EventSource" => "xmlhttprequest",
            "Ping" => "ping",
            "CSPViolationReport" => "csp_report",
            _ => "other",
        };
        Request::new(asked.url, asked.source, kind, asked.method)
            .is_ok_and(|request| self.0.engine.check_network_request(&request).should_block())
    }
}

impl fmt::Debug for AdBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdBlock")
            .field("filters", &self.0.filters)
            .field("skipped", &self.0.skipped.count)
            .finish_non_exhaustive()
    }
}

/// The same list, not an equal one.
impl PartialEq for AdBlock {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for AdBlock {}

impl Skipped {
    fn hint(&self) -> String {
        let first = self.first.first();
        first.map_or_else(String::new, |(line, reason)| {
            format!(" (line {line}: {reason})")
        })
    }
}

/// A file of hosts begins its lines with an address.
fn format(list: &str) -> FilterFormat {
    let mut lines = list.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(['#', '!', '[']));
    let word = first.and_then(|line| line.split_whitespace().next());
    match word.map(str::parse::<std::net::IpAddr>) {
        Some(Ok(_)) => FilterFormat::Hosts,
        _ => FilterFormat::Standard,
    }
}

/// The lines that are filters, how many they are, and what of the others should have been one.
fn readable(list: &str, options: ParseOptions) -> (String, usize, Skipped) {
    let mut kept = String::with_capacity(list.len());
    let (mut filters, mut skipped) = (0, Skipped::default());
    for (at, line) in list.lines().enumerate() {
        let fault = match parse_filter(line, false, options) {
            // Comments and rules for what is hidden are no faults.
            Err(FilterParseError::Empty | FilterParseError::Unsupported) => continue,
            Err(error) => error.to_string(),
            Ok(_) if is_prose(line.trim(), options.format) => "not a filter".to_owned(),
            Ok(_) => {
                filters += 1;
                kept.push_str(line);
                kept.push('\n');
                continue;
            }
        };
        skipped.count += 1;
        if skipped.first.len() < MAX_NAMED {
            skipped.first.push((at + 1, fault));
        }
    }
    (kept, filters, skipped)
}

/// Markup or a sentence, which would pass for a pattern of an address.
fn is_prose(line: &str, format: FilterFormat) -> bool {
    matches!(format, FilterFormat::Standard)
        && (line.starts_with('<') || (line.contains(char::is_whitespace) && !line.starts_with('/')))
}
