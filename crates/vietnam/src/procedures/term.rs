//! How long a procedure takes, as far as the words say a period that can be counted.

use std::fmt;

use crate::text::{canonical, fold};
use crate::working_time::Period;

/// The longest period that is believed, in its unit: ten years of days.
const MOST: u32 = 3_650;

/// A period as an office promises it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// One that a calendar can count.
    Period(Period),
    /// Months, which have no fixed number of days.
    Months(u32),
}

/// Words that may stand before a period without changing what it is.
const BEFORE: [&str; 8] =
    ["trong thoi han", "thoi han", "khong qua", "toi da", "cham nhat", "trong vong", "trong", "la"];

impl Term {
    /// Reads `20 ngày làm việc`, `03 Ngày`, `Không quá 05 ngày làm việc.`, `8 giờ làm việc`, `2 tháng`. Anything that says more or
    /// less than one whole period is `None`: `5`, `3-5 ngày`, `0 ngày`, `10 ngày kể từ ngày nhận đủ hồ sơ, trừ …`.
    ///
    /// ```
    /// use vietnam::procedures::Term;
    /// use vietnam::working_time::Period;
    ///
    /// assert_eq!(Term::read("Không quá 05 Ngày làm việc"), Some(Term::Period(Period::WorkingDays(5))));
    /// assert_eq!(Term::read("5"), None);
    /// ```
    #[must_use]
    pub fn read(text: &str) -> Option<Term> {
        let plain = fold(&canonical(text.trim()));
        let mut rest = plain.trim();
        // "trong thời hạn không quá": one word of these after another.
        while let Some(after) = BEFORE.iter().find_map(|word| rest.strip_prefix(word)?.strip_prefix(' ')) {
            rest = after.trim_start();
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = rest.split_at(digits);
        let count: u32 = number.parse().ok().filter(|n| (1..=MOST).contains(n))?;
        let unit = unit.trim().trim_end_matches(['.', ';']).trim_end();
        Some(match unit {
            "ngay lam viec" => Term::Period(Period::WorkingDays(count)),
            "ngay" => Term::Period(Period::CalendarDays(count)),
            "gio lam viec" => Term::Period(Period::WorkingHours(count)),
            "gio" => Term::Period(Period::Hours(count)),
            "thang" => Term::Months(count),
            _ => return None,
        })
    }

    /// The period that a calendar can count; months are none.
    #[must_use]
    pub fn period(self) -> Option<Period> {
        match self {
            Term::Period(period) => Some(period),
            Term::Months(_) => None,
        }
    }

    /// `20 working days`.
    #[must_use]
    pub fn en(self) -> String {
        let (count, unit) = match self {
            Term::Period(Period::WorkingDays(n)) => (n, "working day"),
            Term::Period(Period::CalendarDays(n)) => (n, "day"),
            Term::Period(Period::WorkingHours(n)) => (n, "working hour"),
            Term::Period(Period::Hours(n)) => (n, "hour"),
            Term::Months(n) => (n, "month"),
        };
        format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

/// `20 ngày làm việc`: what [`Term::read`] reads back.
impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self {
            Term::Period(Period::WorkingDays(n)) => (n, "ngày làm việc"),
            Term::Period(Period::CalendarDays(n)) => (n, "ngày"),
            Term::Period(Period::WorkingHours(n)) => (n, "giờ làm việc"),
            Term::Period(Period::Hours(n)) => (n, "giờ"),
            Term::Months(n) => (n, "tháng"),
        };
        write!(f, "{count} {unit}")
    }
}
