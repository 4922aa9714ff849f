//! Why a call failed.

use std::{fmt, time::Duration};

use errand_domain::FailureCategory;

/// A call that brought no reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What it is, from a closed list.
    pub kind: Kind,
    /// Which configured model, and where: `main (gpt-x at api.example.com)`.
    pub model: String,
    /// The provider's own words, or ours: one line, at most 500 bytes, without keys.
    pub message: String,
    /// The status that the provider answered with, if it did.
    pub status: Option<u16>,
    /// After how long the provider wants to be asked again, if it said so.
    pub retry_after: Option<Duration>,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $says:literal;)*) => {
        /// What went wrong. The list is closed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* $variant,)* }

        impl Kind {
            /// The name in logs.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            fn says(self) -> &'static str {
                match self { $(Self::$variant => $says),* }
            }
        }
    };
}

kinds! {
    /// The key is missing, wrong or may not do this. Mend `api_key`.
    Unauthorized = "unauthorized", "refused the key";
    /// There is no such model, deployment or path. Mend `model` or `base_url`.
    UnknownModel = "unknown_model", "does not have this model or path";
    /// The account has nothing left. Asking again is of no use.
    Quota = "quota", "says the account's quota is used up";
    /// Too many requests or tokens, still so after all tries.
    RateLimited = "rate_limited", "limits the rate of requests";
    /// The provider or the model won't answer this.
    Refused = "refused", "refused to answer";
    /// The conversation is longer than the model takes.
    ContextTooLong = "context_too_long", "says the conversation is too long";
    /// The provider says that the request is wrong.
    BadRequest = "bad_request", "did not accept the request";
    /// No connection: name, port, network, certificate, or an address that is not to be reached.
    Unreachable = "unreachable", "can't be reached";
    /// The provider failed on its side, still so after all tries.
    Server = "server", "failed";
    /// Something other than JSON came, such as a page in HTML. Mend `base_url`.
    NotJson = "not_json", "did not answer with JSON";
    /// The connection ended in mid-answer, or the answer lacks what every answer has.
    Truncated = "truncated", "answered only in part";
    /// The answer holds neither text nor calls, twice.
    Empty = "empty", "answered nothing";
    /// All tokens of the answer went into thoughts. Raise `max_output_tokens` or lower `effort`.
    OutOfTokens = "out_of_tokens", "had no tokens left for an answer";
    /// The answer is longer than any should be.
    TooLarge = "too_large", "answered too much";
    /// The time for this call was up.
    Deadline = "deadline", "did not answer in time";
    /// The run's limit of tokens or cost leaves no room for this call. Nothing was sent.
    Budget = "budget", "was not asked";
    /// The model's settings rule this request out: no computer tool, for example.
    Unsupported = "unsupported", "can't do this";
}

impl Kind {
    /// What a run that ends by this says.
    #[must_use]
    pub fn category(self) -> FailureCategory {
        match self {
            Self::Refused => FailureCategory::ModelRefused,
            Self::Budget => FailureCategory::Budget,
            _ => FailureCategory::ModelError,
        }
    }

    /// Whether the same request may succeed a little later.
    pub(crate) fn is_passing(self) -> bool {
        matches!(
            self,
            Self::RateLimited | Self::Server | Self::Unreachable | Self::Truncated | Self::Empty
        )
    }

    /// How often the same request is sent at most: a model that says nothing twice has nothing to
    /// say.
    pub(crate) fn tries(self) -> u32 {
        if self == Self::Empty { 2 } else { 4 }
    }

    /// Whether another model may do better. A refusal is an answer, and no other model is asked
    /// for one that suits better.
    pub(crate) fn falls_back(self) -> bool {
        !matches!(self, Self::Refused | Self::Budget | Self::BadRequest)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the model {} {}", self.model, self.kind.says())?;
        if !self.message.is_empty() {
            write!(formatter, ": {}", self.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
