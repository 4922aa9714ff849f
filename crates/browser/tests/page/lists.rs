//! Options: native selects and the lists that pages make up.

use errand_browser::page::Error;

use crate::support::{Bench, id, text};

#[tokio::test]
async fn native_selects_choose_by_label_or_value() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<label>City <select onchange="out.textContent=this.value"><option value=o>Oslo<option value=b>Bergen<option disabled>Rome</select></label>
            <label>Tags <select multiple><option>red<option>green<option selected>blue</select></label><p id=out></p>"#,
        )
        .await;
    let city = id(&seen, "combobox", "City");
    let outcome = bench.select(&city, &["bergen"]).await.unwrap();
    assert_eq!(outcome.effect.value.as_deref(), Some("Bergen"));
    assert_eq!(
        bench
            .select(&city, &["o"])
            .await
            .unwrap()
            .effect
            .value
            .as_deref(),
        Some("Oslo")
    );
    let tags = bench
        .select(&id(&seen, "listbox", "Tags"), &["red", "green"])
        .await
        .unwrap();
    assert_eq!(tags.effect.value.as_deref(), Some("red, green"));
    let error = bench.select(&city, &["Paris"]).await.unwrap_err();
    assert!(
        matches!(&error, Error::NoSuchOption { have, .. } if have == &["Oslo", "Bergen", "Rome"]),
        "{error}"
    );
    assert!(
        bench
            .select(&city, &["Rome"])
            .await
            .unwrap_err()
            .to_string()
            .contains("disabled")
    );
}

const MADE_UP: &str = r#"<style>[hidden]{display:none}.pop{border:1px solid;width:200px}</style>
<div id=cb role=combobox aria-label=Size tabindex=0 aria-expanded=false aria-controls=lb>Choose</div>
<div id=lb role=listbox hidden class=pop><div role=option>Small</div><div role=option>Large</div></div>
<label>Country <input id=ta role=combobox aria-controls=tl autocomplete=off></label><ul id=tl role=listbox hidden></ul>
<div role=listbox aria-label=Fruit><div role=option tabindex=0>Apple</div><div role=option tabindex=0>Pear</div></div>
<div id=plain style="cursor:pointer;width:100px">Pick a day</div>
<button id=mb aria-haspopup=menu>Actions</button><div id=menu role=menu hidden><div role=menuitem>Copy</div><div role=menuitem>Delete</div></div>
<div role=radiogroup aria-label=Speed><label><input type=radio name=s>Slow</label><label><input type=radio name=s>Fast</label></div>
<label>Browser <input list=dl></label><datalist id=dl><option value=Chrome><option value=Firefox></datalist><p id=out></p>
<script>
cb.onclick = () => { lb.hidden = !lb.hidden; cb.setAttribute('aria-expanded', !lb.hidden); };
lb.onclick = (e) => { cb.textContent = e.target.textContent; lb.hidden = true; cb.setAttribute('aria-expanded', false); };
let timer; ta.oninput = () => { clearTimeout(timer); tl.hidden = true; tl.innerHTML = '';
  timer = setTimeout(() => { tl.innerHTML = ['Norway', 'North Korea'].filter(x => x.toLowerCase().startsWith(ta.value.toLowerCase())).map(x => `<li role=option>${x}</li>`).join('');
    tl.hidden = false; }, 500); };
tl.onmousedown = (e) => { ta.value = e.target.textContent; tl.hidden = true; };
document.querySelector('[aria-label=Fruit]').onclick = (e) => { for (const o of e.currentTarget.children) o.setAttribute('aria-selected', o === e.target); };
plain.onclick = () => setTimeout(() => { const d = document.createElement('div'); d.innerHTML = '<span>Monday</span> <span>Tuesday</span>';
  d.onclick = (e) => { plain.textContent = e.target.textContent; d.remove(); }; document.body.append(d); }, 200);
mb.onclick = () => { menu.hidden = false; }; menu.onclick = (e) => { out.textContent = e.target.textContent + 'd'; menu.hidden = true; };
</script>"#;

#[tokio::test]
async fn made_up_lists_are_opened_searched_and_read_back() {
    let bench = Bench::start().await;
    let seen = bench.show(MADE_UP).await;
    let size = id(&seen, "combobox", "Size");
    assert_eq!(
        bench
            .select(&size, &["Large"])
            .await
            .unwrap()
            .effect
            .value
            .as_deref(),
        Some("Large")
    );
    assert_eq!(
        bench
            .select(&size, &["small"])
            .await
            .unwrap()
            .effect
            .value
            .as_deref(),
        Some("Small")
    );
    let country = bench
        .select(&id(&seen, "combobox", "Country"), &["Norway"])
        .await
        .unwrap();
    assert_eq!(country.effect.value.as_deref(), Some("Norway"));
    let fruit = bench
        .select(&id(&seen, "listbox", "Fruit"), &["Pear"])
        .await
        .unwrap();
    assert_eq!(fruit.effect.value.as_deref(), Some("Pear"));
    let plain = seen
        .nodes
        .iter()
        .position(|it| it.role == "generic" && it.interactive)
        .unwrap();
    let plain = seen.nodes[plain].id.clone().unwrap();
    bench.select(&plain, &["Tuesday"]).await.unwrap();
    bench
        .select(&id(&seen, "button", "Actions"), &["Delete"])
        .await
        .unwrap();
    let speed = bench
        .select(&id(&seen, "radiogroup", "Speed"), &["Fast"])
        .await
        .unwrap();
    assert_eq!(speed.effect.checked, Some(true));
    let browser = bench
        .select(&id(&seen, "combobox", "Browser"), &["Firefox"])
        .await
        .unwrap();
    assert_eq!(browser.effect.value.as_deref(), Some("Firefox"));
    let after = text(&bench.look().await);
    assert!(
        after.contains("Tuesday") && after.contains("Deleted"),
        "{after}"
    );
    let error = bench.select(&size, &["Gigantic"]).await.unwrap_err();
    assert!(
        matches!(&error, Error::NoSuchOption { have, .. } if have == &["Small", "Large"]),
        "{error}"
    );
}
