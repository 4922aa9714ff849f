//! `errand sessions …`: browsers that are kept between runs.

mod show;
mod watch;

use std::time::Duration;

use anyhow::Context as _;
use errand_api::v1::{
    CloseSessionRequest, CreateSessionRequest, ExtendSessionRequest, GetSessionRequest,
    ListSessionEventsRequest, ListSessionsRequest, Session, SessionStatus, Viewport,
};
use tokio::time::sleep;

use crate::{
    args::sessions::{self as args, Sessions},
    config::Common,
    connection::{Connection, bounded},
    exit::Exit,
    home::Home,
    json, output, refusal,
};

/// How often is looked whether a session is up.
const LOOK: Duration = Duration::from_millis(150);

/// Carries out one of the commands.
///
/// # Errors
/// If the server refuses or is out of reach.
pub async fn run(common: &Common, command: Sessions) -> anyhow::Result<Exit> {
    let reach = match &command {
        Sessions::Create(args) => &args.reach,
        Sessions::List(args) => &args.reach,
        Sessions::Get(args) => &args.reach,
        Sessions::Extend(args) => &args.reach,
        Sessions::Close(args) => &args.reach,
        Sessions::Watch(args) => &args.reach,
    };
    let home = Home::new(common, reach).await?;
    let connection = home.connect().await?;
    match command {
        Sessions::Create(args) => create(&connection, args).await,
        Sessions::List(args) => list(&connection, args).await,
        Sessions::Get(args) => get(&connection, args).await,
        Sessions::Extend(args) => extend(&connection, args).await,
        Sessions::Close(args) => close(&connection, args).await,
        Sessions::Watch(args) => watch::run(&connection, args).await,
    }
}

async fn create(connection: &Connection, args: args::Create) -> anyhow::Result<Exit> {
    let request = CreateSessionRequest {
        url: args.url.unwrap_or_default(),
        timeout: args.timeout,
        browser_type: args.browser.unwrap_or_default(),
        browser_profile_id: args.profile.unwrap_or_default(),
        viewport: args
            .viewport
            .map(|(width, height)| Viewport { width, height }),
        extensions: args.extensions,
        proxy_url: args.proxy.unwrap_or_default(),
        browser_address: args.browser_address.unwrap_or_default(),
        labels: args.labels.into_iter().collect(),
        request_id: args.request_id.unwrap_or_default(),
    };
    let answer = connection.sessions().create_session(bounded(request)).await;
    let mut session = only(answer?.into_inner().session)?;
    let id = session.browser_session_id.clone();
    let mut told = String::new();
    while !args.detach && session.status() == SessionStatus::Starting {
        if !session.queued_reason.is_empty() && session.queued_reason != told {
            told.clone_from(&session.queued_reason);
            output::note(&format!("{id}: {}", output::plain(&told)))?;
        }
        sleep(LOOK).await;
        session = read(connection, &id).await?;
    }
    let line = if args.json {
        json::message("Session", &session)?.to_string()
    } else {
        id
    };
    output::line(&line)?;
    if session.status() == SessionStatus::Failed {
        output::note(&output::plain(&session.close_detail))?;
        return Ok(Exit::Failed);
    }
    Ok(Exit::Completed)
}

async fn read(connection: &Connection, id: &str) -> anyhow::Result<Session> {
    let request = GetSessionRequest {
        browser_session_id: id.to_owned(),
    };
    let answer = connection.sessions().get_session(bounded(request)).await?;
    only(answer.into_inner().session)
}

async fn list(connection: &Connection, args: args::List) -> anyhow::Result<Exit> {
    let labels: std::collections::HashMap<_, _> = args.labels.into_iter().collect();
    let mut left = args.limit;
    let mut page_token = String::new();
    while left > 0 {
        let request = ListSessionsRequest {
            page_size: i32::try_from(left.min(100))?,
            page_token,
            include_ended: args.all,
            labels: labels.clone(),
        };
        let answer = connection.sessions().list_sessions(bounded(request)).await;
        let answer = answer?.into_inner();
        for session in answer.sessions.iter().take(usize::try_from(left)?) {
            let line = if args.json {
                json::message("Session", session)?.to_string()
            } else {
                show::row(session)
            };
            output::line(&line)?;
        }
        left = left.saturating_sub(u32::try_from(answer.sessions.len())?);
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    Ok(Exit::Completed)
}

async fn get(connection: &Connection, args: args::Get) -> anyhow::Result<Exit> {
    let session = read(connection, &args.session).await?;
    if args.json {
        output::line(&format!("{:#}", json::message("Session", &session)?))?;
    } else {
        let lines = show::session(&session);
        lines.iter().try_for_each(|it| output::line(it))?;
    }
    if args.events {
        happened(connection, &args).await?;
    }
    Ok(Exit::Completed)
}

async fn happened(connection: &Connection, args: &args::Get) -> anyhow::Result<()> {
    let mut sessions = connection.sessions();
    let mut after_number = 0;
    loop {
        let request = ListSessionEventsRequest {
            browser_session_id: args.session.clone(),
            after_number,
            page_size: 1_000,
        };
        let answer = sessions.list_session_events(bounded(request)).await?;
        let answer = answer.into_inner();
        for event in &answer.events {
            let line = if args.json {
                json::message("SessionEvent", event)?.to_string()
            } else {
                show::event(event)
            };
            output::line(&line)?;
        }
        after_number = answer.next_after_number;
        if after_number == 0 {
            return Ok(());
        }
    }
}

async fn extend(connection: &Connection, args: args::Extend) -> anyhow::Result<Exit> {
    let request = ExtendSessionRequest {
        browser_session_id: args.session,
        additional_minutes: args.minutes,
    };
    let answer = connection.sessions().extend_session(bounded(request)).await;
    let session = only(answer?.into_inner().session)?;
    output::note(&format!(
        "{}: lives {} minutes in all",
        session.browser_session_id, session.timeout
    ))?;
    Ok(Exit::Completed)
}

async fn close(connection: &Connection, args: args::Close) -> anyhow::Result<Exit> {
    let mut exit = Exit::Completed;
    for id in args.sessions {
        let request = CloseSessionRequest {
            browser_session_id: id.clone(),
            reason: args.reason.clone().unwrap_or_default(),
        };
        match connection.sessions().close_session(bounded(request)).await {
            Ok(answer) => {
                let session = only(answer.into_inner().session)?;
                output::note(&format!("{id}: {}", show::word(session.status())))?;
            }
            // The others are still closed.
            Err(status) => {
                output::note(&format!("{}:", output::plain(&id)))?;
                output::notes(&refusal::lines(&status))?;
                exit = Exit::Failed;
            }
        }
    }
    Ok(exit)
}

fn only(session: Option<Session>) -> anyhow::Result<Session> {
    session.context("the server answered without the session")
}
