//! `errand artifacts …`: what runs left.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context as _, bail};
use errand_api::v1::{Artifact, DownloadArtifactRequest, GetArtifactRequest, ListArtifactsRequest};
use tokio::time::timeout;

use crate::{
    args,
    config::Common,
    connection::{Connection, bounded},
    exit::{Exit, Misuse},
    follow::is_passing,
    home::Home,
    json, output,
};

/// Longest wait for the next piece of a file.
const PIECE: Duration = Duration::from_secs(30);
/// How often a broken download is gone on with, as long as nothing more comes.
const TRIES: u32 = 5;

/// Carries out one of the commands.
///
/// # Errors
/// If the server refuses or is out of reach.
pub async fn run(common: &Common, command: args::Artifacts) -> anyhow::Result<Exit> {
    match command {
        args::Artifacts::List(args) => list(common, args).await,
        args::Artifacts::Get(args) => get(common, args).await,
    }
}

async fn list(common: &Common, args: args::ListArtifacts) -> anyhow::Result<Exit> {
    let home = Home::new(common, &args.reach).await?;
    let connection = home.connect().await?;
    let mut page_token = String::new();
    loop {
        let request = ListArtifactsRequest {
            run_id: args.run.clone(),
            artifact_type: args.types.clone(),
            page_size: 200,
            page_token,
            include_signed_urls: args.json,
        };
        let answer = connection
            .artifacts()
            .list_artifacts(bounded(request))
            .await?
            .into_inner();
        for artifact in &answer.artifacts {
            if args.json {
                output::line(&json::message("Artifact", artifact)?.to_string())?;
            } else {
                output::line(&row(artifact))?;
            }
        }
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            return Ok(Exit::Completed);
        }
    }
}

fn row(artifact: &Artifact) -> String {
    format!(
        "{}  {:<18}  {:>10}  {:<24}  {}",
        artifact.artifact_id,
        output::plain(&artifact.artifact_type),
        artifact.file_size,
        output::plain(&artifact.content_type),
        output::plain(&artifact.filename),
    )
}

async fn get(common: &Common, args: args::GetArtifact) -> anyhow::Result<Exit> {
    let home = Home::new(common, &args.reach).await?;
    let connection = home.connect().await?;
    if args
        .output
        .as_deref()
        .is_some_and(|it| it.as_os_str() == "-")
    {
        write(&connection, &args.artifact, &mut output::Out).await?;
        return Ok(Exit::Completed);
    }
    let request = GetArtifactRequest {
        artifact_id: args.artifact.clone(),
        ..Default::default()
    };
    let answer = connection
        .artifacts()
        .get_artifact(bounded(request))
        .await?
        .into_inner();
    let artifact = answer
        .artifact
        .context("the server answered without the artifact")?;
    let own_name = args.output.is_none();
    let path = args.output.unwrap_or_else(|| name(&artifact));
    let mut options = OpenOptions::new();
    options.write(true);
    if own_name {
        // The name is the site's choice: it must not replace a file that is already here.
        options.create_new(true);
    } else {
        options.create(true).truncate(true);
    }
    let shown = path.display();
    let mut file = options.open(&path).map_err(|error| {
        Misuse(format!(
            "can't write {shown}: {error}; name another file with --output"
        ))
    })?;
    if let Err(error) = write(&connection, &args.artifact, &mut file).await {
        let _ = fs::remove_file(&path);
        return Err(error);
    }
    output::note(&format!("{shown}: {} bytes", artifact.file_size))?;
    Ok(Exit::Completed)
}

/// The last part of the name that the artifact has, or its id.
fn name(artifact: &Artifact) -> PathBuf {
    let plain = output::plain(&artifact.filename);
    let last = plain
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .trim_start_matches('.');
    if last.is_empty() {
        PathBuf::from(&artifact.artifact_id)
    } else {
        PathBuf::from(last)
    }
}

/// Writes the whole content, piece by piece, going on where a connection broke.
///
/// # Errors
/// If the server refuses, the connection breaks too often or the target can't be written.
pub async fn write(
    connection: &Connection,
    artifact_id: &str,
    target: &mut (impl Write + ?Sized),
) -> anyhow::Result<()> {
    let mut offset: i64 = 0;
    let mut failed = 0;
    loop {
        let before = offset;
        match pieces(connection, artifact_id, &mut offset, target).await {
            Ok(()) => return Ok(target.flush()?),
            Err(error) => {
                failed = if offset > before { 0 } else { failed + 1 };
                let passing = error
                    .downcast_ref::<tonic::Status>()
                    .is_some_and(is_passing);
                if !passing || failed >= TRIES {
                    return Err(error);
                }
                tokio::time::sleep(Duration::from_millis(200) * failed).await;
            }
        }
    }
}

async fn pieces(
    connection: &Connection,
    artifact_id: &str,
    offset: &mut i64,
    target: &mut (impl Write + ?Sized),
) -> anyhow::Result<()> {
    let request = DownloadArtifactRequest {
        artifact_id: artifact_id.to_owned(),
        offset: *offset,
    };
    let slow = || tonic::Status::unavailable("no more of the file came in time");
    let opened = timeout(PIECE, connection.artifacts().download_artifact(request)).await;
    let mut stream = opened.map_err(|_| slow())??.into_inner();
    loop {
        let next = timeout(PIECE, stream.message())
            .await
            .map_err(|_| slow())??;
        let Some(piece) = next else { return Ok(()) };
        if !piece.data.is_empty() && piece.offset != *offset {
            bail!(
                "the server sent byte {} where {offset} was next",
                piece.offset
            );
        }
        target.write_all(&piece.data)?;
        *offset += i64::try_from(piece.data.len())?;
    }
}
