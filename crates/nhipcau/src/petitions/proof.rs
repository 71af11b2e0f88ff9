//! What a sender can prove: that their very words were registered, when, and at whom. One file, checked without any server.
//!
//! The log has a commitment alone: SHA-256 of `nhipcau petition`, a line end, a salt of 32 bytes, and the JSON of what was sent. Salt and
//! JSON stand in the file, so whoever has it can repeat the sum; nobody else learns anything from the log.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::register::Committed;
use super::rules::Kind;
use super::store::{self, Case, steps};
use crate::agencies;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::logs::{proof, store as logs};
use crate::problem::Problem;
use crate::web::answer::guard;
use crate::web::pages::HTML;
use crate::words::{Lang, PetitionWords, date};

/// The paper.
#[derive(Template)]
#[template(path = "petitions/paper.html")]
struct Paper {
    lang: Lang,
    code: String,
    sort: String,
    agency: String,
    at: String,
    words: String,
    place: String,
    files: Vec<String>,
    json: String,
    salt: String,
    commitment: String,
    proof: String,
}

impl Paper {
    fn p(&self) -> &'static PetitionWords {
        self.lang.petition()
    }
}

/// The proof of a case's registration, as a `.tlog-proof`.
///
/// # Errors
/// Not found while no checkpoint covers it; the database's.
async fn of_entry(app: &App, conn: &mut Conn, case: &Case) -> Result<String, Problem> {
    let head = logs::head(conn, case.asked).await?.ok_or(Problem::NotFound("log"))?;
    let index = u64::try_from(case.idx).map_err(anyhow::Error::from)?;
    if index >= head.checkpoint_size {
        return Err(Problem::NotFound("checkpoint that covers the entry yet"));
    }
    Ok(proof::whole(conn, &app.directory.load(), &head, index, app.config.demo).await?.to_string())
}

/// The file that its sender keeps: the paper with the proof, or the proof alone.
///
/// # Errors
/// Refused once its words are erased; not found while no checkpoint covers it; the database's.
pub async fn file(app: &App, case: &Case, lang: Lang, alone: bool) -> Result<Response, Problem> {
    let mut conn = app.db.read().await?;
    let proof = of_entry(app, &mut conn, case).await?;
    if alone {
        return Ok(attachment(&format!("{}.tlog-proof", case.code), "text/plain; charset=utf-8", proof));
    }
    let (place, words) = store::words(&mut conn, &case.id).await?.ok_or_else(|| {
        Problem::refused(Lang::Vi.petition().paper_erased, Lang::En.petition().paper_erased)
    })?;
    let files = steps::files(&mut conn, &case.id).await?;
    let first: Vec<&steps::Named> = files.iter().filter(|file| file.seq == 1).collect();
    let hashes = first.iter().filter_map(|file| steps::hash(file)).map(|hash| hash.to_string()).collect();
    let log = logs::head(&mut conn, case.asked).await?.ok_or(Problem::NotFound("log"))?;
    let at = instant(case.registered);
    let paper = Paper {
        lang,
        code: case.code.clone(),
        sort: Kind::name_of(&case.sort, lang),
        agency: agencies::name(app.directory.load().agency(&log.origin), lang, log.origin.as_str()),
        at: lang.words().at_day(date::hour(at), date::date(lang, date::day(at))),
        json: Committed::of(case, &place, &words, hashes).json()?,
        words,
        place,
        files: first.iter().map(|file| file.name.clone()).collect(),
        salt: hex::encode(&case.salt),
        commitment: hex::encode(&case.commitment),
        proof,
    };
    let html = paper.render().map_err(anyhow::Error::from)?;
    Ok(attachment(&format!("{}.html", case.code), HTML, html))
}

/// What the file forbids itself where a browser still shows it from here.
const CSP: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'; style-src 'unsafe-inline'");

fn attachment(name: &str, media: &'static str, text: String) -> Response {
    let mut answer = text.into_response();
    let headers = answer.headers_mut();
    guard(headers);
    let attached = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.extend(attached.ok().map(|value| (header::CONTENT_DISPOSITION, value)));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, CSP);
    answer
}
