//! How an item ends: one person proposes to withdraw or erase it, another confirms; then it is carried out everywhere.

use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::acts::{By, blank, refusal, stage_of};
use super::life::{self, Act, End, Facts};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::items::desk;
use crate::items::publish::{self, Done, Reason};
use crate::items::store::Standing;
use crate::people::audit::{self, Line};
use crate::problem::{Fault, Problem};
use crate::{maybe, run};

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
    /// Their name.
    pub name: String,
    /// When, in microseconds.
    pub at: i64,
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
        "SELECT e.how, e.reason, e.basis, e.account, COALESCE(a.name, '') AS name, e.at
         FROM ending e LEFT JOIN account a ON a.id = e.account WHERE e.log = $1 AND e.item = $2",
        log,
        item.to_string()
    )
}

/// All proposals of an agency that wait: item, how, who proposes, when.
///
/// # Errors
/// The database's.
pub async fn all_waiting(conn: &mut Conn, log: i64) -> sqlx::Result<Vec<(String, String, String, i64)>> {
    crate::all!(
        conn,
        (String, String, String, i64),
        "SELECT e.item, e.how, COALESCE(a.name, '') AS name, e.at
         FROM ending e LEFT JOIN account a ON a.id = e.account WHERE e.log = $1 ORDER BY e.at",
        log
    )
}

/// Proposes an end; an earlier proposal about the item is replaced.
///
/// # Errors
/// The decision's refusal; a reason or legal basis that is missing.
pub async fn propose(
    app: &App,
    by: &By,
    standing: &Standing,
    how: &str,
    reason: Reason,
) -> Result<(), Problem> {
    let end = end_of(how).ok_or_else(|| {
        Problem::Invalid(vec![Fault {
            field: "cach".into(),
            vi: "Hãy chọn cách gỡ.".into(),
            en: "Choose how it ends.".into(),
        }])
    })?;
    // Whatever would be refused at the confirmation is refused now.
    publish::ending(app, standing, reason.clone(), end == End::Erase)?;
    life::decide(stage_of(standing.state), Act::ProposeEnd, &blank(by)).map_err(refusal)?;
    let account = by.account().ok_or_else(|| refusal(life::Refused::Role))?;
    let (by, item, how) = (by.clone(), standing.item, how.to_owned());
    let line = Line::new(by.who, by.log, "end.propose", standing.reference().to_string());
    app.db
        .write("end.propose", async move |tx: &mut Tx| -> Result<(), Problem> {
            let now = tx.ledger.now();
            run!(
                tx,
                "INSERT INTO ending (log, item, how, reason, basis, account, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (log, item) DO UPDATE SET how = excluded.how, reason = excluded.reason,
                   basis = excluded.basis, account = excluded.account, at = excluded.at",
                by.log,
                item.to_string(),
                how.clone(),
                reason.reason,
                reason.basis.unwrap_or_default(),
                account.to_string(),
                now
            )?;
            Ok(audit::add(tx, line.with(json!({ "how": how }))).await?)
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
    standing: &Standing,
    at: i64,
    confirm: bool,
) -> Result<Option<Done>, Problem> {
    let mut conn = app.db.read().await?;
    let proposal =
        waiting(&mut conn, by.log, standing.item).await?.filter(|p| p.at == at).ok_or_else(changed)?;
    drop(conn);
    let end = proposal.end().ok_or_else(changed)?;
    let reason = Reason {
        reason: proposal.reason.clone(),
        basis: Some(proposal.basis.clone()).filter(|basis| !basis.is_empty()),
        gone: end == End::Gone,
        urgent: true,
    };
    let request = match confirm {
        true => Some(publish::ending(app, standing, reason, end == End::Erase)?),
        false => None,
    };
    let (by, standing) = (by.clone(), standing.clone());
    app.db
        .write("end.decide", async move |tx: &mut Tx| -> Result<Option<Done>, Problem> {
            let proposal = waiting(tx.conn(), by.log, standing.item)
                .await?
                .filter(|p| p.at == at)
                .ok_or_else(changed)?;
            let proposer: Uuid = proposal.account.parse().map_err(anyhow::Error::from)?;
            let facts = Facts { end: Some((end, proposer)), ..blank(&by) };
            let act = if confirm { Act::ConfirmEnd } else { Act::DropEnd };
            life::decide(stage_of(standing.state), act, &facts).map_err(refusal)?;
            run!(tx, "DELETE FROM ending WHERE log = $1 AND item = $2", by.log, standing.item.to_string())?;
            let done = match &request {
                Some(request) => Some(desk::carry_out(tx, request).await?),
                None => None,
            };
            let act = if confirm { "end.confirm" } else { "end.drop" };
            let line = Line::new(by.who, by.log, act, standing.reference().to_string());
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
