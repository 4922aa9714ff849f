//! Places instead of elements: pictures, points of them, and what has the focus.

use std::fmt::Write as _;

use errand_browser::page::{Error, Outcome, Picture};
use errand_domain::{
    Action,
    action::{Button, Gesture, Point, ValueSource},
};
use serde_json::{Value, json};

use crate::support::{Bench, text};

fn pointer(at: Point, gesture: Gesture) -> Action {
    Action::Pointer {
        at,
        gesture,
        held: Vec::new(),
        target: None,
    }
}

const LEFT: Gesture = Gesture::Click {
    button: Button::Left,
    times: 1,
};

fn typed(text: &str) -> Action {
    Action::TypeFocused {
        text: text.to_owned(),
        source: ValueSource::Goal,
        target: None,
    }
}

/// Numbers without a pattern, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

impl Bench {
    async fn picture(&self, most: (u32, u32)) -> Picture {
        self.page.picture(most).await.unwrap()
    }

    /// The middle of what has this name.
    async fn middle(&self, name: &str) -> Point {
        let seen = self.look().await;
        let of_name = |it: &&errand_browser::Node| it.name == name || it.text == name;
        let node = seen
            .nodes
            .iter()
            .find(|it| of_name(it) && it.rect.is_some());
        let [left, top, width, height] = node
            .unwrap_or_else(|| panic!("{}", text(&seen)))
            .rect
            .unwrap();
        Point {
            x: left + width / 2.0,
            y: top + height / 2.0,
        }
    }

    async fn click_on(&self, name: &str) -> Result<Outcome, Error> {
        let at = self.middle(name).await;
        self.act(pointer(at, LEFT)).await
    }

    /// Tells the tab how it is drawn. It holds as long as the session that told it.
    async fn emulate(&self, method: &str, params: Value) {
        let cdp = &self.parts.cdp;
        let target = &self.parts.tabs[0];
        let attach = json!({ "targetId": target, "flatten": true });
        let session = cdp.call("Target.attachToTarget", attach).await.unwrap();
        let session = session["sessionId"].as_str().unwrap();
        cdp.call_in(session, method, params).await.unwrap();
    }
}

/// A document with targets at places without a pattern; each tells the server when it is hit.
fn field(
    name: &str,
    count: u64,
    (width, height): (u64, u64),
    chance: &mut Chance,
    more: &str,
) -> String {
    let mut html = format!(
        "<body style='margin:0;width:{width}px;height:{height}px;position:relative'>{more}"
    );
    for number in 0..count {
        let (size, column) = (8 + chance.below(20), width / 5);
        let left = number % 5 * column + chance.below(column - 40);
        let top = number / 5 * (height / (count / 5 + 1)) + chance.below(20);
        write!(
            html,
            "<button aria-label={name}{number} onclick=\"fetch('/hit/{name}{number}');this.style.color='red'\" \
             style='position:absolute;padding:0;left:{left}px;top:{top}px;width:{size}px;height:{size}px'></button>"
        )
        .unwrap();
    }
    html
}

/// Clicks every target that can be seen, at one scroll position after the other.
async fn hit_all(bench: &Bench, most: (u32, u32), count: usize, chance: &mut Chance) {
    let mut hit = Vec::new();
    while hit.len() < count {
        let before = hit.len();
        let seen = bench.look().await;
        let picture = bench.picture(most).await;
        assert!(picture.width <= most.0 && picture.height <= most.1);
        for node in seen
            .nodes
            .iter()
            .filter(|it| it.role == "button" && it.in_view && !it.covered)
        {
            let [left, top, width, height] = node.rect.unwrap();
            // Any pixel of it, but those at its edges: they show it in part.
            let part = |from: f64, size: f64, by: u64| from + size * (0.3 + 0.04 * by as f64);
            let at = Point {
                x: part(left, width, chance.below(10)),
                y: part(top, height, chance.below(10)),
            };
            let (x, y) = picture.pixel(at);
            let Some(place) = picture.place(x, y) else {
                continue;
            };
            if hit.contains(&node.name) {
                continue;
            }
            let off = ((place.x - at.x).abs(), (place.y - at.y).abs());
            assert!(
                off.0 <= picture.scale().0 && off.1 <= picture.scale().1,
                "{off:?}"
            );
            let mut action = pointer(place, LEFT);
            bench.page.name_met(&mut action).await;
            let target = action
                .target()
                .unwrap_or_else(|| panic!("{place} of {} {picture:?}", node.name))
                .element
                .clone();
            let named = bench.page.locate(&target).await.unwrap();
            assert_eq!(named.name, node.name);
            let done = bench.act(action).await;
            done.unwrap_or_else(|error| panic!("{}: {error}", node.name));
            let asked = bench.site.asked();
            let last = asked
                .iter()
                .rfind(|it| it.starts_with("GET /hit/"))
                .unwrap();
            assert_eq!(last, &format!("GET /hit/{}", node.name));
            hit.push(node.name.clone());
        }
        let picture = bench.picture(most).await;
        let middle = picture
            .place(20, i32::try_from(picture.height).unwrap() / 2)
            .unwrap();
        let turned = bench
            .act(pointer(middle, Gesture::Scroll { dx: 0.0, dy: 330.0 }))
            .await;
        let turned = turned.unwrap().effect.changed;
        assert!(turned || hit.len() > before, "only {hit:?}");
    }
    assert_eq!(hit.len(), count, "{hit:?}");
}

/// The pages of the targets: 100 of them, half in frames.
fn put_targets(bench: &Bench, chance: &mut Chance) {
    let deep = field("deep", 10, (300, 160), chance, "");
    bench.site.put("/deep", &deep);
    let frame = |url: &str, style: &str| {
        format!("<iframe src='{url}' style='position:absolute;{style}'></iframe>")
    };
    let inner = frame("/deep", "left:30px;top:420px;width:320px;height:180px");
    let inner = field("inner", 20, (600, 380), chance, &inner);
    bench.site.put("/inner", &inner);
    let same = frame(
        "/inner",
        "left:60px;top:900px;width:640px;height:640px;border:7px solid;padding:3px",
    );
    let other = field("other", 20, (500, 300), chance, "");
    bench.site.put("/other", &other);
    let cross = frame(
        &bench.site.other("/other"),
        "left:200px;top:1650px;width:520px;height:320px;transform:scale(.8);transform-origin:0 0",
    );
    let end = "<p style='position:absolute;top:2600px'>End";
    let page = field(
        "top",
        50,
        (840, 850),
        chance,
        &format!("{same}{cross}{end}"),
    );
    bench.site.put("/", &page);
}

#[tokio::test]
async fn a_hundred_targets_are_hit_at_three_scales_in_frames_and_scrolled_pages() {
    let mut chance = Chance(7);
    let dense = json!({ "width": 1_200, "height": 760, "deviceScaleFactor": 2, "mobile": false });
    for (zoom, metrics, most) in [
        (0.0, None, (1_280, 900)),
        // Two device pixels a pixel, and the picture scaled down.
        (0.0, Some(dense), (1_024, 768)),
        // The browser's own zoom at 144 %.
        (2.0, None, (800, 600)),
    ] {
        let bench = Bench::zoomed(zoom).await;
        put_targets(&bench, &mut chance);
        if let Some(metrics) = metrics {
            bench
                .emulate("Emulation.setDeviceMetricsOverride", metrics)
                .await;
        }
        bench.open("/").await;
        hit_all(&bench, most, 100, &mut chance).await;
    }
}

#[tokio::test]
async fn a_pinched_page_is_hit_where_the_picture_shows_it() {
    let bench = Bench::start().await;
    let page = field("top", 20, (1_000, 600), &mut Chance(3), "");
    bench.show(&page).await;
    let factor = json!({ "pageScaleFactor": 2 });
    bench.emulate("Emulation.setPageScaleFactor", factor).await;
    let seen = bench.look().await;
    let picture = bench.picture((2_000, 2_000)).await;
    assert!(picture.scale().0 < 0.6);
    let mut hit = 0;
    for node in seen.nodes.iter().filter(|it| it.role == "button") {
        let [left, top, width, height] = node.rect.unwrap();
        let (x, y) = picture.pixel(Point {
            x: left + width / 2.0,
            y: top + height / 2.0,
        });
        let Some(place) = picture.place(x, y) else {
            continue;
        };
        bench.act(pointer(place, LEFT)).await.unwrap();
        let last = bench.site.asked().pop().unwrap();
        assert_eq!(last, format!("GET /hit/{}", node.name));
        hit += 1;
    }
    assert!(hit >= 4, "{hit}");
}

#[tokio::test]
async fn what_moved_since_the_picture_is_not_hit() {
    let bench = Bench::start().await;
    let page = |script: &str| {
        format!(
            "<body style='margin:0'><div id=list style='height:120px;width:200px;overflow:auto'>\
             <p style='height:60px;margin:0'>One<p style='height:60px;margin:0'>Two<p style='height:60px;margin:0'>Three</div>\
             <div id=room></div><button onclick=\"fetch('/hit/go')\">Go</button>\
             <dialog id=box><button>Yes</button></dialog><div style='height:3000px'></div>\
             <script>{script}</script>"
        )
    };
    // What is done to the page after the picture, and whether the place may still be acted on.
    for (script, on, holds) in [
        ("", "Go", true),
        ("scrollTo(0, 15)", "Go", false),
        ("room.style.height = '40px'", "Go", false),
        ("box.showModal()", "Go", false),
        ("list.scrollTop = 60", "One", false),
        ("location.href = '/next'", "Go", false),
        // Drawn anew, in the same place.
        (
            "document.querySelector('button').outerHTML = '<button>Go</button>'",
            "Go",
            true,
        ),
        (
            "document.querySelector('button').style.color = 'red'",
            "Go",
            true,
        ),
        ("document.body.append('more')", "Go", true),
    ] {
        let later = format!("document.addEventListener('keydown', () => {{ {script} }})");
        bench.site.put("/next", &page(""));
        bench.show(&page(&later)).await;
        let place = bench.middle(on).await;
        bench.picture((1_280, 900)).await;
        let keys = vec!["F2".to_owned()];
        bench
            .act(Action::PressKeys { target: None, keys })
            .await
            .unwrap();
        match bench.act(pointer(place, LEFT)).await {
            Ok(_) => assert!(holds, "{script}"),
            Err(Error::Moved { .. }) => assert!(!holds, "{script}"),
            Err(error) => panic!("{script}: {error}"),
        }
        // Another look, and it is meant for what lies there now.
        bench.picture((1_280, 900)).await;
        bench.act(pointer(place, LEFT)).await.unwrap();
    }
    bench.picture((1_280, 900)).await;
    let outside = Point {
        x: 5_000.0,
        y: 10.0,
    };
    let refused = bench.act(pointer(outside, LEFT)).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
}

#[tokio::test]
async fn every_gesture_reaches_the_page_as_a_mouse_would() {
    let bench = Bench::start().await;
    bench.site.put("/inner", "<body style='margin:0'><div id=log>-</div><label>Deep <input></label><div style='height:900px'>");
    bench
        .show(
            "<body style='margin:0'><div id=pad style='height:100px;background:#eee'>Pad</div><p id=log>-</p><p id=way></p>\
             <iframe src=/inner style='height:200px'></iframe>\
             <form onsubmit=\"log.textContent='sent ' + who.value;return false\"><label>Who <input id=who></label></form>\
             <select id=pick><option>Red<option>Green<option>Blue</select><input type=date aria-label=Day>\
             <input type=file aria-label=File><script>const say = (e, more) => log.textContent = [e.type, e.button, e.detail, e.ctrlKey, more].join();\
             for (const type of ['click','dblclick','contextmenu','auxclick','mousemove']) pad.addEventListener(type, e => { e.preventDefault(); say(e) });\
             let path = []; pad.addEventListener('mousedown', () => path = []); pad.addEventListener('mousemove', e => { if (e.buttons) path.push(e.clientX) });\
             addEventListener('mouseup', e => { way.textContent = path.length > 3 ? `${path.length > 9} ${path[0]} to ${path.at(-1)}` : '' })</script>",
        )
        .await;
    let pad = Point { x: 50.0, y: 50.0 };
    let click = |button, times| Gesture::Click { button, times };
    let far = Point { x: 250.0, y: 60.0 };
    let drag = Gesture::Drag {
        path: vec![Point { x: 150.0, y: 55.0 }, far],
        onto: None,
    };
    for (gesture, held, said) in [
        (Gesture::Move, "", "mousemove,0,0,false,"),
        (click(Button::Left, 1), "", "click,0,1,false,"),
        (click(Button::Left, 2), "", "dblclick,0,2,false,"),
        (click(Button::Left, 3), "", "click,0,3,false,"),
        (click(Button::Right, 1), "", "auxclick,2,1,false,"),
        (click(Button::Middle, 1), "", "auxclick,1,1,false,"),
        (click(Button::Left, 1), "Control", "click,0,1,true,"),
        (drag, "", "true 51 to 250"),
    ] {
        let action = Action::Pointer {
            at: pad,
            gesture: gesture.clone(),
            held: Some(held.to_owned())
                .filter(|it| !it.is_empty())
                .into_iter()
                .collect(),
            target: None,
        };
        let done = bench.act(action).await.unwrap();
        assert!(done.effect.changed, "{gesture:?}");
        let seen = text(&bench.look().await);
        assert!(seen.contains(said), "{gesture:?} {held}: {seen}");
    }

    // The wheel turns what lies there: the frame, and not the page around it.
    let deep = bench.middle("Deep").await;
    let down = Gesture::Scroll { dx: 0.0, dy: 300.0 };
    let turned = bench.act(pointer(deep, down.clone())).await.unwrap();
    assert!(turned.effect.changed, "{turned:?}");
    let again = bench.act(pointer(pad, down)).await.unwrap();
    assert_eq!(again.effect.value.as_deref(), Some("nothing scrolled"));

    let up = Gesture::Scroll {
        dx: 0.0,
        dy: -900.0,
    };
    bench.act(pointer(deep, up)).await.unwrap();
    bench.click_on("Deep").await.unwrap();
    let mut action = typed("below");
    bench.page.name_met(&mut action).await;
    let done = bench.act(action.clone()).await.unwrap();
    assert_eq!(done.effect.value.as_deref(), Some("below"));
    let met = bench
        .page
        .locate(&action.target().unwrap().element)
        .await
        .unwrap();
    assert_eq!((met.frame.len(), &*met.name), (1, "Deep"));
    bench.click_on("Who").await.unwrap();
    bench.act(typed("Ann\n")).await.unwrap();
    assert!(text(&bench.look().await).contains("sent Ann"));

    // What the system draws can't be seen or hit; keys do.
    let list = bench.look().await;
    let list = list
        .nodes
        .iter()
        .find(|it| it.tag == "select")
        .unwrap()
        .rect
        .unwrap();
    let at = Point {
        x: list[0] + 5.0,
        y: list[1] + 5.0,
    };
    bench.act(pointer(at, LEFT)).await.unwrap();
    let chosen = bench.act(typed("Gr")).await.unwrap();
    assert_eq!(chosen.effect.value.as_deref(), Some("Green"));
    bench.click_on("Day").await.unwrap();
    let day = bench.act(typed("2031-03-05")).await.unwrap();
    assert_eq!(day.effect.value.as_deref(), Some("2031-03-05"));
    let file = bench.click_on("File").await;
    assert!(matches!(file, Err(Error::Invalid { .. })), "{file:?}");
}

#[tokio::test]
async fn text_without_a_field_goes_nowhere() {
    let bench = Bench::start().await;
    bench
        .show("<p id=log>-</p><script>addEventListener('keydown', e => log.textContent += e.key)</script>")
        .await;
    let typed = bench.act(typed("delete all")).await;
    assert!(matches!(typed, Err(Error::Invalid { .. })), "{typed:?}");
    assert!(!text(&bench.look().await).contains("-d"));
}
