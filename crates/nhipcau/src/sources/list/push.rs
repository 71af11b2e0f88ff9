//! What a site sends by itself: a JSON Feed, signed as Standard Webhooks say (standardwebhooks.com). The secret is worked out from the
//! source's id under `keys/people.key`, and stored nowhere. A call that is older than one that was taken is refused: it might take a
//! correction back.

use std::collections::HashSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use feeds::{Deleted, Hints, limits};
use network::names::ContentHash;
use uuid::Uuid;

use super::super::fetch::Validators;
use super::super::plan::Extent;
use super::super::store::{self, Outcome};
use super::super::{Source, Way, both, poll, read, webhook};
use super::{Listed, apart};
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;
use crate::web::answer::problem_json;
use crate::web::routes::{Route, program};

/// When a source is read next that is never read: the year 9999, in microseconds.
pub const NEVER: i64 = 253_370_764_800_000_000;
/// A call's time may differ from ours by so many seconds.
const SKEW: u64 = 300;

/// The row of the route table.
pub fn routes() -> Vec<Route> {
    vec![program(
        "/nguon/{id}",
        "what a joined site sends, signed (Standard Webhooks)",
        post(take),
        limits::BYTES,
    )]
}

/// Where a site sends what it has.
pub fn path(source: Uuid) -> String {
    format!("/nguon/{source}")
}

/// What its secret is made of.
fn key(app: &App, source: Uuid) -> [u8; 32] {
    app.people.seal.mark("source push", &source.to_string())
}

/// The secret by which it signs.
pub fn secret(app: &App, source: Uuid) -> String {
    webhook::secret(&key(app, source))
}

/// `POST /nguon/{id}`
async fn take(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    match taken(&app, &id, &headers, body).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem_json(&app, problem),
    }
}

/// What a call is told that nobody has signed.
pub fn refused() -> Problem {
    Problem::Forbidden {
        vi: "Chữ ký không đúng: hãy ký “webhook-id.webhook-timestamp.nội dung” bằng khóa bí mật của địa chỉ này (Standard Webhooks, v1).".into(),
        en: "The signature does not hold: sign `webhook-id.webhook-timestamp.body` with the secret of this address (Standard Webhooks, v1).".into(),
    }
}

/// A call that somebody has signed, as its headers tell.
pub struct Call {
    /// The source, or whatever else has a secret, for which it is meant.
    pub to: Uuid,
    /// When it was signed, in seconds since 1970.
    pub at: i64,
    id: String,
    stamp: String,
    signature: String,
}

impl Call {
    /// What the headers say.
    ///
    /// # Errors
    /// When nobody can have signed that.
    pub fn of(to: &str, headers: &HeaderMap) -> Result<Call, Problem> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let stamp = header("webhook-timestamp").to_owned();
        Ok(Call {
            to: Uuid::try_parse(to).map_err(|_| refused())?,
            at: stamp.parse().map_err(|_| refused())?,
            id: header("webhook-id").to_owned(),
            signature: header("webhook-signature").to_owned(),
            stamp,
        })
    }

    /// Whether the source's secret has signed a body a moment ago. Whoever cannot sign does not even learn which sources there are.
    ///
    /// # Errors
    /// Why not.
    pub fn signs(&self, app: &App, body: &[u8]) -> Result<(), Problem> {
        self.signed_by(app, &key(app, self.to), body)
    }

    /// Whether a key has.
    ///
    /// # Errors
    /// Why not.
    pub fn signed_by(&self, app: &App, key: &[u8], body: &[u8]) -> Result<(), Problem> {
        if !webhook::is_signed(key, (&self.id, &self.stamp), body, &self.signature) {
            return Err(refused());
        }
        if app.clock.now().as_second().abs_diff(self.at) > SKEW {
            return Err(Problem::refused(
                "Thời điểm của lời gọi (webhook-timestamp) lệch quá năm phút; hãy chỉnh đồng hồ của cổng rồi gửi lại.",
                "The call's webhook-timestamp differs by more than five minutes; set the site's clock and send it again.",
            ));
        }
        Ok(())
    }

    /// Whether a source takes it now, and has taken none that is newer.
    ///
    /// # Errors
    /// Why not.
    pub fn follows(&self, source: &Source) -> Result<(), Problem> {
        if source.next == 0 {
            return Err(Problem::NotNow {
                vi: "Nguồn này đang tạm dừng; hãy gửi lại sau.".into(),
                en: "This source is paused; send it again later.".into(),
            });
        }
        if source.place.parse().is_ok_and(|last: i64| self.at < last) {
            return Err(Problem::refused(
                "Đã nhận một lời gọi mới hơn; hãy gửi trạng thái hiện tại.",
                "A newer call was taken already; send the present state.",
            ));
        }
        Ok(())
    }
}

/// Notes that a source has sent something, by a call of that time.
///
/// # Errors
/// The database's.
pub async fn noted(app: &App, source: Source, at: i64) -> Result<(), Problem> {
    let outcome = Outcome {
        next: source.next,
        failures: 0,
        trouble: String::new(),
        validators: Validators::default(),
        place: at.to_string(),
    };
    app.db
        .write("source.sent", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::done(tx, &source, outcome).await?)
        })
        .await
}

async fn taken(app: &App, id: &str, headers: &HeaderMap, body: Bytes) -> Result<(), Problem> {
    let call = Call::of(id, headers)?;
    call.signs(app, &body)?;
    // One after the other, or of two calls at once the older might follow the newer.
    let _turn = app.joining.lock().await;
    let source = store::of_id(&mut app.db.read().await?, call.to).await?.filter(|one| one.way == Way::Push);
    let source = source.ok_or(Problem::NotFound("source"))?;
    call.follows(&source)?;
    let sha256 = ContentHash::of(&body);
    let url = source.url.clone();
    let read = apart(move || {
        let hints =
            Hints { url: Some(&url), content_type: Some("application/feed+json"), content_location: None };
        let mut feed = read::read(&body, &hints).map_err(|error| both(&error.to_string()))?;
        let said: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        let deleted = said["_deleted"].as_array().into_iter().flatten().filter_map(|id| id.as_str());
        feed.deleted.extend(deleted.map(|id| Deleted { id: id.to_owned(), at: None }));
        Ok(feed)
    });
    let feed = read.await.map_err(|trouble| Problem::Refused { vi: trouble.why.vi, en: trouble.why.en })?;
    let (present, validators, extent) = (HashSet::new(), Validators::default(), Extent::Some);
    let listed = Listed { feed, present, extent, sha256, validators, place: call.at.to_string(), hub: None };
    poll::follow(app, None, &source, &Arc::new(listed)).await?;
    noted(app, source, call.at).await
}
