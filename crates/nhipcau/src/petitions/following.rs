//! Following: whoever holds code and secret sees the whole way of a case, at any portal of the node, and acts as its sender.
//!
//! The secret comes in the body of a form and stands in no address. A wrong one and an unknown code are answered alike, after the
//! same work, and a network that tries often waits.

pub(super) mod acts;
mod says;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use vietnam::petition_code::{Code, NoCode};

use super::asking::{shell, upload};
use super::receipt::Due;
use super::rules::Kind;
use super::secret::{Secret, same};
use super::store::{self, Case, draft, steps};
use super::ties::view::Seen;
use super::verify::Stands;
use super::{Mode, exchange, facts, handover, place, proof, ties};
use crate::app::App;
use crate::clock::instant;
use crate::items::pages::portal;
use crate::people::forms::{Fields, Wrong};
use crate::people::gate::Open;
use crate::people::pages::drawn;
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionTieWords, PetitionWords, date};

pub use says::{happened, name_of, stands, state, state_until};

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
    /// True if it is the answer.
    answers: bool,
}

#[derive(Template)]
#[template(path = "petitions/case.html")]
struct CasePage {
    shell: Shell,
    keys: Keys,
    said: Option<String>,
    state: String,
    sort: String,
    /// What other systems call it: systems and codes.
    external: Vec<(String, String)>,
    /// Where it goes, if its portal passes everything on.
    forward: Option<String>,
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
            answers: step.act == "answered",
        });
    }
    let external = exchange::store::of(&mut conn, &case.id).await?;
    let forward = exchange::forward::says(&mut conn, &case, &external, lang).await?;
    let words = store::words(&mut conn, &case.id).await?;
    let contact = store::contact(app, &mut conn, &case.id).await?;
    let open = facts.state.is_open();
    let due = Due::of(app, &case, lang).filter(|_| open);
    let last = case.last_day(&time, now);
    let said_place = words.as_ref().map_or("", |(place, _)| place);
    Ok(CasePage {
        shell: shell(app, visitor, &here, p.case_title),
        said,
        state: stands,
        sort: Kind::name_of(case.kind(), lang),
        forward,
        external,
        place: place::whole(said_place, &case.place, lang),
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
