//! How far the files of a draft are, what of them failed and why; and the files themselves, for whoever writes.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use network::names::ContentHash;
use serde_json::json;
use uuid::Uuid;

use super::store::{self, File, Stage};
use super::{landing, parts};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::drafts::{Work, acts, store as drafts};
use crate::files::kind_of;
use crate::people::forms::{Filled, told};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, HOME, drawn, see, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::assets;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, MediaWords, number};

struct Row {
    name: String,
    size: String,
    stage: &'static str,
    says: String,
    /// How many bytes of how many have come.
    meter: Option<(u64, u64)>,
    failed: bool,
    leaves: bool,
    here: String,
    /// The page of its captions.
    captions: Option<String>,
}

#[derive(Template)]
#[template(path = "media/uploads.html")]
struct Uploads {
    shell: Shell,
    desk: Desk,
    back: String,
    here: String,
    draft: String,
    rows: Vec<Row>,
}

impl Uploads {
    fn m(&self) -> &'static MediaWords {
        self.shell.lang.media()
    }

    fn script(&self) -> &'static str {
        assets::media(self.shell.lang)
    }
}

/// What is said of a file.
fn says(file: &File, lang: Lang) -> String {
    let m = lang.media();
    match file.stage {
        Stage::Coming => m.coming(file.held.saturating_mul(100).checked_div(file.size).unwrap_or_default()),
        Stage::Waiting => m.waiting.to_owned(),
        Stage::Working => match file.step.as_str() {
            "" => m.looking.to_owned(),
            "best" => m.best.to_owned(),
            "sound" => m.sound.to_owned(),
            "still" => m.still.to_owned(),
            lines => m.making(lines),
        },
        Stage::Done => m.done.to_owned(),
        Stage::Failed => {
            let why = file.why.clone().map(|(vi, en)| if lang == Lang::Vi { vi } else { en });
            m.failed(why.unwrap_or_default())
        }
    }
}

fn row(file: &File, work: &Work, lang: Lang) -> Row {
    let of = |path: String| lang.path(&format!("{HOME}/tin/{}/{path}", file.draft));
    let listed =
        file.attached.as_ref().filter(|one| work.written.files.iter().any(|f| f.sha256 == one.sha256));
    Row {
        name: file.name.clone(),
        size: number::bytes(lang, file.size),
        stage: file.stage.word(),
        says: says(file, lang),
        meter: (file.stage == Stage::Coming).then_some((file.held, file.size)),
        failed: file.stage == Stage::Failed,
        leaves: !matches!(file.stage, Stage::Working | Stage::Done),
        here: of(format!("tai-len/{}", file.id)),
        captions: listed
            .filter(|one| one.media == "video/mp4")
            .map(|one| of(format!("phu-de/{}", one.sha256))),
    }
}

/// `GET /ban-lam-viec/tin/{id}/tai-len`
pub(super) async fn show(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let said = match done.word() {
        "lai" => Some(visitor.lang.media().said_again.to_owned()),
        "bo" => Some(visitor.lang.media().said_left.to_owned()),
        _ => None,
    };
    page(&app, &staff, &visitor, &id, said, StatusCode::OK).await
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    said: Option<String>,
    status: StatusCode,
) -> Response {
    let lang = visitor.lang;
    let page = async {
        let work = open(app, staff, id).await?;
        let files = store::of_draft(&mut app.db.read().await?, work.id).await?;
        Ok::<_, Problem>(Uploads {
            shell: shell(app, visitor, &staff.portal, lang.media().title),
            desk: Desk::of(staff, lang, HOME, said),
            back: lang.path(&format!("{HOME}/tin/{}", work.id)),
            here: lang.path(&format!("{HOME}/tin/{}/tai-len", work.id)),
            draft: title(&work, lang),
            rows: files.iter().map(|file| row(file, &work, lang)).collect(),
        })
    };
    match page.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

/// A draft of this person's agency.
pub(super) async fn open(app: &App, staff: &Staff, id: &str) -> Result<Work, Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::NotFound("draft"))?;
    acts::find(&mut app.db.read().await?, staff.portal.log, id).await
}

/// What links back to a draft call it.
pub(super) fn title(work: &Work, lang: Lang) -> String {
    match work.title() {
        "" => lang.desk().untitled.to_owned(),
        title => title.to_owned(),
    }
}

/// A person's files for a draft that have come in part, as JSON: where they go on, their names, and the marks by which their script
/// knows them again.
///
/// # Errors
/// The database's.
pub async fn coming(conn: &mut Conn, work: &Work, account: Uuid, lang: Lang) -> Result<String, Problem> {
    let files = store::of_draft(conn, work.id).await?.into_iter();
    let held = files.filter(|file| file.stage == Stage::Coming && file.account == account).map(|file| {
        json!({
            "href": lang.path(&format!("{HOME}/tin/{}/tai-len/{}", work.id, file.id)),
            "name": file.name,
            "mark": parts::beside(&file.metadata).get("mark"),
        })
    });
    Ok(serde_json::Value::Array(held.collect()).to_string())
}

/// `POST /ban-lam-viec/tin/{id}/tai-len/{upload}`
pub(super) async fn act(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((id, upload)): Path<(String, String)>,
    Filled(form): Filled,
) -> Response {
    let acted = async {
        let work = open(&app, &staff, &id).await?;
        let upload: Uuid = upload.parse().map_err(|_| Problem::NotFound("upload"))?;
        let found = store::find(&mut app.db.read().await?, work.log, work.id, upload).await?;
        let file = found.ok_or(Problem::NotFound("upload"))?;
        match form.get("viec") {
            "lai" => again(&app, &staff, file.id).await.map(|()| "lai"),
            "bo" => landing::leave(&app, file.id).await.map(|()| "bo"),
            _ => Err(Problem::NotFound("act")),
        }
    };
    match acted.await {
        Ok(word) => see(visitor.lang, &format!("{HOME}/tin/{id}/tai-len?xong={word}")),
        Err(problem) => match told(problem, visitor.lang) {
            Ok((status, why)) => page(&app, &staff, &visitor, &id, Some(why), status).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

async fn again(app: &App, staff: &Staff, id: Uuid) -> Result<(), Problem> {
    let line = staff.line("upload.again", id.to_string());
    let moved = app.db.write("upload.again", async move |tx: &mut Tx| -> Result<bool, Problem> {
        crate::people::audit::add(tx, line).await?;
        Ok(store::again(tx, id).await?)
    });
    if !moved.await? {
        return Err(Problem::refused("Tệp này không có lỗi để làm lại.", "This file has not failed."));
    }
    app.media.wake();
    Ok(())
}

/// `GET /ban-lam-viec/tin/{id}/tep/{sha256}`: a picture or clip, in parts if a player asks so.
pub(super) async fn file(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((id, sha256)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let found = async {
        let work = open(&app, &staff, &id).await?;
        let hash: ContentHash = sha256.parse().map_err(|_| Problem::NotFound("file"))?;
        let bytes = drafts::file(&mut app.db.read().await?, work.id, &hash).await?;
        bytes.ok_or(Problem::NotFound("file"))
    };
    match found.await {
        Ok(bytes) => given(bytes, &headers),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// Bytes of a picture or a clip; of a range (RFC 9110, 14) the one that is asked for.
fn given(bytes: Vec<u8>, asked: &HeaderMap) -> Response {
    let media = kind_of(&bytes).media();
    let size = bytes.len();
    let mut response = match range(asked, size) {
        Some((from, to)) => {
            let says = format!("bytes {from}-{to}/{size}");
            let part = bytes[from..=to].to_vec();
            let says = HeaderValue::from_str(&says).unwrap_or_else(|_| HeaderValue::from_static("bytes */*"));
            (StatusCode::PARTIAL_CONTENT, [(header::CONTENT_RANGE, says)], part).into_response()
        }
        None => bytes.into_response(),
    };
    for (name, value) in [
        (header::CONTENT_TYPE, media),
        (header::ACCEPT_RANGES, "bytes"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The first range that is asked for and can be given, its ends included.
fn range(asked: &HeaderMap, size: usize) -> Option<(usize, usize)> {
    let said = asked.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=")?;
    let (from, to) = said.split(',').next()?.trim().split_once('-')?;
    let last = size.checked_sub(1)?;
    let (from, to) = match (from, to) {
        ("", count) => (size.saturating_sub(count.parse().ok()?), last),
        (from, "") => (from.parse().ok()?, last),
        (from, to) => (from.parse().ok()?, to.parse::<usize>().ok()?.min(last)),
    };
    (from <= to && to <= last).then_some((from, to))
}

/// What an act of the audit trail is called; none for acts of others.
pub(super) fn act_name(act: &str, lang: Lang) -> Option<&'static str> {
    (act == "upload.again").then_some(lang.media().act_again)
}
