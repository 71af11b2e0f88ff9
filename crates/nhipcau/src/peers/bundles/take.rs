//! Taking a bundle in: each log is proven as if it came from a neighbour, and applied in order; each content is kept
//! if something here waits for it. Twice is as good as once, and what a cut file brought stays.
//!
//! A bundle of another nation is refused at once. A log that nobody has enrolled is refused in words; so is one that
//! is not followed here, our own, or one that begins after what is here. A bundle that is signed and contradicts what
//! is here freezes the log, as if a neighbour had shown it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use network::bridge::roots;
use network::bundle::{Damage, Header, Intake, Reader, Record, Step, Unfit};
use network::contents;
use network::entry::Entry;
use network::follower::{self, Batch, Split};
use network::keys::Keys;
use network::names::Origin;
use tlog::{Checkpoint, Frontier, Note, VerifierKey};

use super::fate::{Fate, Taken, TakenLog};
use crate::agencies::fold::remember;
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::logs::ledger;
use crate::logs::store;
use crate::maybe;
use crate::peers::follow::hands;
use crate::peers::{self, needed};
use crate::problem::Problem;

/// The name under which the age of the newest bundle is remembered.
pub const AS_OF: &str = "bundle as of";
/// How long the directory may take to learn what a bundle's first logs say.
const PATIENCE: Duration = Duration::from_secs(10);

struct Current {
    origin: Origin,
    id: i64,
    intake: Intake,
    from: u64,
    to: u64,
    newest: Option<Timestamp>,
}

/// An import under way.
pub struct Import {
    app: App,
    reader: Reader,
    taken: Taken,
    current: Option<Current>,
    /// True after something was applied that the directory may still be learning.
    learning: bool,
    refused: bool,
}

impl Import {
    /// Begins.
    pub fn new(app: &App) -> Import {
        Import {
            app: app.clone(),
            reader: Reader::new(),
            taken: Taken::default(),
            current: None,
            learning: false,
            refused: false,
        }
    }

    /// Takes the next bytes of the file. False once nothing more is of use.
    ///
    /// # Errors
    /// Another nation's bundle, or the disk's or the database's trouble: nothing that was not proven was applied, and
    /// the same file may be taken again.
    pub async fn feed(&mut self, bytes: &[u8]) -> Result<bool, Problem> {
        if self.refused {
            return Ok(false);
        }
        let mut records = Vec::new();
        let damage = self.reader.push(bytes, &mut records).err();
        for record in records {
            self.take(record).await?;
        }
        if let Some(damage) = damage {
            self.damaged(&damage).await?;
        }
        Ok(!self.refused)
    }

    /// Ends.
    ///
    /// # Errors
    /// As [`Import::feed`].
    pub async fn finish(mut self) -> Result<Taken, Problem> {
        if !self.refused
            && let Err(damage) = self.reader.finish()
        {
            self.damaged(&damage).await?;
        }
        self.close().await?;
        Ok(self.taken)
    }

    async fn damaged(&mut self, damage: &Damage) -> Result<(), Problem> {
        self.refused = true;
        self.taken.damage = Some(damage.to_string());
        self.close().await
    }

    async fn take(&mut self, record: Record) -> Result<(), Problem> {
        match record {
            Record::Header(header) => self.header(header),
            Record::Log { origin, frontier, size, note } => {
                self.close().await?;
                self.begin(origin, frontier, size, &note).await
            }
            Record::Part { from, entries, bridge } => {
                let Some(current) = &mut self.current else { return Ok(()) };
                let newest = entries.last().and_then(|bytes| Entry::decode(bytes).ok()).map(|entry| entry.at);
                match current.intake.part(from, &entries, &bridge) {
                    Ok(step) => {
                        current.newest = newest.or(current.newest);
                        self.carry_out(step).await
                    }
                    Err(unfit) => self.unfit(unfit).await,
                }
            }
            Record::Content { sha256, bytes } => {
                self.close().await?;
                let mut conn = self.app.db.read().await?;
                let wanted = maybe!(
                    &mut conn,
                    (i64,),
                    "SELECT idx FROM want WHERE sha256 = $1 LIMIT 1",
                    sha256.0.to_vec()
                )?;
                drop(conn);
                if wanted.is_none() {
                    self.taken.unwanted += 1;
                    return Ok(());
                }
                match peers::contents::keep(&self.app, sha256, bytes.into()).await {
                    contents::Event::Kept { .. } => self.taken.contents += 1,
                    contents::Event::NotKept { .. } => {
                        return Err(crate::db::trouble::Trouble::Full.problem());
                    }
                    _ => self.taken.unwanted += 1,
                }
                Ok(())
            }
            Record::End => self.close().await,
        }
    }

    fn header(&mut self, header: Header) -> Result<(), Problem> {
        let root = self.app.directory.load().root().clone();
        if header.root != root {
            self.refused = true;
            return Err(Problem::refused(
                format!(
                    "Tệp này thuộc mạng lưới của {}, máy chủ này thuộc {root}; không có gì được nhập.",
                    header.root
                ),
                format!(
                    "This bundle belongs to the nation of {}, this node to that of {root}; nothing was imported.",
                    header.root
                ),
            ));
        }
        (self.taken.node, self.taken.made) = (header.node, header.made);
        Ok(())
    }

    fn note(&mut self, origin: &Origin, fate: Fate, (from, to): (u64, u64), detail: impl Into<String>) {
        let log = TakenLog { origin: origin.to_string(), fate, from, to, detail: detail.into() };
        self.taken.logs.push(log);
    }

    async fn begin(
        &mut self,
        origin: Origin,
        theirs: Frontier,
        size: u64,
        note: &Note,
    ) -> Result<(), Problem> {
        if self.app.keys.verifier(origin.as_str()).is_some() {
            self.note(&origin, Fate::Own, (0, 0), "");
            return Ok(());
        }
        let Some((keys, cosigners)) = self.keys(&origin).await else {
            let detail = "no agency of the directory has this log; its parent's enrolment is not here yet, or does not count";
            self.note(&origin, Fate::Unknown, (0, 0), detail);
            return Ok(());
        };
        if !needed(&self.app, &self.app.directory.load(), &self.app.portals.load()).contains(&origin) {
            self.note(&origin, Fate::NotFollowed, (0, 0), "");
            return Ok(());
        }
        let name = origin.clone();
        let id = self
            .app
            .db
            .write("import.log", async move |tx: &mut Tx| -> Result<i64, anyhow::Error> {
                let now = tx.ledger.now();
                store::ensure(tx.conn(), &name, false, now).await
            })
            .await?;
        let mut conn = self.app.db.read().await?;
        let head = store::head(&mut conn, id).await?.ok_or(Problem::NotFound("log"))?;
        drop(conn);
        let here = (head.size, head.size);
        if head.frozen.is_some() {
            self.note(&origin, Fate::Frozen, here, "two histories of it exist; see the network page");
            return Ok(());
        }
        let held = Note::parse(&head.checkpoint).ok().map(Arc::new);
        if size < head.size {
            return self.older(&origin, &head, size, note, &keys).await;
        }
        let opened = Intake::open(&origin, (theirs, size, note), &keys, &cosigners, (head.frontier()?, held));
        match opened {
            Ok(intake) => {
                self.current =
                    Some(Current { origin, id, intake, from: head.size, to: head.size, newest: None });
                Ok(())
            }
            Err(unfit) => self.refuse(&origin, here, unfit).await,
        }
    }

    /// The keys of a log. What the bundle's first logs say of it may still be on its way into the directory.
    async fn keys(&mut self, origin: &Origin) -> Option<(Keys, Vec<VerifierKey>)> {
        let began = tokio::time::Instant::now();
        loop {
            let directory = self.app.directory.load();
            if let Some(keys) = directory.keys(origin) {
                let heads = origin == directory.heads();
                let cosigners = if heads { self.app.root.text().cosigners.clone() } else { Vec::new() };
                return Some((keys.clone(), cosigners));
            }
            if !self.learning || began.elapsed() > PATIENCE {
                self.learning = false;
                return None;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A bundle that ends before what is here: does our history go through its checkpoint?
    async fn older(
        &mut self,
        origin: &Origin,
        head: &store::Head,
        size: u64,
        note: &Note,
        keys: &Keys,
    ) -> Result<(), Problem> {
        let here = (head.size, head.size);
        let claim = Checkpoint::of(note).ok().filter(|c| *origin == *c.origin.as_str() && c.size == size);
        let (Some(claim), true) = (claim, note.verified_by(keys.valid_for(size)).is_ok()) else {
            return self.refuse(origin, here, Unfit::Signature).await;
        };
        if size >= head.checkpoint_size || size == 0 {
            self.note(origin, Fate::Known, here, "");
            return Ok(());
        }
        let bridge = hands::own_bridge(&self.app, head.id, size, head.checkpoint_size).await?;
        let (Some((old, _)), Ok(ours)) =
            (roots(size, head.checkpoint_size, &bridge), Note::parse(&head.checkpoint))
        else {
            return self.refuse(origin, here, Unfit::Differs).await;
        };
        if old == claim.root {
            self.note(origin, Fate::Known, here, "");
            return Ok(());
        }
        let split = Split { origin: origin.clone(), a: Arc::new(note.clone()), b: Arc::new(ours), bridge };
        self.refuse(origin, here, Unfit::Forked(Box::new(split))).await
    }

    async fn carry_out(&mut self, step: Step) -> Result<(), Problem> {
        let Step::Apply(batch) = step else { return Ok(()) };
        let Some(current) = &mut self.current else { return Ok(()) };
        let (id, to) = (current.id, batch.size());
        if apply(&self.app, id, batch).await? {
            current.to = to;
            return Ok(());
        }
        let (origin, here) = (current.origin.clone(), (current.from, current.to));
        self.current = None;
        self.note(
            &origin,
            Fate::Unsettled,
            here,
            "the network brought entries meanwhile; import the file again",
        );
        self.reread(&origin).await;
        Ok(())
    }

    async fn unfit(&mut self, unfit: Unfit) -> Result<(), Problem> {
        let Some(current) = self.current.take() else { return Ok(()) };
        self.refuse(&current.origin, (current.from, current.to), unfit).await?;
        if current.to > current.from {
            self.reread(&current.origin).await;
        }
        Ok(())
    }

    async fn refuse(&mut self, origin: &Origin, here: (u64, u64), unfit: Unfit) -> Result<(), Problem> {
        let (fate, detail) = match unfit {
            Unfit::Claim => (Fate::NotProven, "its checkpoint is of another log or size".to_owned()),
            Unfit::Signature => {
                (Fate::NotProven, "no key of this log that counts has signed its checkpoint".to_owned())
            }
            Unfit::Gap { have, from } => (
                Fate::Gap,
                format!(
                    "the bundle begins at entry {from}, and {have} entries are here; export again with an earlier --since"
                ),
            ),
            Unfit::NotProven { from } => (
                Fate::NotProven,
                format!(
                    "from entry {from} on it does not lead to the signed checkpoint; that part was altered"
                ),
            ),
            Unfit::CutOff { at } => {
                (Fate::NotProven, format!("the file ends before entry {at}; import a whole copy"))
            }
            Unfit::Differs => (
                Fate::Unsettled,
                "it differs from what is here in the middle of a catch-up; import it again later".to_owned(),
            ),
            Unfit::Forked(split) => {
                hands::freeze(&self.app, *split).await;
                let dropped = follower::Event::LogDropped { origin: origin.clone() };
                // Offline nobody follows, and nobody listens.
                let _ = self.app.follower.send(peers::Event::Network(dropped)).await;
                (Fate::Forked, "it contradicts what is here, and both are signed: the log is frozen and the evidence kept".to_owned())
            }
        };
        self.note(origin, fate, here, detail);
        Ok(())
    }

    /// Ends the log under way.
    async fn close(&mut self) -> Result<(), Problem> {
        let Some(current) = self.current.take() else { return Ok(()) };
        let Current { origin, id, intake, from, mut to, newest } = current;
        match intake.close() {
            Ok(step) => {
                if let Step::Apply(batch) = step {
                    to = to.max(batch.size());
                    apply(&self.app, id, batch).await?;
                }
                let fate = if to > from { Fate::Applied } else { Fate::Known };
                self.note(&origin, fate, (from, to), "");
                if origin == *self.app.directory.load().heads() {
                    self.as_of(id, newest).await?;
                }
            }
            Err(unfit) => self.refuse(&origin, (from, to), unfit).await?,
        }
        if to > from {
            self.learning = true;
            self.reread(&origin).await;
        }
        Ok(())
    }

    /// The newest head that is proven tells as of when the nation is known here.
    async fn as_of(&mut self, heads: i64, newest: Option<Timestamp>) -> Result<(), Problem> {
        let newest = match newest {
            Some(at) => Some(at),
            None => {
                let mut conn = self.app.db.read().await?;
                let head = store::head(&mut conn, heads).await?.ok_or(Problem::NotFound("log"))?;
                let last = store::entry(&mut conn, heads, head.checkpoint_size.saturating_sub(1)).await?;
                last.and_then(|bytes| Entry::decode(&bytes).ok()).map(|entry| entry.at)
            }
        };
        let Some(at) = newest.map(|at| at.as_microsecond().min(self.app.clock.micros())) else {
            return Ok(());
        };
        let before = self.app.imported.fetch_max(at, Ordering::Relaxed);
        let known = before.max(at);
        self.taken.as_of = Some(instant(at).to_string());
        self.app
            .db
            .write("import.as_of", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
                Ok(remember(tx.conn(), AS_OF, known.to_string()).await?)
            })
            .await?;
        Ok(())
    }

    /// What follows the network goes on from what is here now.
    async fn reread(&self, origin: &Origin) {
        let _ = self.app.follower.send(peers::Event::Reread(origin.clone())).await;
    }
}

async fn apply(app: &App, id: i64, batch: Batch) -> Result<bool, Problem> {
    Ok(app
        .db
        .write("import.apply", async move |tx: &mut Tx| -> Result<bool, anyhow::Error> {
            ledger::extend(tx, id, &batch).await
        })
        .await?)
}
