//! What a clause of a goal asks for.

use std::ops::Range;

use super::{
    extraction::Extraction,
    phrase::{Phrase, Place},
    value::{Derivation, Worth},
};

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
    /// The nearest wording that is understood, if one is near.
    pub nearest: Option<String>,
    /// What wording, or what else, would help.
    pub hint: String,
}

/// One thing that the goal asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Where in the prompt, in bytes.
    pub span: Range<usize>,
    /// The words.
    pub text: String,
    /// Only if this is so.
    pub when: Option<When>,
    /// The meaning.
    pub ask: Ask,
}

/// A condition on what the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// What is looked for.
    pub what: Phrase,
    /// Whether it is to be there, or not to be there.
    pub present: bool,
}

/// What to wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Until {
    /// A text, or an element of that name or kind, to appear.
    Shown(Phrase),
    /// The same to go away.
    Gone(Phrase),
    /// Milliseconds to pass.
    Millis(u64),
    /// The page to come to rest.
    Settled,
}

/// A file for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// By its name or address.
    Named(String),
    /// The one that was downloaded last, in these words.
    Latest(String),
}

/// The meaning of a clause.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Open an address.
    Open(String),
    /// Go to a page that a link, tab or menu item leads to.
    GoTo(Phrase),
    /// Click something; each of them where the phrase says "all".
    Click(Phrase),
    /// Click it twice.
    DoubleClick(Phrase),
    /// Point at something.
    Hover(Phrase),
    /// Put the focus into a field.
    Focus(Phrase),
    /// Give a field a value, in whatever way the field takes one; into the only or focused one if
    /// no field is named.
    Fill { field: Option<Phrase>, value: Worth },
    /// Empty a field.
    Clear(Phrase),
    /// Choose options: of a list, a group of radio buttons or check boxes, a menu, or things on the
    /// page that can be selected.
    Select {
        field: Option<Phrase>,
        options: Vec<Phrase>,
    },
    /// Put check boxes, switches or radio buttons into a state; absent: into the other one.
    Check { what: Phrase, on: Option<bool> },
    /// Log in; what is not given must be there already.
    LogIn {
        user: Option<String>,
        password: Option<String>,
    },
    /// Search the site, with the box that the place names.
    Search { query: Worth, place: Option<Place> },
    /// Send the form; the one that the phrase names.
    Submit(Option<Phrase>),
    /// Press keys, on something or on what has the focus.
    Press {
        keys: Vec<String>,
        at: Option<Phrase>,
    },
    /// Give a file to a file input.
    Upload { file: Given, field: Option<Phrase> },
    /// Get a file that something on the page leads to.
    Download(Phrase),
    /// Scroll the page, to something, or until something is there.
    Scroll {
        down: bool,
        end: bool,
        to: Option<Phrase>,
        within: Option<Phrase>,
    },
    /// Drag something onto something.
    Drag { what: Phrase, onto: Phrase },
    /// Open or close a section, menu or tree item.
    Expand { what: Phrase, open: bool },
    /// Close a dialog, a banner, a tab.
    Close(Phrase),
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
    /// Look whether something is so.
    Verify(When),
    /// Read a value, to be used by a later clause.
    Take(Derivation),
    /// Read values for the output.
    Extract(Extraction),
    /// Words with no meaning of their own, which can only be what something on the page is called:
    /// to be clicked if it is there, and not understood if it is not.
    Named(NotUnderstood),
}
