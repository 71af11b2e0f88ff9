//! The count of a deadline in words, Vietnamese and English: what a page or a command shows under "cách tính thời hạn".

use std::fmt::Write;

use jiff::civil::{Date, DateTime, Weekday};

use super::{Deadline, Period, Reading, Start, Step};

impl Step {
    /// The day and how it was read: `Thứ Bảy 22/08/2026: Ngày làm bù, tính là ngày làm việc thứ 1`.
    #[must_use]
    pub fn vi(&self) -> String {
        let mut line = format!("{} {}: ", weekday_vi(self.day), date_vi(self.day));
        if let Some(special) = &self.special {
            let _ = write!(line, "{}, ", special.name);
        }
        let off = match (self.free, &self.special) {
            (true, Some(_)) => "ngày nghỉ, ",
            (true, None) => "nghỉ hằng tuần, ",
            (false, _) => "",
        };
        let reading = match self.reading {
            Reading::LeftOut => "ngày đầu của thời hạn, không tính".to_owned(),
            Reading::Counted(number) => format!("tính là ngày thứ {number}"),
            Reading::NotCounted => "không tính".to_owned(),
            Reading::Minutes(minutes) => format!("tính {}", duration(minutes, "giờ", "phút")),
            Reading::MovedOver => "thời hạn kết thúc vào ngày nghỉ nên lùi tiếp".to_owned(),
            Reading::MovedTo => "ngày làm việc tiếp theo, thời hạn kết thúc".to_owned(),
        };
        line + off + &reading
    }

    /// The same in English: `Saturday 2026-08-22: Make-up working day, counted as day 1`.
    #[must_use]
    pub fn en(&self) -> String {
        let mut line = format!("{} {}: ", weekday_en(self.day), self.day);
        if let Some(special) = &self.special {
            let _ = write!(line, "{}, ", special.name_en);
        }
        let off = match (self.free, &self.special) {
            (true, Some(_)) => "day off, ",
            (true, None) => "weekly day off, ",
            (false, _) => "",
        };
        let reading = match self.reading {
            Reading::LeftOut => "the first day, left out".to_owned(),
            Reading::Counted(number) => format!("counted as day {number}"),
            Reading::NotCounted => "not counted".to_owned(),
            Reading::Minutes(minutes) => format!("counted {}", duration(minutes, "h", "min")),
            Reading::MovedOver => "the end falls on days off and moves on".to_owned(),
            Reading::MovedTo => "the next working day: the period ends".to_owned(),
        };
        line + off + &reading
    }
}

impl Deadline {
    /// The result in one sentence: `1 ngày làm việc kể từ ngày 13/02/2026: hết ngày Thứ Hai 23/02/2026.`
    #[must_use]
    pub fn vi(&self) -> String {
        let period = match self.period {
            Period::Hours(n) => format!("{n} giờ"),
            Period::WorkingHours(n) => format!("{n} giờ làm việc"),
            Period::CalendarDays(n) => format!("{n} ngày"),
            Period::WorkingDays(n) => format!("{n} ngày làm việc"),
        };
        let from = match self.from {
            Start::Day(day) => format!("ngày {}", date_vi(day)),
            Start::Moment(moment) => moment_vi(moment),
        };
        let end = match self.ends_at {
            Some(moment) => format!("đến {}", moment_vi(moment)),
            None => format!("hết ngày {} {}", weekday_vi(self.end), date_vi(self.end)),
        };
        format!("{period} kể từ {from}: {end}.")
    }

    /// The same in English.
    #[must_use]
    pub fn en(&self) -> String {
        let period = match self.period {
            Period::Hours(n) => plural(n, "hour"),
            Period::WorkingHours(n) => plural(n, "working hour"),
            Period::CalendarDays(n) => plural(n, "day"),
            Period::WorkingDays(n) => plural(n, "working day"),
        };
        let from = match self.from {
            Start::Day(day) => day.to_string(),
            Start::Moment(moment) => moment.strftime("%F %H:%M").to_string(),
        };
        let end = match self.ends_at {
            Some(moment) => format!("until {}", moment.strftime("%F %H:%M")),
            None => format!("until the end of {} {}", weekday_en(self.end), self.end),
        };
        format!("{period} from {from}: {end}.")
    }

    /// The rule by which it was counted, in Vietnamese, with its source.
    #[must_use]
    pub fn rule_vi(&self) -> &'static str {
        match self.period {
            Period::Hours(_) => {
                "Thời hạn tính bằng giờ bắt đầu từ thời điểm đã xác định và tính liên tục, kể cả ban đêm và ngày nghỉ (Bộ luật Dân sự 2015, Điều 147 khoản 1)."
            }
            Period::WorkingHours(_) => {
                "Chỉ tính giờ làm việc của cơ quan; không tính ngày nghỉ và ngoài giờ."
            }
            Period::CalendarDays(_) => {
                "Không tính ngày đầu; ngày cuối là ngày nghỉ thì thời hạn kết thúc vào ngày làm việc tiếp theo (Bộ luật Dân sự 2015, Điều 147 và 148)."
            }
            Period::WorkingDays(_) => {
                "Không tính ngày đầu; chỉ tính ngày làm việc, không tính ngày nghỉ hằng tuần, ngày lễ, tết và ngày nghỉ bù; ngày làm bù được tính (Bộ luật Dân sự 2015, Điều 147 và 148; Bộ luật Lao động 2019, Điều 111 và 112)."
            }
        }
    }

    /// The rule by which it was counted, in English, with its source.
    #[must_use]
    pub fn rule_en(&self) -> &'static str {
        match self.period {
            Period::Hours(_) => {
                "A period in hours begins at its moment and runs on through nights and days off (Civil Code 2015, Art. 147(1))."
            }
            Period::WorkingHours(_) => "Only the office's hours count; days off and other hours do not.",
            Period::CalendarDays(_) => {
                "The first day is left out; a period whose last day is a day off ends on the next working day (Civil Code 2015, Art. 147 and 148)."
            }
            Period::WorkingDays(_) => {
                "The first day is left out; only working days count: not weekly days off, holidays and substitute days; make-up working days do (Civil Code 2015, Art. 147 and 148; Labour Code 2019, Art. 111 and 112)."
            }
        }
    }
}

fn weekday_vi(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "Thứ Hai",
        Weekday::Tuesday => "Thứ Ba",
        Weekday::Wednesday => "Thứ Tư",
        Weekday::Thursday => "Thứ Năm",
        Weekday::Friday => "Thứ Sáu",
        Weekday::Saturday => "Thứ Bảy",
        Weekday::Sunday => "Chủ nhật",
    }
}

fn weekday_en(day: Date) -> String {
    day.strftime("%A").to_string()
}

fn date_vi(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

fn moment_vi(moment: DateTime) -> String {
    moment.strftime("%H:%M ngày %d/%m/%Y").to_string()
}

fn plural(count: u32, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `7 giờ 30 phút`, without a part that is zero.
fn duration(minutes: u32, hour: &str, minute: &str) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("{hours} {hour}"),
        (0, minutes) => format!("{minutes} {minute}"),
        (hours, minutes) => format!("{hours} {hour} {minutes} {minute}"),
    }
}
