//! Reading values, and finishing with them.

use errand_domain::{FailureCategory, event::Claim};
use serde_json::Value;

use super::{
    finding,
    memory::Memory,
    pager, patience,
    plan::{Missing, Plan},
};
use crate::{
    engine::{Decision, Turn},
    extract::{self, Extract},
    goal::{Ask, Clause, Extraction, Goal},
};

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
    let Some(nodes) = turn.reading else {
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
    if read.found == 0 {
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
    let lists = read
        .value
        .as_object()
        .is_some_and(|it| it.values().any(Value::is_array));
    keep(&clause.text, read, memory);
    if let Some(pager) = pager::find(turn.observation, nodes)
        .filter(|_| (lists || wanted.all) && wanted.limit.is_none())
    {
        memory.notes.push(format!(
            "only the open page was read; \"{pager}\" leads to more"
        ));
    }
    Plan::Met(
        memory
            .claims
            .pop()
            .unwrap_or_else(|| claim(&clause.text, "text", "read")),
    )
}

fn keep(clause: &str, read: Extract, memory: &mut Memory) {
    let seen: Vec<String> = read
        .sources
        .iter()
        .take(5)
        .map(|(pointer, text)| {
            format!("{pointer} from \"{}\"", errand_domain::text::clip(text, 60))
        })
        .collect();
    let seen = format!("{} values read: {}", read.found, seen.join(", "));
    memory.claims.push(claim(clause, "text", &seen));
    memory.notes.extend(read.notes.into_iter().take(50));
    match read.value {
        Value::Object(object) => memory.read.extend(object),
        other => {
            memory.read.insert(String::new(), other);
        }
    }
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
        let Some(nodes) = turn.reading else {
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
        keep("the output", read, &mut memory);
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
