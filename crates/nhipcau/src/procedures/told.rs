//! What an item says of a procedure, read into what pages, lists and exports ask for.
//!
//! Whoever issued it may run another version, or lie: what does not fit is read as nothing said, and never fails.

use std::collections::BTreeSet;

use network::content::Item;
use serde_json::{Map, Value};
use vietnam::number::{DocumentNumber, Mentioned, mentions};
use vietnam::procedures::{Channel, Term};
use vietnam::text::slug;

use super::KIND;
use super::rules::Level;

/// Words that say "nothing", as [`slug`] writes them.
const FREE: [&str; 10] = [
    "mien-phi",
    "mien-le-phi",
    "khong-mat-phi",
    "khong-thu-phi",
    "khong-thu-le-phi",
    "khong-co",
    "khong",
    "khong-quy-dinh",
    "0-dong",
    "0",
];
/// The most documents that a page names as mentioned.
const MOST_MENTIONS: usize = 40;

/// What it costs by one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fee {
    /// Nothing is said.
    Unsaid,
    /// Nothing is to be paid.
    Free,
    /// What the issuer says.
    Said(String),
}

impl Fee {
    /// Reads the words of a fee. Free is only what says so and no more.
    pub fn read(text: &str) -> Fee {
        let plain = slug(text);
        match plain.as_str() {
            "" => Fee::Unsaid,
            _ if FREE.contains(&plain.as_str()) => Fee::Free,
            _ => Fee::Said(text.trim().to_owned()),
        }
    }
}

/// One way of handing a file in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// How.
    pub channel: Channel,
    /// How long it takes, if that is a period.
    pub term: Option<Term>,
    /// How long it takes, as printed.
    pub time: String,
    /// What it costs.
    pub fee: Fee,
    /// What else is said.
    pub note: String,
}

/// A paper that belongs to the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperTold {
    /// What it is.
    pub name: String,
    /// How many originals.
    pub originals: Option<i64>,
    /// How many copies.
    pub copies: Option<i64>,
}

/// A procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// Its code in the national database; empty if it says none.
    pub code: String,
    /// Who handles it, by level.
    pub levels: BTreeSet<Level>,
    /// Its field of administration.
    pub field: String,
    /// For whom it is, as printed.
    pub audience: String,
    /// Who receives and decides, as printed; often empty.
    pub authority: String,
    /// Whether it may be lodged at any centre, if that is said.
    pub anywhere: Option<bool>,
    /// The ways of handing it in.
    pub offers: Vec<Offer>,
    /// What to bring.
    pub papers: Vec<PaperTold>,
    /// What one receives.
    pub result: String,
    /// Its page at the national service portal.
    pub url: Option<String>,
    /// The decision that published it, as printed.
    pub decision: String,
    /// Documents that it names as its basis, each with what it is called there.
    pub basis: Vec<(DocumentNumber, String)>,
    /// Other documents that its text speaks of.
    pub mentioned: Vec<DocumentNumber>,
}

fn text(map: &Map<String, Value>, key: &str) -> String {
    map.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
}

fn rows<'a>(map: &'a Map<String, Value>, key: &str) -> impl Iterator<Item = &'a Map<String, Value>> {
    map.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// The levels that a text of the national database names: `Cấp bộ, Cấp tỉnh`.
pub fn levels(text: &str) -> BTreeSet<Level> {
    Level::ALL.into_iter().filter(|level| text.contains(level.vi())).collect()
}

impl Procedure {
    /// Reads an item; `None` if it is no procedure.
    pub fn of(item: &Item) -> Option<Procedure> {
        if item.kind.to_string() != KIND {
            return None;
        }
        let details = &item.details.as_ref()?.0;
        let word = text(details, "level");
        let mut found = levels(&text(details, "levels"));
        found.extend(Level::ALL.into_iter().filter(|level| level.word() == word));
        let offers = rows(details, "ways").filter_map(|row| {
            let time = text(row, "time");
            Some(Offer {
                channel: Channel::of(&text(row, "way"))?,
                term: Term::read(&time),
                time,
                fee: Fee::read(&text(row, "fee")),
                note: text(row, "note"),
            })
        });
        let papers = rows(details, "papers").map(|row| PaperTold {
            name: text(row, "name"),
            originals: row.get("originals").and_then(Value::as_i64),
            copies: row.get("copies").and_then(Value::as_i64),
        });
        let basis: Vec<(DocumentNumber, String)> = rows(details, "basis")
            .filter_map(|row| Some((text(row, "number").parse().ok()?, text(row, "name"))))
            .collect();
        let decision = text(details, "decision");
        let url = Some(text(details, "url")).filter(|url| url.starts_with("https://"));
        Some(Procedure {
            code: text(details, "code"),
            levels: found,
            field: text(details, "field"),
            audience: text(details, "audience"),
            authority: text(details, "authority"),
            anywhere: match text(details, "anywhere").as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            offers: offers.collect(),
            papers: papers.filter(|paper| !paper.name.is_empty()).collect(),
            result: text(details, "result"),
            url,
            mentioned: mentioned(details, &basis, &decision),
            decision,
            basis,
        })
    }

    /// Every way of handing it in, each once.
    pub fn channels(&self) -> BTreeSet<Channel> {
        self.offers.iter().map(|offer| offer.channel).collect()
    }
}

/// The documents that the words of a procedure speak of, in their order, but for those that it names itself.
fn mentioned(
    details: &Map<String, Value>,
    basis: &[(DocumentNumber, String)],
    decision: &str,
) -> Vec<DocumentNumber> {
    let inner = rows(details, "ways").flat_map(|row| [text(row, "fee"), text(row, "note")]);
    let texts = ["conditions", "steps", "result"].into_iter().map(|key| text(details, key)).chain(inner);
    let mut named: BTreeSet<String> = basis.iter().map(|(number, _)| number.key()).collect();
    named.extend(decision.parse::<DocumentNumber>().ok().map(|number| number.key()));
    let mut found = Vec::new();
    for text in texts {
        for mention in mentions(&text) {
            if let Mentioned::Number(number) = mention.what
                && found.len() < MOST_MENTIONS
                && named.insert(number.key())
            {
                found.push(number);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_is_only_what_says_so_and_no_more() {
        for text in ["Miễn phí", "Không.", "0 đồng", "Không mất phí"] {
            assert_eq!(Fee::read(text), Fee::Free, "{text}");
        }
        assert_eq!(Fee::read("  "), Fee::Unsaid);
        assert!(matches!(Fee::read("Miễn phí nếu nộp trực tuyến"), Fee::Said(_)));
        assert!(matches!(Fee::read("10.000 đồng"), Fee::Said(_)));
    }

    #[test]
    fn levels_are_read_from_the_databases_words() {
        assert_eq!(levels("Cấp tỉnh, Cấp xã"), BTreeSet::from([Level::Commune, Level::Province]));
        assert_eq!(levels("Cấp huyện"), BTreeSet::new());
    }
}
