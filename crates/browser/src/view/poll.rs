//! Pictures of a browser that has no screencasts, taken one by one. This costs something for a page
//! at rest too, so it is slow.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use serde_json::json;
use tokio::{sync::watch, time::sleep};

use super::cast::{Kind, Output};
use crate::page::{Error, Page};

/// Shortest time between two of them.
const PAUSE: Duration = Duration::from_millis(500);

pub(super) async fn run(page: &Page, mut kind: Kind, fps: &watch::Receiver<u8>, out: &mut Output) {
    let mut last = Bytes::new();
    loop {
        match page.snapshot(kind.quality, (kind.width, kind.height)).await {
            Ok((jpeg, (width, height))) if jpeg != last => {
                last = jpeg.clone();
                let now = SystemTime::now().duration_since(UNIX_EPOCH);
                let metadata = json!({
                    "deviceWidth": width,
                    "deviceHeight": height,
                    "timestamp": now.unwrap_or_default().as_secs_f64(),
                });
                let tab = page.here().map(|here| here.tab).unwrap_or_default();
                if !out.give(jpeg, &tab, &metadata) {
                    kind = kind.less();
                }
            }
            Ok(_) => {}
            Err(Error::Gone) => return,
            // A dialog is open, or the page is busy.
            Err(error) => tracing::debug!(%error, "no picture of the page"),
        }
        let pause = Duration::from_secs(1) / u32::from((*fps.borrow()).max(1));
        sleep(pause.max(PAUSE)).await;
    }
}
