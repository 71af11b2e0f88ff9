//! Records of breaches in the database. Each write adds a line and its line of the audit trail, which names the record and
//! the kind of line and nothing of what it says.

use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::Says;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::people::audit;
use crate::people::gate::Staff;
use crate::problem::Problem;
use crate::{all, maybe, run};

/// A record.
#[derive(Clone, Debug)]
pub struct Breach {
    /// Its id.
    pub id: Uuid,
    /// When it was noticed, in microseconds.
    pub noticed: i64,
    /// When the record was begun.
    pub begun: i64,
    /// Its lines, oldest first.
    pub lines: Vec<Line>,
}

/// A line of a record.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number, from 1.
    pub seq: i64,
    /// When it was added, in microseconds.
    pub at: i64,
    /// Who added it.
    pub name: String,
    /// What it says.
    pub says: Says,
}

impl Breach {
    /// When the authority was first told, as far as lines say so that no later one corrects.
    pub fn told(&self) -> Option<i64> {
        let corrected = |seq: i64| {
            self.lines.iter().any(|line| matches!(line.says, Says::Correction { of, .. } if of == seq))
        };
        let told = self.lines.iter().filter_map(|line| match line.says {
            Says::Told { authority: true, at, .. } if !corrected(line.seq) => Some(at),
            _ => None,
        });
        told.min()
    }

    /// True once it is over.
    pub fn is_closed(&self) -> bool {
        self.lines.iter().any(|line| matches!(line.says, Says::Closed { .. }))
    }
}

#[derive(FromRow)]
struct Row {
    id: String,
    noticed: i64,
    begun: i64,
}

#[derive(FromRow)]
struct LineRow {
    seq: i64,
    at: i64,
    name: String,
    says: String,
}

async fn whole(conn: &mut Conn, row: Row) -> anyhow::Result<Breach> {
    let lines = all!(
        conn,
        LineRow,
        "SELECT b.seq, b.at, COALESCE(a.name, '') AS name, b.says
         FROM breach_line b LEFT JOIN account a ON a.id = b.account WHERE b.breach = $1 ORDER BY b.seq",
        row.id.clone()
    )?;
    let lines = lines.into_iter().map(|line| {
        Ok(Line { seq: line.seq, at: line.at, name: line.name, says: serde_json::from_str(&line.says)? })
    });
    Ok(Breach {
        id: row.id.parse()?,
        noticed: row.noticed,
        begun: row.begun,
        lines: lines.collect::<anyhow::Result<_>>()?,
    })
}

/// The records of an agency, the newest first.
///
/// # Errors
/// The database's.
pub async fn of_log(conn: &mut Conn, log: i64) -> anyhow::Result<Vec<Breach>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, noticed, begun FROM breach WHERE log = $1 ORDER BY noticed DESC, id DESC",
        log
    )?;
    let mut all = Vec::new();
    for row in rows {
        all.push(whole(conn, row).await?);
    }
    Ok(all)
}

/// A record of an agency.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, log: i64, id: Uuid) -> anyhow::Result<Option<Breach>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, noticed, begun FROM breach WHERE log = $1 AND id = $2",
        log,
        id.to_string()
    )?;
    match row {
        Some(row) => Ok(Some(whole(conn, row).await?)),
        None => Ok(None),
    }
}

/// Begins a record. Returns its id.
///
/// # Errors
/// The database's.
pub async fn begin(app: &App, staff: &Staff, noticed: i64, says: Says) -> Result<Uuid, Problem> {
    let id = app.dice.id(&app.clock)?;
    let (log, account) = (staff.portal.log, staff.account.id);
    let line = staff.line("breach.begin", id.to_string());
    app.db
        .write("breach.begin", async move |tx: &mut Tx| -> Result<(), Problem> {
            let now = tx.ledger.now();
            run!(
                tx,
                "INSERT INTO breach (id, log, noticed, begun) VALUES ($1, $2, $3, $4)",
                id.to_string(),
                log,
                noticed,
                now
            )?;
            put(tx, id, 1, account, &says).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await?;
    Ok(id)
}

/// Adds a line to a record that is not closed.
///
/// # Errors
/// Refused once it is closed; a correction of a line that there is not; the database's.
pub async fn add(app: &App, staff: &Staff, id: Uuid, says: Says) -> Result<(), Problem> {
    let (log, account) = (staff.portal.log, staff.account.id);
    let line = staff.line("breach.add", id.to_string()).with(json!({ "kind": says.word() }));
    app.db
        .write("breach.add", async move |tx: &mut Tx| -> Result<(), Problem> {
            let breach = find(tx.conn(), log, id).await?.ok_or(Problem::NotFound("record"))?;
            let corrects = matches!(says, Says::Correction { .. });
            if breach.is_closed() && !corrects {
                return Err(Problem::refused(
                    "Hồ sơ này đã kết thúc; chỉ còn đính chính được.",
                    "This record is closed; it can only be corrected.",
                ));
            }
            let last = breach.lines.last().map_or(0, |line| line.seq);
            if let Says::Correction { of, .. } = says
                && !(1..=last).contains(&of)
            {
                return Err(Problem::invalid("dong", format!("1–{last}")));
            }
            put(tx, id, last + 1, account, &says).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await
}

async fn put(tx: &mut Tx, id: Uuid, seq: i64, account: Uuid, says: &Says) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO breach_line (breach, seq, at, account, says) VALUES ($1, $2, $3, $4, $5)",
        id.to_string(),
        seq,
        now,
        account.to_string(),
        serde_json::to_string(says)?
    )?;
    Ok(())
}
