//! Keeps the directory in step with the logs, after each commit, and tells whoever must know.
//!
//! The fold runs outside the writer's transaction: what it needs is in committed entries, so a crash
//! in between only means that the same entries are given to it again at the next start.

use std::collections::HashMap;
use std::sync::Arc;

use network::directory::{Directory, Effect, NotConfirmed};
use network::entry::{Entry, Kind};
use network::follower::{self, Split};
use network::names::{ContentHash, Origin};
use tlog::Note;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::mpsc;

use super::store::Scopes;
use super::{fold, store};
use crate::app::App;
use crate::db::Tx;
use crate::items;
use crate::logs::ledger::{self, Added};
use crate::operate::alarms::{self, Alarm};
use crate::peers;
use crate::web::pages::Tag;
use crate::{all, run};

/// Signature lines of a heads checkpoint that is passed on: the log's own and 15 cosignatures (protocol §3).
const MOST_SIGNATURES: usize = 16;

/// Follows commits and cosigned heads until the node stops.
pub async fn run(app: App, mut cosigned: mpsc::Receiver<Note>) {
    let mut told = app.told.subscribe();
    let mut keeper = Keeper { directory: Directory::clone(&app.directory.load()), scopes: None, app };
    keeper.settle(vec![Effect::Agency(keeper.directory.root().clone())]).await;
    loop {
        let mut effects = Vec::new();
        tokio::select! {
            commit = told.recv() => match commit {
                Ok(commit) => {
                    for added in &commit.added {
                        keeper.read(added, &mut effects).await;
                    }
                    // Whatever else is waiting is taken along: a nation is enrolled in one go.
                    loop {
                        match told.try_recv() {
                            Ok(commit) => {
                                for added in &commit.added {
                                    keeper.read(added, &mut effects).await;
                                }
                            }
                            Err(TryRecvError::Lagged(_)) => effects.extend(keeper.again().await),
                            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                        }
                    }
                }
                Err(RecvError::Lagged(_)) => effects.extend(keeper.again().await),
                Err(RecvError::Closed) => return,
            },
            Some(note) = cosigned.recv() => effects.extend(keeper.confirm(note).await),
        }
        if !effects.is_empty() {
            keeper.settle(effects).await;
        }
    }
}

struct Keeper {
    app: App,
    directory: Directory,
    /// What the database holds of them since this start; nothing yet before the first time.
    scopes: Option<Scopes>,
}

impl Keeper {
    async fn read(&mut self, added: &Added, effects: &mut Vec<Effect>) {
        let heads = added.origin == *self.directory.heads();
        let mut statements = Vec::new();
        for (offset, bytes) in added.entries.iter().enumerate() {
            let index = added.from + offset as u64;
            if !heads && !may_matter(bytes) {
                continue;
            }
            match Entry::decode(bytes) {
                Ok(Entry { kind: Kind::Head { origin, size, root, checkpoint }, .. }) if heads => {
                    effects.extend(self.directory.head(index, &origin, size));
                    let Ok(note) = Note::parse(&checkpoint) else { continue };
                    let head = follower::Event::Head { origin, size, root, note: Arc::new(note) };
                    let _ = self.app.follower.send(peers::Event::Network(head)).await;
                }
                Ok(Entry { kind: Kind::LogSplit { origin, a, b, bridge }, .. }) => {
                    let (Ok(a), Ok(b)) = (Note::parse(&a), Note::parse(&b)) else { continue };
                    let shown = Split { origin, a: Arc::new(a), b: Arc::new(b), bridge };
                    let shown = follower::Event::SplitShown(shown);
                    let _ = self.app.follower.send(peers::Event::Network(shown)).await;
                }
                Ok(entry) => statements.push((index, entry)),
                Err(_) => {}
            }
        }
        let noted = statements.iter().map(|(index, entry)| (*index, entry, None));
        effects.extend(self.directory.note_all(&added.origin, noted));
        self.directory.has_read(&added.origin, added.frontier.size());
        if heads && added.checkpoint.is_some() {
            // The quorum may be of no other node (a nation of one), or its cosignatures are here already.
            if let Some(note) = peers::receipts::cosigned_heads(&self.app).await {
                effects.extend(self.confirm(note).await);
            }
        }
    }

    async fn confirm(&mut self, mut note: Note) -> Vec<Effect> {
        let before = self.directory.confirmed();
        match self.directory.confirm(&note) {
            Ok(effects) if self.directory.confirmed() == before => effects,
            Ok(effects) => {
                let text = note.to_string();
                note.signatures.truncate(MOST_SIGNATURES);
                let remembered = self
                    .app
                    .db
                    .write("heads.confirmed", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
                        fold::remember(tx.conn(), fold::CONFIRMED, text).await?;
                        // Who follows from here gets the quorum with the flow.
                        ledger::cosigned(tx, &note).await
                    })
                    .await;
                if let Err(error) = remembered {
                    tracing::error!(%error, "the confirmed heads checkpoint could not be remembered");
                }
                effects
            }
            Err(NotConfirmed::Quorum { .. }) => Vec::new(),
            Err(why) => {
                tracing::warn!(%why, "a heads checkpoint does not count");
                Vec::new()
            }
        }
    }

    /// Commits were missed: everything is read from the database again.
    async fn again(&mut self) -> Vec<Effect> {
        let read = async {
            let mut conn = self.app.db.read().await?;
            fold::rebuild(&mut conn, &self.app.root).await
        };
        match read.await {
            Ok((directory, _)) => {
                self.directory = directory;
                self.directory.agencies().map(|a| Effect::Agency(a.origin.clone())).collect()
            }
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the directory could not be read again");
                Vec::new()
            }
        }
    }

    /// Makes the changes count: for pages, scopes, followers, alarms.
    async fn settle(&mut self, effects: Vec<Effect>) {
        let directory = Arc::new(self.directory.clone());
        self.app.directory.store(directory.clone());
        let mut visible = false;
        let mut places: Vec<(Origin, u64, u64)> = Vec::new();
        for effect in effects {
            match effect {
                Effect::Agency(_) | Effect::Gone(_) | Effect::Scope(_) => visible = true,
                Effect::Placed { origin, index, place } => places.push((origin, index, place)),
                Effect::Refused { origin, index, why } => {
                    let detail = format!("entry {index} of {origin}: {why}");
                    alarms::tell(
                        &self.app,
                        Alarm {
                            about: "refused".into(),
                            peer: String::new(),
                            origin: origin.to_string(),
                            detail,
                        },
                    )
                    .await;
                }
            }
        }
        let settled = self.settle_in_database(directory, places, visible).await;
        if let Err(error) = settled {
            tracing::error!(
                error = format!("{error:#}"),
                "the directory's changes could not be stored; they are worked out again at start"
            );
        }
        if visible {
            let _ = self.app.follower.send(peers::Event::DirectoryChanged).await;
            self.app.post.tell(peers::letters::Notice::Directory);
            self.app.pages.changed([Tag::Directory, Tag::Lists]);
            self.app.stirred.send_modify(|n| *n += 1);
        }
    }

    async fn settle_in_database(
        &mut self,
        directory: Arc<Directory>,
        places: Vec<(Origin, u64, u64)>,
        visible: bool,
    ) -> anyhow::Result<()> {
        let scopes = store::scopes(&directory, &self.app.portals.load().all());
        let fresh = (visible && self.scopes.as_ref() != Some(&scopes)).then(|| scopes.clone());
        let large = self
            .app
            .db
            .write("directory.settle", async move |tx: &mut Tx| -> Result<Vec<ContentHash>, anyhow::Error> {
                let mut large = Vec::new();
                for (origin, index, place) in places {
                    run!(
                        tx,
                        "UPDATE fact SET place = $1
                         WHERE log = (SELECT id FROM log WHERE origin = $2) AND idx = $3",
                        place as i64,
                        origin.to_string(),
                        index as i64
                    )?;
                }
                if let Some(scopes) = &fresh {
                    store::save_scopes(tx, scopes).await?;
                }
                if visible {
                    tx.ledger.directory = directory.clone();
                    for (log, honest) in ended(tx, &directory).await? {
                        large.extend(items::refold::cut(tx, log, honest).await?);
                    }
                    items::fold::weigh_orders(tx).await?;
                }
                Ok(large)
            })
            .await?;
        if visible {
            self.scopes = Some(scopes);
        }
        self.show(large).await
    }

    /// Lets large contents stand on pages again whose items were folded anew.
    async fn show(&self, large: Vec<ContentHash>) -> anyhow::Result<()> {
        for hash in large {
            let mut conn = self.app.db.read().await?;
            let Some(bytes) = self.app.folder.read(&mut conn, &hash).await? else { continue };
            drop(conn);
            self.app
                .db
                .write("directory.show", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
                    items::fold::show(tx, &HashMap::from([(hash, bytes.as_slice())])).await
                })
                .await?;
        }
        Ok(())
    }
}

/// The logs that were closed at an honest size and of which something is to be taken back: they say more than that, or hold
/// what nobody can open any more.
async fn ended(tx: &mut Tx, directory: &Directory) -> anyhow::Result<Vec<(i64, u64)>> {
    let logs = all!(
        tx,
        (String, i64, i64, i64),
        "SELECT l.origin, l.id, l.size,
           CASE WHEN EXISTS (SELECT 1 FROM sealed s WHERE s.log = l.id) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END
         FROM log l"
    )?;
    let cut = |(origin, log, size, sealed): (String, i64, i64, i64)| {
        let agency = directory.agency(&origin.parse().ok()?)?;
        let honest = agency.closed.as_ref()?.last_size?;
        (size as u64 > honest || sealed == 1).then_some((log, honest))
    };
    Ok(logs.into_iter().filter_map(cut).collect())
}

/// False for an entry that cannot be about agencies, scopes or splits, so that most are not read twice. The
/// words may stand anywhere, with any space around them, and JSON can hide a letter behind a backslash:
/// what is live and what is read at the next start must come to the same directory.
fn may_matter(bytes: &[u8]) -> bool {
    const SIGNS: [&str; 4] = ["agency.", "portal.carries", "log.split", "\\"];
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    SIGNS.iter().any(|sign| text.contains(sign))
}
