//! Splitting: what asks several things becomes parts, each a case with a code, a clock and an agency of its own.
//!
//! A part's clock begins where that of the whole began: nobody waits longer because an agency sorts. Who sent it stays with the whole; a part
//! is opened by the secret of the whole, so its sender keeps one.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::super::asking::check;
use super::super::handling::{self, Actor, Goes, held};
use super::super::handover::{self, Seat};
use super::super::life::Act;
use super::super::register::{self, New};
use super::super::route::{self, Target};
use super::super::rules::Emergency;
use super::super::secret::Secret;
use super::super::store::steps::{self, Step};
use super::super::store::{self as cases, Case};
use super::super::{DESK, Mode};
use super::{PART, store};
use crate::app::App;
use crate::db::Tx;
use crate::people::audit;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionTieWords, date};

/// The most parts of one case.
pub const MOST: usize = 10;
/// Parts that a form begins with.
const FIRST: usize = 3;

/// One part's fields, as the form shows them.
struct Part {
    words: String,
    to: String,
    /// What is wrong with its words, and with its agency.
    faults: (Option<String>, Option<String>),
}

#[derive(Template)]
#[template(path = "petitions/split.html")]
struct SplitPage {
    shell: Shell,
    desk: Desk,
    code: String,
    version: String,
    words: String,
    parts: Vec<Part>,
    more: bool,
    targets: Vec<Target>,
    wrong: Wrong,
}

impl SplitPage {
    fn d(&self) -> &'static PetitionTieWords {
        self.shell.lang.petition_tie()
    }
}

/// `GET /ban-lam-viec/phan-anh/{code}/tach`
pub async fn page(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Response {
    let seen = async {
        let case = held(&app, &staff, &code).await?;
        staff.saw(&app, "petition.seen", case.code).await
    };
    match seen.await {
        Ok(()) => {
            show(&app, &staff, &visitor, &code, Fields::default(), Wrong::default(), StatusCode::OK).await
        }
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn show(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    code: &str,
    typed: Fields,
    wrong: Wrong,
    status: StatusCode,
) -> Response {
    match page_of(app, staff, visitor, code, &typed, wrong).await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn page_of(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    code: &str,
    typed: &Fields,
    wrong: Wrong,
) -> Result<SplitPage, Problem> {
    let lang = visitor.lang;
    let case = held(app, staff, code).await?;
    if case.owner != staff.portal.log {
        return Err(Problem::NotFound("petition"));
    }
    let words = cases::words(&mut app.db.read().await?, &case.id).await?;
    let asked: usize = typed.get("so").parse().unwrap_or(FIRST);
    let count = (asked + usize::from(typed.get("viec") == "them")).clamp(2, MOST);
    let part = |n: usize| {
        let (words, to) = (format!("loi-{n}"), format!("toi-{n}"));
        let fault = |field: &str| wrong.at(field).map(str::to_owned);
        let faults = (fault(&words), fault(&to));
        Part { words: typed.get(&words).to_owned(), to: typed.get(&to).to_owned(), faults }
    };
    Ok(SplitPage {
        shell: shell(app, visitor, &staff.portal, lang.petition_tie().split),
        desk: Desk::of(staff, lang, DESK, None),
        version: typed.some("ban").unwrap_or_else(|| case.version.to_string()),
        code: case.code,
        words: words.map(|(_, words)| words).unwrap_or_default(),
        parts: (1..=count).map(part).collect(),
        more: count < MOST,
        targets: route::near(app, &staff.portal.origin, lang),
        wrong,
    })
}

/// `POST /ban-lam-viec/phan-anh/{code}/tach`
pub async fn sent(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(code): Path<String>,
    Filled(typed): Filled,
) -> Response {
    if typed.get("viec") == "them" {
        return show(&app, &staff, &visitor, &code, typed, Wrong::default(), StatusCode::OK).await;
    }
    match split(&app, &staff, &code, &typed).await {
        Ok(()) => see(visitor.lang, &format!("{DESK}/{code}?xong=1#lien-quan")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => show(&app, &staff, &visitor, &code, typed, wrong, status).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

/// A part as it is asked for: its words, and the agency that it goes to if that is not the own one.
type Wanted = (String, Option<Target>);

fn wanted(app: &App, staff: &Staff, typed: &Fields) -> Result<Vec<Wanted>, Problem> {
    let (mut faults, mut parts) = (Vec::new(), Vec::new());
    let fault = |field: String, says: fn(&'static PetitionTieWords) -> &'static str| Fault {
        field,
        vi: says(Lang::Vi.petition_tie()).into(),
        en: says(Lang::En.petition_tie()).into(),
    };
    for n in 1..=MOST {
        let (words, to) = (format!("loi-{n}"), format!("toi-{n}"));
        let target = typed.some(&to).map(|to| route::chosen(app, &staff.portal.origin, &to));
        if typed.some(&words).is_none() && target.is_none() {
            continue;
        }
        let said = check::words(typed, &words, &mut faults);
        match target {
            Some(None) => faults.push(fault(to, |w| w.fault_part_to)),
            Some(target) => parts.push((said, target)),
            None => parts.push((said, None)),
        }
    }
    if faults.is_empty() && parts.len() < 2 {
        faults.push(fault("loi-2".to_owned(), |w| w.fault_parts));
    }
    if faults.is_empty() { Ok(parts) } else { Err(Problem::Invalid(faults)) }
}

async fn split(app: &App, staff: &Staff, code: &str, typed: &Fields) -> Result<(), Problem> {
    let (actor, parts) = (Actor::of(staff), wanted(app, staff, typed)?);
    let version: i64 = typed.get("ban").parse().unwrap_or(0);
    let unit = register::unit(app, &staff.portal);
    let today = date::day(app.clock.now());
    let mut begun = Vec::new();
    for (words, target) in parts {
        let id = app.dice.id(&app.clock)?.to_string();
        // Nobody is told it: a part is opened by the secret of the whole.
        let secret = Secret::marked(app.people.seal.mark("petition.part", &id));
        let salt: [u8; 32] = app.dice.bytes()?;
        let case = Case {
            once: app.people.seal.mark("petition.once", &id).to_vec(),
            urgent: i64::from(!Emergency::read(&words, today).is_empty()),
            salt: salt.to_vec(),
            id,
            ..Case::default()
        };
        begun.push((case, secret, words, target));
    }
    let code = code.to_owned();
    let line = staff.line("petition.step", code.clone()).with(json!({ "act": "tach", "parts": begun.len() }));
    let seat = Seat::from(&*staff.portal);
    let (app, db) = (app.clone(), app.db.clone());
    db.write("petition.split", async move |tx: &mut Tx| -> Result<(), Problem> {
        let (mut whole, _, _) = handling::begun(&app, tx, &actor, (&code, version), Act::Split).await?;
        let named = handover::named(tx.conn(), &whole).await?;
        if handover::seat(&app, &named.origin).is_none() {
            let says = |lang: Lang| lang.petition_tie().refused_elsewhere;
            return Err(Problem::refused(says(Lang::Vi), says(Lang::En)));
        }
        let account = actor.by.account.to_string();
        let place = cases::words(tx.conn(), &whole.id).await?.map(|(place, _)| place).unwrap_or_default();
        let many = begun.len();
        for (part, secret, words, target) in begun {
            let part = Case {
                sort: whole.sort.clone(),
                place: whole.place.clone(),
                mode: if whole.mode == Mode::Anonymous.word() { Mode::Anonymous } else { Mode::Hidden }
                    .word()
                    .to_owned(),
                lang: whole.lang.clone(),
                clock_from: whole.clock_from,
                clock_days: whole.clock_days,
                clock_unit: whole.clock_unit.clone(),
                added: whole.added,
                ..part
            };
            let new = New { unit: &unit, secret: &secret, place: &place, words: &words, files: &[] };
            let part = register::enter(&app, tx, &seat, part, new).await?;
            store::tie(tx, &part.id, PART, &whole.id, &account).await?;
            if let Some(target) = target {
                let says = Lang::of_code(&whole.lang).petition_tie().part_of(&whole.code);
                handling::passed_on(&app, tx, &seat, part, (&account, says), target.origin).await?;
            }
        }
        whole.count(&app.calendar.now(), tx.ledger.now());
        handling::saved(tx, &whole).await?;
        let (act, detail) = ("parted".to_owned(), many.to_string());
        let step = Step { log: seat.log, account, act, shown: 1, detail, ..Step::default() };
        let step = Step { seq: steps::add(tx, &whole.id, &step).await?, at: tx.ledger.now(), ..step };
        handling::on(&app, tx, &seat, &whole, &step, Goes::Nowhere).await?;
        Ok(audit::add(tx, line).await?)
    })
    .await
}
