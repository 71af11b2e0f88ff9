//! The official portals, as the signed directory names them: a page that goes down by level, and all of them for programs.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use network::directory::{Agency, Directory};
use serde_json::{Value, json};

use crate::agencies::{self, Portal, address};
use crate::api::{Asked, Nothing};
use crate::app::App;
use crate::items::pages::{LONG, html, kept};
use crate::problem::Problem;
use crate::web::pages::Tag;
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{CheckWords, Lang, number};

/// Portals on one page; a province has about a hundred communes.
const A_PAGE: usize = 400;

#[derive(Template)]
#[template(path = "checks/hosts.html")]
struct HostsPage {
    shell: Shell,
    total: String,
    /// Whose portals are listed, if not those at the top.
    of: Option<Row>,
    rows: Vec<Row>,
    fingerprint: String,
}

struct Row {
    host: String,
    href: String,
    agency: String,
    /// How many portals stand below it, and where they are listed.
    below: Option<(String, String)>,
}

impl HostsPage {
    fn c(&self) -> &'static CheckWords {
        self.shell.lang.checks()
    }
}

fn open<'a>(directory: &'a Directory, above: &'a Agency) -> impl Iterator<Item = &'a Agency> {
    directory
        .children(&above.origin)
        .filter(|agency| agency.closed.is_none() && agency.origin != above.origin)
}

fn row(directory: &Directory, lang: Lang, agency: &Agency) -> Row {
    let below = open(directory, agency).count();
    Row {
        host: agency.domain.to_string(),
        href: address(directory, &agency.origin).unwrap_or_else(|| format!("https://{}", agency.domain)),
        agency: agencies::name(Some(agency), lang, agency.domain.as_str()),
        below: (below > 0).then(|| {
            let says = lang.checks().hosts_below(number::whole(lang, below as u64));
            (says, format!("/cong-chinh-thuc?duoi={}", agency.domain))
        }),
    }
}

/// `/cong-chinh-thuc`, `/cong-chinh-thuc?duoi=laocai.gov.vn`
pub async fn page(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |portal: &Portal| {
        let directory = app.directory.load();
        let mut shell = portal.shell(&app, &visitor, Section::Check);
        let lang = shell.lang;
        shell.title = Some(lang.checks().hosts.to_owned());
        let root = directory.agency(directory.root());
        let of = match visitor.asked("duoi") {
            Some(host) => {
                let agency = host.parse().ok().and_then(|domain| directory.at_domain(&domain));
                Some(agency.ok_or(Problem::NotFound("portal"))?)
            }
            None => None,
        };
        let above = of.or(root);
        let own = root.filter(|root| of.is_none() && root.closed.is_none());
        let listed = own.into_iter().chain(above.into_iter().flat_map(|above| open(&directory, above)));
        let mut rows: Vec<Row> = listed.take(A_PAGE).map(|agency| row(&directory, lang, agency)).collect();
        if let Some(first) = rows.first_mut().filter(|_| own.is_some()) {
            // It stands at the top of the very list that this would lead to.
            first.below = None;
        }
        let total = directory.agencies().filter(|agency| agency.closed.is_none()).count();
        html(&HostsPage {
            total: number::whole(lang, total as u64),
            of: of.map(|agency| row(&directory, lang, agency)),
            rows,
            fingerprint: app.root_fingerprint.clone(),
            shell,
        })
    })
    .await
}

/// `GET /api/v1/hosts`
pub async fn api(State(app): State<App>, Asked(Nothing {}): Asked<Nothing>) -> Response {
    let directory = app.directory.load();
    let hosts: Vec<Value> = directory
        .agencies()
        .map(|agency| {
            json!({
                "host": agency.domain.to_string(), "address": address(&directory, &agency.origin),
                "agency": agency.name.vi, "agency_en": agency.name.en, "level": agency.level.to_string(),
                "origin": agency.origin.to_string(), "open": agency.closed.is_none(),
            })
        })
        .collect();
    Json(json!({
        "root": directory.root().to_string(), "confirmed_heads": directory.confirmed(),
        "as_of": super::find::as_of(&app).map(|at| at.to_string()), "hosts": hosts,
    }))
    .into_response()
}
