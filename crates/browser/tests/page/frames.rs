//! Frames in frames, other origins, shadow roots of both kinds.

use errand_browser::page::Error;

use crate::support::{Bench, id, text};

pub const INNER: &str = r#"<p>Inside</p><label>Deep <input></label><button onclick="this.textContent='hit'">Press</button>
    <select aria-label=Pick><option>a<option>b</select><label><input type=checkbox> Box</label>
    <div id=host></div><script>host.attachShadow({mode:'closed'}).innerHTML='<button onclick="this.textContent=\'shadow hit\'">Shadowed</button>'</script>"#;

#[tokio::test]
async fn frames_of_any_origin_and_depth_are_seen_and_acted_in() {
    let bench = Bench::start().await;
    bench.site.put("/inner", INNER);
    let middle = |url: &str| {
        format!(
            "<div style='height:600px'>middle</div><iframe style='border:7px solid;height:300px' src='{url}'></iframe>"
        )
    };
    bench.site.put("/same", &middle("/inner"));
    bench.site.put("/cross", &middle(&bench.site.url("/inner")));
    for outer in [
        bench.site.url("/same"),
        bench.site.other("/cross"),
        bench.site.other("/same"),
    ] {
        let html = format!(
            "<h1>Outer</h1><div style='height:900px'></div><iframe style='height:250px;margin-left:33px;padding:5px' src='{outer}'></iframe>"
        );
        let seen = bench.show(&html).await;
        let all = text(&seen);
        assert!(
            all.contains("middle") && all.contains("Inside"),
            "{outer}: {all}"
        );
        let locator = bench
            .page
            .locate(&id(&seen, "textbox", "Deep"))
            .await
            .unwrap();
        assert_eq!((locator.frame.len(), &*locator.name), (2, "Deep"));
        let deep = bench.fill(&id(&seen, "textbox", "Deep"), "typed").await;
        assert_eq!(
            deep.unwrap_or_else(|error| panic!("{outer}: {error}"))
                .effect
                .value
                .as_deref(),
            Some("typed")
        );
        for (name, hit) in [("Press", "hit"), ("Shadowed", "shadow hit")] {
            bench
                .click(&id(&seen, "button", name))
                .await
                .unwrap_or_else(|error| panic!("{outer} {name}: {error}"));
            let after = bench.look().await;
            id(&after, "button", hit);
        }
        let pick = bench
            .select(&id(&seen, "combobox", "Pick"), &["b"])
            .await
            .unwrap();
        assert_eq!(pick.effect.value.as_deref(), Some("b"));
        let check = bench
            .check(&id(&seen, "checkbox", "Box"), true)
            .await
            .unwrap();
        assert_eq!(check.effect.checked, Some(true));
    }
}

#[tokio::test]
async fn shadow_roots_are_walked_through_slots_open_or_closed() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<my-card><span slot=title>Slotted title</span>unslotted</my-card><x-closed></x-closed>
            <script>
            customElements.define('my-card', class extends HTMLElement { constructor() { super();
              this.attachShadow({mode:'open'}).innerHTML = '<h2><slot name=title></slot></h2><label>Open field <input></label>'; } });
            customElements.define('x-closed', class extends HTMLElement { constructor() { super();
              const r = this.attachShadow({mode:'closed'});
              r.innerHTML = '<label>Closed field <input></label><x-inner></x-inner>'; } });
            customElements.define('x-inner', class extends HTMLElement { constructor() { super();
              const r = this.attachShadow({mode:'closed'}); const b = document.createElement('div'); b.textContent = 'Innermost';
              b.addEventListener('click', () => b.textContent = 'clicked'); r.append(b); } });
            </script>"#,
        )
        .await;
    let all = text(&seen);
    assert!(
        all.contains("Slotted title") && !all.contains("unslotted"),
        "{all}"
    );
    for name in ["Open field", "Closed field"] {
        let outcome = bench.fill(&id(&seen, "textbox", name), "x").await.unwrap();
        assert_eq!(outcome.effect.value.as_deref(), Some("x"));
    }
    let at = (0..seen.nodes.len())
        .find(|at| seen.nodes[*at].interactive && seen.text_of(*at) == "Innermost");
    let innermost = seen.nodes[at.unwrap_or_else(|| panic!("{all}"))]
        .id
        .clone()
        .unwrap();
    bench.click(&innermost).await.unwrap();
    assert!(text(&bench.look().await).contains("clicked"));
}

#[tokio::test]
async fn a_frame_that_goes_away_is_no_trouble() {
    let bench = Bench::start().await;
    bench.site.put("/inner", INNER);
    let seen = bench
        .show("<iframe id=f src=/inner></iframe><button onclick='f.remove()'>Remove</button>")
        .await;
    let deep = id(&seen, "textbox", "Deep");
    bench.click(&id(&seen, "button", "Remove")).await.unwrap();
    assert!(!text(&bench.look().await).contains("Inside"));
    assert!(matches!(
        bench.fill(&deep, "x").await,
        Err(Error::Stale { .. })
    ));
}

#[tokio::test]
async fn a_page_of_frames_answers_look_after_look() {
    let bench = Bench::start().await;
    bench.site.put("/inner", INNER);
    bench
        .site
        .put("/outer", "<p>Outer<iframe srcdoc='<p>Hello'></iframe>");
    let html = format!(
        "<iframe src=/inner></iframe><iframe src=/outer></iframe><iframe src='{}'></iframe>\
         <iframe srcdoc='<label>Motto <input></label><button onclick=1>Keep</button>'></iframe><iframe id=blank></iframe>\
         <iframe sandbox=allow-forms src=/inner></iframe><script>\
         blank.contentDocument.body.innerHTML = '<label>Boat <input></label><button>Launch</button>';\
         blank.contentDocument.querySelector('button').onclick = () => 1;</script>",
        bench.site.other("/inner")
    );
    bench.show(&html).await;
    for _ in 0..12 {
        let seen = bench.look().await;
        id(&seen, "textbox", "Motto");
        id(&seen, "textbox", "Boat");
    }
}
