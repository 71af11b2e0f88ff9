//! The key under which second factors are kept, the keys of embargoes, and the addresses of who follows (`keys/people.key`): a
//! copy of the database alone opens no door and no seal, and writes to nobody.
//!
//! AES-256-GCM (NIST SP 800-38D) with a random nonce; what is sealed is bound to the account that it belongs to. The key
//! is one of the node's own, made at the first start and copied by `backup --with-keys` like the others.

use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key};
use anyhow::{Context, anyhow};
use network::names::ContentHash;

use crate::clock::Dice;
use crate::logs::keys::write_secret;
use crate::problem::Problem;

const NONCE: usize = 12;

/// The key.
pub struct Seal {
    key: [u8; 32],
    path: PathBuf,
}

impl Seal {
    /// Opens the key in the folder of keys, or makes one.
    ///
    /// # Errors
    /// When it cannot be read or written, or is no key.
    pub fn open(folder: &Path, dice: &Dice) -> anyhow::Result<Seal> {
        let path = folder.join("people.key");
        if !path.exists() {
            write_secret(&path, &hex::encode(dice.bytes::<32>()?))?;
        }
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("read the key {}", path.display()))?;
        let key = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        let key = key.with_context(|| {
            format!("{} must hold 64 hexadecimal digits; restore it from where keys are kept", path.display())
        })?;
        Ok(Seal { key, path })
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(self.key))
    }

    /// Seals a secret for `about`: the nonce, then what only this key opens.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn close(&self, dice: &Dice, about: &str, secret: &[u8]) -> anyhow::Result<Vec<u8>> {
        let nonce: [u8; NONCE] = dice.bytes()?;
        let sealed = self
            .cipher()
            .encrypt(&nonce.into(), Payload { msg: secret, aad: about.as_bytes() })
            .map_err(|_| anyhow!("a secret of {} bytes cannot be sealed", secret.len()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The secret that was sealed for `about`; `None` if it was sealed under another key, or for something else.
    pub fn unlock(&self, about: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        sealed.split_first_chunk::<NONCE>().and_then(|(nonce, sealed)| {
            self.cipher().decrypt(&(*nonce).into(), Payload { msg: sealed, aad: about.as_bytes() }).ok()
        })
    }

    /// The second factor that was sealed for an account.
    ///
    /// # Errors
    /// When it was sealed under another key, or for somebody else.
    pub fn reveal(&self, about: &str, sealed: &[u8]) -> Result<Vec<u8>, Problem> {
        self.unlock(about, sealed).ok_or_else(|| {
            tracing::error!(
                key = %self.path.display(),
                "this key does not open a second factor: restore it from the backup, or nhipcau people reset LOGIN"
            );
            Problem::refused(
                "Khóa keys/people.key của máy chủ không mở được bước xác thực thứ hai của tài khoản này. Quản trị máy chủ hãy khôi phục khóa từ bản sao lưu, hoặc chạy nhipcau people reset.",
                "This node's keys/people.key does not open the second factor of this account. Restore the key from the backup, or run nhipcau people reset.",
            )
        })
    }

    /// What is kept of a random code of `about` instead of the code: the same for the same, and under this key alone.
    pub fn mark(&self, about: &str, code: &str) -> [u8; 32] {
        let own = ContentHash::of(&[b"nhipcau recovery\n".as_slice(), &self.key].concat()).0;
        ContentHash::of(&[own.as_slice(), about.as_bytes(), b"\n", code.as_bytes()].concat()).0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_this_key_opens_and_only_for_whom_it_was_sealed() {
        let (folder, dice) = (tempfile::tempdir().unwrap(), Dice::seeded(1));
        let seal = Seal::open(folder.path(), &dice).unwrap();
        let sealed = seal.close(&dice, "lan", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
        assert_ne!(sealed, seal.close(&dice, "lan", b"secret").unwrap());
        let again = Seal::open(folder.path(), &dice).unwrap();
        assert_eq!(again.reveal("lan", &sealed).unwrap(), b"secret");
        assert!(again.reveal("minh", &sealed).is_err() && again.reveal("lan", &sealed[..20]).is_err());
        let other = Seal::open(tempfile::tempdir().unwrap().path(), &dice).unwrap();
        assert!(other.reveal("lan", &sealed).is_err());
        assert_ne!(seal.mark("lan", "a"), seal.mark("minh", "a"));
        assert_ne!(seal.mark("lan", "a"), other.mark("lan", "a"));
    }
}
