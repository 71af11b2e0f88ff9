//! The one writer: steps queue here, run each under a savepoint, and share one commit.
//!
//! An `fsync` costs milliseconds and a step microseconds, so whatever waits is committed
//! together. Each touched log is signed once per commit. A step that fails is rolled back alone.
//! Answers, wake-ups and signatures leave only after COMMIT has returned.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use anyhow::Context;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::trouble::{Refusal, Trouble, Troubles};
use super::{Conn, Pool};
use crate::logs::keys::Unsigned;
use crate::logs::ledger::{Ledger, Sealer};

/// How many steps share one commit at most; bounds what a crash can make people ask again.
const MOST_TOGETHER: usize = 512;
const QUEUE: usize = 4096;

/// Why a step that was in order is not durable.
#[derive(Debug, thiserror::Error, Clone)]
pub enum WriteError {
    /// The engine refused the commit (a full disk, a lost connection).
    #[error("the database could not commit: {0}; check disk space and the database, then repeat")]
    Commit(String),
    /// A log's key lies in a token that is away.
    #[error(transparent)]
    Unsigned(#[from] Unsigned),
    /// The writer has stopped; nothing of the step was kept.
    #[error("the writer has stopped; nothing was changed")]
    Stopped,
}

/// A write transaction, as a step sees it.
pub struct Tx {
    conn: Conn,
    /// The heads of the logs that this transaction appends to.
    pub(crate) ledger: Ledger,
}

impl Tx {
    /// The open transaction; lets the macros take a `Conn` and a `Tx` alike.
    pub fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    /// The transaction and the ledger at once, for the code that appends.
    pub(crate) fn parts(&mut self) -> (&mut Conn, &mut Ledger) {
        (&mut self.conn, &mut self.ledger)
    }
}

type Told = Box<dyn FnOnce(Result<(), WriteError>) + Send>;

enum Outcome {
    Keep(Told),
    Undo(Told),
    /// The engine itself failed within the step; nothing of the whole transaction can be relied upon.
    Fail(Told, Trouble, String),
}

type Run = Box<dyn for<'a> FnOnce(&'a mut Tx) -> LocalBoxFuture<'a, Outcome> + Send>;

struct Job {
    name: &'static str,
    run: Run,
}

enum Message {
    Job(Job),
    /// Empties SQLite's write-ahead log between two transactions.
    Scrub(oneshot::Sender<sqlx::Result<bool>>),
    Stop(oneshot::Sender<()>),
}

#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
}

impl Writer {
    /// Starts the writer on a thread of its own: its futures need not move between threads.
    pub(super) fn start(pool: Pool, sealer: Sealer, troubles: Troubles) -> anyhow::Result<Writer> {
        let (queue, inbox) = mpsc::channel(QUEUE);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || runtime.block_on(work(pool, sealer, troubles, inbox)))
            .context("start the writer's thread")?;
        Ok(Writer { queue })
    }

    pub(super) async fn write<T, E, F>(&self, name: &'static str, step: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Refusal,
    {
        let (answer, wait) = oneshot::channel::<Result<T, E>>();
        let run: Run = Box::new(move |tx| {
            Box::pin(async move {
                match step(tx).await {
                    Ok(value) => Outcome::Keep(Box::new(move |committed| {
                        // A caller that has gone away is no reason to fail.
                        let _ = answer.send(committed.map(|()| value).map_err(E::from));
                    })),
                    Err(refused) => match refused.trouble() {
                        None => Outcome::Undo(Box::new(move |_| {
                            let _ = answer.send(Err(refused));
                        })),
                        Some((trouble, words)) => {
                            let told: Told = Box::new(move |failed| {
                                let why = failed.err().unwrap_or(WriteError::Stopped);
                                let _ = answer.send(Err(E::from(why)));
                            });
                            Outcome::Fail(told, trouble, words)
                        }
                    },
                }
            })
        });
        self.queue.send(Message::Job(Job { name, run })).await.map_err(|_| WriteError::Stopped)?;
        wait.await.unwrap_or_else(|_| Err(self.lost().into()))
    }

    /// Why a step was dropped without an answer.
    fn lost(&self) -> WriteError {
        match self.queue.is_closed() {
            true => WriteError::Stopped,
            false => WriteError::Commit("the step was undone; the node's log says why".into()),
        }
    }

    /// True once the log is empty; false if a reader still needs it.
    pub(super) async fn scrub(&self) -> sqlx::Result<bool> {
        let (done, wait) = oneshot::channel();
        match self.queue.send(Message::Scrub(done)).await {
            Ok(()) => wait.await.unwrap_or(Ok(true)),
            Err(_) => Ok(true), // Stopping closes the database, which empties the log too.
        }
    }

    pub(super) async fn stop(&self) {
        let (done, wait) = oneshot::channel();
        if self.queue.send(Message::Stop(done)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

async fn work(pool: Pool, sealer: Sealer, troubles: Troubles, mut inbox: mpsc::Receiver<Message>) {
    let mut stop = None;
    while stop.is_none() {
        let Some(first) = inbox.recv().await else { break };
        let (mut jobs, mut scrubs) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Job(job) => jobs.push(job),
                Message::Scrub(done) => scrubs.push(done),
                Message::Stop(done) => stop = Some(done),
            }
            next = (jobs.len() < MOST_TOGETHER && stop.is_none()).then(|| inbox.try_recv().ok()).flatten();
        }
        if !jobs.is_empty() {
            together(&pool, &sealer, &troubles, jobs).await;
        }
        for done in scrubs {
            let _ = done.send(empty_log(&pool).await);
        }
    }
    match pool {
        Pool::Sqlite(pool) => pool.close().await,
        Pool::Postgres(pool) => pool.close().await,
    }
    if let Some(done) = stop {
        let _ = done.send(());
    }
}

/// Empties the write-ahead log. A reader that began before may still need it; then it is asked to come again.
async fn empty_log(pool: &Pool) -> sqlx::Result<bool> {
    let Pool::Sqlite(pool) = pool else { return Ok(true) };
    let (busy, _, _): (i64, i64, i64) =
        sqlx::query_as::<sqlx::Sqlite, _>("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(pool).await?;
    Ok(busy == 0)
}

async fn together(pool: &Pool, sealer: &Sealer, troubles: &Troubles, jobs: Vec<Job>) {
    let fail = |kept: Vec<Told>, error: &anyhow::Error| {
        let trouble = Trouble::behind(error);
        let error = match error.downcast_ref::<Unsigned>() {
            Some(unsigned) => WriteError::Unsigned(unsigned.clone()),
            None => WriteError::Commit(format!("{error:#}")),
        };
        tracing::error!(%error, "nothing of this commit was kept");
        if let Some(trouble) = trouble {
            troubles.note(trouble, error.to_string(), sealer.clock.micros());
        }
        kept.into_iter().for_each(|told| told(Err(error.clone())));
    };
    let began = match begin(pool).await {
        Ok(conn) => conn,
        // The jobs are dropped, and with them the senders: each caller learns that nothing was kept.
        Err(error) => return fail(Vec::new(), &error.into()),
    };
    let mut tx = Tx { conn: began, ledger: sealer.open() };
    let mut kept = Vec::with_capacity(jobs.len());
    let alone = jobs.len() == 1;
    for job in jobs {
        match step(&mut tx, job, alone).await {
            Ok(Done::Kept(told)) => kept.push(told),
            Ok(Done::Undone) => {}
            Ok(Done::Failed(told, trouble, words)) => {
                // The engine may have rolled everything back by itself (sqlite.org/lang_transaction.html).
                troubles.note(trouble, words.clone(), sealer.clock.micros());
                kept.push(told);
                return fail(kept, &anyhow::anyhow!(words));
            }
            Err(error) => return fail(kept, &anyhow::Error::from(error).context("a savepoint failed")),
        }
    }
    if kept.is_empty() {
        return;
    }
    if let Err(error) = sealer.seal(&mut tx).await {
        return fail(kept, &error);
    }
    let Tx { conn, ledger } = tx;
    match commit(conn).await {
        Ok(()) => {
            troubles.written();
            sealer.publish(ledger);
            kept.into_iter().for_each(|told| told(Ok(())));
        }
        Err(error) => fail(kept, &error.into()),
    }
}

/// How a step ended within its transaction.
enum Done {
    Kept(Told),
    Undone,
    Failed(Told, Trouble, String),
}

/// Runs one step.
async fn step(tx: &mut Tx, job: Job, alone: bool) -> sqlx::Result<Done> {
    let mark = tx.ledger.mark();
    // A step alone in its transaction needs no savepoint: undoing it undoes everything.
    if !alone {
        crate::run!(tx, "SAVEPOINT step")?;
    }
    let outcome = AssertUnwindSafe((job.run)(tx)).catch_unwind().await;
    let undo = match outcome {
        Ok(Outcome::Keep(told)) => {
            if !alone {
                crate::run!(tx, "RELEASE SAVEPOINT step")?;
            }
            return Ok(Done::Kept(told));
        }
        Ok(Outcome::Fail(told, trouble, words)) => return Ok(Done::Failed(told, trouble, words)),
        Ok(Outcome::Undo(told)) => Some(told),
        Err(panic) => {
            tracing::error!(step = job.name, why = words(&panic), "a step panicked and was undone");
            None
        }
    };
    tx.ledger.back_to(mark);
    if !alone {
        crate::run!(tx, "ROLLBACK TO SAVEPOINT step")?;
        crate::run!(tx, "RELEASE SAVEPOINT step")?;
    }
    if let Some(told) = undo {
        told(Ok(()));
    }
    Ok(Done::Undone)
}

fn words(panic: &Box<dyn Any + Send>) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no words")
}

async fn begin(pool: &Pool) -> sqlx::Result<Conn> {
    Ok(match pool {
        Pool::Sqlite(pool) => Conn::Sqlite(match pool.begin_with("BEGIN IMMEDIATE").await {
            // On a full disk the engine may roll back by itself, and the connection does not know it; a fresh one does.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                pool.acquire().await?.close().await?;
                pool.begin_with("BEGIN IMMEDIATE").await?
            }
            begun => begun?,
        }),
        Pool::Postgres(pool) => Conn::Postgres(pool.begin().await?),
    })
}

async fn commit(conn: Conn) -> sqlx::Result<()> {
    match conn {
        Conn::Sqlite(tx) => tx.commit().await,
        Conn::Postgres(tx) => tx.commit().await,
    }
}
