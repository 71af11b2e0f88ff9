//! The duty desk: which agencies below somebody may approve for, by an appointment that holds below, and what waits there.
//! Only what is kept on this node: drafts never leave it.

use std::collections::BTreeSet;
use std::sync::Arc;

use network::names::Origin;
use sqlx::FromRow;

use super::store::Line;
use crate::agencies::Portal;
use crate::among;
use crate::app::App;
use crate::db::Conn;
use crate::people::gate::Staff;
use crate::people::{self, Appointment, Duty, Role};
use crate::problem::Problem;
use crate::words::date;

/// An agency below at which somebody may approve.
pub struct Below {
    /// Its portal.
    pub portal: Arc<Portal>,
    /// This person's roles there, today.
    pub roles: BTreeSet<Role>,
}

/// The agencies below this person's own at which they may approve today.
///
/// # Errors
/// The database's.
pub async fn delegated(app: &App, conn: &mut Conn, staff: &Staff) -> Result<Vec<Below>, Problem> {
    let directory = app.directory.load();
    let today = date::day(app.clock.now());
    let mut appointments = people::store::appointments(conn, staff.account.id).await?;
    appointments.retain(|a: &Appointment| a.below && a.holds(today));
    if appointments.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = app.portals.load().all();
    all.retain(|portal| directory.is_ancestor(&staff.portal.origin, &portal.origin));
    let below = all.into_iter().map(|portal| {
        let above = |origin: &Origin| directory.is_ancestor(origin, &portal.origin);
        let roles = people::roles(&appointments, &portal.origin, today, above);
        Below { portal: portal.clone(), roles }
    });
    Ok(below.filter(|below| Duty::Approve.met_by(&below.roles)).collect())
}

/// A draft in review, with our number for the log of its agency.
#[derive(FromRow, Clone, Debug)]
pub struct InReview {
    /// The log.
    pub log: i64,
    /// As lists show it.
    #[sqlx(flatten)]
    pub line: Line,
}

/// What is in review at these agencies, the oldest change first, a few hundred at most.
///
/// # Errors
/// The database's.
pub async fn in_review(conn: &mut Conn, at: &[Below]) -> sqlx::Result<Vec<InReview>> {
    let mut rows = among!(
        conn,
        InReview,
        "SELECT d.log, d.id, d.stage, d.kind, d.title, d.change, d.due, d.changed, v.account,
                COALESCE(a.name, '') AS name
         FROM draft d JOIN draft_version v ON v.draft = d.id AND v.version = d.version
         LEFT JOIN account a ON a.id = v.account WHERE d.stage = 'review' AND d.log IN ($1) ORDER BY d.changed, d.id LIMIT 300",
        at,
        |below| below.portal.log
    )?;
    rows.sort_by(|a, b| (a.line.changed, &a.line.id).cmp(&(b.line.changed, &b.line.id)));
    Ok(rows)
}
