//! What a closed portal of this node leaves to the one that takes its place, in the rows of its cases.

use network::entry::Case as Named;

use super::super::life::State;
use super::super::store as cases;
use super::super::store::steps::{self, Step};
use super::Seat;
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;

/// What a closed portal of this node owned, or had before, stands with the one that took its place.
pub(super) async fn inherited(
    app: &App,
    tx: &mut Tx,
    named: &Named,
    from: &Seat,
    to: &Seat,
) -> Result<(), Problem> {
    let Some(mut case) = cases::find(tx.conn(), named.code.as_str()).await? else { return Ok(()) };
    if cases::held_since(tx.conn(), &case.id, from.log).await?.is_some() {
        cases::hold(tx, &case.id, to.log).await?;
    }
    if case.owner != from.log {
        return Ok(());
    }
    // Whoever handled it worked there; its clock runs on.
    case.owner = to.log;
    case.handler.clear();
    if case.state() == State::Work {
        State::New.word().clone_into(&mut case.state);
    }
    case.count(&app.calendar.now(), tx.ledger.now());
    cases::save(tx, &case).await?;
    let step = Step {
        log: to.log,
        act: "inherited".into(),
        shown: 1,
        detail: from.log.to_string(),
        ..Step::default()
    };
    let step = Step { seq: steps::add(tx, &case.id, &step).await?, at: tx.ledger.now(), ..step };
    super::tells(app, tx, to, &case, Some(&step)).await
}
