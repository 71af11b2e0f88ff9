//! The page that somebody gets for a petition: its code, its secret (once), by when there will be an answer, and the proof.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use vietnam::working_time::Period;

use super::asking::shell;
use super::register::Registered;
use super::rules::{Clock, Emergency};
use super::store::Case;
use super::{FOLLOW, Mode};
use crate::agencies::Portal;
use crate::app::App;
use crate::clock::instant;
use crate::items::view::qr_svg;
use crate::people::forms::Fields;
use crate::people::pages::drawn;
use crate::web::assets;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionWords, date};

/// By when there will be an answer: in one sentence, the page that counts it day by day, what it rests on.
pub struct Due {
    /// The sentence.
    pub says: String,
    /// The last day.
    pub day: String,
    /// The page.
    pub href: String,
    /// The rule.
    pub basis: String,
}

impl Due {
    /// That of a case; nothing where no rule sets a clock, or the calendar does not go that far.
    pub fn of(app: &App, case: &Case, lang: Lang) -> Option<Due> {
        let registered = date::day(instant(case.registered));
        let (answer, more) = (Clock::of("answer", registered)?, Clock::of("more", registered));
        let deadline = case.clock().deadline(&app.calendar.now(), more.as_ref(), app.clock.micros())?;
        let (count, kind) = match deadline.period {
            Period::WorkingDays(count) => (count, "ngay-lam-viec"),
            Period::CalendarDays(count) | Period::Hours(count) | Period::WorkingHours(count) => {
                (count, "ngay")
            }
        };
        let from = deadline.from.day();
        Some(Due {
            says: if lang == Lang::Vi { deadline.vi() } else { deadline.en() },
            day: date::long_date(lang, deadline.end),
            href: lang.path(&format!("/dich-vu/thoi-han?tu={from}&so={count}&tinh={kind}")),
            basis: answer.basis,
        })
    }
}

#[derive(Template)]
#[template(path = "petitions/receipt.html")]
struct ReceiptPage {
    shell: Shell,
    code: String,
    secret: String,
    qr: String,
    follow: String,
    at: String,
    mode: &'static str,
    hidden: bool,
    /// True if a mail goes to the address that was given.
    mailed: bool,
    due: Option<Due>,
    danger: Vec<Emergency>,
}

impl ReceiptPage {
    fn script(&self) -> &'static str {
        assets::ask()
    }

    fn p(&self) -> &'static PetitionWords {
        self.shell.lang.petition()
    }
}

/// The page, right after the petition was registered.
pub fn first(
    app: &App,
    visitor: &Visitor,
    portal: &Portal,
    registered: &Registered,
    typed: &Fields,
) -> Response {
    let (lang, case) = (visitor.lang, &registered.case);
    let at = instant(case.registered);
    let follow = format!("{}{}", visitor.base, lang.path(FOLLOW));
    let secret = registered.secret.shown();
    let mode = Mode::of(&case.mode).unwrap_or(Mode::Named);
    let mut shell = shell(app, visitor, portal, lang.petition().receipt_title);
    // Nothing is to be asked again by a mere change of language.
    shell.path = super::ASK.into();
    let page = ReceiptPage {
        qr: qr_svg(&format!("{follow}\n{}\n{secret}", registered.code)).unwrap_or_default(),
        code: registered.code.clone(),
        secret,
        follow,
        at: lang.words().at_day(date::hour(at), date::date(lang, date::day(at))),
        mode: mode.name(lang),
        hidden: mode == Mode::Hidden,
        due: Due::of(app, case, lang),
        mailed: app.mailer.is_some() && mode != Mode::Anonymous && typed.some("email").is_some(),
        danger: Emergency::read(typed.get("chuyen-gi"), date::day(at)),
        shell,
    };
    drawn(app, visitor, StatusCode::OK, &page)
}
