//! Shapes in drawings.

use crate::support::{Bench, text};

const SVG: &str = r##"<svg width=300 height=200 id=s>
<circle cx=30 cy=30 r=8 fill=red /><circle cx=90 cy=40 r=24 fill="#f00" /><rect x=150 y=20 width=40 height=40 fill="rgb(0,0,255)"/>
<rect x=210 y=20 width=60 height=10 fill=green><title>Grass</title></rect><polygon points="20,150 60,150 40,110" fill=yellow />
<a href="#x" class="slider-handle"><rect x=200 y=170 width=20 height=20 fill=pink /></a><path d="M 100 180 A 60 60 0 0 1 220 180" stroke=black stroke-width=6 fill=none id=arc />
<g id=grp><rect x=240 y=120 width=40 height=40 fill=grey /><text x=245 y=150>7</text></g><text x=120 y=120 fill=purple font-size=30>K</text></svg>
<button aria-label=Save><svg width=60 height=60><circle cx=30 cy=30 r=20 /></svg></button>
<svg width=16 height=16><path d="M0 0h16v16z"/></svg><p id=out>none</p><script>LISTEN</script>"##;

#[tokio::test]
async fn shapes_are_told_apart_and_clicked_where_they_are_drawn() {
    let bench = Bench::start().await;
    // A listener on the whole drawing hears them all the same.
    for listen in [
        "s.onclick = (e) => { e.stopPropagation(); out.textContent = `${e.target.tagName} ${e.target.getAttribute('fill') ?? e.target.id}`; };",
        "for (const shape of s.querySelectorAll('circle, rect, polygon, path, text')) shape.addEventListener('click', (e) => { out.textContent = `${shape.tagName} ${shape.getAttribute('fill') ?? shape.id}`; });",
    ] {
        let seen = bench.show(&SVG.replace("LISTEN", listen)).await;
        let cases = [
            ("small red circle", "circle red"),
            ("large red circle", "circle #f00"),
            ("blue square", "rect rgb(0,0,255)"),
            ("yellow triangle", "polygon yellow"),
            ("black shape", "path none"),
            ("K", "text purple"),
        ];
        for (words, told) in cases {
            let mut nodes = seen.nodes.iter();
            let found =
                nodes.find(|it| it.name == words || it.description.as_deref() == Some(words));
            let found = found.unwrap_or_else(|| panic!("{words} in {}", text(&seen)));
            assert!(found.interactive, "{words}");
            let clicked = bench.click(found.id.as_ref().unwrap()).await;
            clicked.unwrap_or_else(|error| panic!("{words}: {error}"));
            let now = text(&bench.look().await);
            assert!(now.contains(told), "{words}: {now}");
        }
        let named = seen.nodes.iter().filter(|it| it.name == "Grass").count();
        assert_eq!(named, 1, "{}", text(&seen));
        let link = seen.nodes.iter().find(|it| it.role == "link");
        let href = link.and_then(|it| it.href.as_deref());
        assert_eq!(href, Some(bench.site.url("/#x").as_str()));
        // Icons, in a button or alone, are no drawings.
        let circles = seen.nodes.iter().filter(|it| it.tag == "circle").count();
        assert_eq!(circles, 2, "{}", text(&seen));
    }
}
