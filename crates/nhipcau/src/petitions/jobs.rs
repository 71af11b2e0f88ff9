//! What happens to petitions by itself: people are reminded, in office hours only, and what was answered ends once it may not be
//! reopened any more.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use network::entry::Outcome;
use network::handover::Event;

use super::clock::percent;
use super::exchange::forward;
use super::life::State;
use super::rules::{Clock, reminders};
use super::store::steps::{self, Step};
use super::store::{self, Case};
use super::{facts, handover, ties};
use crate::app::App;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::logs::store as logs;
use crate::problem::Problem;
use crate::words::date;
use crate::{all, run};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(60);

/// Looks until the node stops.
pub async fn run(app: &App) {
    loop {
        if let Err(problem) = look(app).await {
            tracing::warn!(%problem, "petitions could not be looked through");
        }
        if let Err(problem) = handover::again(app).await {
            tracing::warn!(%problem, "what was not answered about petitions could not be sent again");
        }
        if let Err(problem) = handover::estate::bequeath(app).await {
            tracing::warn!(%problem, "what closed portals have left could not be sent on");
        }
        if let Err(problem) = handover::folded::fold(app).await {
            tracing::warn!(%problem, "the public record of petitions could not be folded");
        }
        if let Err(problem) = forward::look(app).await {
            tracing::warn!(%problem, "what is passed on to other systems could not be looked through");
        }
        if let Err(problem) = ties::far::again(app).await {
            tracing::warn!(%problem, "what agencies of other nodes were asked could not be asked again");
        }
        if let Err(problem) = ties::afar::look(app).await {
            tracing::warn!(%problem, "how the parts of petitions stand could not be told to other nodes");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// One look at every case that is under way.
///
/// # Errors
/// The database's.
pub async fn look(app: &App) -> Result<(), Problem> {
    let open = office_is_open(app);
    let mut conn = app.db.read().await?;
    let cases = store::all_running(&mut conn).await?;
    let given = if open { given(&mut conn).await? } else { HashSet::new() };
    let touched = if open { touched(&mut conn).await? } else { HashMap::new() };
    drop(conn);
    for case in cases {
        let code = case.code.clone();
        let done = match case.state() {
            State::Answered if facts::is_final(&case, &app.calendar.now(), app.clock.micros()) => {
                close(app, case.clone()).await
            }
            state if state.is_open() && open => remind(app, &case, &given).await,
            _ => Ok(()),
        };
        let done = match done {
            Ok(()) if open && case.state() == State::Work && !case.handler.is_empty() => {
                idle(app, &case, touched.get(&case.id).copied()).await
            }
            done => done,
        };
        // One that cannot be ended now holds up nobody else's reminder.
        if let Err(problem) = done {
            tracing::warn!(%code, %problem, "a petition could not be looked after");
        }
    }
    Ok(())
}

/// True on a working day while offices are open.
fn office_is_open(app: &App) -> bool {
    let now = app.clock.now().to_zoned_datetime(date::zone());
    let (day, hour, time) = (now.date(), now.time(), app.calendar.now());
    let works = time.days.is_working_day(day).unwrap_or(false);
    let open = |(from, until): &(jiff::civil::Time, jiff::civil::Time)| *from <= hour && hour < *until;
    works && time.usual().on(day).is_some_and(|hours| hours.spans.iter().any(open))
}

/// The reminders that were given of open cases since their clocks began: of which, at how many per cent.
async fn given(conn: &mut Conn) -> Result<HashSet<(String, i64)>, Problem> {
    let rows = all!(
        conn,
        (String, i64),
        "SELECT r.petition, r.percent FROM petition_reminder r JOIN petition p ON p.id = r.petition AND p.clock_from = r.owned
         WHERE p.state IN ('new', 'work', 'asked', 'review')"
    )?;
    Ok(rows.into_iter().collect())
}

/// Reminds of a case, if a further part of its clock has run.
async fn remind(app: &App, case: &Case, given: &HashSet<(String, i64)>) -> Result<(), Problem> {
    let now = app.clock.micros();
    let Some(due) = case.last_day(&app.calendar.now(), now) else { return Ok(()) };
    let ran = percent(case.clock_from, due, now);
    let Some(mark) = reminders(date::day(instant(now))).into_iter().filter(|mark| *mark <= ran).max() else {
        return Ok(());
    };
    if given.contains(&(case.id.clone(), i64::from(mark))) {
        return Ok(());
    }
    let (id, log, from) = (case.id.clone(), case.owner, case.clock_from);
    app.db
        .write("petition.remind", async move |tx: &mut Tx| -> Result<(), Problem> {
            let at = tx.ledger.now();
            run!(
                tx,
                "INSERT INTO petition_reminder (petition, owned, percent, at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (petition, owned, percent) DO NOTHING",
                id.clone(),
                from,
                i64::from(mark),
                at
            )?;
            let step = Step { log, act: "reminded".into(), detail: mark.to_string(), ..Step::default() };
            steps::add(tx, &id, &step).await?;
            Ok(())
        })
        .await
}

/// When the cases that somebody works on were touched last, in microseconds: by them, by who gave it to them, or by its sender.
async fn touched(conn: &mut Conn) -> Result<HashMap<String, i64>, Problem> {
    let rows = all!(
        conn,
        (String, i64),
        "SELECT s.petition, MAX(s.at) AS at FROM petition_step s JOIN petition p ON p.id = s.petition
         WHERE p.state = 'work' AND p.handler <> '' AND (s.account = p.handler OR s.act IN ('assigned', 'replied'))
         GROUP BY s.petition"
    )?;
    Ok(rows.into_iter().collect())
}

/// Puts a case back into the queue that somebody took on and has not touched for as long as a rule says.
async fn idle(app: &App, case: &Case, touched: Option<i64>) -> Result<(), Problem> {
    let (time, today) = (app.calendar.now(), date::day(app.clock.now()));
    let Some(rule) = Clock::of("idle", today) else { return Ok(()) };
    let last = date::day(instant(touched.unwrap_or(case.owned)));
    let end = time.days.deadline(last, rule.period(0), time.usual()).ok();
    if end.is_none_or(|end| today <= end.end) {
        return Ok(());
    }
    let tied = ties::stand(&mut app.db.read().await?, &case.id).await?;
    // What waits for another case, or for its parts, is not forgotten.
    if tied.follows || tied.waits {
        return Ok(());
    }
    let (mut case, rule) = (case.clone(), rule.count);
    let (app, db) = (app.clone(), app.db.clone());
    db.write("petition.idle", async move |tx: &mut Tx| -> Result<(), Problem> {
        case.handler.clear();
        State::New.word().clone_into(&mut case.state);
        case.count(&app.calendar.now(), tx.ledger.now());
        // Touched at this very moment: then it is not forgotten.
        if !store::save(tx, &case).await? {
            return Ok(());
        }
        let step = Step { log: case.owner, act: "idle".into(), detail: rule.to_string(), ..Step::default() };
        steps::add(tx, &case.id, &step).await?;
        let owner = logs::head(tx.conn(), case.owner).await?;
        let owner = owner.and_then(|head| handover::seat(&app, &head.origin));
        handover::tells(&app, tx, &owner.ok_or(Problem::NotFound("portal"))?, &case, None).await
    })
    .await
}

/// The reminders that hold for the open cases of an agency: of which, at how many per cent.
///
/// # Errors
/// The database's.
pub async fn reminded(conn: &mut Conn, log: i64) -> Result<Vec<(String, i64)>, Problem> {
    Ok(all!(
        conn,
        (String, i64),
        "SELECT r.petition, r.percent FROM petition_reminder r JOIN petition p ON p.id = r.petition AND p.clock_from = r.owned
         WHERE p.owner = $1 AND p.state IN ('new', 'work', 'asked', 'review')",
        log
    )?)
}

async fn close(app: &App, mut case: Case) -> Result<(), Problem> {
    let (app, db) = (app.clone(), app.db.clone());
    db.write("petition.close", async move |tx: &mut Tx| -> Result<(), Problem> {
        if ties::has_running_parts(tx.conn(), &case.id).await? {
            return Ok(());
        }
        State::Closed.word().clone_into(&mut case.state);
        case.closed = tx.ledger.now();
        // Reopened at this very moment: then it is not over.
        if !store::save(tx, &case).await? {
            return Ok(());
        }
        let step = Step { log: case.owner, act: "closed".into(), shown: 1, ..Step::default() };
        let step = Step { seq: steps::add(tx, &case.id, &step).await?, at: case.closed, ..step };
        let (named, owner) =
            (handover::named(tx.conn(), &case).await?, logs::head(tx.conn(), case.owner).await?);
        let owner =
            owner.and_then(|head| handover::seat(&app, &head.origin)).ok_or(Problem::NotFound("portal"))?;
        handover::tells(&app, tx, &owner, &case, Some(&step)).await?;
        handover::happens(&app, tx, &owner, &named, Event::Ends(Outcome::Answered)).await
    })
    .await
}
