//! Sends what has changed to each outlet, in order; what an outlet does not take it gets again, later and later, under the same id.

use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use serde_json::{Value, json};

use super::{Kind, Outlet, about, packets, store, told, wordpress};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::{doubled, instant};
use crate::db::{Conn, Tx};
use crate::items::body::Text;
use crate::items::pages::{parsed, publisher};
use crate::items::store::Standing;
use crate::open::cursor::{Cursor, Place};
use crate::open::store::next;
use crate::problem::Problem;
use crate::sightings::page::MARK;
use crate::sources::fetch::{Fetcher, Refused};
use crate::sources::webhook::signature;
use crate::words::Lang;

/// Without a commit it is looked so often.
const LOOK: Duration = Duration::from_secs(5);
/// After a commit, others are awaited for so long.
const GATHER: Duration = Duration::from_millis(200);
/// Items of one call.
const ITEMS: usize = 50;
/// Bytes of one call, but for its last item: what joins sites takes four million.
const BYTES: usize = 2 << 20;
/// The first pause after a failure, and the longest, in microseconds. A site that is put posts has longer: what it did not answer in time it
/// may still be doing.
const PAUSE: i64 = 10_000_000;
pub(super) const PUTTING: i64 = 60_000_000;
const LATEST: i64 = 6 * 3_600_000_000;
/// The most calls to one outlet in one look: whoever is sent everything from the beginning keeps nobody else waiting for long.
const CALLS: usize = 40;
/// The most outlets that are called at once.
const TOGETHER: usize = 8;

/// Sends until the node stops.
pub async fn run(app: App) {
    let fetcher = Fetcher::of(&app);
    let mut commits = app.told.subscribe();
    loop {
        if let Err(problem) = round(&app, &fetcher).await {
            tracing::warn!(%problem, "what other sites are due could not be looked at");
        }
        tokio::select! {
            _ = commits.recv() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(LOOK) => {}
        }
        commits = commits.resubscribe();
    }
}

async fn round(app: &App, fetcher: &Fetcher) -> Result<(), Problem> {
    let due = store::due(&mut app.db.read().await?, app.clock.micros()).await?;
    stream::iter(due)
        .for_each_concurrent(TOGETHER, async |outlet| {
            let id = outlet.id;
            if let Err(problem) = sends(app, fetcher, outlet).await {
                tracing::warn!(outlet = %id, %problem, "a site was not sent what it is due");
            }
        })
        .await;
    Ok(())
}

/// Sends one call after the other until nothing is due any more, one is refused, somebody has changed what is sent, or others must have
/// their turn.
async fn sends(app: &App, fetcher: &Fetcher, mut outlet: Outlet) -> Result<(), Problem> {
    let portal = app.portals.load().find(|portal| portal.log == outlet.log);
    let portal = portal.ok_or(Problem::NotFound("portal"))?;
    match outlet.kind {
        Kind::WordPress => return puts(app, fetcher, &portal, outlet).await,
        Kind::Packets => return packets::sends(app, &portal, outlet).await,
        Kind::Webhook => {}
    }
    let key = app.people.seal.reveal(&about(outlet.id), &outlet.secret)?;
    for _ in 0..CALLS {
        let mut conn = app.db.read().await?;
        let Some((body, to)) = call(app, &mut conn, &portal, &outlet).await? else { return Ok(()) };
        drop(conn);
        let at = app.clock.now().as_second().to_string();
        let id = format!("{}-{}", outlet.id.simple(), told(&to));
        let signed = signature(&key, (&id, &at), &body)?;
        let headers = [
            ("content-type", "application/feed+json".to_owned()),
            ("webhook-id", id),
            ("webhook-timestamp", at),
            ("webhook-signature", signed),
        ];
        let sent = outlet.clone();
        match fetcher.post(&outlet.url, &headers, body).await {
            Ok(()) => {
                let here = to.clone();
                let goes_on =
                    app.db.write("outlet.taken", async move |tx: &mut Tx| -> Result<bool, Problem> {
                        Ok(store::taken(tx, &sent, &here).await?)
                    });
                if !goes_on.await? {
                    return Ok(());
                }
                (outlet.place, outlet.failures) = (to, 0);
            }
            Err(refused) => {
                let why = match refused {
                    Refused::Status(status, _) => {
                        format!(
                            "nơi nhận trả mã {status}, nên sẽ được gửi lại · it answered {status} and is sent it again"
                        )
                    }
                    other => other.to_string(),
                };
                return failed(app, sent, PAUSE, why).await;
            }
        }
    }
    Ok(())
}

/// Puts one item after the other, as [`sends`] does.
async fn puts(app: &App, fetcher: &Fetcher, portal: &Portal, mut outlet: Outlet) -> Result<(), Problem> {
    for _ in 0..CALLS {
        let mut conn = app.db.read().await?;
        let (due, _) = next(&mut conn, &portal.domain, &walk(portal, &outlet), false, 1).await?;
        let Some(one) = due.into_iter().next() else { return Ok(()) };
        let known = store::post_of(&mut conn, outlet.id, one.place.log, one.item).await?;
        drop(conn);
        let (sent, here, named) = (outlet.clone(), one.place.clone(), (one.place.log, one.item));
        let post =
            match wordpress::put(app, fetcher, &outlet, &one, known, &agencies::home(app, &portal.origin))
                .await?
            {
                Ok(wordpress::Put::Waits) => return Ok(()),
                Ok(wordpress::Put::Nothing) => None,
                Ok(wordpress::Put::Post(post)) => Some(post),
                Err(why) => return failed(app, sent, PUTTING, format!("{} · {}", why.vi, why.en)).await,
            };
        let goes_on = app.db.write("outlet.put", async move |tx: &mut Tx| -> Result<bool, Problem> {
            if let Some(post) = &post {
                store::posted(tx, sent.id, named, post).await?;
            }
            Ok(store::taken(tx, &sent, &here).await?)
        });
        if !goes_on.await? {
            return Ok(());
        }
        (outlet.place, outlet.failures) = (one.place, 0);
    }
    Ok(())
}

/// Notes that a site did not take something, and why; it gets it again after `first` microseconds, doubled by each failure.
pub(super) async fn failed(app: &App, sent: Outlet, first: i64, why: String) -> Result<(), Problem> {
    let pause = doubled(first, sent.failures, LATEST);
    let next = app.clock.micros() + pause;
    app.db
        .write("outlet.failed", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::failed(tx, &sent, next, &why).await?)
        })
        .await
}

/// The walk of an outlet from where it stands.
pub(super) fn walk(portal: &Portal, outlet: &Outlet) -> Cursor {
    let issuer = if outlet.own { portal.origin.to_string() } else { String::new() };
    Cursor { until: i64::MAX, issuer, after: outlet.place.clone(), ..Cursor::default() }
}

/// The next call's body and where the walk stands after it; nothing if nothing is due.
async fn call(
    app: &App,
    conn: &mut Conn,
    portal: &Portal,
    outlet: &Outlet,
) -> Result<Option<(Vec<u8>, Place)>, Problem> {
    let (due, _) = next(conn, &portal.domain, &walk(portal, outlet), false, ITEMS).await?;
    let base = agencies::home(app, &portal.origin);
    let (mut items, mut deleted, mut size, mut to) = (Vec::new(), Vec::new(), 0, None);
    for one in due {
        if size > BYTES {
            break;
        }
        let id = format!("urn:uuid:{}", one.item);
        match &one.stands {
            Some(item) => {
                let Some(said) = item_said(app, conn, item, &base, &one.place).await? else { break };
                size += said.to_string().len();
                items.push(said);
            }
            None => deleted.push(id),
        }
        to = Some(one.place);
    }
    let Some(to) = to else { return Ok(None) };
    let title = agencies::name(app.directory.load().agency(&portal.origin), Lang::Vi, &portal.domain);
    let body = json!({
        "version": "https://jsonfeed.org/version/1.1", "title": title, "home_page_url": base, "language": "vi",
        "items": items, "_deleted": deleted, "_nhipcau": { "seq": told(&to) },
    });
    Ok(Some((body.to_string().into_bytes(), to)))
}

/// One item; nothing while its text is not here, which ends the call: nothing overtakes anything.
async fn item_said(
    app: &App,
    conn: &mut Conn,
    item: &Standing,
    base: &str,
    place: &Place,
) -> Result<Option<Value>, Problem> {
    let Some(hash) = item.content else { return Ok(None) };
    let Some(bytes) = app.folder.read(conn, &hash).await? else { return Ok(None) };
    let document = parsed(&hash, &bytes)?;
    let summary = document.summary.clone();
    let text = Text::of(document);
    let html = text.rendered.html.replace("href=\"/", &format!("href=\"{base}/"));
    let html = html.replace("src=\"/", &format!("src=\"{base}/"));
    Ok(Some(json!({
        "id": format!("urn:uuid:{}", item.item), "url": format!("{base}/muc/{}", item.reference()),
        "title": item.card.title, "summary": summary, "content_html": html,
        "date_published": instant(item.issued).to_string(), "date_modified": instant(item.changed).to_string(),
        "authors": [{ "name": publisher(app, item, Lang::Vi) }], "tags": [item.kind],
        "_nhipcau": { "edition": item.shown, "origin": item.origin.to_string(), "carried": item.card.carried, "seq": told(place),
            "mark": format!("{MARK}=\"{} {}\"", item.item, item.shown) },
    })))
}
