//! How many goals of each half are met, and the numbers that may not get worse.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::{
    attempt::Outcome,
    bench::Trial,
    corpus::{self, Half, Style},
};

/// Counts of outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    pub passed: usize,
    pub missed: usize,
    pub wrong: usize,
}

impl Tally {
    pub fn of(trials: &[&Trial]) -> Self {
        let count = |outcome| trials.iter().filter(|it| it.outcome == outcome).count();
        Self {
            passed: count(Outcome::Passed),
            missed: count(Outcome::Missed),
            wrong: count(Outcome::WronglyCompleted),
        }
    }

    fn all(self) -> usize {
        self.passed + self.missed + self.wrong
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:3} of {:3} met, {} honest failures, {} wrongly completed",
            self.passed,
            self.all(),
            self.missed,
            self.wrong
        )
    }
}

/// What was reached, of a half and each of its styles.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Scores(BTreeMap<String, BTreeMap<String, Tally>>);

impl Scores {
    /// As they are written down.
    pub fn load() -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file("scores.json")).context("scores.json")?;
        serde_json::from_str(&text).context("scores.json")
    }

    /// The whole half.
    pub fn of(&self, half: Half) -> Tally {
        let styles = self.0.get(half.name()).into_iter().flatten();
        styles.fold(Tally::default(), |sum, (_, it)| Tally {
            passed: sum.passed + it.passed,
            missed: sum.missed + it.missed,
            wrong: sum.wrong + it.wrong,
        })
    }

    /// Takes what a half reached now.
    pub fn set(&mut self, half: Half, trials: &[&Trial]) {
        let of_style = |style: Style| {
            let of_style = trials.iter().copied();
            let of_style: Vec<&Trial> = of_style.filter(|it| it.goal.style == style).collect();
            (style.name().to_owned(), Tally::of(&of_style))
        };
        let styles = Style::ALL.into_iter().map(of_style).collect();
        self.0.insert(half.name().to_owned(), styles);
    }

    /// Writes them down, here and in the README's table.
    pub fn save(&self) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(file("scores.json"), text + "\n")?;
        let readme = std::fs::read_to_string(file("README.md")).context("README.md")?;
        let (head, rest) = readme.split_once(BEGIN).context("no table in the README")?;
        let (_, tail) = rest.split_once(END).context("the table has no end")?;
        let table = self.table();
        let readme = format!("{head}{BEGIN}\n{table}{END}{tail}");
        std::fs::write(file("README.md"), readme)?;
        Ok(())
    }

    fn table(&self) -> String {
        let mut table = "| half | style | goals | met | honest failure | wrongly completed |\n\
                         |---|---|---|---|---|---|\n"
            .to_owned();
        for half in Half::ALL {
            let styles = self.0.get(half.name());
            let rows = Style::ALL.iter().map(|style| style.name());
            let rows = rows.filter_map(|name| Some((name, *styles?.get(name)?)));
            for (name, tally) in rows.chain([("all", self.of(half))]) {
                let Tally {
                    passed,
                    missed,
                    wrong,
                } = tally;
                let (half, all) = (half.name(), tally.all());
                table.push_str(&format!(
                    "| {half} | {name} | {all} | {passed} | {missed} | {wrong} |\n"
                ));
            }
        }
        table
    }
}

const BEGIN: &str = "<!-- scores -->";
const END: &str = "<!-- end of the scores -->";

fn file(name: &str) -> PathBuf {
    corpus::folder().join(name)
}
