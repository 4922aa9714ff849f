//! The verbs of goals.

use super::{
    filler,
    token::{Class, Token},
    wording::{CONTROLS, THOUGHT, WORDINGS},
};

/// What a clause does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Open or go to.
    Go,
    /// Click.
    Click,
    /// Click twice.
    DoubleClick,
    /// Point at.
    Hover,
    /// Put the focus into a field.
    Focus,
    /// Type a value into a field.
    Type,
    /// Give a field a value.
    Fill,
    /// Read a value, to type it elsewhere.
    Copy,
    /// Empty a field.
    Clear,
    /// Choose an option.
    Select,
    /// Check.
    Check,
    /// Uncheck.
    Uncheck,
    /// Check or uncheck, whichever it is not.
    Toggle,
    /// Log in.
    LogIn,
    /// Search.
    Search,
    /// Send the form.
    Submit,
    /// Press a key or a button.
    Press,
    /// Upload a file.
    Upload,
    /// Download a file.
    Download,
    /// Scroll.
    Scroll,
    /// Drag something onto something, or a slider to a value.
    Drag,
    /// Open a section.
    Expand,
    /// Close a section.
    Collapse,
    /// Close a dialog, banner or tab.
    Close,
    /// Wait.
    Wait,
    /// Back in the history.
    Back,
    /// Forward in the history.
    Forward,
    /// Load again.
    Reload,
    /// Say yes to a dialog.
    Accept,
    /// Say no to a dialog.
    Dismiss,
    /// Look whether something is so.
    Verify,
    /// Look for something: to read it, or to act on it.
    Find,
    /// Read values.
    Extract,
    /// Read what something costs.
    Price,
    /// Count.
    Count,
    /// Do something with a certain control.
    Use,
    /// Look through tabs, sections or pages for something.
    Browse,
    /// Sort a list by a control of the page.
    Sort,
    /// Click the control that is called by the verb.
    Control,
}

impl Verb {
    /// Whether it reads, and changes nothing.
    pub fn reads(self) -> bool {
        matches!(
            self,
            Self::Extract | Self::Count | Self::Find | Self::Price | Self::Verify
        )
    }

    /// Whether one verb may hold for several objects: "open A, then B".
    pub fn takes_objects(self) -> bool {
        matches!(
            self,
            Self::Go
                | Self::Click
                | Self::Hover
                | Self::Expand
                | Self::Check
                | Self::Select
                | Self::Press
                | Self::Control
        )
    }

    /// Whether its objects may stand below it, one a line.
    pub fn takes_list(self) -> bool {
        matches!(
            self,
            Self::Extract | Self::Find | Self::Click | Self::Check | Self::Uncheck | Self::Select
        )
    }

    /// Whether it stands alone, without an object.
    fn stands_alone(self) -> bool {
        matches!(
            self,
            Self::Submit
                | Self::LogIn
                | Self::Back
                | Self::Forward
                | Self::Reload
                | Self::Scroll
                | Self::Wait
                | Self::Search
                | Self::Control
        )
    }
}

/// Verbs whose first word is as often a noun: "the open orders", "list price".
const NOUNS: &[&str] = &[
    "access",
    "authenticate",
    "change",
    "check",
    "complete",
    "copy",
    "count",
    "drop",
    "empty",
    "exit",
    "find",
    "flip",
    "focus",
    "follow",
    "get",
    "hide",
    "hit",
    "input",
    "list",
    "load",
    "login",
    "move",
    "note",
    "open",
    "order",
    "output",
    "pick",
    "point",
    "push",
    "put",
    "read",
    "report",
    "return",
    "search",
    "select",
    "send",
    "set",
    "signin",
    "slide",
    "sort",
    "submit",
    "switch",
    "take",
    "tap",
    "tick",
    "tell",
    "type",
    "update",
    "use",
    "visit",
    "wait",
    "which",
    "write",
    "download",
    "upload",
    "refresh",
    "reload",
    "close",
    "fold",
    "clear",
    "fill",
    "drag",
    "scroll",
    "press",
    "click",
    "enter",
];

/// Words that an object begins with.
const OBJECTS: &[&str] = &[
    "the", "a", "an", "all", "on", "every", "each", "both", "its", "it", "them", "this", "that",
    "these", "those", "my", "your", "his", "her", "their", "our", "to", "for", "into", "in", "any",
    "button", "link", "field", "checkbox", "out", "down", "up", "back", "me", "only", "there",
    "by", "with", "if", "from", "one", "again", "until",
];

/// Whether an object may begin with this word.
pub fn is_object(word: &str) -> bool {
    OBJECTS.contains(&word) && !["of", "by", "in", "from", "for", "with", "to"].contains(&word)
}

/// The verb at `at`, and how many tokens it takes.
pub fn at(tokens: &[Token], at: usize) -> Option<(Verb, usize)> {
    let known = WORDINGS
        .iter()
        .filter_map(|(wording, verb)| Some((*verb, length(tokens, at, wording)?)))
        .max_by_key(|(_, length)| *length)
        // "order the mug": what a shop's button is called.
        .filter(|(verb, _)| {
            *verb != Verb::Sort
                || !tokens[at].is("order")
                || tokens[at..].iter().any(|it| it.is("by"))
        });
    let control = || {
        CONTROLS
            .iter()
            // "answer with 'yes'": sent as it is; to answer a question needs a model.
            .filter(|it| {
                !matches!(**it, "answer" | "respond")
                    || tokens.get(at + 1..).is_some_and(|rest| {
                        rest.iter().take(10).any(|it| it.class == Class::Quoted)
                            && !rest[0].is_mark(":")
                    })
            })
            .filter_map(|it| length(tokens, at, it))
            .max()
            .map(|length| (Verb::Control, length))
    };
    let control = control();
    let known = light(tokens, at).or(known);
    // "say how many stars it has".
    let asks = ["how", "what", "which", "who", "when", "where"];
    let say = tokens.get(at).is_some_and(|it| it.is("say"))
        && tokens
            .get(at + 1)
            .is_some_and(|it| asks.iter().any(|word| it.is(word)));
    let known = known.or_else(|| say.then_some((Verb::Extract, 1)));
    match (known, control) {
        (Some((_, known)), Some((verb, longer))) if longer > known => Some((verb, longer)),
        (known, control) => known.or(control),
    }
}

/// Whether a verb says nothing of what is done: "give" in "give a like".
pub fn is_light(token: &Token) -> bool {
    [
        "make", "do", "give", "put", "perform", "making", "doing", "giving",
    ]
    .iter()
    .any(|it| token.is(it))
}

/// "make a click on", "do a search for", "give a double click": the noun says what is done.
fn light(tokens: &[Token], at: usize) -> Option<(Verb, usize)> {
    const LIGHT: &[&str] = &[
        "make", "do", "give", "put", "perform", "execute", "making", "doing", "realize", "realise",
    ];
    const NEXT: &[&str] = &[
        "on", "in", "at", "of", "for", "to", "with", "onto", "over", "into",
    ];
    let first = tokens.get(at)?;
    // "put a tick in the box", "set the mark at …".
    if ["put", "set", "place", "putting"]
        .iter()
        .any(|it| first.is(it))
    {
        let article = tokens
            .get(at + 1)
            .is_some_and(|it| it.is("a") || it.is("the"));
        let noun = at + 1 + usize::from(article);
        let mark = ["tick", "check", "mark", "checkmark", "cross", "hook"];
        let link = ["in", "into", "at", "on", "by", "for", "beside", "next"];
        let is = |at: usize, of: &[&str]| {
            tokens
                .get(at)
                .is_some_and(|it| of.iter().any(|word| it.is(word)))
        };
        let to = usize::from(is(noun + 1, &["next"]) && is(noun + 2, &["to"]));
        return (is(noun, &mark) && is(noun + 1, &link))
            .then_some((Verb::Check, noun + 2 + to - at));
    }
    if !LIGHT.iter().any(|it| first.is(it)) {
        return None;
    }
    let article = tokens
        .get(at + 1)
        .is_some_and(|it| it.is("a") || it.is("an") || it.is("the"));
    let noun = at + 1 + usize::from(article);
    if light(tokens, noun).is_some()
        || LIGHT
            .iter()
            .any(|it| tokens.get(noun).is_some_and(|token| token.is(it)))
    {
        return None;
    }
    // "give a like on …": what the control is called.
    const NOUNS: &[&str] = &[
        "like", "vote", "comment", "star", "bookmark", "share", "upvote", "downvote", "clap", "pin",
    ];
    let next = tokens.get(noun + 1);
    if tokens
        .get(noun)
        .is_some_and(|it| NOUNS.iter().any(|word| it.is(word)))
        && next.is_none_or(|it| it.class == Class::Mark || NEXT.iter().any(|word| it.is(word)))
    {
        return Some((Verb::Control, noun + 1 - at));
    }
    let (verb, length) = WORDINGS
        .iter()
        .filter_map(|(wording, verb)| Some((*verb, length(tokens, noun, wording)?)))
        .max_by_key(|(_, length)| *length)?;
    let after = noun + length;
    let preposition = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|it| NEXT.iter().any(|word| it.is(word)))
    };
    let led = preposition(after) || after > 0 && preposition(after - 1);
    let bare = tokens.get(after).is_none() && verb.stands_alone();
    let takes = usize::from(
        preposition(after)
            && matches!(
                verb,
                Verb::Click | Verb::DoubleClick | Verb::Download | Verb::Copy
            ),
    );
    ((led || bare) && verb != Verb::Sort).then_some((verb, after + takes - at))
}

/// Whether what follows a verb that joins on to a clause makes it one of its own.
pub fn joins(tokens: &[Token], at: usize) -> Option<(Verb, usize)> {
    let (verb, length) = self::at(tokens, at)?;
    let first = &tokens[at];
    // "the list": a noun.
    let article = [
        "the", "a", "an", "my", "your", "his", "their", "our", "each", "every", "no",
    ];
    if at > 0 && article.iter().any(|it| tokens[at - 1].is(it)) {
        return None;
    }
    // "qty 5, note 'no sugar'": a field.
    if ["note", "list", "report", "output"]
        .iter()
        .any(|it| first.is(it))
        && tokens
            .get(at + 1)
            .is_some_and(|it| it.class == Class::Quoted)
    {
        return None;
    }
    // "the fig, which is not here": no question.
    if (first.is("which") || first.is("who")) && at > 0 && tokens[at - 1].is_mark(",") {
        return None;
    }
    let doubtful = verb == Verb::Control || NOUNS.contains(&&*first.lower);
    if length > 1 || !doubtful {
        return Some((verb, length));
    }
    // "favorite fruit: Cherry" is a field and its value.
    let item = tokens[at..].iter().take_while(|it| !it.is_mark(","));
    if item
        .clone()
        .skip(length)
        .any(|it| it.is_mark(":") || it.is_mark("="))
        && !tokens[at + length].is_mark(":")
    {
        return None;
    }
    let next = tokens.get(at + length);
    // "date and place of the events".
    if next.is_some_and(|it| it.is("of")) {
        return None;
    }
    // "name and rating": a noun, however much it looks like a verb.
    if verb == Verb::Control
        && first.lower.ends_with("ing")
        && next.is_none_or(|it| it.class == Class::Mark)
    {
        return None;
    }
    let sound = match next {
        None => verb.stands_alone() && !first.text.starts_with(char::is_uppercase),
        Some(next) if next.class == Class::Mark => {
            verb.stands_alone() && !first.text.starts_with(char::is_uppercase)
        }
        // "find and click": two verbs, one order.
        Some(next) if next.is("and") => self::at(tokens, at + length + 1).is_some(),
        Some(next) => {
            next.class == Class::Quoted
                || OBJECTS.contains(&&*next.lower)
                || !first.text.starts_with(char::is_uppercase)
        }
    };
    sound.then_some((verb, length))
}

/// How many tokens a wording takes at `at`; its verb may be a gerund.
fn length(tokens: &[Token], at: usize, wording: &str) -> Option<usize> {
    let mut length = 0;
    for word in wording.split(' ') {
        let token = tokens.get(at + length)?;
        let same = token.is(word)
            || length == 0 && token.class == Class::Word && is_gerund(&token.lower, word);
        if !same {
            return None;
        }
        length += 1;
    }
    Some(length)
}

/// "clicking", "choosing", "dragging".
fn is_gerund(have: &str, verb: &str) -> bool {
    let Some(base) = have.strip_suffix("ing") else {
        return false;
    };
    let doubled = base.len() > 2
        && base.is_ascii()
        && base.as_bytes()[base.len() - 1] == base.as_bytes()[base.len() - 2]
        && base[..base.len() - 1] == *verb;
    base == verb || doubled || verb.strip_suffix('e') == Some(base)
}

/// Whether the verb at `at` is a gerund.
pub fn is_gerund_at(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|it| it.lower.ends_with("ing")) && self::at(tokens, at).is_some()
}

/// The first token from `at` on that belongs to no filler.
pub fn skip_fillers(tokens: &[Token], at: usize) -> usize {
    filler::skip(tokens, at)
}

/// The verb at the beginning that only a model can carry out.
pub fn thought(tokens: &[Token]) -> Option<&'static str> {
    THOUGHT
        .iter()
        .copied()
        .find(|it| length(tokens, 0, it).is_some())
}

/// No verb is nearly as long.
const MAX_WORD_BYTES: usize = 40;

/// The wording nearest to a word that is no verb, if any is near.
pub fn nearest(word: &str) -> Option<&'static str> {
    if word.len() > MAX_WORD_BYTES {
        return None;
    }
    let words = WORDINGS
        .iter()
        .map(|(wording, _)| *wording)
        .chain(CONTROLS.iter().copied())
        .filter(|it| !it.contains(' '));
    words
        .map(|it| (strsim::osa_distance(word, it), it))
        .filter(|(distance, it)| *distance <= 1 + it.len() / 5 && *distance < it.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, it)| it)
}
