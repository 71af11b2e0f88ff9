//! The I/O around `network::letter::Outbox`: letters are sealed, offered, and what came of it is noted.

use std::time::Duration;

use anyhow::Context;
use network::letter::{Action, Answer, Event, Letter, Outbox, Receipt, Says, Sealed, Settings};
use network::moment::Moment;
use network::names::Origin;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{MEDIA, Notice, inbox, relay, send, store, ways, within};
use crate::app::App;
use crate::db::Tx;
use crate::operate::alarms::{self, Alarm};
use crate::peers::line::Status;

/// A letter that waits longer is told to people, in microseconds.
const LATE: i64 = 24 * 3_600 * 1_000_000;
/// How often it is looked whether some are late, and whether anything was missed.
const LOOK: Duration = Duration::from_secs(60);
/// Letters that are carried for others have names of their own here: they wait in another table.
type Key = (bool, Uuid);

struct Sender {
    app: App,
    ours: Outbox,
    others: Outbox,
    wake: Moment,
    answers: mpsc::Sender<(Key, Origin, Answer)>,
}

/// Sends letters until the node stops.
pub async fn run(app: App, mut notices: mpsc::Receiver<Notice>) {
    let mut told = app.told.subscribe();
    let (answers, mut inbox) = mpsc::channel(64);
    let seed = u64::from_le_bytes(app.dice.bytes().unwrap_or_default());
    let ours = Outbox::new(Settings::default(), seed);
    let others = Outbox::new(Settings::default(), !seed);
    let mut sender = Sender { app, ours, others, wake: Moment(u64::MAX), answers };
    sender.all().await;
    let mut look = tokio::time::interval(LOOK);
    loop {
        let until =
            Duration::from_millis(sender.wake.0.saturating_sub(sender.app.post.now().0).min(86_400_000));
        tokio::select! {
            commit = told.recv() => match commit {
                Ok(commit) if commit.letters.is_empty() => {}
                Ok(_) | Err(RecvError::Lagged(_)) => sender.all().await,
                Err(RecvError::Closed) => return,
            },
            Some(notice) = notices.recv() => match notice {
                Notice::Heard(node) => sender.both(&Event::Heard(node)),
                Notice::Directory => sender.all().await,
            },
            Some(((other, id), node, answer)) = inbox.recv() => {
                sender.on(other, Event::Answered { id, node, answer });
            }
            () = tokio::time::sleep(until) => sender.both(&Event::Woken),
            _ = look.tick() => sender.late().await,
        }
    }
}

impl Sender {
    fn on(&mut self, other: bool, event: Event) {
        let now = self.app.post.now();
        let outbox = if other { &mut self.others } else { &mut self.ours };
        for action in outbox.on(event, now) {
            match action {
                Action::Wake { at } => self.wake = if self.wake <= now { at } else { self.wake.min(at) },
                Action::Send { id, node } => {
                    let (app, answers) = (self.app.clone(), self.answers.clone());
                    self.app.tasks.spawn("letter", async move {
                        let answer = if other {
                            relay::offer(&app, id, &node).await
                        } else {
                            offer(&app, id, &node).await
                        };
                        let answer = answer.unwrap_or_else(|error| {
                            tracing::warn!(%id, %node, error = format!("{error:#}"), "a letter could not be offered");
                            Answer::NotNow
                        });
                        // The other end is gone only when the node stops.
                        let _ = answers.send(((other, id), node, answer)).await;
                    });
                }
            }
        }
    }

    fn both(&mut self, event: &Event) {
        if matches!(event, Event::Woken) {
            self.wake = Moment(u64::MAX);
        }
        self.on(false, event.clone());
        self.on(true, event.clone());
    }

    /// Looks at everything that waits: at the start, after a commit, and when the directory is another.
    async fn all(&mut self) {
        if let Err(error) = self.look().await {
            tracing::error!(error = format!("{error:#}"), "letters that wait could not be read");
        }
    }

    async fn look(&mut self) -> anyhow::Result<()> {
        let directory = self.app.directory.load_full();
        let mut conn = self.app.db.read().await?;
        let (ours, others) = (store::waiting(&mut conn).await?, relay::waiting(&mut conn).await?);
        drop(conn);
        let others = relay::without_closed(&self.app, &directory, others).await?;
        let (mut here, mut there) = (Vec::new(), Vec::new());
        for letter in ours {
            let (id, from): (Uuid, Origin) = (letter.id.parse()?, letter.sender.parse()?);
            let to: Origin = letter.recipient.parse()?;
            // Whoever took the place of a closed agency answers for it.
            let next = directory.successor(&to).map_or(&to, |agency| &agency.origin).clone();
            if next != to {
                self.readdress(id, next.clone()).await?;
            }
            here.push(id);
            let ways = ways(&self.app, &directory, &from, &next);
            self.on(false, Event::Waits { id, ways });
        }
        for (id, ways) in relay::ways(&self.app, &directory, others) {
            there.push(id);
            self.on(true, Event::Waits { id, ways });
        }
        for id in self.ours.beside(&here) {
            self.on(false, Event::Dropped(id));
        }
        for id in self.others.beside(&there) {
            self.on(true, Event::Dropped(id));
        }
        Ok(())
    }

    async fn readdress(&self, id: Uuid, to: Origin) -> anyhow::Result<()> {
        self.app
            .db
            .write("letters.readdress", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
                Ok(store::readdress(tx, id, &to).await?)
            })
            .await
    }

    /// Tells people of letters that wait too long, and that none does any more.
    async fn late(&mut self) {
        self.all().await;
        let counts = match self.app.db.read().await {
            Ok(mut conn) => store::counts(&mut conn).await,
            Err(error) => Err(error),
        };
        let Ok(counts) = counts else { return };
        let late = counts.oldest.is_some_and(|oldest| self.app.clock.micros() - oldest > LATE);
        let standing = async {
            let mut conn = self.app.db.read().await.ok()?;
            alarms::standing(&mut conn).await.ok()
        };
        let stands = standing.await.unwrap_or_default().iter().any(|alarm| alarm.about == "letters.late");
        if late && !stands {
            let detail = format!("{} letters", counts.waiting);
            let (peer, origin) = (String::new(), String::new());
            alarms::tell(&self.app, Alarm { about: "letters.late".into(), peer, origin, detail }).await;
        } else if !late && stands {
            let cleared = alarms::clear(&self.app, "letters.late", String::new(), String::new()).await;
            if let Err(error) = cleared {
                tracing::warn!(%error, "an alarm could not be cleared");
            }
        }
    }
}

/// Seals a letter of ours and offers it to a node.
async fn offer(app: &App, id: Uuid, node: &Origin) -> anyhow::Result<Answer> {
    let Some(whole) = store::whole(&mut app.db.read().await?, id).await? else {
        return Ok(Answer::NotNow); // It has come to its end meanwhile; the outbox is told so by the commit.
    };
    let (from, to): (Origin, Origin) = (whole.sender.parse()?, whole.recipient.parse()?);
    let directory = app.directory.load_full();
    let agency = directory.agency(&to).context("the recipient is not in the directory any more")?;
    let Some(keys) = agency.sealing.as_ref().and_then(|sealing| sealing.known()) else {
        return Ok(Answer::NotNow);
    };
    let body = send::body(app, id, whole.body)
        .context("the body of a letter lies sealed under another key than keys/people.key")?;
    let letter = Letter {
        from: from.clone(),
        to: to.clone(),
        id,
        heads: u64::try_from(whole.heads)?,
        kind: whole.kind,
        body,
    };
    let secrets = app.keys.letters(&from, &app.dice)?;
    let sealed = letter.seal(&secrets.signer, keys, app.dice.bytes::<32>()?)?;
    let home = agency.node.as_ref() == Some(node);
    let said = match bring(app, node, &sealed).await? {
        Brought::Said { receipt, .. } => receipt,
        // Only who is written to says no for good.
        Brought::Refused if home => {
            return refused(app, id, &from, &to).await.map(|()| Answer::Refused);
        }
        Brought::Refused => return Ok(Answer::NotNow),
        Brought::Not(answer) => return Ok(answer),
    };
    let about = (&said.from, &said.to, said.id) == (&from, &to, id);
    match said.says {
        Says::Holds(hash) if about && said.by == to && hash == letter.hash() => {
            held(app, id).await?;
            Ok(Answer::Held)
        }
        // In this envelope, or in that of an earlier try.
        Says::Carries(_) if about && said.by != to => Ok(Answer::Carried),
        _ => anyhow::bail!("{node} answered with a receipt of something else"),
    }
}

/// What came of bringing a sealed letter to a node.
pub(super) enum Brought {
    /// A receipt, and its text as it was signed by the letter key of the portal that it names.
    Said { receipt: Receipt, text: String },
    /// It says that there is another letter of this name.
    Refused,
    /// Nothing that counts.
    Not(Answer),
}

/// Brings a sealed letter to a node, ours included: it goes the same way, without a line.
pub(super) async fn bring(app: &App, node: &Origin, sealed: &Sealed) -> anyhow::Result<Brought> {
    let directory = app.directory.load_full();
    let bytes = if node == app.keys.node() {
        match inbox::take(app, &sealed.encode()).await {
            Ok(receipt) => receipt.into_bytes(),
            Err(crate::problem::Problem::Refused { .. }) => return Ok(Brought::Refused),
            Err(problem) => {
                tracing::debug!(%problem, "a letter between our own portals was not taken");
                return Ok(Brought::Not(Answer::NotNow));
            }
        }
    } else {
        let known = directory.node(node).context("the node is not in the directory any more")?;
        let url = format!("{}/inbox", known.keys.url);
        let bytes = sealed.encode();
        let within = within(bytes.len() as u64);
        match app.line.post_within(&url, MEDIA, bytes, within).await {
            Ok(answer) => answer,
            Err(error) => match error.downcast_ref::<Status>().map(|answer| answer.status) {
                Some(409) => return Ok(Brought::Refused),
                // What stands before a node that is away answers so; a node that is there says 429.
                Some(502..=504) | None => return Ok(Brought::Not(Answer::Away)),
                Some(status) => {
                    tracing::debug!(%node, status, "a letter was not taken");
                    return Ok(Brought::Not(Answer::NotNow));
                }
            },
        }
    };
    let key = |by: &Origin| directory.agency(by)?.sealing.as_ref()?.known()?.verifier(by).ok();
    let receipt = Receipt::open(&bytes, key)?;
    Ok(Brought::Said { receipt, text: String::from_utf8(bytes)? })
}

/// Notes that the recipient holds a letter.
async fn held(app: &App, id: Uuid) -> anyhow::Result<()> {
    app.db
        .write("letters.held", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            store::end(tx, id, store::HELD).await?;
            Ok(())
        })
        .await
}

async fn refused(app: &App, id: Uuid, from: &Origin, to: &Origin) -> anyhow::Result<()> {
    let alarm = Alarm {
        about: "letter.refused".into(),
        peer: to.to_string(),
        origin: from.to_string(),
        detail: format!("letter {id}"),
    };
    app.db
        .write("letters.refused", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            if store::end(tx, id, store::REFUSED).await? {
                alarms::raise(tx, &alarm).await?;
            }
            Ok(())
        })
        .await
}
