//! A person's hand on the browser.

use std::time::Duration;

use errand_browser::{Page, Remote, page::Error};
use errand_domain::{
    Action,
    action::Button,
    input::{Input, Key, Modifiers, Mouse, Stroke, Typed},
};
use tokio::time::timeout;

use crate::support::{Bench, id, text};

const HELD: Modifiers = Modifiers {
    alt: false,
    control: false,
    meta: false,
    shift: false,
};
const SHIFT: Modifiers = Modifiers {
    shift: true,
    ..HELD
};
const CONTROL: Modifiers = Modifiers {
    control: true,
    ..HELD
};

pub fn click(x: f64, y: f64, button: Button, times: u8) -> Input {
    Input::mouse(x, y, Mouse::Click { button, times }, HELD).unwrap()
}

fn mouse(x: f64, y: f64, does: Mouse) -> Input {
    Input::mouse(x, y, does, HELD).unwrap()
}

fn press(name: &str, held: Modifiers) -> Input {
    Input::Key {
        key: Key::new(name, "").unwrap(),
        does: Stroke::Press,
        held,
    }
}

fn typed(text: &str) -> Input {
    Input::Text(Typed::text(text).unwrap())
}

fn paste(text: &str) -> Input {
    Input::Paste(Typed::paste(text).unwrap())
}

/// What the page wrote down, once it is that.
async fn logged(page: &Page, expected: &str) {
    let mut seen = String::new();
    let wait = async {
        loop {
            let html = page.html().await.unwrap();
            let (_, rest) = html.split_once("<pre id=\"log\">").unwrap();
            rest.split("</pre>").next().unwrap().clone_into(&mut seen);
            if seen == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let found = timeout(Duration::from_secs(5), wait).await.is_ok();
    assert!(found, "not {expected:?} but {seen:?}");
}

const LOG: &str =
    "<style>body{margin:0;user-select:none}#box,#far{width:300px;height:100px}</style>
    <pre id=log></pre><script>const say = it => { log.textContent += it + ' '; };</script>";

#[tokio::test]
async fn the_mouse_moves_presses_clicks_drags_and_turns_its_wheel() {
    let bench = Bench::start().await;
    bench.site.put("/", &format!(
        "<div id=box></div>{LOG}<div style='height:5000px'></div><script>
        for (const kind of ['mousedown', 'mouseup', 'click', 'dblclick', 'contextmenu'])
            box.addEventListener(kind, it => say(`${{kind}}${{it.button}}/${{it.detail}}${{it.shiftKey ? '+' : ''}}`));
        box.addEventListener('mousemove', it => it.buttons && say(`drag${{it.offsetX}},${{it.offsetY}}`));
        addEventListener('scroll', () => say('scrolled'), {{ once: true }});
        </script>"
    ));
    bench.open("/").await;
    let remote = Remote::new(&bench.page);
    let do_all = async |inputs: &[Input]| remote.apply_all(inputs).await.unwrap();
    do_all(&[click(50.0, 50.0, Button::Left, 2)]).await;
    let mut expected = "mousedown0/1 mouseup0/1 click0/1 mousedown0/2 mouseup0/2 click0/2 \
                        dblclick0/2 "
        .to_owned();
    logged(&bench.page, &expected).await;
    let (button, times) = (Button::Left, 1);
    do_all(&[
        mouse(10.0, 10.0, Mouse::Down { button, times }),
        mouse(20.0, 30.0, Mouse::Move),
        mouse(40.0, 60.0, Mouse::Move),
        mouse(40.0, 60.0, Mouse::Up { button, times }),
        Input::mouse(5.0, 5.0, Mouse::Click { button, times }, SHIFT).unwrap(),
        click(5.0, 5.0, Button::Right, 1),
    ])
    .await;
    expected += "mousedown0/1 drag20,30 drag40,60 mouseup0/1 click0/1 mousedown0/1+ mouseup0/1+ \
                 click0/1+ mousedown2/1 contextmenu2/0 mouseup2/1 ";
    logged(&bench.page, &expected).await;
    do_all(&[Input::wheel(50.0, 50.0, 0.0, 400.0, HELD).unwrap()]).await;
    expected += "scrolled ";
    logged(&bench.page, &expected).await;
}

#[tokio::test]
async fn what_a_page_makes_draggable_is_dragged_and_dropped() {
    let bench = Bench::start().await;
    bench.site.put("/", &format!(
        "<div id=box draggable=true>take</div><div id=far>here</div>{LOG}<script>
        box.ondragstart = it => it.dataTransfer.setData('text/plain', 'cargo');
        far.ondragover = it => it.preventDefault();
        far.ondrop = it => {{ it.preventDefault(); say('dropped ' + it.dataTransfer.getData('text/plain')); }};
        </script>"
    ));
    bench.open("/").await;
    let remote = Remote::new(&bench.page);
    let (button, times) = (Button::Left, 1);
    let mut inputs = vec![mouse(10.0, 10.0, Mouse::Down { button, times })];
    inputs.extend((1..=14).map(|step| mouse(10.0, 10.0 * f64::from(step), Mouse::Move)));
    inputs.push(mouse(10.0, 150.0, Mouse::Up { button, times }));
    remote.apply_all(&inputs).await.unwrap();
    logged(&bench.page, "dropped cargo ").await;
}

#[tokio::test]
async fn keys_text_and_pastes_go_where_the_focus_is_also_in_other_origins() {
    let bench = Bench::start().await;
    let inner = format!(
        "<input id=box autofocus>{LOG}<script>
        box.onkeydown = it => say(`${{it.key}}/${{it.code}}/${{it.keyCode}}${{it.ctrlKey ? '^' : ''}}`);
        box.onkeyup = it => say('up');
        box.onpaste = it => say('paste:' + it.clipboardData.getData('text/plain'));
        box.oninput = it => say('=' + box.value);
        </script>"
    );
    bench.site.put("/inner", &inner);
    let frame = format!(
        "<body style='margin:0'><iframe style='border:0' width=600 height=400 src='{}'></iframe>",
        bench.site.other("/inner")
    );
    bench.show(&frame).await;
    let remote = Remote::new(&bench.page);
    remote
        .apply(&click(20.0, 50.0, Button::Left, 1))
        .await
        .unwrap();
    let inputs = [
        press("a", HELD),
        press("B", SHIFT),
        typed("ß漢"),
        paste("cd"),
        press("a", CONTROL),
        press("Delete", HELD),
    ];
    remote.apply_all(&inputs).await.unwrap();
    let seen = async || text(&bench.look().await);
    let expected = "a/KeyA/65 =a up B/KeyB/66 =aB up =aBß漢 paste:cd =aBß漢cd a/KeyA/65^ up \
                    Delete/Delete/46 = up";
    for tries in 0.. {
        let seen = seen().await;
        if seen.contains(expected) {
            break;
        }
        assert!(tries < 50, "{seen}");
    }
}

#[tokio::test]
async fn a_page_may_take_a_paste_itself_and_keys_left_down_are_let_go() {
    let bench = Bench::start().await;
    bench.site.put("/", &format!(
        "<input id=box autofocus>{LOG}<script>
        addEventListener('paste', it => {{ it.preventDefault(); say('took ' + it.clipboardData.getData('text/plain')); }});
        box.onkeydown = it => say(it.key + (it.repeat ? '*' : ''));
        box.onkeyup = it => say('up ' + it.key);
        </script>"
    ));
    bench.open("/").await;
    let remote = Remote::new(&bench.page);
    remote
        .apply(&click(20.0, 10.0, Button::Left, 1))
        .await
        .unwrap();
    remote.apply(&paste("it")).await.unwrap();
    let key = Key::new("Shift", "ShiftRight").unwrap();
    let (does, held) = (Stroke::Down, SHIFT);
    let down = Input::Key { key, does, held };
    remote.apply_all(&[down.clone(), down]).await.unwrap();
    remote.release().await;
    logged(&bench.page, "took it Shift Shift* up Shift ").await;
}

#[tokio::test]
async fn tabs_history_and_dialogs_are_the_same_as_for_the_run() {
    let bench = Bench::start().await;
    bench.site.put("/two", "<h1>Two</h1>");
    bench.show("<h1>One</h1>").await;
    let remote = Remote::new(&bench.page);
    let at = |path: &str| bench.site.url(path);
    let arrive = async |path: &str| {
        let url = bench.site.url(path);
        let arrived = async {
            while bench.page.url() != url {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(5), arrived).await.unwrap();
    };
    let go = Input::navigate(&at("/two")).unwrap();
    for (input, path) in [
        (go, "/two"),
        (Input::Back, "/"),
        (Input::Forward, "/two"),
        (Input::Reload, "/two"),
    ] {
        remote.apply(&input).await.unwrap();
        arrive(path).await;
    }
    assert!(matches!(
        remote.apply(&Input::Forward).await,
        Err(Error::Invalid { .. })
    ));
    remote
        .apply(&Input::open_tab(Some(&at("/"))).unwrap())
        .await
        .unwrap();
    arrive("/").await;
    assert!(text(&bench.look().await).contains("One"));
    remote
        .apply(&Input::switch_tab("t1").unwrap())
        .await
        .unwrap();
    assert_eq!(bench.page.url(), at("/two"));
    remote
        .apply(&Input::close_tab("t2").unwrap())
        .await
        .unwrap();
    let gone = remote.apply(&Input::switch_tab("t2").unwrap()).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })));

    let seen = bench
        .show("<button onclick=\"out.textContent=prompt('name?')\">Ask</button><p id=out></p>")
        .await;
    bench.click(&id(&seen, "button", "Ask")).await.unwrap();
    let blocked = remote.apply(&click(1.0, 1.0, Button::Left, 1)).await;
    assert!(matches!(blocked, Err(Error::DialogOpen { .. })));
    let text = Some(Typed::answer("Ann").unwrap());
    let answer = Input::AnswerDialog { accept: true, text };
    remote.apply(&answer).await.unwrap();
    assert!(crate::support::text(&bench.look().await).contains("Ann"));
}

#[tokio::test]
async fn hostile_input_is_refused_and_harms_nothing() {
    let bench = Bench::start().await;
    let seen = bench.show("<input type=file id=f style='position:absolute;left:0;top:0;width:200px;height:40px'>
        <select style='position:absolute;left:0;top:100px;width:200px;height:30px'><option>A<option>B</select>").await;
    let remote = Remote::new(&bench.page);
    let far = remote
        .apply(&click(9_000.0, 10.0, Button::Left, 1))
        .await
        .unwrap_err();
    assert!(
        far.to_string()
            .contains("outside of the viewport, which is"),
        "{far}"
    );
    let file = remote
        .apply(&click(20.0, 20.0, Button::Left, 1))
        .await
        .unwrap_err();
    assert!(file.to_string().contains("chooses a file"), "{file}");
    let nowhere = remote.apply(&paste("x")).await.unwrap_err();
    assert!(
        nowhere.to_string().contains("nothing has the focus"),
        "{nowhere}"
    );
    // The list of a select is not of the page: it gets the focus, and keys choose.
    remote
        .apply(&click(20.0, 110.0, Button::Left, 1))
        .await
        .unwrap();
    remote.apply(&press("ArrowDown", HELD)).await.unwrap();
    let select = id(&seen, "combobox", "");
    let now = bench.look().await;
    let value = now
        .nodes
        .iter()
        .find(|node| node.id.as_deref() == Some(&*select));
    assert_eq!(value.unwrap().value.as_deref(), Some("B"));
    // A page that never lets go holds up one input, not the next ones.
    bench
        .act(Action::Navigate {
            url: bench.site.url("/spin"),
        })
        .await
        .ok();
    bench.site.put(
        "/spin",
        "<script>onmousedown = () => { for (;;); }</script><h1>spin</h1>",
    );
    bench.open("/spin").await;
    let held = remote.apply(&click(20.0, 20.0, Button::Left, 1)).await;
    assert!(matches!(held, Err(Error::Timeout { .. })), "{held:?}");
    remote.apply(&mouse(30.0, 30.0, Mouse::Move)).await.unwrap();
    bench.kill();
    let gone = async {
        while !matches!(remote.apply(&Input::Reload).await, Err(Error::Gone)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), gone).await.unwrap();
}
