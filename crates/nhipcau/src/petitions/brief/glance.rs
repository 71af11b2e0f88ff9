//! What a leader sees first in the console: three figures of the running week, of the agency and those below it, a map of where cases
//! wait, and who is late.

use super::map::{Map, map};
use super::pages::{Made, made};
use super::shown::{Shown, days, title};
use super::{DESK, Term};
use crate::app::App;
use crate::db::Conn;
use crate::people::gate::Staff;
use crate::petitions;
use crate::petitions::handling::leads;
use crate::problem::Problem;
use crate::words::{BriefWords, Lang, date};

/// The most agencies that are named as late; the report names all.
const LATE: usize = 10;

/// The running week at a glance.
pub struct Glance {
    /// Its words.
    pub w: &'static BriefWords,
    /// What is late, as the report shows it.
    pub(crate) shown: Shown,
    /// What waits for an answer, what of it is late, and how many answers of the week came in time: what is counted, the
    /// count, and whether it calls for the leader.
    pub figures: Vec<(&'static str, String, bool)>,
    /// Where in the province or the nation it waits.
    pub map: Option<Map>,
    /// That more agencies are late than are named.
    pub more: Option<String>,
    /// Where to go on: address and name.
    pub links: Vec<(String, &'static str)>,
}

/// The running week at a glance, for somebody who leads.
///
/// # Errors
/// The database's.
pub async fn glance(
    app: &App,
    conn: &mut Conn,
    staff: &Staff,
    lang: Lang,
) -> Result<Option<Glance>, Problem> {
    if !leads(staff) {
        return Ok(None);
    }
    let term = Term::week(date::day(app.clock.now()));
    let Made { mut brief, waits } = made(app, conn, &staff.portal, term).await?;
    let map = map(&app.directory.load(), &staff.portal.origin, &waits, lang);
    let more = brief.late.len().saturating_sub(LATE);
    brief.late.truncate(LATE);
    let (w, counts) = (lang.brief(), brief.counts);
    Ok(Some(Glance {
        w,
        figures: vec![
            (w.open, counts.open.to_string(), false),
            (w.overdue, counts.overdue.to_string(), counts.overdue > 0),
            (w.in_time, w.of(counts.in_time, counts.answered), false),
        ],
        map,
        more: (more > 0).then(|| w.late_more(more)),
        links: vec![
            (format!("{}?hang=qua-han", petitions::DESK), w.overdue_here),
            (format!("{DESK}?tuan={term}"), title(term, lang)),
        ],
        shown: Shown { brief, days: days(term, lang), public: false, lang },
    }))
}
