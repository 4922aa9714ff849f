//! What a model can't do by its provider's own modes is asked for in words.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::{
    Capabilities, Fault, Message, Part, Request, Stop, ToolCall, Turn, Want,
    answer::{self, MAX_CALLS, Written},
    wire::Heard,
};

const NO_IMAGE: &str = "(An image was left out: this model takes none.)";

/// The request as this model can take it.
pub(crate) fn fold<'a>(request: &'a Request, can: Capabilities) -> Cow<'a, Request> {
    let mut folded = Cow::Borrowed(request);
    if !can.vision && request.messages.iter().any(has_image) {
        let request = folded.to_mut();
        request.messages.iter_mut().for_each(without_images);
    }
    if !can.tools && !request.tools.is_empty() {
        tools_in_words(folded.to_mut());
    }
    if !can.tool_choice && matches!(folded.want, Want::AnyTool | Want::Tool(_)) {
        choice_in_words(folded.to_mut());
    }
    if !can.json_schema
        && let Want::Json { schema, .. } = &request.want
    {
        let words = format!(
            "Answer with one JSON value that fits this JSON Schema, and with nothing else:\n{}",
            schema.value()
        );
        let request = folded.to_mut();
        say(request, words);
        request.want = Want::Free;
    }
    folded
}

/// The answer as it would have been without folding; and what is missing in it, if a call was
/// wanted and none came.
pub(crate) fn unfold(
    mut heard: Heard,
    asked: &Request,
    can: Capabilities,
) -> (Heard, Option<Fault>) {
    let cut = heard.stop == Stop::MaxTokens;
    if let Want::Json { schema, .. } = &asked.want
        && heard.json.is_none()
    {
        let text = Written::Text(&heard.turn.text);
        heard.json = Some(answer::checked(text, schema, cut));
    }
    let wanted = match &asked.want {
        Want::Free | Want::Json { .. } => None,
        Want::AnyTool => Some("call one of the tools".to_owned()),
        Want::Tool(name) => Some(format!("call the tool {name}")),
    };
    let may_call = wanted.is_some() || !can.tools && matches!(asked.want, Want::Free);
    let mut trouble = None;
    if may_call && heard.turn.calls.is_empty() && heard.turn.computer.is_empty() {
        // Models that have no mode for tools write them; some that have one do so as well.
        match written_calls(&heard.turn.text, asked, cut) {
            Ok(calls) => {
                heard.turn.calls = calls;
                // It goes back as calls, not as the text that they were.
                heard.turn.text.clear();
                heard.stop = Stop::Calls;
            }
            Err(fault) => trouble = Some(fault),
        }
    }
    let missing = wanted.and_then(|expected| {
        let right = |it: &ToolCall| match &asked.want {
            Want::Tool(name) => it.name == *name,
            _ => true,
        };
        let called = heard.turn.calls.iter().any(right) || !heard.turn.computer.is_empty();
        let fault = trouble.filter(|it| matches!(it, Fault::Truncated { .. }));
        (!called).then(|| fault.unwrap_or(Fault::Missing { expected }))
    });
    (heard, missing)
}

fn has_image(message: &Message) -> bool {
    let Message::User(parts) = message else {
        return false;
    };
    parts.iter().any(|part| match part {
        Part::Image(_) | Part::Screen(_) => true,
        Part::Result(result) => result.content.iter().any(|it| matches!(it, Part::Image(_))),
        Part::Text(_) => false,
    })
}

fn without_images(message: &mut Message) {
    let note = || Part::Text(NO_IMAGE.to_owned());
    let Message::User(parts) = message else {
        return;
    };
    for part in parts {
        match part {
            Part::Image(_) => *part = note(),
            Part::Screen(screen) => {
                let words = screen.note.as_deref().unwrap_or_default();
                *part = Part::Text(format!("{words}\n{NO_IMAGE}"));
            }
            Part::Result(result) => {
                for inner in &mut result.content {
                    if matches!(inner, Part::Image(_)) {
                        *inner = note();
                    }
                }
            }
            Part::Text(_) => {}
        }
    }
}

/// The tools move into the system prompt, where they are as static as before; calls and results
/// of earlier turns become text.
fn tools_in_words(request: &mut Request) {
    let mut words = String::from(
        "\n\n# Tools\n\nTo call tools, answer with JSON and nothing else:\n\
         {\"calls\": [{\"tool\": \"NAME\", \"arguments\": {}}]}\n\n\
         The tools, each with the JSON Schema of its arguments:\n",
    );
    for tool in &request.tools {
        let schema = tool.schema.value();
        words.push_str(&format!(
            "\n{}: {}\n{schema}\n",
            tool.name, tool.description
        ));
    }
    request.system.push_str(&words);
    request.tools.clear();
    for message in &mut request.messages {
        match message {
            Message::Assistant(turn) if !turn.calls.is_empty() => *turn = spoken(turn),
            Message::Assistant(_) => {}
            Message::User(parts) => {
                let all = std::mem::take(parts);
                *parts = all.into_iter().flat_map(told).collect();
            }
        }
    }
    choice_in_words(request);
}

/// That a tool is to be called is said at the end.
fn choice_in_words(request: &mut Request) {
    let words = match &request.want {
        Want::Tool(name) => format!("Call the tool {name} now."),
        Want::AnyTool => "Call one or more of the tools now.".to_owned(),
        Want::Free | Want::Json { .. } => return,
    };
    say(request, words);
    request.want = Want::Free;
}

fn spoken(turn: &Turn) -> Turn {
    let calls: Vec<Value> = turn
        .calls
        .iter()
        .map(|call| match &call.input {
            Ok(input) => json!({"tool": call.name, "arguments": input}),
            Err(fault) => json!({"tool": call.name, "arguments": fault.written()}),
        })
        .collect();
    // What the model wrote itself may be just this.
    let text = if turn.text.trim_start().starts_with(['{', '`']) {
        turn.text.clone()
    } else {
        format!("{}\n{}", turn.text, json!({ "calls": calls }))
            .trim()
            .to_owned()
    };
    Turn {
        text,
        ..Turn::default()
    }
}

fn told(part: Part) -> Vec<Part> {
    let Part::Result(result) = part else {
        return vec![part];
    };
    let outcome = if result.failed { "Failure" } else { "Result" };
    let words = crate::wire::texts(&result.content);
    let words = Part::Text(format!("{outcome} of {}:\n{words}", result.call_id));
    let images = result.content.into_iter();
    let images = images.filter(|it| matches!(it, Part::Image(_)));
    [words].into_iter().chain(images).collect()
}

/// Adds words of ours at the end of the conversation, where nothing is cached yet.
fn say(request: &mut Request, words: String) {
    match request.messages.last_mut() {
        Some(Message::User(parts)) => parts.push(Part::Text(words)),
        _ => request.messages.push(Message::user(words)),
    }
}

/// Calls that a model wrote as JSON text, in the form that it was told or one near to it.
fn written_calls(text: &str, asked: &Request, cut: bool) -> Result<Vec<ToolCall>, Fault> {
    let value = match answer::read(text) {
        Err(Fault::NotJson { .. }) if cut => return Err(Fault::truncated(text)),
        read => read?,
    };
    let list = match &value {
        Value::Array(items) => items.as_slice(),
        Value::Object(fields) => match fields.get("calls").or_else(|| fields.get("tool_calls")) {
            Some(Value::Array(items)) => items.as_slice(),
            _ => std::slice::from_ref(&value),
        },
        _ => &[],
    };
    if list.len() > MAX_CALLS {
        let reason = format!("{} calls are more than {MAX_CALLS}", list.len());
        return Err(Fault::TooLarge { reason });
    }
    let calls: Option<Vec<ToolCall>> = list
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let inner = item
                .get("function")
                .filter(|it| it.is_object())
                .unwrap_or(item);
            let name = ["tool", "name"]
                .iter()
                .find_map(|key| inner.get(key)?.as_str())?;
            let input = ["arguments", "parameters", "input"];
            let input = input.iter().find_map(|key| inner.get(key));
            let written = match input {
                None => Written::Text(""),
                Some(Value::String(text)) => Written::Text(text),
                Some(value) => Written::Value(value.clone()),
            };
            let id = answer::new_id(asked, index);
            Some(answer::call(
                id,
                name.to_owned(),
                written,
                &asked.tools,
                cut,
            ))
        })
        .collect();
    calls
        .filter(|it| !it.is_empty())
        .ok_or_else(|| Fault::not_json("no call of a tool", text))
}
