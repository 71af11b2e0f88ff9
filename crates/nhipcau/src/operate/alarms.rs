//! Alarms: what calls for a person, with the peer and the remedy. The same trouble is one alarm, however often it comes.

use sqlx::FromRow;

use crate::app::App;
use crate::db::{Conn, Tx};
use crate::{all, run};

/// Something that calls for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Which kind of trouble, a word that the words of both languages know.
    pub about: String,
    /// The peer that it is about; empty if none.
    pub peer: String,
    /// The log that it is about; empty if none.
    pub origin: String,
    /// Facts, in English, without personal data.
    pub detail: String,
}

/// An alarm as it is remembered.
#[derive(Clone, Debug, FromRow, serde::Serialize)]
pub struct Remembered {
    /// Which kind of trouble.
    pub about: String,
    /// The peer that it is about.
    pub peer: String,
    /// The log that it is about.
    pub origin: String,
    /// Facts.
    pub detail: String,
    /// How often it came.
    pub times: i64,
    /// When it came first, in microseconds.
    pub first: i64,
    /// When it came last, in microseconds.
    pub last: i64,
}

impl Alarm {
    fn name(&self) -> String {
        format!("{}|{}|{}", self.about, self.peer, self.origin)
    }
}

/// Remembers an alarm, or that it came again.
///
/// # Errors
/// The database's.
pub async fn raise(tx: &mut Tx, alarm: &Alarm) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO alarm (name, about, peer, origin, detail, times, first, last) VALUES ($1, $2, $3, $4, $5, 1, $6, $6)
         ON CONFLICT (name) DO UPDATE SET detail = excluded.detail, last = excluded.last, cleared = NULL,
           times = CASE WHEN alarm.cleared IS NULL THEN alarm.times + 1 ELSE 1 END,
           first = CASE WHEN alarm.cleared IS NULL THEN alarm.first ELSE excluded.first END",
        alarm.name(),
        alarm.about.clone(),
        alarm.peer.clone(),
        alarm.origin.clone(),
        alarm.detail.clone(),
        now
    )?;
    Ok(())
}

/// Remembers an alarm in a step of its own.
pub async fn tell(app: &App, alarm: Alarm) {
    tracing::warn!(
        about = alarm.about,
        peer = alarm.peer,
        origin = alarm.origin,
        detail = alarm.detail,
        "alarm"
    );
    let told = app
        .db
        .write("alarms.tell", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            Ok(raise(tx, &alarm).await?)
        })
        .await;
    if let Err(error) = told {
        tracing::error!(%error, "an alarm could not be remembered");
    }
    app.pages.changed([crate::web::pages::Tag::Directory]);
}

/// Clears alarms as part of a step: those of one kind about one peer and log (an empty text matches any).
///
/// # Errors
/// The database's.
pub async fn settle(tx: &mut Tx, about: &str, peer: &str, origin: &str) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "UPDATE alarm SET cleared = $1 WHERE cleared IS NULL AND about = $2
         AND ($3 = '' OR peer = $3) AND ($4 = '' OR origin = $4)",
        now,
        about.to_owned(),
        peer.to_owned(),
        origin.to_owned()
    )?;
    Ok(())
}

/// Clears the alarms of one kind about one peer or log (an empty text matches any).
///
/// # Errors
/// The database's.
pub async fn clear(
    app: &App,
    about: &'static str,
    peer: String,
    origin: String,
) -> Result<(), anyhow::Error> {
    app.db
        .write("alarms.clear", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            Ok(settle(tx, about, &peer, &origin).await?)
        })
        .await
}

/// Alarms that stand, the latest first.
///
/// # Errors
/// The database's.
pub async fn standing(conn: &mut Conn) -> sqlx::Result<Vec<Remembered>> {
    all!(
        conn,
        Remembered,
        "SELECT about, peer, origin, detail, times, first, last FROM alarm WHERE cleared IS NULL ORDER BY last DESC"
    )
}

/// Alarms that stand, and those of the database itself, which may be the reason why no alarm can be written down.
///
/// # Errors
/// The database's.
pub async fn all(app: &App, conn: &mut Conn) -> sqlx::Result<Vec<Remembered>> {
    let mut all: Vec<Remembered> = app
        .db
        .troubles
        .standing()
        .into_iter()
        .map(|standing| Remembered {
            about: standing.trouble.about().into(),
            peer: String::new(),
            origin: String::new(),
            detail: standing.detail,
            times: 1,
            first: standing.since,
            last: standing.since,
        })
        .collect();
    all.extend(standing(conn).await?);
    Ok(all)
}
