//! `/kiem-tra`, and the same for programs at `/api/v1/check`.

use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use network::names::ContentHash;
use serde::Deserialize;

use super::ask::{self, LONGEST, Link, Question};
use super::upload::{self, Handed, Sent};
use super::view::{CheckPage, Told, data};
use super::{Verdict, find};
use crate::agencies::Portal;
use crate::api::Asked;
use crate::app::App;
use crate::documents::view::SealLine;
use crate::items::pages::{LONG, html, kept, portal};
use crate::people::forms::told;
use crate::people::pages::drawn;
use crate::problem::{Fault, Problem};
use crate::web::answer::{answered, failure};
use crate::web::assets;
use crate::web::pages::Tag;
use crate::web::shell::Section;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// `/kiem-tra?hoi=…&tep=…`: `hoi` is what was typed, `tep` the SHA-256 of a file that stays with its owner.
pub async fn check(State(app): State<App>, visitor: Visitor) -> Response {
    let query = visitor.path.split_once('?').map_or("", |(_, query)| query);
    let value = |wanted: &str| {
        let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let (typed, file) = (value("hoi"), value("tep"));
    if typed.trim().is_empty() && file.is_empty() {
        // Nothing is asked: the page is the same for everybody.
        return kept(&app, &visitor, vec![Tag::Directory], LONG, async |portal: &Portal| {
            html(&page(&app, &visitor, portal, String::new()))
        })
        .await;
    }
    let hash = match file.parse::<ContentHash>() {
        Ok(hash) => Some(hash),
        Err(_) if file.is_empty() => None,
        Err(_) => {
            let fault = Fault {
                field: "tep".into(),
                vi: "Mã băm của tệp phải là 64 chữ số thập lục phân (SHA-256).".into(),
                en: "A file's hash must be 64 hexadecimal digits (SHA-256).".into(),
            };
            return answer(&app, &visitor, typed, Err(Problem::Invalid(vec![fault])));
        }
    };
    let verdict = verdict(&app, visitor.lang, &typed, hash, None).await;
    answer(&app, &visitor, typed, verdict)
}

/// `POST /kiem-tra`: the same with the file itself. It changes nothing, so it asks for no key of a form.
pub async fn sent(
    State(app): State<App>,
    visitor: Visitor,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let sent = match form {
        Ok(form) => upload::read(form).await,
        Err(_) => Err(Problem::invalid("tep", "multipart/form-data")),
    };
    let Sent { typed, file } = match sent {
        Ok(sent) => sent,
        Err(problem) => return answer(&app, &visitor, String::new(), Err(problem)),
    };
    if typed.trim().is_empty() && file.is_none() {
        let nothing = ask::nothing();
        return answer(&app, &visitor, String::new(), Err(nothing));
    }
    let hash = file.as_ref().map(|file| file.hash);
    let verdict = verdict(&app, visitor.lang, &typed, hash, file).await;
    answer(&app, &visitor, typed, verdict)
}

async fn verdict(
    app: &App,
    lang: Lang,
    typed: &str,
    hash: Option<ContentHash>,
    file: Option<Handed>,
) -> Result<Verdict, Problem> {
    let question = match typed.trim() {
        "" => None,
        text => Some(ask::read(text)?),
    };
    let mut conn = app.db.read().await?;
    let answer = match file.as_ref().and_then(|file| file.proof.as_ref()) {
        Some(proof) => find::proven(app, &mut conn, lang, proof).await?,
        None => find::answer(app, &mut conn, lang, question.as_ref(), hash.as_ref()).await?,
    };
    let seals =
        file.iter().flat_map(|file| file.seals.iter().map(|seal| SealLine::of(lang, &file.name, seal)));
    Ok(Verdict {
        answer,
        hidden: matches!(question, Some(Question::Link(Link { hidden: true, .. }))),
        hash: hash.map(|hash| hash.to_string()),
        seals: seals.collect(),
        as_of: find::as_of(app),
    })
}

fn page(app: &App, visitor: &Visitor, portal: &Portal, typed: String) -> CheckPage {
    let mut shell = portal.shell(app, visitor, Section::Check);
    shell.title = Some(shell.w().check_title.to_owned());
    // The page in the other language asks nothing again: what was typed stays out of its address.
    shell.path = "/kiem-tra".into();
    let version = u32::try_from(app.root.text().version).unwrap_or(u32::MAX);
    CheckPage {
        typed: typed.chars().take(LONGEST).collect(),
        wrong: None,
        told: None,
        root_fingerprint: app.root_fingerprint.clone(),
        root_version: version,
        root_href: format!("/.well-known/nhipcau/root/{version}"),
        script: assets::check(),
        shell,
    }
}

fn answer(app: &App, visitor: &Visitor, typed: String, verdict: Result<Verdict, Problem>) -> Response {
    let portal = match portal(app, visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    let mut page = page(app, visitor, &portal, typed);
    let status = match verdict {
        Ok(verdict) => {
            page.told = Some(Told::of(&verdict, visitor.lang));
            StatusCode::OK
        }
        Err(problem) => match told(problem, visitor.lang) {
            Ok((status, why)) => {
                page.wrong = Some(why);
                status
            }
            Err(problem) => return failure(app, visitor, problem),
        },
    };
    drawn(app, visitor, status, &page)
}

/// What is asked of the API.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// A number, a link, a reference, the text of a QR code.
    #[serde(default)]
    about: String,
    /// The SHA-256 of a file.
    sha256: Option<String>,
}

/// `GET /api/v1/check`
pub async fn api(State(app): State<App>, Asked(asked): Asked<About>) -> Response {
    let answer = async {
        let hash = asked.sha256.as_ref().map(|text| text.parse::<ContentHash>()).transpose();
        let hash = hash.map_err(|_| Problem::invalid("sha256", "must be 64 hexadecimal digits"))?;
        if asked.about.trim().is_empty() && hash.is_none() {
            return Err(Problem::invalid("about", "give a number, a link or a reference here, or a sha256"));
        }
        Ok(Json(data(&verdict(&app, Lang::Vi, &asked.about, hash, None).await?)))
    };
    answered(&app, answer.await)
}
