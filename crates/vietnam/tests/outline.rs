//! The parts of real and made-up texts.
#![allow(clippy::unwrap_used, missing_docs)]

use vietnam::documents::{Level, Outline, Part, outline};

/// `chương I “QUY ĐỊNH” [điều 1 […]]`, short enough to compare.
fn shape(part: &Part) -> String {
    let level = ["phụ lục", "phần", "chương", "mục", "điều", "khoản", "điểm"][part.level as usize];
    let parts: Vec<String> = part.parts.iter().map(shape).collect();
    let inner = if parts.is_empty() { String::new() } else { format!(" [{}]", parts.join(", ")) };
    format!("{level} {}{inner}", part.number)
}

fn shapes(outline: &Outline) -> Vec<String> {
    outline.parts.iter().map(shape).collect()
}

#[test]
fn a_decree_has_its_parts_in_order() {
    let decree = outline(include_str!("../fuzz/corpus/outline/decree").lines());
    assert_eq!(decree.before, ["CHÍNH PHỦ", "Căn cứ Luật Tổ chức Chính phủ;"]);
    assert_eq!(
        shapes(&decree),
        ["chương I [mục 1 [điều 1 [khoản 1 [điểm a, điểm đ], khoản 2], điều 2]]", "phụ lục I"]
    );
    let chapter = &decree.parts[0];
    assert_eq!((chapter.heading.as_str(), chapter.level), ("QUY ĐỊNH CHUNG", Level::Chapter));
    let articles = &chapter.parts[0].parts;
    assert_eq!(articles[0].heading, "Phạm vi điều chỉnh");
    let quoting = &articles[0].parts[1].lines;
    assert_eq!(quoting[1..], ["“Điều 5. Hiệu lực", "1. Mới.”."], "what is quoted is no part of this decree");
    assert_eq!(articles[1].lines, ["Nghị định này có hiệu lực từ ngày 01/7/2026."]);
    assert_eq!(decree.parts[1].lines, ["1. Mẫu số 01"]);
}

#[test]
fn what_only_looks_like_a_part_is_text() {
    let law = outline(include_str!("../fuzz/corpus/outline/law").lines());
    assert_eq!(shapes(&law), ["phần thứ nhất [chương II [điều 12a]]"]);
    let part = &law.parts[0];
    assert_eq!((part.heading.as_str(), part.parts[0].heading.as_str()), ("NHỮNG QUY ĐỊNH CHUNG", "QUYỀN"));
    assert_eq!(
        part.parts[0].parts[0].lines,
        ["3. Không phải khoản", "Điều 13 Luật này không phải là điều mới."]
    );
    let letter =
        outline(["Kính gửi: Ủy ban nhân dân các tỉnh,", "1. Khẩn trương rà soát.", "a) Việc thứ nhất;"]);
    assert!(letter.parts.is_empty() && letter.before.len() == 3, "a letter has no articles");
}

#[test]
fn the_shipped_texts_have_articles_that_count_up() {
    let texts = include_str!("../../../data/demo/fulltext.jsonl");
    let mut articles = 0;
    for line in texts.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = record["text"].as_str().unwrap();
        let plain: Vec<String> =
            text.lines().map(|line| line.trim_start_matches(['#', ' ', '*']).replace("**", "")).collect();
        let outline = outline(plain.iter().map(String::as_str));
        let mut stack: Vec<&Part> = outline.parts.iter().collect();
        while let Some(part) = stack.pop() {
            articles += usize::from(part.level == Level::Article);
            stack.extend(&part.parts);
        }
    }
    assert!(articles > 100, "{articles} articles recognised");
}
