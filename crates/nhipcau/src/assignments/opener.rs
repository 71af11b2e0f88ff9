//! A directive read for somebody: its document, and what is sealed in it and about it, as far as their keys open it.

use network::content::{Item, Note};
use network::names::{ContentHash, Origin};
use network::restricted::Place;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::directive::Directive;
use super::restricted::{self, Reader};
use super::state::Act;
use super::store::{Answer, Sealed, Words};
use crate::app::App;
use crate::db::Conn;

/// What is said of a restricted task, as it is sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Telling {
    /// The task's number.
    pub task: String,
    /// The act's word.
    pub act: String,
    /// A note document, if there are words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Whoever reads one directive.
pub(super) struct Opener<'a> {
    pub app: &'a App,
    /// With which keys; `None` reads what everybody reads.
    pub reader: Option<&'a Reader>,
    pub origin: &'a Origin,
    pub item: Uuid,
}

/// Where an answer to a restricted task stands.
pub(super) fn place(by: &Origin, origin: &Origin, item: Uuid, edition: u32) -> Place {
    Place { by: by.clone(), origin: origin.clone(), item, edition, part: "answer".to_owned() }
}

/// Where a file of such an answer stands, by the hash of its bytes.
pub(super) fn file_place(
    by: &Origin,
    origin: &Origin,
    item: Uuid,
    edition: u32,
    file: &ContentHash,
) -> Place {
    Place { part: format!("file {file}"), ..place(by, origin, item, edition) }
}

impl Opener<'_> {
    /// The directive in a document; `None` if it gives no tasks that are read.
    pub fn read(&self, document: &[u8]) -> Option<Directive> {
        let item = Item::parse(document).ok()?;
        Directive::of(&item, &|number, sealed| {
            let at = restricted::place(self.origin, self.item, item.edition, number);
            let plain = self.reader?.open(self.app, &at, sealed)?;
            serde_json::from_slice(&plain).ok()
        })
    }

    /// What is said of its restricted tasks. What is for others, or has not come, is left out.
    pub async fn answers(&self, conn: &mut Conn, sealed: Vec<Sealed>) -> anyhow::Result<Vec<Answer>> {
        let Some(reader) = self.reader.filter(|_| !sealed.is_empty()) else { return Ok(Vec::new()) };
        let asked: Vec<ContentHash> = sealed.iter().map(|answer| answer.content).collect();
        let contents = self.app.folder.read_all(conn, &asked).await?;
        let answers = sealed.into_iter().filter_map(|sealed| {
            let at = place(&sealed.by, self.origin, self.item, sealed.edition);
            let plain = reader.open(self.app, &at, contents.get(&sealed.content)?)?;
            let Telling { task, act, note } = serde_json::from_slice(&plain).ok()?;
            let note = note.and_then(|note| Note::parse(note.as_bytes()).ok());
            Some(Answer {
                speaks_for: sealed.by.clone(),
                by: sealed.by,
                index: sealed.index,
                edition: i64::from(sealed.edition),
                task,
                act: Act::of(&act)?,
                at: sealed.at,
                words: note.map_or(Words::No, Words::Opened),
                files: sealed.files,
            })
        });
        Ok(answers.collect())
    }
}
