//! Pages that never rest, spin, lie, or open things without end.

use std::time::{Duration, Instant};

use errand_browser::page::{Error, Look};
use errand_domain::{Action, action::Condition};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::support::{Bench, id, renderer, text};

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
    let seen = bench.show("<button onclick='for(let i=0;i<40;i++)window.open(\"about:blank\")'>Popups</button><button onclick='for(;;)alert(1)'>Alerts</button>").await;
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
async fn a_page_that_crashes_is_named_at_once_and_can_be_loaded_again() {
    let bench = Bench::start().await;
    for fault in [true, false] {
        let mut events = bench.parts.cdp.events();
        let seen = bench.show("<button>Go</button><img src=/picture>").await;
        let never = Action::Wait {
            until: Condition::Text("never".to_owned()),
            timeout_ms: 30_000,
        };
        let before = Instant::now();
        let crash = async {
            if fault {
                bench.crash().await;
            } else {
                kill(renderer(&mut events, "/picture").await, Signal::SIGKILL).unwrap();
            }
        };
        let (error, ()) = tokio::join!(bench.act(never), crash);
        let error = error.unwrap_err();
        assert!(matches!(error, Error::Crashed { .. }), "{error}");
        assert!(error.to_string().contains(&bench.site.url("/")), "{error}");
        let click = bench.click(&id(&seen, "button", "Go")).await;
        assert!(matches!(click, Err(Error::Crashed { .. })), "{click:?}");
        let look = bench.page.observe(&Look::default()).await;
        assert!(matches!(look, Err(Error::Crashed { .. })), "{look:?}");
        assert!(bench.page.screenshot().await.is_err());
        assert!(before.elapsed() < Duration::from_secs(5));
        bench.act(Action::Reload).await.unwrap();
        bench
            .click(&id(&bench.look().await, "button", "Go"))
            .await
            .unwrap();
    }
    // A frame of another origin takes only itself with it.
    let mut events = bench.parts.cdp.events();
    bench.site.put("/inner", "<p>Inside</p><img src=/framed>");
    let inner = bench.site.other("/inner");
    let seen = bench
        .show(&format!("<h1>Outer</h1><iframe src='{inner}'></iframe>"))
        .await;
    assert!(text(&seen).contains("Inside"));
    kill(renderer(&mut events, "/framed").await, Signal::SIGKILL).unwrap();
    let before = Instant::now();
    let left = loop {
        let seen = text(&bench.look().await);
        if !seen.contains("Inside") {
            break seen;
        }
    };
    assert!(left.contains("Outer"), "{left}");
    assert!(before.elapsed() < Duration::from_secs(5));
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
