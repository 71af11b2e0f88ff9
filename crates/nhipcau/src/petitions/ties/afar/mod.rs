//! Splitting a case that was asked at another node: its owner says what the parts are, and the portal at which the whole was asked registers
//! them, by sealed letters (`network::split`).
//!
//! A part is registered where its sender has the secret that opens it, so they follow it there as they follow any part; nothing that opens
//! anything travels. Its owner at another node (`owner`) keeps what it asked for until the parts are registered, then their codes, and how each
//! stands by the newest list. Where the whole was asked (`home`) the parts are cases tied to it like any others, and whatever changes in one
//! of them makes the list stale: the next look sends it. That the writer owns the whole must stand in the logs, as with a case that is handed
//! over. A part that its agency gives back goes to the portal that registered it, whose people pass it on.

mod home;
mod owner;
pub mod store;

use network::letter::Letter as Came;
use network::split::{Letter, Received, Stage};

use super::super::handover::Seat;
use super::super::life::State;
use super::super::store as cases;
use super::view;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::logs::store as logs;
use crate::problem::Problem;

pub use owner::{Afar, splits, why};

use self::store::{Part, Split};

/// The kinds of these letters.
pub const KINDS: [&str; 3] = ["petition.split", "petition.parts", "petition.split-refused"];

fn unreadable(id: &str) -> Problem {
    anyhow::anyhow!("what is stored of the split {id} is damaged; run nhipcau doctor").into()
}

/// Where a part stands, as owners at other nodes are told.
fn stage(state: State) -> Stage {
    match state {
        State::Answered => Stage::Answered,
        State::Closed | State::Withdrawn => Stage::Ended,
        State::New | State::Work | State::Asked | State::Review => Stage::Open,
    }
}

/// The parts of a case that are not tied to it at this node, as its owner knows them. What an agency of this node answers for is known here
/// before the list says it.
///
/// # Errors
/// The database's.
pub async fn elsewhere(conn: &mut Conn, petition: &str) -> Result<Vec<Part>, Problem> {
    let mut parts = store::elsewhere(conn, petition).await?;
    for part in parts.iter_mut().filter(|part| !part.code.is_empty()) {
        let Some(case) = cases::find(conn, &part.code).await? else { continue };
        if logs::head(conn, case.owner).await?.is_some_and(|owner| owner.own) {
            part.stage = stage(case.state()).to_string();
            part.answer = view::answer(conn, &case.id, case.state()).await?;
        }
    }
    Ok(parts)
}

/// Does what a letter about the parts of a case says; false if it makes no sense, or its writer has no right to say it.
///
/// # Errors
/// Not now: no log that was read here says that its writer has the case. The database's.
pub async fn came(app: &App, tx: &mut Tx, seat: &Seat, letter: &Came) -> Result<bool, Problem> {
    match Received::read(&letter.kind, &letter.body) {
        Ok(Received { case, id, letter: said }) => {
            let id = id.to_string();
            let about = (&case, id.as_str(), &letter.from);
            match said {
                Letter::Asks(asked) => home::asked(app, tx, seat, about, asked).await,
                Letter::Lists { version, parts } => {
                    owner::listed(app, tx, seat, about, (version, parts)).await
                }
                Letter::Refuses(why) => owner::refused(app, tx, seat, about, why).await,
            }
        }
        Err(_) => home::unread(app, tx, seat, letter).await,
    }
}

/// Tells owners at other nodes how the parts of their cases stand, where that has changed, and asks again where owners of this node have heard
/// nothing for a day.
///
/// # Errors
/// The database's.
pub async fn look(app: &App) -> Result<(), Problem> {
    home::tell(app).await?;
    owner::again(app).await
}

/// What of the splits of a case goes to whoever takes the place of a closed agency.
///
/// # Errors
/// The database's.
pub async fn left(conn: &mut Conn, petition: &str) -> sqlx::Result<Vec<(Split, Vec<Part>)>> {
    let mut left = Vec::new();
    for split in store::of(conn, petition).await? {
        let parts = store::parts(conn, &split.id).await?;
        left.push((split, parts));
    }
    Ok(left)
}

/// Takes what was left of them, for the case that is theirs here.
///
/// # Errors
/// The database's.
pub async fn inherited(tx: &mut Tx, petition: &str, left: Vec<(Split, Vec<Part>)>) -> sqlx::Result<()> {
    for (split, parts) in left {
        // An owner that heard of it there may not have heard the newest.
        let stale = i64::from(split.home == 1 && split.state == store::PARTED);
        let split = Split { petition: petition.to_owned(), stale, ..split };
        store::add(tx, &split, &parts).await?;
    }
    Ok(())
}
