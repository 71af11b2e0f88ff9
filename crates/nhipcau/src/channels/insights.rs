//! What services count of our posts: asked once a day while people still come to them, kept for each delivery under the service's own name
//! and the day on which it said so. Nothing is worked out from these numbers, and unlike ones are never added.

use std::time::Duration;

use channels::metrics::Means;
use channels::{Kind, Stands};
use jiff::civil::Date;
use uuid::Uuid;

use super::call::{Became, Caller};
use super::store::{self, insights as rows, queue};
use super::{Held, keys};
use crate::app::App;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::words::{Lang, date, number};

/// So often it is looked whether something is to be asked.
const EVERY: Duration = Duration::from_secs(300);
/// A post is asked for again after so long, in microseconds: a little less than a day, so that each day has its number.
const AGAIN: i64 = 23 * 3_600_000_000;
/// So long after a post it is asked for, in microseconds.
const LASTS: i64 = 60 * 86_400_000_000;
/// The most posts of one service that one look asks for: what people wait for goes first.
const A_LOOK: i64 = 20;

/// Asks until the node stops.
pub(super) async fn run(app: App) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(problem) = round(&app).await {
            tracing::warn!(%problem, "what services count of posts could not be asked");
        }
    }
}

/// Asks for what is due now, the longest unasked first.
///
/// # Errors
/// The database's; what a service refuses is asked again the next day.
pub async fn round(app: &App) -> Result<(), Problem> {
    let caller = Caller::of(app);
    let now = app.clock.micros();
    let day = date::day(instant(now));
    for kind in Kind::ALL.into_iter().filter(|kind| !channels::insights::asked(*kind, day).is_empty()) {
        let due = rows::due(&mut app.db.read().await?, kind, (now - AGAIN, now - LASTS), A_LOOK).await?;
        for (delivery, account) in due {
            let told = one(app, &caller, (delivery, account), day).await?;
            app.db
                .write("channel.insights", async move |tx: &mut Tx| -> Result<(), Problem> {
                    Ok(rows::keep(tx, delivery, day, &told).await?)
                })
                .await?;
        }
    }
    Ok(())
}

/// What a service says of one post; nothing where it says nothing.
async fn one(
    app: &App,
    caller: &Caller,
    (delivery, account): (Uuid, Uuid),
    day: Date,
) -> Result<Vec<(String, u64)>, Problem> {
    let _turn = app.channels.turn(account).await;
    let mut conn = app.db.read().await?;
    let (Some(held), Some(sending)) =
        (store::of_id(&mut conn, account).await?, queue::of_id(&mut conn, delivery).await?)
    else {
        return Ok(Vec::new());
    };
    drop(conn);
    if sending.machine.stands() != Stands::There {
        return Ok(Vec::new());
    }
    // What opens one account is no reason to ask nobody else.
    let Ok(mut opened) = keys::open(app, &held) else { return Ok(silent(&held, "keys")) };
    if keys::lacks_token(&opened) {
        keys::renew(app, caller, &held, &mut opened).await?;
    }
    let call = match channels::insights::call(&sending.machine, &held.about, opened.secrets(), day) {
        Ok(Some(call)) => call,
        Ok(None) => return Ok(Vec::new()),
        Err(cause) => return Ok(silent(&held, &cause.code)),
    };
    let response = match caller.make(app, None, call).await {
        Became::Answered(response) => response,
        Became::NotSent | Became::Lost => return Ok(silent(&held, "")),
    };
    Ok(match channels::insights::read(held.about.kind, &response, day) {
        Ok(told) => told.into_iter().map(|(metric, value)| (metric.metric.clone(), value)).collect(),
        Err(cause) => silent(&held, &cause.code),
    })
}

fn silent(held: &Held, code: &str) -> Vec<(String, u64)> {
    tracing::debug!(account = %held.id, code, "a service says nothing of a post's numbers today");
    Vec::new()
}

/// The newest number of each name that a service has said of a delivery, each in a sentence.
///
/// # Errors
/// The database's.
pub(super) async fn told(conn: &mut Conn, delivery: Uuid, lang: Lang) -> Result<Vec<String>, Problem> {
    let w = lang.reach();
    let mut newest: Vec<rows::Told> = Vec::new();
    for row in rows::of(conn, delivery).await? {
        if newest.iter().all(|known| known.metric != row.metric) {
            newest.push(row);
        }
    }
    let say = |row: rows::Told| -> anyhow::Result<String> {
        let means = match row.kind.parse::<Kind>().ok().and_then(|kind| means(kind, &row.metric)) {
            Some(Means::Viewers) => w.means_viewers,
            Some(Means::Followers) => w.means_followers,
            _ => w.means_views,
        };
        let value = number::whole(lang, u64::try_from(row.value).unwrap_or(0));
        Ok(w.metric(means, row.metric, value, date::date(lang, row.day.parse()?)))
    };
    Ok(newest.into_iter().map(say).collect::<anyhow::Result<_>>()?)
}

fn means(kind: Kind, name: &str) -> Option<Means> {
    channels::metrics::named(kind, name).map(|metric| metric.means)
}
