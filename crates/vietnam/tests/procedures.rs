//! Procedures as the national database prints them: what is read, and what stays the text that it is.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use vietnam::procedures::{Channel, Cost, Currency, Paper, Term, Time, lines, papers, ways};
use vietnam::working_time::Period;

const HEAD: &str = "Hình thức nộpThời gianPhí, lệ phíMô tả";

fn one(cells: &str) -> (Channel, Time, Cost, String, String) {
    let mut read = ways(&format!("{HEAD}{cells}"));
    assert_eq!((read.ways.len(), read.rest.as_str()), (1, ""), "{cells}");
    let way = read.ways.remove(0);
    (way.channel, way.time, way.cost, way.cost_note, way.note)
}

#[test]
fn cells_that_ran_together_are_told_apart() {
    let days = |n| Time::Term(Term::Period(Period::WorkingDays(n)));
    let none = String::new;
    assert_eq!(
        one("Trực tiếp5 Ngày làm việcMiễn phí"),
        (Channel::Direct, days(5), Cost::Free, none(), none())
    );
    assert_eq!(
        one("Trực tuyến05 Ngày làm việc10,000 Việt Nam Đồng(Lệ phí (một lần))Nộp qua Cổng."),
        (
            Channel::Online,
            days(5),
            Cost::Sum(10_000, Currency::Vnd),
            "Lệ phí (một lần)".into(),
            "Nộp qua Cổng.".into()
        )
    );
    assert_eq!(one("Dịch vụ bưu chính5 Ngày5 USD").2, Cost::Sum(5, Currency::Usd));
    assert_eq!(
        one("Trực tiếpKhông có thông tinKhông có thông tintrực tiếp tại Phòng").1,
        Time::Unsaid,
        "what the source does not say is not made up"
    );
}

#[test]
fn what_is_not_certain_stays_text() {
    assert_eq!(one("Trực tuyến1Miễn phí").1, Time::Text("1".into()), "a number without a unit is no period");
    assert_eq!(one("Trực tuyến1,5 NgàyMiễn phí").1, Time::Text("1,5 Ngày".into()));
    let (_, time, cost, note, _) = one("Trực tuyến120,000 VNĐ(20.000 vnđ/tờ khai)");
    assert_eq!(
        (time, cost),
        (Time::Unsaid, Cost::Text("120,000 VNĐ".into())),
        "one day and 20.000, or 120.000?"
    );
    assert_eq!(note, "20.000 vnđ/tờ khai");
    let (_, _, cost, note, _) = one("Trực tiếp5 Ngày135 VNĐ(Lệ phí: 135.000 đồng/lần.)");
    assert_eq!((cost, note.as_str()), (Cost::Text("135 VNĐ".into()), "Lệ phí: 135.000 đồng/lần."));
    let (_, _, cost, note, rest) = one("Trực tiếp5 NgàyMiễn phí(chưa đóng ngoặc: 5.000 đồng");
    assert_eq!((cost, note.as_str(), rest.as_str()), (Cost::Free, "", "(chưa đóng ngoặc: 5.000 đồng"));
    let read = ways("Nộp tại bộ phận một cửa. Trực tiếp tại xã.");
    assert_eq!((read.ways.len(), read.rest.as_str()), (0, "Nộp tại bộ phận một cửa. Trực tiếp tại xã."));
}

#[test]
fn a_period_is_read_only_where_it_is_one() {
    let period = |text: &str| Term::read(text).map(|term| term.to_string());
    for (text, due) in [
        ("20 Ngày làm việc", "20 ngày làm việc"),
        ("Trong thời hạn không quá 05 ngày làm việc.", "5 ngày làm việc"),
        ("03 ngày", "3 ngày"),
        ("8 giờ làm việc", "8 giờ làm việc"),
        ("2 Tháng", "2 tháng"),
    ] {
        assert_eq!(period(text).as_deref(), Some(due), "{text}");
    }
    for text in
        ["", "5", "0 ngày", "3-5 ngày", "99999 ngày", "10 ngày kể từ ngày nhận", "ngày làm việc", "-3 ngày"]
    {
        assert_eq!(period(text), None, "{text}");
    }
    assert_eq!(Term::read("1 ngày làm việc").unwrap().en(), "1 working day");
    assert_eq!(Term::read("3 giờ").unwrap().en(), "3 hours");
}

#[test]
fn papers_end_with_their_counts() {
    let paper = |name: &str, originals, copies| Paper { name: name.into(), originals, copies };
    assert_eq!(
        papers(
            "Tên giấy tờMẫu đơn, tờ khaiSố lượngTờ khai\nBản chính: 1Bản sao: 0- Giấy (nếu có)Bản chính: 0 - Bản sao: 2Ảnh"
        ),
        [
            paper("Tờ khai", Some(1), Some(0)),
            paper("Giấy (nếu có)", Some(0), Some(2)),
            paper("Ảnh", None, None)
        ]
    );
    assert_eq!(papers("- Đơn\n\n- Ảnh 3x4\n"), [paper("Đơn", None, None), paper("Ảnh 3x4", None, None)]);
    assert_eq!(papers("Bản chính: 1"), [paper("Bản chính: 1", None, None)], "counts of nothing");
}

#[test]
fn broken_lines_are_mended_and_lists_left() {
    assert_eq!(
        lines("Bước 1: nộp\nhồ sơ.\n\n  trả kết quả\nb) một\n- hai"),
        "Bước 1: nộp hồ sơ.\ntrả kết quả\nb) một\n- hai"
    );
}

fn channel() -> impl Strategy<Value = Channel> {
    prop::sample::select(Channel::ALL.to_vec())
}

proptest! {
    #[test]
    fn a_table_reads_back(rows in prop::collection::vec((channel(), 1_u32..400, 1_u64..9_000, "[abcđếôưạ ]{0,20}"), 1..8)) {
        let table: String = rows
            .iter()
            .map(|(channel, days, thousands, note)| {
                format!("{}{days} Ngày làm việc{}000 VNĐ(lệ phí){}", channel.vi(), thousands, note.trim())
            })
            .collect();
        let read = ways(&format!("{HEAD}{table}"));
        prop_assert_eq!(read.ways.len(), rows.len());
        for (way, (channel, days, thousands, note)) in read.ways.iter().zip(&rows) {
            prop_assert_eq!(way.channel, *channel);
            prop_assert_eq!(&way.time, &Time::Term(Term::Period(Period::WorkingDays(*days))));
            prop_assert_eq!(&way.cost, &Cost::Sum(thousands * 1_000, Currency::Vnd));
            prop_assert_eq!(&way.cost_note, "lệ phí");
            prop_assert_eq!(&way.note, note.trim());
        }
    }
}
