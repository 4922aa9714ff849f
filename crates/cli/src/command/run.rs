//! `errand run`: one task, from the words to the output.

mod plan;

use std::{
    fs,
    io::Read as _,
    path::Path,
    time::{Duration, SystemTime},
};

use anyhow::Context as _;
use errand_api::v1::{Run, RunDetail, RunTaskRequest};
use prost_types::Timestamp;
use tokio::time::sleep;

use crate::{
    args::{self, Detail},
    command::watch,
    config::Common,
    connection::{Connection, bounded},
    exit::{Exit, Misuse},
    follow::{Follower, Interrupts, OnInterrupt, is_passing},
    home::Home,
    json, output,
    progress::Progress,
    refusal,
};

/// Longest schema file that is read; the server's own limit is lower, and says so.
const MAX_SCHEMA_BYTES: u64 = 1024 * 1024;

/// Runs a task.
///
/// # Errors
/// If the request is refused or the server is out of reach.
pub async fn run(common: &Common, args: args::Run) -> anyhow::Result<Exit> {
    let mut request = request(&args)?;
    // From here on Ctrl-C is ours: one that comes while the run is being made cancels it.
    let mut interrupts = Interrupts::listen()?;
    let progress = Progress::new();
    progress.busy("looking for a server");
    let reached = async {
        let home = Home::new(common, &args.reach).await?;
        let connection = home.connect().await?;
        anyhow::Ok((home, connection))
    };
    let (home, connection) = tokio::select! {
        reached = reached => reached?,
        () = interrupts.next() => return Ok(Exit::Interrupted),
    };
    // From now, and not from before a server was started; and once, for repeating must not change
    // the request.
    if let Some(within) = args.start_within {
        request.not_after = Some(Timestamp::from(SystemTime::now() + within.0));
    }
    let run = start(&connection, &home, request).await?;
    if args.dry_run {
        progress.clear();
        if args.json {
            output::line(&json::whole("Run", &run)?.to_string())?;
        } else {
            plan::lines(&run)
                .iter()
                .try_for_each(|it| output::line(it))?;
        }
        return Ok(if plan::is_sound(&run) {
            Exit::Completed
        } else {
            Exit::Failed
        });
    }
    if args.detach {
        progress.clear();
        let line = if args.json {
            json::message("Run", &run)?.to_string()
        } else {
            run.run_id
        };
        output::line(&line)?;
        return Ok(Exit::Completed);
    }
    let follower = Follower {
        home: &home,
        connection,
        run_id: run.run_id,
        after: 0,
        on_interrupt: OnInterrupt::Cancel,
        interrupts,
    };
    watch::to_the_end(follower, progress, args.json).await
}

/// Makes the run. The request carries an id, so that repeating it is safe.
async fn start(
    connection: &Connection,
    home: &Home,
    request: RunTaskRequest,
) -> anyhow::Result<Run> {
    let mut connection = connection.clone();
    let mut pauses = [100, 300, 1000, 3000, 5000]
        .map(Duration::from_millis)
        .into_iter();
    loop {
        let status = match connection.runs().run_task(bounded(request.clone())).await {
            Ok(response) => {
                return response
                    .into_inner()
                    .run
                    .context("the server answered without a run");
            }
            Err(status) => status,
        };
        let Some(pause) = pauses.next().filter(|_| is_passing(&status)) else {
            return Err(status.into());
        };
        tracing::debug!(%status, "the run could not be made; trying again");
        sleep(refusal::retry_after(&status).map_or(pause, |it| it.clamp(pause, pause * 10))).await;
        if let Ok(found) = home.connect().await {
            connection = found;
        }
    }
}

fn request(args: &args::Run) -> Result<RunTaskRequest, Misuse> {
    let mut request = RunTaskRequest {
        prompt: args.prompt.clone(),
        url: args.url.clone().unwrap_or_default(),
        engine: args.engine.clone().unwrap_or_default(),
        model: args.model.clone().unwrap_or_default(),
        max_tokens: args.max_tokens,
        max_cost_micros: args.max_cost,
        max_steps: args.max_steps,
        title: args.title.clone().unwrap_or_default(),
        user_agent: args.user_agent.clone().unwrap_or_default(),
        priority: args.priority.unwrap_or_default(),
        validate_only: args.dry_run,
        labels: unique("--label", &args.labels)?,
        error_code_mapping: unique("--error-code", &args.error_codes)?,
        publish_workflow: args.publish_workflow,
        browser_session_id: args.session.clone().unwrap_or_default(),
        browser_profile_id: args.profile.clone().unwrap_or_default(),
        save_browser_profile: args.save_profile,
        persist_browser_session: args.persist_browser,
        browser_address: args.browser_address.clone().unwrap_or_default(),
        extra_http_headers: unique("--header", &args.headers)?,
        ..RunTaskRequest::default()
    };
    request.request_id = args
        .request_id
        .clone()
        .unwrap_or_else(|| errand_domain::log::hex(&rand::random::<[u8; 16]>()));
    if args.dry_run && args.request_id.is_none() {
        request.request_id.clear();
    }
    if let Some(schema) = &args.schema {
        request.data_extraction_schema = self::schema(schema)?;
    }
    if let Some(timeout) = args.timeout {
        let timeout = prost_types::Duration::try_from(timeout.0);
        request.timeout = Some(timeout.map_err(|error| Misuse(format!("--timeout: {error}")))?);
    }
    request.set_detail(match args.detail {
        None => RunDetail::Unspecified,
        Some(Detail::Normal) => RunDetail::Normal,
        Some(Detail::Debug) => RunDetail::Debug,
    });
    Ok(request)
}

/// A schema is an object or a boolean; anything else is the name of a file.
fn schema(text: &str) -> Result<String, Misuse> {
    let trimmed = text.trim();
    if trimmed.starts_with('{') || matches!(trimmed, "true" | "false") {
        return Ok(trimmed.to_owned());
    }
    let path = Path::new(text);
    let refuse = |error| {
        Misuse(format!(
            "--schema: can't read the file {}: {error}",
            path.display()
        ))
    };
    let mut content = String::new();
    let file = fs::File::open(path).map_err(refuse)?;
    file.take(MAX_SCHEMA_BYTES)
        .read_to_string(&mut content)
        .map_err(refuse)?;
    Ok(content)
}

fn unique<M>(flag: &str, pairs: &[(String, String)]) -> Result<M, Misuse>
where
    M: Default + Extend<(String, String)>,
{
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if let Some(twice) = names.windows(2).find(|it| it[0] == it[1]) {
        return Err(Misuse(format!(
            "{flag} gives \"{}\" twice",
            output::plain(twice[0])
        )));
    }
    let mut map = M::default();
    map.extend(pairs.iter().cloned());
    Ok(map)
}
