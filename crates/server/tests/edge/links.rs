//! Signed links: content by plain HTTP, without a key.

use errand_api::v1::{CreateSignedUrlRequest, DeleteRunRequest};
use errand_domain::{ArtifactId, RunState};
use http::{Method, StatusCode};
use http_body_util::Full;

use crate::{
    drafts::finished,
    plain::{Answer, request, send},
    server::Server,
};

async fn link(server: &Server, artifact_id: &str) -> String {
    let request = CreateSignedUrlRequest {
        artifact_id: artifact_id.to_owned(),
        ttl: None,
    };
    let made = server.files().create_signed_url(request).await.unwrap();
    made.into_inner().signed_url
}

async fn fetch(method: Method, url: &str, headers: &[(&str, &str)]) -> Answer {
    let mut builder = request(method, url);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    send(builder.body(Full::default()).unwrap()).await
}

#[tokio::test]
async fn ranges_and_conditions_are_honoured() {
    let server = Server::start().await;
    let held = server.running().await;
    let id = server
        .keep(&held, "screenshot_final", "shot.png", b"0123456789")
        .await;
    let url = link(&server, &id).await;
    assert!(url.ends_with("/shot.png"), "{url}");
    let whole = fetch(Method::GET, &url, &[]).await;
    assert_eq!((whole.status, whole.text()), (StatusCode::OK, "0123456789"));
    assert_eq!(whole.header("content-type"), "image/png");
    assert_eq!(whole.header("content-length"), "10");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    assert!(whole.header("content-security-policy").contains("sandbox"));
    assert!(whole.header("content-disposition").starts_with("inline;"));
    let tag = whole.header("etag").to_owned();

    let head = fetch(Method::HEAD, &url, &[]).await;
    assert_eq!((head.status, head.text()), (StatusCode::OK, ""));
    assert_eq!(head.header("content-length"), "10");

    for (headers, status, body, range) in [
        (&[("range", "bytes=2-4")][..], 206, "234", "bytes 2-4/10"),
        (&[("range", "bytes=7-")], 206, "789", "bytes 7-9/10"),
        (&[("range", "bytes=-2")], 206, "89", "bytes 8-9/10"),
        (
            &[("range", "bytes=10-")],
            416,
            "the range is behind the end",
            "bytes */10",
        ),
        (&[("range", "bytes=0-1,4-5")], 200, "0123456789", ""),
        (
            &[("range", "bytes=2-4"), ("if-range", &tag)],
            206,
            "234",
            "bytes 2-4/10",
        ),
        (
            &[("range", "bytes=2-4"), ("if-range", "\"other\"")],
            200,
            "0123456789",
            "",
        ),
        (&[("if-none-match", &tag)], 304, "", ""),
        (
            &[("if-none-match", &format!("\"x\", W/{tag}"))],
            304,
            "",
            "",
        ),
        (&[("if-none-match", "\"x\"")], 200, "0123456789", ""),
    ] {
        let answer = fetch(Method::GET, &url, headers).await;
        assert_eq!(answer.status, status, "{headers:?}");
        assert_eq!(answer.text(), body, "{headers:?}");
        assert_eq!(answer.header("content-range"), range, "{headers:?}");
    }
    let post = fetch(Method::POST, &url, &[]).await;
    assert_eq!(post.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_link_that_was_changed_or_has_expired_shows_nothing() {
    let server = Server::start().await;
    let held = server.running().await;
    let id = server.keep(&held, "download", "a.csv", b"secret").await;
    let other = server.keep(&held, "download", "b.csv", b"other").await;
    let url = link(&server, &id).await;
    let token = url.rsplit('/').nth(1).unwrap();
    for place in [0, 10, token.len() / 2, token.len() - 5] {
        let mut changed = token.to_owned();
        let was = changed.remove(place);
        changed.insert(place, if was == 'A' { 'B' } else { 'A' });
        let answer = fetch(Method::GET, &url.replace(token, &changed), &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{changed}");
    }
    for made_up in ["x".to_owned(), "A".repeat(10_000)] {
        let answer = fetch(Method::GET, &url.replace(token, &made_up), &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    // By another key, and for another organization's eyes.
    let forged = errand_artifacts::Signer::new([8; 32]);
    let later = server.store.now().await.unwrap().plus_millis(60_000);
    let token_of = |signer: &errand_artifacts::Signer, id: &str, at| {
        signer.sign(&server.organization, &ArtifactId::from(id), at)
    };
    let path = |token: &str| server.url(&format!("/artifacts/{token}/x"));
    let forged = token_of(&forged, &other, later);
    assert_eq!(
        fetch(Method::GET, &path(&forged), &[]).await.status,
        StatusCode::FORBIDDEN
    );
    let now = server.store.now().await.unwrap();
    let expired = token_of(&server.signer, &other, now);
    assert_eq!(
        fetch(Method::GET, &path(&expired), &[]).await.status,
        StatusCode::GONE
    );
    let nothing = token_of(&server.signer, "a_nothing", later);
    assert_eq!(
        fetch(Method::GET, &path(&nothing), &[]).await.status,
        StatusCode::NOT_FOUND
    );

    held.append(vec![finished(RunState::Completed)]).await;
    let run_id = held.run_id.clone();
    server
        .runs()
        .delete_run(DeleteRunRequest { run_id })
        .await
        .unwrap();
    assert_eq!(
        fetch(Method::GET, &url, &[]).await.status,
        StatusCode::NOT_FOUND
    );
}

/// What a site named its file, or said it was, never reaches a browser as more than a name.
#[tokio::test]
async fn names_and_types_of_sites_do_no_harm() {
    let server = Server::start().await;
    let held = server.running().await;
    let page = server
        .keep(&held, "html", "page.html", b"<script>alert(1)</script>")
        .await;
    let answer = fetch(Method::GET, &link(&server, &page).await, &[]).await;
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment;")
    );
    assert!(
        answer
            .header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    for (name, shown) in [
        (
            "a\"; filename=evil.html\r\nx: y",
            "a%22%3B%20filename%3Devil.html%0D%0Ax%3A%20y",
        ),
        ("../../etc/passwd", "..%2F..%2Fetc%2Fpasswd"),
        ("Rechnung März+1.pdf", "Rechnung%20M%C3%A4rz%2B1.pdf"),
        ("", ""),
    ] {
        let id = server.keep(&held, "download", name, b"x").await;
        let url = link(&server, &id).await;
        assert!(url.is_ascii() && !url.contains(' '), "{url}");
        let answer = fetch(Method::GET, &url, &[]).await;
        assert_eq!(
            (answer.status, answer.text()),
            (StatusCode::OK, "x"),
            "{url}"
        );
        let disposition = answer.header("content-disposition");
        assert_eq!(disposition, format!("attachment; filename*=UTF-8''{shown}"));
        assert_eq!(answer.header("x"), "");
    }
}
