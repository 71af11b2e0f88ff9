//! The console: queues, a case, its files, and the form by which each step is taken.

mod acts;
pub mod bulk;
mod carry;
mod compose;
mod rows;
mod view;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use vietnam::text;

use self::rows::{Row, row};
use self::view::CasePage;
use super::DESK;
use super::clock::percent;
use super::life::State as Stage;
use super::route;
use super::rules::reminders;
use super::store::{self, Case, steps};
use super::suggested::{Suggested, Told};
use super::{mail, templates};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionBulkWords, PetitionDeskWords, date};

pub(super) use acts::refusal;
pub use acts::{Actor, begun, saved, take};
pub use carry::{Goes, answer_commitment, on, passed_on};
pub use rows::{AtHome, at_home};

/// How far back mails are counted, in microseconds: 30 days.
const LATELY: i64 = 30 * 86_400_000_000;
/// The most rows of a queue.
const MOST: i64 = 200;

/// A queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Queue {
    Mine,
    All,
    Unassigned,
    Soon,
    Overdue,
    Review,
    Done,
}

impl Queue {
    const ALL: [Queue; 7] =
        [Queue::Mine, Queue::All, Queue::Unassigned, Queue::Soon, Queue::Overdue, Queue::Review, Queue::Done];

    fn word(self) -> &'static str {
        match self {
            Queue::Mine => "cua-toi",
            Queue::All => "tat-ca",
            Queue::Unassigned => "chua-nhan",
            Queue::Soon => "sap-han",
            Queue::Overdue => "qua-han",
            Queue::Review => "cho-duyet",
            Queue::Done => "da-xong",
        }
    }

    fn name(self, w: &'static PetitionDeskWords) -> &'static str {
        match self {
            Queue::Mine => w.queue_mine,
            Queue::All => w.queue_all,
            Queue::Unassigned => w.queue_unassigned,
            Queue::Soon => w.queue_soon,
            Queue::Overdue => w.queue_overdue,
            Queue::Review => w.queue_review,
            Queue::Done => w.queue_done,
        }
    }

    fn takes(self, case: &Case, me: &str, app: &App) -> bool {
        let (now, today) = (app.clock.micros(), date::day(app.clock.now()));
        let due = case.last_day(&app.calendar.now(), now);
        let overdue = due.is_some_and(|due| today > due);
        match self {
            Queue::All | Queue::Done => true,
            Queue::Mine => case.handler == me,
            Queue::Unassigned => case.handler.is_empty(),
            Queue::Review => case.state() == Stage::Review,
            Queue::Overdue => overdue,
            Queue::Soon => {
                let first = reminders(today).into_iter().min().unwrap_or(100);
                !overdue && due.is_some_and(|due| percent(case.clock_from, due, now) >= first)
            }
        }
    }
}

/// Which queue is looked at.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    hang: String,
}

#[derive(Template)]
#[template(path = "petitions/queue.html")]
struct QueuePage {
    shell: Shell,
    desk: Desk,
    /// Each queue: its address, its name, how many, whether it is the one that is shown.
    queues: Vec<(String, &'static str, usize, bool)>,
    rows: Vec<Row>,
    /// The queue's word.
    queue: &'static str,
    /// Mails that came to nothing, or whose senders were told nothing, in sentences.
    silent: Vec<String>,
    /// What was sought in it.
    sought: String,
    /// True where something can be done with several cases.
    many: bool,
    /// Who may be given some: ids and names.
    colleagues: Vec<(String, String)>,
    templates: Vec<templates::store::Template>,
    /// What was ticked and chosen, if it could not be done.
    typed: Fields,
    wrong: Option<String>,
}

impl QueuePage {
    fn b(&self) -> &'static PetitionBulkWords {
        self.shell.lang.petition_bulk()
    }

    fn is_ticked(&self, code: &str) -> bool {
        self.typed.all("chon").any(|ticked| ticked == code)
    }

    /// What several cases may be given to: words and names.
    fn deeds(&self) -> [(&'static str, &'static str); 6] {
        let b = self.b();
        [
            ("nhan", b.claim),
            ("giao", b.assign),
            ("gop", b.merge),
            ("mau", b.answer),
            ("go-gop", b.unmerge),
            ("tha", b.release),
        ]
    }

    fn d(&self) -> &'static PetitionDeskWords {
        self.shell.lang.petition_desk()
    }
}

/// `GET /ban-lam-viec/phan-anh`
pub async fn queue(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    match queue_of(&app, &staff, &visitor, (&asked.hang, ""), (Fields::default(), None)).await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// `POST /ban-lam-viec/phan-anh`: what is sought may name somebody, so it stands in no address.
pub async fn sought(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Filled(typed): Filled,
) -> Response {
    let asked = (typed.get("hang"), typed.get("tim").trim());
    match queue_of(&app, &staff, &visitor, asked, (Fields::default(), None)).await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// The queue from which several cases were chosen, once more, with why nothing was done.
async fn queue_again(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    typed: &Fields,
    (status, why): (StatusCode, String),
) -> Response {
    match queue_of(app, staff, visitor, (typed.get("hang"), ""), (typed.clone(), Some(why))).await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn queue_of(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    (asked, sought): (&str, &str),
    (typed, wrong): (Fields, Option<String>),
) -> Result<QueuePage, Problem> {
    let (lang, log) = (visitor.lang, staff.portal.log);
    let w = lang.petition_desk();
    let me = staff.account.id.to_string();
    let mut conn = app.db.read().await?;
    let open = store::open_at(&mut conn, log, 5_000).await?;
    let done = store::done_at(&mut conn, log, MOST).await?;
    let shown = Queue::ALL.into_iter().find(|queue| queue.word() == asked).unwrap_or(Queue::All);
    let of = |queue: Queue| if queue == Queue::Done { &done } else { &open };
    let queues = Queue::ALL.map(|queue| {
        let count = of(queue).iter().filter(|case| queue.takes(case, &me, app)).count();
        (lang.path(&format!("{DESK}?hang={}", queue.word())), queue.name(w), count, queue == shown)
    });
    let mut rows = Vec::new();
    for case in of(shown).iter().filter(|case| shown.takes(case, &me, app)) {
        if rows.len() == MOST as usize {
            break;
        }
        if !sought.is_empty() && !says(&mut conn, case, sought).await? {
            continue;
        }
        rows.push(row(app, &mut conn, case, &me, lang).await?);
    }
    let many = shown != Queue::Done && !rows.is_empty() && acts::by(staff).handles;
    let (colleagues, templates) = match many {
        true => {
            let colleagues = acts::colleagues(app, &mut conn, log, &staff.portal.origin).await?;
            (colleagues, templates::store::of(&mut conn, log).await?)
        }
        false => (Vec::new(), Vec::new()),
    };
    Ok(QueuePage {
        shell: shell(app, visitor, &staff.portal, w.title),
        desk: Desk::of(staff, lang, DESK, None),
        queues: queues.into(),
        many,
        queue: shown.word(),
        silent: silent(&mut conn, staff.portal.domain.as_ref(), app.clock.micros(), lang).await?,
        sought: sought.to_owned(),
        colleagues,
        templates,
        rows,
        typed,
        wrong,
    })
}

/// What is to be known of mails of late whose senders heard nothing.
async fn silent(conn: &mut Conn, domain: &str, now: i64, lang: Lang) -> Result<Vec<String>, Problem> {
    let (lost, silent) = mail::lost(conn, domain, now - LATELY).await?;
    let w = lang.petition_mail();
    let said = [(lost > 0).then(|| w.lost(lost, mail::ANSWERS)), (silent > 0).then(|| w.silent(silent))];
    Ok(said.into_iter().flatten().collect())
}

/// True if a case has a code, or its sender wrote words, that contain what is sought, with or without marks.
async fn says(conn: &mut Conn, case: &Case, sought: &str) -> Result<bool, Problem> {
    let sought = text::fold(sought);
    if text::fold(&case.code).contains(&sought) {
        return Ok(true);
    }
    let words = store::words(conn, &case.id).await?;
    Ok(words.is_some_and(|(place, words)| text::fold(&format!("{place}\n{words}")).contains(&sought)))
}

/// The case of a code, at an agency that has it or had it; to anybody else it is not there.
pub(super) async fn held(app: &App, staff: &Staff, code: &str) -> Result<Case, Problem> {
    let mut conn = app.db.read().await?;
    store::held(&mut conn, code, staff.portal.log).await?.ok_or(Problem::NotFound("petition"))
}

/// What was just done, and the agency for which the form of passing on is to be filled in.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    xong: String,
    #[serde(default)]
    toi: String,
    /// The template with which an answer begins.
    #[serde(default)]
    mau: String,
    /// The code of the published case whose answer it quotes.
    #[serde(default)]
    trich: String,
}

impl Done {
    /// True if something was just done.
    pub fn is_done(&self) -> bool {
        !self.xong.is_empty()
    }
}

/// `GET /ban-lam-viec/phan-anh/{code}`
pub async fn one(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(code): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let seen = async {
        let case = held(&app, &staff, &code).await?;
        staff.saw(&app, "petition.seen", case.code).await
    };
    if let Err(problem) = seen.await {
        return failure(&app, &visitor, problem);
    }
    let w = visitor.lang.petition_desk();
    let said = done.is_done().then(|| w.said.to_owned());
    let typed = match compose::begun(&app, &staff, &code, (&done.mau, &done.trich)).await {
        Ok(Some(typed)) => typed,
        Ok(None) => filled_in(&app, &staff, &visitor, &done.toi, &code).await.unwrap_or_default(),
        Err(problem) => return failure(&app, &visitor, problem),
    };
    show(&app, &staff, &visitor, &code, Look { said, typed, ..Look::default() }).await
}

/// The form of passing on, filled in for an agency that is suggested. Nothing is passed on by looking at it.
async fn filled_in(app: &App, staff: &Staff, visitor: &Visitor, to: &str, code: &str) -> Option<Fields> {
    let target = route::chosen(app, &staff.portal.origin, to)?;
    let case = held(app, staff, code).await.ok().filter(|case| case.owner == staff.portal.log)?;
    let (_, words) = store::words(&mut app.db.read().await.ok()?, &case.id).await.ok()??;
    let told = Told { words: &words, commune: &case.place };
    let suggested = Suggested::of(app, &staff.portal, &told, date::day(app.clock.now()), visitor.lang);
    let pairs = [("viec", "chuyen".to_owned()), ("toi", target.typed()), ("loi", suggested.because(&target))];
    Some(Fields::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
}

/// What a page of a case says beside the case.
#[derive(Default)]
struct Look {
    said: Option<String>,
    typed: Fields,
    wrong: Wrong,
    status: Option<StatusCode>,
    /// The texts that readers would see.
    preview: Option<(String, String)>,
    /// Who sent it, where that was asked for.
    contact: Option<super::contact::Contact>,
}

async fn show(app: &App, staff: &Staff, visitor: &Visitor, code: &str, look: Look) -> Response {
    let status = look.status.unwrap_or(StatusCode::OK);
    match CasePage::of(app, staff, visitor, code, look).await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

/// `POST /ban-lam-viec/phan-anh/{code}`
pub async fn step(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(code): Path<String>,
    Filled(typed): Filled,
) -> Response {
    let case = match held(&app, &staff, &code).await {
        Ok(case) => case,
        Err(problem) => return failure(&app, &visitor, problem),
    };
    let done = match typed.get("viec") {
        "xem-truoc" => {
            let preview = Some(acts::masked(&typed));
            return show(&app, &staff, &visitor, &code, Look { typed, preview, ..Look::default() }).await;
        }
        "xem-nguoi-gui" => match acts::contact(&app, &staff, &case).await {
            Ok(contact) => {
                return show(
                    &app,
                    &staff,
                    &visitor,
                    &code,
                    Look { contact: Some(contact), ..Look::default() },
                )
                .await;
            }
            Err(problem) => Err(problem),
        },
        _ => acts::act(&app, &staff, &case, &typed).await,
    };
    match done {
        Ok(()) => see(visitor.lang, &format!("{DESK}/{}?xong=1", case.code)),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => {
                let look = Look { typed, wrong, status: Some(status), ..Look::default() };
                show(&app, &staff, &visitor, &code, look).await
            }
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

/// `GET /ban-lam-viec/phan-anh/{code}/tep/{seq}/{n}`
pub async fn file(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((code, seq, n)): Path<(String, String, String)>,
) -> Response {
    let file = async {
        let case = held(&app, &staff, &code).await?;
        if case.owner != staff.portal.log {
            return Err(Problem::NotFound("file"));
        }
        let (Ok(seq), Ok(n)) = (seq.parse(), n.parse()) else { return Err(Problem::NotFound("file")) };
        let mut conn = app.db.read().await?;
        let file = steps::file(&mut conn, &case.id, seq, n).await?;
        // Listed, and still on its way from another node.
        file.filter(|(.., bytes)| !bytes.is_empty()).ok_or(Problem::NotFound("file"))
    };
    match file.await {
        Ok((name, media, bytes)) => attachment(&name, &media, bytes),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// A file that a browser saves and never runs.
fn attachment(name: &str, media: &str, bytes: Vec<u8>) -> Response {
    let encoded: String =
        form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20");
    let mut answer = bytes.into_response();
    let headers = answer.headers_mut();
    crate::web::answer::guard(headers);
    let attached = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{encoded}"));
    headers.extend(attached.ok().map(|value| (header::CONTENT_DISPOSITION, value)));
    headers.extend(HeaderValue::from_str(media).ok().map(|value| (header::CONTENT_TYPE, value)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    answer
}

/// An instant beside now, short.
pub(super) fn short(app: &App, lang: Lang, at: i64) -> String {
    date::short(lang, instant(at), app.clock.now())
}
