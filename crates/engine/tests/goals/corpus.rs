//! The goals, as they stand in the two files.

use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::Value;

/// Where the goals and their pages are.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/goals")
}

/// A half of the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Half {
    /// Not looked at by those who change the product.
    Held,
    /// For finding out what is missing.
    #[default]
    Open,
}

impl Half {
    pub const ALL: [Self; 2] = [Self::Held, Self::Open];

    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Open => "open",
        }
    }

    pub fn named(name: &str) -> anyhow::Result<Self> {
        let found = Self::ALL.into_iter().find(|it| it.name() == name);
        found.with_context(|| format!("there is no half {name:?}, only held and open"))
    }
}

/// Who writes like that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    Terse,
    Polite,
    Verbose,
    List,
    Foreign,
}

impl Style {
    pub const ALL: [Self; 5] = [
        Self::Terse,
        Self::Polite,
        Self::Verbose,
        Self::List,
        Self::Foreign,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Terse => "terse",
            Self::Polite => "polite",
            Self::Verbose => "verbose",
            Self::List => "list",
            Self::Foreign => "foreign",
        }
    }
}

/// One goal, and what must come of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    pub id: String,
    pub style: Style,
    /// The file that the run starts on.
    pub page: String,
    #[serde(rename = "goal")]
    pub text: String,
    pub schema: Option<Value>,
    pub expect: Expect,
    #[serde(skip)]
    pub half: Half,
}

/// What must come of a goal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The output.
    pub output: Option<Value>,
    /// Other outputs that are as good.
    #[serde(default)]
    pub or: Vec<Value>,
    /// JavaScript that is true in the page at the end.
    pub state: Option<String>,
    /// How it ends, where it can't be done.
    pub ends: Option<Ends>,
    /// The failure's category, where only one is right.
    pub category: Option<String>,
}

/// How a goal that can't be met ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// The engine could not.
    Failed,
    /// The page shows that it can't be.
    Terminated,
    /// Either of the two: both can be argued.
    Unmet,
}

/// All goals of a half.
pub fn load(half: Half) -> anyhow::Result<Vec<Goal>> {
    let path = folder().join(format!("{}.jsonl", half.name()));
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let mut goals = Vec::<Goal>::new();
    for (number, line) in text.lines().enumerate() {
        let place = || format!("{}, line {}", path.display(), number + 1);
        let mut goal: Goal = serde_json::from_str(line).with_context(place)?;
        goal.half = half;
        let Expect {
            output,
            state,
            ends,
            ..
        } = &goal.expect;
        if output.is_none() && state.is_none() && ends.is_none() {
            bail!("{} expects nothing", goal.id);
        }
        if goals.iter().any(|it| it.id == goal.id) {
            bail!("{} is there twice", goal.id);
        }
        goals.push(goal);
    }
    Ok(goals)
}
