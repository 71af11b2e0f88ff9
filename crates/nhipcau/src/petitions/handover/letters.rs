//! Letters about petitions, as they come.

use network::entry::Case as Named;
use network::handover::{Event, Received};
use network::letter::Letter;
use network::names::Origin;

use super::checks::{Believed, Known};
use super::{Seat, comes, estate, files, store};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::logs::store as logs;
use crate::petitions::store as cases;
use crate::petitions::ties::{afar, far};
use crate::petitions::urgent;
use crate::problem::Problem;

/// Does what a letter about a petition says, in the step that makes it durable. What makes no sense, or what its writer has no right to
/// say, is passed over.
///
/// # Errors
/// Not now: what its writer says is borne out by no log that was read here so far, or its dossier is not what was registered. Then the
/// writer keeps it, and sends it again. The database's.
pub async fn receive(app: &App, tx: &mut Tx, portal: &Portal, letter: Letter) -> Result<(), Problem> {
    let seat = Seat::from(portal);
    let understood = match letter.kind.as_str() {
        urgent::KIND => urgent::came(app, tx, &seat, &letter).await?,
        files::KIND => files::came(app, tx, &seat, &letter).await?,
        estate::KIND => estate::came(app, tx, &seat, &letter).await?,
        kind if far::KINDS.contains(&kind) => far::came(app, tx, &seat, &letter).await?,
        kind if afar::KINDS.contains(&kind) => afar::came(app, tx, &seat, &letter).await?,
        _ => heard(app, tx, &seat, &letter).await?,
    };
    if !understood {
        tracing::warn!(kind = letter.kind, from = %letter.from, id = %letter.id, "a letter about a petition is passed over");
    }
    Ok(())
}

async fn heard(app: &App, tx: &mut Tx, seat: &Seat, letter: &Letter) -> Result<bool, Problem> {
    let Ok(Received { case: named, letter: said, dossier }) = Received::read(&letter.kind, &letter.body)
    else {
        return Ok(false);
    };
    // A code names one petition here; that of another portal cannot speak of it.
    if let Some(case) = cases::find(tx.conn(), named.code.as_str()).await? {
        let asked = logs::head(tx.conn(), case.asked).await?;
        if asked.is_none_or(|head| head.origin != named.origin) {
            return Ok(false);
        }
    }
    let directory = app.directory.load_full();
    let record = store::record(tx.conn(), &directory, &named).await?;
    let desk = store::find(tx.conn(), seat.log, &named).await?.map(|(desk, _)| desk);
    let known = Known {
        named: &named,
        me: &seat.origin,
        directory: &directory,
        record: record.as_ref(),
        desk: desk.as_ref(),
    };
    match known.believes(&letter.from, &said) {
        Believed::Yes => {
            let event = Event::Came { from: letter.from.clone(), letter: said };
            comes(app, tx, seat, &named, (event, dossier)).await.map(|()| true)
        }
        Believed::NotYet => Err(not_yet(&letter.from)),
        Believed::No => Ok(false),
    }
}

fn not_yet(from: &Origin) -> Problem {
    Problem::NotNow {
        vi: format!("Chưa đọc được dòng sổ nào cho thấy {from} đang giữ phản ánh này."),
        en: format!("No log that was read here says yet that {from} has this petition."),
    }
}

/// True if the public record bears out that somebody owned a case at an epoch.
///
/// # Errors
/// Not now: no log that was read here says so yet. The database's.
pub async fn owned(
    tx: &mut Tx,
    seat: &Seat,
    (named, from): (&Named, &Origin),
    epoch: u32,
) -> Result<bool, Problem> {
    let directory = tx.ledger.directory.clone();
    let record = store::record(tx.conn(), &directory, named).await?;
    let known = Known { named, me: &seat.origin, directory: &directory, record: record.as_ref(), desk: None };
    match known.owned(from, epoch) {
        Believed::Yes => Ok(true),
        Believed::NotYet => Err(not_yet(from)),
        Believed::No => Ok(false),
    }
}
