//! Reading values, over pages where a list goes on, and finishing with them.

mod kept;

use errand_browser::Observation;
use errand_domain::{
    Action, FailureCategory,
    action::{Condition, Scroll},
    event::Claim,
    text::clip,
};
use serde_json::Value;

pub use kept::Kept;

use super::{
    finding, form,
    memory::Memory,
    pager, patience,
    plan::{Missing, Plan},
};
use crate::{
    engine::{Decision, Turn},
    extract::{self, Extract, Refusal, Rows},
    goal::{Ask, Clause, Extraction, Goal, Phrase, Slice, is_plural},
    ground::Doubt,
};

/// Most pages of one list: each is a step, and a run has 50 unless it is given more.
const MAX_PAGES: u32 = 30;
/// How often, and how long, a page that did not change yet is waited for.
const PAGE_WAITS: usize = 2;
const PAGE_WAIT_MS: u64 = 750;
/// Values that a claim names with their elements.
const MAX_SEEN: usize = 8;
/// Waits before a page is believed that it has nothing of what is asked for: it may be filling.
const ABSENT_WAITS: usize = 2;

/// Plans an extraction.
pub fn plan(
    goal: &Goal,
    clause: &Clause,
    wanted: &Extraction,
    turn: &Turn<'_>,
    memory: &mut Memory,
) -> Plan {
    let Some(reading) = turn.reading else {
        return Plan::Read {
            thought: clause.text.clone(),
            region: None,
        };
    };
    let seen = turn.observation;
    // "find the orders and return their number, customer and amount": one reading.
    if turn.schema.is_none()
        && memory.stage == 0
        && let Some(Ask::Extract(next)) = goal.clauses.get(memory.at + 1).map(|it| &it.ask)
        && next.theirs
        && next.nouns.len() > 1
        && wanted.tally.is_none()
    {
        return Plan::Met(claim(&clause.text, "text", "read with what follows"));
    }
    let all = extractions(goal);
    let own = all
        .iter()
        .position(|it| it.0 == memory.at)
        .unwrap_or_default();
    let wanted = all.get(own).map_or(wanted, |it| &it.1);
    if turn.schema.is_some() && wanted.put && wanted.nouns.is_empty() {
        return Plan::Fail {
            category: FailureCategory::GoalNotUnderstood,
            reason: format!(
                "\"{}\" does not name what the schema is to be filled with; write: get the …",
                clause.text
            ),
        };
    }
    if reading.truncated {
        let reason = "the page is too large to be read in whole";
        // What is counted or compared must be all there is.
        if wanted.tally.is_some() || wanted.most.is_some() || wanted.sorting.is_some() {
            return Plan::Fail {
                category: FailureCategory::ResourceExhausted,
                reason: format!("\"{}\": {reason}", clause.text),
            };
        }
        memory.note(format!("{reason}; parts may be missing"));
    }
    let page_is = (&*seen.title, &*seen.url);
    let read = match turn.schema {
        Some(schema) => {
            let parts: Vec<Extraction> = all.iter().map(|it| it.1.clone()).collect();
            extract::by_schema(reading, page_is, schema, &parts, own)
        }
        None => {
            let mut read = extract::by_goal(reading, page_is, wanted);
            for rows in &mut read.lists {
                rows.by = Some(own);
            }
            read
        }
    };
    let page = memory.stage;
    let next = pager::find(seen, &reading.nodes);
    if let Some(refusal) = read.refusal.clone().filter(|_| page == 0) {
        return refused(clause, refusal, next.is_some(), memory.waits);
    }
    if read.refusal.is_none() && page == 0 && read.found == 0 && read.lists.is_empty() {
        if turn.schema.is_some() && own + 1 < all.len() {
            return Plan::Met(claim(&clause.text, "schema", "read with the others"));
        }
        let why = read
            .notes
            .first()
            .map_or("nothing like it is on the page", |it| it);
        return Plan::Missing(Missing {
            category: FailureCategory::ElementNotFound,
            reason: format!("\"{}\": {why}", clause.text),
        });
    }
    // "count the orders and list their customers": the pages that were turned stay turned.
    let turned = memory.kept.turned.is_some_and(|it| {
        it < memory.at
            && goal.clauses[it..memory.at]
                .iter()
                .all(|it| matches!(it.ask, Ask::Extract(_)))
    });
    if turned && page == 0 && !read.lists.is_empty() && turn.schema.is_none() {
        return Plan::Fail {
            category: FailureCategory::GoalNotUnderstood,
            reason: format!(
                "\"{}\" would begin on the last page of the list, where the reading before it \
                 ended; ask for it in a goal of its own, or before the other",
                clause.text
            ),
        };
    }
    let mut read = read;
    if turn.schema.is_none() && page == 0 && read.refusal.is_none() {
        memory.kept.make_room(&mut read, wanted.theirs);
    }
    let lists = !read.lists.is_empty();
    let counted = read.lists.iter().any(|it| it.counted);
    let answer = wanted.as_question(counted);
    let wanted = if counted || read.lists.iter().any(|it| it.asked) {
        &answer
    } else {
        wanted
    };
    let told = told(&read, page);
    let moved = memory.kept.page != seen.url;
    memory.kept.page.clone_from(&seen.url);
    let fresh = memory.kept.take(read, page > 0, moved);
    if !fresh && memory.waits < PAGE_WAITS && !memory.kept.scrolled {
        memory.waits += 1;
        return Plan::Stay {
            actions: vec![pause()],
            thought: "waiting for the next page".to_owned(),
            stage: page,
        };
    }
    memory.waits = 0;
    let claim = claim(&clause.text, "text", &told);
    let more = lists && memory.kept.wants_more(own, wanted);
    let done = |memory: &mut Memory, claim: Claim| conclude(clause, &all, own, memory, claim);
    if !more {
        if let Some(next) = next.filter(|_| lists && !bounded(wanted)) {
            memory.note(format!(
                "only the open page was read; \"{}\" leads to more",
                next.name.trim()
            ));
        }
        return done(memory, claim);
    }
    let full = page + 1 >= MAX_PAGES || memory.kept.is_full();
    let whole = wanted.tally.is_some() || wanted.most.is_some() || wanted.sorting.is_some();
    match next {
        // What is counted or compared must be all there is.
        Some(_) if full && whole => Plan::Fail {
            category: FailureCategory::ResourceExhausted,
            reason: format!(
                "\"{}\": the list goes on after {} pages, which is the most that are read",
                clause.text,
                page + 1
            ),
        },
        Some(next) if full || !fresh => {
            let pages = if fresh { page + 1 } else { page };
            memory.note(format!(
                "only {pages} pages were read; \"{}\" may lead to more",
                next.name.trim()
            ));
            done(memory, claim)
        }
        Some(next) => {
            memory.kept.scrolled = false;
            Plan::Stay {
                actions: vec![Action::Click {
                    target: form::target(next),
                }],
                thought: format!("page {} is read, on to \"{}\"", page + 1, next.name.trim()),
                stage: page + 1,
            }
        }
        None if !memory.kept.scrolled && goes_on_below(seen) || memory.kept.scrolled && fresh => {
            if full {
                memory.note(format!("the page was scrolled {page} times; it may go on"));
                return done(memory, claim);
            }
            memory.kept.scrolled = true;
            Plan::Stay {
                actions: vec![
                    Action::Scroll {
                        target: None,
                        to: Scroll::Bottom,
                    },
                    pause(),
                ],
                thought: "looking whether the list goes on below".to_owned(),
                stage: page + 1,
            }
        }
        None => done(memory, claim),
    }
}

fn pause() -> Action {
    Action::Wait {
        until: Condition::Elapsed,
        timeout_ms: PAGE_WAIT_MS,
    }
}

/// Whether a part of the page lies below what is in view.
fn goes_on_below(seen: &Observation) -> bool {
    // What begins below all that is in view; what holds it may be in view itself.
    let lowest = |in_view: bool| {
        let rects = seen.nodes.iter().filter(move |it| it.in_view == in_view);
        let tops = rects.filter_map(|it| it.rect).map(|it| it[1]);
        tops.fold(f64::MIN, f64::max)
    };
    seen.truncated || lowest(false) > lowest(true)
}

fn refused(clause: &Clause, refusal: Refusal, paged: bool, waits: usize) -> Plan {
    match refusal {
        Refusal::Unseen(why) => Plan::Absent {
            missing: Missing {
                category: FailureCategory::ElementNotFound,
                reason: format!("\"{}\": {why}", clause.text),
            },
            phrase: Phrase::plain(&*clause.text),
            doubt: Doubt::Nothing(Vec::new()),
        },
        Refusal::Doubt(why) => Plan::Missing(Missing {
            category: FailureCategory::ElementNotFound,
            reason: format!("\"{}\": {why}", clause.text),
        }),
        Refusal::Absent(why) => {
            let category = FailureCategory::GoalUnreachable;
            let reason = format!("\"{}\": {why}", clause.text);
            if paged {
                let more = "; the list goes on over further pages, say \"all\" to read them";
                return Plan::Missing(Missing {
                    category: FailureCategory::ElementNotFound,
                    reason: reason + more,
                });
            }
            if waits < ABSENT_WAITS {
                return Plan::Missing(Missing { category, reason });
            }
            Plan::Terminate { category, reason }
        }
    }
}

/// Whether only so much is asked for as was there.
fn bounded(wanted: &Extraction) -> bool {
    wanted.single || matches!(wanted.slice, Some(Slice::First(_) | Slice::Nth(_)))
}

/// The clause is read: what its lists come to is decided here, so that it is this clause's failure
/// where they come to nothing.
fn conclude(
    clause: &Clause,
    all: &[(usize, Extraction)],
    own: usize,
    memory: &mut Memory,
    claim: Claim,
) -> Plan {
    if memory.stage > 0 && !memory.kept.scrolled {
        memory.kept.turned = Some(memory.at);
    }
    memory.kept.scrolled = false;
    let goal: Vec<Extraction> = all.iter().map(|it| it.1.clone()).collect();
    let may_fail = goal.get(own).is_some_and(Rows::may_fail);
    let lists = memory.kept.lists.iter().filter(|_| may_fail);
    for rows in lists.filter(|it| it.by == Some(own)) {
        let mut ignored = Vec::new();
        if let Err(why) = extract::settle(Value::Null, vec![rows.clone()], &goal, &mut ignored) {
            return Plan::Fail {
                category: FailureCategory::ElementNotFound,
                reason: format!("\"{}\": {why}", clause.text),
            };
        }
    }
    Plan::Met(claim)
}

/// What was read and where, for the claim.
fn told(read: &Extract, page: u32) -> String {
    let sources: Vec<String> = read
        .sources
        .iter()
        .take(MAX_SEEN)
        .map(|it| {
            format!(
                "{} \"{}\" from {}",
                it.pointer,
                clip(&it.text, 60),
                it.element
            )
        })
        .collect();
    let more = read.found.saturating_sub(sources.len());
    let more = if more > 0 {
        format!(", and {more} more")
    } else {
        String::new()
    };
    let pages = if page > 0 {
        format!("{} pages; on the last, ", page + 1)
    } else {
        String::new()
    };
    format!(
        "{pages}{} values read: {}{more}",
        read.found,
        sources.join(", ")
    )
}

fn claim(clause: &str, evidence: &str, seen: &str) -> Claim {
    Claim {
        clause: clause.to_owned(),
        holds: Some(true),
        evidence: evidence.to_owned(),
        seen: seen.to_owned(),
    }
}

/// The clauses that read, with their places.
fn extractions(goal: &Goal) -> Vec<(usize, Extraction)> {
    let wanted = goal
        .clauses
        .iter()
        .enumerate()
        .filter_map(|(at, it)| match &it.ask {
            Ask::Extract(wanted) => Some((at, wanted.clone())),
            _ => None,
        });
    let mut all: Vec<(usize, Extraction)> = wanted.collect();
    // "filter the patients by Dr Mora and give me their names": theirs, of whom the order speaks.
    if let Some((at, own)) = all
        .first_mut()
        .filter(|it| it.1.theirs && it.1.of.is_none())
    {
        let before = goal.clauses[..*at].last();
        let words = before.map(|it| crate::ground::words(&it.text));
        own.of = words
            .unwrap_or_default()
            .into_iter()
            .find(|it| is_plural(it) && !it.ends_with("ss"));
        own.all |= own.of.is_some();
        own.single &= own.of.is_none();
    }
    // "find all soups and tell me their names"
    for at in 1..all.len() {
        let before = all[at - 1].1.clone();
        let own = &mut all[at].1;
        if own.theirs && own.of.is_none() {
            own.of = before.of.or_else(|| before.nouns.first().cloned());
            own.filters.extend(before.filters);
            own.places.extend(before.places);
            own.slice = own.slice.or(before.slice);
            own.most = own.most.take().or(before.most);
            own.sorting = own.sorting.take().or(before.sorting);
            own.all |= before.all;
            own.single = before.single;
        }
    }
    all
}

/// Every clause is done: reads what a schema asks for beyond the clauses, and ends.
pub fn finish(goal: &Goal, turn: &Turn<'_>, mut memory: Memory) -> Decision {
    let all = extractions(goal);
    if let Some(schema) = turn.schema.filter(|_| all.is_empty()) {
        let Some(reading) = turn.reading else {
            let thought = "reading the output".to_owned();
            return Decision::Read {
                thought,
                region: None,
                memory: memory.write(),
            };
        };
        let read = extract::by_schema(
            reading,
            (&turn.observation.title, &turn.observation.url),
            schema,
            &[],
            0,
        );
        if read.found == 0 {
            let why = read
                .notes
                .first()
                .map(|it| format!(" ({it})"))
                .unwrap_or_default();
            let reason = format!("nothing on the page fits the schema{why}");
            let category = FailureCategory::ElementNotFound;
            return patience(Missing { category, reason }, memory);
        }
        memory.stage = 0;
        let told = told(&read, 0);
        memory.kept.take(read, false, true);
        memory.claims.push(claim("the output", "text", &told));
    }
    let goal: Vec<Extraction> = all.into_iter().map(|it| it.1).collect();
    let output = match std::mem::take(&mut memory.kept).output(&goal) {
        Ok((output, notes)) => {
            for note in notes {
                memory.note(note);
            }
            output
        }
        Err(reason) => {
            return Decision::Stuck {
                category: FailureCategory::ElementNotFound,
                reason,
                claims: memory.claims,
            };
        }
    };
    if let (Some(schema), Some(output)) = (turn.schema, &output)
        && let Err(error) = validate(schema, output, &memory.notes)
    {
        return Decision::Stuck {
            category: FailureCategory::ExtractionInvalid,
            reason: format!("the output does not fit the schema: {error}"),
            claims: memory.claims,
        };
    }
    Decision::Finish(finding(memory, output))
}

/// Checks the output; the reason names the value, and why it is not there.
fn validate(schema: &Value, output: &Value, notes: &[String]) -> Result<(), String> {
    let validator = jsonschema::validator_for(schema).map_err(|error| error.to_string())?;
    let Some(error) = validator.iter_errors(output).next() else {
        return Ok(());
    };
    let place = error.instance_path().to_string();
    let about = |note: &&String| note.split_once(": ").is_some_and(|it| it.0 == place);
    let why = notes
        .iter()
        .find(about)
        .or_else(|| notes.first())
        .map(|it| format!(" ({it})"))
        .unwrap_or_default();
    let named = if place.is_empty() {
        "at the top".to_owned()
    } else {
        format!("at {place}")
    };
    Err(format!("{} {named}{why}", clip(&error.to_string(), 300)))
}
