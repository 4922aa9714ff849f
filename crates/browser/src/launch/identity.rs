//! What a browser says it is, wherever a page or its server can ask.
//!
//! The switch that sets the user agent leaves the client hints half empty, and Chromium's own names
//! in them whatever the user agent says. So each target is told both.

use serde_json::{Value, json};

use super::LaunchOptions;
use crate::probe::Program;

const CHROME: &str = "Google Chrome";
/// What stands between the words of the name that means nothing.
const BETWEEN: [char; 11] = [' ', '(', ':', '-', '.', '/', ')', ';', '=', '?', '_'];

/// What a browser calls itself, and the client hints that go with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    pub(crate) user_agent: String,
    /// As CDP's `Emulation.UserAgentMetadata`; none for another browser than Chromium.
    hints: Option<Value>,
}

impl Identity {
    /// As asked for, or Chromium's own without "Headless".
    pub(super) fn of(options: &LaunchOptions, chromium: &Program) -> Self {
        let (user_agent, hints) = match &options.user_agent {
            None => {
                let google = chromium.path.to_string_lossy().contains("google");
                let hints = json!({
                    "brands": brands(chromium.major(), google.then_some(CHROME), false),
                    "fullVersionList": brands(&chromium.version, google.then_some(CHROME), true),
                    "fullVersion": chromium.version,
                    "platform": "Linux",
                    "platformVersion": "",
                    "architecture": architecture(std::env::consts::ARCH),
                    "bitness": "64",
                    "model": "",
                    "mobile": false,
                    "wow64": false,
                    "formFactors": ["Desktop"],
                });
                (own(chromium), Some(hints))
            }
            Some(given) => return Self::given(given, &chromium.version),
        };
        Self { user_agent, hints }
    }

    /// As asked for, in a Chromium of that version.
    pub(crate) fn given(user_agent: &str, version: &str) -> Self {
        Self {
            user_agent: user_agent.to_owned(),
            hints: hints(user_agent, version),
        }
    }

    /// Parameters of `Emulation.setUserAgentOverride` for a tab or frame.
    pub(crate) fn of_page(&self) -> Value {
        let mut told = json!({ "userAgent": self.user_agent });
        // Where no hints are given, no header of them is sent.
        if let Some(hints) = &self.hints {
            told["userAgentMetadata"] = hints.clone();
        }
        told
    }

    /// The same for a worker, which sends none, and tells the browser's own if it has no others.
    pub(crate) fn of_worker(&self) -> Value {
        let hints = self.hints.clone().unwrap_or_else(none);
        json!({ "userAgent": self.user_agent, "userAgentMetadata": hints })
    }
}

/// What Chromium calls itself, without "Headless". The minor numbers are zero in it.
fn own(chromium: &Program) -> String {
    format!(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
         Chrome/{}.0.0.0 Safari/537.36",
        chromium.major()
    )
}

/// The hints that a browser of that user agent would send, if it is one that does.
fn hints(user_agent: &str, version: &str) -> Option<Value> {
    let (_, rest) = user_agent.split_once("Chrome/")?;
    let full = rest.split([' ', ';', ')']).next()?;
    let major: u32 = full.split('.').next()?.parse().ok()?;
    let own = version.split('.').next() == Some(&major.to_string());
    // A user agent leaves out all but the first number.
    let full = if own { version } else { full };
    let product = if user_agent.contains(" Edg/") {
        "Microsoft Edge"
    } else {
        CHROME
    };
    let mobile = user_agent.contains(" Mobile");
    let android = user_agent.contains("Android");
    let says = |word: &str| user_agent.contains(word);
    let platform = match () {
        () if android => "Android",
        () if says("Windows") => "Windows",
        () if says("Macintosh") => "macOS",
        () if says("CrOS") => "Chrome OS",
        () => "Linux",
    };
    let arm = says("aarch64") || says("arm");
    let form = match (android, mobile) {
        (_, true) => "Mobile",
        (true, false) => "Tablet",
        (false, false) => "Desktop",
    };
    Some(json!({
        "brands": brands(&major.to_string(), Some(product), false),
        "fullVersionList": brands(full, Some(product), true),
        "fullVersion": full,
        "platform": platform,
        "platformVersion": platform_version(user_agent, platform),
        "architecture": if android { "" } else if arm { "arm" } else { "x86" },
        "bitness": if android { "" } else { "64" },
        "model": "",
        "mobile": mobile,
        "wow64": false,
        "formFactors": [form],
    }))
}

/// What other browsers than Chromium tell.
fn none() -> Value {
    json!({
        "brands": [], "fullVersionList": [], "platform": "", "platformVersion": "",
        "architecture": "", "model": "", "mobile": false,
    })
}

/// The names that a Chromium of that version gives itself, in its order. One of them, which changes
/// from version to version, means nothing: it is there so that nobody relies on the others.
fn brands(version: &str, product: Option<&str>, full: bool) -> Vec<Value> {
    let major = version.split('.').next().unwrap_or_default();
    let seed: usize = major.parse().unwrap_or_default();
    let sign = |at: usize| BETWEEN[at % BETWEEN.len()];
    let none = format!("Not{}A{}Brand", sign(seed), sign(seed + 1));
    let number = ["8", "99", "24"][seed % 3];
    let number = if full {
        format!("{number}.0.0.0")
    } else {
        number.to_owned()
    };
    let named = |name: &str, number: &str| json!({ "brand": name, "version": number });
    let chromium = named("Chromium", version);
    let none = named(&none, &number);
    let Some(product) = product.map(|name| named(name, version)) else {
        return match seed % 2 {
            0 => vec![none, chromium],
            _ => vec![chromium, none],
        };
    };
    match seed % 6 {
        0 => vec![none, chromium, product],
        1 => vec![none, product, chromium],
        2 => vec![chromium, none, product],
        3 => vec![product, none, chromium],
        4 => vec![chromium, product, none],
        _ => vec![product, chromium, none],
    }
}

/// What follows the platform's name: `Android 15`, `Windows NT 10.0`, `Mac OS X 10_15_7`.
fn platform_version(user_agent: &str, platform: &str) -> String {
    let before = match platform {
        "Android" => "Android ",
        "Windows" => "Windows NT ",
        "macOS" => "Mac OS X ",
        _ => return String::new(),
    };
    let rest = user_agent.split_once(before).map_or("", |(_, rest)| rest);
    let end = rest.find([';', ')', ' ']).unwrap_or(rest.len());
    let mut numbers: Vec<&str> = rest[..end].split(['.', '_']).collect();
    numbers.resize(3, "0");
    numbers.join(".")
}

fn architecture(machine: &str) -> &'static str {
    match machine {
        "aarch64" => "arm",
        _ => "x86",
    }
}
