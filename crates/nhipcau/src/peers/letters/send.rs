//! Writing a letter: it is part of the step that it belongs to, and leaves when that is committed.

use axum::body::Bytes;
use network::letter::MAX_BODY;
use network::names::{ContentHash, Origin};
use uuid::Uuid;

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;

/// A letter that is to be written.
pub struct Posting {
    /// Its name.
    pub id: Uuid,
    /// The number of the log of the portal that writes.
    pub log: i64,
    /// For whom.
    pub to: Origin,
    /// What its body is (`kinds`).
    pub kind: &'static str,
    /// Its body; one that goes to many is in memory once.
    pub body: Bytes,
}

impl Posting {
    /// A letter with a new name.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn new(app: &App, log: i64, to: &Origin, kind: &'static str, body: Bytes) -> anyhow::Result<Posting> {
        Ok(Posting { id: app.dice.id(&app.clock)?, log, to: to.clone(), kind, body })
    }
}

impl Posting {
    /// A letter whose name is made of what it is about: said twice, it is one letter.
    pub fn named(log: i64, to: &Origin, kind: &'static str, body: Bytes, about: &[&str]) -> Posting {
        let whole = [&[&*log.to_string(), to.as_str(), kind], about].concat().join("\n");
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&ContentHash::of(whole.as_bytes()).0[..16]);
        Posting { id: uuid::Builder::from_custom_bytes(bytes).into_uuid(), log, to: to.clone(), kind, body }
    }
}

/// What stands before a body that lies sealed in the outbox.
const SEALED: &[u8] = b"nhipcau sealed body\n";

impl Posting {
    /// The same letter, whose body lies sealed under the node's own key until it leaves: it says who somebody is, and may wait for weeks.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn closed(self, app: &App) -> anyhow::Result<Posting> {
        let sealed = app.people.seal.close(&app.dice, &about(self.id), &self.body)?;
        Ok(Posting { body: [SEALED, &sealed].concat().into(), ..self })
    }
}

fn about(id: Uuid) -> String {
    format!("letter {id}")
}

/// The body of a letter as it was written; nothing if it lies sealed under another key than the node has now.
pub(super) fn body(app: &App, id: Uuid, kept: Vec<u8>) -> Option<Vec<u8>> {
    match kept.strip_prefix(SEALED) {
        Some(sealed) => app.people.seal.unlock(&about(id), sealed),
        None => Some(kept),
    }
}

/// Puts a letter into the outbox; for a closed agency that has a successor, one to the successor. Returns its name.
///
/// # Errors
/// Refused if nobody of that name is known or it is closed for good, or the letter is too large.
pub async fn post(tx: &mut Tx, posting: Posting) -> Result<Uuid, Problem> {
    let Posting { id, log, to, kind, body } = posting;
    let directory = tx.ledger.directory.clone();
    let Some(agency) = directory.successor(&to) else {
        return Err(Problem::refused(
            format!("{to} không có trong danh bạ."),
            format!("{to} is not in the directory."),
        ));
    };
    if agency.closed.is_some() {
        return Err(Problem::refused(
            format!("{} đã đóng và chưa có cơ quan kế thừa, nên không nhận được thư.", agency.name.vi),
            format!("{} is closed and has no successor yet: it receives no letters.", agency.origin),
        ));
    }
    if body.len() > MAX_BODY {
        let most = MAX_BODY >> 20;
        return Err(Problem::refused(
            format!("Thư dài hơn {most} MB. Hãy bớt tệp đính kèm."),
            format!("The letter is larger than {most} MB. Attach less."),
        ));
    }
    store::put(tx, id, log, &agency.origin, kind, &body).await?;
    tx.ledger.effects.letters.push(id);
    Ok(id)
}

/// Takes a letter back that its recipient does not hold yet. False if it has come to its end already; a copy may be
/// on its way all the same.
///
/// # Errors
/// The database's.
pub async fn drop_letter(tx: &mut Tx, id: Uuid) -> sqlx::Result<bool> {
    let dropped = store::end(tx, id, store::DROPPED).await?;
    if dropped {
        tx.ledger.effects.letters.push(id);
    }
    Ok(dropped)
}
