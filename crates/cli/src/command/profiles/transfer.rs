//! Storage states, from files and to them.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    time::Duration,
};

use errand_api::v1::{ExportProfileRequest, ImportProfileRequest};
use errand_domain::storage::playwright::MAX_TEXT_BYTES;
use futures_util::stream;
use tokio::time::timeout;
use tonic::Status;

use super::{made, only};
use crate::{
    args::profiles as args,
    connection::{Connection, bounded},
    exit::{Exit, Misuse},
    output,
};

/// Most bytes of a piece that is sent.
const PIECE_BYTES: usize = 256 * 1024;
/// Longest wait for the next piece.
const PIECE: Duration = Duration::from_secs(30);

pub(super) async fn import(connection: &Connection, args: args::Import) -> anyhow::Result<Exit> {
    let text = read(&args.file)?;
    let own = || {
        let stem = args.file.file_stem().filter(|it| *it != "-");
        stem.map(|it| it.to_string_lossy().into_owned())
    };
    let Some(name) = args.name.clone().or_else(own) else {
        let wrong = "name the profile with --name: standard input has no name";
        return Err(Misuse(wrong.to_owned()).into());
    };
    let mut pieces = pieces(text);
    if let Some(first) = pieces.first_mut() {
        first.name = name;
        first.description = args.description.unwrap_or_default();
        first.request_id = args.request_id.unwrap_or_default();
    }
    let mut profiles = connection.profiles();
    let answer = profiles.import_profile(bounded(stream::iter(pieces)));
    made(&only(answer.await?.into_inner().profile)?, args.json)
}

/// The whole text, if it is not longer than any that the server takes.
fn read(file: &Path) -> anyhow::Result<String> {
    let shown = file.display();
    let wrong = |why: String| Misuse(format!("can't read {shown}: {why}"));
    let mut bytes = Vec::new();
    let most = MAX_TEXT_BYTES as u64 + 1;
    let done = if file.as_os_str() == "-" {
        io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|it| it.take(most).read_to_end(&mut bytes))
    };
    done.map_err(|error| wrong(error.to_string()))?;
    if bytes.len() > MAX_TEXT_BYTES {
        return Err(wrong(format!("it has more than {MAX_TEXT_BYTES} bytes")).into());
    }
    let text = String::from_utf8(bytes);
    Ok(text.map_err(|_| wrong("it is no text in UTF-8".to_owned()))?)
}

fn pieces(text: String) -> Vec<ImportProfileRequest> {
    let mut pieces = Vec::new();
    let mut rest = text.as_str();
    while pieces.is_empty() || !rest.is_empty() {
        let (piece, more) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES));
        pieces.push(ImportProfileRequest {
            storage_state: piece.to_owned(),
            ..ImportProfileRequest::default()
        });
        rest = more;
    }
    pieces
}

pub(super) async fn export(connection: &Connection, args: args::Export) -> anyhow::Result<Exit> {
    if args.output.as_os_str() == "-" {
        write(connection, &args.profile, &mut output::Out).await?;
        return Ok(Exit::Completed);
    }
    let path = &args.output;
    let shown = path.display();
    let mut options = OpenOptions::new();
    // Whoever reads it is logged in. What lies there already may be read by others.
    options.write(true).create_new(true).mode(0o600);
    let mut file = options
        .open(path)
        .map_err(|error| Misuse(format!("can't write {shown}: {error}")))?;
    if let Err(error) = write(connection, &args.profile, &mut file).await {
        let _ = fs::remove_file(path);
        return Err(error);
    }
    output::note(&format!(
        "{shown}: live log-ins; keep it as you keep passwords"
    ))?;
    Ok(Exit::Completed)
}

async fn write(
    connection: &Connection,
    profile: &str,
    target: &mut (impl Write + ?Sized),
) -> anyhow::Result<()> {
    let request = ExportProfileRequest {
        browser_profile_id: profile.to_owned(),
    };
    let slow = || Status::unavailable("no more of the profile came in time");
    let opened = timeout(PIECE, connection.profiles().export_profile(request)).await;
    let mut stream = opened.map_err(|_| slow())??.into_inner();
    while let Some(piece) = timeout(PIECE, stream.message())
        .await
        .map_err(|_| slow())??
    {
        for note in &piece.notes {
            output::note(&output::plain(note))?;
        }
        target.write_all(piece.storage_state.as_bytes())?;
    }
    target.flush()?;
    Ok(())
}
