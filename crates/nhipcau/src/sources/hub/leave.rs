//! Hubs are told when nobody here wants to hear of a feed any more: its source was removed, or names another hub (section 5.1, `unsubscribe`).
//! A hub asks back before it believes that, and is answered; one that does not is told a few times more, later and later, and then left
//! alone: whatever it delivers is answered by 410, and what it has confirmed ends by itself.

use reqwest::Method;

use super::super::fetch::Fetcher;
use super::super::store::{self, Left};
use super::{CHALLENGE, PIECE, callback};
use crate::app::App;
use crate::clock::doubled;
use crate::db::Tx;
use crate::people::forms::Fields;
use crate::problem::Problem;
use uuid::Uuid;

/// How often a hub is told in all, the pause after the first time, and the longest, in microseconds.
const TRIES: i64 = 5;
const AGAIN: i64 = 600_000_000;
const LATEST: i64 = 6 * 3_600_000_000;

/// Tells the hubs that are due.
///
/// # Errors
/// The database's.
pub(super) async fn round(app: &App, fetcher: &Fetcher) -> Result<(), Problem> {
    let due = store::left_due(&mut app.db.read().await?, app.clock.micros(), PIECE).await?;
    for one in due {
        let portal = app.portals.load().find(|portal| portal.log == one.log);
        let (Some(portal), true) = (portal, one.failures < TRIES && one.until > app.clock.micros()) else {
            over(app, one).await?;
            continue;
        };
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("hub.mode", "unsubscribe")
            .append_pair("hub.topic", &one.topic)
            .append_pair("hub.callback", &callback(app, &portal.origin, one.source))
            .finish();
        let headers = [("content-type", "application/x-www-form-urlencoded".to_owned())];
        // The hub may ask back before the call returns: what is noted then must stay.
        let next = app.clock.micros() + doubled(AGAIN, one.failures, LATEST);
        let told = one.clone();
        let noted = app.db.write("source.hub_left", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::left_told(tx, &told, next).await?)
        });
        noted.await?;
        let answer = fetcher.ask(&one.url, Method::POST, &one.hub, &headers, body.into_bytes()).await;
        match answer {
            Ok((200..=299, _)) => {}
            Ok((status, _)) => {
                tracing::info!(hub = one.hub, status, "a hub does not take it that it is left")
            }
            Err(why) => tracing::info!(hub = one.hub, %why, "a hub could not be told that it is left"),
        }
    }
    Ok(())
}

/// A hub asks whether a subscription is to end (section 5.3): the challenge if it was told so, and with it that is over.
///
/// # Errors
/// The database's.
pub(super) async fn answered(app: &App, source: Uuid, said: &Fields) -> Result<Option<String>, Problem> {
    let challenge = said.get("hub.challenge").to_owned();
    let left = store::left(&mut app.db.read().await?, source, said.get("hub.topic")).await?;
    let Some(left) = left.filter(|_| challenge.len() <= CHALLENGE) else { return Ok(None) };
    over(app, left).await?;
    Ok(Some(challenge))
}

async fn over(app: &App, one: Left) -> Result<(), Problem> {
    app.db
        .write("source.hub_over", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::left_over(tx, one.source, &one.hub, &one.topic).await?)
        })
        .await
}
