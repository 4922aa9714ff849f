//! Browsers with a real Chromium: how they start, how they end, and that they leave nothing.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "lifecycle/machine.rs"]
mod machine;

use std::{
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use errand_browser::{
    Browser, LaunchOptions, guard,
    launch::{self, Health, Limits},
    probe,
};
use errand_domain::session::BrowserType;
use machine::{Process, example, gone_within, under};
use nix::sys::signal::Signal;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt},
    time::timeout,
};

/// Nobody listens there: these tests open no page.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9);

fn options(folder: &Path) -> LaunchOptions {
    LaunchOptions::new(vec![example("guard").into()], NOWHERE, folder.to_owned())
}

fn is_empty(folder: &Path) -> bool {
    folder.read_dir().unwrap().next().is_none()
}

#[tokio::test]
async fn a_closed_browser_leaves_no_process_no_folder_and_no_port() {
    let folder = tempfile::tempdir().unwrap();
    let browser = Browser::launch(options(folder.path())).await.unwrap();
    assert!(browser.folder().starts_with(folder.path()));
    assert!(!browser.user_agent().contains("Headless"));
    let (ports, closed) = (browser.ports().to_vec(), browser.closed());
    assert_eq!(ports.len(), 2);
    assert!(!closed.is_cancelled());
    let below = under(std::process::id(), browser.folder());
    assert!(
        below.len() > 3,
        "guard, driver, browser and its children: {below:?}"
    );

    let before = Instant::now();
    browser.close().await;
    assert!(before.elapsed() < Duration::from_secs(5));
    assert_eq!(gone_within(Duration::ZERO, &below), Vec::<Process>::new());
    assert!(is_empty(folder.path()));
    for port in ports {
        assert!(
            std::net::TcpStream::connect(port).is_err(),
            "{port} still listens"
        );
    }
    assert!(closed.is_cancelled());
}

/// What a browser puts into the folder of temporary files: a socket, whose path must be short.
fn temporary(folder: &Path, prefix: &str) -> usize {
    let entries = folder.read_dir().unwrap().flatten();
    let names = entries.map(|it| it.file_name().into_string().unwrap());
    names.filter(|it| it.starts_with(prefix)).count()
}

#[tokio::test]
async fn temporary_files_lie_in_folders_that_go_with_the_browser() {
    let folder = tempfile::tempdir().unwrap();
    let browser = Browser::launch(options(folder.path())).await.unwrap();
    assert!(temporary(browser.folder(), "org.chromium.Chromium.") > 0);
    browser.close().await;
    assert!(is_empty(folder.path()));
    // A path that is too long for sockets gets a short folder beside it.
    let deep = folder.path().join("deep".repeat(20));
    let browser = Browser::launch(options(&deep)).await.unwrap();
    let name = browser.folder().file_name().unwrap().to_str().unwrap();
    let short = std::env::temp_dir().join(name.replace("browser-", "errand-"));
    assert!(temporary(&short, "org.chromium.Chromium.") > 0);
    browser.close().await;
    assert!(is_empty(&deep) && !short.exists());
}

#[tokio::test]
async fn a_dropped_browser_leaves_nothing_a_moment_later() {
    let folder = tempfile::tempdir().unwrap();
    let browser = Browser::launch(options(folder.path())).await.unwrap();
    let below = under(std::process::id(), browser.folder());
    drop(browser);
    assert_eq!(
        gone_within(Duration::from_secs(2), &below),
        Vec::<Process>::new()
    );
    machine::until(Duration::from_secs(2), || is_empty(folder.path()));
}

#[tokio::test]
async fn nothing_is_left_two_seconds_after_the_parent_was_killed() {
    for stopped in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mut parent = tokio::process::Command::new(example("launch"))
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = tokio::io::BufReader::new(parent.stdout.take().unwrap()).lines();
        let line = timeout(Duration::from_secs(60), lines.next_line())
            .await
            .unwrap();
        let up: serde_json::Value = serde_json::from_str(&line.unwrap().unwrap()).unwrap();
        let below = under(parent.id().unwrap(), folder.path());
        assert!(below.len() > 3, "{below:?}");
        if stopped {
            // All but the guard itself, which is the first.
            below[1..]
                .iter()
                .for_each(|process| process.signal(Signal::SIGSTOP));
        }
        parent.start_kill().unwrap();
        let before = Instant::now();
        parent.wait().await.unwrap();
        assert_eq!(
            gone_within(Duration::from_secs(2), &below),
            Vec::<Process>::new()
        );
        machine::until(Duration::from_secs(2), || is_empty(folder.path()));
        assert!(before.elapsed() < Duration::from_secs(3));
        for port in up["ports"].as_array().unwrap() {
            assert!(std::net::TcpStream::connect(port.as_str().unwrap()).is_err());
        }
    }
}

#[tokio::test]
async fn closed_fires_when_the_browser_or_its_driver_is_killed() {
    for victim in ["chromium", "chromedriver"] {
        let folder = tempfile::tempdir().unwrap();
        let browser = Browser::launch(options(folder.path())).await.unwrap();
        let below = under(std::process::id(), browser.folder());
        let process = below.iter().find(|it| it.name == victim).expect(victim);
        process.signal(Signal::SIGKILL);
        timeout(Duration::from_secs(5), browser.closed().cancelled())
            .await
            .expect(victim);
        browser.close().await;
        assert_eq!(gone_within(Duration::ZERO, &below), Vec::<Process>::new());
        assert!(is_empty(folder.path()));
    }
}

#[tokio::test]
async fn closed_fires_when_the_browser_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.health = Health {
        interval: Duration::from_millis(200),
        timeout: Duration::from_secs(3),
    };
    let browser = Browser::launch(options).await.unwrap();
    let below = under(std::process::id(), browser.folder());
    let process = below.iter().find(|it| it.name == "chromium").unwrap();
    process.signal(Signal::SIGSTOP);
    timeout(Duration::from_secs(6), browser.closed().cancelled())
        .await
        .unwrap();
    browser.close().await;
    assert_eq!(gone_within(Duration::ZERO, &below), Vec::<Process>::new());
    assert!(is_empty(folder.path()));
}

#[tokio::test]
async fn the_deadline_ends_a_browser_that_nobody_closed() {
    let folder = tempfile::tempdir().unwrap();
    let browser = Browser::launch(options(folder.path())).await.unwrap();
    let below = under(std::process::id(), browser.folder());
    browser.set_deadline(Duration::from_secs(1)).unwrap();
    timeout(Duration::from_secs(5), browser.closed().cancelled())
        .await
        .unwrap();
    assert_eq!(
        gone_within(Duration::from_secs(2), &below),
        Vec::<Process>::new()
    );
    machine::until(Duration::from_secs(2), || is_empty(folder.path()));
}

#[tokio::test]
async fn a_guard_s_deadline_can_be_moved_both_ways_and_nothing_else_moves_it() {
    let mut guard = tokio::process::Command::new(example("guard"))
        .args(["--deadline-seconds", "1", "--", "sleep", "1000"])
        .stdin(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut input = guard.stdin.take().unwrap();
    input.write_all(b"deadline 1000\n").await.unwrap();
    // What is too long is not read as a line by its end either.
    let long = format!("{}deadline 0\n", "x".repeat(64));
    for noise in ["deadline\n", "deadline -1\n", "\n", "release 0\n", &long] {
        input.write_all(noise.as_bytes()).await.unwrap();
    }
    let beyond = format!("deadline {}\n\0 deadline 0\n", u64::MAX);
    input.write_all(beyond.as_bytes()).await.unwrap();
    let early = timeout(Duration::from_millis(1500), guard.wait()).await;
    assert!(early.is_err(), "{early:?}");
    input.write_all(b"deadline 0\n").await.unwrap();
    let ended = timeout(Duration::from_secs(5), guard.wait()).await;
    let status = ended.unwrap().unwrap().code();
    assert_eq!(status, Some(i32::from(guard::DEADLINE_STATUS)));
}

/// A program that answers `--version` like this, and else does that.
fn stand_in(folder: &Path, name: &str, version: &str, otherwise: &str) -> PathBuf {
    let path = folder.join(name);
    let text = format!(
        "#!/bin/sh\nif [ \"$1\" = --version ]; then echo '{version}'; exit; fi\n{otherwise}\n"
    );
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

async fn refusal(options: LaunchOptions) -> launch::Error {
    let folder = options.folder.clone();
    let before = Instant::now();
    let error = Browser::launch(options)
        .await
        .err()
        .expect("it can't have started");
    assert!(before.elapsed() < Duration::from_secs(20));
    assert!(
        !folder.exists() || is_empty(&folder),
        "nothing is left of it"
    );
    assert_eq!(under(std::process::id(), &folder), Vec::<Process>::new());
    error
}

#[tokio::test]
async fn what_keeps_a_browser_from_starting_is_named_with_its_remedy() {
    let bin = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    let options = options(&data.path().join("browsers"));
    let installed = probe::installed(BrowserType::Chrome, None, None).await;
    let (chromium, _) = installed.pair().unwrap();
    let fitting = format!("ChromeDriver {} (x)", chromium.version);

    let chromedriver = Some(bin.path().join("nothing"));
    let error = refusal(LaunchOptions {
        chromedriver,
        ..options.clone()
    })
    .await
    .to_string();
    assert!(
        error.starts_with("ChromeDriver was not found (nothing is at "),
        "{error}"
    );
    assert!(
        error.contains("install the package `chromium-driver`"),
        "{error}"
    );

    let missing = Some(bin.path().join("nothing"));
    let error = refusal(LaunchOptions {
        chromium: missing,
        ..options.clone()
    })
    .await
    .to_string();
    assert!(
        error.starts_with("Chromium was not found (nothing is at "),
        "{error}"
    );
    assert!(error.contains("--chromium"), "{error}");

    let old = stand_in(bin.path(), "old", "ChromeDriver 99.0.1.2 (x)", "exit 1");
    let error = refusal(LaunchOptions {
        chromedriver: Some(old),
        ..options.clone()
    })
    .await;
    assert!(
        matches!(
            error,
            launch::Error::Programs(probe::Error::Mismatch { .. })
        ),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("install the ChromeDriver of version "),
        "{error}"
    );

    let other = stand_in(bin.path(), "other", "frobnicator 1.2", "exit 1");
    let error = refusal(LaunchOptions {
        chromedriver: Some(other),
        ..options.clone()
    })
    .await;
    assert!(
        error.to_string().contains("is not a ChromeDriver"),
        "{error}"
    );

    let hanging = stand_in(
        bin.path(),
        "hanging",
        &fitting,
        "echo waiting; sleep 1000; true",
    );
    let limits = Limits {
        driver: Duration::from_secs(1),
        ..Limits::default()
    };
    let hanging = LaunchOptions {
        chromedriver: Some(hanging),
        limits,
        ..options.clone()
    };
    let error = refusal(hanging).await.to_string();
    assert!(error.contains("did not get ready within 1 s"), "{error}");
    assert!(error.contains("it wrote: waiting"), "{error}");

    // One that says it is ready, takes connections and never answers.
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = deaf.local_addr().unwrap().port();
    let says =
        format!("echo 'ChromeDriver was started successfully on port {port}.'; sleep 1000; true");
    let limits = Limits {
        session: Duration::from_secs(1),
        ..Limits::default()
    };
    let deaf_driver = LaunchOptions {
        chromedriver: Some(stand_in(bin.path(), "deaf", &fitting, &says)),
        limits,
        ..options.clone()
    };
    let error = refusal(deaf_driver).await.to_string();
    assert!(error.contains("did not get ready within 1 s"), "{error}");
    assert!(error.contains("--chromedriver"), "{error}");

    let failing = stand_in(
        bin.path(),
        "failing",
        &fitting,
        "echo no luck today >&2; exit 3",
    );
    let error = refusal(LaunchOptions {
        chromedriver: Some(failing),
        ..options.clone()
    })
    .await;
    let error = error.to_string();
    assert!(error.contains("ended before it was ready"), "{error}");
    assert!(error.contains("no luck today"), "{error}");

    let version = format!("Chromium {}", chromium.version);
    let broken = stand_in(
        bin.path(),
        "broken",
        &version,
        "echo libfoo is not there >&2; exit 1",
    );
    let error = refusal(LaunchOptions {
        chromium: Some(broken),
        ..options.clone()
    })
    .await;
    assert!(
        matches!(error, launch::Error::BrowserEnded { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("did not start"), "{error}");

    let guard = vec![bin.path().join("nothing").into()];
    let error = refusal(LaunchOptions {
        guard,
        ..options.clone()
    })
    .await;
    assert!(matches!(error, launch::Error::Guard { .. }), "{error}");

    let extra_headers = [("bad name".to_owned(), "x".to_owned())].into();
    let error = refusal(LaunchOptions {
        extra_headers,
        ..options
    })
    .await;
    assert_eq!(
        error.to_string(),
        "\"bad name\" is not the name of a header"
    );
}
