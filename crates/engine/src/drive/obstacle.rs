//! What stands in the way of any engine: captchas, blocks against robots, log-in walls, error pages.
//!
//! Told by what sites of all kinds show, never by who they are. It only names a failure that an
//! engine met already: a page that merely has a captcha somewhere may do without it.

use errand_browser::{Node, Observation};
use errand_domain::{FailureCategory, text::clip};

/// Pages that stop robots are short; an article about them is not.
const MAX_TEXTS: usize = 60;
const MAX_CONTROLS: usize = 12;
/// Height of a badge in CSS pixels, a frame's own border included; the lowest box to be answered has
/// 65.
const BADGE: f64 = 64.0;
/// A notice is no longer than this, in bytes.
const MAX_NOTICE: usize = 240;

/// Something that no engine gets past by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// How a run fails because of it.
    pub category: FailureCategory,
    /// What was seen, for a person.
    pub what: String,
}

/// A form to log in has a name, a password, and hardly more.
const MAX_FIELDS: usize = 3;

/// How frames, images and fields of captchas are called.
const CAPTCHA_NAMES: &[&str] = &[
    "captcha",
    "security challenge",
    "human verification",
    "verification challenge",
    "turnstile",
];

/// What pages say beside a captcha.
const CAPTCHA_WORDS: &[&str] = &[
    "verify you are human",
    "verify that you are human",
    "verify you're human",
    "verifying you are human",
    "prove you are human",
    "prove that you are human",
    "confirm you are human",
    "confirm that you are human",
    "are you a robot",
    "i'm not a robot",
    "i am not a robot",
    "complete the captcha",
    "solve the captcha",
    "enter the characters you see",
    "type the characters you see",
    "press and hold",
    "press & hold",
];

/// What pages say that take a browser for a robot and offer no way to prove otherwise.
const BLOCK_WORDS: &[&str] = &[
    "you have been blocked",
    "unusual traffic",
    "automated access",
    "automated requests",
    "automated queries",
    "access denied",
    "access to this page has been denied",
    "request blocked",
    "bot detected",
    "bots are not allowed",
    "too many requests",
    "checking your browser",
    "just a moment",
    "pardon our interruption",
];

/// What pages say that want a log-in first.
const LOGIN_WORDS: &[&str] = &[
    "log in to continue",
    "login to continue",
    "sign in to continue",
    "please log in",
    "please sign in",
    "you must be logged in",
    "you must log in",
    "you need to log in",
    "you need to sign in",
    "login required",
    "session has expired",
    "session expired",
];

/// Words of a goal that wants to log in itself.
const LOGIN_GOALS: &[&str] = &[
    "log in", "login", "log into", "sign in", "signin", "password",
];

/// What stands behind a failure on this page, if something does.
pub fn behind(
    category: FailureCategory,
    reason: &str,
    seen: &Observation,
    goal: &str,
) -> Option<Obstacle> {
    let open = matches!(
        category,
        FailureCategory::ElementNotFound
            | FailureCategory::ActionFailed
            | FailureCategory::WrongPage
            | FailureCategory::ExtractionInvalid
            | FailureCategory::Loop
            | FailureCategory::VerificationFailed
    );
    // What is not on a page that says much else is not there because of a captcha in its form; what
    // was done and came to nothing may be.
    let undone = matches!(
        category,
        FailureCategory::ActionFailed | FailureCategory::Loop | FailureCategory::VerificationFailed
    );
    let asks = || captcha(seen).filter(|_| undone || is_short(seen));
    match category {
        // An engine may know one by sight that no rule knows.
        FailureCategory::Captcha => captcha(seen).or_else(|| {
            Some(Obstacle {
                category,
                what: clip(reason, 300),
            })
        }),
        _ if open => asks()
            .or_else(|| block(seen))
            .or_else(|| login(seen, goal))
            .or_else(|| error_page(seen)),
        _ => None,
    }
}

fn captcha(seen: &Observation) -> Option<Obstacle> {
    let found = |what: String| {
        Some(Obstacle {
            category: FailureCategory::Captcha,
            what,
        })
    };
    if let Some(node) = seen.nodes.iter().find(|it| is_captcha(it)) {
        let name = called(node);
        return found(format!("a captcha ({} \"{}\")", node.role, clip(&name, 80)));
    }
    let notice = notice(seen, CAPTCHA_WORDS)?;
    found(format!("the page says \"{}\"", clip(notice, 120)))
}

/// The element that a captcha is answered with, where it is one to be read and typed.
pub fn captcha_field(seen: &Observation) -> Option<&Node> {
    let fields = seen.nodes.iter();
    let mut fields = fields.filter(|it| it.role == "textbox" && it.interactive && !it.disabled);
    fields.find(|it| {
        has(
            &called(it),
            &["captcha", "characters you see", "letters you see"],
        )
    })
}

fn is_captcha(node: &Node) -> bool {
    let kind = match &*node.role {
        // A badge in a corner says who guards the page; there is nothing to be solved.
        "frame" => node.rect.is_none_or(|[_, _, _, high]| high > BADGE),
        role => matches!(role, "img" | "textbox" | "group" | "checkbox"),
    };
    kind && has(&called(node), CAPTCHA_NAMES)
        || node.role == "checkbox" && has(&node.name, CAPTCHA_WORDS)
}

fn called(node: &Node) -> String {
    let parts = [
        Some(&node.name),
        node.label.as_ref(),
        node.placeholder.as_ref(),
        node.description.as_ref(),
        node.field.as_ref(),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join(" ").trim().to_owned()
}

fn block(seen: &Observation) -> Option<Obstacle> {
    let status = seen.status.filter(|it| matches!(it, 401 | 403 | 429 | 503));
    let short = is_short(seen);
    let title = has(&seen.title, BLOCK_WORDS).then_some(&*seen.title);
    let said = title.or_else(|| notice(seen, BLOCK_WORDS));
    let what = match (said, status) {
        (Some(said), _) if short => format!("the page says \"{}\"", clip(said, 120)),
        (None, Some(429)) => "the site answers 429, too many requests".to_owned(),
        _ => return None,
    };
    Some(Obstacle {
        category: FailureCategory::AntiBot,
        what,
    })
}

fn login(seen: &Observation, goal: &str) -> Option<Obstacle> {
    let goal = goal.to_lowercase();
    if LOGIN_GOALS.iter().any(|it| goal.contains(it)) {
        return None;
    }
    let is_secret = |it: &&Node| it.interactive && it.input_type.as_deref() == Some("password");
    let secrets = seen.nodes.iter().filter(is_secret).count();
    let fields = seen.nodes.iter().filter(|it| it.role == "textbox").count();
    let said = notice(seen, LOGIN_WORDS);
    let what = match (said, secrets) {
        (Some(said), _) => format!("the page says \"{}\"", clip(said, 120)),
        // A second field for a password is a form to register or to change it, and so are many.
        (None, 1) if fields <= MAX_FIELDS => "the page asks for a password".to_owned(),
        (None, _) if seen.status == Some(401) => "the site answers 401".to_owned(),
        _ => return None,
    };
    Some(Obstacle {
        category: FailureCategory::AuthFailed,
        what: format!("{what}, and the goal names no log-in"),
    })
}

fn error_page(seen: &Observation) -> Option<Obstacle> {
    let status = seen.status.filter(|it| *it >= 400)?;
    Some(Obstacle {
        category: FailureCategory::WrongPage,
        what: format!(
            "{} answers {status} ({})",
            clip(&seen.url, 200),
            clip(&seen.title, 100)
        ),
    })
}

fn is_short(seen: &Observation) -> bool {
    texts(seen).count() <= MAX_TEXTS
        && seen.nodes.iter().filter(|it| it.interactive).count() <= MAX_CONTROLS
}

fn texts(seen: &Observation) -> impl Iterator<Item = &str> {
    let texts = seen.nodes.iter().filter(|it| it.role == "text");
    texts.map(|it| &*it.text)
}

/// A short text with one of these words.
fn notice<'s>(seen: &'s Observation, words: &[&str]) -> Option<&'s str> {
    let mut short = texts(seen).filter(|it| it.len() <= MAX_NOTICE);
    short.find(|it| has(it, words))
}

fn has(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase().replace('’', "'");
    words.iter().any(|it| text.contains(it))
}
