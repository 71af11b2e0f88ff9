//! What opens an account: sealed at rest, opened for a call, renewed under the account's turn before or when it ends, proved when its
//! administrator asks. What is new is kept before it is used (`channels::keys`).

use std::time::Duration;

use channels::keys::{Ask, Condition, KeyAction, KeyEvent, Said};
use channels::quotas::{Per, quotas};
use channels::{Cause, Event, Keys, Secrets, What};
use jiff::Timestamp;
use uuid::Uuid;

use super::call::{Became, Caller};
use super::store::{self, queue};
use super::{Held, about};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::words::{Lang, date};

/// So often it is looked whether a token is to be renewed.
const EVERY: Duration = Duration::from_secs(300);

/// What is sealed of keys that a person has given.
///
/// # Errors
/// When they cannot be written as JSON.
pub(super) fn given(secrets: Secrets) -> anyhow::Result<Vec<u8>> {
    Ok(serde_json::to_vec(&Keys::new(secrets))?)
}

/// Opens an account's keys.
///
/// # Errors
/// They were sealed under another key.
pub(super) fn open(app: &App, held: &Held) -> Result<Keys, Problem> {
    let shut = || Problem::refused(Lang::Vi.channel().keys_shut, Lang::En.channel().keys_shut);
    let opened = app.people.seal.unlock(&about(held.id), &held.secrets).ok_or_else(shut)?;
    serde_json::from_slice(&opened).map_err(|_| shut())
}

async fn save(app: &App, held: &Held, keys: &Keys, renewed: bool) -> Result<(), Problem> {
    let (id, plain) = (held.id, serde_json::to_vec(keys).map_err(anyhow::Error::from)?);
    let sealed = app.people.seal.close(&app.dice, &about(id), &plain)?;
    app.db
        .write("channel.keys", async move |tx: &mut Tx| -> Result<(), Problem> {
            store::keep_secrets(tx, id, sealed).await?;
            if renewed {
                queue::renewed(tx, id).await?;
            }
            Ok(())
        })
        .await
}

/// Renews the keys of an account, whose turn the caller has; what a delivery that waits for them is told, if there is anything to tell
/// yet.
///
/// # Errors
/// The database's.
pub(super) async fn renew(
    app: &App,
    caller: &Caller,
    held: &Held,
    keys: &mut Keys,
) -> Result<Option<Event>, Problem> {
    // Nobody else has the turn: what is under way was interrupted.
    let mut actions = keys.on(KeyEvent::Restarted, &held.about, app.clock.now());
    if !actions.iter().any(|action| matches!(action, KeyAction::Call { .. })) {
        actions.extend(keys.on(KeyEvent::Wanted, &held.about, app.clock.now()));
    }
    loop {
        let renewed = actions.contains(&KeyAction::Renewed);
        if renewed || actions.contains(&KeyAction::Save) {
            save(app, held, keys, renewed).await?;
        }
        let mut asked = None;
        let mut told = None;
        for action in actions {
            match action {
                KeyAction::Call { attempt, ask } => asked = Some((attempt, ask)),
                KeyAction::Renewed => told = Some(Event::Renewed),
                KeyAction::NotRenewed(cause) => told = Some(Event::NotRenewed(cause)),
                KeyAction::Save | KeyAction::Wake { .. } => {}
            }
        }
        let Some((attempt, ask)) = asked else { return Ok(told) };
        let said = ask_of(app, caller, held, keys, ask).await;
        actions = keys.on(KeyEvent::Said { attempt, said }, &held.about, app.clock.now());
    }
}

/// Asks a service something about an account.
async fn ask_of(app: &App, caller: &Caller, held: &Held, keys: &Keys, ask: Ask) -> Said {
    let call = match keys.call(ask, &held.about) {
        Ok(call) => call,
        Err(cause) => return Said::Refused(cause),
    };
    match caller.make(app, None, call).await {
        Became::Answered(response) => keys.read(ask, &held.about, &response, app.clock.now()),
        Became::NotSent => Said::Later { after: None, cause: Cause::new(What::Service, "") },
        Became::Lost => Said::Doubt(Cause::new(What::Lost, "")),
    }
}

/// True if there is no token yet, but one can be asked for.
pub(super) fn lacks_token(keys: &Keys) -> bool {
    let tokens = &keys.secrets().tokens;
    tokens.access.is_empty() && tokens.refresh.is_some()
}

/// Asks whether an account works, and keeps what that finds.
///
/// # Errors
/// The database's; its secrets cannot be opened.
pub(super) async fn check(app: &App, id: Uuid) -> Result<(), Problem> {
    let _turn = app.channels.turn(id).await;
    let held = store::of_id(&mut app.db.read().await?, id).await?;
    let held = held.ok_or(Problem::NotFound("channel account"))?;
    let caller = Caller::of(app);
    let mut keys = open(app, &held)?;
    let proved = match lacks_token(&keys) {
        true => Said::Refused(Cause::new(What::Token, "")),
        false => ask_of(app, &caller, &held, &keys, Ask::Prove).await,
    };
    let trouble = match proved {
        Said::Works { .. } | Said::New(_) => None,
        Said::Refused(cause) if cause.what == What::Token => {
            match renew(app, &caller, &held, &mut keys).await? {
                Some(Event::Renewed) => None,
                Some(Event::NotRenewed(cause)) => Some(cause),
                _ => Some(cause),
            }
        }
        Said::Refused(cause) | Said::Doubt(cause) | Said::Later { cause, .. } => Some(cause),
    };
    let trouble = trouble.map(|cause| cause.words());
    let trouble = trouble.map_or_else(String::new, |words| format!("{} · {}", words.vi, words.en));
    app.db
        .write("channel.checked", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::checked(tx, id, &trouble).await?)
        })
        .await
}

/// Renews what ends soon, until the node stops.
pub(super) async fn tend(app: App, caller: Caller) {
    loop {
        if let Err(problem) = tend_all(&app, &caller).await {
            tracing::warn!(%problem, "tokens of channels could not be looked at");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn tend_all(app: &App, caller: &Caller) -> Result<(), Problem> {
    let now = app.clock.now();
    let all = store::all(&mut app.db.read().await?).await?;
    for id in all.iter().filter(|held| !held.paused).map(|held| held.id) {
        let _turn = app.channels.turn(id).await;
        let Some(held) = store::of_id(&mut app.db.read().await?, id).await? else { continue };
        let Ok(mut keys) = open(app, &held) else { continue };
        if keys.due(held.about.kind).is_some_and(|due| due <= now) {
            renew(app, caller, &held, &mut keys).await?;
        }
    }
    Ok(())
}

/// So long before its end a token is told of, in microseconds: two weeks.
const WARNED: i64 = 14 * 86_400_000_000;

/// When what opens the account ends: as the service has said, else as its administrator knows it.
fn ends(app: &App, held: &Held, keys: &Keys) -> Option<Timestamp> {
    keys.health(held.about.kind, app.clock.now()).until.or(held.ends)
}

/// That a token does not work, or soon will not.
pub(super) fn warning(app: &App, held: &Held, keys: &Keys, lang: Lang) -> Option<String> {
    let (w, now) = (lang.channel(), app.clock.now());
    let health = keys.health(held.about.kind, now);
    if health.condition == Condition::Dead {
        return Some(if lang == Lang::Vi { health.words.vi } else { health.words.en });
    }
    let ends = ends(app, held, keys)?;
    let at = date::in_sentence(lang, ends, now);
    match ends.as_microsecond() - now.as_microsecond() {
        left if left <= 0 => Some(w.expired(at)),
        left if left <= WARNED => Some(w.expires_soon(at)),
        _ => None,
    }
}

/// What is known of an account beside whether it works: when its token ends, what is left of its quotas.
///
/// # Errors
/// The database's.
pub(super) async fn facts(
    app: &App,
    conn: &mut Conn,
    held: &Held,
    keys: &Keys,
    lang: Lang,
) -> Result<Vec<String>, Problem> {
    let (w, now) = (lang.channel(), app.clock.now());
    let ends = ends(app, held, keys).filter(|ends| ends.as_microsecond() - now.as_microsecond() > WARNED);
    let mut facts = Vec::from_iter(ends.map(|ends| w.expires(date::in_sentence(lang, ends, now))));
    for quota in quotas(held.about.kind, date::day(now)) {
        let done = store::spent(conn, held.id, quota.what, quota.counts_from(now)).await?;
        let left = quota.left(&done, now);
        facts.push(match quota.per {
            Per::Minute => w.quota_minute(left, quota.most),
            Per::Rolling => w.quota_rolling(left, quota.most),
            Per::Day => w.quota_day(left, quota.most),
            Per::Month => w.quota_month(left, quota.most),
        });
    }
    Ok(facts)
}
