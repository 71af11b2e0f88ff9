//! The owner of a whole that was asked at another node: what it asks for, and what it knows of the parts.

use network::entry::Case as Named;
use network::names::Origin;
use network::split::{Asked, AtOwner, Letter, Listed, Owner, Sends, Stage, Wanted, Why, at_owner};

use super::super::super::handover::{self, Seat};
use super::super::super::store::steps::{self, Step};
use super::super::super::store::{self as cases, Case};
use super::store::{self, ASKED, PARTED, Part, REFUSED, Split};
use super::unreadable;
use crate::app::App;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::peers::letters::send::{Posting, post};
use crate::problem::Problem;
use crate::words::{Lang, PetitionTieWords, date};

/// What nobody has answered is asked again after so long, in microseconds: a day.
const AGAIN: i64 = 86_400_000_000;

fn stand(split: &Split) -> Owner {
    match split.state.as_str() {
        ASKED => Owner::Asked,
        PARTED => Owner::Parted(u32::try_from(split.version).unwrap_or(u32::MAX)),
        _ => Owner::Refused,
    }
}

/// Asks the portal at which a case was asked for its parts; the case's path here says so to colleagues.
///
/// # Errors
/// Nobody can be written to there; the database's.
pub async fn splits(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    wanted: Vec<(String, Origin)>,
    account: &str,
) -> Result<(), Problem> {
    let now = tx.ledger.now();
    let split = Split {
        id: app.dice.id(&app.clock)?.to_string(),
        petition: case.id.clone(),
        account: account.to_owned(),
        at: now,
        state: ASKED.to_owned(),
        again: now,
        ..Split::default()
    };
    let part = |(n, (words, agency)): (i64, (String, Origin))| Part {
        n,
        words,
        agency: agency.to_string(),
        stage: Stage::Open.to_string(),
        ..Part::default()
    };
    let parts: Vec<Part> = (1..).zip(wanted).map(part).collect();
    store::add(tx, &split, &parts).await?;
    asks(app, tx, case, &split).await?;
    let (act, detail) = ("parting".to_owned(), parts.len().to_string());
    let step = Step { log: case.owner, account: account.to_owned(), act, detail, ..Step::default() };
    steps::add(tx, &case.id, &step).await?;
    Ok(())
}

/// The letter, once a day at most; what it says lies sealed until it leaves.
async fn asks(app: &App, tx: &mut Tx, case: &Case, split: &Split) -> Result<(), Problem> {
    let named = handover::named(tx.conn(), case).await?;
    let mut parts = Vec::new();
    if stand(split) == Owner::Asked {
        for part in store::parts(tx.conn(), &split.id).await? {
            let to = part.agency.parse().map_err(|_| unreadable(&split.id))?;
            parts.push(Wanted { to, words: part.words });
        }
    }
    let letter = Letter::Asks(Asked { epoch: u32::try_from(case.epoch).unwrap_or(1), parts });
    let id = split.id.parse().map_err(|_| unreadable(&split.id))?;
    let body = letter.body(&named, id).map_err(anyhow::Error::from)?;
    let today = date::day(instant(tx.ledger.now())).to_string();
    let about = [split.id.as_str(), &today];
    let posting = Posting::named(case.owner, &named.origin, letter.kind(), body.into(), &about);
    post(tx, posting.closed(app)?).await.map(|_| ())
}

/// Asks again where a whole waits and nothing was heard for a day: a letter that was held may have been lost with a disk.
///
/// # Errors
/// The database's.
pub(super) async fn again(app: &App) -> Result<(), Problem> {
    let since = app.clock.micros() - AGAIN;
    let waiting = store::silent(&mut app.db.read().await?, since).await?;
    for split in waiting {
        let within = app.clone();
        app.db
            .write("petition.split.again", async move |tx: &mut Tx| -> Result<(), Problem> {
                let now = store::find(tx.conn(), &split.id).await?;
                let case = cases::of_id(tx.conn(), &split.petition).await?;
                let (Some(mut split), Some(case)) = (now, case) else { return Ok(()) };
                split.again = tx.ledger.now();
                let named = handover::named(tx.conn(), &case).await?;
                if handover::seat(&within, &named.origin).is_some() {
                    return comes_home(tx, &case, split).await;
                }
                store::save(tx, &split).await?;
                match at_owner(stand(&split), AtOwner::Woken) {
                    Some((_, Some(Sends::Asks))) => match asks(&within, tx, &case, &split).await {
                        Err(Problem::Refused { .. }) => Ok(()),
                        done => done,
                    },
                    _ => Ok(()),
                }
            })
            .await?;
    }
    Ok(())
}

/// The owner, or the portal at which it was asked, has a successor at the other's node: what is not registered can be split here now, and what
/// is registered is known here.
async fn comes_home(tx: &mut Tx, case: &Case, split: Split) -> Result<(), Problem> {
    match stand(&split) {
        Owner::Asked => ends(tx, case, split, Why::Other).await,
        _ => Ok(store::save(tx, &split).await?),
    }
}

/// The parts are not registered: the case is whole, and its people read why.
async fn ends(tx: &mut Tx, case: &Case, split: Split, why: Why) -> Result<(), Problem> {
    let split = Split { state: REFUSED.to_owned(), why: why.to_string(), ..split };
    store::save(tx, &split).await?;
    let (act, detail) = ("unparted".to_owned(), why.to_string());
    steps::add(tx, &case.id, &Step { log: case.owner, act, detail, ..Step::default() }).await?;
    Ok(())
}

/// The split that a letter speaks of and its whole, if that is this portal's and the letter is from where it was asked.
async fn ours(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    (named, id, from): (&Named, &str, &Origin),
) -> Result<Option<(Split, Case)>, Problem> {
    let Some(split) = store::find(tx.conn(), id).await?.filter(|split| split.home == 0) else {
        return Ok(None);
    };
    let Some(case) = cases::of_id(tx.conn(), &split.petition).await? else { return Ok(None) };
    let known = handover::named(tx.conn(), &case).await? == *named;
    let home = handover::speaks_for(&app.directory.load(), from, &named.origin);
    Ok((known && home && case.owner == seat.log).then_some((split, case)))
}

/// A list has come: what it says is how the parts stand, unless a newer one came before.
///
/// # Errors
/// The database's.
pub(super) async fn listed(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    about: (&Named, &str, &Origin),
    (version, parts): (u32, Vec<Listed>),
) -> Result<bool, Problem> {
    let Some((mut split, case)) = ours(app, tx, seat, about).await? else { return Ok(false) };
    if store::parts(tx.conn(), &split.id).await?.len() != parts.len() {
        return Ok(false);
    }
    let before = stand(&split);
    let next = at_owner(before, AtOwner::Listed(version)).map(|(next, _)| next);
    // What was forgotten is not learned again.
    if next == Some(before) || next.is_none() || split.state == "over" {
        return Ok(true);
    }
    for (n, part) in (1..).zip(&parts) {
        let part = Part {
            n,
            words: String::new(),
            agency: part.agency.to_string(),
            code: part.code.to_string(),
            stage: part.stage.to_string(),
            answer: part.answer.clone(),
        };
        store::say(tx, &split.id, &part).await?;
    }
    (split.version, split.state, split.why) = (i64::from(version), PARTED.to_owned(), String::new());
    store::save(tx, &split).await?;
    store::forget_refused(tx, &case.id).await?;
    if matches!(before, Owner::Parted(_)) || !case.state().is_open() {
        return Ok(true);
    }
    let step = Step {
        log: seat.log,
        account: split.account.clone(),
        act: "parted".into(),
        shown: 1,
        detail: parts.len().to_string(),
        ..Step::default()
    };
    let step = Step { seq: steps::add(tx, &case.id, &step).await?, at: tx.ledger.now(), ..step };
    handover::tells(app, tx, seat, &case, Some(&step)).await?;
    Ok(true)
}

/// The parts are not registered.
///
/// # Errors
/// The database's.
pub(super) async fn refused(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    about: (&Named, &str, &Origin),
    why: Why,
) -> Result<bool, Problem> {
    let Some((split, case)) = ours(app, tx, seat, about).await? else { return Ok(false) };
    let before = stand(&split);
    match at_owner(before, AtOwner::Refused) {
        Some((Owner::Refused, _)) if before != Owner::Refused => ends(tx, &case, split, why).await?,
        _ => {}
    }
    Ok(true)
}

/// What the people of an owner are told of the splits of its case.
#[derive(Default)]
pub struct Afar {
    /// Why the last one was refused, if it was.
    pub refused: Option<String>,
    /// What they asked for then: words, and the log of the agency.
    pub left: Vec<(String, String)>,
}

impl Afar {
    /// Of a case.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(conn: &mut Conn, case: &Case, lang: Lang) -> sqlx::Result<Afar> {
        let last = store::of(conn, &case.id).await?.into_iter().next();
        let Some(last) = last.filter(|last| last.home == 0 && last.state == REFUSED) else {
            return Ok(Afar::default());
        };
        let parts = store::parts(conn, &last.id).await?;
        Ok(Afar {
            refused: Some(lang.petition_tie().split_refused(why(&last.why, lang.petition_tie()))),
            left: parts.into_iter().map(|part| (part.words, part.agency)).collect(),
        })
    }
}

/// A reason in words.
pub fn why(word: &str, w: &'static PetitionTieWords) -> &'static str {
    match word.parse().unwrap_or(Why::Other) {
        Why::Owner => w.why_owner,
        Why::Tied => w.why_tied,
        Why::Over => w.why_over,
        Why::Agency => w.why_agency,
        Why::Unread => w.why_unread,
        Why::Other => w.why_other,
    }
}
