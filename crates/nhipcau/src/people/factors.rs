//! Second factors: one-time codes of an authenticator app (RFC 6238) and recovery codes.
//!
//! A code is taken one step early or late, and once: what somebody saw over a shoulder opens nothing afterwards.

use sqlx::FromRow;
use totp_rs::{Builder, Totp};
use uuid::Uuid;

use super::seal::Seal;
use crate::app::App;
use crate::clock::Dice;
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::{maybe, one, run};

/// How many recovery codes are given at once.
pub const CODES: usize = 10;
/// Letters of a recovery code: digits and small letters without those that look alike. 32 of them, five bits each.
const LETTERS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
/// How many letters a code has: 60 bits.
const LONG: usize = 12;

/// The app's secret: 160 bits, as RFC 4226 recommends.
pub type Secret = [u8; 20];

/// A new secret.
///
/// # Errors
/// When there is no randomness.
pub fn secret(dice: &Dice) -> anyhow::Result<Secret> {
    dice.bytes()
}

fn totp(secret: &[u8]) -> anyhow::Result<Totp> {
    // SHA-1, six digits, thirty seconds, one step of tolerance: what every app can do.
    Builder::new().with_secret(secret.to_vec()).build().map_err(|e| anyhow::anyhow!("a kept secret: {e}"))
}

/// The secret as people type it, in groups of four.
pub fn typed(secret: &[u8]) -> String {
    let text = totp_rs::Secret::from(secret.to_vec()).to_base32();
    let groups: Vec<&str> =
        text.as_bytes().chunks(4).filter_map(|four| std::str::from_utf8(four).ok()).collect();
    groups.join(" ")
}

/// The address that an app reads from a QR code.
pub fn address(secret: &[u8], login: &str, domain: &str) -> String {
    let plain = typed(secret).replace(' ', "");
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("secret", &plain)
        .append_pair("issuer", domain)
        .finish();
    // A login is plain letters, digits and . - _ @; a domain has no colon.
    format!("otpauth://totp/{domain}:{login}?{query}")
}

/// The step that a typed code belongs to, if it is the app's now, a step ago or a step ahead. `now` in microseconds.
///
/// # Errors
/// When the secret is damaged.
pub fn step_of(secret: &[u8], code: &str, now: i64) -> anyhow::Result<Option<i64>> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    let step = totp(secret)?.check(&digits, now.max(0).unsigned_abs() / 1_000_000);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

#[derive(FromRow)]
struct Kept {
    secret: Vec<u8>,
    step: i64,
}

/// Whether an account's sign-in has a second step.
///
/// # Errors
/// The database's.
pub async fn has_totp(conn: &mut Conn, account: Uuid) -> sqlx::Result<bool> {
    let (count,) = one!(conn, (i64,), "SELECT COUNT(*) FROM totp WHERE account = $1", account.to_string())?;
    Ok(count > 0)
}

/// Keeps the secret of an app whose first code, of that step, was right.
///
/// # Errors
/// The database's.
pub async fn keep_totp(tx: &mut Tx, account: Uuid, sealed: Vec<u8>, step: i64) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO totp (account, secret, step, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, step = excluded.step, since = excluded.since",
        account.to_string(),
        sealed,
        step,
        now
    )?;
    Ok(())
}

/// Takes the app and the recovery codes of an account away.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, account: Uuid) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM totp WHERE account = $1", account.to_string())?;
    run!(tx, "DELETE FROM recovery WHERE account = $1", account.to_string())?;
    Ok(())
}

/// How a code proved itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By the app, with the code of this step.
    App(i64),
    /// By a recovery code, kept as this.
    Recovery([u8; 32]),
}

/// Whether a typed code is the app's, or a recovery code that was not used yet.
///
/// # Errors
/// The node's key does not open the secret; or the database's.
pub async fn check(app: &App, account: Uuid, typed: &str) -> Result<Option<Proof>, Problem> {
    let mut conn = app.db.read().await?;
    let id = account.to_string();
    let kept = maybe!(conn, Kept, "SELECT secret, step FROM totp WHERE account = $1", id.clone())?;
    if let Some(kept) = kept {
        let secret = app.people.seal.reveal(&id, &kept.secret)?;
        if let Some(step) = step_of(&secret, typed, app.clock.micros())?.filter(|step| *step > kept.step) {
            return Ok(Some(Proof::App(step)));
        }
    }
    let Some(code) = plain(typed) else { return Ok(None) };
    let mark = app.people.seal.mark(&id, &code);
    let known = maybe!(
        conn,
        (String,),
        "SELECT account FROM recovery WHERE account = $1 AND code = $2",
        id,
        mark.to_vec()
    )?;
    Ok(known.map(|_| Proof::Recovery(mark)))
}

/// Uses a code up; false if somebody was quicker.
///
/// # Errors
/// The database's.
pub async fn used(tx: &mut Tx, account: Uuid, proof: Proof) -> sqlx::Result<bool> {
    let id = account.to_string();
    let touched = match proof {
        Proof::App(step) => run!(tx, "UPDATE totp SET step = $2 WHERE account = $1 AND step < $2", id, step)?,
        Proof::Recovery(mark) => {
            run!(tx, "DELETE FROM recovery WHERE account = $1 AND code = $2", id, mark.to_vec())?
        }
    };
    Ok(touched == 1)
}

/// New recovery codes, as they are shown once.
///
/// # Errors
/// When there is no randomness.
pub fn codes(dice: &Dice) -> anyhow::Result<Vec<String>> {
    (0..CODES)
        .map(|_| {
            let bytes: [u8; LONG] = dice.bytes()?;
            let letters: Vec<char> = bytes.iter().map(|b| LETTERS[usize::from(b % 32)].into()).collect();
            Ok(letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
        })
        .collect()
}

/// A recovery code as it was typed, without blanks and dashes; `None` if it cannot be one.
fn plain(typed: &str) -> Option<String> {
    let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let code = code.to_ascii_lowercase();
    (code.len() == LONG && code.bytes().all(|b| LETTERS.contains(&b))).then_some(code)
}

/// Keeps new recovery codes in the place of the old ones.
///
/// # Errors
/// The database's.
pub async fn keep_codes(tx: &mut Tx, seal: &Seal, account: Uuid, codes: &[String]) -> sqlx::Result<()> {
    let id = account.to_string();
    run!(tx, "DELETE FROM recovery WHERE account = $1", id.clone())?;
    for code in codes.iter().filter_map(|code| plain(code)) {
        let mark = seal.mark(&id, &code).to_vec();
        run!(tx, "INSERT INTO recovery (account, code) VALUES ($1, $2)", id.clone(), mark)?;
    }
    Ok(())
}

/// How many recovery codes are left.
///
/// # Errors
/// The database's.
pub async fn codes_left(conn: &mut Conn, account: Uuid) -> sqlx::Result<i64> {
    let (left,) =
        one!(conn, (i64,), "SELECT COUNT(*) FROM recovery WHERE account = $1", account.to_string())?;
    Ok(left)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn code_at(secret: &[u8], now: i64) -> String {
        totp(secret).unwrap().generate(now.unsigned_abs() / 1_000_000).to_string()
    }

    /// RFC 6238, appendix B: SHA-1, the last six of the eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(code_at(secret, seconds * 1_000_000), code);
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late() {
        let secret = b"12345678901234567890";
        let at = |seconds: i64, code: &str| step_of(secret, code, seconds * 1_000_000).unwrap();
        assert_eq!([at(59, "287 082"), at(89, "287082"), at(29, "287082")], [Some(1); 3]);
        assert_eq!([at(90, "287082"), at(59, "28708"), at(59, "２87082"), at(59, "")], [None; 4]);
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed() {
        let codes = codes(&Dice::system()).unwrap();
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), CODES);
        let code = &codes[0];
        assert_eq!(code.len(), LONG + 2);
        assert_eq!(plain(&format!(" {} ", code.to_uppercase().replace('-', " "))), plain(code));
        assert_eq!((plain("123456"), plain("oooo-1111-0000")), (None, None));
    }

    #[test]
    fn an_app_reads_the_secret_from_its_address() {
        let said = address(b"12345678901234567890", "lan.tran@xa-a", "xa-a.laocai.gov.vn");
        assert_eq!(
            said,
            "otpauth://totp/xa-a.laocai.gov.vn:lan.tran@xa-a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=xa-a.laocai.gov.vn"
        );
        assert_eq!(typed(b"12345678901234567890").split(' ').count(), 8);
    }
}
