//! Letters that are carried for others: unread, until their recipient holds them.
//!
//! A portal takes what is for a child of its own, and what a child of its own writes to anybody; so a letter makes two
//! steps at most and never goes in circles. The recipient's receipt is kept for the sender, who asks for it by offering
//! the letter again.

use std::collections::HashSet;
use std::sync::Arc;

use network::directory::Directory;
use network::letter::{Address, Answer, Receipt, Says, Sealed};
use network::names::{ContentHash, Origin};
use sqlx::FromRow;
use uuid::Uuid;

use super::outbox::{Brought, bring};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::{all, maybe, one, run};

/// Bytes that are carried for others in all.
const MOST: i64 = 4 << 30;
/// Bytes that are carried for one sender: nobody fills the room of all.
const SHARE: i64 = MOST / 16;
/// So long a letter that does not arrive is carried, and a receipt kept for a sender who does not ask, in microseconds.
/// Its sender has the letter all the while, and offers it again.
const KEPT: i64 = 180 * 86_400 * 1_000_000;

/// A letter that is carried.
#[derive(Debug, FromRow)]
pub(super) struct Carried {
    id: String,
    sender: String,
    recipient: String,
}

#[derive(FromRow)]
struct Found {
    sealing: String,
    hash: Vec<u8>,
    receipt: String,
}

/// The portal of ours that carries a letter with this address: the parent of who is written to, or of who writes.
pub(super) fn carrier(app: &App, directory: &Directory, address: &Address) -> Option<Arc<Portal>> {
    let parents =
        [&address.to, &address.from].map(|of| directory.agency(of).map(|agency| agency.parent.clone()));
    let portals = app.portals.load().all();
    parents.into_iter().flatten().find_map(|parent| portals.iter().find(|p| p.origin == parent).cloned())
}

/// Takes a letter, and answers with what is known of it: that it is carried, or the recipient's own receipt.
pub(super) async fn take(app: &App, by: &Portal, sealed: Sealed) -> Result<String, Problem> {
    let secrets = app.keys.letters(&by.origin, &app.dice)?;
    let by = by.origin.clone();
    let Address { from, to, id, key } = sealed.address.clone();
    let (hash, bytes) = (sealed.hash, sealed.encode());
    app.db
        .write("letters.carry", async move |tx: &mut Tx| -> Result<String, Problem> {
            let says = |hash| -> Result<String, Problem> {
                let receipt = Receipt { by, from: from.clone(), to: to.clone(), id, says: Says::Carries(hash) };
                Ok(receipt.sign(&secrets.signer).map_err(anyhow::Error::from)?.to_string())
            };
            let found = maybe!(
                tx,
                Found,
                "SELECT sealing, hash, receipt FROM letter_relay WHERE id = $1 AND sender = $2 AND recipient = $3",
                id.to_string(),
                from.to_string(),
                to.to_string()
            )?;
            match found {
                Some(found) if !found.receipt.is_empty() => return Ok(found.receipt),
                Some(found) if found.sealing == key.to_string() => {
                    return says(found.hash.try_into().map(ContentHash).unwrap_or(hash));
                }
                _ => {}
            }
            let now = tx.ledger.now();
            run!(tx, "DELETE FROM letter_relay WHERE at < $1", now - KEPT)?;
            let (carried, theirs) = one!(
                tx,
                (i64, i64),
                "SELECT CAST(COALESCE(SUM(LENGTH(bytes)), 0) AS BIGINT),
                   CAST(COALESCE(SUM(CASE WHEN sender = $1 THEN LENGTH(bytes) END), 0) AS BIGINT)
                 FROM letter_relay WHERE receipt = ''",
                from.to_string()
            )?;
            if carried > MOST || theirs > SHARE {
                return Err(Problem::NotNow {
                    vi: "Máy chủ đang chuyển hộ quá nhiều thư; hãy thử lại sau.".into(),
                    en: "This node carries too many letters already; try again later.".into(),
                });
            }
            // Sealed anew to another key of the recipient's, it takes the place of what cannot be opened.
            run!(
                tx,
                "INSERT INTO letter_relay (id, sender, recipient, sealing, hash, at, bytes, receipt)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, '')
                 ON CONFLICT (id, sender, recipient) DO UPDATE SET sealing = excluded.sealing,
                   hash = excluded.hash, bytes = excluded.bytes, at = excluded.at",
                id.to_string(),
                from.to_string(),
                to.to_string(),
                key.to_string(),
                hash.0.to_vec(),
                now,
                bytes
            )?;
            tx.ledger.effects.letters.push(id);
            says(hash)
        })
        .await
}

/// Every letter that is carried and has not arrived.
pub(super) async fn waiting(conn: &mut Conn) -> sqlx::Result<Vec<Carried>> {
    all!(conn, Carried, "SELECT id, sender, recipient FROM letter_relay WHERE receipt = '' ORDER BY at, id")
}

/// Those that can still arrive. What is for an agency that was closed cannot be opened by its successor, for whom the
/// sender seals it anew; it goes.
pub(super) async fn without_closed(
    app: &App,
    directory: &Directory,
    carried: Vec<Carried>,
) -> anyhow::Result<Vec<Carried>> {
    let stands = |letter: &Carried| {
        let to: Option<Origin> = letter.recipient.parse().ok();
        to.and_then(|to| directory.agency(&to)).is_some_and(|agency| agency.closed.is_none())
    };
    let (open, closed): (Vec<_>, Vec<_>) = carried.into_iter().partition(stands);
    if !closed.is_empty() {
        app.db
            .write("letters.closed", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
                for Carried { id, sender, recipient } in closed {
                    run!(
                        tx,
                        "DELETE FROM letter_relay WHERE id = $1 AND sender = $2 AND recipient = $3 AND receipt = ''",
                        id,
                        sender,
                        recipient
                    )?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(open)
}

/// Where each goes: to its recipient's node, and to the recipient's parent's if that is not us. Two letters of one name
/// by different senders would be one here: the second waits until the first has arrived.
pub(super) fn ways(app: &App, directory: &Directory, carried: Vec<Carried>) -> Vec<(Uuid, Vec<Origin>)> {
    let (mut all, mut seen) = (Vec::new(), HashSet::new());
    for letter in carried {
        let (Ok(id), Ok(from), Ok(to)) =
            (letter.id.parse::<Uuid>(), letter.sender.parse::<Origin>(), letter.recipient.parse::<Origin>())
        else {
            continue;
        };
        if !seen.insert(id) {
            continue;
        }
        let mut ways = super::ways(app, directory, &from, &to);
        let parent = directory.agency(&to).and_then(|agency| directory.agency(&agency.parent));
        let parent = parent.and_then(|parent| parent.node.clone());
        ways.retain(|way| {
            directory.agency(&to).is_some_and(|a| a.node.as_ref() == Some(way))
                || parent.as_ref() == Some(way)
        });
        all.push((id, ways));
    }
    all
}

/// Offers a letter that is carried, as it came, and keeps the recipient's receipt.
pub(super) async fn offer(app: &App, id: Uuid, node: &Origin) -> anyhow::Result<Answer> {
    let row = maybe!(
        &mut app.db.read().await?,
        (Vec<u8>,),
        "SELECT bytes FROM letter_relay WHERE id = $1 AND receipt = '' AND bytes IS NOT NULL ORDER BY at",
        id.to_string()
    )?;
    let Some((bytes,)) = row else { return Ok(Answer::NotNow) };
    let sealed = Sealed::parse(&bytes)?;
    match bring(app, node, &sealed).await? {
        Brought::Said { receipt, text } if is_final(&receipt, &sealed.address) => {
            arrived(app, sealed.address, text).await?;
            Ok(Answer::Held)
        }
        Brought::Said { .. } => Ok(Answer::Carried),
        Brought::Refused => Ok(Answer::NotNow),
        Brought::Not(answer) => Ok(answer),
    }
}

/// The recipient's own word that it holds this letter. Which one it opened, only the sender can check.
fn is_final(receipt: &Receipt, address: &Address) -> bool {
    let about = (&receipt.from, &receipt.to, receipt.id) == (&address.from, &address.to, address.id);
    about && receipt.by == address.to && matches!(receipt.says, Says::Holds(_))
}

async fn arrived(app: &App, address: Address, receipt: String) -> anyhow::Result<()> {
    app.db
        .write("letters.arrived", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            run!(
                tx,
                "UPDATE letter_relay SET receipt = $1, bytes = NULL WHERE id = $2 AND sender = $3 AND recipient = $4",
                receipt,
                address.id.to_string(),
                address.from.to_string(),
                address.to.to_string()
            )?;
            Ok(())
        })
        .await
}
