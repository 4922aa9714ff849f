//! Typing.

use std::time::Duration;

use errand_domain::{
    action::{Target, ValueSource},
    text::squeeze,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Before, Done, calendar::Confirm, gauge::Widget, keys::Key};
use crate::{
    human,
    page::{
        Error, Page,
        target::{Aim, Need},
    },
};

/// Longer texts are put in as if pasted; keys one by one would take seconds.
const MAX_KEYS: usize = 200;
const MAX_TEXT: usize = 1 << 20;
/// Looks for a button that takes over what was typed: a layer may still be on its way.
const LOOKS: usize = 3;
const LOOK_AGAIN: Duration = Duration::from_millis(150);

#[derive(Debug, Deserialize)]
struct Focus {
    /// `text`: keys go into it; `set`: its value is set; `keys`: whatever has the focus takes keys.
    kind: String,
    id: String,
    #[serde(default)]
    empty: bool,
    #[serde(default)]
    editable: bool,
    /// `type` of a control whose value is set.
    #[serde(default)]
    control: String,
    /// What it says of its format.
    #[serde(default)]
    hint: String,
}

#[derive(Debug, Deserialize)]
struct Set {
    held: bool,
}

#[derive(Debug, Deserialize)]
struct Typed {
    holds: bool,
    #[serde(default)]
    now: String,
}

impl Page {
    /// Gives the target its value in the way that it takes one: by keys, or by what a person would
    /// do with a slider, a spinner or a calendar.
    pub(super) async fn type_text(
        &self,
        target: &Target,
        text: &str,
        clear: bool,
        source: ValueSource,
        before: &Before,
    ) -> Result<Done, Error> {
        if source == ValueSource::Secret || !clear || text.trim().is_empty() {
            return self.type_plainly(target, text, clear, source).await;
        }
        let aim = self.hold(target).await?;
        let input = json!({ "element": aim.id });
        let widget = self.ask::<Widget>(&aim.context, "widget", input).await?;
        let widget = widget.map_err(|refusal| refusal.into_error(&target.element))?;
        let order = human::date::order_of(&widget.hint);
        let day = human::date::parse(text, order);
        match (&*widget.kind, day) {
            ("gauge", _) => {
                self.set_gauge(target, &aim.context, &widget, text, before)
                    .await
            }
            ("picker" | "field", Some(day)) => {
                if let Some(done) = self.pick_date(target, day, before).await? {
                    return Ok(done);
                }
                // The field's own format, where it tells one.
                let like = day.like(&widget.hint);
                let text = like.as_deref().unwrap_or(text);
                self.type_and_leave(target, text, before).await
            }
            ("field", None) if is_moment(text, order) => {
                self.type_and_leave(target, text, before).await
            }
            ("picker", None) => self.pick(target, text, before).await,
            _ => self.type_plainly(target, text, clear, source).await,
        }
    }

    /// A field that can't be typed into opens a list of what it takes, or a layer of its own, and
    /// can be typed into then.
    async fn pick(&self, target: &Target, text: &str, before: &Before) -> Result<Done, Error> {
        let aim = self.hold(target).await?;
        let input = json!({ "element": aim.id });
        let focus = self.ask::<Value>(&aim.context, "focusOnly", input.clone());
        if focus.await?.is_ok() {
            self.calm(&aim, before).await?;
            let now = self.ask::<Widget>(&aim.context, "widget", input).await?;
            if now.is_ok_and(|it| it.kind == "field") {
                return self.type_and_leave(target, text, before).await;
            }
        }
        match self.select(target, &[text.to_owned()], before).await {
            // Nothing opens: it just can't be filled.
            Err(Error::NoSuchOption { have, .. }) if have.is_empty() => {
                self.type_plainly(target, text, true, ValueSource::Engine)
                    .await
            }
            other => other,
        }
    }

    /// Types a date or time. Where the field has opened a layer for it, the layer takes it over by
    /// its button, or when the field is left; only then is it decided what the field keeps.
    async fn type_and_leave(
        &self,
        target: &Target,
        text: &str,
        before: &Before,
    ) -> Result<Done, Error> {
        let done = self
            .type_plainly(target, text, true, ValueSource::Engine)
            .await?;
        let Some(aim) = &done.aim else {
            return Ok(done);
        };
        self.calm(aim, before).await?;
        let input = json!({ "element": aim.id });
        let mut layer = Confirm::default();
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            let confirm = self.ask::<Confirm>(&aim.context, "confirmNear", input.clone());
            layer = confirm.await?.unwrap_or_default();
            if layer.id.is_some() {
                break;
            }
        }
        match layer {
            Confirm {
                id: Some(button), ..
            } => self.press_found(aim, &button).await?,
            Confirm { layer: true, .. } => self.strike(&[Key::TAB]).await?,
            // An ordinary field: what comes next may need the caret in it.
            Confirm { .. } => return Ok(done),
        }
        self.calm(aim, before).await?;
        let now = self.ask::<Option<super::Ready>>(&aim.context, "state", input);
        let Ok(Ok(Some(now))) = now.await else {
            return Ok(done);
        };
        let kept = now.value.unwrap_or_default();
        if human::same(text, &kept, "") || !squeeze(&kept).is_empty() && bare(&kept) == bare(text) {
            return Ok(done);
        }
        Err(Error::NoEffect {
            what: format!(
                "{} does not keep \"{text}\"; it shows \"{kept}\"",
                target.element
            ),
        })
    }

    /// By keys, or by setting the value where the keys depend on the browser's language.
    pub(super) async fn type_plainly(
        &self,
        target: &Target,
        text: &str,
        clear: bool,
        source: ValueSource,
    ) -> Result<Done, Error> {
        if text.len() > MAX_TEXT {
            let what = format!("a text of {} bytes is too long to type", text.len());
            return Err(Error::Invalid { what });
        }
        let (aim, ready) = self
            .prepare(
                target,
                Need {
                    disabled: false,
                    free: false,
                },
            )
            .await?;
        let secret = source == ValueSource::Secret || ready.secret;
        let custom = !matches!(&*ready.tag, "input" | "textarea") && ready.role == "combobox";
        if custom {
            // A made-up combobox shows its field only when it is opened.
            let (aim, ready) = self.prepare(target, Self::clickable()).await?;
            self.press(&aim, &ready, 1).await?;
        }
        let input = json!({ "element": aim.id, "clear": clear });
        let answer = self.ask::<Focus>(&aim.context, "focus", input).await?;
        let focus = answer.map_err(|refusal| refusal.into_error(&target.element))?;
        let aim = Aim {
            context: aim.context,
            id: focus.id.clone(),
        };
        let text = if ready.multiline || focus.editable {
            text.to_owned()
        } else {
            // A single line can't hold a break, and Enter would send the form.
            text.replace(['\r', '\n'], " ")
        };
        if focus.kind == "set" {
            self.set(&aim, target, &focus, &text).await?;
            return Ok(Done {
                aim: Some(aim),
                was: Some(ready),
                secret,
                ..Done::default()
            });
        }
        if clear && !focus.empty && (text.is_empty() || focus.kind == "keys") {
            self.strike(&[Key::DELETE]).await?;
        }
        self.put(&text).await?;
        if focus.kind == "text" {
            self.confirm(&aim, target, &text, clear).await?;
        }
        Ok(Done {
            aim: Some(aim),
            was: Some(ready),
            secret,
            ..Done::default()
        })
    }

    /// Sets the value of a control whose typing depends on the language of the browser.
    async fn set(
        &self,
        aim: &Aim,
        target: &Target,
        focus: &Focus,
        text: &str,
    ) -> Result<(), Error> {
        let refused = || Error::NotEditable {
            element: target.element.clone(),
            reason: format!(
                "it takes {}, not \"{}\"",
                taken_by(&focus.control),
                errand_domain::text::clip(text, 80)
            ),
        };
        let value = match &*focus.control {
            "color" => Some(text.to_owned()),
            _ if text.trim().is_empty() => Some(String::new()),
            control => human::control_value(control, text, &focus.hint),
        };
        let input = json!({ "element": aim.id, "text": value.ok_or_else(refused)? });
        let answer = self.ask::<Set>(&aim.context, "set", input).await?;
        let set = answer.map_err(|refusal| refusal.into_error(&target.element))?;
        if set.held { Ok(()) } else { Err(refused()) }
    }

    /// Sends text to what has the focus: by keys where a keyboard would have them.
    pub(super) async fn put(&self, text: &str) -> Result<(), Error> {
        if text.is_empty() {
            return Ok(());
        }
        if text.chars().count() <= MAX_KEYS && text.chars().all(has_key) {
            let keys: Vec<Key> = text.chars().map(Key::of).collect();
            return self.strike_text(&keys).await;
        }
        self.input("Input.insertText", json!({ "text": text }))
            .await
    }

    /// Checks that the field took the text; sets it as a whole where keys were swallowed.
    async fn confirm(
        &self,
        aim: &Aim,
        target: &Target,
        text: &str,
        clear: bool,
    ) -> Result<(), Error> {
        let input = json!({ "element": aim.id, "text": text, "clear": clear });
        let typed = match self
            .ask::<Typed>(&aim.context, "typed", input.clone())
            .await
        {
            Ok(typed) => typed.map_err(|refusal| refusal.into_error(&target.element))?,
            // Typing led to another document; there is no field left to look at.
            Err(Error::Browser { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        if typed.holds || !clear {
            return Ok(());
        }
        let force = json!({ "element": aim.id, "text": text });
        let forced = self.ask::<Value>(&aim.context, "force", force).await?;
        forced.map_err(|refusal| refusal.into_error(&target.element))?;
        let again = self.ask::<Typed>(&aim.context, "typed", input).await?;
        let again = again.map_err(|refusal| refusal.into_error(&target.element))?;
        // A mask may keep a part; nothing at all, or what was there before, is a refusal.
        if !again.holds && (again.now.is_empty() != text.is_empty()) {
            let reason = "it did not keep the text".to_owned();
            return Err(Error::NotEditable {
                element: target.element.clone(),
                reason,
            });
        }
        Ok(())
    }
}

/// Whether the text is a time, or a date with one.
fn is_moment(text: &str, order: Option<human::Order>) -> bool {
    human::time::parse(text).is_some() || human::moment(text, order).is_some()
}

fn bare(text: &str) -> String {
    text.chars()
        .filter(|it| it.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What a control's value looks like.
fn taken_by(control: &str) -> &'static str {
    match control {
        "date" => "a date as YYYY-MM-DD",
        "time" => "a time as HH:MM",
        "datetime-local" => "a date and time as YYYY-MM-DD HH:MM",
        "month" => "a month as YYYY-MM",
        "week" => "a week as YYYY-Www",
        "color" => "a colour by its name or as #rrggbb",
        _ => "a number",
    }
}

/// Characters that keyboards have. Breaks are left to the insertion: Enter would send a form, Tab
/// would leave the field.
fn has_key(character: char) -> bool {
    matches!(
        character,
        ' '..='~'
            | '\u{a1}'..='\u{2ff}'
            | '\u{370}'..='\u{482}'
            | '\u{48a}'..='\u{52f}'
            | '\u{20a0}'..='\u{20bf}'
            | '\u{2018}'..='\u{201f}'
    )
}
