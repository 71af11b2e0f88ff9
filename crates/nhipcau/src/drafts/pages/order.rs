//! An erasure that this agency orders of one below, and that waits for a second person.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::hand;
use crate::agencies;
use crate::app::App;
use crate::clock::instant;
use crate::drafts::ends::{self, Proposal, Target};
use crate::items::pages::title;
use crate::items::store;
use crate::people::Duty;
use crate::people::gate::Staff;
use crate::people::pages::{Desk, HOME, drawn, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::date;

#[derive(Template)]
#[template(path = "drafts/order.html")]
struct OrderPage {
    shell: Shell,
    desk: Desk,
    reference: String,
    heading: String,
    /// The item's title, or that it has not come yet.
    title: String,
    /// True if readers of this portal can open it.
    readable: bool,
    says: String,
    waits: String,
    reason: String,
    basis: String,
    at: i64,
    confirms: bool,
    drops: bool,
    wrong: Option<String>,
}

/// The order of this person's agency about an item below that waits, if there is one.
pub(super) async fn waiting(app: &App, staff: &Staff, reference: &str) -> Option<(Target, Proposal)> {
    match ends::proposed(app, reference, Some(staff.portal.log)).await {
        Ok((_, target @ Target::Below { .. }, proposal)) => Some((target, proposal)),
        _ => None,
    }
}

/// Its page; `None` if no such order waits.
pub(super) async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    reference: &str,
    wrong: Option<String>,
) -> Option<Response> {
    let (target, proposal) = waiting(app, staff, reference).await?;
    let status = if wrong.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Some(match of(app, staff, visitor, &target, proposal, wrong).await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    })
}

async fn of(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    target: &Target,
    proposal: Proposal,
    wrong: Option<String>,
) -> Result<OrderPage, Problem> {
    let (lang, now) = (visitor.lang, app.clock.now());
    let (w, d) = (lang.desk(), lang.doors());
    let reference = target.reference();
    let directory = app.directory.load();
    let origin = proposal.origin.parse().map_err(|e| anyhow::anyhow!("a stored log's name: {e}"))?;
    let agency = agencies::name(directory.agency(&origin), lang, &proposal.origin);
    let found = store::find(&mut app.db.read().await?, &reference).await?;
    let name = found.map(|standing| title(&standing.card, lang).text);
    let me = staff.account.id.to_string();
    let mine = proposal.account == me;
    let heading = d.order_title(&agency);
    Ok(OrderPage {
        shell: shell(app, visitor, &staff.portal, &heading),
        desk: Desk::of(staff, lang, HOME, None),
        reference: reference.to_string(),
        readable: name.is_some(),
        title: name.unwrap_or_else(|| d.order_unseen.to_owned()),
        says: d.order_says(&agency),
        waits: w.end_waits(
            super::item::how_name(&proposal.how, w),
            hand(proposal.name, lang),
            date::short(lang, instant(proposal.at), now),
        ),
        reason: proposal.reason,
        basis: proposal.basis,
        at: proposal.at,
        confirms: staff.may(Duty::Approve) && !mine,
        drops: staff.may(Duty::Approve) || mine,
        heading,
        wrong,
    })
}
