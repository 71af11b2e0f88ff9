//! Working time by the vectors of practice: Tết, swapped Saturdays, the holiday of 24 November.

#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::civil::{Date, date};
use vietnam::working_time::Calendar;

fn calendar() -> &'static Calendar {
    Calendar::shipped()
}

#[test]
fn working_days_between_two_days_leave_the_first_out() {
    for (from, to, expected) in [
        (date(2026, 2, 13), date(2026, 2, 23), 1), // Tết
        (date(2026, 1, 31), date(2026, 2, 3), 2),  // from a Saturday
        (date(2026, 5, 7), date(2026, 5, 11), 2),  // over a weekend
        (date(2026, 6, 30), date(2026, 7, 3), 3),
        (date(2026, 7, 3), date(2026, 7, 3), 0),
        (date(2026, 7, 3), date(2026, 6, 30), 0),
    ] {
        assert_eq!(calendar().working_days_between(from, to), Ok(expected), "{from} → {to}");
    }
}

#[test]
fn adding_working_days_is_the_way_back() {
    for (from, days, end) in [
        (date(2026, 2, 13), 1, date(2026, 2, 23)),
        (date(2026, 1, 31), 2, date(2026, 2, 3)),
        (date(2026, 5, 7), 2, date(2026, 5, 11)),
        (date(2026, 11, 23), 1, date(2026, 11, 25)), // 24 November is a day off since 2026
    ] {
        assert_eq!(calendar().add_working_days(from, days), Ok(end), "{from} + {days}");
    }
    assert_eq!(calendar().add_working_days(date(2026, 11, 24), 0), Ok(date(2026, 11, 25)));
}

#[test]
fn holidays_are_free_and_make_up_saturdays_are_worked() {
    let works = |day: Date| calendar().is_working_day(day).unwrap();
    assert!(!works(date(2026, 11, 24)) && works(date(2025, 11, 24)));
    assert_eq!(calendar().special_day(date(2026, 11, 24)).unwrap().name, "Ngày Văn hóa Việt Nam");
    assert!(works(date(2026, 8, 22)) && !works(date(2026, 8, 31)), "22 August is worked for 31 August");
    assert!(!works(date(2026, 1, 2)) && works(date(2026, 1, 10)), "10 January is worked for 2 January");
    assert!(!works(date(2026, 11, 21)) && works(date(2026, 11, 23)));
}

#[test]
fn a_period_that_ends_on_a_free_day_ends_on_the_next_working_day() {
    assert_eq!(
        calendar().add_calendar_days(date(2026, 10, 26), 20),
        Ok(date(2026, 11, 16)),
        "15 November is a Sunday"
    );
    assert_eq!(
        calendar().add_calendar_days(date(2026, 11, 4), 20),
        Ok(date(2026, 11, 25)),
        "24 November is a holiday"
    );
    assert_eq!(calendar().add_calendar_days(date(2026, 11, 2), 1), Ok(date(2026, 11, 3)));
}

#[test]
fn a_year_that_is_not_covered_is_refused_not_guessed() {
    let error = calendar().is_working_day(date(2031, 1, 1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the calendar of working days covers 2020 to 2030, not 2031-01-01: add the year to holidays.csv"
    );
    assert!(calendar().is_working_day(date(2019, 12, 31)).is_err());
    assert!(calendar().add_working_days(date(2030, 12, 30), 9).is_err());
    assert!(calendar().add_working_days(date(2026, 1, 1), u32::MAX).is_err());
    assert!(calendar().add_calendar_days(date(2026, 1, 1), u32::MAX).is_err());
    assert!(calendar().add_calendar_days(Date::MAX, 1).is_err());
}

#[test]
fn a_broken_calendar_is_named_with_line_and_fault() {
    for (table, message) in [
        ("date,kind,name,name_en\n2026-02-30,off,A,A\n", "holidays.csv, line 2: `2026-02-30` is not a day"),
        ("date,kind,name,name_en\n2026-02-20,free,A,A\n", "kind `free`: off or work expected"),
        (
            "date,kind,name,name_en\n2026-02-20,off,A,A\n2026-02-20,work,B,B\n",
            "line 3: 2026-02-20 stands twice",
        ),
        ("date,kind,name,name_en\n,off,A,A\n", "no day"),
        ("date,kind,name,name_en\n", "no day at all"),
    ] {
        let error = Calendar::parse(table).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}
