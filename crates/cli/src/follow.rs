//! Following a run to its end, across lost connections.

use std::{
    future::pending,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use errand_api::v1::{
    CancelRunRequest, ListRunEventsRequest, RunEvent, WatchRunRequest, WatchRunResponse,
    run_event::Body,
};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::{sleep, timeout},
};
use tonic::{Code, Status, Streaming};

use crate::{
    connection::{Connection, bounded},
    home::Home,
    output,
    progress::Progress,
    refusal,
};

/// How long a server may be out of reach before following is given up.
const PATIENCE: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long asking for the end of a run may take.
const CANCEL: Duration = Duration::from_secs(15);

/// What to do on Ctrl-C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnInterrupt {
    /// Ask the run to stop, and follow it to its end; leave on a second one.
    Cancel,
    /// Leave.
    Leave,
}

/// How following ended.
#[derive(Debug)]
pub enum Followed {
    /// The run's last event, the connection it came by, and whether somebody interrupted.
    Ended {
        event: Box<RunEvent>,
        connection: Connection,
        interrupted: bool,
    },
    /// Somebody interrupted and did not want to wait.
    Left,
}

/// Follows a run.
#[derive(Debug)]
pub struct Follower<'a> {
    pub home: &'a Home,
    pub connection: Connection,
    pub run_id: String,
    /// Number of the last event that was seen.
    pub after: i64,
    pub on_interrupt: OnInterrupt,
    pub interrupts: Interrupts,
}

impl Follower<'_> {
    /// Hands every event, in order and once, to `show`, until the last one.
    ///
    /// # Errors
    /// If the run is not there or the server is out of reach for too long.
    pub async fn follow(
        mut self,
        progress: &mut Progress,
        mut show: impl FnMut(&mut Progress, &RunEvent) -> anyhow::Result<()>,
    ) -> anyhow::Result<Followed> {
        let mut interrupted = false;
        let mut lost = Lost::default();
        let mut stream: Option<Streaming<_>> = None;
        loop {
            let next = async {
                match &mut stream {
                    Some(stream) => {
                        let message = stream.message().await;
                        message.map(|it| Next::Message(it.map(Box::new)))
                    }
                    None => {
                        open(self.home, &self.connection, &self.run_id, self.after, &lost).await
                    }
                }
            };
            let next = tokio::select! {
                next = next => next,
                () = self.interrupts.next() => {
                    if interrupted || self.on_interrupt == OnInterrupt::Leave {
                        return Ok(Followed::Left);
                    }
                    interrupted = true;
                    progress.say("interrupted: canceling the run (once more to leave at once)")?;
                    // The stream goes on where it was: nothing was taken out of it.
                    if !self.cancel(progress).await? {
                        return Ok(Followed::Left);
                    }
                    continue;
                }
            };
            match next {
                Ok(Next::Opened(connection, opened)) => {
                    self.connection = connection;
                    stream = Some(*opened);
                }
                Ok(Next::Message(Some(message))) => {
                    lost = Lost::default();
                    let Some(event) = message.event else { continue };
                    // A number that was seen comes from a server that begins too early.
                    if event.sequence <= self.after {
                        continue;
                    }
                    self.after = event.sequence;
                    show(progress, &event)?;
                    if matches!(event.body, Some(Body::RunFinished(_))) {
                        let connection = self.connection;
                        return Ok(Followed::Ended {
                            event: Box::new(event),
                            connection,
                            interrupted,
                        });
                    }
                }
                // A stream that ends without the last event: that one was seen before, or the
                // stream was cut by something in between.
                Ok(Next::Message(None)) => {
                    stream = None;
                    if let Some(event) = self.finished().await {
                        let connection = self.connection;
                        return Ok(Followed::Ended {
                            event: Box::new(event),
                            connection,
                            interrupted,
                        });
                    }
                    lost.again(&Status::unavailable("the stream ended early"))?;
                }
                Err(status) if is_passing(&status) => {
                    stream = None;
                    lost.again(&status)?;
                    let reason = output::plain(status.message());
                    progress.busy(&format!("connection lost ({reason}); trying again"));
                    tracing::debug!(%status, "connection lost");
                }
                Err(status) => return Err(status.into()),
            }
        }
    }

    /// The event that was seen last, if it is the run's last.
    async fn finished(&self) -> Option<RunEvent> {
        let request = ListRunEventsRequest {
            run_id: self.run_id.clone(),
            after_sequence: self.after - 1,
            page_size: 1,
            include_body_json: false,
        };
        let mut runs = self.connection.runs();
        let answer = runs.list_run_events(bounded(request));
        // A server that does not answer is tried again by whoever watches.
        let event = answer.await.ok()?.into_inner().events.pop()?;
        matches!(event.body, Some(Body::RunFinished(_))).then_some(event)
    }

    /// Asks for the run's end; says false if somebody does not want to wait even for that.
    async fn cancel(&mut self, progress: &Progress) -> anyhow::Result<bool> {
        let request = CancelRunRequest {
            run_id: self.run_id.clone(),
            reason: "interrupted at the command line".to_owned(),
        };
        let ask = async {
            let mut pause = FIRST_PAUSE;
            let mut connection = self.connection.clone();
            let home = self.home;
            loop {
                match connection.runs().cancel_run(bounded(request.clone())).await {
                    Err(status) if is_passing(&status) => {
                        sleep(pause).await;
                        pause = (pause * 2).min(LONGEST_PAUSE);
                        if let Ok(found) = home.connect().await {
                            connection = found;
                        }
                    }
                    other => return other.map(|_| ()),
                }
            }
        };
        tokio::select! {
            asked = timeout(CANCEL, ask) => match asked {
                Ok(Ok(())) => Ok(true),
                Ok(Err(status)) => Err(status.into()),
                Err(_) => {
                    progress.say("the server does not answer; the run may still go on")?;
                    Ok(true)
                }
            },
            () = self.interrupts.next() => Ok(false),
        }
    }
}

async fn open(
    home: &Home,
    connection: &Connection,
    run_id: &str,
    after_sequence: i64,
    lost: &Lost,
) -> Result<Next, Status> {
    let connection = match lost.pause {
        None => connection.clone(),
        Some(pause) => {
            sleep(pause).await;
            // Another process may have the data folder by now.
            let found = home.connect().await;
            found.map_err(|error| Status::unavailable(format!("{error:#}")))?
        }
    };
    let request = WatchRunRequest {
        run_id: run_id.to_owned(),
        after_sequence,
        include_body_json: false,
    };
    let stream = timeout(PATIENCE, connection.runs().watch_run(request)).await;
    let stream = stream.map_err(|_| Status::unavailable("the server does not answer"))??;
    Ok(Next::Opened(connection, Box::new(stream.into_inner())))
}

enum Next {
    Opened(Connection, Box<Streaming<WatchRunResponse>>),
    Message(Option<Box<WatchRunResponse>>),
}

/// Since when, and how often, the connection was lost.
#[derive(Debug, Default)]
struct Lost {
    since: Option<Instant>,
    pause: Option<Duration>,
}

impl Lost {
    fn again(&mut self, status: &Status) -> anyhow::Result<()> {
        let since = *self.since.get_or_insert_with(Instant::now);
        if since.elapsed() > PATIENCE {
            let waited = PATIENCE.as_secs();
            return Err(status.clone()).context(format!("out of reach for {waited} s"));
        }
        let longer = self
            .pause
            .map_or(FIRST_PAUSE, |it| (it * 2).min(LONGEST_PAUSE));
        self.pause = Some(refusal::retry_after(status).map_or(longer, |it| it.min(LONGEST_PAUSE)));
        Ok(())
    }
}

/// Whether the same call may work a moment later: the server said so, or the connection broke.
#[must_use]
pub fn is_passing(status: &Status) -> bool {
    match status.code() {
        Code::Unavailable => true,
        // Too many watchers.
        Code::ResourceExhausted => refusal::retry_after(status).is_some(),
        _ => refusal::is_broken(status),
    }
}

/// Ctrl-C, and being asked to end.
#[derive(Debug)]
pub struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupts {
    /// Begins to listen; the signals no longer end the process by themselves.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The next one.
    pub async fn next(&mut self) {
        let came = tokio::select! {
            came = self.interrupt.recv() => came,
            came = self.terminate.recv() => came,
        };
        if came.is_none() {
            // The runtime is going down, and no signal will come any more.
            pending::<()>().await;
        }
    }
}
