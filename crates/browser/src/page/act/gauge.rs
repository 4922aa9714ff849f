//! Sliders and spinners that pages make up: moved by keys, by their buttons, or by dragging, and
//! read back from what they say or from the number that moves with them.

use errand_domain::action::Target;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Before, Done, keys::Key};
use crate::{
    human::number,
    page::{
        Error, Page,
        target::{Aim, Need},
    },
};

/// Rounds of moving and reading back.
const MAX_ROUNDS: usize = 40;
/// Keys of one round; buttons are slower.
const MAX_KEYS: f64 = 100.0;
const MAX_PRESSES: f64 = 25.0;
/// Drags to come close to a value.
const MAX_DRAGS: usize = 10;

/// What the script found out of a slider or spinner.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Widget {
    /// `gauge`, `picker`, `field` or `other`.
    pub(super) kind: String,
    /// The element that stands for it.
    pub(super) id: String,
    /// The buttons that count up and down.
    up: Option<String>,
    down: Option<String>,
    /// What a field says of its format.
    pub(super) hint: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Reading {
    now: Option<f64>,
    was: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    vertical: bool,
    track: Option<String>,
}

/// How it is moved by one.
#[derive(Debug, Clone, Copy)]
enum By {
    Keys,
    Buttons,
}

struct Gauge<'a> {
    aim: &'a Aim,
    widget: &'a Widget,
    wanted: f64,
    begun: Reading,
    before: &'a Before,
}

impl Page {
    pub(super) async fn set_gauge(
        &self,
        target: &Target,
        context: &str,
        widget: &Widget,
        text: &str,
        before: &Before,
    ) -> Result<Done, Error> {
        let wanted = number::parse(text).ok_or_else(|| Error::NotEditable {
            element: target.element.clone(),
            reason: format!(
                "it takes a number, not \"{}\"",
                errand_domain::text::clip(text, 80)
            ),
        })?;
        self.adopt(context, &widget.id);
        let need = Need {
            disabled: false,
            free: false,
        };
        let (aim, was) = self.prepare(&Target::element(&*widget.id), need).await?;
        let begun = self.reading(&aim, "gaugeBegin", None).await?;
        let gauge = Gauge {
            aim: &aim,
            widget,
            wanted,
            begun,
            before,
        };
        let now = self.move_gauge(&gauge).await?;
        let value = number::plain(now);
        if (now - wanted).abs() > f64::EPSILON * wanted.abs().max(1.0) {
            let what = format!(
                "{} can't be set to {}: the nearest it comes to is {value}",
                target.element,
                number::plain(wanted)
            );
            return Err(Error::NoEffect { what });
        }
        Ok(Done {
            aim: Some(aim),
            was: Some(was),
            value: Some(value),
            ..Done::default()
        })
    }

    /// Brings it as near to the value as it goes, and says what it shows then.
    async fn move_gauge(&self, gauge: &Gauge<'_>) -> Result<f64, Error> {
        if gauge.begun.now == Some(gauge.wanted) {
            return Ok(gauge.wanted);
        }
        let has_buttons = gauge.widget.up.is_some();
        let mut ways = vec![By::Keys];
        if has_buttons {
            ways.push(By::Buttons);
        }
        for by in ways {
            if let Some(now) = self.by_steps(gauge, by).await? {
                return Ok(now);
            }
        }
        if let Some(track) = gauge.begun.track.clone() {
            return self.by_dragging(gauge, &track).await;
        }
        Err(Error::NoEffect {
            what: "nothing on the page shows a value that moves with it".to_owned(),
        })
    }

    /// By keys or buttons, one step at a time; nothing where that does not move it.
    async fn by_steps(&self, gauge: &Gauge<'_>, by: By) -> Result<Option<f64>, Error> {
        if matches!(by, By::Keys) {
            let input = json!({ "element": gauge.aim.id });
            let focus = self.ask::<Value>(&gauge.aim.context, "focusOnly", input);
            if focus.await?.is_err() {
                return Ok(None);
            }
        }
        let up = gauge.begun.now.is_none_or(|now| now < gauge.wanted);
        let mut probe = None;
        // Where it does not move up it may be at its end.
        for up in [up, !up] {
            self.step(gauge, by, up, 1).await?;
            let now = self
                .reading(gauge.aim, "gaugeRead", gauge.begun.now)
                .await?;
            if let (Some(value), Some(was)) = (now.now, now.was)
                && value.to_bits() != was.to_bits()
            {
                let step = if up { value - was } else { was - value };
                probe = Some((value, step));
                break;
            }
        }
        let Some((mut now, step)) = probe else {
            return Ok(None);
        };
        let most = match by {
            By::Keys => MAX_KEYS,
            By::Buttons => MAX_PRESSES,
        };
        for _ in 0..MAX_ROUNDS {
            let steps = ((gauge.wanted - now) / step).round();
            if steps == 0.0 {
                break;
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "bounded above and not negative"
            )]
            let times = steps.abs().min(most) as usize;
            self.step(gauge, by, steps > 0.0, times).await?;
            let read = self
                .reading(gauge.aim, "gaugeRead", gauge.begun.now)
                .await?;
            let Some(value) = read.now.filter(|value| value.to_bits() != now.to_bits()) else {
                break;
            };
            now = value;
        }
        Ok(Some(now))
    }

    async fn step(&self, gauge: &Gauge<'_>, by: By, up: bool, times: usize) -> Result<(), Error> {
        match by {
            By::Keys => {
                let key = match (gauge.begun.vertical || gauge.begun.track.is_none(), up) {
                    (true, true) => Key::UP,
                    (true, false) => Key::DOWN,
                    (false, true) => Key::RIGHT,
                    (false, false) => Key::LEFT,
                };
                self.strike(&vec![key; times]).await
            }
            By::Buttons => {
                let Widget { up: more, down, .. } = gauge.widget;
                let button = if up { more } else { down };
                let Some(button) = button else { return Ok(()) };
                for _ in 0..times {
                    self.press_found(gauge.aim, button).await?;
                }
                self.calm(gauge.aim, gauge.before).await.map(drop)
            }
        }
    }

    /// By dragging along the track: twice to learn how far a value is from another, then there.
    async fn by_dragging(&self, gauge: &Gauge<'_>, track: &str) -> Result<f64, Error> {
        self.adopt(&gauge.aim.context, track);
        let track = Aim {
            context: gauge.aim.context.clone(),
            id: track.to_owned(),
        };
        let low = self.drag_along(gauge, &track, 0.2).await?;
        let high = self.drag_along(gauge, &track, 0.8).await?;
        let (Some(low), Some(high)) = (low, high) else {
            return Err(Error::NoEffect {
                what: "nothing on the page shows a value that moves with it".to_owned(),
            });
        };
        let slope = (high - low) / 0.6;
        if slope == 0.0 {
            return Err(Error::NoEffect {
                what: "neither keys nor dragging move it".to_owned(),
            });
        }
        let mut part = 0.2 + (gauge.wanted - low) / slope;
        let mut now = high;
        for _ in 0..MAX_DRAGS {
            part = part.clamp(0.0, 1.0);
            let Some(value) = self.drag_along(gauge, &track, part).await? else {
                break;
            };
            now = value;
            let missing = (gauge.wanted - now) / slope;
            if missing == 0.0 || (part + missing).clamp(0.0, 1.0).to_bits() == part.to_bits() {
                break;
            }
            part += missing;
        }
        Ok(now)
    }

    async fn drag_along(
        &self,
        gauge: &Gauge<'_>,
        track: &Aim,
        part: f64,
    ) -> Result<Option<f64>, Error> {
        let at = if gauge.begun.vertical {
            [0.5, 1.0 - part]
        } else {
            [part, 0.5]
        };
        let ready = self.try_prepare(gauge.aim, Self::clickable()).await?;
        let armed = json!({ "element": gauge.aim.id });
        let armed = self.ask::<Value>(&gauge.aim.context, "dragArm", armed);
        armed
            .await?
            .map_err(|refusal| refusal.into_error(&gauge.aim.id))?;
        self.carry(gauge.aim, (ready.x, ready.y), track, Some(at))
            .await?;
        self.calm(gauge.aim, gauge.before).await?;
        let read = self
            .reading(gauge.aim, "gaugeRead", gauge.begun.now)
            .await?;
        Ok(read.now)
    }

    async fn reading(&self, aim: &Aim, command: &str, was: Option<f64>) -> Result<Reading, Error> {
        let input = json!({ "element": aim.id, "was": was });
        let answer = self.ask::<Reading>(&aim.context, command, input).await?;
        answer.map_err(|refusal| refusal.into_error(&aim.id))
    }
}
