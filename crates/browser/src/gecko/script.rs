//! Scripts and the nodes that they find.
//!
//! A world is a sandbox of a frame: its number stays the same when the frame shows another
//! document, and what was installed in it is gone then. A node's object id is its frame and
//! BiDi's own id of it.

use serde_json::{Value, json};

use super::{Gecko, Refusal, SANDBOX};

/// The sandbox of what pages ask for.
const WORLD: &str = "errand";

impl Gecko {
    pub(super) fn world(&self, context: &str) -> Result<Value, Refusal> {
        let mut state = self.state();
        if !state.parents.contains_key(context) {
            return Err(Refusal::new("No frame for given id found"));
        }
        Ok(json!({ "executionContextId": state.world(context) }))
    }

    /// Runs a function in a sandbox and gives what it returns as BiDi writes it.
    pub(super) async fn run(
        &self,
        context: &str,
        sandbox: &str,
        function: &str,
        arguments: &[Value],
    ) -> Result<Value, Refusal> {
        let params = json!({
            "functionDeclaration": function,
            "target": { "context": context, "sandbox": sandbox },
            "arguments": arguments,
            "awaitPromise": true,
            "serializationOptions": { "maxDomDepth": 0, "includeShadowTree": "all" },
        });
        let mut answer = self.bidi("script.callFunction", params).await?;
        match answer["type"].as_str() {
            Some("success") => Ok(answer["result"].take()),
            _ => Err(Refusal::new(thrown(&answer))),
        }
    }

    pub(super) async fn call_function(&self, params: &Value) -> Result<Value, Refusal> {
        let context = self.state().world_of(&params["executionContextId"]);
        let gone = || Refusal::new("Cannot find context with specified id");
        let context = context.ok_or_else(gone)?;
        let given = params["arguments"].as_array().into_iter().flatten();
        let arguments: Vec<Value> = given.map(argument).collect();
        let function = params["functionDeclaration"].as_str().unwrap_or_default();
        let done = json!({
            "functionDeclaration": function,
            "target": { "context": context, "sandbox": WORLD },
            "arguments": arguments,
            "awaitPromise": true,
            "serializationOptions": { "maxDomDepth": 0 },
        });
        let mut answer = self.bidi("script.callFunction", done).await?;
        if answer["type"] != "success" {
            let told = json!({ "description": thrown(&answer) });
            return Ok(json!({ "result": {}, "exceptionDetails": { "exception": told } }));
        }
        let result = answer["result"].take();
        if params["returnByValue"] == true || result["type"] != "array" {
            return Ok(json!({ "result": by_value(&result) }));
        }
        let nodes = result["value"].as_array().into_iter().flatten();
        let nodes = nodes.filter_map(|it| Some(object(&context, it["sharedId"].as_str()?)));
        let list = self.state().keep_list(nodes.collect());
        Ok(json!({ "result": { "type": "object", "objectId": list } }))
    }

    /// In the page's own world; nothing else is asked for so.
    pub(super) async fn evaluate(&self, tab: &str, params: &Value) -> Result<Value, Refusal> {
        if !params["contextId"].is_null() {
            return Err(Refusal::lacking("Runtime.evaluate in a world"));
        }
        let done = json!({
            "expression": params["expression"],
            "target": { "context": tab },
            "awaitPromise": false,
        });
        let answer = self.bidi("script.evaluate", done).await?;
        Ok(json!({ "result": by_value(&answer["result"]) }))
    }

    pub(super) fn properties(&self, list: &str) -> Result<Value, Refusal> {
        let nodes = self.state().lists.remove(list);
        let gone = || Refusal::new("Could not find object with given id");
        let nodes = nodes.ok_or_else(gone)?;
        let properties: Vec<Value> = nodes
            .iter()
            .enumerate()
            .map(|(at, node)| json!({ "name": at.to_string(), "value": { "objectId": node } }))
            .collect();
        Ok(json!({ "result": properties }))
    }

    /// Which frame is in a node, and which shadow root.
    pub(super) async fn describe(&self, node: &str) -> Result<Value, Refusal> {
        let (context, shared) = parts(node)?;
        let itself = [json!({ "sharedId": shared })];
        let function = "(node) => [node, node.contentWindow ?? null]";
        let found = self.run(context, SANDBOX, function, &itself).await?;
        let mut told = json!({ "backendNodeId": self.state().number(node) });
        if let Some(frame) = found["value"][1]["value"]["context"].as_str() {
            told["frameId"] = frame.into();
        }
        let root = &found["value"][0]["value"]["shadowRoot"];
        if let Some(shared) = root["sharedId"].as_str() {
            let number = self.state().number(&object(context, shared));
            told["shadowRoots"] = json!([{
                "backendNodeId": number,
                "shadowRootType": root["value"]["mode"],
            }]);
        }
        Ok(json!({ "node": told }))
    }

    pub(super) fn resolve(&self, params: &Value) -> Result<Value, Refusal> {
        let node = self.state().numbered(&params["backendNodeId"]);
        let node = node.ok_or_else(|| Refusal::new("No node found for given backend id"))?;
        Ok(json!({ "object": { "objectId": node } }))
    }

    pub(super) async fn set_files(&self, node: &str, files: &Value) -> Result<Value, Refusal> {
        let (context, shared) = parts(node)?;
        let set = json!({
            "context": context, "element": { "sharedId": shared }, "files": files,
        });
        self.bidi("input.setFiles", set).await
    }

    /// Puts text where the focus is, through the frames that have it.
    pub(super) async fn insert(&self, tab: &str, text: &str) -> Result<Value, Refusal> {
        let function = "(text) => { const at = document.activeElement; \
                        if (at?.contentWindow) return at.contentWindow; \
                        let inner = at; \
                        while (inner?.shadowRoot?.activeElement) inner = inner.shadowRoot.activeElement; \
                        return document.execCommand('insertText', false, text); }";
        let arguments = [json!({ "type": "string", "value": text })];
        let mut context = tab.to_owned();
        for _ in 0..16 {
            let done = self.run(&context, SANDBOX, function, &arguments).await?;
            match done["value"]["context"].as_str() {
                Some(inner) => context = inner.to_owned(),
                None => break,
            }
        }
        Ok(json!({}))
    }
}

fn object(context: &str, shared: &str) -> String {
    format!("{context}|{shared}")
}

fn parts(node: &str) -> Result<(&str, &str), Refusal> {
    node.split_once('|')
        .ok_or_else(|| Refusal::new("Invalid remote object id"))
}

fn argument(given: &Value) -> Value {
    if let Some((_, shared)) = given["objectId"].as_str().and_then(|it| it.split_once('|')) {
        return json!({ "sharedId": shared });
    }
    match &given["value"] {
        Value::String(text) => json!({ "type": "string", "value": text }),
        Value::Number(number) => json!({ "type": "number", "value": number }),
        Value::Bool(value) => json!({ "type": "boolean", "value": value }),
        _ => json!({ "type": "null" }),
    }
}

fn by_value(result: &Value) -> Value {
    match result["type"].as_str() {
        Some("string" | "number" | "boolean") => {
            json!({ "type": result["type"], "value": result["value"] })
        }
        _ => json!({ "type": "undefined" }),
    }
}

fn thrown(answer: &Value) -> String {
    let details = &answer["exceptionDetails"];
    let text = details["text"].as_str().unwrap_or("a script failed");
    let frames = details["stackTrace"]["callFrames"].as_array();
    let place = frames.and_then(|it| it.first()).map(|frame| {
        format!(
            " at {}:{}",
            frame["functionName"].as_str().unwrap_or_default(),
            frame["lineNumber"]
        )
    });
    format!("{text}{}", place.unwrap_or_default())
}
