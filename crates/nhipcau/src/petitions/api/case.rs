//! A case to whoever holds its secret, and what they do with it: the acts of the page that follows.

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ask::{File, crowded, files};
use super::renamed;
use crate::api::{Named, Sent};
use crate::app::App;
use crate::clock::instant;
use crate::people::forms::Fields;
use crate::petitions::asking::upload;
use crate::petitions::following::{acts, name_of, opened};
use crate::petitions::handover::told::names_agency;
use crate::petitions::store::{self, Case, draft, steps};
use crate::petitions::ties::view::Seen;
use crate::petitions::verify::Stands;
use crate::petitions::{facts, place};
use crate::problem::Problem;
use crate::web::answer::problem_json;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// What opens a case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holds {
    secret: String,
    /// The code of the part that is meant, of a petition that was split.
    #[serde(default)]
    part: String,
}

/// A message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    secret: String,
    /// The code of the part that is meant, of a petition that was split.
    #[serde(default)]
    part: String,
    words: String,
    #[serde(default)]
    files: Vec<File>,
}

/// How content its sender is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    secret: String,
    /// The code of the part that is meant, of a petition that was split.
    #[serde(default)]
    part: String,
    /// `yes`, `partly` or `no`.
    rating: String,
}

/// Why the answer is none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    secret: String,
    /// The code of the part that is meant, of a petition that was split.
    #[serde(default)]
    part: String,
    reason: String,
}

/// The digits of the mail; empty to have another mail sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digits {
    secret: String,
    /// The code of the part that is meant, of a petition that was split.
    #[serde(default)]
    part: String,
    #[serde(default)]
    digits: String,
}

/// That it is taken back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sure {
    secret: String,
    /// The code of the part that is meant, of a petition that was split.
    #[serde(default)]
    part: String,
    /// Must be true: what was sent is erased.
    sure: bool,
}

/// `POST /api/v1/petitions/{code}/case`
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Named(code): Named,
    Sent { said, .. }: Sent<Holds>,
) -> Response {
    acted(&app, &visitor, code, (said.secret, said.part), None, Vec::new()).await
}

/// `POST /api/v1/petitions/{code}/reply`
pub async fn reply(
    State(app): State<App>,
    visitor: Visitor,
    Named(code): Named,
    request: Request,
) -> Response {
    let Some(room) = upload::room(request.headers()).await else {
        return problem_json(&app, crowded());
    };
    let said: Reply = match Sent::from_request(request, &app).await {
        Ok(Sent { said, .. }) => said,
        Err(answer) => return answer,
    };
    let answer = acted(
        &app,
        &visitor,
        code,
        (said.secret, said.part),
        Some(("tra-loi", "loi-nhan", said.words)),
        said.files,
    )
    .await;
    drop(room);
    answer
}

/// `POST /api/v1/petitions/{code}/rating`
pub async fn rate(
    State(app): State<App>,
    visitor: Visitor,
    Named(code): Named,
    Sent { said, .. }: Sent<Rating>,
) -> Response {
    acted(&app, &visitor, code, (said.secret, said.part), Some(("danh-gia", "muc", said.rating)), Vec::new())
        .await
}

/// `POST /api/v1/petitions/{code}/reopening`
pub async fn reopen(
    State(app): State<App>,
    visitor: Visitor,
    Named(code): Named,
    Sent { said, .. }: Sent<Reason>,
) -> Response {
    acted(&app, &visitor, code, (said.secret, said.part), Some(("mo-lai", "ly-do", said.reason)), Vec::new())
        .await
}

/// `POST /api/v1/petitions/{code}/verification`
pub async fn verify(
    State(app): State<App>,
    visitor: Visitor,
    Named(code): Named,
    Sent { said, .. }: Sent<Digits>,
) -> Response {
    acted(&app, &visitor, code, (said.secret, said.part), Some(("xac-nhan", "so", said.digits)), Vec::new())
        .await
}

/// `POST /api/v1/petitions/{code}/withdrawal`
pub async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    Named(code): Named,
    Sent { said, .. }: Sent<Sure>,
) -> Response {
    let sure = if said.sure { "chac-chan" } else { "" };
    acted(&app, &visitor, code, (said.secret, said.part), Some(("rut", sure, "on".to_owned())), Vec::new())
        .await
}

/// `POST /api/v1/petitions/{code}/contact-erasure`
pub async fn forget(
    State(app): State<App>,
    visitor: Visitor,
    Named(code): Named,
    Sent { said, .. }: Sent<Holds>,
) -> Response {
    acted(
        &app,
        &visitor,
        code,
        (said.secret, said.part),
        Some(("xoa-lien-he", "", String::new())),
        Vec::new(),
    )
    .await
}

/// Does what is asked, if anything, and shows the case as it stands then. `act` is what the page's form would post: the act, and a
/// field with its value.
async fn acted(
    app: &App,
    visitor: &Visitor,
    code: String,
    (secret, part): (String, String),
    act: Option<(&'static str, &'static str, String)>,
    attached: Vec<File>,
) -> Response {
    let done = async {
        let keys = Fields::of(vec![("ma".into(), code), ("bi-mat".into(), secret), ("phan".into(), part)]);
        let case = opened(app, visitor, &keys).await?;
        if let Some((act, field, value)) = act {
            let typed = Fields::of(vec![("viec".into(), act.into()), (field.into(), value)]);
            acts::act(app, &case, &typed, files(attached)).await?;
        }
        told(app, &case.code).await
    };
    match done.await {
        Ok(told) => {
            let mut answer = Json(told).into_response();
            answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            answer
        }
        Err(problem) => problem_json(app, renamed(problem)),
    }
}

/// A case as its sender sees it.
async fn told(app: &App, code: &str) -> Result<Value, Problem> {
    let mut conn = app.db.read().await?;
    let case: Case = store::find(&mut conn, code).await?.ok_or(Problem::NotFound("petition"))?;
    let path = steps::of(&mut conn, &case.id).await?;
    let files = steps::files(&mut conn, &case.id).await?;
    let draft = draft::find(&mut conn, &case.id).await?;
    let words = store::words(&mut conn, &case.id).await?;
    let contact = store::contact(app, &mut conn, &case.id).await?;
    let mail = Stands::of(app, &mut conn, &case, contact.as_ref()).await?;
    let ties = Seen::of(app, &mut conn, &case, Lang::Vi).await?;
    let now = app.clock.micros();
    let facts = facts::of(&case, &path, draft.as_ref(), &app.calendar.now(), now);
    let open = facts.state.is_open();
    let at = |at: i64| date::machine(instant(at));
    let mut all = Vec::new();
    for step in path.iter().filter(|step| step.shown == 1) {
        let to = match step.detail.parse() {
            Ok(log) if names_agency(&step.act) => Some(name_of(app, &mut conn, log, Lang::Vi).await?),
            _ => None,
        };
        let names: Vec<&str> =
            files.iter().filter(|file| file.seq == step.seq).map(|file| file.name.as_str()).collect();
        all.push(json!({
            "at": at(step.at),
            "act": step.act,
            "agency": name_of(app, &mut conn, step.log, Lang::Vi).await?,
            "to": to,
            "words": step.words,
            "files": names,
        }));
    }
    Ok(json!({
        "code": case.code,
        "state": facts.state.word(),
        "kind": case.kind(),
        "identity": case.mode,
        "commune": case.place,
        "commune_name": place::name(&case.place, Lang::Vi),
        "place": words.as_ref().map(|(place, _)| place),
        "words": words.as_ref().map(|(_, words)| words),
        "agency": name_of(app, &mut conn, case.owner, Lang::Vi).await?,
        "since": at(case.owned),
        "registered": at(case.registered),
        "due": case.last_day(&app.calendar.now(), now).filter(|_| open).map(|day| day.to_string()),
        "steps": all,
        "follows": ties.follows,
        "whole": ties.whole,
        "parts": ties.parts.iter().map(|part| json!({ "code": part.code, "state": part.state.word() })).collect::<Vec<_>>(),
        "rating": Some(&case.rating).filter(|rating| !rating.is_empty()),
        "contact_kept": contact.is_some(),
        "mail": match mail {
            Stands::Nothing => "none",
            Stands::Unasked => "not_asked",
            Stands::Waits => "waits",
            Stands::Verified => "verified",
        },
        "may": {
            "reply": open,
            "rate": facts.ratable && !open,
            "reopen": facts.reopenable && !open,
            "withdraw": open,
        },
    }))
}
