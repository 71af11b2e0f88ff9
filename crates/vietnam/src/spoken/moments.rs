//! Days and hours as they are said.

use jiff::civil::Date;

use super::numbers::{number, written};

/// A day: `ngày hai mươi sáu tháng mười một năm hai nghìn không trăm hai mươi sáu`; the first ten days of a month with mùng.
///
/// ```
/// use jiff::civil::date;
///
/// assert_eq!(vietnam::spoken::day(date(2026, 4, 5)), "ngày mùng năm tháng tư năm hai nghìn không trăm hai mươi sáu");
/// ```
#[must_use]
pub fn day(day: Date) -> String {
    let year = number(day.year().unsigned_abs().into());
    format!(
        "ngày {} tháng {} năm {year}",
        day_of_month(day.day().unsigned_abs().into()),
        month(day.month().unsigned_abs().into())
    )
}

/// An hour and minute: `bảy giờ`, `mười lăm giờ ba mươi phút`.
#[must_use]
pub fn time(hour: u64, minute: u64) -> String {
    match minute {
        0 => format!("{} giờ", number(hour)),
        minute => format!("{} giờ {} phút", number(hour), number(minute)),
    }
}

/// `mùng năm`, `hai mươi tư`.
pub(super) fn day_of_month(n: u64) -> String {
    if n <= 10 { format!("mùng {}", number(n)) } else { number(n) }
}

/// `một`, `tư`, `mười hai`.
pub(super) fn month(n: u64) -> String {
    if n == 4 { "tư".to_owned() } else { number(n) }
}

/// A day or an hour at the beginning of a text: what is said, and its bytes. `before` is the word before it, folded; "ngày" and
/// "tháng" are not said twice.
pub(super) fn read(text: &str, before: &str) -> Option<(String, usize)> {
    let found = clock(text)
        .or_else(|| iso(text))
        .or_else(|| dated(text, before))
        .or_else(|| month_of_year(text, before))?;
    let goes_on = text[found.1..].starts_with(|c: char| c.is_alphanumeric() || c == '/');
    (!goes_on).then_some(found)
}

/// So many digits at the beginning, from `least` to `most`, and what follows.
fn take(text: &str, least: usize, most: usize) -> Option<(u64, &str)> {
    let long = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(least..=most).contains(&long) {
        return None;
    }
    Some((text[..long].parse().ok()?, &text[long..]))
}

/// `15h30`, `15h`, `7g30`, `15:30`, `15:30:02`.
fn clock(text: &str) -> Option<(String, usize)> {
    let used = |rest: &str| text.len() - rest.len();
    let (hour, rest) = take(text, 1, 2)?;
    if hour > 24 {
        return None;
    }
    if let Some(rest) = rest.strip_prefix('h').or_else(|| rest.strip_prefix('H')) {
        return Some(match take(rest, 2, 2) {
            Some((minute, rest)) if minute < 60 => {
                let rest = rest.strip_prefix('\'').unwrap_or(rest);
                (time(hour, minute), used(rest))
            }
            _ => (time(hour, 0), used(rest)),
        });
    }
    let sign = rest.chars().next().filter(|sign| matches!(sign, ':' | 'g'))?;
    let (minute, rest) = take(&rest[sign.len_utf8()..], 2, 2).filter(|(minute, _)| *minute < 60)?;
    let seconds = rest
        .strip_prefix(':')
        .filter(|_| sign == ':')
        .and_then(|rest| take(rest, 2, 2))
        .filter(|(s, _)| *s < 60);
    Some(match seconds {
        Some((second, rest)) => (format!("{} {} giây", time(hour, minute), number(second)), used(rest)),
        None => (time(hour, minute), used(rest)),
    })
}

/// `2026-11-26`
fn iso(text: &str) -> Option<(String, usize)> {
    let digits = text.get(..10)?;
    let one: Date = digits.parse().ok()?;
    Some((day(one), 10))
}

/// `26/11/2026`, `26-11-2026`, `26.11.2026`; with a range of days before: `5-10/11/2026`; without a year where a day is expected.
fn dated(text: &str, before: &str) -> Option<(String, usize)> {
    let (first, rest) = take(text, 1, 2)?;
    let ranged = rest
        .strip_prefix(['-', '–'])
        .and_then(|rest| take(rest, 1, 2))
        .filter(|(_, rest)| rest.starts_with('/'));
    let (days, rest) = match ranged {
        Some((last, rest)) if (1..last).contains(&first) => (vec![first, last], rest),
        _ => (vec![first], rest),
    };
    let sign = rest.chars().next().filter(|sign| matches!(sign, '/' | '-' | '.'))?;
    let (month_, rest) = take(&rest[1..], 1, 2)?;
    let year = rest
        .strip_prefix(sign)
        .and_then(|rest| take(rest, 4, 4))
        .filter(|(year, _)| (1000..=2999).contains(year));
    let expected = sign == '/' && (days.len() > 1 || EXPECTED.contains(&before));
    let (year, rest) = match year {
        Some((year, rest)) => (Some(year), rest),
        None if expected => (None, rest),
        None => return None,
    };
    // A year that is not said may be a leap year.
    let exists = |day: u64| Date::new(year.unwrap_or(2000) as i16, month_ as i8, day as i8).is_ok();
    if month_ > 12 || !days.iter().all(|day| *day <= 31 && exists(*day)) {
        return None;
    }
    let said = days.into_iter().map(day_of_month).collect::<Vec<_>>().join(" đến ");
    let year = year.map(|year| format!(" năm {}", number(year))).unwrap_or_default();
    let lead = if before == "ngay" { "" } else { "ngày " };
    Some((format!("{lead}{said} tháng {}{year}", month(month_)), text.len() - rest.len()))
}

/// Words after which two numbers with a slash are a day and a month.
const EXPECTED: [&str; 8] = ["ngay", "sang", "trua", "chieu", "toi", "dem", "den", "tu"];

/// `11/2026`
fn month_of_year(text: &str, before: &str) -> Option<(String, usize)> {
    let (one, rest) = take(text, 1, 2).filter(|(one, _)| (1..=12).contains(one))?;
    let (year, rest) =
        take(rest.strip_prefix('/')?, 4, 4).filter(|(year, _)| (1900..=2100).contains(year))?;
    let lead = if before == "thang" { "" } else { "tháng " };
    Some((format!("{lead}{} năm {}", month(one), number(year)), text.len() - rest.len()))
}

/// A number where the words around say that it is a day, a month or a place in a row: `ngày 5 tháng 4`, `thứ 4`.
pub(super) fn in_words(digits: &str, before: &str, behind: &str) -> Option<String> {
    let n: u64 = digits.parse().ok()?;
    match before {
        "ngay" if (1..=10).contains(&n) && behind.trim_start().starts_with("tháng") => Some(day_of_month(n)),
        "thang" if n == 4 => Some(month(n)),
        "thu" if matches!(n, 1 | 4) => Some(if n == 1 { "nhất".to_owned() } else { "tư".to_owned() }),
        _ => None,
    }
    .or_else(|| (digits.len() > 3).then(|| written(digits)))
}
