//! The pages of assignments: what an agency was given (`list`, `task`, `answer`), and what became of what it gave (`follow`).

mod answer;
mod evidence;
mod follow;
mod list;
mod said;
mod task;

use jiff::Timestamp;
use jiff::civil::DateTime;
use network::directory::Directory;
use network::names::Origin;
use vietnam::working_time::Period;

pub use answer::{answer, close};
pub use evidence::evidence;
pub use follow::follow;
pub use list::list;
pub use task::task;

use super::HOME;
use super::answering::Place;
use super::board::Due;
use super::state::{Act, State};
use crate::agencies;
use crate::calendar::WorkingTime;
use crate::items::store::{Reference, Standing};
use crate::people::gate::Staff;
use crate::words::{DeskWords, Lang, date};

/// What a state is called.
fn state_name(state: State, due: Option<DateTime>, w: &'static DeskWords) -> &'static str {
    match state.act {
        None => w.task_new,
        Some(Act::Acknowledged) => w.task_acknowledged,
        Some(Act::Reported) => w.task_working,
        Some(Act::Done) if state.was_late(due) => w.task_done_late,
        Some(Act::Done) => w.task_done,
    }
}

/// A deadline, what remains of it while the task is open, and where it lay before the calendar changed.
fn deadline(due: &Due, state: State, time: &WorkingTime, now: Timestamp, lang: Lang) -> String {
    let w = lang.desk();
    let says = remains(due, state, time, now, lang);
    match due.reckoned.as_ref() {
        Some(reckoned) if reckoned.end.is_none() => lang.calendar().beyond.to_owned(),
        Some(reckoned) => {
            [Some(says), reckoned.why(lang)].into_iter().flatten().collect::<Vec<_>>().join("; ")
        }
        None if due.at.is_none() => w.task_due_none.to_owned(),
        None => says,
    }
}

fn remains(due: &Due, state: State, time: &WorkingTime, now: Timestamp, lang: Lang) -> String {
    let w = lang.desk();
    let Some(at) = due.at else { return String::new() };
    let due = at;
    let at = lang.words().at_day(due.strftime("%H:%M"), date::date(lang, due.date()));
    let at = w.task_due(at);
    if state.is_done() {
        return at;
    }
    let today = date::day(now);
    let late = state.is_late(Some(due), now);
    let (from, to) = if late { (due.date(), today) } else { (today, due.date()) };
    // A year of which nobody has decided the holidays has no count.
    let left = match (late, time.days.working_days_between(from, to)) {
        (false, _) if from == to => w.task_today.to_owned(),
        (false, Ok(days)) => w.task_left(days),
        (true, Ok(0)) => w.task_late.to_owned(),
        (true, Ok(days)) => w.task_over(days),
        (true, Err(_)) => w.task_late.to_owned(),
        (false, Err(_)) => return at,
    };
    format!("{at}, {left}")
}

/// Each day until a deadline and how it is counted; nothing once the task is done or late, or for a distant deadline.
fn days(due: Option<DateTime>, state: State, time: &WorkingTime, now: Timestamp, lang: Lang) -> Vec<String> {
    const MOST: u32 = 30;
    let today = date::day(now);
    let open = due.filter(|due| !state.is_done() && !state.is_late(Some(*due), now));
    let left = open.and_then(|due| time.days.working_days_between(today, due.date()).ok());
    let Some(left) = left.filter(|left| (1..=MOST).contains(left)) else { return Vec::new() };
    let counted = time.days.deadline(today, Period::WorkingDays(left), time.usual());
    let steps = counted.map(|counted| counted.steps).unwrap_or_default();
    steps.iter().map(|step| if lang == Lang::Vi { step.vi() } else { step.en() }).collect()
}

/// What a directive is called in a list: its number, else its title.
fn label(standing: &Standing, lang: Lang) -> String {
    standing.card.number.clone().unwrap_or_else(|| crate::items::pages::title(&standing.card, lang).text)
}

/// What an agency is called.
fn name(directory: &Directory, origin: &Origin, lang: Lang) -> String {
    agencies::name(directory.agency(origin), lang, origin.domain().as_ref())
}

/// Where a task stands in the console.
fn path(reference: &Reference, number: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("so", number).finish();
    format!("{HOME}/{reference}?{query}")
}

/// Where what somebody is about to say of a task is kept.
fn place(staff: &Staff, directive: &Standing, number: &str) -> Place {
    Place {
        account: staff.account.id,
        log: staff.portal.log,
        origin: directive.origin.clone(),
        item: directive.item,
        task: number.to_owned(),
    }
}

/// The beginning of a text, for lists.
fn beginning(text: &str) -> String {
    const MOST: usize = 160;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None => line,
    }
}
