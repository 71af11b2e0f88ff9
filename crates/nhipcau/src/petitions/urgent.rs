//! The urgent brief: that a petition came which speaks of danger, told at once to who leads its agency and the one above. No word of the petition
//! and nothing of its sender is in it: its code, its kind, where it was, who has it, by when.

mod pages;
mod store;

use axum::body::Bytes;
use axum::routing::{get, post as posted};
use network::letter::Letter;
use network::names::Origin;
use serde::{Deserialize, Serialize};
use vietnam::petition_code::Code;

use self::store::Brief;
use super::handover::{self, Seat};
use super::store::Case;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::logs::store as logs;
use crate::peers::letters::send::{Posting, post};
use crate::people::Duty;
use crate::problem::Problem;
use crate::web::routes::{Route, desk_form, desk_page};

/// The kind of letter by which an agency at another node is told.
pub const KIND: &str = "petition.urgent";
/// Where the console has them.
pub const HOME: &str = "/ban-lam-viec/phan-anh/khan";
/// The longest words that are taken from another node.
const MOST: usize = 200;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        desk_page(HOME, Duty::Petitions, "urgent briefs on petitions", get(pages::list)),
        desk_form(HOME, Duty::Petitions, "an urgent brief was read", posted(pages::seen)),
        desk_page(
            "/ban-lam-viec/phan-anh/khan/tep",
            Duty::Petitions,
            "an urgent brief as PDF or DOCX",
            get(pages::file),
        ),
    ]
}

/// What is told of a case to an agency at another node.
#[derive(Serialize, Deserialize)]
struct Word {
    v: u32,
    code: String,
    owner: Origin,
    sort: String,
    place: String,
    due: String,
    at: i64,
}

/// Tells of a case that speaks of danger, as it comes to an agency: in the step that brings it there.
///
/// # Errors
/// The database's. That the agency above cannot be told is no reason to refuse the case.
pub async fn tell(app: &App, tx: &mut Tx, seat: &Seat, case: &Case) -> Result<(), Problem> {
    if case.urgent == 0 {
        return Ok(());
    }
    let brief = Brief {
        code: case.code.clone(),
        owner: seat.log,
        sort: case.sort.clone(),
        place: case.place.clone(),
        due: case.due.clone(),
        at: tx.ledger.now(),
        seen: 0,
    };
    store::note(tx, seat.log, &brief).await?;
    let above = app.directory.load().ancestors(&seat.origin).next().map(|agency| agency.origin.clone());
    let Some(above) = above else { return Ok(()) };
    if let Some(above) = handover::seat(app, &above) {
        return Ok(store::note(tx, above.log, &brief).await?);
    }
    let word = Word {
        v: 1,
        code: brief.code.clone(),
        owner: seat.origin.clone(),
        sort: brief.sort,
        place: brief.place,
        due: brief.due,
        at: brief.at,
    };
    let body: Bytes = serde_json::to_vec(&word).map_err(anyhow::Error::from)?.into();
    match post(tx, Posting::named(seat.log, &above, KIND, body, &[&brief.code])).await {
        Ok(_) => Ok(()),
        Err(Problem::Refused { en, .. }) => {
            tracing::warn!(
                code = brief.code,
                why = en,
                "the agency above could not be told of an urgent petition"
            );
            Ok(())
        }
        Err(problem) => Err(problem),
    }
}

/// Takes what an agency below tells; false if it makes no sense, or its writer is not below.
///
/// # Errors
/// The database's.
pub async fn came(app: &App, tx: &mut Tx, seat: &Seat, letter: &Letter) -> Result<bool, Problem> {
    let Ok(word) = serde_json::from_slice::<Word>(&letter.body) else { return Ok(false) };
    let short = [&word.sort, &word.place, &word.due].iter().all(|text| text.len() <= MOST);
    let known = word.code.parse::<Code>().is_ok_and(|code| code.to_string() == word.code);
    let below = app.directory.load().is_ancestor(&seat.origin, &letter.from);
    if word.v != 1 || word.owner != letter.from || !short || !known || !below {
        return Ok(false);
    }
    let now = tx.ledger.now();
    let owner = logs::ensure(tx.conn(), &word.owner, false, now).await?;
    let Word { code, sort, place, due, at, .. } = word;
    // A clock that runs ahead puts nothing in front of what comes tomorrow.
    store::note(tx, seat.log, &Brief { code, owner, sort, place, due, at: at.min(now), seen: 0 }).await?;
    Ok(true)
}

/// The codes of what nobody who leads an agency has read yet, the newest first.
///
/// # Errors
/// The database's.
pub async fn unread(conn: &mut Conn, log: i64) -> sqlx::Result<Vec<String>> {
    let all = store::of(conn, log, 100).await?;
    Ok(all.into_iter().filter(|brief| brief.seen == 0).map(|brief| brief.code).collect())
}
