//! A case between portals: the machine of `network::handover`, what it asks for, and the letters that carry it.
//!
//! Each portal that knows of a case has a desk. What happens to it is told to the machine within the transaction that it belongs to:
//! the new desk, the case's rows, the log entries and the letters are committed together or not at all, so a crash between any two
//! steps loses and doubles nothing. Portals of one node hear each other within that very transaction; what is for another node is
//! posted (`peers::letters`), sealed to whom it is for.
//!
//! An offer is accepted by rule, at once: who thinks that a case is not theirs gives it back within the days that a rule sets, which is an
//! offer again. So there is one owner at every moment, and it is never a portal that nobody has told.

mod checks;
mod dossier;
pub mod estate;
mod files;
pub mod folded;
mod hands;
mod heir;
pub mod letters;
mod mirror;
pub mod store;
pub mod told;

use std::collections::VecDeque;

use network::entry::Case as Named;
use network::handover::{Action, Desk, Event, Handover, Settings, Why};
use network::moment::Moment;
use network::names::Origin;

use self::hands::Hands;
use super::store::Case;
use super::store::steps::{self, Named as File, Step};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::logs::store as logs;
use crate::problem::Problem;
use crate::words::Lang;

pub use checks::speaks_for;
pub use files::post as post_files;

/// A portal of this node.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Our number for its log.
    pub log: i64,
    /// Its log.
    pub origin: Origin,
}

impl From<&Portal> for Seat {
    fn from(portal: &Portal) -> Seat {
        Seat { log: portal.log, origin: portal.origin.clone() }
    }
}

/// The portal of this node that has a log, or that took the place of the one that had it; nothing if it is elsewhere.
pub fn seat(app: &App, origin: &Origin) -> Option<Seat> {
    let directory = app.directory.load();
    let heir = directory.successor(origin).map_or(origin, |agency| &agency.origin);
    app.portals.load().iter().find(|portal| portal.origin == *heir).map(|portal| Seat::from(&**portal))
}

/// The agencies that a desk speaks of and does not know to be closed, with who took their place.
fn closings(app: &App, desk: &Desk) -> anyhow::Result<Vec<Event>> {
    let directory = app.directory.load();
    let mut ended = directory.agencies().filter(|agency| agency.closed.is_some()).peekable();
    if ended.peek().is_none() {
        return Ok(Vec::new());
    }
    let text = desk.encode()?;
    let spoken =
        ended.filter(|agency| !desk.knows_closed(&agency.origin) && text.contains(agency.origin.as_str()));
    let told = spoken.filter_map(|agency| {
        let successor = agency.closed.as_ref()?.successor.clone()?;
        Some(Event::Closed { agency: agency.origin.clone(), successor })
    });
    Ok(told.collect())
}

/// A portal of this node takes the place of a closed one of this node, whose log has come to its end: all that it knew and owned. How many
/// cases that are.
///
/// # Errors
/// A log may not sign; the database's.
pub async fn inherits(app: &App, tx: &mut Tx, from: &Seat, to: &Seat) -> Result<usize, Problem> {
    let desks = store::all_of(tx, from.log).await?;
    for desk in &desks {
        let named = desk.case().clone();
        comes(app, tx, to, &named, (Event::Inherits(Box::new(desk.clone())), Vec::new())).await?;
        heir::inherited(app, tx, &named, from, to).await?;
    }
    store::rests(tx, from.log).await?;
    Ok(desks.len())
}

/// What happens to a case at a portal.
struct Happening {
    seat: Seat,
    event: Event,
    /// What came behind an offer from another node.
    dossier: Vec<u8>,
    /// A person wants it: why it cannot be done is told.
    wanted: bool,
}

/// The name of a case in the network.
///
/// # Errors
/// What is stored is damaged; the database's.
pub async fn named(conn: &mut Conn, case: &Case) -> Result<Named, Problem> {
    let damaged =
        || anyhow::anyhow!("what is stored of petition {} is damaged; run nhipcau doctor", case.code);
    let origin = logs::head(conn, case.asked).await?.ok_or_else(damaged)?.origin;
    Ok(Named { origin, code: case.code.parse().map_err(|_| damaged())? })
}

/// Lets something that a person wants happen to a case at a portal, and all that follows from it.
///
/// # Errors
/// Why it cannot be done now; a log may not sign; the database's.
pub async fn happens(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    named: &Named,
    event: Event,
) -> Result<(), Problem> {
    let first = Happening { seat: seat.clone(), event, dossier: Vec::new(), wanted: true };
    follow(app, tx, named, first).await
}

/// The same of something that happens by itself.
async fn comes(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    named: &Named,
    (event, dossier): (Event, Vec<u8>),
) -> Result<(), Problem> {
    follow(app, tx, named, Happening { seat: seat.clone(), event, dossier, wanted: false }).await
}

async fn follow(app: &App, tx: &mut Tx, named: &Named, first: Happening) -> Result<(), Problem> {
    let mut queue = VecDeque::from([first]);
    while let Some(happening) = queue.pop_front() {
        queue.extend(one(app, tx, named, happening).await?);
    }
    Ok(())
}

/// One event: the desk as it is from now, all that is to be done, and what follows at portals of this node.
async fn one(app: &App, tx: &mut Tx, named: &Named, happening: Happening) -> Result<Vec<Happening>, Problem> {
    let Happening { seat, event, dossier, wanted } = happening;
    let kept = store::find(tx.conn(), seat.log, named).await?;
    let (desk, tries) = kept.unwrap_or_else(|| (Desk::new(seat.origin.clone(), named.clone()), 0));
    let from = match &event {
        Event::Came { from, .. } => Some(from.clone()),
        _ => None,
    };
    let again = matches!(event, Event::Woken);
    let closed = closings(app, &desk)?;
    let mut machine = Handover::of(desk, Settings::default(), 0);
    let now = Moment(u64::try_from(tx.ledger.now() / 1_000).unwrap_or(0));
    let mut actions: Vec<Action> = closed.into_iter().flat_map(|event| machine.on(event, now)).collect();
    actions.extend(machine.on(event, now));
    // The machine asks to be woken after each event while something waits; how long is counted here, across restarts.
    let waits = actions.iter().any(|action| matches!(action, Action::Wake { .. }));
    let waits = waits.then_some(if again { tries.saturating_add(1) } else { 0 });
    store::keep(tx, seat.log, machine.desk(), waits).await?;
    let mut hands =
        Hands { app, seat: &seat, named, desk: machine.desk(), from, dossier, follows: Vec::new() };
    for action in actions {
        match action {
            Action::Not(why) if wanted => return Err(refusal(why)),
            Action::Not(_) => {}
            action => hands.does(tx, action).await?,
        }
    }
    hands.shows_handing(tx).await?;
    Ok(hands.follows)
}

fn refusal(why: Why) -> Problem {
    let says = |lang: Lang| match why {
        Why::HandingOver | Why::Ordered => lang.petition_pass().refused_handing,
        Why::NotOurs | Why::NotHome | Why::NotInherited => lang.petition_desk().refused_not_owner,
        Why::Ended | Why::NotAnswered | Why::Once | Why::Decided | Why::NotAsked => {
            lang.petition_desk().refused_over
        }
        Why::Ours => lang.petition_desk().fault_target,
        Why::NotHandingOver | Why::ForAbove => lang.petition_pass().refused_back,
    };
    Problem::refused(says(Lang::Vi), says(Lang::En))
}

/// What the owner's portal tells the asker's, if that is at another node: a step, and how the case stands after it.
///
/// # Errors
/// The database's.
pub async fn tells(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    case: &Case,
    step: Option<&Step>,
) -> Result<(), Problem> {
    let named = named(tx.conn(), case).await?;
    if self::seat(app, &named.origin).is_some() {
        return Ok(());
    }
    if let Some(step) = step {
        let event = Event::Tells { id: step.named(&case.id), words: words(tx.conn(), step, &[]).await? };
        happens(app, tx, seat, &named, event).await?;
    }
    let path = steps::of(tx.conn(), &case.id).await?;
    let about = told::About::of(case, &path).said()?;
    comes(app, tx, seat, &named, (Event::About(about), Vec::new())).await
}

/// A step in words that another node understands.
///
/// # Errors
/// The database's.
pub async fn words(conn: &mut Conn, step: &Step, files: &[File]) -> Result<String, Problem> {
    Ok(told(conn, step, files).await?.said()?)
}

/// The same before it is written down.
///
/// # Errors
/// The database's.
pub async fn told(conn: &mut Conn, step: &Step, files: &[File]) -> Result<told::Told, Problem> {
    let detail = match step.detail.parse() {
        Ok(log) if told::names_agency(&step.act) => {
            logs::head(conn, log).await?.map(|head| head.origin.to_string()).unwrap_or_default()
        }
        _ => step.detail.clone(),
    };
    let listed = files.iter().filter(|file| file.seq == step.seq).map(told::Listed::of).collect();
    Ok(told::Told { files: listed, ..told::Told::of(step, step.at, detail) })
}

/// Sends again what nobody has answered for too long.
///
/// # Errors
/// The database's.
pub async fn again(app: &App) -> Result<(), Problem> {
    let waiting = store::waiting(&mut app.db.read().await?, app.clock.micros()).await?;
    for (log, named) in waiting {
        let found = app.portals.load().iter().find(|portal| portal.log == log).map(|p| Seat::from(&**p));
        let Some(seat) = found else { continue };
        let (within, db, code) = (app.clone(), app.db.clone(), named.code.to_string());
        let done = db.write("petition.again", async move |tx: &mut Tx| -> Result<(), Problem> {
            comes(&within, tx, &seat, &named, (Event::Woken, Vec::new())).await
        });
        // One that cannot go on holds no other up.
        if let Err(problem) = done.await {
            tracing::warn!(%problem, code, "what was not answered about a petition could not be sent again");
        }
    }
    Ok(())
}
