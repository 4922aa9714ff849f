//! Profiles, as their callers meet them.

use errand_api::v1::{
    CreateProfileRequest, DeleteProfileRequest, ExportProfileRequest, GetProfileRequest,
    ImportProfileRequest, ListProfilesRequest, Profile, ProfileSource, UpdateProfileRequest,
    profile_service_client::ProfileServiceClient,
};
use errand_domain::{
    RunState, StorageState,
    storage::{OriginState, playwright},
};
use errand_server::Config;
use errand_vault::{Secret, seal_state};
use http::{Method, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::{
    plain::send,
    refusal::{invalid, refused},
    server::{Authorized, Key, Server, on_both_databases},
};

on_both_databases![a_profile_is_made_found_changed_and_deleted];

const SECRET: [u8; 32] = [3; 32];

impl Server {
    fn profiles(&self) -> ProfileServiceClient<Authorized> {
        self.profiles_with_key(&self.key)
    }

    fn profiles_with_key(&self, key: &str) -> ProfileServiceClient<Authorized> {
        ProfileServiceClient::with_interceptor(self.channel(), Key::new(key))
    }

    async fn create(&self, request: CreateProfileRequest) -> Result<Profile, Status> {
        let answer = self.profiles().create_profile(request).await?;
        Ok(answer.into_inner().profile.unwrap())
    }

    async fn import(&self, name: &str, pieces: &[&str]) -> Result<Profile, Status> {
        let mut messages: Vec<ImportProfileRequest> = pieces
            .iter()
            .map(|piece| ImportProfileRequest {
                storage_state: (*piece).to_owned(),
                ..ImportProfileRequest::default()
            })
            .collect();
        name.clone_into(&mut messages[0].name);
        let messages = tokio_stream(messages);
        let answer = self.profiles().import_profile(messages).await?;
        Ok(answer.into_inner().profile.unwrap())
    }

    /// The text, and what could not be said in it.
    async fn export(&self, id: &str) -> Result<(String, Vec<String>, usize), Status> {
        let request = ExportProfileRequest {
            browser_profile_id: id.to_owned(),
        };
        let mut pieces = self.profiles().export_profile(request).await?.into_inner();
        let (mut text, mut notes, mut count) = (String::new(), Vec::new(), 0);
        while let Some(piece) = pieces.message().await? {
            assert_eq!(piece.profile.is_some(), count == 0);
            assert!(piece.storage_state.len() <= 256 * 1024);
            text.push_str(&piece.storage_state);
            notes.extend(piece.notes);
            count += 1;
        }
        Ok((text, notes, count))
    }
}

fn tokio_stream<T: Send + 'static>(
    items: Vec<T>,
) -> impl futures_util::Stream<Item = T> + Send + 'static {
    futures_util::stream::iter(items)
}

fn named(name: &str) -> CreateProfileRequest {
    CreateProfileRequest {
        name: name.to_owned(),
        ..CreateProfileRequest::default()
    }
}

fn one(id: &str) -> GetProfileRequest {
    GetProfileRequest {
        browser_profile_id: id.to_owned(),
    }
}

fn state() -> Value {
    json!({
        "cookies": [{
            "name": "sid", "value": "secret", "domain": "shop.test", "path": "/",
            "expires": 1_900_000_000, "httpOnly": true, "secure": true, "sameSite": "None",
            "partitionKey": "https://news.test", "_crHasCrossSiteAncestor": false
        }],
        "origins": [{ "origin": "https://shop.test", "localStorage": [{ "name": "a", "value": "ä" }] }]
    })
}

async fn a_profile_is_made_found_changed_and_deleted(server: Server) {
    let mut request = named("Shop");
    request.description = "of the shop".to_owned();
    request.request_id = "once".to_owned();
    let made = server.create(request.clone()).await.unwrap();
    assert!(made.browser_profile_id.starts_with("bp_"));
    assert_eq!(made.source(), ProfileSource::Blank);
    assert_eq!((made.cookie_count, made.origin_count), (0, 0));
    assert_eq!(server.create(request.clone()).await.unwrap(), made);
    request.description.clear();
    refused(
        server.create(request).await.unwrap_err(),
        Code::AlreadyExists,
        "REQUEST_ID_REUSED",
    );
    let taken = server.create(named("Shop")).await.unwrap_err();
    let taken = refused(taken, Code::AlreadyExists, "PROFILE_NAME_TAKEN");
    assert!(taken.message.contains("\"Shop\""), "{}", taken.message);

    let mut profiles = server.profiles();
    let id = &made.browser_profile_id;
    let found = profiles.get_profile(one(id)).await.unwrap().into_inner();
    assert_eq!(found.profile.unwrap(), made);
    let change = |name: Option<&str>, description: Option<&str>| UpdateProfileRequest {
        browser_profile_id: id.clone(),
        name: name.map(str::to_owned),
        description: description.map(str::to_owned),
    };
    let changed = profiles
        .update_profile(change(Some("Store"), Some("")))
        .await
        .unwrap();
    let changed = changed.into_inner().profile.unwrap();
    assert_eq!((&*changed.name, &*changed.description), ("Store", ""));
    server.create(named("Bank")).await.unwrap();
    let taken = profiles
        .update_profile(change(Some("Bank"), None))
        .await
        .unwrap_err();
    refused(taken, Code::AlreadyExists, "PROFILE_NAME_TAKEN");
    invalid(
        profiles
            .update_profile(change(None, None))
            .await
            .unwrap_err(),
        &["name"],
    );

    let list = |include_deleted, search_key: &str| ListProfilesRequest {
        include_deleted,
        search_key: search_key.to_owned(),
        ..ListProfilesRequest::default()
    };
    let names =
        |answer: Vec<Profile>| -> Vec<String> { answer.into_iter().map(|it| it.name).collect() };
    let listed = profiles
        .list_profiles(list(false, ""))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(names(listed.profiles), ["Bank", "Store"]);
    let listed = profiles
        .list_profiles(list(false, "BAN"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(names(listed.profiles), ["Bank"]);

    // Nobody else sees any of it.
    let (_, key) = server.stranger().await;
    let mut strangers = server.profiles_with_key(&key);
    refused(
        strangers.get_profile(one(id)).await.unwrap_err(),
        Code::NotFound,
        "PROFILE_NOT_FOUND",
    );
    let nothing = strangers
        .list_profiles(list(true, ""))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(nothing.profiles, []);

    let delete = || DeleteProfileRequest {
        browser_profile_id: id.clone(),
    };
    refused(
        strangers.delete_profile(delete()).await.unwrap_err(),
        Code::NotFound,
        "PROFILE_NOT_FOUND",
    );
    let gone = profiles
        .delete_profile(delete())
        .await
        .unwrap()
        .into_inner()
        .profile
        .unwrap();
    assert!(gone.deleted_at.is_some());
    let again = profiles
        .delete_profile(delete())
        .await
        .unwrap()
        .into_inner()
        .profile
        .unwrap();
    assert_eq!(again, gone);
    let listed = profiles
        .list_profiles(list(true, ""))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(names(listed.profiles), ["Bank", "Store"]);
    let listed = profiles
        .list_profiles(list(false, ""))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(names(listed.profiles), ["Bank"]);
    let late = profiles
        .update_profile(change(Some("x"), None))
        .await
        .unwrap_err();
    let late = refused(late, Code::NotFound, "PROFILE_NOT_FOUND");
    assert!(late.message.contains("was deleted"), "{}", late.message);
    refused(
        server.export(id).await.unwrap_err(),
        Code::NotFound,
        "PROFILE_NOT_FOUND",
    );
}

#[tokio::test]
async fn a_state_is_imported_in_pieces_and_exported_as_it_was() {
    let server = Server::start().await;
    let text = state().to_string();
    let (head, tail) = text.split_at(40);
    let made = server.import("Shop", &[head, "", tail]).await.unwrap();
    assert_eq!(made.source(), ProfileSource::Import);
    assert_eq!((made.cookie_count, made.origin_count), (1, 1));
    assert_eq!(made.notes, Vec::<String>::new());
    let (out, notes, _) = server.export(&made.browser_profile_id).await.unwrap();
    assert_eq!(notes, Vec::<String>::new());
    assert_eq!(playwright::read(&out), playwright::read(&text));
    // What is kept can't be read where it is kept.
    let id = made.browser_profile_id.as_str().into();
    let kept = server
        .store
        .profile_content(&server.organization, &id)
        .await
        .unwrap()
        .unwrap();
    assert!(!kept.windows(6).any(|part| part == b"secret"));

    let mut large = state();
    let value = "ä".repeat(1 << 20);
    large["origins"][0]["localStorage"] = json!([{ "name": "a", "value": value }]);
    let large = large.to_string();
    let pieces: Vec<String> = large
        .chars()
        .collect::<Vec<_>>()
        .chunks(200_000)
        .map(|it| it.iter().collect())
        .collect();
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    let made = server.import("Large", &pieces).await.unwrap();
    let (out, _, count) = server.export(&made.browser_profile_id).await.unwrap();
    assert!(count > 8, "{count}");
    assert_eq!(playwright::read(&out), playwright::read(&large));
}

#[tokio::test]
async fn what_is_no_state_or_too_much_is_refused() {
    let server = Server::start().await;
    let wrong =
        json!({ "cookies": [{ "name": "a", "sameSite": "lax" }], "origins": 1 }).to_string();
    let refusal = invalid(
        server.import(" ", &[&wrong]).await.unwrap_err(),
        &[
            "name",
            "storage_state.cookies[0].value",
            "storage_state.cookies[0]",
            "storage_state.cookies[0].sameSite",
            "storage_state.origins",
        ],
    );
    assert!(
        refusal.violations[3].1.contains("not \"lax\""),
        "{refusal:?}"
    );
    let list = server.import("a", &["[]"]).await.unwrap_err();
    invalid(list, &["storage_state"]);
    let spaces = " ".repeat(900_000);
    let pieces = vec![spaces.as_str(); 29];
    let long = server.import("a", &pieces).await.unwrap_err();
    let long = refused(long, Code::ResourceExhausted, "PROFILE_TOO_LARGE");
    assert!(long.message.contains("25165824"), "{}", long.message);
    let cookie = json!({ "name": "a", "value": "", "domain": "a.test", "path": "/" });
    let many = json!({ "cookies": vec![cookie; 4_001] }).to_string();
    let many = server.import("a", &[&many]).await.unwrap_err();
    let many = refused(many, Code::ResourceExhausted, "PROFILE_TOO_LARGE");
    assert!(many.message.contains("4001 cookies"), "{}", many.message);
    let long = "x".repeat(101);
    for name in ["", "  ", " a", "a\nb", &long] {
        invalid(server.create(named(name)).await.unwrap_err(), &["name"]);
    }
}

#[tokio::test]
async fn a_run_that_kept_its_state_becomes_a_profile_and_others_say_what_to_set() {
    let config = Config {
        secret: Secret(SECRET),
        ..Config::default()
    };
    let server = Server::start_with(config).await;
    let from = |run: &str, name: &str| CreateProfileRequest {
        run_id: run.to_owned(),
        ..named(name)
    };
    let unknown = server.create(from("tsk_none", "a")).await.unwrap_err();
    refused(unknown, Code::NotFound, "RUN_NOT_FOUND");
    let running = server.running().await;
    let early = server
        .create(from(running.run_id.as_str(), "a"))
        .await
        .unwrap_err();
    refused(early, Code::FailedPrecondition, "RUN_NOT_FINAL");
    let none = server.ended(RunState::Completed).await;
    let none = server
        .create(from(none.run_id.as_str(), "a"))
        .await
        .unwrap_err();
    let none = refused(none, Code::FailedPrecondition, "PROFILE_SOURCE_MISSING");
    assert!(
        none.message.contains("persist_browser_session"),
        "{}",
        none.message
    );

    let id = &running.id;
    let state = StorageState {
        origins: vec![OriginState {
            origin: "https://shop.test".to_owned(),
            local: vec![("a".to_owned(), "1".to_owned())],
            ..OriginState::default()
        }],
        notes: vec!["a database was left out".to_owned()],
        ..StorageState::default()
    };
    let sealed = seal_state(&SECRET, id.as_str(), &state).unwrap();
    server
        .store
        .put_run_state(id, running.epoch(), sealed)
        .await
        .unwrap();
    running
        .append(vec![crate::drafts::finished(RunState::Completed)])
        .await;
    let made = server.create(from(id.as_str(), "a")).await.unwrap();
    assert_eq!(
        (made.source(), &made.run_id),
        (ProfileSource::Run, &id.to_string())
    );
    assert_eq!((made.origin_count, made.notes.len()), (1, 1));
    let mut both = from(id.as_str(), "b");
    both.browser_session_id = "pbs_1".to_owned();
    invalid(
        server.create(both).await.unwrap_err(),
        &["browser_session_id"],
    );
    let mut session = named("b");
    session.browser_session_id = "pbs_none".to_owned();
    refused(
        server.create(session).await.unwrap_err(),
        Code::NotFound,
        "SESSION_NOT_FOUND",
    );

    // Under another secret it is told that it can't be read.
    let sealed = seal_state(&[4; 32], "other", &state).unwrap();
    let lost = errand_store::SealedState {
        content: sealed,
        extent: errand_domain::profile::Extent::default(),
    };
    let profile = made.browser_profile_id.as_str().into();
    let put = server
        .store
        .put_profile_content(&server.organization, &profile, &lost)
        .await;
    put.unwrap().unwrap();
    let lost = server.export(&made.browser_profile_id).await.unwrap_err();
    refused(lost, Code::DataLoss, "PROFILE_CONTENT_LOST");
}

#[tokio::test]
async fn profiles_are_handled_as_json() {
    let server = Server::start().await;
    let asked = json!({ "name": "Shop", "storage_state": state() });
    let made = server.post("/v1/browser_profiles:import", &asked).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let made = made.json();
    assert_eq!(
        (&made["source"], &made["cookie_count"]),
        (&json!("import"), &json!(1))
    );
    let path = format!(
        "/v1/browser_profiles/{}",
        made["browser_profile_id"].as_str().unwrap()
    );
    let body = Full::from(json!({ "description": "mine" }).to_string());
    let change = server
        .request(Method::PATCH, &path)
        .header("content-type", "application/json");
    let changed = send(change.body(body).unwrap()).await;
    assert_eq!(changed.json()["description"], "mine", "{}", changed.text());
    let gone = send(
        server
            .request(Method::DELETE, &path)
            .body(Full::default())
            .unwrap(),
    )
    .await;
    assert!(gone.json()["deleted_at"].is_string(), "{}", gone.text());
    let listed = server
        .get("/v1/browser_profiles?include_deleted=true")
        .await
        .json();
    assert_eq!(listed["profiles"].as_array().unwrap().len(), 1);
    let blank = server
        .post("/v1/browser_profiles", &json!({ "name": "Shop" }))
        .await;
    assert_eq!(blank.json()["source"], "blank");
}
