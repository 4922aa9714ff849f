//! What a running browser is told before it is used.

use std::collections::BTreeMap;

use futures_util::future::{try_join, try_join3};
use serde_json::{Value, json};

use super::{Error, LaunchOptions};
use crate::socket::{self, Socket};

/// Viewport and headers of a browser that was started for them.
pub(super) async fn fresh(options: &LaunchOptions, bidi: &Socket) -> Result<(), Error> {
    let headers = async {
        match options.extra_headers.is_empty() {
            true => Ok(()),
            false => headers(options, bidi).await,
        }
    };
    try_join(viewport(options, bidi), headers).await.map(drop)
}

/// Makes a browser that nobody used yet the same as one that was started with these options.
pub(crate) async fn adopted(
    options: &LaunchOptions,
    bidi: &Socket,
    cdp: &Socket,
) -> Result<(), Error> {
    let window = window(options, bidi, cdp);
    try_join3(viewport(options, bidi), headers(options, bidi), window)
        .await
        .map(drop)
}

async fn viewport(options: &LaunchOptions, bidi: &Socket) -> Result<(), Error> {
    let step = options.limits.step;
    let (width, height) = options.viewport;
    let viewport = json!({ "width": width, "height": height });
    // For every tab to come as well; an older browser knows this for one tab only.
    let everywhere = json!({ "viewport": viewport, "userContexts": ["default"] });
    let method = "browsingContext.setViewport";
    if bidi.call_within(step, method, everywhere).await.is_err() {
        let here = json!({ "context": first_tab(options, bidi).await?, "viewport": viewport });
        bidi.call_within(step, method, here)
            .await
            .map_err(failed("setting the viewport"))?;
    }
    Ok(())
}

async fn headers(options: &LaunchOptions, bidi: &Socket) -> Result<(), Error> {
    let header = |(name, value): (&String, &String)| json!({ "name": name, "value": { "type": "string", "value": value } });
    let headers: &BTreeMap<_, _> = &options.extra_headers;
    let headers: Vec<Value> = headers.iter().map(header).collect();
    let params = json!({ "headers": headers });
    let set = bidi.call_within(options.limits.step, "network.setExtraHeaders", params);
    set.await
        .map(drop)
        .map_err(failed("setting the extra headers"))
}

/// The size of the window around the viewport, which pages can see.
async fn window(options: &LaunchOptions, bidi: &Socket, cdp: &Socket) -> Result<(), Error> {
    let step = options.limits.step;
    let target = json!({ "targetId": first_tab(options, bidi).await? });
    let found = cdp.call_within(step, "Browser.getWindowForTarget", target);
    let found = found.await.map_err(failed("finding its window"))?;
    let (width, height) = options.window();
    let bounds = json!({
        "windowId": found["windowId"],
        "bounds": { "width": width, "height": height },
    });
    let set = cdp.call_within(step, "Browser.setWindowBounds", bounds);
    set.await.map(drop).map_err(failed("sizing its window"))
}

async fn first_tab(options: &LaunchOptions, bidi: &Socket) -> Result<Value, Error> {
    let tree = json!({ "maxDepth": 0 });
    let tree = bidi.call_within(options.limits.step, "browsingContext.getTree", tree);
    let mut tree = tree.await.map_err(failed("listing its tabs"))?;
    Ok(tree["contexts"][0]["context"].take())
}

fn failed(what: &'static str) -> impl Fn(socket::Error) -> Error {
    move |source| Error::Socket { what, source }
}
