//! Log-ins that are saved, and there again after a restart.

use errand_api::v1::{
    CreateProfileRequest, CreateSessionRequest, DeleteProfileRequest, GetProfileRequest, Run,
    RunStatus, RunTaskRequest, profile_service_client::ProfileServiceClient,
};
use errand_testing::Site;
use nix::sys::signal::Signal;
use tonic::{Code, service::interceptor::InterceptedService, transport::Channel};

use crate::{
    server::{Key, Server, task},
    session::{close, create, ended, open, sessions, start, within},
};

type Profiles = ProfileServiceClient<InterceptedService<Channel, Key>>;

async fn profiles(server: &Server) -> Profiles {
    ProfileServiceClient::with_interceptor(server.channel().await, server.key())
}

const LOG_IN: &str = "Log in with email demo@example.com and password errand-demo";

/// Whether the dashboard greets whoever comes.
async fn greeted(server: &Server, site: &Site, way: &str, profile: &str) -> Run {
    let mut request = task(
        "Extract the main heading",
        &site.url(&format!("/members/{way}")),
    );
    request.engine = "local".to_owned();
    request.browser_profile_id = profile.to_owned();
    let mut runs = server.runs().await;
    let run = start(&mut runs, request).await;
    let run = ended(&mut runs, &run.run_id).await;
    assert_eq!(
        run.status(),
        RunStatus::Completed,
        "{way}: {}",
        run.failure_reason
    );
    run
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_ins_of_a_session_are_there_again_in_another_server_by_its_profile() {
    let site = Site::start(1).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let mut server = Server::start_on(&data, &["--drain", "2s"]);
    let mut living = sessions(&server).await;
    let mut runs = server.runs().await;
    let session = open(&mut living, "").await;
    for way in ["cookie", "local", "indexed"] {
        let mut request = within(&session, LOG_IN);
        request.url = site.url(&format!("/members/{way}/login"));
        let run = start(&mut runs, request).await;
        let run = ended(&mut runs, &run.run_id).await;
        assert_eq!(
            run.status(),
            RunStatus::Completed,
            "{way}: {}",
            run.failure_reason
        );
    }
    let request = CreateProfileRequest {
        name: "demo member".to_owned(),
        browser_session_id: session.browser_session_id.clone(),
        ..CreateProfileRequest::default()
    };
    let made = profiles(&server)
        .await
        .create_profile(request.clone())
        .await;
    let profile = made.unwrap().into_inner().profile.unwrap();
    let id = profile.browser_profile_id;
    let taken = profiles(&server).await.create_profile(request).await;
    assert_eq!(taken.unwrap_err().code(), Code::AlreadyExists);
    close(&mut living, &session.browser_session_id).await;

    server.signal(Signal::SIGTERM);
    server.wait();
    let server = Server::start_on(&data, &["--drain", "2s"]);
    for way in ["cookie", "local", "indexed"] {
        let run = greeted(&server, &site, way, &id).await;
        assert!(
            run.output.contains("Member dashboard"),
            "{way}: {}",
            run.output
        );
        assert_eq!(run.browser_profile_id, id);
    }
    let stranger = greeted(&server, &site, "cookie", "").await;
    assert!(
        !stranger.output.contains("Member dashboard"),
        "{}",
        stranger.output
    );
    let get = GetProfileRequest {
        browser_profile_id: id.clone(),
    };
    let read = profiles(&server).await.get_profile(get).await.unwrap();
    assert!(read.into_inner().profile.unwrap().last_used_at.is_some());
    // A session begins with it too.
    let mut living = sessions(&server).await;
    let mut runs = server.runs().await;
    let request = CreateSessionRequest {
        url: site.url("/members/indexed"),
        browser_profile_id: id.clone(),
        ..CreateSessionRequest::default()
    };
    let session = create(&mut living, request.clone()).await;
    let run = start(&mut runs, within(&session, "Extract the main heading")).await;
    let run = ended(&mut runs, &run.run_id).await;
    assert!(run.output.contains("Member dashboard"), "{run:?}");
    // Gone is gone.
    let delete = DeleteProfileRequest {
        browser_profile_id: id,
    };
    profiles(&server)
        .await
        .delete_profile(delete)
        .await
        .unwrap();
    let late = living.create_session(request).await.unwrap_err();
    assert_eq!(late.code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_leaves_its_log_in_to_a_profile_where_it_was_asked_to() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start();
    let mut runs = server.runs().await;
    let log_in = |way: &str, profile: &str, save: bool, persist: bool| RunTaskRequest {
        engine: "local".to_owned(),
        browser_profile_id: profile.to_owned(),
        save_browser_profile: save,
        persist_browser_session: persist,
        ..task(LOG_IN, &site.url(&format!("/members/{way}/login")))
    };
    let kept = start(&mut runs, log_in("local", "", false, true)).await;
    let kept = ended(&mut runs, &kept.run_id).await;
    let lost = start(&mut runs, log_in("local", "", false, false)).await;
    let lost = ended(&mut runs, &lost.run_id).await;
    let from = |run: &Run| CreateProfileRequest {
        name: format!("of {}", run.run_id),
        run_id: run.run_id.clone(),
        ..CreateProfileRequest::default()
    };
    let mut profiles = profiles(&server).await;
    let refused = profiles.create_profile(from(&lost)).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert!(
        refused.message().contains("persist_browser_session"),
        "{refused:?}"
    );
    let made = profiles.create_profile(from(&kept)).await.unwrap();
    let id = made.into_inner().profile.unwrap().browser_profile_id;
    let run = greeted(&server, &site, "local", &id).await;
    assert!(run.output.contains("Member dashboard"), "{}", run.output);
    // A run adds to it.
    let more = start(&mut runs, log_in("cookie", &id, true, false)).await;
    ended(&mut runs, &more.run_id).await;
    for way in ["local", "cookie"] {
        let run = greeted(&server, &site, way, &id).await;
        assert!(
            run.output.contains("Member dashboard"),
            "{way}: {}",
            run.output
        );
    }
}
