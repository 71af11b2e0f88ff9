//! The console: queues (`queue`), a case (`view`, `path`), its files, and the form by which each step is taken.

mod acts;
pub mod bulk;
mod carry;
mod compose;
mod path;
mod queue;
mod rows;
mod view;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use self::view::CasePage;
use super::DESK;
use super::route;
use super::store::{self, Case, steps};
use super::suggested::{Suggested, Told};
use crate::app::App;
use crate::clock::instant;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{drawn, see};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

pub(super) use acts::refusal;
pub use acts::{Actor, begun, leads, saved, take};
pub use carry::{Goes, answer_commitment, on, passed_on};
pub use queue::{queue, sought};
pub use rows::{AtHome, at_home};

/// The case of a code, at an agency that has it or had it; to anybody else it is not there.
pub(super) async fn held(app: &App, staff: &Staff, code: &str) -> Result<Case, Problem> {
    let mut conn = app.db.read().await?;
    store::held(&mut conn, code, staff.portal.log).await?.ok_or(Problem::NotFound("petition"))
}

/// What was just done, and the agency for which the form of passing on is to be filled in.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    xong: String,
    #[serde(default)]
    toi: String,
    /// The template with which an answer begins.
    #[serde(default)]
    mau: String,
    /// The code of the published case whose answer it quotes.
    #[serde(default)]
    trich: String,
}

impl Done {
    /// True if something was just done.
    pub fn is_done(&self) -> bool {
        !self.xong.is_empty()
    }
}

/// `GET /ban-lam-viec/phan-anh/{code}`
pub async fn one(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(code): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let seen = async {
        let case = held(&app, &staff, &code).await?;
        staff.saw(&app, "petition.seen", case.code).await
    };
    if let Err(problem) = seen.await {
        return failure(&app, &visitor, problem);
    }
    let w = visitor.lang.petition_desk();
    let said = done.is_done().then(|| w.said.to_owned());
    let typed = match compose::begun(&app, &staff, &code, (&done.mau, &done.trich)).await {
        Ok(Some(typed)) => typed,
        Ok(None) => filled_in(&app, &staff, &visitor, &done.toi, &code).await.unwrap_or_default(),
        Err(problem) => return failure(&app, &visitor, problem),
    };
    show(&app, &staff, &visitor, &code, Look { said, typed, ..Look::default() }).await
}

/// The form of passing on, filled in for an agency that is suggested. Nothing is passed on by looking at it.
async fn filled_in(app: &App, staff: &Staff, visitor: &Visitor, to: &str, code: &str) -> Option<Fields> {
    let target = route::chosen(app, &staff.portal.origin, to)?;
    let case = held(app, staff, code).await.ok().filter(|case| case.owner == staff.portal.log)?;
    let (_, words) = store::words(&mut app.db.read().await.ok()?, &case.id).await.ok()??;
    let told = Told { words: &words, commune: &case.place };
    let suggested = Suggested::of(app, &staff.portal, &told, date::day(app.clock.now()), visitor.lang);
    let pairs = [("viec", "chuyen".to_owned()), ("toi", target.typed()), ("loi", suggested.because(&target))];
    Some(Fields::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
}

/// What a page of a case says beside the case.
#[derive(Default)]
struct Look {
    said: Option<String>,
    typed: Fields,
    wrong: Wrong,
    status: Option<StatusCode>,
    /// The texts that readers would see.
    preview: Option<(String, String)>,
    /// Who sent it, where that was asked for.
    contact: Option<super::contact::Contact>,
}

async fn show(app: &App, staff: &Staff, visitor: &Visitor, code: &str, look: Look) -> Response {
    let status = look.status.unwrap_or(StatusCode::OK);
    match CasePage::of(app, staff, visitor, code, look).await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

/// `POST /ban-lam-viec/phan-anh/{code}`
pub async fn step(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(code): Path<String>,
    Filled(typed): Filled,
) -> Response {
    let case = match held(&app, &staff, &code).await {
        Ok(case) => case,
        Err(problem) => return failure(&app, &visitor, problem),
    };
    let done = match typed.get("viec") {
        "xem-truoc" => {
            let preview = Some(acts::masked(&typed));
            return show(&app, &staff, &visitor, &code, Look { typed, preview, ..Look::default() }).await;
        }
        "xem-nguoi-gui" => match acts::contact(&app, &staff, &case).await {
            Ok(contact) => {
                return show(
                    &app,
                    &staff,
                    &visitor,
                    &code,
                    Look { contact: Some(contact), ..Look::default() },
                )
                .await;
            }
            Err(problem) => Err(problem),
        },
        _ => acts::act(&app, &staff, &case, &typed).await,
    };
    match done {
        Ok(()) => see(visitor.lang, &format!("{DESK}/{}?xong=1", case.code)),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => {
                let look = Look { typed, wrong, status: Some(status), ..Look::default() };
                show(&app, &staff, &visitor, &code, look).await
            }
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

/// `GET /ban-lam-viec/phan-anh/{code}/tep/{seq}/{n}`
pub async fn file(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((code, seq, n)): Path<(String, String, String)>,
) -> Response {
    let file = async {
        let case = held(&app, &staff, &code).await?;
        if case.owner != staff.portal.log {
            return Err(Problem::NotFound("file"));
        }
        let (Ok(seq), Ok(n)) = (seq.parse(), n.parse()) else { return Err(Problem::NotFound("file")) };
        let mut conn = app.db.read().await?;
        let file = steps::file(&mut conn, &case.id, seq, n).await?;
        // Listed, and still on its way from another node.
        file.filter(|(.., bytes)| !bytes.is_empty()).ok_or(Problem::NotFound("file"))
    };
    match file.await {
        Ok((name, media, bytes)) => attachment(&name, &media, bytes),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// A file that a browser saves and never runs.
fn attachment(name: &str, media: &str, bytes: Vec<u8>) -> Response {
    let encoded: String =
        form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20");
    let mut answer = bytes.into_response();
    let headers = answer.headers_mut();
    crate::web::answer::guard(headers);
    let attached = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{encoded}"));
    headers.extend(attached.ok().map(|value| (header::CONTENT_DISPOSITION, value)));
    headers.extend(HeaderValue::from_str(media).ok().map(|value| (header::CONTENT_TYPE, value)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    answer
}

/// An instant beside now, short.
pub(super) fn short(app: &App, lang: Lang, at: i64) -> String {
    date::short(lang, instant(at), app.clock.now())
}
