//! The documents that the demo issues: complete, in one normal form, honest about what they are.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashSet;

use jiff::civil::Date;
use serde_json::Value;
use vietnam::agencies::Agencies;
use vietnam::text::nfc;

const GAZETTE: &str = include_str!("../../../data/demo/gazette.jsonl");
const FULLTEXT: &str = include_str!("../../../data/demo/fulltext.jsonl");
const SAMPLES: &str = include_str!("../../../data/demo/samples.jsonl");
const RELATIONS: &str = include_str!("../../../data/demo/relations.csv");

fn records(lines: &str) -> Vec<Value> {
    assert_eq!(lines, nfc(lines), "not in NFC");
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_else(|| panic!("no {field} in {record}"))
}

fn day(record: &Value, field: &str) -> Option<Date> {
    record[field].as_str().map(|day| day.parse().unwrap())
}

#[test]
fn gazette_records_are_of_bodies_that_we_know() {
    let records = records(GAZETTE);
    let of = |agency| records.iter().filter(|r| text(r, "agency") == agency).count();
    assert_eq!(of("Chính phủ") + of("Thủ tướng Chính phủ"), 120);
    assert_eq!(of("Bộ Tài chính"), 60);
    let numbers: HashSet<_> = records.iter().map(|r| text(r, "number")).collect();
    assert_eq!(numbers.len(), 180);
    for r in &records {
        let issued = day(r, "issued").unwrap();
        assert!(Agencies::shipped().named(text(r, "agency"), issued).is_some());
        assert!(day(r, "effective").is_none_or(|effective| effective >= issued), "{r}");
        assert!(text(r, "url").starts_with("https://congbao.chinhphu.vn/"));
        assert!(
            !text(r, "abstract").is_empty() && !text(r, "signer").is_empty() && !text(r, "type").is_empty()
        );
    }
}

#[test]
fn full_texts_are_texts_of_documents() {
    let gazette = records(GAZETTE);
    let texts = records(FULLTEXT);
    assert_eq!(texts.len(), 14);
    for t in &texts {
        let (number, body) = (text(t, "number"), text(t, "text"));
        assert!(body.len() <= 60 * 1024, "{number}");
        let articles =
            body.lines().filter(|l| l.trim_start_matches('#').starts_with(" Điều ") && l.starts_with("##"));
        assert_eq!(articles.count() as u64, t["articles"].as_u64().unwrap(), "{number}");
        for editorial in ["Thông tin chung", "THÔNG TIN VĂN BẢN", "Tóm tắt", "TÓM TẮT", "\n# "] {
            assert!(!body.contains(editorial), "{number}: {editorial}");
        }
        let known = gazette.iter().find(|r| text(r, "number") == number);
        assert_eq!(t["in_gazette"].as_bool(), Some(known.is_some()), "{number}");
        for field in ["issued", "effective", "abstract", "signer", "agency", "type", "url"] {
            assert!(known.is_none_or(|r| r[field] == t[field]), "{number}: the gazette's {field} wins");
        }
        assert!(day(t, "effective") >= day(t, "issued"), "{number}");
        assert!(day(t, "expires").is_none_or(|last| Some(last) > day(t, "effective")), "{number}");
    }
}

#[test]
fn samples_say_that_they_are_samples() {
    let samples = records(SAMPLES);
    assert_eq!(samples.len(), 6);
    for s in &samples {
        assert!(text(s, "title").starts_with("(mẫu) "));
        assert!(matches!(text(s, "kind"), "news" | "notice"));
        let long_digits = text(s, "text").split(|c: char| !c.is_ascii_digit()).any(|run| run.len() > 4);
        assert!(!long_digits, "something like a telephone number in {}", text(s, "title"));
    }
}

#[test]
fn relations_start_at_demo_documents() {
    let numbers: HashSet<String> = records(GAZETTE).iter().map(|r| text(r, "number").to_owned()).collect();
    let mut table = csv::Reader::from_reader(RELATIONS.as_bytes());
    let mut count = 0;
    for row in table.records() {
        let row = row.unwrap();
        count += 1;
        assert!(numbers.contains(&row[0]), "{row:?}");
        assert_eq!(&row[3] == "1", numbers.contains(&row[2]), "{row:?}");
    }
    assert_eq!(count, 158);
}
