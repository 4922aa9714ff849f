//! Reading values, and finishing with them.

use errand_domain::{Action, FailureCategory, action::Condition, event::Claim};
use serde_json::Value;

use super::{
    finding, form,
    memory::Memory,
    pager, patience,
    plan::{Missing, Plan},
};
use crate::{
    engine::{Decision, Turn},
    extract::{self, Extract},
    goal::{Ask, Clause, Extraction, Goal},
};

/// Most pages of one list: each is a step, and a run has 50 unless it is given more.
const MAX_PAGES: u32 = 30;
/// How often, and how long, a page that did not change yet is waited for.
const PAGE_WAITS: usize = 2;
const PAGE_WAIT_MS: u64 = 750;

/// Plans an extraction. With a schema everything is read at the last one.
pub fn plan(
    goal: &Goal,
    clause: &Clause,
    wanted: &Extraction,
    turn: &Turn<'_>,
    memory: &mut Memory,
) -> Plan {
    let last = goal
        .clauses
        .iter()
        .rposition(|it| matches!(it.ask, Ask::Extract(_)));
    if turn.schema.is_some() && last != Some(memory.at) {
        return Plan::Met(claim(&clause.text, "schema", "read with the others"));
    }
    let Some(nodes) = turn.reading.map(|it| &it.nodes) else {
        return Plan::Read {
            thought: clause.text.clone(),
            region: None,
        };
    };
    let title = &turn.observation.title;
    let read = match turn.schema {
        Some(schema) => extract::by_schema(nodes, title, schema, &extractions(goal)),
        None => extract::by_nouns(nodes, title, wanted),
    };
    let page = memory.stage;
    if read.found == 0 && page == 0 {
        return Plan::Missing(Missing {
            category: FailureCategory::ElementNotFound,
            reason: format!(
                "\"{}\": {}",
                clause.text,
                read.notes
                    .first()
                    .map_or("nothing like it is on the page", |it| it)
            ),
        });
    }
    let lists = lists(&read.value);
    let moved = memory.page != turn.observation.url;
    memory.page.clone_from(&turn.observation.url);
    let (claim, fresh) = keep(&clause.text, read, moved, memory);
    if !fresh && memory.waits < PAGE_WAITS {
        memory.waits += 1;
        return Plan::Stay {
            actions: vec![Action::Wait {
                until: Condition::Elapsed,
                timeout_ms: PAGE_WAIT_MS,
            }],
            thought: "waiting for the next page".to_owned(),
            stage: page,
        };
    }
    memory.waits = 0;
    let bounded = wanted.limit.is_some() || wanted.single;
    let next = pager::find(turn.observation, nodes).filter(|_| lists && !bounded);
    let Some(next) = next else {
        return Plan::Met(claim);
    };
    let name = next.name.trim();
    if !wanted.all {
        memory.notes.push(format!(
            "only the open page was read; \"{name}\" leads to more"
        ));
        return Plan::Met(claim);
    }
    if !fresh || page + 1 >= MAX_PAGES || memory.is_full() {
        let pages = if fresh { page + 1 } else { page };
        memory.notes.push(format!(
            "only {pages} pages were read; \"{name}\" may lead to more"
        ));
        return Plan::Met(claim);
    }
    Plan::Stay {
        actions: vec![Action::Click {
            target: form::target(next),
        }],
        thought: format!("page {} is read, on to \"{name}\"", page + 1),
        stage: page + 1,
    }
}

/// Whether something that goes on over pages was read.
fn lists(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Object(object) => object.values().any(Value::is_array),
        _ => false,
    }
}

/// Keeps what was read; on later pages, what comes to the lists. Says whether anything came.
fn keep(clause: &str, read: Extract, moved: bool, memory: &mut Memory) -> (Claim, bool) {
    let sources: Vec<String> = read
        .sources
        .iter()
        .take(5)
        .map(|(pointer, text)| {
            format!("{pointer} from \"{}\"", errand_domain::text::clip(text, 60))
        })
        .collect();
    let read_here = format!("{} values read: {}", read.found, sources.join(", "));
    let page = memory.stage;
    let object = match read.value {
        Value::Object(object) => object,
        other => std::iter::once((String::new(), other)).collect(),
    };
    if page == 0 {
        memory.notes.extend(read.notes.into_iter().take(50));
        memory.read.extend(object);
        return (claim(clause, "text", &read_here), true);
    }
    let mut fresh = false;
    for (key, value) in object {
        let (Some(Value::Array(all)), Value::Array(more)) = (memory.read.get_mut(&key), value)
        else {
            continue;
        };
        if more.is_empty() || !moved && all.ends_with(&more) {
            continue;
        }
        fresh = true;
        // "Load more" leaves what was there above what came.
        let known = if !moved && more.starts_with(all) {
            all.len()
        } else {
            0
        };
        all.extend(more.into_iter().skip(known));
    }
    let pages = format!("{} pages; on the last, {read_here}", page + 1);
    (claim(clause, "text", &pages), fresh)
}

fn claim(clause: &str, evidence: &str, seen: &str) -> Claim {
    Claim {
        clause: clause.to_owned(),
        holds: Some(true),
        evidence: evidence.to_owned(),
        seen: seen.to_owned(),
    }
}

fn extractions(goal: &Goal) -> Vec<Extraction> {
    let wanted = goal.clauses.iter().filter_map(|it| match &it.ask {
        Ask::Extract(wanted) => Some(wanted.clone()),
        _ => None,
    });
    wanted.collect()
}

/// Every clause is done: reads what a schema asks for beyond the clauses, and ends.
pub fn finish(goal: &Goal, turn: &Turn<'_>, mut memory: Memory) -> Decision {
    let asked = goal
        .clauses
        .iter()
        .any(|it| matches!(it.ask, Ask::Extract(_)));
    if let Some(schema) = turn.schema.filter(|_| !asked) {
        let Some(nodes) = turn.reading.map(|it| &it.nodes) else {
            let thought = "reading the output".to_owned();
            return Decision::Read {
                thought,
                region: None,
                memory: memory.write(),
            };
        };
        let read = extract::by_schema(nodes, &turn.observation.title, schema, &[]);
        if read.found == 0 {
            let reason = "nothing on the page fits the schema".to_owned();
            let category = FailureCategory::ElementNotFound;
            return patience(Missing { category, reason }, memory);
        }
        memory.stage = 0;
        let (claim, _) = keep("the output", read, true, &mut memory);
        memory.claims.push(claim);
    }
    let output = match (memory.read.len(), memory.read.get("")) {
        (0, _) => None,
        (1, Some(list)) => Some(list.clone()),
        _ => Some(Value::Object(memory.read.clone())),
    };
    if let (Some(schema), Some(output)) = (turn.schema, &output)
        && let Err(error) = validate(schema, output)
    {
        return Decision::Stuck {
            category: FailureCategory::ExtractionInvalid,
            reason: format!(
                "the output does not fit the schema: {error}{}",
                memory
                    .notes
                    .first()
                    .map(|it| format!(" ({it})"))
                    .unwrap_or_default()
            ),
            claims: memory.claims,
        };
    }
    Decision::Finish(finding(memory, output))
}

fn validate(schema: &Value, output: &Value) -> Result<(), String> {
    let validator = jsonschema::validator_for(schema).map_err(|error| error.to_string())?;
    match validator.iter_errors(output).next() {
        Some(error) => Err(format!("{} at {}", error, error.instance_path())),
        None => Ok(()),
    }
}
