//! What each kind of clause does, looks for and is decided by.

use errand_domain::understanding::{ClauseValue, SoughtElement, ValueOrigin};

use super::words::{self, element, given, phrase, value};
use crate::goal::{Ask, Extraction, Given, Phrase, Slice, Tally, Until};

/// What can be told of a clause besides its words.
pub struct Told {
    pub action: &'static str,
    pub description: String,
    pub elements: Vec<SoughtElement>,
    pub values: Vec<ClauseValue>,
    pub verification: &'static str,
}

const MOVED: &str = "the page shows that something came of it: another address, tab or dialog, a \
                     request that was sent, or other content";
const ADDRESS: &str = "the address that the page has afterwards, and no error status";
const HELD: &str = "what the field holds afterwards";
const STATE: &str = "the state of the element afterwards";

fn told(action: &'static str, description: impl Into<String>, verification: &'static str) -> Told {
    Told {
        action,
        description: description.into(),
        elements: Vec::new(),
        values: Vec::new(),
        verification,
    }
}

impl Told {
    fn element(mut self, part: &'static str, phrase: &Phrase) -> Self {
        self.elements.push(element(part, phrase));
        self
    }

    fn maybe(self, part: &'static str, phrase: Option<&Phrase>) -> Self {
        match phrase {
            Some(phrase) => self.element(part, phrase),
            None => self,
        }
    }

    fn value(mut self, value: ClauseValue) -> Self {
        self.values.push(value);
        self
    }
}

/// A clause on one element: `click the button "Save"`.
fn on(action: &'static str, verb: &str, what: &Phrase, verification: &'static str) -> Told {
    told(action, format!("{verb} {}", phrase(what)), verification).element("target", what)
}

/// Tells a clause. `by_schema`: what is read is put where a schema wants it.
pub fn tell(ask: &Ask, by_schema: bool) -> Told {
    match ask {
        Ask::Open(url) => {
            let (address, words) = given("address", url);
            told("open", format!("open {words}"), ADDRESS).value(address)
        }
        Ask::GoTo(what) => on("go_to", "follow what leads to", what, ADDRESS),
        Ask::Click(what) => on("click", "click", what, MOVED),
        Ask::DoubleClick(what) => on("double_click", "click twice on", what, MOVED),
        Ask::Hover(what) => on("hover", "point at", what, "the pointer is on it"),
        Ask::Focus(what) => on("focus", "put the cursor into", what, "what has the focus"),
        Ask::Fill {
            field,
            value: worth,
        } => {
            let (value, words) = value("value", worth);
            let into = field.as_ref().map_or_else(
                || "the only field, or the one with the cursor".to_owned(),
                phrase,
            );
            told("fill", format!("put {words} into {into}"), HELD)
                .maybe("target", field.as_ref())
                .value(value)
        }
        Ask::Clear(what) => on("clear", "empty", what, HELD),
        Ask::Select { field, options } => {
            let named: Vec<String> = options.iter().map(phrase).collect();
            let from = field.as_ref().map(|it| format!(" in {}", phrase(it)));
            let description = format!("choose {}{}", named.join(" and "), from.unwrap_or_default());
            let start = told("select", description, STATE).maybe("field", field.as_ref());
            options
                .iter()
                .fold(start, |told, option| told.element("option", option))
        }
        Ask::Check { what, on: state } => match state {
            Some(true) => on("check", "check", what, STATE),
            Some(false) => on("uncheck", "uncheck", what, STATE),
            None => on("toggle", "change the state of", what, STATE),
        },
        Ask::LogIn { user, password } => log_in(user.as_deref(), password.as_deref()),
        Ask::Search { query, place } => {
            let (value, words) = value("query", query);
            let mut told = told("search", format!("search for {words}"), MOVED).value(value);
            if let Some(place) = place {
                let place = std::slice::from_ref(place);
                told.description = format!("{} {}", told.description, words::places(place));
                told = told.element("container", &place[0].what);
            }
            told
        }
        Ask::Submit(what) => match what {
            Some(what) => on("submit", "send", what, MOVED),
            None => told("submit", "send the form that was filled in", MOVED),
        },
        Ask::Press { keys, at } => {
            let (value, _) = given("keys", &keys.join(" "));
            let at_what = at.as_ref().map(|it| format!(" in {}", phrase(it)));
            let description = format!("press {}{}", keys.join(", "), at_what.unwrap_or_default());
            told("press", description, "the keys were sent")
                .maybe("target", at.as_ref())
                .value(value)
        }
        Ask::Upload { file, field } => {
            let does = "the file that the field holds";
            let told = match file {
                Given::Named(file) => {
                    let (value, words) = given("file", file);
                    told("upload", format!("give the file {words}"), does).value(value)
                }
                Given::Latest(_) => told("upload", "give the file that was downloaded last", does),
            };
            told.maybe("target", field.as_ref())
        }
        Ask::Download(what) => on("download", "download", what, "the file that arrived"),
        Ask::Scroll {
            down,
            end,
            to,
            within,
        } => {
            let whereto = match (to, down, end) {
                (Some(to), ..) => format!("to {}", phrase(to)),
                (None, true, true) => "to the end".to_owned(),
                (None, false, true) => "to the beginning".to_owned(),
                (None, true, false) => "down".to_owned(),
                (None, false, false) => "up".to_owned(),
            };
            let inside = within.as_ref().map(|it| format!(" in {}", phrase(it)));
            let description = format!("scroll {whereto}{}", inside.unwrap_or_default());
            told("scroll", description, "what is visible afterwards")
                .maybe("target", to.as_ref())
                .maybe("container", within.as_ref())
        }
        Ask::Drag { what, onto } => {
            let description = format!("drag {} onto {}", phrase(what), phrase(onto));
            told("drag", description, MOVED)
                .element("from", what)
                .element("onto", onto)
        }
        Ask::Expand { what, open } => match open {
            true => on("expand", "open", what, STATE),
            false => on("collapse", "close", what, STATE),
        },
        Ask::Close(what) => on("close", "close", what, "it is gone"),
        Ask::Wait(until) => wait(until),
        Ask::Back => told("back", "go back in the history", ADDRESS),
        Ask::Forward => told("forward", "go forward in the history", ADDRESS),
        Ask::Reload => told("reload", "load the page again", ADDRESS),
        Ask::Dialog { accept, text } => {
            let verb = if *accept { "accept" } else { "dismiss" };
            let start = told("answer_dialog", format!("{verb} the dialog"), "it is gone");
            match text {
                Some(text) => {
                    let (value, words) = given("answer", text);
                    let description = format!("answer the dialog with {words}");
                    Told {
                        description,
                        ..start
                    }
                    .value(value)
                }
                None => start,
            }
        }
        Ask::Verify(when) => {
            let description = format!("look whether {}", words::when(when));
            told("verify", description, "what is on the page").element("target", &when.what)
        }
        Ask::Take(derivation) => {
            let words = words::derivation(derivation);
            let worth = crate::goal::Worth::Read(derivation.clone());
            let description = format!("read {words}, for what follows");
            told("take", description, "where it was read").value(value("value", &worth).0)
        }
        Ask::Extract(wanted) => extract(wanted, by_schema),
        Ask::Named(gap) => {
            let description = format!("click what the page calls \"{}\", if it is there", gap.text);
            told("click", description, "what changes on the page")
                .element("target", &crate::goal::Phrase::plain(gap.text.clone()))
        }
    }
}

fn log_in(user: Option<&str>, password: Option<&str>) -> Told {
    let missing = |name| ClauseValue {
        name,
        text: None,
        secret: false,
        origin: ValueOrigin::Missing,
        derivation: None,
    };
    let name = user.map_or_else(|| missing("user"), |it| given("user", it).0);
    let secret = ClauseValue {
        secret: true,
        ..password.map_or_else(|| missing("password"), |it| given("password", it).0)
    };
    let description = match (user, password) {
        (Some(user), Some(_)) => format!("log in as \"{user}\" with the password that is given"),
        (Some(user), None) => format!(
            "log in as \"{user}\"; no password is given, so this fails where the page asks for one"
        ),
        (None, Some(_)) => "log in with the password that is given; no user name is given, so it \
                            must be filled in already"
            .to_owned(),
        (None, None) => "log in; neither user name nor password is given, so this fails where the \
                         page asks for them"
            .to_owned(),
    };
    let verification = "the page no longer asks for a password and does not complain";
    told("log_in", description, verification)
        .element("user", &Phrase::plain("user name or email"))
        .element("password", &Phrase::plain("password"))
        .value(name)
        .value(secret)
}

fn wait(until: &Until) -> Told {
    match until {
        Until::Shown(what) => on("wait", "wait for", what, "it is on the page in time"),
        Until::Gone(what) => on("wait", "wait for the end of", what, "it is gone in time"),
        Until::Millis(millis) => {
            let (value, _) = given("time", &format!("{millis} ms"));
            told("wait", format!("wait {millis} ms"), "the time has passed").value(value)
        }
        Until::Settled => told(
            "wait",
            "wait until the page is at rest",
            "no request is open and nothing changes",
        ),
    }
}

fn extract(wanted: &Extraction, by_schema: bool) -> Told {
    let mut nouns = wanted.nouns.join(" and ");
    if let Some(of) = &wanted.of {
        nouns += &format!(" of {of}");
    }
    let mut words = match (wanted.tally, wanted.slice) {
        (Some(Tally::Count), _) => format!("count \"{nouns}\""),
        (Some(Tally::Sum), _) => format!("add up \"{nouns}\""),
        (Some(Tally::Mean), _) => format!("take the mean of \"{nouns}\""),
        (_, Some(Slice::First(1))) => format!("read \"{nouns}\", the first"),
        (_, Some(Slice::First(most))) => format!("read the first {most} \"{nouns}\""),
        (_, Some(Slice::Last(1))) => format!("read \"{nouns}\", the last"),
        (_, Some(Slice::Last(most))) => format!("read the last {most} \"{nouns}\""),
        (_, Some(Slice::Nth(nth))) => format!("read \"{nouns}\", number {nth}"),
        _ if wanted.all => format!("read all \"{nouns}\", over the pages of a list"),
        _ => format!("read \"{nouns}\""),
    };
    if !wanted.fields.is_empty() {
        words += &format!(", of each {}", wanted.fields.join(" and "));
    }
    for filter in &wanted.filters {
        words += &format!(", only what fits \"{}\"", filter.text);
    }
    if let Some(most) = &wanted.most {
        words += &format!(", the one with the {}", words::superlative(most));
    }
    if let Some(sorting) = &wanted.sorting {
        let way = if sorting.falling { "falling" } else { "rising" };
        words += &format!(", in order of \"{}\", {way}", sorting.by);
    }
    for place in &wanted.places {
        words += &format!(", in \"{place}\"");
    }
    if by_schema {
        words += ", as the schema wants it";
    }
    let counts = wanted.tally == Some(Tally::Count);
    let action = if counts { "count" } else { "extract" };
    let mut told = told(
        action,
        words,
        "each value names the element that it was read from",
    );
    let sought = |part, noun: &String| SoughtElement {
        place: wanted.places.first().map(|it| format!("in \"{it}\"")),
        ..element(part, &Phrase::plain(noun))
    };
    told.elements
        .extend(wanted.nouns.iter().map(|it| sought("value", it)));
    told.elements
        .extend(wanted.fields.iter().map(|it| sought("field", it)));
    told
}
