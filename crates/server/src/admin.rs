//! `AdminService`.

use std::{sync::Arc, time::Duration};

use errand_api::v1::{self, admin_service_server::AdminService};
use errand_domain::event::MAX_EVENTS;
use errand_runner::ModelInfo;
use tonic::{Request, Response, Status};

use crate::{
    edge::{Edge, MAX_MESSAGE_BYTES},
    files::MAX_LINK_LIFE,
    intake::{
        Engines, MAX_LABELS, MAX_PAGE, MAX_PROMPT_BYTES, MAX_SCHEMA_BYTES, MAX_STEPS,
        MAX_TIMEOUT_SECONDS,
    },
    render,
};

/// The service.
#[derive(Clone)]
pub(crate) struct Admin(pub(crate) Arc<Edge>);

#[tonic::async_trait]
impl AdminService for Admin {
    async fn get_server_info(
        &self,
        _: Request<v1::GetServerInfoRequest>,
    ) -> Result<Response<v1::GetServerInfoResponse>, Status> {
        let engines = self.0.runner.engines();
        Ok(Response::new(v1::GetServerInfoResponse {
            version: self.0.config.version.clone(),
            engines: engines
                .iter()
                .enumerate()
                .map(|(place, name)| engine(name, place == 0))
                .collect(),
            models: self.0.runner.models().iter().map(model).collect(),
            limits: Some(self.limits()),
        }))
    }
}

impl Admin {
    fn limits(&self) -> v1::ServerLimits {
        let config = &self.0.config;
        v1::ServerLimits {
            max_message_bytes: size(MAX_MESSAGE_BYTES),
            max_prompt_bytes: small(MAX_PROMPT_BYTES),
            max_schema_bytes: small(MAX_SCHEMA_BYTES),
            max_steps: MAX_STEPS,
            max_timeout: length(Duration::from_secs(MAX_TIMEOUT_SECONDS)),
            max_labels: small(MAX_LABELS),
            max_run_events: render::long(MAX_EVENTS),
            max_wait: length(config.max_wait),
            max_watchers: small(config.max_watchers),
            max_page_size: render::count(MAX_PAGE),
            max_signed_url_ttl: length(MAX_LINK_LIFE),
            browsers: small(self.0.runner.slots()),
        }
    }
}

fn engine(name: &str, default: bool) -> v1::EngineInfo {
    let description = match name {
        "local" => {
            "Rules: reads the goal's sentences and matches them to the page. Needs no model."
        }
        "agent" => "A language model with one goal, several actions a step.",
        "planner" => {
            "A language model splits the goal into parts; each is done by rules where they \
             suffice, and as by `agent` where they don't."
        }
        "openai_cua" => {
            "A model of OpenAI that sees the page as a picture and acts by its computer tool."
        }
        "anthropic_cua" => {
            "A model of Anthropic that sees the page as a picture and acts by its computer tool."
        }
        "ui_tars" => "UI-TARS: sees the page as a picture and writes what it does.",
        _ => "",
    };
    v1::EngineInfo {
        name: name.to_owned(),
        aliases: Engines::aliases(name),
        default,
        description: description.to_owned(),
    }
}

fn model(info: &ModelInfo) -> v1::ModelInfo {
    v1::ModelInfo {
        name: info.name.clone(),
        provider: info.provider.to_owned(),
        has_price: info.has_price,
        roles: info.roles.iter().map(|it| (*it).to_owned()).collect(),
        screen_engine: info.screen.unwrap_or_default().to_owned(),
    }
}

fn size(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn small(value: usize) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

fn length(value: Duration) -> Option<prost_types::Duration> {
    prost_types::Duration::try_from(value).ok()
}
