//! What its sender does with a case: one transaction each, decided by `life`.

use network::entry::Outcome;

use super::super::asking::{check, taken};
use super::super::facts;
use super::super::life::{self, Refused, Sent, State};
use super::super::record::{self, append};
use super::super::store::steps::{self, Step};
use super::super::store::{self, Case, draft};
use super::super::verify;
use crate::app::App;
use crate::db::Tx;
use crate::files::Upload;
use crate::people::forms::Fields;
use crate::problem::{Fault, Problem};
use crate::words::{Lang, PetitionWords};

/// Messages that a sender may write to one case in a day.
const MOST_MESSAGES: i64 = 10;
const DAY: i64 = 86_400_000_000;

/// What was done, for the page that says so.
pub type Said = fn(&'static PetitionWords) -> &'static str;

fn fault(field: &str, says: fn(&'static PetitionWords) -> &'static str) -> Problem {
    let (vi, en) = (says(Lang::Vi.petition()).into(), says(Lang::En.petition()).into());
    Problem::Invalid(vec![Fault { field: field.into(), vi, en }])
}

fn problem(refused: Refused) -> Problem {
    let says = |lang: Lang| match refused {
        Refused::Late => lang.petition().refused_late,
        _ => lang.petition().refused_over,
    };
    Problem::refused(says(Lang::Vi), says(Lang::En))
}

/// Carries out what a form asks for.
///
/// # Errors
/// What is wrong with the form; why it is refused; the database's.
pub async fn act(
    app: &App,
    case: &Case,
    typed: &Fields,
    files: Result<Vec<Upload>, Fault>,
) -> Result<Said, Problem> {
    match typed.get("viec") {
        "tra-loi" => reply(app, case, typed, files).await.map(|()| said_replied as Said),
        "danh-gia" => rate(app, case, typed).await.map(|()| said_rated as Said),
        "mo-lai" => reopen(app, case, typed).await.map(|()| said_reopened as Said),
        "rut" => withdraw(app, case, typed).await.map(|()| said_withdrawn as Said),
        "xac-nhan" if typed.get("so").trim().is_empty() => {
            verify::pages::act(app, case, "").await.map(|()| said_mailed as Said)
        }
        "xac-nhan" => verify::pages::act(app, case, typed.get("so")).await.map(|()| said_verified as Said),
        "xoa-lien-he" => forget(app, case).await.map(|()| said_forgotten as Said),
        _ => Err(Problem::NotFound("act")),
    }
}

fn said_replied(p: &'static PetitionWords) -> &'static str {
    p.said_replied
}
fn said_rated(p: &'static PetitionWords) -> &'static str {
    p.said_rated
}
fn said_reopened(p: &'static PetitionWords) -> &'static str {
    p.said_reopened
}
fn said_withdrawn(p: &'static PetitionWords) -> &'static str {
    p.said_withdrawn
}
fn said_mailed(p: &'static PetitionWords) -> &'static str {
    p.said_mailed
}
fn said_verified(p: &'static PetitionWords) -> &'static str {
    p.verify_done
}
fn said_forgotten(p: &'static PetitionWords) -> &'static str {
    p.said_forgotten
}

/// The case as it stands in this transaction, and where the act leads.
async fn decided(app: &App, tx: &mut Tx, code: &str, act: Sent) -> Result<(Case, State), Problem> {
    let now = tx.ledger.now();
    let case = store::find(tx.conn(), code).await?.ok_or(Problem::NotFound("petition"))?;
    let path = steps::of(tx.conn(), &case.id).await?;
    let draft = draft::find(tx.conn(), &case.id).await?;
    let facts = facts::of(&case, &path, draft.as_ref(), &app.calendar.now(), now);
    let next = life::sender(act, &facts).map_err(problem)?;
    Ok((case, next))
}

/// Writes down where it stands now. Within one transaction nobody else can have changed it.
async fn saved(app: &App, tx: &mut Tx, case: &mut Case) -> Result<(), Problem> {
    case.count(&app.calendar.now(), tx.ledger.now());
    if store::save(tx, case).await? {
        return Ok(());
    }
    Err(Problem::Ours(anyhow::anyhow!("a petition was changed within a transaction")))
}

fn step(case: &Case, act: &str, words: &str) -> Step {
    Step { log: case.owner, act: act.to_owned(), shown: 1, words: words.to_owned(), ..Step::default() }
}

async fn reply(
    app: &App,
    case: &Case,
    typed: &Fields,
    files: Result<Vec<Upload>, Fault>,
) -> Result<(), Problem> {
    let mut faults = Vec::new();
    let words = check::words(typed, "loi-nhan", &mut faults);
    let kept = match files {
        Ok(files) if faults.is_empty() => taken(app, files, &mut faults).await?,
        Ok(_) => Vec::new(),
        Err(fault) => {
            faults.push(fault);
            Vec::new()
        }
    };
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let (app, code) = (app.clone(), case.code.clone());
    let db = app.db.clone();
    db.write("petition.reply", async move |tx: &mut Tx| -> Result<(), Problem> {
        let (mut case, next) = decided(&app, tx, &code, Sent::Reply).await?;
        let now = tx.ledger.now();
        let path = steps::of(tx.conn(), &case.id).await?;
        // Sent twice by an impatient finger.
        if path.last().is_some_and(|last| last.act == "replied" && last.words == words) {
            return Ok(());
        }
        if steps::written(tx, &case.id, now - DAY).await? >= MOST_MESSAGES {
            let says = |lang: Lang| lang.petition().too_many_messages.to_owned();
            return Err(Problem::TooOften { vi: says(Lang::Vi), en: says(Lang::En) });
        }
        case.stop_waiting(&app.calendar.now(), now);
        next.word().clone_into(&mut case.state);
        saved(&app, tx, &mut case).await?;
        let seq = steps::add(tx, &case.id, &step(&case, "replied", &words)).await?;
        Ok(steps::attach(tx, &case.id, seq, &kept).await?)
    })
    .await
}

async fn rate(app: &App, case: &Case, typed: &Fields) -> Result<(), Problem> {
    let rating = match typed.get("muc") {
        word @ ("yes" | "partly" | "no") => word.to_owned(),
        _ => return Err(fault("muc", |p| p.fault_rating)),
    };
    let (app, code) = (app.clone(), case.code.clone());
    let db = app.db.clone();
    db.write("petition.rate", async move |tx: &mut Tx| -> Result<(), Problem> {
        let (mut case, _) = decided(&app, tx, &code, Sent::Rate).await?;
        case.rating = rating;
        saved(&app, tx, &mut case).await?;
        steps::add(tx, &case.id, &step(&case, "rated", "")).await?;
        Ok(())
    })
    .await
}

async fn reopen(app: &App, case: &Case, typed: &Fields) -> Result<(), Problem> {
    let mut faults = Vec::new();
    let words = check::words(typed, "ly-do", &mut faults);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let (app, code) = (app.clone(), case.code.clone());
    let db = app.db.clone();
    db.write("petition.reopen", async move |tx: &mut Tx| -> Result<(), Problem> {
        let (mut case, next) = decided(&app, tx, &code, Sent::Reopen).await?;
        let now = tx.ledger.now();
        next.word().clone_into(&mut case.state);
        (case.reopened, case.clock_from, case.closed, case.paused) = (now, now, 0, 0);
        (case.added, case.extended) = (0, 0);
        case.handler.clear();
        case.rating.clear();
        case.epoch += 1;
        saved(&app, tx, &mut case).await?;
        steps::add(tx, &case.id, &step(&case, "reopened", &words)).await?;
        append(&app, tx, &case, case.owner, record::Said::Reopened).await.map(|_| ())
    })
    .await
}

async fn withdraw(app: &App, case: &Case, typed: &Fields) -> Result<(), Problem> {
    if !typed.has("chac-chan") {
        return Err(fault("chac-chan", |p| p.fault_sure));
    }
    let (app, code) = (app.clone(), case.code.clone());
    let db = app.db.clone();
    db.write("petition.withdraw", async move |tx: &mut Tx| -> Result<(), Problem> {
        let (mut case, next) = decided(&app, tx, &code, Sent::Withdraw).await?;
        next.word().clone_into(&mut case.state);
        case.closed = tx.ledger.now();
        saved(&app, tx, &mut case).await?;
        store::forget(tx, &case.id).await?;
        steps::add(tx, &case.id, &step(&case, "withdrawn", "")).await?;
        append(&app, tx, &case, case.owner, record::Said::Closed(Outcome::Withdrawn)).await.map(|_| ())
    })
    .await
}

async fn forget(app: &App, case: &Case) -> Result<(), Problem> {
    let (log, id) = (case.owner, case.id.clone());
    app.db
        .write("petition.forget", async move |tx: &mut Tx| -> Result<(), Problem> {
            store::forget_contact(tx, &id).await?;
            let step = Step { log, act: "forgotten".into(), shown: 1, ..Step::default() };
            steps::add(tx, &id, &step).await?;
            Ok(())
        })
        .await
}
