//! What holds for petitions on a day: kinds and what their senders must say of themselves, clocks, what is no petition, whom to
//! call at once. Dated data with their legal basis (`data/rules`); a test reads every row.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use vietnam::text::{fold, nfc};
use vietnam::working_time::Period;

use super::Mode;
use crate::words::Lang;

const KINDS: &str = include_str!("../../../../data/rules/petition_kinds.csv");
const CLOCKS: &str = include_str!("../../../../data/rules/petition_clocks.csv");
const OUTSIDE: &str = include_str!("../../../../data/rules/petition_outside.csv");
const EMERGENCY: &str = include_str!("../../../../data/rules/emergency.csv");

/// Stands for how a sender appears in the row of a kind that agencies alone send.
const OF_AGENCIES: &str = "agency";

/// The tables, read once: every page of a case and every reminder asks them.
static KIND_ROWS: LazyLock<Vec<Kind>> = LazyLock::new(|| rows(KINDS).unwrap_or_default());
static CLOCK_ROWS: LazyLock<Vec<ClockRow>> = LazyLock::new(|| rows(CLOCKS).unwrap_or_default());
static OUTSIDE_ROWS: LazyLock<Vec<Outside>> = LazyLock::new(|| rows(OUTSIDE).unwrap_or_default());
static EMERGENCY_ROWS: LazyLock<Vec<Emergency>> = LazyLock::new(|| rows(EMERGENCY).unwrap_or_default());

fn rows<T: DeserializeOwned>(table: &str) -> csv::Result<Vec<T>> {
    csv::Reader::from_reader(table.as_bytes()).deserialize().collect()
}

/// The rows of a table that hold on a day.
fn on<T>(table: &[T], day: Date, span: impl Fn(&T) -> (Date, Option<Date>)) -> impl Iterator<Item = &T> {
    table.iter().filter(move |row| {
        let (from, until) = span(row);
        from <= day && until.is_none_or(|until| day < until)
    })
}

/// A kind of petition.
#[derive(Clone, Debug, Deserialize)]
pub struct Kind {
    /// Its word.
    pub kind: String,
    name_vi: String,
    name_en: String,
    help_vi: String,
    help_en: String,
    modes: String,
    needs: String,
    from: Date,
    until: Option<Date>,
    /// The law.
    pub legal_basis: String,
}

impl Kind {
    /// The kinds that anybody may send on a day, in the order of the table.
    pub fn all(day: Date) -> Vec<Kind> {
        let rows = on(&KIND_ROWS, day, |row| (row.from, row.until));
        rows.filter(|row| row.modes != OF_AGENCIES).cloned().collect()
    }

    /// The kind of a word on a day.
    pub fn of(word: &str, day: Date) -> Option<Kind> {
        Kind::all(day).into_iter().find(|kind| kind.kind == word)
    }

    /// What a kind was called, whatever day it is.
    pub fn name_of(word: &str, lang: Lang) -> String {
        let known = KIND_ROWS.iter().find(|kind| kind.kind == word);
        known.map_or_else(|| word.to_owned(), |kind| kind.name(lang).to_owned())
    }

    /// What it is called.
    pub fn name(&self, lang: Lang) -> &str {
        if lang == Lang::Vi { &self.name_vi } else { &self.name_en }
    }

    /// What belongs to it.
    pub fn help(&self, lang: Lang) -> &str {
        if lang == Lang::Vi { &self.help_vi } else { &self.help_en }
    }

    /// How its sender may appear.
    pub fn allows(&self, mode: Mode) -> bool {
        self.modes.split(' ').any(|word| word == mode.word())
    }

    /// True if its sender must say this: `name`, `phone`, `mail`, `address`.
    pub fn needs(&self, what: &str) -> bool {
        self.needs.split(' ').any(|word| word == what)
    }
}

#[derive(Deserialize)]
struct ClockRow {
    clock: String,
    count: String,
    unit: String,
    from: Date,
    until: Option<Date>,
    legal_basis: String,
}

/// A period that a rule sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// How many days.
    pub count: u32,
    /// True for working days, false for days of the calendar.
    pub working: bool,
    /// The law, or what else it rests on.
    pub basis: String,
}

impl Clock {
    /// The clock of a name on a day; none where no rule sets it.
    pub fn of(name: &str, day: Date) -> Option<Clock> {
        let row = clock_row(name, day)?;
        let count = row.count.parse().ok()?;
        Some(Clock { count, working: row.unit == "working", basis: row.legal_basis.clone() })
    }

    /// Its period, with so many days more.
    pub fn period(&self, more: u32) -> Period {
        let days = self.count + more;
        if self.working { Period::WorkingDays(days) } else { Period::CalendarDays(days) }
    }

    /// The word of its unit, as it is stored.
    pub fn unit(&self) -> &'static str {
        if self.working { "working" } else { "calendar" }
    }
}

fn clock_row(name: &str, day: Date) -> Option<&'static ClockRow> {
    on(&CLOCK_ROWS, day, |row| (row.from, row.until)).find(|row| row.clock == name)
}

/// At how many per cent of the answer's clock people are reminded.
pub fn reminders(day: Date) -> Vec<u32> {
    let row = clock_row("remind", day);
    row.iter().flat_map(|row| row.count.split(' ')).filter_map(|percent| percent.parse().ok()).collect()
}

/// What is no petition in the sense of the law, and where it belongs.
#[derive(Clone, Debug, Deserialize)]
pub struct Outside {
    /// `khieu-nai` or `to-cao`.
    pub sort: String,
    sure: String,
    phrases: String,
    body_vi: String,
    body_en: String,
    law_vi: String,
    law_en: String,
    from: Date,
    until: Option<Date>,
    /// Where that is written.
    pub source: String,
}

impl Outside {
    /// What a text is, if it is none; the surest reading first.
    pub fn read(text: &str, day: Date) -> Option<Outside> {
        let said = Said::of(text);
        on(&OUTSIDE_ROWS, day, |row| (row.from, row.until)).find(|row| said.has(&row.phrases)).cloned()
    }

    /// True if the words leave no doubt; else whoever wrote may say that it is a petition all the same.
    pub fn sure(&self) -> bool {
        self.sure == "yes"
    }

    /// Who is competent.
    pub fn body(&self, lang: Lang) -> &str {
        if lang == Lang::Vi { &self.body_vi } else { &self.body_en }
    }

    /// What the law asks of it.
    pub fn law(&self, lang: Lang) -> &str {
        if lang == Lang::Vi { &self.law_vi } else { &self.law_en }
    }
}

/// A number to call when somebody is in danger.
#[derive(Clone, Debug, Deserialize)]
pub struct Emergency {
    /// The number.
    pub number: String,
    what_vi: String,
    what_en: String,
    phrases: String,
    from: Date,
    until: Option<Date>,
    /// Where that is written.
    pub source: String,
}

impl Emergency {
    /// All numbers of a day.
    pub fn all(day: Date) -> Vec<Emergency> {
        on(&EMERGENCY_ROWS, day, |row| (row.from, row.until)).cloned().collect()
    }

    /// Those that a text makes one think of.
    pub fn read(text: &str, day: Date) -> Vec<Emergency> {
        let said = Said::of(text);
        Emergency::all(day).into_iter().filter(|row| said.has(&row.phrases)).collect()
    }

    /// For what.
    pub fn what(&self, lang: Lang) -> &str {
        if lang == Lang::Vi { &self.what_vi } else { &self.what_en }
    }
}

/// A text to be looked through for phrases: with its marks if it has any, else without (`to cao` in a text that is written
/// with marks is a tall tree).
struct Said {
    text: String,
    marked: bool,
}

impl Said {
    fn of(text: &str) -> Said {
        let spaced = |text: String| {
            let words: Vec<&str> =
                text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
            format!(" {} ", words.join(" "))
        };
        let small = nfc(text).to_lowercase();
        let marked = !small.is_ascii();
        Said { text: spaced(if marked { small } else { fold(text) }), marked }
    }

    fn has(&self, phrases: &str) -> bool {
        phrases.split('|').any(|phrase| {
            let phrase = if self.marked { phrase.to_owned() } else { fold(phrase) };
            self.text.contains(&format!(" {phrase} "))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;

    use super::*;

    const DAY: Date = date(2026, 11, 26);

    #[test]
    fn every_row_that_ships_is_a_rule_with_its_basis() {
        for row in rows::<Kind>(KINDS).unwrap() {
            let known = row.modes == OF_AGENCIES || row.modes.split(' ').all(|word| Mode::of(word).is_some());
            assert!(!row.legal_basis.is_empty() && known);
            assert!(
                row.needs.split(' ').all(|word| ["", "name", "phone", "mail", "address"].contains(&word))
            );
        }
        for row in rows::<ClockRow>(CLOCKS).unwrap() {
            assert!(
                ["working", "calendar", "times", "percent"].contains(&row.unit.as_str())
                    && !row.legal_basis.is_empty()
            );
        }
        assert!(
            rows::<Outside>(OUTSIDE)
                .unwrap()
                .iter()
                .all(|row| !row.source.is_empty() && ["yes", "no"].contains(&row.sure.as_str()))
        );
        assert!(rows::<Emergency>(EMERGENCY).unwrap().iter().all(|row| !row.source.is_empty()));
        for name in [
            "pass",
            "answer",
            "progress",
            "not_ours",
            "more",
            "extend",
            "extensions",
            "rate",
            "reopen",
            "idle",
        ] {
            assert!(Clock::of(name, DAY).unwrap().count > 0, "{name}");
        }
        assert_eq!(reminders(DAY), [70, 100, 150, 300]);
        assert_eq!(Clock::of("answer", date(1990, 1, 1)), None);
    }

    #[test]
    fn a_complaint_is_told_from_a_petition_and_a_tall_tree_from_a_denunciation() {
        let read = |text: &str| Outside::read(text, DAY).map(|row| (row.sort.clone(), row.sure()));
        let (complaint, denunciation) =
            (|sure| Some(("khieu-nai".to_owned(), sure)), |sure| Some(("to-cao".to_owned(), sure)));
        assert_eq!(read("ĐƠN KHIẾU NẠI về quyết định thu hồi đất"), complaint(true));
        assert_eq!(read("Tôi tố cáo ông A nhận tiền"), denunciation(true));
        assert_eq!(read("don to cao"), denunciation(true));
        assert_eq!(read("Đã khiếu nại nhiều lần mà rác vẫn còn"), complaint(false));
        assert_eq!(read("Cây to cao che khuất biển báo"), None);
        assert_eq!(read("Đèn đường hỏng ba tuần nay"), None);
    }

    #[test]
    fn danger_brings_its_number() {
        let numbers =
            |text: &str| Emergency::read(text, DAY).into_iter().map(|row| row.number).collect::<Vec<_>>();
        assert_eq!(numbers("Đang cháy nhà ở ngõ 5, có người mắc kẹt trong đó"), ["114"]);
        assert_eq!(numbers("dang chay nha"), ["114"]);
        assert_eq!(numbers("Ổ gà trước trường học"), [] as [&str; 0]);
        assert_eq!(Emergency::all(DAY).len(), 5);
    }
}
