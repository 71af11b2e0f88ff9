//! Pages of the brief in the console: for the agency, and for who may approve it. What readers see stands in `readers`.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::{Date, Time};
use network::names::Origin;
use serde::Deserialize;
use serde_json::json;

use super::far;
use super::figures::{self, Brief, Counted, Waits};
use super::shown::{Shown, approved_line, days, file_of, missing, paper_of, says, title};
use super::store::{self, Approved};
use super::{DESK, HOME, Term};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::people::Duty;
use crate::people::audit;
use crate::people::forms::Filled;
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::petitions::handover;
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{BriefWords, Lang, date};

/// Which week, and in which form.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    tuan: String,
    #[serde(default)]
    pub(super) dang: String,
    #[serde(default)]
    xong: String,
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

/// The asked week; without one, the last that is over.
fn week_of(asked: &str, today: Date) -> Result<Term, Problem> {
    match asked {
        "" => Ok(Term::week(today).later(-1)),
        asked => Term::parse(asked).ok_or_else(missing),
    }
}

/// A brief, and where something waits.
pub(super) struct Made {
    pub brief: Brief,
    pub waits: BTreeMap<Origin, Waits>,
}

/// The brief of a week as cases stand now, for an agency and those below it: of this node by their cases, of others by their logs.
pub(super) async fn made(app: &App, conn: &mut Conn, portal: &Portal, week: Term) -> Result<Made, Problem> {
    let (from, until) = week.days();
    let micros = |day: Date| {
        let zoned = day
            .to_datetime(Time::midnight())
            .to_zoned_datetime(date::zone())
            .map_err(|error| Problem::Ours(error.into()))?;
        Ok::<_, Problem>(zoned.timestamp().as_microsecond())
    };
    let after = until.tomorrow().map_err(|error| Problem::Ours(error.into()))?;
    let (begins, ends) = (micros(from)?, micros(after)?);
    let facts = store::facts(conn, begins, ends).await?;
    let far = far::of(app, conn, portal, (begins, ends)).await?;
    let directory = app.directory.load_full();
    let mut names = BTreeMap::new();
    for other in app.portals.load().iter() {
        if other.log == portal.log || directory.is_ancestor(&portal.origin, &other.origin) {
            let agency = directory.agency(&other.origin);
            let name = agencies::name(agency, Lang::Vi, other.origin.as_str());
            names.insert(other.log, (other.origin.clone(), name));
        }
    }
    // Recommendations are reported by who filed them, wherever they are solved.
    let filed: Vec<_> = facts.iter().filter(|fact| names.contains_key(&fact.filed)).cloned().collect();
    let recommended = figures::recommended((from, until), &filed);
    let mut facts: Vec<_> = facts.into_iter().filter(|fact| names.contains_key(&fact.owner)).collect();
    // What has just come here or gone may stand in both for a moment: what is here is known better.
    let here: BTreeSet<String> = facts.iter().map(|fact| fact.code.clone()).collect();
    facts.extend(far.facts.into_iter().filter(|fact| !here.contains(&fact.code)));
    let own = names.len();
    names.extend(far.names);
    let today = date::day(app.clock.now());
    let name = |owner: i64| names.get(&owner).map(|(_, name)| name.clone()).unwrap_or_default();
    let Counted { counts, late, kinds, urgent, waits } = figures::count((from, until), today, &facts, name);
    let whose = |(owner, waits)| Some((names.get(&owner)?.0.clone(), waits));
    let waits = waits.into_iter().filter_map(whose).collect();
    let brief = Brief {
        week: week.to_string(),
        agency: name(portal.log),
        agencies: i64::try_from(own).unwrap_or(i64::MAX).saturating_add(far.agencies),
        counts,
        late,
        kinds,
        urgent,
        recommended,
        elsewhere: far.agencies,
        behind: far.behind,
        behind_more: far.more,
        waiting: far.waiting,
    };
    Ok(Made { brief, waits })
}

/// The brief of a week as the agency itself reads it: as it was approved, or as cases stand now.
async fn current(app: &App, portal: &Portal, week: Term) -> Result<(Brief, Option<Approved>), Problem> {
    handover::folded::fold(app).await?;
    let mut conn = app.db.read().await?;
    match store::of(&mut conn, portal.log, &week.to_string()).await? {
        Some(approved) => Ok((says(&approved)?, Some(approved))),
        None => Ok((made(app, &mut conn, portal, week).await?.brief, None)),
    }
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
        handover::folded::fold(&app).await?;
        let brief = made(&app, &mut app.db.read().await?, &staff.portal, week).await?.brief;
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
