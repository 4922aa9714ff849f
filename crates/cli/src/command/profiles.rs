//! `errand profiles …`: saved browser states.

mod show;
mod transfer;

use anyhow::Context as _;
use errand_api::v1::{
    CreateProfileRequest, DeleteProfileRequest, GetProfileRequest, ListProfilesRequest, Profile,
    UpdateProfileRequest,
};

use crate::{
    args::profiles::{self as args, Profiles},
    config::Common,
    connection::{Connection, bounded},
    exit::Exit,
    home::Home,
    json, output, refusal,
};

/// Carries out one of the commands.
///
/// # Errors
/// If the server refuses or is out of reach, or a file can't be read or written.
pub async fn run(common: &Common, command: Profiles) -> anyhow::Result<Exit> {
    let reach = match &command {
        Profiles::Create(args) => &args.reach,
        Profiles::List(args) => &args.reach,
        Profiles::Get(args) => &args.reach,
        Profiles::Update(args) => &args.reach,
        Profiles::Delete(args) => &args.reach,
        Profiles::Import(args) => &args.reach,
        Profiles::Export(args) => &args.reach,
    };
    let home = Home::new(common, reach).await?;
    let connection = home.connect().await?;
    match command {
        Profiles::Create(args) => create(&connection, args).await,
        Profiles::List(args) => list(&connection, args).await,
        Profiles::Get(args) => get(&connection, args).await,
        Profiles::Update(args) => update(&connection, args).await,
        Profiles::Delete(args) => delete(&connection, args).await,
        Profiles::Import(args) => transfer::import(&connection, args).await,
        Profiles::Export(args) => transfer::export(&connection, args).await,
    }
}

async fn create(connection: &Connection, args: args::Create) -> anyhow::Result<Exit> {
    let request = CreateProfileRequest {
        name: args.name,
        description: args.description.unwrap_or_default(),
        run_id: args.run.unwrap_or_default(),
        browser_session_id: args.session.unwrap_or_default(),
        request_id: args.request_id.unwrap_or_default(),
    };
    let answer = connection.profiles().create_profile(bounded(request)).await;
    made(&only(answer?.into_inner().profile)?, args.json)
}

/// Tells of a new profile: its id alone, so that scripts can take it, and what was left out.
fn made(profile: &Profile, as_json: bool) -> anyhow::Result<Exit> {
    if as_json {
        output::line(&json::message("Profile", profile)?.to_string())?;
    } else {
        output::line(&profile.browser_profile_id)?;
        for note in &profile.notes {
            output::note(&output::plain(note))?;
        }
    }
    Ok(Exit::Completed)
}

async fn list(connection: &Connection, args: args::List) -> anyhow::Result<Exit> {
    let mut left = args.limit;
    let mut page_token = String::new();
    while left > 0 {
        let request = ListProfilesRequest {
            include_deleted: args.all,
            search_key: args.search.clone().unwrap_or_default(),
            page_size: i32::try_from(left.min(100))?,
            page_token,
        };
        let answer = connection.profiles().list_profiles(bounded(request)).await;
        let answer = answer?.into_inner();
        for profile in answer.profiles.iter().take(usize::try_from(left)?) {
            let line = if args.json {
                json::message("Profile", profile)?.to_string()
            } else {
                show::row(profile)
            };
            output::line(&line)?;
        }
        left = left.saturating_sub(u32::try_from(answer.profiles.len())?);
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    Ok(Exit::Completed)
}

async fn get(connection: &Connection, args: args::Get) -> anyhow::Result<Exit> {
    let request = GetProfileRequest {
        browser_profile_id: args.profile,
    };
    let answer = connection.profiles().get_profile(bounded(request)).await?;
    shown(&only(answer.into_inner().profile)?, args.json)
}

async fn update(connection: &Connection, args: args::Update) -> anyhow::Result<Exit> {
    let request = UpdateProfileRequest {
        browser_profile_id: args.profile,
        name: args.name,
        description: args.description,
    };
    let answer = connection.profiles().update_profile(bounded(request)).await;
    shown(&only(answer?.into_inner().profile)?, args.json)
}

fn shown(profile: &Profile, as_json: bool) -> anyhow::Result<Exit> {
    if as_json {
        output::line(&format!("{:#}", json::message("Profile", profile)?))?;
    } else {
        let lines = show::profile(profile);
        lines.iter().try_for_each(|it| output::line(it))?;
    }
    Ok(Exit::Completed)
}

async fn delete(connection: &Connection, args: args::Delete) -> anyhow::Result<Exit> {
    let mut exit = Exit::Completed;
    for id in args.profiles {
        let request = DeleteProfileRequest {
            browser_profile_id: id.clone(),
        };
        match connection.profiles().delete_profile(bounded(request)).await {
            Ok(_) => output::note(&format!("{}: deleted", output::plain(&id)))?,
            // The others are still deleted.
            Err(status) => {
                output::note(&format!("{}:", output::plain(&id)))?;
                output::notes(&refusal::lines(&status))?;
                exit = Exit::Failed;
            }
        }
    }
    Ok(exit)
}

fn only(profile: Option<Profile>) -> anyhow::Result<Profile> {
    profile.context("the server answered without the profile")
}
