//! Frames in frames: where a frame's own coordinates lie in the viewport of the tab.

use std::{
    collections::HashMap,
    sync::{MutexGuard, PoisonError},
};

use serde::Deserialize;
use serde_json::json;

use super::{Error, Page};

/// Which element of which frame a frame is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) parent: String,
    pub(super) element: String,
    pub(super) url: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FrameBox {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) scale_x: f64,
    pub(super) scale_y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) view_width: f64,
    pub(super) view_height: f64,
}

const MAX_DEPTH: usize = 16;

impl Page {
    pub(super) fn places(&self) -> MutexGuard<'_, HashMap<String, Place>> {
        self.shared
            .frames
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The frames around a frame, innermost first; empty for a tab's own document.
    fn around(&self, context: &str) -> Vec<Place> {
        let places = self.places();
        let mut chain = Vec::new();
        let mut at = context;
        while let Some(place) = places.get(at) {
            chain.push(place.clone());
            if chain.len() >= MAX_DEPTH {
                break;
            }
            at = &chain[chain.len() - 1].parent;
        }
        chain
    }

    /// The frame in a frame's element, also where no look went into it yet.
    pub(super) async fn frame_of(
        &self,
        parent: &str,
        element: &str,
        url: &str,
    ) -> Result<Option<String>, Error> {
        let seen =
            |(_, place): &(&String, &Place)| place.parent == parent && place.element == element;
        if let Some((context, _)) = self.places().iter().find(seen) {
            return Ok(Some(context.clone()));
        }
        let wanted = json!({ "element": element });
        let node = self.ask_objects(parent, "node", wanted).await?;
        let params = json!({ "objectId": node.ids.first() });
        let described = self.inspect(parent, &node.session, "DOM.describeNode", params);
        let described = described.await?;
        let Some(context) = described["node"]["frameId"].as_str() else {
            return Ok(None);
        };
        let place = Place {
            parent: parent.to_owned(),
            element: element.to_owned(),
            url: url.to_owned(),
        };
        self.places().insert(context.to_owned(), place);
        self.watch().state().frame_in(context, parent);
        Ok(Some(context.to_owned()))
    }

    /// URLs of the frames from the page down to this one, its own last; empty in the main frame.
    pub(super) fn frame_urls(&self, context: &str) -> Vec<String> {
        let places = self.places();
        let mut urls = Vec::new();
        let mut at = context;
        while let Some(place) = places.get(at) {
            urls.push(place.url.clone());
            at = &place.parent;
            if urls.len() >= MAX_DEPTH {
                break;
            }
        }
        urls.reverse();
        urls
    }

    /// Brings the frames around a frame into view, the outermost first.
    pub(super) async fn reveal_frames(&self, context: &str) -> Result<(), Error> {
        for place in self.around(context).iter().rev() {
            let input = json!({ "element": place.element, "reveal": true });
            let answer = self
                .ask::<FrameBox>(&place.parent, "frameBox", input)
                .await?;
            answer.map_err(|refusal| refusal.into_error(&place.element))?;
        }
        Ok(())
    }

    /// A point of a frame in the viewport of the tab. Scrolls the frames around it where the point
    /// lies outside them, and checks that nothing covers the frames there.
    pub(super) async fn to_top(
        &self,
        context: &str,
        element: &str,
        point: (f64, f64),
    ) -> Result<(f64, f64), Error> {
        let (mut x, mut y) = point;
        for place in self.around(context) {
            let input = json!({ "element": place.element, "reveal": false });
            let mut at = (0.0, 0.0);
            // Once to see whether it is in view, once after scrolling.
            for turn in 0..2 {
                let answer = self
                    .ask::<FrameBox>(&place.parent, "frameBox", input.clone())
                    .await?;
                let frame = answer.map_err(|refusal| refusal.into_error(element))?;
                at = (frame.x + x * frame.scale_x, frame.y + y * frame.scale_y);
                let outside = |value: f64, size: f64| value < 0.0 || value >= size;
                if turn > 0
                    || !(outside(at.0, frame.view_width) || outside(at.1, frame.view_height))
                {
                    break;
                }
                let by = json!({
                    "x": if outside(at.0, frame.view_width) { at.0 - frame.view_width / 2.0 } else { 0.0 },
                    "y": if outside(at.1, frame.view_height) { at.1 - frame.view_height / 2.0 } else { 0.0 },
                });
                let nudged = self.ask::<Option<bool>>(&place.parent, "nudge", by).await?;
                nudged.map_err(|refusal| refusal.into_error(element))?;
            }
            let input = json!({ "element": place.element, "x": at.0, "y": at.1 });
            let free = self
                .ask::<Option<bool>>(&place.parent, "free", input)
                .await?;
            free.map_err(|refusal| refusal.into_error(element))?;
            (x, y) = at;
        }
        Ok((x, y))
    }
}
