//! Mails on their way to the relay, notices on theirs to browsers. An attempt is written down before it is made; one of which nobody knows how it ended is
//! repeated under the same Message-ID, so that whoever got it gets it once.

use std::path::Path;

use futures::StreamExt;

use super::letter::{self, Letter};
use super::mail::{Sent, bounce};
use super::{store, woken};
use crate::app::App;
use crate::clock::doubled;
use crate::db::Tx;
use crate::problem::Problem;
use crate::{all, maybe, run};

/// Mails under way at once.
const TOGETHER: usize = 4;
const PIECE: i64 = 100;
/// The first pause after an attempt, and the longest, in microseconds.
const FIRST: i64 = 60_000_000;
const LONGEST: i64 = 6 * 3_600_000_000;
/// After so many attempts, in about two days, a mail is given up.
const MOST: i64 = 16;
/// Between two looks at what came back, in microseconds.
const BACK_EVERY: i64 = 30_000_000;
const BACK_AT_ONCE: usize = 200;
/// Failures, each at least so long after the one before, that end a subscription.
const FAILURES: i64 = 3;
const APART: i64 = 20 * 3_600_000_000;
/// A failure longer ago than this counts no more.
const LONG_AGO: i64 = 60 * 86_400_000_000;

/// Sends whatever is due, and reads what comes back, until the node stops.
pub async fn run(app: &App) {
    let (mut looked, mut told) = (0, app.told.subscribe());
    loop {
        woken(&mut told).await;
        if let Err(problem) = send(app).await {
            tracing::warn!(%problem, "the queue of mails could not be looked at");
        }
        let bounces = app.config.mail.as_ref().and_then(|mail| mail.bounces.clone());
        let now = app.clock.micros();
        if let Some(maildir) = bounces.filter(|_| (now - looked).abs() > BACK_EVERY) {
            looked = now;
            if let Err(problem) = back(app, maildir).await {
                tracing::warn!(%problem, "what came back could not be read");
            }
        }
    }
}

async fn send(app: &App) -> Result<(), Problem> {
    let now = app.clock.micros();
    let due = all!(
        &mut app.db.read().await?,
        (String, i64),
        "SELECT id, attempts FROM mailing WHERE sent = 0 AND due <= $1 ORDER BY due LIMIT $2",
        now,
        PIECE
    )?;
    futures::stream::iter(due)
        .for_each_concurrent(TOGETHER, async |(id, attempts)| {
            if let Err(problem) = attempt(app, &id, attempts).await {
                tracing::warn!(%problem, id, "a mail waits");
            }
        })
        .await;
    Ok(())
}

/// The pause after so many attempts.
fn pause(attempts: i64) -> i64 {
    doubled(FIRST, attempts, LONGEST)
}

async fn attempt(app: &App, id: &str, attempts: i64) -> Result<(), Problem> {
    let this = id.to_owned();
    let begun = app
        .db
        .write("mail.attempt", async move |tx: &mut Tx| -> Result<u64, Problem> {
            let due = tx.ledger.now() + pause(attempts);
            Ok(run!(
                tx,
                "UPDATE mailing SET attempts = attempts + 1, due = $1 WHERE id = $2 AND sent = 0 AND attempts = $3",
                due,
                this,
                attempts
            )?)
        })
        .await?;
    if begun == 0 {
        return Ok(());
    }
    let sent = try_once(app, id).await.unwrap_or_else(|problem| {
        tracing::warn!(%problem, id, "a mail waits");
        Some(Sent::Later)
    });
    let Some(sent) = sent else { return ended(app, id, -1).await };
    match sent {
        Sent::Taken => ended(app, id, app.clock.micros()).await,
        Sent::Refused => {
            ended(app, id, -1).await?;
            failed(app, id).await
        }
        Sent::Gone => gone(app, id).await,
        Sent::Later if attempts + 1 >= MOST => ended(app, id, -1).await,
        Sent::Later => Ok(()),
    }
}

/// Puts a mail into words now (what was erased meanwhile has none) and hands it to the relay or the push service; nothing if there is nothing to say.
async fn try_once(app: &App, id: &str) -> Result<Option<Sent>, Problem> {
    Ok(match letter::compose(app, id).await? {
        None => None,
        Some(Letter::Mail(mail)) => match &app.mailer {
            Some(mailer) => Some(mailer.send(&mail).await?),
            None => Some(Sent::Later),
        },
        Some(Letter::Notice { place, said, urgent }) => match &app.pusher {
            Some(pusher) => Some(pusher.send(app, &place, &said, urgent).await?),
            None => Some(Sent::Later),
        },
    })
}

async fn ended(app: &App, id: &str, sent: i64) -> Result<(), Problem> {
    let id = id.to_owned();
    app.db
        .write("mail.ended", async move |tx: &mut Tx| -> Result<(), Problem> {
            run!(tx, "UPDATE mailing SET sent = $1 WHERE id = $2", sent, id.clone())?;
            // Who was never sent it is not told what becomes of it.
            if sent < 0 {
                run!(tx, "DELETE FROM telling WHERE mailing = $1", id)?;
            }
            Ok(())
        })
        .await
}

/// Reads what came back and removes it: it names addresses.
async fn back(app: &App, maildir: std::path::PathBuf) -> Result<(), Problem> {
    let folder = maildir.clone();
    let waiting = tokio::task::spawn_blocking(move || bounce::waiting(&folder, BACK_AT_ONCE)).await;
    let waiting = waiting.map_err(anyhow::Error::from)?.map_err(|error| unreadable(&maildir, error))?;
    for (path, report) in waiting {
        if let Some(report) = report.filter(|report| report.hard) {
            failed(app, &report.id).await?;
        }
        if let Err(error) = std::fs::remove_file(&path) {
            tracing::warn!(%error, path = %path.display(), "what came back could not be removed");
        }
    }
    Ok(())
}

fn unreadable(maildir: &Path, error: std::io::Error) -> Problem {
    Problem::Ours(anyhow::anyhow!("mail.bounces: {}: {error}", maildir.display()))
}

/// Nobody is there any more: whoever was is forgotten.
async fn gone(app: &App, id: &str) -> Result<(), Problem> {
    let id = id.to_owned();
    app.db
        .write("mail.gone", async move |tx: &mut Tx| -> Result<(), Problem> {
            let about = maybe!(tx, (String,), "SELECT subscriber FROM mailing WHERE id = $1", id)?;
            match about {
                Some((subscriber,)) => Ok(store::forget(tx, &subscriber).await?),
                None => Ok(()),
            }
        })
        .await
}

/// A mail has failed for good: a request is void; a subscription ends after the third failure on another day.
async fn failed(app: &App, id: &str) -> Result<(), Problem> {
    let id = id.to_owned();
    app.db
        .write("mail.failed", async move |tx: &mut Tx| -> Result<(), Problem> {
            let now = tx.ledger.now();
            let about = maybe!(tx, (String, String), "SELECT subscriber, request FROM mailing WHERE id = $1", id)?;
            let Some((subscriber, request)) = about else { return Ok(()) };
            run!(tx, "UPDATE follow_request SET used = 1 WHERE id = $1", request)?;
            run!(
                tx,
                "UPDATE subscriber SET failed = $1, failures = CASE WHEN failed <= $4 THEN 1 ELSE failures + 1 END
                 WHERE id = $2 AND failed <= $3",
                now,
                subscriber.clone(),
                now - APART,
                now - LONG_AGO
            )?;
            let over = maybe!(
                tx,
                (String,),
                "SELECT id FROM subscriber WHERE id = $1 AND failures >= $2",
                subscriber,
                FAILURES
            )?;
            match over {
                Some((subscriber,)) => Ok(store::forget(tx, &subscriber).await?),
                None => Ok(()),
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        assert_eq!((pause(0), pause(1), pause(40)), (60_000_000, 120_000_000, LONGEST));
        let days: i64 = (0..MOST).map(pause).sum::<i64>() / 86_400_000_000;
        assert!((1..=3).contains(&days), "{days}");
    }
}
