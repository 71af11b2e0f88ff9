//! What the models are trained on: examples, informal messages, and the table's own expressions.

use serde::Deserialize;
use vietnam::DataError;

use crate::read::{fault, rows};
use crate::suggestion::Kind;
use crate::table::{Level, Table};

const EXAMPLES: &str = "petitions/examples.csv";

/// A message with what is right for it.
#[derive(Clone, Debug)]
pub struct Example {
    /// What was written.
    pub text: String,
    /// The index of its topic.
    pub topic: usize,
    /// A second matter in it.
    pub second_topic: Option<usize>,
    /// The index of the row whose body must answer.
    pub row: usize,
    /// What kind it is.
    pub kind: Kind,
    /// 1 to 5.
    pub urgency: u8,
    /// Those that belong together when a set is divided: a message and its duplicates.
    pub group: usize,
}

#[derive(Deserialize)]
struct Cells {
    topic_id: String,
    level: String,
    condition: String,
    kind: String,
    urgency: u8,
    text: String,
}

/// The examples that ship: written for this project, CC0.
pub const SHIPPED_EXAMPLES: &str = include_str!("../../../data/petitions/examples.csv");

/// Reads examples: CSV with `topic_id,level,condition,kind,urgency,text`. Each stands in a group of its own.
///
/// # Errors
/// Line and fault of the first row that does not fit the table.
pub fn examples(csv: &str, table: &Table) -> Result<Vec<Example>, DataError> {
    let mut out = Vec::new();
    for (line, cells) in rows::<Cells>(EXAMPLES, csv)? {
        let example = (|| {
            let topic = table
                .topic(&cells.topic_id)
                .ok_or_else(|| format!("there is no topic `{}`", cells.topic_id))?;
            let level: Level = cells.level.parse()?;
            let row = table
                .rows()
                .iter()
                .position(|row| {
                    row.topic == topic && row.lead && row.level == level && row.condition == cells.condition
                })
                .ok_or_else(|| {
                    format!(
                        "no lead row of `{}` at {level} has the condition `{}`",
                        cells.topic_id, cells.condition
                    )
                })?;
            let kind = cells.kind.parse()?;
            if !(1..=5).contains(&cells.urgency) {
                return Err(format!("urgency {}: 1 to 5 expected", cells.urgency));
            }
            Ok(Example {
                text: cells.text.clone(),
                topic,
                second_topic: None,
                row,
                kind,
                urgency: cells.urgency,
                group: out.len(),
            })
        })();
        out.push(example.map_err(|what: String| fault(EXAMPLES, line, what))?);
    }
    Ok(out)
}

/// The topics' own expressions, each as a short text: words people use, what belongs to it, what the neighbours do not take.
#[must_use]
pub fn expressions(table: &Table) -> Vec<(String, usize, f32)> {
    let mut out = Vec::new();
    for (index, topic) in table.topics().iter().enumerate() {
        out.push((format!("{} {}", topic.group, topic.name), index, 0.35));
        out.extend(topic.words.iter().map(|word| (word.clone(), index, 0.35)));
        out.extend(topic.urgent_signs.iter().map(|word| (word.clone(), index, 0.2)));
        out.extend(topic.includes.split([',', ';']).map(|part| (part.trim().to_owned(), index, 0.35)));
        for (text, id) in &topic.excludes {
            if let Some(other) = table.topic(id) {
                out.extend(text.split(',').map(|part| (part.trim().to_owned(), other, 0.25)));
            }
        }
    }
    out.retain(|(text, ..)| !text.is_empty());
    out
}

/// A line of `informal_dev.jsonl` or `held_out.jsonl`.
#[derive(Deserialize)]
struct Line {
    id: String,
    text: String,
    topic: String,
    #[serde(default)]
    topic2: Option<String>,
    kind: String,
    #[serde(default)]
    place: Option<String>,
    level: String,
    agency: String,
    urgency: u8,
    #[serde(default)]
    personal_data: Vec<String>,
    #[serde(default)]
    duplicate_of: Option<String>,
    #[serde(default)]
    not_duplicate_of: Option<String>,
}

/// A message with its labels, and what else is known of it.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id in its set.
    pub id: String,
    /// Text and labels.
    pub example: Example,
    /// The level of the body that must answer.
    pub level: Level,
    /// That body.
    pub agency: String,
    /// The commune, if the text points to one: `Xã Đàm Thuỷ, Tỉnh Cao Bằng`.
    pub place: Option<String>,
    /// Strings of the text that are personal data.
    pub personal_data: Vec<String>,
    /// The message that tells the same case.
    pub duplicate_of: Option<usize>,
    /// A message that reads alike and tells another case.
    pub not_duplicate_of: Option<usize>,
}

/// The informal messages that ship for training: fictitious, CC0.
pub const SHIPPED_MESSAGES: &str = include_str!("../../../data/petitions/informal_dev.jsonl");

/// Messages held out for the last measure; never trained on. Fictitious, CC0.
pub const SHIPPED_HELD_OUT: &str = include_str!("../../../data/petitions/held_out.jsonl");

/// Reads messages: one JSON object a line, as `data/README.md` describes. Duplicates stand in one group.
///
/// # Errors
/// Line and fault of the first that does not fit the table.
pub fn messages(jsonl: &str, table: &Table) -> Result<Vec<Message>, DataError> {
    const FILE: &str = "messages";
    let mut out: Vec<Message> = Vec::new();
    for (number, line) in jsonl.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = number as u64 + 1;
        let line: Line = serde_json::from_str(line).map_err(|error| fault(FILE, at, error))?;
        let find = |id: &Option<String>| id.as_ref().and_then(|id| out.iter().position(|m| &m.id == id));
        let message = (|| {
            let topic_of = |id: &str| table.topic(id).ok_or_else(|| format!("there is no topic `{id}`"));
            let topic = topic_of(&line.topic)?;
            let level: Level = line.level.parse()?;
            let row = table
                .rows()
                .iter()
                .position(|row| {
                    row.topic == topic && row.lead && row.level == level && row.agency == line.agency
                })
                .ok_or_else(|| {
                    format!("no lead row of `{}` at {level} names `{}`", line.topic, line.agency)
                })?;
            let duplicate_of = find(&line.duplicate_of);
            let example = Example {
                text: line.text.clone(),
                topic,
                second_topic: line.topic2.as_deref().map(topic_of).transpose()?,
                row,
                kind: line.kind.parse()?,
                urgency: line.urgency,
                group: duplicate_of.map_or(out.len(), |first| out[first].example.group),
            };
            Ok(Message {
                id: line.id.clone(),
                example,
                level,
                agency: line.agency.clone(),
                place: line.place.clone(),
                personal_data: line.personal_data.clone(),
                duplicate_of,
                not_duplicate_of: find(&line.not_duplicate_of),
            })
        })();
        out.push(message.map_err(|what: String| fault(FILE, at, what))?);
    }
    Ok(out)
}
