//! Fields that a later release will honour. A set one is refused by name.

use errand_api::v1::RunTaskRequest;

use crate::violations::Violations;

pub(crate) fn refuse(request: &RunTaskRequest, violations: &mut Violations) {
    let set = [
        ("proxy_location", !request.proxy_location.is_empty()),
        ("webhook_url", !request.webhook_url.is_empty()),
        ("totp_identifier", !request.totp_identifier.is_empty()),
        ("totp_url", !request.totp_url.is_empty()),
        (
            "max_screenshot_scrolls",
            request.max_screenshot_scrolls.is_some(),
        ),
        ("run_with", !request.run_with.is_empty()),
        (
            "include_action_history_in_verification",
            request.include_action_history_in_verification,
        ),
    ];
    for (field, _) in set.into_iter().filter(|(_, set)| *set) {
        violations.add(field, "is not supported by this server yet: leave it out");
    }
}
