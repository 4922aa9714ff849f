//! One run, from its claim to its final event.

mod finish;
mod keep;
mod park;

use std::{
    future::Future,
    sync::{Arc, Mutex},
};

use errand_artifacts::Artifacts;
use errand_domain::{
    Draft, FailureCategory, Run, RunState,
    event::Body,
    port::{CaptchaSolver, EventSink, PortError, Scrub},
    session::CloseReason,
};
use errand_egress::Policy;
use errand_engine::{Ending, Engine, Limits, Resume, Task, goal};
use errand_store::{Claim, Store};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    Config, SystemClock, command, engine, lease,
    live::Lives,
    over::Over,
    people::{Callers, Park, Parked},
    pool::Pool,
    recovery::{self, Rule},
    room::{Place, Room},
    seat::{Refused, Seat, Wishes},
    sink::{Sink, port_error},
};

/// Where a run has its browser.
#[derive(Clone, Copy)]
pub enum Seating<'a> {
    /// That of its session, until the session is over.
    Session(&'a Seat, &'a Over),
    /// One of its own, in this place.
    Own(&'a Berth),
}

/// What ends a drive besides the engine.
enum Outcome {
    Ended(Box<Ending>),
    /// Someone else may hold the run: not a word more.
    LeaseLost,
    /// The log can't be written; the lease runs out and the next holder decides.
    Unwritable(PortError),
    /// The process ends: the run goes back to the queue.
    HandBack,
    /// The run waits for a person without its browser.
    Parked(Parked),
}

/// The place of a run's browser, given up while the run is parked.
pub type Berth = Mutex<Option<Place>>;

/// What a drive is about, besides its browser.
struct Course<'a> {
    run: &'a Run,
    epoch: u64,
    engine: &'a dyn Engine,
    sink: &'a Sink,
    lost: &'a CancellationToken,
    /// Time, without pauses.
    clock: &'a SystemClock,
}

/// Carries runs through.
#[derive(Clone)]
pub struct Carrier {
    pub config: Arc<Config>,
    pub store: Store,
    pub artifacts: Artifacts,
    pub lives: Lives,
    pub room: Arc<Room>,
    pub pool: Arc<Pool>,
    pub stop: CancellationToken,
}

impl Carrier {
    /// Carries a claimed run through, in a browser of its own, which every way out closes, or in
    /// that of its session, which stays.
    pub async fn carry(&self, claim: Claim, seating: Seating<'_>) {
        let Claim {
            run,
            epoch,
            recovered,
            ..
        } = claim;
        let lost = CancellationToken::new();
        let secrets = goal::secrets(&run.request.prompt);
        let sink = Sink::new(
            self.store.clone(),
            self.artifacts.clone(),
            run.organization_id.clone(),
            run.id.clone(),
            epoch,
            Scrub::new(secrets),
            self.config.secret,
        );
        // A task of its own: an engine that computes for long must not hold up the renewals.
        let mut keeper = JoinSet::new();
        let (store, id, lease) = (self.store.clone(), run.id.clone(), self.config.lease);
        let told = lost.clone();
        keeper.spawn(async move { lease::keep(&store, &id, epoch, lease, &told).await });
        let work = self.work(&run, epoch, recovered, seating, &sink, &lost);
        tokio::select! {
            () = work => {}
            // It comes back only after it fired `lost`; the work sees that and ends by itself.
            _ = keeper.join_next() => {
                tracing::warn!(run_id = %run.id, "the run was given up");
            }
        }
    }

    async fn work(
        &self,
        run: &Run,
        epoch: u64,
        recovered: bool,
        seating: Seating<'_>,
        sink: &Sink,
        lost: &CancellationToken,
    ) {
        let clock = SystemClock::start();
        let outcome = match self.resume(run, recovered, sink).await {
            Ok(Ok(resume)) => match engine::of(run, &self.config.models, sink) {
                Ok(engine) => {
                    let course = Course {
                        run,
                        epoch,
                        engine: &*engine,
                        sink,
                        lost,
                        clock: &clock,
                    };
                    match seating {
                        Seating::Session(seat, over) => {
                            Box::pin(self.in_session(&course, seat, over)).await
                        }
                        Seating::Own(berth) => Box::pin(self.alone(&course, resume, berth)).await,
                    }
                }
                Err(ending) => Outcome::Ended(Box::new(ending)),
            },
            Ok(Err(ending)) => Outcome::Ended(Box::new(ending)),
            Err(PortError::LeaseLost) => Outcome::LeaseLost,
            Err(error) => Outcome::Unwritable(error),
        };
        let written = match outcome {
            Outcome::Ended(ending) => self.finish(run, *ending, sink).await,
            Outcome::HandBack => {
                let reason = "its server was stopped".to_owned();
                let draft = Draft::new(format!("queued: {reason}"), Body::RunQueued { reason });
                sink.append(vec![draft]).await
            }
            Outcome::LeaseLost | Outcome::Parked(_) => Err(PortError::LeaseLost),
            Outcome::Unwritable(error) => self.give_up(run, sink, error).await,
        };
        if let Err(error) = written {
            tracing::warn!(run_id = %run.id, %error, "the end of the run could not be written");
        }
    }

    /// Where the run begins or goes on; or how it ends, if it can't.
    async fn resume(
        &self,
        run: &Run,
        recovered: bool,
        sink: &Sink,
    ) -> Result<Result<Resume, Ending>, PortError> {
        if !recovered && run.attempt <= 1 {
            return Ok(Ok(Resume::default()));
        }
        let rule = recovery::decide(
            &self.store,
            &run.organization_id,
            &run.id,
            &self.config.secret,
        )
        .await
        .map_err(port_error)?;
        // The browser of a session dies with its holder.
        let rule = match (rule, &run.request.browser_session_id) {
            (Rule::GoOn { .. }, Some(session)) => {
                let detail = format!("the server that had session {session} lost it");
                return Ok(Err(Over::ending(CloseReason::ServerLost, &detail)));
            }
            (rule, _) => rule,
        };
        let (rule, detail, result) = match rule {
            Rule::GoOn { resume, detail } => ("restored", detail, Ok(*resume)),
            Rule::Interrupted { reason } => {
                let category = FailureCategory::Interrupted;
                let ending =
                    Ending::failure(RunState::Failed, category, reason.clone(), Vec::new());
                ("interrupted", reason, Err(ending))
            }
        };
        let body = Body::Recovered {
            rule: rule.to_owned(),
            detail: detail.clone(),
        };
        sink.append(vec![Draft::new(format!("taken over: {detail}"), body)])
            .await?;
        Ok(result)
    }

    /// In a browser of the run's own.
    async fn with_browser(&self, course: &Course<'_>, resume: Resume) -> Outcome {
        let run = course.run;
        if let Some(ending) = refused(run, &self.config.policy()).await {
            return Outcome::Ended(Box::new(ending));
        }
        let wishes = Wishes::of_run(run, &self.config);
        let opened = tokio::select! {
            opened = Seat::open(&self.config, &self.room, &self.pool, wishes) => opened,
            () = course.lost.cancelled() => return Outcome::LeaseLost,
            () = self.stop.cancelled() => return Outcome::HandBack,
        };
        let seat = match opened {
            Ok(seat) => seat,
            Err(Refused { category, reason }) => return ended(category, reason),
        };
        let outcome = {
            let _known = self.lives.run(&run.id, &seat.live);
            match self.prepare(course, &resume, &seat).await {
                Ok(()) => {
                    let outcome = self.drive(course, resume, &seat, None).await;
                    match self.preserve(course, &outcome, &seat).await {
                        Err(PortError::LeaseLost) => Outcome::LeaseLost,
                        Ok(()) | Err(_) => outcome,
                    }
                }
                Err(outcome) => outcome,
            }
        };
        seat.close().await;
        outcome
    }

    /// In the browser of the run's session, from where the run before stopped.
    async fn in_session(&self, course: &Course<'_>, seat: &Seat, over: &Over) -> Outcome {
        let run = course.run;
        if let Some(ending) = refused(run, &self.config.policy()).await {
            return Outcome::Ended(Box::new(ending));
        }
        let _known = self.lives.run(&run.id, &seat.live);
        seat.live.let_go().await;
        // What happened before the run is none of its effects.
        drop(seat.page().outside_requests());
        self.drive(course, Resume::default(), seat, Some(over))
            .await
    }

    async fn drive(
        &self,
        course: &Course<'_>,
        resume: Resume,
        seat: &Seat,
        over: Option<&Over>,
    ) -> Outcome {
        let Course {
            run,
            epoch,
            engine,
            sink,
            lost,
            clock,
        } = *course;
        match sink.append(seat.introduction()).await {
            Ok(()) => {}
            Err(PortError::LeaseLost) => return Outcome::LeaseLost,
            Err(error) => return Outcome::Unwritable(error),
        }
        let schema = run.request.data_extraction_schema.as_deref();
        let schema = schema.and_then(|text| serde_json::from_str(text).ok());
        let refusal = |url: &str| seat.incident(url);
        let people = Callers {
            store: &self.store,
            sink,
            run_id: &run.id,
            epoch,
            clock,
            patience: self.config.pause_timeout,
            live: Some(&seat.live),
            // The browser of a session is not the run's to give up.
            park: over.is_none().then(|| Park {
                room: &self.room,
                after: self.config.park_after,
                parked: Mutex::default(),
            }),
        };
        let hook = self.config.captcha_hook.as_ref();
        let solver = hook.map(|hook| hook.of(&run.id));
        let task = Task {
            goal: &run.request.prompt,
            url: run.request.url.as_deref(),
            schema: schema.as_ref(),
            detail: run.request.detail,
            page: seat.page(),
            engine,
            events: sink,
            artifacts: sink,
            checkpoints: sink,
            refusal: &refusal,
            error_codes: &run.request.error_code_mapping,
            captcha: solver.as_ref().map(|it| it as &dyn CaptchaSolver),
            people: &people,
            clock,
            limits: Limits {
                max_steps: run
                    .request
                    .max_steps
                    .unwrap_or(self.config.default_max_steps),
                deadline: self.config.timeout(run),
            },
            resume,
        };
        let closed = seat.browser().closed();
        let cancel = command::cancellation(&self.store, &run.id, epoch);
        tokio::select! {
            biased;
            () = lost.cancelled() => Outcome::LeaseLost,
            result = task.run() => match result {
                Ok(ending) if closed.is_cancelled() && ending.state == RunState::Failed => crashed(),
                Ok(ending) => Outcome::Ended(Box::new(ending)),
                Err(PortError::LeaseLost) => Outcome::LeaseLost,
                Err(PortError::Parked) => match people.parked() {
                    Some(parked) => Outcome::Parked(parked),
                    None => Outcome::LeaseLost,
                },
                Err(error) => Outcome::Unwritable(error),
            },
            () = closed.cancelled() => crashed(),
            reason = cancel => {
                let category = FailureCategory::StoppedByCaller;
                let ending = Ending::failure(RunState::Terminated, category, reason, Vec::new());
                Outcome::Ended(Box::new(ending))
            }
            () = clock.run_out(self.config.timeout(run)) => {
                let category = FailureCategory::Deadline;
                let reason = "the run used all its time; raise timeout";
                let ending = Ending::failure(RunState::TimedOut, category, reason, Vec::new());
                Outcome::Ended(Box::new(ending))
            }
            (reason, detail) = closing(over) => {
                Outcome::Ended(Box::new(Over::ending(reason, &detail)))
            }
            // A session's end is told by who holds it.
            () = self.drained(), if over.is_none() => Outcome::HandBack,
        }
    }

    /// Comes back when the time to drain is over.
    fn drained(&self) -> impl Future<Output = ()> {
        let (stop, drain) = (self.stop.clone(), self.config.drain);
        async move {
            stop.cancelled().await;
            tokio::time::sleep(drain).await;
        }
    }
}

fn ended(category: FailureCategory, reason: String) -> Outcome {
    Outcome::Ended(Box::new(Ending::failure(
        RunState::Failed,
        category,
        reason,
        Vec::new(),
    )))
}

fn crashed() -> Outcome {
    ended(
        FailureCategory::BrowserCrashed,
        "the browser ended or stopped answering".to_owned(),
    )
}

/// Whether the start URL can't be reached at all: said before a browser is started for it.
async fn refused(run: &Run, policy: &Policy) -> Option<Ending> {
    let url = url::Url::parse(run.request.url.as_deref()?).ok()?;
    let error = errand_egress::check(&url, policy).await.err()?;
    let category = match error.code() {
        "blocked" => FailureCategory::EgressBlocked,
        _ => FailureCategory::NavigationFailed,
    };
    Some(Ending::failure(
        RunState::Failed,
        category,
        error.to_string(),
        Vec::new(),
    ))
}

/// Comes back when the session is over, if there is one.
async fn closing(over: Option<&Over>) -> (CloseReason, String) {
    match over {
        Some(over) => over.wait().await,
        None => std::future::pending().await,
    }
}
