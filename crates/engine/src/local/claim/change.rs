//! What came of a click.

use errand_browser::Observation;

use super::complaint::{complaint, remark, warnings, withheld};
use crate::engine::Done;

/// Whether something came of each click, and the page does not complain.
pub fn pressed(
    done: &[&Done],
    seen: &Observation,
    warned: &[String],
) -> (bool, &'static str, String) {
    let button = done.last().and_then(|it| it.action.target());
    let sends = button.is_none_or(|it| it.locator.role == "button");
    if sends && let Some(complaint) = complaint(seen) {
        return (false, "text", complaint);
    }
    let stays = done
        .iter()
        .all(|it| !it.effect.navigated && it.outside_requests == 0);
    if stays && let Some(refused) = button.and_then(|it| withheld(seen, &it.element)) {
        return (false, "value", refused);
    }
    if sends
        && stays
        && let Some(text) = remark(seen)
    {
        return (false, "text", format!("the page says \"{text}\""));
    }
    // What the page says only since then is its answer.
    if stays && let Some(text) = warnings(seen).into_iter().find(|it| !warned.contains(it)) {
        return (false, "text", format!("the page says \"{text}\""));
    }
    for it in done {
        let judged = moved(&[*it]);
        if !judged.0 {
            return judged;
        }
    }
    moved(done)
}

/// Whether anything came of a click.
pub fn moved(done: &[&Done]) -> (bool, &'static str, String) {
    for it in done.iter().rev() {
        let effect = &it.effect;
        if effect.navigated {
            return (true, "url", format!("the page is now {}", effect.url));
        }
        if let Some(tab) = &effect.opened_tab {
            return (true, "url", format!("it opened the tab {tab}"));
        }
        if let Some(message) = &effect.dialog {
            return (true, "text", format!("the page says \"{message}\""));
        }
        if it.outside_requests > 0 {
            return (
                true,
                "request",
                format!("it sent {} requests", it.outside_requests),
            );
        }
        if effect.changed {
            return (true, "text", "the page changed".to_owned());
        }
    }
    (false, "text", "nothing on the page changed".to_owned())
}
