//! A packet (edXML) that somebody uploads: looked at first, then taken. Nothing is kept of a look, so the file is chosen again to take it.

use axum::extract::{Path, Request, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use network::names::ContentHash;

use super::super::draft::Fate;
use super::super::packet::{self, Plan};
use super::super::{Source, Way};
use super::fault;
use super::one::{found, page};
use crate::app::App;
use crate::db::Tx;
use crate::items::kinds;
use crate::people::audit;
use crate::people::forms::Wrong;
use crate::people::gate::Staff;
use crate::people::upload;
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::visitor::Visitor;

/// `POST /ban-lam-viec/nguon/{id}/goi-tin`
pub(super) async fn sent(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let sent = match upload::sent(&app, &staff, &visitor, request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let done = async {
        let source = found(&app, &staff, &id).await?;
        if source.way != Way::Packets {
            return Err(Problem::NotFound("source of packets"));
        }
        let missing = || Problem::Invalid(vec![fault("tep", |w| w.fault_packet)]);
        let upload = sent.file?.ok_or_else(missing)?;
        match sent.fields.get("viec") {
            "xem" => look(&app, &visitor, &source, upload.bytes).await,
            "lay" => take(&app, &staff, &visitor, source, upload.bytes).await,
            _ => Err(Problem::invalid("viec", "xem, lay")),
        }
    };
    let (said, wrong) = match done.await {
        Ok(said) => (Some(said), (Wrong::default(), StatusCode::OK)),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => (None, (wrong, status)),
            Err(problem) => return failure(&app, &visitor, problem),
        },
    };
    page(&app, &staff, &visitor, &id, said, wrong).await
}

/// What a packet would do, in a sentence.
async fn look(app: &App, visitor: &Visitor, source: &Source, bytes: Vec<u8>) -> Result<String, Problem> {
    let (lang, w) = (visitor.lang, visitor.lang.source());
    let document = packet::read(bytes).await?;
    let (found, plan) = packet::look(app, source, &document).await?;
    let kind = kinds::of(&found.draft.kind).map_or("", |kind| kind.name.of(lang));
    let called = match &found.draft.number {
        Some(number) => format!("{number} – {}", found.called),
        None => found.called.clone(),
    };
    let files = found.draft.files.len();
    Ok(match (&plan, &found.fate) {
        (Plan::There, _) => w.packet_there.to_owned(),
        (Plan::Twin, _) => w.would_twin.to_owned(),
        (Plan::Erased, _) => w.packet_erased.to_owned(),
        (Plan::Unknown, _) => w.packet_unknown.to_owned(),
        (Plan::End(_), _) => w.packet_end(called),
        (_, Fate::Wrong(why)) => w.would_aside(why.of(lang)),
        (Plan::Change(_, others), _) => w.packet_change(called, files, others.len()),
        (Plan::Take(_), _) => w.packet_take(called, kind, files),
    })
}

async fn take(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    source: Source,
    bytes: Vec<u8>,
) -> Result<String, Problem> {
    let sha256 = ContentHash::of(&bytes);
    let document = packet::read(bytes).await?;
    let turn = app.joining.lock().await;
    let came = packet::take(app, &source, &document, sha256).await?;
    drop(turn);
    let line = staff.line("source.packet", source.id.to_string());
    let line = line.with(serde_json::json!({ "sha256": sha256.to_string(), "status": came.code.number() }));
    app.db
        .write("source.packet", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(audit::add(tx, line).await?)
        })
        .await?;
    Ok(visitor.lang.source().packet_came(came.code.number(), came.says.of(visitor.lang)))
}
