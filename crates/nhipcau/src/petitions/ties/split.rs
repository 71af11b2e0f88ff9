//! Splitting: what asks several things becomes parts, each a case with a code, a clock and an agency of its own.
//!
//! A part's clock begins where that of the whole began: nobody waits longer because an agency sorts. Who sent it stays with the whole; a part
//! is opened by the secret of the whole, so its sender keeps one. Of a case that was asked at another node the parts are registered there
//! (`afar`).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use network::names::Origin;
use serde_json::json;
use vietnam::petition_code::Unit;

use super::super::asking::check;
use super::super::following::name_of;
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
use super::{PART, afar, store};
use crate::app::App;
use crate::clock::instant;
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
    /// Where the parts are registered, if that is another node.
    home: Option<String>,
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
    let left = left(app, staff, &case, typed, lang).await?;
    let home = home(app, &case, lang).await?;
    let asked: usize = typed.get("so").parse().unwrap_or(FIRST.max(left.len()));
    let count = (asked + usize::from(typed.get("viec") == "them")).clamp(2, MOST);
    let part = |n: usize| {
        let (words, to) = (format!("loi-{n}"), format!("toi-{n}"));
        let fault = |field: &str| wrong.at(field).map(str::to_owned);
        let faults = (fault(&words), fault(&to));
        let (said, agency) = match left.get(n - 1) {
            Some((said, agency)) => (said.as_str(), agency.as_str()),
            None => (typed.get(&words), typed.get(&to)),
        };
        Part { words: said.to_owned(), to: agency.to_owned(), faults }
    };
    Ok(SplitPage {
        shell: shell(app, visitor, &staff.portal, lang.petition_tie().split),
        desk: Desk::of(staff, lang, DESK, None),
        version: typed.some("ban").unwrap_or_else(|| case.version.to_string()),
        code: case.code,
        words: words.map(|(_, words)| words).unwrap_or_default(),
        parts: (1..=count).map(part).collect(),
        more: count < MOST,
        home,
        targets: route::near(app, &staff.portal.origin, lang),
        wrong,
    })
}

/// What a form begins with after the portal where the case was asked has refused the parts: what was asked for then.
async fn left(
    app: &App,
    staff: &Staff,
    case: &Case,
    typed: &Fields,
    lang: Lang,
) -> Result<Vec<(String, String)>, Problem> {
    if typed.has("ban") {
        return Ok(Vec::new());
    }
    let left = afar::Afar::of(&mut app.db.read().await?, case, lang).await?.left;
    let own = staff.portal.origin.as_str();
    let typed = |agency: String| match route::chosen(app, &staff.portal.origin, &agency) {
        Some(target) => target.typed(),
        None if agency == own => String::new(),
        None => agency,
    };
    Ok(left.into_iter().map(|(words, agency)| (words, typed(agency))).collect())
}

/// Where the parts of a case are registered, if that is at another node.
async fn home(app: &App, case: &Case, lang: Lang) -> Result<Option<String>, Problem> {
    let mut conn = app.db.read().await?;
    let origin = handover::named(&mut conn, case).await?.origin;
    match handover::seat(app, &origin) {
        Some(_) => Ok(None),
        None => Ok(Some(name_of(app, &mut conn, case.asked, lang).await?)),
    }
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

/// What the parts of a case begin with.
pub(super) struct Begins<'a> {
    /// The portal that registers them.
    pub seat: &'a Seat,
    /// The short code of its agency.
    pub unit: &'a Unit,
    /// The whole.
    pub whole: &'a Case,
    /// The place in its sender's words.
    pub place: &'a str,
    /// Who splits it; empty if that is nobody of this node.
    pub account: &'a str,
}

/// Registers a part of a case, ties it to the whole, and passes it on if it is for another agency.
///
/// # Errors
/// The log may not sign now; nobody can be written to there; the database's.
pub(super) async fn begin(
    app: &App,
    tx: &mut Tx,
    begins: &Begins<'_>,
    (words, to): (&str, Option<Origin>),
) -> Result<Case, Problem> {
    let Begins { seat, unit, whole, place, account } = *begins;
    let id = app.dice.id(&app.clock)?.to_string();
    // Nobody is told it: a part is opened by the secret of the whole.
    let secret = Secret::marked(app.people.seal.mark("petition.part", &id));
    let salt: [u8; 32] = app.dice.bytes()?;
    let anonymous = whole.mode == Mode::Anonymous.word();
    let part = Case {
        once: app.people.seal.mark("petition.once", &id).to_vec(),
        urgent: i64::from(!Emergency::read(words, date::day(instant(tx.ledger.now()))).is_empty()),
        salt: salt.to_vec(),
        sort: whole.sort.clone(),
        place: whole.place.clone(),
        mode: if anonymous { Mode::Anonymous } else { Mode::Hidden }.word().to_owned(),
        lang: whole.lang.clone(),
        clock_from: whole.clock_from,
        clock_days: whole.clock_days,
        clock_unit: whole.clock_unit.clone(),
        added: whole.added,
        id,
        ..Case::default()
    };
    let new = New { unit, secret: &secret, place, words, files: &[] };
    let part = register::enter(app, tx, seat, part, new).await?;
    store::tie(tx, &part.id, PART, &whole.id, account).await?;
    if let Some(to) = to {
        let says = Lang::of_code(&whole.lang).petition_tie().part_of(&whole.code);
        handling::passed_on(app, tx, seat, part.clone(), (account, says), to).await?;
    }
    Ok(part)
}

async fn split(app: &App, staff: &Staff, code: &str, typed: &Fields) -> Result<(), Problem> {
    let (actor, parts) = (Actor::of(staff), wanted(app, staff, typed)?);
    let version: i64 = typed.get("ban").parse().unwrap_or(0);
    let unit = register::unit(app, &staff.portal);
    let code = code.to_owned();
    let line = staff.line("petition.step", code.clone()).with(json!({ "act": "tach", "parts": parts.len() }));
    let seat = Seat::from(&*staff.portal);
    let (app, db) = (app.clone(), app.db.clone());
    db.write("petition.split", async move |tx: &mut Tx| -> Result<(), Problem> {
        let (mut whole, _, _) = handling::begun(&app, tx, &actor, (&code, version), Act::Split).await?;
        let account = actor.by.account.to_string();
        whole.count(&app.calendar.now(), tx.ledger.now());
        handling::saved(tx, &whole).await?;
        if handover::seat(&app, &handover::named(tx.conn(), &whole).await?.origin).is_none() {
            let to = |target: Option<Target>| target.map_or_else(|| seat.origin.clone(), |to| to.origin);
            let wanted = parts.into_iter().map(|(words, target)| (words, to(target))).collect();
            afar::splits(&app, tx, &whole, wanted, &account).await?;
            return Ok(audit::add(tx, line).await?);
        }
        let place = cases::words(tx.conn(), &whole.id).await?.map(|(place, _)| place).unwrap_or_default();
        let begins = Begins { seat: &seat, unit: &unit, whole: &whole, place: &place, account: &account };
        let many = parts.len();
        for (words, target) in parts {
            begin(&app, tx, &begins, (&words, target.map(|target| target.origin))).await?;
        }
        let (act, detail) = ("parted".to_owned(), many.to_string());
        let step = Step { log: seat.log, account, act, shown: 1, detail, ..Step::default() };
        let step = Step { seq: steps::add(tx, &whole.id, &step).await?, at: tx.ledger.now(), ..step };
        handling::on(&app, tx, &seat, &whole, &step, Goes::Nowhere).await?;
        Ok(audit::add(tx, line).await?)
    })
    .await
}
