//! Files of a draft, attached and taken off; and text that is pasted from elsewhere.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::draft::answer;
use super::with::{Beside, With};
use super::{by, find};
use crate::app::App;
use crate::db::Tx;
use crate::drafts::acts::{self, Saved};
use crate::drafts::{Attached, store};
use crate::items::draft::attach;
use crate::items::paste as pasted;
use crate::media;
use crate::people::forms::{Filled, told};
use crate::people::gate::Staff;
use crate::people::pages::{HOME, see};
use crate::people::upload::{self, Sent};
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// `POST /ban-lam-viec/tin/{id}/tep`
pub async fn file(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let sent = match upload::sent(&app, &staff, &visitor, request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let beside = Beside {
        alt: sent.fields.get("alt").to_owned(),
        decorative: sent.fields.has("decorative"),
        text: sent.fields.get("loi").to_owned(),
    };
    match change(&app, &staff, &id, sent).await {
        Ok(()) => see(visitor.lang, &format!("{HOME}/tin/{id}?xong=tep")),
        Err(problem) => refused(&app, &staff, &visitor, &id, problem, beside).await,
    }
}

/// The draft's page with what was wrong, and what was typed beside the file.
async fn refused(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    problem: Problem,
    beside: Beside,
) -> Response {
    match told(problem, visitor.lang) {
        Ok((_, wrong)) => {
            let with = With::wrong(wrong).and_beside(beside);
            answer(app, staff, visitor, id, with, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn change(app: &App, staff: &Staff, id: &str, sent: Sent) -> Result<(), Problem> {
    let work = find(app, staff, id).await?;
    let file = sent.file?;
    if work.written.beside.is_some() && file.is_some() {
        return Err(Problem::refused(
            "Phần viết thêm không có tệp đính kèm. Nếu cần tệp, hãy đăng thành một tin riêng.",
            "An annex has no files. If it needs one, publish it as an item of its own.",
        ));
    }
    let version: i64 = sent.fields.get("version").parse().unwrap_or(0);
    let mut conn = app.db.read().await?;
    let mut written =
        store::version(&mut conn, work.id, version).await?.ok_or(Problem::NotFound("version"))?;
    drop(conn);
    let drop_one = sent.fields.get("bo").to_owned();
    let mut taken = None;
    match file {
        _ if !drop_one.is_empty() => written.files.retain(|file| file.sha256 != drop_one),
        Some(upload) => {
            let (file, bytes) = attach(work.id, upload).await?;
            let (attached, hash, id) = (Attached::of(&file), file.sha256, work.id);
            app.db
                .write("draft.file", async move |tx: &mut Tx| -> Result<(), Problem> {
                    Ok(store::keep_file(tx, id, &hash, bytes).await?)
                })
                .await?;
            written.files.retain(|file| file.sha256 != attached.sha256);
            written.files.push(attached.clone());
            taken = Some(attached);
        }
        None => {
            return Err(Problem::Invalid(vec![Fault {
                field: "tep".into(),
                vi: "Hãy chọn tệp rồi bấm Thêm tệp.".into(),
                en: "Choose a file, then add it.".into(),
            }]));
        }
    }
    match acts::save(app, &by(staff), work.id, version, written, work.hour()).await? {
        Saved::As(..) => match taken {
            Some(attached) => media::copies_of(app, (work.id, work.log), staff.account.id, &attached).await,
            None => Ok(()),
        },
        Saved::Clash(..) => Err(Problem::refused(
            "Người khác vừa đổi danh sách tệp. Hãy tải lại trang rồi làm lại.",
            "Somebody has just changed the list of files. Reload the page and do it again.",
        )),
    }
}

/// `POST /ban-lam-viec/dan`: what a browser's clipboard holds as HTML, made a text of the house. For the console's script.
pub async fn paste(_: Staff, State(app): State<App>, visitor: Visitor, Filled(form): Filled) -> Response {
    let html = form.get("html").to_owned();
    let cleaned = tokio::task::spawn_blocking(move || pasted::clean(html.as_bytes(), "text/html", "")).await;
    match cleaned {
        Ok(Ok(cleaned)) => {
            let note = |note: &pasted::Note| {
                if visitor.lang == Lang::Vi { note.vi.clone() } else { note.en.clone() }
            };
            let notes: Vec<_> = cleaned.notes.iter().map(note).collect();
            Json(json!({ "text": cleaned.text, "notes": notes })).into_response()
        }
        Ok(Err(problem)) => failure(&app, &visitor, problem),
        Err(error) => failure(&app, &visitor, Problem::Ours(error.into())),
    }
}
