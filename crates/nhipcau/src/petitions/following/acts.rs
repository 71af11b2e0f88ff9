//! What its sender does with a case: one transaction each, decided by `life`.

use network::handover::{Event, Rating, What};

use super::super::asking::{check, taken};
use super::super::life::{self, Refused, Sent, State};
use super::super::store::steps::{self, Step};
use super::super::store::{self, Case, draft};
use super::super::{facts, handover, ties, verify};
use crate::app::App;
use crate::db::Tx;
use crate::files::Upload;
use crate::logs::store as logs;
use crate::people::forms::Fields;
use crate::problem::{Fault, Problem};
use crate::words::{Lang, PetitionWords};

/// Messages that a sender may write to one case in a day.
const MOST_MESSAGES: i64 = 10;
const DAY: i64 = 86_400_000_000;

/// What was done, for the page that says so.
pub type Said = fn(&'static PetitionWords) -> &'static str;

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

/// The case as it stands in this transaction, if the act may be done.
async fn decided(app: &App, tx: &mut Tx, code: &str, act: Sent) -> Result<Case, Problem> {
    let now = tx.ledger.now();
    let case = store::find(tx.conn(), code).await?.ok_or(Problem::NotFound("petition"))?;
    let path = steps::of(tx.conn(), &case.id).await?;
    let draft = draft::find(tx.conn(), &case.id).await?;
    let facts = facts::of(&case, &path, draft.as_ref(), &app.calendar.now(), now);
    life::sender(act, &facts).map_err(problem)?;
    Ok(case)
}

/// Writes down what was said, and says it to whoever has the case, wherever that is: what it does there is done in this transaction if it
/// is an agency of this node, else when the letter comes. Within one transaction nobody else can have changed the case.
async fn says(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    what: What,
    (act, words): (&str, &str),
    files: &[(network::content::ItemFile, Vec<u8>)],
) -> Result<(), Problem> {
    store::save_within(tx, case).await?;
    let mut step =
        Step { log: case.owner, act: act.into(), shown: 1, words: words.into(), ..Step::default() };
    (step.seq, step.at) = (steps::add(tx, &case.id, &step).await?, tx.ledger.now());
    steps::attach(tx, &case.id, step.seq, files).await?;
    let named = handover::named(tx.conn(), case).await?;
    let home = handover::seat(app, &named.origin).ok_or(Problem::NotFound("portal"))?;
    let listed = steps::files(tx.conn(), &case.id).await?;
    let said = handover::words(tx.conn(), &step, &listed).await?;
    let event = Event::Asks { id: step.named(&case.id), what, words: said };
    handover::happens(app, tx, &home, &named, event).await?;
    if files.is_empty() {
        return Ok(());
    }
    let owner = logs::head(tx.conn(), case.owner).await?.ok_or(Problem::NotFound("agency"))?.origin;
    handover::post_files(app, tx, &home, case, &owner, Some(step.seq)).await
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
        let case = decided(&app, tx, &code, Sent::Reply).await?;
        let path = steps::of(tx.conn(), &case.id).await?;
        // Sent twice by an impatient finger.
        if path.last().is_some_and(|last| last.act == "replied" && last.words == words) {
            return Ok(());
        }
        if steps::written(tx, &case.id, tx.ledger.now() - DAY).await? >= MOST_MESSAGES {
            let says = |lang: Lang| lang.petition().too_many_messages.to_owned();
            return Err(Problem::TooOften { vi: says(Lang::Vi), en: says(Lang::En) });
        }
        says(&app, tx, &case, What::Asks, ("replied", &words), &kept).await
    })
    .await
}

async fn rate(app: &App, case: &Case, typed: &Fields) -> Result<(), Problem> {
    let rating: Rating = typed
        .get("muc")
        .parse()
        .map_err(|_| Problem::Invalid(vec![Fault::said("muc", |lang| lang.petition().fault_rating)]))?;
    let (app, code) = (app.clone(), case.code.clone());
    let db = app.db.clone();
    db.write("petition.rate", async move |tx: &mut Tx| -> Result<(), Problem> {
        let mut case = decided(&app, tx, &code, Sent::Rate).await?;
        rating.word().clone_into(&mut case.rating);
        says(&app, tx, &case, What::Rates(rating), ("rated", ""), &[]).await
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
        let mut case = decided(&app, tx, &code, Sent::Reopen).await?;
        case.reopened = tx.ledger.now();
        says(&app, tx, &case, What::Reopens, ("reopened", &words), &[]).await
    })
    .await
}

async fn withdraw(app: &App, case: &Case, typed: &Fields) -> Result<(), Problem> {
    if !typed.has("chac-chan") {
        return Err(Problem::Invalid(vec![Fault::said("chac-chan", |lang| lang.petition().fault_sure)]));
    }
    let (app, code) = (app.clone(), case.code.clone());
    let db = app.db.clone();
    db.write("petition.withdraw", async move |tx: &mut Tx| -> Result<(), Problem> {
        let case = decided(&app, tx, &code, Sent::Withdraw).await?;
        // What was split is taken back whole.
        for tie in ties::store::of(tx.conn(), &case.id).await? {
            if tie.is_part_of(&case.id) && tie.state().is_open() {
                let part = store::find(tx.conn(), &tie.code).await?.ok_or(Problem::NotFound("petition"))?;
                gone(&app, tx, part).await?;
            }
        }
        gone(&app, tx, case).await
    })
    .await
}

/// Takes a case back.
async fn gone(app: &App, tx: &mut Tx, mut case: Case) -> Result<(), Problem> {
    // Its words go here and now, also while its owner at another node has not heard of it yet.
    State::Withdrawn.word().clone_into(&mut case.state);
    case.closed = tx.ledger.now();
    store::forget(tx, &case.id).await?;
    // It may have been answered and published before it was reopened.
    draft::unpublish(tx, &case.id).await?;
    let named = handover::named(tx.conn(), &case).await?;
    handover::store::forget(tx, &named).await?;
    says(app, tx, &case, What::Withdraws, ("withdrawn", ""), &[]).await
}

async fn forget(app: &App, case: &Case) -> Result<(), Problem> {
    let (app, code) = (app.clone(), case.code.clone());
    let db = app.db.clone();
    db.write("petition.forget", async move |tx: &mut Tx| -> Result<(), Problem> {
        let case = store::find(tx.conn(), &code).await?.ok_or(Problem::NotFound("petition"))?;
        store::forget_contact(tx, &case.id).await?;
        says(&app, tx, &case, What::Asks, ("forgotten", ""), &[]).await
    })
    .await
}
