//! What agencies said of a task, in their words, with the evidence as links to what has come.

use jiff::Timestamp;
use network::content::{ItemFile, Note};
use network::names::ContentHash;

use crate::app::App;
use crate::assignments::state::Act;
use crate::assignments::store::Answer;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::content;
use crate::words::{Lang, date, number};

/// Something that an agency said.
pub struct Said {
    pub(super) what: &'static str,
    pub(super) at: String,
    pub(super) text: Option<String>,
    pub(super) files: Vec<Evidence>,
}

/// A file of a report.
pub struct Evidence {
    pub(super) name: String,
    /// Its type and size.
    pub(super) note: String,
    /// What a picture shows.
    pub(super) alt: Option<String>,
    /// Where it is; `None` until its bytes have come.
    pub(super) href: Option<String>,
    pub(super) sha256: ContentHash,
}

impl Evidence {
    /// A file, which is found at `href`.
    pub(super) fn of(file: &ItemFile, href: Option<String>, lang: Lang) -> Evidence {
        let size = number::bytes(lang, file.size);
        let note = match file.name.rsplit_once('.') {
            Some((_, ending)) => format!("{}, {size}", ending.to_uppercase()),
            None => size,
        };
        let alt = file.alt.clone().filter(|alt| !alt.is_empty());
        Evidence { name: file.name.clone(), note, alt, href, sha256: file.sha256 }
    }
}

/// Answers as a page tells them, in their order, read together.
///
/// # Errors
/// The database's.
pub(super) async fn of(
    app: &App,
    conn: &mut Conn,
    answers: &[&Answer],
    lang: Lang,
    now: Timestamp,
) -> anyhow::Result<Vec<Said>> {
    let notes: Vec<ContentHash> = answers.iter().filter_map(|answer| answer.note).collect();
    let notes = app.folder.read_all(conn, &notes).await?;
    let files: Vec<ContentHash> = answers.iter().flat_map(|answer| answer.files.iter().copied()).collect();
    let here = content::here(conn, &files).await?;
    let told = answers.iter().map(|answer| {
        let note = answer.note.and_then(|hash| notes.get(&hash)).and_then(|bytes| Note::parse(bytes).ok());
        // The names are the note's, the files are the entry's: what the entry does not have is nobody's evidence.
        let named =
            note.iter().flat_map(|note| &note.files).filter(|file| answer.files.contains(&file.sha256));
        let link = |hash: &ContentHash| here.contains(hash).then(|| format!("/content/{hash}"));
        let files = named.map(|file| Evidence::of(file, link(&file.sha256), lang)).collect();
        Said {
            what: what(answer.act, lang),
            at: date::short(lang, instant(answer.at), now),
            text: note.map(|note| note.text),
            files,
        }
    });
    Ok(told.collect())
}

/// What an act is called.
fn what(act: Act, lang: Lang) -> &'static str {
    let w = lang.desk();
    match act {
        Act::Acknowledged => w.task_acknowledged,
        Act::Reported => w.task_reported,
        Act::Done => w.task_done,
    }
}
