//! The secrets of this node: one key per log that it owns and two for its letters, one to cosign, one to sign receipts.
//!
//! Keys live in files of their own, never in the database, so a copy of the data does not carry them;
//! from the first moment nobody but the node's user may read them. A key signs only while its log is [`Signing::Allowed`] (protocol §2, "After start").

mod letters;

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context, bail};
use network::names::Origin;
use tempfile::NamedTempFile;
use tlog::{KeyKind, SignerKey, VerifierKey};

use crate::clock::Dice;

pub use letters::LetterSecrets;

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
    letters: RwLock<HashMap<Origin, Arc<LetterSecrets>>>,
}

impl Keyring {
    /// Makes the node's own two keys in `folder`; keys that are there already stay.
    ///
    /// # Errors
    /// When the folder cannot be written, or a key in it cannot be read.
    pub fn create(folder: &Path, node: &Origin, dice: &Dice) -> anyhow::Result<()> {
        private_folder(folder)?;
        restrict(folder)?;
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
            letters: RwLock::default(),
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

    /// The public key of a log whose key is in the folder. Makes none.
    ///
    /// # Errors
    /// When it is not there, or is another's.
    pub fn kept(&self, origin: &Origin) -> anyhow::Result<VerifierKey> {
        Ok(load(&self.folder.join(format!("{}.key", file_stem(origin))), origin, KeyKind::Ed25519)?
            .verifier())
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
    // Made beside it and moved in its place, so that a crash leaves no half key and no key is ever overwritten.
    secret(&path, &key.secret_text())?
        .persist_noclobber(&path)
        .with_context(|| format!("keep the key {}", path.display()))?;
    Ok(key)
}

/// Writes a whole file or none of it, in the place of what was there: whoever is killed meanwhile leaves no half a
/// file, and nobody but this user may read it at any moment.
///
/// # Errors
/// When the file cannot be written.
pub fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    secret(path, text)?.persist(path).with_context(|| format!("write {}", path.display()))?;
    Ok(())
}

/// A file beside `path` that holds the text and ends a line, on the disk, readable by this user alone.
fn secret(path: &Path, text: &str) -> anyhow::Result<NamedTempFile> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder).with_context(|| format!("write in {}", folder.display()))?;
    file.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        file.write_all(b"\n")?;
    }
    file.as_file().sync_all().with_context(|| format!("write {}", path.display()))?;
    Ok(file)
}

/// Makes a folder that nobody but this user may enter; one that is there stays as it is.
///
/// # Errors
/// When it cannot be made.
pub fn private_folder(folder: &Path) -> anyhow::Result<()> {
    let made = || format!("create {}", folder.display());
    if let Some(above) = folder.parent().filter(|p| !p.as_os_str().is_empty()) {
        fs::create_dir_all(above).with_context(made)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if !folder.is_dir() => Err(error).with_context(made),
        _ => Ok(()),
    }
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

/// Takes a folder that was there already from other users.
#[cfg(unix)]
fn restrict(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        .with_context(|| format!("keep {} from other users", folder.display()))
}

#[cfg(not(unix))]
fn restrict(_folder: &Path) -> anyhow::Result<()> {
    Ok(())
}
