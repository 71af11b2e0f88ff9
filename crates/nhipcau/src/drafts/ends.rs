//! How an item ends: one proposes to withdraw or erase it, another person confirms; then it is carried out everywhere. The
//! same for what is proposed in the console and for what comes with the node's token, and for an erasure that an agency
//! orders of one below it.

mod target;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::acts::{By, blank, refusal};
use super::life::{self, Act, End, Facts};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::items::desk;
use crate::items::once::Once;
use crate::items::publish::{Done, Reason};
use crate::people::audit::{self, Line};
use crate::people::pages::HOME;
use crate::problem::{Fault, Problem};
use crate::{all, maybe, run};

pub use target::{Target, proposed};

/// A proposal that waits for somebody else.
#[derive(FromRow, Clone, Debug)]
pub struct Proposal {
    /// `withdraw`, `gone`, `erase`.
    pub how: String,
    /// Why; readers will see it.
    pub reason: String,
    /// The legal basis; empty if none.
    pub basis: String,
    /// Who proposes.
    pub account: String,
    /// Their name; empty for the node's token.
    pub name: String,
    /// When, in microseconds.
    pub at: i64,
    /// The log of the item, if it is ordered of an agency below; else empty.
    pub origin: String,
}

/// What was proposed, as it is told to a program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proposed {
    /// The item's name in addresses.
    pub reference: String,
    /// `erase`.
    pub proposed: String,
    /// Which proposal: whoever confirms names it, so that nobody confirms another than they have read.
    pub at: i64,
    /// Its address in the console of the portal.
    pub path: String,
    /// The logins of those who may confirm it at this portal.
    pub confirm: Vec<String>,
}

impl Proposal {
    fn end(&self) -> Option<End> {
        end_of(&self.how)
    }
}

/// The end behind a word.
pub fn end_of(word: &str) -> Option<End> {
    match word {
        "withdraw" => Some(End::Withdraw),
        "gone" => Some(End::Gone),
        "erase" => Some(End::Erase),
        _ => None,
    }
}

/// The proposal about an item, if one waits.
///
/// # Errors
/// The database's.
pub async fn waiting(conn: &mut Conn, log: i64, item: Uuid) -> sqlx::Result<Option<Proposal>> {
    maybe!(
        conn,
        Proposal,
        "SELECT e.how, e.reason, e.basis, e.account, COALESCE(a.name, '') AS name, e.at, e.origin
         FROM ending e LEFT JOIN account a ON a.id = e.account WHERE e.log = $1 AND e.item = $2",
        log,
        item.to_string()
    )
}

/// A proposal of an agency that waits, as lists show it.
#[derive(FromRow, Clone, Debug)]
pub struct Listed {
    /// The item.
    pub item: String,
    /// Its log, if it is ordered of an agency below; else empty.
    pub origin: String,
    /// `withdraw`, `gone`, `erase`.
    pub how: String,
    /// Who proposes; empty for the node's token.
    pub name: String,
    /// When, in microseconds.
    pub at: i64,
}

/// All proposals of an agency that wait, the oldest first.
///
/// # Errors
/// The database's.
pub async fn all_waiting(conn: &mut Conn, log: i64) -> sqlx::Result<Vec<Listed>> {
    all!(
        conn,
        Listed,
        "SELECT e.item, e.origin, e.how, COALESCE(a.name, '') AS name, e.at
         FROM ending e LEFT JOIN account a ON a.id = e.account WHERE e.log = $1 ORDER BY e.at",
        log
    )
}

/// Proposes an end; an earlier proposal about the item is replaced.
///
/// # Errors
/// The decision's refusal; a reason or legal basis that is missing.
pub async fn propose(app: &App, by: &By, target: &Target, how: &str, reason: Reason) -> Result<(), Problem> {
    propose_once(app, by, target, how, reason, None, Vec::new()).await.map(|_| ())
}

/// The same for a program, which is told what it has proposed; a repeat of the request gets the same answer. `confirm` are
/// the logins of those who may confirm it.
///
/// # Errors
/// As [`propose`]; an idempotency key that was used for another request.
pub async fn propose_once(
    app: &App,
    by: &By,
    target: &Target,
    how: &str,
    reason: Reason,
    once: Option<Once>,
    confirm: Vec<String>,
) -> Result<Proposed, Problem> {
    let end = end_of(how).ok_or_else(|| {
        Problem::Invalid(vec![Fault {
            field: "cach".into(),
            vi: "Hãy chọn cách gỡ.".into(),
            en: "Choose how it ends.".into(),
        }])
    })?;
    // Whatever would be refused at the confirmation is refused now.
    target.request(app, reason.clone(), end)?;
    life::decide(target.stage(), Act::ProposeEnd, &blank(by)).map_err(refusal)?;
    let account = by.account().ok_or_else(|| refusal(life::Refused::Role))?;
    let reference = target.reference().to_string();
    let line = Line::new(by.who, by.log, "end.propose", reference.clone()).with(json!({ "how": how }));
    let (log, item, origin, how) = (by.log, target.item(), target.origin(), how.to_owned());
    app.db
        .write("end.propose", async move |tx: &mut Tx| -> Result<Proposed, Problem> {
            if let Some(once) = &once
                && let Some(before) = once.answered(tx.conn()).await?
            {
                return Ok(before);
            }
            let now = tx.ledger.now();
            run!(
                tx,
                "INSERT INTO ending (log, item, how, reason, basis, account, at, origin)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT (log, item) DO UPDATE SET how = excluded.how, reason = excluded.reason,
                   basis = excluded.basis, account = excluded.account, at = excluded.at, origin = excluded.origin",
                log,
                item.to_string(),
                how.clone(),
                reason.reason,
                reason.basis.unwrap_or_default(),
                account.to_string(),
                now,
                origin
            )?;
            audit::add(tx, line).await?;
            let path = format!("{HOME}/muc/{reference}");
            let proposed = Proposed { reference, proposed: how, at: now, path, confirm };
            if let Some(once) = once {
                once.remember(tx, &proposed).await?;
            }
            Ok(proposed)
        })
        .await
}

/// Confirms what another person proposed, and carries it out; or drops it.
///
/// # Errors
/// The decision's refusal; nothing is proposed, or something else by now (`at` is when the confirmed proposal was made).
pub async fn decide(
    app: &App,
    by: &By,
    target: &Target,
    at: i64,
    confirm: bool,
) -> Result<Option<Done>, Problem> {
    let mut conn = app.db.read().await?;
    let proposal =
        waiting(&mut conn, by.log, target.item()).await?.filter(|p| p.at == at).ok_or_else(changed)?;
    drop(conn);
    let end = proposal.end().ok_or_else(changed)?;
    let reason = Reason {
        reason: proposal.reason.clone(),
        basis: Some(proposal.basis.clone()).filter(|basis| !basis.is_empty()),
        gone: end == End::Gone,
        urgent: true,
    };
    let request = match confirm {
        true => Some(target.request(app, reason, end)?),
        false => None,
    };
    let (by, item, stage) = (by.clone(), target.item(), target.stage());
    let reference = target.reference().to_string();
    app.db
        .write("end.decide", async move |tx: &mut Tx| -> Result<Option<Done>, Problem> {
            let proposal =
                waiting(tx.conn(), by.log, item).await?.filter(|p| p.at == at).ok_or_else(changed)?;
            let proposer: Uuid = proposal.account.parse().map_err(anyhow::Error::from)?;
            let facts = Facts { end: Some((end, proposer)), ..blank(&by) };
            let act = if confirm { Act::ConfirmEnd } else { Act::DropEnd };
            life::decide(stage, act, &facts).map_err(refusal)?;
            run!(tx, "DELETE FROM ending WHERE log = $1 AND item = $2", by.log, item.to_string())?;
            let done = match &request {
                Some(request) => Some(desk::carry_out(tx, request).await?),
                None => None,
            };
            let act = if confirm { "end.confirm" } else { "end.drop" };
            let line = Line::new(by.who, by.log, act, reference);
            audit::add(tx, line.with(json!({ "how": proposal.how, "proposer": proposal.account }))).await?;
            Ok(done)
        })
        .await
}

fn changed() -> Problem {
    Problem::refused(
        "Đề xuất này đã được xử lý hoặc thay bằng đề xuất khác. Hãy tải lại trang.",
        "This proposal was dealt with, or another has taken its place. Reload the page.",
    )
}
