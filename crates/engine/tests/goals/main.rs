//! Goals as people write them, each carried through in a real browser by the `local` engine.
//!
//! The README of this folder says what is in it and how it is run. It is its own guard of the
//! browsers, so nothing else has to be built first.
#![expect(clippy::print_stdout, reason = "the report is what it is for")]

mod attempt;
mod bench;
mod compare;
mod corpus;
mod options;
mod pages;
mod ports;
mod score;

use std::{process::ExitCode, time::Instant};

use anyhow::Context;
use errand_browser::guard;

use crate::{
    attempt::Outcome,
    bench::Trial,
    corpus::{Goal, Half, Style},
    options::Options,
    score::{Scores, Tally},
};

fn main() -> anyhow::Result<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == "guard") {
        return Ok(guard::run(args));
    }
    let Some(options) = Options::parse(std::env::args().skip(1))? else {
        return Ok(ExitCode::SUCCESS);
    };
    let runtime = tokio::runtime::Runtime::new().context("no runtime")?;
    runtime.block_on(run(&options))
}

async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let mut goals = Vec::new();
    for half in Half::ALL {
        let known = corpus::load(half)?;
        let wanted = options.half.is_none_or(|it| it == half);
        goals.extend(known.into_iter().filter(|goal| match &options.id {
            Some(id) => goal.id == *id,
            None => wanted,
        }));
    }
    anyhow::ensure!(!goals.is_empty(), "there is no such goal");
    let (began, count) = (Instant::now(), goals.len());
    let trials = bench::all(goals, options.id.is_some()).await?;
    if options.id.is_some() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("{count} goals in {:.0?}", began.elapsed());
    let mut good = true;
    for half in Half::ALL {
        let of_half: Vec<&Trial> = trials.iter().filter(|it| it.goal.half == half).collect();
        if of_half.is_empty() {
            continue;
        }
        report(half, &of_half, options);
        good &= judge(half, &of_half, options)?;
    }
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The totals, and what was missed where it may be shown.
fn report(half: Half, trials: &[&Trial], options: &Options) {
    println!("{} half:", half.name());
    for style in Style::ALL {
        let of_style: Vec<&Trial> = trials
            .iter()
            .copied()
            .filter(|it| it.goal.style == style)
            .collect();
        println!("  {:8} {}", style.name(), Tally::of(&of_style));
    }
    println!("  {:8} {}", "all", Tally::of(trials));
    if !options.list_failures || (half == Half::Held && !options.reveal) {
        return;
    }
    for trial in trials {
        let mark = match trial.outcome {
            Outcome::Passed => continue,
            Outcome::Missed => "missed",
            Outcome::WronglyCompleted => "WRONG",
        };
        let Trial {
            goal, told, took, ..
        } = trial;
        let Goal { id, page, text, .. } = goal;
        println!("{id} {mark} [{page}, {took:.1?}] {text:?}");
        println!("    {told}");
    }
}

/// Whether the half is as good as it was; or writes down how good it is now.
fn judge(half: Half, trials: &[&Trial], options: &Options) -> anyhow::Result<bool> {
    let mut scores = Scores::load()?;
    if options.record {
        scores.set(half, trials);
        scores.save()?;
        return Ok(true);
    }
    let (now, before) = (Tally::of(trials), scores.of(half));
    let good = now.passed >= before.passed && now.wrong <= before.wrong;
    if !good {
        println!(
            "{} half: worse than recorded in scores.json ({before})",
            half.name()
        );
    }
    Ok(good)
}
