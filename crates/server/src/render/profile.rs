//! Profiles.

use errand_api::v1;
use errand_domain::{Profile, ProfileSource};

use super::{count, long, moment};

/// A profile in an answer of its own.
pub(crate) fn profile(profile: &Profile) -> v1::Profile {
    let (source, run_id, browser_session_id) = match &profile.source {
        ProfileSource::Blank => (v1::ProfileSource::Blank, String::new(), String::new()),
        ProfileSource::Run(id) => (v1::ProfileSource::Run, id.to_string(), String::new()),
        ProfileSource::Session(id) => (v1::ProfileSource::Session, String::new(), id.to_string()),
        ProfileSource::Import => (v1::ProfileSource::Import, String::new(), String::new()),
    };
    v1::Profile {
        browser_profile_id: profile.id.to_string(),
        organization_id: profile.organization_id.to_string(),
        name: profile.name.clone(),
        description: profile.description.clone(),
        source: source.into(),
        run_id,
        browser_session_id,
        size: long(profile.extent.size),
        cookie_count: count(profile.extent.cookies),
        origin_count: count(profile.extent.origins),
        notes: profile.extent.notes.clone(),
        created_at: Some(moment(profile.created_at)),
        modified_at: Some(moment(profile.modified_at)),
        last_used_at: profile.last_used_at.map(moment),
        deleted_at: profile.deleted_at.map(moment),
    }
}

/// The same without its notes, for lists.
pub(crate) fn listed_profile(listed: &Profile) -> v1::Profile {
    v1::Profile {
        notes: Vec::new(),
        ..profile(listed)
    }
}
