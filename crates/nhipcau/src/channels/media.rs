//! Pictures and clips that services fetch themselves: files of what is issued and stands, as they were approved for a channel.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use network::names::ContentHash;

use crate::app::App;
use crate::db::Conn;
use crate::files::kind_of;
use crate::maybe;
use crate::problem::Problem;
use crate::web::answer::problem_json;
use crate::web::routes::{Route, open_page};

/// The row of the route table.
pub(super) fn route() -> Route {
    open_page("/kenh/tep/{sha256}", "a picture or clip of a post, for the service that shows it", get(give))
}

/// Where a file lies once its item is issued.
pub(super) fn path(sha256: &str) -> String {
    format!("/kenh/tep/{sha256}")
}

/// `GET /kenh/tep/{sha256}`
async fn give(State(app): State<App>, Path(sha256): Path<String>) -> Response {
    match given(&app, &sha256).await {
        Ok(bytes) => {
            let kind = kind_of(&bytes);
            let media = HeaderValue::from_static(kind.media());
            let headers = [
                (header::CONTENT_TYPE, media),
                (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
                (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
            ];
            (StatusCode::OK, headers, bytes).into_response()
        }
        Err(problem) => problem_json(&app, problem),
    }
}

async fn given(app: &App, sha256: &str) -> Result<Vec<u8>, Problem> {
    let hash: ContentHash = sha256.parse().map_err(|_| Problem::NotFound("file"))?;
    let bytes = issued(&mut app.db.read().await?, &hash).await?;
    bytes.ok_or(Problem::NotFound("file"))
}

/// The bytes of a file of an item that stands and was sent to a channel; what is not issued, or stands no more, is not given.
async fn issued(conn: &mut Conn, hash: &ContentHash) -> sqlx::Result<Option<Vec<u8>>> {
    let row = maybe!(
        conn,
        (Vec<u8>,),
        "SELECT f.bytes FROM draft_file f JOIN draft d ON d.id = f.draft
         JOIN item i ON i.log = d.log AND i.item = d.item
         JOIN channel_delivery c ON c.log = d.log AND c.item = d.item
         WHERE f.sha256 = $1 AND d.stage = 'issued' AND i.state = 'standing' LIMIT 1",
        hash.0.to_vec()
    )?;
    Ok(row.map(|(bytes,)| bytes))
}
