//! A row of a queue, and what waits for somebody on the console's first page.

use super::super::DESK;
use super::super::following::{name_of, state};
use super::super::life::State;
use super::super::rules::Kind;
use super::super::similar::begins;
use super::super::store::{self, Case, draft};
use super::super::{mail, place, ties, urgent};
use super::acts::by;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::people::gate::Staff;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// So much of a text stands in a queue.
const SNIPPET: usize = 90;

/// A row of a queue.
pub struct Row {
    pub(super) href: String,
    pub(super) code: String,
    pub(super) begins: String,
    pub(super) says: String,
    pub(super) presses: bool,
    pub(super) urgent: bool,
    /// As it was when it was listed.
    pub(super) version: i64,
    /// True while nobody has taken it on.
    pub(super) free: bool,
}

/// A case as it stands in a queue.
///
/// # Errors
/// The database's.
pub async fn row(app: &App, conn: &mut Conn, case: &Case, me: &str, lang: Lang) -> Result<Row, Problem> {
    let w = lang.petition_desk();
    let agency = name_of(app, conn, case.owner, lang).await?;
    let now = app.clock.micros();
    let due = case.last_day(&app.calendar.now(), now).filter(|_| case.state().is_open());
    let overdue = due.is_some_and(|due| date::day(instant(now)) > due);
    let mut says = vec![
        Kind::name_of(case.kind(), lang),
        place::name(&case.place, lang),
        state(case.state(), &agency, lang),
    ];
    says.extend(
        due.map(|day| if overdue { w.overdue(date::date(lang, day)) } else { w.due(date::date(lang, day)) }),
    );
    if mail::is_unsure(conn, &case.id).await? {
        says.push(lang.petition_mail().unsure_short.to_owned());
    }
    if case.handler == me {
        says.push(w.mine.to_owned());
    }
    let words = store::words(conn, &case.id).await?.map(|(_, words)| words).unwrap_or_default();
    Ok(Row {
        href: lang.path(&format!("{DESK}/{}", case.code)),
        code: case.code.clone(),
        begins: begins(&words, SNIPPET),
        says: says.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        presses: overdue,
        urgent: case.urgent == 1,
        version: case.version,
        free: case.handler.is_empty() && case.handing.is_empty() && case.state().is_open(),
    })
}

/// A case on the console's first page.
pub struct AtHome {
    /// Its page.
    pub path: String,
    /// Its code.
    pub title: String,
    /// Why it is there.
    pub says: String,
}

/// What waits for somebody: answers to be approved, and cases of which they were reminded.
///
/// # Errors
/// The database's.
pub async fn at_home(app: &App, conn: &mut Conn, staff: &Staff, lang: Lang) -> Result<Vec<AtHome>, Problem> {
    let (w, by) = (lang.petition_desk(), by(staff));
    let me = staff.account.id.to_string();
    let reminded = super::super::jobs::reminded(conn, staff.portal.log).await?;
    let mut all = Vec::new();
    if by.leads {
        let unread = urgent::unread(conn, staff.portal.log).await?;
        let says = lang.petition_urgent().home;
        let at = |code| AtHome { path: urgent::HOME.to_owned(), title: code, says: says.to_owned() };
        all.extend(unread.into_iter().map(at));
    }
    if by.handles {
        let waits = ties::help::waiting(app, conn, staff.portal.log, lang).await?;
        all.extend(waits.into_iter().map(|row| AtHome { path: row.path, title: row.code, says: row.says }));
    }
    for case in store::open_at(conn, staff.portal.log, 1_000).await? {
        let at =
            |says: String| AtHome { path: format!("{DESK}/{}", case.code), title: case.code.clone(), says };
        if case.state() == State::Review && by.approves {
            let waiting = draft::find(conn, &case.id).await?;
            if waiting.is_some_and(|draft| draft.account != me) {
                all.push(at(w.home_review.to_owned()));
                continue;
            }
        }
        let last = reminded.iter().filter(|(id, _)| *id == case.id).map(|(_, percent)| *percent).max();
        let concerns = by.leads || case.handler == me || case.handler.is_empty() && by.handles;
        if let Some(percent) = last.filter(|_| concerns) {
            all.push(at(w.home_reminded(percent)));
        }
    }
    Ok(all)
}
