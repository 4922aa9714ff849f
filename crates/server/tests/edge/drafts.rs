//! Runs as a runner would write them, without one.

use std::time::Duration;

use bytes::Bytes;
use errand_domain::{
    Action, ArtifactId, Body, Draft, FailureCategory, OrganizationId, Pause, Run, RunId, RunState,
    StepId, TaskRequest, Timestamp, Wants,
    event::{ActionEffect, TimeSpent},
    run::Failure,
};
use errand_store::{ArtifactRow, ClaimLimits, Created, NewRun, Writer};

use crate::server::Server;

const UNLIMITED: ClaimLimits = ClaimLimits {
    per_organization: 1_000_000,
};
/// Longer than any test.
const LEASE: Duration = Duration::from_secs(600);

/// A run that the test holds.
pub struct Held {
    pub id: RunId,
    pub run_id: String,
    epoch: u64,
    store: errand_store::Store,
}

impl Server {
    /// A queued run of an organization.
    pub async fn queued_by(&self, owner: &OrganizationId, request: TaskRequest) -> Run {
        let created = Body::RunCreated {
            request,
            engine: "local".to_owned(),
            engine_reason: "a test".to_owned(),
            retry_of: None,
        };
        let queued = Body::RunQueued {
            reason: "waits for a browser".to_owned(),
        };
        let drafts = vec![Draft::new("task", created), Draft::new("queued", queued)];
        let new = NewRun {
            id: RunId::generate(),
            organization: owner.clone(),
            drafts,
            request_id: None,
        };
        match self.store.create_run(new).await.unwrap() {
            Created::Fresh(run) => run,
            Created::Same(_) => panic!("without a request id no run is there before"),
        }
    }

    pub async fn queued(&self) -> Run {
        self.queued_by(&self.organization, task("look")).await
    }

    /// Takes the next queued run.
    pub async fn claim(&self) -> Held {
        let claim = self.store.claim("test", LEASE, &UNLIMITED).await.unwrap();
        let claim = claim.unwrap();
        Held {
            run_id: claim.run.id.to_string(),
            id: claim.run.id,
            epoch: claim.epoch,
            store: self.store.clone(),
        }
    }

    /// A run that is claimed before all that wait.
    pub async fn running(&self) -> Held {
        let first = TaskRequest {
            priority: 100,
            ..task("look")
        };
        self.queued_by(&self.organization, first).await;
        self.claim().await
    }

    /// A run that has ended.
    pub async fn ended(&self, state: RunState) -> Held {
        let held = self.running().await;
        held.append(vec![finished(state)]).await;
        held
    }

    /// Keeps a file of a run, as the runner's sink does.
    pub async fn keep(
        &self,
        held: &Held,
        artifact_type: &str,
        name: &str,
        content: &[u8],
    ) -> String {
        let id = ArtifactId::generate();
        let location = errand_artifacts::location(&self.organization, &held.id, &id, name);
        let bytes = Bytes::copy_from_slice(content);
        self.artifacts.put(&location, bytes).await.unwrap();
        let content_type = if name.ends_with(".png") {
            "image/png"
        } else if name.ends_with(".html") {
            "text/html"
        } else {
            "application/octet-stream"
        };
        let row = ArtifactRow {
            id: id.clone(),
            organization_id: self.organization.clone(),
            run_id: held.id.clone(),
            step_id: None,
            artifact_type: artifact_type.to_owned(),
            content_type: content_type.to_owned(),
            filename: name.to_owned(),
            size: content.len() as u64,
            checksum: None,
            location,
            created_at: Timestamp::default(),
        };
        let body = Body::ArtifactCreated {
            artifact_id: id.clone(),
            artifact_type: artifact_type.to_owned(),
            step_id: None,
            content_type: content_type.to_owned(),
            size: content.len() as u64,
        };
        let writer = Writer::Holder { epoch: held.epoch };
        let drafts = vec![Draft::new("kept", body)];
        let written = self.store.append_artifact(&held.id, writer, row, drafts);
        written.await.unwrap();
        id.to_string()
    }
}

impl Held {
    /// What its writes carry.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub async fn append(&self, drafts: Vec<Draft>) {
        let writer = Writer::Holder { epoch: self.epoch };
        let written = self.store.append(&self.id, writer, drafts).await;
        written.unwrap();
    }

    /// Appends so many events, a hundred at a time.
    pub async fn append_thoughts(&self, count: usize, text: &str) {
        let mut left = count;
        while left > 0 {
            let some = left.min(100);
            self.append(vec![thought(text); some]).await;
            left -= some;
        }
    }

    pub async fn pause(&self) {
        let body = Body::RunPaused(Pause {
            reason: "a code is needed".to_owned(),
            wants: Wants::Answer,
            deadline: None,
        });
        self.append(vec![Draft::new("paused", body)]).await;
    }
}

pub fn task(prompt: &str) -> TaskRequest {
    TaskRequest {
        prompt: prompt.to_owned(),
        url: Some("https://a.example/".to_owned()),
        ..TaskRequest::default()
    }
}

pub fn thought(text: &str) -> Draft {
    let body = Body::Thought {
        step_id: StepId::from("stp_none"),
        text: text.to_owned(),
    };
    Draft::new("thinks", body)
}

pub fn finished(state: RunState) -> Draft {
    let failure = (state == RunState::Failed).then(|| Failure {
        category: FailureCategory::ElementNotFound,
        reason: "no button \"Buy\"".to_owned(),
    });
    let body = Body::RunFinished {
        state,
        failure,
        errors: Vec::new(),
        summary: Some(format!("ended {}", state.as_str())),
    };
    Draft::new("the end", body)
}

pub fn output(text: &str) -> Draft {
    let body = Body::OutputPart {
        part: 0,
        text: text.to_owned(),
        artifact_id: None,
        notes: vec!["price: not on the page".to_owned()],
    };
    Draft::new("output", body)
}

/// A whole step with one action.
pub fn step(number: u32) -> Vec<Draft> {
    let step_id = StepId::from(format!("stp_{number}"));
    let url = format!("https://a.example/{number}");
    let action = Action::Navigate { url: url.clone() };
    let bodies = [
        Body::StepStarted {
            step_id: step_id.clone(),
            number,
        },
        Body::Observed {
            step_id: step_id.clone(),
            url: url.clone(),
            title: "A".to_owned(),
            elements: 3,
            fingerprint: String::new(),
        },
        Body::Thought {
            step_id: step_id.clone(),
            text: format!("thought {number}"),
        },
        Body::ActionStarted {
            step_id: step_id.clone(),
            number,
            action,
            url,
            fingerprint: String::new(),
        },
        Body::ActionFinished {
            step_id: step_id.clone(),
            number,
            error: None,
            effect: ActionEffect::default(),
            spent: TimeSpent::default(),
        },
        Body::StepFinished {
            step_id,
            number,
            spent: TimeSpent {
                act_ms: 5,
                ..TimeSpent::default()
            },
        },
    ];
    bodies
        .into_iter()
        .map(|body| Draft::new(format!("step {number}"), body))
        .collect()
}
