//! What an observation holds.

use errand_browser::page::{Error, Look};

use crate::support::{Bench, id, node, text};

#[tokio::test]
async fn structure_names_and_states_are_seen_and_nothing_twice() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<title>Shop</title><style>.off{position:absolute;left:-9999px}
            .sr{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)}</style>
            <h1>Orders</h1><nav aria-label=Main><a href="/a">Home</a></nav>
            <p>Your balance is <b>12</b> EUR.</p>
            <span style="display:none">ghost1</span><span style="visibility:hidden">ghost2</span>
            <div style="opacity:0">ghost3</div><div class=off>ghost4</div><div class=sr>ghost5</div>
            <div style="height:0;overflow:hidden">ghost6</div>
            <table><caption>Invoices</caption><tr><th>No<th colspan=2>Sum</tr>
            <tr><th scope=row>INV-1<td>5<td rowspan=2>EUR</tr></table>
            <dl><dt>City<dd>Oslo</dl><ul><li>one<li>two</ul>
            <img src=/x.png alt="A cat"><button aria-expanded=false disabled>More</button>
            <label for=p>Password</label><input id=p type=password value=hunter2>
            <span id=l>Colour</span><select aria-labelledby=l><option value=r>Red<option selected>Blue</select>
            <input placeholder="Search here" required>
            <label><input type=checkbox checked> Agree</label>
            <div class=card><h3>Mug</h3><span>4 EUR</span></div><div class=card><h3>Pot</h3><span>9 EUR</span></div>
            <div><input type=checkbox id=h style="display:none"><label for=h>Hidden box</label></div>
            <div style="cursor:pointer">Pointer only</div><div id=listen>Listener only</div>
            <script>listen.addEventListener('click', () => 1)</script>"#,
        )
        .await;
    let all = text(&seen);
    assert!(!all.contains("ghost"), "{all}");
    assert!(!all.contains("hunter2"), "{all}");
    assert_eq!(all.matches("Your balance is 12 EUR.").count(), 1, "{all}");
    assert_eq!(
        node(&seen, "link", "Home").href.as_deref(),
        Some(bench.site.url("/a").as_str())
    );
    assert_eq!(node(&seen, "heading", "Orders").level, Some(1));
    assert!(node(&seen, "textbox", "Password").filled);
    assert_eq!(node(&seen, "textbox", "Password").value, None);
    let colour = node(&seen, "combobox", "Colour");
    assert_eq!(colour.value.as_deref(), Some("Blue"));
    assert_eq!(
        (&*colour.options[0].label, &*colour.options[0].value),
        ("Red", "r")
    );
    assert!(node(&seen, "textbox", "Search here").required);
    assert_eq!(node(&seen, "checkbox", "Agree").checked, Some(true));
    assert_eq!(node(&seen, "checkbox", "Hidden box").checked, Some(false));
    let more = node(&seen, "button", "More");
    assert!(more.disabled && more.expanded == Some(false));
    assert!(
        seen.nodes
            .iter()
            .any(|it| it.role == "columnheader" && it.column_span == Some(2))
    );
    assert!(seen.nodes.iter().any(|it| it.role == "rowheader"));
    assert!(
        seen.nodes
            .iter()
            .any(|it| it.role == "cell" && it.row_span == Some(2))
    );
    assert_eq!(node(&seen, "table", "Invoices").tag, "table");
    assert!(
        seen.nodes
            .iter()
            .any(|it| it.role == "img" && it.name == "A cat")
    );
    assert_eq!(
        seen.nodes
            .iter()
            .filter(|it| it.role == "generic" && !it.interactive)
            .count(),
        2,
        "{all}"
    );
    let clickable: Vec<String> = (0..seen.nodes.len())
        .filter(|at| seen.nodes[*at].role == "generic" && seen.nodes[*at].interactive)
        .map(|at| seen.text_of(at))
        .collect();
    assert_eq!(clickable, ["Pointer only", "Listener only"], "{all}");
    assert_eq!((&*seen.title, seen.status), ("Shop", Some(200)));
}

#[tokio::test]
async fn ids_and_fingerprint_stay_until_the_page_changes() {
    let bench = Bench::start().await;
    let rows: String = (0..30).map(|it| format!("<p>Line {it}</p>")).collect();
    let html = format!(
        "<button onclick=\"out.textContent='new'\">Change</button><i id=out></i>{rows}<input>"
    );
    let first = bench.show(&html).await;
    let again = bench.look().await;
    assert_eq!(first.nodes, again.nodes);
    assert_eq!(first.fingerprint, again.fingerprint);
    let scroll = errand_domain::Action::Scroll {
        target: None,
        to: errand_domain::action::Scroll::Bottom,
    };
    bench.act(scroll).await.unwrap();
    assert_eq!(bench.look().await.fingerprint, first.fingerprint);
    let outcome = bench.click(&id(&first, "button", "Change")).await.unwrap();
    assert!(outcome.effect.changed && !outcome.effect.navigated);
    let changed = bench.look().await;
    assert_ne!(changed.fingerprint, first.fingerprint);
    assert_eq!(
        id(&changed, "button", "Change"),
        id(&first, "button", "Change")
    );
    bench.act(errand_domain::Action::Reload).await.unwrap();
    let reloaded = bench.look().await;
    let old: Vec<_> = first.nodes.iter().filter_map(|it| it.id.clone()).collect();
    assert!(
        reloaded
            .nodes
            .iter()
            .filter_map(|it| it.id.clone())
            .all(|it| !old.contains(&it))
    );
}

#[tokio::test]
async fn a_long_table_is_cut_to_what_matters_and_the_rest_can_be_read() {
    let bench = Bench::start().await;
    let rows: String = (0..5000)
        .map(|it| {
            format!("<tr><td>INV-{it}<td>Customer {it}<td>{it}.50<td><button>Pay</button></tr>")
        })
        .collect();
    bench.site.put(
        "/",
        &format!("<table><tr><th>No<th>Who<th>Sum<th></tr>{rows}</table>"),
    );
    bench.open("/").await;
    let look = Look {
        goal_words: vec!["INV-4321".to_owned()],
        max_nodes: 400,
    };
    let seen = bench.page.observe(&look).await.unwrap();
    assert!(seen.nodes.len() <= 400, "{}", seen.nodes.len());
    assert!(seen.truncated);
    let all = text(&seen);
    assert!(all.contains("INV-0") && all.contains("INV-4321"), "{all}");
    let left_out: u32 = seen.nodes.iter().filter_map(|it| it.omitted).sum();
    assert!(left_out > 4500, "{left_out}");
    let gap = seen
        .nodes
        .iter()
        .find(|it| it.omitted.is_some_and(|count| count > 600))
        .unwrap();
    let read = bench.page.read(gap.id.as_deref()).await.unwrap();
    let count = usize::try_from(gap.omitted.unwrap()).unwrap();
    assert_eq!(
        read.nodes.iter().filter(|it| it.role == "row").count(),
        count
    );
    let whole = bench.page.read(None).await.unwrap();
    assert_eq!(
        whole.nodes.iter().filter(|it| it.role == "row").count(),
        5001
    );
    assert!(matches!(
        bench.page.read(Some("e999999")).await,
        Err(Error::NotFound { .. })
    ));
    bench
        .act(errand_domain::Action::Scroll {
            target: None,
            to: errand_domain::action::Scroll::Down,
        })
        .await
        .unwrap();
    assert_eq!(
        bench.page.observe(&look).await.unwrap().fingerprint,
        seen.fingerprint
    );
}

#[tokio::test]
async fn what_lies_under_something_else_is_said_to_be_covered() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<button>Under</button><div id=veil role=dialog aria-label=Cookies
            style="position:fixed;inset:0;background:#fff8"><button onclick="veil.remove()">Accept</button></div>"#,
        )
        .await;
    let under = id(&seen, "button", "Under");
    assert!(node(&seen, "button", "Under").covered || node(&seen, "button", "Accept").in_view);
    let error = bench.click(&under).await.unwrap_err();
    assert!(
        matches!(&error, Error::Covered { by, .. } if by.contains("Cookies") || by.contains("Accept")),
        "{error}"
    );
    bench.click(&id(&seen, "button", "Accept")).await.unwrap();
    bench.click(&under).await.unwrap();
}

#[tokio::test]
async fn texts_have_their_place_and_controls_without_words_what_their_author_calls_them() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r##"<div id=list><div>Alpha</div><p><b>Be</b>ta</p></div> loose <br><i>leaning</i> on
            <button class="btn js-trash"><i class="fa fa-trash-o"></i></button>
            <button><svg width=10 height=10><use href="#icon-gear"></use></svg></button>
            <button><img src="/static/star-empty.png" width=10 height=10></button>
            <button class=plain>Plain</button>
            <form><input type=checkbox name=a> Milk <br><input type=checkbox name=b> Eggs</form>
            <form>Tea <input type=checkbox name=c><br>Rum <input type=checkbox name=d></form>
            <ul id=log></ul><script>list.onclick = (event) => {
              log.innerHTML += `<li>${event.target.tagName}</li>`; };</script>"##,
        )
        .await;
    let run = |text: &str| seen.nodes.iter().find(|it| it.text == text).unwrap();
    let [alpha, beta] = [run("Alpha"), run("Beta")];
    let lower = |it: &errand_browser::Node| it.rect.unwrap()[1];
    assert!(lower(beta) > lower(alpha), "{seen:?}");
    // A click on the element would not land on the text.
    assert_eq!(run("loose").id, None);
    assert!(bench.click(beta.id.as_ref().unwrap()).await.is_ok());
    assert!(text(&bench.look().await).contains('P'));
    let hints: Vec<&str> = seen
        .nodes
        .iter()
        .filter(|it| it.role == "button")
        .map(|it| it.hint.as_deref().unwrap_or_default())
        .collect();
    for (hint, said) in hints
        .iter()
        .zip(["fa-trash-o", "icon-gear", "star-empty", ""])
    {
        assert!(
            hint.contains(said) && hint.is_empty() == said.is_empty(),
            "{hints:?}"
        );
    }
    let labels: Vec<&str> = seen
        .nodes
        .iter()
        .filter(|it| it.role == "checkbox")
        .filter_map(|it| it.label.as_deref())
        .collect();
    assert_eq!(labels, ["Milk", "Eggs", "Tea", "Rum"]);
}
