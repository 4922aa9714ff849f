//! Watching a live browser.

use std::{sync::Arc, time::Duration};

use errand_browser::{
    Remote, View,
    view::{self, MAX_KINDS, MAX_WATCHERS, Update, Watcher},
};
use errand_domain::{
    Action,
    action::Button,
    view::{Frame, ViewOptions, ViewState},
};
use tokio::time::{Instant, timeout};

use crate::{
    remote::click,
    support::{Bench, id},
};

const LIMIT: Duration = Duration::from_secs(10);
/// A page at rest has nothing more to say after so long.
const REST: Duration = Duration::from_millis(800);
/// Noise makes a large file, and a blank page a small one.
const BLANK: usize = 8_000;
const NOISE: &str =
    "<style>body{margin:0}</style><canvas id=c width=400 height=300></canvas><script>
    let on = true;
    const draw = () => {
        const context = c.getContext('2d'), image = context.createImageData(400, 300);
        for (let i = 0; i < image.data.length; i++) image.data[i] = Math.random() * 255;
        if (on) context.putImageData(image, 0, 0); else context.clearRect(0, 0, 400, 300);
        if (on) requestAnimationFrame(draw);;
    };
    draw();
    addEventListener('click', () => { on = false; });
    </script>";

fn options(max_fps: u8, quality: u8, side: u16) -> ViewOptions {
    ViewOptions {
        max_fps,
        quality,
        max_width: side,
        max_height: side,
    }
}

async fn next(watcher: &mut Watcher) -> Update {
    timeout(LIMIT, watcher.next()).await.unwrap().unwrap()
}

async fn frame(watcher: &mut Watcher) -> Frame {
    loop {
        if let Update::Frame(frame) = next(watcher).await {
            return frame;
        }
    }
}

async fn state(watcher: &mut Watcher, holds: impl Fn(&ViewState) -> bool) -> Arc<ViewState> {
    loop {
        if let Update::State(state) = next(watcher).await
            && holds(&state)
        {
            return state;
        }
    }
}

/// How many pictures come in that time.
async fn count(watcher: &mut Watcher, time: Duration) -> usize {
    let end = Instant::now() + time;
    let mut frames = 0;
    while let Ok(update) = tokio::time::timeout_at(end, watcher.next()).await {
        frames += usize::from(matches!(update.unwrap(), Update::Frame(_)));
    }
    frames
}

#[tokio::test]
async fn each_watcher_has_its_own_rate_quality_and_size() {
    let bench = Bench::start().await;
    bench.site.put("/", NOISE);
    bench.open("/").await;
    let view = View::new(&bench.page);
    let mut fast = view.watch(options(20, 50, 640)).unwrap();
    let mut slow = view.watch(options(4, 10, 320)).unwrap();
    let (large, small) = (frame(&mut fast).await, frame(&mut slow).await);
    assert_eq!(large.jpeg[..2], [0xff, 0xd8]);
    assert!(large.width <= 640 && small.width <= 320 && large.width > small.width);
    assert!(small.jpeg.len() < large.jpeg.len() / 2);
    assert_eq!(large.viewport, small.viewport);
    let ratio = |of: &Frame| f64::from(of.width) / f64::from(of.height);
    assert!((ratio(&large) - large.viewport.0 / large.viewport.1).abs() < 0.02);
    let time = Duration::from_secs(2);
    let (many, few) = tokio::join!(count(&mut fast, time), count(&mut slow, time));
    assert!((3..=9).contains(&few) && many > few, "{many} and {few}");
    assert!(many <= 41, "{many}");
}

#[tokio::test]
async fn a_page_at_rest_is_shown_once_to_each_and_costs_nothing_after() {
    let bench = Bench::start().await;
    let calm = "<title>calm</title><body onclick=\"p.textContent='changed'\"><p id=p>calm</p>";
    bench.show(calm).await;
    let view = View::new(&bench.page);
    let mut first = view.watch(options(30, 60, 1280)).unwrap();
    let (mut pictures, mut title) = (0, String::new());
    while pictures == 0 || title != "calm" {
        match next(&mut first).await {
            Update::Frame(_) => pictures += 1,
            Update::State(state) => {
                let tab = state.here().unwrap();
                assert_eq!(tab.url, bench.site.url("/"));
                title.clone_from(&tab.title);
            }
        }
    }
    assert_eq!(count(&mut first, REST).await, 0);
    // Who comes later sees it as well, with the same options or others.
    let mut same = view.watch(options(5, 60, 1280)).unwrap();
    assert_eq!(frame(&mut same).await.sequence, 0);
    let mut other = view.watch(options(5, 30, 300)).unwrap();
    frame(&mut other).await;
    assert_eq!(count(&mut first, REST).await, 0);
    // One change is one picture, or two where the browser draws it in two steps.
    let remote = Remote::new(&bench.page);
    remote
        .apply(&click(20.0, 25.0, Button::Left, 1))
        .await
        .unwrap();
    frame(&mut other).await;
    assert!(count(&mut other, REST).await <= 2);
}

#[tokio::test]
async fn a_slow_watcher_gets_the_latest_picture_and_no_backlog() {
    let bench = Bench::start().await;
    bench.site.put("/", NOISE);
    bench.open("/").await;
    let view = View::new(&bench.page);
    let mut quick = view.watch(options(10, 60, 800)).unwrap();
    let mut slow = view.watch(options(10, 60, 800)).unwrap();
    assert!(frame(&mut slow).await.jpeg.len() > BLANK);
    for _ in 0..12 {
        frame(&mut quick).await;
    }
    let remote = Remote::new(&bench.page);
    remote
        .apply(&click(100.0, 100.0, Button::Left, 1))
        .await
        .unwrap();
    // The last one shows the page as it was left.
    while frame(&mut quick).await.jpeg.len() > BLANK {}
    assert_eq!(count(&mut quick, REST).await, 0);
    let latest = frame(&mut slow).await;
    assert!(
        latest.jpeg.len() < BLANK && latest.dropped >= 10,
        "{}",
        latest.dropped
    );
    assert_eq!(count(&mut slow, REST).await, 0);
}

#[tokio::test]
async fn pictures_follow_tabs_other_processes_crashes_and_dialogs() {
    let bench = Bench::start().await;
    bench.site.put("/two", "<title>two</title><h1>Two</h1>");
    let seen = bench
        .show("<title>one</title><a href=/two target=_blank>open</a>")
        .await;
    let view = View::new(&bench.page);
    let mut watcher = view.watch(options(20, 60, 800)).unwrap();
    let first = frame(&mut watcher).await.tab;
    let opened = bench.click(&id(&seen, "link", "open")).await.unwrap();
    let second = opened.effect.opened_tab.unwrap();
    let tab = second.clone();
    bench.act(Action::SwitchTab { tab }).await.unwrap();
    while frame(&mut watcher).await.tab != second {}
    let tab = second.clone();
    bench.act(Action::CloseTab { tab }).await.unwrap();
    while frame(&mut watcher).await.tab != first {}

    bench.site.put("/other", NOISE);
    let url = bench.site.other("/other");
    bench.act(Action::Navigate { url }).await.unwrap();
    while frame(&mut watcher).await.jpeg.len() < BLANK {}

    bench.crash().await;
    state(&mut watcher, |state| state.crashed).await;
    bench.open("/two").await;
    state(&mut watcher, |state| !state.crashed).await;
    while frame(&mut watcher).await.jpeg.len() > BLANK {}

    let seen = bench
        .show("<button onclick=\"alert('boo')\">Alert</button>")
        .await;
    bench.click(&id(&seen, "button", "Alert")).await.unwrap();
    let told = state(&mut watcher, |state| state.dialog.is_some()).await;
    assert_eq!(told.dialog.as_ref().unwrap().message, "boo");
    // The button was where the pointer is.
    assert!(told.cursor.is_some());
    let mut late = view.watch(options(20, 60, 400)).unwrap();
    frame(&mut late).await;
}

#[tokio::test]
async fn watchers_are_bounded_and_end_with_the_browser() {
    let bench = Bench::start().await;
    let view = View::new(&bench.page);
    let kind = |quality| options(1, quality, 100);
    let mut kinds: Vec<Watcher> = (1..=4).map(|it| view.watch(kind(it)).unwrap()).collect();
    let refused = view.watch(kind(50)).unwrap_err();
    assert!(matches!(&refused, view::Error::Kinds { kinds } if kinds.len() == MAX_KINDS));
    assert!(refused.to_string().contains("quality 1, 100 by 100"));
    kinds.pop();
    kinds.push(view.watch(kind(50)).unwrap());
    let many = (0..MAX_WATCHERS - MAX_KINDS).map(|_| view.watch(kind(50)).unwrap());
    let many: Vec<Watcher> = many.collect();
    assert_eq!(view.watch(kind(50)).unwrap_err(), view::Error::Watchers);
    drop(many);
    assert_eq!(view.watchers(), MAX_KINDS);
    bench.kill();
    for mut watcher in kinds {
        while timeout(LIMIT, watcher.next()).await.unwrap().is_some() {}
    }
    assert_eq!(view.watch(kind(50)).unwrap_err(), view::Error::Gone);
}
