//! Being told of changes by the hub that a joined feed names (WebSub, W3C Recommendation of 23 January 2018), so that it is read at once and
//! not minutes later. The hub's other side is `websub`.
//!
//! What a hub delivers is never taken over: it says only that there is something to read, and the feed is read at its own address. A delivery
//! bears no time, so one that is repeated later would take a correction back; and the feed's own site is what was looked at and confirmed by a
//! person, its hub is not. If the hub is silent or dies, the feed is read in time as any other.
//!
//! The callback's address and the secret are worked out under `keys/people.key` from the source's id, and stored nowhere.

mod leave;

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use feeds::limits;
use hkdf::hmac::{Hmac, KeyInit, Mac};
use network::names::Origin;
use reqwest::Method;
use sha2::{Sha256, Sha384, Sha512};
use uuid::Uuid;

use super::Source;
use super::fetch::{Fetched, Fetcher};
use super::store::{self, Hub};
use crate::agencies;
use crate::app::App;
use crate::clock::doubled;
use crate::db::Tx;
use crate::people::forms::Fields;
use crate::problem::Problem;
use crate::web::answer::{guard, problem_json};
use crate::web::routes::{Route, open_page, program};
use crate::web::visitor::Visitor;
use crate::websub::{SIGNATURE, named};

/// The address of a callback.
const PATH: &str = "/nguon/{id}/hub/{mark}";
/// So often it is looked whether a hub is to be asked.
const LOOK: Duration = Duration::from_secs(2);
/// The most hubs that one look asks.
const PIECE: i64 = 50;
/// For how long a subscription is asked, in seconds.
const LEASE: i64 = 7 * 86_400;
/// The longest and the shortest lease that is believed, in seconds.
const LONGEST: i64 = 90 * 86_400;
const SHORTEST: i64 = 300;
/// A hub that has not asked back is asked again after so long, and at last after this, in microseconds.
const AGAIN: i64 = 600_000_000;
const LATEST: i64 = 86_400_000_000;
/// However often a hub tells: a source is not read again within this, in microseconds.
pub(super) const GAP: i64 = 5_000_000;
/// The most bytes of a challenge that are sent back, and of an address.
const CHALLENGE: usize = 1_000;
const ADDRESS: usize = 2_000;

/// The rows of the route table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        open_page(PATH, "a hub asks whether it is to tell of a joined feed (WebSub)", get(asked)),
        program(PATH, "a hub tells that a joined feed has changed (WebSub)", post(told), limits::BYTES),
    ]
}

/// The hub of a feed and the name under which it knows the feed: what the answer's headers say counts before the feed itself
/// (section 4).
pub(super) fn found(fetched: &Fetched) -> (Option<String>, Option<String>) {
    (named(&fetched.links, "hub"), named(&fetched.links, "self"))
}

/// Notes which hub a feed names now, to be asked soon; nothing if that is known.
///
/// # Errors
/// The database's.
pub(super) async fn noticed(
    app: &App,
    source: &Source,
    names: Option<(String, String)>,
) -> Result<(), Problem> {
    let names = names.filter(|(hub, topic)| hub.len() <= ADDRESS && topic.len() <= ADDRESS);
    let known = store::hub(&mut app.db.read().await?, source.id).await?;
    if known.map(|known| (known.hub, known.topic)) == names {
        return Ok(());
    }
    let id = source.id;
    app.db
        .write("source.hub", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::put_hub(tx, id, names.as_ref()).await?)
        })
        .await
}

/// Asks hubs until the node stops.
pub async fn run(app: App) {
    let fetcher = Fetcher::of(&app);
    loop {
        if let Err(problem) = round(&app, &fetcher).await {
            tracing::warn!(%problem, "hubs of joined feeds could not be looked at");
        }
        if let Err(problem) = leave::round(&app, &fetcher).await {
            tracing::warn!(%problem, "hubs that are left could not be told");
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn round(app: &App, fetcher: &Fetcher) -> Result<(), Problem> {
    let due = store::hubs_due(&mut app.db.read().await?, app.clock.micros(), PIECE).await?;
    for one in due {
        let Some(source) = store::of_id(&mut app.db.read().await?, one.source).await? else { continue };
        ask(app, fetcher, &source, one).await?;
    }
    Ok(())
}

/// What only this node and the hub know of a source: what the callback's address ends with, and the secret of its deliveries. Over a plain
/// line it is readable, and then somebody may have a feed read early; more is not to be had by it.
fn keys(app: &App, source: Uuid) -> (String, String) {
    let mark = |what| hex::encode(app.people.seal.mark(what, &source.to_string()));
    (mark("source hub"), mark("source hub secret"))
}

/// Where the hub of a source calls.
fn callback(app: &App, origin: &Origin, source: Uuid) -> String {
    format!("{}/nguon/{source}/hub/{}", agencies::home(app, origin), keys(app, source).0)
}

/// Asks a hub to tell of a source from now on.
async fn ask(app: &App, fetcher: &Fetcher, source: &Source, one: Hub) -> Result<(), Problem> {
    let portal =
        app.portals.load().find(|portal| portal.log == source.log).ok_or(Problem::NotFound("portal"))?;
    let secret = keys(app, source.id).1;
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.topic", &one.topic)
        .append_pair("hub.callback", &callback(app, &portal.origin, source.id))
        .append_pair("hub.secret", &secret)
        .append_pair("hub.lease_seconds", &LEASE.to_string())
        .finish();
    let headers = [("content-type", "application/x-www-form-urlencoded".to_owned())];
    // The question may be answered before the call comes back: what is noted then must stay.
    let next = app.clock.micros() + doubled(AGAIN, one.failures, LATEST);
    let trouble = match fetcher.ask(&source.url, Method::POST, &one.hub, &headers, body.into_bytes()).await {
        Ok((200..=299, _)) => String::new(),
        Ok((status, _)) => format!("hub trả mã {status} · the hub answered {status}"),
        Err(refused) => refused.to_string(),
    };
    app.db
        .write("source.hub_asked", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::hub_asked(tx, &one, next, &trouble).await?)
        })
        .await
}

/// The source for which an address of a callback was made.
///
/// # Errors
/// Not found if this node has made none such.
fn meant(app: &App, id: &str, mark: &str) -> Result<Uuid, Problem> {
    let none = || Problem::NotFound("callback");
    let id = Uuid::try_parse(id).map_err(|_| none())?;
    // Compared under the key, so that the time it takes tells nothing of the mark.
    let under = |mark: &str| app.people.seal.mark("source hub compared", mark);
    if under(mark) == under(&keys(app, id).0) { Ok(id) } else { Err(none()) }
}

/// The source and its hub behind a callback's address.
///
/// # Errors
/// Not found if the address is none that this node has made; gone if the source is, or its feed names no hub any more.
async fn behind(app: &App, id: &str, mark: &str) -> Result<(Source, Hub), Problem> {
    let id = meant(app, id, mark)?;
    let mut conn = app.db.read().await?;
    let source = store::of_id(&mut conn, id).await?.ok_or(Problem::Gone)?;
    let hub = store::hub(&mut conn, id).await?.ok_or(Problem::Gone)?;
    Ok((source, hub))
}

/// `GET /nguon/{id}/hub/{mark}`: whether a hub is to tell of a feed (section 5.3).
async fn asked(
    State(app): State<App>,
    Path((id, mark)): Path<(String, String)>,
    visitor: Visitor,
) -> Response {
    let query = visitor.path.split_once('?').map_or("", |(_, query)| query);
    match answered(&app, &id, &mark, &Fields::read(query.as_bytes())).await {
        Ok(challenge) => {
            let mut response = challenge.into_response();
            let headers = response.headers_mut();
            headers
                .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain; charset=utf-8"));
            headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
            guard(headers);
            response
        }
        Err(problem) => problem_json(&app, problem),
    }
}

async fn answered(app: &App, id: &str, mark: &str, said: &Fields) -> Result<String, Problem> {
    if said.get("hub.mode") == "unsubscribe"
        && let Some(challenge) = leave::answered(app, meant(app, id, mark)?, said).await?
    {
        return Ok(challenge);
    }
    let (source, hub) = behind(app, id, mark).await?;
    let challenge = said.get("hub.challenge").to_owned();
    if said.get("hub.topic") != hub.topic || challenge.len() > CHALLENGE {
        return Err(Problem::NotFound("subscription"));
    }
    let wanted = source.next != 0;
    let now = app.clock.micros();
    match said.get("hub.mode") {
        "subscribe" if wanted => {
            let lease =
                said.get("hub.lease_seconds").trim().parse().unwrap_or(LEASE).clamp(SHORTEST, LONGEST);
            let until = now + lease * 1_000_000;
            app.db
                .write("source.hub_confirmed", async move |tx: &mut Tx| -> Result<(), Problem> {
                    // It is renewed when a quarter of it is left.
                    store::hub_confirmed(tx, &hub, until, until - lease * 250_000).await?;
                    // What has changed since it was read last, and before the hub tells of it.
                    Ok(store::sooner(tx, source.id, now).await?)
                })
                .await?;
            Ok(challenge)
        }
        "unsubscribe" if !wanted => Ok(challenge),
        "denied" => {
            let trouble = "hub từ chối đăng ký · the hub has refused the subscription";
            app.db
                .write("source.hub_denied", async move |tx: &mut Tx| -> Result<(), Problem> {
                    Ok(store::hub_denied(tx, &hub, now + LATEST, trouble).await?)
                })
                .await?;
            Ok(String::new())
        }
        _ => Err(Problem::NotFound("subscription")),
    }
}

/// `POST /nguon/{id}/hub/{mark}`: a feed has changed (section 7). A delivery whose signature does not hold is answered alike and changes
/// nothing: whoever tries secrets learns nothing.
async fn told(
    State(app): State<App>,
    Path((id, mark)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let taken = async {
        let (source, hub) = behind(&app, &id, &mark).await?;
        let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !is_signed(keys(&app, source.id).1.as_bytes(), &body, signature)
            || hub.until == 0
            || source.next == 0
        {
            return Ok(());
        }
        let now = app.clock.micros();
        app.db
            .write("source.hub_told", async move |tx: &mut Tx| -> Result<(), Problem> {
                store::hub_told(tx, source.id, now).await?;
                Ok(store::sooner(tx, source.id, now).await?)
            })
            .await
    };
    match taken.await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem_json(&app, problem),
    }
}

/// Whether a signature (`sha256=…`, section 7.1) is that of the secret, compared in constant time. SHA-1 is not taken: a hub that can do no
/// better is as one that is silent.
fn is_signed(secret: &[u8], body: &[u8], signature: &str) -> bool {
    let Some((method, given)) = signature.trim().split_once('=') else { return false };
    let Ok(given) = hex::decode(given) else { return false };
    match method {
        "sha256" => holds::<Hmac<Sha256>>(secret, body, &given),
        "sha384" => holds::<Hmac<Sha384>>(secret, body, &given),
        "sha512" => holds::<Hmac<Sha512>>(secret, body, &given),
        _ => false,
    }
}

fn holds<M: Mac + KeyInit>(secret: &[u8], body: &[u8], given: &[u8]) -> bool {
    <M as KeyInit>::new_from_slice(secret).is_ok_and(|mac| mac.chain_update(body).verify_slice(given).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_secret_signed_is_believed() {
        // RFC 4231, test case 2.
        let (secret, body) = (b"Jefe", b"what do ya want for nothing?");
        let due = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert!(is_signed(secret, body, due));
        let longer = "sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649";
        assert!(is_signed(secret, body, longer));
        for wrong in
            ["", "sha256=", "sha256", "sha256=zz", "md5=00", &due.replace("sha256", "sha512"), &due[..40]]
        {
            assert!(!is_signed(secret, body, wrong), "{wrong}");
        }
        assert!(!is_signed(b"jefe", body, due) && !is_signed(secret, b"", due));
    }
}
