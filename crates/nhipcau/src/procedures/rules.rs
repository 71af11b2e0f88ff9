//! The catalogue's rules, which are data: events of life and for whom they are, audiences, who handles what at a place.
//!
//! The files of `data/services` are compiled in and read once, into types that cannot be wrong. Change them, and the tables
//! are worked out anew at the next start.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use vietnam::text::{fold, slug};

use crate::items::kinds::Both;

const EVENTS: &str = include_str!("../../../../data/services/events.toml");
const AUDIENCES: &str = include_str!("../../../../data/services/audiences.toml");
const BODIES: &str = include_str!("../../../../data/services/bodies.toml");

/// For whom a procedure is, as readers choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Citizens and foreigners.
    People,
    /// Businesses and cooperatives.
    Business,
    /// Any other organisation.
    Organisation,
}

impl Group {
    /// All of them, in the order in which pages offer them.
    pub const ALL: [Group; 3] = [Group::People, Group::Business, Group::Organisation];

    /// Its value in the query `?doi-tuong=` and in the API.
    pub fn slug(self) -> &'static str {
        match self {
            Group::People => "nguoi-dan",
            Group::Business => "doanh-nghiep",
            Group::Organisation => "to-chuc",
        }
    }

    /// Whose events it looks through: an organisation does what businesses do.
    fn looks_as(self) -> Group {
        if self == Group::People { Group::People } else { Group::Business }
    }
}

/// The level of the body that handles a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A commune.
    Commune,
    /// A province.
    Province,
    /// A ministry.
    Ministry,
    /// Anybody else.
    Other,
}

impl Level {
    /// All of them, nearest first.
    pub const ALL: [Level; 4] = [Level::Commune, Level::Province, Level::Ministry, Level::Other];

    /// Its value in the query `?cap=` and in the API.
    pub fn slug(self) -> &'static str {
        match self {
            Level::Commune => "cap-xa",
            Level::Province => "cap-tinh",
            Level::Ministry => "cap-bo",
            Level::Other => "co-quan-khac",
        }
    }

    /// The word in an item's details.
    pub fn word(self) -> &'static str {
        match self {
            Level::Commune => "commune",
            Level::Province => "province",
            Level::Ministry => "ministry",
            Level::Other => "other",
        }
    }

    /// The words of the national database.
    pub fn vi(self) -> &'static str {
        match self {
            Level::Commune => "Cấp xã",
            Level::Province => "Cấp tỉnh",
            Level::Ministry => "Cấp bộ",
            Level::Other => "Cơ quan khác",
        }
    }
}

/// An event by which people look for a procedure.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Its value in the query `?su-kien=`.
    pub id: String,
    /// Whose event it is.
    #[serde(rename = "for")]
    pub group: Group,
    /// Its name.
    pub name: Both,
    /// Fields of administration that belong to it whole.
    #[serde(default)]
    fields: Vec<String>,
    /// What a procedure's name says of it.
    #[serde(default)]
    words: Vec<String>,
}

/// An audience of the national database.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Audience {
    name: String,
    group: Group,
}

/// A body, by the words that name it in a source.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Its level.
    pub level: Level,
    words: Vec<String>,
    /// Its name at a place.
    pub here: Both,
    /// What it is called where the place is not known.
    pub any: Both,
}

/// Where a file is handed in when a source names no authority.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// Its level.
    pub level: Level,
    /// The first day on which there is one.
    pub from: Date,
    /// The act that set it up.
    pub basis: String,
    /// Its name at a place.
    pub here: Both,
    /// What it is called where the place is not known.
    pub any: Both,
}

/// That a file may be lodged at any centre in the nation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anywhere {
    /// The first day.
    pub from: Date,
    /// The act.
    pub basis: String,
    /// Its articles.
    pub article: Both,
}

/// All rules.
#[derive(Debug)]
pub struct Rules {
    /// Events, in the order in which pages offer them.
    pub events: Vec<Event>,
    audiences: Vec<Audience>,
    bodies: Vec<Body>,
    desks: Vec<Desk>,
    anywhere: Vec<Anywhere>,
    filler: Vec<String>,
    /// Another one where any of the files says something else.
    pub version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventsFile {
    event: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AudiencesFile {
    audience: Vec<Audience>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BodiesFile {
    filler: Vec<String>,
    body: Vec<Body>,
    desk: Vec<Desk>,
    anywhere: Vec<Anywhere>,
}

/// The value of `?su-kien=` for what is for a group and fits none of its events.
pub fn others(group: Group) -> &'static str {
    match group.looks_as() {
        Group::People => "nguoi-dan-khac",
        _ => "doanh-nghiep-khac",
    }
}

/// A text as words with a blank before and behind each: so that whole words are found in it.
pub fn whole_words(text: &str) -> String {
    format!(" {} ", slug(text).replace('-', " "))
}

/// The rules that ship.
pub fn shipped() -> &'static Rules {
    static RULES: LazyLock<Rules> = LazyLock::new(|| {
        Rules::parse(EVENTS, AUDIENCES, BODIES).expect("the compiled-in rules are whole: a test reads them")
    });
    &RULES
}

impl Rules {
    /// Reads the three files.
    ///
    /// # Errors
    /// What is wrong, with the file and what it is about.
    pub fn parse(events: &str, audiences: &str, bodies: &str) -> Result<Rules, String> {
        let digest =
            Sha256::new().chain_update(events).chain_update(audiences).chain_update(bodies).finalize();
        let events: EventsFile = toml::from_str(events).map_err(|e| format!("events.toml: {e}"))?;
        let audiences: AudiencesFile =
            toml::from_str(audiences).map_err(|e| format!("audiences.toml: {e}"))?;
        let bodies: BodiesFile = toml::from_str(bodies).map_err(|e| format!("bodies.toml: {e}"))?;
        let mut ids = BTreeSet::from([others(Group::People), others(Group::Business)]);
        for event in &events.event {
            let id = &event.id;
            if slug(id) != *id || !ids.insert(id) {
                return Err(format!("events.toml: {id} is no id, or stands twice"));
            }
            if event.group == Group::Organisation || event.fields.is_empty() && event.words.is_empty() {
                return Err(format!("events.toml: {id} is for people or business, and has fields or words"));
            }
            plain(&event.words).map_err(|word| format!("events.toml: {id}: {word:?} is not plain"))?;
        }
        for body in &bodies.body {
            plain(&body.words).map_err(|word| format!("bodies.toml: {word:?} is not plain"))?;
        }
        plain(&bodies.filler).map_err(|word| format!("bodies.toml: filler {word:?} is not plain"))?;
        let mut audiences = audiences.audience;
        // The longer name first: one is the beginning of another.
        audiences.sort_by_key(|audience| std::cmp::Reverse(audience.name.len()));
        Ok(Rules {
            events: events.event,
            audiences,
            bodies: bodies.body,
            desks: bodies.desk,
            anywhere: bodies.anywhere,
            filler: bodies.filler,
            version: hex::encode(&digest[..8]),
        })
    }

    /// For whom a procedure is; an audience that nobody knows is an organisation's.
    pub fn groups(&self, audience: &str) -> BTreeSet<Group> {
        let mut rest = audience.to_owned();
        let mut groups = BTreeSet::new();
        for known in &self.audiences {
            if rest.contains(&known.name) {
                rest = rest.replace(&known.name, "");
                groups.insert(known.group);
            }
        }
        if groups.is_empty() {
            groups.insert(Group::Organisation);
        }
        groups
    }

    /// The events of a procedure: for every group at least one, and be it "other".
    pub fn events_of(&self, title: &str, field: &str, groups: &BTreeSet<Group>) -> BTreeSet<&str> {
        let (name, field) = (whole_words(title), fold(field.trim()));
        let looks: BTreeSet<Group> = groups.iter().map(|group| group.looks_as()).collect();
        let fits = |event: &&Event| {
            event.fields.iter().any(|known| fold(known) == field)
                || event.words.iter().any(|word| name.contains(&format!(" {word} ")))
        };
        let mut found = BTreeSet::new();
        for group in looks {
            let before = found.len();
            let of_group = self.events.iter().filter(|event| event.group == group);
            found.extend(of_group.filter(fits).map(|event| event.id.as_str()));
            if found.len() == before {
                found.insert(others(group));
            }
        }
        found
    }

    /// The body that a printed authority names, if it is one that every place has.
    pub fn body(&self, printed: &str) -> Option<&Body> {
        let words = whole_words(printed);
        self.bodies.iter().find(|body| body.words.iter().any(|word| words.contains(&format!(" {word} "))))
    }

    /// True for a part of a printed authority that names nobody: the "phường, thị trấn" of "xã, phường, thị trấn".
    pub fn names_nobody(&self, printed: &str) -> bool {
        let words = whole_words(printed);
        words.trim().is_empty() || self.filler.iter().any(|word| words.trim() == word)
    }

    /// The desk of a level on a day.
    pub fn desk(&self, level: Level, day: Date) -> Option<&Desk> {
        self.desks.iter().filter(|desk| desk.level == level && desk.from <= day).max_by_key(|desk| desk.from)
    }

    /// The rule on lodging anywhere that holds on a day.
    pub fn anywhere(&self, day: Date) -> Option<&Anywhere> {
        self.anywhere.iter().filter(|rule| rule.from <= day).max_by_key(|rule| rule.from)
    }
}

/// The first word that is not written as [`whole_words`] writes it.
fn plain(words: &[String]) -> Result<(), &String> {
    words.iter().find(|word| whole_words(word).trim() != word.as_str()).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_in_a_file_is_named() {
        let event = |id: &str, words: &str| {
            format!(
                "[[event]]\nid = \"{id}\"\nfor = \"people\"\nname = {{ vi = \"A\", en = \"A\" }}\nwords = [{words}]\n"
            )
        };
        let bad = |events: &str| Rules::parse(events, AUDIENCES, BODIES).unwrap_err();
        assert!(bad(&event("Có con", "\"con\"")).contains("Có con is no id"));
        assert!(bad(&event("co-con", "")).contains("has fields or words"));
        assert!(bad(&event("co-con", "\"Con\"")).contains("\"Con\" is not plain"));
        assert!(bad(&event("nguoi-dan-khac", "\"con\"")).contains("stands twice"));
        assert!(bad("x = 1").starts_with("events.toml"));
        assert!(Rules::parse(EVENTS, "x = 1", BODIES).unwrap_err().starts_with("audiences.toml"));
    }

    #[test]
    fn nothing_falls_out_unseen() {
        let rules = shipped();
        let people = rules.groups("Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX)");
        assert_eq!(people, BTreeSet::from([Group::People, Group::Organisation]), "a comma inside a name");
        let birth = rules.events_of("Đăng ký khai sinh", "Hộ tịch", &people);
        assert!(birth.contains("co-con-nho") && birth.contains("hon-nhan-gia-dinh"));
        assert!(
            birth.contains("doanh-nghiep-khac"),
            "for organisations it is none of their events: {birth:?}"
        );
        let none = rules.events_of("Việc chưa ai đặt tên", "Lĩnh vực lạ", &rules.groups("Sinh vật lạ"));
        assert_eq!(none, BTreeSet::from(["doanh-nghiep-khac"]));
    }
}
