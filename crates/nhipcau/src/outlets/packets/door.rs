//! The door by which a receiver tells later what became of a document: a POST of a status packet, signed as Standard Webhooks say with the secret
//! of the outlet. Sent again, it does nothing twice. It is taken while the outlet is paused, too: what is true there does not wait.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use edxml::{Message, Status};
use network::names::ContentHash;
use uuid::Uuid;

use super::super::{Kind, store as outlets};
use super::call::{ANSWER, words};
use super::{key, meant, store};
use crate::app::App;
use crate::db::Tx;
use crate::documents::edxml::named;
use crate::problem::Problem;
use crate::sources::list::push::{Call, refused};
use crate::web::answer::problem_json;
use crate::web::routes::{Route, program};

/// The row of the route table.
pub(crate) fn routes() -> Vec<Route> {
    vec![program(
        "/noi-nhan/{id}/edxml",
        "what became of a document that was pushed as edXML, signed (Standard Webhooks)",
        post(sent),
        ANSWER,
    )]
}

/// Where a receiver tells it.
pub(crate) fn path(outlet: Uuid) -> String {
    format!("/noi-nhan/{outlet}/edxml")
}

/// `POST /noi-nhan/{id}/edxml`
async fn sent(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    match taken(&app, &id, &headers, body).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem_json(&app, problem),
    }
}

async fn taken(app: &App, id: &str, headers: &HeaderMap, body: Bytes) -> Result<(), Problem> {
    let call = Call::of(id, headers)?;
    let outlet = outlets::of_id(&mut app.db.read().await?, call.to).await?;
    let outlet = outlet.filter(|one| one.kind == Kind::Packets).ok_or_else(refused)?;
    call.signed_by(app, &key(app, &outlet)?, &body)?;
    let (sha256, status) = (ContentHash::of(&body), read(body.to_vec()).await?);
    let (said, code) = (words(&status, sha256), status.code);
    let none = || {
        Problem::refused(
            "Không có văn bản nào mang mã này (ResponseFor/DocumentId) đã gửi tới nơi nhận này mà trạng thái ấy nói tới được.",
            "No document of this name (ResponseFor/DocumentId) was sent to this receiver of which that status can be said.",
        )
    };
    let item = named(&status.of.id).ok_or_else(none)?;
    app.db
        .write("packet.said", async move |tx: &mut Tx| -> Result<(), Problem> {
            let history = store::history(tx.conn(), outlet.id, outlet.log, item).await?;
            let packet = meant(&history, code, said.at).ok_or_else(none)?;
            Ok(store::says(tx, packet.id, &said, false).await?)
        })
        .await
}

/// Reads a status packet, beside the requests.
async fn read(bytes: Vec<u8>) -> Result<Status, Problem> {
    let read = tokio::task::spawn_blocking(move || edxml::read(&bytes)).await;
    match read.map_err(|error| Problem::Ours(error.into()))? {
        Ok(Message::Status(status)) => Ok(*status),
        Ok(Message::Document(_)) => Err(Problem::refused(
            "Địa chỉ này chỉ nhận gói tin trạng thái. Văn bản gửi tới địa chỉ của nguồn (/nguon/…/edxml).",
            "This address takes status packets alone. Documents go to the address of a source (/nguon/…/edxml).",
        )),
        Err(error) => Err(Problem::Refused { vi: error.vi(), en: error.en() }),
    }
}
