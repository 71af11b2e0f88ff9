//! Forms of the console that may carry a file, read as browsers send them.
//!
//! What was typed stands before the file and is read first, so it is there whatever becomes of the file; of a form without the
//! session's key nothing else is read. The same form comes without a file when a session ended meanwhile and the page of the
//! sign-in sends again what it kept.

use axum::body::Bytes;
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::forms::{Fields, KEY, MOST};
use super::gate::{Staff, refused_form};
use super::go_on;
use crate::app::App;
use crate::drafts::MOST_UPLOAD;
use crate::files::Upload;
use crate::items::draft::MOST_FILE;
use crate::problem::{Fault, Problem};
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// The field of the file.
const FILE: &str = "tep";

/// A form as it came.
pub struct Sent {
    /// What was typed.
    pub fields: Fields,
    /// The file, if one was chosen; why it did not come whole.
    pub file: Result<Option<Upload>, Problem>,
    /// Files of other fields, by their names.
    pub others: Vec<(String, Upload)>,
}

/// Reads a form.
///
/// # Errors
/// The answer to one that does not begin with a key, and to one with the key of another session, which shows what was typed;
/// the file is not read then.
pub async fn sent(app: &App, staff: &Staff, visitor: &Visitor, request: Request) -> Result<Sent, Response> {
    let other = |fields: &Fields| go_on::other_session(app, visitor, staff, fields);
    if is_plain(request.headers()) {
        let body = match Bytes::from_request(request, app).await {
            Ok(body) if body.len() <= MOST => body,
            _ => return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response()),
        };
        let fields = Fields::read(&body);
        if fields.get(KEY) != staff.form_key {
            return Err(other(&fields));
        }
        return Ok(Sent { fields, file: Ok(None), others: Vec::new() });
    }
    let Ok(mut form) = Multipart::from_request(request, app).await else {
        return Err(refused_form(app, visitor));
    };
    let Some((pairs, files)) = read(&mut form, Some(&staff.form_key)).await else {
        return Err(refused_form(app, visitor));
    };
    let fields = Fields::of(pairs);
    if fields.get(KEY) != staff.form_key {
        return Err(other(&fields));
    }
    let upload = |(field, name, media, bytes): File| {
        let (alt, decorative) = (fields.some("alt"), fields.has("decorative"));
        (field, Upload { name, media, bytes, alt, decorative, text: fields.some("loi") })
    };
    let (file, others) = match files {
        Ok(files) => {
            let mut all: Vec<_> = files.into_iter().map(upload).collect();
            let at = all.iter().position(|(field, _)| field == FILE);
            (Ok(at.map(|at| all.remove(at).1)), all)
        }
        Err(problem) => (Err(problem), Vec::new()),
    };
    Ok(Sent { fields, file, others })
}

/// What somebody had typed into a form with a file when their session ended. The file is not read.
pub async fn typed(app: &App, mut request: Request) -> Option<Fields> {
    // Nobody is known here: no more is read than of a form without files.
    DefaultBodyLimit::max(MOST).apply(&mut request);
    let mut form = Multipart::from_request(request, app).await.ok()?;
    Some(Fields::of(read(&mut form, None).await?.0))
}

/// True for a form without files.
pub fn is_plain(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media.is_some_and(|media| media.starts_with("application/x-www-form-urlencoded"))
}

/// Field, name, type and bytes.
type File = (String, String, String, Vec<u8>);

/// The fields before the files, and the files if the form carries the `key` that is asked for; `None` for one that begins
/// otherwise. What is too large is read to its end and not kept: browsers show no answer that comes before they have sent all.
async fn read(
    form: &mut Multipart,
    key: Option<&str>,
) -> Option<(Vec<(String, String)>, Result<Vec<File>, Problem>)> {
    let (mut pairs, mut files) = (Vec::new(), Vec::new());
    let (mut takes_files, mut size, mut large) = (key.is_some(), 0, false);
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(_) if pairs.is_empty() => return None,
            Err(_) => return Some((pairs, Err(broken()))),
        };
        let name = field.name().unwrap_or_default().to_owned();
        if pairs.is_empty() && name != KEY {
            return None;
        }
        match field.file_name().map(str::to_owned) {
            Some(_) if !takes_files => break,
            // A browser sends a field for a file that nobody chose, too.
            Some(file_name) if file_name.is_empty() => {}
            Some(file_name) => {
                let media = field.content_type().unwrap_or_default().to_owned();
                match bytes(field, &mut size).await {
                    Ok(Some(bytes)) => files.push((name, file_name, media, bytes)),
                    Ok(None) => large = true,
                    Err(()) => return Some((pairs, Err(broken()))),
                }
            }
            None => {
                let Ok(text) = field.text().await else { return Some((pairs, Err(broken()))) };
                if name == KEY && key.is_some_and(|key| key != text) {
                    takes_files = false;
                }
                // Line ends are CR LF in every form (HTML, 4.10.22.4).
                pairs.push((name, text.replace("\r\n", "\n")));
            }
        }
    }
    (!pairs.is_empty()).then_some((pairs, if large { Err(too_large()) } else { Ok(files) }))
}

/// A file's bytes, counted into the `size` of all; `None` if they are too many.
async fn bytes(mut field: Field<'_>, size: &mut usize) -> Result<Option<Vec<u8>>, ()> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| ())? {
        *size += piece.len();
        if *size > MOST_UPLOAD {
            bytes = Vec::new();
            continue;
        }
        bytes.extend_from_slice(&piece);
    }
    Ok((*size <= MOST_UPLOAD).then_some(bytes))
}

fn too_large() -> Problem {
    let most = MOST_FILE >> 20;
    let says = |lang: Lang| lang.kept().large_file(most);
    Problem::Invalid(vec![Fault { field: FILE.into(), vi: says(Lang::Vi), en: says(Lang::En) }])
}

fn broken() -> Problem {
    Problem::Invalid(vec![Fault {
        field: FILE.into(),
        vi: "Tệp chưa tới nơi trọn vẹn (mất kết nối, hoặc lớn hơn 64 MB nhiều lần). Hãy gửi lại.".into(),
        en: "The file did not come whole (a lost line, or many times more than 64 MB). Send it again.".into(),
    }])
}
