//! The command line: our own flags, and those that `cargo test` hands to every test.

use anyhow::{Context, bail};

use crate::corpus::Half;

/// What is asked for.
#[derive(Debug, Default)]
pub struct Options {
    /// Only this half.
    pub half: Option<Half>,
    /// Only this goal, with everything that happens.
    pub id: Option<String>,
    /// Say what was missed; of the held-out half only together with `reveal`.
    pub list_failures: bool,
    /// Show the held-out half too.
    pub reveal: bool,
    /// Write the scores down instead of comparing with them.
    pub record: bool,
}

impl Options {
    /// Reads them; `None` if there is nothing to do.
    pub fn parse(mut args: impl Iterator<Item = String>) -> anyhow::Result<Option<Self>> {
        let mut options = Self::default();
        let mut filters = Vec::new();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--half" => {
                    let name = args.next().context("--half needs held or open")?;
                    options.half = Some(Half::named(&name)?);
                }
                "--id" => options.id = Some(args.next().context("--id needs an id")?),
                "--list-failures" => options.list_failures = true,
                "--reveal" => options.reveal = true,
                "--record" => options.record = true,
                // Tests are only listed, or only those that are ignored are run: none of ours.
                "--list" | "--ignored" => return Ok(None),
                "--test-threads" | "--skip" | "--format" | "--color" | "-Z" => drop(args.next()),
                other if other.starts_with('-') => {
                    let of_libtest = [
                        "--test-threads=",
                        "--skip=",
                        "--format=",
                        "--color=",
                        "--nocapture",
                        "--no-capture",
                        "--show-output",
                        "--quiet",
                        "-q",
                        "--exact",
                        "--include-ignored",
                    ];
                    if !of_libtest.iter().any(|flag| other.starts_with(flag)) {
                        bail!("unknown flag {other}");
                    }
                }
                filter => filters.push(filter.to_owned()),
            }
        }
        let wanted = filters.is_empty() || filters.iter().any(|it| "goals".contains(it.as_str()));
        Ok(wanted.then_some(options))
    }
}
