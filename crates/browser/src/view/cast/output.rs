//! Where pictures go.

use std::sync::Arc;

use bytes::Bytes;
use errand_domain::{
    Timestamp,
    view::{Frame, MAX_FRAME_BYTES},
};
use serde_json::Value;
use tokio::sync::watch;

use crate::view::jpeg;

/// Gives out pictures, each in place of the one before.
#[derive(Debug)]
pub(in crate::view) struct Output {
    frames: watch::Sender<Option<Arc<Frame>>>,
    count: u64,
    last: Timestamp,
}

impl Output {
    pub(super) fn new(frames: watch::Sender<Option<Arc<Frame>>>) -> Self {
        Self {
            frames,
            count: 0,
            last: Timestamp::default(),
        }
    }

    /// Gives out a picture; false where it is too large for that.
    pub(in crate::view) fn give(&mut self, jpeg: Bytes, tab: &str, metadata: &Value) -> bool {
        if jpeg.len() > MAX_FRAME_BYTES {
            return false;
        }
        let Some((width, height)) = jpeg::size(&jpeg) else {
            tracing::debug!(bytes = jpeg.len(), "a picture of the page is no JPEG");
            return true;
        };
        let number = |name: &str| metadata[name].as_f64();
        let scale = number("pageScaleFactor").filter(|it| *it > 0.0);
        let scale = scale.unwrap_or(1.0);
        let side = |name: &str, pixels: u32| {
            number(name).map_or_else(|| f64::from(pixels), |it| it / scale)
        };
        // The first ones may come with their times out of order.
        let at = number("timestamp").map_or(self.last, |it| Timestamp((it * 1e6) as i64));
        self.last = self.last.max(at);
        let frame = Frame {
            jpeg,
            width,
            height,
            viewport: (side("deviceWidth", width), side("deviceHeight", height)),
            scroll: (
                number("scrollOffsetX").unwrap_or_default(),
                number("scrollOffsetY").unwrap_or_default(),
            ),
            page_scale: scale,
            at: self.last,
            sequence: self.count,
            dropped: 0,
            tab: tab.to_owned(),
        };
        self.frames.send_if_modified(|given| {
            // The page may have been asked for as it is while nothing was held back.
            let fresh = given.as_ref().is_none_or(|given| !alike(given, &frame));
            if fresh {
                self.count += 1;
                *given = Some(Arc::new(frame));
            }
            fresh
        });
        true
    }
}

/// Whether one shows nothing that the other doesn't.
fn alike(one: &Frame, other: &Frame) -> bool {
    let what = |frame: &Frame| (frame.viewport, frame.scroll, frame.page_scale);
    one.jpeg == other.jpeg && what(one) == what(other) && one.tab == other.tab
}
