//! Another key for a child's log, in ordinary course (protocol §6): its parent vouches for it once the child's node has
//! shown that it holds both, the old one and the new, by a head that both have signed. From the next size on the new one
//! counts; until the network knows, the node signs with both, so nobody is ever without a key that they believe.

use network::directory::Directory;
use network::entry::KeyChange;
use network::names::Origin;
use tlog::{Checkpoint, KeyKind, Note, VerifierKey};

use crate::app::App;
use crate::logs::store;
use crate::problem::Problem;

/// What the parent states: the key, and the size from which it counts.
///
/// # Errors
/// In words: the log is not enrolled, the key is not its, the node that serves it cannot be asked or has not signed with both.
pub async fn stated(app: &App, origin: &Origin, key: &str) -> Result<KeyChange, Problem> {
    let key: VerifierKey = key.parse().map_err(|e| {
        Problem::invalid(
            "key",
            format!("{e}; it is the line that `nhipcau keys list` prints at the child's node"),
        )
    })?;
    let directory = app.directory.load_full();
    let known = directory.agency(origin).ok_or(Problem::NotFound("agency"))?;
    if key.name() != origin.as_str() || key.kind() != KeyKind::Ed25519 {
        return Err(Problem::invalid("key", format!("is a key of {}, not of the log {origin}", key.name())));
    }
    if known.keys.all().iter().any(|change| change.key == key) {
        return Err(Problem::refused(
            format!("Danh bạ đã ghi khóa này cho {origin}."),
            format!("The directory has this key for {origin} already."),
        ));
    }
    let note = head(app, &directory, origin).await?;
    let claim = Checkpoint::of(&note).map_err(anyhow::Error::from)?;
    let by = |key: &VerifierKey| Checkpoint::open(&note, key).is_ok();
    if claim.origin != origin.as_str() || !by(known.keys.valid_for(claim.size)) || !by(&key) {
        return Err(Problem::refused(
            format!(
                "Máy chủ của {origin} chưa ký bằng cả hai khóa. Ở máy chủ đó: đặt khóa mới (nhipcau keys make), khởi động lại, rồi làm lại bước này."
            ),
            format!(
                "The node of {origin} does not sign with both keys yet. There, put the new key in place (nhipcau keys make) and restart it; then repeat."
            ),
        ));
    }
    Ok(KeyChange { key, from: claim.size + 1 })
}

/// The newest head of a log, from the node that owns it: ours, or the child's.
async fn head(app: &App, directory: &Directory, origin: &Origin) -> Result<Note, Problem> {
    let own = store::by_origin(&mut app.db.read().await?, origin.as_str()).await?.filter(|head| head.own);
    if let Some(head) = own {
        return Note::parse(&head.checkpoint).map_err(|_| silent(origin, "no head is signed yet"));
    }
    let agency = directory.agency(origin).ok_or(Problem::NotFound("agency"))?;
    let url = format!("{}/mirror/{}/checkpoint", agency.log_url, origin.mirror_path());
    let got = app.line.get(&url, 1 << 20).await.map_err(|error| silent(origin, &format!("{error:#}")))?;
    Note::parse_bytes(&got).map_err(|error| silent(origin, &error.to_string()))
}

fn silent(origin: &Origin, why: &str) -> Problem {
    Problem::NotNow {
        vi: format!(
            "Chưa hỏi được máy chủ của {origin}, nên chưa có gì được ghi: {why}. Hãy thử lại khi máy chủ đó chạy."
        ),
        en: format!(
            "The node of {origin} could not be asked, so nothing was stated: {why}. Repeat when it runs."
        ),
    }
}
