//! `errand bench`: tasks of a user's own, each with what must come of it, by one engine or several.

mod report;
mod suite;

use std::time::Duration;

use anyhow::Context as _;
use errand_api::v1::{CancelRunRequest, Run, RunTaskRequest, WaitRunRequest};
use tokio::task::JoinSet;

use crate::{
    args,
    config::Common,
    connection::{Connection, bounded},
    exit::Exit,
    follow::Interrupts,
    home::Home,
    output,
    progress::Progress,
};
use report::{Report, Trial};
use suite::{Case, Suite};

/// How long one call waits for a run's end.
const WAIT: i64 = 20;

/// Runs a suite, and says what succeeded.
///
/// # Errors
/// If the suite can't be read, a task is refused, or the server is out of reach.
pub async fn run(common: &Common, args: args::Bench) -> anyhow::Result<Exit> {
    let suite = Suite::read(&args.suite)?;
    let mut interrupts = Interrupts::listen()?;
    let home = Home::new(common, &args.reach).await?;
    let connection = home.connect().await?;
    let progress = Progress::new();
    let engines = match args.engines.is_empty() {
        true => vec![String::new()],
        false => args.engines.clone(),
    };
    let mut waiting: Vec<(Case, String)> = Vec::new();
    for _ in 0..args.times {
        for case in &suite.tasks {
            waiting.extend(engines.iter().map(|it| (case.clone(), it.clone())));
        }
    }
    waiting.reverse();
    let total = waiting.len();
    let mut report = Report::default();
    let mut under_way: JoinSet<anyhow::Result<Trial>> = JoinSet::new();
    loop {
        while under_way.len() < usize::from(args.at_once)
            && let Some((case, engine)) = waiting.pop()
        {
            let (connection, model) = (connection.clone(), args.model.clone());
            under_way.spawn(async move { trial(&connection, case, engine, model).await });
        }
        progress.busy(&format!("{} of {total} done", report.trials.len()));
        let done = tokio::select! {
            done = under_way.join_next() => done,
            () = interrupts.next() => {
                under_way.shutdown().await;
                progress.clear();
                output::note("interrupted; runs that were under way go on")?;
                break;
            }
        };
        let Some(done) = done else { break };
        let trial = done.context("a run could not be followed")??;
        progress.say(&trial.line())?;
        report.trials.push(trial);
    }
    progress.clear();
    if args.json {
        output::line(&report.json().to_string())?;
    } else {
        report.lines().iter().try_for_each(|it| output::line(it))?;
    }
    let whole = report.trials.len() == total && report.trials.iter().all(Trial::is_right);
    Ok(if whole { Exit::Completed } else { Exit::Failed })
}

/// One task, to its end.
async fn trial(
    connection: &Connection,
    case: Case,
    engine: String,
    model: Option<String>,
) -> anyhow::Result<Trial> {
    let request = RunTaskRequest {
        engine,
        model: model.unwrap_or_default(),
        request_id: errand_domain::log::hex(&rand::random::<[u8; 16]>()),
        ..case.request()
    };
    let refused = |status: tonic::Status| {
        anyhow::Error::from(status).context(format!("the task \"{}\"", case.name))
    };
    let mut run: Run = connection
        .runs()
        .run_task(bounded(request))
        .await
        .map_err(refused)?
        .into_inner()
        .run
        .context("the server answered without a run")?;
    while run.finished_at.is_none() {
        // Nobody is there to be asked.
        if run.pause.is_some() {
            let request = CancelRunRequest {
                run_id: run.run_id.clone(),
                reason: "it asks a person".to_owned(),
            };
            connection.runs().cancel_run(bounded(request)).await?;
        }
        let request = WaitRunRequest {
            run_id: run.run_id.clone(),
            wait: Some(prost_types::Duration {
                seconds: if run.pause.is_some() { 1 } else { WAIT },
                nanos: 0,
            }),
        };
        let mut request = tonic::Request::new(request);
        request.set_timeout(Duration::from_secs(2 * 60));
        let answer = connection.runs().wait_run(request).await?;
        run = answer
            .into_inner()
            .run
            .context("the server answered without the run")?;
    }
    Ok(Trial::new(&case, run))
}
