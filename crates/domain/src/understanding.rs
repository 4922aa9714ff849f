//! How a request is read before anything is done.

use std::ops::Range;

/// What takes a password's place in texts for people.
pub const HIDDEN: &str = "•••";

/// A request as an engine that works by rules reads it. No page was looked at for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Understanding {
    /// What is understood, in the order in which it would be done; the first of it, if it is much.
    pub clauses: Vec<UnderstoodClause>,
    /// How many clauses there are.
    pub clause_count: usize,
    /// What is not, in the order of the prompt.
    pub not_understood: Vec<NotUnderstood>,
    /// How the output's schema would be filled, if there is one.
    pub schema: Option<SchemaPlan>,
}

/// One thing that the prompt asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderstoodClause {
    /// Where it stands in the prompt, in bytes.
    pub span: Range<usize>,
    /// Its words; passwords are [`HIDDEN`].
    pub text: String,
    /// What it does, as one word: `click`, `fill`.
    pub action: &'static str,
    /// What it does, in words.
    pub description: String,
    /// What it will look for.
    pub elements: Vec<SoughtElement>,
    /// What it will type, choose, search for or press.
    pub values: Vec<ClauseValue>,
    /// In which case only it is done; always if absent.
    pub condition: Option<String>,
    /// By what it is decided whether it is done.
    pub verification: &'static str,
}

/// Something that a clause will look for on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoughtElement {
    /// What it is to the clause: `target`, `onto`, `condition`.
    pub part: &'static str,
    /// The kind of element; any that fits if absent.
    pub kind: Option<&'static str>,
    /// The words that it is looked for by.
    pub words: String,
    /// Whether the words are its very name.
    pub exact: bool,
    /// Which of several: `2nd`, `last`, `every`.
    pub ordinal: Option<String>,
    /// Where, in words; anywhere if absent.
    pub place: Option<String>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueOrigin {
    /// It stands in the prompt.
    Prompt,
    /// It will be read from the page.
    Page,
    /// An earlier clause read it.
    EarlierClause,
    /// Nothing gives it.
    Missing,
}

/// A value that a clause needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseValue {
    /// What it is to the clause: `value`, `password`, `query`.
    pub name: &'static str,
    /// The value, if it is known and no secret.
    pub text: Option<String>,
    /// Whether it is never to be shown.
    pub secret: bool,
    /// Where it comes from.
    pub origin: ValueOrigin,
    /// How it is made, in words, where it is read or worked out.
    pub derivation: Option<String>,
}

/// A part of the prompt that has no meaning to the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUnderstood {
    /// Where it stands in the prompt, in bytes.
    pub span: Range<usize>,
    /// Its words.
    pub text: String,
    /// The nearest wording that has a meaning.
    pub nearest: Option<String>,
    /// What wording, or what else, would help.
    pub hint: String,
}

/// How the output's schema would be filled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchemaPlan {
    /// Whether an output that fits is possible, as far as the schema tells.
    pub usable: bool,
    /// What will be looked for, in the order of the schema; the first of it, if it is much.
    pub properties: Vec<SchemaProperty>,
    /// What is wrong with the schema as a whole.
    pub problems: Vec<String>,
}

/// One value of the output, or the same value of each item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaProperty {
    /// Where it stands in the output, as a JSON pointer; `*` is every item of a list.
    pub pointer: String,
    /// What it is read as: `text`, `number`, `list`.
    pub kind: &'static str,
    /// What it will be looked for as, in words; absent if it can't be filled.
    pub sought: Option<String>,
    /// Why it can't be filled, or what of it is not heeded.
    pub problem: Option<String>,
}
