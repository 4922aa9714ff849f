//! ArtifactService.

use std::time::Duration;

use errand_api::v1::{
    Artifact, CreateSignedUrlRequest, DownloadArtifactRequest, GetArtifactRequest,
    ListArtifactsRequest, ListArtifactsResponse,
};
use errand_server::Config;
use tonic::{Code, Status};

use crate::{
    refusal::{invalid, refused},
    server::{Server, on_both_databases, soon},
};

on_both_databases!(
    artifacts_are_listed_by_type_and_page,
    content_is_streamed_from_any_offset,
    links_are_made_with_the_life_that_was_asked_for,
);

async fn list(
    server: &Server,
    request: ListArtifactsRequest,
) -> Result<ListArtifactsResponse, Status> {
    Ok(server.files().list_artifacts(request).await?.into_inner())
}

fn ids(artifacts: &[Artifact]) -> Vec<&str> {
    artifacts.iter().map(|it| it.artifact_id.as_str()).collect()
}

async fn artifacts_are_listed_by_type_and_page(server: Server) {
    let held = server.running().await;
    let mut kept = Vec::new();
    for (kind, name) in [
        ("screenshot_action", "1.png"),
        ("html_action", "1.html"),
        ("screenshot_action", "2.png"),
        ("download", "invoice 7.csv"),
        ("screenshot_final", "3.png"),
    ] {
        kept.push(server.keep(&held, kind, name, name.as_bytes()).await);
    }
    let of = |types: &[&str], page_size, page_token: &str| ListArtifactsRequest {
        run_id: held.run_id.clone(),
        artifact_type: types.iter().map(|it| (*it).to_owned()).collect(),
        page_size,
        page_token: page_token.to_owned(),
        include_signed_urls: false,
    };
    let all = list(&server, of(&[], 0, "")).await.unwrap();
    assert_eq!(ids(&all.artifacts), kept);
    let download = &all.artifacts[3];
    assert_eq!(download.filename, "invoice 7.csv");
    assert_eq!(
        (download.artifact_type.as_str(), download.file_size),
        ("download", 13)
    );
    assert_eq!(download.content_type, "application/octet-stream");
    assert_eq!(
        (&download.run_id, &download.task_id),
        (&held.run_id, &held.run_id)
    );
    assert_eq!(
        (download.signed_url.as_str(), download.signed_url_expires_at),
        ("", None)
    );
    let shots = list(
        &server,
        of(&["screenshot_action", "screenshot_final"], 0, ""),
    )
    .await
    .unwrap();
    assert_eq!(ids(&shots.artifacts), [&kept[0], &kept[2], &kept[4]]);

    let first = list(&server, of(&[], 2, "")).await.unwrap();
    let second = list(&server, of(&[], 2, &first.next_page_token))
        .await
        .unwrap();
    let third = list(&server, of(&[], 2, &second.next_page_token))
        .await
        .unwrap();
    let pages = [first.artifacts, second.artifacts, third.artifacts].concat();
    assert_eq!(ids(&pages), kept);
    assert_eq!(third.next_page_token, "");

    let token = first.next_page_token;
    let wrong = list(&server, of(&["download"], 2, &token))
        .await
        .unwrap_err();
    invalid(wrong, &["page_token"]);
    invalid(
        list(&server, of(&[], 0, "garbage")).await.unwrap_err(),
        &["page_token"],
    );
    let wrong = list(&server, of(&["photo", "har"], -1, ""))
        .await
        .unwrap_err();
    invalid(wrong, &["page_size", "artifact_type"]);

    let request = GetArtifactRequest {
        artifact_id: kept[0].clone(),
        include_signed_url: true,
    };
    let one = server.files().get_artifact(request).await.unwrap();
    let one = one.into_inner().artifact.unwrap();
    assert!(one.signed_url.starts_with(&server.url("/artifacts/")));
    assert!(one.signed_url_expires_at.is_some());
    let signed = ListArtifactsRequest {
        include_signed_urls: true,
        ..of(&[], 0, "")
    };
    let signed = list(&server, signed).await.unwrap();
    assert!(signed.artifacts.iter().all(|it| !it.signed_url.is_empty()));
}

/// What a download brings: the artifact's id, and the bytes after the offset.
async fn download(server: &Server, id: &str, offset: i64) -> Result<(String, Vec<u8>), Status> {
    let request = DownloadArtifactRequest {
        artifact_id: id.to_owned(),
        offset,
    };
    let mut stream = server
        .files()
        .download_artifact(request)
        .await?
        .into_inner();
    let (mut found, mut content, mut first) = (String::new(), Vec::new(), true);
    while let Some(piece) = soon(stream.message()).await? {
        assert_eq!(piece.artifact.is_some(), first);
        if let Some(artifact) = piece.artifact {
            found = artifact.artifact_id;
        }
        assert_eq!(piece.offset, offset + i64::try_from(content.len()).unwrap());
        assert!(piece.data.len() <= 256 * 1024);
        content.extend_from_slice(&piece.data);
        first = false;
    }
    Ok((found, content))
}

async fn content_is_streamed_from_any_offset(server: Server) {
    let held = server.running().await;
    let content: Vec<u8> = (0..700_001_u32).map(|it| (it % 251) as u8).collect();
    let id = server.keep(&held, "download", "big.bin", &content).await;
    for offset in [0, 1, 262_144, 700_000, 700_001] {
        let (found, bytes) = download(&server, &id, offset).await.unwrap();
        assert_eq!(found, id);
        assert!(
            bytes == content[usize::try_from(offset).unwrap()..],
            "from {offset}"
        );
    }
    let empty = server.keep(&held, "download", "empty", b"").await;
    assert_eq!(
        download(&server, &empty, 0).await.unwrap(),
        (empty.clone(), Vec::new())
    );
    let ahead = download(&server, &id, 700_002).await.unwrap_err();
    refused(ahead, Code::OutOfRange, "POSITION_AHEAD");
    invalid(download(&server, &id, -1).await.unwrap_err(), &["offset"]);

    let row = server
        .store
        .artifact(&server.organization, &id.as_str().into())
        .await;
    let location = row.unwrap().unwrap().location;
    server.artifacts.delete(&location).await.unwrap();
    let lost = download(&server, &id, 0).await.unwrap_err();
    refused(lost, Code::DataLoss, "ARTIFACT_CONTENT_LOST");
}

async fn links_are_made_with_the_life_that_was_asked_for(server: Server) {
    let held = server.running().await;
    let id = server.keep(&held, "download", "a.csv", b"x").await;
    let make = async |ttl: Option<Duration>| {
        let request = CreateSignedUrlRequest {
            artifact_id: id.clone(),
            ttl: ttl.map(|it| it.try_into().unwrap()),
        };
        server.files().create_signed_url(request).await
    };
    let now = server.store.now().await.unwrap().micros() / 1_000_000;
    for (ttl, life) in [(None, 3_600), (Some(Duration::from_secs(60)), 60)] {
        let made = make(ttl).await.unwrap().into_inner();
        let lives = made.expires_at.unwrap().seconds - now;
        assert!((life..life + 20).contains(&lives), "{lives}");
    }
    let week = Duration::from_secs(7 * 24 * 3_600);
    make(Some(week)).await.unwrap();
    for bad in [Duration::ZERO, week + Duration::from_millis(1)] {
        invalid(make(Some(bad)).await.unwrap_err(), &["ttl"]);
    }
    let request = CreateSignedUrlRequest {
        artifact_id: id.clone(),
        ttl: Some(prost_types::Duration {
            seconds: -5,
            nanos: 0,
        }),
    };
    invalid(
        server.files().create_signed_url(request).await.unwrap_err(),
        &["ttl"],
    );
}

#[tokio::test]
async fn links_begin_with_the_public_address_where_there_is_one() {
    let server = Server::start_with(Config {
        public_url: Some("https://errand.example/base".to_owned()),
        ..Config::default()
    })
    .await;
    let held = server.running().await;
    let artifact_id = server.keep(&held, "download", "a.csv", b"x").await;
    let request = CreateSignedUrlRequest {
        artifact_id,
        ttl: None,
    };
    let made = server.files().create_signed_url(request).await.unwrap();
    let url = made.into_inner().signed_url;
    assert!(
        url.starts_with("https://errand.example/base/artifacts/"),
        "{url}"
    );
}
