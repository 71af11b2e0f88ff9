//! The one task that keeps the index in step, and builds it anew where it is missing, damaged or of another format.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ::search::{Index, IndexError, Key};
use network::content::Item;
use network::names::{ContentHash, Origin};
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use super::entry::Loaded;
use super::store::{self, Due};
use crate::agencies::fold::{remember, remembered};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::words::date;

/// So many items are written together, and so many bytes of text: few large segments, so that little is merged.
const TOGETHER: i64 = 4096;
const BYTES: usize = 16 << 20;
/// So many are crossed out in one transaction: nobody's draft waits long behind it.
const CROSSED: usize = 512;
/// What comes within this time of a commit is written with it. Each writing syncs some twenty files, and whoever saves
/// a draft or issues an item meanwhile waits for the same disk; found within half a second is soon enough.
const GATHER: Duration = Duration::from_millis(400);
/// After a fault it is tried again, each time later and never later than this.
const FIRST_REST: Duration = Duration::from_millis(500);
const LONGEST_REST: Duration = Duration::from_secs(60);
/// Under this name the database remembers which index is its own.
const MARK: &str = "search";

/// Keeps the index in step until the node stops.
pub async fn run(app: App) {
    let mut told = app.told.subscribe();
    let mut rest = FIRST_REST;
    loop {
        match step(&app).await {
            Ok(true) => rest = FIRST_REST,
            Ok(false) => {
                rest = FIRST_REST;
                woken(&app, &mut told).await;
            }
            Err(error) => {
                // Reading goes on; only finding has to wait.
                tracing::error!(
                    error = format!("{error:#}"),
                    "the search index could not be written; it is tried again"
                );
                tokio::time::sleep(rest).await;
                rest = (rest * 2).min(LONGEST_REST);
            }
        }
    }
}

/// Waits for a commit that makes an item look different, or for the wish to build anew.
async fn woken(app: &App, told: &mut tokio::sync::broadcast::Receiver<Arc<crate::logs::ledger::Effects>>) {
    loop {
        tokio::select! {
            effects = told.recv() => match effects {
                Ok(effects) if effects.items.is_empty() => {}
                Ok(_) | Err(RecvError::Lagged(_)) => return tokio::time::sleep(GATHER).await,
                Err(RecvError::Closed) => return std::future::pending().await,
            },
            () = app.search.wake.notified() => return,
        }
    }
}

/// Has the index built anew from what the node holds; what is written already is found meanwhile.
pub fn rebuild(app: &App) {
    app.search.broken.store(true, Ordering::Relaxed);
    app.search.wake.notify_one();
}

/// Writes what is due, some of it. True if there may be more.
async fn step(app: &App) -> anyhow::Result<bool> {
    let index = ready(app).await?;
    let mut conn = app.db.read().await?;
    let rows = store::due(&mut conn, TOGETHER).await?;
    if rows.is_empty() {
        app.search.left.store(0, Ordering::Relaxed);
        return Ok(false);
    }
    if app.search.left.load(Ordering::Relaxed) > 0 {
        app.search.left.store(store::left(&mut conn).await?, Ordering::Relaxed);
    }
    let directory = app.directory.load_full();
    let (mut heard, mut out, mut loaded) = (Vec::new(), Vec::new(), Vec::new());
    let (mut bytes, mut erased) = (0, false);
    for row in rows {
        if bytes > BYTES {
            break;
        }
        let (Ok(item), Ok(origin)) = (Uuid::try_parse(&row.item), row.origin.parse::<Origin>()) else {
            heard.push(row);
            continue;
        };
        let key = Key { log: row.log, item: item.as_u128() };
        out.push(key);
        erased |= row.state == "erased";
        if let Some(item) = content(app, &mut conn, &row).await? {
            bytes += item.body.text.len();
            let day = date::day(instant(row.issued));
            loaded.push(Loaded::of(key, item, &origin, &directory, day));
        }
        heard.push(row);
    }
    drop(conn);
    let turn = app.search.writing.clone().lock_owned().await;
    let written = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        write(&index, &out, &loaded, erased)
    });
    let written = written.await?;
    if let Err(error) = written {
        if !matches!(error, IndexError::Busy) {
            app.search.damaged(&error);
        }
        return Err(error.into());
    }
    while !heard.is_empty() {
        let some: Vec<Due> = heard.drain(..heard.len().min(CROSSED)).collect();
        app.db
            .write("search.heard", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
                Ok(store::heard(tx, &some).await?)
            })
            .await?;
    }
    Ok(true)
}

/// What an item that stands says; nothing of one that does not.
async fn content(app: &App, conn: &mut crate::db::Conn, row: &Due) -> anyhow::Result<Option<Item>> {
    let hash = row.sha256.clone().filter(|_| row.state == "standing" && row.shown > 0);
    let Some(Ok(hash)) = hash.map(|hash| hash.try_into().map(ContentHash)) else { return Ok(None) };
    // A damaged piece is the doctor's business; the others are found all the same.
    let Ok(Some(bytes)) = app.folder.read(conn, &hash).await else { return Ok(None) };
    Ok(Item::parse(&bytes).ok())
}

fn write(index: &Index, out: &[Key], loaded: &[Loaded], erased: bool) -> Result<(), IndexError> {
    let mut writer = index.writer(1)?;
    for key in out {
        writer.remove(*key);
    }
    for one in loaded {
        writer.add(&one.entry())?;
    }
    writer.commit()?;
    if erased {
        writer.scrub()?;
    }
    writer.close()
}

/// The open index; where there is none, an empty one, and everything is due.
async fn ready(app: &App) -> anyhow::Result<Arc<Index>> {
    let search = &app.search;
    let broken = search.broken.load(Ordering::Relaxed);
    if let Some(index) = search.index().filter(|_| !broken) {
        return Ok(index);
    }
    let mut conn = app.db.read().await?;
    let known = remembered(&mut conn, MARK).await?;
    // The node may have stopped while it was building.
    let left = store::left(&mut conn).await?;
    drop(conn);
    let folder = search.folder.clone();
    let mark = known.clone();
    let opened =
        tokio::task::spawn_blocking(move || Index::open(&folder, mark.as_deref().unwrap_or_default()))
            .await?;
    let index = match opened {
        Ok(index) if !broken && known.is_some() => {
            search.left.store(left, Ordering::Relaxed);
            index
        }
        found => {
            match found {
                Err(error) if known.is_some() => tracing::warn!(%error, "the search index is built anew"),
                _ => tracing::info!("the search index is built"),
            }
            anew(app).await?
        }
    };
    let index = Arc::new(index);
    search.open.store(Some(index.clone()));
    search.broken.store(false, Ordering::Relaxed);
    Ok(index)
}

/// Everything is due first, so that a crash in between only makes it due again.
async fn anew(app: &App) -> anyhow::Result<Index> {
    let mark = hex::encode(app.dice.bytes::<8>()?);
    let kept = mark.clone();
    app.db
        .write("search.anew", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            store::note_all(tx).await?;
            Ok(remember(tx.conn(), MARK, kept).await?)
        })
        .await?;
    let left = store::left(&mut app.db.read().await?).await?;
    app.search.left.store(left, Ordering::Relaxed);
    let folder = app.search.folder.clone();
    let turn = app.search.writing.clone().lock_owned().await;
    let begun = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        Index::begin(&folder, &mark)
    });
    Ok(begun.await??)
}
