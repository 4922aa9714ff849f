//! Opaque, prefixed, time-ordered identifiers.
//!
//! Any string is a possible id: one that this system did not make names nothing, so looking it up
//! finds nothing. Callers therefore never see a "malformed id" error.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A fresh id; ids made later sort after ids made earlier (UUID version 7).
            #[must_use]
            pub fn generate() -> Self {
                Self(format!("{}_{}", $prefix, uuid::Uuid::now_v7().simple()))
            }

            /// The id as callers see it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

id!(
    /// One execution of a task (`tsk_…`).
    RunId, "tsk"
);
id!(
    /// One observe-decide-act cycle (`stp_…`).
    StepId, "stp"
);
id!(
    /// A file that a run left (`a_…`).
    ArtifactId, "a"
);
id!(
    /// Who owns rows (`o_…`). The embedded default is called `default`.
    OrganizationId, "o"
);
id!(
    /// The public half of an API key (`k_…`).
    KeyId, "k"
);
id!(
    /// A live browser kept between runs (`pbs_…`).
    SessionId, "pbs"
);
id!(
    /// A saved browser state (`bp_…`).
    ProfileId, "bp"
);
