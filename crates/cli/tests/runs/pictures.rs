//! Runs whose model sees the page as a picture.

use std::sync::atomic::{AtomicUsize, Ordering};

use errand_api::v1::{
    FailureCategory, GetRunTimelineRequest, PauseKind, RespondToRunRequest, RunStatus,
    RunTaskRequest, action::Action, pointer_action::Gesture as Did, run_event::Body,
};
use errand_testing::{
    Site,
    model::{Answer, Asked, Gesture},
};

use crate::{
    flow::seed,
    model::{Configured, KEY, LOG_IN, PASSWORD, called, ended, logs_in, scripted, task},
    server::{follow, get},
};

/// Logs in by the keyboard alone, after a click beside everything that its provider warns of.
fn types_blindly() -> impl Fn(&Asked) -> Answer + Send + Sync + 'static {
    let next = AtomicUsize::new(0);
    move |asked| {
        if asked.computer.is_none() {
            return logs_in(asked);
        }
        let keys = |keys: &str| Answer::gesture(Gesture::Keys(keys.to_owned()));
        let text = |text: &str| Answer::gesture(Gesture::Type(text.to_owned()));
        match next.fetch_add(1, Ordering::Relaxed) {
            0 => Answer::gesture(Gesture::Click { x: 3, y: 300 })
                .and_check("sensitive_domain", "A log-in."),
            1 | 2 => keys("tab"),
            3 => text("demo@example.com"),
            4 => keys("tab"),
            5 => text(PASSWORD),
            6 => keys("enter"),
            _ => Answer::gesture(Gesture::Done("Logged in.".to_owned())),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_warns_of_pauses_the_run_and_the_log_tells_what_was_hit() {
    let site = Site::start(seed()).await.unwrap();
    for (approved, status, category) in [
        (true, RunStatus::Completed, FailureCategory::Unspecified),
        (
            false,
            RunStatus::Terminated,
            FailureCategory::RejectedByPerson,
        ),
    ] {
        let model = scripted(types_blindly()).await;
        let tool = "computer_tool = \"computer\"\nmax_picture = \"1024x768\"";
        let configured = Configured::start(&model.openai_url(), KEY, tool);
        let server = &configured.server;
        let mut runs = server.runs().await;
        let request = RunTaskRequest {
            engine: "openai-cua".to_owned(),
            ..task(LOG_IN, &site.url("/portal/login"))
        };
        let run = runs
            .run_task(request)
            .await
            .unwrap()
            .into_inner()
            .run
            .unwrap();
        assert_eq!(run.engine, "openai_cua");
        let run_id = run.run_id;
        let is_pause = |body: &Option<Body>| matches!(body, Some(Body::RunPaused(_)));
        follow(&mut runs, &run_id, |event| is_pause(&event.body)).await;
        let pause = get(&mut runs, &run_id).await.pause.unwrap();
        assert_eq!(pause.kind(), PauseKind::Approval);
        assert!(pause.reason.contains("A log-in."), "{}", pause.reason);
        let response = RespondToRunRequest {
            run_id: run_id.clone(),
            response: format!("{{\"approved\": {approved}}}"),
        };
        runs.respond_to_run(response).await.unwrap();
        let events = follow(&mut runs, &run_id, |_| false).await;
        let run = get(&mut runs, &run_id).await;
        ended(&run, &events, status, category);
        if !approved {
            continue;
        }

        let roles: Vec<&str> = called(&events).iter().map(|it| it.role.as_str()).collect();
        assert_eq!(roles.iter().filter(|it| **it == "verify").count(), 1);
        let actions: Vec<&Action> = events
            .iter()
            .filter_map(|it| match &it.body {
                Some(Body::ActionStarted(it)) => it.action.as_ref()?.action.as_ref(),
                _ => None,
            })
            .collect();
        let clicked = actions.iter().find_map(|it| match it {
            Action::Pointer(it) => Some(it),
            _ => None,
        });
        let clicked = clicked.unwrap();
        assert!(matches!(clicked.gesture, Some(Did::Click(_))));
        // The picture is 1024 pixels wide, the viewport 1280.
        let at = clicked.at.unwrap();
        assert!(
            (at.x - 4.375).abs() < 0.01 && clicked.target.is_some(),
            "{at:?}"
        );
        let typed = actions.iter().find_map(|it| match it {
            Action::TypeFocused(it) => it.target.as_ref()?.locator.as_ref(),
            _ => None,
        });
        assert_eq!(typed.unwrap().role, "textbox");
        let kept = server.artifacts(&run_id).await;
        assert!(kept.iter().any(|it| it.0 == "screenshot_llm"));
        for (kind, content) in kept.iter().filter(|it| it.0.starts_with("llm_")) {
            let text = String::from_utf8_lossy(content);
            assert!(
                !text.contains(PASSWORD) && !text.contains(KEY),
                "{kind}: {text}"
            );
        }
        let request = GetRunTimelineRequest {
            run_id,
            ..GetRunTimelineRequest::default()
        };
        let timeline = runs.get_run_timeline(request).await.unwrap().into_inner();
        assert!(format!("{timeline:?}").contains("TypeFocused"));
    }
}
