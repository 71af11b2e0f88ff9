//! Working time by the vectors of practice: Tết, swapped Saturdays, the holiday of 24 November.

#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::civil::{Date, date, datetime};
use proptest::prelude::*;
use vietnam::working_time::{Calendar, NoDeadline, OfficeHours, Period, Reading};

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
        ("date,kind,name,name_en\n,off,A,A\n", "line 2: no day"),
        ("date,kind,name,name_en\n", "no day at all"),
    ] {
        let error = Calendar::parse(table).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

fn end(from: Date, period: Period) -> Date {
    calendar().deadline(from, period, OfficeHours::usual()).unwrap().end
}

#[test]
fn a_deadline_tells_every_day_of_its_count_and_why() {
    let deadline =
        calendar().deadline(date(2026, 8, 20), Period::WorkingDays(8), OfficeHours::usual()).unwrap();
    assert_eq!(
        deadline.steps.iter().map(|step| step.vi()).collect::<Vec<_>>(),
        [
            "Thứ Năm 20/08/2026: ngày đầu của thời hạn, không tính",
            "Thứ Sáu 21/08/2026: tính là ngày thứ 1",
            "Thứ Bảy 22/08/2026: Ngày làm bù, tính là ngày thứ 2",
            "Chủ nhật 23/08/2026: nghỉ hằng tuần, không tính",
            "Thứ Hai 24/08/2026: tính là ngày thứ 3",
            "Thứ Ba 25/08/2026: tính là ngày thứ 4",
            "Thứ Tư 26/08/2026: tính là ngày thứ 5",
            "Thứ Năm 27/08/2026: tính là ngày thứ 6",
            "Thứ Sáu 28/08/2026: tính là ngày thứ 7",
            "Thứ Bảy 29/08/2026: nghỉ hằng tuần, không tính",
            "Chủ nhật 30/08/2026: nghỉ hằng tuần, không tính",
            "Thứ Hai 31/08/2026: Ngày nghỉ (thay cho ngày 22/08/2026), ngày nghỉ, không tính",
            "Thứ Ba 01/09/2026: Quốc khánh, ngày nghỉ, không tính",
            "Thứ Tư 02/09/2026: Quốc khánh, ngày nghỉ, không tính",
            "Thứ Năm 03/09/2026: tính là ngày thứ 8",
        ]
    );
    assert_eq!(deadline.steps[2].en(), "Saturday 2026-08-22: Make-up working day, counted as day 2");
    assert_eq!(deadline.vi(), "8 ngày làm việc kể từ ngày 20/08/2026: hết ngày Thứ Năm 03/09/2026.");
    assert_eq!(deadline.en(), "8 working days from 2026-08-20: until the end of Thursday 2026-09-03.");
    let basis = &deadline.steps[12].special.as_ref().unwrap().legal_basis;
    assert_eq!(basis, "Bộ luật Lao động 45/2019/QH14, Điều 112");
}

#[test]
fn calendar_days_count_free_days_and_the_end_moves_over_them() {
    let deadline =
        calendar().deadline(date(2026, 2, 9), Period::CalendarDays(5), OfficeHours::usual()).unwrap();
    assert_eq!(deadline.end, date(2026, 2, 23));
    let readings: Vec<Reading> = deadline.steps.iter().map(|s| s.reading).collect();
    assert_eq!(
        readings[..7],
        [
            Reading::LeftOut,
            Reading::Counted(1),
            Reading::Counted(2),
            Reading::Counted(3),
            Reading::Counted(4),
            Reading::Counted(5), // Saturday, 14 February
            Reading::MovedOver,
        ]
    );
    assert_eq!(readings.last(), Some(&Reading::MovedTo));
    assert_eq!(end(date(2026, 11, 24), Period::CalendarDays(0)), date(2026, 11, 25));
}

#[test]
fn hours_run_through_nights_and_days_off_from_their_moment() {
    let deadline =
        |from, hours| calendar().deadline(from, Period::Hours(hours), OfficeHours::usual()).unwrap();
    let press = deadline(datetime(2026, 2, 13, 16, 30, 0, 0), 24);
    assert_eq!(press.ends_at, Some(datetime(2026, 2, 14, 16, 30, 0, 0)), "a Saturday: incidents do not wait");
    assert_eq!(press.end, date(2026, 2, 14));
    assert_eq!(press.vi(), "24 giờ kể từ 16:30 ngày 13/02/2026: đến 16:30 ngày 14/02/2026.");
    assert_eq!(
        press.steps.iter().map(|s| s.vi()).collect::<Vec<_>>(),
        ["Thứ Sáu 13/02/2026: tính 7 giờ 30 phút", "Thứ Bảy 14/02/2026: nghỉ hằng tuần, tính 16 giờ 30 phút"]
    );
    // From a day alone hours run from its midnight, and end with a day.
    let day = calendar().deadline(date(2026, 2, 13), Period::Hours(24), OfficeHours::usual()).unwrap();
    assert_eq!((day.end, day.ends_at), (date(2026, 2, 14), Some(datetime(2026, 2, 15, 0, 0, 0, 0))));
    assert_eq!(deadline(datetime(2026, 2, 13, 0, 0, 0, 0), 24).end, date(2026, 2, 14));
    assert_eq!(deadline(datetime(2026, 2, 13, 23, 59, 59, 0), 0).end, date(2026, 2, 13));
}

#[test]
fn working_hours_count_only_while_the_office_is_open() {
    let ends = |from, hours| {
        calendar().deadline(from, Period::WorkingHours(hours), OfficeHours::usual()).unwrap().ends_at.unwrap()
    };
    let at = |day, hour, minute| datetime(2026, 2, day, hour, minute, 0, 0);
    assert_eq!(ends(at(12, 9, 0), 2), at(12, 11, 0));
    assert_eq!(ends(at(12, 9, 0), 4), at(12, 14, 30), "over noon");
    assert_eq!(ends(at(12, 12, 0), 1), at(12, 14, 0), "from noon");
    assert_eq!(ends(at(12, 15, 0), 8), at(13, 15, 0), "over the night");
    assert_eq!(ends(at(13, 15, 0), 3), at(23, 8, 30), "over Tết");
    assert_eq!(ends(at(14, 8, 0), 8), at(23, 17, 0), "from a Saturday to closing time");
    assert_eq!(ends(at(13, 18, 0), 0), at(23, 7, 30), "at once, after closing time");
}

#[test]
fn office_hours_are_dated_and_may_have_seasons() {
    let office = OfficeHours::shipped("vinh-phuc").unwrap();
    let opens = |day| office.on(day).unwrap().spans[0].0.to_string();
    assert_eq!(opens(date(2022, 4, 15)), "07:30:00");
    assert_eq!(opens(date(2022, 4, 16)), "07:00:00");
    assert_eq!(opens(date(2022, 12, 31)), "07:30:00", "winter runs over the turn of the year");
    assert_eq!(office.on(date(2025, 7, 1)), None, "the province was merged");
    let none = calendar().deadline(date(2025, 7, 1), Period::WorkingHours(1), office);
    assert_eq!(none, Err(NoDeadline::NoHours(date(2025, 7, 2))));
    let header = "office,from,until,season_from,season_until,morning_from,morning_until,afternoon_from,afternoon_until,legal_basis\n";
    for (row, message) in [
        ("a,,,,,07:30,11:30,13:00,25:00,x\n", "office_hours.csv, line 2: `25:00` is not a time"),
        ("a,,,02-30,03-01,07:30,11:30,13:00,17:00,x\n", "`02-30` is not a month and day"),
        ("a,,,,,07:30,13:30,13:00,17:00,x\n", "do not follow each other"),
        ("a,,,,,07:30,11:30,13:00,17:00,\n", "must not be empty"),
    ] {
        let error = OfficeHours::parse(&format!("{header}{row}")).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn a_changed_calendar_gives_another_deadline_when_asked_again() {
    let period = Period::WorkingDays(2);
    assert_eq!(end(date(2027, 4, 28), period), date(2027, 5, 4));
    let swapped = calendar()
        .amended(
            "date,kind,name,name_en,legal_basis\n2027-05-03,usual,,,Quyết định\n\
             2027-04-29,off,Ngày nghỉ,Day off,Quyết định\n2027-05-08,work,Ngày làm bù,Make-up working day,Quyết định\n",
        )
        .unwrap();
    let again = swapped.deadline(date(2027, 4, 28), period, OfficeHours::usual()).unwrap();
    assert_eq!(again.end, date(2027, 5, 4), "3 May for 29 April");
    let later = swapped.deadline(date(2027, 5, 6), period, OfficeHours::usual()).unwrap();
    assert_eq!((later.end, end(date(2027, 5, 6), period)), (date(2027, 5, 8), date(2027, 5, 10)));
    let next = calendar().amended(&table(&["2031-01-01,off,Tết,Tet,Luật"])).unwrap();
    assert_eq!(next.is_working_day(date(2031, 1, 2)), Ok(true));
}

fn table(rows: &[&str]) -> String {
    format!("date,kind,name,name_en,legal_basis\n{}\n", rows.join("\n"))
}

#[test]
fn a_bad_row_is_told_with_its_line_and_how_to_mend_it() {
    let rows = [
        "2027-05-03,off,Nghỉ,Off,Quyết định 1",
        "03/05/2027,off,Nghỉ,Off,Quyết định 1",
        "2027-05-04,free,Nghỉ,Off,Quyết định 1",
        "2027-05-05,off,Nghỉ,Off,",
        "2027-05-06,work,Làm bù,Make-up,Quyết định 1",
        "2027-05-03,usual,,,Quyết định 1",
        "2027-05-07,off,Nghỉ",
        "2033-01-01,off,Tết,Tet,Luật",
    ];
    let bad = calendar().amended(&table(&rows)).unwrap_err();
    let lines: Vec<u64> = bad.0.iter().map(|row| row.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8, 9]);
    for (row, (vi, en)) in bad.0.iter().zip([
        ("viết năm-tháng-ngày", "write year-month-day"),
        ("off (nghỉ), work (làm bù) hoặc usual", "off, work or usual"),
        ("thiếu căn cứ pháp lý", "no legal basis"),
        ("để bỏ một ngày nghỉ, ghi usual", "to take a holiday back, write usual"),
        ("đã có ở dòng 2", "stands in line 2 already"),
        ("có 3 ô, cần 5 ô", "has 3 cells, not 5"),
        ("thiếu năm 2031", "leaves a gap: the calendar covers 2020 to 2030"),
    ]) {
        assert!(row.vi.contains(vi) && row.en.contains(en), "{row:?}");
    }
    assert_eq!(calendar().amended("date,kind,name,name_en,legal_basis\n").unwrap_err().0[0].line, 1);
}

#[test]
fn a_table_from_a_spreadsheet_is_read() {
    let plain = calendar().amended(&table(&["2027-05-03,off,Nghỉ,,Quyết định 1"])).unwrap();
    let windows = "\u{feff}date;kind;name;name_en;legal_basis\r\n2027-05-03; off ;Nghỉ;;Quyết định 1\r\n";
    assert_eq!(calendar().amended(windows).unwrap(), plain);
    assert_eq!(Calendar::parse(&plain.table()).unwrap(), plain, "what is printed can be loaded");
    assert_eq!(Calendar::parse(&calendar().table()).unwrap(), *calendar());
}

#[test]
fn what_a_table_changes_is_told_day_by_day() {
    let next = calendar()
        .amended(&table(&[
            "2027-05-03,usual,,,Quyết định 1",
            "2027-04-29,off,Ngày nghỉ,Day off,Quyết định 1",
            "2027-04-30,off,Ngày Chiến thắng,Liberation Day/Reunification Day,Quyết định 1",
        ]))
        .unwrap();
    let changes = calendar().changes(&next);
    let told: Vec<_> =
        changes.iter().map(|c| (c.day, c.was.is_some(), c.now.is_some(), c.counts())).collect();
    assert_eq!(
        told,
        [
            (date(2027, 4, 29), false, true, true),
            (date(2027, 4, 30), true, true, false), // another basis, the same day off
            (date(2027, 5, 3), true, false, true),
        ]
    );
    assert!(next.changes(&next).is_empty());
}

#[test]
fn office_hours_are_replaced_office_by_office_and_never_told_twice_for_a_day() {
    const HEAD: &str = "office,from,until,season_from,season_until,morning_from,morning_until,afternoon_from,afternoon_until,legal_basis\n";
    let all = OfficeHours::all_shipped();
    let summer = "usual,2026-01-01,,04-16,10-15,07:00,11:30,13:30,17:00,QĐ 1\n";
    let winter = "usual,2026-01-01,,10-16,04-15,07:30,12:00,13:00,16:30,QĐ 1\n";
    let next = OfficeHours::amended(all, &format!("{HEAD}{summer}{winter}")).unwrap();
    assert_eq!(next, OfficeHours::amended(all, &format!("{HEAD}{winter}{summer}")).unwrap());
    assert_eq!(next.len(), all.len());
    assert!(
        next["usual"].on(date(2025, 6, 1)).is_none(),
        "an office in the table has its rows and no others"
    );
    let again = "usual,2027-01-01,,,,07:30,12:00,13:00,16:30,QĐ 2\n";
    let bad = OfficeHours::amended(all, &format!("{HEAD}{summer}{again}")).unwrap_err();
    assert!(bad.0[0].line == 3 && bad.0[0].vi.contains("trùng ngày áp dụng với dòng 2"), "{bad}");
    let bad = OfficeHours::amended(all, &format!("{HEAD}usual,,,,,7g30,11:30,13:30,17:00,QĐ\n")).unwrap_err();
    assert!(bad.to_string().contains("`7g30` is not a time"), "{bad}");
}

/// Rows of a table: days of 2026 to 2031, each off or as usual.
fn some_rows() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::btree_map(0_i64..2_190, any::<bool>(), 1..40).prop_map(|days| {
        let row = |(day, off): (i64, bool)| {
            let day = date(2026, 1, 1).saturating_add(jiff::Span::new().days(day));
            let kind = if off { "off" } else { "usual" };
            format!("{day},{kind},Ngày nghỉ,Day off,Quyết định")
        };
        days.into_iter().map(row).collect()
    })
}

proptest! {
    #[test]
    fn the_same_table_twice_changes_nothing_and_the_order_of_rows_does_not_matter(
        rows in some_rows(),
        seed in any::<prop::sample::Index>(),
    ) {
        let whole = |rows: &[String]| table(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        let once = calendar().amended(&whole(&rows)).unwrap();
        prop_assert_eq!(&once.amended(&whole(&rows)).unwrap(), &once);
        let mut other = rows.clone();
        other.rotate_left(seed.index(rows.len()));
        let half = rows.len() / 2;
        other[half..].reverse();
        prop_assert_eq!(&calendar().amended(&whole(&other)).unwrap(), &once);
        // What is told is all that there is: the changes lead from one to the other.
        for change in calendar().changes(&once) {
            prop_assert_eq!(once.special_day(change.day), change.now.as_ref());
        }
    }
}

#[test]
fn every_special_day_that_ships_has_its_legal_basis() {
    let mut day = date(2020, 1, 1);
    while day <= date(2030, 12, 31) {
        if let Some(special) = calendar().special_day(day) {
            assert!(!special.legal_basis.is_empty(), "{day}");
            assert_eq!(special.legal_basis.contains("dự kiến"), day.year() > 2026, "{day}");
        }
        day = day.tomorrow().unwrap();
    }
}

// What others count: see `oracle/build.py`, which also says where Viet Nam's official days differ from theirs.

#[test]
fn ten_years_of_days_are_as_others_count_them() {
    let mut count = 0;
    for row in csv::Reader::from_reader(include_str!("oracle/days.csv").as_bytes()).records() {
        let row = row.unwrap();
        let mut day = date(row[0].parse().unwrap(), 1, 1);
        for worked in row[1].chars() {
            assert_eq!(calendar().is_working_day(day), Ok(worked == '1'), "{day}");
            day = day.tomorrow().unwrap();
            count += 1;
        }
    }
    assert_eq!(count, 3652);
}

#[test]
fn ten_years_of_periods_end_as_others_count_them() {
    let mut count = 0;
    for row in csv::Reader::from_reader(include_str!("oracle/periods.csv").as_bytes()).records() {
        let row = row.unwrap();
        let (from, days): (Date, u32) = (row[0].parse().unwrap(), row[2].parse().unwrap());
        let period =
            if &row[1] == "working" { Period::WorkingDays(days) } else { Period::CalendarDays(days) };
        assert_eq!(end(from, period).to_string(), row[3], "{from} + {period:?}");
        count += 1;
    }
    assert_eq!(count, 2374);
}

proptest! {
    #[test]
    fn deadlines_agree_with_the_plain_sums(offset in 0i64..3900, days in 0u32..60) {
        let from = date(2020, 1, 1).checked_add(jiff::Span::new().days(offset)).unwrap();
        let deadline = |period| calendar().deadline(from, period, OfficeHours::usual()).unwrap();
        let working = deadline(Period::WorkingDays(days));
        prop_assert_eq!(Ok(working.end), calendar().add_working_days(from, days));
        prop_assert_eq!(Ok(deadline(Period::CalendarDays(days)).end), calendar().add_calendar_days(from, days));
        if days > 0 {
            prop_assert_eq!(calendar().working_days_between(from, working.end), Ok(days));
        }
        let last = working.steps.last().map(|step| (step.day, step.free));
        prop_assert!(last == Some((working.end, false)));
        prop_assert!(working.steps.windows(2).all(|two| two[0].day.tomorrow().ok() == Some(two[1].day)));
    }

    #[test]
    fn working_hours_add_up(offset in 0i64..3900, hour in 0i8..24, hours in 0u32..200) {
        let day = date(2020, 1, 1).checked_add(jiff::Span::new().days(offset)).unwrap();
        let from = day.at(hour, 17, 0, 0);
        let deadline = calendar().deadline(from, Period::WorkingHours(hours), OfficeHours::usual()).unwrap();
        let counted: u32 = deadline.steps.iter().map(|s| if let Reading::Minutes(m) = s.reading { m } else { 0 }).sum();
        prop_assert_eq!(counted, hours * 60);
        prop_assert!(deadline.ends_at >= Some(from));
    }
}
