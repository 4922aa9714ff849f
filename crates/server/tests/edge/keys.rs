//! Who may call what.

use errand_api::v1::{GetRunRequest, GetServerInfoRequest, run_service_client::RunServiceClient};
use errand_domain::KeyId;
use errand_server::Config;
use http::Method;
use http_body_util::Full;
use tonic::{
    Code, Request, Status,
    metadata::{Ascii, MetadataKey},
};

use crate::{
    plain,
    refusal::refused,
    server::{Server, on_both_databases},
};

on_both_databases!(a_key_opens_its_own_organization);

async fn call(server: &Server, headers: &[(&'static str, &str)]) -> Status {
    let mut request = Request::new(GetRunRequest {
        run_id: "nobody's".to_owned(),
    });
    for (name, value) in headers {
        let name = MetadataKey::<Ascii>::from_static(name);
        request.metadata_mut().insert(name, value.parse().unwrap());
    }
    let mut runs = RunServiceClient::new(server.channel());
    runs.get_run(request).await.unwrap_err()
}

async fn a_key_opens_its_own_organization(server: Server) {
    let (_, other) = server.stranger().await;
    let run = server.queued().await;
    let request = || GetRunRequest {
        run_id: run.id.to_string(),
    };
    server.runs().get_run(request()).await.unwrap();
    let theirs = server.with_key(&other).get_run(request()).await;
    refused(theirs.unwrap_err(), Code::NotFound, "RUN_NOT_FOUND");
}

#[tokio::test]
async fn a_call_needs_a_good_key_in_either_header() {
    let server = Server::start().await;
    let key = server.key.as_str();
    let bearer = format!("Bearer {key}");
    for headers in [
        &[("x-api-key", key)][..],
        &[("authorization", &bearer)],
        &[("authorization", &format!("bearer  {key} "))],
        &[("authorization", &bearer), ("x-api-key", key)],
    ] {
        refused(
            call(&server, headers).await,
            Code::NotFound,
            "RUN_NOT_FOUND",
        );
    }
    let missing = call(&server, &[]).await;
    refused(missing, Code::Unauthenticated, "KEY_MISSING");
    let (_, other) = server.stranger().await;
    let (id, _) = key.rsplit_once("_secret").unwrap();
    for headers in [
        &[("x-api-key", "")][..],
        &[("x-api-key", "errand_k_1")],
        &[("x-api-key", &format!("{id}_secret_of_nobody"))],
        &[("x-api-key", &format!("errand_{}_secret", KeyId::generate()))],
        &[("x-api-key", &format!("{key}x"))],
        &[("x-api-key", &"x".repeat(5_000))],
        &[("authorization", key)],
        &[("authorization", &format!("Basic {key}"))],
        &[("authorization", "Bearer")],
        // Two that do not agree: which of them was meant?
        &[("authorization", &bearer), ("x-api-key", &other)],
    ] {
        let status = call(&server, headers).await;
        assert!(!status.message().contains("secret"), "{status:?}");
        let refusal = refused(status, Code::Unauthenticated, "KEY_INVALID");
        assert_eq!(refusal.message, "the API key is not valid");
    }
}

/// Every method of the contract, so that none that is added later is forgotten.
#[tokio::test]
async fn every_method_but_one_needs_a_key() {
    let server = Server::start().await;
    let pool = prost_reflect::DescriptorPool::decode(errand_api::DESCRIPTORS).unwrap();
    let ours = pool
        .services()
        .filter(|it| it.full_name().starts_with("errand."));
    let mut asked = 0;
    for method in ours.flat_map(|it| it.methods().collect::<Vec<_>>()) {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        let request = plain::request(Method::POST, &server.url(&path))
            .header("content-type", "application/grpc-web+proto")
            .body(Full::from(&[0, 0, 0, 0, 0][..]))
            .unwrap();
        let answer = plain::send(request).await;
        let code = answer.header("grpc-status").to_owned();
        if path == "/errand.v1.AdminService/GetServerInfo" {
            assert_eq!(code, "", "{path}");
        } else {
            assert_eq!(code, "16", "{path}");
        }
        asked += 1;
    }
    assert!(asked >= 18, "{asked}");
}

#[tokio::test]
async fn the_server_tells_about_itself_without_a_key() {
    let server = Server::start().await;
    let info = server
        .admin()
        .get_server_info(GetServerInfoRequest {})
        .await;
    let info = info.unwrap().into_inner();
    assert_eq!(info.version, env!("CARGO_PKG_VERSION"));
    assert!(info.models.is_empty());
    let defaults: Vec<_> = info.engines.iter().filter(|it| it.default).collect();
    assert_eq!(defaults.len(), 1);
    assert_eq!(defaults[0].name, "local");
    assert!(!defaults[0].description.is_empty());
    let limits = info.limits.unwrap();
    assert_eq!(limits.max_message_bytes, 1024 * 1024);
    assert_eq!(
        (limits.max_prompt_bytes, limits.max_schema_bytes),
        (32_000, 16 * 1024)
    );
    assert_eq!(
        (limits.max_steps, limits.max_labels, limits.max_page_size),
        (1_000, 32, 100)
    );
    assert_eq!(
        (limits.max_run_events, limits.max_watchers),
        (200_000, 1_000)
    );
    assert_eq!(limits.max_wait.unwrap().seconds, 60);
    assert_eq!(limits.max_timeout.unwrap().seconds, 24 * 3_600);
    assert_eq!(limits.max_signed_url_ttl.unwrap().seconds, 7 * 24 * 3_600);
    assert_eq!(limits.browsers, 2);
}

#[tokio::test]
async fn a_revoked_key_stops_working_when_it_is_no_longer_remembered() {
    let server = Server::start_with(Config {
        key_cache: std::time::Duration::ZERO,
        ..Config::default()
    })
    .await;
    let good = call(&server, &[("x-api-key", &server.key)]).await;
    refused(good, Code::NotFound, "RUN_NOT_FOUND");
    let id = server.key.strip_prefix("errand_").unwrap();
    let id = KeyId::from(id.split_once("_secret").unwrap().0);
    assert!(
        server
            .store
            .revoke_key(&server.organization, &id)
            .await
            .unwrap()
    );
    let revoked = call(&server, &[("x-api-key", &server.key)]).await;
    refused(revoked, Code::Unauthenticated, "KEY_INVALID");
}
