//! Receipts: what this node holds and shows, told upstream; what others hold and show, kept and passed on.
//!
//! The newest per node and log is kept; unknown signers are refused. A receipt travels unchanged. It
//! goes to the primary, to the node that hosts the log if that is a neighbour, and, in a nation of a
//! few nodes, to every neighbour.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use network::directory::Directory;
use network::entry::NodeKeys;
use network::names::Origin;
use network::receipt::{Held, Receipt, Shown, ShownBy, SignedReceipt};
use sqlx::FromRow;
use tlog::{Note, NoteSignature};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::mpsc;

use crate::app::App;
use crate::config::Role;
use crate::db::{Conn, Tx};
use crate::logs::ledger::{Effects, News};
use crate::logs::store::{self, Head};
use crate::peers::progress::{self, Progress};
use crate::problem::Problem;
use crate::{all, run};

/// How long changes gather before one receipt tells them.
const GATHER: Duration = Duration::from_millis(15);
/// How long a neighbour that did not take a receipt is left alone, at first and at most.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Nations of at most so many nodes tell everything to every neighbour.
const SMALL: usize = 8;
/// Entries whose content is lacking are named up to this many.
const MOST_LACKING: i64 = 64;

/// Tells what is held and shown, as it changes, until the node stops.
pub async fn run(app: App) {
    let mut told = app.told.subscribe();
    let mut due = every_log(&app).await;
    // One task a neighbour: who cannot be reached costs the others nothing.
    let mut tellers: HashMap<String, mpsc::UnboundedSender<BTreeSet<i64>>> = HashMap::new();
    loop {
        if due.is_empty() {
            match told.recv().await {
                Ok(commit) => note(&mut due, &commit),
                Err(RecvError::Lagged(_)) => due = every_log(&app).await,
                Err(RecvError::Closed) => return,
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
        if let Err(error) = tell_ourselves(&app, &fresh).await {
            tracing::error!(error = format!("{error:#}"), "our own receipt could not be stored");
        }
        for (url, logs) in targets(&app, &fresh).await {
            let teller = tellers.entry(url.clone()).or_insert_with(|| {
                let (queue, inbox) = mpsc::unbounded_channel();
                app.tasks.spawn("teller", teller(app.clone(), url, inbox));
                queue
            });
            // The teller lives as long as the node.
            let _ = teller.send(logs);
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
async fn teller(app: App, url: String, mut inbox: mpsc::UnboundedReceiver<BTreeSet<i64>>) {
    let mut due: BTreeSet<i64> = BTreeSet::new();
    let mut wait = FIRST_WAIT;
    loop {
        if due.is_empty() {
            let Some(logs) = inbox.recv().await else { return };
            due = logs;
        }
        while let Ok(more) = inbox.try_recv() {
            due.extend(more);
        }
        match post(&app, &url, &due).await {
            Ok(()) => {
                due.clear();
                wait = FIRST_WAIT;
            }
            Err(error) => {
                tracing::debug!(
                    url,
                    error = format!("{error:#}"),
                    "a receipt was not taken; it is sent again"
                );
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
    }
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

async fn post(app: &App, url: &str, logs: &BTreeSet<i64>) -> anyhow::Result<()> {
    let mut conn = app.db.read().await?;
    let (receipt, _) = compose(app, &mut conn, logs).await?;
    drop(conn);
    let signed = sign(app, &receipt)?;
    let body = SignedReceipt::encode_post(&[signed]).into_bytes();
    app.line.post(&format!("{url}/receipts"), "application/json", body).await?;
    Ok(())
}

fn sign(app: &App, receipt: &Receipt) -> anyhow::Result<SignedReceipt> {
    Ok(receipt.sign(app.keys.reporter(), app.keys.cosigner())?)
}

/// What this node holds and shows of these logs.
async fn compose(app: &App, conn: &mut Conn, logs: &BTreeSet<i64>) -> anyhow::Result<(Receipt, Vec<Head>)> {
    let mut receipt = Receipt {
        node: app.config.name.clone(),
        time: (app.clock.micros() / 1000).max(0) as u64,
        logs: Vec::new(),
        shown: Vec::new(),
    };
    let mut heads = Vec::new();
    for log in logs {
        let Some(head) = store::head(conn, *log).await? else { continue };
        if head.checkpoint_size == 0 || head.size != head.checkpoint_size {
            continue; // In the middle of a catch-up there is no signed head to cosign yet.
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
        heads.push(head);
    }
    Ok((receipt, heads))
}

async fn tell_ourselves(app: &App, logs: &BTreeSet<i64>) -> anyhow::Result<()> {
    let mut conn = app.db.read().await?;
    let (receipt, _) = compose(app, &mut conn, logs).await?;
    drop(conn);
    if receipt.logs.is_empty() {
        return Ok(());
    }
    let signed = sign(app, &receipt)?;
    keep(app, vec![(receipt, signed)]).await?;
    Ok(())
}

/// Takes receipts of other nodes: verifies, keeps, passes on to the nodes that host the logs.
///
/// # Errors
/// Malformed, or of an unknown or wrong signer; then none of them is kept.
pub async fn take(app: &App, body: &[u8]) -> Result<(), Problem> {
    let receipts =
        SignedReceipt::parse_post(body).map_err(|e| Problem::invalid("receipts", e.to_string()))?;
    let mut verified = Vec::new();
    for signed in receipts {
        let claim = signed.claim().map_err(|e| Problem::invalid("receipt", e.to_string()))?;
        let keys = node_keys(app, &claim.node).ok_or_else(|| Problem::Forbidden {
            vi: format!("Máy chủ {} chưa có trong danh bạ.", claim.node),
            en: format!("The node {} is not in the directory.", claim.node),
        })?;
        let receipt = signed.verify(&keys.reporter, &keys.cosigner).map_err(|e| Problem::Forbidden {
            vi: format!("Xác nhận của {} không đúng chữ ký: {e}", claim.node),
            en: format!("The receipt of {} does not verify: {e}", claim.node),
        })?;
        verified.push((receipt, signed));
    }
    let onward = keep(app, verified).await?;
    for (url, signed) in onward {
        let app_ = app.clone();
        app.tasks.spawn("relay", async move {
            let body = SignedReceipt::encode_post(&[signed]).into_bytes();
            if let Err(error) = app_.line.post(&format!("{url}/receipts"), "application/json", body).await {
                tracing::debug!(
                    url,
                    error = format!("{error:#}"),
                    "a receipt could not be passed on; a later one will be"
                );
            }
        });
    }
    Ok(())
}

fn node_keys(app: &App, name: &Origin) -> Option<NodeKeys> {
    if name == app.keys.node() {
        return None; // Nobody else speaks for us.
    }
    let directory = app.directory.load();
    directory.node(name).map(|node| node.keys.clone()).or_else(|| directory.pending_node(name).cloned())
}

/// Keeps verified receipts. Returns what is to be passed on, and where.
async fn keep(
    app: &App,
    verified: Vec<(Receipt, SignedReceipt)>,
) -> Result<Vec<(String, SignedReceipt)>, Problem> {
    let directory = app.directory.load_full();
    let mut onward: Vec<(String, SignedReceipt)> = Vec::new();
    for (receipt, signed) in &verified {
        let hosts: BTreeSet<String> = receipt
            .logs
            .iter()
            .filter_map(|held| directory.agency(&held.origin)?.node.as_ref())
            .filter_map(|name| directory.node(name))
            .filter(|node| node.keys.name != app.config.name && node.keys.name != receipt.node)
            .map(|node| node.keys.url.clone())
            .collect();
        // Only who stands in the middle passes on; what came from elsewhere goes straight to the host.
        if receipt.node == app.config.name {
            continue;
        }
        if app.keys.verifier(directory.root().as_str()).is_some() {
            onward.extend(hosts.into_iter().map(|url| (url, signed.clone())));
        } else if !hosts.is_empty() && is_below(app, &directory, &receipt.node) {
            let up = app.config.neighbours.iter().filter(|n| n.role == Role::Primary);
            onward.extend(up.map(|n| (n.url.clone(), signed.clone())));
        }
    }
    let heads = directory.heads().clone();
    let (about_heads, news) = app
        .db
        .write("receipts.keep", async move |tx: &mut Tx| -> Result<(bool, BTreeSet<String>), Problem> {
            let mut about_heads = false;
            let mut news = BTreeSet::new();
            for (receipt, signed) in &verified {
                about_heads |= receipt.logs.iter().any(|held| held.origin == heads);
                if keep_one(tx, receipt, signed).await? {
                    news.insert(signed.note.to_string());
                }
            }
            Ok((about_heads, news))
        })
        .await?;
    // What is known already has been passed on already: no receipt goes round in circles.
    onward.retain(|(_, signed)| news.contains(&signed.note.to_string()));
    if about_heads && let Some(note) = cosigned_heads(app).await {
        // A full queue only means that a newer one will come.
        let _ = app.cosigned.try_send(note);
    }
    Ok(onward)
}

/// True for a node that one of our portals' agencies stands above: we are its way up.
fn is_below(app: &App, directory: &Directory, node: &Origin) -> bool {
    directory.node(node).is_some_and(|node| {
        app.portals.load().all().iter().any(|p| directory.is_ancestor(&p.origin, &node.owner))
    })
}

/// Keeps one receipt. Returns false if nothing of it was new.
async fn keep_one(tx: &mut Tx, receipt: &Receipt, signed: &SignedReceipt) -> Result<bool, Problem> {
    let shown: BTreeMap<&Origin, u64> =
        receipt.shown.iter().filter(|s| s.portal == ShownBy::Every).map(|s| (&s.origin, s.size)).collect();
    let node = receipt.node.to_string();
    let note = signed.note.to_string();
    let mut news = false;
    for (held, cosignature) in receipt.logs.iter().zip(&signed.cosignatures) {
        let lacking = held.lacking.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
        let now = Progress {
            node: node.clone(),
            size: held.size as i64,
            content: held.content as i64,
            lacking,
            shown: shown.get(&held.origin).copied().unwrap_or(0) as i64,
            received: tx.ledger.now(),
        };
        let before = progress::of_node(tx.conn(), held.origin.as_str(), &node).await?;
        let changed = run!(
            tx,
            "INSERT INTO receipt (node, origin, size, root, content, lacking, shown, note, cosignature, received)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (node, origin) DO UPDATE SET size = excluded.size, root = excluded.root,
               content = excluded.content, lacking = excluded.lacking, shown = excluded.shown,
               note = excluded.note, cosignature = excluded.cosignature, received = excluded.received
             WHERE excluded.size >= receipt.size AND excluded.note <> receipt.note",
            node.clone(),
            held.origin.to_string(),
            now.size,
            held.root.0.to_vec(),
            now.content,
            now.lacking.clone(),
            now.shown,
            note.clone(),
            cosignature.to_string(),
            now.received
        )?;
        if changed == 0 {
            continue; // An older one that took longer says nothing new.
        }
        news = true;
        let entries = now.news(before.as_ref());
        if entries.is_empty() {
            continue;
        }
        // Content counts from where nothing is lacking; that is what coverage is asked for.
        run!(
            tx,
            "INSERT INTO reach (origin, node, size, content, shown, at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (origin, node, size, content, shown) DO NOTHING",
            held.origin.to_string(),
            node.clone(),
            now.size,
            now.whole(),
            now.shown,
            now.received
        )?;
        if let Some(head) = store::by_origin(tx.conn(), held.origin.as_str()).await? {
            tx.ledger.effects.receipts.push(News { log: head.id, entries });
        }
    }
    Ok(news)
}

/// The cosignatures that are known for a log at one size, as note lines.
///
/// # Errors
/// The database's.
pub async fn cosignatures(conn: &mut Conn, origin: &Origin, size: u64) -> sqlx::Result<Vec<String>> {
    let rows = all!(
        conn,
        (String,),
        "SELECT cosignature FROM receipt WHERE origin = $1 AND size = $2 ORDER BY node",
        origin.to_string(),
        size as i64
    )?;
    Ok(rows.into_iter().map(|(line,)| line).collect())
}

/// The newest heads checkpoint with all cosignatures that are known for it; a quorum or not.
pub async fn cosigned_heads(app: &App) -> Option<Note> {
    let origin = app.root.text().heads_origin().ok()?;
    let mut conn = app.db.read().await.ok()?;
    let head = store::by_origin(&mut conn, origin.as_str()).await.ok()??;
    let mut note = Note::parse(&head.checkpoint).ok()?;
    for line in cosignatures(&mut conn, &origin, head.checkpoint_size).await.ok()? {
        if let Ok(signature) = line.parse::<NoteSignature>() {
            note.add(signature);
        }
    }
    Some(note)
}

/// A node's newest receipt for a log.
#[derive(Clone, Debug, FromRow, serde::Serialize)]
pub struct Kept {
    /// The node.
    pub node: String,
    /// Entries that it holds.
    pub size: i64,
    /// Content that it has named as held goes up to here.
    pub content: i64,
    /// Entries whose content it lacks, separated by commas.
    pub lacking: String,
    /// Entries that its portals show.
    pub shown: i64,
    /// The signed receipt.
    pub note: String,
    /// Its cosignature of the log's checkpoint.
    pub cosignature: String,
    /// When it came, by our clock, in microseconds.
    pub received: i64,
}

/// Every node's newest receipt for a log.
///
/// # Errors
/// The database's.
pub async fn of_log(conn: &mut Conn, origin: &str) -> sqlx::Result<Vec<Kept>> {
    all!(
        conn,
        Kept,
        "SELECT node, size, content, lacking, shown, note, cosignature, received FROM receipt WHERE origin = $1 ORDER BY node",
        origin.to_owned()
    )
}
