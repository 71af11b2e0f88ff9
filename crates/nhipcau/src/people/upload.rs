//! Forms of the console that may carry a file, read as browsers send them.
//!
//! What was typed stands before the file and is read first, so it is there whatever becomes of the file, and a form without the
//! session's key is not read any further. The same form comes without a file when a session ended meanwhile and the page of the
//! sign-in sends again what it kept.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};

use super::forms::{Fields, KEY, MOST};
use super::gate::Staff;
use crate::app::App;
use crate::files::Upload;
use crate::problem::{Fault, Problem};

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

/// Reads a form; `None` if it does not carry the key of its session.
pub async fn sent(app: &App, staff: &Staff, request: Request) -> Option<Sent> {
    if is_plain(request.headers()) {
        let body = Bytes::from_request(request, app).await.ok()?;
        let fields = Fields::read(&body);
        return (fields.get(KEY) == staff.form_key).then_some(Sent {
            fields,
            file: Ok(None),
            others: Vec::new(),
        });
    }
    let mut form = Multipart::from_request(request, app).await.ok()?;
    let (pairs, files) = read(&mut form, Some(&staff.form_key)).await?;
    let fields = Fields::of(pairs);
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
    Some(Sent { fields, file, others })
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

/// The fields before the files, and the files if there is a `key` to ask for; `None` for a form that begins otherwise.
async fn read(
    form: &mut Multipart,
    key: Option<&str>,
) -> Option<(Vec<(String, String)>, Result<Vec<File>, Problem>)> {
    let (mut pairs, mut files) = (Vec::new(), Vec::new());
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
            Some(_) if key.is_none() => break,
            // A browser sends a field for a file that nobody chose, too.
            Some(file_name) if file_name.is_empty() => {}
            Some(file_name) => {
                let media = field.content_type().unwrap_or_default().to_owned();
                match field.bytes().await {
                    Ok(bytes) => files.push((name, file_name, media, bytes.into())),
                    Err(_) => return Some((pairs, Err(broken()))),
                }
            }
            None => {
                let Ok(text) = field.text().await else { return Some((pairs, Err(broken()))) };
                if name == KEY && key.is_some_and(|key| key != text) {
                    return None;
                }
                // Line ends are CR LF in every form (HTML, 4.10.22.4).
                pairs.push((name, text.replace("\r\n", "\n")));
            }
        }
    }
    (!pairs.is_empty()).then_some((pairs, Ok(files)))
}

fn broken() -> Problem {
    Problem::Invalid(vec![Fault {
        field: FILE.into(),
        vi: "Tệp chưa tới nơi trọn vẹn (mất kết nối, hoặc lớn hơn 64 MB). Hãy gửi lại.".into(),
        en: "The file did not come whole (a lost line, or more than 64 MB). Send it again.".into(),
    }])
}
