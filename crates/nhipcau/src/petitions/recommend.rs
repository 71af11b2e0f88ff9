//! Recommendations of ministries and localities: a difficulty that an agency files with whoever has the authority to solve it, summarised,
//! and put under the level of that authority. It is a petition like any other: the same code, log, clock, queues, hand-over and answer; the agency is
//! its sender, and follows it by the page on which every sender does.

mod pages;
pub mod store;

use axum::routing::{get, post as posted};
use routing::table::Level;
use serde_json::json;

use super::Mode;
use super::asking::check;
use super::handling::passed_on;
use super::handover::Seat;
use super::register::{self, New};
use super::route;
use super::rules::Clock;
use super::secret::Secret;
use super::store::{self as cases, Case};
use crate::app::App;
use crate::db::Tx;
use crate::people::Duty;
use crate::people::audit;
use crate::people::forms::Fields;
use crate::people::gate::Staff;
use crate::problem::{Fault, Problem};
use crate::web::routes::{Route, desk_form, desk_page};
use crate::words::{Lang, date};

/// Where the console has them.
pub const HOME: &str = "/ban-lam-viec/phan-anh/kien-nghi";
/// The word of their kind.
pub const SORT: &str = "kien-nghi-co-quan";
/// The field with which a form is told from any other.
const ONCE: &str = "lan";
/// The most characters of a summary.
const MOST_SUMMARY: usize = 300;
/// The levels, the lowest first.
pub const LEVELS: [Level; 3] = [Level::Commune, Level::Province, Level::Central];

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        desk_page(HOME, Duty::Petitions, "recommendations that the agency filed", get(pages::page)),
        desk_form(HOME, Duty::Petitions, "files a recommendation", posted(pages::sent)),
    ]
}

/// What opens a recommendation to the agency that filed it: worked out when somebody of the agency looks, and stored nowhere.
fn secret(app: &App, id: &str) -> Secret {
    Secret::marked(app.people.seal.mark("petition.recommendation", id))
}

fn seat_of(staff: &Staff) -> Seat {
    Seat::from(&*staff.portal)
}

/// Files a recommendation: registered at the agency's own portal, and passed to whoever is to solve it in the same step. Its code.
///
/// # Errors
/// What is wrong with the form; the log may not sign now; the database's.
async fn file(app: &App, staff: &Staff, typed: &Fields) -> Result<String, Problem> {
    let mut faults = Vec::new();
    let summary = check::clean(typed.get("tom-tat")).replace('\n', " ");
    match summary.chars().count() {
        0..10 => faults.push(Fault::said("tom-tat", |lang| lang.recommend().fault_summary.to_owned())),
        many if many > MOST_SUMMARY => {
            faults.push(Fault::said("tom-tat", |lang| lang.recommend().fault_summary_long(MOST_SUMMARY)));
        }
        _ => {}
    }
    let words = check::words(typed, "loi", &mut faults);
    let level = LEVELS.into_iter().find(|level| level.id() == typed.get("cap"));
    if level.is_none() {
        faults.push(Fault::said("cap", |lang| lang.recommend().fault_level.to_owned()));
    }
    let target = route::chosen(app, &staff.portal.origin, typed.get("toi"));
    if target.is_none() {
        faults.push(Fault::said("toi", |lang| lang.recommend().fault_target.to_owned()));
    }
    let (Some(level), Some(target), true) = (level, target, faults.is_empty()) else {
        return Err(Problem::Invalid(faults));
    };
    let id = app.dice.id(&app.clock)?.to_string();
    // The very form, sent twice by a click too many or by a line that dropped, is one recommendation.
    let form = json!([seat_of(staff).origin, typed.get(ONCE), summary, words, level.id(), target.origin]);
    let once = if typed.get(ONCE).is_empty() { id.clone() } else { form.to_string() };
    let once = app.people.seal.mark("petition.recommend", &once).to_vec();
    let (secret, salt) = (secret(app, &id), app.dice.bytes::<32>()?);
    let unit = register::unit(app, &staff.portal);
    let answer = Clock::of("answer", date::day(app.clock.now()));
    let case = Case {
        once: once.clone(),
        sort: SORT.to_owned(),
        mode: Mode::Named.word().to_owned(),
        lang: Lang::Vi.code().to_owned(),
        salt: salt.to_vec(),
        clock_days: answer.as_ref().map_or(0, |clock| i64::from(clock.count)),
        clock_unit: answer.as_ref().map_or("calendar", Clock::unit).to_owned(),
        clock_from: app.clock.micros(),
        id,
        ..Case::default()
    };
    let (account, seat) = (staff.account.id.to_string(), seat_of(staff));
    let line = staff.line("petition.step", "").with(json!({ "act": "kien-nghi" }));
    let (app, db) = (app.clone(), app.db.clone());
    db.write("petition.recommend", async move |tx: &mut Tx| -> Result<String, Problem> {
        if let Some(case) = cases::by_once(tx.conn(), &once).await? {
            return Ok(case.code);
        }
        let whole = format!("{summary}\n\n{words}");
        let new = New { unit: &unit, secret: &secret, place: "", words: &whole, files: &[] };
        let case = register::enter(&app, tx, &seat, case, new).await?;
        let kept = store::Filed { petition: case.id.clone(), level: level.id().to_owned(), summary };
        store::keep(tx, seat.log, &kept, &account).await?;
        let code = case.code.clone();
        let says = Lang::Vi.recommend().passed(level.name());
        passed_on(&app, tx, &seat, case, (&account, says), target.origin).await?;
        audit::add(tx, audit::Line { subject: code.clone(), ..line }).await?;
        Ok(code)
    })
    .await
}
