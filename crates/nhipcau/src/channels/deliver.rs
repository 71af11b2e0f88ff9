//! Sending: one thing at a time for each account, accounts beside each other. What is about to be called is kept before it is, what is
//! answered after; a call whose answer was never kept is told to its delivery as interrupted, and made by nobody again.

use std::collections::HashSet;
use std::time::Duration;

use channels::{Account, Action, Answer, Event, Secrets, Step};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use uuid::Uuid;

use super::call::{Caller, Of};
use super::store;
use super::store::queue::{self, Sending, Told};
use super::{insights, keys};
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;

/// So often it is looked whether something is due.
const LOOK: Duration = Duration::from_millis(500);
/// The most deliveries of one account before it is asked again whether it is paused.
const PIECE: usize = 16;
/// So long it is remembered what services have reported, in microseconds.
const HEARD: i64 = 30 * 86_400_000_000;
/// So often what is older is forgotten, in microseconds.
const SWEEP: i64 = 86_400_000_000;

/// Sends what is due until the node stops.
pub async fn run(app: App) {
    let caller = Caller::of(&app);
    app.tasks.spawn("channel keys", keys::tend(app.clone(), caller.clone()));
    app.tasks.spawn("channel insights", insights::run(app.clone()));
    let restarted = app.db.write("channel.restarted", async |tx: &mut Tx| -> Result<(), Problem> {
        Ok(queue::restarted(tx).await?)
    });
    if let Err(problem) = restarted.await {
        // Sending on might repeat what was interrupted.
        tracing::error!(%problem, "what was being sent could not be looked at; nothing is sent");
        return;
    }
    let (mut busy, mut swept) = (HashSet::new(), 0);
    let mut running = FuturesUnordered::new();
    loop {
        match due(&app).await {
            Ok(accounts) => {
                for account in accounts {
                    if busy.insert(account) {
                        running.push(work(&app, &caller, account));
                    }
                }
            }
            Err(problem) => tracing::warn!(%problem, "what is due on channels could not be looked at"),
        }
        let now = app.clock.micros();
        if (now - swept).abs() > SWEEP {
            swept = now;
            let forgotten = app.db.write("channel.sweep", async move |tx: &mut Tx| -> Result<(), Problem> {
                Ok(store::forget_heard(tx, now - HEARD).await?)
            });
            if let Err(problem) = forgotten.await {
                tracing::warn!(%problem, "old reports of services could not be forgotten");
            }
        }
        tokio::select! {
            Some(account) = running.next(), if !running.is_empty() => {
                busy.remove(&account);
            }
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn due(app: &App) -> Result<Vec<Uuid>, Problem> {
    let now = app.clock.micros();
    Ok(queue::due_accounts(&mut app.db.read().await?, now).await?)
}

/// Sends what is due on one account.
async fn work(app: &App, caller: &Caller, account: Uuid) -> Uuid {
    let _turn = app.channels.turn(account).await;
    for _ in 0..PIECE {
        match next(app, caller, account).await {
            Ok(true) => {}
            Ok(false) => break,
            Err(problem) => {
                tracing::warn!(%account, %problem, "a channel was not served to its end");
                tokio::time::sleep(LOOK).await;
                break;
            }
        }
    }
    account
}

/// Sends what of an account is due first; false if nothing is.
async fn next(app: &App, caller: &Caller, account: Uuid) -> Result<bool, Problem> {
    let now = app.clock.micros();
    let mut conn = app.db.read().await?;
    let Some(held) = store::of_id(&mut conn, account).await?.filter(|held| !held.paused) else {
        return Ok(false);
    };
    let Some(sending) = queue::first_due(&mut conn, account, now).await? else { return Ok(false) };
    drop(conn);
    let mut keys = keys::open(app, &held)?;
    if keys::lacks_token(&keys) {
        keys::renew(app, caller, &held, &mut keys).await?;
    }
    let mut told = Told::Due;
    while let Some((sending, actions)) = step(app, sending.id, told).await? {
        let asked = actions.into_iter().find(|a| matches!(a, Action::Call { .. } | Action::Renew));
        let event = match asked {
            Some(Action::Call { attempt, step }) => {
                call(app, caller, (&held.about, keys.secrets()), &sending, (attempt, step)).await
            }
            Some(Action::Renew) => match keys::renew(app, caller, &held, &mut keys).await? {
                Some(event) => event,
                None => return Ok(true),
            },
            _ => return Ok(true),
        };
        told = Told::Now(event);
    }
    Ok(true)
}

async fn step(app: &App, id: Uuid, told: Told) -> Result<Option<(Sending, Vec<Action>)>, Problem> {
    app.db
        .write("channel.step", async move |tx: &mut Tx| -> Result<_, Problem> {
            Ok(queue::step(tx, id, told).await?)
        })
        .await
}

/// Makes one call and says what came of it.
async fn call(
    app: &App,
    caller: &Caller,
    (about, secrets): (&Account, &Secrets),
    sending: &Sending,
    (attempt, step): (u64, Step),
) -> Event {
    let machine = &sending.machine;
    match machine.call(step, about, secrets) {
        Ok(call) => {
            let of = Of { log: sending.log, item: &sending.item };
            let became = caller.make(app, Some(of), call).await;
            let then = app.clock.now();
            became.event(attempt, |response| machine.read(step, about, response, then))
        }
        Err(cause) => Event::Answer { attempt, answer: Answer::Refused { cause } },
    }
}
