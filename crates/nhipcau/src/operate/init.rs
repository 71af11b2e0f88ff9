//! Making a node: its folder, keys, token, configuration, root note, portals.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use network::entry::KeyChange;
use network::names::Origin;
use network::root::{RootNote, RootText};
use tlog::{KeyKind, Note, SignerKey, VerifierKey};

use crate::agencies::store::add_portal;
use crate::app::App;
use crate::clock::Dice;
use crate::config::{Config, FILE, File};
use crate::db::Tx;
use crate::logs::keys::{Keyring, private_folder, write_secret};

/// A portal to be made.
#[derive(Clone, Debug)]
pub struct NewPortal {
    /// Its domain.
    pub domain: String,
    /// Its log's name.
    pub origin: Origin,
    /// True for the one at the bare address.
    pub main: bool,
    /// Accent colour, or empty.
    pub theme: String,
}

/// Writes a node's folder: configuration, keys, token. What is there already stays.
///
/// Nobody but this user may enter a folder that is made here; the configuration may hold a database's password.
///
/// # Errors
/// When the folder cannot be written, or holds a node of another name.
pub fn folder(folder: &Path, file: &File, root_note: &str, dice: &Dice) -> anyhow::Result<()> {
    let config = file.clone().check(folder)?;
    RootNote::open(root_note).context("the root note")?;
    let path = folder.join(FILE);
    if path.exists() {
        let there = Config::read(folder)?;
        ensure!(
            there.name == config.name,
            "{} is the node {}; nothing was changed – choose another --dir for {}",
            folder.display(),
            there.name,
            config.name
        );
    }
    private_folder(folder)?;
    if !path.exists() {
        write_secret(&path, &file.text())?;
    }
    Keyring::create(&config.keys, &config.name, dice)?;
    if !config.root.exists() {
        write_secret(&config.root, root_note)?;
    }
    token(folder, dice, false)
}

/// Makes the token that opens the API for writing; an existing one stays unless `anew`.
///
/// # Errors
/// When the file cannot be written.
pub fn token(folder: &Path, dice: &Dice, anew: bool) -> anyhow::Result<()> {
    let path = folder.join("admin.token");
    if path.exists() && !anew {
        return Ok(());
    }
    write_secret(&path, &hex::encode(dice.bytes::<32>()?))
}

/// Adds portals of ours, each with a log and a key of its own.
///
/// # Errors
/// The database's.
pub async fn portals(app: &App, new: Vec<NewPortal>) -> anyhow::Result<()> {
    for portal in &new {
        app.keys.own(&portal.origin, &app.dice)?;
    }
    app.db
        .write("init.portals", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            for portal in new {
                add_portal(tx, &portal.domain, &portal.origin, portal.main, &portal.theme).await?;
            }
            Ok(())
        })
        .await?;
    let mut conn = app.db.read().await?;
    let portals = crate::agencies::Portals::load(&mut conn, &app.keys, &app.dice).await?;
    app.portals.store(std::sync::Arc::new(portals));
    Ok(())
}

/// Holders' keys and the root note that they sign together: for a new nation or a demonstration.
///
/// Returns the signed note and the holders' secrets, which belong offline and apart from each other.
///
/// # Errors
/// When the parts do not make a valid note.
pub fn root_note(
    root: VerifierKey,
    heads: VerifierKey,
    cosigners: Vec<VerifierKey>,
    quorum: usize,
    dice: &Dice,
) -> anyhow::Result<(String, Vec<SignerKey>)> {
    const HOLDERS: usize = 5;
    const THRESHOLD: usize = 3;
    let domain = root.name().split('/').next().unwrap_or_default().to_owned();
    let holders = (1..=HOLDERS)
        .map(|n| {
            Ok(SignerKey::from_seed(&format!("{domain}/holder-{n}"), KeyKind::Ed25519, dice.bytes::<32>()?)?)
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    if quorum > cosigners.len() {
        bail!("a quorum of {quorum} out of {} cosigners", cosigners.len());
    }
    let text = RootText {
        version: 1,
        root: vec![KeyChange { key: root, from: 0 }],
        heads: vec![KeyChange { key: heads, from: 0 }],
        quorum,
        cosigners,
        threshold: THRESHOLD,
        holders: holders.iter().map(SignerKey::verifier).collect(),
    };
    let mut note: Option<Note> = None;
    for holder in holders.iter().take(THRESHOLD) {
        let signed = Note::sign(&text.text(), holder)?;
        note = Some(match note {
            None => signed,
            Some(mut note) => {
                signed.signatures.into_iter().for_each(|signature| note.add(signature));
                note
            }
        });
    }
    Ok((note.context("no holder")?.to_string(), holders))
}
