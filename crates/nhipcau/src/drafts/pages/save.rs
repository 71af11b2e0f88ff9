//! What a draft's form and buttons do: save, and take the next step. A grave one asks first who one is.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::digest;
use super::draft::{APPROVE_AND_ISSUE, answer};
use super::with::{CARRIED, Clash, With};
use super::{by, find};
use crate::annexes;
use crate::app::App;
use crate::drafts::acts::{self, Saved};
use crate::drafts::life::{Act, Stage};
use crate::drafts::{Work, form, store};
use crate::people::confirm;
use crate::people::forms::{Fields, Filled, told};
use crate::people::gate::Staff;
use crate::people::pages::{HOME, see};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::visitor::Visitor;
use crate::words::date;

/// True for what is seen outside the agency, or leads there.
fn is_grave(form: &Fields) -> bool {
    let act = form.get("viec");
    act == APPROVE_AND_ISSUE || matches!(Act::of(act), Some(Act::Approve | Act::Issue | Act::Override))
}

/// `POST /ban-lam-viec/tin/{id}`: saves; a button beside says what is done then.
pub async fn save(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Filled(form): Filled,
) -> Response {
    if is_grave(&form)
        && let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await
    {
        return answer;
    }
    // The browser saves by itself while somebody writes.
    let by_itself = headers.get(header::ACCEPT).is_some_and(|v| v.as_bytes() == b"application/json");
    match saved(&app, &staff, &visitor, &id, &form).await {
        Ok(Kept::As(version)) if by_itself => {
            let work = find(&app, &staff, &id).await;
            let stage = work.as_ref().map_or("", |work| work.stage.word());
            let others = work.map_or(Vec::new(), |work| {
                app.drafts.here(work.id, staff.account.id, &staff.account.name, app.clock.micros()).others
            });
            let hour = date::hour_to_second(app.clock.now());
            axum::Json(json!({ "version": version, "stage": stage, "hour": hour, "others": others }))
                .into_response()
        }
        Ok(Kept::As(version)) => {
            if form.get("viec") == APPROVE_AND_ISSUE {
                return approve_and_issue(&app, &staff, &visitor, &id, version).await;
            }
            if form.get("viec") == digest::FILL {
                return digest::fill(&app, &staff, &visitor, &id, version).await;
            }
            let Some(act) = Act::of(form.get("viec")) else {
                let said = if version == version_of(&form) + 1 || version == version_of(&form) {
                    "luu"
                } else {
                    "gop"
                };
                return see(visitor.lang, &format!("{HOME}/tin/{id}?xong={said}"));
            };
            carry_out(&app, &staff, &visitor, &id, version, act, form.some("ly-do")).await
        }
        Ok(Kept::Not(_)) if by_itself => StatusCode::CONFLICT.into_response(),
        Ok(Kept::Not(with)) => answer(&app, &staff, &visitor, &id, *with, StatusCode::CONFLICT).await,
        Err(_) if by_itself => StatusCode::CONFLICT.into_response(),
        Err(problem) => match told(problem, visitor.lang) {
            // What was typed stays on the page.
            Ok((_, wrong)) => {
                let with = With::typed(&form).and_wrong(wrong);
                answer(&app, &staff, &visitor, &id, with, StatusCode::CONFLICT).await
            }
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

enum Kept<'a> {
    As(i64),
    Not(Box<With<'a>>),
}

fn version_of(form: &Fields) -> i64 {
    form.get("version").parse().unwrap_or(0)
}

async fn saved<'a>(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    form: &'a Fields,
) -> Result<Kept<'a>, Problem> {
    let work = find(app, staff, id).await?;
    let mut conn = app.db.read().await?;
    let version = version_of(form);
    // The form was drawn from that version; fields that it does not have are as they were then.
    let written = store::version(&mut conn, work.id, version).await?.ok_or(Problem::NotFound("version"))?;
    drop(conn);
    let read = form::read(form, &Work { written, ..work.clone() });
    if !read.faults.is_empty() {
        return Ok(Kept::Not(Box::new(With::typed(form).and_faults(read.faults))));
    }
    match acts::save(app, &by(staff), work.id, version, read.written, read.hour).await? {
        Saved::As(version, _) => Ok(Kept::As(version)),
        Saved::Clash(_, joined) => {
            let text = |value: &serde_json::Value| match value {
                serde_json::Value::String(text) => text.clone(),
                serde_json::Value::Null => String::new(),
                other => other.to_string(),
            };
            let clashes = joined.conflicts.iter().map(|clash| Clash {
                label: form::label(&work.written.draft.kind, &clash.field, visitor.lang),
                mine: text(&clash.mine),
                theirs: text(&clash.theirs),
                field: clash.field.clone(),
            });
            Ok(Kept::Not(Box::new(With::typed(form).and_clashes(clashes.collect(), joined.written))))
        }
    }
}

/// `POST /ban-lam-viec/tin/{id}/viec`
pub async fn act(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Filled(form): Filled,
) -> Response {
    if is_grave(&form)
        && let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await
    {
        return answer;
    }
    if form.get("viec") == APPROVE_AND_ISSUE {
        return approve_and_issue(&app, &staff, &visitor, &id, version_of(&form)).await;
    }
    match Act::of(form.get("viec")) {
        // What was typed while somebody threw the draft away goes on in it, to be saved.
        Some(Act::Restore) if form.has(CARRIED) => {
            let restored = async {
                let work = find(&app, &staff, &id).await?;
                acts::act(&app, &by(&staff), work.id, version_of(&form), Act::Restore, None).await
            };
            match restored.await.map_err(|problem| told(problem, visitor.lang)) {
                Ok(_) => answer(&app, &staff, &visitor, &id, With::typed(&form), StatusCode::OK).await,
                Err(Ok((_, why))) => {
                    let with = With::typed(&form).and_wrong(why);
                    answer(&app, &staff, &visitor, &id, with, StatusCode::CONFLICT).await
                }
                Err(Err(problem)) => failure(&app, &visitor, problem),
            }
        }
        Some(act) => carry_out(&app, &staff, &visitor, &id, version_of(&form), act, form.some("ly-do")).await,
        None => failure(&app, &visitor, Problem::invalid("viec", "no such act")),
    }
}

/// Two acts, one after the other: if the second is refused the first stands, and the page says why.
async fn approve_and_issue(app: &App, staff: &Staff, visitor: &Visitor, id: &str, version: i64) -> Response {
    let approved = async {
        let work = find(app, staff, id).await?;
        acts::act(app, &by(staff), work.id, version, Act::Approve, None).await
    };
    match approved.await {
        Ok(acted) if acted.stage == Stage::Approved => {
            carry_out(app, staff, visitor, id, version, Act::Issue, None).await
        }
        Ok(_) => see(visitor.lang, &format!("{HOME}/tin/{id}?xong=duyet")),
        Err(problem) => match told(problem, visitor.lang) {
            Ok((_, wrong)) => answer(app, staff, visitor, id, With::wrong(wrong), StatusCode::CONFLICT).await,
            Err(problem) => failure(app, visitor, problem),
        },
    }
}

async fn carry_out(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    version: i64,
    act: Act,
    why: Option<String>,
) -> Response {
    let acted = async {
        let work = find(app, staff, id).await?;
        let acted = acts::act(app, &by(staff), work.id, version, act, why.clone()).await?;
        Ok((acted, work.written.beside.is_some()))
    };
    match acted.await {
        Ok((acted, annex)) => match (acted.done, acted.stage) {
            (Some(_), _) if annex => see(visitor.lang, &format!("{}?xong=dang", annexes::HOME)),
            (Some(done), _) => see(visitor.lang, &format!("{HOME}/muc/{}?xong=dang", done.reference)),
            (None, Stage::Discarded) => see(visitor.lang, HOME),
            (None, _) => {
                let said = match act {
                    Act::Approve if acted.stage == Stage::Sealed => "niem-phong",
                    Act::SendBack if acted.called_off => "go-niem-phong",
                    Act::Submit => "trinh",
                    Act::Approve => "duyet",
                    Act::SendBack => "tra-lai",
                    _ => "luu",
                };
                see(visitor.lang, &format!("{HOME}/tin/{id}?xong={said}"))
            }
        },
        Err(problem) => match told(problem, visitor.lang) {
            Ok((_, wrong)) => {
                let with = With::wrong(wrong).and_reason(why);
                answer(app, staff, visitor, id, with, StatusCode::CONFLICT).await
            }
            Err(problem) => failure(app, visitor, problem),
        },
    }
}
