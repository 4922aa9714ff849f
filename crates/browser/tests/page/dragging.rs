//! Dragging: the browser's own drag and drop, lists that listen to the pointer, sliders.

use errand_browser::{Observation, page::Error};
use errand_domain::{Action, action::Target};

use crate::support::{Bench, id, text};

fn drag(target: &str, onto: &str, at: Option<[f64; 2]>) -> Action {
    Action::Drag {
        target: Target::element(target),
        onto: Box::new(Target::element(onto)),
        at,
    }
}

const DROP: &str = r#"<style>.box{width:120px;height:60px;border:1px solid;margin:8px}</style>
<div class=box draggable=true role=button aria-label=Card id=card>Card</div>
<div style="height:HEIGHTpx"></div>
<div class=box role=region aria-label=Done id=done>Done</div><ol id=log></ol>
<script>const say = (e) => { if (log.lastChild?.textContent !== e.type) log.insertAdjacentHTML('beforeend', `<li>${e.type}</li>`); };
card.ondragstart = (e) => { say(e); e.dataTransfer.setData('text/plain', card.id); };
card.ondragend = say;
done.ondragenter = (e) => { say(e); e.preventDefault(); };
done.ondragover = (e) => { say(e); e.preventDefault(); };
done.ondrop = (e) => { say(e); e.preventDefault(); done.append(document.getElementById(e.dataTransfer.getData('text/plain'))); };
</script>"#;

#[tokio::test]
async fn the_browsers_own_drag_and_drop_is_carried_through() {
    let bench = Bench::start().await;
    // Also where both are not in view at once.
    for height in ["10", "3000"] {
        let seen = bench.show(&DROP.replace("HEIGHT", height)).await;
        let (card, done) = (id(&seen, "button", "Card"), id(&seen, "region", "Done"));
        let outcome = bench.act(drag(&card, &done, None)).await.unwrap();
        assert!(outcome.effect.changed, "{outcome:?}");
        let after = bench.look().await;
        let events: Vec<&str> = after
            .nodes
            .iter()
            .filter(|it| it.role == "text" && (it.text.starts_with("drag") || it.text == "drop"))
            .map(|it| it.text.as_str())
            .collect();
        let order = ["dragstart", "dragenter", "dragover", "drop", "dragend"];
        assert_eq!(events, order, "{}", text(&after));
        let inside = after.node(&card).unwrap().parent.unwrap();
        let inside = &after.nodes[usize::try_from(inside).unwrap()];
        assert_eq!(inside.id.as_ref(), Some(&done), "{}", text(&after));
    }
    // What does not take it stays as it was.
    let refusing = DROP
        .replace("HEIGHT", "10")
        .replace("e.preventDefault();", "");
    let seen = bench
        .show(&refusing.replace("say(e)", "0").replace("= say", "= null"))
        .await;
    let (card, done) = (id(&seen, "button", "Card"), id(&seen, "region", "Done"));
    let outcome = bench.act(drag(&card, &done, None)).await.unwrap();
    assert!(!outcome.effect.changed, "{outcome:?}");
}

const SORT: &str = r#"<style>li{height:30px;width:160px;border:1px solid;touch-action:none;list-style:none}</style>
<ul id=list aria-label=Tasks></ul><script>
for (const name of ['One', 'Two', 'Three', 'Four']) list.insertAdjacentHTML('beforeend', `<li tabindex=0 aria-label=${name}>${name}</li>`);
let held = null, start = 0;
list.onpointerdown = (e) => { held = e.target.closest('li'); start = e.clientY; held.setPointerCapture(e.pointerId); };
list.onpointermove = (e) => {
  if (!held || Math.abs(e.clientY - start) < 6) return;
  held.style.opacity = .6;
  requestAnimationFrame(() => {
    if (!held) return;
    const before = [...list.children].find((li) => li !== held && e.clientY < li.offsetTop + li.offsetHeight / 2 + list.getBoundingClientRect().top - list.offsetTop);
    list.insertBefore(held, before ?? null);
  });
};
list.onpointerup = () => { if (held) held.style.opacity = 1; held = null; };
</script>"#;

fn order(seen: &Observation) -> Vec<String> {
    let items = seen.nodes.iter().filter(|it| it.role == "listitem");
    items.map(|it| it.name.clone()).collect()
}

#[tokio::test]
async fn a_list_that_listens_to_the_pointer_is_sorted() {
    let bench = Bench::start().await;
    let seen = bench.show(SORT).await;
    let item = |seen: &Observation, name: &str| id(seen, "listitem", name);
    let down = drag(&item(&seen, "One"), &item(&seen, "Three"), None);
    let outcome = bench.act(down).await.unwrap();
    assert!(outcome.effect.changed, "{outcome:?}");
    let seen = bench.look().await;
    assert_eq!(order(&seen), ["Two", "Three", "One", "Four"]);
    let up = drag(&item(&seen, "Four"), &item(&seen, "Two"), None);
    bench.act(up).await.unwrap();
    assert_eq!(order(&bench.look().await), ["Four", "Two", "Three", "One"]);
    // The pointer's own events reach a frame of another origin and a shadow root in it.
    bench.site.put(
        "/inner",
        &format!("<div id=host></div><script>const root = host.attachShadow({{ mode: 'open' }}); \
         root.innerHTML = '<ul id=list></ul>';</script>{}", SORT.replace("<ul id=list aria-label=Tasks></ul><script>",
         "<script>const list = root.getElementById('list'); root.prepend(document.querySelector('style').cloneNode(true));")),
    );
    let frame = format!(
        "<div style='height:900px'></div><iframe style='margin:40px' width=300 height=300 src='{}'></iframe>",
        bench.site.other("/inner")
    );
    let seen = bench.show(&frame).await;
    let down = drag(&item(&seen, "One"), &item(&seen, "Two"), None);
    let outcome = bench.act(down).await.unwrap();
    assert!(outcome.effect.changed, "{outcome:?}");
    assert_eq!(order(&bench.look().await)[..2], ["Two", "One"]);
}

#[tokio::test]
async fn the_browsers_own_drag_and_drop_works_in_frames() {
    let bench = Bench::start().await;
    bench.site.put("/inner", &DROP.replace("HEIGHT", "10"));
    for inner in [bench.site.url("/inner"), bench.site.other("/inner")] {
        let frame = format!("<p>around</p><iframe width=400 height=500 src='{inner}'></iframe>");
        let seen = bench.show(&frame).await;
        let (card, done) = (id(&seen, "button", "Card"), id(&seen, "region", "Done"));
        let outcome = bench.act(drag(&card, &done, None)).await.unwrap();
        assert!(outcome.effect.changed, "{inner} {outcome:?}");
        let after = text(&bench.look().await);
        assert!(
            after.contains("drop") && after.contains("dragend"),
            "{inner} {after}"
        );
    }
}

#[tokio::test]
async fn a_slider_of_boxes_is_dragged_to_a_part_of_its_track() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<style>#track{width:200px;height:10px;background:#ccc;margin:40px;position:relative}
            #knob{width:14px;height:14px;background:#06c;position:absolute;left:0;top:-2px}</style>
            <div id=track role=region aria-label=Track><div id=knob role=button aria-label=Knob></div></div><output id=out>0</output>
            <script>knob.onmousedown = (e) => { e.preventDefault(); const move = (e) => {
              const at = Math.min(200, Math.max(0, e.clientX - track.getBoundingClientRect().left));
              knob.style.left = `${at - 7}px`; out.textContent = Math.round(at / 2); };
              addEventListener('mousemove', move); addEventListener('mouseup', () => removeEventListener('mousemove', move), { once: true }); };</script>"#,
        )
        .await;
    let (knob, track) = (id(&seen, "button", "Knob"), id(&seen, "region", "Track"));
    bench
        .act(drag(&knob, &track, Some([0.75, 0.5])))
        .await
        .unwrap();
    assert!(text(&bench.look().await).contains("75"));
    let wrong = bench.act(drag(&knob, &track, Some([1.5, 0.5]))).await;
    assert!(matches!(wrong, Err(Error::Invalid { .. })), "{wrong:?}");
}

#[tokio::test]
async fn a_menu_of_the_page_opens_on_the_right_button() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<button oncontextmenu="event.preventDefault();out.textContent='menu '+event.button">Row</button><p id=out></p>"#,
        )
        .await;
    let target = Target::element(id(&seen, "button", "Row"));
    bench.act(Action::RightClick { target }).await.unwrap();
    assert!(text(&bench.look().await).contains("menu 2"));
}
