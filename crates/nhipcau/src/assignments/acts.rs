//! What an agency does with a task: its entry, its words and its line of the audit trail, together or not at all.

mod sealed;

use network::content::{ItemFile, Note, Salt};
use network::entry::{ContentRef, Kind, TaskRef};
use network::names::ContentHash;
use serde_json::json;
use vietnam::text::nfc;

use super::answering::{self, Place};
use super::board;
use super::state::{Act, State};
use crate::app::App;
use crate::db::Tx;
use crate::drafts::acts::By;
use crate::items::desk::{self, Request};
use crate::items::draft::of_words;
use crate::items::publish::{self, Done};
use crate::items::store::{self as items, Reference};
use crate::people::audit::{self, Line};
use crate::problem::{Fault, Problem};

/// What an agency says of a task.
#[derive(Default)]
pub struct Telling {
    /// In words; none to acknowledge.
    pub words: String,
    /// Evidence, with the bytes.
    pub files: Vec<(ItemFile, Vec<u8>)>,
    /// Where words and evidence waited to be said.
    pub begun: Option<Place>,
}

/// Says something of a task in the log of an agency of ours. To acknowledge twice says nothing new and
/// is no fault.
///
/// # Errors
/// Not found, if the directive does not stand or does not give that agency such a task; refused once it is done; invalid
/// without words where words are due, or with a mark of secrecy.
pub async fn answer(
    app: &App,
    by: &By,
    reference: &Reference,
    number: &str,
    act: Act,
    telling: Telling,
) -> Result<(), Problem> {
    let missing = || Problem::NotFound("task of this agency");
    let own = by.origin.clone();
    let mut conn = app.db.read().await?;
    let board = board::find(app, &mut conn, reference, &own).await?.ok_or_else(missing)?;
    let row = board.task(&own, number).ok_or_else(missing)?;
    drop(conn);
    let of = TaskRef {
        origin: board.standing.origin.clone(),
        item: board.standing.item,
        edition: board.edition,
        task: row.given.task.number.clone(),
    };
    let (words, files) = (&telling.words, telling.files);
    let attached: Vec<ContentHash> = files.iter().map(|(file, _)| file.sha256).collect();
    let restricted = row.given.task.restricted.is_some();
    let said = match restricted {
        true => sealed::said(app, &own, &of, act, words, files).await?,
        false => said(app, of.clone(), act, words, files)?,
    };
    let (kind, content) = said;
    for (piece, bytes) in &content {
        app.folder.keep(&piece.sha256, bytes).await?;
    }
    let evidence = content.len().saturating_sub(1);
    let request = Request {
        log: by.log,
        kind,
        content,
        done: Done {
            reference: reference.to_string(),
            origin: own.to_string(),
            entry: 0,
            edition: None,
            number: None,
            path: format!("/muc/{reference}"),
        },
        once: None,
        unique: None,
    };
    let line = Line::new(by.who, by.log, audit_word(act), reference.to_string());
    let line = line.with(json!({ "task": of.task, "files": evidence, "restricted": restricted }));
    let begun = telling.begun;
    let (reference, seen) = (reference.clone(), row.given.clone());
    let working = app.clone();
    app.db
        .write("task.answer", async move |tx: &mut Tx| -> Result<(), Problem> {
            // What was looked at must still stand, and must not have been answered by somebody else meanwhile.
            let standing = items::find(tx.conn(), &reference).await?;
            let unchanged = standing.as_ref().is_some_and(|now| {
                now.state == crate::items::State::Standing && now.shown == i64::from(of.edition)
            });
            if !unchanged {
                return Err(changed());
            }
            let now = board::find(&working, tx.conn(), &reference, &own).await?;
            let state = now
                .as_ref()
                .and_then(|board| board.task(&own, &of.task))
                .filter(|row| row.given == seen)
                .map(|row| row.state(&own))
                .ok_or_else(changed)?;
            match may(state, act) {
                Some(true) => {}
                Some(false) => return Ok(()),
                None => return Err(finished()),
            }
            desk::carry_out(tx, &request).await?;
            if let Some(begun) = &begun {
                answering::said(tx, begun, &attached).await?;
            }
            Ok(audit::add(tx, line.clone()).await?)
        })
        .await
}

/// Whether an act says something new of a task; `None` if it may not be said any more.
fn may(state: State, act: Act) -> Option<bool> {
    match (state.act, act) {
        (Some(Act::Done), Act::Acknowledged) => Some(false),
        (Some(Act::Done), _) => None,
        (Some(_), Act::Acknowledged) => Some(false),
        _ => Some(true),
    }
}

/// What an entry says, with the content that it names, files first.
type Said = (Kind, Vec<(ContentRef, Vec<u8>)>);

fn said(
    app: &App,
    task: TaskRef,
    act: Act,
    words: &str,
    files: Vec<(ItemFile, Vec<u8>)>,
) -> Result<Said, Problem> {
    if act == Act::Acknowledged {
        return Ok((Kind::TaskAcknowledged(task), Vec::new()));
    }
    let (note, bytes) = noted(app, &task, words, &files)?;
    let mut content: Vec<_> = files
        .into_iter()
        .map(|(file, bytes)| (ContentRef { sha256: file.sha256, size: file.size, media: file.media }, bytes))
        .collect();
    let files = content.iter().map(|(file, _)| file.clone()).collect();
    content.push((note.clone(), bytes));
    let kind = match act {
        Act::Done => Kind::TaskDone { task, note, files },
        _ => Kind::TaskReported { task, note, files },
    };
    Ok((kind, content))
}

/// The words of a report as a note, with the names of its evidence.
fn noted(
    app: &App,
    task: &TaskRef,
    words: &str,
    files: &[(ItemFile, Vec<u8>)],
) -> Result<(ContentRef, Vec<u8>), Problem> {
    let text = nfc(words.trim());
    if text.is_empty() {
        return Err(Problem::Invalid(vec![Fault {
            field: "noi-dung".into(),
            vi: "Hãy ghi kết quả, bằng một vài câu.".into(),
            en: "Say in a few sentences what was done.".into(),
        }]));
    }
    match of_words(task.item, "noi-dung", &text) {
        Some(marked) => Err(Problem::Invalid(vec![marked])),
        None => {
            let files = files.iter().map(|(file, _)| file.clone()).collect();
            publish::noted(&Note { salt: Salt(app.dice.bytes()?), text, basis: None, files })
        }
    }
}

fn audit_word(act: Act) -> &'static str {
    match act {
        Act::Acknowledged => "task.acknowledge",
        Act::Reported => "task.report",
        Act::Done => "task.close",
    }
}

fn changed() -> Problem {
    Problem::refused(
        "Văn bản giao nhiệm vụ vừa thay đổi. Hãy tải lại trang và đọc lại nhiệm vụ trước khi trả lời.",
        "The directive has just changed. Reload the page and read the task again before you answer.",
    )
}

fn finished() -> Problem {
    Problem::refused(
        "Nhiệm vụ này đã được báo cáo hoàn thành. Hãy tải lại trang.",
        "This task was reported as done already. Reload the page.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_acknowledge_again_says_nothing_and_what_is_done_stays_done() {
        let after = |act: Option<Act>| State { act, done: None };
        assert_eq!(may(after(None), Act::Acknowledged), Some(true));
        assert_eq!(may(after(None), Act::Done), Some(true), "a report acknowledges too");
        assert_eq!(may(after(Some(Act::Reported)), Act::Acknowledged), Some(false));
        assert_eq!(may(after(Some(Act::Reported)), Act::Reported), Some(true));
        assert_eq!(may(after(Some(Act::Done)), Act::Reported), None);
    }
}
