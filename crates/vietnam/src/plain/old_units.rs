//! Names of provinces, districts and communes that are no more, nearly all since 1 July 2025, with what became of them.
//!
//! A name counts only behind its kind (`tỉnh Hà Giang`, `huyện Vĩnh Bảo`, `các tỉnh A, B và C`): without it `Hòa Bình` is peace,
//! a person or a ward. A name that a unit of today bears too is passed over, for only the reader could tell which is meant.
//! A text that speaks of earlier years is only advised.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use serde::Deserialize;

use super::names::Names;
use super::sheet::Sheet;
use super::{Concern, Finding, Weight};
use crate::table;
use crate::text::{canonical, fold};
use crate::units::{Commune, CommuneCode, OldKind, ProvinceCode, Units};

/// Since this day there are 34 provinces, and no districts.
const REFORM: Date = date(2025, 7, 1);
/// So many successors are named.
const NAMED: usize = 4;

/// A unit that is no more.
struct Old {
    /// With its kind: `Huyện Vĩnh Bảo`.
    name: String,
    /// Its province of then; empty for a province.
    within: String,
    /// What it became.
    communes: BTreeSet<CommuneCode>,
    /// In which provinces these are.
    provinces: BTreeSet<ProvinceCode>,
    /// The first day on which it was no more.
    ended: Date,
}

/// A row of `units/earlier_provinces.csv`: a province that ended before the reform.
#[derive(Deserialize)]
struct Earlier {
    name: String,
    province: String,
    ended: String,
}

#[derive(Default)]
struct Olds {
    provinces: Names<Vec<Old>>,
    districts: Names<Vec<Old>>,
    townships: Names<Vec<Old>>,
    communes: Names<Vec<Old>>,
    /// Names of provinces and of communes of today.
    provinces_now: Names<()>,
    communes_now: Names<()>,
}

/// Words for kinds, and at which level the name behind them is looked for.
const KINDS: [(&str, Level); 11] = [
    ("tỉnh", Level::Province),
    ("thành phố", Level::City),
    ("tp", Level::City),
    ("huyện", Level::District),
    ("quận", Level::District),
    ("thị xã", Level::District),
    ("thị trấn", Level::Township),
    ("phường", Level::Commune),
    ("xã", Level::Commune),
    ("tx", Level::District),
    ("tt", Level::Township),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Province,
    City,
    District,
    Township,
    Commune,
}

fn olds() -> &'static Olds {
    static OLDS: LazyLock<Olds> = LazyLock::new(|| build(Units::shipped()));
    &OLDS
}

fn build(units: &Units) -> Olds {
    let mut olds = Olds::default();
    let mut full: Names<()> = Names::default();
    for commune in units.communes() {
        olds.communes_now.entry(&commune.name).or_insert(());
    }
    for province in units.provinces() {
        olds.provinces_now.entry(&province.name).or_insert(());
        full.entry(&province.full_name()).or_insert(());
    }
    let add = |names: &mut Names<Vec<Old>>, key: &str, name: &str, within: &str, went: &[&Commune]| {
        let all = names.entry(key).or_default();
        let place = all.iter().position(|one| one.name == name && one.within == within).unwrap_or(all.len());
        if place == all.len() {
            let (communes, provinces) = (BTreeSet::new(), BTreeSet::new());
            all.push(Old {
                name: name.to_owned(),
                within: within.to_owned(),
                communes,
                provinces,
                ended: REFORM,
            });
        }
        all[place].communes.extend(went.iter().map(|commune| commune.code));
        all[place].provinces.extend(went.iter().map(|commune| commune.province));
    };
    let towns = towns(units);
    for old in units.old_communes() {
        let went: Vec<&Commune> = units.successors_of(old).collect();
        let province = without_kind(&old.province);
        if olds.provinces_now.get(province).is_none() {
            add(&mut olds.provinces, province, &old.province, "", &went);
        }
        if full.get(&old.district).is_none() {
            let name = without_kind(&old.district);
            add(&mut olds.districts, name, &old.district, &old.province, &went);
            if let Some(town) = towns.get(&(old.district.as_str(), old.province.as_str())) {
                add(&mut olds.districts, town, &old.district.replace(name, town), &old.province, &went);
            }
        }
        let within = format!("{}, {}", old.district, old.province);
        match old.kind {
            OldKind::Township => add(&mut olds.townships, &old.name, &old.full_name(), &within, &went),
            OldKind::Commune | OldKind::Ward if olds.communes_now.get(&old.name).is_none() => {
                add(&mut olds.communes, &old.name, &old.full_name(), &within, &went);
            }
            _ => {}
        }
    }
    for (_, earlier) in earlier() {
        let old = Old {
            communes: BTreeSet::new(),
            provinces: earlier.province.parse().into_iter().collect(),
            ended: earlier.ended.parse().unwrap_or(REFORM),
            name: earlier.name.clone(),
            within: String::new(),
        };
        olds.provinces.entry(without_kind(&earlier.name)).or_default().push(old);
    }
    olds
}

/// Districts whose town bears their name with other marks, with the town's spelling: the Statistics Office wrote “Huyện Mù Căng
/// Chải”, everybody else “Mù Cang Chải”.
fn towns(units: &Units) -> HashMap<(&str, &str), &str> {
    units
        .old_communes()
        .iter()
        .filter(|old| old.kind == OldKind::Township)
        .filter(|old| {
            let district = without_kind(&old.district);
            canonical(district) != canonical(&old.name) && fold(district) == fold(&old.name)
        })
        .map(|old| ((old.district.as_str(), old.province.as_str()), old.name.as_str()))
        .collect()
}

fn earlier() -> Vec<(u64, Earlier)> {
    table::rows("units/earlier_provinces.csv", include_str!("../../../../data/units/earlier_provinces.csv"))
        .expect("the compiled-in table parses: a test reads it")
}

fn without_kind(name: &str) -> &str {
    ["Tỉnh ", "Thành phố ", "Huyện ", "Quận ", "Thị xã "]
        .iter()
        .find_map(|kind| name.strip_prefix(kind))
        .unwrap_or(name)
}

pub(super) fn find(sheet: &Sheet<'_>, day: Date) -> Vec<Finding> {
    let mut found = Vec::new();
    for line in sheet.readable() {
        let history = speaks_of_earlier(sheet, &line.words);
        let mut index = line.words.start;
        while index < line.words.end {
            let Some((level, name_at)) = kind_at(sheet, index, line.words.end) else {
                index += 1;
                continue;
            };
            // “… cấp xã.” ends a sentence; what stands on the next line is no name.
            let gap = sheet.gap_before(name_at);
            let wrapped = gap.trim().is_empty() && gap.matches('\n').count() == 1;
            let digit = sheet.word(name_at).starts_with(|c: char| c.is_ascii_digit());
            if !(gap == " "
                || gap == "\u{a0}"
                || gap == ". " && sheet.word(index).chars().count() == 2
                || wrapped && !digit)
            {
                index += 1;
                continue;
            }
            let mut at = name_at;
            let mut from = sheet.words[index].start;
            loop {
                let Some((olds, end)) = look_up(sheet, at, level, day, line.capitals) else {
                    // In a list of names one that still is stands between others.
                    match current(sheet, at, level) {
                        Some(end) if continues(sheet, end, line.words.end) => at = after_joint(sheet, end),
                        _ => break,
                    }
                    from = sheet.words.get(at).map_or(from, |word| word.start);
                    continue;
                };
                let range = from..sheet.words[end - 1].end;
                found.push(finding(sheet, range, olds, history));
                if !continues(sheet, end, line.words.end) {
                    at = end;
                    break;
                }
                at = after_joint(sheet, end);
                from = sheet.words.get(at).map_or(from, |word| word.start);
            }
            index = at.max(index + 1);
        }
    }
    found
}

/// The level that a word or two at `index` name, and where the name begins.
fn kind_at(sheet: &Sheet<'_>, index: usize, end: usize) -> Option<(Level, usize)> {
    let first = canonical(sheet.word(index)).to_lowercase();
    KINDS.iter().find_map(|(kind, level)| {
        let mut words = kind.split(' ');
        if words.next() != Some(first.as_str()) {
            return None;
        }
        match words.next() {
            None => Some((*level, index + 1)),
            Some(second) => {
                let fits = index + 1 < end
                    && sheet.gap_before(index + 1) == " "
                    && canonical(sheet.word(index + 1)).to_lowercase() == second;
                fits.then_some((*level, index + 2))
            }
        }
    })
}

/// What of old, ended by a day, bears the name at a word; not where a name of today is as long or goes on.
fn look_up<'a>(
    sheet: &Sheet<'_>,
    at: usize,
    level: Level,
    day: Date,
    capitals: bool,
) -> Option<(&'a [Old], usize)> {
    let olds: &'a Olds = olds();
    let names: &[&'a Names<Vec<Old>>] = match level {
        Level::Province => &[&olds.provinces],
        Level::City => &[&olds.provinces, &olds.districts],
        Level::District => &[&olds.districts],
        Level::Township => &[&olds.townships],
        Level::Commune => &[&olds.communes],
    };
    let best = names.iter().filter_map(|names| names.at(sheet, at)).max_by_key(|(_, end)| *end)?;
    let (found, end) = best;
    let today = current(sheet, at, level).is_some_and(|today| today >= end);
    // “phường Ba Đình” is not the ward of then that was called Ba.
    let goes_on = !capitals
        && sheet.gap_before(end) == " "
        && sheet.word(end).starts_with(char::is_uppercase)
        && !sheet.word(end - 1).starts_with(|c: char| c.is_ascii_digit());
    let ended = found.iter().all(|old| old.ended <= day);
    (!today && !goes_on && ended).then_some((found.as_slice(), end))
}

/// The word after the name of a unit of today that begins at a word.
fn current(sheet: &Sheet<'_>, at: usize, level: Level) -> Option<usize> {
    let names = match level {
        Level::Province | Level::City => &olds().provinces_now,
        Level::Commune => &olds().communes_now,
        Level::District | Level::Township => return None,
    };
    names.at(sheet, at).map(|(_, end)| end)
}

/// True if a list of names goes on: `A, B và C`.
fn continues(sheet: &Sheet<'_>, end: usize, line: usize) -> bool {
    if end >= line {
        return false;
    }
    let gap = sheet.gap_before(end);
    let next = sheet.word(end);
    (gap.trim() == "," && next.starts_with(char::is_uppercase))
        || (gap == " " && matches!(next, "và" | "hoặc"))
}

fn after_joint(sheet: &Sheet<'_>, end: usize) -> usize {
    if matches!(sheet.word(end), "và" | "hoặc") { end + 1 } else { end }
}

/// True if a line speaks of years before the reform, or of what was.
fn speaks_of_earlier(sheet: &Sheet<'_>, words: &Range<usize>) -> bool {
    words.clone().any(|index| {
        let word = sheet.word(index);
        let year =
            || word.len() == 4 && word.parse::<i16>().is_ok_and(|year| (1900..REFORM.year()).contains(&year));
        matches!(word, "cũ" | "nguyên")
            || (word == "trước" && matches!(sheet.word(index + 1), "đây" | "khi" | "ngày"))
            || year()
    })
}

fn finding(sheet: &Sheet<'_>, range: Range<usize>, olds: &[Old], history: bool) -> Finding {
    let written = &sheet.text[range.clone()];
    let units = Units::shipped();
    let ended = olds.first().map_or(REFORM, |old| old.ended);
    let weight = if history { Weight::Advice } else { Weight::Mistake };
    let (mut vi, mut en, suggestion) = match olds {
        [one] => became(units, one),
        several => {
            let which: Vec<_> =
                several.iter().take(NAMED).map(|old| format!("{} ({})", old.name, old.within)).collect();
            let more = if several.len() > NAMED { "…" } else { "" };
            (
                format!(
                    "Trước ngày 01/7/2025 có {} đơn vị mang tên này: {}{more}. Hãy ghi rõ và dùng tên đơn vị hiện nay.",
                    several.len(),
                    which.join("; ")
                ),
                format!(
                    "Before 1 July 2025 there were {} units of this name: {}{more}. Say which, by its name of today.",
                    several.len(),
                    which.join("; ")
                ),
                None,
            )
        }
    };
    if history {
        vi.push_str(" Nếu bài nói về thời gian trước đó thì giữ tên cũ và nên ghi thêm “(nay là …)”.");
        en.push_str(" A text about earlier times keeps the old name, perhaps with “(nay là …)”.");
    }
    Finding {
        range: range.clone(),
        concern: Concern::OldUnit,
        weight,
        vi: format!("“{written}” không còn từ ngày {}. {vi}", ended.strftime("%d/%m/%Y")),
        en: format!("“{written}” is no more since {ended}. {en}"),
        suggestion: suggestion.filter(|_| !history),
    }
}

/// What one unit became, and words to put in its place where there is only one answer.
fn became(units: &Units, old: &Old) -> (String, String, Option<String>) {
    let provinces: Vec<_> = old.provinces.iter().filter_map(|code| units.province(*code)).collect();
    let lower = |name: String| {
        let mut letters = name.chars();
        letters
            .next()
            .map(|first| first.to_lowercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    if old.within.is_empty() {
        let names: Vec<_> = provinces.iter().map(|province| lower(province.full_name())).collect();
        let names_en: Vec<_> = provinces.iter().map(|province| province.full_name_en()).collect();
        let one = if names.len() == 1 { names.first().cloned() } else { None };
        return (format!("Nay thuộc {}.", names.join(", ")), format!("Now in {}.", names_en.join(", ")), one);
    }
    let communes: Vec<_> = old.communes.iter().filter_map(|code| units.commune(*code)).collect();
    let names: Vec<_> = communes.iter().take(NAMED).map(|commune| lower(commune.full_name())).collect();
    let names_en: Vec<_> = communes.iter().take(NAMED).map(|commune| commune.full_name_en()).collect();
    let (more, more_en) = match communes.len().saturating_sub(NAMED) {
        0 => (String::new(), String::new()),
        more => (format!(" và {more} xã, phường khác"), format!(" and {more} more")),
    };
    let within: Vec<_> = provinces.iter().map(|province| lower(province.full_name())).collect();
    let within_en: Vec<_> = provinces.iter().map(|province| province.full_name_en()).collect();
    let one = match communes.as_slice() {
        [commune] => Some(lower(commune.full_name())),
        _ => None,
    };
    (
        format!("Nay là {}{more} ({}).", names.join(", "), within.join(", ")),
        format!("Now {}{more_en} ({}).", names_en.join(", "), within_en.join(", ")),
        one,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_provinces_are_real() {
        for (line, earlier) in earlier() {
            let code: ProvinceCode = earlier.province.parse().unwrap_or_else(|e| panic!("line {line}: {e}"));
            assert!(
                Units::shipped().province(code).is_some() && earlier.ended.parse::<Date>().is_ok(),
                "line {line}"
            );
        }
    }
}
