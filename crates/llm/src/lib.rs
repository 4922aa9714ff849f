//! Language models behind one trait, whatever their provider's wire format.
//!
//! An engine asks [`Models`] for the model of a role, builds a [`Request`] and calls
//! [`Model::ask`]. What comes back is a [`Call`]: the [`Reply`] or the [`Error`], and everything
//! that crossed the wire, without keys, to be kept as artifacts.
//!
//! ```no_run
//! # async fn example(models: errand_llm::Models) {
//! use errand_llm::{Message, Meter, Request, Role, Schema, Tool, Want};
//! use serde_json::json;
//!
//! let click = Tool {
//!     name: "click".to_owned(),
//!     description: "Clicks an element.".to_owned(),
//!     schema: Schema::new(json!({
//!         "type": "object",
//!         "properties": {"id": {"type": "string"}},
//!         "required": ["id"],
//!         "additionalProperties": false,
//!     })).unwrap(),
//! };
//! let mut request = Request {
//!     // The same bytes in every call, so that the provider's prompt cache hits.
//!     system: "You drive a browser …".to_owned(),
//!     messages: vec![Message::user("The page: …")],
//!     tools: vec![click],
//!     want: Want::AnyTool,
//!     ..Request::default()
//! };
//! let Some(model) = models.of(Role::Decide) else { return };
//! let meter = Meter::unlimited();
//! let call = model.ask(&request, &meter).await;
//! if let Ok(reply) = call.answer {
//!     for called in &reply.turn.calls {
//!         match &called.input {
//!             Ok(input) => println!("{} {input}", called.name),
//!             Err(fault) => println!("to be told to the model: {fault}"),
//!         }
//!     }
//!     // The conversation goes on with the model's own turn, then the results of its calls.
//!     request.messages.push(Message::Assistant(reply.turn));
//! }
//! # }
//! ```
#![forbid(unsafe_code)]

mod answer;
mod call;
mod computer;
mod conversation;
mod error;
mod fault;
mod fold;
mod meter;
mod model;
mod models;
mod money;
mod provider;
mod reply;
mod request;
mod schema;
pub mod settings;
pub mod ui_tars;
mod wire;

pub use answer::{MAX_CALLS, MAX_DEPTH, MAX_JSON_BYTES, read};
pub use call::{Call, Try};
pub use computer::{
    Button, ComputerAction, ComputerCall, ComputerResult, Display, Point, SafetyCheck,
};
pub use conversation::{Image, Media, Message, Part, Raw, ToolCall, ToolResult, Turn};
pub use error::{Error, Kind};
pub use fault::Fault;
pub use meter::{Limits, Meter, Spent};
pub use model::{Capabilities, Model};
pub use models::{Models, Role};
pub use money::{Cost, Prices};
pub use reply::{Reply, Stop, Usage};
pub use request::{Request, Tool, Want};
pub use schema::{Schema, SchemaError};
pub use settings::{Problem, Screen, Screenshots, Settings};
