//! Files that come of an action.

use errand_browser::page::{Download, Error};
use errand_domain::{
    Action,
    action::{Condition, Target},
};

use crate::support::{Bench, id};

fn read(file: &Download) -> (String, String) {
    let content = std::fs::read_to_string(&file.path).unwrap();
    (file.filename.clone(), content)
}

const PAGE: &str = r#"<a href=/report>Attachment</a> <a href=/notes.txt download="my notes.txt">Named</a>
<a href=/notes.txt>Shown</a> <a href=/notes.txt target=_blank>New tab</a> <a href=/large>Large</a>
<a href=/broken>Broken</a> <a href=/soon>Soon</a> <a href=/late>Late</a> <a href=/late download>Late and named</a> <a href=/page>Page</a>
<a href="data:text/plain,from%20data" download=data.txt>Data</a>
<button onclick="const a = document.createElement('a'); a.href = window.URL.createObjectURL(new Blob(['from blob']));
  a.download = 'blob.txt'; a.click()">Blob</button>
<button onclick="setTimeout(() => location = '/report', 1500)">Later</button>
<img alt=Chart width=30 height=30 src="/chart.svg">"#;

#[tokio::test]
async fn files_are_waited_for_and_named_safely() {
    let bench = Bench::start().await;
    bench.site.put("/page", "<h1>a page</h1>");
    bench
        .site
        .put("/chart.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    let seen = bench.show(PAGE).await;
    let cases = [
        ("link", "Attachment", "Q1 report.csv", "a;b\n1;2\n"),
        ("link", "Named", "my notes.txt", "plain words"),
        ("link", "Data", "data.txt", "from data"),
        ("button", "Blob", "blob.txt", "from blob"),
        ("link", "Late", "late.pdf", "%PDF-1.4"),
        ("link", "Late and named", "late.pdf", "%PDF-1.4"),
    ];
    for (role, name, filename, content) in cases {
        let outcome = bench.click(&id(&seen, role, name)).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(outcome.files.len(), 1, "{name}: {outcome:?}");
        let (named, read) = read(&outcome.files[0]);
        assert_eq!((&*named, &*read), (filename, content), "{name}");
        assert!(
            outcome.effect.changed && !outcome.effect.navigated,
            "{name}"
        );
    }
    // The same file twice does not write over the first, and one that comes late is not lost.
    let outcome = bench.click(&id(&seen, "button", "Later")).await.unwrap();
    assert_eq!(outcome.files, []);
    let wait = Action::Wait {
        until: Condition::Elapsed,
        timeout_ms: 2_500,
    };
    let outcome = bench.act(wait).await.unwrap();
    assert_eq!(read(&outcome.files[0]).0, "Q1 report.csv");
}

#[tokio::test]
async fn what_is_shown_instead_of_saved_is_taken_when_a_file_is_wanted() {
    let bench = Bench::start().await;
    bench.site.put("/page", "<h1>a page</h1>");
    bench
        .site
        .put("/chart.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    for (role, name, filename) in [
        ("link", "Shown", "notes.txt"),
        ("link", "New tab", "notes.txt"),
        ("link", "Attachment", "Q1 report.csv"),
        ("img", "Chart", "chart.svg"),
    ] {
        let seen = bench.show(PAGE).await;
        let target = Target::element(id(&seen, role, name));
        let outcome = bench.act(Action::Download { target }).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(outcome.files.len(), 1, "{name}: {outcome:?}");
        assert_eq!(read(&outcome.files[0]).0, filename, "{name}");
        let after = bench.look().await;
        assert_eq!(
            (after.tabs.len(), after.url),
            (1, bench.site.url("/")),
            "{name}"
        );
    }
    // A page that leads to the file by itself.
    let seen = bench.show(PAGE).await;
    let target = Target::element(id(&seen, "link", "Soon"));
    let outcome = bench.act(Action::Download { target }).await.unwrap();
    assert_eq!(read(&outcome.files[0]).0, "Q1 report.csv");
    // A page is no file.
    let seen = bench.show(PAGE).await;
    let target = Target::element(id(&seen, "link", "Page"));
    let outcome = bench.act(Action::Download { target }).await.unwrap();
    assert_eq!(outcome.files, []);
    assert_eq!(outcome.effect.url, bench.site.url("/page"));
}

#[tokio::test]
async fn a_file_that_does_not_arrive_is_a_failure_with_a_reason() {
    let bench = Bench::start().await;
    let seen = bench.show(PAGE).await;
    for (name, reason) in [
        ("Large", "larger than 100000 bytes"),
        ("Broken", "broke off"),
    ] {
        let error = bench.click(&id(&seen, "link", name)).await.unwrap_err();
        assert!(matches!(error, Error::Download { .. }), "{name}: {error}");
        assert!(error.to_string().contains(reason), "{name}: {error}");
    }
}
