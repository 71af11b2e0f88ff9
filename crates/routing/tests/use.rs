//! The crate as others use it: the table, suggestions, training.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use routing::table::{CATCH_ALL, Level, Place, Table, Tables, Unresolved};
use routing::train::{Effort, Material, train};
use routing::{Model, ModelError, Suggester, Suggestion};
use vietnam::units::{Found, Units};

const DAY: Date = date(2026, 11, 26);

fn suggest(text: &str) -> Suggestion {
    Suggester::shipped().suggest(text, None, DAY)
}

fn first(answers: &routing::Answers) -> &str {
    answers.candidates.first().map_or("", |c| c.id.as_str())
}

#[test]
fn every_topic_and_place_resolves_or_is_told_as_unresolved() {
    let table = Table::shipped();
    let coverage = table.coverage(DAY);
    assert_eq!(coverage.pairs, 164 * 3_321);
    assert_eq!(coverage.resolved + coverage.catch_all, coverage.pairs);
    assert_eq!((coverage.missing, coverage.catch_all), (0, 3_321), "only the catch-all is unresolved");
    assert_eq!((coverage.fields, coverage.fields_with_topic), (118, 104));
    let catch_all = table.topic(CATCH_ALL).unwrap();
    assert_eq!(table.resolve(catch_all, None, None, DAY), Err(Unresolved::CatchAll));
    assert_eq!(table.resolve(999, None, None, DAY), Err(Unresolved::Unknown));
    assert_eq!(table.resolve(0, None, None, date(2025, 6, 30)), Err(Unresolved::NotOnThatDay));
}

#[test]
fn the_body_is_named_at_its_place() {
    let table = Table::shipped();
    let Found::One(commune) = Units::shipped().commune_named("Phường Ba Đình, Hà Nội") else {
        panic!("one such ward")
    };
    let province = Units::shipped().province(commune.province).unwrap();
    let place = Some(Place { province, commune: Some(commune) });
    let topic = table.topic("giao-thong.mat-duong").unwrap();
    let answer = table.resolve(topic, None, place, DAY).unwrap();
    assert_eq!(
        answer.here.as_deref(),
        Some("Ủy ban nhân dân phường Ba Đình – Phòng Kinh tế, Hạ tầng và Đô thị")
    );
    assert!(answer.legal_basis.contains("Nghị định 140/2025/NĐ-CP"));
    let (row, _) = table.leads(topic, DAY).find(|(_, row)| row.level == Level::Province).unwrap();
    let answer = table.resolve(topic, Some(row), place, DAY).unwrap();
    assert_eq!(answer.here.as_deref(), Some("Sở Xây dựng thành phố Hà Nội"));
    let taxes = table.topic("tai-chinh.thue").unwrap();
    assert_eq!(
        table.resolve(taxes, None, place, DAY).unwrap().here,
        None,
        "no table here says which tax office serves a ward"
    );
}

#[test]
fn a_table_with_a_fault_is_refused_by_file_line_and_fault() {
    let shipped = Table::SHIPPED;
    let refused = |tables: Tables<'_>, file: &str, what: &str| {
        let error = Table::parse(&tables, Table::AS_OF).expect_err(what).to_string();
        assert!(error.starts_with(file) && error.contains(what), "{error}");
    };
    let topics = |from: &str, to: &str| {
        let changed = shipped.topics.replacen(from, to, 1);
        assert_ne!(changed, shipped.topics);
        changed
    };
    let authorities = |from: &str, to: &str| {
        let changed = shipped.authorities.replacen(from, to, 1);
        assert_ne!(changed, shipped.authorities);
        changed
    };
    for (from, to, what) in [
        ("giao-thong.mat-duong,", "Giao thông,", "`group.topic`"),
        ("giao-thong.via-he-lan-chiem,", "giao-thong.mat-duong,", "stands twice"),
        ("→ giao-thong.thi-cong;", "→ giao-thong.khong-co;", "there is no topic"),
        ("ổ gà|ổ voi|", "ổ gà|ổ gà|", "one stands twice"),
        (",anonymous allowed,", ",secret,", "identity `secret`"),
        (",Đường bộ,", ",Đường mây,", "no field of the database"),
        ("Ổ gà, ổ voi", "O\u{302}\u{309} gà, ổ voi", "normal form C"),
    ] {
        refused(Tables { topics: &topics(from, to), ..shipped }, "petitions/topics.csv, line", what);
    }
    for (from, to, what) in [
        ("giao-thong.mat-duong,province,", "giao-thong.mat-duong,district,", "level `district`"),
        ("giao-thong.mat-duong,commune,,", "giao-thong.khong-co,commune,,", "is not in topics.csv"),
        (",yes,", ",maybe,", "yes or co-handler"),
        ("2025-07-01", "2027-07-01", "lies in the future"),
        ("2025-07-01", "2024-07-01", "not before"),
        (",Sở Xây dựng,", ",Bộ Xây dựng,", "is not a body of level province"),
        (
            "giao-thong.via-he-lan-chiem,commune,,",
            "giao-thong.via-he-lan-chiem,commune,khi khác,",
            "no row with an empty condition",
        ),
    ] {
        refused(
            Tables { authorities: &authorities(from, to), ..shipped },
            "petitions/authorities.csv, line",
            what,
        );
    }
    let conditions = format!("{}giao-thong.mat-duong,province,không có,a|b\n", shipped.conditions);
    refused(
        Tables { conditions: &conditions, ..shipped },
        "petitions/conditions.csv, line",
        "has the condition",
    );
}

#[test]
fn the_condition_decides_who_answers() {
    for (text, level, agency) in [
        ("Đường trong xóm đầy ổ gà, xe máy sụp té hoài", "commune", "ubnd-cap-xa"),
        ("Tỉnh lộ 842 đầy ổ gà, xe máy sụp té hoài", "province", "so-xay-dung"),
        ("Quốc lộ 14 đầy ổ gà, xe máy sụp té hoài", "central", "bo-xay-dung"),
        (
            "Tôi tố cáo kế toán xã lập khống chứng từ rút tiền, có giấy tờ kèm theo",
            "commune",
            "chu-tich-ubnd-cap-xa",
        ),
        (
            "Tôi tố cáo phó chủ tịch xã lập khống chứng từ rút tiền, có giấy tờ kèm theo",
            "province",
            "thanh-tra-tinh",
        ),
    ] {
        let suggestion = suggest(text);
        assert_eq!(first(&suggestion.level), level, "{text}");
        assert!(first(&suggestion.agency).starts_with(agency), "{text}: {:?}", suggestion.agency);
        assert!(!suggestion.reasons.is_empty());
    }
}

#[test]
fn danger_and_complaints_are_told() {
    let fire = suggest("cháy nhà rồi, còn người kẹt trên tầng ba, cứu với");
    assert!(fire.danger && first(&fire.urgency) == "5", "{fire:?}");
    let complaint =
        suggest("Tôi khiếu nại quyết định xử phạt của Chủ tịch UBND xã, đề nghị hủy quyết định này");
    assert!(complaint.complaint && first(&complaint.kind) == "khieu_nai", "{complaint:?}");
    assert!(complaint.answerer.unwrap().outside.unwrap().contains("Luật Khiếu nại"));
    let lamp = suggest("Đèn đường trong ngõ tắt cả tháng nay");
    assert!(!lamp.danger && !lamp.complaint);
}

#[test]
fn places_old_and_new_are_found() {
    let suggestion = suggest("Heo ở Huy Khiêm, Tánh Linh chết quá trời luôn mấy chú thú y ơi");
    assert_eq!(
        suggestion.answerer.unwrap().name,
        "Ủy ban nhân dân xã Đồng Kho – Phòng Kinh tế",
        "the former commune's successor answers"
    );
    let several = suggest("Đèn đường ở xã Hòa An tắt");
    assert!(several.places[0].communes.len() > 1, "an ambiguous name is told as several");
}

#[test]
fn what_nobody_can_place_is_left_to_a_person() {
    for text in [
        "",
        "   ",
        "alo",
        "?!?",
        "hôm trước nói rồi đó sao chưa thấy",
        "日本語のテキスト",
        "\u{200b}\u{feff}",
    ] {
        let suggestion = suggest(text);
        assert!(suggestion.field.abstain && suggestion.agency.abstain, "{text:?}: {suggestion:?}");
    }
}

#[test]
fn trained_twice_the_same_bytes_come_out() {
    let table = Table::shipped();
    let mut material = Material::shipped(table).unwrap();
    material.examples.truncate(400);
    material.messages.truncate(80);
    for message in &mut material.messages {
        message.not_duplicate_of = None;
    }
    let effort = Effort { rounds: 2, folds: 2 };
    let one = train(table, &material, effort);
    let two = train(table, &material, effort);
    let bytes = one.to_bytes();
    assert!(bytes == two.to_bytes());
    assert_eq!(Model::from_bytes(&bytes).unwrap(), one, "and what was written is read");
}

#[test]
fn bytes_that_are_no_model_are_refused() {
    assert_eq!(Model::from_bytes(b"xin chao"), Err(ModelError::Foreign));
    let shipped = routing::SHIPPED_MODEL;
    assert!(Model::from_bytes(&shipped[..shipped.len() - 1]).is_err());
    assert!(Model::from_bytes(&[shipped, &[0]].concat()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_taken(text in "\\PC{0,200}|[a-zàáảãạđêôơư0-9 ,.?!\u{300}\u{200b}]{0,300}") {
        let suggestion = suggest(&text);
        for mention in &suggestion.places {
            prop_assert!(text.get(mention.range.clone()).is_some());
        }
        for range in routing::names::find(&text) {
            prop_assert!(text.get(range).is_some());
        }
        for word in routing::words::of(&text) {
            prop_assert!(text.get(word.range).is_some() && !word.text.is_empty());
        }
        for answers in [&suggestion.field, &suggestion.level, &suggestion.agency, &suggestion.kind] {
            let sum: f32 = answers.candidates.iter().map(|c| c.confidence).sum();
            prop_assert!(sum <= 1.001 && answers.candidates.iter().all(|c| c.confidence.is_finite()));
        }
        let overlap = routing::duplicates::signature(&text).overlap(&routing::duplicates::signature(&text));
        prop_assert_eq!(overlap, 1.0);
    }

    #[test]
    fn a_message_without_diacritics_is_answered_alike(number in 0usize..320) {
        let messages = routing::corpus::messages(routing::corpus::SHIPPED_MESSAGES, Table::shipped()).unwrap();
        let text = &messages[number].example.text;
        let (written, folded) = (suggest(text), suggest(&vietnam::text::fold(text)));
        prop_assert_eq!(&written.field, &folded.field);
        prop_assert_eq!(&written.agency, &folded.agency);
        prop_assert_eq!(&written.urgency, &folded.urgency);
    }

    #[test]
    fn damaged_models_are_refused_or_read(at in 8usize..200_000, byte: u8) {
        let mut bytes = routing::SHIPPED_MODEL.to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(model) = Model::from_bytes(&bytes)
            && let Ok(suggester) = Suggester::of(Table::shipped().clone(), model)
        {
            let _ = suggester.suggest("đường hư", None, DAY);
        }
    }
}
