//! Tabs, popups, dialogs, history, and what the browser remembers.

use errand_browser::page::Error;
use errand_domain::Action;

use crate::support::{Bench, id, text};

#[tokio::test]
async fn dialogs_are_told_and_answered_and_nothing_hangs() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<button onclick="alert('boo')">Alert</button>
            <button onclick="out.textContent=confirm('sure?')">Confirm</button>
            <button onclick="out.textContent=prompt('name?')">Prompt</button><p id=out></p>"#,
        )
        .await;
    let outcome = bench.click(&id(&seen, "button", "Alert")).await.unwrap();
    assert_eq!(outcome.effect.dialog.as_deref(), Some("alert: boo"));
    let blocked = bench.look().await;
    assert_eq!(blocked.dialog.as_ref().map(|it| &*it.message), Some("boo"));
    assert!(blocked.nodes.is_empty());
    assert!(matches!(
        bench.click("e1").await,
        Err(Error::DialogOpen { .. })
    ));
    let answer = |accept, text: Option<&str>| Action::AnswerDialog {
        accept,
        text: text.map(str::to_owned),
    };
    bench.act(answer(true, None)).await.unwrap();
    assert!(matches!(
        bench.act(answer(true, None)).await,
        Err(Error::NoDialog)
    ));
    bench.click(&id(&seen, "button", "Confirm")).await.unwrap();
    bench.act(answer(false, None)).await.unwrap();
    assert!(text(&bench.look().await).contains("false"));
    bench.click(&id(&seen, "button", "Prompt")).await.unwrap();
    bench.act(answer(true, Some("Ada"))).await.unwrap();
    assert!(text(&bench.look().await).contains("Ada"));
    // A page that does not want to be left.
    let seen = bench
        .show("<input aria-label=A><script>onbeforeunload=e=>e.preventDefault()</script>")
        .await;
    bench.fill(&id(&seen, "textbox", "A"), "x").await.unwrap();
    let leave = bench
        .act(Action::Navigate {
            url: bench.site.url("/x"),
        })
        .await
        .unwrap();
    assert!(
        leave
            .effect
            .dialog
            .as_deref()
            .is_some_and(|it| it.starts_with("beforeunload")),
        "{leave:?}"
    );
    bench.act(answer(true, None)).await.unwrap();
    assert_eq!(bench.look().await.url, bench.site.url("/x"));
}

#[tokio::test]
async fn popups_are_reported_switched_to_and_closed() {
    let bench = Bench::start().await;
    bench.site.put(
        "/pop",
        "<title>Pop</title><h1>Popup</h1><button onclick='window.close()'>Close me</button>",
    );
    let seen = bench.show("<h1>Opener</h1><a href=/pop target=_blank>Link</a><button onclick=\"window.open('/pop')\">Open</button>").await;
    let outcome = bench.click(&id(&seen, "button", "Open")).await.unwrap();
    let tab = outcome.effect.opened_tab.unwrap();
    bench
        .act(Action::SwitchTab { tab: tab.clone() })
        .await
        .unwrap();
    let popup = bench.look().await;
    assert!(text(&popup).contains("Popup"));
    assert_eq!(popup.tabs.len(), 2);
    assert_eq!(popup.tabs[1].title, "Pop");
    assert!(popup.tabs[1].current);
    bench
        .click(&id(&popup, "button", "Close me"))
        .await
        .unwrap();
    let back = bench.look().await;
    assert!(text(&back).contains("Opener"), "{}", text(&back));
    bench
        .act(Action::OpenTab {
            url: Some(bench.site.url("/pop")),
        })
        .await
        .unwrap();
    let opened = bench.look().await;
    let current = opened.tabs.iter().find(|it| it.current).unwrap();
    bench
        .act(Action::CloseTab {
            tab: current.id.clone(),
        })
        .await
        .unwrap();
    let left = bench.look().await;
    bench
        .act(Action::CloseTab {
            tab: left.tabs[0].id.clone(),
        })
        .await
        .unwrap();
    assert_eq!(bench.look().await.tabs.len(), 1);
    let unknown = bench
        .act(Action::SwitchTab {
            tab: "t99".to_owned(),
        })
        .await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn history_statuses_and_failed_navigations_are_told() {
    let bench = Bench::start().await;
    bench.show("<h1>First</h1><a href='http://127.0.0.1:9999/'>Dead</a><form method=post action=/post><button>Send</button></form>").await;
    let missing = bench.open("/missing").await;
    assert!(missing.effect.navigated);
    assert_eq!(bench.look().await.status, Some(404));
    let back = bench.act(Action::Back).await.unwrap();
    assert_eq!(back.effect.url, bench.site.url("/"));
    let first = bench.look().await;
    assert!(text(&first).contains("First"));
    bench.act(Action::Forward).await.unwrap();
    assert_eq!(bench.look().await.url, bench.site.url("/missing"));
    assert!(matches!(
        bench.act(Action::Forward).await,
        Err(Error::Invalid { .. })
    ));
    for (url, words) in [
        ("http://127.0.0.1:9999/", "refused"),
        ("http://nowhere.invalid/", "resolve"),
        ("http://127.0.0.1:9/", "port"),
    ] {
        let error = bench
            .act(Action::Navigate {
                url: url.to_owned(),
            })
            .await
            .unwrap_err();
        assert!(
            matches!(&error, Error::Navigation { reason, .. } if reason.contains(words)),
            "{error}"
        );
    }
    let error = bench
        .act(Action::Navigate {
            url: "file:///etc/passwd".to_owned(),
        })
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }));
    bench.open("/").await;
    let seen = bench.look().await;
    assert_eq!(bench.page.outside_requests(), []);
    bench.click(&id(&seen, "button", "Send")).await.unwrap();
    let outside = bench.page.outside_requests();
    assert_eq!(
        (outside.len(), &*outside[0].method, &*outside[0].url),
        (1, "POST", &*bench.site.url("/post"))
    );
    assert!(bench.site.asked().contains(&"POST /post".to_owned()));
    bench.open("/").await;
    let seen = bench.look().await;
    let dead = bench.click(&id(&seen, "link", "Dead")).await.unwrap_err();
    assert!(matches!(dead, Error::Navigation { .. }), "{dead}");
}
