//! What a leader sees first in the console: three figures of the running week, of the agency and those below it, and who is late.

use super::pages::made;
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
    shown: Shown,
    lang: Lang,
    term: Term,
    /// Agencies that are late and are not named here.
    more: usize,
}

impl Glance {
    /// Its words.
    pub fn w(&self) -> &'static BriefWords {
        self.lang.brief()
    }

    /// What is late, as the report shows it.
    pub(crate) fn shown(&self) -> &Shown {
        &self.shown
    }

    /// Which days are counted.
    pub fn days(&self) -> &str {
        &self.shown.days
    }

    /// What waits for an answer, what of it is late, and how many answers of the week came in time: what is counted, and the count.
    pub fn figures(&self) -> [(&'static str, String); 3] {
        let (w, counts) = (self.w(), &self.shown.brief.counts);
        [
            (w.open, counts.open.to_string()),
            (w.overdue, counts.overdue.to_string()),
            (w.in_time, w.of(counts.in_time, counts.answered)),
        ]
    }

    /// That more agencies are late than are named.
    pub fn more(&self) -> Option<String> {
        (self.more > 0).then(|| self.w().late_more(self.more))
    }

    /// Where to go on: address and name.
    pub fn links(&self) -> [(String, &'static str); 2] {
        let overdue = format!("{}?hang=qua-han", petitions::DESK);
        let brief = format!("{DESK}?tuan={}", self.term);
        [(overdue, self.w().overdue_here), (brief, title(self.term, self.lang))]
    }
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
    let mut brief = made(app, conn, &staff.portal, term).await?;
    let more = brief.late.len().saturating_sub(LATE);
    brief.late.truncate(LATE);
    let shown = Shown { brief, days: days(term, lang), public: false, lang };
    Ok(Some(Glance { shown, lang, term, more }))
}
