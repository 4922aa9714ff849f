//! Every kind of control, acted on and read back.

use errand_browser::page::Error;
use errand_domain::{
    Action,
    action::{Condition, Target},
};

use crate::support::{Bench, id, text};

#[tokio::test]
async fn fields_take_text_dates_and_masks() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<label>Name <input value=old></label><label>Notes <textarea></textarea></label>
            <div contenteditable role=textbox aria-label=Rich>before</div>
            <label>Day <input type=date></label><label>At <input type=time></label>
            <label>When <input type=datetime-local></label><label>Month <input type=month></label>
            <label>Week <input type=week></label><label>Paint <input type=color></label>
            <label>Count <input type=number min=0></label><label>Volume <input type=range></label>
            <label>Phone <input id=ph></label><label>Fixed <input readonly value=x></label>
            <label>Off <input disabled></label><label>Mail <input type=email value=a@b.c></label>
            <label>Secret <input type=password></label>
            <script>ph.oninput = () => { const d = ph.value.replace(/\D/g, '').slice(0, 9);
              ph.value = d.replace(/(\d{3})(?=\d)/g, '$1-'); }</script>"#,
        )
        .await;
    let cases = [
        ("textbox", "Name", "Zoë 🚀 日本", "Zoë 🚀 日本"),
        ("textbox", "Notes", "a\nb", "a\nb"),
        ("textbox", "Rich", "after", "after"),
        ("textbox", "Day", "2026-03-04", "2026-03-04"),
        ("textbox", "At", "2:30 pm", "14:30"),
        ("textbox", "When", "2026-03-04 09:15", "2026-03-04T09:15"),
        ("textbox", "Month", "March 2026", "2026-03"),
        ("textbox", "Week", "2026-03-04", "2026-W10"),
        ("textbox", "Day", "12 March 2026", "2026-03-12"),
        ("textbox", "At", "5pm", "17:00"),
        ("textbox", "Paint", "#00FF7f", "#00ff7f"),
        ("textbox", "Paint", "light blue", "#add8e6"),
        ("spinbutton", "Count", "1,234.5", "1234.5"),
        ("slider", "Volume", "70", "70"),
        ("textbox", "Phone", "123456789", "123-456-789"),
        ("textbox", "Mail", "x@y.z", "x@y.z"),
    ];
    for (role, name, typed, read) in cases {
        let outcome = bench.fill(&id(&seen, role, name), typed).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(outcome.effect.value.as_deref(), Some(read), "{name}");
        assert!(outcome.effect.changed, "{name}");
    }
    let secret = bench
        .fill(&id(&seen, "textbox", "Secret"), "pw")
        .await
        .unwrap();
    assert_eq!(secret.effect.value, None);
    let long = "word ".repeat(300);
    let outcome = bench
        .fill(&id(&seen, "textbox", "Notes"), &long)
        .await
        .unwrap();
    assert_eq!(
        outcome.effect.value.as_deref().map(str::len),
        Some(long.len())
    );
    let cleared = bench
        .act(Action::Clear {
            target: Target::element(id(&seen, "textbox", "Name")),
        })
        .await;
    assert_eq!(cleared.unwrap().effect.value.as_deref(), Some(""));
    let fixed = bench
        .fill(&id(&seen, "textbox", "Fixed"), "y")
        .await
        .unwrap_err();
    assert!(matches!(fixed, Error::NotEditable { .. }), "{fixed}");
    let off = bench
        .fill(&id(&seen, "textbox", "Off"), "y")
        .await
        .unwrap_err();
    assert!(matches!(off, Error::Disabled { .. }), "{off}");
    let day = bench
        .fill(&id(&seen, "textbox", "Day"), "someday")
        .await
        .unwrap_err();
    assert!(day.to_string().contains("YYYY-MM-DD"), "{day}");
}

#[tokio::test]
async fn boxes_radios_and_switches_are_set_and_stay_set() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<label><input type=checkbox> Plain</label>
            <input type=checkbox id=h style="position:absolute;opacity:0;width:0;height:0"><label for=h>Styled</label>
            <input type=checkbox id=n style="display:none"><label for=n>None</label>
            <label><input type=radio name=r> One</label><label><input type=radio name=r checked> Two</label>
            <div role=switch aria-checked=false tabindex=0 aria-label=Power
              onclick="this.setAttribute('aria-checked', this.getAttribute('aria-checked') !== 'true')"></div>
            <style>[role=switch]{width:40px;height:20px;background:#ccc}</style>
            <label><input type=checkbox id=stuck onclick="return false"> Stuck</label>"#,
        )
        .await;
    for (role, name) in [
        ("checkbox", "Plain"),
        ("checkbox", "Styled"),
        ("checkbox", "None"),
        ("radio", "One"),
        ("switch", "Power"),
    ] {
        let target = id(&seen, role, name);
        let outcome = bench
            .check(&target, true)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(outcome.effect.checked, Some(true), "{name}");
        let again = bench.check(&target, true).await.unwrap();
        assert_eq!(again.effect.checked, Some(true), "{name}");
    }
    let off = bench
        .check(&id(&seen, "switch", "Power"), false)
        .await
        .unwrap();
    assert_eq!(off.effect.checked, Some(false));
    let radio = bench
        .check(&id(&seen, "radio", "One"), false)
        .await
        .unwrap_err();
    assert!(matches!(radio, Error::Invalid { .. }), "{radio}");
    let stuck = bench
        .check(&id(&seen, "checkbox", "Stuck"), true)
        .await
        .unwrap_err();
    assert!(matches!(stuck, Error::NoEffect { .. }), "{stuck}");
}

#[tokio::test]
async fn pointer_keys_scrolling_and_files_reach_the_page() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<style>.menu{display:none}li:hover .menu{display:block}</style>
            <ul><li style="width:120px" id=top>Products<div class=menu><a href="/mugs">Mugs</a></div></li></ul>
            <button ondblclick="out.textContent='double'" onclick="count.textContent++">Twice</button><b id=count>0</b>
            <p id=out></p><input aria-label=Keys onkeydown="out.textContent=(event.ctrlKey?'ctrl+':'')+event.key">
            <input type=file id=f hidden multiple onchange="out.textContent=[...f.files].map(x=>x.name)">
            <button onclick="f.click()">Choose file</button>
            <div style="height:3000px"></div><button onclick="out.textContent='deep'">Deep</button>"#,
        )
        .await;
    let product = seen
        .nodes
        .iter()
        .find(|it| it.role == "listitem")
        .unwrap()
        .id
        .clone()
        .unwrap();
    bench
        .act(Action::Hover {
            target: Target::element(product),
        })
        .await
        .unwrap();
    assert!(text(&bench.look().await).contains("Mugs"));
    let twice = Target::element(id(&seen, "button", "Twice"));
    bench
        .act(Action::DoubleClick { target: twice })
        .await
        .unwrap();
    let after = text(&bench.look().await);
    assert!(after.contains("double") && after.contains('2'), "{after}");
    let keys = Target::element(id(&seen, "textbox", "Keys"));
    let press = Action::PressKeys {
        target: Some(keys),
        keys: vec!["Control+a".to_owned()],
    };
    bench.act(press).await.unwrap();
    assert!(text(&bench.look().await).contains("ctrl+a"));
    bench.click(&id(&seen, "button", "Deep")).await.unwrap();
    assert!(text(&bench.look().await).contains("deep"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bill.csv");
    std::fs::write(&file, "x").unwrap();
    let upload = Action::Upload {
        target: Target::element(id(&seen, "button", "Choose file")),
        files: vec![file.display().to_string()],
    };
    let outcome = bench.act(upload).await.unwrap();
    assert_eq!(outcome.effect.value.as_deref(), Some("bill.csv"));
    assert!(text(&bench.look().await).contains("bill.csv"));
}

#[tokio::test]
async fn late_content_is_waited_for_without_a_fixed_wait() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<button onclick="fetch('/slow?700').then(r=>r.text()).then(t=>out.textContent=t)">Load</button>
            <button onclick="setTimeout(()=>out.textContent='timer',900)">Timer</button>
            <button onclick="document.querySelector('#go').outerHTML='<button id=go>Go</button>'">Swap</button>
            <button id=go>Go</button><p id=out></p>"#,
        )
        .await;
    let outcome = bench.click(&id(&seen, "button", "Load")).await.unwrap();
    assert!(text(&bench.look().await).contains("late"), "{outcome:?}");
    assert!(
        outcome.spent.network_ms >= 300 && !outcome.effect.unsettled,
        "{outcome:?}"
    );
    bench.click(&id(&seen, "button", "Timer")).await.unwrap();
    let wait = Action::Wait {
        until: Condition::Text("TIMER".to_owned()),
        timeout_ms: 3000,
    };
    bench.act(wait).await.unwrap();
    let never = Action::Wait {
        until: Condition::Text("nope".to_owned()),
        timeout_ms: 300,
    };
    assert!(matches!(
        bench.act(never).await,
        Err(Error::NoEffect { .. })
    ));
    // An element that was replaced by its like is found again.
    let go = id(&seen, "button", "Go");
    bench.click(&id(&seen, "button", "Swap")).await.unwrap();
    bench.click(&go).await.unwrap();
    let swap = id(&seen, "button", "Swap");
    bench.show("<p>elsewhere</p>").await;
    assert!(matches!(bench.click(&swap).await, Err(Error::Stale { .. })));
    assert!(matches!(
        bench.click("e9999").await,
        Err(Error::NotFound { .. })
    ));
}
