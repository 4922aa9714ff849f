//! `errand watch`: a run that is under way, or its log if it has ended.

use anyhow::Context as _;
use errand_api::v1::{GetRunRequest, Run, RunStatus};

use crate::{
    args,
    command::artifacts,
    config::Common,
    connection::{Connection, bounded},
    exit::Exit,
    follow::{Followed, Follower, Interrupts, OnInterrupt},
    home::Home,
    json, output,
    progress::Progress,
    usage,
};

/// Follows a run; Ctrl-C leaves it alone.
///
/// # Errors
/// If there is no such run or the server is out of reach.
pub async fn run(common: &Common, args: args::Watch) -> anyhow::Result<Exit> {
    let home = Home::new(common, &args.reach).await?;
    let connection = home.connect().await?;
    let follower = Follower {
        home: &home,
        connection,
        run_id: args.run,
        after: args.after,
        on_interrupt: OnInterrupt::Leave,
        interrupts: Interrupts::listen()?,
    };
    to_the_end(follower, Progress::new(), args.json).await
}

/// Follows a run to its end, shows it, and writes its output, or its events, to standard output.
///
/// # Errors
/// If the server is out of reach.
pub async fn to_the_end(
    follower: Follower<'_>,
    mut progress: Progress,
    events: bool,
) -> anyhow::Result<Exit> {
    let run_id = follower.run_id.clone();
    let followed = follower
        .follow(&mut progress, |progress, event| {
            if events {
                output::line(&json::message("RunEvent", event)?.to_string())?;
            } else {
                progress.show(event)?;
            }
            Ok(())
        })
        .await?;
    let Followed::Ended {
        event,
        connection,
        interrupted,
    } = followed
    else {
        progress.clear();
        return Ok(Exit::Interrupted);
    };
    progress.finish(&event)?;
    let status = match &event.body {
        Some(errand_api::v1::run_event::Body::RunFinished(end)) => end.status(),
        _ => RunStatus::Unspecified,
    };
    if !events {
        write_output(&connection, &run_id, status).await?;
    }
    Ok(match status {
        RunStatus::Completed => Exit::Completed,
        _ if interrupted => Exit::Interrupted,
        RunStatus::Terminated => Exit::Terminated,
        RunStatus::TimedOut => Exit::TimedOut,
        RunStatus::Canceled => Exit::Canceled,
        _ => Exit::Failed,
    })
}

/// The output exactly as the run left it; `null` where a completed run has none.
async fn write_output(
    connection: &Connection,
    run_id: &str,
    status: RunStatus,
) -> anyhow::Result<()> {
    let request = GetRunRequest {
        run_id: run_id.to_owned(),
    };
    let answer = connection.runs().get_run(bounded(request)).await?;
    let run: Run = answer
        .into_inner()
        .run
        .context("the server answered without the run")?;
    if let Some(used) = run.usage.as_ref().and_then(usage::words) {
        output::note(&format!("  {used}"))?;
    }
    for note in &run.output_notes {
        output::note(&format!("  {}", output::plain(note)))?;
    }
    if !run.output_artifact_id.is_empty() {
        artifacts::write(connection, &run.output_artifact_id, &mut output::Out).await?;
        return Ok(output::bytes(b"\n")?);
    }
    match run.output.as_str() {
        "" if status != RunStatus::Completed => Ok(()),
        "" => Ok(output::line("null")?),
        text => Ok(output::line(text)?),
    }
}
