//! The exchange over HTTP, by the node's token.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{answered, forward, keep, store, takes};
use crate::agencies::Portal;
use crate::api::{Administrator, Asked, Named, Nothing, Sent, created, portal};
use crate::app::App;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::people::audit::{self, Line, Who};
use crate::people::forms::Fields;
use crate::petitions::following::name_of;
use crate::petitions::store::{self as cases, Case, draft, steps};
use crate::petitions::{Mode, place};
use crate::problem::{Fault, Problem};
use crate::web::answer::answered as said;
use crate::web::routes::{Role, Route, api_route};
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// The most cases of one answer.
const MOST: u32 = 200;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    let sends = |path, what, handler| api_route("POST", path, Role::Administrator, what, handler);
    vec![
        api_route(
            "GET",
            "/api/v1/exchange/petitions",
            Role::Administrator,
            "petitions for another system, as they change",
            get(list),
        ),
        sends("/api/v1/exchange/petitions", "a petition of another system", post(import)),
        sends("/api/v1/exchange/petitions/{code}/code", "the code that another system gave", post(code)),
        sends("/api/v1/exchange/petitions/{code}/answer", "what another system answered", post(answer)),
    ]
}

/// Where to go on, and what is left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// `next` of the answer before.
    #[serde(default)]
    after: String,
    /// A system: only petitions that have no code there.
    #[serde(default)]
    without: String,
    limit: Option<u32>,
}

/// `GET /api/v1/exchange/petitions`
pub async fn list(
    _: Administrator,
    State(app): State<App>,
    Asked(wanted): Asked<Wanted>,
    visitor: Visitor,
) -> Response {
    let listed = async {
        let portal = portal(&app, &visitor, None)?;
        listed(&app, &portal, &wanted).await
    };
    said(&app, listed.await.map(Json))
}

fn wrong(field: &str, vi: String, en: String) -> Problem {
    Problem::Invalid(vec![Fault { field: field.into(), vi, en }])
}

async fn listed(app: &App, portal: &Portal, wanted: &Wanted) -> Result<Value, Problem> {
    let limit = wanted.limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(wrong("limit", format!("Từ 1 đến {MOST}."), format!("From 1 to {MOST}.")));
    }
    let place = match wanted.after.split_once('~') {
        None if wanted.after.is_empty() => (0, ""),
        Some((at, id)) if at.parse::<i64>().is_ok() => (at.parse().unwrap_or(0), id),
        _ => {
            return Err(wrong(
                "after",
                "Hãy dùng đúng “next” của lần trước.".into(),
                "Use `next` of the answer before.".into(),
            ));
        }
    };
    let mut conn = app.db.read().await?;
    let changed = store::after(&mut conn, portal.log, place, &wanted.without, i64::from(limit)).await?;
    let next = changed.last().map(|last| format!("{}~{}", last.at, last.petition));
    let mut all = Vec::new();
    for one in changed {
        if let Some(case) = cases::of_id(&mut conn, &one.petition).await? {
            all.push(told(app, &mut conn, &case).await?);
        }
    }
    let forward = forward::of(&mut conn, portal.log).await?.map(|forward| forward.system);
    drop(conn);
    if !all.is_empty() {
        let line = Line::new(Who::Token, portal.log, "petition.exchange", "");
        let line = line.with(json!({ "read": all.len() }));
        app.db
            .write("petition.exchange", async move |tx: &mut Tx| -> Result<(), Problem> {
                Ok(audit::add(tx, line).await?)
            })
            .await?;
    }
    let next = next.unwrap_or_else(|| wanted.after.clone());
    Ok(json!({ "petitions": all, "next": next, "forward": forward }))
}

/// A case with all that another system needs of it. Who sent it goes along only if they appear by name; who hid theirs is known here alone.
async fn told(app: &App, conn: &mut Conn, case: &Case) -> Result<Value, Problem> {
    let (at, words) = cases::words(conn, &case.id).await?.unwrap_or_default();
    let contact = match case.mode == Mode::Named.word() {
        true => cases::contact(app, conn, &case.id).await?,
        false => None,
    };
    let path = steps::of(conn, &case.id).await?;
    let answer = path.iter().rev().find(|step| step.act == "answered");
    let published = draft::shown_one(conn, &case.code).await?;
    let codes: Map<String, Value> =
        store::of(conn, &case.id).await?.into_iter().map(|(system, code)| (system, code.into())).collect();
    let time = |at: i64| date::machine(instant(at));
    Ok(json!({
        "code": case.code,
        "codes": codes,
        "kind": case.kind(),
        "state": case.state,
        "agency": name_of(app, conn, case.owner, Lang::Vi).await?,
        "registered": time(case.registered),
        "due": Some(&case.due).filter(|due| !due.is_empty()),
        "urgent": case.urgent == 1,
        "identity": case.mode,
        "words": words,
        "place": at,
        "commune": case.place,
        "commune_name": place::name(&case.place, Lang::Vi),
        "contact": contact,
        "answer": answer.map(|step| json!({ "at": time(step.at), "words": step.words })),
        "published": published.map(|shown| json!({ "question": shown.question, "answer": shown.reply })),
    }))
}

/// What was asked in another system.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    system: String,
    code: String,
    kind: String,
    words: String,
    identity: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    commune: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    mail: String,
    #[serde(default)]
    address: String,
}

/// `POST /api/v1/exchange/petitions`
pub async fn import(
    _: Administrator,
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Sent { said, .. }: Sent<Import>,
) -> Response {
    let taken = async {
        let portal = portal(&app, &visitor, None)?;
        let pairs = [
            ("loai", said.kind),
            ("chuyen-gi", said.words),
            ("dinh-danh", said.identity),
            ("cho", said.place),
            ("noi", said.commune),
            ("ho-ten", said.name),
            ("dien-thoai", said.phone),
            ("email", said.mail),
            ("dia-chi", said.address),
        ];
        let typed = Fields::of(pairs.map(|(name, value)| (name.to_owned(), value)).to_vec());
        let code = takes(&app, &portal, (&said.system, &said.code), &typed).await;
        Ok(json!({ "code": code.map_err(crate::petitions::api::renamed)? }))
    };
    created(&app, taken.await)
}

/// A code of another system.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    system: String,
    code: String,
}

/// `POST /api/v1/exchange/petitions/{code}/code`
pub async fn code(
    _: Administrator,
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Named(ours): Named,
    Sent { said, .. }: Sent<Code>,
) -> Response {
    let kept = async {
        let portal = portal(&app, &visitor, None)?;
        keep(&app, &portal, &ours, (&said.system, &said.code)).await?;
        Ok(json!({ "code": ours }))
    };
    created(&app, kept.await)
}

/// What another system answered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    system: String,
    answer: String,
    /// True if readers are to see it, masked, once it is approved.
    #[serde(default)]
    public: bool,
}

/// `POST /api/v1/exchange/petitions/{code}/answer`
pub async fn answer(
    _: Administrator,
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    visitor: Visitor,
    Named(ours): Named,
    Sent { said, .. }: Sent<Answer>,
) -> Response {
    let taken = async {
        let portal = portal(&app, &visitor, None)?;
        answered(&app, &portal, &ours, (&said.system, &said.answer, said.public)).await?;
        Ok(json!({ "code": ours }))
    };
    created(&app, taken.await)
}
