//! The command line.

pub mod profiles;
pub mod sessions;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    config::{Common, Flags, Listen, Span},
    usage,
};

/// Sends a browser on an errand: says what it wants in words, watches it being done.
#[derive(Debug, Parser)]
#[command(
    name = "errand",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(
    after_help = "Exit codes: 0 completed, 1 failed, 2 called wrongly, 3 terminated, \
                        4 timed out, 5 canceled, 130 interrupted."
)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service
    Serve(Serve),
    /// Do a task, and show how it goes; the output goes to standard output as JSON
    Run(Box<Run>),
    /// Follow a run
    Watch(Watch),
    /// List, show and end runs
    #[command(subcommand)]
    Runs(Runs),
    /// Keep browsers between runs, and watch them
    #[command(subcommand)]
    Sessions(sessions::Sessions),
    /// Save what browsers remember, and begin with it
    #[command(subcommand)]
    Profiles(profiles::Profiles),
    /// List and fetch what runs left
    #[command(subcommand)]
    Artifacts(Artifacts),
    /// Measure success on tasks of your own
    Bench(Bench),
    /// Check that everything needed is there, and say how to mend what isn't
    Doctor(Doctor),
    /// Bring the database to this release's schema
    Migrate(Migrate),
    /// Serve a website to try things on
    DemoSite(DemoSite),
    /// Watch over a child process (used by the service itself)
    #[command(hide = true, disable_help_flag = true)]
    Guard {
        /// Passed on.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

/// `errand serve`.
#[derive(Debug, Args)]
#[command(
    after_help = "Models: ERRAND_LLM_MODEL and ERRAND_LLM_API_KEY, ERRAND_LLM_BASE_URL for another \
                  provider, or the section `llm` of the settings file; see docs/models.md."
)]
pub struct Serve {
    #[command(flatten)]
    pub flags: Flags,
    /// Print every setting and where it came from, then leave
    #[arg(long)]
    pub print_config: bool,
    /// End after this time without callers and unfinished runs
    #[arg(long, value_name = "TIME", hide = true)]
    pub idle_exit: Option<Span>,
}

/// How to reach a server.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub struct Reach {
    /// Server to use [default: the one of the data folder; it is started if need be]
    #[arg(long, env = "ERRAND_SERVER", value_name = "URL")]
    pub server: Option<String>,
    /// API key [default: the one in the data folder]
    #[arg(
        long,
        env = "ERRAND_API_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub api_key: Option<String>,
    /// Authority that signed the server's certificate, PEM [default: those of the system]
    #[arg(long, env = "ERRAND_CA", value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Certificate to show to the server, PEM
    #[arg(
        long,
        env = "ERRAND_CLIENT_CERT",
        value_name = "FILE",
        requires = "client_key"
    )]
    pub client_cert: Option<PathBuf>,
    /// Private key of that certificate, PEM
    #[arg(
        long,
        env = "ERRAND_CLIENT_KEY",
        value_name = "FILE",
        requires = "client_cert"
    )]
    pub client_key: Option<PathBuf>,
}

/// How much evidence to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Detail {
    /// A screenshot per action and a final one
    Normal,
    /// Besides, the HTML after each action
    Debug,
}

/// `errand run`.
#[derive(Debug, Args)]
pub struct Run {
    /// What to do, in words
    pub prompt: String,
    /// Where to start [default: the first URL in the prompt]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// JSON Schema of the output: a file, or the JSON itself
    #[arg(long, value_name = "FILE_OR_JSON")]
    pub schema: Option<String>,
    /// What decides the actions: `local` (rules), `agent` (a language model), `planner` (parts, by
    /// rules where they suffice), or by pictures of the page `openai_cua`, `anthropic_cua`, `ui_tars`
    /// [default: `planner` where a model is configured, else `local`]
    #[arg(long, value_name = "NAME")]
    pub engine: Option<String>,
    /// The language model to use, by its name in the server's settings
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Most tokens that its models may use, prompts and answers together
    #[arg(long, value_name = "N")]
    pub max_tokens: Option<i64>,
    /// Most US dollars that its models may cost, such as 0.25
    #[arg(long, value_name = "DOLLARS", value_parser = usage::micros)]
    pub max_cost: Option<i64>,
    /// Most observe-decide-act cycles
    #[arg(long, value_name = "N")]
    pub max_steps: Option<i32>,
    /// Most time once it started, such as 90s or 5m
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<Span>,
    /// Cancel if it did not start within this time
    #[arg(long, value_name = "TIME")]
    pub start_within: Option<Span>,
    /// A name for people
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// A key and value of yours; may be repeated
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = pair)]
    pub labels: Vec<(String, String)>,
    /// An error code of yours, with when it applies; may be repeated
    #[arg(long = "error-code", value_name = "CODE=DESCRIPTION", value_parser = pair)]
    pub error_codes: Vec<(String, String)>,
    /// Leave a workflow that does the same, if the run completes
    #[arg(long)]
    pub publish_workflow: bool,
    /// A header for every request of the browser; may be repeated
    #[arg(long = "header", value_name = "NAME=VALUE", value_parser = pair)]
    pub headers: Vec<(String, String)>,
    /// Run in this live browser session, after the runs that it has
    #[arg(long, value_name = "SESSION")]
    pub session: Option<String>,
    /// Start from this saved browser state
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Save the browser's state back to the profile, if the run completes
    #[arg(long, requires = "profile")]
    pub save_profile: bool,
    /// Keep the browser's state, to make a profile from the run
    #[arg(long)]
    pub persist_browser: bool,
    /// A browser that somebody else runs: a WebDriver URL, or a Chrome's debugger address
    #[arg(long, value_name = "URL")]
    pub browser_address: Option<String>,
    /// User agent to send
    #[arg(long, value_name = "TEXT")]
    pub user_agent: Option<String>,
    /// Higher is started first, -100 to 100
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub priority: Option<i32>,
    /// How much evidence to keep
    #[arg(long, value_enum)]
    pub detail: Option<Detail>,
    /// Makes the command safe to repeat: the same id gives the same run
    #[arg(long, value_name = "ID")]
    pub request_id: Option<String>,
    /// Only tell how the request is understood; no browser starts
    #[arg(long, visible_alias = "validate-only", conflicts_with = "detach")]
    pub dry_run: bool,
    /// Print the events as JSON lines instead of the output; with --dry-run, the answer as JSON
    #[arg(long)]
    pub json: bool,
    /// Print the run's id and leave; the run goes on
    #[arg(long)]
    pub detach: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand watch`.
#[derive(Debug, Args)]
pub struct Watch {
    /// The run's id
    pub run: String,
    /// Begin after this event
    #[arg(long, value_name = "SEQUENCE", default_value_t = 0)]
    pub after: i64,
    /// Print the events as JSON lines instead of the output
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand runs …`.
#[derive(Debug, Subcommand)]
pub enum Runs {
    /// List runs, newest first
    List(List),
    /// Show a run
    Get(One),
    /// Ask runs to stop
    Cancel(Cancel),
    /// Give a paused run what it waits for
    Respond(Respond),
    /// Show what a run did, step by step
    Timeline(One),
    /// Check that a run's log is whole and unchanged
    Verify(One),
    /// Remove a run that has ended, with its log and artifacts
    Delete(Delete),
}

/// `errand bench`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exits with 0 if every run did what its task wants. See docs/models.md for the file."
)]
pub struct Bench {
    /// The file with the tasks (TOML)
    #[arg(long, value_name = "FILE")]
    pub suite: std::path::PathBuf,
    /// By this engine; may be repeated, to compare several [default: the server's]
    #[arg(long = "engine", value_name = "NAME")]
    pub engines: Vec<String>,
    /// By this language model
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// How often each task is done
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub times: u16,
    /// How many runs are under way at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub at_once: u16,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand runs list`.
#[derive(Debug, Args)]
pub struct List {
    /// Only runs in this state; may be repeated
    #[arg(long = "status", value_name = "STATUS", value_parser = status)]
    pub statuses: Vec<errand_domain::RunState>,
    /// Only runs with this label; may be repeated
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = pair)]
    pub labels: Vec<(String, String)>,
    /// Only runs of this engine
    #[arg(long, value_name = "NAME")]
    pub engine: Option<String>,
    /// Only runs with this text in the title
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Most runs to list
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
    /// Print one JSON object per run
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// A command on one run.
#[derive(Debug, Args)]
pub struct One {
    /// The run's id
    pub run: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand runs cancel`.
#[derive(Debug, Args)]
pub struct Cancel {
    /// The runs' ids
    #[arg(required = true, num_args = 1..)]
    pub runs: Vec<String>,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand runs respond`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct Respond {
    /// The run's id
    pub run: String,
    /// Let it go on
    #[arg(long, group = "what")]
    pub yes: bool,
    /// End it
    #[arg(long, group = "what")]
    pub no: bool,
    /// The words that it asked for; they stand in the run's log
    #[arg(long, value_name = "TEXT", group = "what", allow_hyphen_values = true)]
    pub answer: Option<String>,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand runs delete`.
#[derive(Debug, Args)]
pub struct Delete {
    /// The runs' ids
    #[arg(required = true, num_args = 1..)]
    pub runs: Vec<String>,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand artifacts …`.
#[derive(Debug, Subcommand)]
pub enum Artifacts {
    /// List what a run left
    List(ListArtifacts),
    /// Fetch one file
    Get(GetArtifact),
}

/// `errand artifacts list`.
#[derive(Debug, Args)]
pub struct ListArtifacts {
    /// The run's id
    pub run: String,
    /// Only files of this type; may be repeated
    #[arg(long = "type", value_name = "TYPE")]
    pub types: Vec<String>,
    /// Print one JSON object per file
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand artifacts get`.
#[derive(Debug, Args)]
pub struct GetArtifact {
    /// The artifact's id
    pub artifact: String,
    /// Where to write it; `-` is standard output [default: its own name, here]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    pub flags: Flags,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `errand migrate`.
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    pub flags: Flags,
}

/// `errand demo-site`.
#[derive(Debug, Args)]
pub struct DemoSite {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:50080")]
    pub listen: Listen,
    /// Labels, order and ids of several pages come from this number
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

impl DemoSite {
    /// Where to listen.
    pub fn address(&self) -> SocketAddr {
        self.listen.0
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("it must be a name, \"=\" and a value".to_owned()),
    }
}

fn status(text: &str) -> Result<errand_domain::RunState, String> {
    errand_domain::RunState::parse(text).ok_or_else(|| {
        let names = errand_domain::RunState::ALL.map(errand_domain::RunState::as_str);
        format!("the states are {}", names.join(", "))
    })
}
