//! Browsers with a screen: that they show pages, and that nothing of the screen is left either.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "lifecycle/machine.rs"]
mod machine;

use std::{
    fs,
    io::{Read, Write},
    net::SocketAddr,
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use errand_browser::{Browser, LaunchOptions, launch::Mode, page::Look};
use errand_domain::Action;
use errand_egress::{Policy, Proxy};
use errand_testing::Site;
use machine::{Process, example, gone_within, under};
use nix::sys::signal::Signal;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::timeout,
};

/// Nobody listens there: most of these tests open no page.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9);

fn options(folder: &Path, proxy: SocketAddr) -> LaunchOptions {
    let guard = vec![example("guard").into()];
    LaunchOptions {
        mode: Mode::Headful,
        ..LaunchOptions::new(guard, proxy, folder.to_owned())
    }
}

/// The socket of a browser's display.
fn socket(browser: &Path) -> PathBuf {
    let note = fs::read_to_string(browser.join("display")).unwrap();
    let number = note.split_once(' ').unwrap().0;
    let socket = PathBuf::from(format!("/tmp/.X11-unix/X{number}"));
    assert!(socket.exists());
    socket
}

fn named<'a>(processes: &'a [Process], name: &str) -> &'a Process {
    processes.iter().find(|it| it.name == name).unwrap()
}

/// Nothing of a browser is there any more.
fn left_nothing(folder: &Path, below: &[Process], socket: &Path) {
    let left = gone_within(Duration::from_secs(2), below);
    assert_eq!(left, Vec::<Process>::new());
    let empty = || folder.read_dir().unwrap().next().is_none();
    machine::until(Duration::from_secs(2), || empty() && !socket.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_with_a_screen_shows_pages_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::start(7).await.unwrap();
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let proxy = Proxy::start(Some(policy)).await.unwrap();
    let options = options(folder.path(), proxy.address());
    let browser = Browser::launch(options.clone()).await.unwrap();
    let below = under(std::process::id(), browser.folder());
    let socket = socket(browser.folder());
    assert!(!browser.user_agent().contains("Headless"));
    let page = browser.page().await.unwrap();
    let url = site.url("/login");
    page.act(&Action::Navigate { url }).await.unwrap();
    let seen = page.observe(&Look::default()).await.unwrap();
    assert!(seen.nodes.iter().any(|node| node.role == "button"));
    assert!(page.screenshot().await.unwrap().len() > 1000);
    let sizes = "[innerWidth, innerHeight, screen.width, screen.height]";
    let tree = browser
        .bidi()
        .unwrap()
        .call("browsingContext.getTree", json!({}));
    let context = tree.await.unwrap()["contexts"][0]["context"].clone();
    let script = json!({
        "expression": format!("JSON.stringify({sizes})"),
        "target": { "context": context },
        "awaitPromise": false,
    });
    let told = browser
        .bidi()
        .unwrap()
        .call("script.evaluate", script)
        .await;
    assert_eq!(told.unwrap()["result"]["value"], "[1280,720,1280,880]");
    // Nobody is let in over a network, nor without the cookie.
    let server = named(&below, "Xvfb");
    let line = fs::read_to_string(format!("/proc/{}/cmdline", server.pid)).unwrap();
    assert!(line.contains("-nolisten\0tcp"), "{line}");
    let mut stranger = UnixStream::connect(&socket).unwrap();
    let greeting = [b'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    stranger.write_all(&greeting).unwrap();
    let mut answer = [9];
    stranger.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [0], "refused");

    // Its screen has a size of its own, so it is not adopted for another.
    let viewport = (1000, 700);
    assert!(!options.fit(&LaunchOptions {
        viewport,
        ..options.clone()
    }));
    drop(page);
    browser.close().await;
    assert_eq!(gone_within(Duration::ZERO, &below), Vec::<Process>::new());
    left_nothing(folder.path(), &below, &socket);
}

#[tokio::test]
async fn nothing_is_left_when_screen_or_guard_are_killed() {
    for victim in ["Xvfb", "guard"] {
        let folder = tempfile::tempdir().unwrap();
        let browser = Browser::launch(options(folder.path(), NOWHERE)).await;
        let browser = browser.unwrap();
        let below = under(std::process::id(), browser.folder());
        let socket = socket(browser.folder());
        named(&below, victim).signal(Signal::SIGKILL);
        let lost = timeout(Duration::from_secs(5), browser.closed().cancelled_owned());
        lost.await.unwrap();
        browser.close().await;
        left_nothing(folder.path(), &below, &socket);
    }
}

#[tokio::test]
async fn nothing_is_left_when_the_parent_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut parent = Command::new(example("launch"))
        .arg("--headful")
        .arg(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let up = timeout(Duration::from_secs(60), lines.next_line()).await;
    up.unwrap().unwrap().unwrap();
    let below = under(parent.id().unwrap(), folder.path());
    let browser = folder.path().read_dir().unwrap().next().unwrap();
    let socket = socket(&browser.unwrap().path());
    parent.start_kill().unwrap();
    parent.wait().await.unwrap();
    left_nothing(folder.path(), &below, &socket);
}

#[tokio::test]
async fn a_machine_without_xvfb_says_what_to_install() {
    let home = tempfile::tempdir().unwrap();
    for (name, version) in [
        ("chromium", "Chromium 150.0.1.2"),
        ("chromedriver", "ChromeDriver 150.0.1.2 (x)"),
    ] {
        let path = home.path().join(name);
        fs::write(&path, format!("#!/bin/sh\necho '{version}'\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let parent = Command::new(example("launch"))
        .arg("--headful")
        .arg(home.path().join("browsers"))
        .env("PATH", home.path())
        .output();
    let said = parent.await.unwrap().stderr;
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("install the package `xvfb`"), "{said}");
}
