//! Hours: what is scheduled is issued when its instant has come, what is sealed is opened, and whoever waits for it is told
//! when it is late.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::acts::{self, By};
use super::life::{Act, Stage};
use super::{Work, store};
use crate::agencies::Portal;
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::embargo::{self, seal};
use crate::logs::keys::Signing;
use crate::operate::alarms::{self, Alarm};
use crate::problem::{Fault, Problem};
use crate::words::{Lang, date};

const EVERY: Duration = Duration::from_secs(1);
/// So long what could not be issued rests before the next try, in microseconds: a try encodes every picture anew.
const REST: i64 = 10_000_000;
/// So much later than its hour, an issue is late, in microseconds.
const LATE: i64 = 60_000_000;

/// So far ahead an hour may lie, in microseconds: two years. A farther one is a slip of the year; nobody plans an issue beyond
/// the next years' calendar of days off, and what waits longer is forgotten by those who approved it.
const FARTHEST: i64 = 731 * 86_400_000_000;

/// What is wrong with an hour at which something is to be issued, told of its field; nothing for one that can be waited for.
pub fn wrong(field: &str, due: i64, now: i64) -> Option<Fault> {
    let said = |lang| date::short(lang, instant(due), instant(now));
    let (vi, en) = match due {
        past if past <= now => (
            format!(
                "Giờ hẹn {} đã qua. Chọn giờ ở sau bây giờ, hoặc để trống để đăng bằng tay.",
                said(Lang::Vi)
            ),
            format!(
                "The hour {} has passed. Choose one that is still to come, or leave it empty to issue by hand.",
                said(Lang::En)
            ),
        ),
        far if far - now > FARTHEST => (
            format!(
                "Giờ hẹn {} còn hơn hai năm nữa. Xem lại năm, hoặc để trống để đăng bằng tay.",
                said(Lang::Vi)
            ),
            format!(
                "The hour {} is more than two years ahead. Look at the year again, or leave it empty to issue by hand.",
                said(Lang::En)
            ),
        ),
        _ => return None,
    };
    Some(Fault { field: field.to_owned(), vi, en })
}

/// What is wrong with the hour of a draft that is to be handed in or approved; nothing once it is approved, when the hour is
/// what is waited for.
pub fn fault(work: &Work, now: i64) -> Option<Fault> {
    let waits = matches!(work.stage, Stage::Draft | Stage::InReview);
    work.due.filter(|_| waits).and_then(|due| wrong("due", due, now))
}

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
    seal::settle(app).await?;
    for (log, item, due) in embargo::store::due(&mut app.db.read().await?, now).await? {
        if let Some(portal) = portal(app, log).filter(|_| !resting.contains_key(&item)) {
            let opened = open(app, &portal, item).await;
            told(app, &portal, (item, due, true), opened, resting).await?;
        }
    }
    let due = store::due(&mut app.db.read().await?, now).await?;
    for (log, id) in due {
        let Some(portal) = portal(app, log).filter(|_| !resting.contains_key(&id)) else { continue };
        let mut conn = app.db.read().await?;
        let Some(work) = store::find(&mut conn, log, id).await? else { continue };
        drop(conn);
        let Some(due) = work.due else { continue };
        let acted = acts::act(app, &By::clock(&portal), id, work.version, Act::Issue, None).await;
        let sealed = work.stage == Stage::Sealed;
        told(app, &portal, (id, due, sealed), acted.map(|_| ()), resting).await?;
    }
    Ok(())
}

/// The portal of a log. One that is no longer ours or has ended issues nothing, and one that may not sign yet waits for it.
fn portal(app: &App, log: i64) -> Option<Arc<Portal>> {
    let portal = app.portals.load().find(|portal| portal.log == log)?;
    if app.directory.load().agency(&portal.origin).is_some_and(|agency| agency.closed.is_some()) {
        return None;
    }
    let waits = matches!(app.keys.state(portal.origin.as_str()), Some(Signing::Waiting));
    (!waits).then_some(portal)
}

/// Opens what was sealed without a draft.
async fn open(app: &App, portal: &Portal, item: Uuid) -> Result<(), Problem> {
    let mut conn = app.db.read().await?;
    let request = seal::opening(app, &mut conn, portal.log, &portal.origin, item).await?;
    drop(conn);
    app.db
        .write("embargo.open", async move |tx: &mut Tx| -> Result<(), Problem> {
            seal::end(tx, &request, item).await.map(|_| ())
        })
        .await
}

/// Says what was late, and lets what failed rest.
async fn told(
    app: &App,
    portal: &Portal,
    (id, due, sealed): (Uuid, i64, bool),
    done: Result<(), Problem>,
    resting: &mut Resting,
) -> Result<(), Problem> {
    let (now, origin) = (app.clock.micros(), portal.origin.to_string());
    let late = now - due > LATE;
    match done {
        Ok(()) if late && sealed => {
            alarms::clear(app, "issue.late", String::new(), origin.clone()).await?;
            let detail = format!("{} opened at {}, {} s late", id, instant(now), (now - due) / 1_000_000);
            let alarm = Alarm { about: "embargo.late".into(), peer: String::new(), origin, detail };
            alarms::tell(app, alarm).await;
        }
        Ok(()) if late => alarms::clear(app, "issue.late", String::new(), origin).await?,
        Ok(()) if sealed => alarms::clear(app, "embargo.late", String::new(), origin).await?,
        Ok(()) => {}
        Err(problem) => {
            tracing::warn!(%id, %problem, "a scheduled item could not be issued");
            resting.insert(id, now + REST);
            if late {
                tell_late(app, origin, id, sealed).await?;
            }
        }
    }
    Ok(())
}

/// What lay sealed without a draft is told at every try: there is no draft on which it could be noted that it was.
async fn tell_late(app: &App, origin: String, id: Uuid, sealed: bool) -> Result<(), Problem> {
    let first = app
        .db
        .write("draft.late", async move |tx: &mut Tx| -> Result<bool, Problem> {
            Ok(store::late(tx, id).await?)
        })
        .await?;
    if first || sealed {
        let what = if sealed { "sealed item" } else { "draft" };
        let alarm =
            Alarm { about: "issue.late".into(), peer: String::new(), origin, detail: format!("{what} {id}") };
        alarms::tell(app, alarm).await;
    }
    Ok(())
}
