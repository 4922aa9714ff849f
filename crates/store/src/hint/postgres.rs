//! Hints between processes, by NOTIFY.

use std::{collections::HashSet, time::Duration};

use sqlx::{AnyPool, postgres::PgListener};
use tokio::time::{sleep, timeout};

use super::{Hub, Topic};

const CHANNEL: &str = "errand_hints";
/// NOTIFY takes less than 8,000 bytes.
const MAX_PAYLOAD: usize = 7_000;
const SEND_WITHIN: Duration = Duration::from_secs(2);

/// Sends the topics, many in one notification. One that is lost is only a hint.
pub(super) async fn send(pool: &AnyPool, origin: &str, topics: &HashSet<Topic>) {
    for payload in payloads(origin, topics) {
        let notify = sqlx::query("SELECT pg_notify($1, $2) IS NULL");
        let sent = notify.bind(CHANNEL).bind(payload).execute(pool);
        match timeout(SEND_WITHIN, sent).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a hint was not sent"),
            Err(_) => tracing::debug!("a hint was not sent in time"),
        }
    }
}

fn payloads(origin: &str, topics: &HashSet<Topic>) -> Vec<String> {
    let mut payloads = Vec::new();
    let mut payload = origin.to_owned();
    for topic in topics {
        let line = match topic {
            Topic::Run(id) => format!("\nr{id}"),
            Topic::Organization(id) => format!("\no{id}"),
            Topic::Session(id) => format!("\ns{id}"),
            Topic::Queue => "\nq".to_owned(),
        };
        if origin.len() + line.len() > MAX_PAYLOAD {
            continue;
        }
        if payload.len() + line.len() > MAX_PAYLOAD {
            payloads.push(std::mem::replace(&mut payload, origin.to_owned()));
        }
        payload.push_str(&line);
    }
    payloads.push(payload);
    payloads
}

/// Listens for ever, connecting again as often as needed.
pub(super) async fn listen(hub: &Hub, url: &str) {
    let mut pause = Duration::from_millis(50);
    loop {
        match listener(url).await {
            Ok(mut listener) => {
                pause = Duration::from_millis(50);
                hub.tell_all();
                while let Ok(heard) = listener.try_recv().await {
                    match heard {
                        Some(notification) => hear(hub, notification.payload()),
                        // The connection was lost and is back: what was told meanwhile is gone.
                        None => hub.tell_all(),
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "can't listen for hints"),
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}

async fn listener(url: &str) -> Result<PgListener, sqlx::Error> {
    let connect = async {
        let mut listener = PgListener::connect(url).await?;
        listener.listen(CHANNEL).await?;
        Ok(listener)
    };
    timeout(Duration::from_secs(10), connect)
        .await
        .unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

fn hear(hub: &Hub, payload: &str) {
    let mut lines = payload.lines();
    if lines.next().is_none_or(|origin| origin == hub.origin) {
        return;
    }
    for line in lines {
        if let Some(id) = line.strip_prefix('r') {
            hub.tell(&Topic::Run(id.to_owned()));
        } else if let Some(id) = line.strip_prefix('o') {
            hub.tell(&Topic::Organization(id.to_owned()));
        } else if let Some(id) = line.strip_prefix('s') {
            hub.tell(&Topic::Session(id.to_owned()));
        } else if line == "q" {
            hub.tell(&Topic::Queue);
        }
    }
}
