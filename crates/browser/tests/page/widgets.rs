//! Sliders, spinners, calendars and pickers that pages make up.

use errand_browser::page::Error;

use crate::support::{Bench, id, node, text};

const SLIDERS: &str = r#"<style>.ui-slider{position:relative;width:300px;height:12px;background:#ddd;margin:30px}
.ui-slider-handle,.thumb{position:absolute;top:-3px;left:0;width:16px;height:16px;background:#06c}
.high{width:12px;height:240px}.high .thumb{top:auto;bottom:0}</style>
<p>Volume</p><div class=ui-slider id=a><span class=ui-slider-handle tabindex=0></span></div><span id=av>Now 10</span> of 250
<div class=ui-slider><div class=thumb role=slider tabindex=0 aria-label=Price aria-valuemin=0 aria-valuemax=1000 aria-valuenow=500 id=b></div></div>
<div class="ui-slider high"><div class=thumb role=slider aria-orientation=vertical aria-label=Level aria-valuenow=0 id=c></div></div>
<div class="slider ui-slider" id=d><div class="slider-thumb thumb" id=dh></div></div><output id=dv>0</output>
<style>.switch{position:relative;display:inline-block;width:60px;height:34px}.switch input{opacity:0;width:0;height:0}
.switch .slider{position:absolute;inset:0;background:#ccc;margin:0}.show{position:relative;width:900px;height:300px}.show div{position:absolute;width:40px;height:40px}</style>
<div><label class=switch><input type=checkbox aria-label=Lamp><span class="slider round"></span></label></div>
<div class="slider show"><div class="slider-prev" tabindex=0></div><div class="slider-handle-left" tabindex=0></div></div>
<label>Native <input type=range min=0 max=50 step=5 value=0></label>
<script>
// By keys alone, in steps of 2, and it shows its value in words elsewhere.
let at = 10; a.firstChild.onkeydown = (e) => { const by = { 37: -2, 40: -2, 38: 2, 39: 2 }[e.keyCode]; if (!by) return; e.preventDefault();
  at = Math.max(0, Math.min(250, at + by)); a.firstChild.style.left = `${at / 250 * 100}%`; av.textContent = `Now ${at}`; };
b.onkeydown = (e) => { const by = { ArrowLeft: -1, ArrowRight: 1 }[e.key]; if (by) b.setAttribute('aria-valuenow', Number(b.getAttribute('aria-valuenow')) + by); };
const dragged = (knob, place) => { knob.onpointerdown = (e) => { knob.setPointerCapture(e.pointerId); e.preventDefault(); };
  knob.onpointermove = (e) => { if (e.buttons) place(e, knob.parentNode.getBoundingClientRect()); }; };
const part = (value) => Math.min(1, Math.max(0, value));
dragged(c, (e, box) => { const p = part((box.bottom - e.clientY) / box.height); c.style.bottom = `${p * 100}%`; c.setAttribute('aria-valuenow', Math.round(p * 20)); });
dragged(dh, (e, box) => { const p = part((e.clientX - box.left) / box.width); dh.style.left = `${p * 100}%`; dv.textContent = Math.round(p * 60); });
</script>"#;

#[tokio::test]
async fn sliders_are_brought_to_a_value_and_read_back() {
    let bench = Bench::start().await;
    let seen = bench.show(SLIDERS).await;
    let labelled = |label: &str| {
        let mut nodes = seen.nodes.iter();
        let found = nodes.find(|it| it.role == "slider" && it.label.as_deref() == Some(label));
        found
            .unwrap_or_else(|| panic!("{label} in {}", text(&seen)))
            .id
            .clone()
            .unwrap()
    };
    let bare = seen
        .nodes
        .iter()
        .rfind(|it| it.role == "slider" && it.tag == "div")
        .unwrap();
    for (slider, wanted) in [
        (labelled("Volume"), "64"),
        (id(&seen, "slider", "Price"), "730"),
        (id(&seen, "slider", "Level"), "13"),
        (bare.id.clone().unwrap(), "42"),
        (id(&seen, "slider", "Native"), "35"),
    ] {
        let outcome = bench.fill(&slider, wanted).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{wanted}: {error}"));
        assert_eq!(outcome.effect.value.as_deref(), Some(wanted));
        assert!(outcome.effect.changed, "{wanted}");
    }
    assert!(text(&bench.look().await).contains("Now 64"));
    // Switches and shows of pictures have parts that are called so, and are no sliders.
    assert_eq!(
        seen.nodes.iter().filter(|it| it.role == "slider").count(),
        5
    );
    // What it has no place for is said, with the nearest that it has.
    let odd = bench.fill(&labelled("Volume"), "65").await.unwrap_err();
    assert!(odd.to_string().contains("nearest"), "{odd}");
    let far = bench.fill(&labelled("Volume"), "900").await.unwrap_err();
    assert!(far.to_string().contains("250"), "{far}");
    let native = bench
        .fill(&id(&seen, "slider", "Native"), "33")
        .await
        .unwrap_err();
    assert!(
        native.to_string().contains("0 to 50 in steps of 5"),
        "{native}"
    );
    let words = bench.fill(&labelled("Volume"), "loud").await.unwrap_err();
    assert!(matches!(words, Error::NotEditable { .. }), "{words}");
}

#[tokio::test]
async fn spinners_count_by_keys_or_by_their_buttons() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<div><button onclick="q.value--">−</button><input id=q readonly value=3 aria-label=Quantity><button onclick="q.value++">+</button></div>
            <div><div role=spinbutton tabindex=0 aria-label=Hour aria-valuenow=5 id=h>5</div></div>
            <div><input role=spinbutton aria-label=Minutes value=0 id=m readonly><span class=up style="cursor:pointer;display:inline-block;width:16px;height:10px"></span><br>
            <span class=down style="cursor:pointer;display:inline-block;width:16px;height:10px"></span></div>
            <script>h.onkeydown = (e) => { const by = { ArrowUp: 1, ArrowDown: -1 }[e.key]; if (by) { h.textContent = Number(h.textContent) + by; h.setAttribute('aria-valuenow', h.textContent); } };
            document.querySelector('.up').onclick = () => m.value = Number(m.value) + 5; document.querySelector('.down').onclick = () => m.value = Number(m.value) - 5;</script>"#,
        )
        .await;
    for (role, name, wanted) in [
        ("textbox", "Quantity", "12"),
        ("textbox", "Quantity", "1"),
        ("spinbutton", "Hour", "2"),
        ("spinbutton", "Minutes", "45"),
    ] {
        let outcome = bench.fill(&id(&seen, role, name), wanted).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(outcome.effect.value.as_deref(), Some(wanted), "{name}");
    }
}

/// A calendar under a field, in the ways that such calendars are made.
fn calendar(field: &str, head: &str, day: &str, show: &str) -> String {
    format!(
        r#"<style>#pop{{display:none;position:absolute;border:1px solid;background:#fff;padding:6px}}td,.d{{width:26px;height:22px;text-align:center;cursor:pointer}}
        .w{{display:grid;grid-template-columns:repeat(7,28px)}}.off{{opacity:.4}}</style>
        {field}<div id=pop></div><p id=out></p><script>
        const pop = document.getElementById('pop'), field = document.getElementById('f');
        const NAMES = ['January','February','March','April','May','June','July','August','September','October','November','December'];
        let year = 2026, month = 10, picked = null;
        const close = () => pop.style.display = 'none';
        const put = (y, m, d) => {{ field.value = {show}; field.dispatchEvent(new Event('change')); close(); }};
        const turn = (by) => {{ month += by; year += Math.floor(month / 12); month = (month + 12) % 12; draw(); }};
        const draw = () => {{
          const first = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7, days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
          const before = new Date(Date.UTC(year, month, 0)).getUTCDate();
          const cells = []; for (let i = first; i > 0; i--) cells.push([before - i + 1, -1]); for (let d = 1; d <= days; d++) cells.push([d, 0]);
          for (let d = 1; cells.length < 42; d++) cells.push([d, 1]);
          {head}
          {day}
          pop.style.display = 'block';
        }};
        field.addEventListener('click', () => setTimeout(draw, 60));
        </script>"#
    )
}

#[tokio::test]
async fn days_are_picked_from_calendars_of_every_make() {
    let bench = Bench::start().await;
    let table = r#"pop.innerHTML += '<table><tr><th>Mo<th>Tu<th>We<th>Th<th>Fr<th>Sa<th>Su</tr>' + [0,1,2,3,4,5].map((w) => '<tr>' + cells.slice(w * 7, w * 7 + 7)
        .map(([d, o]) => o ? '<td>&nbsp;</td>' : `<td><a href=# onclick="put(year, month, ${d}); return false">${d}</a></td>`).join('') + '</tr>').join('') + '</table>';"#;
    let grid = r#"pop.innerHTML += '<div class=w role=grid>' + cells.map(([d, o]) => `<div class="d ${o ? 'off' : ''}" onclick="${o ? '' : `put(year, month, ${d})`}">${d}</div>`).join('') + '</div>';"#;
    let us = "`${String(m + 1).padStart(2, '0')}/${String(d).padStart(2, '0')}/${y}`";
    let iso = "`${y}-${String(m + 1).padStart(2, '0')}-${String(d).padStart(2, '0')}`";
    let readonly = r#"<label>Date <input id=f readonly></label>"#;
    let open = r#"<label>Date <input id=f placeholder="MM/DD/YYYY"></label>"#;
    let cases = [
        // Words for the arrows, month and year apart.
        (
            readonly,
            r#"pop.innerHTML = `<a href=# title=Prev onclick="turn(-1);return false"><span>Prev</span></a> <a href=# title=Next onclick="turn(1);return false"><span>Next</span></a> <div><span>${NAMES[month]}</span>&nbsp;<span>${year}</span></div>`;"#,
            table,
            us,
            "03/12/2026",
        ),
        // Nothing but arrows beside the heading.
        (
            open,
            r#"pop.innerHTML = `<div style="display:flex;gap:8px"><span style="cursor:pointer;width:20px" onclick="turn(-1)"><svg width=12 height=12></svg></span><b>${NAMES[month].slice(0, 3)} ${year}</b><span style="cursor:pointer;width:20px" onclick="turn(1)"><svg width=12 height=12></svg></span></div>`;"#,
            grid,
            us,
            "03/12/2026",
        ),
        // Lists for month and year.
        (
            readonly,
            r#"pop.innerHTML = `<select onchange="month=+this.value;draw()">${NAMES.map((n, i) => `<option value=${i} ${i === month ? 'selected' : ''}>${n}`).join('')}</select>
          <select onchange="year=+this.value;draw()">${[2024, 2025, 2026, 2027].map((y) => `<option ${y === year ? 'selected' : ''}>${y}`).join('')}</select>`;"#,
            grid,
            iso,
            "2026-03-12",
        ),
    ];
    for (field, head, day, show, value) in cases {
        let seen = bench.show(&calendar(field, head, day, show)).await;
        let date = id(&seen, "textbox", "Date");
        let outcome = bench.fill(&date, "12 March 2026").await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{head}: {error}"));
        assert_eq!(outcome.effect.value.as_deref(), Some(value), "{head}");
        // On over the end of the year.
        let outcome = bench.fill(&date, "2027-02-28").await.unwrap();
        let shown = outcome.effect.value.unwrap();
        assert!(
            errand_browser::human::same("2027-02-28", &shown, ""),
            "{shown}"
        );
    }
    // A day that is not on offer, and a calendar that does not go that far.
    let head = r#"pop.innerHTML = `<button onclick="turn(1)">Next</button><b>${NAMES[month]} ${year}</b>`;"#;
    let off = grid.replace("${o ? 'off' : ''}", "${d > 20 ? 'disabled' : ''}");
    let seen = bench.show(&calendar(readonly, head, &off, us)).await;
    let date = id(&seen, "textbox", "Date");
    let day = bench.fill(&date, "21 December 2026").await.unwrap_err();
    assert!(
        day.to_string()
            .contains("does not offer day 21 of December 2026"),
        "{day}"
    );
    let past = bench.fill(&date, "12 March 2026").await.unwrap_err();
    assert!(
        past.to_string()
            .contains("nothing there leads to March 2026"),
        "{past}"
    );
}

#[tokio::test]
async fn fields_without_a_calendar_take_dates_in_their_own_format_and_pickers_their_options() {
    let bench = Bench::start().await;
    let seen = bench
        .show(
            r#"<label>Born <input placeholder="DD.MM.YYYY"></label><label>Note <input></label>
            <br><label>Alarm <input id=al readonly></label><div id=layer style="display:none;position:absolute;top:80px"><button id=ok>OK</button></div>
            <br><label>Due <input id=due></label><div id=hours style="display:none;position:absolute;width:200px;height:90px;background:#eee">08:00 09:00</div>
            <label>Start <input readonly id=t></label><ul id=l role=listbox style="display:none;position:absolute"><li role=option>4:30 PM<li role=option>5:00 PM</ul>
            <script>let kept = ''; al.onfocus = () => { al.readOnly = false; layer.style.display = 'block'; };
            ok.onmousedown = (e) => e.preventDefault(); ok.onclick = () => { kept = al.value; layer.style.display = 'none'; al.blur(); };
            al.onblur = () => { al.value = kept; al.readOnly = true; };
            due.onfocus = () => hours.style.display = 'block';
            due.onblur = () => { hours.style.display = 'none'; if (!/^\d\d:\d\d$/.test(due.value)) due.value = ''; };
            t.onclick = () => l.style.display = 'block'; l.onclick = (e) => { t.value = e.target.textContent; l.style.display = 'none'; };</script>"#,
        )
        .await;
    for (name, wanted, value) in [
        ("Born", "March 12, 1990", "12.03.1990"),
        ("Note", "12 March 2026", "12 March 2026"),
        ("Alarm", "6:45", "6:45"),
        ("Due", "17:00", "17:00"),
        ("Start", "17:00", "5:00 PM"),
    ] {
        let outcome = bench.fill(&id(&seen, "textbox", name), wanted).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(outcome.effect.value.as_deref(), Some(value), "{name}");
    }
    // What the field throws away as soon as it is left was not taken.
    let lost = bench
        .fill(&id(&seen, "textbox", "Due"), "5 pm")
        .await
        .unwrap_err();
    assert!(lost.to_string().contains("does not keep"), "{lost}");
    let fixed = bench
        .fill(&node(&seen, "textbox", "Start").id.clone().unwrap(), "9:15")
        .await;
    let fixed = fixed.unwrap_err();
    assert!(matches!(fixed, Error::NoSuchOption { .. }), "{fixed}");
}
