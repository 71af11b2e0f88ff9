//! Telling: what this node holds and shows goes out as it changes, receipts of others are handed on.
//!
//! One task a neighbour: who cannot be reached costs the others nothing. What is due to it lies in a pocket
//! that holds each log once and of others' receipts the newest, so it is bounded however long the neighbour
//! is away. A receipt goes to the primary, to the node that hosts the log if that is a neighbour, and, in a
//! nation of a few nodes, to every neighbour. Nothing is signed before `logs::startup` allows it.

mod pocket;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use network::receipt::{Held, Receipt, Shown, ShownBy, SignedReceipt};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::mpsc;
use tokio::time::Instant;

use self::pocket::{Due, Handed, Pocket};
use super::{line, receipts};
use crate::all;
use crate::app::App;
use crate::config::Role;
use crate::db::Conn;
use crate::logs::ledger::Effects;
use crate::logs::startup::{self, Cosigned};
use crate::logs::store;

pub use pocket::Onward;

/// How long changes gather before one receipt tells them.
const GATHER: Duration = Duration::from_millis(15);
/// How long a neighbour that did not take a receipt is left alone, at first and at most.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Nations of at most so many nodes tell everything to every neighbour.
const SMALL: usize = 8;
/// Entries whose content is lacking are named up to this many.
const MOST_LACKING: i64 = 64;
/// Logs of which one receipt of ours speaks at most: it is kept whole for each of them.
const IN_ONE: usize = 16;
/// Receipts that go out in one request.
const TOGETHER: usize = 64;
/// A receipt that a neighbour refuses, perhaps because it does not know the signer yet, is offered again after
/// this time, and so often.
const OFFER_AGAIN: Duration = Duration::from_secs(1);
const OFFERS: u32 = 60;

struct Tellers {
    app: App,
    cosigned: Arc<Cosigned>,
    pockets: HashMap<String, Arc<Pocket>>,
}

impl Tellers {
    /// The pocket of a neighbour; its teller begins with the first thing that is due.
    fn pocket(&mut self, url: &str) -> Arc<Pocket> {
        let fresh = || {
            let pocket = Arc::new(Pocket::default());
            let teller = Teller {
                app: self.app.clone(),
                cosigned: self.cosigned.clone(),
                url: url.to_owned(),
                pocket: pocket.clone(),
            };
            self.app.tasks.spawn("teller", teller.run());
            pocket
        };
        self.pockets.entry(url.to_owned()).or_insert_with(fresh).clone()
    }
}

/// Tells what is held and shown, as it changes, until the node stops.
pub async fn run(app: App, mut onward: mpsc::Receiver<Onward>) {
    let mut told = app.told.subscribe();
    let cosigned = Arc::new(startup::cosigned(&app).await);
    let mut due = every_log(&app).await;
    let mut tellers = Tellers { app: app.clone(), cosigned, pockets: HashMap::new() };
    loop {
        if due.is_empty() {
            tokio::select! {
                commit = told.recv() => match commit {
                    Ok(commit) => note(&mut due, &commit),
                    Err(RecvError::Lagged(_)) => due = every_log(&app).await,
                    Err(RecvError::Closed) => return,
                },
                Some(onward) = onward.recv() => {
                    tellers.pocket(&onward.url).change(|due| due.hand_on(onward));
                }
            }
            continue;
        }
        tokio::time::sleep(GATHER).await;
        loop {
            match told.try_recv() {
                Ok(commit) => note(&mut due, &commit),
                Err(TryRecvError::Lagged(_)) => due = every_log(&app).await,
                Err(_) => break,
            }
        }
        let fresh = std::mem::take(&mut due);
        if let Err(error) = tell_ourselves(&app, &tellers.cosigned, &fresh).await {
            tracing::error!(error = format!("{error:#}"), "our own receipt could not be stored");
        }
        for (url, logs) in targets(&app, &fresh).await {
            tellers.pocket(&url).change(|due| due.logs.extend(logs));
        }
    }
}

fn note(due: &mut BTreeSet<i64>, commit: &Effects) {
    let grown = commit.added.iter().filter(|added| added.checkpoint.is_some() && !added.entries.is_empty());
    due.extend(grown.map(|added| added.log));
    due.extend(commit.settled.iter().copied());
}

async fn every_log(app: &App) -> BTreeSet<i64> {
    let Ok(mut conn) = app.db.read().await else { return BTreeSet::new() };
    let heads = store::every(&mut conn).await.unwrap_or_default();
    heads.into_iter().filter(|head| head.checkpoint_size > 0).map(|head| head.id).collect()
}

/// Brings receipts to one neighbour. What it has not taken stays due: after a cut it gets all of it at once.
struct Teller {
    app: App,
    cosigned: Arc<Cosigned>,
    url: String,
    pocket: Arc<Pocket>,
}

impl Teller {
    async fn run(self) {
        let mut wait = FIRST_WAIT;
        let mut refused = Handed::new();
        let mut again = Instant::now();
        loop {
            let mut due = tokio::select! {
                due = self.pocket.take() => due,
                () = tokio::time::sleep_until(again), if !refused.is_empty() => Due::default(),
            };
            if again <= Instant::now() {
                for (key, receipt) in std::mem::take(&mut refused) {
                    due.onward.entry(key).or_insert(receipt);
                }
            }
            match self.tell(due).await {
                Ok(more) => {
                    if refused.is_empty() {
                        again = Instant::now() + OFFER_AGAIN;
                    }
                    refused.extend(more);
                    wait = FIRST_WAIT;
                }
                Err((left, error)) => {
                    self.pocket.put_back(left);
                    tracing::debug!(
                        url = self.url,
                        error = format!("{error:#}"),
                        "a receipt was not taken; it is sent again"
                    );
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// Brings what is due. Returns what was refused and is to be offered again; or what is left, and why.
    async fn tell(&self, mut due: Due) -> Result<Handed, (Due, anyhow::Error)> {
        if !due.logs.is_empty() {
            match self.own(&due.logs).await {
                Ok(()) => due.logs.clear(),
                Err(error) => return Err((due, error)),
            }
        }
        let mut together = TOGETHER;
        let mut refused = Handed::new();
        while !due.onward.is_empty() {
            let keys: Vec<_> = due.onward.keys().take(together).cloned().collect();
            let receipts: Vec<SignedReceipt> = keys.iter().map(|key| due.onward[key].0.clone()).collect();
            match self.post(&receipts).await {
                Ok(()) => keys.iter().for_each(|key| drop(due.onward.remove(key))),
                // One of them is refused: which, they are offered one by one to learn.
                Err(error) if is_refusal(&error) && keys.len() > 1 => together = 1,
                Err(error) if is_refusal(&error) => {
                    for key in keys {
                        let offered = due.onward.remove(&key).filter(|(_, times)| *times < OFFERS);
                        refused.extend(offered.map(|(receipt, times)| (key, (receipt, times + 1))));
                    }
                }
                Err(error) => {
                    due.onward.extend(refused);
                    return Err((due, error));
                }
            }
        }
        Ok(refused)
    }

    async fn own(&self, logs: &BTreeSet<i64>) -> anyhow::Result<()> {
        let told = about(&self.app, &self.cosigned, logs).await?;
        if told.is_empty() {
            return Ok(());
        }
        let signed: Vec<SignedReceipt> = told.into_iter().map(|(_, signed)| signed).collect();
        for some in signed.chunks(TOGETHER) {
            self.post(some).await?;
        }
        startup::heard(&self.app).await
    }

    async fn post(&self, receipts: &[SignedReceipt]) -> anyhow::Result<()> {
        let body = SignedReceipt::encode_post(receipts).into_bytes();
        self.app.line.post(&format!("{}/receipts", self.url), "application/json", body).await?;
        Ok(())
    }
}

fn is_refusal(error: &anyhow::Error) -> bool {
    error.downcast_ref::<line::Status>().is_some_and(|status| matches!(status.status, 403 | 422))
}

/// Which neighbour is told of which logs.
async fn targets(app: &App, fresh: &BTreeSet<i64>) -> BTreeMap<String, BTreeSet<i64>> {
    let mut targets: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    if fresh.is_empty() {
        return targets;
    }
    let directory = app.directory.load();
    let small = directory.nodes().count() <= SMALL;
    for neighbour in &app.config.neighbours {
        if neighbour.role == Role::Primary || small {
            targets.entry(neighbour.url.clone()).or_default().extend(fresh);
        }
    }
    if small {
        let others = directory.nodes().filter(|node| node.keys.name != app.config.name);
        for node in others {
            targets.entry(node.keys.url.clone()).or_default().extend(fresh);
        }
    }
    let Ok(mut conn) = app.db.read().await else { return targets };
    for log in fresh {
        let Ok(Some(head)) = store::head(&mut conn, *log).await else { continue };
        let host =
            directory.agency(&head.origin).and_then(|a| a.node.as_ref()).and_then(|n| directory.node(n));
        let Some(host) = host.filter(|node| node.keys.name != app.config.name) else { continue };
        let reachable = app.config.neighbours.iter().any(|n| n.name == *host.keys.name.as_str());
        if reachable || app.keys.verifier(directory.root().as_str()).is_some() {
            targets.entry(host.keys.url.clone()).or_default().insert(*log);
        }
    }
    targets
}

/// What this node holds and shows of these logs, as far as it may cosign them.
async fn compose(app: &App, cosigned: &Cosigned, conn: &mut Conn, logs: &[i64]) -> anyhow::Result<Receipt> {
    let mut receipt = Receipt {
        node: app.config.name.clone(),
        time: (app.clock.micros() / 1000).max(0) as u64,
        logs: Vec::new(),
        shown: Vec::new(),
    };
    for log in logs {
        let Some(head) = store::head(conn, *log).await? else { continue };
        if head.checkpoint_size == 0 || head.size != head.checkpoint_size {
            continue; // In the middle of a catch-up there is no signed head to cosign yet.
        }
        if !cosigned.allows(app, conn, &head).await? {
            continue;
        }
        let lacking = all!(
            conn,
            (i64,),
            "SELECT DISTINCT idx FROM want WHERE log = $1 ORDER BY idx LIMIT $2",
            *log,
            MOST_LACKING
        )?;
        let lacking: Vec<u64> = lacking.into_iter().map(|(idx,)| idx as u64).collect();
        // Beyond the last that is named nothing is claimed.
        let content = match lacking.last() {
            Some(last) if lacking.len() as i64 == MOST_LACKING => last + 1,
            _ => head.size,
        };
        receipt.logs.push(Held {
            origin: head.origin.clone(),
            size: head.size,
            root: head.root,
            content,
            lacking,
        });
        // What is committed stands on the next page that is asked for.
        receipt.shown.push(Shown { portal: ShownBy::Every, origin: head.origin.clone(), size: head.size });
    }
    Ok(receipt)
}

async fn tell_ourselves(app: &App, cosigned: &Cosigned, logs: &BTreeSet<i64>) -> anyhow::Result<()> {
    let told = about(app, cosigned, logs).await?;
    if !told.is_empty() {
        receipts::keep(app, told).await?;
    }
    Ok(())
}

/// Our receipts about these logs, each about a few of them.
async fn about(
    app: &App,
    cosigned: &Cosigned,
    logs: &BTreeSet<i64>,
) -> anyhow::Result<Vec<(Receipt, SignedReceipt)>> {
    let logs: Vec<i64> = logs.iter().copied().collect();
    let mut conn = app.db.read().await?;
    let mut told = Vec::new();
    for some in logs.chunks(IN_ONE) {
        let receipt = compose(app, cosigned, &mut conn, some).await?;
        if !receipt.logs.is_empty() {
            let signed = receipt.sign(app.keys.reporter(), app.keys.cosigner())?;
            told.push((receipt, signed));
        }
    }
    Ok(told)
}
