//! Records of the national database of procedures as drafts: what was read of their cells, and what stays text.
//!
//! A record is one JSON object a line with `code`, `name`, `level`, `field`, `audience`, `authority`, `kind`, `decision`, `url`, `how`,
//! `conditions`, `steps`, `result`; `papers`, `forms` and `legal` where a source has them. Any of them may be empty, absent or null.

use anyhow::{Context, bail};
use serde_json::{Map, Value, json};
use vietnam::number::{Mentioned, mentions};
use vietnam::procedures::{Cost, Currency, Time, Way, lines, papers, ways};
use vietnam::text::nfc;

use super::KIND;
use super::told::{Fee, levels};
use crate::items::draft::{Draft, DraftSource};
use crate::words::{Lang, number};

/// Whoever gathered the records cut a text after so many characters.
const CUT: usize = 1_500;
const SOURCE: &str = "Cổng Dịch vụ công quốc gia";
const UNSAID: &str = "Nguồn không ghi";
const WAS_CUT: &str =
    "(Bản thu thập dừng ở đây. Đọc đủ tại trang của thủ tục trên Cổng Dịch vụ công quốc gia.)";
const LONGEST_TITLE: usize = 500;
const LONGEST_FEE: usize = 4_000;

/// What was kept as text of a record, because it says nothing certain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Ways that were read.
    pub ways: usize,
    /// Times among them that are no period.
    pub times: usize,
    /// Fees among them that are no sum and not free.
    pub fees: usize,
    /// Tables of ways that were none: all of it is text.
    pub tables: usize,
    /// Texts that their source had cut.
    pub cut: usize,
}

impl std::ops::AddAssign for Kept {
    fn add_assign(&mut self, other: Kept) {
        self.ways += other.ways;
        self.times += other.times;
        self.fees += other.fees;
        self.tables += other.tables;
        self.cut += other.cut;
    }
}

/// A record as a draft.
#[derive(Debug)]
pub struct Record {
    /// Its code, which is what it is known by.
    pub code: String,
    /// The draft.
    pub draft: Draft,
    /// What of it is text.
    pub kept: Kept,
}

/// Reads a line.
///
/// # Errors
/// What is no record: no JSON object, no code, no name.
pub fn record(line: &str) -> anyhow::Result<Record> {
    let raw: Map<String, Value> = serde_json::from_str(line).context("is no JSON object")?;
    let text = |key: &str| {
        let value = raw.get(key).and_then(Value::as_str).unwrap_or_default();
        nfc(value.replace('\u{a0}', " ").trim())
    };
    let line = |key: &str| text(key).split_whitespace().collect::<Vec<_>>().join(" ");
    let (code, name) = (line("code"), line("name"));
    if code.is_empty() {
        bail!("\"code\" is missing: without it nobody knows which procedure it is");
    }
    if name.is_empty() {
        bail!("{code}: \"name\" is missing");
    }
    let or_unsaid = |said: String| if said.is_empty() { UNSAID.to_owned() } else { said };
    let mut kept = Kept::default();
    let printed = line("level");
    let level = match &levels(&printed).into_iter().collect::<Vec<_>>()[..] {
        [one] => one.word(),
        [] => "other",
        _ => "several",
    };
    let steps = text("steps");
    let mut details = Map::from_iter([
        ("code".to_owned(), json!(code)),
        ("level".to_owned(), json!(level)),
        ("field".to_owned(), json!(or_unsaid(line("field")))),
        ("audience".to_owned(), json!(or_unsaid(line("audience")))),
        ("ways".to_owned(), ways_of(&text("how"), &mut kept)),
        ("steps".to_owned(), json!(or_unsaid(whole(&steps, &mut kept)))),
    ]);
    let mut say = |key: &str, value: String| {
        if !value.is_empty() {
            details.insert(key.to_owned(), json!(value));
        }
    };
    if matches!(level, "several" | "other") {
        say("levels", printed);
    }
    say("authority", line("authority").trim_end_matches('.').to_owned());
    say("conditions", whole(&text("conditions"), &mut kept));
    say("result", whole(&text("result"), &mut kept));
    say("nature", line("kind"));
    say("decision", line("decision"));
    say("url", line("url"));
    for (key, rows) in [
        ("papers", papers_of(raw.get("papers"))),
        ("forms", named(raw.get("forms"))),
        ("basis", basis_of(raw.get("legal"))),
    ] {
        if !rows.is_empty() {
            details.insert(key.to_owned(), rows.into());
        }
    }
    let long = name.chars().count() > LONGEST_TITLE;
    let title = match long {
        true => name.chars().take(LONGEST_TITLE - 1).chain(['…']).collect(),
        false => name.trim_end_matches('.').to_owned(),
    };
    let url = Some(line("url")).filter(|url| !url.is_empty());
    let draft = Draft {
        kind: KIND.into(),
        title,
        summary: if long { name } else { String::new() },
        details,
        source: Some(DraftSource { name: SOURCE.into(), url, taken: None }),
        ..Draft::default()
    };
    Ok(Record { code, draft, kept })
}

/// A text with whole sentences a line; where its source cut it, it says so.
fn whole(text: &str, kept: &mut Kept) -> String {
    let whole = lines(text);
    if text.chars().count() < CUT {
        return whole;
    }
    kept.cut += 1;
    format!("{whole} …\n{WAS_CUT}")
}

fn ways_of(how: &str, kept: &mut Kept) -> Value {
    let read = ways(how);
    if read.ways.is_empty() {
        kept.tables += usize::from(!how.is_empty());
        let note = if how.is_empty() { UNSAID } else { how };
        return json!([{ "way": "direct", "note": note }]);
    }
    let mut rows: Vec<Value> = read.ways.iter().map(|way| row(way, kept)).collect();
    // What stands before the first way belongs to none of them; it is not lost.
    if let (false, Some(first)) = (read.rest.is_empty(), rows.first_mut()) {
        let note = first["note"].as_str().unwrap_or_default();
        first["note"] = json!([&read.rest, note].join("\n").trim());
    }
    rows.into()
}

fn row(way: &Way, kept: &mut Kept) -> Value {
    kept.ways += 1;
    let mut row = Map::from_iter([("way".to_owned(), json!(way.channel.id()))]);
    let mut note = way.note.clone();
    match &way.time {
        Time::Unsaid => {}
        Time::Term(term) => drop(row.insert("time".into(), json!(term.to_string()))),
        Time::Text(text) => {
            kept.times += 1;
            let unit = if text.bytes().all(|b| b.is_ascii_digit()) {
                " (nguồn không ghi đơn vị)"
            } else {
                ""
            };
            row.insert("time".into(), json!(format!("{text}{unit}")));
        }
    }
    let mut fee = fee_of(way, kept);
    if fee.chars().count() > LONGEST_FEE {
        note = format!("{fee}\n{note}");
        fee = "Xem mô tả".to_owned();
    }
    for (key, value) in [("fee", fee), ("note", lines(&note))] {
        if !value.is_empty() {
            row.insert(key.to_owned(), json!(value));
        }
    }
    row.into()
}

/// The fee in words that say no more than the source: with a remark, "free" need not mean that nothing is paid.
fn fee_of(way: &Way, kept: &mut Kept) -> String {
    let remark = lines(&way.cost_note);
    let with = |said: String| if remark.is_empty() { said } else { format!("{said} ({remark})") };
    match &way.cost {
        Cost::Unsaid => remark,
        Cost::Free if remark.is_empty() || Fee::read(&remark) == Fee::Free => "Miễn phí".to_owned(),
        Cost::Free => {
            kept.fees += 1;
            format!("Nguồn ghi “Miễn phí”, kèm ghi chú: {remark}")
        }
        Cost::Sum(amount, Currency::Vnd) => with(format!("{} đồng", number::whole(Lang::Vi, *amount))),
        Cost::Sum(amount, Currency::Usd) => with(format!("{} USD", number::whole(Lang::Vi, *amount))),
        Cost::Text(text) => {
            kept.fees += 1;
            with(format!("Nguồn ghi “{text}”"))
        }
    }
}

/// Papers as a table that ran together, or as rows.
fn papers_of(value: Option<&Value>) -> Vec<Value> {
    match value {
        Some(Value::String(text)) => papers(text)
            .into_iter()
            .map(|paper| {
                let mut row = json!({ "name": paper.name });
                for (key, count) in [("originals", paper.originals), ("copies", paper.copies)] {
                    if let Some(count) = count {
                        row[key] = json!(count);
                    }
                }
                row
            })
            .collect(),
        Some(Value::Array(rows)) => rows.iter().filter(|row| row["name"].is_string()).cloned().collect(),
        _ => Vec::new(),
    }
}

/// Rows with a name, or a name on each line.
fn named(value: Option<&Value>) -> Vec<Value> {
    match value {
        Some(Value::String(text)) => lines(text).lines().map(|line| json!({ "name": line })).collect(),
        Some(Value::Array(rows)) => rows.iter().filter(|row| row["name"].is_string()).cloned().collect(),
        _ => Vec::new(),
    }
}

/// Documents as rows, or the numbers that stand in a text, each with its line.
fn basis_of(value: Option<&Value>) -> Vec<Value> {
    match value {
        Some(Value::String(text)) => {
            let of_line = |line: &str| {
                let numbers = mentions(line).into_iter().filter_map(|mention| match mention.what {
                    Mentioned::Number(number) => Some(number.to_string()),
                    Mentioned::Spoken { .. } => None,
                });
                let row = |number: String| json!({ "number": number, "name": line });
                numbers.map(row).collect::<Vec<_>>()
            };
            text.lines().flat_map(of_line).collect()
        }
        Some(Value::Array(rows)) => rows.iter().filter(|row| row["number"].is_string()).cloned().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const HEAD: &str = "Hình thức nộpThời gianPhí, lệ phíMô tả";

    fn checked(raw: Value) -> Map<String, Value> {
        let record = record(&raw.to_string()).unwrap();
        let checked = record.draft.check(uuid::Uuid::nil(), 1, [0; 16], date(2026, 11, 26));
        checked.unwrap_or_else(|problem| panic!("{problem}")).item.details.unwrap().0
    }

    #[test]
    fn a_record_becomes_a_draft_that_says_no_more_than_its_source() {
        let said = checked(json!({
            "code": "1.000001", "name": "Đăng ký việc thử.", "level": "Cấp tỉnh, Cấp xã", "field": "Hộ tịch",
            "audience": "Công dân Việt Nam", "authority": "Ủy ban Nhân dân\u{a0}xã,\u{a0}phường.", "kind": null,
            "how": format!("{HEAD}Trực tuyến1Miễn phí(Mức phí do Hội đồng nhân dân cấp tỉnh quy định)Trực tiếp5 Ngày làm việc10,000 VNĐ(một lần)tại xã"),
            "steps": "Bước 1: nộp\nhồ sơ.", "result": null, "url": "https://dichvucong.gov.vn/a",
            "papers": "Tờ khaiBản chính: 1Bản sao: 0", "legal": "Luật số 60/2014/QH13\nkhông có số",
        }));
        assert_eq!(said["level"], "several");
        assert_eq!(said["levels"], "Cấp tỉnh, Cấp xã");
        assert_eq!(said["steps"], "Bước 1: nộp hồ sơ.");
        assert_eq!(said["authority"], "Ủy ban Nhân dân xã, phường");
        assert_eq!(
            said["ways"][0],
            json!({ "way": "online", "time": "1 (nguồn không ghi đơn vị)",
                    "fee": "Nguồn ghi “Miễn phí”, kèm ghi chú: Mức phí do Hội đồng nhân dân cấp tỉnh quy định" })
        );
        assert_eq!(
            said["ways"][1],
            json!({ "way": "direct", "time": "5 ngày làm việc", "fee": "10.000 đồng (một lần)", "note": "tại xã" })
        );
        assert_eq!(said["papers"][0], json!({ "name": "Tờ khai", "originals": 1, "copies": 0 }));
        assert_eq!(said["basis"], json!([{ "number": "60/2014/QH13", "name": "Luật số 60/2014/QH13" }]));
    }

    #[test]
    fn a_text_that_was_cut_says_so() {
        let said = checked(json!({
            "code": "1.000001", "name": "Việc thử", "how": "không phải bảng", "steps": "a".repeat(CUT),
        }));
        let steps = said["steps"].as_str().unwrap();
        assert!(steps.ends_with(WAS_CUT) && steps.starts_with("aaa"));
        assert_eq!(said["ways"], json!([{ "way": "direct", "note": "không phải bảng" }]));
        assert_eq!(said["field"], UNSAID);
    }

    #[test]
    fn what_is_no_record_is_named() {
        let wrong = |line: &str| record(line).unwrap_err().to_string();
        assert!(wrong("[]").contains("no JSON object"));
        assert!(wrong(r#"{"name":"a"}"#).contains("\"code\" is missing"));
        assert!(wrong(r#"{"code":"1.000001","name":7}"#).contains("1.000001: \"name\" is missing"));
    }

    /// The records that were gathered beside the repository; they are read where they lie, and no copy ships.
    #[test]
    fn every_real_record_becomes_an_item_and_has_its_events() {
        let home = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let found = home.ancestors().find_map(|folder| {
            std::fs::read_to_string(folder.join("shared/data/procedures/procedures.jsonl")).ok()
        });
        let Some(text) = found else {
            eprintln!("skipped: shared/data/procedures/procedures.jsonl does not lie beside the repository");
            return;
        };
        let rules = super::super::rules::shipped();
        let (mut kept, mut not) = (Kept::default(), Vec::new());
        let mut events: std::collections::BTreeMap<String, usize> = Default::default();
        let mut all = 0;
        for line in text.lines() {
            all += 1;
            let record = record(line).unwrap();
            kept += record.kept;
            match record.draft.check(uuid::Uuid::nil(), 1, [0; 16], date(2026, 11, 26)) {
                Err(problem) => not.push(format!("{}: {problem}", record.code)),
                Ok(checked) => {
                    let told = super::super::told::Procedure::of(&checked.item).unwrap();
                    let groups = rules.groups(&told.audience);
                    for event in rules.events_of(&checked.item.title, &told.field, &groups) {
                        *events.entry(event.to_owned()).or_default() += 1;
                    }
                }
            }
        }
        eprintln!("{all} records: {kept:?}\n{events:#?}");
        assert!(
            not.is_empty() && kept.tables == 0,
            "{} do not fit: {:#?}",
            not.len(),
            &not[..not.len().min(10)]
        );
        let idle: Vec<_> = rules.events.iter().filter(|event| !events.contains_key(&event.id)).collect();
        assert!(idle.is_empty(), "events without a procedure: {idle:?}");
    }
}
