//! What is sealed opens again, and nothing else does.

use errand_domain::{StorageState, storage::OriginState};
use errand_vault::{Error, open, open_state, seal, seal_state};

#[test]
fn only_the_same_bytes_for_the_same_thing_open_under_the_same_key() {
    let key = [7; 32];
    let sealed = seal(&key, "tsk_1", b"secret").unwrap();
    assert_eq!(open(&key, "tsk_1", &sealed).unwrap(), b"secret");
    assert_ne!(sealed, seal(&key, "tsk_1", b"secret").unwrap());
    assert!(!sealed.windows(6).any(|part| part == b"secret"));
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(matches!(open(&key, "tsk_1", &changed), Err(Error::Refused)));
    }
    assert!(matches!(open(&key, "tsk_2", &sealed), Err(Error::Refused)));
    assert!(matches!(
        open(&[8; 32], "tsk_1", &sealed),
        Err(Error::Refused)
    ));
    assert!(matches!(
        open(&key, "tsk_1", &sealed[..11]),
        Err(Error::Short)
    ));
}

#[test]
fn a_state_is_no_checkpoint_of_the_same_run() {
    let key = [7; 32];
    let state = StorageState {
        origins: vec![OriginState {
            origin: "https://shop.test".to_owned(),
            local: vec![("token".to_owned(), "t\0".to_owned())],
            ..OriginState::default()
        }],
        ..StorageState::default()
    };
    let sealed = seal_state(&key, "tsk_1", &state).unwrap();
    assert_eq!(open_state(&key, "tsk_1", &sealed).unwrap(), state);
    assert!(matches!(open(&key, "tsk_1", &sealed), Err(Error::Refused)));
}
