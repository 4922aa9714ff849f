//! Programs that drive a session by the Chrome DevTools Protocol. That Playwright and Puppeteer can is
//! shown where the gateway is tested.

use errand_testing::Site;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest as _},
};

use crate::{
    server::Server,
    session::{BOUND, close, events, open, read, sessions},
};

type Socket =
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn ask(socket: &mut Socket, command: Value) -> Value {
    socket
        .send(Message::text(command.to_string()))
        .await
        .unwrap();
    loop {
        let message = timeout(BOUND, socket.next()).await.unwrap();
        let Message::Text(text) = message.unwrap().unwrap() else {
            continue;
        };
        let answer: Value = serde_json::from_str(&text).unwrap();
        if answer["id"] == command["id"] {
            return answer;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_drives_a_session_by_its_address_and_its_commands_are_noted() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start();
    let mut sessions = sessions(&server).await;
    let session = open(&mut sessions, &site.url("/portal/login")).await;
    let id = &session.browser_session_id;
    assert!(session.browser_address.starts_with("ws://127.0.0.1:"));
    // No permission, a forged one, and that of another session.
    let (bare, _) = session.browser_address.split_once('?').unwrap();
    let other = session.browser_address.replace(id, "pbs_other");
    let forged = format!("{}x", session.browser_address);
    for address in [bare, &forged, &other] {
        let refused = connect_async(address).await.unwrap_err();
        assert!(
            matches!(&refused, Error::Http(it) if it.status() == 401),
            "{refused:?}"
        );
    }
    // By key as well.
    let mut keyed = bare.into_client_request().unwrap();
    let key = std::fs::read_to_string(server.data.join("api-key")).unwrap();
    let headers = keyed.headers_mut();
    headers.insert("x-api-key", key.trim().parse().unwrap());
    drop(connect_async(keyed).await.unwrap());

    let (mut socket, _) = connect_async(&session.browser_address).await.unwrap();
    let targets = ask(
        &mut socket,
        json!({ "id": 1, "method": "Target.getTargets" }),
    )
    .await;
    let page = targets["result"]["targetInfos"][0]["targetId"].clone();
    let attach = json!({
        "id": 2, "method": "Target.attachToTarget",
        "params": { "targetId": page, "flatten": true },
    });
    let attached = ask(&mut socket, attach).await;
    let at = attached["result"]["sessionId"].clone();
    let go = |id: u32, url: &str| json!({ "id": id, "method": "Page.navigate", "params": { "url": url }, "sessionId": at });
    let refused = ask(&mut socket, go(3, "file:///etc/passwd")).await;
    assert!(refused["error"]["message"].is_string(), "{refused}");
    let gone = ask(&mut socket, go(4, &site.url("/shop"))).await;
    assert!(gone["error"].is_null(), "{gone}");
    // Under the same rules as runs: not to the service itself.
    ask(&mut socket, go(5, &format!("{}/healthz", server.url))).await;
    let shown = json!({
        "id": 6, "method": "Runtime.evaluate", "sessionId": at,
        "params": {
            "expression": "new Promise(done => document.readyState === 'complete' ? done() : \
                           addEventListener('load', done)).then(() => document.body.innerText)",
            "awaitPromise": true,
        },
    });
    let shown = ask(&mut socket, shown).await;
    let text = shown["result"]["result"]["value"].as_str();
    let text = text.unwrap_or_default();
    assert!(text.contains("port of this service"), "{shown}");
    drop(socket);
    let noted = async {
        loop {
            let happened = events(&mut sessions, id).await;
            let commands = happened.iter().filter(|it| it.0 == "command");
            if commands.clone().any(|it| it.1.contains("/shop")) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    timeout(BOUND, noted).await.unwrap();
    assert_eq!(
        read(&mut sessions, id).await.status(),
        errand_api::v1::SessionStatus::Running
    );
    close(&mut sessions, id).await;
    let late = connect_async(&session.browser_address).await.unwrap_err();
    assert!(matches!(&late, Error::Http(_)), "{late:?}");
}
