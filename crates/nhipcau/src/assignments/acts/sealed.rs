//! What is said of a restricted task: sealed to whoever issued the directive and to whoever says it, evidence and all.

use network::content::ItemFile;
use network::entry::{ContentRef, Kind, TaskRef};
use network::names::{ContentHash, Origin};
use network::restricted::{Place, RESTRICTED_TYPE};

use super::{Said, noted};
use crate::app::App;
use crate::assignments::opener::{self, Telling};
use crate::assignments::restricted;
use crate::assignments::state::Act;
use crate::problem::Problem;

/// What the entry says, with the content that it names, files first.
pub(super) async fn said(
    app: &App,
    by: &Origin,
    task: &TaskRef,
    act: Act,
    words: &str,
    files: Vec<(ItemFile, Vec<u8>)>,
) -> Result<Said, Problem> {
    let TaskRef { origin, item, edition, task: number } = task.clone();
    let directory = app.directory.load_full();
    let issuer = directory.successor(&origin).map_or(&origin, |heir| &heir.origin);
    let (keys, _) = restricted::keys(&directory, [issuer]);
    let Some((_, issuer)) = keys.first() else { return Err(no_key()) };
    let readers = [*issuer, app.keys.letters(by, &app.dice)?.public];
    let note = match act {
        Act::Acknowledged => None,
        _ => Some(noted(app, task, words, &files)?.1),
    };
    let note = note.map(String::from_utf8).transpose().map_err(anyhow::Error::from)?;
    let telling = Telling { task: number, act: act.word().to_owned(), note };
    let plain = serde_json::to_vec(&telling).map_err(anyhow::Error::from)?;
    let mut parts: Vec<(Place, Vec<u8>)> = Vec::new();
    for (file, bytes) in files {
        parts.push((opener::file_place(by, &origin, item, edition, &file.sha256), bytes));
    }
    parts.push((opener::place(by, &origin, item, edition), plain));
    let mut seeds = Vec::new();
    for _ in &parts {
        seeds.push(app.dice.bytes()?);
    }
    // Beside the requests: evidence may be large.
    let sealed = tokio::task::spawn_blocking(move || {
        let sealed = parts.into_iter().zip(seeds).map(|((place, plain), seed)| {
            let bytes = place.seal(&plain, &readers, seed)?;
            let (sha256, size) = (ContentHash::of(&bytes), bytes.len() as u64);
            Ok((ContentRef { sha256, size, media: RESTRICTED_TYPE.into() }, bytes))
        });
        sealed.collect::<anyhow::Result<Vec<_>>>()
    });
    let content = sealed.await.map_err(anyhow::Error::from)??;
    let mut pieces: Vec<ContentRef> = content.iter().map(|(piece, _)| piece.clone()).collect();
    let answer = pieces.pop().ok_or_else(|| anyhow::anyhow!("a sealed answer without its words"))?;
    Ok((Kind::TaskSealed { origin, item, edition, content: answer, files: pieces }, content))
}

fn no_key() -> Problem {
    Problem::refused(
        "Danh bạ chưa có khóa nhận thư của cơ quan ban hành, nên chưa gửi kín được báo cáo về nhiệm vụ hạn chế này. Nội dung đã gõ và tệp được giữ lại; hãy gửi lại khi cơ quan đó đã khai báo khóa.",
        "The directory has no letter key of whoever issued the directive, so a report on this restricted task cannot be sealed to them yet. What you typed and attached is kept; send it again once they have stated their key.",
    )
}
