//! Programs that drive a live browser over CDP.

use std::{env, path::PathBuf, process::Stdio, time::Duration};

use errand_browser::{
    Gateway,
    gateway::{Ending, MAX_CLIENT_MESSAGE_BYTES, MAX_CLIENTS, Record},
};
use futures_util::{SinkExt, StreamExt, future::ready};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinSet,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, accept_async_with_config,
    tungstenite::{self, Message, protocol::WebSocketConfig},
};
use tokio_util::task::AbortOnDropHandle;

use crate::support::{Bench, text};

const LIMIT: Duration = Duration::from_secs(10);
const FORM: &str = "<title>form</title><form><label>Name <input id=name></label>
    <label>City <input id=city></label><input type=file>
    <select><option value=red>red<option value=blue>blue</select><button>Send</button></form>
    <p id=out></p><a href=/second target=_blank>Open</a><script>
    document.forms[0].onsubmit = it => { it.preventDefault();
        out.textContent = `Thanks, ${name.value ?? it.target[0].value} from ${it.target[1].value}, ${it.target[3].value}`; };
    </script>";
const INNER: &str =
    "<button onclick=\"out.textContent='clicked inside'\">Inside</button><p id=out></p>";

/// The gateway behind a real WebSocket, as the server has it.
struct Door {
    url: String,
    endings: mpsc::Receiver<Ending>,
    records: mpsc::Receiver<Record>,
    gateway: Gateway,
    _task: AbortOnDropHandle<()>,
}

impl Door {
    async fn open(bench: &Bench) -> Self {
        let (records_in, records) = mpsc::channel(1000);
        let (endings_in, endings) = mpsc::channel(10);
        let gateway = Gateway::new(&bench.page, records_in);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/cdp", listener.local_addr().unwrap());
        let door = gateway.clone();
        let task = tokio::spawn(async move {
            let mut inside = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                inside.spawn(enter(stream, door.clone(), endings_in.clone()));
            }
        });
        Self {
            url,
            endings,
            records,
            gateway,
            _task: AbortOnDropHandle::new(task),
        }
    }

    async fn ending(&mut self) -> Ending {
        timeout(LIMIT, self.endings.recv()).await.unwrap().unwrap()
    }

    fn told(&mut self) -> Vec<Record> {
        std::iter::from_fn(|| self.records.try_recv().ok()).collect()
    }
}

async fn enter(stream: TcpStream, gateway: Gateway, endings: mpsc::Sender<Ending>) {
    let most = 2 * MAX_CLIENT_MESSAGE_BYTES;
    let config = WebSocketConfig::default()
        .max_message_size(Some(most))
        .max_frame_size(Some(most));
    let socket = accept_async_with_config(stream, Some(config))
        .await
        .unwrap();
    let (sink, source) = socket.split();
    let source = source.filter_map(|message| {
        ready(match message {
            Ok(Message::Text(text)) => Some(Ok(text.as_str().to_owned())),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        })
    });
    let sink = sink.with(|text: String| ready(Ok::<_, tungstenite::Error>(Message::text(text))));
    let ending = gateway.serve(source, sink).await;
    let _ = endings.send(ending).await;
}

async fn run(script: &str, bench: &Bench, door: &mut Door) {
    let tools = PathBuf::from(env::var_os("HOME").unwrap()).join(".cache/errand/tools/peers");
    assert!(
        tools.exists(),
        "{} is missing: run scripts/setup peers",
        tools.display()
    );
    bench.site.put(
        "/form",
        &format!(
            "{FORM}<iframe src='{}'></iframe>",
            bench.site.other("/inner")
        ),
    );
    bench.site.put("/inner", INNER);
    bench
        .site
        .put("/second", "<title>second</title><h1>Second</h1>");
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/peers")
        .join(script);
    let said = tokio::process::Command::new("node")
        .arg(script)
        .arg(&door.url)
        .arg(bench.site.url("").trim_end_matches('/'))
        .env("NODE_PATH", tools.join("node_modules"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let said = timeout(Duration::from_secs(60), said)
        .await
        .unwrap()
        .unwrap();
    let words = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{words}");
    assert_eq!(door.ending().await, Ending::Left);
    assert_eq!(door.gateway.clients(), 0);
}

#[tokio::test]
async fn playwright_drives_a_session() {
    let bench = Bench::start().await;
    let mut door = Door::open(&bench).await;
    run("playwright.js", &bench, &mut door).await;
    // The session goes on where it left.
    assert!(text(&bench.look().await).contains("Second"));
    let told = door.told();
    let summaries: Vec<&str> = told.iter().map(|it| &*it.summary).collect();
    let form = format!("went to {}", bench.site.url("/form"));
    assert!(
        summaries.contains(&&*form) && summaries.contains(&"pressed keys"),
        "{summaries:?}"
    );
    assert!(summaries.iter().any(|it| it.starts_with("clicked at ")));
    assert!(!format!("{told:?}").contains("Ann"));
    let scripts: u32 = told
        .iter()
        .filter(|it| it.summary == "ran a script")
        .map(|it| it.count)
        .sum();
    assert!(scripts as usize > told.len(), "{scripts} in {}", told.len());
}

#[tokio::test]
async fn puppeteer_drives_a_session() {
    let bench = Bench::start().await;
    let mut door = Door::open(&bench).await;
    run("puppeteer.js", &bench, &mut door).await;
    bench.open("/second").await;
    assert!(text(&bench.look().await).contains("Second"));
}

/// A client that says what it likes.
struct Raw {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next: u64,
}

impl Raw {
    async fn connect(door: &Door) -> Self {
        let (socket, _) = tokio_tungstenite::connect_async(&door.url).await.unwrap();
        Self { socket, next: 0 }
    }

    async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    async fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Value {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        self.say(&message.to_string()).await;
        loop {
            let message = timeout(LIMIT, self.socket.next()).await.unwrap();
            let text = message.unwrap().unwrap().into_text().unwrap();
            let answer: Value = serde_json::from_str(&text).unwrap();
            if answer["id"] == self.next {
                return answer;
            }
        }
    }

    /// What is said to a command that does not pass.
    async fn refusal(&mut self, session: Option<&str>, method: &str, params: Value) -> String {
        let answer = self.call(session, method, params).await;
        let message = answer["error"]["message"].as_str();
        message
            .unwrap_or_else(|| panic!("{method} passed: {answer}"))
            .to_owned()
    }

    async fn attach(&mut self) -> String {
        let targets = self.call(None, "Target.getTargets", json!({})).await;
        let target = targets["result"]["targetInfos"][0]["targetId"].clone();
        // Sessions are flat whatever is asked for.
        let params = json!({ "targetId": target, "flatten": false });
        let attached = self.call(None, "Target.attachToTarget", params).await;
        attached["result"]["sessionId"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn nothing_leads_to_the_server_round_the_proxy_or_to_the_end_of_the_browser() {
    let bench = Bench::start().await;
    bench.show("<input type=file id=f>").await;
    let mut door = Door::open(&bench).await;
    let mut raw = Raw::connect(&door).await;
    let session = raw.attach().await;
    let page = Some(&*session);
    for url in [
        "file:///etc/passwd",
        "\u{1}\tfi\nle:///etc/passwd",
        "FILE:///etc/passwd",
        "chrome://version",
        "about:version",
        "devtools://devtools/bundled/inspector.html",
        "view-source:file:///etc/passwd",
        "filesystem:http://x.test/temporary/a",
        "javascript:alert(1)",
    ] {
        let go = json!({ "url": url });
        let told = raw.refusal(page, "Page.navigate", go.clone()).await;
        assert!(told.contains("is not opened"), "{told}");
        raw.refusal(None, "Target.createTarget", go.clone()).await;
        raw.refusal(page, "Network.loadNetworkResource", go.clone())
            .await;
        let request = json!({ "requestId": "1", "url": url });
        raw.refusal(page, "Fetch.continueRequest", request).await;
    }
    let files = json!({ "files": ["/etc/passwd"], "nodeId": 1 });
    let drag = json!({ "type": "drop", "x": 1, "y": 1, "data": {
        "items": [], "dragOperationsMask": 1, "files": ["/etc/passwd"],
    } });
    let round = json!({ "proxyServer": "direct://" });
    let list = json!({ "proxyBypassList": "*" });
    let origins = json!({ "originsWithUniversalNetworkAccess": ["http://x.test"] });
    let hidden = json!({ "url": "about:blank", "hidden": true });
    let wrapped =
        json!({ "message": "{\"id\":1,\"method\":\"Browser.crash\"}", "sessionId": session });
    for (session, method, params) in [
        (page, "DOM.setFileInputFiles", files),
        (page, "DOM.getFileInfo", json!({ "objectId": "1" })),
        (page, "Input.dispatchDragEvent", drag),
        (
            page,
            "Input.setIgnoreInputEvents",
            json!({ "ignore": true }),
        ),
        (page, "Page.crash", json!({})),
        (page, "Debugger.pause", json!({})),
        (
            page,
            "Security.setIgnoreCertificateErrors",
            json!({ "ignore": true }),
        ),
        (None, "Target.createBrowserContext", round),
        (None, "Target.createBrowserContext", list),
        (None, "Target.createBrowserContext", origins),
        (None, "Target.createTarget", hidden),
        (None, "Target.sendMessageToTarget", wrapped),
        (
            None,
            "Target.exposeDevToolsProtocol",
            json!({ "targetId": "x" }),
        ),
        (None, "Target.attachToTarget", json!({ "targetId": "x" })),
        (None, "Browser.crash", json!({})),
        (None, "Browser.crashGpuProcess", json!({})),
        (None, "Browser.getBrowserCommandLine", json!({})),
        (
            None,
            "Browser.executeBrowserCommand",
            json!({ "commandId": "openTabSearch" }),
        ),
        (
            None,
            "Extensions.loadUnpacked",
            json!({ "path": "/var/lib/elsewhere" }),
        ),
        (None, "Tethering.bind", json!({ "port": 9 })),
        (None, "Tracing.start", json!({})),
        (None, "SystemInfo.getInfo", json!({})),
        (None, "Made.up", json!({})),
        (None, "Browser", json!({})),
        (
            Some("made up"),
            "Runtime.evaluate",
            json!({ "expression": "1" }),
        ),
    ] {
        raw.refusal(session, method, params).await;
    }
    // The one that does not exist for programs: the driver's own page.
    let all = bench
        .parts
        .cdp
        .call("Target.getTargets", json!({ "filter": [{}] }))
        .await
        .unwrap();
    let mut foreign = 0;
    for info in all["targetInfos"].as_array().unwrap() {
        if !["page", "tab"].contains(&info["type"].as_str().unwrap())
            || info["title"] == "BiDi-CDP Mapper"
        {
            let target = json!({ "targetId": info["targetId"] });
            raw.refusal(None, "Target.attachToTarget", target.clone())
                .await;
            raw.refusal(None, "Target.closeTarget", target.clone())
                .await;
            raw.refusal(None, "Target.getTargetInfo", target).await;
            foreign += 1;
        }
    }
    assert!(foreign >= 2, "{all}");
    // Contexts are bounded, whatever is disposed of in between.
    let mut made = 0;
    loop {
        let answer = raw
            .call(None, "Target.createBrowserContext", json!({}))
            .await;
        if answer.get("error").is_some() {
            break;
        }
        made += 1;
        let nothing = json!({ "browserContextId": "x" });
        raw.call(None, "Target.disposeBrowserContext", nothing)
            .await;
    }
    assert_eq!(made, 8);
    // What is harmless is answered, and changes nothing of ours.
    let elsewhere = json!({ "behavior": "allow", "downloadPath": "/var/lib/elsewhere" });
    for (session, method) in [
        (None, "Browser.setDownloadBehavior"),
        (page, "Page.setDownloadBehavior"),
    ] {
        let answer = raw.call(session, method, elsewhere.clone()).await;
        assert!(answer.get("result").is_some(), "{answer}");
    }
    bench.site.put("/", "<a href=/report>report</a>");
    bench.open("/").await;
    let link = crate::support::id(&bench.look().await, "link", "report");
    let outcome = bench.click(&link).await.unwrap();
    assert_eq!(outcome.files.len(), 1);
    // Said twice, the last one counts for both of us.
    raw.say("{\"id\":900,\"method\":\"Browser.getVersion\",\"method\":\"Browser.crash\"}")
        .await;
    let alive = raw
        .call(page, "Runtime.evaluate", json!({ "expression": "6*7" }))
        .await;
    assert_eq!(alive["result"]["result"]["value"], 42);
    let gone = raw.call(None, "Browser.close", json!({})).await;
    assert!(gone.get("result").is_some());
    assert_eq!(door.ending().await, Ending::Left);
    assert!(!bench.page.closed().is_cancelled());
    bench.look().await;
}

#[tokio::test]
async fn a_client_is_bounded_and_ends_with_the_browser() {
    let bench = Bench::start().await;
    let mut door = Door::open(&bench).await;
    for (said, expected) in [
        ("no json", "no command"),
        (
            "{\"id\":-1,\"method\":\"Browser.getVersion\"}",
            "no number from 0",
        ),
        ("{\"id\":1,\"method\":7}", "no method"),
        ("[1]", "no number from 0"),
    ] {
        let mut raw = Raw::connect(&door).await;
        raw.say(said).await;
        let ending = door.ending().await.to_string();
        assert!(ending.contains(expected), "{ending}");
    }
    let mut raw = Raw::connect(&door).await;
    raw.say(&"x".repeat(MAX_CLIENT_MESSAGE_BYTES + 1)).await;
    assert!(matches!(door.ending().await, Ending::TooLarge { .. }));
    let mut clients = Vec::new();
    for _ in 0..MAX_CLIENTS {
        let mut raw = Raw::connect(&door).await;
        raw.call(None, "Browser.getVersion", json!({})).await;
        clients.push(raw);
    }
    let _one_more = Raw::connect(&door).await;
    assert_eq!(door.ending().await, Ending::Full);
    // Each is told of its own sessions only.
    let session = clients[0].attach().await;
    let foreign = clients[1]
        .refusal(Some(&session), "Page.enable", json!({}))
        .await;
    assert!(foreign.contains("not found"), "{foreign}");
    bench.kill();
    for _ in 0..MAX_CLIENTS {
        assert_eq!(door.ending().await, Ending::Gone);
    }
}
