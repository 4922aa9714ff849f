//! Pages that never rest, spin, lie, or open things without end.

use std::time::{Duration, Instant};

use errand_browser::page::Error;
use errand_domain::Action;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::support::{Bench, id, text};

#[tokio::test]
async fn a_page_that_overrides_everything_and_talks_rubbish_is_still_seen() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<form id=f aria-label=Trap><input name=getAttribute aria-label=One><input name=firstChild aria-label=Two><input name=nodeType aria-label=Three></form>
            <img name=body src=x alt=Clobber><img name=querySelectorAll src=x alt=Two><a id=errand href="/x">Link</a><p id=p></p>
            <script>
            Element.prototype.getBoundingClientRect = () => ({}); JSON.stringify = () => '"fooled"'; JSON.parse = () => ({});
            Node.prototype.contains = () => true; Element.prototype.getAttribute = () => 'fooled'; Array.prototype.map = () => [];
            window.getComputedStyle = () => ({ display: 'none' }); Object.defineProperty(Node.prototype, 'textContent', { get: () => 'fooled', set() {} });
            Object.prototype.toJSON = () => 'fooled'; Promise.prototype.then = () => {}; Element.prototype.click = () => {};
            p.append(document.createTextNode('lone \ud83d and nul \0 end'));
            </script>"#,
        )
        .await;
    let all = text(&seen);
    assert!(!all.contains("fooled"), "{all}");
    assert!(all.contains("lone \u{fffd} and nul \u{fffd} end"), "{all}");
    for name in ["One", "Two", "Three"] {
        let outcome = bench.fill(&id(&seen, "textbox", name), "v").await.unwrap();
        assert_eq!(outcome.effect.value.as_deref(), Some("v"));
    }
    assert!(bench.page.html().await.unwrap().contains("Clobber"));
    assert!(
        bench
            .page
            .screenshot()
            .await
            .unwrap()
            .starts_with(&[0xff, 0xd8])
    );
}

#[tokio::test]
async fn a_page_that_never_rests_is_given_up_on_within_the_bound() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<p id=n>0</p><button onclick="setInterval(()=>n.textContent++,5)">Tick</button>
            <button onclick="new EventSource('/stream');fetch('/never')">Stream</button>"#,
        )
        .await;
    let streaming = bench.click(&id(&seen, "button", "Stream")).await.unwrap();
    assert!(streaming.spent.settle_ms < 6000, "{streaming:?}");
    let before = Instant::now();
    let ticking = bench.click(&id(&seen, "button", "Tick")).await.unwrap();
    assert!(ticking.effect.unsettled, "{ticking:?}");
    assert!(before.elapsed() < Duration::from_secs(8));
    let seen = bench.look().await;
    assert!(text(&seen).contains("Tick"));
    bench.site.put(
        "/again",
        "<h1>Again</h1><script>setTimeout(()=>location.reload(),30)</script>",
    );
    let before = Instant::now();
    bench.open("/again").await;
    assert!(before.elapsed() < Duration::from_secs(13));
    bench.show("<h1>Calm</h1>").await;
}

#[tokio::test]
async fn a_page_that_spins_is_stopped_and_said_to_be_busy() {
    let bench = Bench::start().await;
    let seen = bench.show("<button onclick='while(true){}'>Spin</button><button onclick='setTimeout(()=>{while(true){}})'>Later</button>").await;
    for name in ["Spin", "Later"] {
        let before = Instant::now();
        let error = bench.click(&id(&seen, "button", name)).await.unwrap_err();
        assert!(matches!(error, Error::Timeout { .. }), "{error}");
        assert!(
            before.elapsed() < Duration::from_secs(15),
            "{:?}",
            before.elapsed()
        );
        assert!(text(&bench.look().await).contains("Spin"));
    }
    bench
        .site
        .put("/spin", "<h1>x</h1><script>while(true){}</script>");
    let before = Instant::now();
    let error = bench
        .act(Action::Navigate {
            url: bench.site.url("/spin"),
        })
        .await;
    assert!(
        before.elapsed() < Duration::from_secs(45),
        "{error:?} {:?}",
        before.elapsed()
    );
    let before = Instant::now();
    bench.show("<h1>Calm</h1>").await;
    assert!(before.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn popups_and_dialogs_without_end_are_bounded() {
    let bench = Bench::start().await;
    let seen = bench.show("<button onclick='for(let i=0;i<40;i++)open(\"about:blank\")'>Popups</button><button onclick='for(;;)alert(1)'>Alerts</button>").await;
    let error = bench
        .click(&id(&seen, "button", "Popups"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Popups { .. }), "{error}");
    assert!(bench.look().await.tabs.len() <= 12);
    let outcome = bench.click(&id(&seen, "button", "Alerts")).await.unwrap();
    assert!(outcome.effect.dialog.is_some());
    for _ in 0..3 {
        let again = bench
            .act(Action::AnswerDialog {
                accept: true,
                text: None,
            })
            .await
            .unwrap();
        assert!(again.effect.dialog.is_some(), "{again:?}");
    }
    let away = bench
        .act(Action::Navigate {
            url: bench.site.url("/"),
        })
        .await;
    assert!(matches!(away, Err(Error::DialogOpen { .. })));
}

#[tokio::test]
async fn a_dead_browser_is_said_to_be_gone_at_once() {
    let bench = Bench::start().await;
    let seen = bench.show("<button>Go</button>").await;
    kill(Pid::from_raw(bench.pid), Signal::SIGKILL).unwrap();
    let before = Instant::now();
    bench.page.closed().cancelled().await;
    let error = bench.click(&id(&seen, "button", "Go")).await.unwrap_err();
    assert!(matches!(error, Error::Gone), "{error}");
    assert!(matches!(bench.page.screenshot().await, Err(Error::Gone)));
    assert!(before.elapsed() < Duration::from_secs(3));
}
