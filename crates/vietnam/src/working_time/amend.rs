//! A newer table laid over the one that stands: a decision on swapped days, a year to come, other office hours.
//!
//! A person writes such a table, often in a spreadsheet, so it is read more patiently than what ships: with a byte order mark, with
//! semicolons, with blanks around a cell. All its faults are told at once, each with its line, in both languages, and nothing of a
//! table with a fault counts. What comes out depends on the rows and not on their order, and the same table a second time
//! changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::{Date, Weekday};
use serde::de::DeserializeOwned;

use super::office_hours::{self, OfficeHours};
use super::{Calendar, SpecialDay};

/// The most faults that are told; whoever mends these is told the next.
const MOST_TOLD: usize = 50;

/// What is wrong with one line of a table, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// The line in the table, from 1; the header is line 1.
    pub line: u64,
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

/// Every fault of a table. Nothing of it counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct BadRows(pub Vec<BadRow>);

impl fmt::Display for BadRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, row) in self.0.iter().enumerate() {
            let end = if at == 0 { "" } else { "\n" };
            write!(f, "{end}dòng {}: {}\nline {}: {}", row.line, row.vi, row.line, row.en)?;
        }
        Ok(())
    }
}

/// A day that two calendars read differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The day.
    pub day: Date,
    /// What was special about it.
    pub was: Option<SpecialDay>,
    /// What is special about it now.
    pub now: Option<SpecialDay>,
}

impl Change {
    /// True if the day became a day off or a working day; false if only its name or its legal basis is another.
    #[must_use]
    pub fn counts(&self) -> bool {
        let weekend = matches!(self.day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let worked = |special: &Option<SpecialDay>| special.as_ref().map_or(!weekend, |day| day.worked);
        worked(&self.was) != worked(&self.now)
    }
}

#[derive(serde::Deserialize)]
struct Row {
    date: String,
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    name_en: String,
    #[serde(default)]
    legal_basis: String,
}

/// A fault without its line.
pub(super) struct Fault {
    vi: String,
    en: String,
}

pub(super) fn fault(vi: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault { vi: vi.into(), en: en.into() }
}

impl Calendar {
    /// This calendar with the days of a table in place of its own. The table has the columns
    /// `date,kind,name,name_en,legal_basis`; its kind is `off`, `work`, or `usual`, which makes a day again what its weekday
    /// says. Every row has its legal basis. One day of the next year says that this year is covered: give years whole.
    ///
    /// # Errors
    /// Every line that cannot be read, in the order of the lines.
    pub fn amended(&self, table: &str) -> Result<Calendar, BadRows> {
        let mut bad = Vec::new();
        let mut days: BTreeMap<Date, (u64, Option<SpecialDay>)> = BTreeMap::new();
        for (line, row) in read::<Row>(table, &mut bad) {
            match special_day(row) {
                Ok((date, special)) => match days.get(&date) {
                    Some((before, _)) => bad.push(at(
                        line,
                        fault(
                            format!("ngày {date} đã có ở dòng {before}; mỗi ngày chỉ ghi một dòng"),
                            format!("{date} stands in line {before} already; give each day once"),
                        ),
                    )),
                    None => {
                        days.insert(date, (line, special));
                    }
                },
                Err(why) => bad.push(at(line, why)),
            }
        }
        let years: BTreeSet<i16> = days.keys().map(|day| day.year()).collect();
        let (first, last) = self.years();
        let reach = (
            years.first().map_or(first, |year| first.min(*year)),
            years.last().map_or(last, |year| last.max(*year)),
        );
        let gap = |year: &i16| !(first..=last).contains(year) && !years.contains(year);
        if let Some(missing) = (reach.0..=reach.1).find(gap) {
            let beyond =
                |day: &Date| if missing < first { day.year() < missing } else { day.year() > missing };
            let line = days.iter().find(|(day, _)| beyond(day)).map_or(1, |(_, (line, _))| *line);
            bad.push(at(
                line,
                fault(
                    format!("thiếu năm {missing}: lịch đang có từ năm {first} đến năm {last}, hãy thêm cả năm ở giữa"),
                    format!(
                        "leaves a gap: the calendar covers {first} to {last} and has no day of {missing}; add the years between"
                    ),
                ),
            ));
        }
        told(bad)?;
        let mut calendar = self.clone();
        (calendar.first, calendar.last) = reach;
        for (day, (_, special)) in days {
            match special {
                Some(special) => calendar.special.insert(day, special),
                None => calendar.special.remove(&day),
            };
        }
        Ok(calendar)
    }

    /// The days that `next` reads differently, in their order.
    #[must_use]
    pub fn changes(&self, next: &Calendar) -> Vec<Change> {
        let days: BTreeSet<&Date> = self.special.keys().chain(next.special.keys()).collect();
        let change = |day: &Date| Change {
            day: *day,
            was: self.special.get(day).cloned(),
            now: next.special.get(day).cloned(),
        };
        days.into_iter().map(change).filter(|change| change.was != change.now).collect()
    }

    /// By which act each day of a table for [`Calendar::amended`] is so; of a table with faults as far as it can be read.
    #[must_use]
    pub fn bases(table: &str) -> BTreeMap<Date, String> {
        let rows = read::<Row>(table, &mut Vec::new());
        rows.into_iter().filter_map(|(_, row)| Some((row.date.parse().ok()?, row.legal_basis))).collect()
    }

    /// Every day that is not what its weekday says, in order.
    pub fn special_days(&self) -> impl Iterator<Item = (Date, &SpecialDay)> {
        self.special.iter().map(|(day, special)| (*day, special))
    }

    /// The calendar as the table that [`Calendar::parse`] reads, days in their order.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = String::from("date,kind,name,name_en,legal_basis\n");
        for (day, special) in self.special_days() {
            let kind = if special.worked { "work" } else { "off" };
            let cells = [&special.name, &special.name_en, &special.legal_basis].map(|text| quoted(text));
            table.push_str(&format!("{day},{kind},{}\n", cells.join(",")));
        }
        table
    }
}

impl OfficeHours {
    /// All offices with the rows of a table in place of theirs: an office that stands in it has these rows and no others. The columns
    /// are those of `data/office_hours.csv`.
    ///
    /// # Errors
    /// Every line that cannot be read, and two rows of an office that hold on the same day.
    pub fn amended(
        all: &BTreeMap<String, OfficeHours>,
        table: &str,
    ) -> Result<BTreeMap<String, OfficeHours>, BadRows> {
        let mut bad = Vec::new();
        let mut offices: BTreeMap<String, Vec<(u64, office_hours::Rule)>> = BTreeMap::new();
        for (line, row) in read::<office_hours::Row>(table, &mut bad) {
            let office = row.office.clone();
            match office_hours::rule(row) {
                Ok(rule) => offices.entry(office).or_default().push((line, rule)),
                Err(why) => bad.push(at(
                    line,
                    fault(
                        format!("{why} (giờ viết như 07:30, ngày như 2026-01-31, mùa như 04-16, và phải có căn cứ)"),
                        why,
                    ),
                )),
            }
        }
        for rules in offices.values() {
            for (index, (line, rule)) in rules.iter().enumerate() {
                if let Some((before, _)) = rules[..index].iter().find(|(_, other)| other.meets(rule)) {
                    bad.push(at(
                        *line,
                        fault(
                            format!("trùng ngày áp dụng với dòng {before}; sửa cột from, until hoặc mùa"),
                            format!(
                                "holds on a day on which line {before} holds; mend from, until or the season"
                            ),
                        ),
                    ));
                }
            }
        }
        told(bad)?;
        let mut next = all.clone();
        for (office, rules) in offices {
            next.insert(office, OfficeHours::of(rules.into_iter().map(|(_, rule)| rule).collect()));
        }
        Ok(next)
    }
}

fn at(line: u64, Fault { vi, en }: Fault) -> BadRow {
    BadRow { line, vi, en }
}

fn told(mut bad: Vec<BadRow>) -> Result<(), BadRows> {
    if bad.is_empty() {
        return Ok(());
    }
    bad.sort_by_key(|row| row.line);
    bad.truncate(MOST_TOLD);
    Err(BadRows(bad))
}

/// The rows of a table that can be read, each with its line; the others are told.
fn read<T: DeserializeOwned>(table: &str, bad: &mut Vec<BadRow>) -> Vec<(u64, T)> {
    let table = table.trim_start_matches('\u{feff}');
    let header = table.lines().next().unwrap_or_default();
    let delimiter = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(table.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let mut rows = Vec::new();
    for record in reader.records() {
        let line = |position: Option<&csv::Position>| position.map_or(1, csv::Position::line);
        let read = record.and_then(|record| {
            let at = line(record.position());
            record.deserialize(Some(&header)).map(|row| (at, row))
        });
        match read {
            Ok(row) => rows.push(row),
            Err(error) => {
                let columns = header.iter().collect::<Vec<_>>().join(", ");
                let says = match error.kind() {
                    csv::ErrorKind::UnequalLengths { expected_len, len, .. } => fault(
                        format!(
                            "có {len} ô, cần {expected_len} ô như dòng đầu: {columns}; ô có dấu phẩy phải đặt trong dấu \""
                        ),
                        format!(
                            "has {len} cells, not {expected_len} as the first line: {columns}; put a cell with a comma in quotation marks"
                        ),
                    ),
                    _ => fault(
                        format!("không đọc được ({error}); dòng đầu phải có tên cột như tệp mẫu"),
                        format!(
                            "cannot be read ({error}); the first line must name the columns as the sample does"
                        ),
                    ),
                };
                bad.push(at(line(error.position()), says));
            }
        }
    }
    if rows.is_empty() && bad.is_empty() {
        let says = fault("tệp không có dòng dữ liệu nào", "the table has no row");
        bad.push(at(1, says));
    }
    rows
}

fn special_day(row: Row) -> Result<(Date, Option<SpecialDay>), Fault> {
    let date: Date = row.date.parse().map_err(|_| {
        fault(
            format!("“{}” không phải ngày; viết năm-tháng-ngày, ví dụ 2027-05-03", row.date),
            format!("`{}` is not a day; write year-month-day, such as 2027-05-03", row.date),
        )
    })?;
    if row.legal_basis.is_empty() {
        return Err(fault(
            "thiếu căn cứ pháp lý (cột legal_basis): ghi số và ngày của văn bản quyết định ngày này",
            "no legal basis (column legal_basis): give number and date of the document that decides the day",
        ));
    }
    let worked = match row.kind.as_str() {
        "usual" => return Ok((date, None)),
        "off" => false,
        "work" => true,
        other => {
            return Err(fault(
                format!("loại “{other}”: phải là off (nghỉ), work (làm bù) hoặc usual (như ngày thường)"),
                format!("kind `{other}`: off, work or usual expected"),
            ));
        }
    };
    if worked && !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
        return Err(fault(
            format!(
                "ngày {date} không phải thứ Bảy, Chủ nhật nên không làm bù; để bỏ một ngày nghỉ, ghi usual"
            ),
            format!("{date} is no Saturday or Sunday to be made up for; to take a holiday back, write usual"),
        ));
    }
    if row.name.is_empty() {
        return Err(fault("thiếu tên ngày (cột name)", "no name of the day (column name)"));
    }
    let name_en = if row.name_en.is_empty() { row.name.clone() } else { row.name_en };
    Ok((date, Some(SpecialDay { worked, name: row.name, name_en, legal_basis: row.legal_basis })))
}

/// A cell as CSV writes it.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
