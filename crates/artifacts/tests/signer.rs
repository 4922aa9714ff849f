//! Signed links, through the public surface.

use errand_artifacts::{InvalidLink, Signer};
use errand_domain::{ArtifactId, OrganizationId, Timestamp};

const SOON: Timestamp = Timestamp(1_000);

fn signer() -> Signer {
    Signer::new([7; 32])
}

fn token() -> String {
    signer().sign(
        &OrganizationId::from("default"),
        &ArtifactId::from("a_1"),
        SOON,
    )
}

#[test]
fn a_token_names_its_artifact_until_it_expires() {
    let token = token();
    assert!(
        token
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_')
    );
    let (organization, artifact) = signer().verify(&token, Timestamp(999)).unwrap();
    assert_eq!(
        (organization.as_str(), artifact.as_str()),
        ("default", "a_1")
    );
    assert_eq!(signer().verify(&token, SOON), Err(InvalidLink::Expired));
}

#[test]
fn no_changed_or_foreign_token_is_accepted() {
    let token = token();
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(
            signer().verify(&changed, Timestamp(0)),
            Err(InvalidLink::Forged),
            "{at}"
        );
        let cut = &token[..at];
        assert_eq!(
            signer().verify(cut, Timestamp(0)),
            Err(InvalidLink::Forged),
            "{at}"
        );
    }
    let other = Signer::new([8; 32]);
    assert_eq!(other.verify(&token, Timestamp(0)), Err(InvalidLink::Forged));
    let long = "A".repeat(1 << 20);
    assert_eq!(
        signer().verify(&long, Timestamp(0)),
        Err(InvalidLink::Forged)
    );
}

#[test]
fn a_border_between_the_ids_can_not_be_moved() {
    let one = signer().sign(&"ab".into(), &"c".into(), SOON);
    let two = signer().sign(&"a".into(), &"bc".into(), SOON);
    assert_ne!(one, two);
}
