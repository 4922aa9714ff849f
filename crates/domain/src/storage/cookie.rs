//! Cookies with all of their attributes.

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// A cookie. What is written here is also read from WebDriver BiDi's form, which checkpoints of
/// earlier versions hold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cookie {
    /// Its name; may be empty.
    #[serde(default)]
    pub name: String,
    /// Its value.
    #[serde(deserialize_with = "value")]
    pub value: String,
    /// The host that it is sent to; with a dot in front, also to hosts below it.
    pub domain: String,
    /// The paths that it is sent to.
    #[serde(default = "root")]
    pub path: String,
    /// When it ends, in seconds since 1970; `None` for a cookie of the browser's session.
    #[serde(
        default,
        alias = "expiry",
        deserialize_with = "expires",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires: Option<f64>,
    /// No script can see it.
    #[serde(default)]
    pub http_only: bool,
    /// It is sent over secure connections only.
    #[serde(default)]
    pub secure: bool,
    /// `None` where the site did not say, which browsers treat nearly as [`SameSite::Lax`].
    #[serde(
        default,
        deserialize_with = "same_site",
        skip_serializing_if = "Option::is_none"
    )]
    pub same_site: Option<SameSite>,
    /// The top-level site that it is bound to (CHIPS).
    #[serde(
        default,
        rename = "partitionKey",
        skip_serializing_if = "Option::is_none"
    )]
    pub partition: Option<Partition>,
    /// `Low`, `Medium` or `High`: which cookies go first when a site has too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
}

/// With which requests from other sites a cookie is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SameSite {
    /// None.
    Strict,
    /// With those that open a page.
    Lax,
    /// All; browsers take it from secure cookies only.
    None,
}

impl SameSite {
    /// The attribute's value: `Strict`, `Lax` or `None`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }

    /// From the attribute's value, in any case.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        [Self::Strict, Self::Lax, Self::None]
            .into_iter()
            .find(|it| it.as_str().eq_ignore_ascii_case(text))
    }
}

/// Where a partitioned cookie counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Partition {
    /// `https://news.test`.
    pub top_level_site: String,
    /// It was set in a frame with another site between it and the top.
    #[serde(default)]
    pub has_cross_site_ancestor: bool,
}

fn root() -> String {
    "/".to_owned()
}

/// A string, or BiDi's `{"type": "string", "value": …}`.
fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Plain(String),
        Tagged { r#type: String, value: String },
    }
    match Either::deserialize(deserializer)? {
        Either::Plain(value) => Ok(value),
        Either::Tagged { r#type, value } if r#type == "string" => Ok(value),
        Either::Tagged { r#type, .. } => Err(D::Error::custom(format!("a value of type {type}"))),
    }
}

fn expires<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    // Browsers write -1 for a cookie of the session.
    Ok(Option::<f64>::deserialize(deserializer)?.filter(|it| *it >= 0.0))
}

fn same_site<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SameSite>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.as_deref().and_then(SameSite::of))
}
