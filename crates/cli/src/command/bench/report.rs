//! What came of a suite.

use std::collections::BTreeMap;

use errand_api::v1::Run;
use serde_json::{Value, json};

use super::suite::Case;
use crate::{output::plain, progress::word};

/// One run of one task.
#[derive(Debug)]
pub struct Trial {
    task: String,
    run: Run,
    status: String,
    right: bool,
    /// It ended as it should, but with something else.
    wrong: bool,
    seconds: f64,
}

impl Trial {
    pub fn new(case: &Case, run: Run) -> Self {
        let status = word(run.status());
        let arrived = |name: &String| {
            let mut files = run.downloaded_files.iter();
            files.any(|it| it.filename.contains(name.as_str()))
        };
        let ended = status == case.status;
        let right = ended && case.fits(&run.output) && case.files.iter().all(arrived);
        let at = |time: &Option<prost_types::Timestamp>| {
            time.as_ref()
                .map(|it| it.seconds as f64 + f64::from(it.nanos) / 1e9)
        };
        let seconds = match (at(&run.started_at), at(&run.finished_at)) {
            (Some(from), Some(to)) => (to - from).max(0.0),
            _ => 0.0,
        };
        Self {
            task: case.name.clone(),
            wrong: status == "completed" && !right,
            status,
            right,
            seconds,
            run,
        }
    }

    pub fn is_right(&self) -> bool {
        self.right
    }

    fn tokens(&self) -> i64 {
        let usage = self.run.usage.as_ref();
        usage.map_or(0, |it| it.input_tokens + it.output_tokens)
    }

    /// One line for a person.
    pub fn line(&self) -> String {
        let mark = match (self.right, self.wrong) {
            (true, _) => "right",
            (_, true) => "WRONG",
            _ => "failed",
        };
        let why = match self.right {
            true => String::new(),
            false => format!(
                ": {}",
                errand_domain::text::clip(&self.run.failure_reason, 120)
            ),
        };
        let Self {
            task,
            status,
            seconds,
            ..
        } = self;
        let line = format!(
            "{mark:<6} {}  {task} ({status}, {seconds:.1} s){why}",
            self.run.engine
        );
        plain(&line)
    }

    fn json(&self) -> Value {
        let usage = self.run.usage.unwrap_or_default();
        json!({
            "task": self.task,
            "run_id": self.run.run_id,
            "engine": self.run.engine,
            "status": self.status,
            "right": self.right,
            "seconds": self.seconds,
            "steps": self.run.step_count,
            "model_calls": usage.model_calls,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cost_micros": usage.cost_micros,
            "failure_reason": self.run.failure_reason,
        })
    }
}

/// All runs.
#[derive(Debug, Default)]
pub struct Report {
    pub trials: Vec<Trial>,
}

impl Report {
    fn by_engine(&self) -> BTreeMap<&str, Vec<&Trial>> {
        let mut engines: BTreeMap<&str, Vec<&Trial>> = BTreeMap::new();
        for trial in &self.trials {
            engines.entry(&trial.run.engine).or_default().push(trial);
        }
        engines
    }

    /// A line for each engine.
    pub fn lines(&self) -> Vec<String> {
        let line = |(engine, trials): (&str, Vec<&Trial>)| {
            let sums = Sums::of(&trials);
            let cost = sums
                .cost
                .map_or_else(String::new, |it| format!(", ${:.4}", it as f64 / 1e6));
            format!(
                "{engine}: {} of {} right, {} wrong completed, {:.1} s in the middle, {} model calls, \
                 {} tokens{cost}",
                sums.right,
                trials.len(),
                sums.wrong,
                sums.seconds,
                sums.calls,
                sums.tokens,
            )
        };
        self.by_engine().into_iter().map(line).collect()
    }

    /// The same for programs, with every run.
    pub fn json(&self) -> Value {
        let engine = |(engine, trials): (&str, Vec<&Trial>)| {
            let sums = Sums::of(&trials);
            json!({
                "engine": engine,
                "runs": trials.len(),
                "right": sums.right,
                "wrong_completed": sums.wrong,
                "median_seconds": sums.seconds,
                "model_calls": sums.calls,
                "tokens": sums.tokens,
                "cost_micros": sums.cost,
            })
        };
        let engines: Vec<Value> = self.by_engine().into_iter().map(engine).collect();
        let runs: Vec<Value> = self.trials.iter().map(Trial::json).collect();
        json!({ "engines": engines, "runs": runs })
    }
}

struct Sums {
    right: usize,
    wrong: usize,
    seconds: f64,
    calls: i64,
    tokens: i64,
    /// Known only if it is known of every run.
    cost: Option<i64>,
}

impl Sums {
    fn of(trials: &[&Trial]) -> Self {
        let mut seconds: Vec<f64> = trials.iter().map(|it| it.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        let usages = trials.iter().map(|it| it.run.usage.unwrap_or_default());
        let usages: Vec<_> = usages.collect();
        Self {
            right: trials.iter().filter(|it| it.right).count(),
            wrong: trials.iter().filter(|it| it.wrong).count(),
            seconds: seconds.get(seconds.len() / 2).copied().unwrap_or_default(),
            calls: usages.iter().map(|it| i64::from(it.model_calls)).sum(),
            tokens: trials.iter().map(|it| it.tokens()).sum(),
            cost: usages.iter().map(|it| it.cost_micros).sum(),
        }
    }
}
