//! Keys of programs: the operator gives and ends them, by the command line or the API. A key is told once; its hash is kept.

use network::names::ContentHash;
use serde::Serialize;
use serde_json::json;
use sqlx::FromRow;

use crate::app::App;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::people::audit::{self, Line, Who};
use crate::problem::Problem;
use crate::words::date;
use crate::{all, maybe, run};

/// The most characters of a program's name.
const MOST_NAME: usize = 200;

/// A key, without the key.
#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    made: i64,
    ended: i64,
}

/// A key as its operator sees it.
#[derive(Serialize)]
pub struct Given {
    /// Its id, by which it is ended.
    pub id: String,
    /// Whose program.
    pub name: String,
    /// Since when.
    pub made: String,
    /// When it ended; absent while it is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// The key itself; told when it is made, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl Given {
    fn of(row: Row) -> Given {
        let at = |at: i64| date::machine(instant(at));
        let ended = (row.ended > 0).then(|| at(row.ended));
        Given { id: row.id, name: row.name, made: at(row.made), ended, key: None }
    }
}

fn hash(key: &str) -> Vec<u8> {
    ContentHash::of(&[b"nhipcau open311 key\n", key.trim().as_bytes()].concat()).0.to_vec()
}

/// Makes a key for a program; `log` is where the audit trail says so.
///
/// # Errors
/// A name that is none; the database's.
pub async fn give(app: &App, log: i64, who: Who, name: &str) -> Result<Given, Problem> {
    let name = name.trim().to_owned();
    let length = name.chars().count();
    if length == 0 || length > MOST_NAME || name.chars().any(char::is_control) {
        return Err(Problem::invalid(
            "name",
            format!("1–{MOST_NAME} ký tự, một dòng · characters, one line"),
        ));
    }
    let (id, key) = (hex::encode(app.dice.bytes::<8>()?), hex::encode(app.dice.bytes::<20>()?));
    let (hash, row) = (hash(&key), (id.clone(), name.clone()));
    let made = app
        .db
        .write("georeport.key", async move |tx: &mut Tx| -> Result<i64, Problem> {
            let now = tx.ledger.now();
            let (id, name) = row;
            run!(
                tx,
                "INSERT INTO georeport_key (id, name, hash, made, ended) VALUES ($1, $2, $3, $4, 0)",
                id.clone(),
                name,
                hash,
                now
            )?;
            audit::add(tx, Line::new(who, log, "georeport.key", id).with(json!({ "given": true }))).await?;
            Ok(now)
        })
        .await?;
    let given = Given::of(Row { id, name, made, ended: 0 });
    Ok(Given { key: Some(key), ..given })
}

/// Every key that was given, the newest first.
///
/// # Errors
/// The database's.
pub async fn list(conn: &mut Conn) -> sqlx::Result<Vec<Given>> {
    let rows = all!(conn, Row, "SELECT id, name, made, ended FROM georeport_key ORDER BY made DESC, id")?;
    Ok(rows.into_iter().map(Given::of).collect())
}

/// Ends a key; ended twice, it has ended.
///
/// # Errors
/// There is none of that id; the database's.
pub async fn end(app: &App, log: i64, who: Who, id: String) -> Result<Given, Problem> {
    if !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Problem::NotFound("key"));
    }
    app.db
        .write("georeport.key", async move |tx: &mut Tx| -> Result<Given, Problem> {
            let now = tx.ledger.now();
            let ended =
                run!(tx, "UPDATE georeport_key SET ended = $1 WHERE id = $2 AND ended = 0", now, id.clone())?;
            let row =
                maybe!(tx, Row, "SELECT id, name, made, ended FROM georeport_key WHERE id = $1", id.clone())?
                    .ok_or(Problem::NotFound("key"))?;
            if ended > 0 {
                let line = Line::new(who, log, "georeport.key", id).with(json!({ "given": false }));
                audit::add(tx, line).await?;
            }
            Ok(Given::of(row))
        })
        .await
}

/// The id of a key that is good; nothing of any other text.
///
/// # Errors
/// The database's.
pub async fn known(conn: &mut Conn, key: &str) -> sqlx::Result<Option<String>> {
    let found =
        maybe!(conn, (String,), "SELECT id FROM georeport_key WHERE hash = $1 AND ended = 0", hash(key))?;
    Ok(found.map(|(id,)| id))
}
