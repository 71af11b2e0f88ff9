//! The one task that reads what is published for its topic and puts it into the index, and takes out what is published no more.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use routing::Suggester;
use routing::table::CATCH_ALL;
use search::{Entry, Index, IndexError, Key};
use sqlx::FromRow;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use crate::agencies::fold::{remember, remembered};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::logs::ledger::Effects;
use crate::problem::Problem;
use crate::words::date;
use crate::{all, run};

/// So many are read together.
const TOGETHER: i64 = 256;
/// What is published within this time is read together.
const GATHER: Duration = Duration::from_millis(200);
/// A topic that is likelier than not.
const LIKELY: f32 = 0.5;
/// Without a commit it is looked so often.
const EVERY: Duration = Duration::from_secs(60);
/// It is looked so often what is published no more; it is never shown meanwhile, for whoever looks asks the database.
const SWEEP: i64 = 600_000_000;
/// A clock may have gone back by so much: what came before what was read last is looked at again.
const DAY: i64 = 86_400_000_000;
/// Under this name the database remembers which index is its own.
const MARK: &str = "similar";

/// A petition that is published otherwise than it was read.
#[derive(Clone, FromRow)]
struct Due {
    id: String,
    log: i64,
    at: i64,
    registered: i64,
    question: String,
}

/// Keeps the index in step until the node stops.
pub async fn run(app: &App) {
    let mut told = app.told.subscribe();
    loop {
        if let Err(problem) = look(app).await {
            tracing::warn!(%problem, "similar petitions could not be read");
        }
        tokio::select! {
            () = published(&mut told) => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Waits for a commit that may publish a petition: an answer stands in a log, or came with a letter.
async fn published(told: &mut Receiver<Arc<Effects>>) {
    loop {
        match told.recv().await {
            Ok(effects) if effects.added.is_empty() && effects.letters.is_empty() => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return while told.try_recv().is_ok() {},
            Err(RecvError::Closed) => return std::future::pending().await,
        }
    }
}

/// Reads all that is due.
///
/// # Errors
/// The database's, the disk's.
pub async fn look(app: &App) -> Result<(), Problem> {
    let turn = app.similar.writing.clone().lock_owned().await;
    // A node on which nothing was ever published has no index.
    if remembered(&mut app.db.read().await?, MARK).await?.is_some() {
        ready(app).await?;
    }
    loop {
        let (seen, now) = (app.similar.seen.load(Ordering::Relaxed), app.clock.micros());
        let mut conn = app.db.read().await?;
        let due = all!(
            &mut conn,
            Due,
            "SELECT s.petition AS id, s.log, s.at, p.registered, s.question
             FROM petition_public s JOIN petition p ON p.id = s.petition
             LEFT JOIN petition_reading r ON r.petition = s.petition
             WHERE s.at >= $1 AND (r.petition IS NULL OR r.at <> s.at OR r.log <> s.log) ORDER BY s.at LIMIT $2",
            seen - DAY,
            TOGETHER
        )?;
        let sweeps = (now - app.similar.swept.load(Ordering::Relaxed)).abs() >= SWEEP;
        let gone = match sweeps {
            true => all!(
                &mut conn,
                (String, i64),
                "SELECT r.petition, r.log FROM petition_reading r LEFT JOIN petition_public s ON s.petition = r.petition
                 WHERE s.petition IS NULL LIMIT $1",
                TOGETHER
            )?,
            false => Vec::new(),
        };
        drop(conn);
        if gone.is_empty() && sweeps {
            app.similar.swept.store(now, Ordering::Relaxed);
        }
        if due.is_empty() && gone.is_empty() {
            drop(turn);
            return Ok(());
        }
        let (index, out) = (ready(app).await?, gone.clone());
        let last = due.last().map_or(seen, |due| due.at.max(seen));
        let read = tokio::task::spawn_blocking(move || read(&index, due, &out)).await;
        let read = match read.map_err(anyhow::Error::from)? {
            Ok(read) => read,
            Err(error) => {
                // Somebody else writes there: that is no damage.
                if !matches!(error, IndexError::Busy) {
                    damaged(app).await?;
                }
                return Err(Problem::Ours(error.into()));
            }
        };
        app.db
            .write("petition.read", async move |tx: &mut Tx| -> Result<(), Problem> {
                for (due, topic) in &read {
                    run!(
                        tx,
                        "INSERT INTO petition_reading (petition, at, log, topic) VALUES ($1, $2, $3, $4)
                         ON CONFLICT (petition) DO UPDATE SET at = excluded.at, log = excluded.log, topic = excluded.topic",
                        due.id.clone(),
                        due.at,
                        due.log,
                        topic.clone()
                    )?;
                }
                for (id, _) in &gone {
                    run!(tx, "DELETE FROM petition_reading WHERE petition = $1", id.clone())?;
                }
                Ok(())
            })
            .await?;
        // An index that was begun anew meanwhile begins at the first petition.
        let _ = app.similar.seen.compare_exchange(seen, last, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// Nothing is asked of the index any more; it is built anew.
///
/// # Errors
/// The database's.
pub(super) async fn damaged(app: &App) -> Result<(), Problem> {
    app.similar.open.store(None);
    // No index has this mark.
    let forget = async move |tx: &mut Tx| -> Result<(), Problem> {
        Ok(remember(tx.conn(), MARK, String::new()).await?)
    };
    app.db.write("petition.anew", forget).await
}

/// Puts into the index what is due, takes out what is gone; with what each is about. What was put in and not written down, because the
/// node stopped, is put in again.
fn read(index: &Index, due: Vec<Due>, gone: &[(String, i64)]) -> Result<Vec<(Due, String)>, IndexError> {
    // The log is no part of the name: a case that is passed on stays one case.
    let key = |id: &str| Uuid::try_parse(id).ok().map(|id| Key { log: 0, item: id.as_u128() });
    let suggester = Suggester::shipped();
    let mut writer = index.writer(1)?;
    for key in due.iter().map(|due| &due.id).chain(gone.iter().map(|(id, _)| id)).filter_map(|id| key(id)) {
        writer.remove(key);
    }
    let mut read = Vec::new();
    for one in due {
        let day = date::day(instant(one.registered));
        if let Some(key) = key(&one.id) {
            writer.add(&Entry {
                key,
                title: one.question.lines().next().unwrap_or_default(),
                names: Vec::new(),
                number: None,
                summary: "",
                text: &one.question,
                facets: Vec::new(),
                day,
                from: None,
                until: None,
            })?;
        }
        let field = suggester.suggest(&one.question, None, day).field;
        // It only sorts what is published; nothing is passed on by it, so less certainty is needed than for that.
        let first = field.candidates.first().filter(|first| first.confidence >= LIKELY);
        let topic = first.map(|first| first.id.clone());
        read.push((one, topic.unwrap_or_else(|| CATCH_ALL.to_owned())));
    }
    writer.commit()?;
    if !gone.is_empty() {
        // No byte of what is published no more stays.
        writer.scrub()?;
    }
    writer.close()?;
    Ok(read)
}

/// The open index; where there is none, an empty one, and all that is published is due.
async fn ready(app: &App) -> Result<Arc<Index>, Problem> {
    if let Some(index) = app.similar.open.load_full() {
        return Ok(index);
    }
    let known = remembered(&mut app.db.read().await?, MARK).await?;
    let folder = app.similar.folder.clone();
    let opened = tokio::task::spawn_blocking({
        let (folder, mark) = (folder.clone(), known.clone().unwrap_or_default());
        move || Index::open(&folder, &mark)
    });
    let index = match opened.await.map_err(anyhow::Error::from)? {
        Ok(index) if known.is_some() => index,
        _ => {
            let mark = hex::encode(app.dice.bytes::<8>()?);
            let kept = mark.clone();
            app.db
                .write("petition.anew", async move |tx: &mut Tx| -> Result<(), Problem> {
                    run!(tx, "DELETE FROM petition_reading")?;
                    Ok(remember(tx.conn(), MARK, kept).await?)
                })
                .await?;
            let begun = tokio::task::spawn_blocking(move || Index::begin(&folder, &mark)).await;
            begun.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?
        }
    };
    let index = Arc::new(index);
    app.similar.open.store(Some(index.clone()));
    app.similar.seen.store(0, Ordering::Relaxed);
    Ok(index)
}
