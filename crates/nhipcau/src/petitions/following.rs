//! Following: whoever holds code and secret sees the whole way of a case, at any portal of the node, and acts as its sender.
//!
//! The secret comes in the body of a form and stands in no address. A wrong one and an unknown code are answered alike, after the
//! same work, and a network that tries often waits.

pub(super) mod acts;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use network::names::Origin;
use vietnam::petition_code::{Code, NoCode};

use super::asking::{shell, upload};
use super::receipt::Due;
use super::rules::Kind;
use super::secret::{Secret, same};
use super::store::{self, Case, draft, steps};
use super::ties::view::Seen;
use super::verify::Stands;
use super::{Mode, facts, handover, place, proof, ties};
use crate::agencies;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::pages::portal;
use crate::logs::store as logs;
use crate::people::forms::{Fields, Wrong};
use crate::people::gate::Open;
use crate::people::pages::drawn;
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionTieWords, PetitionWords, date};

/// The fields of code and secret.
const CODE: &str = "ma";
const SECRET: &str = "bi-mat";
/// The code of the part that is looked at, of a case that was split.
const PART: &str = "phan";

#[derive(Template)]
#[template(path = "petitions/follow.html")]
struct FollowPage {
    shell: Shell,
    typed: Fields,
    wrong: Wrong,
}

impl FollowPage {
    fn p(&self) -> &'static PetitionWords {
        self.shell.lang.petition()
    }
}

/// `/phan-anh/tra-cuu`
pub async fn page(State(app): State<App>, visitor: Visitor) -> Response {
    form(&app, &visitor, Fields::default(), StatusCode::OK, Wrong::default())
}

fn form(app: &App, visitor: &Visitor, typed: Fields, status: StatusCode, wrong: Wrong) -> Response {
    match portal(app, visitor) {
        Ok(portal) => {
            let shell = shell(app, visitor, &portal, visitor.lang.petition().follow_title);
            drawn(app, visitor, status, &FollowPage { shell, typed, wrong })
        }
        Err(answer) => *answer,
    }
}

/// The case of a code and its secret, for whoever may ask now.
///
/// # Errors
/// What is no code; the one answer to all that does not open; that this network has to wait.
pub(super) async fn opened(app: &App, visitor: &Visitor, typed: &Fields) -> Result<Case, Problem> {
    let now = app.clock.micros();
    let waits = visitor.client.map_or(0, |client| app.petition_tries.wait(client, now));
    if waits > 0 {
        let says = |lang: Lang| lang.petition().wait(waits);
        return Err(Problem::TooOften { vi: says(Lang::Vi), en: says(Lang::En) });
    }
    let code: Code = typed.get(CODE).parse().map_err(|why| {
        let says = |lang: Lang| match why {
            NoCode::Shape => lang.petition().fault_code.to_owned(),
            NoCode::Check => lang.petition().fault_check.to_owned(),
        };
        Problem::Invalid(vec![Fault { field: CODE.into(), vi: says(Lang::Vi), en: says(Lang::En) }])
    })?;
    let code = code.to_string();
    let secret = Secret::read(typed.get(SECRET));
    let case = store::find(&mut app.db.read().await?, &code).await?;
    // As much work for a code that nobody has.
    let given = secret.unwrap_or_else(|| Secret::of([0; 16])).kept(&code);
    let due = case.as_ref().map_or_else(|| vec![0; 32], |case| case.secret.clone());
    let part = typed.some(PART);
    let opened = match (case.filter(|_| same(&given.0, &due)), part) {
        (Some(whole), Some(part)) => ties::view::part(&mut app.db.read().await?, &whole, &part).await?,
        (opened, _) => opened,
    };
    match opened {
        Some(case) => Ok(case),
        None => {
            if let Some(client) = visitor.client {
                app.petition_tries.failed(client, now);
            }
            let says = |lang: Lang| lang.petition().not_opened.to_owned();
            Err(Problem::Forbidden { vi: says(Lang::Vi), en: says(Lang::En) })
        }
    }
}

/// `POST /phan-anh/tra-cuu`
pub async fn shown(State(app): State<App>, visitor: Visitor, Open(typed): Open) -> Response {
    match opened(&app, &visitor, &typed).await {
        Ok(case) => {
            let keys = Keys::of(&case, &typed);
            draw(&app, &visitor, keys, Fields::default(), StatusCode::OK, None, Wrong::default()).await
        }
        Err(problem) => refused(&app, &visitor, typed, problem),
    }
}

fn refused(app: &App, visitor: &Visitor, typed: Fields, problem: Problem) -> Response {
    match Wrong::of(problem, visitor.lang) {
        Ok((status, wrong)) => form(app, visitor, typed, status, wrong),
        Err(problem) => failure(app, visitor, problem),
    }
}

/// `POST /phan-anh/tra-cuu/giay`
pub async fn paper(State(app): State<App>, visitor: Visitor, Open(typed): Open) -> Response {
    let case = match opened(&app, &visitor, &typed).await {
        Ok(case) => case,
        Err(problem) => return refused(&app, &visitor, typed, problem),
    };
    match proof::file(&app, &case, visitor.lang, typed.get("dang") == "tlog-proof").await {
        Ok(file) => file,
        Err(problem) => refused(&app, &visitor, typed, problem),
    }
}

/// `POST /phan-anh/tra-cuu/viec`: what its sender does.
pub async fn acts(State(app): State<App>, visitor: Visitor, request: Request) -> Response {
    let came = match upload::read(&app, &visitor, request).await {
        Ok(came) => came,
        Err(answer) => return *answer,
    };
    let typed = came.fields;
    let case = match opened(&app, &visitor, &typed).await {
        Ok(case) => case,
        Err(problem) => return refused(&app, &visitor, typed, problem),
    };
    let keys = Keys::of(&case, &typed);
    match acts::act(&app, &case, &typed, came.files).await {
        Ok(said) => {
            let said = said(visitor.lang.petition()).to_owned();
            draw(&app, &visitor, keys, Fields::default(), StatusCode::OK, Some(said), Wrong::default()).await
        }
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => draw(&app, &visitor, keys, typed, status, None, wrong).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

/// What opens a case again: its forms carry it on.
struct Keys {
    code: String,
    secret: String,
    /// The code of the part that is looked at; empty for the whole.
    part: String,
}

impl Keys {
    fn of(case: &Case, typed: &Fields) -> Keys {
        let secret = Secret::read(typed.get(SECRET)).map(|secret| secret.shown()).unwrap_or_default();
        let whole = typed.some(PART).and_then(|_| typed.get(CODE).parse::<Code>().ok());
        match whole {
            Some(code) => Keys { code: code.to_string(), secret, part: case.code.clone() },
            None => Keys { code: case.code.clone(), secret, part: String::new() },
        }
    }

    /// The code of what is looked at.
    fn shown(&self) -> &str {
        if self.part.is_empty() { &self.code } else { &self.part }
    }
}

/// One thing that happened, as its sender reads it.
struct Line {
    head: String,
    at: String,
    words: String,
    files: Vec<String>,
}

#[derive(Template)]
#[template(path = "petitions/case.html")]
struct CasePage {
    shell: Shell,
    keys: Keys,
    said: Option<String>,
    state: String,
    sort: String,
    place: String,
    mode: &'static str,
    agency: String,
    since: String,
    due: Option<Due>,
    late: bool,
    words: String,
    lines: Vec<Line>,
    replies: bool,
    asked: bool,
    rates: bool,
    reopens: bool,
    withdraws: bool,
    has_contact: bool,
    mail: Stands,
    mails: bool,
    readable: bool,
    ties: Seen,
    typed: Fields,
    wrong: Wrong,
}

impl CasePage {
    fn t(&self) -> &'static PetitionTieWords {
        self.shell.lang.petition_tie()
    }

    fn p(&self) -> &'static PetitionWords {
        self.shell.lang.petition()
    }
}

#[allow(clippy::too_many_arguments, reason = "one page, drawn after each of its acts")]
async fn draw(
    app: &App,
    visitor: &Visitor,
    keys: Keys,
    typed: Fields,
    status: StatusCode,
    said: Option<String>,
    wrong: Wrong,
) -> Response {
    match page_of(app, visitor, keys, typed, said, wrong).await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn page_of(
    app: &App,
    visitor: &Visitor,
    keys: Keys,
    typed: Fields,
    said: Option<String>,
    wrong: Wrong,
) -> Result<CasePage, Problem> {
    let lang = visitor.lang;
    let p = lang.petition();
    let here = visitor.portal.clone().ok_or(Problem::NotFound("portal"))?;
    let mut conn = app.db.read().await?;
    let case = store::find(&mut conn, keys.shown()).await?.ok_or(Problem::NotFound("petition"))?;
    let path = steps::of(&mut conn, &case.id).await?;
    let files = steps::files(&mut conn, &case.id).await?;
    let draft = draft::find(&mut conn, &case.id).await?;
    let (time, now) = (app.calendar.now(), app.clock.micros());
    let facts = facts::of(&case, &path, draft.as_ref(), &time, now);
    let agency = name_of(app, &mut conn, case.owner, lang).await?;
    let stands = stands(app, &mut conn, &case, facts.state, lang).await?;
    let mut lines = Vec::new();
    for step in path.iter().filter(|step| step.shown == 1) {
        let who = name_of(app, &mut conn, step.log, lang).await?;
        let to = match step.detail.parse() {
            Ok(log) if handover::told::names_agency(&step.act) => name_of(app, &mut conn, log, lang).await?,
            _ => step.detail.clone(),
        };
        lines.push(Line {
            head: happened(&step.act, &who, &to, lang),
            at: date::in_sentence(lang, instant(step.at), instant(now)),
            words: step.words.clone(),
            files: files.iter().filter(|file| file.seq == step.seq).map(|file| file.name.clone()).collect(),
        });
    }
    let words = store::words(&mut conn, &case.id).await?;
    let contact = store::contact(app, &mut conn, &case.id).await?;
    let open = facts.state.is_open();
    let due = Due::of(app, &case, lang).filter(|_| open);
    let last = case.last_day(&time, now);
    let place = place::name(&case.place, lang);
    let said_place = words.as_ref().map(|(place, _)| place.clone()).unwrap_or_default();
    Ok(CasePage {
        shell: shell(app, visitor, &here, p.case_title),
        said,
        state: stands,
        sort: Kind::name_of(&case.sort, lang),
        place: [said_place, place].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        mode: Mode::of(&case.mode).unwrap_or(Mode::Named).name(lang),
        since: date::in_sentence(lang, instant(case.owned), instant(now)),
        late: open && last.is_some_and(|last| date::day(instant(now)) > last),
        due,
        agency,
        readable: words.is_some(),
        words: words.map(|(_, words)| words).unwrap_or_default(),
        lines,
        replies: open,
        asked: facts.state == super::life::State::Asked,
        rates: facts.ratable && !open,
        reopens: facts.reopenable && !open,
        withdraws: open,
        has_contact: contact.is_some(),
        mail: Stands::of(app, &mut conn, &case, contact.as_ref()).await?,
        mails: app.mailer.is_some(),
        ties: Seen::of(app, &mut conn, &case, lang).await?,
        keys,
        typed,
        wrong,
    })
}

/// The name of the agency of a log.
///
/// # Errors
/// The database's.
pub async fn name_of(app: &App, conn: &mut Conn, log: i64, lang: Lang) -> Result<String, Problem> {
    let Some(head) = logs::head(conn, log).await? else { return Ok(String::new()) };
    Ok(agencies::name(app.directory.load().agency(&head.origin), lang, head.origin.as_str()))
}

/// Where a case stands, in a sentence: what this node was told, unless it is being handed over, or the public record knows more by now.
///
/// # Errors
/// The database's.
pub async fn stands(
    app: &App,
    conn: &mut Conn,
    case: &Case,
    at: super::life::State,
    lang: Lang,
) -> Result<String, Problem> {
    let w = lang.petition_pass();
    let agency = name_of(app, conn, case.owner, lang).await?;
    let directory = app.directory.load_full();
    let name = |origin: &Origin| agencies::name(directory.agency(origin), lang, origin.as_str());
    let named = handover::named(conn, case).await?;
    let record = handover::store::record(conn, &directory, &named).await?;
    if let Some(record) = record.filter(|record| i64::from(record.epoch) > case.epoch)
        && at.is_open()
    {
        return Ok(w.recorded(name(&record.owner)));
    }
    Ok(match case.handing.parse() {
        Ok(to) => w.handing(agency, name(&to)),
        Err(_) => state(at, &agency, lang),
    })
}

/// Where a case stands, in a sentence.
pub fn state(state: super::life::State, agency: &str, lang: Lang) -> String {
    use super::life::State;
    let p = lang.petition();
    match state {
        State::New => p.state_new(agency),
        State::Work => p.state_work(agency),
        State::Asked => p.state_asked(agency),
        State::Review => p.state_review(agency),
        State::Answered => p.state_answered(agency),
        State::Closed => p.state_closed.to_owned(),
        State::Withdrawn => p.state_withdrawn.to_owned(),
    }
}

/// What happened, in a sentence; `to` is whom or what else it names.
pub fn happened(act: &str, who: &str, to: &str, lang: Lang) -> String {
    let p = lang.petition();
    match act {
        "registered" => p.did_registered(who),
        "inherited" => lang.petition_pass().did_inherited(who, to),
        "accepted" => lang.petition_pass().did_accepted(who),
        "declined" => lang.petition_pass().did_declined(who),
        "recalled" => lang.petition_pass().did_recalled(who),
        "claimed" => p.did_claimed(who),
        "passed" => p.did_passed(who, to),
        "returned" => p.did_returned(who, to),
        "asked" => p.did_asked(who),
        "replied" => p.did_replied.to_owned(),
        "extended" => p.did_extended(who, to),
        "progress" => p.did_progress(who),
        "answered" => p.did_answered(who),
        "reopened" => p.did_reopened.to_owned(),
        "rated" => p.did_rated.to_owned(),
        "withdrawn" => p.did_withdrawn.to_owned(),
        "forgotten" => p.did_forgotten.to_owned(),
        "outside" => p.did_outside(who),
        "closed" => p.did_closed.to_owned(),
        "merged" => lang.petition_tie().did_merged(who, to),
        "unmerged" => lang.petition_tie().did_unmerged(who),
        "parted" => lang.petition_tie().did_parted(who, to),
        "helping" => lang.petition_tie().did_helping(who, to),
        other => other.to_owned(),
    }
}
