//! The door by which an agency's system sends packets: a POST of edXML, signed as Standard Webhooks say with the source's secret, answered by a
//! status packet. Sent again, a packet does nothing twice. One that is older than one that was taken is refused, as at `list::push`.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use edxml::{Document, Message, Organ, Reference, Staff, Status, limits};
use network::names::ContentHash;
use uuid::Uuid;

use super::super::Source;
use super::super::list::push;
use super::super::store;
use super::act::{self, Came, takes};
use crate::agencies;
use crate::app::App;
use crate::problem::Problem;
use crate::web::answer::{guard, problem_json};
use crate::web::routes::{Route, program};
use crate::words::{Lang, date};

/// The row of the route table.
pub(crate) fn routes() -> Vec<Route> {
    vec![program(
        "/nguon/{id}/edxml",
        "an edXML packet of a joined agency, signed (Standard Webhooks)",
        post(sent),
        limits::BYTES,
    )]
}

/// Where an agency's system sends packets.
pub(crate) fn path(source: Uuid) -> String {
    format!("{}/edxml", push::path(source))
}

/// `POST /nguon/{id}/edxml`
async fn sent(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap, body: Body) -> Response {
    match taken(&app, &id, &headers, body).await {
        Ok(packet) => {
            let mut response = packet.into_response();
            let headers = response.headers_mut();
            headers.insert(
                header::CONTENT_TYPE,
                header::HeaderValue::from_static("application/xml; charset=utf-8"),
            );
            headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
            guard(headers);
            response
        }
        Err(problem) => problem_json(&app, problem),
    }
}

async fn taken(app: &App, id: &str, headers: &HeaderMap, body: Body) -> Result<String, Problem> {
    let call = push::Call::of(id, headers)?;
    // What nobody sends here is not read: a packet is large.
    let source = store::of_id(&mut app.db.read().await?, call.to).await?.filter(takes);
    let source = source.ok_or_else(push::refused)?;
    let body = to_bytes(body, limits::BYTES)
        .await
        .map_err(|_| Problem::Refused { vi: edxml::Error::TooMuch.vi(), en: edxml::Error::TooMuch.en() })?;
    call.signs(app, &body)?;
    let (sha256, parsed) = (ContentHash::of(&body), read(body.to_vec()).await?);
    // One after the other, or of two packets at once the older might follow the newer.
    let _turn = app.joining.lock().await;
    let source =
        store::of_id(&mut app.db.read().await?, source.id).await?.ok_or(Problem::NotFound("source"))?;
    call.follows(&source)?;
    let came = act::take(app, &source, &parsed, sha256).await?;
    push::noted(app, source.clone(), call.at).await?;
    Ok(answer(app, &source, &parsed, came))
}

/// Reads a packet with a document in it, beside the requests.
///
/// # Errors
/// Why it is none, or that it tells a status, of which nothing follows here.
pub(crate) async fn read(bytes: Vec<u8>) -> Result<Arc<Document>, Problem> {
    let read = tokio::task::spawn_blocking(move || edxml::read(&bytes)).await;
    match read.map_err(|error| Problem::Ours(error.into()))? {
        Ok(Message::Document(document)) => Ok(Arc::new(*document)),
        Ok(Message::Status(_)) => Err(Problem::refused(
            "Gói tin này báo trạng thái của một văn bản đã gửi. Trạng thái gửi tới địa chỉ của nơi nhận (/noi-nhan/…/edxml, ghi ở trang Nơi nhận tin); ở đây hãy gửi gói tin có văn bản.",
            "This packet tells the status of a document that was sent. Statuses go to the address of the receiver (/noi-nhan/…/edxml, told on the page of sites that are sent to); send a packet with a document here.",
        )),
        Err(error) => Err(Problem::Refused { vi: error.vi(), en: error.en() }),
    }
}

/// The status by which a packet is answered.
fn answer(app: &App, source: &Source, of: &Document, came: Came) -> String {
    let portal = app.portals.load().find(|portal| portal.log == source.log);
    let directory = app.directory.load();
    let agency = portal.as_ref().and_then(|portal| directory.agency(&portal.origin));
    let status = Status {
        of: Reference { organ: of.from.id.clone(), code: of.code(), issued: of.issued, id: of.id.clone() },
        from: Organ {
            id: agency.and_then(|agency| agency.code.clone()).unwrap_or_default(),
            name: agencies::name(
                agency,
                Lang::Vi,
                portal.as_ref().map_or("", |portal| portal.origin.as_str()),
            ),
            ..Organ::default()
        },
        code: came.code,
        description: came.says.vi,
        at: Some(app.clock.now().to_zoned_datetime(date::zone()).datetime()),
        staff: Staff::default(),
    };
    edxml::write(&Message::Status(Box::new(status)))
}
