//! Pages and files of the brief for readers: those that were approved, with small counts only as small.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::figures::Brief;
use super::pages::Asked;
use super::shown::{Shown, approved_line, days, file_of, missing, paper_of, says, title};
use super::store::{self, Approved};
use super::{HOME, Term};
use crate::agencies::Portal;
use crate::app::App;
use crate::clock::instant;
use crate::items::pages::{html, kept, portal};
use crate::petitions::asking;
use crate::petitions::public::published;
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::pages::Tag;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{BriefWords, date};

/// For so long a page of readers is kept, in microseconds.
const SHORT: i64 = 60_000_000;
/// Briefs in a list.
const LISTED: i64 = 60;

#[derive(Template)]
#[template(path = "petitions/briefs.html")]
struct ListPage {
    shell: Shell,
    /// Address, the week in words, who approved it.
    rows: Vec<(String, String, String)>,
}

impl ListPage {
    fn b(&self) -> &'static BriefWords {
        self.shell.lang.brief()
    }
}

#[derive(Template)]
#[template(path = "petitions/brief.html")]
struct OnePage {
    shell: Shell,
    title: &'static str,
    shown: Shown,
    approved: String,
    file: String,
}

impl OnePage {
    fn b(&self) -> &'static BriefWords {
        self.shell.lang.brief()
    }
}

/// A week's brief as it was approved.
async fn approved(app: &App, portal: &Portal, week: &str) -> Result<(Term, Brief, Approved), Problem> {
    let week = Term::parse(week).ok_or_else(missing)?;
    let found = store::of(&mut app.db.read().await?, portal.log, &week.to_string()).await?;
    let found = found.ok_or_else(missing)?;
    Ok((week, says(&found)?, found))
}

/// `/phan-anh/bao-cao`
pub async fn list(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], SHORT, async |portal: &Portal| {
        let lang = visitor.lang;
        let all = store::newest(&mut app.db.read().await?, portal.log, LISTED).await?;
        let row = |one: &Approved| {
            let week = Term::parse(&one.week)?;
            Some((lang.path(&format!("{HOME}/{week}")), days(week, lang), approved_line(one, lang)))
        };
        html(&ListPage {
            shell: asking::shell(&app, &visitor, portal, lang.brief().list_title),
            rows: all.iter().filter_map(row).collect(),
        })
    })
    .await
}

/// `/phan-anh/bao-cao/{week}`
pub async fn one(State(app): State<App>, visitor: Visitor, Path(week): Path<String>) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], SHORT, async |portal: &Portal| {
        let lang = visitor.lang;
        let (week, brief, approved) = approved(&app, portal, &week).await?;
        html(&OnePage {
            shell: asking::shell(&app, &visitor, portal, title(week, lang)),
            title: title(week, lang),
            shown: Shown { brief, days: days(week, lang), public: true, lang },
            approved: approved_line(&approved, lang),
            file: format!("{HOME}/{week}/tep?dang="),
        })
    })
    .await
}

/// `/phan-anh/bao-cao/{week}/tep?dang=pdf|docx|json`
pub async fn file(
    State(app): State<App>,
    visitor: Visitor,
    Path(week): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let file = async {
        let here = portal(&app, &visitor).map_err(|_| Problem::NotFound("portal"))?;
        let (week, brief, approved) = approved(&app, &here, &week).await?;
        if asked.dang == "json" {
            return Ok(axum::Json(open_data(week, &brief, &approved)).into_response());
        }
        file_of(&paper_of(&app, &here, &brief, week, Some(&approved), true), &asked.dang, week)
    };
    file.await.unwrap_or_else(|problem| failure(&app, &visitor, problem))
}

/// A brief as data, with what readers may know of it.
fn open_data(week: Term, brief: &Brief, approved: &Approved) -> serde_json::Value {
    let (told, c) = (published, brief.counts);
    let mut data = json!({
        "agency": brief.agency,
        "agencies": brief.agencies,
        "received": told(c.received), "answered": told(c.answered), "in_time": told(c.in_time),
        "open": told(c.open), "overdue": told(c.overdue),
        "rated": { "yes": told(c.yes), "partly": told(c.partly), "no": told(c.no) },
        "kinds": brief.kinds.iter().map(|(sort, many)| json!({ "kind": sort, "received": told(*many) })).collect::<Vec<_>>(),
        "late": brief.late.iter().map(|late| json!({ "agency": late.agency, "overdue": told(late.overdue), "longest_days": late.days })).collect::<Vec<_>>(),
        "recommendations": brief.recommended.iter().map(|sum| json!({ "level": sum.level, "filed": told(sum.filed), "answered": told(sum.answered), "open": told(sum.open) })).collect::<Vec<_>>(),
        "approved": { "by": approved.name, "at": date::machine(instant(approved.at)) },
    });
    data[if week.is_week() { "week" } else { "quarter" }] = brief.week.as_str().into();
    data
}
