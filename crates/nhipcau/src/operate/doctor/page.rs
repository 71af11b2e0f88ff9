//! How the node is, for its administrator in the console: what `nhipcau doctor` says and can be seen at once. That every log and every
//! content is whole, and that neighbours answer, the command alone finds out: it reads all that is kept.

use askama::Template;
use axum::extract::State as Given;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::{Finding, Report, Said, Severity, look};
use crate::app::App;
use crate::people::Duty;
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, kept_elsewhere, shell};
use crate::web::routes::{Route, desk_page};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// Where it stands.
pub const PAGE: &str = "/ban-lam-viec/may-chu";

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![desk_page(PAGE, Duty::Node, "how the node is, and what needs a hand", get(show))]
}

/// A finding in one language.
struct Line {
    says: String,
    remedy: String,
}

/// Findings of one severity.
struct Group {
    title: &'static str,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "desk/node.html")]
struct NodePage {
    shell: Shell,
    desk: Desk,
    /// Nothing where another portal's administrators look after the node.
    sum: Option<Sum>,
    groups: Vec<Group>,
    /// The portal whose administrators look after the node, where it is another one.
    elsewhere: Option<String>,
}

/// How the node is in one sentence.
pub struct Sum {
    /// The sentence.
    pub says: String,
    /// True if nothing calls for a hand.
    pub well: bool,
}

impl Sum {
    fn of(report: &Report, lang: Lang) -> Sum {
        Sum { says: report.sum(lang), well: report.hands() == 0 }
    }
}

/// How the node is, for the home of its administrator; nothing for whoever does not look after it.
pub async fn at_home(app: &App, staff: &Staff, lang: Lang) -> Option<Sum> {
    if !staff.may(Duty::Node) || kept_elsewhere(app, staff, lang).is_some() {
        return None;
    }
    Some(Sum::of(&look::at_once(app).await, lang))
}

/// `GET /ban-lam-viec/may-chu`
async fn show(Given(app): Given<App>, staff: Staff, visitor: Visitor) -> Response {
    let (lang, w) = (visitor.lang, visitor.lang.words());
    let elsewhere = kept_elsewhere(&app, &staff, lang);
    let report = if elsewhere.is_some() { None } else { Some(look::at_once(&app).await) };
    let findings = report.iter().flat_map(|report| &report.findings);
    let said = |said: &Said| if lang == Lang::Vi { said.vi.clone() } else { said.en.clone() };
    let line = |finding: &Finding| Line { says: said(&finding.says), remedy: said(&finding.remedy) };
    let of = |(severity, title)| Group {
        title,
        lines: findings.clone().filter(|finding| finding.severity == severity).map(line).collect(),
    };
    let titles =
        [(Severity::Hand, w.node_hands), (Severity::Note, w.node_notes), (Severity::Well, w.node_well)];
    let page = NodePage {
        shell: shell(&app, &visitor, &staff.portal, w.node_title),
        desk: Desk::of(&staff, lang, PAGE, None),
        sum: report.as_ref().map(|report| Sum::of(report, lang)),
        groups: titles.into_iter().map(of).filter(|group| !group.lines.is_empty()).collect(),
        elsewhere,
    };
    drawn(&app, &visitor, StatusCode::OK, &page)
}
