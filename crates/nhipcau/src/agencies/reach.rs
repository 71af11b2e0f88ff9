//! Whether the names of portals have an address of IPv6: asked of name servers through the node's one door, a few at a time,
//! once a day, and remembered. "Nobody could say" is kept apart from "no".

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use sqlx::FromRow;

use crate::app::App;
use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

const EVERY: Duration = Duration::from_secs(5);
/// So many names are asked for in one go.
const A_GO: usize = 8;
/// An answer is asked for again after this, in microseconds; where nobody could say, after [`AGAIN`].
const LASTS: i64 = 86_400_000_000;
const AGAIN: i64 = 3_600_000_000;

/// What is known of a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Whether it has an address of IPv6; empty if nobody could say.
    pub v6: Option<bool>,
    /// As of when, in microseconds; 0 if nobody could say.
    pub at: i64,
    tried: i64,
}

#[derive(FromRow)]
struct Row {
    domain: String,
    v6: Option<i64>,
    at: i64,
    tried: i64,
}

impl Row {
    fn reach(&self) -> Reach {
        Reach { v6: self.v6.map(|v6| v6 != 0), at: self.at, tried: self.tried }
    }
}

/// What is known of all names that were asked for.
///
/// # Errors
/// The database's.
pub async fn known(conn: &mut Conn) -> sqlx::Result<BTreeMap<String, Reach>> {
    let rows = all!(conn, Row, "SELECT domain, v6, at, tried FROM ipv6")?;
    Ok(rows.into_iter().map(|row| (row.domain.clone(), row.reach())).collect())
}

/// What is known of one name.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, domain: &str) -> sqlx::Result<Reach> {
    let row =
        maybe!(conn, Row, "SELECT domain, v6, at, tried FROM ipv6 WHERE domain = $1", domain.to_owned())?;
    Ok(row.as_ref().map(Row::reach).unwrap_or_default())
}

/// Asks for names until the node stops.
pub async fn run(app: App) {
    let mut tried: Option<HashMap<String, (i64, bool)>> = None;
    loop {
        tokio::time::sleep(EVERY).await;
        if tried.is_none() {
            let Ok(mut conn) = app.db.read().await else { continue };
            let Ok(known) = known(&mut conn).await else { continue };
            let of = |(domain, reach): (String, Reach)| (domain, (reach.tried, reach.v6.is_some()));
            tried = Some(known.into_iter().map(of).collect());
        }
        let Some(tried) = &mut tried else { continue };
        if let Err(error) = ask(&app, tried).await {
            tracing::warn!(error = format!("{error:#}"), "what was said of names could not be remembered");
        }
    }
}

/// Asks for the names that are due, and remembers the answers.
async fn ask(app: &App, tried: &mut HashMap<String, (i64, bool)>) -> anyhow::Result<()> {
    let now = app.clock.micros();
    let due = |domain: &str| {
        let rests = |(at, known): &(i64, bool)| now - at < if *known { LASTS } else { AGAIN };
        app.line.may_look_up(domain) && !tried.get(domain).is_some_and(rests)
    };
    let directory = app.directory.load_full();
    let open = directory.agencies().filter(|agency| agency.closed.is_none() && agency.node.is_some());
    let names: Vec<String> =
        open.map(|agency| agency.domain.to_string()).filter(|domain| due(domain)).take(A_GO).collect();
    if names.is_empty() {
        return Ok(());
    }
    let mut said = Vec::new();
    for name in names {
        let answer = app.line.has_ipv6(&name).await.ok();
        tried.insert(name.clone(), (now, answer.is_some()));
        said.push((name, answer));
    }
    app.db
        .write("reach.remember", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            for (name, v6) in said {
                remember(tx, name, v6, now).await?;
            }
            Ok(())
        })
        .await
}

/// Remembers an answer; where nobody could say, what was known before stands with its date.
async fn remember(tx: &mut Tx, name: String, v6: Option<bool>, now: i64) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO ipv6 (domain, v6, at, tried) VALUES ($1, $2, $3, $4)
         ON CONFLICT (domain) DO UPDATE SET v6 = COALESCE(excluded.v6, ipv6.v6), tried = excluded.tried,
           at = CASE WHEN excluded.v6 IS NULL THEN ipv6.at ELSE excluded.at END",
        name,
        v6.map(i64::from),
        if v6.is_some() { now } else { 0 },
        now
    )?;
    Ok(())
}
