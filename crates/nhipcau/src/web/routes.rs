//! The one route table: method, path, who may, how it is cached, what it is. A test prints it into ARCHITECTURE.md.

pub(crate) mod bounds;
mod rehearsed;
mod row;

use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, OriginalUri, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use network::door::{Door, DoorNode, DoorPortal};
use serde::Deserialize;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::agencies::{self, look};
use crate::annexes;
use crate::api::front::open_to_all;
use crate::app::App;
use crate::documents::pages as documents;
use crate::items::pages as items;
use crate::logs::pages as logs;
use crate::logs::serve::{self, Which};
use crate::logs::startup::Heard;
use crate::peers::{letters, receipts, serve as flow};
use crate::people;
use crate::problem::Problem;
use crate::web::answer::{self, answered, fault_page, guard, problem_json};
use crate::web::error_view::Fault;
use crate::web::visitor::Visitor;
use crate::web::{assets, dictionary, light, shell};
use crate::{
    api, assignments, checks, drafts, georeport, items::feeds, offline, open, opinions, previews, procedures,
    search,
};

use bounds::bounded;
pub use row::{
    Role, Route, api_route, desk_form, desk_page, desk_part, desk_upload, door_form, door_page, open_page,
    page_upload, program, reader_form,
};
use row::{page, upload};

/// Whoever sends a body pauses for no longer than this.
const BODY_PAUSE: Duration = Duration::from_secs(30);

/// Pages for people; each also stands under `/en`.
fn pages() -> Vec<Route> {
    let mut pages = vec![
        page("/", "home", get(items::home)),
        page("/thong-tin", "list, filtered and paged", get(items::list)),
        page("/muc/{reference}", "item", get(items::item)),
        page("/muc/{reference}/lich-su", "its editions", get(items::history)),
        reader_form("/che-do-nhe", "light mode on or off", post(light::choose)),
        page("/muc/{reference}/so-sanh", "two editions, or a text and what amends it", get(items::compare)),
        page("/vb/{*path}", "a document by its stable address or its number", get(documents::at)),
        page("/muc/{reference}/noi-hien-thi", "its coverage", get(logs::coverage)),
        page("/mang", "the network as this node sees it", get(logs::network)),
        page("/kiem-tra", "is this paper real", get(checks::pages::check)),
        upload("/kiem-tra", "the same with a file", post(checks::pages::sent), checks::MOST_UPLOAD),
        page("/cong-chinh-thuc", "official portals", get(checks::hosts::page)),
        page("/nguon-tin", "feeds", get(feeds::page)),
    ];
    pages.extend(search::routes());
    pages.extend(agencies::pages::routes());
    pages.extend(agencies::merger::pages::routes());
    pages.extend(crate::breaches::pages::routes());
    pages.extend(crate::bulletins::routes());
    pages.extend(crate::calendar::pages::routes());
    pages.extend(crate::operate::doctor::page::routes());
    pages.extend(open::pages());
    pages.extend(people::routes());
    pages.extend(drafts::routes());
    pages.extend(assignments::routes());
    pages.extend(opinions::routes());
    pages.extend(procedures::routes());
    pages.extend(crate::subscriptions::routes());
    pages.extend(crate::petitions::routes());
    pages.extend(annexes::routes());
    pages.extend(previews::routes());
    pages.extend(crate::sources::routes());
    pages.extend(crate::outlets::routes());
    pages.extend(crate::websub::routes());
    pages.extend(crate::sightings::routes());
    pages.extend(crate::channels::routes());
    pages.extend(crate::reach::routes());
    pages.extend(crate::media::routes());
    pages
}

/// What machines read.
fn machines() -> Vec<Route> {
    let page = |path, what, handler: MethodRouter<App>| page(path, what, handler.layer(from_fn(open_to_all)));
    let mut machines = vec![
        page("/feed.atom", "Atom feed (RFC 4287, RFC 6721)", get(feeds::atom)),
        page("/feed.rss", "RSS 2.0 feed", get(feeds::rss)),
        page("/feed.json", "JSON Feed 1.1", get(feeds::json)),
        page("/nhung/tin.html", "a list of links for other sites' servers to take in", get(feeds::fragment)),
        page("/sitemap.xml", "sitemap", get(feeds::sitemap)),
        page("/sitemap-tin.xml", "sitemap of the last two days (news)", get(feeds::news)),
        page("/robots.txt", "robots", get(feeds::robots)),
        page("/muc/{reference}/akn.xml", "a document as Akoma Ntoso 3.0", get(documents::akoma_ntoso)),
        page(
            "/muc/{reference}/van-ban.edxml",
            "a document as an edXML packet (QCVN 102:2016)",
            get(documents::packet),
        ),
        page(
            "/muc/{reference}/van-ban.json",
            "a document with its status, relations and parts",
            get(documents::json),
        ),
        page(
            "/muc/{reference}/dc.xml",
            "an item's Dublin Core (Circular 24/2011)",
            get(documents::dublin_core),
        ),
        page("/muc/{reference}/cpsv.ttl", "a procedure as CPSV-AP", get(procedures::cpsv::one)),
        page("/muc/{reference}/ban-luu.html", "an item as one file with its proof", get(items::save)),
        page("/qr/{name}", "an item's QR code", get(items::qr)),
        page("/mang/bang-chung/{hash}", "evidence of a split view", get(logs::evidence)),
        page("/proof/{reference}", "an item's .tlog-proof", get(api::proof)),
        page("/log/{*path}", "the portal's own log (C2SP tlog-tiles)", get(own_log)),
        page("/mirror/{hash}/{*path}", "a mirrored log (C2SP tlog-mirror)", get(mirror)),
        page("/content/{sha256}", "content by its hash", get(content)),
        page("/receipts/{hash}", "newest receipts for a log", get(api::receipts)),
        page("/receipts", "what a node was last heard to hold", get(last_heard)),
        page("/.well-known/nhipcau", "the door for machines", get(door)),
        page("/.well-known/nhipcau/root/{version}", "the root note", get(root_note)),
        page("/assets/{name}", "style sheet, script, marks", get(asset)),
        page("/theme/{name}", "a portal's colour", get(theme)),
        page("/mark/{name}", "a portal's own mark", get(look::show)),
        page("/healthz", "is the node well", get(api::health)),
        Route {
            method: "POST",
            path: "/flow",
            role: Role::Node,
            what: "the flow (server-sent events)",
            handler: post(flow_in),
            most: network::receipt::MAX_POST,
        },
        Route {
            method: "POST",
            path: "/receipts",
            role: Role::Node,
            what: "receipts",
            handler: post(take_receipts),
            most: network::receipt::MAX_POST,
        },
        Route {
            method: "POST",
            path: "/inbox",
            role: Role::Node,
            what: "sealed letters between portals",
            handler: post(letters::inbox::post),
            most: network::letter::MAX_SEALED,
        },
    ];
    machines.extend(open::machines());
    machines.extend(offline::machines());
    machines.extend(crate::petitions::machines());
    machines.extend(crate::georeport::machines());
    machines.extend(crate::sources::machines());
    machines.extend(crate::channels::machines());
    machines.extend(crate::outlets::machines());
    machines.extend(crate::websub::machines());
    machines
}

/// Every route of the server.
pub fn table() -> Vec<Route> {
    let mut table = pages();
    table.extend(machines());
    table.extend(search::machines());
    table.extend(api::routes());
    table.extend(crate::petitions::api::routes());
    table
}

/// The router of a node.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    let table = if app.config.rehearsal { rehearsed::only(table(), &pages()) } else { table() };
    for route in table {
        router = router.route(route.path, bounded(&app, route));
    }
    let mut english = Router::new();
    for route in pages() {
        english = english.route(route.path, bounded(&app, route));
    }
    router
        .nest("/en", english)
        .route("/en/", get(items::home))
        .fallback(nothing)
        .method_not_allowed_fallback(not_so)
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
        .with_state(app)
}

async fn nothing(State(app): State<App>, visitor: Visitor, OriginalUri(uri): OriginalUri) -> Response {
    if uri.path().starts_with(georeport::BASE) {
        return georeport::nothing(&uri);
    }
    if visitor.whole.starts_with("/api/") {
        return problem_json(&app, Problem::NotFound("path; /api/v1/openapi.json lists them all"));
    }
    match visitor.portal {
        Some(_) => fault_page(&app, &visitor, Fault::NotFound),
        None => fault_page(&app, &visitor, Fault::UnknownHost { host: visitor.host.clone() }),
    }
}

/// The path is there, the method is not; the header `Allow` says which are.
async fn not_so() -> Response {
    answer::problem_of(
        StatusCode::METHOD_NOT_ALLOWED,
        "Địa chỉ này không nhận cách gọi (method) đó; xem Allow.",
        "This path does not take that method; see Allow.",
    )
}

/// A pulled cable lets no other node in, while readers still come.
pub(crate) fn let_in(app: &App, headers: &HeaderMap) -> Result<(), Box<Response>> {
    if !app.line.cable.plugged() && headers.contains_key(crate::peers::line::NODE_HEADER) {
        return Err(Box::new(StatusCode::SERVICE_UNAVAILABLE.into_response()));
    }
    Ok(())
}

async fn flow_in(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(answer) = let_in(&app, &headers) {
        return *answer;
    }
    // Who follows is there: what waits for it goes now.
    let name = headers.get(crate::peers::line::NODE_HEADER).and_then(|name| name.to_str().ok());
    if let Some(Ok(node)) = name.map(str::parse) {
        app.post.tell(letters::Notice::Heard(node));
    }
    flow::flow(&app, &body).await.unwrap_or_else(|problem| problem_json(&app, problem))
}

async fn take_receipts(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(answer) = let_in(&app, &headers) {
        return *answer;
    }
    answered(&app, receipts::take(&app, &body).await.map(|()| StatusCode::NO_CONTENT))
}

/// `GET /receipts?node=…`: by this a node sees after a restore what it has signed already.
async fn last_heard(State(app): State<App>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    if let Err(answer) = let_in(&app, &headers) {
        return *answer;
    }
    let heard = async {
        let mut conn = app.db.read().await?;
        let logs = receipts::last_heard(&mut conn, &asked.node).await?;
        Ok(Json(Heard { node: asked.node, logs }))
    };
    match heard.await {
        Ok(heard) => heard.into_response(),
        Err(error) => problem_json(&app, Problem::Ours(error)),
    }
}

/// Of which node.
#[derive(Deserialize)]
struct Asked {
    node: String,
}

async fn own_log(State(app): State<App>, Path(path): Path<String>, visitor: Visitor) -> Response {
    let Some(portal) = &visitor.portal else {
        return fault_page(&app, &visitor, Fault::UnknownHost { host: visitor.host.clone() });
    };
    serve::log(&app, Which::Own(portal.log), &path, visitor.gzip)
        .await
        .unwrap_or_else(|problem| problem_json(&app, problem))
}

async fn mirror(
    State(app): State<App>,
    Path((hash, path)): Path<(String, String)>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Response {
    if let Err(answer) = let_in(&app, &headers) {
        return *answer;
    }
    serve::log(&app, Which::Mirror(&hash), &path, visitor.gzip)
        .await
        .unwrap_or_else(|problem| problem_json(&app, problem))
}

async fn content(State(app): State<App>, Path(hash): Path<String>, headers: HeaderMap) -> Response {
    if let Err(answer) = let_in(&app, &headers) {
        return *answer;
    }
    serve::content(&app, &hash, &headers).await.unwrap_or_else(|problem| problem_json(&app, problem))
}

async fn door(State(app): State<App>, visitor: Visitor) -> Response {
    let portals = app.portals.load();
    let Some(portal) = visitor.portal.clone().or_else(|| portals.main()) else {
        return problem_json(&app, Problem::NotFound("portal"));
    };
    let directory = app.directory.load();
    let (Some(domain), Some(key)) = (portal.domain_name(), app.keys.current(&portal.origin, &directory))
    else {
        return problem_json(&app, Problem::NotFound("portal"));
    };
    let door = Door {
        node: DoorNode {
            name: app.config.name.clone(),
            cosigner: app.keys.cosigner().verifier(),
            mirror: "/mirror".into(),
            flow: "/flow".into(),
            receipts: "/receipts".into(),
            inbox: "/inbox".into(),
        },
        portal: DoorPortal {
            domain,
            agency: directory.agency(&portal.origin).and_then(|a| a.code.clone()),
            origin: portal.origin.clone(),
            key,
            log: "/log".into(),
        },
        portals: portals.iter().filter_map(|p| p.domain_name()).collect(),
        root: directory.root().clone(),
        software: concat!("nhipcau ", env!("CARGO_PKG_VERSION")).into(),
    };
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "max-age=60")], door.encode())
        .into_response()
}

async fn root_note(State(app): State<App>, Path(version): Path<String>) -> Response {
    if version.parse() != Ok(app.root.text().version) {
        return problem_json(&app, Problem::NotFound("root note"));
    }
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], app.root.note().to_string()).into_response()
}

async fn asset(State(app): State<App>, Path(name): Path<String>, visitor: Visitor) -> Response {
    if name == assets::EMBED_NAME {
        return assets::embed();
    }
    let Some(asset) = assets::find(&format!("/assets/{name}")) else {
        return fault_page(&app, &visitor, Fault::NotFound);
    };
    let mut response = if visitor.gzip {
        let packed = PACKED.get_or_init(|| {
            assets::all().iter().map(|a| (a.href.clone(), crate::web::gzip::gzip(&a.bytes).into())).collect()
        });
        let bytes: Bytes = packed.get(&asset.href).cloned().unwrap_or_default();
        ([(header::CONTENT_ENCODING, "gzip")], bytes).into_response()
    } else {
        asset.bytes.to_vec().into_response()
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    if asset.href == dictionary::asset().href {
        headers.insert(dictionary::USE_AS, header::HeaderValue::from_static(dictionary::USED_FOR));
    }
    guard(headers);
    response
}

static PACKED: std::sync::OnceLock<std::collections::HashMap<String, Bytes>> = std::sync::OnceLock::new();

/// `/theme/9a1a1d.css`
async fn theme(State(app): State<App>, Path(name): Path<String>) -> Response {
    let accent = name.strip_suffix(".css").and_then(|hex| format!("#{hex}").parse::<shell::Accent>().ok());
    match accent {
        Some(accent) => (
            [
                (header::CONTENT_TYPE, "text/css; charset=utf-8"),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::CONTENT_SECURITY_POLICY, answer::CSP),
            ],
            shell::theme_css(accent),
        )
            .into_response(),
        None => problem_json(&app, Problem::NotFound("theme")),
    }
}
