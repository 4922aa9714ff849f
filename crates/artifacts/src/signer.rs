//! Links that work without a key until they expire.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use errand_domain::{ArtifactId, OrganizationId, SessionId, Timestamp};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// Mixed into every tag, so that a tag made for one thing is none for another.
const ARTIFACT: &[u8] = b"errand artifact link";
const SESSION: &[u8] = b"errand session socket";
const VERSION: u8 = 1;
const TAG_BYTES: usize = 32;
/// Version, expiry, and the length of the organization's id.
const HEAD_BYTES: usize = 1 + 8 + 2;
/// Longest token that is looked at. Ids are far shorter; a stranger's megabyte is not decoded.
const MAX_TOKEN_BYTES: usize = 2048;

/// Why a link does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLink {
    /// It was not made here, was changed, or the key is another one now.
    #[error("the link is not valid")]
    Forged,
    /// It was valid.
    #[error("the link has expired")]
    Expired,
}

/// Makes and checks the tokens of signed links. A token carries the organization and the artifact
/// in readable form; only the tag (HMAC-SHA256) makes it valid.
#[derive(Clone)]
pub struct Signer {
    key: [u8; 32],
}

impl Signer {
    /// Signs by a random key. All replicas of a service need the same one.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// A token for one artifact, made of `A-Z a-z 0-9 - _`, valid up to and without `expires_at`.
    #[must_use]
    pub fn sign(
        &self,
        organization: &OrganizationId,
        artifact: &ArtifactId,
        expires_at: Timestamp,
    ) -> String {
        self.make(ARTIFACT, organization, artifact.as_str(), expires_at)
    }

    /// A token for the socket of one session, as [`sign`](Self::sign) makes them for artifacts.
    #[must_use]
    pub fn sign_session(
        &self,
        organization: &OrganizationId,
        session: &SessionId,
        expires_at: Timestamp,
    ) -> String {
        self.make(SESSION, organization, session.as_str(), expires_at)
    }

    fn make(
        &self,
        purpose: &[u8],
        organization: &OrganizationId,
        subject: &str,
        expires_at: Timestamp,
    ) -> String {
        let organization = organization.as_str().as_bytes();
        // Ids are ours and short; one of more than 64 KiB would only make a token that fails.
        let length = u16::try_from(organization.len()).unwrap_or(u16::MAX);
        let mut token = vec![VERSION];
        token.extend_from_slice(&expires_at.micros().to_be_bytes());
        token.extend_from_slice(&length.to_be_bytes());
        token.extend_from_slice(organization);
        token.extend_from_slice(subject.as_bytes());
        let tag = self.tag(purpose, &token);
        token.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Reads a token. The tag is compared in constant time, and before anything else is believed.
    ///
    /// # Errors
    /// [`InvalidLink`].
    pub fn verify(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<(OrganizationId, ArtifactId), InvalidLink> {
        let (organization, subject) = self.check(ARTIFACT, token, now)?;
        Ok((organization, subject.into()))
    }

    /// Reads a token that [`sign_session`](Self::sign_session) made.
    ///
    /// # Errors
    /// [`InvalidLink`].
    pub fn verify_session(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<(OrganizationId, SessionId), InvalidLink> {
        let (organization, subject) = self.check(SESSION, token, now)?;
        Ok((organization, subject.into()))
    }

    fn check(
        &self,
        purpose: &[u8],
        token: &str,
        now: Timestamp,
    ) -> Result<(OrganizationId, String), InvalidLink> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(InvalidLink::Forged);
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(token)
            .map_err(|_| InvalidLink::Forged)?;
        let (signed, tag) = bytes
            .split_last_chunk::<TAG_BYTES>()
            .ok_or(InvalidLink::Forged)?;
        if !bool::from(self.tag(purpose, signed).ct_eq(tag)) {
            return Err(InvalidLink::Forged);
        }
        let (expires_at, organization, subject) = read(signed).ok_or(InvalidLink::Forged)?;
        if now >= expires_at {
            return Err(InvalidLink::Expired);
        }
        Ok((organization, subject))
    }

    fn tag(&self, purpose: &[u8], signed: &[u8]) -> [u8; TAG_BYTES] {
        // HMAC pads keys to the hash's block of 64 bytes with zeros; `new` wants them padded, and
        // unlike `new_from_slice` it can't fail.
        let mut block = [0; 64];
        block[..self.key.len()].copy_from_slice(&self.key);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(purpose);
        mac.update(signed);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Signer(..)")
    }
}

fn read(signed: &[u8]) -> Option<(Timestamp, OrganizationId, String)> {
    let (head, ids) = signed.split_at_checked(HEAD_BYTES)?;
    let (version, rest) = head.split_first()?;
    let (expires_at, length) = rest.split_first_chunk::<8>()?;
    let length = u16::from_be_bytes(length.try_into().ok()?);
    let (organization, subject) = ids.split_at_checked(usize::from(length))?;
    (*version == VERSION).then_some(())?;
    Some((
        Timestamp(i64::from_be_bytes(*expires_at)),
        std::str::from_utf8(organization).ok()?.into(),
        std::str::from_utf8(subject).ok()?.to_owned(),
    ))
}
