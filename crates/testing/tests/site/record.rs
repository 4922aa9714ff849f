//! What the site remembers of what it was sent.

use errand_testing::{Site, site::Origin};

use crate::client::{get, post, send};

#[tokio::test]
async fn a_submit_counts_before_it_is_answered_and_once() {
    let site = Site::start(2).await.unwrap();
    let url = site.url("/submit?name=payment&delay_ms=600000");
    let asked = post(&url, "", &[("note", "rent & more"), ("amount", "12.50")]);
    let (answer, ()) = tokio::join!(asked, async {
        while site.submits("payment") == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(site.submits("submit"), 0);
        let sent = site.posted("/submit");
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].parameter("name"), Some("payment"));
        assert_eq!(sent[0].field("note"), Some("rent & more"));
        assert_eq!(sent[0].header("connection"), Some("close"));
        assert_eq!(sent[0].origin, Origin::Main);
        // Ten minutes are cut short by the site's end.
        site.stop().await;
    });
    assert!(answer.text().contains("Receipt number 1"));
}

#[tokio::test]
async fn files_are_recorded_by_name_size_and_sum() {
    let site = Site::start(2).await.unwrap();
    let body = "--x\r\ncontent-disposition: form-data; name=\"document\"; filename=\"a.txt\"\r\n\
        content-type: text/plain\r\n\r\nabc\r\n--x\r\n\
        content-disposition: form-data; name=\"note\"\r\n\r\nfirst\r\n--x\r\n\
        content-disposition: form-data; name=\"empty\"; filename=\"\"\r\n\r\n\r\n--x--\r\n";
    let kind = "multipart/form-data; boundary=x";
    let answer = send("POST", &site.url("/upload"), "", kind, body.as_bytes()).await;
    let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert!(answer.text().contains(sum));
    let sent = site.posted("/upload").remove(0);
    assert_eq!((sent.files.len(), site.submits("upload")), (1, 1));
    assert_eq!((&*sent.files[0].filename, sent.files[0].size), ("a.txt", 3));
    assert_eq!(
        (&*sent.files[0].sha256, sent.field("note")),
        (sum, Some("first"))
    );
}

#[tokio::test]
async fn frames_lead_to_other_origins_that_record_too() {
    let site = Site::start(2).await.unwrap();
    let page = get(&site.url("/frames"), "").await.text();
    for start in [
        site.other_origin("/frames/form"),
        site.other_site("/frames/form"),
    ] {
        assert!(page.contains(&start), "{start}");
    }
    let url = site.other_origin("/submit?name=frame-origin");
    assert_eq!(post(&url, "", &[("value", "4000")]).await.status, 200);
    assert_eq!(site.submits("frame-origin"), 1);
    assert_eq!(site.posted("/submit")[0].origin, Origin::Other);
    site.clear();
    assert_eq!(
        (site.recorded().len(), site.submits("frame-origin")),
        (0, 0)
    );
}

#[tokio::test]
async fn every_style_shows_all_particulars() {
    let site = Site::start(11).await.unwrap();
    for style in ["list", "table", "text", "cards", "pairs"] {
        let page = get(&site.url(&format!("/definitions/{style}")), "")
            .await
            .text();
        for fact in site.facts() {
            assert!(
                page.contains(fact.label) && page.contains(&fact.value),
                "{style}: {fact:?}"
            );
        }
    }
}
