//! Carrying out a merger that two persons want: one step after the other, each in one transaction with the row that says
//! it is done. What cannot be done now is tried again; nothing is done twice.

use std::time::Duration;

use network::entry::{Change, Kind, Name};
use network::names::Origin;
use serde_json::json;
use uuid::Uuid;

use super::origin;
use super::plan::Step;
use super::store::{self, Merger};
use crate::agencies::{address, enrol};
use crate::app::App;
use crate::db::Tx;
use crate::logs::{ledger, store as logs};
use crate::people::audit::{self, Line, Who};
use crate::petitions::handover::{self as petitions, Seat};
use crate::problem::Problem;

const EVERY: Duration = Duration::from_secs(1);
/// So long a merger that is held up by a fault of this node rests before the next try.
const REST: Duration = Duration::from_secs(10);

/// Carries out what is confirmed, until the node stops.
pub async fn run(app: App) {
    let mut wait = EVERY;
    loop {
        tokio::time::sleep(wait).await;
        wait = match look(&app).await {
            Ok(true) => EVERY,
            Ok(false) => REST,
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "mergers could not be looked at");
                REST
            }
        };
    }
}

/// Takes what steps can be taken now; false if a fault of this node holds one up.
async fn look(app: &App) -> anyhow::Result<bool> {
    let mut conn = app.db.read().await?;
    let all = store::under_way(&mut conn).await?;
    drop(conn);
    let mut sound = true;
    for merger in all {
        // A portal that is no longer ours states nothing.
        let ours = app.portals.load().iter().any(|portal| portal.log == merger.log);
        if ours && let Err(problem) = go_on(app, &merger).await {
            sound &= held_up(app, &merger, problem).await?;
        }
    }
    Ok(sound)
}

/// Takes the steps that are due.
async fn go_on(app: &App, merger: &Merger) -> Result<(), Problem> {
    let mut conn = app.db.read().await?;
    let done = store::done(&mut conn, merger.id).await?;
    drop(conn);
    for (at, step) in merger.plan.steps.iter().enumerate().skip(done.len()) {
        take(app, merger, at as i64, step).await?;
    }
    let (id, log) = (merger.id, merger.log);
    app.db
        .write("merger.end", async move |tx: &mut Tx| -> Result<(), Problem> {
            store::end(tx, id).await?;
            Ok(audit::add(tx, Line::new(Who::Nobody, log, "merger.done", id.to_string())).await?)
        })
        .await
}

/// Says what holds a merger up, where its page shows it; false if it is a fault of this node.
async fn held_up(app: &App, merger: &Merger, problem: Problem) -> anyhow::Result<bool> {
    let (why, fault) = match problem.told().0 {
        Problem::Refused { vi, en } | Problem::NotNow { vi, en } | Problem::Forbidden { vi, en } => {
            (format!("{vi}\n{en}"), None)
        }
        other => (
            "Bước này gặp lỗi của máy chủ; sẽ thử lại.\nA fault of this node; it is tried again.".to_owned(),
            Some(other),
        ),
    };
    if why == merger.trouble {
        return Ok(fault.is_none());
    }
    if let Some(other) = &fault {
        tracing::warn!(id = %merger.id, %other, "a step of a merger could not be taken");
    }
    let id = merger.id;
    app.db
        .write("merger.trouble", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            Ok(store::trouble(tx, id, why).await?)
        })
        .await?;
    Ok(fault.is_none())
}

fn log_of(text: &str) -> Result<Origin, Problem> {
    origin(text).map_err(|why| Problem::Ours(anyhow::anyhow!("a stored plan is damaged: {why}")))
}

/// Takes one step.
async fn take(app: &App, merger: &Merger, at: i64, step: &Step) -> Result<(), Problem> {
    let by = log_of(&merger.plan.by)?;
    let directory = app.directory.load_full();
    if let Step::Count { origin } = step
        && directory.agency(&log_of(origin)?).is_none_or(|agency| agency.closed.is_none())
    {
        return Err(Problem::NotNow {
            vi: "Đang chờ các máy chủ xác nhận sổ heads để việc đóng sổ có hiệu lực.".into(),
            en: "Waiting for the nodes that confirm heads, so that the closing counts.".into(),
        });
    }
    let led = match step {
        Step::Redirect { origin } => {
            let heir = directory.heirs(&log_of(origin)?).first().map(|heir| heir.origin.clone());
            heir.and_then(|heir| address(&directory, &heir)).unwrap_or_default()
        }
        _ => String::new(),
    };
    let (id, log, step) = (merger.id, merger.log, step.clone());
    let within = app.clone();
    app.db
        .write("merger.step", async move |tx: &mut Tx| -> Result<(), Problem> {
            if store::done(tx.conn(), id).await?.iter().any(|(done, ..)| *done == at) {
                return Ok(());
            }
            let outcome = match &step {
                Step::Close { origin, successor, also } => {
                    close(tx, log, &by, (origin, successor, also)).await?
                }
                Step::Count { .. } => String::new(),
                Step::Change { origin, name, code, accountable } => {
                    let change = Change {
                        name: name.clone().map(|(vi, en)| Name { vi, en }),
                        code: code.clone(),
                        accountable: accountable.clone(),
                        ..Change::of(log_of(origin)?)
                    };
                    enrol::state_in(tx, log, &by, Kind::AgencyChanged(change)).await?.to_string()
                }
                Step::Drafts { from, to } => {
                    let from = logs::by_origin(tx.conn(), from).await?.ok_or(Problem::NotFound("log"))?;
                    let to = logs::by_origin(tx.conn(), to).await?.ok_or(Problem::NotFound("log"))?;
                    let moved = store::hand_over(tx, from.id, to.id).await?;
                    if from.own && to.own {
                        let seat = |head: &logs::Head| Seat { log: head.id, origin: head.origin.clone() };
                        petitions::inherits(&within, tx, &seat(&from), &seat(&to)).await?;
                    }
                    moved.to_string()
                }
                Step::Redirect { .. } => led,
            };
            note(tx, (id, log), at, &step, outcome).await
        })
        .await
}

/// The step's row and its line of the audit trail.
async fn note(
    tx: &mut Tx,
    (id, log): (Uuid, i64),
    at: i64,
    step: &Step,
    outcome: String,
) -> Result<(), Problem> {
    let facts = serde_json::to_value(step).map_err(anyhow::Error::from)?;
    let line = Line::new(Who::Nobody, log, "merger.step", id.to_string());
    audit::add(tx, line.with(json!({ "number": at + 1, "step": facts, "outcome": outcome }))).await?;
    store::step(tx, id, at, outcome).await?;
    Ok(store::trouble(tx, id, String::new()).await?)
}

/// States that an agency has ended, and ends its log here if it is ours, at the same size. Returns that size.
async fn close(
    tx: &mut Tx,
    log: i64,
    by: &Origin,
    (ended, successor, also): (&str, &str, &[String]),
) -> Result<String, Problem> {
    let head = logs::by_origin(tx.conn(), ended).await?.ok_or(Problem::NotFound("log"))?;
    let size = match head.own {
        true => {
            store::unschedule(tx, head.id).await?;
            ledger::end(tx, head.id).await?
        }
        false => ledger::size(tx, head.id).await?,
    };
    let kind = Kind::AgencyClosed {
        origin: log_of(ended)?,
        successor: Some(log_of(successor)?),
        also: also.iter().map(|text| log_of(text)).collect::<Result<_, _>>()?,
        last_size: Some(size),
    };
    enrol::state_in(tx, log, by, kind).await?;
    Ok(size.to_string())
}
