//! What was begun in one browser and must be ended in the same: a sign-in at its second step, a passkey's challenge, a
//! journey to the identity provider. The cookie holds the name; the state stays here, for minutes, and is used once.

use axum::http::{HeaderMap, HeaderValue};
use sqlx::FromRow;
use uuid::Uuid;

use super::session::{self, Token};
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;
use crate::web::visitor::Visitor;
use crate::{maybe, run};

/// How long it lives, in microseconds.
pub const LASTS: i64 = 10 * 60_000_000;
const COOKIE: &str = "nhipcau-buoc";

/// Which ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The password was right; the second factor is asked for.
    SecondStep,
    /// An authenticator app is being set up; the state holds the sealed secret.
    Totp,
    /// A passkey is being made.
    PasskeyMade,
    /// A passkey is asked for at the door.
    PasskeyEnters,
    /// A passkey is asked for before a grave act.
    PasskeyConfirms,
    /// The browser was sent to the identity provider.
    Provider,
}

impl What {
    fn word(self) -> &'static str {
        match self {
            What::SecondStep => "second-step",
            What::Totp => "totp",
            What::PasskeyMade => "passkey-made",
            What::PasskeyEnters => "passkey-enters",
            What::PasskeyConfirms => "passkey-confirms",
            What::Provider => "provider",
        }
    }
}

/// A ceremony that was begun in this browser.
#[derive(Clone)]
pub struct Begun {
    token: Token,
    /// Whose, if that is known already.
    pub account: Option<Uuid>,
    /// What it needs to be ended.
    pub state: String,
}

/// Begins a ceremony; returns the header that binds it to the browser.
///
/// # Errors
/// The database's.
pub async fn begin(
    app: &App,
    visitor: &Visitor,
    what: What,
    account: Option<Uuid>,
    log: i64,
    state: String,
) -> Result<Option<HeaderValue>, Problem> {
    let token = Token::new(&app.dice)?;
    let hash = token.hash().to_vec();
    let account = account.map(|id| id.to_string()).unwrap_or_default();
    app.db
        .write("ceremony.begin", async move |tx: &mut Tx| -> Result<(), Problem> {
            let now = tx.ledger.now();
            run!(tx, "DELETE FROM ceremony WHERE ends < $1", now)?;
            run!(
                tx,
                "INSERT INTO ceremony (token, what, account, log, state, ends) VALUES ($1, $2, $3, $4, $5, $6)",
                hash,
                what.word(),
                account,
                log,
                state,
                now + LASTS
            )?;
            Ok(())
        })
        .await?;
    Ok(session::set_cookie(COOKIE, &token.text(), visitor.secure(), LASTS / 1_000_000))
}

#[derive(FromRow)]
struct Row {
    account: String,
    state: String,
}

/// The ceremony of that kind that this browser has begun at this portal, if it still lives.
///
/// # Errors
/// The database's.
pub async fn find(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    what: What,
    log: i64,
) -> Result<Option<Begun>, Problem> {
    let Some(token) = Token::in_cookie(headers, COOKIE, visitor.secure()) else { return Ok(None) };
    let mut conn = app.db.read().await?;
    let row = maybe!(
        conn,
        Row,
        "SELECT account, state FROM ceremony WHERE token = $1 AND what = $2 AND log = $3 AND ends > $4",
        token.hash().to_vec(),
        what.word(),
        log,
        app.clock.micros()
    )?;
    let Some(row) = row else { return Ok(None) };
    let account = if row.account.is_empty() { None } else { row.account.parse().ok() };
    Ok(Some(Begun { token, account, state: row.state }))
}

/// The same, of this person; a ceremony of nobody or of somebody else is over for them.
///
/// # Errors
/// None such; or the database's.
pub async fn of(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    what: What,
    (log, account): (i64, Uuid),
) -> Result<Begun, Problem> {
    let begun = find(app, visitor, headers, what, log).await?;
    begun.filter(|begun| begun.account == Some(account)).ok_or_else(over)
}

impl Begun {
    /// Uses the ceremony up, in the transaction of what it leads to.
    ///
    /// # Errors
    /// Somebody was quicker; or the database's.
    pub async fn end(&self, tx: &mut Tx) -> Result<(), Problem> {
        match run!(tx, "DELETE FROM ceremony WHERE token = $1", self.token.hash().to_vec())? {
            1 => Ok(()),
            _ => Err(over()),
        }
    }
}

/// A step that comes too late, twice, or from another browser.
pub fn over() -> Problem {
    Problem::refused(
        "Bước này đã quá 10 phút, đã dùng rồi, hoặc được bắt đầu ở một trình duyệt khác. Hãy làm lại từ đầu.",
        "This step is older than 10 minutes, was used already, or was begun in another browser. Begin again.",
    )
}
