//! Files in a folder, through the public surface.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{fs, ops::Range, path::Path};

use bytes::Bytes;
use errand_artifacts::{Artifacts, CHUNK_BYTES, Error, location};
use errand_domain::{ArtifactId, OrganizationId, RunId};
use futures_util::TryStreamExt as _;

async fn read(artifacts: &Artifacts, location: &str, range: Range<u64>) -> Vec<Bytes> {
    artifacts
        .get(location, range)
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap()
}

fn files(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).map(|it| it.flatten().collect::<Vec<_>>());
    let entries = entries.unwrap_or_default();
    let below = |it: &fs::DirEntry| {
        if it.path().is_dir() {
            files(&it.path())
        } else {
            1
        }
    };
    entries.iter().map(below).sum()
}

#[tokio::test]
async fn a_file_comes_back_whole_in_parts_and_in_bounded_chunks() {
    let folder = tempfile::tempdir().unwrap();
    let artifacts = Artifacts::disk(&folder.path().join("artifacts")).unwrap();
    let content: Vec<u8> = (0..CHUNK_BYTES * 2 + 77)
        .map(|at| (at % 251) as u8)
        .collect();
    let size = content.len() as u64;
    artifacts
        .put("o/tsk_1/a_1", content.clone().into())
        .await
        .unwrap();

    assert_eq!(artifacts.size("o/tsk_1/a_1").await.unwrap(), size);
    let chunks = read(&artifacts, "o/tsk_1/a_1", 0..u64::MAX).await;
    let lengths: Vec<usize> = chunks.iter().map(Bytes::len).collect();
    assert_eq!(lengths, [CHUNK_BYTES, CHUNK_BYTES, 77]);
    assert!(chunks.concat() == content);
    assert_eq!(
        read(&artifacts, "o/tsk_1/a_1", 250..253).await.concat(),
        [250, 0, 1]
    );
    assert!(
        read(&artifacts, "o/tsk_1/a_1", size..size + 5)
            .await
            .is_empty()
    );
    let refused = artifacts
        .get("o/tsk_1/a_1", size + 1..size + 2)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, Error::OutOfRange { start, .. } if start == size + 1),
        "{refused}"
    );
}

#[tokio::test]
async fn an_empty_file_is_a_file_and_a_missing_one_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let artifacts = Artifacts::disk(folder.path()).unwrap();
    artifacts.put("o/tsk_1/a_1", Bytes::new()).await.unwrap();
    assert!(read(&artifacts, "o/tsk_1/a_1", 0..10).await.is_empty());
    let missing = artifacts.get("o/tsk_1/a_2", 0..10).await.unwrap_err();
    assert!(matches!(missing, Error::NotFound { .. }), "{missing}");
    artifacts.delete("o/tsk_1/a_2").await.unwrap();
}

#[tokio::test]
async fn deleting_a_run_takes_its_files_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let artifacts = Artifacts::disk(folder.path()).unwrap();
    for location in [
        "o/tsk_1/a_1",
        "o/tsk_1/a_2-x.png",
        "o/tsk_10/a_3",
        "p/tsk_1/a_4",
    ] {
        artifacts
            .put(location, Bytes::from_static(b"x"))
            .await
            .unwrap();
    }
    let deleted = artifacts
        .delete_run(&"o".into(), &"tsk_1".into())
        .await
        .unwrap();
    assert_eq!(deleted, 2);
    assert!(
        !folder.path().join("o/tsk_1").exists(),
        "the empty folder stayed"
    );
    assert_eq!(artifacts.size("o/tsk_10/a_3").await.unwrap(), 1);
    assert_eq!(artifacts.size("p/tsk_1/a_4").await.unwrap(), 1);
    assert_eq!(
        artifacts
            .delete_run(&"o".into(), &"tsk_1".into())
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn hostile_names_stay_inside_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("artifacts");
    let artifacts = Artifacts::disk(&root).unwrap();
    let run = RunId::from("../../tsk");
    let names = [
        "../../../etc/passwd",
        "",
        "..",
        "a\0b/\u{202e}c.pdf",
        &"é".repeat(500),
        "C:\\x",
    ];
    for (number, name) in names.into_iter().enumerate() {
        let artifact = ArtifactId::from(format!("a_{number}"));
        let at = location(&OrganizationId::from(".."), &run, &artifact, name);
        artifacts
            .put(&at, Bytes::from_static(b"x"))
            .await
            .unwrap_or_else(|it| panic!("{it}"));
        assert_eq!(artifacts.size(&at).await.unwrap(), 1, "{at}");
    }
    assert_eq!(files(&root), names.len());
    assert_eq!(files(folder.path()), names.len());

    for bad in ["", "/etc/passwd", "../x", "o/../../x", "o//x"] {
        let outcome = artifacts.put(bad, Bytes::from_static(b"x")).await;
        match outcome {
            // A leading slash is dropped: still inside.
            Ok(()) => assert_eq!(files(folder.path()), files(&root)),
            Err(refused) => assert!(matches!(refused, Error::BadLocation { .. }), "{refused}"),
        }
    }
}

#[test]
fn a_readable_name_keeps_its_suffix() {
    let at = location(
        &"default".into(),
        &"tsk_1".into(),
        &"a_1".into(),
        &format!("{} report.pdf", "x".repeat(300)),
    );
    assert!(at.starts_with("default/tsk_1/a_1-x"), "{at}");
    assert!(at.ends_with("_report.pdf"), "{at}");
    assert!(at.len() < 120, "{at}");
}

#[test]
fn a_file_in_place_of_the_folder_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("artifacts");
    fs::write(&path, "x").unwrap();
    let refused = Artifacts::disk(&path).unwrap_err();
    assert!(
        refused.to_string().contains(path.to_str().unwrap()),
        "{refused}"
    );
}
