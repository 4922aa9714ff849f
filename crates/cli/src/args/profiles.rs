//! The command line of `errand profiles`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Reach;

/// `errand profiles …`.
#[derive(Debug, Subcommand)]
pub enum Profiles {
    /// Save a browser's state under a name: a run's, a session's, or a blank one
    Create(Create),
    /// List profiles, newest first
    List(List),
    /// Show all about a profile
    Get(Get),
    /// Give a profile another name or description
    Update(Update),
    /// Delete profiles, and what they hold for good
    Delete(Delete),
    /// Make a profile of a storage state that Playwright wrote
    Import(Import),
    /// Write what a profile holds as a storage state that Playwright takes
    Export(Export),
}

/// `errand profiles create`.
#[derive(Debug, Args)]
pub struct Create {
    /// What it is called
    pub name: String,
    /// From this run, which was started with --persist-browser and has ended
    #[arg(long, value_name = "RUN", conflicts_with = "session")]
    pub run: Option<String>,
    /// From this live session, as it is now
    #[arg(long, value_name = "SESSION")]
    pub session: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Makes the command safe to repeat: the same id gives the same profile
    #[arg(long, value_name = "ID")]
    pub request_id: Option<String>,
    /// Print the profile as JSON instead of its id
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand profiles list`.
#[derive(Debug, Args)]
pub struct List {
    /// Deleted profiles too
    #[arg(long)]
    pub all: bool,
    /// Only profiles with this in their name
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Most profiles to list
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
    /// Print one JSON object per profile
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand profiles get`.
#[derive(Debug, Args)]
pub struct Get {
    /// The profile's id
    pub profile: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand profiles update`.
#[derive(Debug, Args)]
pub struct Update {
    /// The profile's id
    pub profile: String,
    /// Its new name
    #[arg(long, value_name = "TEXT", required_unless_present = "description")]
    pub name: Option<String>,
    /// Its new description; empty takes it away
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Print the profile as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand profiles delete`.
#[derive(Debug, Args)]
pub struct Delete {
    /// The profiles' ids
    #[arg(required = true, num_args = 1..)]
    pub profiles: Vec<String>,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand profiles import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The storage state; `-` reads it from standard input
    pub file: PathBuf,
    /// What the profile is called [default: the file's name without its ending]
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Makes the command safe to repeat: the same id gives the same profile
    #[arg(long, value_name = "ID")]
    pub request_id: Option<String>,
    /// Print the profile as JSON instead of its id
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reach: Reach,
}

/// `errand profiles export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The profile's id
    pub profile: String,
    /// Where to write it, for you alone to read; `-` for standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    #[command(flatten)]
    pub reach: Reach,
}
