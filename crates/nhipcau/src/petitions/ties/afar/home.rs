//! The portal at which a whole was asked: it registers the parts that its owner at another node asks for, once, and tells how they stand.

use network::entry::Case as Named;
use network::letter::Letter as Came;
use network::names::Origin;
use network::split::{Asked, AtHome, Home, Letter, Listed, MAX_ANSWER, Received, Sends, Stage, Why, at_home};
use vietnam::masking;

use super::super::super::handover::{self, Seat};
use super::super::super::life::{State, Ties};
use super::super::super::store::{self as cases, Case, draft};
use super::super::super::{register, route};
use super::super::split::{self, Begins};
use super::super::{stand as tied, view};
use super::store::{self, PARTED, Part, REFUSED, Split};
use super::{stage, unreadable};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::logs::store as logs;
use crate::peers::letters::send::{Posting, post};
use crate::problem::Problem;
use crate::words::Lang;

fn stand(split: Option<&Split>) -> Home {
    match split {
        None => Home::Unknown,
        Some(split) if split.state == PARTED => {
            Home::Parted(u32::try_from(split.version).unwrap_or(u32::MAX))
        }
        Some(_) => Home::Refused,
    }
}

/// True for the portal at which a case was asked, or that took its place.
fn is_home(app: &App, seat: &Seat, named: &Named) -> bool {
    handover::seat(app, &named.origin).is_some_and(|home| home.log == seat.log)
}

/// A letter to the owner of the whole; what it says lies sealed until it leaves.
async fn send(
    app: &App,
    tx: &mut Tx,
    (log, to): (i64, &Origin),
    (named, id): (&Named, &str),
    (letter, about): (&Letter, &str),
) -> Result<(), Problem> {
    let uuid = id.parse().map_err(|_| unreadable(id))?;
    let body = letter.body(named, uuid).map_err(anyhow::Error::from)?;
    let posting = Posting::named(log, to, letter.kind(), body.into(), &[id, about]);
    match post(tx, posting.closed(app)?).await {
        // Nobody can be written to there now: the owner asks again.
        Ok(_) | Err(Problem::Refused { .. }) => Ok(()),
        Err(problem) => Err(problem),
    }
}

/// Says that parts are not registered, once for each time that they are asked for.
async fn refuses(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    (named, id, from): (&Named, &str, &Origin),
    why: Why,
) -> Result<(), Problem> {
    let at = tx.ledger.now().to_string();
    send(app, tx, (seat.log, from), (named, id), (&Letter::Refuses(why), &at)).await
}

/// A letter that asks for parts and cannot be read is answered too, so that its writer does not wait. Nothing is kept of it.
///
/// # Errors
/// The database's.
pub(super) async fn unread(app: &App, tx: &mut Tx, seat: &Seat, letter: &Came) -> Result<bool, Problem> {
    let Some((named, id)) = Received::about(&letter.body).filter(|_| letter.kind == super::KINDS[0]) else {
        return Ok(false);
    };
    if !is_home(app, seat, &named) {
        return Ok(false);
    }
    refuses(app, tx, seat, (&named, &id.to_string(), &letter.from), Why::Unread).await.map(|()| true)
}

/// Parts are asked for, or how they stand.
///
/// # Errors
/// Not now: no log that was read here says that the writer has the whole, or the whole is not here yet. The database's.
pub(super) async fn asked(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    (named, id, from): (&Named, &str, &Origin),
    asked: Asked,
) -> Result<bool, Problem> {
    if !is_home(app, seat, named) {
        return Ok(false);
    }
    if !handover::letters::owned(tx, seat, (named, from), asked.epoch).await? {
        return refuses(app, tx, seat, (named, id, from), Why::Owner).await.map(|()| true);
    }
    let whole = match cases::find(tx.conn(), named.code.as_str()).await? {
        Some(case) if handover::named(tx.conn(), &case).await? == *named => case,
        _ => return Err(not_here(named)),
    };
    let known = store::find(tx.conn(), id).await?;
    if known.as_ref().is_some_and(|split| split.petition != whole.id || split.home == 0) {
        return Ok(false);
    }
    // How parts stand is asked of who has registered them.
    if known.is_none() && asked.parts.is_empty() {
        return Ok(false);
    }
    let against = match known {
        Some(_) => None,
        None => against(app, tx, (named, &whole), &asked).await?,
    };
    let (before, right) = (stand(known.as_ref()), against.is_none());
    let (next, sends) = at_home(before, AtHome::Asked { right });
    let split = match known {
        Some(split) => split,
        None => {
            let split = Split {
                id: id.to_owned(),
                petition: whole.id.clone(),
                home: 1,
                at: tx.ledger.now(),
                state: if right { PARTED } else { REFUSED }.to_owned(),
                why: against.map(|why| why.to_string()).unwrap_or_default(),
                ..Split::default()
            };
            let parts = match next {
                Home::Parted(_) => registers(app, tx, seat, &whole, &asked).await?,
                _ => Vec::new(),
            };
            store::add(tx, &split, &parts).await?;
            split
        }
    };
    match sends {
        Some(Sends::Lists(version)) => {
            lists(app, tx, (seat.log, from), (named, split), version).await?;
        }
        _ => {
            let why = split.why.parse().unwrap_or(Why::Other);
            refuses(app, tx, seat, (named, id, from), why).await?;
        }
    }
    Ok(true)
}

fn not_here(named: &Named) -> Problem {
    Problem::NotNow {
        vi: format!("Ở đây chưa đọc được phản ánh {} đang ở cơ quan nào.", named.code),
        en: format!("Who has petition {} was not read here yet.", named.code),
    }
}

/// Why the parts cannot be registered, if they cannot.
///
/// # Errors
/// Not now: the whole has not gone to its owner here yet. The database's.
async fn against(
    app: &App,
    tx: &mut Tx,
    (named, whole): (&Named, &Case),
    asked: &Asked,
) -> Result<Option<Why>, Problem> {
    // An agency of this node has it by now.
    if logs::head(tx.conn(), whole.owner).await?.is_some_and(|head| head.own) {
        // That it was taken may be on its way still.
        return if i64::from(asked.epoch) > whole.epoch {
            Err(not_here(named))
        } else {
            Ok(Some(Why::Owner))
        };
    }
    if !whole.state().is_open() {
        return Ok(Some(Why::Over));
    }
    if tied(tx.conn(), &whole.id).await? != Ties::default() {
        return Ok(Some(Why::Tied));
    }
    let known = |to: &Origin| agency(app, to).is_some();
    Ok((!asked.parts.iter().all(|part| known(&part.to))).then_some(Why::Agency))
}

/// The agency that answers a part, or who took its place: one of this node, or one to which a case can be handed.
fn agency(app: &App, to: &Origin) -> Option<Origin> {
    if let Some(seat) = handover::seat(app, to) {
        return Some(seat.origin);
    }
    let directory = app.directory.load();
    let agency = directory.successor(to)?;
    route::target(app, agency, Lang::Vi).map(|target| target.origin)
}

/// Registers each part, as an owner of this node would have, and hands it to its agency.
async fn registers(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    whole: &Case,
    asked: &Asked,
) -> Result<Vec<Part>, Problem> {
    let portal = app.portals.load().find(|portal| portal.log == seat.log);
    let unit = register::unit(app, &*portal.ok_or(Problem::NotFound("portal"))?);
    let place = cases::words(tx.conn(), &whole.id).await?.map(|(place, _)| place).unwrap_or_default();
    let begins = Begins { seat, unit: &unit, whole, place: &place, account: "" };
    let mut parts = Vec::new();
    for (n, part) in (1..).zip(&asked.parts) {
        let to = agency(app, &part.to).filter(|to| *to != seat.origin);
        let case = split::begin(app, tx, &begins, (&part.words, to)).await?;
        let (code, agency, stage) = (case.code, part.to.to_string(), Stage::Open.to_string());
        parts.push(Part { n, agency, code, stage, ..Part::default() });
    }
    Ok(parts)
}

/// Tells how all parts stand.
async fn lists(
    app: &App,
    tx: &mut Tx,
    (log, to): (i64, &Origin),
    (named, split): (&Named, Split),
    version: u32,
) -> Result<(), Problem> {
    let damaged = || unreadable(&split.id);
    let mut parts = Vec::new();
    for mut part in store::parts(tx.conn(), &split.id).await? {
        let mut answer = String::new();
        if let Some(case) = cases::find(tx.conn(), &part.code).await? {
            let owner = logs::head(tx.conn(), case.owner).await?.ok_or_else(damaged)?;
            (part.agency, part.stage) = (owner.origin.to_string(), stage(case.state()).to_string());
            answer = answered(tx.conn(), &case).await?;
            store::say(tx, &split.id, &part).await?;
        }
        let (code, agency) = (part.code.parse(), part.agency.parse());
        parts.push(Listed {
            code: code.map_err(|_| damaged())?,
            agency: agency.map_err(|_| damaged())?,
            stage: part.stage(),
            answer,
        });
    }
    let split = Split { version: i64::from(version), stale: 0, ..split };
    store::save(tx, &split).await?;
    let letter = Letter::Lists { version, parts };
    send(app, tx, (log, to), (named, &split.id), (&letter, &version.to_string())).await
}

/// What the whole's owner reads of a part's answer: what readers see, else the same with what is personal masked.
async fn answered(conn: &mut Conn, case: &Case) -> Result<String, Problem> {
    let said = match draft::shown_one(conn, &case.code).await? {
        Some(shown) => shown.reply,
        None => masking::masked(&view::answer(conn, &case.id, case.state()).await?),
    };
    let over = matches!(case.state(), State::Answered | State::Closed);
    Ok(if over { said.chars().take(MAX_ANSWER).collect() } else { String::new() })
}

/// Tells the owners at other nodes where a part stands otherwise than they were told.
///
/// # Errors
/// The database's.
pub(super) async fn tell(app: &App) -> Result<(), Problem> {
    let stale = store::stale(&mut app.db.read().await?).await?;
    for split in stale {
        let within = app.clone();
        app.db
            .write("petition.split.tell", async move |tx: &mut Tx| -> Result<(), Problem> {
                let Some(split) = store::find(tx.conn(), &split.id).await? else { return Ok(()) };
                let Some(whole) = cases::of_id(tx.conn(), &split.petition).await? else { return Ok(()) };
                let named = handover::named(tx.conn(), &whole).await?;
                let owner = logs::head(tx.conn(), whole.owner).await?.filter(|head| !head.own);
                let home = handover::seat(&within, &named.origin);
                match (owner, home, at_home(stand(Some(&split)), AtHome::Changed)) {
                    (Some(owner), Some(home), (_, Some(Sends::Lists(version)))) => {
                        lists(&within, tx, (home.log, &owner.origin), (&named, split), version).await
                    }
                    // An owner of this node sees the parts where they stand.
                    _ => Ok(store::save(tx, &Split { stale: 0, ..split }).await?),
                }
            })
            .await?;
    }
    Ok(())
}
