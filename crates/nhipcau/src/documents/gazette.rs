//! Records of the official gazette (Công báo) as drafts: what it says of each document, and how they relate.
//!
//! A record is one JSON object a line: `url`, `type`, `number`, `agency`, `issued`, `effective`, `abstract`, `signer`. A
//! relation is one row of a table: the number on whose page it stands, the gazette's words for it, the other number.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, bail};
use jiff::civil::{Date, date};
use serde::Deserialize;
use vietnam::documents::RelationWords;
use vietnam::number::{Abbreviations, DocumentNumber};
use vietnam::text::{nfc, slug};

use super::draft::DraftRelation;
use crate::items::draft::{Draft, DraftSource};

/// The gazette writes 1900-01-01 for a day that it does not know; no document of the State is older than this.
const FIRST_DAY: Date = date(1945, 9, 2);
const LONGEST_TITLE: usize = 500;

/// What the gazette says of a document.
#[derive(Clone, Debug, Deserialize)]
pub struct Record {
    /// Its page.
    #[serde(default)]
    pub url: Option<String>,
    /// The name of its form.
    #[serde(rename = "type")]
    pub form: String,
    /// Its number.
    pub number: String,
    /// Who issued it, often in capitals.
    pub agency: String,
    /// Its day of issue.
    pub issued: Date,
    /// Its first day in force.
    #[serde(default)]
    pub effective: Option<Date>,
    /// Its last day in force.
    #[serde(default)]
    pub expires: Option<Date>,
    /// What it is about.
    #[serde(rename = "abstract")]
    pub about: String,
    /// Who signed it.
    #[serde(default)]
    pub signer: Option<String>,
}

impl Record {
    /// The draft of an item that describes the document; its text stands in the gazette.
    pub fn draft(self, relations: Vec<DraftRelation>) -> Draft {
        let about = nfc(self.about.trim().trim_end_matches('.'));
        let mut letters = about.chars();
        let about: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        let long = about.chars().count() > LONGEST_TITLE;
        let title = match long {
            true => about.chars().take(LONGEST_TITLE - 1).chain(['…']).collect(),
            false => about.clone(),
        };
        let effective = self.effective.filter(|day| *day >= FIRST_DAY);
        let agency = spelled(&self.agency, &self.number, self.issued);
        Draft {
            kind: "document".into(),
            title,
            summary: if long { about } else { String::new() },
            number: Some(self.number),
            form: Some(self.form),
            agency: Some(agency),
            signer: self.signer.filter(|name| !name.trim().is_empty()),
            issued: Some(self.issued),
            retroactive: effective.is_some_and(|day| day < self.issued),
            effective,
            expires: self.expires,
            layer: "none".into(),
            source: Some(DraftSource {
                name: "Công báo nước CHXHCN Việt Nam".into(),
                url: self.url,
                taken: None,
            }),
            relations,
            ..Draft::default()
        }
    }
}

/// `BỘ TÀI CHÍNH` as the number's own issuer is written: `Bộ Tài chính`; any other name as it is.
fn spelled(agency: &str, number: &str, issued: Date) -> String {
    let known = Abbreviations::shipped();
    let issuers = number.parse::<DocumentNumber>().map(|number| known.issuers_of(&number, Some(issued)));
    let named = issuers.unwrap_or_default().into_iter().find(|issuer| slug(&issuer.name) == slug(agency));
    named.map_or_else(|| agency.to_owned(), |issuer| issuer.name.clone())
}

/// Records, one JSON object a line.
///
/// # Errors
/// Names the line that is none.
pub fn records(lines: &str) -> anyhow::Result<Vec<Record>> {
    let numbered = lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    numbered
        .map(|(at, line)| {
            serde_json::from_str(line).with_context(|| format!("line {} is no record of the gazette", at + 1))
        })
        .collect()
}

/// Relations of a table by the number on whose page each stands, as that document states them.
///
/// # Errors
/// Names the row whose words or number are unknown.
pub fn relations(table: &[u8]) -> anyhow::Result<HashMap<String, Vec<DraftRelation>>> {
    let mut stated: HashMap<String, Vec<DraftRelation>> = HashMap::new();
    for (at, row) in csv::Reader::from_reader(table).records().enumerate() {
        let row = row.with_context(|| format!("relation {}", at + 1))?;
        let (Some(this), Some(words), Some(other)) = (row.get(0), row.get(1), row.get(2)) else {
            bail!("relation {} lacks a column: number, words, other number", at + 1);
        };
        let read = |text: &str| {
            text.parse::<DocumentNumber>().with_context(|| format!("relation {}: number {text:?}", at + 1))
        };
        let (own, related) = (read(this)?, read(other)?);
        let relation = RelationWords::shipped().read(&own, words, &related, None).with_context(|| {
            format!("relation {}: the words {words:?} are unknown (data/documents/relations.csv)", at + 1)
        })?;
        stated.entry(this.to_owned()).or_default().push(DraftRelation {
            kind: relation.effect.as_str().to_owned(),
            done_to: relation.actor != own,
            number: other.to_owned(),
            ..DraftRelation::default()
        });
    }
    Ok(stated)
}

/// Gives each record the relations of its number. Where several records share a number, the table does not say whose a
/// relation is: the other document states it then, if it is among the records, so that the doubt stays one.
pub fn joined(records: Vec<Record>, mut stated: HashMap<String, Vec<DraftRelation>>) -> Vec<Draft> {
    // In a fixed order: who types the command again must hand in the very same drafts.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for record in &records {
        *seen.entry(record.number.clone()).or_default() += 1;
    }
    let single: BTreeSet<&String> = seen.iter().filter(|(_, count)| **count == 1).map(|(n, _)| n).collect();
    let shared: Vec<&String> = seen.iter().filter(|(_, count)| **count > 1).map(|(n, _)| n).collect();
    for number in shared {
        let (elsewhere, here): (Vec<_>, Vec<_>) = stated
            .remove(number)
            .unwrap_or_default()
            .into_iter()
            .partition(|relation| single.contains(&relation.number));
        for relation in elsewhere {
            let turned = DraftRelation {
                number: number.clone(),
                done_to: !relation.done_to,
                kind: relation.kind,
                ..DraftRelation::default()
            };
            let others = stated.entry(relation.number).or_default();
            if !others
                .iter()
                .any(|o| (&o.number, &o.kind, o.done_to) == (number, &turned.kind, turned.done_to))
            {
                others.push(turned);
            }
        }
        stated.insert(number.clone(), here);
    }
    let drafts = records.into_iter().map(|record| {
        let relations = stated.get(&record.number).cloned().unwrap_or_default();
        record.draft(relations)
    });
    drafts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDS: &str = r#"{"url":"https://congbao.chinhphu.vn/a","type":"Luật","number":"49/2010/QH12","agency":"QUỐC HỘI","issued":"2010-06-17","effective":"2011-01-01","abstract":"luật A.","signer":"X"}
{"type":"Nghị quyết","number":"49/2010/QH12","agency":"QUỐC HỘI","issued":"2010-06-19","effective":"1900-01-01","abstract":"nghị quyết B","signer":""}

{"type":"Thông tư","number":"1/2012/TT-BTC","agency":"BỘ TÀI CHÍNH","issued":"2012-01-10","effective":"2012-01-01","abstract":"về C","signer":"Y"}
"#;

    #[test]
    fn a_shared_number_keeps_its_doubt() {
        let table = "number,relation_vi,related_number,in\n49/2010/QH12,Văn bản bị thay thế/bãi bỏ/hủy bỏ/đình chỉ,1/2012/TT-BTC,1\n49/2010/QH12,Văn bản căn cứ,1/1992/QH8,0\n";
        let drafts = joined(records(RECORDS).unwrap(), relations(table.as_bytes()).unwrap());
        let said = |draft: &Draft| -> Vec<(String, String, bool)> {
            draft.relations.iter().map(|r| (r.kind.clone(), r.number.clone(), r.done_to)).collect()
        };
        assert_eq!(said(&drafts[0]), [("based_on".into(), "1/1992/QH8".into(), false)]);
        assert_eq!(said(&drafts[2]), [("ends".into(), "49/2010/QH12".into(), true)]);
        assert_eq!(drafts[2].agency.as_deref(), Some("Bộ Tài chính"));
        assert_eq!((drafts[1].effective, drafts[2].retroactive), (None, true));
        assert_eq!(drafts[0].title, "Luật A");
        for draft in drafts {
            draft.check(uuid::Uuid::from_u128(1), 1, [0; 16], date(2026, 11, 26)).unwrap();
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let error = records("\n{}\n").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
        let error = relations(b"a,b,c\n1/CT-TTg,eats,2/CT-TTg\n").unwrap_err().to_string();
        assert!(error.contains("relation 1") && error.contains("eats"), "{error}");
        assert!(relations(b"a,b,c\nx,eats,2/CT-TTg\n").unwrap_err().to_string().contains("\"x\""));
    }
}
