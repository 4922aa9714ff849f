//! What a refused call says, taken apart.

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    pub reason: String,
    pub message: String,
    /// Fields and descriptions, in order.
    pub violations: Vec<(String, String)>,
    /// Type and name.
    pub resource: Option<(String, String)>,
    pub retry: Option<Duration>,
}

impl Refusal {
    pub fn of(status: &Status) -> Self {
        let Some(info) = status.get_details_error_info() else {
            panic!("no reason is given: {status:?}");
        };
        assert_eq!(info.domain, "errand");
        let violations = status.get_details_bad_request();
        let resource = status.get_details_resource_info();
        Self {
            code: status.code(),
            reason: info.reason,
            message: status.message().to_owned(),
            violations: violations
                .into_iter()
                .flat_map(|it| it.field_violations)
                .map(|it| (it.field, it.description))
                .collect(),
            resource: resource.map(|it| (it.resource_type, it.resource_name)),
            retry: status
                .get_details_retry_info()
                .and_then(|it| it.retry_delay),
        }
    }

    pub fn fields(&self) -> Vec<&str> {
        self.violations
            .iter()
            .map(|(field, _)| field.as_str())
            .collect()
    }
}

/// Asserts code and reason.
#[track_caller]
pub fn refused(status: Status, code: Code, reason: &str) -> Refusal {
    let refusal = Refusal::of(&status);
    assert_eq!(
        (refusal.code, refusal.reason.as_str()),
        (code, reason),
        "{status:?}"
    );
    refusal
}

/// Asserts that exactly these fields are complained about.
#[track_caller]
pub fn invalid(status: Status, fields: &[&str]) -> Refusal {
    let refusal = refused(status, Code::InvalidArgument, "INVALID_REQUEST");
    assert_eq!(refusal.fields(), fields, "{refusal:#?}");
    for (_, description) in &refusal.violations {
        assert!(!description.is_empty());
    }
    refusal
}
