//! Receipts of other nodes: verified, kept, handed on. What this node itself holds is told by `tellers`.
//!
//! The newest per node and log is kept; unknown signers are refused, and so is what contradicts our own copy
//! of a log. A receipt travels unchanged.

use std::collections::{BTreeMap, BTreeSet};

use network::directory::Directory;
use network::entry::NodeKeys;
use network::names::Origin;
use network::receipt::{Held, Receipt, ShownBy, SignedReceipt};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use tlog::{Hash, Note, NoteSignature, VerifierKey};

use super::tellers::Onward;
use crate::app::App;
use crate::config::Role;
use crate::db::{Conn, Tx};
use crate::logs::ledger::News;
use crate::logs::{proof, store};
use crate::operate::alarms::{self, Alarm};
use crate::peers::progress::{self, Progress};
use crate::problem::Problem;
use crate::{all, maybe, run};

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
    keep(app, verified).await
}

pub(super) fn node_keys(app: &App, name: &Origin) -> Option<NodeKeys> {
    if name == app.keys.node() {
        return None; // Nobody else speaks for us.
    }
    let directory = app.directory.load();
    directory.node(name).map(|node| node.keys.clone()).or_else(|| directory.pending_node(name).cloned())
}

/// Keeps verified receipts, and hands on what others wait for.
pub(super) async fn keep(app: &App, verified: Vec<(Receipt, SignedReceipt)>) -> Result<(), Problem> {
    let directory = app.directory.load_full();
    let mut onward: Vec<Onward> = Vec::new();
    for (receipt, signed) in &verified {
        // Only who stands in the middle hands on; what came from elsewhere goes straight to the host.
        if receipt.node == app.config.name {
            continue;
        }
        let mut hosts: BTreeMap<String, Vec<Origin>> = BTreeMap::new();
        for held in &receipt.logs {
            let host = directory.agency(&held.origin).and_then(|agency| agency.node.as_ref());
            let Some(host) = host.and_then(|name| directory.node(name)) else { continue };
            if host.keys.name != app.config.name && host.keys.name != receipt.node {
                hosts.entry(host.keys.url.clone()).or_default().push(held.origin.clone());
            }
        }
        let hand_on = |url: String, logs: Vec<Origin>| {
            let (node, receipt) = (receipt.node.clone(), signed.clone());
            Onward { url, node, logs, receipt }
        };
        if app.keys.verifier(directory.root().as_str()).is_some() {
            onward.extend(hosts.into_iter().map(|(url, logs)| hand_on(url, logs)));
        } else if !hosts.is_empty() && is_below(app, &directory, &receipt.node) {
            let logs: Vec<Origin> = hosts.into_values().flatten().collect();
            let up = app.config.neighbours.iter().filter(|n| n.role == Role::Primary);
            onward.extend(up.map(|n| hand_on(n.url.clone(), logs.clone())));
        }
    }
    let heads = directory.heads().clone();
    let queue = app.onward.clone();
    let about_heads = app
        .db
        .write("receipts.keep", async move |tx: &mut Tx| -> Result<bool, Problem> {
            let mut about_heads = false;
            let mut news = BTreeSet::new();
            for (receipt, signed) in &verified {
                about_heads |= receipt.logs.iter().any(|held| held.origin == heads);
                if keep_one(tx, receipt, signed, Heard::Brought).await? {
                    news.insert(signed.note.to_string());
                }
            }
            // What is known already has been passed on already: no receipt goes round in circles. So it is queued here and not by the
            // caller, who may be gone before this is done: brought again it would be no news. A receipt stands on its own; should this
            // not be committed, handing it on does no harm.
            onward.retain(|onward| news.contains(&onward.receipt.note.to_string()));
            for onward in onward {
                // A full queue only means that this one comes late: what is told next says more.
                let _ = queue.try_send(onward);
            }
            Ok(about_heads)
        })
        .await?;
    if about_heads && let Some(note) = cosigned_heads(app).await {
        // A full queue only means that a newer one will come.
        let _ = app.cosigned.try_send(note);
    }
    Ok(())
}

/// True for a node that one of our portals' agencies stands above: we are its way up. Also for one whose enrolment does not count yet, of
/// which the directory cannot say below whom it stands: it brings its receipts to those alone that are its way.
fn is_below(app: &App, directory: &Directory, node: &Origin) -> bool {
    directory
        .node(node)
        .is_none_or(|node| app.portals.load().iter().any(|p| directory.is_ancestor(&p.origin, &node.owner)))
}

/// Keeps verified receipts that were asked for, not brought: they are handed on to nobody.
pub(super) async fn keep_asked(app: &App, verified: Vec<(Receipt, SignedReceipt)>) -> Result<(), Problem> {
    app.db
        .write("receipts.keep_asked", async move |tx: &mut Tx| -> Result<(), Problem> {
            for (receipt, signed) in &verified {
                keep_one(tx, receipt, signed, Heard::Asked).await?;
            }
            Ok(())
        })
        .await
}

/// How a receipt came here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heard {
    /// Its node, or who relays, brought it when it was fresh.
    Brought,
    /// It was asked for later: when its node had come so far is not known here.
    Asked,
}

/// Keeps one receipt. Returns false if nothing of it was new.
async fn keep_one(
    tx: &mut Tx,
    receipt: &Receipt,
    signed: &SignedReceipt,
    heard: Heard,
) -> Result<bool, Problem> {
    let shown: BTreeMap<&Origin, u64> =
        receipt.shown.iter().filter(|s| s.portal == ShownBy::Every).map(|s| (&s.origin, s.size)).collect();
    let node = receipt.node.to_string();
    let note = signed.note.to_string();
    let mut news = false;
    for (held, cosignature) in receipt.logs.iter().zip(&signed.cosignatures) {
        if !plausible(tx, &receipt.node, held).await? || is_stale(tx.conn(), receipt, held).await? {
            continue;
        }
        let lacking = held.lacking.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
        let now = Progress {
            node: node.clone(),
            size: held.size as i64,
            content: held.content as i64,
            lacking,
            shown: shown.get(&held.origin).copied().unwrap_or(0) as i64,
            received: match heard {
                Heard::Brought => tx.ledger.now(),
                // By the node's own clock, which nothing but this display relies on.
                Heard::Asked => tx.ledger.now().min(i64::try_from(receipt.time * 1000).unwrap_or(i64::MAX)),
            },
            had: None,
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
        if heard == Heard::Brought {
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
        }
        if let Some(head) = store::by_origin(tx.conn(), held.origin.as_str()).await? {
            tx.ledger.effects.receipts.push(News { log: head.id, entries });
        }
    }
    Ok(news)
}

/// True if its node has already said something later of the very same entries: a receipt comes by several ways, and what comes by the longer
/// one would take back that a content has arrived.
async fn is_stale(conn: &mut Conn, receipt: &Receipt, held: &Held) -> Result<bool, Problem> {
    let kept = maybe!(
        conn,
        (String,),
        "SELECT note FROM receipt WHERE node = $1 AND origin = $2 AND size = $3",
        receipt.node.to_string(),
        held.origin.to_string(),
        held.size as i64
    )?;
    let kept = kept.and_then(|(note,)| Receipt::parse(&Note::parse(&note).ok()?.text).ok());
    Ok(kept.is_some_and(|kept| kept.time > receipt.time))
}

/// False for what is not worth keeping: a log that nobody has enrolled, or a size or root that our own copy
/// contradicts. A node that cosigns another past than ours has lied, or was lied to; people are told.
async fn plausible(tx: &mut Tx, node: &Origin, held: &Held) -> Result<bool, Problem> {
    let enrolled = tx.ledger.directory.keys(&held.origin).is_some();
    let head = store::by_origin(tx.conn(), held.origin.as_str()).await?;
    if i64::try_from(held.size).is_err() || (!enrolled && head.is_none()) {
        return Ok(false);
    }
    let Some(head) = head else { return Ok(true) };
    let why = if held.size > head.size {
        // Who relays may be ahead of us, but nobody is ahead of the log's own node.
        if !head.own {
            return Ok(true);
        }
        "more entries than there are"
    } else if proof::root_at(tx.conn(), &head, held.size).await? != held.root {
        "another past than ours"
    } else {
        return Ok(true);
    };
    let alarm = Alarm {
        about: "receipt.contradicts".into(),
        peer: node.to_string(),
        origin: held.origin.to_string(),
        detail: format!("{node} has signed that it holds {} entries of {}: {why}", held.size, held.origin),
    };
    tracing::warn!(peer = alarm.peer, origin = alarm.origin, detail = alarm.detail, "alarm");
    alarms::raise(tx, &alarm).await?;
    Ok(false)
}

/// What one node was last heard to hold of each log: its cosignatures, from which it can see after a restore
/// what it has signed already.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LastHeard {
    /// The log.
    pub origin: String,
    /// Entries that it held.
    pub size: i64,
    /// The root at that size, in base64.
    pub root: String,
    /// Its cosignature of that checkpoint, as a note line.
    pub cosignature: String,
}

#[derive(FromRow)]
struct HeardRow {
    origin: String,
    size: i64,
    root: Vec<u8>,
    cosignature: String,
}

/// What `node` was last heard to hold.
///
/// # Errors
/// The database's, or damaged hashes.
pub async fn last_heard(conn: &mut Conn, node: &str) -> anyhow::Result<Vec<LastHeard>> {
    let rows = all!(
        conn,
        HeardRow,
        "SELECT origin, size, root, cosignature FROM receipt WHERE node = $1 ORDER BY origin",
        node.to_owned()
    )?;
    rows.into_iter()
        .map(|row| {
            let root: Hash = store::hash(row.root)?;
            let HeardRow { origin, size, cosignature, .. } = row;
            Ok(LastHeard { origin, size, root: root.to_string(), cosignature })
        })
        .collect()
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

/// The newest heads checkpoint with the cosignatures that are known for it and that the root note counts; a
/// quorum or not. Those of other nodes would only take the room in a served note (protocol §3).
pub async fn cosigned_heads(app: &App) -> Option<Note> {
    let origin = app.root.text().heads_origin().ok()?;
    let mut conn = app.db.read().await.ok()?;
    let head = store::by_origin(&mut conn, origin.as_str()).await.ok()??;
    let mut note = Note::parse(&head.checkpoint).ok()?;
    let lines = cosignatures(&mut conn, &origin, head.checkpoint_size).await.ok()?;
    counted(&lines, &app.root.text().cosigners).into_iter().for_each(|signature| note.add(signature));
    Some(note)
}

/// The cosignatures among these lines that are by one of these keys, by name.
fn counted(lines: &[String], cosigners: &[VerifierKey]) -> Vec<NoteSignature> {
    let counts = |signature: &NoteSignature| {
        cosigners.iter().any(|key| key.id() == signature.key_id && key.name() == signature.name)
    };
    lines.iter().filter_map(|line| line.parse().ok()).filter(counts).collect()
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

#[cfg(test)]
mod tests {
    use tlog::{KeyKind, SignerKey};

    use super::*;

    #[test]
    fn only_cosignatures_that_count_take_room_in_a_note() {
        let key = |name: &str, seed| {
            SignerKey::from_seed(name, KeyKind::CosignatureEd25519, [seed; 32]).unwrap().verifier()
        };
        let line = |key: &VerifierKey| {
            let (name, key_id) = (key.name().to_owned(), key.id());
            NoteSignature { name, key_id, signature: vec![0; 72] }.to_string()
        };
        let (ministry, province) = (key("moh.gov.vn/node", 1), key("tinh-a.gov.vn/node", 2));
        let stranger = key("moh.gov.vn/node", 3);
        let lines = [line(&province), line(&stranger), "damaged".to_owned(), line(&ministry)];
        let counted = counted(&lines, std::slice::from_ref(&ministry));
        assert_eq!(counted.iter().map(ToString::to_string).collect::<Vec<_>>(), [line(&ministry)]);
    }
}
