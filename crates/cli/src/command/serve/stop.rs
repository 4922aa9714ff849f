//! How a server ends: in time, or by force.

use std::time::Duration;

use anyhow::anyhow;
use tokio::{
    task::{JoinError, JoinSet},
    time::timeout,
};

use crate::follow::Interrupts;

/// What closing browsers and handing runs back may take after the drain.
const CLEARING: Duration = Duration::from_secs(20);

type Ended = Result<(&'static str, anyhow::Result<()>), JoinError>;

/// What is wrong when a part ends although nobody asked for it.
pub fn fault(part: Option<Ended>) -> anyhow::Error {
    match part {
        Some(Ok((name, Err(error)))) => error.context(format!("{name} failed")),
        Some(Ok((name, Ok(())))) => anyhow!("{name} ended by itself"),
        Some(Err(error)) => anyhow!("a part of the server broke: {error}"),
        None => anyhow!("the server has no parts"),
    }
}

/// Waits until every part has ended. Says whether they did so by themselves: within the time, and
/// without a second signal.
pub async fn drain(
    parts: &mut JoinSet<(&'static str, anyhow::Result<()>)>,
    drain: Duration,
    signals: &mut Interrupts,
) -> bool {
    let ended = async {
        while let Some(part) = parts.join_next().await {
            match part {
                Ok((_, Ok(()))) => {}
                Ok((name, Err(error))) => tracing::error!("{name} failed: {error:#}"),
                Err(error) => tracing::error!("a part of the server broke: {error}"),
            }
        }
    };
    let drained = tokio::select! {
        ended = timeout(drain + CLEARING, ended) => ended.is_ok(),
        () = signals.next() => false,
    };
    if drained {
        tracing::info!("stopped");
    } else {
        // Browsers end with the process: their guards see its pipe close.
        tracing::warn!("leaving at once; runs go on when a server starts again");
    }
    drained
}
