//! Petitions: asked at any portal, answered by whoever must, followed by whoever asked.
//!
//! `asking` reads what somebody sends, `register` gives it a code, a secret and a place in the log, `following` shows its way to
//! whoever holds both, `handling` is the console. `life` decides every step of a case, `clock` counts its days; both are pure. What a
//! petition says and who sent it stand in tables of their own and nowhere else: no log, trace, address or error repeats a word
//! of it. What readers see of an answered one is a text of its own, masked and approved by a second person. `api` is the door for
//! programs, `verify` whether a sender reads the address they gave, `similar` what was answered before to others.
//!
//! `exchange` takes cases and answers to other systems and from them, by the codes that those give.
//!
//! `ties` is how cases hang together: one matter, several parts, help of others.
//!
//! A case has one owner at every moment; `handover` passes it between portals, of this node or of others. `suggested` says who must answer, by
//! the table and the model of `routing`, and a clerk decides.

pub mod api;
pub mod asking;
pub mod authority;
mod brief;
pub mod clock;
pub mod contact;
pub mod exchange;
mod facts;
pub mod following;
pub mod handling;
pub mod handover;
pub mod jobs;
pub mod life;
pub mod mail;
pub mod place;
pub mod proof;
pub mod public;
pub mod receipt;
pub mod recommend;
mod record;
pub mod register;
pub mod route;
pub mod rules;
pub mod secret;
pub mod similar;
pub mod store;
mod suggested;
pub mod templates;
pub mod ties;
pub mod urgent;
pub mod verify;

use axum::routing::{get, post as posted};

use crate::app::App;
use crate::people::Duty;
use crate::web::routes::{Route, desk_form, desk_page, door_form, open_page, page_upload};
use crate::words::Lang;

pub use brief::{Glance, glance};

/// What was asked and answered.
pub const HOME: &str = "/phan-anh";
/// Where somebody asks.
pub const ASK: &str = "/phan-anh/gui";
/// Where somebody follows what they asked.
pub const FOLLOW: &str = "/phan-anh/tra-cuu";
/// The console's queues.
pub const DESK: &str = "/ban-lam-viec/phan-anh";

/// How a sender appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// By name.
    Named,
    /// By name, which whoever handles the case does not see.
    Hidden,
    /// Without a name.
    Anonymous,
}

impl Mode {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Mode; 3] = [Mode::Named, Mode::Hidden, Mode::Anonymous];

    /// The word that is stored and posted.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Named => "named",
            Mode::Hidden => "hidden",
            Mode::Anonymous => "anonymous",
        }
    }

    /// That of a word.
    pub fn of(word: &str) -> Option<Mode> {
        Mode::ALL.into_iter().find(|mode| mode.word() == word)
    }

    /// What it is called.
    pub fn name(self, lang: Lang) -> &'static str {
        let w = lang.petition();
        match self {
            Mode::Named => w.mode_named,
            Mode::Hidden => w.mode_hidden,
            Mode::Anonymous => w.mode_anonymous,
        }
    }
}

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    let page = |path, what, handler| desk_page(path, Duty::Petitions, what, handler);
    let mut rows = vec![
        open_page(HOME, "petitions that were answered", get(public::list)),
        open_page(ASK, "send a petition", get(asking::page)),
        page_upload(ASK, "registers a petition", posted(asking::sent), asking::MOST_BODY),
        open_page(FOLLOW, "follow a petition by its code and secret", get(following::page)),
        door_form(FOLLOW, "shows a petition to whoever holds its secret", posted(following::shown)),
        page_upload(
            "/phan-anh/tra-cuu/viec",
            "reply, rate, reopen, take back a petition",
            posted(following::acts),
            asking::MOST_BODY,
        ),
        door_form("/phan-anh/tra-cuu/giay", "a petition's receipt with its proof", posted(following::paper)),
        open_page(
            "/phan-anh/xac-nhan/{token}",
            "the link by which an address is proven",
            get(verify::pages::link),
        ),
        door_form("/phan-anh/xac-nhan/{token}", "proves it", posted(verify::pages::confirmed)),
        open_page("/phan-anh/thong-ke", "how petitions are answered, by agency", get(public::figures)),
        open_page("/phan-anh/ho-so/{code}", "a petition that was answered", get(public::one)),
        page(DESK, "petitions to be answered", get(handling::queue)),
        desk_form(DESK, Duty::Petitions, "seeks in a queue of petitions", posted(handling::sought)),
        page("/ban-lam-viec/phan-anh/{code}", "a petition", get(handling::one)),
        desk_form(
            "/ban-lam-viec/phan-anh/{code}",
            Duty::Petitions,
            "a step of a petition",
            posted(handling::step),
        ),
        desk_form(
            "/ban-lam-viec/phan-anh/nhieu",
            Duty::Petitions,
            "a step for several petitions: what it will do, then does it",
            posted(handling::bulk::bulk),
        ),
        page(templates::pages::HOME, "texts that the agency answers with", get(templates::pages::page)),
        desk_form(
            templates::pages::HOME,
            Duty::Petitions,
            "keeps or drops one of them",
            posted(templates::pages::save),
        ),
        page("/ban-lam-viec/phan-anh/{code}/tep/{seq}/{n}", "a file of a petition", get(handling::file)),
    ];
    rows.extend(authority::pages::routes());
    rows.extend(recommend::routes());
    rows.extend(ties::routes());
    rows.extend(urgent::routes());
    rows.extend(brief::routes());
    rows.extend(exchange::forward::pages::routes());
    rows
}

/// The rows that are no pages.
pub fn machines() -> Vec<Route> {
    let mut rows = vec![open_page("/phan-anh/thong-ke.csv", "the same as CSV", get(public::csv))];
    rows.extend(brief::machines());
    rows
}

/// What an act of the audit trail is called; none for acts of others.
pub fn act_name(act: &str, lang: Lang) -> Option<&'static str> {
    let w = lang.petition();
    Some(match act {
        "petition.seen" => w.act_seen,
        "petition.contact" => w.act_contact,
        "petition.step" => w.act_step,
        "petition.exchange" => w.act_exchange,
        "petition.forward" => lang.petition_forward().act,
        "petition.brief" => lang.brief().act,
        "authority.choices" => lang.authority().act_choices,
        "authority.load" => lang.authority().act,
        "petition.urgent" => lang.petition_urgent().act,
        "petition.template" => lang.petition_bulk().act_template,
        _ => return None,
    })
}

/// Reminds and closes in office hours, reads what is published and takes what comes by mail, until the node stops.
pub async fn run(app: App) {
    futures::future::join3(jobs::run(&app), similar::run(&app), mail::run(&app)).await;
}
