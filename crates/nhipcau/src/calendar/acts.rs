//! Loading a table: first what it would change, then, confirmed, the change itself.
//!
//! What was shown is what is done: the confirmation names the version that the plan was made upon, and is refused if another came
//! between. A table that changes nothing adds no version.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::json;
use vietnam::working_time::{BadRows, Calendar, Change};

use super::moves::{self, Moved};
use super::{History, WorkingTime, store};
use crate::app::App;
use crate::db::Tx;
use crate::people::audit::{self, Line};
use crate::problem::{Fault, Problem};

/// The act of the audit trail.
pub const ACT: &str = "calendar.load";
/// The longest table, in bytes.
pub const MOST: usize = 512 << 10;

/// Two tables as somebody handed them in; either may be empty.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// Days: `date,kind,name,name_en,legal_basis`.
    pub days: String,
    /// Office hours, with the columns of `data/office_hours.csv`.
    pub hours: String,
}

/// What a table would change.
pub struct Plan {
    /// The version that it is laid over.
    pub after: i64,
    /// What would hold.
    pub next: WorkingTime,
    /// The days that are read differently.
    pub changes: Vec<Change>,
    /// The offices whose hours change.
    pub offices: Vec<String>,
    /// Years that the calendar did not cover, each with its days off; a year of few days off is not whole.
    pub years: Vec<(i16, usize)>,
    /// Open deadlines, and whether they move.
    pub moved: Vec<Moved>,
    /// By which act each day is so.
    pub bases: BTreeMap<Date, String>,
}

impl Plan {
    /// True if nothing would be different.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.offices.is_empty() && self.years.is_empty()
    }
}

fn faults(field: &str, bad: BadRows) -> Vec<Fault> {
    let fault = |row: vietnam::working_time::BadRow| Fault {
        field: field.to_owned(),
        vi: format!("Dòng {}: {}.", row.line, row.vi),
        en: format!("Line {}: {}.", row.line, row.en),
    };
    bad.0.into_iter().map(fault).collect()
}

/// Reads the tables and lays them over what holds.
fn next(time: &WorkingTime, tables: &Tables) -> Result<WorkingTime, Problem> {
    let mut wrong = Vec::new();
    for (field, table) in [("days", &tables.days), ("hours", &tables.hours)] {
        if table.len() > MOST {
            wrong.push(Fault {
                field: field.into(),
                vi: "Tệp lớn hơn 512 KB; một lịch nhiều năm cũng không dài đến thế.".into(),
                en: "The file has more than 512 KB; no calendar is that long.".into(),
            });
        }
    }
    if tables.days.trim().is_empty() && tables.hours.trim().is_empty() {
        wrong.push(Fault {
            field: "days".into(),
            vi: "Hãy chọn tệp lịch nghỉ hoặc tệp giờ làm việc (CSV), hoặc dán nội dung vào ô.".into(),
            en: "Choose a file of days or of office hours (CSV), or paste it into the box.".into(),
        });
    }
    if !wrong.is_empty() {
        return Err(Problem::Invalid(wrong));
    }
    // Both tables are read, so that whoever mends them sees all faults at once.
    let days = store::laid(time, tables.days.trim(), "").map_err(|bad| faults("days", bad));
    let hours = store::laid(time, "", tables.hours.trim()).map_err(|bad| faults("hours", bad));
    match (days, hours) {
        (Ok(days), Ok(hours)) => Ok(WorkingTime { days: days.days, offices: hours.offices }),
        (days, hours) => {
            wrong.extend(days.err().into_iter().chain(hours.err()).flatten());
            Err(Problem::Invalid(wrong))
        }
    }
}

/// What the tables would change.
///
/// # Errors
/// Every line that is wrong; the database's.
pub async fn plan(app: &App, tables: &Tables) -> Result<Plan, Problem> {
    let history = app.calendar.history();
    let time = history.now();
    let next = next(time, tables)?;
    let changes = time.days.changes(&next.days);
    let (first, last) = time.days.years();
    let (new_first, new_last) = next.days.years();
    let years = (new_first..=new_last).filter(|year| *year < first || *year > last);
    let off = |year: i16| next.days.special_days().filter(|(day, s)| day.year() == year && !s.worked).count();
    let years = years.map(|year| (year, off(year))).collect();
    let offices = next.offices.iter().filter(|(name, hours)| time.offices.get(*name) != Some(*hours));
    let offices = offices.map(|(name, _)| name.clone()).collect();
    let bases = Calendar::bases(&tables.days);
    let then = history.with(app.clock.micros(), next.clone(), store::basis(&changes, &bases), false);
    let moved = moves::all(app, &history, &then).await?;
    Ok(Plan { after: history.newest().seq, next, changes, offices, years, moved, bases })
}

/// Loads the tables over version `after`, in the name of `line`. Returns what it changed; a plan that is empty if nothing was to be
/// changed.
///
/// # Errors
/// As [`plan`]; another version came between.
pub async fn load(app: &App, tables: &Tables, after: i64, line: Line) -> Result<Plan, Problem> {
    let plan = plan(app, tables).await?;
    if plan.is_empty() {
        return Ok(plan);
    }
    let detail = json!({
        "version": after + 1, "mark": plan.next.mark(), "days": plan.changes.len(), "offices": plan.offices.len(),
        "moved": plan.moved.iter().filter(|moved| moved.moves()).count(),
    });
    let (tables, account) = (tables.clone(), line.who.text());
    let history = app
        .db
        .write(ACT, async move |tx: &mut Tx| -> Result<History, Problem> {
            if store::newest(tx.conn()).await? != after {
                return Err(Problem::refused(
                    "Lịch vừa được người khác đổi. Hãy xem lại thay đổi rồi xác nhận.",
                    "Somebody has just changed the calendar. Look at what would change again, then confirm.",
                ));
            }
            store::add(tx, false, &account, tables.days.trim(), tables.hours.trim()).await?;
            audit::add(tx, line.with(detail)).await?;
            Ok(store::history(tx.conn()).await?)
        })
        .await?;
    app.calendar.put(history);
    // Home pages, procedures and deadlines were drawn by the calendar before.
    app.pages.forget();
    app.stirred.send_modify(|n| *n += 1);
    Ok(plan)
}

/// The calendar's own line of the trail, at the node's own portal.
///
/// # Errors
/// The node has no portal.
pub fn line(app: &App, who: audit::Who) -> Result<Line, Problem> {
    let main = app.portals.load().main().ok_or(Problem::NotFound("portal"))?;
    Ok(Line::new(who, main.log, ACT, app.calendar.now().mark()))
}
