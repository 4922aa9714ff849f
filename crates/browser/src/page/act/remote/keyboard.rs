//! Keys and pasted text.

use errand_domain::input::{Key, Stroke};
use serde_json::{Value, json};

use super::{Hand, Remote};
use crate::page::Error;

const ALT: u8 = 1;
const CONTROL: u8 = 2;
const META: u8 = 4;
const MODIFIERS: [(&str, u8); 4] = [
    ("Alt", ALT),
    ("Control", CONTROL),
    ("Meta", META),
    ("Shift", 8),
];

impl Remote {
    pub(super) async fn key(
        &self,
        hand: &mut Hand,
        key: &Key,
        does: Stroke,
        held: u8,
    ) -> Result<(), Error> {
        let own = MODIFIERS
            .iter()
            .find(|it| it.0 == key.name())
            .map_or(0, |it| it.1);
        let place = if key.code().is_empty() {
            key.name()
        } else {
            key.code()
        };
        if does != Stroke::Up {
            let repeats = hand.keys.insert(place.to_owned(), key.clone()).is_some();
            let event = down(key, held | own, repeats && does == Stroke::Down);
            self.strike(event).await?;
        }
        if does != Stroke::Down {
            hand.keys.remove(place);
            self.strike(event(key, "keyUp", held & !own)).await?;
        }
        Ok(())
    }

    async fn strike(&self, event: Value) -> Result<(), Error> {
        self.page.input("Input.dispatchKeyEvent", event).await
    }

    /// Pastes into what has the focus. The page is told first, and may take the text itself.
    pub(super) async fn paste(&self, text: &str) -> Result<(), Error> {
        let page = &self.page;
        let met = page.focused().await?;
        let (context, element) = match met {
            Some(met) => (met.aim.context, Some(met.aim.id)),
            None => (page.current()?.0, None),
        };
        let input = json!({ "element": element, "text": text });
        let left = page.ask::<bool>(&context, "paste", input).await?;
        let left = left.map_err(|refusal| refusal.into_error("what has the focus"))?;
        if !left {
            return Ok(());
        }
        if element.is_none() {
            let what = "nothing has the focus, so that nothing would take what is pasted; click \
                        the field first";
            return Err(Error::Invalid {
                what: what.to_owned(),
            });
        }
        page.input("Input.insertText", json!({ "text": text }))
            .await
    }
}

fn event(key: &Key, kind: &str, modifiers: u8) -> Value {
    json!({
        "type": kind,
        "key": key.name(),
        "code": key.code(),
        "windowsVirtualKeyCode": key.number(),
        "nativeVirtualKeyCode": key.number(),
        "location": key.location(),
        "isKeypad": key.location() == 3,
        "modifiers": modifiers,
    })
}

fn down(key: &Key, modifiers: u8, repeats: bool) -> Value {
    // Keyboards of many countries type some characters with AltGr, which is told as both of these.
    let level3 = modifiers & (ALT | CONTROL) == ALT | CONTROL
        && key
            .types()
            .is_some_and(|it| !it.is_ascii() || it.bytes().all(|it| it.is_ascii_punctuation()));
    let modifiers = if level3 {
        modifiers & !(ALT | CONTROL)
    } else {
        modifiers
    };
    let text = key
        .types()
        .filter(|_| modifiers & (ALT | CONTROL | META) == 0);
    let mut event = event(
        key,
        if text.is_some() {
            "keyDown"
        } else {
            "rawKeyDown"
        },
        modifiers,
    );
    event["autoRepeat"] = json!(repeats);
    if let Some(text) = text {
        event["text"] = json!(text);
        event["unmodifiedText"] = json!(text);
    }
    event
}
