//! Times as feeds write them: ISO 8601 and its profiles, RFC 822 and what became of it, and as Vietnamese sites write them.

mod words;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// The longest text that is a time.
const LONGEST: usize = 100;

/// Reads a time, however it is written.
///
/// Where no zone is said, a time in ISO 8601 or RFC 822 is UTC, as these say; one that is written as in Vietnam
/// (`23/11/2026 08:15`, `Thứ Hai, ngày 23 tháng 11 năm 2026`) is that of Vietnam. A date without a time is its midnight.
///
/// ```
/// let at = |text| feeds::date(text).unwrap().to_string();
/// assert_eq!(at("Thu, 01 Jan 2004 19:48:21 EST"), "2004-01-02T00:48:21Z");
/// assert_eq!(at("2026-11-23T08:15:00+07:00"), "2026-11-23T01:15:00Z");
/// assert_eq!(at("23/11/2026 8:15:30 SA"), "2026-11-23T01:15:30Z");
/// assert_eq!(feeds::date("yesterday"), None);
/// ```
#[must_use]
pub fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    iso(text).or_else(|| words::read(text))
}

/// ISO 8601 with any part left out at the end: `2003`, `2003-12`, `2003-12-31T10:14:55.94+01:00`, `20031231`.
fn iso(text: &str) -> Option<Timestamp> {
    let mut at = Cursor { rest: text };
    let year = at.digits(4)?;
    let dashed = at.skip('-');
    let month = at.digits(2).unwrap_or(1);
    let day = match at.skip('-') || !dashed {
        true => at.digits(2).unwrap_or(1),
        false => 1,
    };
    let date =
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    if at.rest.is_empty() {
        return instant(date.to_datetime(Time::midnight()), 0);
    }
    if !(at.skip('T') || at.skip('t') || at.skip(' ')) {
        return None;
    }
    at.rest = at.rest.trim_start();
    let hour = at.digits(2)?;
    at.skip(':');
    let minute = at.digits(2).unwrap_or(0);
    at.skip(':');
    let second = at.digits(2).unwrap_or(0);
    let nanosecond = at.fraction();
    let rest = at.rest.trim();
    let offset = if rest.is_empty() { 0 } else { zone(rest)? };
    let time = clock(hour, minute, second, nanosecond)?;
    instant(date.to_datetime(time), offset)
}

struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    /// Exactly so many digits.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let digits =
            self.rest.get(..count).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        self.rest = &self.rest[count..];
        digits.parse().ok()
    }

    fn skip(&mut self, sign: char) -> bool {
        let skipped = self.rest.strip_prefix(sign);
        self.rest = skipped.unwrap_or(self.rest);
        skipped.is_some()
    }

    /// A fraction of a second in nanoseconds; what is finer is cut off.
    fn fraction(&mut self) -> u32 {
        if !self.rest.starts_with(['.', ',']) {
            return 0;
        }
        let length = self.rest[1..].bytes().take_while(u8::is_ascii_digit).count();
        let digits: String = self.rest[1..=length].chars().chain("000000000".chars()).take(9).collect();
        self.rest = &self.rest[length + 1..];
        digits.parse().unwrap_or(0)
    }
}

/// A time of day; a leap second is the second before it, and 24:00 does not exist.
fn clock(hour: u32, minute: u32, second: u32, nanosecond: u32) -> Option<Time> {
    let small = |number: u32| i8::try_from(number).ok();
    Time::new(
        small(hour)?,
        small(minute)?,
        small(second.min(59)).filter(|_| second <= 60)?,
        i32::try_from(nanosecond).ok()?,
    )
    .ok()
}

fn instant(at: DateTime, offset: i32) -> Option<Timestamp> {
    Offset::from_seconds(offset).ok()?.to_timestamp(at).ok()
}

/// A zone by its sign and digits, or its name: seconds before UTC.
fn zone(text: &str) -> Option<i32> {
    let name = text.split(['+', '-']).next().unwrap_or_default().trim();
    let digits = &text[name.len()..].trim_start();
    if let Some(sign @ ('+' | '-')) = digits.chars().next() {
        let numbers: String =
            digits.chars().skip(1).take_while(|c| c.is_ascii_digit() || *c == ':').collect();
        let (hours, minutes) = match numbers.split_once(':') {
            Some((hours, minutes)) => (hours.parse().ok()?, minutes.parse().unwrap_or(0)),
            None if numbers.len() <= 2 => (numbers.parse().ok()?, 0),
            None => (numbers[..numbers.len() - 2].parse().ok()?, numbers[numbers.len() - 2..].parse().ok()?),
        };
        let seconds: i32 = i32::checked_mul(hours, 3600)?.checked_add(i32::checked_mul(minutes, 60)?)?;
        return Some(if sign == '-' { -seconds } else { seconds });
    }
    named(&name.to_ascii_lowercase())
}

/// The zones that RFC 822 names, and those that are met beside them.
fn named(name: &str) -> Option<i32> {
    let hours = match name {
        "z" | "ut" | "utc" | "gmt" | "wet" => 0,
        "est" | "cdt" => -5,
        "edt" => -4,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" => -8,
        "bst" | "cet" | "met" | "west" => 1,
        "cest" | "eet" | "mest" => 2,
        "eest" | "msk" => 3,
        "ict" | "asia/ho_chi_minh" | "asia/bangkok" | "asia/saigon" => 7,
        "hkt" | "sgt" => 8,
        "jst" | "kst" => 9,
        _ => return None,
    };
    Some(hours * 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_however_they_are_written() {
        for (written, read) in [
            ("2003", "2003-01-01T00:00:00Z"),
            ("2003-12", "2003-12-01T00:00:00Z"),
            ("20031231", "2003-12-31T00:00:00Z"),
            ("2003-12-31T10:14:55Z", "2003-12-31T10:14:55Z"),
            ("2003-12-31T10:14:55.94+01:00", "2003-12-31T09:14:55.94Z"),
            ("2003-12-31 10:14:55 -0800", "2003-12-31T18:14:55Z"),
            ("2004-07-08T23:56:58+07", "2004-07-08T16:56:58Z"),
            ("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"),
            ("01 Jan 04 19:48 GMT", "2004-01-01T19:48:00Z"),
            ("Thu,1 January 2004 19:48:21 +0700 (Indochina Time)", "2004-01-01T12:48:21Z"),
            ("Thu Jan  1 19:48:21 2004", "2004-01-01T19:48:21Z"),
            ("Thu 5 Mar 2026 08:00 GMT", "2026-03-05T08:00:00Z"),
            ("Mon, 26 January 2004 16:31:00 PST", "2004-01-27T00:31:00Z"),
            ("Mon, 23 Nov 2026 08:15:00 GMT+7", "2026-11-23T01:15:00Z"),
            ("Nov 23, 2026 8:15 PM", "2026-11-23T20:15:00Z"),
            ("Sun, 31 Dec 2016 23:59:60 UT", "2016-12-31T23:59:59Z"),
            ("23/11/2026", "2026-11-22T17:00:00Z"),
            ("23/11/2026 08:15", "2026-11-23T01:15:00Z"),
            ("08:15 23-11-2026", "2026-11-23T01:15:00Z"),
            ("23.11.2026 8:15:30 CH", "2026-11-23T13:15:30Z"),
            ("11/23/2026 8:15:00 AM", "2026-11-23T01:15:00Z"),
            ("Thứ Hai, 23/11/2026, 08:15 (GMT+7)", "2026-11-23T01:15:00Z"),
            ("Thứ 2, 23/11/2026 | 08:15", "2026-11-23T01:15:00Z"),
            ("8h15 ngày 23 tháng 11 năm 2026", "2026-11-23T01:15:00Z"),
            ("Chủ nhật, ngày 22 tháng 11 năm 2026", "2026-11-21T17:00:00Z"),
            ("23 Thg 11 2026 08:15", "2026-11-23T01:15:00Z"),
            ("2026/11/23 08:15", "2026-11-23T08:15:00Z"),
            ("mer, 16 nov 2022 00:38:15 +0100", "2022-11-15T23:38:15Z"),
        ] {
            assert_eq!(date(written).map(|at| at.to_string()).as_deref(), Some(read), "{written}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for written in [
            "",
            "today",
            "31/02/2026",
            "32 Jan 2004",
            "2004-13-01",
            "25:00 1/1/2026",
            "a 2026",
            "99999999999999999999",
            "12:30",
        ] {
            assert_eq!(date(written), None, "{written}");
        }
    }
}
