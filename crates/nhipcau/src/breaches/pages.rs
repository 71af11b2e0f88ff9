//! The record in the console: begin one, see its clock, add to it, print it, take it along as data.

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State as Given};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::{Date, Time};
use serde_json::json;
use uuid::Uuid;

use super::store::{self, Breach};
use super::view::{LineView, clock, clock_says, explained, line_view};
use super::{Says, rule};
use crate::app::App;
use crate::clock::instant;
use crate::items::draft::of_words;
use crate::people::Duty;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, drawn, see, shell};
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::routes::{Route, desk_form, desk_page};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{BreachWords, Lang, date};

/// Where the records stand.
pub const PAGE: &str = "/ban-lam-viec/su-co";

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    use axum::routing::{get, post};
    let page = |path, what, handler| desk_page(path, Duty::Breaches, what, handler);
    let form = |path, what, handler| desk_form(path, Duty::Breaches, what, handler);
    vec![
        page(PAGE, "breaches of personal data", get(list)),
        form(PAGE, "begin the record of a breach", post(begin)),
        page("/ban-lam-viec/su-co/{id}", "the record of a breach and its clock", get(one)),
        form("/ban-lam-viec/su-co/{id}", "add to the record of a breach", post(add)),
        page("/ban-lam-viec/su-co/{id}/ban-in", "the record of a breach, to print", get(print)),
        page("/ban-lam-viec/su-co/{id}/du-lieu.json", "the record of a breach as data", get(data)),
    ]
}

/// An open record on the console's home: where it stands, what it says, whether it presses.
pub struct Reminder {
    /// Its page.
    pub path: String,
    /// When it was noticed.
    pub title: String,
    /// Its clock.
    pub says: String,
    /// Whether it presses.
    pub presses: bool,
}

/// The open records of an agency for the console's home.
///
/// # Errors
/// The database's.
pub async fn reminders(app: &App, log: i64, lang: Lang) -> Result<Vec<Reminder>, Problem> {
    let now = app.clock.now();
    let mut conn = app.db.read().await?;
    let open = store::of_log(&mut conn, log).await?.into_iter().filter(|breach| !breach.is_closed());
    let reminder = |breach: Breach| {
        let (says, presses) = clock_says(clock(&breach, now.as_microsecond()), lang, now);
        Reminder {
            path: format!("{PAGE}/{}", breach.id),
            title: lang.breach().noticed_at(date::in_sentence(lang, instant(breach.noticed), now)),
            says,
            presses,
        }
    };
    Ok(open.map(reminder).collect())
}

struct Row {
    href: String,
    title: String,
    says: String,
    presses: bool,
}

#[derive(Template)]
#[template(path = "breaches/list.html")]
struct ListPage {
    shell: Shell,
    desk: Desk,
    rule: Option<String>,
    rows: Vec<Row>,
    typed: Fields,
    wrong: Wrong,
}

impl ListPage {
    fn b(&self) -> &'static BreachWords {
        self.shell.lang.breach()
    }
}

async fn list(Given(app): Given<App>, staff: Staff, visitor: Visitor) -> Response {
    let now = app.clock.now().to_zoned_datetime(date::zone());
    // What is most often right: it was noticed just now.
    let typed = Fields::of(vec![
        ("ngay".into(), now.date().to_string()),
        ("gio".into(), now.strftime("%H:%M").to_string()),
    ]);
    form(&app, &staff, &visitor, typed, Wrong::default(), StatusCode::OK).await
}

async fn form(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    typed: Fields,
    wrong: Wrong,
    status: StatusCode,
) -> Response {
    let page = async {
        let (lang, now) = (visitor.lang, app.clock.now());
        let w = lang.breach();
        let mut conn = app.db.read().await?;
        let row = |breach: Breach| {
            let (says, presses) = clock_says(clock(&breach, now.as_microsecond()), lang, now);
            let state = if breach.is_closed() { w.closed } else { w.open_state };
            Row {
                href: lang.path(&format!("{PAGE}/{}", breach.id)),
                title: w.noticed_at(date::in_sentence(lang, instant(breach.noticed), now)),
                says: format!("{state} · {says}"),
                presses: presses && !breach.is_closed(),
            }
        };
        Ok::<_, Problem>(ListPage {
            shell: shell(app, visitor, &staff.portal, w.title),
            desk: Desk::of(staff, lang, PAGE, None),
            rule: rule::on(date::day(now)).map(|rule| w.rule(rule.hours, rule.basis)),
            rows: store::of_log(&mut conn, staff.portal.log).await?.into_iter().map(row).collect(),
            typed,
            wrong,
        })
    };
    match page.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

/// An instant that was typed as a day and an hour in Viet Nam, not later than now.
fn moment(app: &App, form: &Fields, day: &str, hour: &str) -> Result<i64, Fault> {
    let wrong = || Fault::said(day, |lang| lang.breach().fault_when);
    let on: Date = form.get(day).trim().parse().map_err(|_| wrong())?;
    let at: Time = form.get(hour).trim().parse().map_err(|_| wrong())?;
    let zoned = on.to_datetime(at).to_zoned_datetime(date::zone()).map_err(|_| wrong())?;
    let micros = zoned.timestamp().as_microsecond();
    if micros > app.clock.micros() { Err(wrong()) } else { Ok(micros) }
}

fn words(form: &Fields, field: &str, faults: &mut Vec<Fault>) -> String {
    const MOST: usize = 10_000;
    let text = form.get(field).trim();
    if text.is_empty() {
        faults.push(Fault::said(field, |lang| lang.breach().fault_text));
    } else if text.chars().count() > MOST {
        faults.push(Fault {
            field: field.into(),
            vi: format!("Nhiều nhất {MOST} ký tự; hãy rút gọn rồi gửi lại."),
            en: format!("{MOST} characters at most; shorten it and send it again."),
        });
    }
    faults.extend(of_words(None, field, text));
    text.to_owned()
}

async fn begin(Given(app): Given<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    let begun = async {
        let mut faults = Vec::new();
        let noticed = moment(&app, &typed, "ngay", "gio").map_err(|fault| faults.push(fault)).ok();
        let says = Says::Begun {
            what: words(&typed, "chuyen-gi", &mut faults),
            whose: words(&typed, "cua-ai", &mut faults),
            count: words(&typed, "bao-nhieu", &mut faults),
            measures: words(&typed, "da-lam", &mut faults),
        };
        match noticed.filter(|_| faults.is_empty()) {
            Some(noticed) => store::begin(&app, &staff, noticed, says).await,
            None => Err(Problem::Invalid(faults)),
        }
    };
    match begun.await {
        Ok(id) => see(visitor.lang, &format!("{PAGE}/{id}?xong=mo")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => form(&app, &staff, &visitor, typed, wrong, status).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

#[derive(Template)]
#[template(path = "breaches/record.html")]
struct RecordPage {
    shell: Shell,
    desk: Desk,
    id: String,
    noticed: String,
    clock: String,
    presses: bool,
    explained: Option<String>,
    closed: bool,
    lines: Vec<LineView>,
    typed: Fields,
    wrong: Wrong,
}

impl RecordPage {
    fn b(&self) -> &'static BreachWords {
        self.shell.lang.breach()
    }
}

#[derive(Template)]
#[template(path = "breaches/print.html")]
struct PrintPage {
    shell: Shell,
    made: String,
    noticed: String,
    clock: String,
    explained: Option<String>,
    lines: Vec<LineView>,
}

impl PrintPage {
    fn b(&self) -> &'static BreachWords {
        self.shell.lang.breach()
    }
}

async fn found(app: &App, staff: &Staff, id: &str) -> Result<Breach, Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::NotFound("record"))?;
    let mut conn = app.db.read().await?;
    store::find(&mut conn, staff.portal.log, id).await?.ok_or(Problem::NotFound("record"))
}

async fn one(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let w = visitor.lang.breach();
    let said = match done.word() {
        "mo" => Some(w.said_begun.to_owned()),
        "ghi" => Some(w.said_added.to_owned()),
        _ => None,
    };
    let seen = match found(&app, &staff, &id).await {
        Ok(breach) => staff.saw(&app, "breach.seen", breach.id.to_string()).await,
        Err(problem) => Err(problem),
    };
    if let Err(problem) = seen {
        return failure(&app, &visitor, problem);
    }
    record(&app, &staff, &visitor, &id, said, Fields::default(), Wrong::default(), StatusCode::OK).await
}

#[allow(clippy::too_many_arguments, reason = "one page, drawn after each of its acts")]
async fn record(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    said: Option<String>,
    typed: Fields,
    wrong: Wrong,
    status: StatusCode,
) -> Response {
    let breach = match found(app, staff, id).await {
        Ok(breach) => breach,
        Err(problem) => return failure(app, visitor, problem),
    };
    let (lang, now) = (visitor.lang, app.clock.now());
    let (clock, presses) = clock_says(clock(&breach, now.as_microsecond()), lang, now);
    let page = RecordPage {
        shell: shell(app, visitor, &staff.portal, lang.breach().record),
        desk: Desk::of(staff, lang, PAGE, said),
        id: breach.id.to_string(),
        noticed: lang.breach().noticed_at(date::in_sentence(lang, instant(breach.noticed), now)),
        clock,
        presses,
        explained: explained(&breach, lang),
        closed: breach.is_closed(),
        lines: breach.lines.into_iter().map(|line| line_view(line, lang, now)).collect(),
        typed,
        wrong,
    };
    drawn(app, visitor, status, &page)
}

async fn add(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Filled(typed): Filled,
) -> Response {
    let added = async {
        let breach = found(&app, &staff, &id).await?;
        let mut faults = Vec::new();
        let text = words(&typed, "noi-dung", &mut faults);
        let kind = typed.get("loai");
        let says = match kind {
            "bao" | "co-quan" => {
                let at = moment(&app, &typed, "ngay-bao", "gio-bao").map_err(|fault| faults.push(fault));
                let whom = typed.get("bao-ai").trim().to_owned();
                if whom.is_empty() && kind == "bao" {
                    faults.push(Fault::said("bao-ai", |lang| lang.breach().fault_whom));
                }
                Says::Told { whom, authority: kind == "co-quan", at: at.unwrap_or(0), text }
            }
            "dinh-chinh" => Says::Correction { of: typed.get("dong").trim().parse().unwrap_or(0), text },
            "ket-thuc" => Says::Closed { text },
            _ => Says::Update { text },
        };
        if !faults.is_empty() {
            return Err(Problem::Invalid(faults));
        }
        store::add(&app, &staff, breach.id, says).await
    };
    match added.await {
        Ok(()) => see(visitor.lang, &format!("{PAGE}/{id}?xong=ghi")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => record(&app, &staff, &visitor, &id, None, typed, wrong, status).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

async fn print(Given(app): Given<App>, staff: Staff, visitor: Visitor, Path(id): Path<String>) -> Response {
    let page = async {
        let breach = found(&app, &staff, &id).await?;
        staff.saw(&app, "breach.export", breach.id.to_string()).await?;
        let (lang, now) = (visitor.lang, app.clock.now());
        let w = lang.breach();
        let (clock, _) = clock_says(clock(&breach, now.as_microsecond()), lang, now);
        Ok::<_, Problem>(PrintPage {
            shell: shell(&app, &visitor, &staff.portal, w.print_title),
            made: w.print_made(date::in_sentence(lang, now, now)),
            noticed: w.noticed_at(date::in_sentence(lang, instant(breach.noticed), now)),
            clock,
            explained: explained(&breach, lang),
            lines: breach.lines.into_iter().map(|line| line_view(line, lang, now)).collect(),
        })
    };
    match page.await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn data(Given(app): Given<App>, staff: Staff, visitor: Visitor, Path(id): Path<String>) -> Response {
    let told = async {
        let breach = found(&app, &staff, &id).await?;
        staff.saw(&app, "breach.export", breach.id.to_string()).await?;
        let rule = rule::on(date::day(instant(breach.noticed)));
        Ok::<_, Problem>(json!({
            "id": breach.id.to_string(),
            "agency": staff.portal.origin.to_string(),
            "noticed": date::machine(instant(breach.noticed)),
            "begun": date::machine(instant(breach.begun)),
            "hours": rule.as_ref().map(|rule| rule.hours),
            "legal_basis": rule.as_ref().map(|rule| rule.basis.clone()),
            "authority_told": breach.told().map(|at| date::machine(instant(at))),
            "closed": breach.is_closed(),
            "lines": breach.lines.iter().map(|line| json!({
                "number": line.seq, "at": date::machine(instant(line.at)), "by": line.name, "says": line.says,
            })).collect::<Vec<_>>(),
        }))
    };
    match told.await {
        Ok(told) => {
            let name = format!("attachment; filename=\"su-co-{id}.json\"");
            ([(header::CONTENT_DISPOSITION, name)], Json(told)).into_response()
        }
        Err(problem) => failure(&app, &visitor, problem),
    }
}
