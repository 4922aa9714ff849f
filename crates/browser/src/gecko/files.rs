//! Files that are got the way a page would: by its own `fetch`, in a sandbox that the page does
//! not see.

use serde_json::{Value, json};

use super::{Gecko, Refusal, SANDBOX};

const FETCH: &str = "async (url) => { \
    try { \
        const answer = await fetch(url, { credentials: 'include' }); \
        const headers = Object.fromEntries(answer.headers); \
        const bytes = answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null; \
        if (bytes) globalThis[Symbol.for('errand-file')] = { bytes, at: 0 }; \
        return JSON.stringify({ status: answer.status, headers, ok: bytes !== null }); \
    } catch (error) { return JSON.stringify({ status: 0, error: String(error) }); } }";
const READ: &str = "(size) => { \
    const file = globalThis[Symbol.for('errand-file')]; \
    const piece = file.bytes.subarray(file.at, file.at + size); \
    file.at += piece.length; \
    let text = ''; \
    for (let at = 0; at < piece.length; at += 8192) \
        text += String.fromCharCode(...piece.subarray(at, at + 8192)); \
    return JSON.stringify({ data: btoa(text), eof: file.at >= file.bytes.length }); }";
const CLOSE: &str = "() => { delete globalThis[Symbol.for('errand-file')]; }";

impl Gecko {
    pub(super) async fn load(&self, context: &str, url: &str) -> Result<Value, Refusal> {
        let arguments = [json!({ "type": "string", "value": url })];
        let told = self.run(context, SANDBOX, FETCH, &arguments).await?;
        let told = parsed(&told);
        let mut resource = json!({
            "httpStatusCode": told["status"], "headers": told["headers"], "success": told["ok"],
        });
        match told["ok"].as_bool() {
            Some(true) => resource["stream"] = context.into(),
            _ if told["status"] == 0 => resource["netErrorName"] = "net::ERR_FAILED".into(),
            _ => {}
        }
        Ok(json!({ "resource": resource }))
    }

    pub(super) async fn read(&self, handle: &str, size: &Value) -> Result<Value, Refusal> {
        let arguments = [json!({ "type": "number", "value": size })];
        let piece = self.run(handle, SANDBOX, READ, &arguments).await?;
        let piece = parsed(&piece);
        Ok(json!({ "data": piece["data"], "eof": piece["eof"], "base64Encoded": true }))
    }

    pub(super) async fn close(&self, handle: &str) -> Result<Value, Refusal> {
        self.run(handle, SANDBOX, CLOSE, &[]).await?;
        Ok(json!({}))
    }
}

fn parsed(told: &Value) -> Value {
    let text = told["value"].as_str().unwrap_or_default();
    serde_json::from_str(text).unwrap_or_default()
}
