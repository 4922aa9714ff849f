//! The viewport as a picture, for those who say by its pixels where to act.

use std::sync::{MutexGuard, PoisonError};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use errand_domain::action::Point;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Error, Page, SCREENSHOT_TIMEOUT};

/// Tries to find the page at rest for a picture.
const TRIES: usize = 3;

/// What the viewport shows, and where its pixels lie in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The file, a PNG.
    pub png: Bytes,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Left, top, width, height of what it shows, in CSS pixels of the viewport.
    shows: [f64; 4],
}

/// Where the top document stands.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(super) struct View {
    pub(super) width: f64,
    pub(super) height: f64,
    /// How far it is scrolled.
    x: f64,
    y: f64,
    /// Device pixels for a CSS pixel.
    ratio: f64,
    /// What a pinch has left of it: its corner and its scale.
    pub(super) left: f64,
    pub(super) top: f64,
    scale: f64,
}

impl Picture {
    /// The place in the viewport under a pixel's middle; none outside of the picture.
    #[must_use]
    pub fn place(&self, x: i32, y: i32) -> Option<Point> {
        let within = |at: i32, size: u32| u32::try_from(at).is_ok_and(|at| at < size);
        if !within(x, self.width) || !within(y, self.height) {
            return None;
        }
        let [left, top, width, height] = self.shows;
        Some(Point {
            x: left + (f64::from(x) + 0.5) * width / f64::from(self.width),
            y: top + (f64::from(y) + 0.5) * height / f64::from(self.height),
        })
    }

    /// The pixel at a place of the viewport; it may lie outside of the picture.
    #[must_use]
    pub fn pixel(&self, at: Point) -> (i32, i32) {
        let [left, top, width, height] = self.shows;
        let pixel = |at: f64, size: u32, from: f64, length: f64| {
            let pixel = ((at - from) * f64::from(size) / length).floor();
            pixel.clamp(-1e6, 1e6) as i32
        };
        (
            pixel(at.x, self.width, left, width),
            pixel(at.y, self.height, top, height),
        )
    }

    /// How many CSS pixels one of its pixels is, to the right and down.
    #[must_use]
    pub fn scale(&self) -> (f64, f64) {
        let [_, _, width, height] = self.shows;
        (
            width / f64::from(self.width),
            height / f64::from(self.height),
        )
    }
}

impl Page {
    /// Takes a picture of the viewport, no larger than that, and remembers where everything stood:
    /// a place on it that something else lies at meanwhile is not acted on
    /// ([`Error::Moved`]). Works not while a dialog is open.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn picture(&self, most: (u32, u32)) -> Result<Picture, Error> {
        let _turn = self.shared.turn.lock().await;
        let mut last = Error::Moved {
            what: "something else".to_owned(),
        };
        for _ in 0..TRIES {
            let document = self.document();
            let before = match self.stand().await {
                Ok(view) => view,
                // The document is being replaced.
                Err(error @ Error::Browser { .. }) => {
                    last = error;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let picture = self.shoot(before, most).await?;
            let after = self.view().await;
            if after.is_ok_and(|it| it == before) && self.document() == document {
                *self.pictured() = document;
                return Ok(picture);
            }
        }
        Err(last)
    }

    /// What the viewport shows, as a JPEG no larger than that, for those who only look on; and the
    /// viewport in CSS pixels.
    pub(crate) async fn snapshot(
        &self,
        quality: u8,
        most: (u16, u16),
    ) -> Result<(Bytes, (f64, f64)), Error> {
        let (_, session) = self.current()?;
        let view = self.view().await?;
        let (width, height) = (view.width * view.ratio, view.height * view.ratio);
        let fits = (f64::from(most.0) / width).min(f64::from(most.1) / height);
        let mut params = json!({ "format": "jpeg", "quality": quality, "optimizeForSpeed": true });
        if fits < 1.0 {
            params["clip"] = self.clip(&session, view, fits).await?;
        }
        let jpeg = self.photograph(params).await?;
        Ok((jpeg, (view.width / view.scale, view.height / view.scale)))
    }

    /// The document that was pictured last.
    pub(super) fn pictured(&self) -> MutexGuard<'_, Option<(String, u64)>> {
        self.shared
            .pictured
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the top document stands now.
    pub(super) async fn view(&self) -> Result<View, Error> {
        let (context, _) = self.current()?;
        let view = self.ask::<View>(&context, "viewNow", json!({})).await?;
        view.map_err(|refusal| refusal.into_error("the page"))
    }

    /// Remembers where everything stands, in every frame that was looked into.
    async fn stand(&self) -> Result<View, Error> {
        let (context, _) = self.current()?;
        let inside: Vec<String> = {
            let state = self.watch().state();
            let places = self.places();
            let inside = places.keys().filter(|it| state.top_of(it) == context);
            inside.cloned().collect()
        };
        let frames = inside
            .iter()
            .map(|frame| self.ask::<Value>(frame, "picture", json!({})));
        // One that is gone shows nothing.
        let _ = futures_util::future::join_all(frames).await;
        let view = self.ask::<View>(&context, "picture", json!({})).await?;
        view.map_err(|refusal| refusal.into_error("the page"))
    }

    async fn shoot(&self, view: View, most: (u32, u32)) -> Result<Picture, Error> {
        let (context, session) = self.current()?;
        let width = view.width * view.ratio;
        let height = view.height * view.ratio;
        let fits = (f64::from(most.0) / width).min(f64::from(most.1) / height);
        let mut params = json!({ "format": "png", "optimizeForSpeed": true });
        if fits < 1.0 {
            params["clip"] = self.clip(&session, view, fits).await?;
        }
        let method = "Page.captureScreenshot";
        let shot = self.guarded(
            &context,
            "the picture",
            SCREENSHOT_TIMEOUT,
            &session,
            method,
            params,
        );
        let shot = shot.await?;
        let png = STANDARD.decode(shot["data"].as_str().unwrap_or_default());
        let png = png.map_err(|error| Error::Browser {
            reason: error.to_string(),
        })?;
        let (width, height) = size(&png).ok_or_else(|| Error::Browser {
            reason: "the picture has no size".to_owned(),
        })?;
        Ok(Picture {
            png: Bytes::from(png),
            width,
            height,
            shows: [
                view.left,
                view.top,
                view.width / view.scale,
                view.height / view.scale,
            ],
        })
    }

    /// What is in view, for a picture that is scaled. Its numbers are those of the document, as the
    /// browser's own zoom has them.
    async fn clip(&self, session: &str, view: View, scale: f64) -> Result<Value, Error> {
        let (context, _) = self.current()?;
        let method = "Page.getLayoutMetrics";
        let metrics = self.inspect(&context, session, method, json!({})).await?;
        let metrics = &metrics["cssVisualViewport"];
        let number = |name: &str, otherwise: f64| metrics[name].as_f64().unwrap_or(otherwise);
        let zoom = number("zoom", 1.0);
        Ok(json!({
            "x": number("pageX", view.x) * zoom,
            "y": number("pageY", view.y) * zoom,
            "width": view.width * zoom,
            "height": view.height * zoom,
            "scale": scale,
        }))
    }
}

/// Width and height, as the head of a PNG says.
fn size(png: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| {
        let bytes = png.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    };
    let (width, height) = (number(16)?, number(20)?);
    (width > 0 && height > 0).then_some((width, height))
}
