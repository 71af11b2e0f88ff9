//! The portal at which it was asked: what its sender is shown of a case that another node owns.

use network::entry::Outcome;
use network::handover::{Said, What};
use network::petition::State as Public;

use super::super::life::State;
use super::super::store::draft::{self, Draft};
use super::super::store::steps::{self, Step};
use super::super::store::{self as cases, Case};
use super::hands::Hands;
use super::seat;
use super::told::{self, About, Told};
use crate::db::Tx;
use crate::logs::store as logs;
use crate::problem::Problem;

/// The owner at another node has told how the case stands.
///
/// # Errors
/// The database's.
pub(super) async fn changed(hands: &Hands<'_>, tx: &mut Tx) -> Result<(), Problem> {
    let Some(view) = hands.desk.view() else { return Ok(()) };
    // What a portal of this node owns stands in its own row.
    if seat(hands.app, &view.owner).is_some() {
        return Ok(());
    }
    let mut case = hands.case(tx).await?;
    let now = tx.ledger.now();
    let owner = logs::ensure(tx.conn(), &view.owner, false, now).await?;
    if case.owner != owner {
        (case.owner, case.owned) = (owner, now);
        case.handler.clear();
        if case.state().is_open() {
            State::New.word().clone_into(&mut case.state);
        }
    }
    case.epoch = i64::from(view.epoch);
    case.handing = view.handing.as_ref().map(ToString::to_string).unwrap_or_default();
    let before = case.state();
    let about = match About::read(&view.about) {
        Some(about) if has_come(tx, &case, &about.after).await? => Some(about),
        _ => None,
    };
    if let Some(about) = &about {
        about.lay(&mut case);
    }
    // What its sender took back stays taken back, though its owner has not heard of it yet.
    let taken_back = case.state() == State::Withdrawn && view.state == Public::Open;
    let told = about.map(|about| State::of(&about.state)).unwrap_or(before);
    let open = if told.is_open() { told } else { State::New };
    let state = match view.state {
        Public::Open if taken_back => State::Withdrawn,
        Public::Open => open,
        // Nobody is told of an answer that they cannot read yet.
        Public::Answered if !has_answer(tx, &case).await? => match case.state() {
            state if state.is_open() => state,
            _ => State::Work,
        },
        Public::Answered => State::Answered,
        Public::Closed(Outcome::Withdrawn) => State::Withdrawn,
        Public::Closed(_) => State::Closed,
    };
    if matches!(state, State::Closed | State::Withdrawn) && case.closed == 0 {
        case.closed = now;
    }
    state.word().clone_into(&mut case.state);
    case.count(&hands.app.calendar.now(), now);
    Ok(cases::save_within(tx, &case).await?)
}

/// True if the step after which it stands so has come, or there is none: letters overtake each other, and nobody is told that they are asked
/// for something before they can read for what.
async fn has_come(tx: &mut Tx, case: &Case, after: &str) -> Result<bool, Problem> {
    match after.parse() {
        Ok(said) => Ok(steps::of_name(tx.conn(), &case.id, said).await?.is_some()),
        Err(_) => Ok(true),
    }
}

/// True if the answer of which the owner tells has come.
async fn has_answer(tx: &mut Tx, case: &Case) -> Result<bool, Problem> {
    let path = steps::of(tx.conn(), &case.id).await?;
    Ok(path.iter().any(|step| step.act == "answered" && step.at >= case.answered))
}

/// The owner at another node has said something: its sender reads it here, and an answer without personal data is shown here.
///
/// # Errors
/// The database's.
pub(super) async fn told(
    hands: &Hands<'_>,
    tx: &mut Tx,
    case: &Case,
    said: &Said,
    told: Told,
) -> Result<(), Problem> {
    let now = tx.ledger.now();
    let mut step = step_of(case, said, &told);
    step.log = match &hands.from {
        Some(from) => logs::ensure(tx.conn(), from, false, now).await?,
        None => case.owner,
    };
    step.detail = match told::agency(&told.detail).filter(|_| told::names_agency(&told.act)) {
        Some(agency) => logs::ensure(tx.conn(), &agency, false, now).await?.to_string(),
        None => told.detail.clone(),
    };
    (step.act, step.words) = (told.act.clone(), told.words.clone());
    if said.what == What::Answers {
        "answered".clone_into(&mut step.act);
    }
    steps::add(tx, &case.id, &step).await?;
    if said.what == What::Answers {
        match told.public {
            Some((question, reply)) => {
                let shown = Draft { question, reply, open: 1, ..Draft::default() };
                draft::publish(tx, &Case { owner: step.log, ..case.clone() }, &shown).await?;
            }
            None => draft::unpublish(tx, &case.id).await?,
        }
    }
    // How it stands may have come before.
    changed(hands, tx).await
}

/// A step that somebody else said.
pub(super) fn step_of(case: &Case, said: &Said, told: &Told) -> Step {
    Step { log: case.owner, at: told.at, shown: 1, said: said.id.to_string(), ..Step::default() }
}
