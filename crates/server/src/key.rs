//! API keys: `errand_<key id>_<secret>`.

use errand_domain::KeyId;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

const PREFIX: &str = "errand_";
/// Longest key that is looked at.
const MAX_BYTES: usize = 256;

/// A key as a caller presents it.
pub(crate) struct Key {
    pub(crate) id: KeyId,
    hash: [u8; 32],
}

impl Key {
    /// Takes a key apart. The id ends at the first underscore after its own prefix (`k_`); the rest
    /// is the secret, underscores and all.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let rest = text
            .strip_prefix(PREFIX)
            .filter(|_| text.len() <= MAX_BYTES)?;
        let prefix = KeyId::PREFIX.len() + 1;
        let own = rest.starts_with(KeyId::PREFIX) && rest.as_bytes().get(prefix - 1) == Some(&b'_');
        let start = if own { prefix } else { 0 };
        let end = start + rest.get(start..)?.find('_')?;
        let (id, secret) = (rest.get(..end)?, rest.get(end + 1..)?);
        if id.is_empty() || secret.is_empty() {
            return None;
        }
        Some(Self {
            id: id.into(),
            hash: Sha256::digest(secret.as_bytes()).into(),
        })
    }

    /// Whether this is the key that is known by the SHA-256 of its secret.
    pub(crate) fn fits(&self, known: &[u8; 32]) -> bool {
        self.hash.ct_eq(known).into()
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn secrets_may_have_underscores_and_ids_have_their_prefix() {
        for (text, id) in [
            ("errand_k_0192_se_cret", Some("k_0192")),
            ("errand_abc_secret", Some("abc")),
            ("errand_k_0192_", None),
            ("errand__secret", None),
            ("other_k_1_secret", None),
            ("errand_k_1", None),
        ] {
            let found = Key::parse(text).map(|key| key.id.to_string());
            assert_eq!(found.as_deref(), id, "{text}");
        }
    }
}
