//! An item that stands, as its own agency sees it: begin the next edition, propose an end, confirm what another proposed.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::with::{CARRIED, With};
use super::{by, draft, hand, kind_name, order, stage_name, translate};
use crate::app::App;
use crate::clock::instant;
use crate::drafts::ends::Target;
use crate::drafts::{acts, ends, store};
use crate::items::pages::title;
use crate::items::publish::{self, Reason};
use crate::items::store::Standing;
use crate::people::Duty;
use crate::people::confirm;
use crate::people::forms::{Fields, Filled, told};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, HOME, ISSUED, drawn, see, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{DeskWords, date};

/// What a proposed end is called.
pub fn how_name(how: &str, w: &'static DeskWords) -> &'static str {
    match how {
        "gone" => w.how_gone,
        "erase" => w.how_erase,
        _ => w.how_withdraw,
    }
}

struct Waiting {
    says: String,
    reason: String,
    basis: String,
    at: i64,
    confirms: bool,
    drops: bool,
}

#[derive(Template)]
#[template(path = "drafts/item.html")]
struct ItemPage {
    shell: Shell,
    desk: Desk,
    reference: String,
    title: String,
    kind: String,
    stage: &'static str,
    edition: String,
    writes: bool,
    /// False for what is erased.
    lives: bool,
    open: Option<String>,
    waiting: Option<Waiting>,
    wrong: Option<String>,
    how: String,
    reason: String,
    basis: String,
}

async fn own(app: &App, staff: &Staff, reference: &str) -> Result<Standing, Problem> {
    let standing = publish::own(app, reference).await?;
    if standing.log == staff.portal.log { Ok(standing) } else { Err(Problem::NotFound("item")) }
}

/// `GET /ban-lam-viec/muc/{reference}`
pub async fn item(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(reference): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let w = visitor.lang.desk();
    let said = match done.word() {
        "dang" => Some(w.done_issued.to_owned()),
        "de-xuat" => Some(w.done_proposed.to_owned()),
        "go" => Some(w.done_ended.to_owned()),
        "bo" => Some(w.done_dropped.to_owned()),
        _ => None,
    };
    if let Some(page) = order::page(&app, &staff, &visitor, &reference, None).await {
        return page;
    }
    answer(&app, &staff, &visitor, &reference, said, None, &Fields::default()).await
}

async fn answer(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    reference: &str,
    said: Option<String>,
    wrong: Option<String>,
    typed: &Fields,
) -> Response {
    let page = async {
        let (lang, now) = (visitor.lang, app.clock.now());
        let w = lang.desk();
        let standing = own(app, staff, reference).await?;
        let mut conn = app.db.read().await?;
        let me = staff.account.id.to_string();
        let waiting = ends::waiting(&mut conn, standing.log, standing.item).await?.map(|p| Waiting {
            says: w.end_waits(how_name(&p.how, w), hand(p.name, lang), date::short(lang, instant(p.at), now)),
            confirms: staff.may(Duty::Approve) && p.account != me,
            drops: staff.may(Duty::Approve) || p.account == me,
            reason: p.reason,
            basis: p.basis,
            at: p.at,
        });
        let name = title(&standing.card, lang).text;
        let open = store::open_of(&mut conn, standing.log, standing.item).await?;
        Ok::<_, Problem>(ItemPage {
            shell: shell(app, visitor, &staff.portal, &name),
            desk: Desk::of(staff, lang, ISSUED, said),
            reference: standing.reference().to_string(),
            title: if name.is_empty() { w.untitled.to_owned() } else { name },
            kind: kind_name(&standing.kind, lang),
            stage: stage_name(acts::stage_of(standing.state), lang),
            edition: w.row_edition(standing.edition),
            writes: staff.may(Duty::Write),
            lives: standing.state != crate::items::State::Erased,
            open: open.map(|id| lang.path(&format!("{HOME}/tin/{id}"))),
            waiting,
            how: typed.get("cach").to_owned(),
            reason: typed.get("ly-do").to_owned(),
            basis: typed.get("can-cu").to_owned(),
            wrong,
        })
    };
    match page.await {
        Ok(page) => {
            let status = if page.wrong.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
            drawn(app, visitor, status, &page)
        }
        Err(problem) => failure(app, visitor, problem),
    }
}

/// `POST /ban-lam-viec/muc/{reference}/sua`
pub async fn next(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(reference): Path<String>,
    Filled(form): Filled,
) -> Response {
    let begun = async {
        let change = form.get("change").parse().map_err(|e: String| Problem::invalid("change", e))?;
        acts::next(&app, &by(&staff), &reference, change).await
    };
    match begun.await {
        // What was typed while the item was issued goes on in its next edition, to be saved.
        Ok(id) if form.has("ban-dich") => {
            translate::carried(&app, &staff, &visitor, (&id.to_string(), form.get("ban-dich")), &form).await
        }
        Ok(id) if form.has(CARRIED) => {
            let id = id.to_string();
            draft::answer(&app, &staff, &visitor, &id, With::typed(&form), StatusCode::OK).await
        }
        Ok(id) => see(visitor.lang, &format!("{HOME}/tin/{id}")),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// `POST /ban-lam-viec/muc/{reference}/go`
pub async fn end(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(reference): Path<String>,
    Filled(form): Filled,
) -> Response {
    if form.get("viec") == "xac-nhan"
        && let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await
    {
        return answer;
    }
    let ordered = order::waiting(&app, &staff, &reference).await;
    let below = ordered.is_some();
    let done = async {
        let target = match ordered {
            Some((target, _)) => target,
            None => Target::Own(Box::new(own(&app, &staff, &reference).await?)),
        };
        let at = form.get("luc").parse().unwrap_or(0);
        match form.get("viec") {
            "xac-nhan" => ends::decide(&app, &by(&staff), &target, at, true).await.map(|_| "go"),
            "bo" => ends::decide(&app, &by(&staff), &target, at, false).await.map(|_| "bo"),
            _ => {
                let reason = Reason {
                    reason: form.get("ly-do").trim().to_owned(),
                    basis: form.some("can-cu"),
                    ..Reason::default()
                };
                ends::propose(&app, &by(&staff), &target, form.get("cach"), reason).await.map(|()| "de-xuat")
            }
        }
    };
    match done.await {
        Ok(said) if below => see(visitor.lang, &format!("{HOME}?xong={said}")),
        Ok(said) => see(visitor.lang, &format!("{HOME}/muc/{reference}?xong={said}")),
        Err(problem) => match told(problem, visitor.lang) {
            Ok((_, why)) if below => match order::page(&app, &staff, &visitor, &reference, Some(why)).await {
                Some(page) => page,
                None => see(visitor.lang, HOME),
            },
            Ok((_, why)) => answer(&app, &staff, &visitor, &reference, None, Some(why), &form).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}
