//! `errand sessions watch`: what a live browser shows.

use std::{fs, path::Path};

use anyhow::Context as _;
use errand_api::v1::{
    Frame, ViewOptions, ViewState, WatchSessionRequest, watch_session_response::Change,
};
use image::{ImageFormat, ImageReader};
use serde_json::json;

use crate::{
    args::sessions::Watch, connection::Connection, exit::Exit, follow::Interrupts, json, output,
};

/// Shows the changes until the browser ends, enough frames came, or somebody interrupts.
///
/// # Errors
/// If the server refuses or is out of reach, or the folder can't be written.
pub async fn run(connection: &Connection, args: Watch) -> anyhow::Result<Exit> {
    let mut interrupts = Interrupts::listen()?;
    if let Some(folder) = &args.png {
        let shown = folder.display();
        fs::create_dir_all(folder).with_context(|| format!("can't make the folder {shown}"))?;
    }
    let of_run = args.id.starts_with("tsk_") || args.id.starts_with("wr_");
    let (run_id, browser_session_id) = if of_run {
        (args.id.clone(), String::new())
    } else {
        (String::new(), args.id.clone())
    };
    let request = WatchSessionRequest {
        browser_session_id,
        run_id,
        options: Some(ViewOptions {
            max_frames_per_second: args.rate.unwrap_or_default(),
            quality: args.quality.unwrap_or_default(),
            ..ViewOptions::default()
        }),
    };
    let answer = connection.sessions().watch_session(request).await?;
    let mut changes = answer.into_inner();
    let mut frames = 0_u32;
    loop {
        let change = tokio::select! {
            change = changes.message() => change?,
            () = interrupts.next() => return Ok(Exit::Interrupted),
        };
        match change.and_then(|it| it.change) {
            None => return Ok(Exit::Completed),
            Some(Change::State(state)) => show(&state, args.json)?,
            Some(Change::Frame(frame)) => {
                frames += 1;
                keep(&frame, frames, &args)?;
                if args.frames == Some(frames) {
                    return Ok(Exit::Completed);
                }
            }
        }
    }
}

fn show(state: &ViewState, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let line = json!({ "state": json::message("ViewState", state)? });
        return Ok(output::line(&line.to_string())?);
    }
    let by = state.controller.as_ref();
    let by = by.map(|it| it.name.as_str()).filter(|it| !it.is_empty());
    let by = by.map_or_else(String::new, |it| format!("  [{}]", output::plain(it)));
    let (title, url) = (output::plain(&state.title), output::plain(&state.url));
    Ok(output::line(&format!("{title}  {url}{by}"))?)
}

fn keep(frame: &Frame, number: u32, args: &Watch) -> anyhow::Result<()> {
    let mut file = None;
    if let Some(folder) = &args.png {
        let path = folder.join(format!("{number:06}.png"));
        write(frame, &path)?;
        file = Some(path.display().to_string());
    }
    if args.json {
        let line = json!({ "frame": {
            "number": number,
            "width": frame.width,
            "height": frame.height,
            "bytes": frame.jpeg.len(),
            "dropped": frame.dropped,
            "file": file,
        }});
        return Ok(output::line(&line.to_string())?);
    }
    let size = format!("{}x{}", frame.width, frame.height);
    let place = file.unwrap_or_else(|| format!("{} bytes", frame.jpeg.len()));
    Ok(output::line(&format!("frame {number}  {size}  {place}"))?)
}

fn write(frame: &Frame, path: &Path) -> anyhow::Result<()> {
    let shown = path.display();
    let jpeg = std::io::Cursor::new(frame.jpeg.as_ref());
    let picture = ImageReader::with_format(jpeg, ImageFormat::Jpeg)
        .decode()
        .context("the server sent a picture that can't be read")?;
    picture
        .save_with_format(path, ImageFormat::Png)
        .with_context(|| format!("can't write {shown}"))
}
