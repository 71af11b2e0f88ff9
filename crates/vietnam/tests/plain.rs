//! Plain language: what is found in a text, and what is left alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::civil::{Date, date};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use vietnam::plain::{Concern, Finding, Weight, abbreviation, check, parse_abbreviations};

const TODAY: Date = date(2026, 11, 26);

/// What is found of one concern: the words in the text, and what is suggested.
fn found(text: &str, concern: Concern) -> Vec<(String, Option<String>)> {
    let all = check(text, TODAY);
    let of = |finding: &Finding| (text[finding.range.clone()].to_owned(), finding.suggestion.clone());
    all.iter().filter(|finding| finding.concern == concern).map(of).collect()
}

fn one(text: &str, concern: Concern) -> (String, Option<String>) {
    let mut all = found(text, concern);
    assert_eq!(all.len(), 1, "{text}: {all:?}");
    all.remove(0)
}

fn words(text: &str, concern: Concern) -> Vec<String> {
    found(text, concern).into_iter().map(|(words, _)| words).collect()
}

#[test]
fn abolished_units_are_named_with_their_successors() {
    let unit = |text: &str| one(text, Concern::OldUnit);
    assert_eq!(unit("UBND tỉnh Hà Giang họp."), ("tỉnh Hà Giang".into(), Some("tỉnh Tuyên Quang".into())));
    assert_eq!(unit("tại TỈNH HÀ GIANG").0, "TỈNH HÀ GIANG");
    assert_eq!(unit("Đoàn đến tỉnh Thừa Thiên Huế").1.unwrap(), "thành phố Huế");
    assert_eq!(unit("tỉnh Bà Rịa - Vũng Tàu").1.unwrap(), "thành phố Hồ Chí Minh");
    assert_eq!(unit("tỉnh Hoà Bình").0, "tỉnh Hoà Bình");
    let (words, suggestion) = unit("đường qua huyện Vĩnh Bảo bị ngập");
    assert_eq!((words.as_str(), suggestion), ("huyện Vĩnh Bảo", None));
    assert_eq!(unit("Thị trấn Mù Cang Chải đón khách").1.unwrap(), "xã Mù Cang Chải");
    assert_eq!(unit("Ủy ban nhân dân huyện Mù Cang Chải họp").0, "huyện Mù Cang Chải");
    assert_eq!(unit("ở thành phố Thủ Đức").0, "thành phố Thủ Đức");
    assert_eq!(unit("trụ sở tại quận 1").0, "quận 1");
    let decomposed: String = "tỉnh Hà Giang".nfd().collect();
    assert_eq!(unit(&decomposed).0, decomposed);

    let list = "Các tỉnh Hà Giang, Tuyên Quang và Bắc Giang chịu mưa lớn.";
    assert_eq!(words_of_units(list), ["tỉnh Hà Giang", "Bắc Giang"]);
    let district = check("huyện Vĩnh Bảo", TODAY).remove(0);
    assert!(district.vi.contains("thành phố Hải Phòng") && district.en.contains("City"), "{}", district.vi);
}

fn words_of_units(text: &str) -> Vec<String> {
    words(text, Concern::OldUnit)
}

#[test]
fn what_still_stands_is_left_alone() {
    for text in [
        "tỉnh Tuyên Quang và thành phố Huế",
        "thành phố Hồ Chí Minh, thành phố Hải Phòng",
        "xã hội chủ nghĩa, xã Mù Cang Chải, phường Ba Đình",
        "hòa bình và ổn định; ông Hà Giang phát biểu",
        "hàng tỉnh lẻ, cấp tỉnh, tỉnh ta, quận huyện",
        "đặc khu Phú Quốc",
        "do Ủy ban nhân dân cấp xã.\n\n2. Hồ sơ gồm",
        "trong phạm vi xã\n1 bản",
        "xã: 4 hộ; phường (2)",
    ] {
        assert_eq!(words_of_units(text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(check("tỉnh Hà Giang", date(2025, 6, 30)), [], "the day before the reform it stood");
    let earlier = check("Năm 2019, tỉnh Hà Giang có 193 xã.", TODAY).remove(0);
    assert_eq!((earlier.weight, earlier.suggestion), (Weight::Advice, None));
    assert_eq!(check("Nay tỉnh Hà Giang có 193 xã.", TODAY)[0].weight, Weight::Mistake);
}

#[test]
fn abolished_ministries_are_named_with_their_successors() {
    for (text, now) in [
        ("Bộ Kế hoạch và Đầu tư chủ trì.", "Bộ Tài chính"),
        ("theo BỘ GIAO THÔNG VẬN TẢI", "Bộ Xây dựng"),
        ("Bộ Lao động – Thương binh và Xã hội báo cáo", "Bộ Nội vụ"),
        ("Bộ Nông nghiệp và Phát triển nông thôn", "Bộ Nông nghiệp và Môi trường"),
    ] {
        assert_eq!(one(text, Concern::OldAgency).1.as_deref(), Some(now), "{text}");
    }
    for text in ["Bộ Tài chính", "Bộ Nông nghiệp và Môi trường", "Bộ Giao ban", "bộ kế hoạch"]
    {
        assert_eq!(words(text, Concern::OldAgency), Vec::<String>::new(), "{text}");
    }
    assert_eq!(check("Bộ Kế hoạch và Đầu tư", date(2025, 2, 28)), []);
    let old = &check("Nghị định năm 2023 của Bộ Kế hoạch và Đầu tư", TODAY)[0];
    assert_eq!((old.weight, &old.suggestion), (Weight::Advice, &None));
}

#[test]
fn abbreviations_are_explained_once_or_found() {
    let short = |text: &str| words(text, Concern::Abbreviation);
    assert_eq!(short("UBND xã họp. UBND giao HĐND."), ["UBND", "HĐND"]);
    assert_eq!(one("Hội nghị của UBND.", Concern::Abbreviation).1.unwrap(), "Ủy ban nhân dân (UBND)");
    assert_eq!(short("Trung tâm XYZK làm việc"), ["XYZK"]);
    for text in [
        "Ủy ban nhân dân (UBND) họp. UBND giao việc.",
        "Ủy ban nhân dân (viết tắt là UBND) họp. UBND giao việc.",
        "Ủy ban nhân dân (sau đây gọi là UBND) họp; UBND giao.",
        "Ban quản lý (sau đây viết tắt là “BQLX”) nhận; BQLX giao.",
        "UBND (Ủy ban nhân dân) họp.",
        "Số 12/QĐ-UBND và 5/TB-HĐND",
        "Chương XII, Điều IV, TP. Huế, GDP, ASEAN, USD",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "ông NGUYỄN VĂN AN",
        "| UBND_x | www.VNPT.vn |",
    ] {
        assert_eq!(short(text), Vec::<String>::new(), "{text}");
    }
    assert!(abbreviation("UBND").unwrap().english.contains("People"));
    assert!(
        parse_abbreviations("short,long,english,plain\nA,b,c,2\n")
            .unwrap_err()
            .to_string()
            .contains("line 2")
    );
    assert!(parse_abbreviations("short,long,english,plain\nA,b,c,\nA,b,c,\n").is_err());
}

#[test]
fn days_that_are_wrong_are_found() {
    let day = |text: &str| one(text, Concern::Date);
    assert_eq!(day("thứ Hai ngày 24/11/2026"), ("thứ Hai".into(), Some("thứ Ba".into())));
    assert_eq!(day("Thứ 2, ngày 24-11-2026").1.unwrap(), "thứ Ba");
    assert_eq!(day("chủ nhật, ngày 24 tháng 11 năm 2026").1.unwrap(), "thứ Ba");
    assert_eq!(day("vào thứ Sáu (24/11/2026)").1.unwrap(), "thứ Ba");
    assert_eq!(day("ngày 31/4/2026").0, "31/4/2026");
    assert_eq!(day("ngày 30 tháng 02 năm 2026").0, "30 tháng 02 năm 2026");
    assert_eq!(day("từ ngày 12/13/2026").0, "12/13/2026");
    for text in [
        "thứ Ba ngày 24/11/2026",
        "Chủ nhật, 22/11/2026",
        "kỳ họp lần thứ hai ngày 24/11/2026",
        "ngày 29/02/2028",
        "số 31/04/2026/QĐ-UBND",
        "điện thoại 31.4.2026.12",
        "tỷ lệ 45/60/2026",
        "thứ hai là công tác. 24/11/2026 họp",
    ] {
        assert_eq!(words(text, Concern::Date), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn personal_data_are_warned_of_and_not_repeated() {
    for (text, data) in [
        ("Ông A, CCCD số 001085012345", "001085012345"),
        ("số 079 085 012 345 cấp ngày", "079 085 012 345"),
        ("CMND: 012345678", "012345678"),
        ("gọi 0912.345.678 để", "0912.345.678"),
        ("ĐT: +84 912 345 678", "84 912 345 678"),
        ("liên hệ an.nguyen@gmail.com nhé", "an.nguyen@gmail.com"),
        ("STK 19012345678 tại ngân hàng", "19012345678"),
        ("tài khoản số 1234-5678-9012", "1234-5678-9012"),
    ] {
        let all = check(text, TODAY);
        let [finding] = all.iter().filter(|f| f.concern == Concern::PersonalData).collect::<Vec<_>>()[..]
        else {
            panic!("{text}: {all:?}")
        };
        assert_eq!(&text[finding.range.clone()], data);
        assert_eq!(finding.weight, Weight::Danger);
        assert!(!finding.vi.contains(data) && !finding.en.contains(data), "{}", finding.vi);
    }
    for text in [
        "vanphong@laocai.gov.vn, 1900 1234",
        "kinh phí 123.456.789.000 đồng",
        "Quyết định 2026/123456789",
        "@ a@ @b a@b",
        "năm 2026, 10.000.000 đồng",
    ] {
        assert_eq!(words(text, Concern::PersonalData), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn letters_and_spaces() {
    assert_eq!(one("Cộng hоà", Concern::Letters), ("hоà".into(), Some("hoà".into())));
    let decomposed: String = "Hòa".nfd().collect();
    assert_eq!(one(&decomposed, Concern::Letters), (decomposed.clone(), Some("Hòa".into())));
    assert_eq!(one("Việt\u{200b}Nam", Concern::Letters).1.unwrap(), "");
    assert_eq!(
        words("Привет, Ελλάδα, 中文", Concern::Letters),
        Vec::<String>::new(),
        "another tongue is no mistake"
    );
    assert_eq!(one("Việt  Nam", Concern::Spaces), ("  ".into(), Some(" ".into())));
    assert_eq!(one("Việt Nam , đất nước", Concern::Spaces), (" ".into(), Some(String::new())));
    for text in ["- a\n    - b", "| a  | b |", "```\na  b\n```", "a b\n  c", "-   a"] {
        assert_eq!(words(text, Concern::Spaces), Vec::<String>::new(), "{text:?}");
    }
}

#[test]
fn long_sentences_and_paragraphs() {
    let long = "một ".repeat(61);
    let text = format!("Câu ngắn. Đây là {long}hết. Câu sau.");
    assert!(one(&text, Concern::LongSentence).0.starts_with("Đây là"));
    assert!(
        words(&format!("{}. ", "Một câu vừa phải thôi".repeat(3)).repeat(5), Concern::LongSentence)
            .is_empty()
    );
    let listed = format!("Các việc:\n- {};\n- {}.", "một ".repeat(40), "hai ".repeat(40));
    assert!(
        words(&listed, Concern::LongSentence).is_empty(),
        "elements of a list are sentences of their own"
    );
    assert_eq!(words(&"Một câu ngắn thôi. ".repeat(60), Concern::LongParagraph).len(), 1);
    assert!(words(&"Một câu ngắn thôi.\n\n".repeat(60), Concern::LongParagraph).is_empty());
}

#[test]
fn a_suggestion_put_in_is_found_no_more() {
    let mut text =
        "UBND tỉnh Hà Giang  và Bộ Kế hoạch và Đầu tư họp thứ Hai, ngày 24/11/2026 , tại Cộng hоà."
            .to_owned();
    let before = check(&text, TODAY);
    assert_eq!(before.len(), 7, "{before:#?}");
    for finding in before.iter().rev() {
        text.replace_range(finding.range.clone(), finding.suggestion.as_deref().unwrap());
    }
    assert_eq!(check(&text, TODAY), [], "{text}");
}

/// Each of these takes minutes if anything is looked for to the end of the text from every place.
#[test]
fn long_lines_are_walked_once() {
    for piece in [
        "UBND ",
        "tỉnh Hà Giang, ",
        "Bộ Kế ",
        "1 ",
        "a@",
        "( ",
        "  ",
        "thứ Hai ngày 24/11/2026 ",
        "0912345678 ",
        "A. ",
        "#\n",
    ] {
        assert!(check(&piece.repeat(2_000), TODAY).len() <= 9 * vietnam::plain::MOST, "{piece}");
    }
}

#[test]
fn real_documents_are_read_to_their_end() {
    let texts = include_str!("../../../data/demo/fulltext.jsonl");
    for line in texts.lines() {
        let document: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = document["text"].as_str().unwrap();
        for finding in check(text, TODAY) {
            assert!(!text[finding.range.clone()].is_empty());
            // Official texts have been read by many: what is found is advice, an old name, or a slip of the scan.
            if finding.concern == Concern::Date {
                println!("{}: {}", document["number"], &text[finding.range.clone()]);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn findings_lie_in_the_text_in_order(
        parts in prop::collection::vec(prop::sample::select(vec![
            "tỉnh Hà Giang", " ", "  ", "\n", "ngày 31/4/2026", "thứ Hai", "UBND", "(", ")", "huyện", "Vĩnh Bảo", ", ", " và ",
            "0912345678", "a@b.vn", "|", "#", "```", "\u{301}", "Bộ", "Kế hoạch", "và Đầu tư", ".", "999", "/", "\u{feff}",
        ]), 0..40)
    ) {
        let text: String = parts.concat();
        let mut last = 0;
        for finding in check(&text, TODAY) {
            prop_assert!(finding.range.start >= last && finding.range.start < finding.range.end);
            prop_assert!(text.get(finding.range.clone()).is_some());
            prop_assert!(!finding.vi.is_empty() && !finding.en.is_empty());
            last = finding.range.start;
        }
    }
}
