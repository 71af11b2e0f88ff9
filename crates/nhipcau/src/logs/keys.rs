//! The secrets of this node: one key per log that it owns and two for its letters, one to cosign, one to sign receipts.
//!
//! Keys live in files of their own, never in the database, so a copy of the data does not carry them;
//! from the first moment nobody but the node's user may read them. A log's key may lie in a token instead (`token`), named
//! in the configuration. A log has a second key while its key changes; [`signing`] says which sign.
//! A key signs only while its log is [`Signing::Allowed`] (protocol §2, "After start").

#[cfg(any(test, not(feature = "pkcs11")))]
pub mod absent;
mod away;
mod key;
mod letters;
#[cfg(feature = "pkcs11")]
pub mod token;
pub mod uri;

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context, bail};
use network::directory::Directory;
use network::keys::Keys;
use network::names::Origin;
use tempfile::NamedTempFile;
use tlog::{Checkpoint, KeyKind, Note, SignerKey, VerifierKey};

use crate::clock::Dice;
use crate::config::{Config, LogKeyPlace};
use crate::problem::Problem;

#[cfg(not(feature = "pkcs11"))]
pub use absent as token;
pub use away::{Away, Unsigned};
pub use key::{LogKey, signing};
pub use letters::LetterSecrets;
use token::TokenKey;

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
    /// At least one; a second while the key changes.
    keys: Vec<Arc<LogKey>>,
    signing: Signing,
}

/// The node's secrets and what each may do now.
pub struct Keyring {
    folder: PathBuf,
    node: Origin,
    cosigner: SignerKey,
    reporter: SignerKey,
    /// Keys of logs that lie in tokens, as the configuration names them.
    placed: Vec<LogKeyPlace>,
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
            placed: Vec::new(),
            logs: RwLock::default(),
            letters: RwLock::default(),
        })
    }

    /// Opens the keys of a configured node: those in its folder, and those that lie in tokens. A token may be away.
    ///
    /// # Errors
    /// As [`Keyring::open`]; a build that knows no tokens says so.
    pub fn of(config: &Config) -> anyhow::Result<Keyring> {
        let keyring =
            Keyring { placed: config.log_keys.clone(), ..Keyring::open(&config.keys, &config.name)? };
        keyring.placed.iter().try_for_each(|placed| in_token(placed).map(|_| ()))?;
        Ok(keyring)
    }

    /// Makes a key for `origin`, or opens those that are there. They may not sign yet. Returns the first one's public half.
    ///
    /// # Errors
    /// When a file cannot be written or read.
    pub fn own(&self, origin: &Origin, dice: &Dice) -> anyhow::Result<VerifierKey> {
        let mut keys = self.there(origin)?;
        if keys.is_empty() {
            let made = make(&self.folder, &file_stem(origin), origin, KeyKind::Ed25519, dice)?;
            keys.push(Arc::new(LogKey::File(Box::new(made))));
        }
        let first = keys.first().map(|key| key.verifier()).context("a log without a key")?;
        keys.iter().for_each(|key| key.look());
        let mut logs = self.logs.write().unwrap_or_else(PoisonError::into_inner);
        logs.entry(origin.clone()).or_insert(Owned { keys, signing: Signing::Waiting });
        Ok(first)
    }

    /// The keys of a log, wherever they lie: its file, the file of the one that comes next, tokens.
    fn there(&self, origin: &Origin) -> anyhow::Result<Vec<Arc<LogKey>>> {
        let mut keys = Vec::new();
        for path in [self.file(origin), self.next_file(origin)] {
            if path.exists() {
                keys.push(Arc::new(LogKey::File(Box::new(load(&path, origin, KeyKind::Ed25519)?))));
            }
        }
        for placed in self.placed.iter().filter(|placed| placed.log == *origin) {
            keys.push(Arc::new(LogKey::Token(Box::new(in_token(placed)?))));
        }
        Ok(keys)
    }

    /// The public keys of a log whose keys are here, in the order in which they are found. Makes none.
    ///
    /// # Errors
    /// When there is none, or a file holds another's.
    pub fn kept(&self, origin: &Origin) -> anyhow::Result<Vec<VerifierKey>> {
        let keys: Vec<_> = self.there(origin)?.iter().map(|key| key.verifier()).collect();
        if keys.is_empty() {
            // Says what is missing and what to do.
            load(&self.file(origin), origin, KeyKind::Ed25519)?;
        }
        Ok(keys)
    }

    /// Whether a key of a log is here.
    pub fn has(&self, origin: &Origin) -> bool {
        self.file(origin).exists()
            || self.next_file(origin).exists()
            || self.placed.iter().any(|placed| placed.log == *origin)
    }

    /// Makes the key that comes next for a log whose key lies in a file; one that was begun already stays.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn make_next(&self, origin: &Origin, dice: &Dice) -> anyhow::Result<VerifierKey> {
        let (now, next) = (self.file(origin), self.next_file(origin));
        // Where the retired key was taken away, what came next is the key, and another comes next.
        if !now.exists() && next.exists() {
            std::fs::rename(&next, &now).with_context(|| format!("move {}", next.display()))?;
        }
        let stem = format!("{}.next", file_stem(origin));
        Ok(make(&self.folder, &stem, origin, KeyKind::Ed25519, dice)?.verifier())
    }

    /// The file of a log's key.
    pub fn file(&self, origin: &Origin) -> PathBuf {
        self.folder.join(format!("{}.key", file_stem(origin)))
    }

    /// The file of the key that comes next.
    pub fn next_file(&self, origin: &Origin) -> PathBuf {
        self.folder.join(format!("{}.next.key", file_stem(origin)))
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

    /// The public key of a log of ours; the first, while there are two.
    pub fn verifier(&self, origin: &str) -> Option<VerifierKey> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        logs.get(origin).and_then(|owned| owned.keys.first()).map(|key| key.verifier())
    }

    /// The public key by which a log of ours is known: the directory's newest, if it is here, else the first.
    pub fn current(&self, origin: &Origin, directory: &Directory) -> Option<VerifierKey> {
        let newest = directory.keys_for(origin, u64::MAX).filter(|newest| {
            self.keys(origin.as_str())
                .is_some_and(|(keys, _)| keys.iter().any(|key| key.verifier() == **newest))
        });
        newest.cloned().or_else(|| self.verifier(origin.as_str()))
    }

    /// The keys of a log of ours and whether they may sign; `None` if the log is not ours.
    pub fn keys(&self, origin: &str) -> Option<(Vec<Arc<LogKey>>, Signing)> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        logs.get(origin).map(|owned| (owned.keys.clone(), owned.signing))
    }

    /// Whether a log of ours may sign; `None` if it is not ours.
    pub fn state(&self, origin: &str) -> Option<Signing> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        logs.get(origin).map(|owned| owned.signing)
    }

    /// Signs a head with each key that signs at its size.
    ///
    /// # Errors
    /// The log is not ours, the valid key is not here, a token is away.
    pub fn sign(&self, head: &Checkpoint, known: Option<&Keys>) -> anyhow::Result<Note> {
        let (keys, _) = self.keys(&head.origin).with_context(|| format!("no key for {}", head.origin))?;
        let keys = signing(&keys, known, head.size).with_context(|| unknown(&head.origin))?;
        let (first, others) = keys.split_first().with_context(|| unknown(&head.origin))?;
        // Told apart, so that whoever asked for the step reads which token is away.
        let sign = |key: &LogKey| {
            key.sign(head).map_err(|error| match error.downcast::<Away>() {
                Ok(away) => Unsigned { log: head.origin.clone(), away }.into(),
                Err(error) => error,
            })
        };
        let mut note = sign(first)?;
        for other in others {
            sign(other)?.signatures.into_iter().for_each(|line| note.add(line));
        }
        Ok(note)
    }

    /// Whether a head of `size` could be signed now, as far as is known without asking a token.
    ///
    /// # Errors
    /// In words, why not.
    pub fn ready(&self, origin: &Origin, known: Option<&Keys>, size: u64) -> Result<(), Problem> {
        let Some((keys, _)) = self.keys(origin.as_str()) else { return Err(Problem::NotFound("log")) };
        let Some(keys) = signing(&keys, known, size) else {
            return Err(Problem::NotNow {
                vi: format!(
                    "Danh bạ ghi một khóa khác cho {origin}, máy chủ này không có khóa ấy nên không ký. Quản trị xem: nhipcau keys list."
                ),
                en: unknown(origin.as_str()),
            });
        };
        match keys.iter().find_map(|key| key.away()) {
            None => Ok(()),
            Some(away) => Err(away.problem(origin.as_str())),
        }
    }

    /// Why keys of logs of ours cannot sign now.
    pub fn away(&self) -> Vec<(Origin, Away)> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        let mut away: Vec<_> = logs
            .iter()
            .flat_map(|(origin, owned)| {
                owned.keys.iter().filter_map(|key| Some((origin.clone(), key.away()?)))
            })
            .collect();
        away.sort_by(|(a, _), (b, _)| a.cmp(b));
        away
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

fn in_token(placed: &LogKeyPlace) -> anyhow::Result<TokenKey> {
    TokenKey::open(&placed.uri, placed.key.clone()).with_context(|| format!("the key of {}", placed.log))
}

fn unknown(origin: &str) -> String {
    format!(
        "the directory has another key for {origin}, which is not here, so nothing is signed; see nhipcau keys list"
    )
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
