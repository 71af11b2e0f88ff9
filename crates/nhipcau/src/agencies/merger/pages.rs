//! The wizard in the console: choose, read the whole plan, propose; another person confirms, and both see each step.

use askama::Template;
use axum::extract::{Path, Query, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::store::{self, Merger};
use super::view::{PlanView, StepLine, state_says};
use super::{Asked, State, acts};
use crate::agencies;
use crate::app::App;
use crate::clock::instant;
use crate::people::Duty;
use crate::people::confirm;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, drawn, see, shell};
use crate::people::store as accounts;
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::routes::{Route, desk_form, desk_page};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// Where the wizard stands.
pub const PAGE: &str = "/ban-lam-viec/sap-nhap";

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    use axum::routing::{get, post};
    vec![
        desk_page(PAGE, Duty::Agencies, "mergers and divisions of agencies below", get(list)),
        desk_form(PAGE, Duty::Agencies, "show the plan of a merger, propose it", post(propose)),
        desk_page("/ban-lam-viec/sap-nhap/{id}", Duty::Agencies, "a merger and its steps", get(one)),
        desk_form("/ban-lam-viec/sap-nhap/{id}", Duty::Agencies, "confirm or drop a merger", post(decide)),
    ]
}

/// An agency that can be chosen.
struct Choice {
    origin: String,
    name: String,
    domain: String,
    from: bool,
    into: bool,
    main: bool,
}

struct Row {
    href: String,
    title: String,
    says: String,
    mine: bool,
}

#[derive(Template)]
#[template(path = "agencies/mergers.html")]
struct ListPage {
    shell: Shell,
    desk: Desk,
    choices: Vec<Choice>,
    typed: Fields,
    wrong: Wrong,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "agencies/plan.html")]
struct PlanPage {
    shell: Shell,
    desk: Desk,
    plan: PlanView,
    typed: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "agencies/merger.html")]
struct OnePage {
    shell: Shell,
    desk: Desk,
    id: String,
    state: State,
    says: String,
    by: String,
    plan: PlanView,
    steps: Vec<StepLine>,
    trouble: Option<String>,
    own: bool,
    wrong: Option<String>,
}

impl OnePage {
    fn waits(&self) -> bool {
        self.state == State::Proposed
    }
}

/// `GET /ban-lam-viec/sap-nhap`
async fn list(Given(app): Given<App>, staff: Staff, visitor: Visitor) -> Response {
    form(&app, &staff, &visitor, Fields::default(), Wrong::default(), StatusCode::OK).await
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
        let w = lang.agency();
        let directory = app.directory.load_full();
        let chosen = |field: &str, origin: &str| typed.all(field).any(|one| one == origin);
        let mut choices: Vec<Choice> = directory
            .children(&staff.portal.origin)
            .filter(|agency| agency.closed.is_none() && agency.origin != staff.portal.origin)
            .map(|agency| Choice {
                name: agencies::name(Some(agency), lang, agency.domain.as_str()),
                domain: agency.domain.to_string(),
                from: chosen("ket-thuc", agency.origin.as_str()),
                into: chosen("ke-thua", agency.origin.as_str()),
                main: typed.get("chinh") == agency.origin.as_str(),
                origin: agency.origin.to_string(),
            })
            .collect();
        choices.sort_by(|a, b| (&a.name, &a.domain).cmp(&(&b.name, &b.domain)));
        let mut conn = app.db.read().await?;
        let me = staff.account.id.to_string();
        let rows = store::of_log(&mut conn, staff.portal.log).await?.into_iter().map(|merger| Row {
            href: lang.path(&format!("{PAGE}/{}", merger.id)),
            title: PlanView::title(&merger.plan, lang),
            says: w.merger_row_says(
                state_says(merger.state(), w),
                date::short(lang, instant(merger.proposed), now),
            ),
            mine: merger.state() == State::Proposed && merger.proposer != me,
        });
        Ok::<_, Problem>(ListPage {
            shell: shell(app, visitor, &staff.portal, w.merger_title),
            desk: Desk::of(staff, lang, PAGE, None),
            rows: rows.collect(),
            choices,
            wrong,
            typed,
        })
    };
    match page.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

/// What a form asks for: the main successor first.
fn asked(form: &Fields) -> Asked {
    let from = form.all("ket-thuc").map(str::to_owned).collect();
    let mut into: Vec<String> = form.all("ke-thua").map(str::to_owned).collect();
    let main = form.get("chinh");
    into.sort_by_key(|one| one != main);
    Asked {
        from,
        into,
        basis: form.get("can-cu").trim().to_owned(),
        name: form.some("ten"),
        name_en: form.some("ten-en"),
        code: form.some("ma"),
        accountable: form.some("don-vi"),
    }
}

/// `POST /ban-lam-viec/sap-nhap`
async fn propose(Given(app): Given<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    let asked = asked(&typed);
    if typed.get("viec") == "sua" {
        return form(&app, &staff, &visitor, typed, Wrong::default(), StatusCode::OK).await;
    }
    let problem = if typed.get("viec") == "de-xuat" {
        match acts::propose(&app, &staff.portal, staff.who(), &asked).await {
            Ok(id) => return see(visitor.lang, &format!("{PAGE}/{id}?xong=de-xuat")),
            Err(problem) => problem,
        }
    } else {
        match acts::plan(&app, &staff.portal, &asked).await {
            Ok(plan) => {
                let lang = visitor.lang;
                let kept = typed.pairs().iter().filter(|(name, _)| name != "khoa" && name != "viec");
                let page = PlanPage {
                    shell: shell(&app, &visitor, &staff.portal, lang.agency().merger_plan_title),
                    desk: Desk::of(&staff, lang, PAGE, None),
                    typed: kept.cloned().collect(),
                    plan: PlanView::of(&plan, lang),
                };
                return drawn(&app, &visitor, StatusCode::OK, &page);
            }
            Err(problem) => problem,
        }
    };
    match Wrong::of(problem, visitor.lang) {
        Ok((status, wrong)) => form(&app, &staff, &visitor, typed, wrong, status).await,
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// `GET /ban-lam-viec/sap-nhap/{id}`
async fn one(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let w = visitor.lang.agency();
    let said = match done.word() {
        "de-xuat" => Some(w.merger_said_proposed.to_owned()),
        "xac-nhan" => Some(w.merger_said_confirmed.to_owned()),
        "bo" => Some(w.merger_said_dropped.to_owned()),
        _ => None,
    };
    show(&app, &staff, &visitor, &id, said, None).await
}

async fn found(app: &App, staff: &Staff, id: &str) -> Result<Merger, Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::NotFound("merger"))?;
    let mut conn = app.db.read().await?;
    store::find(&mut conn, staff.portal.log, id).await?.ok_or(Problem::NotFound("merger"))
}

async fn show(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    said: Option<String>,
    wrong: Option<(StatusCode, String)>,
) -> Response {
    let page = async {
        let (lang, now) = (visitor.lang, app.clock.now());
        let w = lang.agency();
        let merger = found(app, staff, id).await?;
        let mut conn = app.db.read().await?;
        let done = store::done(&mut conn, merger.id).await?;
        let who = match merger.proposer.parse::<Uuid>() {
            Ok(account) => accounts::account(&mut conn, account).await?.map(|a| a.name).unwrap_or_default(),
            Err(_) => w.merger_by_token.to_owned(),
        };
        let at = date::short(lang, instant(merger.proposed), now);
        let told = |(_, at, _): &(i64, i64, String)| date::short(lang, instant(*at), now);
        let step = |(at, step)| StepLine {
            says: super::view::step_says(&merger.plan, step, lang),
            done: done.get(at).map(|row| w.step_done(told(row))),
        };
        let trouble = merger.trouble.split_once('\n').map(|(vi, en)| if lang == Lang::Vi { vi } else { en });
        Ok::<_, Problem>(OnePage {
            shell: shell(app, visitor, &staff.portal, w.merger_title),
            desk: Desk::of(staff, lang, PAGE, said),
            id: merger.id.to_string(),
            state: merger.state(),
            says: state_says(merger.state(), w).to_owned(),
            by: w.merger_proposed_by(who, at),
            plan: PlanView::of(&merger.plan, lang),
            steps: merger.plan.steps.iter().enumerate().map(step).collect(),
            trouble: trouble.map(str::to_owned),
            own: merger.proposer == staff.account.id.to_string(),
            wrong: wrong.as_ref().map(|(_, why)| why.clone()),
        })
    };
    match page.await {
        Ok(page) => {
            let status = wrong.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
            drawn(app, visitor, status, &page)
        }
        Err(problem) => failure(app, visitor, problem),
    }
}

/// `POST /ban-lam-viec/sap-nhap/{id}`
async fn decide(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Filled(form): Filled,
) -> Response {
    let confirms = form.get("viec") == "xac-nhan";
    if confirms && let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await {
        return answer;
    }
    let done = async {
        let merger = found(&app, &staff, &id).await?;
        acts::decide(&app, &staff.portal, staff.who(), merger.id, confirms).await
    };
    let said = if confirms { "xac-nhan" } else { "bo" };
    match done.await {
        Ok(()) => see(visitor.lang, &format!("{PAGE}/{id}?xong={said}")),
        Err(Problem::Invalid(faults)) => {
            let why: Vec<&str> = faults.iter().map(|fault| fault.of(visitor.lang)).collect();
            let wrong = (StatusCode::CONFLICT, why.join(" "));
            show(&app, &staff, &visitor, &id, None, Some(wrong)).await
        }
        Err(problem) => match crate::people::forms::told(problem, visitor.lang) {
            Ok(wrong) => show(&app, &staff, &visitor, &id, None, Some(wrong)).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}
