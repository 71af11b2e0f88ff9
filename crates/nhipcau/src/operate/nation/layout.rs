//! How the nodes of the nation are laid out: keys, root note, who follows whom.

use std::path::{Path, PathBuf};

use anyhow::Context;
use futures::future::join_all;
use indicatif::ProgressBar;

use super::country::Member;
use crate::app::{App, Given};
use crate::clock::Dice;
use crate::config::{Config, File, Neighbour, PeopleTable, Role};
use crate::logs::keys::Keyring;
use crate::operate::init;
use crate::peers::line::Cable;

/// How many ministries stand in for the Government's node when it is cut off.
const BACKUPS: usize = 2;
/// How many nodes may make the quorum of heads; a served note carries 15 cosignatures (protocol §3).
const COSIGNERS: usize = 21;

/// Makes every key beside the runtime: each is synced to disk on its own.
///
/// # Errors
/// When a key cannot be written.
pub(super) async fn keys(
    members: Vec<Member>,
    dir: &Path,
    dice: &Dice,
    bar: &ProgressBar,
) -> anyhow::Result<Vec<Member>> {
    let made = members.into_iter().map(|member| {
        let (dir, dice, bar) = (dir.join(&member.body.domain).join("keys"), dice.clone(), bar.clone());
        tokio::task::spawn_blocking(move || -> anyhow::Result<Member> {
            Keyring::create(&dir, &member.node()?, &dice)?;
            let keyring = Keyring::open(&dir, &member.node()?)?;
            for body in member.portals() {
                keyring.own(&body.origin()?, &dice)?;
                bar.inc(1);
            }
            Ok(member)
        })
    });
    join_all(made).await.into_iter().map(|made| made?).collect()
}

/// The root note that all pin; the quorum is of ministries and provinces.
///
/// # Errors
/// When a key cannot be read.
pub(super) fn root_note(members: &[Member], dir: &Path, dice: &Dice) -> anyhow::Result<String> {
    let open = |member: &Member| Keyring::open(&dir.join(&member.body.domain).join("keys"), &member.node()?);
    let first = members.first().context("a nation without a Government")?;
    let keyring = open(first)?;
    let root = keyring.own(&first.body.origin()?, dice)?;
    let heads = keyring.own(&format!("{}/heads", first.body.domain).parse()?, dice)?;
    let cosigners = members
        .iter()
        .skip(1)
        .take(COSIGNERS)
        .map(|member| Ok(open(member)?.cosigner().verifier()))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let quorum = cosigners.len() / 2 + 1;
    Ok(init::root_note(root, heads, cosigners, quorum, dice)?.0)
}

/// Everybody follows the Government's node, and two ministries where that cannot be reached. These two
/// follow every node, so that the country goes on without its centre.
///
/// # Errors
/// When a domain makes no valid name.
pub(super) fn file(members: &[Member], urls: &[String], at: usize) -> anyhow::Result<File> {
    let stands_in = (1..=BACKUPS).contains(&at);
    let neighbours = members
        .iter()
        .zip(urls)
        .enumerate()
        .filter(|(other, _)| at != 0 && *other != at && (*other <= BACKUPS || stands_in))
        .map(|(other, (member, url))| {
            Ok(Neighbour {
                name: member.node()?.to_string(),
                url: url.clone(),
                role: match other {
                    0 => Role::Primary,
                    _ if other <= BACKUPS => Role::Backup,
                    _ => Role::Child,
                },
            })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let (member, url) = members.get(at).zip(urls.get(at)).context("a member")?;
    Ok(File {
        name: member.node()?.to_string(),
        url: url.clone(),
        listen: vec![url.trim_start_matches("http://").to_owned()],
        database: "data/nhipcau.db".into(),
        content: "data/content".into(),
        keys: "keys".into(),
        root: "root.note".into(),
        demo: false,
        rehearsal_portal: None,
        private_addresses: true,
        trusted_proxies: Vec::new(),
        ca: None,
        tls: None,
        follows_all: true,
        issues_at_once: Vec::new(),
        people: PeopleTable::default(),
        log_keys: Vec::new(),
        mail: None,
        push: None,
        neighbours,
    })
}

/// Opens a node with its portals and its cable.
///
/// # Errors
/// What keeps it from opening.
pub(super) async fn open(folder: PathBuf, member: &Member) -> anyhow::Result<(App, Cable)> {
    let cable = Cable::default();
    let given = Given { line: cable.clone(), ..Given::default() };
    let app = App::open(Config::read(&folder)?, given).await?;
    let portals = member
        .portals()
        .enumerate()
        .map(|(at, body)| {
            Ok(init::NewPortal {
                domain: body.domain.clone(),
                origin: body.origin()?,
                main: at == 0,
                theme: String::new(),
            })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    init::portals(&app, portals).await?;
    Ok((app, cable))
}
