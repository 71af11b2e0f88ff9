//! A form with files of somebody who has no account, read as it comes.
//!
//! It must come from this host's own page. What was typed stands before the files and is read first, so it is there whatever
//! becomes of them. Files wait for room: all that are under way together take no more memory than [`ROOM`].

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{MOST_BODY, MOST_FILE, MOST_FILES};
use crate::app::App;
use crate::files::Upload;
use crate::people::forms::Fields;
use crate::people::gate::{refused_form, same_site};
use crate::people::upload::is_plain;
use crate::problem::Fault;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionWords};

/// The most bytes of all that is typed.
const MOST_TYPED: usize = 256 << 10;
/// Mebibytes of files that may be under way together.
static ROOM: Semaphore = Semaphore::const_new(320);
/// Whoever sends files waits so long for room.
const PATIENCE: Duration = Duration::from_secs(20);

/// A form as it came.
pub struct Came {
    /// What was typed.
    pub fields: Fields,
    /// The files, or why they did not come whole.
    pub files: Result<Vec<Upload>, Fault>,
}

/// Reads a form.
///
/// # Errors
/// The answer to one of another site, and to one that is none.
pub async fn read(app: &App, visitor: &Visitor, request: Request) -> Result<Came, Box<Response>> {
    if !same_site(request.headers(), visitor) {
        return Err(Box::new(refused_form(app, visitor)));
    }
    if is_plain(request.headers()) {
        let body =
            Bytes::from_request(request, app).await.map_err(|error| Box::new(error.into_response()))?;
        let fields = Fields::read(&body[..body.len().min(MOST_TYPED)]);
        return Ok(Came { fields, files: Ok(Vec::new()) });
    }
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let size: usize = announced.unwrap_or(MOST_BODY).min(MOST_BODY);
    let mut form =
        Multipart::from_request(request, app).await.map_err(|error| Box::new(error.into_response()))?;
    let (mut pairs, mut files, mut typed) = (Vec::new(), Vec::new(), 0);
    let mut turn = None;
    let done = |pairs, files| Ok(Came { fields: Fields::of(pairs), files });
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return done(pairs, Ok(files)),
            Err(_) => return done(pairs, Err(fault(|p| p.fault_broken))),
        };
        let name = field.name().unwrap_or_default().to_owned();
        let Some(file_name) = field.file_name().map(str::to_owned) else {
            let Ok(text) = field.text().await else { return done(pairs, Err(fault(|p| p.fault_broken))) };
            typed += name.len() + text.len();
            if typed > MOST_TYPED {
                return done(pairs, Err(fault(|p| p.fault_broken)));
            }
            // Line ends are CR LF in every form (HTML, 4.10.22.4).
            pairs.push((name, text.replace("\r\n", "\n")));
            continue;
        };
        // A browser sends a field for a file that nobody chose, too.
        if file_name.is_empty() {
            continue;
        }
        if files.len() == MOST_FILES {
            return done(pairs, Err(fault(|p| p.fault_files)));
        }
        if turn.is_none() {
            let wanted = u32::try_from(size.div_ceil(1 << 20)).unwrap_or(u32::MAX);
            match tokio::time::timeout(PATIENCE, ROOM.acquire_many(wanted)).await {
                Ok(Ok(room)) => turn = Some(room),
                _ => return done(pairs, Err(fault(|p| p.fault_crowded))),
            }
        }
        match bytes(field).await {
            Ok(Some((media, bytes))) => {
                files.push(Upload { name: file_name, media, bytes, decorative: true, ..Upload::default() });
            }
            Ok(None) => return done(pairs, Err(large(&file_name))),
            Err(()) => return done(pairs, Err(fault(|p| p.fault_broken))),
        }
    }
}

/// Room for a body with files that somebody announces, or sends without saying how much; nothing if there is none for too long. A
/// small one needs none.
pub async fn room(headers: &HeaderMap) -> Option<Option<SemaphorePermit<'static>>> {
    let announced: Option<usize> =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let size = announced.unwrap_or(MOST_BODY).min(MOST_BODY);
    if size <= MOST_TYPED {
        return Some(None);
    }
    let wanted = u32::try_from(size.div_ceil(1 << 20)).unwrap_or(u32::MAX);
    let turn = tokio::time::timeout(PATIENCE, ROOM.acquire_many(wanted)).await.ok()?;
    turn.ok().map(Some)
}

/// A file's type and bytes; nothing for one that is too large.
async fn bytes(mut field: axum::extract::multipart::Field<'_>) -> Result<Option<(String, Vec<u8>)>, ()> {
    let media = field.content_type().unwrap_or_default().to_owned();
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| ())? {
        if bytes.len() + piece.len() > MOST_FILE {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Some((media, bytes)))
}

/// What is wrong with the files of a form, a message or a mail.
pub(in crate::petitions) fn fault(says: fn(&'static PetitionWords) -> &'static str) -> Fault {
    Fault { field: "tep".into(), vi: says(Lang::Vi.petition()).into(), en: says(Lang::En.petition()).into() }
}

/// That a file of a name is too large.
pub(in crate::petitions) fn large(name: &str) -> Fault {
    let name: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
    let says = |lang: Lang| lang.petition().fault_file_large(&name);
    Fault { field: "tep".into(), vi: says(Lang::Vi), en: says(Lang::En) }
}
