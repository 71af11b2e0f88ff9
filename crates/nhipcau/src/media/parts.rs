//! Files that come in parts, as tus 1.0 has them, behind the console's session: each request that changes something comes from this very host and
//! carries the session's key in a header.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::landing::{has_room, leave, receives};
use super::store::{self, File, Stage};
use super::tus::{self, Metadata, Refused};
use super::{MOST_BYTES, MOST_CLIP, MOST_OF_AGENCY, MOST_OF_PERSON};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::drafts::acts;
use crate::items::draft::MOST_FILE;
use crate::people::gate::{Staff, refused_form};
use crate::people::pages::HOME;
use crate::problem::Problem;
use crate::web::answer::{problem_json, problem_of};
use crate::web::visitor::Visitor;

/// The header that carries the session's form key.
const KEY: &str = "nhipcau-khoa";
fn answered(status: StatusCode, headers: Vec<(&'static str, HeaderValue)>) -> Response {
    let mut response = status.into_response();
    let own = [
        ("tus-resumable", HeaderValue::from_static(tus::VERSION)),
        ("cache-control", HeaderValue::from_static("no-store")),
    ];
    for (name, value) in own.into_iter().chain(headers) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    response
}

fn refused(why: Refused) -> Response {
    let mut response = problem_of(why.code(), why.vi, why.en);
    let headers = response.headers_mut();
    headers.insert("tus-resumable", HeaderValue::from_static(tus::VERSION));
    if why.status == 412 {
        headers.insert("tus-version", HeaderValue::from_static(tus::VERSION));
    }
    response
}

/// What keeps a request from being carried out.
pub(super) enum No {
    Protocol(Refused),
    Problem(Problem),
}

impl From<Refused> for No {
    fn from(why: Refused) -> No {
        No::Protocol(why)
    }
}

impl From<Problem> for No {
    fn from(problem: Problem) -> No {
        No::Problem(problem)
    }
}

impl From<anyhow::Error> for No {
    fn from(error: anyhow::Error) -> No {
        No::Problem(error.into())
    }
}

impl From<sqlx::Error> for No {
    fn from(error: sqlx::Error) -> No {
        No::Problem(error.into())
    }
}

fn told(app: &App, no: No) -> Response {
    match no {
        No::Protocol(why) => refused(why),
        No::Problem(problem) => problem_json(app, problem),
    }
}

/// The answer to a request without the session's key.
fn foreign(app: &App, staff: &Staff, visitor: &Visitor, headers: &HeaderMap) -> Option<Response> {
    let key = headers.get(KEY).and_then(|key| key.to_str().ok()).unwrap_or_default();
    (key != staff.form_key).then(|| refused_form(app, visitor))
}

fn until(ends: i64) -> HeaderValue {
    let at = instant(ends).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    HeaderValue::from_str(&at).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// `OPTIONS /ban-lam-viec/tin/{id}/tai-len`
pub(super) async fn able() -> Response {
    answered(
        StatusCode::NO_CONTENT,
        vec![
            ("tus-version", HeaderValue::from_static(tus::VERSION)),
            ("tus-extension", HeaderValue::from_static(tus::EXTENSIONS)),
            ("tus-checksum-algorithm", HeaderValue::from_static(tus::SUMS)),
            ("tus-max-size", tus::number(MOST_CLIP)),
        ],
    )
}

/// `POST /ban-lam-viec/tin/{id}/tai-len`
pub(super) async fn begin(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(draft): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Some(answer) = foreign(&app, &staff, &visitor, &headers) {
        return answer;
    }
    match begun(&app, &staff, &draft, &headers).await {
        Ok((id, ends)) => {
            let path = visitor.lang.path(&format!("{HOME}/tin/{draft}/tai-len/{id}"));
            let location = HeaderValue::from_str(&path).unwrap_or_else(|_| HeaderValue::from_static(HOME));
            answered(StatusCode::CREATED, vec![("location", location), ("upload-expires", until(ends))])
        }
        Err(no) => told(&app, no),
    }
}

async fn begun(app: &App, staff: &Staff, draft: &str, headers: &HeaderMap) -> Result<(Uuid, i64), No> {
    tus::spoken(headers)?;
    let (size, metadata) = tus::creation(headers)?;
    let draft: Uuid = draft.parse().map_err(|_| Problem::NotFound("draft"))?;
    let work = acts::find(&mut app.db.read().await?, staff.portal.log, draft).await?;
    if !work.stage.is_open() || work.written.beside.is_some() {
        return Err(No::Problem(closed()));
    }
    let name = metadata.get("filename").to_owned();
    fits(&name, size)?;
    has_room(app, size).await?;
    let (log, account, id) = (staff.portal.log, staff.account.id, app.dice.id(&app.clock)?);
    let file = File {
        id,
        draft,
        log,
        account,
        name,
        metadata: metadata.raw,
        size,
        held: 0,
        stage: Stage::Coming,
        step: String::new(),
        why: None,
        attached: None,
        tries: 0,
        asked: false,
        ends: 0,
    };
    app.db
        .write("upload.begin", async move |tx: &mut Tx| -> Result<(), Problem> {
            let (own, all, bytes) = store::load(tx.conn(), log, account).await?;
            let most = i64::try_from(file.size).unwrap_or(i64::MAX).saturating_add(bytes);
            if own >= MOST_OF_PERSON || all >= MOST_OF_AGENCY || most > MOST_BYTES {
                return Err(too_many());
            }
            Ok(store::add(tx, &file).await?)
        })
        .await?;
    Ok((id, app.clock.micros() + super::LASTS))
}

/// Refuses a name or a size that no file may have.
fn fits(name: &str, size: u64) -> Result<(), No> {
    let is_clip = [".mp4", ".mov", ".m4v"].iter().any(|end| name.to_lowercase().ends_with(end));
    let most = if is_clip { MOST_CLIP } else { MOST_FILE as u64 };
    if name.trim().is_empty() || name.chars().count() > 255 || name.contains(['/', '\\']) {
        return Err(Refused {
            status: 400,
            vi: "Tệp phải có tên (filename).",
            en: "The file must have a name (filename).",
        }
        .into());
    }
    if size > most {
        let why = Refused {
            status: 413,
            vi: "Tệp quá lớn: video tối đa 2 GB, tệp khác tối đa 64 MB. Hãy cắt ngắn hoặc chia nhỏ.",
            en: "The file is too large: clips may have 2 GB, other files 64 MB. Cut or split it.",
        };
        return Err(why.into());
    }
    Ok(())
}

pub(super) fn closed() -> Problem {
    Problem::refused(
        "Bản nháp này không nhận thêm tệp: nó đã đăng, đã bỏ hoặc là phần viết thêm.",
        "This draft takes no more files: it was issued or discarded, or is an annex.",
    )
}

fn too_many() -> Problem {
    Problem::TooOften {
        vi: "Đang có quá nhiều tệp tải lên dở dang (mỗi người 5, mỗi cơ quan 20 tệp hoặc 8 GB). Hãy chờ xong hoặc bỏ bớt.".into(),
        en: "Too many files are coming already (5 of a person, 20 or 8 GB of an agency). Wait until they are done, or leave some.".into(),
    }
}

/// A file of this person's.
async fn own(app: &App, staff: &Staff, draft: &str, upload: &str) -> Result<File, No> {
    let (draft, id) = draft.parse().ok().zip(upload.parse().ok()).ok_or(Problem::NotFound("upload"))?;
    let file = store::find(&mut app.db.read().await?, staff.portal.log, draft, id).await?;
    let file = file.filter(|file| file.account == staff.account.id && file.ends >= app.clock.micros());
    Ok(file.ok_or(Problem::NotFound("upload"))?)
}

/// `GET` and `HEAD /ban-lam-viec/tin/{id}/tai-len/{upload}`
pub(super) async fn offset(
    State(app): State<App>,
    staff: Staff,
    Path((draft, upload)): Path<(String, String)>,
) -> Response {
    let file = match own(&app, &staff, &draft, &upload).await {
        Ok(file) => file,
        Err(no) => return told(&app, no),
    };
    let mut headers = vec![
        ("upload-offset", tus::number(file.held)),
        ("upload-length", tus::number(file.size)),
        ("upload-expires", until(file.ends)),
    ];
    if let Some(said) = HeaderValue::from_str(&file.metadata).ok().filter(|said| !said.is_empty()) {
        headers.push(("upload-metadata", said));
    }
    answered(StatusCode::OK, headers)
}

/// `PATCH /ban-lam-viec/tin/{id}/tai-len/{upload}`
pub(super) async fn part(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((draft, upload)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if let Some(answer) = foreign(&app, &staff, &visitor, &parts.headers) {
        return answer;
    }
    match taken(&app, &staff, (&draft, &upload), &parts.headers, body).await {
        Ok((held, ends)) => answered(
            StatusCode::NO_CONTENT,
            vec![("upload-offset", tus::number(held)), ("upload-expires", until(ends))],
        ),
        Err(no) => told(&app, no),
    }
}

async fn taken(
    app: &App,
    staff: &Staff,
    (draft, upload): (&str, &str),
    headers: &HeaderMap,
    body: Body,
) -> Result<(u64, i64), No> {
    tus::spoken(headers)?;
    let part = tus::part(headers)?;
    let id: Uuid = upload.parse().map_err(|_| Problem::NotFound("upload"))?;
    // Asked before it is looked how much is held: nobody else adds to that meanwhile.
    let Some(turn) = app.media.turn(id) else {
        return Err(Refused {
            status: 423,
            vi: "Phần trước còn đang tới; hãy thử lại.",
            en: "The part before is still coming; try again.",
        }
        .into());
    };
    let file = own(app, staff, draft, upload).await?;
    if file.stage != Stage::Coming || part.offset != file.held {
        return Err(Refused {
            status: 409,
            vi: "Upload-Offset không khớp phần đã nhận.",
            en: "Upload-Offset is not what is held.",
        }
        .into());
    }
    let (send, receive) = oneshot::channel();
    let working = app.clone();
    // Apart from the request: when its line breaks, what came is still synced and noted.
    app.tasks.spawn("upload", async move {
        let came = receives(&working, file, part, body.into_data_stream()).await;
        drop(turn);
        if came.as_ref().is_ok_and(|(_, whole)| *whole) {
            working.media.wake();
        }
        // Nobody may be left who waits for the answer.
        let _ = send.send(came);
    });
    let (held, _) = receive.await.map_err(|_| Problem::NotNow {
        vi: "Máy chủ đang dừng; hãy gửi tiếp sau ít phút.".into(),
        en: "The node is stopping; go on in a few minutes.".into(),
    })??;
    Ok((held, app.clock.micros() + super::LASTS))
}

/// `DELETE /ban-lam-viec/tin/{id}/tai-len/{upload}`
pub(super) async fn end(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((draft, upload)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Some(answer) = foreign(&app, &staff, &visitor, &headers) {
        return answer;
    }
    let ended = async {
        tus::spoken(&headers)?;
        let file = own(&app, &staff, &draft, &upload).await?;
        leave(&app, file.id).await?;
        Ok::<_, No>(())
    };
    match ended.await {
        Ok(()) => answered(StatusCode::NO_CONTENT, Vec::new()),
        Err(no) => told(&app, no),
    }
}

/// What the form beside a file held.
pub(super) fn beside(metadata: &str) -> Metadata {
    Metadata::read(metadata).unwrap_or_default()
}
