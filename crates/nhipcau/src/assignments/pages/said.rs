//! What agencies said of a task, in their words, with the evidence as links to what has come.

use jiff::Timestamp;
use network::content::{ItemFile, Note};
use network::names::ContentHash;

use crate::app::App;
use crate::assignments::HOME;
use crate::assignments::state::Act;
use crate::assignments::store::{Answer, Words};
use crate::clock::instant;
use crate::db::Conn;
use crate::items::content;
use crate::items::store::Standing;
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

/// Answers to a directive as a page tells them, in their order, read together.
///
/// # Errors
/// The database's.
pub(super) async fn of(
    app: &App,
    conn: &mut Conn,
    directive: &Standing,
    answers: &[&Answer],
    lang: Lang,
    now: Timestamp,
) -> anyhow::Result<Vec<Said>> {
    let notes: Vec<ContentHash> = answers
        .iter()
        .filter_map(|answer| if let Words::At(hash) = &answer.words { Some(*hash) } else { None })
        .collect();
    let notes = app.folder.read_all(conn, &notes).await?;
    let files: Vec<ContentHash> = answers.iter().flat_map(|answer| answer.files.iter().copied()).collect();
    let here = content::here(conn, &files).await?;
    let told = answers.iter().map(|answer| {
        let note = match &answer.words {
            Words::No => None,
            Words::At(hash) => notes.get(hash).and_then(|bytes| Note::parse(bytes).ok()),
            Words::Opened(note) => Some(note.clone()),
        };
        let named = note.iter().flat_map(|note| &note.files).enumerate();
        let evidence = named.filter_map(|(at, file)| {
            let come = |hash: &ContentHash, href: String| here.contains(hash).then_some(href);
            let href = match answer.words {
                // What is sealed is opened for whoever may read it: each file has its place in the entry.
                Words::Opened(_) => {
                    let sealed = answer.files.get(at)?;
                    let query = format!("so={}&tep={}", encoded(&answer.task), file.sha256);
                    come(sealed, lang.path(&format!("{HOME}/{}/tai-lieu?{query}", directive.reference())))
                }
                // The names are the note's, the files are the entry's: what the entry does not have is no evidence.
                _ if answer.files.contains(&file.sha256) => {
                    come(&file.sha256, format!("/content/{}", file.sha256))
                }
                _ => return None,
            };
            Some(Evidence::of(file, href, lang))
        });
        Said {
            what: what(answer.act, lang),
            at: date::short(lang, instant(answer.at), now),
            files: evidence.collect(),
            text: note.map(|note| note.text),
        }
    });
    Ok(told.collect())
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
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
