//! A time as people write it: `Thứ Hai, ngày 23 tháng 11 năm 2026 8h15`, `Thu, 01 Jan 2004 19:48:21 EST`, `23/11/2026`.

use jiff::Timestamp;
use jiff::civil::Date;
use vietnam::text::fold;

use super::{clock, instant, named};

enum Part {
    Number { value: u32, digits: usize },
    Word(String),
    Sign(char),
}

/// In how many seconds Vietnam lies before UTC.
const VIETNAM: i32 = 7 * 3600;

/// A time in words and numbers, in whatever order; nothing if one of them can be no part of a time.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    Words::of(text).read()
}

/// A time as words and numbers, read from left to right.
struct Words {
    parts: Vec<Part>,
    day: Option<u32>,
    month: Option<u32>,
    year: Option<u32>,
    time: Option<(u32, u32, u32)>,
    /// The half of the day: true in the afternoon.
    afternoon: Option<bool>,
    zone: Option<i32>,
    /// True if it is written as in Vietnam.
    vietnamese: bool,
}

impl Words {
    fn of(text: &str) -> Words {
        let folded = fold(text);
        let mut parts = Vec::new();
        let mut rest = folded.as_str();
        while let Some(first) = rest.chars().next() {
            let length = if first.is_ascii_digit() {
                rest.bytes().take_while(u8::is_ascii_digit).count()
            } else if first.is_alphabetic() {
                rest.char_indices().find(|(_, c)| !c.is_alphabetic()).map_or(rest.len(), |(at, _)| at)
            } else {
                first.len_utf8()
            };
            let (part, after) = rest.split_at(length);
            rest = after;
            if first.is_ascii_digit() {
                parts.push(Part::Number { value: part.parse().unwrap_or(u32::MAX), digits: length });
            } else if first.is_alphabetic() {
                parts.push(Part::Word(part.to_owned()));
            } else if !first.is_whitespace() {
                parts.push(Part::Sign(first));
            }
        }
        let (day, month, year, time, afternoon, zone) = (None, None, None, None, None, None);
        Words { parts, day, month, year, time, afternoon, zone, vietnamese: false }
    }

    fn number(&self, at: usize) -> Option<u32> {
        match self.parts.get(at) {
            Some(Part::Number { value, .. }) => Some(*value),
            _ => None,
        }
    }

    fn digits(&self, at: usize) -> usize {
        match self.parts.get(at) {
            Some(Part::Number { digits, .. }) => *digits,
            _ => 0,
        }
    }

    fn is_sign(&self, at: usize, signs: &[char]) -> bool {
        matches!(self.parts.get(at), Some(Part::Sign(sign)) if signs.contains(sign))
    }

    fn word(&self, at: usize) -> Option<&str> {
        match self.parts.get(at) {
            Some(Part::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn read(mut self) -> Option<Timestamp> {
        let mut at = 0;
        while at < self.parts.len() {
            at += self.step(at)?;
        }
        let year = match self.year? {
            short @ 0..=68 => 2000 + short,
            short @ 69..=99 => 1900 + short,
            year => year,
        };
        let (month, day) = match (self.month?, self.day?) {
            // The other way round, as in America: there is no thirteenth month.
            (day @ 13..=31, month @ 1..=12) if self.vietnamese => (month, day),
            both => both,
        };
        let date =
            Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        let (hour, minute, second) = self.time.unwrap_or((0, 0, 0));
        let hour = match self.afternoon {
            Some(true) if hour < 12 => hour + 12,
            Some(false) if hour == 12 => 0,
            _ => hour,
        };
        let offset = self.zone.unwrap_or(if self.vietnamese { VIETNAM } else { 0 });
        instant(date.to_datetime(clock(hour, minute, second, 0)?), offset)
    }

    /// Reads what stands at a place; how many parts that were. Nothing if it can be no part of a time.
    fn step(&mut self, at: usize) -> Option<usize> {
        match &self.parts[at] {
            Part::Word(word) => {
                let word = word.clone();
                self.named(&word, at)
            }
            Part::Number { value, digits } => {
                let (value, digits) = (*value, *digits);
                self.counted(value, digits, at)
            }
            Part::Sign('+' | '-') if self.time.is_some() && self.number(at + 1).is_some() => {
                let negative = self.is_sign(at, &['-']);
                let (value, digits) = (self.number(at + 1)?, self.digits(at + 1));
                let colon = self.is_sign(at + 2, &[':']) && digits <= 2;
                let seconds = match self.number(at + 3).filter(|_| colon) {
                    Some(minutes) => value.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?,
                    None if digits <= 2 => value * 3600,
                    None => (value / 100).checked_mul(60)?.checked_add(value % 100)?.checked_mul(60)?,
                };
                let seconds = i32::try_from(seconds).ok()?;
                self.zone = Some(if negative { -seconds } else { seconds });
                Some(if colon { 4 } else { 2 })
            }
            Part::Sign(_) => Some(1),
        }
    }

    /// A word: a month, a day of the week, a half of the day, a zone, or a name of what comes next.
    fn named(&mut self, word: &str, at: usize) -> Option<usize> {
        if let Some(month) = month(word) {
            self.month = Some(month);
            return Some(1);
        }
        match word {
            "thu"
                if self.number(at + 1).is_some_and(|day| (2..=7).contains(&day))
                    && self.digits(at + 1) == 1
                    // "Thu 5 Jan" is English.
                    && self.word(at + 2).and_then(month).is_none() =>
            {
                self.vietnamese = true;
                return Some(2);
            }
            "ngay" | "luc" | "hoi" | "vao" | "chu" | "nhat" | "hai" | "tu" | "nam" | "sau" | "bay" | "ba"
            | "cn" => {
                self.vietnamese = true;
                if word == "nam" && self.number(at + 1).is_some() && self.digits(at + 1) == 4 {
                    self.year = self.number(at + 1);
                    return Some(2);
                }
                return Some(1);
            }
            "thang" | "thg" => {
                self.vietnamese = true;
                self.month = Some(self.number(at + 1)?);
                return Some(2);
            }
            "am" | "sa" | "sang" => self.afternoon = Some(false),
            "pm" | "ch" | "chieu" | "toi" => self.afternoon = Some(true),
            "t" | "at" | "of" | "the" | "st" | "nd" | "rd" | "th" => {}
            _ if is_weekday(word) => {}
            _ => match named(word) {
                Some(seconds) => self.zone = Some(seconds),
                // A name that nobody knows in brackets behind an offset: `+0700 (Indochina Time)`.
                None if self.zone.is_some() || self.time.is_some() && self.year.is_some() => {}
                // The day of the week in another language.
                None if at == 0 && self.parts.len() > 4 => {}
                None => return None,
            },
        }
        Some(1)
    }

    /// A number: a time, a date written with strokes, a day or a year.
    fn counted(&mut self, value: u32, digits: usize, at: usize) -> Option<usize> {
        if self.is_sign(at + 1, &[':']) && digits <= 2 && self.time.is_none() {
            let minute = self.number(at + 2)?;
            let second = self.number(at + 4).filter(|_| self.is_sign(at + 3, &[':']));
            self.time = Some((value, minute, second.unwrap_or(0)));
            let read = if second.is_some() { 5 } else { 3 };
            // Fractions of a second say nothing here.
            let fraction = self.is_sign(at + read, &['.']) && self.number(at + read + 1).is_some();
            return Some(if fraction { read + 2 } else { read });
        }
        if self.word(at + 1).is_some_and(|word| word == "h" || word == "gio")
            && digits <= 2
            && self.time.is_none()
        {
            let minute = self.number(at + 2).filter(|_| self.digits(at + 2) == 2);
            self.vietnamese = true;
            self.time = Some((value, minute.unwrap_or(0), 0));
            return Some(if minute.is_some() { 3 } else { 2 });
        }
        let stroke = &['/', '-', '.'];
        if let (true, Some(second), true, Some(third)) = (
            self.is_sign(at + 1, stroke),
            self.number(at + 2),
            self.is_sign(at + 3, stroke),
            self.number(at + 4),
        ) {
            let turned = digits == 4;
            (self.day, self.month, self.year) = if turned {
                (Some(third), Some(second), Some(value))
            } else {
                (Some(value), Some(second), Some(third))
            };
            self.vietnamese |= !turned;
            return Some(5);
        }
        if digits == 4 || self.day.is_some() && self.year.is_none() {
            self.year = Some(value);
        } else if self.day.is_none() {
            self.day = Some(value);
        } else {
            return None;
        }
        Some(1)
    }
}

fn is_weekday(word: &str) -> bool {
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        .iter()
        .any(|day| word.len() >= 3 && day.starts_with(word))
        || word == "thur"
}

fn month(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let found = MONTHS
        .iter()
        .position(|month| word.len() >= 3 && month.starts_with(word))
        .or_else(|| (word == "sept").then_some(8))?;
    u32::try_from(found + 1).ok()
}
