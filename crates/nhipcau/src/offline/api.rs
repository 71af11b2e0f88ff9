//! `POST /api/v1/offline`: a portal as plain files, in one ZIP archive.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio_util::io::ReaderStream;

use super::copy::{Ask, packed};
use crate::api::{Administrator, Asked, busy, portal_of};
use crate::app::App;
use crate::problem::Problem;
use crate::web::answer::problem_json;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// In this header stands what the copy holds, as JSON.
pub const MADE: &str = "nhipcau-copy";
/// Items where nothing else is said.
pub const ITEMS: u32 = 300;
/// The most items of one copy.
pub const MOST_ITEMS: u32 = 5_000;
/// Megabytes of one file and of all files where nothing else is said: a stick and a slow telephone bear them.
pub const FILE_MB: u32 = 5;
/// See [`FILE_MB`].
pub const FILES_MB: u32 = 200;
/// The most megabytes of files: an archive without ZIP64 ends at 4 GB.
pub const MOST_MB: u32 = 3_000;

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// A portal's domain; the host's own if absent.
    portal: Option<String>,
    /// `vi` or `en`.
    lang: Option<String>,
    /// How many of the newest items.
    items: Option<u32>,
    /// The largest file that is taken, in megabytes.
    file_mb: Option<u32>,
    /// All files together, in megabytes.
    files_mb: Option<u32>,
}

impl Wanted {
    fn ask(&self) -> Result<Ask, Problem> {
        let within =
            |name: &'static str, given: Option<u32>, usual: u32, most: u32| match given.unwrap_or(usual) {
                n if n > most => Err(Problem::invalid(name, format!("at most {most}"))),
                n => Ok(n),
            };
        let lang = match self.lang.as_deref() {
            None | Some("vi") => Lang::Vi,
            Some("en") => Lang::En,
            Some(_) => return Err(Problem::invalid("lang", "vi or en")),
        };
        Ok(Ask {
            lang,
            items: within("items", self.items, ITEMS, MOST_ITEMS)?,
            per_file: u64::from(within("file_mb", self.file_mb, FILE_MB, MOST_MB)?) << 20,
            files: u64::from(within("files_mb", self.files_mb, FILES_MB, MOST_MB)?) << 20,
        })
    }
}

/// Makes the copy and sends it; whoever made it holds the token, for it reads all that the portal shows.
pub async fn copy(
    _: Administrator,
    State(app): State<App>,
    Asked(wanted): Asked<Wanted>,
    visitor: Visitor,
) -> Response {
    let made = async {
        let ask = wanted.ask()?;
        let portal = portal_of(&app, &visitor, wanted.portal.as_deref())?;
        let _permit = app.heavy.try_acquire().map_err(|_| busy())?;
        packed(&app, &portal, &ask).await
    };
    let (file, made, length) = match made.await {
        Ok(made) => made,
        Err(problem) => return problem_json(&app, problem),
    };
    let body = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file)));
    let mut answer = ([(header::CONTENT_TYPE, "application/zip")], body).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let said = serde_json::to_string(&made).unwrap_or_default();
    headers.extend(HeaderValue::from_str(&said).ok().map(|said| (HeaderName::from_static(MADE), said)));
    answer
}
