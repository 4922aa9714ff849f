//! Signs of life for whoever runs the server.

use std::sync::Arc;

use axum::{extract::State, response::IntoResponse};
use http::StatusCode;

use crate::edge::Edge;

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// Calls would succeed: the database answers, and no stop was asked for.
pub(crate) async fn ready(State(edge): State<Arc<Edge>>) -> impl IntoResponse {
    if edge.stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match edge.store.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer\n",
            )
        }
    }
}
