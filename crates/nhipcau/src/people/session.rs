//! Sessions: who is signed in at which portal, by which way, on which device.
//!
//! The cookie holds 256 random bits; the database holds only their hash. A session belongs to one portal's host, and its
//! roles are asked anew at each request, so a dismissal counts at once.

use axum::http::{HeaderMap, HeaderValue, header};
use network::names::ContentHash;
use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Dice;
use crate::db::{Conn, Tx};
use crate::words::Lang;
use crate::{all, maybe, run};

/// A session ends after this, in microseconds, however busy: a working day.
pub const LASTS: i64 = 12 * 3_600_000_000;
/// And after this without a request.
pub const IDLE: i64 = 2 * 3_600_000_000;
/// How often the last request is noted.
pub const NOTED: i64 = 60_000_000;
/// What lies further in the future than this was written before the clock was set back: it counts for nothing, or it would
/// last for as long as the clock was wrong.
pub const JUMP: i64 = 60_000_000;
/// For this long after somebody proved who they are they need not prove it again for a grave act.
pub const FRESH: i64 = 10 * 60_000_000;

/// The secret in a cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new(dice: &Dice) -> anyhow::Result<Token> {
        Ok(Token(dice.bytes()?))
    }

    /// As it stands in a cookie or a link: 64 hexadecimal digits.
    pub fn text(&self) -> String {
        hex::encode(self.0)
    }

    /// What a cookie or a link says.
    pub fn read(text: &str) -> Option<Token> {
        hex::decode(text).ok()?.try_into().ok().map(Token)
    }

    /// What the database keeps of it.
    pub fn hash(&self) -> [u8; 32] {
        ContentHash::of(&self.0).0
    }

    /// What every form of this session must carry, so that no other site can send one.
    pub fn form_key(&self) -> String {
        let whole = [b"nhipcau form key\n".as_slice(), &self.0].concat();
        hex::encode(&ContentHash::of(&whole).0[..16])
    }

    /// The one in a request's cookie.
    pub fn of(headers: &HeaderMap, secure: bool) -> Option<Token> {
        Token::in_cookie(headers, SESSION, secure)
    }

    /// The one in a request's cookie of that name.
    pub fn in_cookie(headers: &HeaderMap, name: &str, secure: bool) -> Option<Token> {
        cookie_of(headers, name, secure).and_then(Token::read)
    }

    /// The header that gives it to a browser. `__Host-` binds it to this host and to https.
    pub fn cookie(&self, secure: bool) -> Option<HeaderValue> {
        set_cookie(SESSION, &self.text(), secure, LASTS / 1_000_000)
    }
}

/// What a request's cookie of that name says.
pub fn cookie_of<'a>(headers: &'a HeaderMap, name: &str, secure: bool) -> Option<&'a str> {
    let name = cookie_name(name, secure);
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The name of the session's cookie.
const SESSION: &str = "nhipcau";

/// The header that takes the session's cookie back.
pub fn no_cookie(secure: bool) -> Option<HeaderValue> {
    set_cookie(SESSION, "", secure, 0)
}

/// The header that sets a cookie of this host for so many seconds. Script cannot read it; other sites' forms do not send it.
pub fn set_cookie(name: &str, value: &str, secure: bool, seconds: i64) -> Option<HeaderValue> {
    let (name, only) = (cookie_name(name, secure), if secure { "; Secure" } else { "" });
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{only}").parse().ok()
}

fn cookie_name(name: &str, secure: bool) -> String {
    if secure { format!("__Host-{name}") } else { name.to_owned() }
}

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By password alone.
    Password,
    /// By password and a second factor.
    SecondFactor,
    /// By passkey.
    Passkey,
    /// By the agency's identity provider.
    Provider,
}

impl Way {
    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            Way::Password => "password",
            Way::SecondFactor => "second-factor",
            Way::Passkey => "passkey",
            Way::Provider => "provider",
        }
    }

    /// The way behind a stored word; one that this version does not know counts as the weakest.
    pub fn of(word: &str) -> Way {
        let all = [Way::SecondFactor, Way::Passkey, Way::Provider];
        all.into_iter().find(|way| way.word() == word).unwrap_or(Way::Password)
    }

    /// What it is called.
    pub fn name(self, lang: Lang) -> &'static str {
        let w = lang.desk();
        match self {
            Way::Password => w.way_password,
            Way::SecondFactor => w.way_second,
            Way::Passkey => w.way_passkey,
            Way::Provider => w.way_provider,
        }
    }
}

/// A session as it is kept.
#[derive(FromRow, Clone, Debug)]
pub struct Session {
    /// The hash of its token.
    pub token: Vec<u8>,
    /// Whose.
    pub account: String,
    /// Our number for the log of the portal where it was begun.
    pub log: i64,
    /// When it began, in microseconds.
    pub begun: i64,
    /// The last request, to the minute.
    pub seen: i64,
    /// When it ends at the latest.
    pub ends: i64,
    /// How the person proved who they are.
    pub way: String,
    /// The browser's own words, shortened.
    pub device: String,
    /// When the person last proved who they are.
    pub proved: i64,
}

impl Session {
    /// True while it may be used.
    pub fn lives(&self, now: i64) -> bool {
        now < self.ends && now - self.seen < IDLE && self.seen - now < JUMP
    }

    /// True if the person has proved who they are within the last minutes.
    pub fn fresh(&self, now: i64) -> bool {
        (-JUMP..FRESH).contains(&(now - self.proved))
    }

    /// How the person proved who they are.
    pub fn way(&self) -> Way {
        Way::of(&self.way)
    }
}

/// Begins a session.
///
/// # Errors
/// The database's.
pub async fn begin(
    tx: &mut Tx,
    token: &Token,
    account: Uuid,
    log: i64,
    way: Way,
    device: String,
) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    // What has ended is of no use to anybody.
    run!(tx, "DELETE FROM session WHERE ends < $1 OR seen < $2", now, now - IDLE)?;
    run!(
        tx,
        "INSERT INTO session (token, account, log, begun, seen, ends, way, device, proved)
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $4)",
        token.hash().to_vec(),
        account.to_string(),
        log,
        now,
        now + LASTS,
        way.word(),
        device
    )?;
    Ok(())
}

/// The session of a token.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, token: &Token) -> sqlx::Result<Option<Session>> {
    maybe!(
        conn,
        Session,
        "SELECT token, account, log, begun, seen, ends, way, device, proved FROM session WHERE token = $1",
        token.hash().to_vec()
    )
}

/// The sessions of an account, the newest first.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, account: Uuid) -> sqlx::Result<Vec<Session>> {
    all!(
        conn,
        Session,
        "SELECT token, account, log, begun, seen, ends, way, device, proved FROM session
         WHERE account = $1 ORDER BY begun DESC",
        account.to_string()
    )
}

/// Notes that a session was used.
///
/// # Errors
/// The database's.
pub async fn seen(tx: &mut Tx, token: Vec<u8>) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(tx, "UPDATE session SET seen = $2 WHERE token = $1", token, now)?;
    Ok(())
}

/// Notes that somebody has proved anew who they are, and how.
///
/// # Errors
/// The database's.
pub async fn proved(tx: &mut Tx, token: Vec<u8>, way: Way) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(tx, "UPDATE session SET proved = $2, way = $3 WHERE token = $1", token, now, way.word())?;
    Ok(())
}

/// Ends one session of an account.
///
/// # Errors
/// The database's.
pub async fn end(tx: &mut Tx, account: Uuid, token: Vec<u8>) -> sqlx::Result<bool> {
    let ended =
        run!(tx, "DELETE FROM session WHERE token = $1 AND account = $2", token, account.to_string())?;
    Ok(ended > 0)
}

/// Ends all sessions of an account but the one with this token.
///
/// # Errors
/// The database's.
pub async fn end_others(tx: &mut Tx, account: Uuid, but: Option<&[u8]>) -> sqlx::Result<()> {
    run!(
        tx,
        "DELETE FROM session WHERE account = $1 AND token <> $2",
        account.to_string(),
        but.unwrap_or_default().to_vec()
    )?;
    Ok(())
}

/// Ends the sessions of an account at one portal.
///
/// # Errors
/// The database's.
pub async fn end_at(tx: &mut Tx, account: Uuid, log: i64) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM session WHERE account = $1 AND log = $2", account.to_string(), log)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_given() {
        let token = Token::new(&Dice::seeded(7)).unwrap();
        for secure in [false, true] {
            let given = token.cookie(secure).unwrap();
            let pair = given.to_str().unwrap().split(';').next().unwrap().to_owned();
            let mut headers = HeaderMap::new();
            headers.append(header::COOKIE, format!("a=b; {pair}; nhipcau2=x").parse().unwrap());
            assert!(Token::of(&headers, secure) == Some(token.clone()));
            assert!(Token::of(&headers, !secure).is_none(), "a plain cookie is not believed over https");
        }
        assert!(Token::read("zz").is_none() && Token::read(&"0".repeat(62)).is_none());
        assert_ne!(token.form_key(), token.text());
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nothing_last_longer() {
        const NOON: i64 = 1_800_000_000_000_000;
        let session = Session {
            token: Vec::new(),
            account: String::new(),
            log: 1,
            begun: NOON,
            seen: NOON,
            ends: NOON + LASTS,
            proved: NOON,
            way: Way::Password.word().to_owned(),
            device: String::new(),
        };
        for (now, lives, fresh) in [
            (NOON + 1, true, true),
            (NOON + FRESH, true, false),
            (NOON + IDLE, false, false),
            (NOON - JUMP / 2, true, true),
            (NOON - 24 * 3_600_000_000, false, false),
        ] {
            assert_eq!((session.lives(now), session.fresh(now)), (lives, fresh), "{}", now - NOON);
        }
    }
}
