//! Checkpoints hold cookies, so they are encrypted where they are kept.

use aes_gcm::{
    Aes256Gcm, Key, KeyInit, Nonce,
    aead::{Aead, Generate, Payload},
};

/// Why a checkpoint can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another key, or changed bytes.
    #[error("the checkpoint was made with another key, or was changed")]
    Refused,
    /// It is shorter than any checkpoint.
    #[error("the checkpoint is cut short")]
    Short,
}

const NONCE_BYTES: usize = 12;

/// Encrypts with AES-256-GCM under a fresh nonce, which stands in front; `bound` must be the same
/// when it is opened.
pub fn seal(key: &[u8; 32], bound: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
    let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key));
    let nonce = Nonce::generate();
    let payload = Payload {
        msg: plain,
        aad: bound.as_bytes(),
    };
    let sealed = cipher
        .encrypt(&nonce, payload)
        .map_err(|_| Error::Refused)?;
    let mut bytes = nonce.to_vec();
    bytes.extend(sealed);
    Ok(bytes)
}

/// Decrypts what [`seal`] made.
pub fn open(key: &[u8; 32], bound: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or(Error::Short)?;
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| Error::Short)?;
    let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key));
    let payload = Payload {
        msg: sealed,
        aad: bound.as_bytes(),
    };
    cipher
        .decrypt(&Nonce::from(nonce), payload)
        .map_err(|_| Error::Refused)
}
