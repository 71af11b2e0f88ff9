//! Dates and hours as people in Viet Nam say them. Instants come in UTC; people see Asia/Ho_Chi_Minh.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};

use super::Lang;

/// Hours by which Viet Nam is ahead of UTC.
pub const OFFSET: i8 = 7;

/// The time zone of every hour that a person reads. Viet Nam has kept UTC+7 without summer time since 1975, so a
/// fixed offset says the same as `Asia/Ho_Chi_Minh` for every instant a log can hold.
pub fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(OFFSET))
}

/// The day in Viet Nam at an instant.
pub fn day(at: Timestamp) -> Date {
    at.to_zoned_datetime(zone()).date()
}

/// A day: `24/11/2026` (vi), `24 November 2026` (en).
pub fn date(lang: Lang, day: Date) -> String {
    match lang {
        Lang::Vi => format!("{:02}/{:02}/{}", day.day(), day.month(), day.year()),
        Lang::En => day.strftime("%-d %B %Y").to_string(),
    }
}

/// A day with its name: `Thứ Ba, 24/11/2026` (vi), `Tuesday 24 November 2026` (en).
pub fn long_date(lang: Lang, day: Date) -> String {
    let w = lang.words();
    let name = match day.weekday() {
        Weekday::Monday => w.monday,
        Weekday::Tuesday => w.tuesday,
        Weekday::Wednesday => w.wednesday,
        Weekday::Thursday => w.thursday,
        Weekday::Friday => w.friday,
        Weekday::Saturday => w.saturday,
        Weekday::Sunday => w.sunday,
    };
    w.long_date(name, date(lang, day))
}

/// The hour and minute in Viet Nam: `07:40`.
pub fn hour(at: Timestamp) -> String {
    at.to_zoned_datetime(zone()).strftime("%H:%M").to_string()
}

/// The hour to the second: `15:15:02`.
pub fn hour_to_second(at: Timestamp) -> String {
    at.to_zoned_datetime(zone()).strftime("%H:%M:%S").to_string()
}

/// An instant beside `now`, as short as it stays clear: `07:40` today, `23/11, 15:15` this year, `15/05/2025` before.
pub fn short(lang: Lang, at: Timestamp, now: Timestamp) -> String {
    let (then, today) = (day(at), day(now));
    if then == today {
        hour(at)
    } else if then.year() == today.year() {
        match lang {
            Lang::Vi => format!("{:02}/{:02}, {}", then.day(), then.month(), hour(at)),
            Lang::En => format!("{}, {}", then.strftime("%-d %b"), hour(at)),
        }
    } else {
        date(lang, then)
    }
}

/// An instant inside a sentence: `14:20 hôm nay`, `14:20 ngày 23/11/2026`.
pub fn in_sentence(lang: Lang, at: Timestamp, now: Timestamp) -> String {
    let w = lang.words();
    if day(at) == day(now) { w.at_today(hour(at)) } else { w.at_day(hour(at), date(lang, day(at))) }
}

/// The instant for `<time datetime>` and metadata: RFC 3339 at Viet Nam's offset, to the second.
pub fn machine(at: Timestamp) -> String {
    at.to_zoned_datetime(zone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn hours_are_those_of_viet_nam() {
        assert_eq!(hour_to_second(at("2026-11-23T08:15:02Z")), "15:15:02");
        assert_eq!(machine(at("2026-11-23T18:15:02.9Z")), "2026-11-24T01:15:02+07:00");
        let named = at("2026-06-01T00:00:00Z").in_tz("Asia/Ho_Chi_Minh").unwrap();
        assert_eq!(named.date(), day(at("2026-06-01T00:00:00Z")));
    }

    #[test]
    fn days_are_said_as_people_say_them() {
        let day = jiff::civil::date(2026, 11, 24);
        assert_eq!(long_date(Lang::Vi, day), "Thứ Ba, 24/11/2026");
        assert_eq!(long_date(Lang::En, day), "Tuesday 24 November 2026");
        assert_eq!(date(Lang::Vi, jiff::civil::date(2026, 5, 1)), "01/05/2026");
    }

    #[test]
    fn the_year_is_said_where_it_helps() {
        let now = at("2026-11-24T03:00:00Z");
        assert_eq!(short(Lang::Vi, at("2026-11-24T00:40:00Z"), now), "07:40");
        assert_eq!(short(Lang::Vi, at("2026-11-23T08:15:00Z"), now), "23/11, 15:15");
        assert_eq!(short(Lang::Vi, at("2025-05-15T08:15:00Z"), now), "15/05/2025");
        assert_eq!(in_sentence(Lang::Vi, at("2026-11-24T07:20:00Z"), now), "14:20 hôm nay");
        assert_eq!(in_sentence(Lang::Vi, at("2026-11-23T07:20:00Z"), now), "14:20 ngày 23/11/2026");
    }
}
