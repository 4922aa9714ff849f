//! What a clause of a goal asks for.

use std::ops::Range;

/// The goal, clause by clause.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Goal {
    /// In the order they are to be done.
    pub clauses: Vec<Clause>,
}

/// A part of the goal that has no meaning here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not understood; {hint}")]
pub struct NotUnderstood {
    /// Where in the prompt, in bytes.
    pub span: Range<usize>,
    /// The words.
    pub text: String,
    /// What wording would help.
    pub hint: String,
}

/// One thing that the goal asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Where in the prompt, in bytes.
    pub span: Range<usize>,
    /// The words.
    pub text: String,
    /// The meaning.
    pub ask: Ask,
}

/// What kind of thing a phrase names, when it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A button.
    Button,
    /// A link or menu item.
    Link,
    /// Something to type into.
    Field,
    /// A check box, switch or radio button.
    Check,
    /// A list to choose from.
    Choice,
    /// A tab of a tab list.
    Tab,
    /// A page to go to.
    Page,
}

/// Which one of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ordinal {
    /// Counted from 1.
    Nth(usize),
    /// The last.
    Last,
}

/// Words that name something on a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phrase {
    /// The words, without articles, ordinal and kind.
    pub words: String,
    /// The words with their ordinal, which may belong to the name: "First name".
    pub whole: String,
    /// Whether they were quoted: the name itself, not a description.
    pub quoted: bool,
    /// The kind of thing, if said.
    pub kind: Option<Kind>,
    /// Which one, if said.
    pub ordinal: Option<Ordinal>,
    /// Words near it: of its row, section or dialog.
    pub near: Option<String>,
}

/// What is to be read from the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extraction {
    /// The things asked for, without articles: `invoice numbers`, `title of the top post`.
    pub nouns: Vec<String>,
    /// Of each thing, these: "products with name and price".
    pub fields: Vec<String>,
    /// Only those that hold this text.
    pub filter: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
    /// Whether the goal says "all" or "every".
    pub all: bool,
    /// Whether only the first one is meant ("the top post").
    pub single: bool,
    /// Count them instead of listing them.
    pub count: bool,
    /// Where on the page, if said.
    pub place: Option<String>,
}

/// What to wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Until {
    /// A text to appear.
    Text(String),
    /// Milliseconds to pass.
    Millis(u64),
    /// The page to come to rest.
    Settled,
}

/// The meaning of a clause.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Open an address.
    Open(String),
    /// Go to a page that a link, tab or menu item leads to.
    GoTo(Phrase),
    /// Click something.
    Click(Phrase),
    /// Click it twice.
    DoubleClick(Phrase),
    /// Point at something.
    Hover(Phrase),
    /// Type a value into a field; into the only or focused one if no field is named.
    Fill {
        field: Option<Phrase>,
        value: String,
    },
    /// Empty a field.
    Clear(Phrase),
    /// Choose an option.
    Select {
        field: Option<Phrase>,
        option: String,
    },
    /// Check or uncheck something.
    Check { what: Phrase, on: bool },
    /// Log in; what is not given must be there already.
    LogIn {
        user: Option<String>,
        password: Option<String>,
    },
    /// Search the site.
    Search(String),
    /// Send the form.
    Submit,
    /// Press keys.
    Press(Vec<String>),
    /// Give a file to a file input.
    Upload { file: String, field: Option<Phrase> },
    /// Scroll the page, or to something.
    Scroll {
        down: bool,
        end: bool,
        to: Option<Phrase>,
    },
    /// Wait.
    Wait(Until),
    /// Back in the history.
    Back,
    /// Forward in the history.
    Forward,
    /// Load the page again.
    Reload,
    /// Answer a dialog.
    Dialog { accept: bool, text: Option<String> },
    /// Read values.
    Extract(Extraction),
}
