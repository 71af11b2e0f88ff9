//! Hours: what is scheduled is issued when its instant has come, and whoever waits for it is told when it is late.

use std::collections::HashMap;
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
/// So long what could not be issued rests before the next try, in microseconds: a try encodes every picture anew.
const REST: i64 = 10_000_000;
/// So much later than its hour, an issue is late, in microseconds.
const LATE: i64 = 60_000_000;

/// Drafts that could not be issued, and the instant of the next try.
type Resting = HashMap<Uuid, i64>;

/// Issues what is due until the node stops.
pub async fn run(app: App) {
    let mut resting = Resting::new();
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = look(&app, &mut resting).await {
            tracing::warn!(error = format!("{error:#}"), "what is scheduled could not be looked at");
        }
    }
}

/// Issues what is due now.
///
/// # Errors
/// The database's; a single item's refusal is an alarm.
async fn look(app: &App, resting: &mut Resting) -> Result<(), Problem> {
    let now = app.clock.micros();
    // A rest that is longer than any was begun by a clock that has been set back since.
    resting.retain(|_, until| (1..=REST).contains(&(*until - now)));
    let due = store::due(&mut app.db.read().await?, now).await?;
    for (log, id) in due {
        if resting.contains_key(&id) {
            continue;
        }
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
                resting.insert(id, now + REST);
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
