//! Help of an agency at another node: the question, what is said to it and its end travel as sealed letters (`network::help`).
//!
//! Whoever is asked reads what was sent, not who sent it, and only while something is to be said: what it read is emptied with its answer
//! or with the end of the question. That the asker has the case must stand in the logs, as with a case that is handed over.

use network::entry::Case as Named;
use network::help::{AtAsked, AtOwner, Letter, Question, Received, Sends, Stand, at_asked, at_owner};
use network::letter::Letter as Came;
use network::names::Origin;

use super::super::handover::{self, Seat};
use super::super::store as cases;
use super::super::store::Case;
use super::store::{self, Help};
use crate::app::App;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::logs::store as logs;
use crate::peers::letters::send::{Posting, post};
use crate::problem::Problem;
use crate::words::date;

/// The kinds of these letters.
pub const KINDS: [&str; 3] = ["petition.help", "petition.helped", "petition.help-ended"];
/// What nobody has said is asked again after so long, in microseconds: a day.
const AGAIN: i64 = 86_400_000_000;

/// How a question stands by its row; nothing is known of one without.
fn stand(help: Option<&Help>) -> Stand {
    match help {
        None => Stand::Unknown,
        Some(help) if help.answered > 0 => Stand::Said,
        Some(help) if help.ended > 0 => Stand::Ended,
        Some(_) => Stand::Open,
    }
}

fn unreadable(id: &str) -> Problem {
    anyhow::anyhow!("what is stored of the request for help {id} is damaged; run nhipcau doctor").into()
}

/// The log of an agency at another node; nothing if that is one of this node.
async fn elsewhere(conn: &mut Conn, log: i64) -> Result<Option<Origin>, Problem> {
    Ok(logs::head(conn, log).await?.filter(|head| !head.own).map(|head| head.origin))
}

/// A letter about a question, once a day at most; what it says lies sealed until it leaves.
async fn send(
    app: &App,
    tx: &mut Tx,
    (log, to): (i64, &Origin),
    (named, id): (&Named, &str),
    letter: &Letter,
) -> Result<(), Problem> {
    let uuid = id.parse().map_err(|_| unreadable(id))?;
    let body = letter.body(named, uuid).map_err(anyhow::Error::from)?;
    let today = date::day(instant(tx.ledger.now())).to_string();
    let posting = Posting::named(log, to, letter.kind(), body.into(), &[id, &today]);
    post(tx, posting.closed(app)?).await.map(|_| ())
}

/// Asks an agency of another node; nothing happens for one of this node, which reads it where it stands.
///
/// # Errors
/// Nobody can be written to there; the database's.
pub async fn ask(app: &App, tx: &mut Tx, case: &Case, help: &Help) -> Result<(), Problem> {
    let Some(to) = elsewhere(tx.conn(), help.log).await? else { return Ok(()) };
    let named = handover::named(tx.conn(), case).await?;
    let (place, words) = cases::words(tx.conn(), &case.id).await?.unwrap_or_default();
    let question = Question {
        epoch: u32::try_from(case.epoch).unwrap_or(1),
        due: help.due.parse().map_err(|_| unreadable(&help.id))?,
        question: help.question.clone(),
        place,
        commune: case.place.clone(),
        words,
    };
    send(app, tx, (help.asker, &to), (&named, &help.id), &Letter::Asks(question)).await
}

/// An agency of this node has said its part, to one of another node.
///
/// # Errors
/// Nobody can be written to there; the database's.
pub async fn says(app: &App, tx: &mut Tx, help: &Help, words: &str) -> Result<(), Problem> {
    let Some(to) = elsewhere(tx.conn(), help.asker).await? else { return Ok(()) };
    let damaged = || unreadable(&help.id);
    let (origin, code) = (help.origin.parse(), help.code.parse());
    let named = Named { origin: origin.map_err(|_| damaged())?, code: code.map_err(|_| damaged())? };
    let letter = Letter::Says { words: words.to_owned() };
    send(app, tx, (help.log, &to), (&named, &help.id), &letter).await
}

/// What an agency of another node was asked is asked no more. The letter says nothing of anybody, so it lies open until it leaves.
///
/// # Errors
/// The database's. That nobody can be written to there any more is no reason to keep a case open.
pub async fn ends(tx: &mut Tx, help: &Help) -> Result<(), Problem> {
    if !matches!(at_owner(stand(Some(help)), AtOwner::Ends), Some((_, Some(Sends::Ends)))) {
        return Ok(());
    }
    let Some(to) = elsewhere(tx.conn(), help.log).await? else { return Ok(()) };
    let Some(case) = cases::of_id(tx.conn(), &help.petition).await? else { return Ok(()) };
    let named = handover::named(tx.conn(), &case).await?;
    let uuid = help.id.parse().map_err(|_| unreadable(&help.id))?;
    let body = Letter::Ends.body(&named, uuid).map_err(anyhow::Error::from)?;
    let posting = Posting::named(help.asker, &to, Letter::Ends.kind(), body.into(), &[&help.id]);
    match post(tx, posting).await {
        Ok(_) | Err(Problem::Refused { .. }) => Ok(()),
        Err(problem) => Err(problem),
    }
}

/// Asks again what nobody at another node has said for a day: a letter that was held may have been lost with a disk.
///
/// # Errors
/// The database's.
pub async fn again(app: &App) -> Result<(), Problem> {
    let since = app.clock.micros() - AGAIN;
    let waiting = store::silent(&mut app.db.read().await?, since).await?;
    for help in waiting {
        let within = app.clone();
        app.db
            .write("petition.help.again", async move |tx: &mut Tx| -> Result<(), Problem> {
                let now = store::help(tx.conn(), &help.id).await?;
                let case = cases::of_id(tx.conn(), &help.petition).await?;
                let (Some(help), Some(case)) = (now, case) else { return Ok(()) };
                store::asked_again(tx, &help.id).await?;
                match at_owner(stand(Some(&help)), AtOwner::Woken) {
                    Some((_, Some(Sends::Asks))) => match ask(&within, tx, &case, &help).await {
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

/// Does what a letter about a question says; false if it makes no sense, or its writer has no right to say it.
///
/// # Errors
/// Not now: no log that was read here says that its writer has the case. The database's.
pub async fn came(app: &App, tx: &mut Tx, seat: &Seat, letter: &Came) -> Result<bool, Problem> {
    let Ok(Received { case: named, id, letter: said }) = Received::read(&letter.kind, &letter.body) else {
        return Ok(false);
    };
    let (id, from) = (id.to_string(), &letter.from);
    let known = store::help(tx.conn(), &id).await?;
    match said {
        Letter::Asks(question) => {
            if known.as_ref().is_some_and(|help| help.log != seat.log || !help.petition.is_empty())
                || !handover::letters::owned(tx, seat, (&named, from), question.epoch).await?
            {
                return Ok(false);
            }
            asked(app, tx, seat, (&named, &id, from), known, question).await.map(|()| true)
        }
        Letter::Says { words } => {
            let Some(help) = known.filter(|help| help.asker == seat.log && !help.petition.is_empty()) else {
                return Ok(false);
            };
            let Some(to) = elsewhere(tx.conn(), help.log).await? else { return Ok(false) };
            if !handover::speaks_for(&app.directory.load(), from, &to) {
                return Ok(false);
            }
            if at_owner(stand(Some(&help)), AtOwner::Said).is_some_and(|(next, _)| next == Stand::Said) {
                store::say_help(tx, &id, &words, "").await?;
            }
            Ok(true)
        }
        Letter::Ends => {
            let theirs = match &known {
                Some(help) => {
                    let asker = elsewhere(tx.conn(), help.asker).await?;
                    help.log == seat.log
                        && asker
                            .is_some_and(|asker| handover::speaks_for(&app.directory.load(), from, &asker))
                }
                None => true,
            };
            if !theirs {
                return Ok(false);
            }
            if at_asked(stand(known.as_ref()), AtAsked::Ended).is_some_and(|(next, _)| next == Stand::Ended) {
                if known.is_none() {
                    let asker = tx_log(tx, from).await?;
                    store::lay(tx, &row(asker, seat, (&named, &id), None)).await?;
                }
                store::over(tx, &id).await?;
            }
            Ok(true)
        }
    }
}

async fn tx_log(tx: &mut Tx, origin: &Origin) -> Result<i64, Problem> {
    let now = tx.ledger.now();
    Ok(logs::ensure(tx.conn(), origin, false, now).await?)
}

fn row(asker: i64, seat: &Seat, (named, id): (&Named, &str), question: Option<Question>) -> Help {
    let (origin, code) = (named.origin.to_string(), named.code.to_string());
    let bare = Help { id: id.to_owned(), asker, log: seat.log, origin, code, ..Help::default() };
    match question {
        None => bare,
        Some(Question { due, question, place, commune, words, .. }) => {
            Help { due: due.to_string(), question, place, commune, words, ..bare }
        }
    }
}

async fn asked(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    (named, id, from): (&Named, &str, &Origin),
    known: Option<Help>,
    question: Question,
) -> Result<(), Problem> {
    match (at_asked(stand(known.as_ref()), AtAsked::Asked), known) {
        (Some((Stand::Open, _)), None) => {
            let asker = tx_log(tx, from).await?;
            Ok(store::lay(tx, &row(asker, seat, (named, id), Some(question))).await?)
        }
        (Some((_, Some(Sends::Says))), Some(help)) => {
            let words = help.said.clone();
            says(app, tx, &help, &words).await
        }
        _ => Ok(()),
    }
}
