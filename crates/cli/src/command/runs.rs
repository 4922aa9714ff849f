//! `errand runs …`: runs, seen and handled one by one.

mod show;
mod verify;

pub use show::time;

use anyhow::Context as _;
use errand_api::v1::{
    CancelRunRequest, DeleteRunRequest, GetRunRequest, GetRunTimelineRequest, ListRunsRequest,
    RespondToRunRequest, RunFilter, RunStatus,
};

use crate::{
    args,
    config::Common,
    connection::{Connection, bounded},
    exit::Exit,
    home::Home,
    json, output,
    progress::word,
    refusal,
};

/// Carries out one of the commands.
///
/// # Errors
/// If the server refuses or is out of reach.
pub async fn run(common: &Common, command: args::Runs) -> anyhow::Result<Exit> {
    let reach = match &command {
        args::Runs::List(args) => &args.reach,
        args::Runs::Get(args) | args::Runs::Timeline(args) | args::Runs::Verify(args) => {
            &args.reach
        }
        args::Runs::Cancel(args) => &args.reach,
        args::Runs::Respond(args) => &args.reach,
        args::Runs::Delete(args) => &args.reach,
    };
    let home = Home::new(common, reach).await?;
    let connection = home.connect().await?;
    match command {
        args::Runs::List(args) => list(&connection, args).await,
        args::Runs::Get(args) => get(&connection, args).await,
        args::Runs::Timeline(args) => timeline(&connection, args).await,
        args::Runs::Verify(args) => verify::run(&connection, args).await,
        args::Runs::Cancel(args) => cancel(&connection, args).await,
        args::Runs::Respond(args) => respond(&connection, args).await,
        args::Runs::Delete(args) => delete(&connection, args).await,
    }
}

async fn list(connection: &Connection, args: args::List) -> anyhow::Result<Exit> {
    let statuses = args.statuses.iter().filter_map(|it| {
        RunStatus::from_str_name(&format!("RUN_STATUS_{}", it.as_str().to_uppercase()))
    });
    let filter = RunFilter {
        statuses: statuses.map(i32::from).collect(),
        labels: args.labels.into_iter().collect(),
        engine: args.engine.unwrap_or_default(),
        title_contains: args.title.unwrap_or_default(),
        ..RunFilter::default()
    };
    let mut left = args.limit;
    let mut page_token = String::new();
    while left > 0 {
        let request = ListRunsRequest {
            filter: Some(filter.clone()),
            page_size: i32::try_from(left.min(200))?,
            page_token,
        };
        let answer = connection
            .runs()
            .list_runs(bounded(request))
            .await?
            .into_inner();
        for run in answer.runs.iter().take(usize::try_from(left)?) {
            let line = if args.json {
                json::message("Run", run)?.to_string()
            } else {
                show::row(run)
            };
            output::line(&line)?;
        }
        left = left.saturating_sub(u32::try_from(answer.runs.len())?);
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    Ok(Exit::Completed)
}

async fn get(connection: &Connection, args: args::One) -> anyhow::Result<Exit> {
    let request = GetRunRequest { run_id: args.run };
    let answer = connection
        .runs()
        .get_run(bounded(request))
        .await?
        .into_inner();
    let run = answer.run.context("the server answered without the run")?;
    if args.json {
        output::line(&format!("{:#}", json::message("Run", &run)?))?;
    } else {
        show::run(&run).iter().try_for_each(|it| output::line(it))?;
    }
    Ok(Exit::Completed)
}

async fn timeline(connection: &Connection, args: args::One) -> anyhow::Result<Exit> {
    let mut page_token = String::new();
    loop {
        let request = GetRunTimelineRequest {
            run_id: args.run.clone(),
            page_size: 200,
            page_token,
        };
        let answer = connection
            .runs()
            .get_run_timeline(bounded(request))
            .await?
            .into_inner();
        for entry in &answer.entries {
            if args.json {
                output::line(&json::message("TimelineEntry", entry)?.to_string())?;
            } else {
                show::entry(entry)
                    .iter()
                    .try_for_each(|it| output::line(it))?;
            }
        }
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            return Ok(Exit::Completed);
        }
    }
}

async fn cancel(connection: &Connection, args: args::Cancel) -> anyhow::Result<Exit> {
    let mut exit = Exit::Completed;
    let reason = args.reason.unwrap_or_default();
    for run_id in args.runs {
        let request = CancelRunRequest {
            run_id: run_id.clone(),
            reason: reason.clone(),
        };
        match connection.runs().cancel_run(bounded(request)).await {
            Ok(answer) => {
                let run = answer.into_inner().run.unwrap_or_default();
                let state = word(run.status());
                let more = if run.finished_at.is_none() {
                    ", asked to stop"
                } else {
                    ""
                };
                output::note(&format!("{run_id}: {state}{more}"))?;
            }
            Err(status) => exit = refused(&run_id, &status)?,
        }
    }
    Ok(exit)
}

async fn respond(connection: &Connection, args: args::Respond) -> anyhow::Result<Exit> {
    let response = match args.answer {
        Some(text) => serde_json::json!({ "answer": text }),
        None => serde_json::json!({ "approved": args.yes }),
    };
    let request = RespondToRunRequest {
        run_id: args.run.clone(),
        response: response.to_string(),
    };
    match connection.runs().respond_to_run(bounded(request)).await {
        Ok(_) => {
            output::note(&format!("{}: answered", output::plain(&args.run)))?;
            Ok(Exit::Completed)
        }
        Err(status) => refused(&args.run, &status),
    }
}

async fn delete(connection: &Connection, args: args::Delete) -> anyhow::Result<Exit> {
    let mut exit = Exit::Completed;
    for run_id in args.runs {
        let request = DeleteRunRequest {
            run_id: run_id.clone(),
        };
        match connection.runs().delete_run(bounded(request)).await {
            Ok(_) => output::note(&format!("{}: deleted", output::plain(&run_id)))?,
            Err(status) => exit = refused(&run_id, &status)?,
        }
    }
    Ok(exit)
}

/// One of several failed; the others are still tried.
fn refused(run_id: &str, status: &tonic::Status) -> anyhow::Result<Exit> {
    output::note(&format!("{}:", output::plain(run_id)))?;
    output::notes(&refusal::lines(status))?;
    Ok(if status.code() == tonic::Code::InvalidArgument {
        Exit::Usage
    } else {
        Exit::Failed
    })
}
