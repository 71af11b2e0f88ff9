//! The authority table: which body must answer what people write about, at which level, on what legal basis.
//!
//! Dated data (`data/petitions/topics.csv`, `authorities.csv`, `conditions.csv`), not code: rows say from when to when they hold, and
//! an agency may lay its own table over what ships. [`Table::parse`] holds a table against the rules that it must keep and names
//! file, line and fault. [`Table::resolve`] answers for every topic, place and day, or says why nobody can be named.

mod check;
mod read;
mod resolve;

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use vietnam::DataError;

use crate::suggestion::Kind;

pub use resolve::{Answer, Coverage, Place, Unresolved};

/// The topic of what nobody could place; it counts as unresolved.
pub const CATCH_ALL: &str = "khac.chua-ro";
/// The topic of danger to life.
pub const EMERGENCY: &str = "ngoai.khan-cap";
/// The condition of rows for proposals about rules.
pub const POLICY: &str = "chính sách, quy định chung";

/// The condition under which `conditions.csv` lists expressions of danger to life, for all topics.
pub const DANGER: &str = "nguy hiểm tính mạng";

/// The level of a body, by its reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Commune, ward, special zone; also bodies of several communes.
    Commune,
    /// Province or city; also bodies of several provinces.
    Province,
    /// The State's.
    Central,
}

impl Level {
    /// All of them, from below.
    pub const ALL: [Level; 3] = [Level::Commune, Level::Province, Level::Central];

    /// Its word in data: `commune`, `province`, `central`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Level::Commune => "commune",
            Level::Province => "province",
            Level::Central => "central",
        }
    }

    /// Its name: `Cấp xã`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Commune => "Cấp xã",
            Level::Province => "Cấp tỉnh",
            Level::Central => "Trung ương",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(word: &str) -> Result<Level, String> {
        Level::ALL
            .into_iter()
            .find(|level| level.id() == word)
            .ok_or_else(|| format!("level `{word}`: commune, province or central expected"))
    }
}

/// The least that a sender must give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Name and address.
    Named,
    /// Taken, and kept from the handler.
    Hidden,
    /// None.
    Anonymous,
}

/// How sure a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sure {
    /// The rule was read.
    High,
    /// An excerpt or a later document was.
    Medium,
    /// General knowledge, not checked.
    Low,
}

/// A topic of daily life.
#[derive(Clone, Debug)]
pub struct Topic {
    /// `giao-thong.mat-duong`; never given another meaning.
    pub id: String,
    /// Its group in Vietnamese.
    pub group: String,
    /// Its group in English.
    pub group_en: String,
    /// Its name in Vietnamese.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// What belongs to it.
    pub includes: String,
    /// What looks alike, with the topic that it belongs to.
    pub excludes: Vec<(String, String)>,
    /// Expressions that people use.
    pub words: Vec<String>,
    /// 1 (can wait) to 5 (at once), before reading the text.
    pub urgency: u8,
    /// Expressions that raise it.
    pub urgent_signs: Vec<String>,
    /// What a sender must give.
    pub identity: Identity,
    /// Fields of the national database of procedures that belong to it.
    pub procedure_fields: Vec<String>,
    /// Why it is not handled as a petition, and where to go instead.
    pub outside: Option<String>,
}

/// A body that must answer, or takes part.
#[derive(Clone, Debug)]
pub struct Row {
    /// The index of its topic.
    pub topic: usize,
    /// Its level.
    pub level: Level,
    /// When it applies; empty for the default.
    pub condition: String,
    /// The generic body, an inner unit after ` – `.
    pub agency: String,
    /// True if it gives the answer; false if it only takes part.
    pub lead: bool,
    /// Documents, the main one first.
    pub legal_basis: String,
    /// First day.
    pub from: Date,
    /// Last day, if it has ended.
    pub to: Option<Date>,
    /// How sure.
    pub sure: Sure,
    /// What to know or check.
    pub note: String,
    /// Expressions in a text that show its condition to be met.
    pub signs: Vec<String>,
}

impl Row {
    /// True if it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// True for the body that answers first.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.lead && self.condition.is_empty()
    }

    /// True if it is for proposals about rules.
    #[must_use]
    pub fn is_policy(&self) -> bool {
        self.condition == POLICY
    }
}

/// The table.
#[derive(Clone, Debug)]
pub struct Table {
    topics: Vec<Topic>,
    rows: Vec<Row>,
    policy_signs: Vec<String>,
    danger_signs: Vec<String>,
    kind_signs: Vec<(Kind, String)>,
    fields: Vec<(String, u32)>,
}

/// What [`Table::parse`] reads, as CSV with the headers of the files in `data/petitions`.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    /// `topics.csv`
    pub topics: &'a str,
    /// `authorities.csv`
    pub authorities: &'a str,
    /// `conditions.csv`: expressions that show a condition to be met
    pub conditions: &'a str,
    /// `procedure_fields.csv`: fields of the database of procedures, and how many procedures each has
    pub procedure_fields: &'a str,
}

impl Table {
    /// The day as of which the shipped table was compiled.
    pub const AS_OF: Date = date(2026, 11, 24);

    /// The files that ship.
    pub const SHIPPED: Tables<'static> = Tables {
        topics: include_str!("../../../../data/petitions/topics.csv"),
        authorities: include_str!("../../../../data/petitions/authorities.csv"),
        conditions: include_str!("../../../../data/petitions/conditions.csv"),
        procedure_fields: include_str!("../../../../data/petitions/procedure_fields.csv"),
    };

    /// The table that ships, read once.
    #[must_use]
    pub fn shipped() -> &'static Table {
        static SHIPPED: LazyLock<Table> = LazyLock::new(|| {
            Table::parse(&Table::SHIPPED, Table::AS_OF)
                .expect("the compiled-in tables parse: a test reads them")
        });
        &SHIPPED
    }

    /// A table from files, checked against the rules of `data/petitions`. `today` is the day that no first day may lie behind.
    ///
    /// # Errors
    /// The first fault, with its file and line.
    pub fn parse(tables: &Tables<'_>, today: Date) -> Result<Table, DataError> {
        read::table(tables, today)
    }

    /// All topics.
    #[must_use]
    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    /// All rows, by topic.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The index of a topic.
    #[must_use]
    pub fn topic(&self, id: &str) -> Option<usize> {
        self.topics.iter().position(|topic| topic.id == id)
    }

    /// The rows that give an answer to a topic on a day, with their indexes.
    pub fn leads(&self, topic: usize, day: Date) -> impl Iterator<Item = (usize, &Row)> {
        let rows = self.rows.iter().enumerate();
        rows.filter(move |(_, row)| row.topic == topic && row.lead && row.holds_on(day))
    }

    /// Expressions of a proposal about rules.
    #[must_use]
    pub fn policy_signs(&self) -> &[String] {
        &self.policy_signs
    }

    /// Expressions of danger to life, whatever the topic.
    #[must_use]
    pub fn danger_signs(&self) -> &[String] {
        &self.danger_signs
    }

    /// Expressions by which people ask, propose, judge or thank.
    #[must_use]
    pub fn kind_signs(&self) -> &[(Kind, String)] {
        &self.kind_signs
    }

    /// The fields of the database of procedures, each with its number of procedures.
    #[must_use]
    pub fn fields(&self) -> &[(String, u32)] {
        &self.fields
    }
}
