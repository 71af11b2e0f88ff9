//! Coming back in time: each source every five minutes, later and later while it cannot be read, never two calls at once to one host.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use network::content::Taken;
use network::names::ContentHash;
use reqwest::Url;

use super::Source;
use super::act::{Reader, Why};
use super::draft::{Fate, Found, reasons};
use super::fetch::{Fetcher, Validators};
use super::hub;
use super::list::{self, Ask, Got, Listed};
use super::plan::{self, Doubt};
use super::store::{self, Outcome};
use crate::agencies::Portal;
use crate::app::App;
use crate::clock::{Dice, doubled};
use crate::db::Tx;
use crate::problem::Problem;
use crate::words::date;

/// So often a source is read, in microseconds.
const EVERY: i64 = 300_000_000;
/// A source that cannot be read is tried again after at most this.
const LATEST: i64 = 12 * 3_600_000_000;
/// So often it is looked whether one is due.
const LOOK: Duration = Duration::from_secs(2);
/// The most sources that one look takes up: more than those of the hosts that are being called, or nobody else would have a turn.
const PIECE: i64 = 2_048;
/// The most hosts that are called at once.
const HOSTS: usize = 8;

/// Reads what is due until the node stops: of a host one source after the other, of several hosts beside each other. Whoever is slow keeps
/// nobody else waiting.
pub async fn run(app: App) {
    let fetcher = Fetcher::of(&app);
    let (mut waiting, mut called) = (VecDeque::new(), HashSet::new());
    let mut calls = FuturesUnordered::new();
    loop {
        if waiting.is_empty() && calls.len() < HOSTS {
            match due(&app, &called).await {
                Ok(hosts) => waiting.extend(hosts),
                Err(problem) => tracing::warn!(%problem, "joined sites could not be looked at"),
            }
        }
        while calls.len() < HOSTS
            && let Some((host, sources)) = waiting.pop_front()
        {
            called.insert(host.clone());
            calls.push(all_of(&app, &fetcher, host, sources));
        }
        tokio::select! {
            Some(host) = calls.next() => {
                called.remove(&host);
            }
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// What is due now, by host; nothing of hosts that are being called.
async fn due(app: &App, called: &HashSet<String>) -> Result<BTreeMap<String, Vec<Source>>, Problem> {
    let due = store::due(&mut app.db.read().await?, app.clock.micros(), PIECE).await?;
    let mut hosts: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    for source in due {
        let host = source.url.parse::<Url>().ok().and_then(|url| url.host_str().map(str::to_owned));
        let host = host.unwrap_or_default();
        if !called.contains(&host) {
            hosts.entry(host).or_default().push(source);
        }
    }
    Ok(hosts)
}

/// Reads some sources of a host, and gives the host back.
async fn all_of(app: &App, fetcher: &Fetcher, host: String, sources: Vec<Source>) -> String {
    for source in sources {
        let id = source.id;
        if let Err(problem) = once(app, fetcher, source).await {
            tracing::warn!(source = %id, %problem, "a joined site was not read to its end");
            // It is due still; what hinders here is rarely over at once.
            tokio::time::sleep(LOOK).await;
        }
    }
    host
}

/// Reads one source and does what follows from it.
async fn once(app: &App, fetcher: &Fetcher, source: Source) -> Result<(), Problem> {
    let begun = app.clock.micros();
    let mut conn = app.db.read().await?;
    let known = store::known(&mut conn, source.id).await?;
    drop(conn);
    // What a list lacked must be lacked by another one, and not by the same that a cache hands out again.
    let again = known.iter().any(|one| one.missing > 0);
    let validators = if again { Validators::default() } else { source.validators.clone() };
    let names: HashSet<ContentHash> = known.iter().map(|one| one.name).collect();
    let ask = Ask {
        fetcher,
        url: &source.url,
        validators: &validators,
        place: if again { "" } else { &source.place },
        known: &names,
        now: app.clock.micros(),
        archives: true,
    };
    let failures = source.failures + 1;
    let outcome = match list::read(source.way, &ask).await {
        Ok(Got::Unchanged) => Outcome {
            next: next(app, 0, None)?,
            failures: 0,
            trouble: String::new(),
            validators: source.validators.clone(),
            place: source.place.clone(),
        },
        Ok(Got::Listed(listed)) => {
            let turn = app.joining.lock().await;
            let now = store::find(&mut app.db.read().await?, source.log, source.id).await?;
            if now.is_none_or(|now| now.next != source.next) {
                return Ok(()); // Paused, removed or asked for anew while it was read.
            }
            let followed = follow(app, Some(fetcher), &source, &listed).await;
            drop(turn);
            hub::noticed(app, &source, listed.hub.clone()).await?;
            match followed {
                Ok((doubt, waits)) => Outcome {
                    next: next(app, 0, None)?,
                    failures: 0,
                    trouble: doubt.map(told).unwrap_or_default(),
                    // A doubted list is read again whole.
                    validators: match doubt.is_some() || waits {
                        true => Validators::default(),
                        false => listed.validators.clone(),
                    },
                    // What waits must be said once more.
                    place: if waits { source.place.clone() } else { listed.place.clone() },
                },
                // Whatever hindered it is not the site's doing; what was not done yet is done next time.
                Err(problem) => {
                    let why = reasons(problem);
                    failed(app, &source, failures, format!("{} · {}", why.vi, why.en), None)?
                }
            }
        }
        Err(trouble) => {
            let why = format!("{} · {}", trouble.why.vi, trouble.why.en);
            failed(app, &source, failures, why, trouble.after)?
        }
    };
    app.db
        .write("source.read", async move |tx: &mut Tx| -> Result<(), Problem> {
            store::done(tx, &source, outcome).await?;
            // Of what changed while it was read nobody tells again.
            if store::hub(tx.conn(), source.id).await?.is_some_and(|hub| hub.pushed >= begun) {
                store::sooner(tx, source.id, tx.ledger.now()).await?;
            }
            Ok(())
        })
        .await
}

fn failed(
    app: &App,
    source: &Source,
    failures: i64,
    trouble: String,
    after: Option<u64>,
) -> Result<Outcome, Problem> {
    Ok(Outcome {
        next: next(app, failures, after)?,
        failures,
        trouble,
        validators: Validators::default(),
        place: source.place.clone(),
    })
}

/// The portal that joins a source.
fn portal_of(app: &App, source: &Source) -> Result<Arc<Portal>, Problem> {
    app.portals.load().find(|portal| portal.log == source.log).ok_or(Problem::NotFound("portal"))
}

/// Does what follows from a list, by whoever holds `app.joining`; comes back with what it says and is not believed, and true if something
/// waits for the console ([`Reader::step`]). Without a `fetcher` no page is asked whether it is gone.
///
/// # Errors
/// What hindered it; what was not done yet is done by the next list.
pub(super) async fn follow(
    app: &App,
    fetcher: Option<&Fetcher>,
    source: &Source,
    listed: &Arc<Listed>,
) -> Result<(Option<Doubt>, bool), Problem> {
    let known = store::known(&mut app.db.read().await?, source.id).await?;
    let portal = portal_of(app, source)?;
    let (today, of, from) = (app.calendar.on(date::day(app.clock.now())), listed.clone(), source.clone());
    let list = tokio::task::spawn_blocking(move || of.list(&from.name, &from.mapping, &today)).await;
    let list = list.map_err(|error| Problem::Ours(error.into()))?;
    let elsewhere = store::elsewhere(&mut app.db.read().await?, source, &list.found).await?;
    let (steps, doubt) = plan::decide(&known, &list, &elsewhere);
    let taken = listed.taken(app.clock.micros());
    let reader = Reader { app, portal: &portal, source, taken, insists: false, why: Why::default() };
    let mut waits = false;
    for step in &steps {
        waits |= reader.step(fetcher, step).await?;
    }
    Ok((doubt, waits))
}

fn told(doubt: Doubt) -> String {
    match doubt {
        Doubt::Empty => "danh sách trống, nên không bài nào bị coi là đã gỡ; nếu nguồn thật sự trống, hãy xóa nguồn này · the list is empty, so nothing is taken to be gone; if it really is, remove this source".into(),
        Doubt::Half(lost, of) => format!(
            "danh sách thiếu {lost} trong {of} bài đã lấy, nên không bài nào bị coi là đã gỡ; hãy xem lại địa chỉ nguồn · the list lacks {lost} of {of} items, so none is taken to be gone; look at the source's address"
        ),
    }
}

/// When a source is read next.
fn next(app: &App, failures: i64, after: Option<u64>) -> Result<i64, Problem> {
    let asked = after.map_or(0, |seconds| i64::try_from(seconds).unwrap_or(0).saturating_mul(1_000_000));
    Ok(app.clock.micros() + pause(failures, &app.dice)?.max(asked.min(LATEST)))
}

/// The pause before the next reading, in microseconds: doubled by each failure, and never the same for all.
fn pause(failures: i64, dice: &Dice) -> anyhow::Result<i64> {
    let pause = doubled(EVERY, failures, LATEST);
    let [byte] = dice.bytes::<1>()?;
    Ok(pause + pause / 2_560 * i64::from(byte))
}

/// Tries something again that lay aside, as another kind if one is named.
///
/// # Errors
/// Nothing of that name lies aside, or a log that may not sign now. What cannot be taken over lies aside still, with the reason.
pub(super) async fn retry(app: &App, source: &Source, name: ContentHash, kind: &str) -> Result<(), Problem> {
    let _turn = app.joining.lock().await;
    let mut conn = app.db.read().await?;
    let aside = store::aside(&mut conn, source.id, &name).await?.ok_or(Problem::NotFound("item aside"))?;
    let known = store::known(&mut conn, source.id).await?;
    drop(conn);
    let known = known.into_iter().find(|one| one.name == name).ok_or(Problem::NotFound("item aside"))?;
    let kept: store::Kept = serde_json::from_str(&aside.draft).map_err(anyhow::Error::from)?;
    let mut draft = kept.draft;
    if !kind.is_empty() {
        draft.kind = kind.to_owned();
    }
    let found = Found {
        name,
        page: known.page,
        words: known.words,
        digest: known.digest,
        published: known.published,
        called: aside.called,
        draft,
        fate: Fate::Good,
    };
    let portal = portal_of(app, source)?;
    let taken = Taken {
        at: kept.at.unwrap_or_else(|| app.clock.now()),
        sha256: kept.sha256.and_then(|hash| hash.parse().ok()).unwrap_or(name),
    };
    let reader = Reader { app, portal: &portal, source, taken, insists: true, why: Why::default() };
    reader.take(Some(&known), &found).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_that_cannot_be_read_is_left_alone_for_longer_and_longer() {
        let dice = Dice::seeded(7);
        let pauses: Vec<i64> = (0..14).map(|failures| pause(failures, &dice).unwrap() / 60_000_000).collect();
        assert!((5..=6).contains(&pauses[0]) && (10..=11).contains(&pauses[1]), "{pauses:?}");
        assert!(pauses[13] >= 12 * 60 && pauses[13] <= 14 * 60, "{pauses:?}");
    }
}
