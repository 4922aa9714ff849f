//! What an action is aimed at, and finding it again.

use errand_domain::action::{Locator, Target};
use serde::Deserialize;
use serde_json::json;

use super::{Error, Page};
use crate::observation::Node;

/// What an id of an earlier observation meant.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) context: String,
    pub(super) role: String,
    name: String,
    label: Option<String>,
    test_id: Option<String>,
}

impl Known {
    pub(super) fn new(context: &str, node: &Node) -> Self {
        Self {
            context: context.to_owned(),
            role: node.role.clone(),
            name: node.name.clone(),
            label: node.label.clone(),
            test_id: node.test_id.clone(),
        }
    }

    /// Of an element that was met outside of a look.
    pub(super) fn met(context: &str, role: &str, name: &str) -> Self {
        Self {
            context: context.to_owned(),
            role: role.to_owned(),
            name: name.to_owned(),
            label: None,
            test_id: None,
        }
    }

    fn locator(&self) -> Locator {
        Locator {
            role: self.role.clone(),
            name: self.name.clone(),
            label: self.label.clone(),
            test_id: self.test_id.clone(),
            ..Locator::default()
        }
    }
}

/// An element in a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Aim {
    pub(super) context: String,
    pub(super) id: String,
}

/// What is known of an element when it is acted on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ready {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) tag: String,
    pub(super) role: String,
    #[serde(rename = "type")]
    pub(super) input_type: String,
    pub(super) value: Option<String>,
    pub(super) checked: Option<bool>,
    pub(super) multiline: bool,
    pub(super) secret: bool,
}

/// How an element must be for what is to be done with it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Need {
    /// It may be disabled.
    pub(super) disabled: bool,
    /// Nothing may lie over it.
    pub(super) free: bool,
}

impl Page {
    /// All the ways to find an element of the last observation again.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an id that was never given out, [`Error::Stale`] for one that is
    /// gone.
    pub async fn locate(&self, element: &str) -> Result<Locator, Error> {
        let aim = self.aim(element)?;
        let input = json!({ "element": element });
        let answer = self.ask::<Locator>(&aim.context, "locator", input).await?;
        let mut locator = answer.map_err(|refusal| refusal.into_error(element))?;
        locator.frame = self.frame_urls(&aim.context);
        Ok(locator)
    }

    fn aim(&self, element: &str) -> Result<Aim, Error> {
        let context = self.context_of(element);
        let context = context.ok_or_else(|| Error::NotFound {
            what: element.to_owned(),
        })?;
        Ok(Aim {
            context,
            id: element.to_owned(),
        })
    }

    /// The frame of an element that was seen. `e17.2` is in `e17`: the cells of long tables have
    /// names like that.
    pub(super) fn context_of(&self, element: &str) -> Option<String> {
        let known = self.known();
        let row = element.split_once('.').map(|(row, _)| row);
        let found = known.get(element).or_else(|| known.get(row?));
        found.map(|it| it.context.clone())
    }

    /// The target, brought into view and checked; found again once if it is gone.
    pub(super) async fn prepare(&self, target: &Target, need: Need) -> Result<(Aim, Ready), Error> {
        let stale = || Error::Stale {
            element: target.element.clone(),
        };
        if let Ok(aim) = self.aim(&target.element) {
            match self.try_prepare(&aim, need).await {
                Err(Error::Stale { .. } | Error::Browser { .. }) => {}
                other => return other.map(|ready| (aim, ready)),
            }
        } else if target.locator == Locator::default() {
            return Err(Error::NotFound {
                what: target.element.clone(),
            });
        }
        let aim = self.find_again(target).await?.ok_or_else(stale)?;
        let ready = self.try_prepare(&aim, need).await?;
        Ok((aim, ready))
    }

    /// The target without any check of its box.
    pub(super) async fn hold(&self, target: &Target) -> Result<Aim, Error> {
        if let Ok(aim) = self.aim(&target.element) {
            let input = json!({ "element": aim.id });
            let state = self
                .ask::<Option<Ready>>(&aim.context, "state", input)
                .await;
            match state {
                Ok(Ok(Some(_))) => return Ok(aim),
                Ok(_) | Err(Error::Browser { .. }) => {}
                Err(error) => return Err(error),
            }
        } else if target.locator == Locator::default() {
            return Err(Error::NotFound {
                what: target.element.clone(),
            });
        }
        let found = self.find_again(target).await?;
        found.ok_or_else(|| Error::Stale {
            element: target.element.clone(),
        })
    }

    pub(super) async fn try_prepare(&self, aim: &Aim, need: Need) -> Result<Ready, Error> {
        self.reveal_frames(&aim.context).await?;
        let input = json!({ "element": aim.id, "disabled": need.disabled, "hit": need.free });
        let answer = self.ask::<Ready>(&aim.context, "prepare", input).await?;
        let mut ready = answer.map_err(|refusal| refusal.into_error(&aim.id))?;
        if need.free {
            (ready.x, ready.y) = self
                .to_top(&aim.context, &aim.id, (ready.x, ready.y))
                .await?;
        }
        Ok(ready)
    }

    /// Looks in the element's own frame first, then in the tab, then in its other frames.
    async fn find_again(&self, target: &Target) -> Result<Option<Aim>, Error> {
        let known = self.known().get(&target.element).cloned();
        let mut locator = target.locator.clone();
        if locator.role.is_empty()
            && let Some(known) = &known
        {
            locator = Locator {
                css: locator.css.take(),
                ..known.locator()
            };
        }
        let (top, _) = self.current()?;
        let mut contexts: Vec<String> = known.map(|known| known.context).into_iter().collect();
        contexts.push(top.clone());
        {
            let state = self.watch().state();
            let inside = state
                .parents
                .keys()
                .filter(|frame| state.top_of(frame) == top);
            contexts.extend(inside.cloned());
        }
        let mut asked = Vec::new();
        for context in contexts {
            if asked.contains(&context) || asked.len() > 12 {
                continue;
            }
            let input = json!({ "locator": locator });
            match self.ask::<Option<String>>(&context, "find", input).await {
                Ok(Ok(Some(id))) => {
                    let as_it_was = Known {
                        context: context.clone(),
                        role: locator.role.clone(),
                        name: locator.name.clone(),
                        label: locator.label.clone(),
                        test_id: locator.test_id.clone(),
                    };
                    self.known().insert(id.clone(), as_it_was);
                    return Ok(Some(Aim { context, id }));
                }
                Err(
                    error @ (Error::Gone
                    | Error::Crashed { .. }
                    | Error::DialogOpen { .. }
                    | Error::Timeout { .. }),
                ) => {
                    return Err(error);
                }
                // A frame that is gone holds nothing.
                _ => asked.push(context),
            }
        }
        Ok(None)
    }
}
