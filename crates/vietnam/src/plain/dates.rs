//! Days that do not exist, and days whose day of the week is another.

use std::ops::Range;

use jiff::civil::{Date, Weekday};

use super::sheet::Sheet;
use super::{Concern, Finding, Weight};
use crate::text::fold;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("thứ Hai", Weekday::Monday),
    ("thứ Ba", Weekday::Tuesday),
    ("thứ Tư", Weekday::Wednesday),
    ("thứ Năm", Weekday::Thursday),
    ("thứ Sáu", Weekday::Friday),
    ("thứ Bảy", Weekday::Saturday),
    ("Chủ nhật", Weekday::Sunday),
];

/// A day as it is written: its numbers, and the words it takes.
struct Written {
    day: i32,
    month: i32,
    year: i32,
    words: Range<usize>,
    /// True if it can be nothing but a day.
    sure: bool,
}

pub(super) fn find(sheet: &Sheet<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for line in sheet.readable() {
        let mut index = line.words.start;
        while index < line.words.end {
            let Some(written) = written_at(sheet, index, line.words.end) else {
                index += 1;
                continue;
            };
            index = written.words.end;
            let range = sheet.words[written.words.start].start..sheet.words[written.words.end - 1].end;
            let day = i16::try_from(written.year).ok().and_then(|year| {
                Date::new(year, i8::try_from(written.month).ok()?, i8::try_from(written.day).ok()?).ok()
            });
            match day {
                None if written.sure => found.push(Finding {
                    range,
                    concern: Concern::Date,
                    weight: Weight::Mistake,
                    vi: "Ngày này không có trong lịch. Hãy kiểm tra lại ngày, tháng.".into(),
                    en: "There is no such day. Check day and month.".into(),
                    suggestion: None,
                }),
                None => {}
                Some(day) => found.extend(weekday(sheet, written.words.start, day)),
            }
        }
    }
    found
}

/// `24/11/2026`, `24-11-2026`, `24.11.2026`, `24 tháng 11 năm 2026`, from a word.
fn written_at(sheet: &Sheet<'_>, index: usize, end: usize) -> Option<Written> {
    let number = |index: usize, most: usize| {
        let word = sheet.word(index);
        let fine = index < end && word.len() <= most && word.bytes().all(|b| b.is_ascii_digit());
        fine.then(|| word.parse::<i32>().ok()).flatten()
    };
    let said = |index: usize, word: &str| index < end && fold(sheet.word(index)) == word;
    let day = number(index, 2)?;
    let named = index > 0 && said(index - 1, "ngay");
    if said(index + 1, "thang") && said(index + 3, "nam") {
        let (month, year) = (number(index + 2, 2)?, number(index + 4, 4).filter(|year| *year > 999)?);
        return Some(Written { day, month, year, words: index..index + 5, sure: true });
    }
    let sign = sheet.gap_before(index + 1);
    let (month, year) =
        (number(index + 1, 2)?, number(index + 2, 4).filter(|year| (1900..2200).contains(year))?);
    if !matches!(sign, "/" | "-" | ".") || sheet.gap_before(index + 2) != sign {
        return None;
    }
    // A document's number goes on: 12/13/2026/NĐ-CP.
    let goes_on = index + 3 < end && sheet.gap_before(index + 3).starts_with(['/', '-']);
    let begun = index > 0
        && sheet.gap_before(index).ends_with(['/', '-', '.'])
        && !sheet.gap_before(index).contains(' ');
    let plausible = day <= 31 && month <= 12 && day > 0 && month > 0;
    (!goes_on && !begun).then_some(Written {
        day,
        month,
        year,
        words: index..index + 3,
        sure: named || plausible && sign == "/",
    })
}

/// A finding if a day of the week stands right before a day, and it is another.
fn weekday(sheet: &Sheet<'_>, index: usize, day: Date) -> Option<Finding> {
    let mut last = index.checked_sub(1)?;
    if fold(sheet.word(last)) == "ngay" {
        last = last.checked_sub(1)?;
    }
    let first = last.checked_sub(1)?;
    let gaps = [sheet.gap_before(last + 1), sheet.gap_before(last)];
    if gaps.iter().any(|gap| gap.len() > 3 || gap.contains(['.', '\n', ';'])) {
        return None;
    }
    let said = match (fold(sheet.word(first)).as_str(), fold(sheet.word(last)).as_str()) {
        ("chu", "nhat") => Weekday::Sunday,
        ("thu", name) => match name {
            "hai" | "2" => Weekday::Monday,
            "ba" | "3" => Weekday::Tuesday,
            "tu" | "4" => Weekday::Wednesday,
            "nam" | "5" => Weekday::Thursday,
            "sau" | "6" => Weekday::Friday,
            "bay" | "7" => Weekday::Saturday,
            _ => return None,
        },
        _ => return None,
    };
    // “lần thứ hai ngày …” counts meetings.
    let counts = first
        .checked_sub(1)
        .is_some_and(|before| matches!(sheet.word(before), "lần" | "kỳ" | "phiên" | "đợt"));
    if said == day.weekday() || counts {
        return None;
    }
    let right = WEEKDAYS.iter().find(|(_, weekday)| *weekday == day.weekday()).map_or("", |(name, _)| name);
    let english = day.strftime("%A");
    Some(Finding {
        range: sheet.words[first].start..sheet.words[last].end,
        concern: Concern::Date,
        weight: Weight::Mistake,
        vi: format!(
            "Ngày {} là {right}, không phải “{} {}”.",
            day.strftime("%d/%m/%Y"),
            sheet.word(first),
            sheet.word(last)
        ),
        en: format!("{day} is a {english}, not “{} {}”.", sheet.word(first), sheet.word(last)),
        suggestion: Some(right.to_owned()),
    })
}
