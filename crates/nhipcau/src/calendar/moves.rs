//! Which open deadlines a change of the calendar moves, and which it leaves: tasks of directives, opinions that our portals ask and
//! that are asked of them, drafts for comment.

use jiff::civil::Date;
use network::content::Item;

use super::History;
use crate::agencies;
use crate::app::App;
use crate::assignments::board::{self, Board};
use crate::clock::instant;
use crate::db::Conn;
use crate::items::pages::title;
use crate::items::store as items;
use crate::opinions::store as opinions;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// What has a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A task of a directive: number of the task, the directive, how many agencies have it open.
    Task(String, Called, usize),
    /// A round of opinions that an agency asks for, by its name.
    Asked(Called),
    /// An opinion that an agency owes, by its name.
    Owed(Called),
    /// A draft for comment, by its title.
    Consultation(Called),
}

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    vi: String,
    en: String,
}

impl Called {
    fn of(name: impl Fn(Lang) -> String) -> Called {
        Called { vi: name(Lang::Vi), en: name(Lang::En) }
    }

    /// The name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

/// An open deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Of what.
    pub what: What,
    /// Where it lies.
    pub was: Option<Date>,
    /// Where it would lie.
    pub now: Option<Date>,
    /// True if its issuer signed the date: it stays, though it would be a day off.
    pub signed: bool,
}

impl Moved {
    /// True if it would move.
    pub fn moves(&self) -> bool {
        self.was != self.now
    }

    /// What it is of, in words.
    pub fn says(&self, lang: Lang) -> String {
        let w = lang.calendar();
        match &self.what {
            What::Task(number, directive, open) => w.of_task(number, directive.name(lang), open),
            What::Asked(agency) => w.of_asked(agency.name(lang)),
            What::Owed(agency) => w.of_owed(agency.name(lang)),
            What::Consultation(title) => w.of_consultation(title.name(lang)),
        }
    }
}

/// Every open deadline that `then` reads differently from `now`; and signed dates that become days off.
///
/// # Errors
/// The database's.
pub async fn all(app: &App, now: &History, then: &History) -> Result<Vec<Moved>, Problem> {
    let mut conn = app.db.read().await?;
    let mut moved = Vec::new();
    for board in board::all(app, &mut conn).await? {
        moved.extend(tasks(app, &board, now, then));
    }
    moved.extend(rounds(app, &mut conn, now, then).await?);
    moved.extend(consultations(app, &mut conn, now, then).await?);
    moved.sort_by_key(|moved| (moved.signed, moved.was));
    Ok(moved)
}

fn tasks(app: &App, board: &Board, now: &History, then: &History) -> Vec<Moved> {
    let called = Called::of(|lang| {
        board.standing.card.number.clone().unwrap_or_else(|| title(&board.standing.card, lang).text)
    });
    let mut moved = Vec::new();
    for row in &board.tasks {
        let open = row.given.to.agencies.iter().filter(|agency| !row.state(agency).is_done()).count();
        let what = || What::Task(row.given.task.number.clone(), called.clone(), open);
        match (&row.given.task.due, row.stated(None)) {
            _ if open == 0 => {}
            (Some(due), _) => {
                moved.extend(signed(app, due.date(), now, then).then(|| Moved {
                    what: what(),
                    was: Some(due.date()),
                    now: Some(due.date()),
                    signed: true,
                }));
            }
            (None, Some(stated)) => {
                let (was, now) = (now.reckon(&stated).end, then.reckon(&stated).end);
                moved.extend((was != now).then(|| Moved { what: what(), was, now, signed: false }));
            }
            (None, None) => {}
        }
    }
    moved
}

/// True for a signed day to come that was worked and would be off.
fn signed(app: &App, day: Date, now: &History, then: &History) -> bool {
    let works = |history: &History| history.now().days.is_working_day(day).unwrap_or(true);
    day >= date::day(app.clock.now()) && works(now) && !works(then)
}

async fn rounds(app: &App, conn: &mut Conn, now: &History, then: &History) -> Result<Vec<Moved>, Problem> {
    let directory = app.directory.load_full();
    let portals = app.portals.load().all();
    let called = |log: i64| {
        let portal = portals.iter().find(|portal| portal.log == log);
        Called::of(|lang| {
            portal.map_or_else(String::new, |portal| {
                agencies::name(directory.agency(&portal.origin), lang, &portal.domain)
            })
        })
    };
    let mut moved = Vec::new();
    for portal in &portals {
        for round in opinions::open_rounds(conn, portal.log).await? {
            let Some(stated) = round.stated(&[]) else { continue };
            let (was, now) = (now.reckon(&stated).end, then.reckon(&stated).end);
            moved.extend((was != now).then(|| Moved {
                what: What::Asked(called(portal.log)),
                was,
                now,
                signed: false,
            }));
        }
        for request in opinions::open_requests(conn, portal.log).await? {
            let Some(stated) = request.stated() else { continue };
            let (was, now) = (now.reckon(&stated).end, then.reckon(&stated).end);
            moved.extend((was != now).then(|| Moved {
                what: What::Owed(called(portal.log)),
                was,
                now,
                signed: false,
            }));
        }
    }
    Ok(moved)
}

async fn consultations(
    app: &App,
    conn: &mut Conn,
    now: &History,
    then: &History,
) -> anyhow::Result<Vec<Moved>> {
    let mut moved = Vec::new();
    for standing in items::of_kind(conn, "consultation").await? {
        let Some(hash) = standing.content else { continue };
        let Some(bytes) = app.folder.read(conn, &hash).await? else { continue };
        let Ok(item) = Item::parse(&bytes) else { continue };
        let deadline = item.details.as_ref().and_then(|details| details.0.get("deadline"));
        let Some(day) = deadline.and_then(|day| day.as_str()).and_then(|day| day.parse::<Date>().ok()) else {
            continue;
        };
        if signed(app, day, now, then) && instant(standing.issued) <= app.clock.now() {
            let what = What::Consultation(Called::of(|lang| title(&standing.card, lang).text));
            moved.push(Moved { what, was: Some(day), now: Some(day), signed: true });
        }
    }
    Ok(moved)
}
