//! `POST /api/v1/petitions`: the page's form as JSON.

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::renamed;
use crate::api::Sent;
use crate::app::App;
use crate::clock::instant;
use crate::files::Upload;
use crate::people::forms::Fields;
use crate::petitions::asking::intake::{Bad, Came, Sender, explained, take};
use crate::petitions::asking::{MOST_FILE, MOST_FILES, upload};
use crate::petitions::receipt::Due;
use crate::petitions::register::Registered;
use crate::petitions::rules::Emergency;
use crate::petitions::{FOLLOW, place};
use crate::problem::{Fault, Problem};
use crate::web::answer::problem_json;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionWords, date};

/// A file in JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    name: String,
    #[serde(default, rename = "type")]
    media: String,
    base64: String,
}

/// What is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
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
    /// True if it is a petition though its words make one think of a complaint.
    #[serde(default)]
    still: bool,
    /// The number of the very form, 32 hexadecimal digits: sent again with it, it is one petition.
    #[serde(default)]
    once: String,
    /// `vi` or `en`.
    #[serde(default)]
    lang: String,
    #[serde(default)]
    files: Vec<File>,
}

/// `POST /api/v1/petitions`
pub async fn ask(State(app): State<App>, visitor: Visitor, request: Request) -> Response {
    // What is large waits for room before any of it is read.
    let Some(room) = upload::room(request.headers()).await else {
        return problem_json(&app, crowded());
    };
    let said: Asking = match Sent::from_request(request, &app).await {
        Ok(Sent { said, .. }) => said,
        Err(answer) => return answer,
    };
    let answer = match asked(&app, &visitor, said).await {
        Ok(receipt) => {
            let mut answer = (StatusCode::CREATED, Json(receipt)).into_response();
            answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            answer
        }
        Err(problem) => problem_json(&app, renamed(problem)),
    };
    drop(room);
    answer
}

fn says(says: fn(&'static PetitionWords) -> &'static str) -> (String, String) {
    (says(Lang::Vi.petition()).into(), says(Lang::En.petition()).into())
}

/// Too many files are under way.
pub fn crowded() -> Problem {
    let (vi, en) = says(|p| p.fault_crowded);
    Problem::NotNow { vi, en }
}

/// The files of a message, as a form would bring them.
///
/// # Errors
/// What is wrong with one.
pub fn files(all: Vec<File>) -> Result<Vec<Upload>, Fault> {
    if all.len() > MOST_FILES {
        return Err(upload::fault(|p| p.fault_files));
    }
    let one = |file: File| {
        let name: String = file.name.chars().filter(|c| !c.is_control()).take(100).collect();
        let bytes = BASE64_STANDARD.decode(file.base64.as_bytes()).map_err(|_| {
            let says = |lang: Lang| lang.petition().fault_base64(&name);
            Fault { field: "tep".into(), vi: says(Lang::Vi), en: says(Lang::En) }
        })?;
        if bytes.len() > MOST_FILE {
            return Err(upload::large(&name));
        }
        Ok(Upload { name, media: file.media, bytes, decorative: true, ..Upload::default() })
    };
    all.into_iter().map(one).collect()
}

async fn asked(app: &App, visitor: &Visitor, said: Asking) -> Result<Value, Problem> {
    let portal = visitor.portal.clone().ok_or(Problem::NotFound("portal"))?;
    let lang = Lang::of_code(&said.lang);
    let files = files(said.files);
    let mut pairs = [
        ("loai", said.kind),
        ("chuyen-gi", said.words),
        ("dinh-danh", said.identity),
        ("cho", said.place),
        ("noi", said.commune),
        ("ho-ten", said.name),
        ("dien-thoai", said.phone),
        ("email", said.mail),
        ("dia-chi", said.address),
        ("lan", said.once),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec();
    if said.still {
        pairs.push(("van-la".into(), "on".into()));
    }
    let typed = Fields::of(pairs);
    let sender = Sender { lang, client: visitor.client, via: None, mail: None };
    match take(app, &portal, &typed, files, sender).await {
        Ok(Came::Registered(registered)) => {
            Ok(receipt(app, visitor, &registered, typed.get("chuyen-gi"), lang))
        }
        Ok(Came::Outside(outside)) => {
            let told = |lang: Lang| {
                let still = if outside.sure() { "" } else { lang.petition().still_api };
                explained(&outside, lang, still)
            };
            Err(Problem::Refused { vi: told(Lang::Vi), en: told(Lang::En) })
        }
        Err(Bad { problem: Problem::Invalid(faults), choices }) => {
            // The communes to choose from stand in the fault itself: their codes are what is sent then.
            let listed = |lang: Lang| {
                let named = |code: &vietnam::units::CommuneCode| {
                    format!("{code} ({})", place::name(&code.to_string(), lang))
                };
                choices.iter().map(named).collect::<Vec<_>>().join("; ")
            };
            let with = |fault: Fault| match fault.field == "noi" && !choices.is_empty() {
                true => Fault {
                    vi: format!("{} {}", fault.vi, listed(Lang::Vi)),
                    en: format!("{} {}", fault.en, listed(Lang::En)),
                    ..fault
                },
                false => fault,
            };
            Err(Problem::Invalid(faults.into_iter().map(with).collect()))
        }
        Err(Bad { problem, .. }) => Err(problem),
    }
}

/// What its sender takes along.
fn receipt(app: &App, visitor: &Visitor, registered: &Registered, words: &str, lang: Lang) -> Value {
    let case = &registered.case;
    let danger = Emergency::read(words, date::day(app.clock.now()));
    let danger: Vec<Value> =
        danger.iter().map(|row| json!({ "number": row.number, "what": row.what(lang) })).collect();
    json!({
        "code": registered.code,
        "secret": registered.secret.shown(),
        "registered": date::machine(instant(case.registered)),
        "due": Some(&case.due).filter(|due| !due.is_empty()),
        "due_says": Due::of(app, case, lang).map(|due| due.says),
        "follow": format!("{}{}", visitor.base, lang.path(FOLLOW)),
        "call_at_once": danger,
    })
}
