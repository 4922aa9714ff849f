//! Pages in the styles that people meet: applications that draw themselves anew, lists in portals,
//! layers, windows that come by themselves.

use errand_browser::page::Error;
use errand_domain::{
    Action,
    action::{Condition, Scroll, Target},
};

use crate::support::{Bench, id, text};

#[tokio::test]
async fn an_application_that_draws_itself_anew_is_followed() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<nav><a href="/list">List</a> <a href="/about">About</a></nav><main id=main></main><script>
            // Every change makes all elements anew, as a naive framework does.
            const state = { name: '', terms: false, route: '/' };
            const draw = () => {
              const at = document.activeElement?.id, caret = document.activeElement?.selectionStart;
              main.innerHTML = state.route === '/list' ? '<h1>All of them</h1><ul><li>One</li></ul>'
                : `<h1>Start</h1><label>Name <input id=name value="${state.name}"></label>
                   <label><input type=checkbox id=terms ${state.terms ? 'checked' : ''}> Terms</label>
                   <button id=send ${state.name && state.terms ? '' : 'disabled'}>Send ${state.name}</button>`;
              if (at && document.getElementById(at)) { const e = document.getElementById(at); e.focus(); if (caret != null) try { e.setSelectionRange(caret, caret); } catch {} }
            };
            main.oninput = (e) => { if (e.target.id === 'name') { state.name = e.target.value.toUpperCase(); draw(); } };
            main.onchange = (e) => { if (e.target.id === 'terms') { state.terms = e.target.checked; setTimeout(draw, 30); } };
            main.onclick = (e) => { if (e.target.id === 'send') setTimeout(() => { main.innerHTML = `<p role=status>Sent by ${state.name}</p>`; }, 150); };
            document.querySelector('nav').onclick = (e) => { e.preventDefault(); if (!e.target.href) return;
              history.pushState({}, '', e.target.href); fetch('/slow?200').then(() => { state.route = location.pathname; draw(); }); };
            onpopstate = () => { state.route = location.pathname; draw(); };
            draw();
            </script>"#,
        )
        .await;
    bench
        .fill(&id(&seen, "textbox", "Name"), "ada l")
        .await
        .unwrap();
    let seen = bench.look().await;
    let send = seen
        .nodes
        .iter()
        .find(|it| it.name == "Send ADA L")
        .unwrap();
    assert!(send.disabled, "{}", text(&seen));
    bench
        .check(&id(&seen, "checkbox", "Terms"), true)
        .await
        .unwrap();
    bench
        .click(&id(&bench.look().await, "button", "Send ADA L"))
        .await
        .unwrap();
    assert!(text(&bench.look().await).contains("Sent by ADA L"));
    let list = bench.click(&id(&seen, "link", "List")).await.unwrap();
    assert_eq!(list.effect.url, bench.site.url("/list"));
    assert!(list.effect.navigated);
    assert!(text(&bench.look().await).contains("All of them"));
    bench.act(Action::Back).await.unwrap();
    let back = bench.look().await;
    assert_eq!(back.url, bench.site.url("/"));
    assert!(text(&back).contains("Start"), "{}", text(&back));
}

const PORTALS: &str = r#"<style>.pop{position:absolute;background:#fff;border:1px solid;z-index:9}.veil{position:fixed;inset:0;z-index:8}
.ant{border:1px solid;width:160px;height:24px;position:relative}.ant input{opacity:0;position:absolute;inset:0;width:100%}
.zero{height:0;width:0;overflow:hidden}.scroll{height:90px;overflow:auto}</style>
<label id=ml>Age</label><div id=mui role=combobox aria-haspopup=listbox aria-expanded=false aria-labelledby=ml tabindex=0 style="border:1px solid;width:120px">Any</div>
<div class=ant id=ant><span id=shown>Choose a fruit</span><input role=combobox readonly aria-label=Fruit aria-haspopup=listbox aria-controls=al aria-expanded=false></div>
<label for=s2>Town</label><span id=s2 role=combobox aria-label=Town aria-haspopup=true tabindex=0 style="border:1px solid;display:inline-block;width:160px">Select</span>
<label>Colour <input id=rs role=combobox aria-autocomplete=list aria-expanded=false></label><b id=rsv></b>
<div id=virtual role=combobox aria-haspopup=listbox aria-label=Year tabindex=0 style="border:1px solid;width:120px">Year</div>
<script>
const make = (html) => { const d = document.createElement('div'); d.innerHTML = html; document.body.append(d); return d; };
mui.onmousedown = () => setTimeout(() => { const d = make('<div class=veil></div><ul role=listbox class=pop style="top:60px;opacity:.2;transition:opacity .2s"><li role=option data-value=10 tabindex=0>Ten<li role=option data-value=20>Twenty</ul>');
  requestAnimationFrame(() => d.lastChild.style.opacity = 1);
  d.onclick = (e) => { if (e.target.dataset.value) mui.textContent = e.target.textContent; setTimeout(() => d.remove(), 200); }; }, 60);
ant.onmousedown = () => { if (document.querySelector('.dd')) return; const d = make(`<div class="pop dd" style="top:200px"><div class=zero role=listbox id=al><div role=option aria-label=Apple></div></div><div class=scroll>${['Apple', 'Pear', 'Plum'].map(x => `<div class=item title=${x}><div>${x}</div></div>`).join('')}</div></div>`);
  d.onclick = (e) => { const i = e.target.closest('.item'); if (i) { shown.textContent = i.title; d.remove(); } }; };
s2.onclick = () => { const d = make('<span class=pop style="top:220px;left:300px"><input type=search role=searchbox aria-controls=s2l><ul role=listbox id=s2l></ul></span>');
  const [i, l] = [d.querySelector('input'), d.querySelector('ul')]; const all = ['Oslo', 'Bergen', 'Narvik'];
  const fill = () => setTimeout(() => l.innerHTML = all.filter(x => i.value.length > 1 && x.toLowerCase().includes(i.value.toLowerCase())).map(x => `<li role=option>${x}`).join(''), 120);
  i.oninput = fill; i.focus(); l.onmouseup = (e) => { s2.textContent = e.target.textContent; d.remove(); }; };
rs.onmousedown = rs.oninput = () => { document.querySelector('.rsm')?.remove(); rs.setAttribute('aria-expanded', true);
  const d = make(`<div class="pop rsm" role=listbox style="top:260px">${['Red', 'Green', 'Blue'].filter(x => x.toLowerCase().includes(rs.value.toLowerCase())).map(x => `<div role=option>${x}</div>`).join('')}</div>`).firstChild;
  d.onclick = (e) => { rsv.textContent = e.target.textContent; rs.value = ''; d.remove(); rs.setAttribute('aria-expanded', false); }; };
virtual.onclick = () => { const d = make('<div class="pop scroll" role=listbox style="top:300px;width:100px"><div style="height:4000px;position:relative"></div></div>').firstChild;
  const show = () => { const from = Math.floor(d.scrollTop / 20); d.firstChild.innerHTML = Array.from({ length: 6 }, (_, k) => `<div role=option style="position:absolute;top:${(from + k) * 20}px;height:20px">${1900 + from + k}</div>`).join(''); };
  d.onscroll = () => requestAnimationFrame(show); show(); d.onclick = (e) => { virtual.textContent = e.target.textContent; d.remove(); }; };
</script>"#;

#[tokio::test]
async fn lists_in_portals_are_opened_searched_scrolled_and_read_back() {
    let bench = Bench::start().await;
    let seen = bench.show(PORTALS).await;
    for (name, option, shows) in [
        ("Age", "Twenty", "Twenty"),
        ("Fruit", "Plum", "Plum"),
        ("Town", "Narvik", "Narvik"),
        ("Colour", "Green", "Green"),
        ("Year", "1987", "1987"),
        ("Age", "Ten", "Ten"),
    ] {
        let chosen = bench.select(&id(&seen, "combobox", name), &[option]).await;
        let chosen = chosen.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(chosen.effect.value.as_deref(), Some(shows), "{name}");
        let after = text(&bench.look().await);
        assert!(after.contains(shows), "{name}: {after}");
    }
    let error = bench
        .select(&id(&seen, "combobox", "Age"), &["Ninety"])
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::NoSuchOption { have, .. } if have == &["Ten", "Twenty"]),
        "{error}"
    );
}

#[tokio::test]
async fn layers_containers_and_lists_that_grow_are_reached() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<style>header{position:sticky;top:0;height:120px;background:#eee;z-index:5}#box{height:120px;overflow:auto;border:1px solid}
            #banner{position:fixed;bottom:0;left:0;right:0;height:100px;background:#ffd;z-index:7}</style>
            <header>Sticky</header><div id=box><div style="height:900px">inner</div><button onclick="out.textContent='in the box'">Boxed</button></div>
            <p id=out></p><button onclick="d.showModal()">Open dialog</button><button popovertarget=pop>Open popover</button>
            <div id=pop popover><button onclick="out.textContent='popped'">Popped</button></div>
            <dialog id=d><form method=dialog><label>Reason <input></label><button>Close dialog</button></form></dialog>
            <ul id=feed></ul><div id=end>Loading more</div>
            <div id=banner>We use cookies <button onclick="banner.remove()">Accept all</button></div>
            <script>let n = 0; const more = () => { for (let k = 0; k < 20; k++) feed.insertAdjacentHTML('beforeend', `<li style="height:40px"><button onclick="out.textContent='row ${++n}'">Row ${n}</button>`); };
            more(); new IntersectionObserver((e) => { if (e[0].isIntersecting && n < 60) fetch('/slow?150').then(more); }).observe(end);</script>"#,
        )
        .await;
    for (name, says) in [
        ("Boxed", "in the box"),
        ("Accept all", "in the box"),
        ("Row 20", "row 20"),
        ("Row 1", "row 1"),
    ] {
        bench
            .click(&id(&seen, "button", name))
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let after = text(&bench.look().await);
        assert!(after.contains(says), "{name}: {after}");
    }
    bench
        .click(&id(&seen, "button", "Open popover"))
        .await
        .unwrap();
    bench
        .click(&id(&bench.look().await, "button", "Popped"))
        .await
        .unwrap();
    assert!(text(&bench.look().await).contains("popped"));
    bench
        .act(Action::PressKeys {
            target: None,
            keys: vec!["Escape".to_owned()],
        })
        .await
        .unwrap();
    bench
        .click(&id(&seen, "button", "Open dialog"))
        .await
        .unwrap();
    let modal = bench.look().await;
    let under = bench.click(&id(&seen, "button", "Row 1")).await;
    assert!(
        matches!(under, Err(Error::Covered { .. } | Error::Disabled { .. })),
        "{under:?}"
    );
    bench
        .fill(&id(&modal, "textbox", "Reason"), "none")
        .await
        .unwrap();
    bench
        .click(&id(&modal, "button", "Close dialog"))
        .await
        .unwrap();
    for _ in 0..4 {
        bench
            .act(Action::Scroll {
                target: None,
                to: Scroll::Bottom,
            })
            .await
            .unwrap();
    }
    bench
        .click(&id(&bench.look().await, "button", "Row 60"))
        .await
        .unwrap();
    assert!(text(&bench.look().await).contains("row 60"));
}

#[tokio::test]
async fn editors_and_awkward_fields_take_text() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<div id=ed contenteditable role=textbox aria-multiline=true aria-label=Editor><p>Old <b>bold</b></p><ul><li>item</li></ul></div>
            <label>Short <input maxlength=5></label><label>Card <input id=card inputmode=numeric autocomplete=cc-number></label>
            <label>Money <input id=money value="0.00"></label><label>Search <input id=q type=search role=combobox aria-controls=sug aria-expanded=false></label>
            <ul id=sug role=listbox hidden></ul><iframe sandbox="allow-scripts" srcdoc="<label>Boxed in <input></label><p id=o></p><script>document.querySelector('input').oninput=e=>o.textContent='got '+e.target.value</script>"></iframe>
            <my-field></my-field><script>
            ed.addEventListener('beforeinput', () => {}); card.oninput = () => { card.value = card.value.replace(/\D/g, '').slice(0, 16).replace(/(\d{4})(?=\d)/g, '$1 '); };
            money.onkeydown = (e) => { if (/^\d$/.test(e.key)) { e.preventDefault(); const d = (money.dataset.d ?? '') + e.key; money.dataset.d = d; money.value = (Number(d) / 100).toFixed(2); }
              if (e.key === 'Delete' || e.key === 'Backspace') { e.preventDefault(); money.dataset.d = ''; money.value = '0.00'; } };
            q.oninput = () => { sug.hidden = false; sug.innerHTML = `<li role=option>${q.value} mugs`; }; sug.onclick = (e) => { q.value = e.target.textContent; sug.hidden = true; };
            customElements.define('my-field', class extends HTMLElement { static formAssociated = true; constructor() { super(); this.attachShadow({ mode: 'open', delegatesFocus: true }).innerHTML = '<label>Inner <input></label>'; } });
            </script>"#,
        )
        .await;
    for (role, name, typed, reads) in [
        ("textbox", "Editor", "First line", "First line"),
        ("textbox", "Short", "abcde", "abcde"),
        ("textbox", "Card", "4111111111111111", "4111 1111 1111 1111"),
        ("textbox", "Money", "1234", "12.34"),
        ("combobox", "Search", "red", "red"),
        ("textbox", "Boxed in", "hello", "hello"),
        ("textbox", "Inner", "deep", "deep"),
    ] {
        let filled = bench.fill(&id(&seen, role, name), typed).await;
        let filled = filled.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(filled.effect.value.as_deref(), Some(reads), "{name}");
    }
    let after = text(&bench.look().await);
    assert!(
        after.contains("got hello") && after.contains("red mugs"),
        "{after}"
    );
    assert!(!after.contains("bold"), "{after}");
}

#[tokio::test]
async fn links_of_every_kind_lead_where_they_say_or_say_why_not() {
    let bench = Bench::start().await;
    bench.site.put("/next", "<h1>Next</h1>");
    bench.site.put(
        "/refresh",
        "<meta http-equiv=refresh content='0; url=/next'><p>Wait</p>",
    );
    bench
        .site
        .put("/script", "<script>location.replace('/next')</script>");
    let seen = bench
        .show(
            r#"<a href="javascript:void(out.textContent='scripted')">Script</a> <a href="/next" target=_blank rel=noopener>Blank</a>
            <a href="data:application/octet-stream,abc" download="a.bin">Download</a> <a href="/refresh">Refresh</a> <a href="/script">Replaced</a>
            <a href="mailto:a@b.c">Mail</a> <a href="tel:123">Phone</a> <a href='#part'>Part</a>
            <button onclick="setTimeout(()=>window.open('/next'),120)">Later window</button><p id=out></p><h2 id=part>Part here</h2>"#,
        )
        .await;
    bench.click(&id(&seen, "link", "Script")).await.unwrap();
    assert!(text(&bench.look().await).contains("scripted"));
    for name in ["Download", "Mail", "Phone"] {
        let stayed = bench
            .click(&id(&seen, "link", name))
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            !stayed.effect.navigated && !stayed.effect.unsettled,
            "{name}: {stayed:?}"
        );
    }
    let part = bench.click(&id(&seen, "link", "Part")).await.unwrap();
    assert_eq!(part.effect.url, bench.site.url("/#part"));
    for (role, name) in [("link", "Blank"), ("button", "Later window")] {
        let opened = bench.click(&id(&seen, role, name)).await.unwrap();
        let tab = opened
            .effect
            .opened_tab
            .unwrap_or_else(|| panic!("{name} opened nothing"));
        bench
            .act(Action::SwitchTab { tab: tab.clone() })
            .await
            .unwrap();
        assert!(text(&bench.look().await).contains("Next"), "{name}");
        bench.act(Action::CloseTab { tab }).await.unwrap();
    }
    for name in ["Refresh", "Replaced"] {
        bench
            .show(&format!(
                "<a href='/{}'>{name}</a>",
                if name == "Refresh" {
                    "refresh"
                } else {
                    "script"
                }
            ))
            .await;
        let link = id(&bench.look().await, "link", name);
        bench.click(&link).await.unwrap();
        let wait = Action::Wait {
            until: Condition::Text("Next".to_owned()),
            timeout_ms: 3000,
        };
        bench.act(wait).await.unwrap();
        assert_eq!(bench.look().await.url, bench.site.url("/next"), "{name}");
    }
    let reload = bench.act(Action::Reload).await.unwrap();
    assert!(reload.effect.navigated);
    let hover = bench
        .act(Action::Hover {
            target: Target::element("e99999"),
        })
        .await;
    assert!(matches!(hover, Err(Error::NotFound { .. })));
}
