//! Times as the W3C note has them: a day, a time, and where the clock stands.

use std::fmt;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::Offset;

/// An instant, and the clock by which it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// The instant; a fraction of a second is not written.
    pub at: Timestamp,
    /// How far that clock is ahead of UTC.
    pub offset: Offset,
}

impl When {
    /// Reads a time with its offset: `2010-01-01T00:00:00Z`, `2010-01-01T07:00+07:00`, with or without seconds and their fraction.
    #[must_use]
    pub fn parse(text: &str) -> Option<When> {
        // In a query that was not encoded a plus sign has become a blank.
        let text = match text.rsplit_once(' ') {
            Some((front, offset)) => format!("{front}+{offset}"),
            None => text.to_owned(),
        };
        let (day, time) = text.split_once('T')?;
        let (clock, offset) = match time.strip_suffix('Z') {
            Some(clock) => (clock, Offset::UTC),
            None => {
                let at = time.len().checked_sub(6).filter(|at| time.is_char_boundary(*at))?;
                let (clock, offset) = time.split_at(at);
                (clock, shift(offset)?)
            }
        };
        let digits = |text: &str, shape: &str| {
            text.len() == shape.len()
                && text.bytes().zip(shape.bytes()).all(|(byte, like)| match like {
                    b'0' => byte.is_ascii_digit(),
                    like => byte == like,
                })
        };
        let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let shaped = digits(day, "0000-00-00")
            && (digits(whole, "00:00:00") || (digits(whole, "00:00") && !clock.contains('.')))
            && (1..=9).contains(&fraction.len())
            && fraction.bytes().all(|byte| byte.is_ascii_digit());
        if !shaped {
            return None;
        }
        let civil = DateTimeParser::new().parse_datetime(format!("{day}T{clock}")).ok()?;
        Some(When { at: offset.to_timestamp(civil).ok()?, offset })
    }
}

/// `+07:00`, `-08:00`.
fn shift(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, text.get(1..)?),
        b'-' => (-1, text.get(1..)?),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |text: &str, most: i32| {
        let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i32>().ok().filter(|number| fits && *number <= most)
    };
    Offset::from_seconds(sign * (number(hours, 23)? * 3_600 + number(minutes, 59)? * 60)).ok()
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.offset.to_datetime(self.at);
        write!(f, "{}T{:02}:{:02}:{:02}", civil.date(), civil.hour(), civil.minute(), civil.second())?;
        let seconds = self.offset.seconds();
        if seconds == 0 {
            return f.write_str("Z");
        }
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.abs() / 60;
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}
