//! Everything that answers on the one port.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Request,
    middleware::from_fn_with_state,
    response::Response,
    routing::{get, post},
};
use errand_api::v1::{
    admin_service_server::AdminServiceServer, artifact_service_server::ArtifactServiceServer,
    profile_service_server::ProfileServiceServer, run_service_server::RunServiceServer,
    session_service_server::SessionServiceServer,
};
use http::{HeaderName, Method, header};
use tonic::service::Routes;
use tonic_health::server::HealthReporter;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{
    Error,
    admin::Admin,
    edge::{Edge, MAX_MESSAGE_BYTES},
    files::{Files, links},
    guard, json, probes,
    profiles::Profiles,
    refusal,
    runs::{Runs, watch},
    sessions::{Sessions, cdp},
};

/// The router, and the way to tell health checks that the server stops.
pub(crate) async fn build(edge: Arc<Edge>) -> Result<(Router, HealthReporter), Error> {
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<RunServiceServer<Runs>>().await;
    health.set_serving::<ArtifactServiceServer<Files>>().await;
    health.set_serving::<SessionServiceServer<Sessions>>().await;
    health.set_serving::<AdminServiceServer<Admin>>().await;
    health.set_serving::<ProfileServiceServer<Profiles>>().await;
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(errand_api::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let mut services = Routes::builder();
    services
        .add_service(
            RunServiceServer::new(Runs(Arc::clone(&edge)))
                .max_decoding_message_size(MAX_MESSAGE_BYTES),
        )
        .add_service(
            ArtifactServiceServer::new(Files(Arc::clone(&edge)))
                .max_decoding_message_size(MAX_MESSAGE_BYTES),
        )
        .add_service(
            AdminServiceServer::new(Admin(Arc::clone(&edge)))
                .max_decoding_message_size(MAX_MESSAGE_BYTES),
        )
        .add_service(
            SessionServiceServer::new(Sessions(Arc::clone(&edge)))
                .max_decoding_message_size(MAX_MESSAGE_BYTES),
        )
        .add_service(
            ProfileServiceServer::new(Profiles::new(&edge))
                .max_decoding_message_size(MAX_MESSAGE_BYTES),
        )
        .add_service(health_service)
        .add_service(reflection().build_v1().map_err(Error::contract)?)
        // Older grpcurl and Python's grpcio-reflection still ask for v1alpha.
        .add_service(reflection().build_v1alpha().map_err(Error::contract)?);
    let grpc = services
        .routes()
        .into_axum_router()
        .merge(
            Router::new()
                .route("/errand.v1.RunService/WatchRun", post(watch::handle))
                .with_state(Arc::clone(&edge)),
        )
        .route_layer(from_fn_with_state(Arc::clone(&edge), guard::guard));
    let json = json::routes(grpc.clone())?;
    let others = Router::new()
        .route("/healthz", get(probes::alive))
        .route("/readyz", get(probes::ready))
        .route("/artifacts/{token}/{filename}", get(links::serve))
        .route(
            "/v1/browser_sessions/{browser_session_id}/cdp",
            get(cdp::serve),
        )
        .with_state(edge);
    let app = grpc
        // On the routes only: a plain GET of an unknown path is no broken gRPC-Web call.
        .route_layer(tonic_web::GrpcWebLayer::new())
        .merge(json)
        .merge(others)
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .layer(cors());
    Ok((app, health))
}

/// UNIMPLEMENTED for a gRPC client, 404 for everybody else.
async fn unknown(request: Request) -> Response {
    let grpc = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
    let what = format!("{} {}", request.method(), request.uri().path());
    let status = refusal::method_not_found(&what);
    if grpc {
        status.into_http()
    } else {
        json::refuse(&status)
    }
}

/// Pages of any origin may call: a call is allowed by its key, which no browser adds by itself.
fn cors() -> CorsLayer {
    let names = |names: &[&'static str]| -> Vec<HeaderName> {
        names
            .iter()
            .map(|name| HeaderName::from_static(name))
            .collect()
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers(names(&[
            "authorization",
            "connect-protocol-version",
            "content-type",
            "grpc-timeout",
            "last-event-id",
            "range",
            "traceparent",
            "x-api-key",
            "x-grpc-web",
            "x-user-agent",
        ]))
        // An error without a body travels in the headers, and a page sees only what is named here.
        .expose_headers(names(&[
            "accept-ranges",
            "content-range",
            "grpc-message",
            "grpc-status",
            "grpc-status-details-bin",
            "retry-after",
        ]))
        .max_age(Duration::from_secs(86_400))
}
