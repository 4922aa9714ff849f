//! From what a model orders to actions.

use errand_browser::Observation;
use errand_domain::{
    Action,
    action::{Condition, Scroll, Target, ValueSource},
};
use serde::Deserialize;

/// How long a text is waited for, and how long a wait is without a number.
const WAIT_MS: u64 = 10_000;
const PAUSE_MS: u64 = 1_000;

/// One order, as the tool's schema has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Order {
    #[serde(rename = "do")]
    verb: String,
    id: Option<String>,
    text: Option<String>,
    values: Vec<String>,
    onto: Option<String>,
    to: Option<String>,
    url: Option<String>,
    accept: Option<bool>,
    seconds: Option<f64>,
}

impl Order {
    /// The action; or what is wrong with the order, worded for the model.
    pub fn action(self, seen: &Observation, goal: &str) -> Result<Action, String> {
        let verb = self.verb.as_str();
        let element = |id: &Option<String>, name: &str| -> Result<Target, String> {
            let id = id
                .as_deref()
                .map(|it| it.trim().trim_matches(['[', ']']))
                .filter(|it| !it.is_empty())
                .ok_or_else(|| format!("{verb} needs `{name}`"))?;
            // A cell of a long table has an id inside that of its row.
            let row = id.split('.').next().unwrap_or(id);
            if seen.node(id).is_none() && seen.node(row).is_none() {
                return Err(format!(
                    "there is no element {id} on the page; its ids stand in brackets"
                ));
            }
            Ok(Target::element(id))
        };
        let target = || element(&self.id, "id");
        let values = || match self.values.is_empty() {
            true => Err(format!("{verb} needs `values`")),
            false => Ok(self.values.clone()),
        };
        let url = || -> Result<String, String> {
            let url = self
                .url
                .clone()
                .ok_or_else(|| format!("{verb} needs `url`"))?;
            let absolute = match url::Url::parse(&seen.url) {
                Ok(base) => base.join(&url),
                Err(_) => url::Url::parse(&url),
            };
            match absolute {
                Ok(it) if matches!(it.scheme(), "http" | "https") => Ok(it.to_string()),
                _ => Err(format!("{url} is no http address")),
            }
        };
        let tab = || {
            let id = self.id.clone().unwrap_or_default();
            match seen.tabs.iter().any(|it| it.id == id) {
                true => Ok(id),
                false => Err(format!("there is no tab \"{id}\"")),
            }
        };
        let from = |text: &str| match goal.contains(text) {
            true => ValueSource::Goal,
            false => ValueSource::Engine,
        };
        Ok(match verb {
            "click" => Action::Click { target: target()? },
            "double_click" => Action::DoubleClick { target: target()? },
            "right_click" => Action::RightClick { target: target()? },
            "type" => {
                let text = self.text.clone().ok_or("type needs `text`")?;
                Action::Type {
                    target: target()?,
                    source: from(&text),
                    text,
                    clear: true,
                }
            }
            "clear" => Action::Clear { target: target()? },
            "press" => Action::PressKeys {
                target: self.id.is_some().then(target).transpose()?,
                keys: values()?,
            },
            "select" => Action::Select {
                target: target()?,
                source: from(&values()?[0]),
                options: values()?,
            },
            "check" | "uncheck" => Action::Check {
                target: target()?,
                checked: verb == "check",
            },
            "hover" => Action::Hover { target: target()? },
            "drag" => Action::Drag {
                target: target()?,
                onto: Box::new(element(&self.onto, "onto")?),
                at: None,
            },
            "scroll" => Action::Scroll {
                target: self.id.is_some().then(target).transpose()?,
                to: match self.to.as_deref() {
                    Some("up") => Scroll::Up,
                    Some("top") => Scroll::Top,
                    Some("bottom") => Scroll::Bottom,
                    Some("into_view") => Scroll::IntoView,
                    _ if self.id.is_some() && self.to.is_none() => Scroll::IntoView,
                    _ => Scroll::Down,
                },
            },
            "upload" => Action::Upload {
                target: target()?,
                files: values()?
                    .into_iter()
                    .map(|it| match it.contains("://") && !goal.contains(&it) {
                        // A page must not have the browser fetch something with its cookies.
                        true => Err(format!(
                            "{it} is not in the task; upload what was downloaded"
                        )),
                        false => Ok(it),
                    })
                    .collect::<Result<_, _>>()?,
            },
            "download" => Action::Download { target: target()? },
            "wait" => match &self.text {
                Some(text) => Action::Wait {
                    until: Condition::Text(text.clone()),
                    timeout_ms: self.milliseconds(WAIT_MS),
                },
                None => Action::Wait {
                    until: Condition::Elapsed,
                    timeout_ms: self.milliseconds(PAUSE_MS),
                },
            },
            "navigate" => Action::Navigate { url: url()? },
            "back" => Action::Back,
            "forward" => Action::Forward,
            "reload" => Action::Reload,
            "open_tab" => Action::OpenTab {
                url: self.url.is_some().then(url).transpose()?,
            },
            "switch_tab" => Action::SwitchTab { tab: tab()? },
            "close_tab" => Action::CloseTab { tab: tab()? },
            "answer_dialog" => Action::AnswerDialog {
                accept: self.accept.unwrap_or(true),
                text: self.text.clone(),
            },
            other => return Err(format!("there is no action \"{other}\"")),
        })
    }

    fn milliseconds(&self, otherwise: u64) -> u64 {
        let given = self.seconds.map(|it| it.clamp(0.0, 30.0) * 1e3);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most 30,000"
        )]
        given.map_or(otherwise, |it| it as u64)
    }
}
