//! Values of settings that have a form of their own.

use std::{fmt, time::Duration};

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{Prices, ui_tars::Scale};

/// A wire format and how a provider varies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// OpenAI, and everything that is shaped like it.
    Openai,
    /// OpenAI's models at Azure.
    Azure,
    /// Anthropic.
    Anthropic,
}

/// One of OpenAI's interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Api {
    /// `chat/completions`, which everybody has.
    Chat,
    /// `responses`.
    Responses,
}

/// The computer tool of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComputerTool {
    /// None.
    None,
    /// OpenAI's `computer`.
    Computer,
    /// OpenAI's `computer_use_preview`.
    ComputerUsePreview,
    /// Anthropic's of January 2025.
    #[serde(rename = "computer_20250124")]
    Computer20250124,
    /// Anthropic's of November 2025.
    #[serde(rename = "computer_20251124")]
    Computer20251124,
    /// Anthropic's of August 2026.
    #[serde(rename = "computer_toolset_20260801")]
    ComputerToolset20260801,
    /// None: it writes its actions as text, with places in pixels, as UI-TARS 1.5 does.
    UiTars,
    /// The same with places in thousandths of the picture, as UI-TARS 1.0 and the hosted ones do.
    UiTarsThousandths,
}

impl ComputerTool {
    /// How a model with it acts on a screen.
    #[must_use]
    pub fn screen(self) -> Option<Screen> {
        match self {
            Self::None => None,
            Self::Computer | Self::ComputerUsePreview => Some(Screen::Openai),
            Self::Computer20250124 | Self::Computer20251124 | Self::ComputerToolset20260801 => {
                Some(Screen::Anthropic)
            }
            Self::UiTars => Some(Screen::UiTars(Scale::Pixels)),
            Self::UiTarsThousandths => Some(Screen::UiTars(Scale::Thousandths)),
        }
    }
}

/// How a model acts on a screen that it sees as a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// By OpenAI's computer tool.
    Openai,
    /// By Anthropic's.
    Anthropic,
    /// By what it writes, in these coordinates.
    UiTars(Scale),
}

impl Screen {
    /// Whether it has a computer tool on the wire.
    #[must_use]
    pub fn is_tool(self) -> bool {
        matches!(self, Self::Openai | Self::Anthropic)
    }
}

/// The size of a picture in pixels, such as `1280x800`; each side takes 200 to 4096.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// To the right.
    pub width: u32,
    /// Downwards.
    pub height: u32,
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        let sides = text.trim().split_once('x');
        let side = |it: &str| {
            let side = it.trim().parse::<u32>().ok();
            side.filter(|it| (200..=4_096).contains(it))
        };
        sides
            .and_then(|(width, height)| {
                Some(Self {
                    width: side(width)?,
                    height: side(height)?,
                })
            })
            .ok_or_else(|| {
                D::Error::custom(format!(
                    "\"{text}\" is no size of a picture such as 1280x800; each side takes 200 to 4096"
                ))
            })
    }
}

/// When a model is sent pictures of a page that it could read as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Screenshots {
    /// Not at all.
    Never,
    /// When what it does changes nothing any more.
    #[default]
    Stuck,
    /// With every page. It costs more, and the provider's prompt cache hits less.
    Always,
}

/// How much a model thinks, in the providers' words; none knows all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// Not at all.
    None,
    /// As little as it can.
    Minimal,
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// Very much.
    Xhigh,
    /// As much as it can.
    Max,
}

/// What the bound of an answer is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaxTokensField {
    /// The older name.
    MaxTokens,
    /// OpenAI's name today.
    MaxCompletionTokens,
}

impl MaxTokensField {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_tokens",
            Self::MaxCompletionTokens => "max_completion_tokens",
        }
    }
}

/// What is not to be shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

/// A length of time such as `90s` or `2m`; at least a second, at most an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds(pub Duration);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        let length = text.parse::<SignedDuration>().ok();
        length
            .and_then(|it| Duration::try_from(it).ok())
            .filter(|it| (1..=3600).contains(&it.as_secs()))
            .map(Self)
            .ok_or_else(|| {
                D::Error::custom(format!(
                    "\"{text}\" is no length of time between 1s and 1h, such as 90s or 2m"
                ))
            })
    }
}

/// Prices for a million tokens, at most six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Prompt.
    pub input: f64,
    /// Prompt from the provider's cache. Default: as `input`.
    pub cached_input: Option<f64>,
    /// Prompt written to the provider's cache. Default: as `input`, 1.25 times that for Anthropic.
    pub cache_write: Option<f64>,
    /// Answer.
    pub output: f64,
}

impl Price {
    /// The same in millionths.
    ///
    /// # Errors
    /// The name of the price that can't be one.
    pub(crate) fn micros(&self, kind: Kind) -> Result<Prices, &'static str> {
        let micros = |name, price: f64| {
            let micros = (price * 1e6).round();
            let exact = (price * 1e6 - micros).abs() < 1e-3;
            // Up to a million for a million tokens.
            if price >= 0.0 && micros <= 1e12 && exact {
                Ok(micros as u64)
            } else {
                Err(name)
            }
        };
        let write = match kind {
            Kind::Anthropic => self.input * 1.25,
            Kind::Openai | Kind::Azure => self.input,
        };
        Ok(Prices {
            input: micros("input", self.input)?,
            cached_input: micros("cached_input", self.cached_input.unwrap_or(self.input))?,
            cache_write: micros("cache_write", self.cache_write.unwrap_or(write))?,
            output: micros("output", self.output)?,
        })
    }
}
