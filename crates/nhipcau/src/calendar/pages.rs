//! The calendar in the console: what holds, what a file would change, the change. What is the whole node's is an administrator's of
//! the node's own portal; those of its other portals read.

use askama::Template;
use axum::extract::{Query, Request, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use vietnam::working_time::{Change, SpecialDay};

use super::acts::{self, Plan, Tables};
use crate::app::App;
use crate::clock::instant;
use crate::files::Upload;
use crate::people::Duty;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, drawn, kept_elsewhere, see, shell};
use crate::people::upload::{self, Sent};
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::routes::{Route, desk_form, desk_page, desk_upload};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{CalendarWords, Lang, date};

/// Where the calendar stands.
pub const PAGE: &str = "/ban-lam-viec/lich-nghi";
/// Days off in a year by the Labour Code, Art. 112, and Resolution 28/2026/QH16: a year with fewer is not whole.
const WHOLE: usize = 12;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    use axum::routing::{get, post};
    vec![
        desk_page(PAGE, Duty::Node, "the calendar of working days", get(show)),
        desk_upload(PAGE, Duty::Node, "what a file of days would change", post(plan)),
        desk_form("/ban-lam-viec/lich-nghi/nap", Duty::Node, "load a calendar", post(load)),
    ]
}

/// A day in a list.
struct DayRow {
    day: String,
    name: String,
    what: String,
    basis: String,
}

#[derive(Template)]
#[template(path = "calendar/show.html")]
struct ShowPage {
    shell: Shell,
    desk: Desk,
    holds: String,
    loaded: Vec<String>,
    year: i16,
    days: Vec<DayRow>,
    /// The portal whose administrator loads, where it is another one.
    elsewhere: Option<String>,
    typed: String,
    wrong: Vec<String>,
}

impl ShowPage {
    fn c(&self) -> &'static CalendarWords {
        self.shell.lang.calendar()
    }
}

#[derive(Template)]
#[template(path = "calendar/plan.html")]
struct PlanPage {
    shell: Shell,
    desk: Desk,
    nothing: bool,
    years: Vec<String>,
    offices: Option<String>,
    days: Vec<DayRow>,
    moved: Vec<String>,
    signed: Vec<String>,
    tables: Tables,
    after: i64,
}

impl PlanPage {
    fn c(&self) -> &'static CalendarWords {
        self.shell.lang.calendar()
    }
}

fn kind(special: Option<&SpecialDay>, w: &'static CalendarWords) -> &'static str {
    match special {
        None => w.usual,
        Some(day) if day.worked => w.work,
        Some(_) => w.off,
    }
}

fn named(special: &SpecialDay, lang: Lang) -> String {
    if lang == Lang::Vi { special.name.clone() } else { special.name_en.clone() }
}

/// Lets through whoever may change what is the whole node's.
fn allowed(app: &App, staff: &Staff) -> Result<(), Problem> {
    match (kept_elsewhere(app, staff, Lang::Vi), kept_elsewhere(app, staff, Lang::En)) {
        (Some(vi), Some(en)) => Err(Problem::Forbidden {
            vi: Lang::Vi.calendar().other_portal(vi),
            en: Lang::En.calendar().other_portal(en),
        }),
        _ => Ok(()),
    }
}

/// `GET /ban-lam-viec/lich-nghi`
async fn show(Given(app): Given<App>, staff: Staff, visitor: Visitor, Query(done): Query<Done>) -> Response {
    let w = visitor.lang.calendar();
    let said = match done.word() {
        "nap" => Some(w.said_loaded.to_owned()),
        "khong" => Some(w.said_nothing.to_owned()),
        _ => None,
    };
    page(&app, &staff, &visitor, said, String::new(), Vec::new(), StatusCode::OK)
}

fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    said: Option<String>,
    typed: String,
    wrong: Vec<String>,
    status: StatusCode,
) -> Response {
    let (lang, now) = (visitor.lang, app.clock.now());
    let w = lang.calendar();
    let history = app.calendar.history();
    let time = history.now();
    let (first, last) = time.days.years();
    let asked = visitor.asked("nam").and_then(|year| year.parse().ok());
    let year: i16 = asked.unwrap_or(date::day(now).year()).clamp(first, last);
    let of_year = time.days.special_days().filter(|(day, _)| day.year() == year);
    let page = ShowPage {
        shell: shell(app, visitor, &staff.portal, w.title),
        desk: Desk::of(staff, lang, PAGE, said),
        holds: w.holds(first, last, time.mark()),
        loaded: history
            .loaded()
            .map(|version| {
                let basis = if version.basis.is_empty() { w.loaded_hours } else { &version.basis };
                w.loaded_at(date::short(lang, instant(version.at), now), basis)
            })
            .collect(),
        days: of_year
            .map(|(day, special)| DayRow {
                day: date::long_date(lang, day),
                name: named(special, lang),
                what: kind(Some(special), w).to_owned(),
                basis: special.legal_basis.clone(),
            })
            .collect(),
        elsewhere: kept_elsewhere(app, staff, lang),
        year,
        typed,
        wrong,
    };
    drawn(app, visitor, status, &page)
}

/// What was handed in: a file where one was chosen, else what was pasted.
///
/// # Errors
/// A file is no text in UTF-8: nothing of it is guessed, for what is loaded stays.
fn tables(fields: &Fields, days: Option<Upload>, hours: Option<Upload>) -> Result<Tables, Problem> {
    let text = |file: Option<Upload>, typed: &str| match file {
        Some(file) => String::from_utf8(file.bytes).map_err(|_| {
            Problem::Invalid(vec![Fault {
                field: "tep".into(),
                vi: format!(
                    "{} không phải văn bản UTF-8. Trong Excel, hãy lưu dạng CSV UTF-8 rồi gửi lại.",
                    file.name
                ),
                en: format!(
                    "{} is no text in UTF-8. In Excel save it as CSV UTF-8, then send it again.",
                    file.name
                ),
            }])
        }),
        None => Ok(fields.get(typed).to_owned()),
    };
    Ok(Tables { days: text(days, "noi-dung")?, hours: text(hours, "gio")? })
}

/// The page again with every fault; what was pasted stays.
fn refused(app: &App, staff: &Staff, visitor: &Visitor, typed: String, problem: Problem) -> Response {
    if let Problem::Invalid(faults) = &problem {
        let wrong = faults.iter().map(|fault| fault.of(visitor.lang).to_owned()).collect();
        return page(app, staff, visitor, None, typed, wrong, StatusCode::UNPROCESSABLE_ENTITY);
    }
    match Wrong::of(problem, visitor.lang) {
        Ok((status, wrong)) => {
            page(app, staff, visitor, None, typed, wrong.above.into_iter().collect(), status)
        }
        Err(problem) => failure(app, visitor, problem),
    }
}

/// `POST /ban-lam-viec/lich-nghi`: what the file would change. Nothing is changed.
async fn plan(Given(app): Given<App>, staff: Staff, visitor: Visitor, request: Request) -> Response {
    let Sent { fields, file, others } = match upload::sent(&app, &staff, &visitor, request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let hours = others.into_iter().find(|(field, _)| field == "tep-gio").map(|(_, file)| file);
    let tables = match file.and_then(|days| tables(&fields, days, hours)) {
        Ok(tables) => tables,
        Err(problem) => {
            return refused(&app, &staff, &visitor, fields.get("noi-dung").to_owned(), problem);
        }
    };
    let planned = async {
        allowed(&app, &staff)?;
        acts::plan(&app, &tables).await
    };
    match planned.await {
        Ok(plan) => {
            drawn(&app, &visitor, StatusCode::OK, &planned_page(&app, &staff, &visitor, plan, tables))
        }
        Err(problem) => refused(&app, &staff, &visitor, tables.days, problem),
    }
}

fn planned_page(app: &App, staff: &Staff, visitor: &Visitor, plan: Plan, tables: Tables) -> PlanPage {
    let lang = visitor.lang;
    let w = lang.calendar();
    let day =
        |day: Option<jiff::civil::Date>| day.map_or_else(|| "–".to_owned(), |day| date::date(lang, day));
    let row = |change: &Change| {
        let special = change.now.as_ref().or(change.was.as_ref());
        let (was, now) = (kind(change.was.as_ref(), w), kind(change.now.as_ref(), w));
        DayRow {
            day: date::long_date(lang, change.day),
            name: special.map(|special| named(special, lang)).unwrap_or_default(),
            what: w.change_to(was, now),
            basis: plan.bases.get(&change.day).cloned().unwrap_or_default(),
        }
    };
    let (signed, moved): (Vec<_>, Vec<_>) = plan.moved.iter().partition(|moved| moved.signed);
    PlanPage {
        shell: shell(app, visitor, &staff.portal, w.plan_title),
        desk: Desk::of(staff, lang, PAGE, None),
        nothing: plan.is_empty(),
        years: plan
            .years
            .iter()
            .map(
                |(year, off)| if *off < WHOLE { w.plan_year_thin(year, off) } else { w.plan_year(year, off) },
            )
            .collect(),
        offices: (!plan.offices.is_empty()).then(|| w.plan_offices(plan.offices.join(", "))),
        days: plan.changes.iter().map(row).collect(),
        moved: moved.iter().map(|m| w.moved_from_to(m.says(lang), day(m.was), day(m.now))).collect(),
        signed: signed.iter().map(|m| w.signed_line(m.says(lang), day(m.was))).collect(),
        after: plan.after,
        tables,
    }
}

/// `POST /ban-lam-viec/lich-nghi/nap`
async fn load(Given(app): Given<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    let tables = Tables { days: typed.get("noi-dung").to_owned(), hours: typed.get("gio").to_owned() };
    let loaded = async {
        allowed(&app, &staff)?;
        let line = acts::line(&app, staff.who())?;
        acts::load(&app, &tables, typed.get("sau").parse().unwrap_or(0), line).await
    };
    match loaded.await {
        Ok(plan) if plan.is_empty() => see(visitor.lang, &format!("{PAGE}?xong=khong")),
        Ok(_) => see(visitor.lang, &format!("{PAGE}?xong=nap")),
        Err(problem) => refused(&app, &staff, &visitor, tables.days, problem),
    }
}
