//! Proposing a merger, confirming or dropping it. Two persons: nobody confirms what they have proposed.

use std::collections::{BTreeMap, BTreeSet};

use network::names::Origin;
use serde_json::json;
use uuid::Uuid;

use super::plan::Counted;
use super::store::{self, Merger};
use super::{Asked, Plan, State, origin};
use crate::agencies::Portal;
use crate::app::App;
use crate::assignments::board;
use crate::db::Tx;
use crate::logs::store as logs;
use crate::people::audit::{self, Line, Who};
use crate::problem::Problem;

/// The whole plan of what is asked for, as of now. Nothing is done.
///
/// # Errors
/// Everything that stands against it; the database's.
pub async fn plan(app: &App, portal: &Portal, asked: &Asked) -> Result<Plan, Problem> {
    let directory = app.directory.load_full();
    let mut counted = BTreeMap::new();
    for origin in asked.from.iter().filter_map(|text| origin(text).ok()) {
        let count = count(app, &origin).await?;
        counted.insert(origin, count);
    }
    for origin in asked.into.iter().filter_map(|text| origin(text).ok()) {
        // Of one that goes on it only matters whether it is on this node.
        let ours = app.portals.load().iter().any(|portal| portal.origin == origin);
        counted.entry(origin).or_insert(Counted { ours, ..Counted::default() });
    }
    Plan::of(&directory, &portal.origin, asked, &counted).map_err(Problem::Invalid)
}

async fn count(app: &App, origin: &Origin) -> Result<Counted, Problem> {
    let mut conn = app.db.read().await?;
    let Some(head) = logs::by_origin(&mut conn, origin.as_str()).await? else {
        return Ok(Counted::default());
    };
    let (drafts, editions) = store::drafts(&mut conn, head.id).await?;
    let people = store::people(&mut conn, head.id).await?;
    let boards = board::given_to(app, &mut conn, origin).await?;
    let given = boards.iter().flat_map(|board| &board.tasks);
    let open = given.filter(|row| row.given.to.agencies.contains(origin) && !row.state(origin).is_done());
    Ok(Counted {
        size: Some(head.size),
        ours: app.portals.load().iter().any(|portal| portal.origin == *origin),
        sealed: store::sealed(&mut conn, head.id).await?,
        drafts,
        editions,
        tasks: open.count() as u64,
        people,
    })
}

/// Proposes a merger. Nothing is done before somebody else confirms it.
///
/// # Errors
/// Everything that stands against it; another that waits or is under way touches one of its agencies.
pub async fn propose(app: &App, portal: &Portal, who: Who, asked: &Asked) -> Result<Uuid, Problem> {
    let plan = plan(app, portal, asked).await?;
    let (id, log) = (app.dice.id(&app.clock)?, portal.log);
    let line = Line::new(who, log, "merger.propose", id.to_string());
    let line = line.with(json!({ "from": asked.from, "into": asked.into }));
    app.db
        .write("merger.propose", async move |tx: &mut Tx| -> Result<(), Problem> {
            let open = store::of_log(tx.conn(), log).await?;
            let open = open.iter().filter(|other| matches!(other.state(), State::Proposed | State::UnderWay));
            // Names as they are meant, however they were typed.
            let named = |logs: &[String]| -> BTreeSet<Origin> {
                logs.iter().filter_map(|log| origin(log).ok()).collect()
            };
            let (from, into) = (named(&plan.asked.from), named(&plan.asked.into));
            let touched = |other: &Merger| {
                let (theirs, next) = (named(&other.plan.asked.from), named(&other.plan.asked.into));
                !from.is_disjoint(&theirs) || !from.is_disjoint(&next) || !into.is_disjoint(&theirs)
            };
            if open.into_iter().any(touched) {
                return Err(Problem::refused(
                    "Một cơ quan trong số này đang nằm trong đề xuất khác chưa xong. Hãy xác nhận hoặc bỏ đề xuất đó trước.",
                    "One of these agencies is part of another proposal that is not finished. Confirm or drop that one first.",
                ));
            }
            store::add(tx, id, log, &plan, who.text()).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await?;
    Ok(id)
}

/// Confirms what somebody else has proposed: from now on its steps are taken. Or drops it.
///
/// # Errors
/// It was dealt with before; the same person proposed it; something stands against it by now.
pub async fn decide(app: &App, portal: &Portal, who: Who, id: Uuid, confirm: bool) -> Result<(), Problem> {
    let mut conn = app.db.read().await?;
    let found = store::find(&mut conn, portal.log, id).await?.ok_or(Problem::NotFound("merger"))?;
    drop(conn);
    // What is confirmed is what stands now: sizes and queues may have grown, its agencies must be the same.
    let fresh = match confirm {
        true => plan(app, portal, &found.plan.asked).await?,
        false => found.plan.clone(),
    };
    let log = portal.log;
    let act = if confirm { "merger.confirm" } else { "merger.drop" };
    let line = Line::new(who, log, act, id.to_string()).with(json!({ "proposer": found.proposer }));
    app.db
        .write("merger.decide", async move |tx: &mut Tx| -> Result<(), Problem> {
            let found = store::find(tx.conn(), log, id).await?.ok_or(Problem::NotFound("merger"))?;
            if found.state() != State::Proposed {
                return Err(Problem::refused(
                    "Đề xuất này đã được xử lý. Hãy tải lại trang.",
                    "This proposal was dealt with. Reload the page.",
                ));
            }
            if confirm && found.proposer == who.text() {
                return Err(Problem::refused(
                    "Người đề xuất không tự xác nhận; cần người thứ hai.",
                    "Whoever proposed it does not confirm it; a second person must.",
                ));
            }
            match confirm {
                true => store::confirm(tx, id, &fresh, who.text()).await?,
                false => store::end(tx, id).await?,
            }
            Ok(audit::add(tx, line).await?)
        })
        .await
}
