//! The pages of channels: accounts (`list` here, `one`), what is written beside a draft (`forms`), the ledger of an item (`ledger`), and the
//! public registry (`registry`).

pub mod forms;
mod ledger;
mod line;
mod one;
mod registry;
mod settle;
pub mod shown;

use askama::Template;
use axum::extract::{Query, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use channels::{Kind, Stage};
use serde::Deserialize;

use super::fields::{self, Input};
use super::keys;
use super::store::{self, queue};
use super::{Held, New};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::people::Duty;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::problem::Problem;
use crate::sources::both;
use crate::web::answer::failure;
use crate::web::routes::{Route, desk_form, desk_page, open_page};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{ChannelWords, Lang, date};

/// Where accounts stand.
pub const PAGE: &str = "/ban-lam-viec/kenh";
/// Where the public registry stands.
pub const REGISTRY: &str = "/kenh";

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    use axum::routing::{get, post};
    vec![
        open_page(REGISTRY, "the agency's official channels", get(registry::page)),
        desk_page(PAGE, Duty::Work, "accounts at services that reach people elsewhere", get(all)),
        desk_form(PAGE, Duty::People, "add such an account", post(add)),
        desk_page("/ban-lam-viec/kenh/{id}", Duty::Work, "one account and its queue", get(one::show)),
        desk_form(
            "/ban-lam-viec/kenh/{id}",
            Duty::People,
            "check an account, change, pause or remove it",
            post(one::act),
        ),
        desk_form(
            "/ban-lam-viec/kenh/{id}/bai",
            Duty::Approve,
            "say whether a post is there, send it again",
            post(settle::at_account),
        ),
        desk_page(
            "/ban-lam-viec/tin/{id}/kenh",
            Duty::Work,
            "what a draft says on channels",
            get(forms::show),
        ),
        desk_form(
            "/ban-lam-viec/tin/{id}/kenh",
            Duty::Write,
            "write what a draft says on a channel",
            post(forms::save),
        ),
        desk_page(
            "/ban-lam-viec/muc/{reference}/so-phat",
            Duty::Work,
            "where an item was sent",
            get(ledger::show),
        ),
        desk_form(
            "/ban-lam-viec/muc/{reference}/so-phat",
            Duty::Approve,
            "say whether a post of an item is there, send it again",
            post(settle::at_item),
        ),
    ]
}

/// Which service an account is to be added of, and what was just done.
#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default, rename = "dich-vu")]
    kind: String,
    #[serde(default)]
    xong: String,
}

struct Row {
    href: String,
    title: String,
    says: String,
    troubles: Vec<String>,
}

#[derive(Template)]
#[template(path = "channels/list.html")]
struct ListPage {
    shell: Shell,
    desk: Desk,
    rows: Vec<Row>,
    /// True if this person keeps accounts.
    keeps: bool,
    kinds: Vec<(&'static str, &'static str)>,
    kind: &'static str,
    kind_name: &'static str,
    fields: Vec<Input>,
    official: bool,
    wrong: Wrong,
}

impl ListPage {
    fn c(&self) -> &'static ChannelWords {
        self.shell.lang.channel()
    }
}

async fn all(Given(app): Given<App>, staff: Staff, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let w = visitor.lang.channel();
    let said = match asked.xong.as_str() {
        "them" => Some(w.said_added.to_owned()),
        "go" => Some(w.said_removed.to_owned()),
        _ => None,
    };
    let kind = asked.kind.parse().ok();
    let nothing = (Wrong::default(), StatusCode::OK);
    page(&app, &staff, &visitor, said, kind.map(|kind| (kind, None)), nothing).await
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    said: Option<String>,
    adds: Option<(Kind, Option<&Fields>)>,
    (wrong, status): (Wrong, StatusCode),
) -> Response {
    let drawn_up = async {
        let lang = visitor.lang;
        let mut conn = app.db.read().await?;
        let mut rows = Vec::new();
        for held in store::of_log(&mut conn, staff.portal.log).await? {
            rows.push(row(app, &mut conn, &held, lang).await?);
        }
        let typed = adds.and_then(|(_, typed)| typed);
        Ok::<_, Problem>(ListPage {
            shell: shell(app, visitor, &staff.portal, lang.channel().title),
            desk: Desk::of(staff, lang, PAGE, said),
            rows,
            keeps: staff.may(Duty::People),
            kinds: Kind::ALL.map(|kind| (kind.word(), kind.name())).into(),
            kind: adds.map_or("", |(kind, _)| kind.word()),
            kind_name: adds.map_or("", |(kind, _)| kind.name()),
            fields: adds.map(|(kind, typed)| fields::inputs(kind, None, typed, lang)).unwrap_or_default(),
            official: typed.is_none_or(|typed| typed.has("chinh-thuc")),
            wrong,
        })
    };
    match drawn_up.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn row(app: &App, conn: &mut Conn, held: &Held, lang: Lang) -> Result<Row, Problem> {
    let w = lang.channel();
    let mut says = vec![held.about.kind.name().to_owned()];
    if held.paused {
        says.push(w.paused.to_owned());
    }
    says.push(health(app, held, lang));
    for stage in [Stage::Queued, Stage::Failed, Stage::Unconfirmed] {
        match (stage, queue::count(conn, held.id, stage).await?) {
            (_, 0) => {}
            (Stage::Failed, count) => says.push(w.dead(count)),
            (Stage::Unconfirmed, count) => says.push(w.doubtful(count)),
            (_, count) => says.push(w.waits(count)),
        }
    }
    Ok(Row {
        href: lang.path(&format!("{PAGE}/{}", held.id)),
        title: held.name.clone(),
        says: says.join(" · "),
        troubles: troubles(app, held, lang),
    })
}

/// What the last check found, in a few words.
pub(super) fn health(app: &App, held: &Held, lang: Lang) -> String {
    let w = lang.channel();
    let at = || date::in_sentence(lang, instant(held.checked), app.clock.now());
    match (held.checked, held.trouble.is_empty()) {
        (0, _) => w.check_never.to_owned(),
        (_, true) => w.check_good(at()),
        (_, false) => w.check_bad(at()),
    }
}

/// What keeps an account from working, or soon will.
pub(super) fn troubles(app: &App, held: &Held, lang: Lang) -> Vec<String> {
    let mut all = Vec::new();
    if !held.trouble.is_empty() {
        all.push(both(&held.trouble).of(lang).to_owned());
    }
    match keys::open(app, held) {
        Ok(keys) => all.extend(keys::warning(app, held, &keys, lang)),
        Err(problem) => {
            if let Ok((_, why)) = crate::people::forms::told(problem, lang) {
                all.push(why);
            }
        }
    }
    all
}

async fn add(Given(app): Given<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    let Ok(kind) = typed.get("dich-vu").parse::<Kind>() else {
        let fault = fields::fault("dich-vu", |w| w.fault_kind);
        return match Wrong::of(Problem::Invalid(vec![fault]), visitor.lang) {
            Ok((status, wrong)) => page(&app, &staff, &visitor, None, None, (wrong, status)).await,
            Err(problem) => failure(&app, &visitor, problem),
        };
    };
    match added(&app, &staff, kind, &typed).await {
        Ok(()) => see(visitor.lang, &format!("{PAGE}?xong=them")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => {
                page(&app, &staff, &visitor, None, Some((kind, Some(&typed))), (wrong, status)).await
            }
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

async fn added(app: &App, staff: &Staff, kind: Kind, typed: &Fields) -> Result<(), Problem> {
    let id = app.dice.id(&app.clock)?;
    let read = fields::read(app, (id, &staff.portal.origin), kind, None, typed)?;
    let new = New {
        id,
        about: read.about,
        secrets: read.secrets,
        link: read.link,
        official: typed.has("chinh-thuc"),
        ends: read.ends,
    };
    super::add(app, staff.portal.log, new, staff.line("channel.add", id.to_string())).await
}
