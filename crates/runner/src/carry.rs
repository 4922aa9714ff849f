//! One run, from its claim to its final event.

use std::{future::Future, sync::Arc, time::Duration};

use errand_artifacts::Artifacts;
use errand_browser::{Browser, LaunchOptions};
use errand_domain::{
    Draft, FailureCategory, Run, RunState,
    event::Body,
    port::{ArtifactDraft, ArtifactSink, CaptchaSolver, Clock, EventSink, PortError, Scrub},
};
use errand_egress::{Policy, Proxy};
use errand_engine::{Ending, Engine, Limits, Resume, Task, drive::MAX_QUESTIONS, goal};
use errand_store::{Claim, Store};
use tokio::{task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    Config, SystemClock, command, definition, engine, lease, output,
    people::Callers,
    recovery::{self, Rule},
    sink::{Sink, port_error},
};

/// What ends a drive besides the engine.
enum Outcome {
    Ended(Box<Ending>),
    /// Someone else may hold the run: not a word more.
    LeaseLost,
    /// The log can't be written; the lease runs out and the next holder decides.
    Unwritable(PortError),
    /// The process ends: the run goes back to the queue.
    HandBack,
}

pub struct Carrier {
    pub config: Arc<Config>,
    pub store: Store,
    pub artifacts: Artifacts,
    pub stop: CancellationToken,
}

impl Carrier {
    /// Carries a claimed run through. Every way out closes the browser.
    pub async fn carry(self, claim: Claim) {
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
        let work = self.work(&run, epoch, recovered, &sink, &lost);
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
        sink: &Sink,
        lost: &CancellationToken,
    ) {
        let outcome = match self.resume(run, recovered, sink).await {
            Ok(Ok(resume)) => match engine::of(run, &self.config.models, sink) {
                Ok(engine) => {
                    Box::pin(self.with_browser(run, epoch, &*engine, resume, sink, lost)).await
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
            Outcome::LeaseLost => Err(PortError::LeaseLost),
            Outcome::Unwritable(error) => self.give_up(run, sink, error).await,
        };
        if let Err(error) = written {
            tracing::warn!(run_id = %run.id, %error, "the end of the run could not be written");
        }
    }

    /// The log could not be written: says so in it, once there is room again.
    async fn give_up(&self, run: &Run, sink: &Sink, error: PortError) -> Result<(), PortError> {
        if matches!(error, PortError::LeaseLost) {
            return Err(error);
        }
        let category = match error {
            PortError::Full(_) => FailureCategory::ResourceExhausted,
            _ => FailureCategory::Internal,
        };
        let reason = format!("the run's log could not be written: {error}");
        let clock = SystemClock::start();
        loop {
            let ending = Ending::failure(RunState::Failed, category, reason.clone(), Vec::new());
            match self.finish(run, ending, sink).await {
                Err(PortError::LeaseLost) => return Err(PortError::LeaseLost),
                Err(error) if self.stop.is_cancelled() => return Err(error),
                Err(error) if clock.elapsed() > Duration::from_secs(600) => return Err(error),
                Err(_) => clock.sleep(Duration::from_secs(1)).await,
                Ok(()) => return Ok(()),
            }
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

    async fn with_browser(
        &self,
        run: &Run,
        epoch: u64,
        engine: &dyn Engine,
        resume: Resume,
        sink: &Sink,
        lost: &CancellationToken,
    ) -> Outcome {
        let policy = Policy {
            allow_private: self.config.allow_private,
            denied: self.config.denied.clone(),
            ..Policy::default()
        };
        if let Some(ending) = refused(run, &policy).await {
            return Outcome::Ended(Box::new(ending));
        }
        let proxy = match Proxy::start(Some(policy.clone())).await {
            Ok(proxy) => proxy,
            Err(error) => {
                let reason = format!("no proxy for the browser: {error}");
                return ended(FailureCategory::Internal, reason);
            }
        };
        let mut options = LaunchOptions::new(
            self.config.guard.clone(),
            proxy.address(),
            self.config.folder.clone(),
        );
        options.chromium.clone_from(&self.config.chromium);
        options.chromedriver.clone_from(&self.config.chromedriver);
        options.user_agent.clone_from(&run.request.user_agent);
        options.extra_headers = run.request.extra_http_headers.clone();
        // The guard ends the browser a little after the run must have ended by itself.
        let pauses = self.config.pause_timeout * MAX_QUESTIONS;
        options.deadline = self.timeout(run) + pauses + Duration::from_secs(60);
        let viewport = options.viewport;
        let launch = Browser::launch(options);
        let launched = tokio::select! {
            launched = launch => launched,
            () = lost.cancelled() => return Outcome::LeaseLost,
            () = self.stop.cancelled() => return Outcome::HandBack,
        };
        let browser = match launched {
            Ok(browser) => browser,
            Err(error) => {
                let reason = format!("the browser could not be started: {error}");
                return ended(FailureCategory::BrowserCrashed, reason);
            }
        };
        let mut denied = policy;
        denied.denied.extend(browser.ports().iter().copied());
        proxy.attach(denied);
        let started = Body::BrowserStarted {
            browser: "chrome".to_owned(),
            version: browser.version().to_owned(),
            viewport: [viewport.0, viewport.1],
            user_agent: browser.user_agent().to_owned(),
        };
        let summary = format!("Chromium {} is ready", browser.version());
        let outcome = match sink.append(vec![Draft::new(summary, started)]).await {
            Ok(()) => {
                self.drive(run, epoch, engine, resume, sink, lost, &browser, &proxy)
                    .await
            }
            Err(PortError::LeaseLost) => Outcome::LeaseLost,
            Err(error) => Outcome::Unwritable(error),
        };
        proxy.cut();
        if timeout(Duration::from_secs(10), browser.close())
            .await
            .is_err()
        {
            tracing::warn!(run_id = %run.id, "the browser did not close in time");
        }
        outcome
    }

    #[expect(clippy::too_many_arguments, reason = "all that a drive touches")]
    async fn drive(
        &self,
        run: &Run,
        epoch: u64,
        engine: &dyn Engine,
        resume: Resume,
        sink: &Sink,
        lost: &CancellationToken,
        browser: &Browser,
        proxy: &Proxy,
    ) -> Outcome {
        let page = match browser.page().await {
            Ok(page) => page,
            Err(error) => {
                let reason = format!("the browser did not answer at its start: {error}");
                return ended(FailureCategory::BrowserCrashed, reason);
            }
        };
        let clock = SystemClock::start();
        let schema = run.request.data_extraction_schema.as_deref();
        let schema = schema.and_then(|text| serde_json::from_str(text).ok());
        let refusal = |url: &str| incident(proxy, url);
        let people = Callers {
            store: &self.store,
            sink,
            run_id: &run.id,
            epoch,
            clock: &clock,
            patience: self.config.pause_timeout,
        };
        let hook = self.config.captcha_hook.as_ref();
        let solver = hook.map(|hook| hook.of(&run.id));
        let task = Task {
            goal: &run.request.prompt,
            url: run.request.url.as_deref(),
            schema: schema.as_ref(),
            detail: run.request.detail,
            page: &page,
            engine,
            events: sink,
            artifacts: sink,
            checkpoints: sink,
            refusal: &refusal,
            error_codes: &run.request.error_code_mapping,
            captcha: solver.as_ref().map(|it| it as &dyn CaptchaSolver),
            people: &people,
            clock: &clock,
            limits: Limits {
                max_steps: run
                    .request
                    .max_steps
                    .unwrap_or(self.config.default_max_steps),
                deadline: self.timeout(run),
            },
            resume,
        };
        let closed = browser.closed();
        let cancel = command::cancellation(&self.store, &run.id, epoch);
        tokio::select! {
            biased;
            () = lost.cancelled() => Outcome::LeaseLost,
            result = task.run() => match result {
                Ok(ending) if closed.is_cancelled() && ending.state == RunState::Failed => crashed(),
                Ok(ending) => Outcome::Ended(Box::new(ending)),
                Err(PortError::LeaseLost) => Outcome::LeaseLost,
                Err(error) => Outcome::Unwritable(error),
            },
            () = closed.cancelled() => crashed(),
            reason = cancel => {
                let category = FailureCategory::StoppedByCaller;
                let ending = Ending::failure(RunState::Terminated, category, reason, Vec::new());
                Outcome::Ended(Box::new(ending))
            }
            () = clock.run_out(self.timeout(run)) => {
                let category = FailureCategory::Deadline;
                let reason = "the run used all its time; raise timeout";
                let ending = Ending::failure(RunState::TimedOut, category, reason, Vec::new());
                Outcome::Ended(Box::new(ending))
            }
            () = self.drained() => Outcome::HandBack,
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

    fn timeout(&self, run: &Run) -> Duration {
        run.request
            .timeout_ms
            .map_or(self.config.default_timeout, Duration::from_millis)
    }

    /// Leaves the definition of a workflow that does the same. Never worth the run.
    async fn publish(&self, run: &Run, ending: &Ending, sink: &Sink) -> Result<(), PortError> {
        // The plan may have named it since the run was claimed.
        let now = self.store.get_run(&run.organization_id, &run.id).await;
        let mut run = run.clone();
        run.title = now.ok().flatten().and_then(|it| it.title);
        let definition = definition::of(&run, &ending.finding.parts);
        let draft = ArtifactDraft {
            artifact_type: "workflow_definition",
            step_id: None,
            content_type: "application/json",
            filename: "workflow.json".to_owned(),
            content: format!("{definition:#}").into(),
        };
        match sink.keep(draft).await {
            Ok(_) => Ok(()),
            Err(PortError::LeaseLost) => Err(PortError::LeaseLost),
            Err(error) => {
                tracing::warn!(run_id = %run.id, %error, "the workflow was not kept");
                Ok(())
            }
        }
    }

    /// Writes output and final event in one transaction.
    async fn finish(&self, run: &Run, ending: Ending, sink: &Sink) -> Result<(), PortError> {
        let mut drafts = Vec::new();
        if let Some(value) = &ending.finding.output {
            let text = value.to_string();
            let mut artifact_id = None;
            if text.len() > Run::MAX_OUTPUT_BYTES {
                let draft = ArtifactDraft {
                    artifact_type: "output",
                    step_id: None,
                    content_type: "application/json",
                    filename: "output.json".to_owned(),
                    content: text.clone().into(),
                };
                artifact_id = Some(sink.keep(draft).await?.artifact_id);
            }
            drafts = output::drafts(&text, artifact_id.as_ref(), &ending.finding.notes);
        }
        if run.request.publish_workflow && ending.state == RunState::Completed {
            self.publish(run, &ending, sink).await?;
        }
        let summary = match &ending.failure {
            Some(failure) => format!("{}: {}", ending.state.as_str(), failure.reason),
            None => ending.state.as_str().to_owned(),
        };
        let done = Some(ending.finding.summary).filter(|it| !it.is_empty());
        let body = Body::RunFinished {
            state: ending.state,
            failure: ending.failure,
            errors: ending.errors,
            summary: done,
        };
        drafts.push(Draft::new(summary, body));
        tracing::info!(run_id = %run.id, status = ending.state.as_str(), "the run ended");
        sink.append(drafts).await
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

/// What the proxy last said against that host.
fn incident(proxy: &Proxy, url: &str) -> Option<(FailureCategory, String)> {
    let host = url::Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    let of_host = |it: &errand_egress::Incident| host.as_ref().is_none_or(|host| it.host == *host);
    if let Some(refused) = proxy.refusals().into_iter().rfind(|it| of_host(it)) {
        let reason = format!("{}: {}", refused.host, refused.reason);
        return Some((FailureCategory::EgressBlocked, reason));
    }
    let failed = proxy.failures().into_iter().rfind(|it| of_host(it))?;
    let category = match failed.code {
        "timeout" => FailureCategory::PageLoadTimeout,
        _ => FailureCategory::NavigationFailed,
    };
    Some((category, format!("{}: {}", failed.host, failed.reason)))
}
