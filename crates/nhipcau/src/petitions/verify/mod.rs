//! Whether whoever asked reads the e-mail address that they gave: a mail with a one-time link, and digits to type where they follow.
//!
//! Neither the link nor the digits are stored: both are marks of a random id under the node's key, good for a day, and the digits for a
//! few tries. A mail is written to an address seldom, however often it is given, and what is told of it is the same whether it was
//! written or not. Telephones are not verified: no gateway is connected, and the pages say so.

pub mod letter;
pub mod pages;
mod store;

use lettre::Address;

use super::contact::Contact;
use super::secret::same;
use super::store::{Case, knocks};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::subscriptions::door::{Opens, new_id, opened};

pub use store::forget;

const HOUR: i64 = 3_600_000_000;
/// For so long a link and its digits are good.
const LASTS: i64 = 24 * HOUR;
/// Mails to one address in a day, and to all in an hour.
const TO_ONE: i64 = 3;
const TO_ALL: i64 = 5_000;
/// Tries of the digits of one mail.
const TRIES: i64 = 5;
/// How many digits.
const DIGITS: usize = 8;

/// How it stands with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// No address was given, or it was erased.
    Nothing,
    /// One was given, and nothing was mailed to it lately, or the node sends no mails.
    Unasked,
    /// A mail is on its way, or has come.
    Waits,
    /// Whoever asked reads it.
    Verified,
}

impl Stands {
    /// How it stands with the address of a case.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(
        app: &App,
        conn: &mut Conn,
        case: &Case,
        contact: Option<&Contact>,
    ) -> sqlx::Result<Stands> {
        let Some(address) = contact.and_then(address_of) else { return Ok(Stands::Nothing) };
        let Some(row) = store::find(conn, &case.id).await? else { return Ok(Stands::Unasked) };
        // Another address than the one that was proven is not proven.
        Ok(match row.mark == mark(app, &address) {
            true if row.verified > 0 => Stands::Verified,
            true if row.asked + LASTS > app.clock.micros() => Stands::Waits,
            _ => Stands::Unasked,
        })
    }
}

/// The address of a contact.
fn address_of(contact: &Contact) -> Option<Address> {
    contact.mail.parse().ok()
}

/// By this an address is found again.
pub(super) fn mark(app: &App, address: &Address) -> Vec<u8> {
    app.people.seal.mark("petition.address", &address.to_string().to_lowercase()).to_vec()
}

/// The digits of a mail.
fn digits(app: &App, id: &str) -> String {
    let mark = app.people.seal.mark("petition.digits", id);
    let number = mark.iter().take(8).fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    format!("{:0width$}", number % 10_u64.pow(DIGITS as u32), width = DIGITS)
}

/// What a verification needs before its transaction: chance.
pub struct New {
    id: String,
    mailing: String,
}

impl New {
    /// Two ids that nobody guesses.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn of(app: &App) -> anyhow::Result<New> {
        Ok(New { id: new_id(app)?, mailing: new_id(app)? })
    }
}

/// Has a mail written to the address of a case, unless it was proven, none was given, the node sends none, or too many were written. What
/// came of it is told to nobody.
///
/// # Errors
/// The database's.
pub async fn ask(
    app: &App,
    tx: &mut Tx,
    (petition, portal): (&str, &str),
    contact: Option<&Contact>,
    new: New,
) -> Result<(), Problem> {
    let Some(address) = contact.and_then(address_of).filter(|_| app.mailer.is_some()) else { return Ok(()) };
    let (now, mark) = (tx.ledger.now(), mark(app, &address));
    if store::find(tx.conn(), petition).await?.is_some_and(|row| row.verified > 0 && row.mark == mark) {
        return Ok(());
    }
    let (_, to_one) = knocks::counted(tx, &mark, "verify", now - 24 * HOUR).await?;
    let (to_all, _) = knocks::counted(tx, &mark, "verify", now - HOUR).await?;
    if to_one >= TO_ONE || to_all >= TO_ALL {
        return Ok(());
    }
    knocks::add(tx, &new.id, mark.clone(), "verify").await?;
    store::ask(tx, petition, portal, &new.id, mark).await?;
    store::mail(tx, new.mailing, &new.id).await?;
    Ok(())
}

/// What a link proves: true if it is good, or has been used before.
///
/// # Errors
/// The database's.
pub async fn by_link(app: &App, word: &str) -> Result<bool, Problem> {
    let Some(id) = opened(app, Opens::Petition, word) else { return Ok(false) };
    app.db
        .write("petition.verify", async move |tx: &mut Tx| -> Result<bool, Problem> {
            let since = tx.ledger.now() - LASTS;
            Ok(store::proven(tx, &id, since).await?)
        })
        .await
}

/// What digits prove, typed by whoever holds the secret of a case. Each try counts.
///
/// # Errors
/// The database's.
pub async fn by_digits(app: &App, petition: &str, typed: &str) -> Result<bool, Problem> {
    let typed: String = typed.chars().filter(char::is_ascii_digit).collect();
    let (app, petition) = (app.clone(), petition.to_owned());
    let db = app.db.clone();
    db.write("petition.verify", async move |tx: &mut Tx| -> Result<bool, Problem> {
        let since = tx.ledger.now() - LASTS;
        let Some(row) = store::find(tx.conn(), &petition).await? else { return Ok(false) };
        if row.verified > 0 {
            return Ok(true);
        }
        store::tried(tx, &petition).await?;
        let right = same(digits(&app, &row.id).as_bytes(), typed.as_bytes());
        match right && row.tries < TRIES {
            true => Ok(store::proven(tx, &row.id, since).await?),
            false => Ok(false),
        }
    })
    .await
}
