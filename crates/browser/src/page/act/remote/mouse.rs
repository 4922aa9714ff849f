//! The mouse, and what is dragged with it.
//!
//! A drag of the browser's own runs in the system, where nobody moves a mouse. It is handed over
//! instead, and goes on with the person's moves.

use errand_domain::{
    action::{Button, Point},
    input::Mouse,
};
use serde_json::{Value, json};

use super::{Hand, Remote};
use crate::page::Error;

pub(super) const BUTTONS: [(Button, u8); 3] =
    [(Button::Left, 1), (Button::Right, 2), (Button::Middle, 4)];

impl Remote {
    pub(super) async fn mouse(
        &self,
        hand: &mut Hand,
        at: Point,
        does: Mouse,
        held: u8,
    ) -> Result<(), Error> {
        match does {
            Mouse::Move => self.moved(hand, at, held).await,
            Mouse::Down { button, times } => self.press(hand, at, button, times, held).await,
            Mouse::Up { button, times } => self.lift(hand, at, button, times, held).await,
            Mouse::Click { button, times } => {
                self.moved(hand, at, held).await?;
                for count in 1..=times {
                    self.press(hand, at, button, count, held).await?;
                    self.lift(hand, at, button, count, held).await?;
                }
                Ok(())
            }
        }
    }

    async fn moved(&self, hand: &mut Hand, at: Point, held: u8) -> Result<(), Error> {
        self.take_drag(hand, at).await?;
        if let Some(drag) = &hand.drag {
            return self.drag_event("dragOver", at, drag).await;
        }
        let button = BUTTONS.iter().find(|it| hand.buttons & it.1 != 0);
        let button = button.map_or("none", |it| name(it.0));
        let more = json!({ "button": button });
        self.point(hand, "mouseMoved", at, held, more).await?;
        self.take_drag(hand, at).await
    }

    async fn press(
        &self,
        hand: &mut Hand,
        at: Point,
        button: Button,
        times: u8,
        held: u8,
    ) -> Result<(), Error> {
        if button == Button::Left {
            if self.opens_elsewhere(at).await? {
                return Ok(());
            }
            if hand.buttons == 0 {
                self.intercept(hand).await;
            }
        }
        hand.buttons |= bit(button);
        let more = json!({ "button": name(button), "clickCount": times });
        self.point(hand, "mousePressed", at, held, more).await
    }

    async fn lift(
        &self,
        hand: &mut Hand,
        at: Point,
        button: Button,
        times: u8,
        held: u8,
    ) -> Result<(), Error> {
        // It was never pressed, or what it was pressed on is not of the page.
        if hand.buttons & bit(button) == 0 {
            return Ok(());
        }
        let mut dropped = Ok(());
        if button == Button::Left {
            dropped = self.drop_drag(hand, at).await;
        }
        hand.buttons &= !bit(button);
        let more = json!({ "button": name(button), "clickCount": times });
        let lifted = self.point(hand, "mouseReleased", at, held, more).await;
        self.stop_intercepting(hand).await;
        dropped.and(lifted)
    }

    pub(super) async fn point(
        &self,
        hand: &Hand,
        kind: &str,
        at: Point,
        held: u8,
        mut more: Value,
    ) -> Result<(), Error> {
        more["type"] = json!(kind);
        more["x"] = json!(at.x);
        more["y"] = json!(at.y);
        more["buttons"] = json!(hand.buttons);
        more["modifiers"] = json!(held);
        self.page.input("Input.dispatchMouseEvent", more).await
    }

    /// Lists and pickers that the system draws are in no picture and take no further input: they get
    /// the focus, and keys do the rest. A window for files is refused.
    async fn opens_elsewhere(&self, at: Point) -> Result<bool, Error> {
        let met = match self.page.lies_at(at).await {
            Ok(Some(met)) => met,
            Ok(None) | Err(Error::Browser { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        if met.ready.input_type == "file" {
            let what = "it chooses a file, from a window that is not part of the page".to_owned();
            return Err(Error::Invalid { what });
        }
        if !met.drops_down && met.ready.input_type != "color" {
            return Ok(false);
        }
        let input = json!({ "element": met.aim.id });
        let context = &met.aim.context;
        let focused = self.page.ask::<Value>(context, "focusOnly", input).await?;
        focused.map_err(|refusal| refusal.into_error(&met.words))?;
        Ok(true)
    }

    /// Has drags handed over, in every frame of the tab.
    async fn intercept(&self, hand: &mut Hand) {
        hand.drag = None;
        hand.intercepting = {
            let mut state = self.page.watch().state();
            state.drag = None;
            state.sessions_in(&hand.tab)
        };
        self.set_intercepting(hand, true).await;
    }

    async fn stop_intercepting(&self, hand: &mut Hand) {
        if hand.buttons & bit(Button::Left) == 0 && !hand.intercepting.is_empty() {
            self.set_intercepting(hand, false).await;
            hand.intercepting.clear();
        }
    }

    async fn set_intercepting(&self, hand: &Hand, enabled: bool) {
        let told = hand.intercepting.iter().map(|session| {
            let params = json!({ "enabled": enabled });
            let method = "Input.setInterceptDrags";
            self.page.inspect(&hand.tab, session, method, params)
        });
        // A frame that is gone drags nothing.
        futures_util::future::join_all(told).await;
    }

    /// Takes up a drag that was handed over.
    async fn take_drag(&self, hand: &mut Hand, at: Point) -> Result<(), Error> {
        if hand.intercepting.is_empty() || hand.drag.is_some() {
            return Ok(());
        }
        let drag = self.page.watch().state().drag.take();
        if let Some(drag) = drag {
            self.drag_event("dragEnter", at, &drag).await?;
            hand.drag = Some(drag);
        }
        Ok(())
    }

    async fn drop_drag(&self, hand: &mut Hand, at: Point) -> Result<(), Error> {
        if hand.drag.is_none() && !hand.intercepting.is_empty() {
            // The page is through with the last move once it answers, and so is its telling.
            let _ = self.page.view().await;
            self.take_drag(hand, at).await?;
        }
        let Some(drag) = hand.drag.take() else {
            return Ok(());
        };
        self.drag_event("dragOver", at, &drag).await?;
        self.drag_event("drop", at, &drag).await
    }

    async fn drag_event(&self, kind: &str, at: Point, drag: &Value) -> Result<(), Error> {
        let event = json!({ "type": kind, "x": at.x, "y": at.y, "data": drag });
        self.page.input("Input.dispatchDragEvent", event).await
    }
}

fn bit(button: Button) -> u8 {
    match button {
        Button::Left => 1,
        Button::Right => 2,
        Button::Middle => 4,
    }
}

fn name(button: Button) -> &'static str {
    match button {
        Button::Left => "left",
        Button::Right => "right",
        Button::Middle => "middle",
    }
}
