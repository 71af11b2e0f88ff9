//! The public pages about the network: where an item is shown, how the network is.

use std::cmp::Reverse;

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::response::Response;

use super::coverage;
use super::store::{self, Head};
use super::view::{
    Alarm, CoveragePage, Heads, LogRow, LogState, Neighbour, NeighbourRole, NeighbourState, NetworkPage,
    NodeFacts, Split,
};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::drafts::rules;
use crate::items::State;
use crate::items::fold::sealed;
use crate::items::pages::{kept, label, title};
use crate::items::store::{self as items, Reference};
use crate::operate::alarms;
use crate::peers::letters::store as letters;
use crate::peers::{inquiry, receipts};
use crate::people::pages::HOME;
use crate::problem::Problem;
use crate::reach;
use crate::web::answer::failure;
use crate::web::pages::{Drawn, HTML, Tag};
use crate::web::shell::{Section, Synced};
use crate::web::visitor::Visitor;
use crate::words::Lang;
use crate::{all, one};

/// Pages that state the present are drawn again after this, in microseconds.
const NOW: i64 = 1_000_000;
/// The most logs that the network page lists.
const MOST_LOGS: usize = 300;

fn drawn(template: &impl Template) -> Result<Drawn, Problem> {
    Ok(Drawn::whole(200, HTML, &template.render().map_err(anyhow::Error::from)?))
}

/// `/muc/{reference}/noi-hien-thi`
pub async fn coverage(Given(app): Given<App>, Path(reference): Path<String>, visitor: Visitor) -> Response {
    let Ok(reference) = reference.parse::<Reference>() else {
        return failure(&app, &visitor, Problem::NotFound("item"));
    };
    kept(&app, &visitor, vec![Tag::Directory], NOW, async |portal: &Portal| {
        let mut conn = app.db.read().await?;
        let item = items::find(&mut conn, &reference).await?.ok_or(Problem::NotFound("item"))?;
        let told = coverage::told(&app, &mut conn, &item, visitor.lang).await?;
        if told.portals.0 < told.portals.1 {
            inquiry::hint(&app, &item.origin);
        }
        let mut shell = portal.shell(&app, &visitor, Section::Elsewhere);
        let label = label(&item.card, visitor.lang);
        shell.title = Some(format!("{} – {label}", shell.w().coverage_title));
        drawn(&CoveragePage {
            reference: reference.to_string(),
            label,
            title: (item.state != State::Erased).then(|| title(&item.card, visitor.lang)),
            summary: told.summary,
            portals: told.portals,
            accounts: told.accounts,
            exceptions: told.exceptions,
            provinces: told.provinces,
            holders: told.holders,
            sites: told.sites,
            reach: reach::shown::network(&app, &mut conn, &item, visitor.lang).await?,
            ledger: (item.log == portal.log)
                .then(|| visitor.lang.path(&format!("{HOME}/muc/{reference}/so-phat"))),
            shell,
        })
    })
    .await
}

/// `/mang`
pub async fn network(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], NOW, async |portal: &Portal| {
        let mut conn = app.db.read().await?;
        let mut shell = portal.shell(&app, &visitor, Section::Network);
        shell.title = Some(shell.w().network_title.to_owned());
        if let Some(at) = app.status.load().synced {
            shell.synced = Synced::Ago(u64::try_from((app.clock.micros() - at) / 1_000_000).unwrap_or(0));
        }
        let lang = visitor.lang;
        let heads = store::every(&mut conn).await?;
        drawn(&NetworkPage {
            node: NodeFacts {
                name: app.config.name.to_string(),
                portals: app.portals.load().len() as u32,
                at_once: at_once(&app, portal),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                started: instant(app.status.load().started),
            },
            alarms: alarms::all(&app, &mut conn)
                .await?
                .into_iter()
                .map(|a| Alarm::of(lang, &a.about, &a.peer, &a.origin, &a.detail, instant(a.first)))
                .collect(),
            neighbours: neighbours(&app, &mut conn, &visitor).await?,
            logs: logs(&app, &mut conn, &visitor, portal.log, &heads).await?,
            sealed: sealed_here(&app, &mut conn, lang, &heads).await?,
            heads: heads_facts(&app, &mut conn, &heads).await?,
            letters: letters::counts(&mut conn).await?,
            splits: splits(&app, &mut conn, &visitor).await?,
            shell,
        })
    })
    .await
}

/// The portals here that issue at once what their agencies' systems hand in, `shown` first.
fn at_once(app: &App, shown: &Portal) -> Vec<String> {
    let mut all = app.portals.load().all();
    all.retain(|portal| rules::issues_at_once(&app.config, portal));
    all.sort_by_key(|portal| (portal.log != shown.log, portal.domain.clone()));
    all.into_iter().map(|portal| portal.domain.to_string()).collect()
}

async fn neighbours(app: &App, conn: &mut Conn, visitor: &Visitor) -> Result<Vec<Neighbour>, Problem> {
    let directory = app.directory.load();
    let status = app.status.load();
    let mut rows = Vec::new();
    for neighbour in &status.neighbours {
        let (last,): (Option<i64>,) = one!(
            conn,
            (Option<i64>,),
            "SELECT MAX(received) FROM receipt WHERE node = $1",
            neighbour.name.clone()
        )?;
        let owner = neighbour.name.parse().ok().and_then(|n| directory.node(&n)).map(|n| n.owner.clone());
        let behind = status.behind.iter().map(|(_, n)| n).sum::<u64>();
        let state = match neighbour.up {
            true if behind > 0 && neighbour.source => NeighbourState::CatchingUp,
            true => NeighbourState::InStep,
            // One that this node does not follow now and that nothing has gone wrong with.
            false if !neighbour.source && neighbour.trouble.is_none() => NeighbourState::Reserve,
            false => NeighbourState::Down { since: instant(neighbour.since) },
        };
        rows.push(Neighbour {
            agency: agencies::name(
                owner.as_ref().and_then(|o| directory.agency(o)),
                visitor.lang,
                &neighbour.name,
            ),
            name: neighbour.name.clone(),
            role: match (neighbour.source, last.is_some()) {
                (true, true) => NeighbourRole::Both,
                (true, false) => NeighbourRole::Source,
                _ => NeighbourRole::Follower,
            },
            state,
            lag_ms: neighbour.lag_ms,
            receipt_at: last.map(instant),
            behind: if neighbour.source { behind } else { 0 },
        });
    }
    Ok(rows)
}

async fn logs(
    app: &App,
    conn: &mut Conn,
    visitor: &Visitor,
    portal: i64,
    heads: &[Head],
) -> Result<Vec<LogRow>, Problem> {
    let directory = app.directory.load();
    let status = app.status.load();
    let lacking: std::collections::HashMap<i64, i64> =
        all!(conn, (i64, i64), "SELECT log, COUNT(*) FROM want GROUP BY log")?.into_iter().collect();
    let mut rows: Vec<LogRow> = heads
        .iter()
        .filter(|head| head.size > 0 || head.own)
        .map(|head| {
            let agency = directory.agency(&head.origin);
            let behind =
                status.behind.iter().find(|(origin, _)| *origin == *head.origin.as_str()).map(|(_, n)| *n);
            let heads = *directory.heads() == head.origin;
            LogRow {
                agency: match heads {
                    true => visitor.lang.words().heads_name.to_owned(),
                    false => agencies::name(agency, visitor.lang, head.origin.as_str()),
                },
                origin: head.origin.to_string(),
                size: head.size,
                lacking: lacking.get(&head.id).copied().unwrap_or(0) as u64,
                at: (head.size > 0).then(|| instant(head.changed)),
                state: match behind {
                    _ if head.frozen.is_some() => LogState::Frozen,
                    _ if agency.is_some_and(|a| a.closed.is_some()) => LogState::Closed,
                    _ if head.own => LogState::Own,
                    Some(n) => LogState::Behind(n),
                    None => LogState::InStep,
                },
                this_portal: head.id == portal,
            }
        })
        .collect();
    // What is not well comes first, so that no cut hides it; then this portal's own, then the longest.
    rows.sort_by_cached_key(|row| {
        let well = matches!(row.state, LogState::Own | LogState::InStep) && row.lacking == 0;
        (well, !row.this_portal, Reverse(row.size), row.origin.clone())
    });
    rows.truncate(MOST_LOGS);
    Ok(rows)
}

/// How many items of whom lie sealed here.
async fn sealed_here(app: &App, conn: &mut Conn, lang: Lang, heads: &[Head]) -> sqlx::Result<Vec<String>> {
    let directory = app.directory.load();
    let waiting = sealed::waiting(conn).await?.into_iter().filter_map(|(log, count)| {
        let head = heads.iter().find(|head| head.id == log)?;
        let agency = agencies::name(directory.agency(&head.origin), lang, head.origin.as_str());
        Some(lang.embargo().network_sealed_row(agency, count))
    });
    Ok(waiting.collect())
}

async fn heads_facts(app: &App, conn: &mut Conn, heads: &[Head]) -> Result<Heads, Problem> {
    let quorum = app.root.text().quorum as u32;
    let found =
        app.root.text().heads_origin().ok().and_then(|origin| heads.iter().find(|h| h.origin == origin));
    let Some(head) = found.filter(|h| h.size > 0) else {
        return Ok(Heads { at: None, size: 0, quorum: (0, quorum) });
    };
    let confirmed = app.directory.load().confirmed();
    let have = if confirmed >= head.checkpoint_size {
        quorum.max(receipts::cosignatures(conn, &head.origin, head.checkpoint_size).await?.len() as u32)
    } else {
        receipts::cosignatures(conn, &head.origin, head.checkpoint_size).await?.len() as u32
    };
    Ok(Heads { at: Some(instant(head.changed)), size: head.size, quorum: (have, quorum) })
}

async fn splits(app: &App, conn: &mut Conn, visitor: &Visitor) -> Result<Vec<Split>, Problem> {
    let directory = app.directory.load();
    let rows =
        all!(conn, (String, String, i64), "SELECT origin, first_note, at FROM split ORDER BY at DESC")?;
    Ok(rows
        .into_iter()
        .map(|(origin, note, at)| {
            let agency = origin.parse().ok().and_then(|o| directory.agency(&o));
            let size = tlog::Note::parse(&note)
                .ok()
                .and_then(|n| tlog::Checkpoint::of(&n).ok())
                .map_or(0, |c| c.size);
            Split {
                agency: agencies::name(agency, visitor.lang, &origin),
                href: format!("/mang/bang-chung/{}", tlog::origin_hash(&origin)),
                origin,
                size,
                found_at: instant(at),
            }
        })
        .collect())
}

/// `/mang/bang-chung/{origin-hash}`: the evidence of a split view, as text.
///
/// # Errors
/// Not found.
pub async fn evidence(Given(app): Given<App>, Path(hash): Path<String>) -> Response {
    use axum::response::IntoResponse;
    let found = async {
        let mut conn = app.db.read().await?;
        let rows =
            all!(&mut conn, (String, String, String), "SELECT origin, first_note, second_note FROM split")?;
        anyhow::Ok(rows.into_iter().find(|(origin, _, _)| tlog::origin_hash(origin) == hash))
    };
    match found.await {
        Ok(Some((_, a, b))) => {
            ([("content-type", "text/plain; charset=utf-8")], format!("{a}\n{b}")).into_response()
        }
        Ok(None) => crate::web::answer::problem_json(&app, Problem::NotFound("evidence")),
        Err(error) => crate::web::answer::problem_json(&app, Problem::Ours(error)),
    }
}
