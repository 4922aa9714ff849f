//! Choosing options: native selects, radio groups, and the lists that pages make up themselves.

use std::time::{Duration, Instant};

use errand_domain::action::Target;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Before, Done, keys::Key};
use crate::{
    human,
    page::{
        Error, Page,
        settle::{Rest, Settled},
        target::{Aim, Known, Need},
    },
};

/// How long a list may take to show the option: some are fetched while one types.
const OPTIONS_LIMIT: Duration = Duration::from_secs(6);
const TICK: Duration = Duration::from_millis(60);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Kind {
    kind: String,
    /// The native control that the target stands for.
    id: Option<String>,
    expanded: bool,
    /// The text field in it, for lists that are searched by typing.
    field: Option<String>,
    /// It has a `datalist`, whose options are typed.
    list: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Offered {
    id: Option<String>,
    selected: Option<bool>,
    have: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    holds: bool,
    value: Option<String>,
}

impl Page {
    pub(super) async fn select(
        &self,
        target: &Target,
        options: &[String],
        before: &Before,
    ) -> Result<Done, Error> {
        if options.is_empty() {
            return Err(Error::Invalid {
                what: "no option was named to choose".to_owned(),
            });
        }
        let (aim, was) = self.prepare(target, Need::default()).await?;
        let refused = |refusal: super::super::world::Refusal| refusal.into_error(&target.element);
        let input = json!({ "element": aim.id });
        let kind = self
            .ask::<Kind>(&aim.context, "kind", input)
            .await?
            .map_err(refused)?;
        let mut done = match kind.kind.as_str() {
            "native" => {
                let native = kind.id.unwrap_or_else(|| aim.id.clone());
                let input = json!({ "element": native, "options": options });
                let answer = self
                    .ask::<Value>(&aim.context, "selectNative", input)
                    .await?;
                answer.map_err(refused)?;
                let aim = Aim { id: native, ..aim };
                return Ok(Done {
                    aim: Some(aim),
                    was: Some(was),
                    ..Done::default()
                });
            }
            "radios" => {
                let input = json!({ "element": aim.id, "option": options[0] });
                #[derive(Deserialize)]
                struct Radio {
                    id: String,
                }
                let radio = self.ask::<Radio>(&aim.context, "radio", input).await?;
                let radio = radio.map_err(refused)?.id;
                self.adopt(&aim.context, &radio);
                return self.check(&Target::element(radio), true, before).await;
            }
            _ if kind.list => {
                let text = &options[0];
                let source = errand_domain::action::ValueSource::Engine;
                return self.type_plainly(target, text, true, source).await;
            }
            open => {
                let mut done = Done::default();
                for option in options {
                    let opened = open == "open";
                    done = self
                        .choose(target, &aim, &kind, option, opened, before)
                        .await?;
                }
                done
            }
        };
        done.aim = Some(aim);
        done.was = Some(was);
        Ok(done)
    }

    /// Opens the list where it is closed, waits for the option, and clicks it.
    async fn choose(
        &self,
        target: &Target,
        aim: &Aim,
        kind: &Kind,
        option: &str,
        open: bool,
        before: &Before,
    ) -> Result<Done, Error> {
        let refused = |refusal: super::super::world::Refusal| refusal.into_error(&target.element);
        let mut option = option.to_owned();
        let mut reworded = false;
        if !open {
            let input = json!({ "element": aim.id, "options": [option] });
            let noted = self
                .ask::<Value>(&aim.context, "beforeOpening", input)
                .await?;
            noted.map_err(refused)?;
            if !kind.expanded {
                let (aim, ready) = self.prepare(target, Self::clickable()).await?;
                self.press(&aim, &ready, 1).await?;
            }
        }
        let deadline = Instant::now() + OPTIONS_LIMIT;
        let mut typed = false;
        let mut keyed = open;
        let mut empty_looks = 0;
        let mut settled;
        let found = loop {
            settled = self.rest(aim, before).await?;
            let offer = json!({ "element": aim.id, "option": option, "open": open });
            let offered = self.ask::<Offered>(&aim.context, "offered", offer).await?;
            let offered = offered.map_err(refused)?;
            // The list may write the same time, date or number in another way.
            if let Some(other) = other_wording(&offered, &option).filter(|_| !reworded) {
                reworded = true;
                option = other;
                continue;
            }
            if let Some(id) = &offered.id {
                match self.take(aim, id, offered.selected == Some(true)).await {
                    // The list was drawn anew meanwhile, as many are while one types.
                    Err(Error::Stale { .. }) if Instant::now() < deadline => continue,
                    Err(error) => return Err(error),
                    Ok(true) => settled = self.rest(aim, before).await?,
                    Ok(false) => {}
                }
                break offered;
            }
            // Lists that are searched: typing brings the option up.
            let field = match &kind.field {
                _ if typed || open => None,
                Some(field) => Some(field.clone()),
                None => {
                    let input = json!({ "element": aim.id });
                    let found = self.ask::<Offered>(&aim.context, "searchField", input);
                    found.await?.ok().and_then(|found| found.id)
                }
            };
            if let Some(field) = field {
                typed = true;
                let input = json!({ "element": field, "clear": true });
                let focus = self.ask::<Value>(&aim.context, "focus", input).await?;
                if focus.is_ok() {
                    self.put(&option).await?;
                    continue;
                }
            }
            // Lists that make their options as they are scrolled.
            #[derive(Deserialize)]
            struct Moved {
                moved: bool,
            }
            let input = json!({ "element": aim.id });
            let moved = self.ask::<Moved>(&aim.context, "further", input).await?;
            if moved.is_ok_and(|answer| answer.moved) && Instant::now() < deadline {
                continue;
            }
            empty_looks += 1;
            if !keyed && offered.have.is_empty() && empty_looks > 4 {
                // Some open by the keyboard only.
                keyed = true;
                self.strike(&[Key::DOWN]).await?;
                continue;
            }
            let patience = if offered.have.is_empty() || typed {
                deadline
            } else {
                deadline.min(Instant::now() + TICK * 2)
            };
            let enough = !offered.have.is_empty() && empty_looks > 12 && !typed;
            if enough || Instant::now() + TICK >= patience.max(deadline - OPTIONS_LIMIT / 2) {
                if !open {
                    self.strike(&[Key::ESCAPE]).await?;
                }
                return Err(Error::NoSuchOption {
                    element: target.element.clone(),
                    option,
                    have: offered.have,
                });
            }
            tokio::time::sleep(TICK).await;
        };
        let id = found.id.unwrap_or_default();
        let input = json!({ "element": aim.id, "option": id, "label": option });
        let chosen = self.ask::<Chosen>(&aim.context, "chosen", input).await;
        let value = match chosen {
            Ok(Ok(chosen)) => chosen.value.filter(|_| chosen.holds).or(Some(option)),
            // Choosing led elsewhere: a menu, not a form.
            _ => None,
        };
        Ok(Done {
            settled: Some(settled),
            value,
            ..Done::default()
        })
    }

    /// Clicks an option, unless it is chosen already; says whether it did.
    async fn take(&self, aim: &Aim, id: &str, chosen: bool) -> Result<bool, Error> {
        if chosen {
            return Ok(false);
        }
        self.adopt(&aim.context, id);
        let pick = Target::element(id);
        let (option, ready) = self.prepare(&pick, Self::clickable()).await?;
        self.press(&option, &ready, 1).await?;
        Ok(true)
    }

    async fn rest(&self, aim: &Aim, before: &Before) -> Result<Settled, Error> {
        let rest = Rest {
            context: &aim.context,
            target: None,
            since: before.began,
            expectant: false,
        };
        Box::pin(self.settle(rest)).await
    }

    /// Makes an element that a script named known, so that it can be aimed at.
    pub(super) fn adopt(&self, context: &str, id: &str) {
        let node = crate::observation::Node {
            id: Some(id.to_owned()),
            ..Default::default()
        };
        self.known()
            .entry(id.to_owned())
            .or_insert_with(|| Known::new(context, &node));
    }
}

/// The one option on offer that says the same in another way.
fn other_wording(offered: &Offered, option: &str) -> Option<String> {
    let mut labels = offered
        .have
        .iter()
        .filter(|label| human::same(option, label, ""));
    match (labels.next(), labels.next()) {
        (Some(only), None) if offered.id.is_none() && only != option => Some(only.clone()),
        _ => None,
    }
}
