//! AES-256-GCM.

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Generate, Payload},
};

/// The secret of the installation. Bytes sealed with one are opened with no other.
pub type Key = [u8; 32];

/// A key that shows itself to nobody.
#[derive(Clone, Copy)]
pub struct Secret(pub Key);

impl Secret {
    /// A fresh one: what is sealed with it is lost with this process.
    #[must_use]
    pub fn generate() -> Self {
        Self(aes_gcm::Key::<Aes256Gcm>::generate().into())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}

/// Why something can't be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another key, bytes of something else, or changed bytes.
    #[error("it was sealed with another key or for something else, or was changed")]
    Refused,
    /// It is shorter than anything sealed.
    #[error("it is cut short")]
    Short,
    /// What was sealed isn't what was expected.
    #[error("it can't be read: {0}")]
    Unreadable(String),
}

const NONCE_BYTES: usize = 12;

/// Encrypts under a fresh nonce, which stands in front; `bound` must be the same when it is opened,
/// so that bytes put in another's place are refused.
///
/// # Errors
/// [`Error::Refused`] for what is longer than the algorithm takes (64 GiB).
pub fn seal(key: &Key, bound: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
    let cipher = Aes256Gcm::new(&aes_gcm::Key::<Aes256Gcm>::from(*key));
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
///
/// # Errors
/// [`Error::Short`], [`Error::Refused`].
pub fn open(key: &Key, bound: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or(Error::Short)?;
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| Error::Short)?;
    let cipher = Aes256Gcm::new(&aes_gcm::Key::<Aes256Gcm>::from(*key));
    let payload = Payload {
        msg: sealed,
        aad: bound.as_bytes(),
    };
    cipher
        .decrypt(&Nonce::from(nonce), payload)
        .map_err(|_| Error::Refused)
}
