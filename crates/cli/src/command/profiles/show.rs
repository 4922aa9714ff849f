//! Profiles as lines for a person.

use errand_api::v1::{Profile, ProfileSource};

use crate::{command::runs::time, output::plain};

/// What it was made from.
fn source(profile: &Profile) -> String {
    match profile.source() {
        ProfileSource::Unspecified => String::new(),
        ProfileSource::Blank => "blank".to_owned(),
        ProfileSource::Run => plain(&profile.run_id),
        ProfileSource::Session => plain(&profile.browser_session_id),
        ProfileSource::Import => "import".to_owned(),
    }
}

/// One line of the list.
pub fn row(profile: &Profile) -> String {
    let at = profile.created_at.as_ref().map(time).unwrap_or_default();
    let deleted = match profile.deleted_at {
        Some(_) => "  deleted",
        None => "",
    };
    format!(
        "{}  {at}  {:>4} cookies  {:>4} origins  {}{deleted}",
        profile.browser_profile_id,
        profile.cookie_count,
        profile.origin_count,
        plain(&profile.name),
    )
}

/// A whole profile: one line for everything that is known.
pub fn profile(profile: &Profile) -> Vec<String> {
    let mut lines = vec![format!("profile   {}", plain(&profile.browser_profile_id))];
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("{name:<9} {}", plain(value)));
        }
    };
    put("name", &profile.name);
    put("for", &profile.description);
    put("from", &source(profile));
    let (cookies, origins) = (profile.cookie_count, profile.origin_count);
    let size = profile.size;
    put(
        "holds",
        &format!("{cookies} cookies, {origins} origins, {size} bytes"),
    );
    for (name, at) in [
        ("created", &profile.created_at),
        ("modified", &profile.modified_at),
        ("used", &profile.last_used_at),
        ("deleted", &profile.deleted_at),
    ] {
        put(name, &at.as_ref().map(time).unwrap_or_default());
    }
    for note in &profile.notes {
        put("note", note);
    }
    lines
}
