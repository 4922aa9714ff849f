//! The pointer: clicks, hovering, check boxes, files.
//!
//! Events are given to the tab at a point of its viewport, as a mouse would. The browser routes
//! them into whatever frame or shadow root lies there, so there is one way for all of them.

use std::time::Duration;

use errand_domain::action::Target;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Before, Done};
use crate::page::{
    Error, Page,
    settle::Rest,
    target::{Aim, Need, Ready},
};

/// How long the page may take to handle an input event.
const INPUT_TIMEOUT: Duration = Duration::from_secs(8);

impl Page {
    pub(super) async fn click(&self, target: &Target, times: u8) -> Result<Done, Error> {
        let (aim, ready) = self.prepare(target, Self::clickable()).await?;
        if ready.tag == "select" {
            // Its list is drawn by the system and takes no further input; focus is what is left.
            let input = json!({ "element": aim.id, "clear": false });
            let _ = self.ask::<Value>(&aim.context, "focusOnly", input).await?;
            return Ok(Done {
                aim: Some(aim),
                ..Done::default()
            });
        }
        if ready.input_type == "file" {
            let what = "it is a file input; upload to it instead of clicking".to_owned();
            return Err(Error::Invalid { what });
        }
        self.press(&aim, &ready, times).await?;
        Ok(Done {
            aim: Some(aim),
            was: Some(ready),
            expectant: true,
            ..Done::default()
        })
    }

    pub(super) async fn hover(&self, target: &Target) -> Result<Done, Error> {
        let need = Need {
            disabled: true,
            free: true,
        };
        let (aim, ready) = self.prepare(target, need).await?;
        self.move_to((ready.x, ready.y)).await?;
        Ok(Done {
            aim: Some(aim),
            expectant: true,
            ..Done::default()
        })
    }

    pub(super) async fn right_click(&self, target: &Target) -> Result<Done, Error> {
        let (aim, ready) = self.prepare(target, Self::clickable()).await?;
        let (x, y) = (ready.x, ready.y);
        self.move_to((x, y)).await?;
        for (kind, buttons) in [("mousePressed", 2), ("mouseReleased", 0)] {
            let event = json!({
                "type": kind, "x": x, "y": y, "button": "right", "buttons": buttons, "clickCount": 1,
            });
            self.input("Input.dispatchMouseEvent", event).await?;
        }
        Ok(Done {
            aim: Some(aim),
            was: Some(ready),
            expectant: true,
            ..Done::default()
        })
    }

    /// Presses and releases the button on the element. The pointer comes first: what closes or
    /// opens because it moves may shift the element, and then the point is another.
    pub(super) async fn press(&self, aim: &Aim, ready: &Ready, times: u8) -> Result<(), Error> {
        let mut point = (ready.x, ready.y);
        self.move_to(point).await?;
        for _ in 0..3 {
            let now = self.try_prepare(aim, Self::clickable()).await?;
            if ((now.x - point.0).abs() < 2.0) && ((now.y - point.1).abs() < 2.0) {
                break;
            }
            point = (now.x, now.y);
            self.move_to(point).await?;
        }
        for count in 1..=times {
            self.mouse("mousePressed", point, count).await?;
            self.mouse("mouseReleased", point, count).await?;
        }
        Ok(())
    }

    pub(super) async fn move_to(&self, point: (f64, f64)) -> Result<(), Error> {
        self.mouse("mouseMoved", point, 0).await
    }

    async fn mouse(&self, kind: &str, (x, y): (f64, f64), count: u8) -> Result<(), Error> {
        let mut event = json!({ "type": kind, "x": x, "y": y });
        if count > 0 {
            event["button"] = json!("left");
            event["buttons"] = json!(u8::from(kind == "mousePressed"));
            event["clickCount"] = json!(count);
        }
        self.input("Input.dispatchMouseEvent", event).await
    }

    /// Gives one input event to the tab.
    pub(super) async fn input(&self, method: &str, event: Value) -> Result<(), Error> {
        let (context, session) = self.current()?;
        self.note_pointer(&event);
        let done = self
            .guarded(
                &context,
                "the input",
                INPUT_TIMEOUT,
                &session,
                method,
                event,
            )
            .await;
        match done {
            // The tab closed itself, or went elsewhere, while the button was down.
            Err(Error::Browser { reason })
                if self.watch().state().tab(&context).is_none()
                    || reason.contains("not found")
                    || reason.contains("navigated") =>
            {
                Ok(())
            }
            other => other.map(drop),
        }
    }

    pub(super) async fn check(
        &self,
        target: &Target,
        checked: bool,
        before: &Before,
    ) -> Result<Done, Error> {
        let (aim, mut ready) = self.prepare(target, Self::clickable()).await?;
        let was = Some(ready.clone());
        let Some(mut now) = ready.checked else {
            let what = format!("it is a {}, which can't be checked", ready.role);
            return Err(Error::Invalid { what });
        };
        if now != checked && !checked && (ready.role == "radio" || ready.role == "menuitemradio") {
            let what = "a radio button is unchecked by checking another".to_owned();
            return Err(Error::Invalid { what });
        }
        let mut settled = None;
        // A page that swallows the pointer's click may still take the one of the script.
        for by_pointer in [true, false] {
            if now == checked {
                break;
            }
            if by_pointer {
                self.press(&aim, &ready, 1).await?;
            } else {
                let input = json!({ "element": aim.id });
                let _ = self.ask::<Value>(&aim.context, "tick", input).await?;
            }
            let rest = Rest {
                context: &aim.context,
                target: Some(&aim.id),
                since: before.began,
                expectant: true,
            };
            settled = Some(Box::pin(self.settle(rest)).await?);
            let input = json!({ "element": aim.id });
            let state = self
                .ask::<Option<Ready>>(&aim.context, "state", input)
                .await?;
            match state.map_err(|refusal| refusal.into_error(&aim.id))? {
                Some(state) => ready.checked = state.checked,
                // It was replaced; what took its place is for the next look.
                None => {
                    return Ok(Done {
                        settled,
                        ..Done::default()
                    });
                }
            }
            now = ready.checked.unwrap_or(now);
        }
        if now != checked {
            let state = if checked { "unchecked" } else { "checked" };
            let what = format!("{} stayed {state} after a click", target.element);
            return Err(Error::NoEffect { what });
        }
        Ok(Done {
            aim: Some(aim),
            was,
            settled,
            ..Done::default()
        })
    }

    pub(super) async fn upload(&self, target: &Target, files: &[String]) -> Result<Done, Error> {
        if files.is_empty() {
            return Err(Error::Invalid {
                what: "no file was named to upload".to_owned(),
            });
        }
        #[derive(Deserialize)]
        struct Input {
            id: String,
            multiple: bool,
        }
        let aim = self.hold(target).await?;
        let answer = self.ask::<Input>(&aim.context, "fileInput", json!({ "element": aim.id }));
        let input = answer
            .await?
            .map_err(|refusal| refusal.into_error(&target.element))?;
        if files.len() > 1 && !input.multiple {
            let what = format!("{} takes one file, not {}", target.element, files.len());
            return Err(Error::Invalid { what });
        }
        let wanted = json!({ "element": input.id });
        let node = self.ask_objects(&aim.context, "node", wanted).await?;
        let params = json!({ "files": files, "objectId": node.ids.first() });
        let (at, method) = (&node.session, "DOM.setFileInputFiles");
        let done = self.guarded(
            &aim.context,
            "the upload",
            INPUT_TIMEOUT,
            at,
            method,
            params,
        );
        done.await.map_err(|error| match error {
            Error::Browser { reason } => Error::NoEffect {
                what: format!("no upload: {reason}"),
            },
            other => other,
        })?;
        let aim = Aim {
            id: input.id,
            ..aim
        };
        Ok(Done {
            aim: Some(aim),
            expectant: true,
            ..Done::default()
        })
    }
}
