//! Dragging: by the pointer's own events, or by the browser's drag and drop where the page began
//! one.
//!
//! The browser runs a drag of its own in the system, where nobody moves a mouse. It is told to hand
//! such a drag over instead; its further events are given to the page from here.

use std::time::Duration;

use errand_domain::action::Target;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::Done;
use crate::page::{
    Error, Page,
    target::{Aim, Need},
};

/// Moves on the way: lists make room for what passes over them, not for what arrives.
const MOVES: u32 = 12;
/// First moves, in CSS pixels: pages take a shorter one for a click.
const NUDGES: [f64; 3] = [2.0, 5.0, 9.0];
/// How far past the middle of a sibling it is let go, as a part of the sibling's size.
const PAST: f64 = 0.2;
/// How long the browser may take to hand over a drag that the page began.
const HAND_OVER: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy, Deserialize)]
struct Place {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    inside: bool,
}

impl Place {
    fn at(self, [x, y]: [f64; 2]) -> (f64, f64) {
        (self.x + self.width * x, self.y + self.height * y)
    }
}

#[derive(Deserialize)]
struct Began {
    began: bool,
}

#[derive(Deserialize)]
struct Siblings {
    siblings: bool,
}

#[derive(Deserialize)]
struct Moved {
    moved: bool,
}

/// What a drag is compared with afterwards.
#[derive(Debug)]
pub(super) struct Dragged {
    elements: Vec<Aim>,
}

impl Page {
    pub(super) async fn drag(
        &self,
        target: &Target,
        onto: &Target,
        at: Option<[f64; 2]>,
    ) -> Result<Done, Error> {
        if at.is_some_and(|at| at.iter().any(|it| !(0.0..=1.0).contains(it))) {
            let what = "a place on an element is given in fractions from 0 to 1".to_owned();
            return Err(Error::Invalid { what });
        }
        let onto = self.hold(onto).await?;
        self.reveal_frames(&onto.context).await?;
        self.place(&onto, true).await?;
        let need = Need {
            disabled: false,
            free: true,
        };
        let (aim, ready) = self.prepare(target, need).await?;
        let mut elements = vec![aim.clone()];
        if onto.context != aim.context {
            elements.push(onto.clone());
        }
        self.drag_arm(&elements).await?;
        let sessions = self.intercept(&aim, true).await?;
        let carried = self.carry(&aim, (ready.x, ready.y), &onto, at).await;
        self.release(&aim, sessions).await;
        carried?;
        Ok(Done {
            aim: Some(aim),
            was: Some(ready),
            expectant: true,
            dragged: Some(Dragged { elements }),
            ..Done::default()
        })
    }

    /// Whether anything is not as it was before the drag.
    pub(super) async fn moved(&self, dragged: &Dragged) -> bool {
        for aim in &dragged.elements {
            let input = json!({ "element": aim.id });
            match self.ask::<Moved>(&aim.context, "dragMoved", input).await {
                Ok(Ok(Moved { moved: false })) => {}
                // A document that is gone is a change as well.
                _ => return true,
            }
        }
        false
    }

    /// Drags what lies at the first point along all of them.
    pub(super) async fn drag_path(
        &self,
        aim: &Aim,
        onto: Option<Aim>,
        points: &[(f64, f64)],
        modifiers: u8,
    ) -> Result<Dragged, Error> {
        let mut elements = vec![aim.clone()];
        elements.extend(onto.filter(|it| it.context != aim.context));
        self.drag_arm(&elements).await?;
        let sessions = self.intercept(aim, true).await?;
        let carried = self.carry_along(aim, points, modifiers).await;
        self.release(aim, sessions).await;
        carried?;
        Ok(Dragged { elements })
    }

    async fn carry_along(
        &self,
        aim: &Aim,
        points: &[(f64, f64)],
        modifiers: u8,
    ) -> Result<(), Error> {
        let (Some(&first), Some(&end)) = (points.first(), points.last()) else {
            return Ok(());
        };
        self.move_to(first).await?;
        self.button("mousePressed", first, modifiers).await?;
        let way = self.along(aim, points, modifiers).await;
        let drag = self.watch().state().drag.take();
        if let Some(drag) = drag.filter(|_| way.is_ok()) {
            self.drag_event("drop", end, &drag).await?;
        }
        let released = self.button("mouseReleased", end, modifiers).await;
        way.and(released)
    }

    async fn along(&self, aim: &Aim, points: &[(f64, f64)], modifiers: u8) -> Result<(), Error> {
        let mut drag = None;
        // A drag of few points is drawn out, one of many has its own pace.
        let steps = (MOVES as usize / (points.len() - 1)).max(2);
        let mut moves = 0;
        for pair in points.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = dx.hypot(dy).max(1.0);
            let nudges = NUDGES.iter().filter(|_| moves == 0);
            let nudges = nudges.map(|it| (it / length).min(1.0));
            let whole = (1..=steps).map(|step| step as f64 / steps as f64);
            for part in nudges.chain(whole).collect::<Vec<_>>() {
                let at = (from.0 + dx * part, from.1 + dy * part);
                match &drag {
                    Some(drag) => self.drag_event("dragOver", at, drag).await?,
                    None => self.held(at, modifiers).await?,
                }
                moves += 1;
                // Some begin their drag late, after so many pixels.
                if drag.is_none() && (moves == NUDGES.len() || moves == NUDGES.len() + 2) {
                    drag = self.handed_over(aim).await?;
                    if let Some(drag) = &drag {
                        self.drag_event("dragEnter", at, drag).await?;
                    }
                }
            }
        }
        let end = points[points.len() - 1];
        for _ in 0..2 {
            match &drag {
                Some(drag) => self.drag_event("dragOver", end, drag).await?,
                None => self.held(end, modifiers).await?,
            }
            let _ = self.began(aim).await;
        }
        self.watch().state().drag = drag;
        Ok(())
    }

    async fn drag_arm(&self, elements: &[Aim]) -> Result<(), Error> {
        for element in elements {
            let input = json!({ "element": element.id });
            let armed = self.ask::<Value>(&element.context, "dragArm", input);
            armed
                .await?
                .map_err(|refusal| refusal.into_error(&element.id))?;
        }
        Ok(())
    }

    /// Asks for the drags of the element's frame and tab to be handed over, or no longer.
    async fn intercept(&self, aim: &Aim, enabled: bool) -> Result<Vec<String>, Error> {
        let (_, tab) = self.current()?;
        let mut sessions = vec![tab];
        let own = self.session_of(&aim.context).await?;
        if !sessions.contains(&own) {
            sessions.push(own);
        }
        self.watch().state().drag = None;
        for session in &sessions {
            let params = json!({ "enabled": enabled });
            let method = "Input.setInterceptDrags";
            self.inspect(&aim.context, session, method, params).await?;
        }
        Ok(sessions)
    }

    async fn release(&self, aim: &Aim, sessions: Vec<String>) {
        for session in sessions {
            let params = json!({ "enabled": false });
            let method = "Input.setInterceptDrags";
            // The page may have gone with the drop.
            let _ = self.inspect(&aim.context, &session, method, params).await;
        }
    }

    /// From the press to the release. The button is let go whatever happens on the way.
    pub(super) async fn carry(
        &self,
        aim: &Aim,
        from: (f64, f64),
        onto: &Aim,
        at: Option<[f64; 2]>,
    ) -> Result<(), Error> {
        self.move_to(from).await?;
        self.button("mousePressed", from, 0).await?;
        let mut last = from;
        let way = self.way(aim, from, onto, at, &mut last).await;
        let drag = self.watch().state().drag.take();
        if let Some(drag) = drag.filter(|_| way.is_ok()) {
            self.drag_event("drop", last, &drag).await?;
        }
        let released = self.button("mouseReleased", last, 0).await;
        way.and(released)
    }

    async fn way(
        &self,
        aim: &Aim,
        from: (f64, f64),
        onto: &Aim,
        at: Option<[f64; 2]>,
        last: &mut (f64, f64),
    ) -> Result<(), Error> {
        let to = self.drop_point(aim, onto, at).await?;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(1.0);
        for nudge in NUDGES {
            let part = (nudge / length).min(1.0);
            *last = (from.0 + dx * part, from.1 + dy * part);
            self.held(*last, 0).await?;
        }
        let mut drag = self.handed_over(aim).await?;
        if let Some(drag) = &drag {
            self.drag_event("dragEnter", *last, drag).await?;
        }
        // What is lifted may leave a gap that closes, or lie beyond the edge of the view.
        if !self.place(onto, false).await?.inside {
            self.place(onto, true).await?;
        }
        let to = self.drop_point(aim, onto, at).await?;
        let start = *last;
        for step in 1..=MOVES {
            let part = f64::from(step) / f64::from(MOVES);
            *last = (
                start.0 + (to.0 - start.0) * part,
                start.1 + (to.1 - start.1) * part,
            );
            match &drag {
                Some(drag) => self.drag_event("dragOver", *last, drag).await?,
                None => self.held(*last, 0).await?,
            }
            // Some begin their drag late, after so many pixels.
            if drag.is_none() && step == 2 {
                drag = self.handed_over(aim).await?;
            }
        }
        // Lists move on the frame after; what is let go before that falls where it was.
        for _ in 0..2 {
            match &drag {
                Some(drag) => self.drag_event("dragOver", *last, drag).await?,
                None => self.held(*last, 0).await?,
            }
            let _ = self.began(aim).await;
        }
        self.watch().state().drag = drag;
        Ok(())
    }

    /// The drag that the page began, if it began one that the browser carries on.
    async fn handed_over(&self, aim: &Aim) -> Result<Option<Value>, Error> {
        if !self.began(aim).await? {
            return Ok(None);
        }
        let mut changes = self.watch().changes();
        let waited = timeout(HAND_OVER, async {
            loop {
                let drag = self.watch().state().drag.clone();
                if drag.is_some() || changes.changed().await.is_err() {
                    return drag;
                }
            }
        });
        Ok(waited.await.unwrap_or_default())
    }

    async fn began(&self, aim: &Aim) -> Result<bool, Error> {
        let began = self.ask::<Began>(&aim.context, "dragBegan", json!({}));
        Ok(began.await?.is_ok_and(|it| it.began))
    }

    async fn place(&self, aim: &Aim, reveal: bool) -> Result<Place, Error> {
        let input = json!({ "element": aim.id, "reveal": reveal });
        let answer = self.ask::<Place>(&aim.context, "boxOf", input).await?;
        answer.map_err(|refusal| refusal.into_error(&aim.id))
    }

    /// Where to let go, in the viewport of the tab.
    async fn drop_point(
        &self,
        aim: &Aim,
        onto: &Aim,
        at: Option<[f64; 2]>,
    ) -> Result<(f64, f64), Error> {
        let place = self.place(onto, false).await?;
        let part = match at {
            Some(at) => at,
            None => self.past_middle(aim, onto, place).await?,
        };
        self.to_top(&onto.context, &onto.id, place.at(part)).await
    }

    /// The middle, or a little past it on the way that an element of the same list goes.
    async fn past_middle(&self, aim: &Aim, onto: &Aim, place: Place) -> Result<[f64; 2], Error> {
        let middle = [0.5, 0.5];
        if onto.context != aim.context {
            return Ok(middle);
        }
        let input = json!({ "element": aim.id, "other": onto.id });
        let siblings = self.ask::<Siblings>(&aim.context, "siblings", input);
        // What is dragged may be out of the document meanwhile.
        if !siblings.await?.is_ok_and(|it| it.siblings) {
            return Ok(middle);
        }
        let from = self.place(aim, false).await?.at(middle);
        let to = place.at(middle);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        Ok(if dy.abs() >= dx.abs() {
            [0.5, 0.5 + PAST * dy.signum()]
        } else {
            [0.5 + PAST * dx.signum(), 0.5]
        })
    }

    /// A move with the button down.
    async fn held(&self, (x, y): (f64, f64), modifiers: u8) -> Result<(), Error> {
        let event = json!({
            "type": "mouseMoved", "x": x, "y": y, "button": "left", "buttons": 1,
            "modifiers": modifiers,
        });
        self.input("Input.dispatchMouseEvent", event).await
    }

    async fn button(&self, kind: &str, (x, y): (f64, f64), modifiers: u8) -> Result<(), Error> {
        let buttons = u8::from(kind == "mousePressed");
        let event = json!({
            "type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1,
            "modifiers": modifiers,
        });
        self.input("Input.dispatchMouseEvent", event).await
    }

    async fn drag_event(&self, kind: &str, (x, y): (f64, f64), data: &Value) -> Result<(), Error> {
        let event = json!({ "type": kind, "x": x, "y": y, "data": data });
        self.input("Input.dispatchDragEvent", event).await
    }
}
