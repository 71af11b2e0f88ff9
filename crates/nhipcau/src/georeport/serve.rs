//! The interface over HTTP: six methods and the discovery, each in XML and JSON.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::tz::Offset;
use open311::{
    Discovery, Document, Endpoint, Fault, Format, Query, Resource, Submission, When, created, faults,
    jurisdiction, requests, services as listed,
};
use routing::table::Table;

use super::{BASE, both, intake, keys, services, store};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::problem::Problem;
use crate::web::answer;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// The day on which the interface was last different, beside its services.
const CHANGED: Date = Date::constant(2026, 11, 26);

/// What is answered: a document, or what is wrong.
enum Told {
    Document(Document),
    Faults(Vec<Fault>),
}

fn written(status: u16, document: &Document, format: Format, cache: &'static str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, document.write(format)).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, format.content_type()),
        (header::CACHE_CONTROL, cache),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // There is no cookie that could be misused.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    }
    response
}

fn refused(all: &[Fault], format: Format) -> Response {
    let (status, document) = faults(all);
    written(status, &document, format, "no-store")
}

/// What is told of a problem; one that is ours is logged, and no word of it leaves.
pub(super) fn faults_of(app: &App, problem: Problem) -> Vec<Fault> {
    let (problem, _) = problem.told();
    let one = |code: u16, vi: String, en: String| vec![Fault { code, ..Fault::bad("", vi, en) }];
    match problem {
        Problem::Invalid(all) => {
            all.into_iter().map(|fault| Fault::bad(&fault.field, fault.vi, fault.en)).collect()
        }
        Problem::TooOften { vi, en } => one(429, vi, en),
        Problem::NotNow { vi, en } => one(503, vi, en),
        Problem::Forbidden { vi, en } => one(403, vi, en),
        Problem::Refused { vi, en } => one(400, vi, en),
        Problem::NotFound(_) | Problem::Gone => vec![Fault::not_found("")],
        Problem::Ours(error) => {
            let code = answer::ours(app, &error);
            let says = |lang: Lang| lang.georeport().ours(&code);
            one(500, says(Lang::Vi), says(Lang::En))
        }
    }
}

/// What a path means, below the endpoint.
fn resource(uri: &Uri) -> Result<(Resource, Format), (Fault, Format)> {
    let below = uri.path().strip_prefix(BASE).and_then(|path| path.strip_prefix('/')).unwrap_or_default();
    // As the value of a form: what stands for itself in a path must not divide it.
    let value = below.replace('+', "%2B").replace('&', "%26");
    let pair = format!("x={value}");
    let decoded = form_urlencoded::parse(pair.as_bytes()).next().map(|(_, path)| path);
    Resource::parse(&decoded.unwrap_or_default())
}

/// The portal that is meant: one of this node's that `jurisdiction_id` names by its domain, else the host's own.
fn portal(app: &App, visitor: &Visitor, named: Option<&str>) -> Result<Arc<Portal>, Vec<Fault>> {
    let found = match named {
        Some(domain) => app.portals.load().by_host(&domain.to_ascii_lowercase()),
        None => visitor.portal.clone(),
    };
    found.ok_or_else(|| vec![Fault::not_found("jurisdiction_id")])
}

/// `GET /open311/v2/…`
pub async fn read(State(app): State<App>, visitor: Visitor, OriginalUri(uri): OriginalUri) -> Response {
    let (resource, format) = match resource(&uri) {
        Ok(meant) => meant,
        Err((fault, format)) => return refused(&[fault], format),
    };
    match answer_to(&app, &visitor, resource, uri.query().unwrap_or_default()).await {
        Ok(Told::Document(document)) => written(200, &document, format, "no-cache"),
        Ok(Told::Faults(all)) => refused(&all, format),
        Err(problem) => refused(&faults_of(&app, problem), format),
    }
}

async fn answer_to(app: &App, visitor: &Visitor, resource: Resource, query: &str) -> Result<Told, Problem> {
    let missing = |fault: Fault| Ok(Told::Faults(vec![fault]));
    let asked = match &resource {
        Resource::Requests => Query::parse(query),
        _ => jurisdiction(query).map(|id| Query { jurisdiction_id: id, ..Query::default() }),
    };
    let asked = match asked {
        Ok(asked) => asked,
        Err(all) => return Ok(Told::Faults(all)),
    };
    let portal = match portal(app, visitor, asked.jurisdiction_id.as_deref()) {
        Ok(portal) => portal,
        Err(all) => return Ok(Told::Faults(all)),
    };
    let document = match resource {
        Resource::Services => listed(&services::all()),
        Resource::Definition(code) => match services::topic(&code).filter(|topic| topic.outside.is_none()) {
            Some(topic) => services::definition(&topic.id, date::day(app.clock.now())).document(),
            None => return missing(Fault::not_found("service_code")),
        },
        Resource::Requests => requests(&store::list(app, portal.log, &asked).await?),
        Resource::Request(id) => match store::one(app, &id).await? {
            Some(request) => requests(&[request]),
            None => {
                let says = |lang: Lang| lang.georeport().not_published.to_owned();
                let fault = Fault::bad("service_request_id", says(Lang::Vi), says(Lang::En));
                return missing(Fault { code: 404, ..fault });
            }
        },
        Resource::Token(_) => {
            let says = |lang: Lang| lang.georeport().no_token.to_owned();
            return missing(Fault { code: 404, ..Fault::bad("token", says(Lang::Vi), says(Lang::En)) });
        }
    };
    Ok(Told::Document(document))
}

/// `POST /open311/v2/requests.json`
pub async fn send(
    State(app): State<App>,
    visitor: Visitor,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let format = match resource(&uri) {
        Ok((_, format)) => format,
        Err((fault, format)) => return refused(&[fault], format),
    };
    match sent(&app, &visitor, &headers, &body).await {
        Ok(document) => written(200, &document, format, "no-store"),
        Err(all) => refused(&all, format),
    }
}

async fn sent(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Document, Vec<Fault>> {
    let media = headers.get(header::CONTENT_TYPE).map(|media| media.to_str().unwrap_or_default());
    let is_form = |media: &str| {
        let essence = media.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    };
    if !media.is_none_or(is_form) {
        let says = |lang: Lang| lang.georeport().no_form.to_owned();
        return Err(vec![Fault::bad("Content-Type", says(Lang::Vi), says(Lang::En))]);
    }
    let submission = Submission::parse(body)?;
    let key = async {
        let given = submission.api_key.as_deref().unwrap_or_default();
        Ok::<_, Problem>(keys::known(&mut app.db.read().await?, given).await?)
    };
    let key = key.await.map_err(|problem| faults_of(app, problem))?;
    let key = key.ok_or_else(|| vec![Fault::no_key()])?;
    let portal = portal(app, visitor, submission.jurisdiction_id.as_deref())?;
    intake::take(app, visitor, &portal, submission, key).await.map(|number| created(&number))
}

/// `GET /open311/discovery.json`
pub async fn discovery(State(app): State<App>, visitor: Visitor, OriginalUri(uri): OriginalUri) -> Response {
    let format =
        uri.path().rsplit_once('.').and_then(|(_, ending)| Format::of(ending)).unwrap_or(Format::Xml);
    let portal = match portal(&app, &visitor, None) {
        Ok(portal) => portal,
        Err(all) => return refused(&all, format),
    };
    let changeset = |day: Date| {
        let at = day.to_zoned_datetime(date::zone()).map(|at| at.timestamp()).unwrap_or_default();
        When { at, offset: Offset::constant(date::OFFSET) }
    };
    let directory = app.directory.load();
    let name = agencies::name(directory.agency(&portal.origin), Lang::Vi, &portal.domain);
    let endpoint = Endpoint {
        url: format!("{}{BASE}", visitor.base),
        changeset: changeset(CHANGED.max(Table::AS_OF)),
        production: !app.config.demo,
    };
    let discovery = Discovery {
        changeset: endpoint.changeset,
        contact: format!("{name}: {}/", visitor.base),
        key_service: both(|w| w.key_service(&name)),
        endpoints: vec![endpoint],
    };
    written(200, &discovery.document(), format, "no-cache")
}

/// A path of the interface at which there is nothing.
pub fn nothing(uri: &Uri) -> Response {
    let fault = match resource(uri) {
        Err((fault, format)) => return refused(&[fault], format),
        Ok(_) => Fault::not_found(""),
    };
    refused(&[fault], Format::Xml)
}
