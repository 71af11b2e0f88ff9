//! The letters of a round, and what each does when it comes.
//!
//! Letters may overtake each other: a cancellation that comes before its question is remembered, and of two answers the
//! one that was given later counts.

use network::directory::Directory;
use network::letter::Letter;
use network::names::{ContentHash, Origin};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{Verdict, store};
use crate::agencies::Portal;
use crate::db::Tx;
use crate::drafts::Written;
use crate::peers::letters::send::{Posting, post};
use crate::people::audit::{self, Line, Who};
use crate::problem::Problem;

/// A draft and a question.
pub const ASKED: &str = "opinion.asked";
/// An answer.
pub const ANSWERED: &str = "opinion.answered";
/// The asker waits for the answer.
pub const REMINDED: &str = "opinion.reminded";
/// The question is taken back.
pub const CANCELLED: &str = "opinion.cancelled";
/// The draft is erased: its copy must go.
pub const ERASE: &str = "opinion.erase";
/// The copy is gone.
pub const ERASED: &str = "opinion.erased";

/// The most characters of a question and of an answer.
pub const MOST_WORDS: usize = 20_000;
/// The most characters of the name of who answers.
const MOST_NAME: usize = 200;

/// What [`ASKED`] says; the files' bytes follow it, in the order of the draft.
#[derive(Serialize, Deserialize)]
pub struct Asked {
    /// The round.
    pub round: Uuid,
    /// What an approval of this draft would bind to.
    pub hash: String,
    /// What is asked.
    pub question: String,
    /// The last day for an answer, by the asker's calendar when it asked.
    pub due: jiff::civil::Date,
    /// From which day it was counted; whoever is asked counts by its own calendar, too.
    #[serde(default)]
    pub since: Option<jiff::civil::Date>,
    /// In how many working days.
    #[serde(default)]
    pub days: Option<u32>,
    /// The draft.
    pub written: Written,
}

/// What [`ANSWERED`] says.
#[derive(Serialize, Deserialize)]
pub struct Answered {
    /// The round.
    pub round: Uuid,
    /// The draft that was looked at.
    pub hash: String,
    /// The opinion.
    pub verdict: Verdict,
    /// In words.
    pub words: String,
    /// Who says so for the agency.
    pub who: String,
    /// When, by the clock of who answers, in microseconds: of two answers the later counts.
    pub said: i64,
}

/// What the other letters say.
#[derive(Serialize, Deserialize)]
struct About {
    round: Uuid,
}

/// The body of a question: its length, what is said, the files.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn asked(asked: &Asked, files: &[Vec<u8>]) -> anyhow::Result<Vec<u8>> {
    let said = serde_json::to_vec(asked)?;
    let mut body = u32::try_from(said.len())?.to_be_bytes().to_vec();
    body.extend(said);
    files.iter().for_each(|file| body.extend_from_slice(file));
    Ok(body)
}

/// Reads a question; `None` if it is not whole or a file is not the one that the draft names.
fn read_asked(body: &[u8]) -> Option<(Asked, Vec<u8>)> {
    let (length, rest) = body.split_first_chunk::<4>()?;
    let (said, files) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    let asked: Asked = serde_json::from_slice(said).ok()?;
    let mut left = files;
    for file in &asked.written.files {
        let (bytes, rest) = left.split_at_checked(usize::try_from(file.size).ok()?)?;
        (file.sha256 == ContentHash::of(bytes).to_string()).then_some(())?;
        left = rest;
    }
    let fits = left.is_empty() && asked.question.chars().count() <= MOST_WORDS;
    fits.then(|| (asked, files.to_vec()))
}

/// A letter about a round that says nothing else; the same is sent once, however often it is asked for.
pub(super) fn about(log: i64, to: &Origin, kind: &'static str, round: Uuid, again: i64) -> Posting {
    let body = json!({ "round": round }).to_string().into();
    let (round, again) = (round.to_string(), again.to_string());
    Posting::named(log, to, kind, body, &[&round, &again])
}

/// Does what a letter says. What is not for us, or makes no sense, is passed over: it is no reason to have it sent
/// again for ever.
///
/// # Errors
/// The database's.
pub async fn receive(tx: &mut Tx, portal: &Portal, letter: Letter) -> Result<(), Problem> {
    let understood = match letter.kind.as_str() {
        ASKED => match read_asked(&letter.body) {
            Some((said, files)) => {
                store::take(tx, portal.log, &letter.from, said, files).await?;
                true
            }
            None => false,
        },
        ANSWERED => match read::<Answered>(&letter.body) {
            Some(said) => answered(tx, portal, &letter.from, said).await?,
            None => false,
        },
        kind => match read::<About>(&letter.body) {
            Some(About { round }) => told(tx, portal, &letter.from, kind, round).await?,
            None => false,
        },
    };
    if !understood {
        tracing::warn!(kind = letter.kind, from = %letter.from, id = %letter.id, "a letter says nothing that can be done here");
    }
    Ok(())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

async fn answered(tx: &mut Tx, portal: &Portal, from: &Origin, said: Answered) -> Result<bool, Problem> {
    let Some(place) = asked_of(tx, portal.log, said.round, from).await? else { return Ok(false) };
    if said.words.chars().count() > MOST_WORDS || said.who.chars().count() > MOST_NAME {
        return Ok(false);
    }
    let (round, verdict, hash) = (said.round, said.verdict.word(), said.hash.clone());
    if store::answered(tx, &place, said).await? {
        let line = Line::new(Who::Nobody, portal.log, "opinion.answered", round.to_string());
        let detail = json!({ "agency": from.to_string(), "verdict": verdict, "hash": hash });
        audit::add(tx, line.with(detail)).await?;
    }
    Ok(true)
}

async fn told(tx: &mut Tx, portal: &Portal, from: &Origin, kind: &str, round: Uuid) -> Result<bool, Problem> {
    let asker = &asker_of(tx, portal.log, round, from).await?;
    match kind {
        REMINDED => Ok(store::reminded_of(tx, portal.log, asker, round).await?),
        CANCELLED => Ok(store::ended(tx, portal.log, asker, round, "cancelled").await?),
        ERASE => {
            if !store::ended(tx, portal.log, asker, round, "erased").await? {
                return Ok(false);
            }
            // Whoever looks after erasures leaves no trace of it in the engine's own log.
            tx.ledger.effects.erased.push(ContentHash::of(round.as_bytes()));
            let line = Line::new(Who::Nobody, portal.log, "opinion.erase", round.to_string());
            audit::add(tx, line.with(json!({ "asker": from.to_string() }))).await?;
            post(tx, about(portal.log, from, ERASED, round, 0)).await?;
            Ok(true)
        }
        ERASED => match asked_of(tx, portal.log, round, from).await? {
            Some(place) => Ok(store::confirmed(tx, &place).await?),
            None => Ok(false),
        },
        _ => Ok(false),
    }
}

/// The place of a round of ours for which an agency may speak: its own, or that of one that it succeeded.
async fn asked_of(
    tx: &mut Tx,
    log: i64,
    round: Uuid,
    from: &Origin,
) -> Result<Option<store::Place>, Problem> {
    let places = store::places(tx.conn(), log, round).await?;
    // Where both were asked, each answers at its own place.
    let own = places.iter().position(|place| place.agency == from.as_str());
    let speaks = |place: &store::Place| speaks_for(&tx.ledger.directory, from, &place.agency).is_some();
    let at = own.or_else(|| places.iter().position(speaks));
    Ok(at.and_then(|at| places.into_iter().nth(at)))
}

/// Who asked a question of which somebody speaks: an agency that it succeeded, or itself, also when the question has not
/// come yet.
async fn asker_of(tx: &mut Tx, log: i64, round: Uuid, from: &Origin) -> Result<Origin, Problem> {
    let asker = store::asker(tx.conn(), log, round).await?;
    let asker = asker.and_then(|asker| speaks_for(&tx.ledger.directory, from, &asker));
    Ok(asker.unwrap_or_else(|| from.clone()))
}

/// The log of that name, if `from` may speak for it: it is the same, or has taken its place.
fn speaks_for(directory: &Directory, from: &Origin, log: &str) -> Option<Origin> {
    let log: Origin = log.parse().ok()?;
    let speaks = log == *from || directory.successor(&log).is_some_and(|next| next.origin == *from);
    speaks.then_some(log)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::drafts::Attached;

    #[test]
    fn a_question_carries_its_files_and_only_these() {
        let file = |bytes: &[u8]| Attached {
            name: "phu-luc.pdf".into(),
            media: "application/pdf".into(),
            sha256: ContentHash::of(bytes).to_string(),
            size: bytes.len() as u64,
            alt: None,
            decorative: false,
            text: None,
        };
        let (a, b) = (b"one".to_vec(), b"other".to_vec());
        let written = Written { files: vec![file(&a), file(&b)], ..Written::default() };
        let due = jiff::civil::date(2026, 11, 30);
        let (since, days) = (Some(jiff::civil::date(2026, 11, 26)), Some(2));
        let said = Asked {
            round: Uuid::from_u128(7),
            hash: "00".into(),
            question: "?".into(),
            due,
            since,
            days,
            written,
        };
        let body = asked(&said, &[a.clone(), b]).unwrap();
        let (read, files) = read_asked(&body).unwrap();
        assert_eq!((read.round, files.as_slice()), (said.round, &b"oneother"[..]));
        assert!(read_asked(&body[..body.len() - 1]).is_none(), "a file is cut off");
        assert!(read_asked(&[body, vec![0]].concat()).is_none(), "something follows");
        assert!(read_asked(&asked(&said, &[a, b"OTHER".to_vec()]).unwrap()).is_none(), "another file");
    }
}
