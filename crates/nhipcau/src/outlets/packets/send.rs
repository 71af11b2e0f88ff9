//! Queues what each receiver is due and sends it, one packet after the other.

use std::sync::Arc;

use channels::Stage;
use edxml::{Act, Document, Message, Organ};
use uuid::Uuid;

use super::super::post::{PUTTING, failed, walk};
use super::super::{Outlet, packets};
use super::call::{self, Came};
use super::{Packet, Settings, call_id, due, holds, is_document, store};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::documents::edxml::{self as writing, Doing};
use crate::items::body::Text;
use crate::items::pages::parsed;
use crate::items::store::{Reference, Standing, find};
use crate::open::store::{Told, next};
use crate::problem::Problem;
use crate::sources::webhook::signature;

/// The most items of one step of the walk, and the most steps of one look.
const ITEMS: usize = 50;
const STEPS: usize = 40;
/// The most calls to one receiver in one look.
const CALLS: usize = 40;

/// What the walk does about an item.
enum Want {
    /// It is queued.
    Add(Packet),
    /// It stands in the queue, or was sent: this is where it was met, and in which edition.
    Met(Uuid, i64, i64),
}

/// Queues and sends what a receiver is due.
pub(in crate::outlets) async fn sends(app: &App, portal: &Portal, outlet: Outlet) -> Result<(), Problem> {
    let id = outlet.id;
    let lost = store::interrupted(&mut app.db.read().await?, id).await?;
    if !lost.is_empty() {
        let stopped = app.db.write("packet.interrupted", async move |tx: &mut Tx| -> Result<(), Problem> {
            for packet in lost {
                let why = "máy chủ dừng khi lời gọi đang đi · the node stopped while the call was under way";
                store::over(tx, packet.id, Stage::Unconfirmed, why).await?;
            }
            Ok(())
        });
        stopped.await?;
    }
    walks(app, portal, outlet.clone()).await?;
    for _ in 0..CALLS {
        let Some(packet) = store::next(&mut app.db.read().await?, id).await? else { return Ok(()) };
        if !sends_one(app, portal, &outlet, packet).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Walks on through the portal's items and queues what is due.
async fn walks(app: &App, portal: &Portal, mut outlet: Outlet) -> Result<(), Problem> {
    for _ in 0..STEPS {
        let mut conn = app.db.read().await?;
        let (items, _) = next(&mut conn, &portal.domain, &walk(portal, &outlet), false, ITEMS).await?;
        let Some(to) = items.last().map(|one| one.place.clone()) else { return Ok(()) };
        let mut wants = Vec::new();
        for told in &items {
            let there = store::history(&mut conn, outlet.id, told.place.log, told.item).await?;
            wants.extend(wanted(app, outlet.id, &there, told)?);
        }
        drop(conn);
        let (here, place) = (outlet.clone(), to.clone());
        let goes_on = app.db.write("packet.queue", async move |tx: &mut Tx| -> Result<bool, Problem> {
            if !store::walked(tx, &here, &place).await? {
                return Ok(false);
            }
            for (behind, want) in (0..).zip(wants) {
                match want {
                    Want::Add(packet) => store::add(tx, &packet, behind).await?,
                    Want::Met(id, edition, seen) => store::met(tx, id, edition, seen).await?,
                }
            }
            Ok(true)
        });
        if !goes_on.await? {
            return Ok(());
        }
        outlet.place = to;
    }
    Ok(())
}

/// What follows from meeting an item. One that is met where it was met before is met because somebody wants everything once more.
fn wanted(app: &App, outlet: Uuid, there: &[Packet], told: &Told) -> Result<Option<Want>, Problem> {
    if told.stands.as_ref().is_some_and(|standing| !is_document(standing)) {
        return Ok(None);
    }
    let (edition, seen) = (told.stands.as_ref().map(|standing| standing.shown), told.place.at);
    let again = match there.last() {
        Some(last) if last.stage == Stage::Queued => {
            return Ok(Some(Want::Met(last.id, edition.unwrap_or(last.edition), seen)));
        }
        Some(last) => last.seen == seen,
        None => false,
    };
    let edition_sent = there.last().map_or(0, |last| last.edition);
    if due(there, edition, again).is_none() {
        return Ok(there.last().map(|last| Want::Met(last.id, last.edition, seen)));
    }
    let id = app.dice.id(&app.clock)?;
    let edition = edition.unwrap_or(edition_sent);
    let packet = Packet::queued(id, outlet, (told.place.log, told.item), edition);
    Ok(Some(Want::Add(Packet { again, seen, ..packet })))
}

/// Sends a packet; false if others must wait, or nothing more can be sent now.
async fn sends_one(app: &App, portal: &Portal, outlet: &Outlet, packet: Packet) -> Result<bool, Problem> {
    let mut conn = app.db.read().await?;
    let made = made(app, &mut conn, portal, outlet, &packet).await?;
    drop(conn);
    let (id, packet_of) = (packet.id, packet.clone());
    let (document, edition) = match made {
        Made::Packet(document, edition) => (document, edition),
        Made::Waits => return Ok(false),
        Made::Nothing => {
            let dropped = app.db.write("packet.drop", async move |tx: &mut Tx| -> Result<(), Problem> {
                Ok(store::drop(tx, id).await?)
            });
            dropped.await?;
            return Ok(true);
        }
    };
    let act = document.business.act;
    let begun = app.db.write("packet.begin", async move |tx: &mut Tx| -> Result<bool, Problem> {
        Ok(store::begun(tx, &packet_of, act, edition).await?)
    });
    if !begun.await? {
        return Ok(false);
    }
    let (body, key) =
        (edxml::write(&Message::Document(Box::new((*document).clone()))), packets::key(app, outlet)?);
    let (call, at) = (call_id(&packet), app.clock.now().as_second().to_string());
    let signed = signature(&key, (&call, &at), body.as_bytes())?;
    let headers = [
        ("content-type", "application/xml; charset=utf-8".to_owned()),
        ("webhook-id", call),
        ("webhook-timestamp", at),
        ("webhook-signature", signed),
    ];
    let came = call::post(app, outlet, &headers, body, &document).await;
    kept(app, outlet, id, came).await
}

/// Keeps what came of a call; false if the receiver is not to be called for a while.
async fn kept(app: &App, outlet: &Outlet, id: Uuid, came: Came) -> Result<bool, Problem> {
    let trouble = match &came {
        Came::Later(why) | Came::Doubt(why) => Some(why.clone()),
        Came::Said(_) | Came::Taken | Came::Refused(_) => None,
    };
    let to = outlet.id;
    app.db
        .write("packet.kept", async move |tx: &mut Tx| -> Result<(), Problem> {
            match &came {
                Came::Said(said) => {
                    store::says(tx, id, said, true).await?;
                    store::over(tx, id, Stage::Sent, "").await?;
                }
                Came::Taken => store::over(tx, id, Stage::Sent, "").await?,
                Came::Later(_) => store::over(tx, id, Stage::Queued, "").await?,
                Came::Refused(why) => store::over(tx, id, Stage::Failed, why).await?,
                Came::Doubt(why) => store::over(tx, id, Stage::Unconfirmed, why).await?,
            }
            if matches!(came, Came::Said(_) | Came::Taken | Came::Refused(_)) {
                store::reached(tx, to).await?;
            }
            Ok(())
        })
        .await?;
    match trouble {
        // Whoever does not answer may still be working at it, and is left alone for a while.
        Some(why) => {
            let now = super::super::store::of_id(&mut app.db.read().await?, to).await?;
            if let Some(now) = now {
                failed(app, now, PUTTING, why).await?;
            }
            Ok(false)
        }
        None => Ok(true),
    }
}

/// What a packet says now.
enum Made {
    /// This, of that edition.
    Packet(Arc<Document>, i64),
    /// The item's text is not here yet.
    Waits,
    /// There is nothing to be said any more.
    Nothing,
}

async fn made(
    app: &App,
    conn: &mut Conn,
    portal: &Portal,
    outlet: &Outlet,
    packet: &Packet,
) -> Result<Made, Problem> {
    let Some(standing) = find(conn, &Reference::of(&portal.origin, packet.item)).await? else {
        return Ok(Made::Nothing);
    };
    let mut history = store::history(conn, outlet.id, packet.log, packet.item).await?;
    history.retain(|one| one.id != packet.id);
    let stands = standing.state == crate::items::State::Standing;
    if stands && !is_document(&standing) {
        return Ok(Made::Nothing);
    }
    let Some(act) = due(&history, stands.then_some(standing.shown), packet.again) else {
        return Ok(Made::Nothing);
    };
    let home = agencies::home(app, &portal.origin);
    let settings: Settings = serde_json::from_str(&outlet.settings).map_err(anyhow::Error::from)?;
    let to = vec![Organ { id: settings.id, name: settings.name, ..Organ::default() }];
    let text = match (act, standing.content) {
        (Act::Revoke, _) => None,
        (_, None) => return Ok(Made::Waits),
        (_, Some(hash)) => {
            let Some(bytes) = app.folder.read(conn, &hash).await? else { return Ok(Made::Waits) };
            Some(Text::of(parsed(&hash, &bytes)?))
        }
    };
    let replaced = match (&text, act) {
        (Some(text), Act::New) => replaced(conn, outlet, &standing, text).await?,
        _ => Vec::new(),
    };
    let act = if replaced.is_empty() { act } else { Act::Replace };
    let doing = Doing { act, to, replaced };
    let document = writing::document(app, conn, &standing, text.as_ref(), &home, doing).await?;
    let edition = if stands { standing.shown } else { packet.edition };
    Ok(Made::Packet(Arc::new(document), edition))
}

/// The items that a document replaces and that this receiver was sent.
async fn replaced(
    conn: &mut Conn,
    outlet: &Outlet,
    standing: &Standing,
    text: &Text,
) -> Result<Vec<Uuid>, Problem> {
    let mut there = Vec::new();
    for item in writing::replaced(conn, standing, &text.document).await? {
        if holds(&store::history(conn, outlet.id, standing.log, item).await?) {
            there.push(item);
        }
    }
    Ok(there)
}
