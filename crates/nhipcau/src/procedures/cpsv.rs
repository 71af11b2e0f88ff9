//! Procedures as linked data: the Core Public Service Vocabulary's application profile (CPSV-AP 3), in Turtle.
//!
//! `/muc/{reference}/cpsv.ttl` is one procedure, `/api/v1/procedures/cpsv` the whole catalogue of a portal, sent piece by piece. A period in
//! working days has no `xsd:duration`: it is told in words.

mod turtle;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use network::content::Item;
use network::names::ContentHash;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use vietnam::procedures::Term;
use vietnam::working_time::Period;

use super::store;
use super::told::Procedure;
use crate::agencies::Portal;
use crate::api::Portalled;
use crate::app::App;
use crate::items::State as Standing;
use crate::items::pages::{LONG, kept, publisher};
use crate::items::store::{self as items, Reference};
use crate::problem::Problem;
use crate::web::answer::problem_json;
use crate::web::pages::{Drawn, Tag};
use crate::web::visitor::Visitor;
use crate::words::Lang;

use turtle::{Service, catalogue, prefixes, service};

const TURTLE: &str = "text/turtle; charset=utf-8";
/// Procedures that are read at a time.
const PIECE: i64 = 100;

/// A period as `xsd:duration`; working days and hours have none.
pub fn duration(term: Term) -> Option<String> {
    match term {
        Term::Period(Period::CalendarDays(n)) => Some(format!("P{n}D")),
        Term::Period(Period::Hours(n)) => Some(format!("PT{n}H")),
        Term::Months(n) => Some(format!("P{n}M")),
        Term::Period(Period::WorkingDays(_) | Period::WorkingHours(_)) => None,
    }
}

/// `/muc/{reference}/cpsv.ttl`
pub async fn one(State(app): State<App>, Path(name): Path<String>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |_: &Portal| {
        let reference: Reference = name.parse().map_err(|_| Problem::NotFound("item"))?;
        let mut conn = app.db.read().await?;
        let item = items::find(&mut conn, &reference).await?.ok_or(Problem::NotFound("item"))?;
        let hash = item.content.filter(|_| item.state < Standing::Gone).ok_or(Problem::NotFound("item"))?;
        let bytes = app.folder.read(&mut conn, &hash).await?.ok_or(Problem::NotFound("text"))?;
        let document = Item::parse(&bytes).map_err(|_| Problem::NotFound("procedure"))?;
        let told = Procedure::of(&document).ok_or(Problem::NotFound("procedure"))?;
        let mut text = prefixes();
        let publisher = publisher(&app, &item, Lang::Vi);
        let (base, reference) = (&visitor.base, reference.to_string());
        service(
            &mut text,
            &Service { base, reference: &reference, item: &document, told: &told, publisher: &publisher },
        );
        Ok(Drawn::whole(200, TURTLE, &text).of([Tag::Item(item.log, item.item.to_string())]))
    })
    .await
}

/// `GET /api/v1/procedures/cpsv`
pub async fn all(State(app): State<App>, portal: Portalled, visitor: Visitor) -> Response {
    let portal = match portal.of(&app, &visitor) {
        Ok(portal) => portal,
        Err(problem) => return problem_json(&app, problem),
    };
    let (channel, pieces) = mpsc::channel::<std::io::Result<Bytes>>(2);
    let working = app.clone();
    app.tasks.spawn("cpsv", async move {
        if let Err(error) = write(&working, &portal, &visitor.base, &channel).await {
            tracing::warn!(error = format!("{error:#}"), "a catalogue was broken off");
            // The answer ends in the middle, so nobody takes it for whole.
            let _ = channel.send(Err(std::io::Error::other("broken off"))).await;
        }
    });
    let head = [(header::CONTENT_TYPE, TURTLE), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (head, Body::from_stream(ReceiverStream::new(pieces))).into_response()
}

async fn write(
    app: &App,
    portal: &Portal,
    base: &str,
    channel: &mpsc::Sender<std::io::Result<Bytes>>,
) -> anyhow::Result<()> {
    let directory = app.directory.load_full();
    let name = crate::agencies::name(directory.agency(&portal.origin), Lang::Vi, &portal.domain);
    let mut text = prefixes();
    catalogue(&mut text, base, &name);
    let mut last = (0_i64, String::new());
    loop {
        // Whoever reads slowly holds no connection while a piece is on its way.
        let mut conn = app.db.read().await?;
        let rows = store::after(&mut conn, &portal.domain, last, PIECE).await?;
        let Some(row) = rows.last() else { break };
        last = (row.log, row.item.clone());
        for row in &rows {
            let Some(hash) = row.sha256.clone().and_then(|b| b.try_into().ok()).map(ContentHash) else {
                continue;
            };
            let Ok(Some(bytes)) = app.folder.read(&mut conn, &hash).await else { continue };
            let Ok(item) = Item::parse(&bytes) else { continue };
            let Some(told) = Procedure::of(&item) else { continue };
            let origin = row.origin.parse()?;
            let reference = Reference::of(&origin, item.id).to_string();
            let publisher = crate::agencies::name(directory.agency(&origin), Lang::Vi, origin.as_str());
            service(
                &mut text,
                &Service { base, reference: &reference, item: &item, told: &told, publisher: &publisher },
            );
        }
        drop(conn);
        if channel.send(Ok(std::mem::take(&mut text).into())).await.is_err() {
            return Ok(()); // Whoever asked has gone.
        }
    }
    let _ = channel.send(Ok(text.into())).await;
    Ok(())
}
