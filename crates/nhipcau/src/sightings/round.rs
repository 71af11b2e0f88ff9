//! Looking in time: what comes to stand on the portal is looked for on each watched site, soon at first and then seldom; hosts side by side,
//! and of one host one page after the other.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Url;

use super::find::{self, Listed, Listing};
use super::glance::{Glance, by_host, glance, said};
use super::judge::Verdict;
use super::store::{self, Sighting};
use super::{Watched, Way, drift};
use crate::app::App;
use crate::clock::doubled;
use crate::db::{Conn, Tx};
use crate::items::State;
use crate::items::pages::parsed;
use crate::items::store::{self as items, Reference, Standing};
use crate::open::cursor::{Cursor, Place};
use crate::open::store::{Told, next};
use crate::outlets;
use crate::problem::Problem;
use crate::sources;
use crate::sources::fetch::{Fetcher, Refused, Validators};

/// So often it is looked whether anything is due.
const LOOK: Duration = Duration::from_secs(2);
/// And so often whether somebody must be told.
const TELL: Duration = Duration::from_secs(4);
/// The walk through the portal's items goes on so often, in microseconds; a list of the site's is read so often.
const WALK: i64 = 15_000_000;
const LIST: i64 = 300_000_000;
/// After a change the site has so long before it is looked at, in microseconds.
const GRACE: i64 = 15_000_000;
/// Items of one step of the walk, and the most that are sought in one listing.
const STEP: usize = 200;
const SOUGHT: i64 = 2_000;
/// The most pages that one look takes up.
const PIECE: i64 = 4_000;
const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Looks until the node stops.
pub async fn run(app: App) {
    let fetcher = Fetcher::of(&app);
    let mut told = None::<Instant>;
    loop {
        if let Err(problem) = round(&app, &fetcher).await {
            tracing::warn!(%problem, "pages of other sites could not be looked at");
        }
        if told.is_none_or(|told| told.elapsed() >= TELL) {
            if let Err(problem) = drift::tell(&app).await {
                tracing::warn!(%problem, "nobody could be told what other sites show");
            }
            told = Some(Instant::now());
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn round(app: &App, fetcher: &Fetcher) -> Result<(), Problem> {
    let due = store::due(&mut app.db.read().await?, app.clock.micros()).await?;
    for watched in due {
        let id = watched.id;
        if let Err(problem) = walk(app, fetcher, watched).await {
            tracing::warn!(watched = %id, %problem, "what a site should show could not be listed");
        }
    }
    let due = store::to_look(&mut app.db.read().await?, app.clock.micros(), PIECE).await?;
    let work = |one: Sighting| async move {
        let (watched, item) = (one.watched, one.item);
        if let Err(problem) = look(app, fetcher, one).await {
            tracing::warn!(%watched, %item, %problem, "a page could not be looked at");
        }
    };
    by_host(due, |one| one.url.as_str(), work).await;
    Ok(())
}

/// Goes on through the portal's items: what came to look otherwise is looked for.
async fn walk(app: &App, fetcher: &Fetcher, watched: Watched) -> Result<(), Problem> {
    let portal = app.portals.load().find(|portal| portal.log == watched.log);
    let portal = portal.ok_or(Problem::NotFound("portal"))?;
    let mut conn = app.db.read().await?;
    let outlet = match watched.outlet {
        Some(id) => {
            outlets::store::of_log(&mut conn, watched.log).await?.into_iter().find(|one| one.id == id)
        }
        None => None,
    };
    let source = match watched.source {
        Some(id) => sources::store::find(&mut conn, watched.log, id).await?,
        None => None,
    };
    let issuer = if watched.own { portal.origin.to_string() } else { String::new() };
    let walk = Cursor { until: i64::MAX, issuer, after: watched.place.clone(), ..Cursor::default() };
    let (due, more) = next(&mut conn, &portal.domain, &walk, false, STEP).await?;
    let (mut to, mut enlisted) = (watched.place.clone(), Vec::new());
    for one in due {
        // What was not sent yet is not there yet.
        let far = |place: &Place| (place.at, place.log, place.item.clone());
        if outlet.as_ref().is_some_and(|outlet| far(&one.place) > far(&outlet.place)) {
            break;
        }
        let place = one.place.clone();
        if let Some(url) = address(app, &mut conn, &watched, source.as_ref(), &one).await? {
            enlisted.push((place.log, one.item, url, one.stands.is_some()));
        }
        to = place;
    }
    drop(conn);
    let now = app.clock.micros();
    let mut trouble = String::new();
    let mut found = Vec::new();
    if watched.way.lists() {
        match sought(app, fetcher, &watched).await? {
            Ok(all) => found = all,
            Err(why) => trouble = format!("{} · {}", why.vi, why.en),
        }
    }
    let pause = if more {
        0
    } else if watched.way.lists() {
        LIST
    } else {
        WALK
    };
    app.db
        .write("watched.walked", async move |tx: &mut Tx| -> Result<(), Problem> {
            for (log, item, url, stands) in &enlisted {
                store::enlist(tx, watched.id, (*log, *item), url, *stands, now + GRACE).await?;
            }
            for (before, after) in &found {
                store::note(tx, before, after).await?;
            }
            Ok(store::walked(tx, &watched, &to, (now + pause).max(1), &trouble).await?)
        })
        .await
}

/// The page of an item; empty if it must be sought in a list, nothing if there is none.
async fn address(
    app: &App,
    conn: &mut Conn,
    watched: &Watched,
    source: Option<&sources::Source>,
    one: &Told,
) -> Result<Option<String>, Problem> {
    let title = one.stands.as_ref().map(|item| item.card.title.clone()).unwrap_or_default();
    Ok(match watched.way {
        Way::Feed | Way::Sitemap => Some(String::new()),
        // An address that was given once is kept; a later title would give another.
        Way::Template if one.stands.is_none() => Some(String::new()),
        Way::Template => Some(find::filled(&watched.url, &one.reference(), &title)),
        Way::Links => {
            let Some(outlet) = watched.outlet else { return Ok(None) };
            outlets::store::post_of(conn, outlet, one.place.log, one.item).await?.map(|post| post.url)
        }
        Way::Taken => {
            let Some(hash) = one.stands.as_ref().and_then(|item| item.content) else {
                return Ok(Some(String::new()));
            };
            let Some(bytes) = app.folder.read(conn, &hash).await? else { return Ok(None) };
            let url = parsed(&hash, &bytes)?.source.and_then(|source| source.url);
            let host = |url: &str| url.parse::<Url>().ok().and_then(|url| url.host_str().map(str::to_owned));
            url.filter(|url| {
                source.is_some_and(|source| host(url).is_some() && host(url) == host(&source.url))
            })
        }
    })
}

/// What a site's list says of items whose page is not known: each as it was, and as it is.
async fn sought(
    app: &App,
    fetcher: &Fetcher,
    watched: &Watched,
) -> Result<Result<Vec<(Sighting, Sighting)>, crate::items::kinds::Both>, Problem> {
    let waiting = store::without_page(&mut app.db.read().await?, watched.id, SOUGHT).await?;
    if waiting.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let now = app.clock.micros();
    let listing = match Listing::read(fetcher, watched, now).await {
        Ok(listing) => listing,
        Err(why) => return Ok(Err(why)),
    };
    let mut conn = app.db.read().await?;
    let mut found = Vec::new();
    for before in waiting {
        let Some(item) = items::find(&mut conn, &Reference::of(&before.origin, before.item)).await? else {
            continue;
        };
        let mut after = before.clone();
        match listing.find(before.item, &item.card.title, item.changed) {
            Listed::At(url) => (after.url, after.next) = (url, now),
            Listed::Lacks if item.state == State::Standing && find::is_due(item.changed, now) => {
                becomes(&mut after, Verdict::Missing, &item, now);
            }
            // What was withdrawn before it was ever found there, and is not there.
            Listed::Lacks if item.state != State::Standing => {
                becomes(&mut after, Verdict::Absent, &item, now)
            }
            Listed::Lacks | Listed::Beyond => continue,
        }
        found.push((before, after));
    }
    Ok(Ok(found))
}

/// Notes a verdict by what is known of an item.
fn becomes(one: &mut Sighting, verdict: Verdict, item: &Standing, now: i64) {
    if one.verdict != verdict {
        (one.verdict, one.since) = (verdict, now);
    }
    (one.edition, one.state, one.at) = (item.edition, item.state.word().to_owned(), now);
    (one.failures, one.trouble) = (0, String::new());
}

/// Looks at the page of one item and notes what is there.
async fn look(app: &App, fetcher: &Fetcher, before: Sighting) -> Result<(), Problem> {
    let mut conn = app.db.read().await?;
    let item = items::find(&mut conn, &Reference::of(&before.origin, before.item)).await?;
    let watched = store::of_id(&mut conn, before.watched).await?;
    let (Some(item), Some(watched)) = (item, watched) else {
        drop(conn);
        return app
            .db
            .write("sighting.dropped", async move |tx: &mut Tx| Ok(store::drop_one(tx, &before).await?))
            .await;
    };
    let now = app.clock.micros();
    let mut after = before.clone();
    let stands = item.state == State::Standing;
    if stands && item.shown < item.edition {
        // Its newest text is not here yet.
        after.next = now + 5 * MINUTE;
    } else {
        let editions = Arc::new(said(app, &mut conn, &item).await?);
        drop(conn);
        let same = before.verdict != Verdict::Unseen
            && (before.edition, before.state.as_str()) == (item.edition, item.state.word());
        let known = if same { before.validators.clone() } else { Validators::default() };
        let home = home(app, &watched).await?;
        match glance(fetcher, (&home, &before.url), &known, before.item, (stands, editions)).await {
            Ok(Glance::Same) => becomes(&mut after, before.verdict, &item, now),
            Ok(Glance::Is(verdict, validators)) => {
                after.validators = validators;
                becomes(&mut after, verdict, &item, now);
                // Its address may have changed: the list says the new one.
                if verdict == Verdict::Missing && watched.way.lists() {
                    after.url = String::new();
                }
            }
            Err(refused) => {
                after.failures += 1;
                after.trouble = match refused {
                    Refused::TooLarge => {
                        let most = feeds::limits::BYTES >> 20;
                        format!(
                            "trang lớn hơn {most} MB nên không được đọc · the page is larger than {most} MB and is not read"
                        )
                    }
                    other => other.to_string(),
                };
            }
        }
        after.next = now + pause(&after, now);
    }
    let erased = item.state == State::Erased && after.verdict == Verdict::Absent;
    app.db
        .write("sighting.noted", async move |tx: &mut Tx| -> Result<(), Problem> {
            match erased {
                // Its address may say what was erased.
                true => store::drop_one(tx, &before).await?,
                false => store::note(tx, &before, &after).await?,
            }
            Ok(())
        })
        .await
}

/// The address of a watched site: what it leads to elsewhere must be public.
pub(super) async fn home(app: &App, watched: &Watched) -> Result<String, Problem> {
    let mut conn = app.db.read().await?;
    if let Some(id) = watched.outlet.filter(|_| watched.way == Way::Links) {
        let outlet =
            outlets::store::of_log(&mut conn, watched.log).await?.into_iter().find(|one| one.id == id);
        return Ok(outlet.map_or_else(|| watched.url.clone(), |outlet| outlet.url));
    }
    Ok(watched.url.split('[').next().unwrap_or_default().to_owned())
}

/// When a page is looked at again, in microseconds from now.
fn pause(one: &Sighting, now: i64) -> i64 {
    if one.failures > 0 {
        return doubled(MINUTE, one.failures, 6 * HOUR);
    }
    let lasts = now - one.since;
    match one.verdict {
        Verdict::Shown | Verdict::Absent => match lasts {
            ..HOUR => 5 * MINUTE,
            HOUR..DAY => HOUR,
            _ if one.verdict == Verdict::Shown => 6 * HOUR,
            _ => 7 * DAY,
        },
        _ if lasts < 10 * MINUTE => MINUTE,
        _ if lasts < DAY => 10 * MINUTE,
        _ => HOUR,
    }
}
