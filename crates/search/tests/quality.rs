//! How good search is on what is committed: the demonstration's real documents and procedures, and queries as people type them
//! with their answers (`data/search/judgements.csv`, judged by hand). A change that makes it worse than the floor fails.
//!
//! The floors lie a little below what was measured, so that they tell a loss and not a rounding. The large measure, with held-out
//! queries and beside other systems, is `examples/quality.rs`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use jiff::civil::date;
use search::{Ask, Entry, Index, Key};
use serde_json::Value;
use vietnam::number::DocumentNumber;

/// The mean of 1 by the place of the first good answer, among ten; and how much of what is good is among ten. Measured: .975, 1.
const FLOORS: (f32, f32) = (0.95, 0.97);

struct Record {
    name: String,
    title: String,
    form: String,
    agency: String,
    text: String,
}

fn records() -> Vec<Record> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/demo");
    let mut all: Vec<Record> = Vec::new();
    for file in ["fulltext.jsonl", "gazette.jsonl", "procedures.jsonl"] {
        for line in std::fs::read_to_string(folder.join(file)).unwrap().lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            let said = |names: &[&str]| {
                names.iter().find_map(|name| record[*name].as_str()).unwrap_or_default().to_owned()
            };
            let name = said(&["number", "code"]);
            // The gazette's record of a document whose text stands here, too.
            if all.iter().all(|one| one.name != name) {
                let (title, form) = (said(&["abstract", "name"]), said(&["type"]));
                all.push(Record {
                    name,
                    title,
                    form,
                    agency: said(&["agency"]),
                    text: said(&["text", "steps"]),
                });
            }
        }
    }
    all
}

#[test]
fn search_is_as_good_as_it_was() {
    let records = records();
    let folder = tempfile::tempdir().unwrap();
    let index = Index::begin(folder.path(), "judged").unwrap();
    let mut writer = index.writer(1).unwrap();
    for (item, record) in records.iter().enumerate() {
        let names = [&record.form, &record.name, &record.agency];
        let entry = Entry {
            key: Key { log: 1, item: item as u128 },
            title: &record.title,
            names: names.into_iter().map(String::as_str).filter(|name| !name.is_empty()).collect(),
            number: record.name.parse::<DocumentNumber>().ok(),
            summary: "",
            text: &record.text,
            facets: Vec::new(),
            day: date(2026, 1, 1),
            from: None,
            until: None,
        };
        writer.add(&entry).unwrap();
    }
    writer.commit().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/search/judgements.csv");
    let (mut rank, mut recall, mut asked, mut missed) = (0.0, 0.0, 0, Vec::new());
    for row in csv::Reader::from_path(path).unwrap().deserialize() {
        let (query, good): (String, String) = row.unwrap();
        let good: Vec<&str> = good.split(' ').collect();
        for name in &good {
            assert!(records.iter().any(|record| record.name == *name), "{query}: there is no {name}");
        }
        let found = index.search(&query, &Ask { most: 10, ..Ask::default() }).unwrap();
        let found: Vec<&str> =
            found.hits.iter().map(|hit| records[hit.key.item as usize].name.as_str()).collect();
        let first = found.iter().position(|name| good.contains(name));
        rank += first.map_or(0.0, |place| 1.0 / (place + 1) as f32);
        recall += good.iter().filter(|name| found.contains(name)).count() as f32 / good.len() as f32;
        asked += 1;
        if first != Some(0) {
            missed.push(format!("{query}: {good:?} not first in {:?}", &found[..found.len().min(3)]));
        }
    }
    let of = asked as f32;
    let said = format!(
        "MRR@10 {:.3}, recall@10 {:.3} over {asked} queries\n{}",
        rank / of,
        recall / of,
        missed.join("\n")
    );
    println!("{said}");
    assert!(asked >= 40 && rank / of >= FLOORS.0 && recall / of >= FLOORS.1, "{said}");
}
