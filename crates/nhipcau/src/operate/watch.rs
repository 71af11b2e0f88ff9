//! What a node looks after by itself, about once a minute: room on the disk, keys in tokens, its clock beside its
//! neighbours', and whether the directory has the keys of its letters.
//!
//! An alarm comes before the trouble does, and goes when it is over.

use std::time::Duration;

use super::alarms::{self, Alarm};
use super::doctor::{apart, clocks, free_bytes};
use crate::app::App;
use crate::peers::letters::keys;

/// The first look comes soon after the start, while somebody may still be watching.
const FIRST: Duration = Duration::from_secs(3);
const EVERY: Duration = Duration::from_secs(60);
/// Below this many free bytes people are told.
const LOW: u64 = 1 << 30;

/// Looks until the node stops.
pub async fn run(app: App) {
    let mut wait = FIRST;
    loop {
        tokio::time::sleep(wait).await;
        wait = EVERY;
        if let Err(error) = look(&app).await {
            tracing::warn!(error = format!("{error:#}"), "the node could not look after itself");
        }
    }
}

async fn look(app: &App) -> anyhow::Result<()> {
    let free = free_bytes(&app.config.folder)?;
    match free < LOW {
        true => tell(app, "disk.low", "", format!("{} MB free", free >> 20)).await,
        false => clear(app, "disk.low", "").await?,
    }
    tokens(app).await?;
    if let Err(problem) = keys::state(app).await {
        tracing::warn!(%problem, "the keys of our letters could not be stated");
    }
    let told = clocks(&app.config, &app.line, &app.clock).await;
    let far = apart(&told);
    for (neighbour, answer) in &told {
        match far.iter().find(|(other, _)| other.name == neighbour.name) {
            Some((_, ahead)) => {
                tell(app, "clock", &neighbour.name, format!("{} seconds", ahead.abs())).await;
            }
            None if answer.is_ok() => clear(app, "clock", &neighbour.name).await?,
            None => {}
        }
    }
    Ok(())
}

/// Tells of logs whose key cannot sign, and that it can again.
async fn tokens(app: &App) -> anyhow::Result<()> {
    let away = app.keys.away();
    for (origin, _) in &away {
        // Everybody reads alarms: which file, which PIN and how often it was tried is for the doctor.
        let (origin, detail) = (origin.to_string(), String::new());
        let alarm = Alarm { about: "key.away".into(), peer: String::new(), origin, detail };
        alarms::tell(app, alarm).await;
    }
    let mut conn = app.db.read().await?;
    let stands = alarms::standing(&mut conn).await?;
    drop(conn);
    for alarm in stands.iter().filter(|alarm| alarm.about == "key.away") {
        if away.iter().all(|(origin, _)| *origin.as_str() != alarm.origin) {
            alarms::clear(app, "key.away", String::new(), alarm.origin.clone()).await?;
        }
    }
    Ok(())
}

async fn tell(app: &App, about: &str, peer: &str, detail: String) {
    alarms::tell(app, Alarm { about: about.into(), peer: peer.into(), origin: String::new(), detail }).await;
}

/// Clears an alarm if it stands; a node that is well writes nothing.
async fn clear(app: &App, about: &'static str, peer: &str) -> anyhow::Result<()> {
    let mut conn = app.db.read().await?;
    let stands = alarms::standing(&mut conn).await?.iter().any(|a| a.about == about && a.peer == peer);
    drop(conn);
    match stands {
        true => alarms::clear(app, about, peer.to_owned(), String::new()).await,
        false => Ok(()),
    }
}
