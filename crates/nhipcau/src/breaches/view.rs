//! A record in words: its clock, how that was counted, its lines.

use jiff::Timestamp;

use super::store::{Breach, Line};
use super::{Clock, Says, rule};
use crate::clock::instant;
use crate::words::{BreachWords, Lang, date};

/// A span in words: `61 giờ`, `2 giờ 5 phút`.
fn span(minutes: i64, w: &'static BreachWords) -> String {
    match (minutes / 60, minutes % 60) {
        (h, 0) if h > 0 => w.hours_only(h),
        (0, m) => w.minutes_only(m),
        (h, m) => w.hours_minutes(h, m),
    }
}

/// A clock in words, and whether it presses.
pub fn clock_says(clock: Option<Clock>, lang: Lang, now: Timestamp) -> (String, bool) {
    let w = lang.breach();
    match clock {
        None => (w.no_rule.to_owned(), false),
        Some(Clock::Runs { left, remind }) => {
            let left = w.left(span(left, w));
            match remind {
                Some(hours) => (format!("{left}. {}", w.remind(hours)), true),
                None => (left, false),
            }
        }
        Some(Clock::Over(minutes)) => (w.over(span(minutes, w)), true),
        Some(Clock::Told { at, in_time: true }) => {
            (w.told_in_time(date::in_sentence(lang, instant(at), now)), false)
        }
        Some(Clock::Told { at, in_time: false }) => {
            (w.told_late(date::in_sentence(lang, instant(at), now)), false)
        }
    }
}

/// The clock of a record by the rule of the day on which it was noticed.
pub fn clock(breach: &Breach, now: i64) -> Option<Clock> {
    let rule = rule::on(date::day(instant(breach.noticed)))?;
    Some(Clock::of(breach.noticed, breach.told(), &rule, now))
}

/// A line as people read it.
pub struct LineView {
    /// Its number.
    pub seq: i64,
    /// What it is.
    pub head: String,
    /// Who added it, and when.
    pub by: String,
    /// Names and texts.
    pub parts: Vec<(&'static str, String)>,
}

/// A line in a language.
pub fn line_view(line: Line, lang: Lang, now: Timestamp) -> LineView {
    let w = lang.breach();
    let at = |micros: i64| date::in_sentence(lang, instant(micros), now);
    let by = format!("{} · {}", line.name, at(line.at));
    let (head, parts) = match line.says {
        Says::Begun { what, whose, count, measures } => (
            w.line_begun.to_owned(),
            vec![(w.what, what), (w.whose, whose), (w.count, count), (w.measures, measures)],
        ),
        Says::Update { text } => (w.line_update.to_owned(), vec![("", text)]),
        Says::Correction { of, text } => (w.line_correction(of), vec![("", text)]),
        Says::Told { whom, authority, at: told, text } => {
            let whom = if authority { w.line_authority.to_owned() } else { whom };
            (w.line_told(whom, at(told)), vec![("", text)])
        }
        Says::Closed { text } => (w.line_closed.to_owned(), vec![("", text)]),
    };
    LineView { seq: line.seq, head, by, parts }
}

/// How the clock was counted, in a sentence.
pub fn explained(breach: &Breach, lang: Lang) -> Option<String> {
    let rule = rule::on(date::day(instant(breach.noticed)))?;
    let at = |micros: i64| {
        let at = instant(micros);
        lang.words().at_day(date::hour(at), date::date(lang, date::day(at)))
    };
    let ends = breach.noticed + i64::from(rule.hours) * 3_600_000_000;
    let counted = lang.breach().left_says(rule.hours, at(breach.noticed), at(ends));
    Some(format!("{counted} {}", rule.basis))
}
