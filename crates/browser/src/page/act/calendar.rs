//! Dates that are picked from a calendar rather than typed.
//!
//! The script looks at the calendar and names one move at a time: a year or month of a list, the
//! arrow to another month, the day. Each is done by the pointer, and the calendar looked at again.

use std::time::Duration;

use errand_domain::action::Target;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Before, Done};
use crate::{
    human::{Date, date},
    page::{
        Error, Page,
        settle::{Rest, Settled},
        target::Aim,
    },
};

/// Most moves to reach a day: thirty years by month.
const MAX_MOVES: usize = 360;
/// Looks for a calendar that is still on its way.
const LOOKS: usize = 4;
const LOOK_AGAIN: Duration = Duration::from_millis(120);

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "snake_case")]
struct Move {
    /// `none`, `day`, `option`, `turn` or `stuck`.
    r#move: String,
    id: String,
    label: String,
    /// The month that the calendar shows.
    shown: String,
    /// Months between that one and the day's.
    far: Option<u32>,
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Confirm {
    pub(super) id: Option<String>,
    /// The field has opened a layer of its own.
    pub(super) layer: bool,
}

impl Page {
    /// Opens the target's calendar and picks the day; nothing where no calendar opens.
    pub(super) async fn pick_date(
        &self,
        target: &Target,
        day: Date,
        before: &Before,
    ) -> Result<Option<Done>, Error> {
        let (aim, ready) = self.prepare(target, Self::clickable()).await?;
        let refused = |refusal: super::super::world::Refusal| refusal.into_error(&target.element);
        let noted = self.ask::<Value>(&aim.context, "calendarBefore", json!({}));
        noted.await?.map_err(refused)?;
        self.press(&aim, &ready, 1).await?;
        self.calm(&aim, before).await?;
        let input = json!({
            "element": aim.id, "year": day.year, "month": day.month, "day": day.day,
        });
        let mut looks = 0;
        let mut nearest = None;
        let mut vain = 0;
        for _ in 0..MAX_MOVES {
            let step = self.ask::<Move>(&aim.context, "calendarMove", input.clone());
            let step = step.await?.map_err(refused)?;
            let moved = match &*step.r#move {
                "none" if nearest.is_none() && looks < LOOKS => {
                    looks += 1;
                    tokio::time::sleep(LOOK_AGAIN).await;
                    continue;
                }
                "none" if nearest.is_none() => return Ok(None),
                "none" => return Err(no_effect("its calendar went away on the way to the day")),
                "stuck" => return Err(no_effect(&step.reason)),
                "option" => {
                    let input = json!({ "element": step.id, "options": [step.label] });
                    let chosen = self.ask::<Value>(&aim.context, "selectNative", input);
                    chosen.await?.map_err(refused)?;
                    Ok(())
                }
                _ => self.press_found(&aim, &step.id).await,
            };
            match moved {
                // The calendar was drawn anew meanwhile.
                Err(Error::Stale { .. }) => {}
                Err(error) => return Err(error),
                Ok(()) if step.r#move == "day" => {
                    let settled = self.calm(&aim, before).await?;
                    return self
                        .picked(aim, ready, day, settled, before)
                        .await
                        .map(Some);
                }
                Ok(()) => {}
            }
            self.calm(&aim, before).await?;
            let far = step.far.unwrap_or(u32::MAX);
            vain = match nearest {
                Some(nearest) if far >= nearest => vain + 1,
                _ => 0,
            };
            nearest = Some(nearest.map_or(far, |nearest: u32| nearest.min(far)));
            if vain > 3 {
                let what = format!("its calendar stays at {} however it is turned", step.shown);
                return Err(Error::NoEffect { what });
            }
        }
        Err(no_effect("its calendar is too far from that day"))
    }

    /// Reads back what the field shows; some calendars wait for a button to take the day over.
    async fn picked(
        &self,
        aim: Aim,
        was: super::Ready,
        day: Date,
        mut settled: Settled,
        before: &Before,
    ) -> Result<Done, Error> {
        for confirmed in [false, true] {
            let input = json!({ "element": aim.id });
            let state = self.ask::<Option<super::Ready>>(&aim.context, "state", input);
            let Ok(Ok(Some(now))) = state.await else {
                break;
            };
            let shown = now.value.unwrap_or_default();
            if was.value.is_none() || date::could_be(&shown, day) {
                break;
            }
            if confirmed {
                let what = format!("it shows \"{shown}\" after {day} was picked in its calendar");
                return Err(Error::NoEffect { what });
            }
            let button = self.ask::<Confirm>(&aim.context, "calendarConfirm", json!({}));
            if let Some(id) = button.await?.ok().and_then(|it| it.id) {
                self.press_found(&aim, &id).await?;
                settled = self.calm(&aim, before).await?;
            }
        }
        Ok(Done {
            aim: Some(aim),
            was: Some(was),
            settled: Some(settled),
            ..Done::default()
        })
    }

    /// Presses what a script found.
    pub(super) async fn press_found(&self, aim: &Aim, id: &str) -> Result<(), Error> {
        self.adopt(&aim.context, id);
        let (found, ready) = self
            .prepare(&Target::element(id), Self::clickable())
            .await?;
        self.press(&found, &ready, 1).await
    }

    /// Waits until the page has come to rest between two moves of one action.
    pub(super) async fn calm(&self, aim: &Aim, before: &Before) -> Result<Settled, Error> {
        let rest = Rest {
            context: &aim.context,
            target: None,
            since: before.began,
            expectant: false,
        };
        Box::pin(self.settle(rest)).await
    }
}

fn no_effect(what: &str) -> Error {
    Error::NoEffect {
        what: what.to_owned(),
    }
}
