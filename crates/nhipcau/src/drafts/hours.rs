//! Hours: what is scheduled is issued when its instant has come, and whoever waits for it is told when it is late.

use std::time::Duration;

use uuid::Uuid;

use super::acts::{self, By};
use super::life::Act;
use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::operate::alarms::{self, Alarm};
use crate::problem::Problem;

const EVERY: Duration = Duration::from_secs(1);
/// So much later than its hour, an issue is late, in microseconds.
const LATE: i64 = 60_000_000;

/// Issues what is due until the node stops.
pub async fn run(app: App) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = look(&app).await {
            tracing::warn!(error = format!("{error:#}"), "what is scheduled could not be looked at");
        }
    }
}

/// Issues what is due now.
///
/// # Errors
/// The database's; a single item's refusal is an alarm.
pub async fn look(app: &App) -> Result<(), Problem> {
    let now = app.clock.micros();
    let due = store::due(&mut app.db.read().await?, now).await?;
    for (log, id) in due {
        // A portal that is no longer ours issues nothing.
        let Some(portal) = app.portals.load().all().into_iter().find(|portal| portal.log == log) else {
            continue;
        };
        let mut conn = app.db.read().await?;
        let Some(work) = store::find(&mut conn, log, id).await? else { continue };
        drop(conn);
        match acts::act(app, &By::clock(&portal), id, work.version, Act::Issue, None).await {
            Ok(_) if work.due.is_some_and(|due| now - due > LATE) => {
                alarms::clear(app, "issue.late", String::new(), portal.origin.to_string()).await?;
            }
            Ok(_) => {}
            Err(problem) => {
                tracing::warn!(%id, %problem, "a scheduled item could not be issued");
                if work.due.is_some_and(|due| now - due > LATE) {
                    tell_late(app, portal.origin.to_string(), id).await?;
                }
            }
        }
    }
    Ok(())
}

async fn tell_late(app: &App, origin: String, id: Uuid) -> Result<(), Problem> {
    let first = app
        .db
        .write("draft.late", async move |tx: &mut Tx| -> Result<bool, Problem> {
            Ok(store::late(tx, id).await?)
        })
        .await?;
    if first {
        let alarm =
            Alarm { about: "issue.late".into(), peer: String::new(), origin, detail: format!("draft {id}") };
        alarms::tell(app, alarm).await;
    }
    Ok(())
}
