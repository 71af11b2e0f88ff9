//! Pages of the brief: for the agency, who may approve it, and for readers.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::{Date, Time};
use serde::Deserialize;
use serde_json::json;

use super::figures::{self, Brief, Counted};
use super::paper::{self, Around};
use super::store::{self, Approved};
use super::{DESK, HOME, Term};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::items::pages::{html, kept, portal};
use crate::people::Duty;
use crate::people::audit;
use crate::people::forms::Filled;
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::petitions::asking;
use crate::petitions::following::name_of;
use crate::petitions::public::published;
use crate::petitions::rules::Kind;
use crate::problem::Problem;
use crate::web::answer::{failure, saved};
use crate::web::pages::Tag;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{BriefWords, Lang, date};

/// For so long a page of readers is kept, in microseconds.
const SHORT: i64 = 60_000_000;
/// Briefs in a list.
const LISTED: i64 = 60;

/// Which week, and in which form.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    tuan: String,
    #[serde(default)]
    dang: String,
    #[serde(default)]
    xong: String,
}

/// A brief as a page shows it: every count as it may be told.
struct Shown {
    brief: Brief,
    days: String,
    public: bool,
    lang: Lang,
}

impl Shown {
    fn told(&self, count: &i64) -> String {
        paper::told(*count, self.public)
    }

    /// What is counted, and the count.
    fn counts(&self) -> Vec<(&'static str, String)> {
        let (w, c) = (self.lang.brief(), &self.brief.counts);
        [
            (w.received, c.received),
            (w.answered, c.answered),
            (w.in_time, c.in_time),
            (w.open, c.open),
            (w.overdue, c.overdue),
            (w.yes, c.yes),
            (w.partly, c.partly),
            (w.no, c.no),
        ]
        .map(|(what, count)| (what, self.told(&count)))
        .into()
    }

    fn level(&self, word: &str) -> &'static str {
        paper::level(word)
    }

    fn kind(&self, sort: &str) -> String {
        Kind::name_of(sort, self.lang)
    }
}

#[derive(Template)]
#[template(path = "petitions/brief_desk.html")]
struct DeskPage {
    shell: Shell,
    desk: Desk,
    shown: Shown,
    week: String,
    title: &'static str,
    before: String,
    after: Option<String>,
    /// The other kind of report: address and name.
    other: (String, &'static str),
    /// Who approved it, when; none while it is a draft.
    approved: Option<String>,
    /// True if this person may approve it now.
    approves: bool,
    /// Where readers find it, once it was approved.
    public: String,
}

impl DeskPage {
    fn b(&self) -> &'static BriefWords {
        self.shell.lang.brief()
    }
}

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

fn missing() -> Problem {
    Problem::NotFound("weekly brief")
}

/// The asked week; without one, the last that is over.
fn week_of(asked: &str, today: Date) -> Result<Term, Problem> {
    match asked {
        "" => Ok(Term::week(today).later(-1)),
        asked => Term::parse(asked).ok_or_else(missing),
    }
}

/// What a report of a week or a quarter is called.
fn title(week: Term, lang: Lang) -> &'static str {
    if week.is_week() { lang.brief().title } else { lang.brief().title_quarter }
}

fn days(week: Term, lang: Lang) -> String {
    let (from, until) = week.days();
    let (year, number) = week.numbers();
    let (w, from, until) = (lang.brief(), date::date(lang, from), date::date(lang, until));
    if week.is_week() {
        w.week_days(number, year, from, until)
    } else {
        w.quarter_days(number, year, from, until)
    }
}

/// The brief of a week as cases stand now, for an agency and those below it whose logs are this node's own.
async fn made(app: &App, conn: &mut Conn, portal: &Portal, week: Term) -> Result<Brief, Problem> {
    let (from, until) = week.days();
    let micros = |day: Date| {
        let zoned = day
            .to_datetime(Time::midnight())
            .to_zoned_datetime(date::zone())
            .map_err(|error| Problem::Ours(error.into()))?;
        Ok::<_, Problem>(zoned.timestamp().as_microsecond())
    };
    let after = until.tomorrow().map_err(|error| Problem::Ours(error.into()))?;
    let facts = store::facts(conn, micros(from)?, micros(after)?).await?;
    let directory = app.directory.load_full();
    let mut names = std::collections::BTreeMap::new();
    for other in app.portals.load().iter() {
        if other.log == portal.log || directory.is_ancestor(&portal.origin, &other.origin) {
            names.insert(other.log, name_of(app, conn, other.log, Lang::Vi).await?);
        }
    }
    // Recommendations are reported by who filed them, wherever they are solved.
    let filed: Vec<_> = facts.iter().filter(|fact| names.contains_key(&fact.filed)).cloned().collect();
    let recommended = figures::recommended((from, until), &filed);
    let facts: Vec<_> = facts.into_iter().filter(|fact| names.contains_key(&fact.owner)).collect();
    let today = date::day(app.clock.now());
    let name = |owner: i64| names.get(&owner).cloned().unwrap_or_default();
    let Counted { counts, late, kinds, urgent } = figures::count((from, until), today, &facts, name);
    Ok(Brief {
        week: week.to_string(),
        agency: name(portal.log),
        agencies: i64::try_from(names.len()).unwrap_or(i64::MAX),
        counts,
        late,
        kinds,
        urgent,
        recommended,
    })
}

/// The brief of a week as the agency itself reads it: as it was approved, or as cases stand now.
async fn current(app: &App, portal: &Portal, week: Term) -> Result<(Brief, Option<Approved>), Problem> {
    let mut conn = app.db.read().await?;
    match store::of(&mut conn, portal.log, &week.to_string()).await? {
        Some(approved) => Ok((says(&approved)?, Some(approved))),
        None => Ok((made(app, &mut conn, portal, week).await?, None)),
    }
}

/// A week's brief as it was approved.
async fn approved(app: &App, portal: &Portal, week: &str) -> Result<(Term, Brief, Approved), Problem> {
    let week = Term::parse(week).ok_or_else(missing)?;
    let found = store::of(&mut app.db.read().await?, portal.log, &week.to_string()).await?;
    let found = found.ok_or_else(missing)?;
    Ok((week, says(&found)?, found))
}

/// What an approved brief says.
fn says(approved: &Approved) -> Result<Brief, Problem> {
    serde_json::from_str(&approved.says).map_err(|error| Problem::Ours(error.into()))
}

fn approved_line(approved: &Approved, lang: Lang) -> String {
    lang.brief().approved_by(&approved.name, date::date(lang, date::day(instant(approved.at))))
}

/// The paper of a brief; `approved` one as it was, for readers or for the agency.
fn paper_of(
    app: &App,
    portal: &Portal,
    brief: &Brief,
    week: Term,
    approved: Option<&Approved>,
    public: bool,
) -> papers::Paper {
    let directory = app.directory.load();
    let above = directory.ancestors(&portal.origin).next();
    let above = above.map(|agency| agencies::name(Some(agency), Lang::Vi, "")).unwrap_or_default();
    let home = agencies::address(&directory, &portal.origin).unwrap_or_default();
    paper::of(
        brief,
        week,
        &Around {
            above: &above,
            approved: approved.map(|one| (one.name.as_str(), date::day(instant(one.at)))),
            today: date::day(app.clock.now()),
            home: &home,
            public,
        },
    )
}

/// A paper as the file that was asked for.
fn file_of(paper: &papers::Paper, form: &str, week: Term) -> Result<Response, Problem> {
    let ours = |error: anyhow::Error| Problem::Ours(error);
    let bytes = match form {
        "pdf" => papers::pdf(paper).map_err(|error| ours(error.into()))?,
        "docx" => papers::docx(paper).map_err(|error| ours(error.into()))?,
        _ => return Err(missing()),
    };
    Ok(saved(&format!("bao-cao-phan-anh-{week}.{form}"), bytes))
}

/// `GET /ban-lam-viec/phan-anh/bao-cao?tuan=2026-W48`
pub async fn desk(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    match desk_of(&app, &staff, &visitor, &asked).await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn desk_of(app: &App, staff: &Staff, visitor: &Visitor, asked: &Asked) -> Result<DeskPage, Problem> {
    let (lang, w) = (visitor.lang, visitor.lang.brief());
    let today = date::day(app.clock.now());
    let week = week_of(&asked.tuan, today)?;
    let now = week.running(today);
    // The other kind: the newest of it that is over.
    let other = if week.is_week() { Term::quarter(today) } else { Term::week(today) }.later(-1);
    let (brief, approved) = current(app, &staff.portal, week).await?;
    let to = |week: Term| lang.path(&format!("{DESK}?tuan={week}"));
    let over = week.days().1 < now.days().0;
    Ok(DeskPage {
        shell: shell(app, visitor, &staff.portal, title(week, lang)),
        title: title(week, lang),
        other: (to(other), if week.is_week() { w.to_quarter } else { w.to_week }),
        desk: Desk::of(
            staff,
            lang,
            crate::petitions::DESK,
            (asked.xong == "duyet").then(|| w.done.to_owned()),
        ),
        shown: Shown { brief, days: days(week, lang), public: false, lang },
        week: week.to_string(),
        before: to(week.later(-1)),
        after: (week != now).then(|| to(week.later(1))),
        approves: approved.is_none() && over && staff.may(Duty::Approve),
        approved: approved.as_ref().map(|approved| approved_line(approved, lang)),
        public: lang.path(&format!("{HOME}/{week}")),
    })
}

/// `GET /ban-lam-viec/phan-anh/bao-cao/tep?tuan=…&dang=pdf`
pub async fn desk_file(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    let file = async {
        let week = week_of(&asked.tuan, date::day(app.clock.now()))?;
        let (brief, approved) = current(&app, &staff.portal, week).await?;
        file_of(&paper_of(&app, &staff.portal, &brief, week, approved.as_ref(), false), &asked.dang, week)
    };
    file.await.unwrap_or_else(|problem| failure(&app, &visitor, problem))
}

/// `POST /ban-lam-viec/phan-anh/bao-cao`
pub async fn approve(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Filled(form): Filled,
) -> Response {
    let done = async {
        let week = Term::parse(form.get("tuan")).ok_or_else(missing)?;
        let now = week.running(date::day(app.clock.now()));
        if week.days().1 >= now.days().0 {
            return Err(match week {
                Term::Week(_) => Problem::refused(
                    "Tuần này chưa hết; duyệt từ thứ Hai tuần sau.",
                    "This week is not over; approve it from Monday on.",
                ),
                Term::Quarter(..) => Problem::refused(
                    "Quý này chưa hết; duyệt từ ngày đầu quý sau.",
                    "This quarter is not over; approve it from the first day of the next.",
                ),
            });
        }
        let brief = made(&app, &mut app.db.read().await?, &staff.portal, week).await?;
        let says = serde_json::to_string(&brief).map_err(|error| Problem::Ours(error.into()))?;
        let (log, account, at) = (staff.portal.log, staff.account.id.to_string(), app.clock.micros());
        let approved = Approved { week: week.to_string(), says, name: staff.account.name.clone(), at };
        let line = staff.line("petition.brief", week.to_string()).with(json!({ "counts": brief.counts }));
        app.db
            .write("petition.brief", async move |tx: &mut Tx| -> Result<(), Problem> {
                if !store::approve(tx, log, &approved, &account).await? {
                    return Err(Problem::refused("Báo cáo này đã được duyệt.", "It was approved before."));
                }
                Ok(audit::add(tx, line).await?)
            })
            .await?;
        Ok(week)
    };
    match done.await {
        Ok(week) => see(visitor.lang, &format!("{DESK}?tuan={week}&xong=duyet")),
        Err(problem) => failure(&app, &visitor, problem),
    }
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
            return Ok(axum::Json(open_data(&brief, &approved)).into_response());
        }
        file_of(&paper_of(&app, &here, &brief, week, Some(&approved), true), &asked.dang, week)
    };
    file.await.unwrap_or_else(|problem| failure(&app, &visitor, problem))
}

/// A brief as data, with what readers may know of it.
fn open_data(brief: &Brief, approved: &Approved) -> serde_json::Value {
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
    let term = if brief.week.contains('Q') { "quarter" } else { "week" };
    data[term] = brief.week.as_str().into();
    data
}
