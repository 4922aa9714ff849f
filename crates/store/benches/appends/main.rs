//! Event appends and claims through the store, against the bare statements that the same work
//! needs, on the same database, by turns. The goal is half the rate of the bare statements.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench has nobody to report to"
)]

mod bare;

use std::time::{Duration, Instant};

use bare::Bare;
use errand_domain::{Draft, OrganizationId, Run, RunId, StepId, TaskRequest, event::Body};
use errand_store::{Claim, ClaimLimits, Created, NewRun, Options, Store, Writer};
use errand_testing::Postgres;

const ROUNDS: usize = 15;
/// Store and bare statements take turns, short ones, so that what else the machine does slows both
/// alike; not one by one, because each write makes the other connection read its pages anew.
const TURNS: usize = 6;
const TURN: usize = 20;
const GROUP: usize = 10;
const LEASE: Duration = Duration::from_secs(3600);
const UNLIMITED: ClaimLimits = ClaimLimits {
    per_organization: u32::MAX,
};

#[tokio::main]
async fn main() {
    println!(
        "{:<26} {:<10} {:>10} {:>10}   ratio, median of {ROUNDS} rounds",
        "", "", "store/s", "bare/s"
    );
    for durable in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/errand.db", folder.path().display());
        on(&url, "SQLite", durable).await;
        let server = if durable {
            Postgres::start_with("")
        } else {
            Postgres::start()
        };
        let server = server.unwrap();
        on(&server.database().unwrap(), "PostgreSQL", durable).await;
    }
}

async fn on(url: &str, name: &str, durable: bool) {
    let options = Options {
        survive_power_loss: durable,
        ..Options::default()
    };
    let store = Store::open_with(url, options).await.unwrap();
    let organization = store.ensure_default_organization().await.unwrap();
    let mut bare = Bare::connect(url, durable).await;
    let mut bench = Bench {
        store,
        organization,
        name,
        disk: if durable { "waits for disk" } else { "no wait" },
    };
    bench.appends(&mut bare, "one event", 1).await;
    bench.appends(&mut bare, "ten events", GROUP).await;
    bench.claims(&mut bare).await;
    bench.store.close().await;
}

struct Bench<'a> {
    store: Store,
    organization: OrganizationId,
    name: &'a str,
    disk: &'a str,
}

impl Bench<'_> {
    async fn appends(&mut self, bare: &mut Bare, what: &str, group: usize) {
        // Both runs are claimed, so that the queue is empty for the claims.
        self.queued().await;
        let ours = self.claim().await;
        self.queued().await;
        let theirs = self.claim().await;
        let mut last = theirs.run.last_sequence;
        let mut rounds = Rounds::default();
        for _ in 0..ROUNDS {
            let mut round = Round::default();
            for _ in 0..TURNS {
                let started = Instant::now();
                for _ in 0..TURN {
                    self.append(&ours, group).await;
                }
                round.store += started.elapsed();
                let started = Instant::now();
                for _ in 0..TURN {
                    bare.append(&theirs.run.id, last, group).await;
                    last += group as u64;
                }
                round.bare += started.elapsed();
            }
            rounds.add(round);
        }
        rounds.print(what, self.name, self.disk);
    }

    async fn claims(&mut self, bare: &mut Bare) {
        let mut rounds = Rounds::default();
        for _ in 0..ROUNDS {
            for _ in 0..2 * TURN * TURNS {
                self.queued().await;
            }
            let mut round = Round::default();
            for _ in 0..TURNS {
                let started = Instant::now();
                for _ in 0..TURN {
                    self.claim().await;
                }
                round.store += started.elapsed();
                let started = Instant::now();
                for _ in 0..TURN {
                    bare.claim().await;
                }
                round.bare += started.elapsed();
            }
            rounds.add(round);
        }
        rounds.print("claim", self.name, self.disk);
    }

    async fn append(&self, claim: &Claim, group: usize) {
        let drafts = (0..group).map(|_| thought()).collect();
        let writer = Writer::Holder { epoch: claim.epoch };
        let written = self.store.append(&claim.run.id, writer, drafts).await;
        assert_eq!(written.unwrap().len(), group);
    }

    async fn claim(&self) -> Claim {
        let claim = self.store.claim("bench", LEASE, &UNLIMITED).await;
        claim.unwrap().unwrap()
    }

    async fn queued(&self) -> Run {
        let request = TaskRequest {
            prompt: "Extract the main heading".to_owned(),
            ..TaskRequest::default()
        };
        let created = Body::RunCreated {
            request,
            engine: "local".to_owned(),
            engine_reason: "no models are configured".to_owned(),
            retry_of: None,
        };
        let queued = Body::RunQueued {
            reason: "waits for a browser".to_owned(),
        };
        let new = NewRun {
            id: RunId::generate(),
            organization: self.organization.clone(),
            drafts: vec![Draft::new("task", created), Draft::new("waits", queued)],
            request_id: None,
        };
        match self.store.create_run(new).await.unwrap() {
            Created::Fresh(run) | Created::Same(run) => run,
        }
    }
}

/// An event of the usual size.
fn thought() -> Draft {
    Draft::new(
        "the button was found by its label",
        Body::Thought {
            step_id: StepId::from("stp_01a1fdf0118871108140b11f2b31d03c"),
            text: bare::TEXT.to_owned(),
        },
    )
}

/// What the work took.
#[derive(Default)]
struct Round {
    store: Duration,
    bare: Duration,
}

/// Rates.
#[derive(Default)]
struct Rounds {
    store: Vec<f64>,
    bare: Vec<f64>,
}

impl Rounds {
    fn add(&mut self, round: Round) {
        let count = (TURN * TURNS) as f64;
        self.store.push(count / round.store.as_secs_f64());
        self.bare.push(count / round.bare.as_secs_f64());
    }

    fn print(self, what: &str, database: &str, disk: &str) {
        let ratios = self
            .store
            .iter()
            .zip(&self.bare)
            .map(|(it, bare)| it / bare);
        let ratio = median(ratios.collect());
        let (store, bare) = (median(self.store), median(self.bare));
        println!(
            "{:<26} {database:<10} {store:>10.0} {bare:>10.0}   {ratio:.2}",
            format!("{what}, {disk}")
        );
    }
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_unstable_by(f64::total_cmp);
    of[of.len() / 2]
}
