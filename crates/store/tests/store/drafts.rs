//! Events as the tests write them.

use errand_domain::{
    Draft, FailureCategory, RunState, StepId, TaskRequest, event::Body, run::Failure,
};

pub fn request(prompt: &str) -> TaskRequest {
    TaskRequest {
        prompt: prompt.to_owned(),
        ..TaskRequest::default()
    }
}

pub fn created(request: TaskRequest) -> Draft {
    let body = Body::RunCreated {
        request,
        engine: "local".to_owned(),
        engine_reason: "no models are configured".to_owned(),
        retry_of: None,
    };
    Draft::new("accepted", body)
}

pub fn queued() -> Draft {
    Draft::new(
        "queued",
        Body::RunQueued {
            reason: "waits for a browser".to_owned(),
        },
    )
}

pub fn accepted(prompt: &str) -> Vec<Draft> {
    vec![created(request(prompt)), queued()]
}

pub fn thought(text: &str) -> Draft {
    let step_id = StepId::from("stp_1");
    Draft::new(
        text,
        Body::Thought {
            step_id,
            text: text.to_owned(),
        },
    )
}

pub fn finished(state: RunState) -> Draft {
    let failure = (state == RunState::Failed).then(|| Failure {
        category: FailureCategory::ElementNotFound,
        reason: "no button \"Buy\"".to_owned(),
    });
    let summary = Some(format!("ended {}", state.as_str()));
    let body = Body::RunFinished {
        state,
        failure,
        errors: Vec::new(),
        summary,
    };
    Draft::new("the end", body)
}
