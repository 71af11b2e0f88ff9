//! Real procedures of the national service portal against the kind that they are of.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::faults;

/// The procedures that were gathered beside the repository; they are read where they lie, and no copy ships.
fn procedures() -> Option<String> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    home.ancestors().find_map(|folder| {
        std::fs::read_to_string(folder.join("shared/data/procedures/procedures.jsonl")).ok()
    })
}

/// The ways of one record, which its source ran together: `Trực tiếp5 Ngày làm việcMiễn phí…`.
fn ways(how: &str) -> Vec<Value> {
    const WAYS: [(&str, &str); 3] =
        [("Trực tiếp", "direct"), ("Trực tuyến", "online"), ("Dịch vụ bưu chính", "post")];
    let rest = how.trim_start_matches("Hình thức nộpThời gianPhí, lệ phíMô tả");
    let mut starts: Vec<(usize, &str, &str)> = WAYS
        .iter()
        .flat_map(|(name, id)| rest.match_indices(name).map(move |(at, _)| (at, *name, *id)))
        // A way begins where a sentence does not go on: what stands before it is no space.
        .filter(|(at, ..)| *at == 0 || !rest[..*at].ends_with(' '))
        .collect();
    starts.sort_unstable();
    let ends = starts.iter().skip(1).map(|(at, ..)| *at).chain([rest.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|((at, name, id), end)| {
            let said = &rest[at + name.len()..end];
            match said.split_once("Ngày làm việc") {
                Some((days, note)) if days.len() < 10 => {
                    json!({ "way": id, "time": format!("{days}Ngày làm việc"), "note": note })
                }
                _ => json!({ "way": id, "note": said }),
            }
        })
        .collect()
}

#[test]
fn real_procedures_fit_their_kind() {
    let Some(lines) = procedures() else {
        eprintln!("skipped: shared/data/procedures/procedures.jsonl does not lie beside the repository");
        return;
    };
    let (mut fit, mut not, mut ran_on) = (0, Vec::new(), 0);
    for line in lines.lines() {
        let real: Map<String, Value> = serde_json::from_str(line).unwrap();
        let text = |key: &str| real[key].as_str().unwrap_or_default();
        let ways = ways(text("how"));
        ran_on += usize::from(ways.len() > 1);
        let level = match text("level") {
            "Cấp bộ" => "ministry",
            "Cấp tỉnh" => "province",
            "Cấp xã" => "commune",
            "Cơ quan khác" => "other",
            _ => "several",
        };
        let title: String = text("name").chars().take(500).collect();
        let item = json!({
            "kind": "procedure", "title": title,
            "source": { "name": "Cổng Dịch vụ công quốc gia", "url": text("url") },
            "details": {
                "code": text("code"), "level": level, "levels": text("level"), "field": text("field"),
                "audience": text("audience"), "authority": text("authority"), "ways": ways, "steps": text("steps"),
                "nature": text("kind"), "decision": text("decision"), "url": text("url"),
            },
        });
        match faults(&item) {
            found if found.is_empty() => fit += 1,
            found => not.push((text("code").to_owned(), found)),
        }
    }
    eprintln!("{fit} procedures fit, {} do not; {ran_on} of all have more than one way", not.len());
    assert!(fit > 1_700 && not.len() < 20, "{fit} fit; not: {:#?}", &not[..not.len().min(10)]);
}
