//! What an announcer reads.
#![allow(clippy::unwrap_used)]

use jiff::civil::{Date, date};
use proptest::prelude::*;
use vietnam::spoken::{day, digits, letters, number, ordinal, spoken, time};

const TODAY: Date = date(2026, 11, 26);

#[track_caller]
fn says(text: &str, due: &str) {
    assert_eq!(spoken(text, TODAY), due, "{text}");
}

#[test]
fn numbers_are_said_as_people_say_them() {
    for (n, due) in [
        (0, "không"),
        (4, "bốn"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (25, "hai mươi lăm"),
        (100, "một trăm"),
        (101, "một trăm linh một"),
        (104, "một trăm linh tư"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (115, "một trăm mười lăm"),
        (999, "chín trăm chín mươi chín"),
        (1_000, "một nghìn"),
        (1_001, "một nghìn không trăm linh một"),
        (1_010, "một nghìn không trăm mười"),
        (2_026, "hai nghìn không trăm hai mươi sáu"),
        (10_500, "mười nghìn năm trăm"),
        (1_000_005, "một triệu không trăm linh năm"),
        (3_300_000, "ba triệu ba trăm nghìn"),
        (1_000_000_000, "một tỷ"),
        (12_000_000_000_000, "mười hai nghìn tỷ"),
        (1_000_000_000_000_000_000, "một tỷ tỷ"),
    ] {
        assert_eq!(number(n), due);
    }
    assert_eq!(ordinal(4), "thứ tư");
    assert_eq!(digits("0913"), "không chín một ba");
    assert_eq!(letters("CĐ"), "xê đê");
    assert_eq!(day(date(2026, 12, 1)), "ngày mùng một tháng mười hai năm hai nghìn không trăm hai mươi sáu");
    assert_eq!((time(7, 0), time(15, 5)), ("bảy giờ".into(), "mười lăm giờ năm phút".into()));
}

#[test]
fn quantities_have_their_units() {
    says("1.500.000 đồng", "một triệu năm trăm nghìn đồng");
    says("500.000đ/tháng", "năm trăm nghìn đồng mỗi tháng");
    says("mưa 3,25 mm", "mưa ba phẩy hai mươi lăm mi-li-mét");
    says("0,05%", "không phẩy không năm phần trăm");
    says("tăng 10-15%", "tăng mười đến mười lăm phần trăm");
    says("gió 60 km/h", "gió sáu mươi ki-lô-mét trên giờ");
    says("lưu lượng 1.200 m3/s", "lưu lượng một nghìn hai trăm mét khối trên giây");
    says("nhiệt độ -2°C", "nhiệt độ âm hai độ xê");
    says("diện tích 2,5ha", "diện tích hai phẩy năm héc-ta");
    says("05 hộ, 120m2", "năm hộ, một trăm hai mươi mét vuông");
    says("1/3 số hộ", "một phần ba số hộ");
    says("trực 24/7", "trực hai mươi tư trên bảy");
    says("mã 001023004567", "mã không không một không hai ba không không bốn năm sáu bảy");
    says("Mục 1.2", "Mục một chấm hai");
}

#[test]
fn days_and_hours_are_said_in_full() {
    says("ngày 24/11/2026", "ngày hai mươi tư tháng mười một năm hai nghìn không trăm hai mươi sáu");
    says("Từ 01/4/2026.", "Từ ngày mùng một tháng tư năm hai nghìn không trăm hai mươi sáu.");
    says("trước ngày 5/12", "trước ngày mùng năm tháng mười hai");
    says("ngày 5 tháng 4 năm 2026", "ngày mùng năm tháng tư năm hai nghìn không trăm hai mươi sáu");
    says("tháng 11/2026", "tháng mười một năm hai nghìn không trăm hai mươi sáu");
    says(
        "ngày 5-10/11/2026",
        "ngày mùng năm đến mùng mười tháng mười một năm hai nghìn không trăm hai mươi sáu",
    );
    says("2026-11-26", "ngày hai mươi sáu tháng mười một năm hai nghìn không trăm hai mươi sáu");
    says("lúc 15h30", "lúc mười lăm giờ ba mươi phút");
    says("7h-11h30", "bảy giờ mười một giờ ba mươi phút");
    says("lúc 07:40", "lúc bảy giờ bốn mươi phút");
    says("thứ 4, thứ 2", "thứ tư, thứ hai");
}

#[test]
fn document_numbers_name_form_year_and_issuer() {
    says(
        "Nghị định số 42/2022/NĐ-CP ngày 24/6/2022",
        "Nghị định số bốn mươi hai năm hai nghìn không trăm hai mươi hai của Chính phủ ngày hai mươi tư tháng sáu năm hai nghìn không trăm hai mươi hai",
    );
    says(
        "Nghị định số 42/2022/NĐ-CP của Chính phủ",
        "Nghị định số bốn mươi hai năm hai nghìn không trăm hai mươi hai của Chính phủ",
    );
    says("Công điện 10/CĐ-TTg", "Công điện số mười của Thủ tướng Chính phủ");
    says("theo 10/CĐ-TTg", "theo công điện số mười của Thủ tướng Chính phủ");
    says(
        "Luật số 148/2025/QH15",
        "Luật số một trăm bốn mươi tám năm hai nghìn không trăm hai mươi lăm của Quốc hội khóa mười lăm",
    );
    says("Quyết định 15/QĐ-UBND", "Quyết định số mười lăm của Ủy ban nhân dân");
    says("Nghị định 154 năm 2026", "Nghị định số một trăm năm mươi tư năm hai nghìn không trăm hai mươi sáu");
}

#[test]
fn abbreviations_are_said_in_full_and_unknown_ones_by_letters() {
    says("UBND và HĐND xã", "Ủy ban nhân dân và Hội đồng nhân dân xã");
    says("thẻ BHYT, CCCD", "thẻ bảo hiểm y tế, căn cước công dân");
    says("TP. Hà Nội và TP.HCM", "thành phố Hà Nội và Thành phố Hồ Chí Minh");
    says("HĐND&UBND", "Hội đồng nhân dân và Ủy ban nhân dân");
    says("XKLM", "ích-xì ca e-lờ em-mờ");
    says("quét mã QR", "quét mã quy e-rờ");
    says("BCH", "bê xê hát");
    says("THÔNG BÁO", "thông báo");
    says("QL32", "quốc lộ ba mươi hai");
}

#[test]
fn roman_numerals_are_numbers_only_where_something_is_counted() {
    says("Chương II, Mục IV", "Chương hai, Mục bốn");
    says("Đại hội lần thứ XIV", "Đại hội lần thứ mười bốn");
    says("lần thứ I, lần thứ IV", "lần thứ nhất, lần thứ tư");
    says("Quý III", "Quý ba");
    says("Quốc hội khóa XV, kỳ họp thứ 10", "Quốc hội khóa mười lăm, kỳ họp thứ mười");
    says("II. Tổ chức thực hiện", "hai. Tổ chức thực hiện");
    says("vitamin C", "vitamin C");
}

#[test]
fn telephone_numbers_are_said_digit_by_digit() {
    says("SĐT: 0913123456", "số điện thoại: không chín một ba, một hai ba, bốn năm sáu");
    says("gọi 024.3804.3804", "gọi không hai bốn, ba tám không bốn, ba tám không bốn");
    says("tổng đài 1900 1234", "tổng đài một chín không không, một hai ba bốn");
    says("gọi 114 hoặc 115", "gọi một một bốn hoặc một trăm mười lăm");
    says("số 112", "số một một hai");
    says("112 hộ", "một trăm mười hai hộ");
}

#[test]
fn signs_are_not_said() {
    says("- Việc thứ nhất;\n- Việc \"thứ hai\".", "Việc thứ nhất;\nViệc thứ hai.");
    says("Hà Nội–Lào Cai (tuyến mới)", "Hà Nội Lào Cai, tuyến mới");
    says("## **Điều 1.** Phạm vi", "Điều một. Phạm vi");
    says(
        "xem https://bache.quangninh.gov.vn/muc/1 nhé",
        "xem bache chấm quangninh chấm gov chấm vê en-nờ nhé",
    );
    says("thư a1@laocai.gov.vn", "thư a một a còng laocai chấm gov chấm vê en-nờ");
    says("", "");
}

#[test]
fn what_was_composed_otherwise_is_said_alike() {
    use unicode_normalization::UnicodeNormalization;
    let decomposed: String = "Nghị định 5 đồng".nfd().collect();
    assert_eq!(spoken(&decomposed, TODAY), "Nghị định năm đồng");
}

proptest! {
    #[test]
    fn any_text_is_read_without_digits_and_within_bounds(text in "\\PC{0,200}") {
        let said = spoken(&text, TODAY);
        prop_assert!(!said.contains(|c: char| c.is_ascii_digit()), "{said}");
        prop_assert!(said.len() <= text.len() * 60 + 60);
    }

    #[test]
    fn numbers_and_signs_in_any_order_are_read(text in "[0-9/.,:%hđ+ -]{0,40}") {
        let said = spoken(&text, TODAY);
        prop_assert!(!said.contains(|c: char| c.is_ascii_digit()), "{said}");
    }

    #[test]
    fn every_number_is_said_once_and_without_double_blanks(n in any::<u64>()) {
        let said = number(n);
        prop_assert!(!said.contains("  ") && !said.starts_with(' ') && !said.ends_with(' '));
    }
}
