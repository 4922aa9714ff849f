//! A finished task as the definition of a workflow.

use errand_domain::{Run, text::clip};
use errand_engine::{Each, Part};
use serde_json::{Map, Value, json};

/// Longest label of a block, in characters.
const MAX_LABEL: usize = 40;

/// The definition: a block for each part, in order, in the seeds' fields. The first opens the start
/// URL; the others go on from the page that the one before left.
pub fn of(run: &Run, parts: &[Part]) -> Value {
    let request = &run.request;
    let whole = [Part {
        goal: request.prompt.clone(),
        output: true,
        each: None,
    }];
    let parts = if parts.is_empty() { &whole } else { parts };
    let parts = unrolled(parts);
    let mut labels: Vec<String> = Vec::new();
    let blocks: Vec<Value> = parts
        .iter()
        .enumerate()
        .map(|(at, part)| {
            let mut block = Map::new();
            let label = label(&part.goal, at, &labels);
            labels.push(label.clone());
            block.insert("label".to_owned(), label.into());
            block.insert("block_type".to_owned(), "task".into());
            block.insert("title".to_owned(), clip(&part.goal, 80).into());
            if at == 0 {
                block.insert("url".to_owned(), json!(request.url));
            }
            block.insert("engine".to_owned(), json!(run.engine));
            block.insert("navigation_goal".to_owned(), part.goal.clone().into());
            if part.output {
                let schema = request.data_extraction_schema.as_deref();
                let schema = schema.and_then(|it| serde_json::from_str::<Value>(it).ok());
                block.insert("data_schema".to_owned(), json!(schema));
            }
            if part.each.is_some() {
                // The things are found anew each time: those in the output of the block before.
                let before = labels
                    .get(at.saturating_sub(1))
                    .cloned()
                    .unwrap_or_default();
                let inner = Value::Object(block);
                return json!({
                    "label": format!("each_{}", at + 1),
                    "block_type": "for_loop",
                    "loop_variable_reference": format!("{before}_output"),
                    "loop_blocks": [inner],
                });
            }
            if !request.error_code_mapping.is_empty() {
                let codes = json!(request.error_code_mapping);
                block.insert("error_code_mapping".to_owned(), codes);
            }
            Value::Object(block)
        })
        .collect();
    let title = run
        .title
        .clone()
        .unwrap_or_else(|| clip(&request.prompt, 80));
    json!({
        "title": title,
        "description": clip(&request.prompt, 2_000),
        "workflow_definition": { "version": 1, "parameters": [], "blocks": blocks },
    })
}

/// The parts, those that are done for known things once for each.
fn unrolled(parts: &[Part]) -> Vec<Part> {
    let one = |part: &Part| match &part.each {
        Some(Each::Items(items)) => items
            .iter()
            .map(|item| Part {
                goal: part.goal.replace("{item}", item),
                output: part.output,
                each: None,
            })
            .collect(),
        Some(Each::Output) => vec![Part {
            goal: part.goal.replace("{item}", "{{ current_value }}"),
            ..part.clone()
        }],
        None => vec![part.clone()],
    };
    parts.iter().flat_map(one).collect()
}

/// A name by which other blocks can refer to this one: letters, digits and `_`, unlike the others.
fn label(goal: &str, at: usize, taken: &[String]) -> String {
    let mut label = String::new();
    for letter in goal.chars().flat_map(char::to_lowercase) {
        let letter = if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        };
        if letter != '_' || !(label.is_empty() || label.ends_with('_')) {
            label.push(letter);
        }
        if label.len() == MAX_LABEL {
            break;
        }
    }
    let label = label.trim_matches('_').to_owned();
    let begins = label.starts_with(|it: char| it.is_ascii_alphabetic());
    if begins && !taken.contains(&label) {
        label
    } else {
        format!("block_{}", at + 1)
    }
}
