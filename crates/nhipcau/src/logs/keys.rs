//! The secrets of this node: one key per log that it owns, one to cosign, one to sign receipts.
//!
//! Keys live in files of their own (mode 0600), never in the database, so a copy of the data does
//! not carry them. A key signs only while its log is [`Signing::Allowed`] (protocol §2, "After start").

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context, bail};
use network::names::Origin;
use tlog::{KeyKind, SignerKey, VerifierKey};

use crate::clock::Dice;

/// Whether a log's key may be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// After start: no other node has yet said what it holds of this log.
    Waiting,
    /// In order.
    Allowed,
    /// Another history of this log exists; only people can decide.
    Frozen,
}

struct Owned {
    key: Arc<SignerKey>,
    signing: Signing,
}

/// The node's secrets and what each may do now.
pub struct Keyring {
    folder: PathBuf,
    node: Origin,
    cosigner: SignerKey,
    reporter: SignerKey,
    logs: RwLock<HashMap<Origin, Owned>>,
}

impl Keyring {
    /// Makes the node's own two keys in `folder`; keys that are there already stay.
    ///
    /// # Errors
    /// When the folder cannot be written, or a key in it cannot be read.
    pub fn create(folder: &Path, node: &Origin, dice: &Dice) -> anyhow::Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
        restrict(folder, 0o700)?;
        make(folder, "cosigner", node, KeyKind::CosignatureEd25519, dice)?;
        make(folder, "reporter", node, KeyKind::Ed25519, dice)?;
        Ok(())
    }

    /// Opens the keys of `node` in `folder`.
    ///
    /// # Errors
    /// Names the file that is missing, unreadable, or another node's.
    pub fn open(folder: &Path, node: &Origin) -> anyhow::Result<Keyring> {
        Ok(Keyring {
            folder: folder.to_owned(),
            node: node.clone(),
            cosigner: load(&folder.join("cosigner.key"), node, KeyKind::CosignatureEd25519)?,
            reporter: load(&folder.join("reporter.key"), node, KeyKind::Ed25519)?,
            logs: RwLock::default(),
        })
    }

    /// Makes a key for `origin`, or opens the one that is there. It may not sign yet.
    ///
    /// # Errors
    /// When the file cannot be written or read.
    pub fn own(&self, origin: &Origin, dice: &Dice) -> anyhow::Result<VerifierKey> {
        let key = make(&self.folder, &file_stem(origin), origin, KeyKind::Ed25519, dice)?;
        let verifier = key.verifier();
        let mut logs = self.logs.write().unwrap_or_else(PoisonError::into_inner);
        logs.entry(origin.clone()).or_insert(Owned { key: Arc::new(key), signing: Signing::Waiting });
        Ok(verifier)
    }

    /// Whether the key of a log is in the folder.
    pub fn has(&self, origin: &Origin) -> bool {
        self.folder.join(format!("{}.key", file_stem(origin))).exists()
    }

    /// The node's name.
    pub fn node(&self) -> &Origin {
        &self.node
    }

    /// The key that cosigns checkpoints (C2SP tlog-cosignature, kind 0x04).
    pub fn cosigner(&self) -> &SignerKey {
        &self.cosigner
    }

    /// The key that signs receipts.
    pub fn reporter(&self) -> &SignerKey {
        &self.reporter
    }

    /// The public key of a log of ours.
    pub fn verifier(&self, origin: &str) -> Option<VerifierKey> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        logs.get(origin).map(|owned| owned.key.verifier())
    }

    /// The key of a log of ours and whether it may sign; `None` if the log is not ours.
    pub fn signer(&self, origin: &str) -> Option<(Arc<SignerKey>, Signing)> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        logs.get(origin).map(|owned| (owned.key.clone(), owned.signing))
    }

    /// Says whether a log of ours may sign from now on. A frozen log stays frozen.
    pub fn set(&self, origin: &str, signing: Signing) {
        let mut logs = self.logs.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(owned) = logs.get_mut(origin)
            && owned.signing != Signing::Frozen
        {
            owned.signing = signing;
        }
    }

    /// Logs of ours in that state.
    pub fn all(&self, signing: Signing) -> Vec<Origin> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        logs.iter().filter(|(_, owned)| owned.signing == signing).map(|(origin, _)| origin.clone()).collect()
    }
}

/// `a.vn/log` as a file name.
fn file_stem(origin: &Origin) -> String {
    origin.as_str().replace('/', "_")
}

fn make(folder: &Path, stem: &str, name: &Origin, kind: KeyKind, dice: &Dice) -> anyhow::Result<SignerKey> {
    let path = folder.join(format!("{stem}.key"));
    if path.exists() {
        return load(&path, name, kind);
    }
    let key = SignerKey::from_seed(name.as_str(), kind, dice.bytes::<32>()?)?;
    // Whole or not at all: half a key, left by a kill, would stop every later start. A temporary file is this user's.
    let keep = || -> anyhow::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(key.secret_text().as_bytes())?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist_noclobber(&path)?;
        Ok(())
    };
    keep().with_context(|| format!("keep the key {}", path.display()))?;
    Ok(key)
}

fn load(path: &Path, name: &Origin, kind: KeyKind) -> anyhow::Result<SignerKey> {
    let text = fs::read_to_string(path).with_context(|| {
        format!(
            "read the key {}; without it this node cannot sign – restore it from where keys are kept",
            path.display()
        )
    })?;
    let key: SignerKey = text
        .trim()
        .parse()
        .with_context(|| format!("{} does not hold a key of this program", path.display()))?;
    if key.name() != name.as_str() || key.kind() != kind {
        bail!("{} holds the key of {}, not of {name}", path.display(), key.name());
    }
    Ok(key)
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .with_context(|| format!("keep {} from other users", path.display()))
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> anyhow::Result<()> {
    Ok(())
}
