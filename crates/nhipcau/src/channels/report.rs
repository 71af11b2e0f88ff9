//! What services tell of themselves: signed, bounded, and the same words twice change nothing. Whoever cannot sign does not even learn which
//! accounts there are.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use channels::webhook::{self, MOST_BYTES, Refusal};
use network::names::ContentHash;
use uuid::Uuid;

use super::keys;
use super::store::{self, queue};
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;
use crate::web::answer::problem_json;
use crate::web::routes::{Route, program};

/// The row of the route table.
pub fn routes() -> Vec<Route> {
    vec![program("/kenh/{id}/bao", "what a service tells of its posts, signed", post(take), MOST_BYTES)]
}

/// Where a service reports.
pub(super) fn path(account: Uuid) -> String {
    format!("/kenh/{account}/bao")
}

/// `POST /kenh/{id}/bao`
async fn take(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    match taken(&app, &id, &headers, body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(problem) => problem_json(&app, problem),
    }
}

fn refused() -> Problem {
    Problem::Forbidden {
        vi: "Chữ ký của lời báo không đúng: kiểm tra khóa bí mật của tài khoản ở trang kênh.".into(),
        en: "The report's signature does not hold: check the account's secret on the page of channels."
            .into(),
    }
}

async fn taken(app: &App, id: &str, headers: &HeaderMap, body: Bytes) -> Result<(), Problem> {
    let id = Uuid::try_parse(id).map_err(|_| refused())?;
    let held = store::of_id(&mut app.db.read().await?, id).await?.ok_or_else(refused)?;
    let keys = keys::open(app, &held).map_err(|_| refused())?;
    let mut sent = channels::Response { body: body.to_vec(), ..channels::Response::default() };
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            sent.headers.push((name.as_str().to_owned(), value.to_owned()));
        }
    }
    let reports = webhook::reports(&held.about, keys.secrets(), &sent, app.clock.now());
    let reports = reports.map_err(|refusal| match refusal {
        Refusal::Signature | Refusal::NoSecret => refused(),
        Refusal::Unreadable | Refusal::Old | Refusal::TooLong => Problem::refused(
            "Lời báo không đọc được, quá cũ hoặc quá dài.",
            "The report cannot be read, is too old or too long.",
        ),
    })?;
    if reports.is_empty() {
        return Ok(());
    }
    let sha256 = ContentHash::of(&body).0;
    app.db
        .write("channel.report", async move |tx: &mut Tx| -> Result<(), Problem> {
            if store::hears(tx, id, sha256).await? {
                queue::heard(tx, id, reports).await?;
            }
            Ok(())
        })
        .await
}
