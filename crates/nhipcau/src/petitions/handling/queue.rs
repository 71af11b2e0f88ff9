//! The queues of the console: whose turn it is, what is due soon, and what was sought among them.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use vietnam::text;

use super::acts;
use super::rows::{Row, row};
use crate::app::App;
use crate::db::Conn;
use crate::people::forms::{Fields, Filled};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, shell};
use crate::petitions::clock::percent;
use crate::petitions::life::State as Stage;
use crate::petitions::rules::reminders;
use crate::petitions::store::{self, Case};
use crate::petitions::{DESK, mail, templates};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionBulkWords, PetitionDeskWords, date};

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
pub(super) async fn queue_again(
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
