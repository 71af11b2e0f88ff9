//! Evidence of a restricted task, opened for the agency that sent it and the one that issued the directive.

use anyhow::anyhow;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use network::names::{ContentHash, Origin};
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::assignments::board;
use crate::assignments::opener;
use crate::assignments::restricted::Reader;
use crate::assignments::store::{Answer, Words};
use crate::items::store::Reference;
use crate::people::audit;
use crate::people::gate::Staff;
use crate::problem::Problem;
use crate::web::answer::{failure, saved};
use crate::web::visitor::Visitor;

/// Which task, and which file by the hash of its bytes.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    so: String,
    #[serde(default)]
    tep: String,
}

/// `GET /ban-lam-viec/nhiem-vu/{reference}/tai-lieu`: always to be saved, never shown by the browser.
pub async fn evidence(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(reference): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    match found(&app, &staff, &reference, &asked).await {
        Ok((name, bytes)) => saved(&name, bytes),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn found(
    app: &App,
    staff: &Staff,
    reference: &str,
    asked: &Asked,
) -> Result<(String, Vec<u8>), Problem> {
    let missing = || Problem::NotFound("evidence of this task");
    let own = &staff.portal.origin;
    let reference: Reference = reference.parse().map_err(|_| missing())?;
    let wanted: ContentHash = asked.tep.parse().map_err(|_| missing())?;
    let mut conn = app.db.read().await?;
    let board = board::find(app, &mut conn, &reference, own).await?.ok_or_else(missing)?;
    let directive = &board.standing;
    let row = board.tasks.iter().find(|row| row.given.task.number == asked.so).ok_or_else(missing)?;
    let issuer = board::looks_after(&app.directory.load(), own, &directive.origin);
    let mine = |answer: &&Answer| issuer || answer.speaks_for == *own;
    let file = row.answers.iter().filter(mine).find_map(|answer| {
        let Words::Opened(note) = &answer.words else { return None };
        let at = note.files.iter().position(|file| file.sha256 == wanted)?;
        Some((answer, *answer.files.get(at)?, note.files[at].name.clone()))
    });
    let (answer, sealed, name) = file.ok_or_else(missing)?;
    let edition = u32::try_from(answer.edition).map_err(anyhow::Error::from)?;
    let at = opener::file_place(&answer.by, &directive.origin, directive.item, edition, &wanted);
    let bytes = app.folder.read(&mut conn, &sealed).await?.ok_or_else(missing)?;
    drop(conn);
    let bytes = opened(app, own, at, bytes).await?.filter(|bytes| ContentHash::of(bytes) == wanted);
    let bytes = bytes.ok_or_else(missing)?;
    let line = staff.line("task.evidence", reference.to_string());
    let line = line.with(json!({ "task": asked.so, "file": asked.tep, "by": answer.by.to_string() }));
    audit::saw(app, line).await?;
    Ok((name, bytes))
}

/// Opens a file beside the requests: it may be large.
async fn opened(
    app: &App,
    own: &Origin,
    at: network::restricted::Place,
    sealed: Vec<u8>,
) -> Result<Option<Vec<u8>>, Problem> {
    let (working, reader) = (app.clone(), Reader::of(app, own)?);
    let opened = tokio::task::spawn_blocking(move || reader.open(&working, &at, &sealed));
    let opened = opened.await.map_err(|error| anyhow!(error))?;
    Ok(opened.map(|bytes| bytes.to_vec()))
}
