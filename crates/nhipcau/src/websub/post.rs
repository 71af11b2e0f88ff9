//! Asks callbacks whether they mean what was asked for them (WebSub, section 5.3), and delivers what has changed (section 7). Of one host one
//! call is under way at a time, so a slow one keeps only itself waiting. What is due stands in the database: a node that stops in the middle
//! sends again what nobody has taken.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use network::names::ContentHash;
use reqwest::{Method, Url};
use tokio::sync::Notify;

use super::{PATH, SIGNATURE, Subscription, Verify, about, host, links, signature, store};
use crate::app::App;
use crate::clock::doubled;
use crate::db::Tx;
use crate::items::feeds;
use crate::logs::ledger::Effects;
use crate::problem::Problem;
use crate::sources::fetch::{Fetcher, Refused};
use crate::{agencies, all, outlets, sources};

/// Without a commit it is looked so often.
const LOOK: Duration = Duration::from_secs(2);
/// After a change, others are awaited for so long.
const GATHER: Duration = Duration::from_millis(200);
/// Feeds are drawn so often whatever is told: names change, too.
const DRAW: Duration = Duration::from_secs(300);
/// Hosts that are called at once.
const TOGETHER: usize = 16;
/// The most that one look takes up: more than hosts that are called have together.
const PIECE: i64 = 1_000;
/// The first pause after a failure, and the longest, in microseconds.
const PAUSE: i64 = 10_000_000;
const LATEST: i64 = 6 * 3_600_000_000;
/// So often it is tried to ask a callback, and to deliver something: about three days.
const QUESTIONS: i64 = 4;
const DELIVERIES: i64 = 22;

/// A feed as it is now.
struct Document {
    media: &'static str,
    text: String,
    hash: Vec<u8>,
}

/// Verifies and delivers until the node stops.
pub async fn run(app: App) {
    let fetcher = Fetcher::of(&app);
    let stir = Notify::new();
    tokio::join!(marks(&app, &stir), delivers(&app, &fetcher, &stir));
}

/// Draws feeds after each change, and has those that read otherwise delivered.
async fn marks(app: &App, stir: &Notify) {
    let mut commits = app.told.subscribe();
    loop {
        match mark(app).await {
            Ok(()) => stir.notify_one(),
            Err(problem) => {
                tracing::warn!(%problem, "feeds could not be drawn for those who subscribe to them")
            }
        }
        let drawn = Instant::now();
        loop {
            tokio::select! {
                told = commits.recv() => if told.is_err() || told.is_ok_and(|told| shows(&told)) { break },
                () = tokio::time::sleep(DRAW.saturating_sub(drawn.elapsed())) => break,
            }
        }
        tokio::time::sleep(GATHER).await;
        commits = commits.resubscribe();
    }
}

/// Does what is due, of each host one thing at a time.
async fn delivers(app: &App, fetcher: &Fetcher, stir: &Notify) {
    let (mut under_way, mut busy) = (FuturesUnordered::new(), HashSet::new());
    loop {
        match due(app).await {
            Ok(due) => {
                for one in due {
                    if under_way.len() < TOGETHER && busy.insert(one.host.clone()) {
                        under_way.push(step(app, fetcher, one));
                    }
                }
            }
            Err(problem) => tracing::warn!(%problem, "subscribers of feeds could not be looked at"),
        }
        tokio::select! {
            Some((host, topic)) = under_way.next(), if !under_way.is_empty() => {
                busy.remove(&host);
                // What changed while it was delivered is due now.
                if let Err(problem) = mark_one(app, &topic).await {
                    tracing::warn!(%problem, "a feed could not be drawn for those who subscribe to it");
                }
            }
            () = stir.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Whether feeds may read otherwise after a commit.
fn shows(effects: &Effects) -> bool {
    !effects.items.is_empty() || !effects.content.is_empty()
}

async fn due(app: &App) -> Result<Vec<Subscription>, Problem> {
    Ok(store::due(&mut app.db.read().await?, app.clock.micros(), PIECE).await?)
}

/// Has every feed that reads otherwise delivered to those who have not taken it.
async fn mark(app: &App) -> Result<(), Problem> {
    for topic in store::topics(&mut app.db.read().await?).await? {
        mark_one(app, &topic).await?;
    }
    Ok(())
}

async fn mark_one(app: &App, topic: &str) -> Result<(), Problem> {
    let Some(document) = document(app, topic).await? else { return Ok(()) };
    if !store::is_news(&mut app.db.read().await?, topic, &document.hash).await? {
        return Ok(());
    }
    let (topic, now) = (topic.to_owned(), app.clock.micros());
    app.db
        .write("websub.changed", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::changed(tx, &topic, &document.hash, now).await?)
        })
        .await
}

/// What is to be done for a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Ask,
    End,
    Deliver,
}

fn what(one: &Subscription, now: i64) -> Due {
    match one {
        one if one.verify != Verify::Nothing && one.next <= now => Due::Ask,
        one if one.until <= now => Due::End,
        _ => Due::Deliver,
    }
}

/// Does what is due for one subscription; comes back with its host and its feed.
async fn step(app: &App, fetcher: &Fetcher, one: Subscription) -> (String, String) {
    let (host, topic) = (one.host.clone(), one.topic.clone());
    let done = match what(&one, app.clock.micros()) {
        Due::Ask => ask(app, fetcher, one).await,
        Due::End => forget(app, &one).await,
        Due::Deliver => deliver(app, fetcher, one).await,
    };
    if let Err(problem) = done {
        tracing::warn!(topic, %problem, "a subscriber was not sent what it is due");
        // What failed here and not there would be tried again at once.
        tokio::time::sleep(LOOK).await;
    }
    (host, topic)
}

/// Where a feed's portal is reached, and the path of the feed.
fn parts(topic: &str) -> Option<(&str, &str)> {
    let authority = topic.find("://")? + 3;
    let path = authority + topic[authority..].find('/')?;
    Some(topic.split_at(path))
}

/// A feed as it is now; none if no portal here has it any more.
async fn document(app: &App, topic: &str) -> Result<Option<Document>, Problem> {
    let Some((base, path)) = parts(topic) else { return Ok(None) };
    let host = Url::parse(topic).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let portals = app.portals.load();
    let Some(portal) = portals.by_host(&host).or_else(|| portals.main()) else { return Ok(None) };
    match feeds::document(app, &portal, base, path).await {
        Ok((media, text)) => {
            let hash = ContentHash::of(text.as_bytes()).0.to_vec();
            Ok(Some(Document { media, text, hash }))
        }
        Err(Problem::NotFound(_) | Problem::Invalid(_)) => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// The site of an administrator's at the very host of a callback, where a callback may be at a private address: one that is joined or sent to,
/// or a portal of the network. Without any it is a name that nobody has (RFC 6761).
pub(super) async fn home(app: &App, callback: &str) -> Result<String, Problem> {
    const NOBODY: &str = "https://none.invalid/";
    if !app.config.private_addresses {
        return Ok(NOBODY.to_owned());
    }
    let its = host(callback);
    let mut conn = app.db.read().await?;
    for (log,) in all!(&mut conn, (i64,), "SELECT id FROM log WHERE own = 1")? {
        let outlets = outlets::store::of_log(&mut conn, log).await?.into_iter().map(|outlet| outlet.url);
        let sources = sources::store::of_log(&mut conn, log).await?.into_iter().map(|source| source.url);
        if let Some(found) = outlets.chain(sources).find(|url| host(url) == its) {
            return Ok(found);
        }
    }
    let directory = app.directory.load();
    let found = directory.agencies().filter_map(|agency| agencies::address(&directory, &agency.origin));
    Ok({ found }.find(|url| host(url) == its).unwrap_or_else(|| NOBODY.to_owned()))
}

/// Asks a callback whether it means what was asked for it.
async fn ask(app: &App, fetcher: &Fetcher, before: Subscription) -> Result<(), Problem> {
    let challenge = hex::encode(app.dice.bytes::<16>()?);
    let mut url = Url::parse(&before.callback).map_err(anyhow::Error::from)?;
    url.query_pairs_mut()
        .append_pair("hub.mode", before.verify.word())
        .append_pair("hub.topic", &before.topic)
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.lease_seconds", &before.lease.to_string());
    let home = home(app, &before.callback).await?;
    let answer = fetcher.ask(&home, Method::GET, url.as_str(), &[], Vec::new()).await;
    let mut after = before.clone();
    let meant = match answer {
        Ok((200..=299, body)) => body.trim_ascii() == challenge.as_bytes(),
        Ok((400..=499, _)) | Err(Refused::Private(_) | Refused::Address(_)) => false,
        Ok(_) | Err(_) if before.failures + 1 < QUESTIONS => {
            after.failures += 1;
            after.next = app.clock.micros() + doubled(PAUSE, before.failures, LATEST);
            return noted(app, before, after).await;
        }
        Ok(_) | Err(_) => false,
    };
    (after.verify, after.next, after.failures, after.wanted) = (Verify::Nothing, 0, 0, None);
    match (before.verify, meant) {
        (Verify::Unsubscribe, true) => return forget(app, &before).await,
        (_, true) => {
            after.until = app.clock.micros() + before.lease * 1_000_000;
            (after.secret, after.trouble) = (before.wanted.clone(), String::new());
        }
        (_, false) if before.until == 0 => return forget(app, &before).await,
        (_, false) => {}
    }
    noted(app, before, after).await
}

async fn deliver(app: &App, fetcher: &Fetcher, before: Subscription) -> Result<(), Problem> {
    let (Some((base, _)), Some(now)) = (parts(&before.topic), document(app, &before.topic).await?) else {
        return forget(app, &before).await;
    };
    let mut after = before.clone();
    if before.sent.as_ref() == Some(&now.hash) {
        // It has become again what was taken last.
        (after.next, after.failures, after.trouble) = (0, 0, String::new());
        return noted(app, before, after).await;
    }
    let link = links(&format!("{base}{PATH}"), &before.topic);
    let mut headers = vec![("content-type", now.media.to_owned()), ("link", link)];
    if let Some(sealed) = &before.secret {
        let secret = app.people.seal.unlock(&about(&before.topic, &before.callback), sealed);
        let secret = secret
            .ok_or_else(|| anyhow::anyhow!("keys/people.key does not open the secret of a subscription"))?;
        headers.push((SIGNATURE, signature(&secret, now.text.as_bytes())?));
    }
    let home = home(app, &before.callback).await?;
    let why = match fetcher.tell(&home, &before.callback, &headers, now.text.into_bytes()).await {
        Ok(200..=299) => {
            (after.sent, after.at) = (Some(now.hash), app.clock.micros());
            (after.next, after.failures, after.trouble) = (0, 0, String::new());
            return noted(app, before, after).await;
        }
        // Whoever says that it is gone is not called again (section 7).
        Ok(410) => return forget(app, &before).await,
        Ok(status) => format!("máy chủ nhận trả mã {status} · it answered {status}"),
        Err(Refused::Private(_)) => {
            "địa chỉ nhận dẫn tới máy này hoặc mạng riêng · it leads to this machine or into a private network".into()
        }
        Err(_) => "không gọi được hoặc không trả lời trong 15 giây · it cannot be called, or does not answer in 15 s".into(),
    };
    if before.failures + 1 >= DELIVERIES {
        tracing::info!(
            host = before.host,
            topic = before.topic,
            "a subscription was ended: nothing was taken for days"
        );
        return forget(app, &before).await;
    }
    after.failures += 1;
    after.next = app.clock.micros() + doubled(PAUSE, before.failures, LATEST);
    after.trouble = why;
    noted(app, before, after).await
}

async fn noted(app: &App, before: Subscription, after: Subscription) -> Result<(), Problem> {
    app.db
        .write("websub.tried", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::tried(tx, &before, &after).await?)
        })
        .await
}

/// Ends a subscription, unless something else was asked meanwhile.
async fn forget(app: &App, one: &Subscription) -> Result<(), Problem> {
    let one = one.clone();
    app.db
        .write("websub.ended", async move |tx: &mut Tx| -> Result<(), Problem> {
            let now = store::find(tx.conn(), &one.topic, &one.callback).await?;
            if now.is_some_and(|now| (now.verify, now.next) == (one.verify, one.next)) {
                store::remove(tx, &one.topic, &one.callback).await?;
            }
            Ok(())
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_a_portal_and_a_path() {
        assert_eq!(parts("http://a.vn:8000/feed.atom?x=/"), Some(("http://a.vn:8000", "/feed.atom?x=/")));
        assert!(parts("a.vn/feed").is_none() && parts("http://a.vn").is_none());
    }

    #[test]
    fn each_subscription_has_its_turn() {
        let one = Subscription {
            topic: String::new(),
            callback: String::new(),
            log: 1,
            host: String::new(),
            verify: Verify::Nothing,
            lease: 0,
            wanted: None,
            secret: None,
            until: 100,
            sent: None,
            next: 40,
            at: 0,
            failures: 0,
            trouble: String::new(),
        };
        assert_eq!(what(&one, 50), Due::Deliver);
        assert_eq!(what(&one, 100), Due::End);
        let asked = Subscription { verify: Verify::Subscribe, ..one.clone() };
        // A lease is renewed before it is looked whether it has ended.
        assert_eq!((what(&asked, 50), what(&asked, 100)), (Due::Ask, Due::Ask));
        let later = Subscription { next: 200, ..asked };
        assert_eq!(what(&later, 100), Due::End);
    }

    #[test]
    fn a_delivery_is_tried_for_days_and_not_for_ever() {
        let all: i64 = (0..DELIVERIES).map(|failures| doubled(PAUSE, failures, LATEST)).sum();
        assert!((2 * 86_400..4 * 86_400).contains(&(all / 1_000_000)), "{all}");
    }
}
