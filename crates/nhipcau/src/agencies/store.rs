//! Portals and what they carry, in the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use network::directory::Directory;
use network::names::Origin;
use sqlx::FromRow;

use super::Portal;
use super::look::Mark;
use crate::db::{Conn, Tx};
use crate::logs::store as logs;
use crate::{all, fill, run};

#[derive(FromRow)]
struct Row {
    domain: String,
    log: i64,
    origin: String,
    main: i64,
    theme: String,
    mark: Option<Vec<u8>>,
}

/// The portals of this node, the main one first.
///
/// # Errors
/// The database's.
pub async fn portals(conn: &mut Conn) -> anyhow::Result<Vec<Portal>> {
    let rows = all!(
        conn,
        Row,
        "SELECT p.domain, p.log, l.origin, p.main, p.theme, p.mark FROM portal p JOIN log l ON l.id = p.log
         ORDER BY p.main DESC, p.domain"
    )?;
    rows.into_iter()
        .map(|row| {
            Ok(Portal {
                domain: row.domain.into(),
                log: row.log,
                origin: row.origin.parse()?,
                main: row.main != 0,
                theme: row.theme,
                // Checked when it was taken; a damaged one leaves the house's own mark.
                mark: row.mark.and_then(|bytes| Mark::read(bytes).ok()),
            })
        })
        .collect()
}

/// Adds a portal of ours and its empty log. One that is there stays. Returns our number for its log.
///
/// # Errors
/// The database's.
pub async fn add_portal(
    tx: &mut Tx,
    domain: &str,
    origin: &Origin,
    main: bool,
    theme: &str,
) -> anyhow::Result<i64> {
    let now = tx.ledger.now();
    let log = logs::ensure(tx.conn(), origin, true, now).await?;
    run!(
        tx,
        "INSERT INTO portal (domain, log, main, theme) VALUES ($1, $2, $3, $4) ON CONFLICT (domain) DO NOTHING",
        domain.to_owned(),
        log,
        i64::from(main),
        theme.to_owned()
    )?;
    Ok(log)
}

/// Gives a portal its colour, or none. False if there is no such portal.
///
/// # Errors
/// The database's.
pub async fn set_theme(tx: &mut Tx, domain: &str, theme: String) -> sqlx::Result<bool> {
    Ok(run!(tx, "UPDATE portal SET theme = $1 WHERE domain = $2", theme, domain.to_owned())? == 1)
}

/// Gives a portal its mark, or none. False if there is no such portal.
///
/// # Errors
/// The database's.
pub async fn set_mark(tx: &mut Tx, domain: &str, mark: Option<Vec<u8>>) -> sqlx::Result<bool> {
    Ok(run!(tx, "UPDATE portal SET mark = $1 WHERE domain = $2", mark, domain.to_owned())? == 1)
}

/// Whose items stand on each of our portals, by its domain: our number for its own log, and the issuers.
pub type Scopes = BTreeMap<Arc<str>, (i64, BTreeSet<Origin>)>;

/// Works out which issuers' items stand on which of our portals. A portal's own always do.
pub fn scopes(directory: &Directory, portals: &[Arc<Portal>]) -> Scopes {
    let carried =
        |portal: &Portal| directory.issuers_carried_by(&portal.origin).into_iter().cloned().collect();
    portals.iter().map(|portal| (portal.domain.clone(), (portal.log, carried(portal)))).collect()
}

/// Stores which logs stand on which of our portals.
///
/// # Errors
/// The database's.
pub async fn save_scopes(tx: &mut Tx, scopes: &Scopes) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    let mut ids: BTreeMap<Origin, i64> =
        logs::every(tx.conn()).await?.into_iter().map(|head| (head.origin, head.id)).collect();
    let rows = all!(tx, (String, i64), "SELECT portal, log FROM carries")?;
    let mut before: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for (portal, log) in rows {
        before.entry(portal).or_default().insert(log);
    }
    let mut fresh: Vec<(&str, i64)> = Vec::new();
    for (portal, (own, issuers)) in scopes {
        let mut after = BTreeSet::from([*own]);
        for issuer in issuers {
            let id = match ids.get(issuer) {
                Some(id) => *id,
                None => {
                    let id = logs::ensure(tx.conn(), issuer, false, now).await?;
                    ids.insert(issuer.clone(), id);
                    id
                }
            };
            after.insert(id);
        }
        let had = before.remove(&**portal).unwrap_or_default();
        fresh.extend(after.difference(&had).map(|log| (&**portal, *log)));
        for log in had.difference(&after) {
            run!(tx, "DELETE FROM carries WHERE portal = $1 AND log = $2", portal.to_string(), *log)?;
        }
    }
    fill!(tx, "INSERT INTO carries (portal, log) VALUES ($1, $2)", &fresh, |row| row.0.to_owned(), row.1)?;
    Ok(())
}
