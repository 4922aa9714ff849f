//! Whether something is on the page.

use errand_browser::Observation;
use errand_domain::{
    Action, FailureCategory,
    action::Condition,
    text::{clip, squeeze},
};

use super::{Desk, Plan};
use crate::{
    goal::{Kind, Phrase},
    ground::{self, Use, likeness},
    local::memory::Memory,
};

/// How long what a condition speaks of may take to appear, in milliseconds.
const GRACE: u64 = 1_000;

/// What a clause comes to whose condition does not hold: nothing.
pub fn skipped(desk: &Desk<'_>, memory: &mut Memory) -> Option<Plan> {
    let when = desk.clause.when.as_ref()?;
    if memory.condition_held {
        return None;
    }
    let there = shown(desk.seen, &when.what);
    if there.is_some() == when.present {
        memory.condition_held = true;
        return None;
    }
    let what = &when.what.words;
    // What is not there may still come; it is waited for once.
    if memory.stage == 0 {
        let wait = Action::Wait {
            until: Condition::Elapsed,
            timeout_ms: GRACE,
        };
        let thought = format!("whether there is \"{what}\"");
        return Some(Plan::Stay {
            actions: vec![wait],
            thought,
            stage: 1,
        });
    }
    // "a hotel with five stars" where there are hotels: whether one is meant can't be told.
    if when.present
        && !when.what.quoted
        && let Some(word) = hint(desk.seen, what)
    {
        return Some(Plan::Fail {
            category: FailureCategory::GoalNotUnderstood,
            reason: format!(
                "whether there is \"{what}\" can't be told: {} speaks of \"{word}\"; quote a text that is there \
                 only then: if there is \"…\"",
                desk.seen.url
            ),
        });
    }
    let seen = match there {
        Some(text) => format!("the condition does not hold: the page shows \"{text}\""),
        None => format!("the condition does not hold: the page shows no \"{what}\""),
    };
    Some(desk.met("text", seen))
}

/// A word of several that the page knows.
fn hint(seen: &Observation, what: &str) -> Option<String> {
    let words = ground::words(what);
    if words.len() < 2 {
        return None;
    }
    let known = ground::words(&seen.text());
    let stem = |it: &str| ground::words_stem(it).to_owned();
    let told = |word: &&String| word.len() > 3 && known.iter().any(|it| stem(it) == stem(word));
    words.iter().find(told).cloned()
}

/// What on the page is what the phrase names.
pub fn shown(seen: &Observation, phrase: &Phrase) -> Option<String> {
    let dialog = |role: &str| matches!(role, "dialog" | "alertdialog");
    if phrase.kind == Some(Kind::Dialog) {
        if let Some(dialog) = &seen.dialog {
            let fits = phrase.words.is_empty() || contains(&dialog.message, &phrase.words);
            return fits.then(|| clip(&dialog.message, 100));
        }
        let open = seen.nodes.iter().position(|it| dialog(&it.role));
        if phrase.words.is_empty() {
            return open.map(|it| clip(&seen.text_of(it), 100));
        }
    }
    if phrase.words.is_empty() {
        return any(seen, phrase);
    }
    let said = |text: &str| contains(text, &phrase.words);
    if phrase.quoted {
        let all = seen.text();
        let named = || {
            seen.nodes
                .iter()
                .find(|it| said(&it.name) || it.value.as_deref().is_some_and(said))
        };
        return if said(&all) {
            Some(phrase.words.clone())
        } else {
            named().map(ground::name)
        };
    }
    let node = seen.nodes.iter().find(|node| {
        let texts = [&node.name, &node.text];
        texts
            .iter()
            .any(|it| !it.is_empty() && (likeness(it, &phrase.words, false) > 0.7 || said(it)))
    });
    if let Some(node) = node {
        return Some(if node.text.is_empty() {
            ground::name(node)
        } else {
            clip(&node.text, 100)
        });
    }
    any(seen, phrase)
}

/// One of those that the phrase means; several are no doubt.
fn any(seen: &Observation, phrase: &Phrase) -> Option<String> {
    let every = Phrase {
        every: phrase.ordinal.is_none() && phrase.most.is_none(),
        ..phrase.clone()
    };
    let found = ground::all(seen, &every, Use::See).ok()?;
    found.first().map(|it| ground::name(it))
}

/// Whether a text holds these words, white space and case aside.
fn contains(text: &str, words: &str) -> bool {
    squeeze(text)
        .to_lowercase()
        .contains(&squeeze(words).to_lowercase())
}
