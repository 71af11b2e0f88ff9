#!/usr/bin/env python3
"""Writes what others count, so that the crate's working time is not checked against itself.

    pip install holidays==0.109 numpy==2.4.6 lunardate==0.3.0
    python3 crates/vietnam/tests/oracle/build.py

Two files for the ten years 2021 to 2030. `days.csv`: one row a year, one character a day, 1 = worked, as the package
`holidays` answers `is_working_day`. `periods.csv`: ends of periods, each counted twice, by `holidays.get_nth_working_day`
and by numpy's `busday_offset`, which must agree.

Where Viet Nam's official days differ from the package, the package is amended here, and nowhere else:
- 2026-01-02 (Friday) is off and 2026-01-10 (Saturday) is worked: official letter 12729/VPCP-KGVX of 2025-12-25. The
  package has the other swaps of these years: 2024-04-29/05-04, 2025-05-02/04-26, 2026-08-31/08-22. The swaps of 2027 and
  later are not decided; both calendars have none.
numpy knows one week for all weeks; it gets every free Saturday and Sunday as a holiday instead, so that make-up Saturdays count.

The lunar days are checked a third time against the Chinese calendar (`lunardate`). It is that of UTC+8; Viet Nam's is of UTC+7,
so Tết differs in 2030: 2 February here, 3 February there. All other years agree, and the script stops if that changes.
"""
import csv
import datetime
from pathlib import Path

import holidays
import numpy
from lunardate import LunarDate

HERE = Path(__file__).resolve().parent
YEARS = range(2021, 2031)
LENGTHS = [1, 2, 3, 5, 7, 10, 15, 20, 30, 45]
ONE = datetime.timedelta(days=1)
OFF_TOO = {datetime.date(2026, 1, 2)}
WORKED_TOO = {datetime.date(2026, 1, 10)}

vietnam = holidays.country_holidays("VN", years=range(2020, 2032), language="vi")
for day in OFF_TOO:
    vietnam[day] = "Day off (official letter 12729/VPCP-KGVX)"
vietnam.weekend_workdays |= WORKED_TOO


def days(first, last):
    while first <= last:
        yield first
        first += ONE


def lunar_days_agree():
    for year in YEARS:
        found = {day: name for day, name in vietnam.items() if day.year == year}
        tet = next(day for day, name in sorted(found.items()) if name == "Tết Nguyên Đán")
        kings = next(day for day, name in sorted(found.items()) if name == "Ngày Giỗ Tổ Hùng Vương")
        chinese = LunarDate(year, 1, 1).to_solar_date()
        late = datetime.timedelta(days=1 if year == 2030 else 0)
        assert tet + late == chinese, (tet, chinese)
        assert kings == LunarDate(year, 3, 10).to_solar_date(), kings


def write(name, header, rows):
    with open(HERE / name, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


lunar_days_agree()
write("days.csv", ["year", "worked"],
      [[year, "".join(str(int(vietnam.is_working_day(day)))
                      for day in days(datetime.date(year, 1, 1), datetime.date(year, 12, 31)))] for year in YEARS])

free = [day for day in days(datetime.date(2020, 1, 1), datetime.date(2031, 12, 31)) if not vietnam.is_working_day(day)]
calendar = numpy.busdaycalendar(weekmask="1111111", holidays=free)
rows = []
for index, start in enumerate(list(days(datetime.date(2021, 1, 1), datetime.date(2030, 9, 30)))[::3]):
    length = LENGTHS[index % len(LENGTHS)]
    end = vietnam.get_nth_working_day(start, length)
    assert end == numpy.busday_offset(start, length, roll="backward", busdaycal=calendar).astype(object), (start, length)
    rows.append([start, "working", length, end])
    last = start + length * ONE
    end = last if vietnam.is_working_day(last) else vietnam.get_nth_working_day(last, 1)
    assert end == numpy.busday_offset(last, 0, roll="forward", busdaycal=calendar).astype(object), (start, length)
    rows.append([start, "calendar", length, end])
write("periods.csv", ["from", "unit", "days", "end"], rows)
