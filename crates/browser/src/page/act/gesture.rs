//! The pointer at a place of the viewport, and keys for what has the focus: what one does who sees
//! the page as a picture.

use errand_domain::action::{Button, Gesture, Point, Target, ValueSource};
use serde_json::{Value, json};

use super::{Before, Done, keys::Key};
use crate::page::{Error, Page, place::Met};

/// Most points of a drag.
const MAX_POINTS: usize = 500;
/// Farthest that one scroll goes, in CSS pixels.
const MAX_SCROLL: f64 = 100_000.0;
/// Controls that take a date, a time or a colour as a whole: what keys do in them depends on the
/// browser's language.
const WHOLE: &[&str] = &["date", "time", "datetime-local", "month", "week", "color"];

impl Page {
    pub(super) async fn pointer(
        &self,
        at: Point,
        gesture: &Gesture,
        held: &[String],
    ) -> Result<Done, Error> {
        self.is_as_pictured()?;
        let view = self.view().await?;
        let path: &[Point] = match gesture {
            Gesture::Drag { path, .. } => path,
            _ => &[],
        };
        for point in [at].iter().chain(path) {
            let inside = |at: f64, size: f64| (0.0..size).contains(&at);
            if !inside(point.x, view.width) || !inside(point.y, view.height) {
                let (width, height) = (view.width, view.height);
                let what =
                    format!("{point} is outside of the viewport, which is {width} by {height}");
                return Err(Error::Invalid { what });
            }
        }
        let held = Key::modifiers(held)?;
        let met = self.lies_at(at).await?;
        if let Some(met) = met.as_ref().filter(|it| !it.still) {
            return Err(moved(met));
        }
        // Input is counted from what a pinch left of the viewport.
        let here = |at: Point| (at.x - view.left, at.y - view.top);
        self.strike_down(&held, true).await?;
        let done = match gesture {
            Gesture::Click { button, times } => {
                self.click_at(met, here(at), *button, *times, &held).await
            }
            Gesture::Move => self.move_at(met, here(at), &held).await,
            Gesture::Scroll { dx, dy } => self.scroll_at(met, here(at), (*dx, *dy), &held).await,
            Gesture::Drag { path, .. } => {
                let points: Vec<(f64, f64)> = [at].iter().chain(path).map(|it| here(*it)).collect();
                self.drag_at(met, path.last().copied(), &points, &held)
                    .await
            }
        };
        let up = self.strike_down(&held, false).await;
        let done = done?;
        up?;
        Ok(done)
    }

    async fn click_at(
        &self,
        met: Option<Met>,
        at: (f64, f64),
        button: Button,
        times: u8,
        held: &[Key],
    ) -> Result<Done, Error> {
        if let Some(met) = &met
            && button == Button::Left
        {
            if met.ready.input_type == "file" {
                let what =
                    "it chooses a file, from a window that is not part of the page".to_owned();
                return Err(Error::Invalid { what });
            }
            if met.drops_down || met.ready.input_type == "color" {
                // What it opens is drawn by the system and takes no further input; the focus is
                // what is left.
                let input = json!({ "element": met.aim.id });
                let _ = self
                    .ask::<Value>(&met.aim.context, "focusOnly", input)
                    .await?;
                return Ok(found(Some(met), false));
            }
        }
        let (name, bit) = match button {
            Button::Left => ("left", 1),
            Button::Right => ("right", 2),
            Button::Middle => ("middle", 4),
        };
        self.point("mouseMoved", at, json!({}), held).await?;
        for count in 1..=times.clamp(1, 3) {
            for (kind, buttons) in [("mousePressed", bit), ("mouseReleased", 0)] {
                let more = json!({ "button": name, "buttons": buttons, "clickCount": count });
                self.point(kind, at, more, held).await?;
            }
        }
        Ok(found(met.as_ref(), true))
    }

    async fn move_at(&self, met: Option<Met>, at: (f64, f64), held: &[Key]) -> Result<Done, Error> {
        self.point("mouseMoved", at, json!({}), held).await?;
        Ok(found(met.as_ref(), true))
    }

    async fn scroll_at(
        &self,
        met: Option<Met>,
        at: (f64, f64),
        (dx, dy): (f64, f64),
        held: &[Key],
    ) -> Result<Done, Error> {
        if !(dx.abs() <= MAX_SCROLL && dy.abs() <= MAX_SCROLL) {
            let what = format!("one scroll goes {MAX_SCROLL} pixels at most");
            return Err(Error::Invalid { what });
        }
        let way = met.as_ref().map_or(&[][..], |it| &it.way);
        self.before_wheel(way).await;
        self.point("mouseMoved", at, json!({}), held).await?;
        let more = json!({ "deltaX": dx, "deltaY": dy });
        self.point("mouseWheel", at, more, held).await?;
        let turned = self.wheel_turned(way).await?;
        Ok(Done {
            value: (!turned).then(|| "nothing scrolled".to_owned()),
            moved: turned,
            ..found(met.as_ref(), false)
        })
    }

    async fn drag_at(
        &self,
        met: Option<Met>,
        end: Option<Point>,
        points: &[(f64, f64)],
        held: &[Key],
    ) -> Result<Done, Error> {
        if points.len() < 2 || points.len() > MAX_POINTS {
            let what = format!("a drag has 1 to {} points after the first", MAX_POINTS - 1);
            return Err(Error::Invalid { what });
        }
        let Some(met) = met else {
            let what = "nothing lies there that could be dragged".to_owned();
            return Err(Error::Invalid { what });
        };
        let onto = match end {
            Some(end) => self.lies_at(end).await?,
            None => None,
        };
        if let Some(onto) = onto.as_ref().filter(|it| !it.still) {
            return Err(moved(onto));
        }
        let modifiers = Key::mask(held);
        let onto = onto.map(|it| it.aim);
        let dragged = self.drag_path(&met.aim, onto, points, modifiers).await?;
        Ok(Done {
            dragged: Some(dragged),
            ..found(Some(&met), true)
        })
    }

    /// Presses keys that stay down, or lets them go.
    async fn strike_down(&self, held: &[Key], down: bool) -> Result<(), Error> {
        for key in Key::cumulated(held, down) {
            let kind = if down { "rawKeyDown" } else { "keyUp" };
            self.input("Input.dispatchKeyEvent", key.event(kind))
                .await?;
        }
        Ok(())
    }

    async fn point(
        &self,
        kind: &str,
        (x, y): (f64, f64),
        mut more: Value,
        held: &[Key],
    ) -> Result<(), Error> {
        more["type"] = json!(kind);
        more["x"] = json!(x);
        more["y"] = json!(y);
        more["modifiers"] = json!(Key::mask(held));
        self.input("Input.dispatchMouseEvent", more).await
    }

    pub(super) async fn type_focused(
        &self,
        text: &str,
        source: ValueSource,
        before: &Before,
    ) -> Result<Done, Error> {
        let Some(met) = self.focused().await? else {
            let what =
                "nothing has the focus, so that nothing would be typed; click the field first";
            return Err(Error::Invalid {
                what: what.to_owned(),
            });
        };
        let secret = source == ValueSource::Secret || met.ready.secret;
        if WHOLE.contains(&met.ready.input_type.as_str()) {
            let target = Target::element(met.aim.id.clone());
            match self.type_text(&target, text, true, source, before).await {
                Err(Error::NotEditable { .. }) if met.ready.input_type != "color" => {}
                other => return other,
            }
        }
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.strike(&[Key::ENTER]).await?;
            }
            for (index, part) in line.trim_end_matches('\r').split('\t').enumerate() {
                if index > 0 {
                    self.strike(&[Key::TAB]).await?;
                }
                self.put(part).await?;
            }
        }
        Ok(Done {
            secret,
            ..found(Some(&met), false)
        })
    }
}

fn moved(met: &Met) -> Error {
    Error::Moved {
        what: met.words.clone(),
    }
}

fn found(met: Option<&Met>, expectant: bool) -> Done {
    Done {
        aim: met.map(|it| it.aim.clone()),
        was: met.map(|it| it.ready.clone()),
        expectant,
        ..Done::default()
    }
}
