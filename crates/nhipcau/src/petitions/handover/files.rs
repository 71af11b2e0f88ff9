//! The files of a case: too large for one letter, so each travels in pieces, as letters of their own, sealed like any.
//!
//! They leave once the case has been taken, and whoever has passed it on since sends what comes late after it. A file is there when
//! all its pieces are and their hash is the one that was listed.

use network::entry::Case as Named;
use network::handover::Stand;
use network::letter::Letter;
use network::names::{ContentHash, Origin};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::store::steps;
use super::super::store::{self as cases, Case};
use super::checks::speaks_for;
use super::told::Listed;
use super::{Seat, estate, named, seat, store};
use crate::app::App;
use crate::db::Tx;
use crate::peers::letters::send::{Posting, post as post_letter};
use crate::problem::Problem;
use crate::{all, run};

/// The kind of these letters.
pub const KIND: &str = "petition.file";
/// The bytes of a piece; a letter has 16 MiB at most.
const PIECE: usize = 8 << 20;
/// The most pieces of a file, and the most files of a step: those of the form by which they came, with room.
const MOST_PIECES: u32 = 8;
const MOST_FILES: i64 = 20;
/// The most pieces that wait for the others, of one case.
const MOST_WAITING: i64 = 400;

/// What stands before a piece.
#[derive(Clone, Serialize, Deserialize)]
struct Head {
    origin: String,
    code: String,
    /// The step that the file came with.
    said: Uuid,
    file: Listed,
    part: u32,
    parts: u32,
}

fn body(head: &Head, bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let json = serde_json::to_vec(head)?;
    let mut body = u32::try_from(json.len())?.to_be_bytes().to_vec();
    body.extend(json);
    body.extend_from_slice(bytes);
    Ok(body)
}

fn read(body: &[u8]) -> Option<(Head, &[u8])> {
    let (length, rest) = body.split_first_chunk::<4>()?;
    let (json, bytes) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    let head: Head = serde_json::from_slice(json).ok()?;
    let fits = (1..=MOST_PIECES).contains(&head.parts)
        && head.part < head.parts
        && (0..=MOST_FILES).contains(&head.file.n)
        && !bytes.is_empty()
        && bytes.len() <= PIECE;
    fits.then_some((head, bytes))
}

/// Posts the files of a case, or of one of its steps, to another node's portal; and pieces that wait for others.
///
/// # Errors
/// The database's.
pub async fn post(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    case: &Case,
    to: &Origin,
    only: Option<i64>,
) -> Result<(), Problem> {
    if self::seat(app, to).is_some() {
        return Ok(());
    }
    let named = named(tx.conn(), case).await?;
    let path = steps::of(tx.conn(), &case.id).await?;
    for file in steps::files(tx.conn(), &case.id).await? {
        let Some(step) = path.iter().find(|step| step.seq == file.seq) else { continue };
        if file.size == 0 || only.is_some_and(|seq| seq != file.seq) {
            continue;
        }
        let Some((.., bytes)) = steps::file(tx.conn(), &case.id, file.seq, file.n).await? else { continue };
        let parts = u32::try_from(bytes.len().div_ceil(PIECE)).map_err(anyhow::Error::from)?;
        for (part, piece) in (0..).zip(bytes.chunks(PIECE)) {
            let head = Head {
                origin: named.origin.to_string(),
                code: named.code.to_string(),
                said: step.named(&case.id),
                file: Listed::of(&file),
                part,
                parts,
            };
            send(app, tx, seat, to, &head, piece).await?;
        }
    }
    if only.is_none() {
        let waiting = all!(
            tx,
            (String, Vec<u8>),
            "SELECT head, bytes FROM petition_piece WHERE petition = $1 ORDER BY said, n, part",
            case.id.clone()
        )?;
        for (head, bytes) in waiting {
            let head: Head = serde_json::from_str(&head).map_err(anyhow::Error::from)?;
            send(app, tx, seat, to, &head, &bytes).await?;
        }
        run!(tx, "DELETE FROM petition_piece WHERE petition = $1", case.id.clone())?;
    }
    Ok(())
}

async fn send(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    to: &Origin,
    head: &Head,
    bytes: &[u8],
) -> Result<(), Problem> {
    let (said, n, part) = (head.said.to_string(), head.file.n.to_string(), head.part.to_string());
    // The case may come back and go there again; then its files do, too.
    let now = tx.ledger.now().to_string();
    let about = [head.origin.as_str(), &head.code, &said, &n, &part, &now];
    let posting = Posting::named(seat.log, to, KIND, body(head, bytes)?.into(), &about);
    post_letter(tx, posting.closed(app)?).await.map(|_| ())
}

/// Lists the files of a step: their names are there at once, their bytes when they come.
///
/// # Errors
/// The database's.
pub(super) async fn list(
    tx: &mut Tx,
    petition: &str,
    seq: i64,
    said: Uuid,
    files: &[Listed],
) -> Result<(), Problem> {
    for file in files.iter().filter(|file| (0..=MOST_FILES).contains(&file.n)) {
        let Ok(hash) = hex::decode(&file.sha256) else { continue };
        steps::lay(tx, petition, seq, file.n, (&file.name, &file.media, &hash, Vec::new())).await?;
        whole(tx, petition, seq, said, file).await?;
    }
    Ok(())
}

/// Puts a file together, once all its pieces are here.
async fn whole(tx: &mut Tx, petition: &str, seq: i64, said: Uuid, file: &Listed) -> Result<(), Problem> {
    let pieces = all!(
        tx,
        (i64, String, Vec<u8>),
        "SELECT part, head, bytes FROM petition_piece WHERE petition = $1 AND said = $2 AND n = $3 ORDER BY part",
        petition.to_owned(),
        said.to_string(),
        file.n
    )?;
    let parts = pieces.first().and_then(|(_, head, _)| serde_json::from_str::<Head>(head).ok());
    let in_a_row = pieces.iter().map(|(part, ..)| *part).eq(0..pieces.len() as i64);
    if !in_a_row || parts.is_none_or(|head| head.parts as usize != pieces.len()) {
        return Ok(());
    }
    let bytes: Vec<u8> = pieces.into_iter().flat_map(|(.., bytes)| bytes).collect();
    let hash = ContentHash::of(&bytes);
    if hash.to_string() == file.sha256 {
        steps::lay(tx, petition, seq, file.n, (&file.name, &file.media, &hash.0, bytes)).await?;
    }
    run!(
        tx,
        "DELETE FROM petition_piece WHERE petition = $1 AND said = $2 AND n = $3",
        petition.to_owned(),
        said.to_string(),
        file.n
    )?;
    Ok(())
}

/// A piece has come: kept, or sent after the case. False if it says nothing that can be done here.
///
/// # Errors
/// The database's.
pub(super) async fn came(app: &App, tx: &mut Tx, portal: &Seat, letter: &Letter) -> Result<bool, Problem> {
    let Some((head, bytes)) = read(&letter.body) else { return Ok(false) };
    let (Ok(origin), Ok(code)) = (head.origin.parse::<Origin>(), head.code.parse()) else { return Ok(false) };
    let about = Named { origin, code };
    let Some((desk, _)) = store::find(tx.conn(), portal.log, &about).await? else { return Ok(false) };
    let directory = app.directory.load_full();
    let record = store::record(tx.conn(), &directory, &about).await?;
    // Whoever took the place of one that had it speaks for it.
    let had = |from: &Origin| {
        let is = |agency: &Origin| speaks_for(&directory, from, agency);
        is(&about.origin)
            || estate::is_beside(&directory, from, &about.origin)
            || record.as_ref().is_some_and(|record| {
                record
                    .path
                    .iter()
                    .any(|hop| is(&hop.to) || is(&hop.from) || estate::is_beside(&directory, from, &hop.to))
            })
    };
    if !had(&letter.from) {
        return Ok(false);
    }
    match desk.stand() {
        Stand::Owner(_) => {}
        Stand::Former { to, .. } if self::seat(app, to).is_none() => {
            send(app, tx, portal, to, &head, bytes).await?;
            return Ok(true);
        }
        Stand::Former { .. } => {}
        Stand::Stranger => return Ok(false),
    }
    let Some(case) = cases::find(tx.conn(), about.code.as_str()).await? else { return Ok(false) };
    let (waiting,) =
        crate::one!(tx, (i64,), "SELECT COUNT(*) FROM petition_piece WHERE petition = $1", case.id.clone())?;
    if waiting >= MOST_WAITING {
        // Its sender keeps it and sends it again.
        return Err(Problem::NotNow {
            vi: "Quá nhiều phần tệp của phản ánh này đang chờ.".into(),
            en: "Too many pieces of this petition's files are waiting.".into(),
        });
    }
    run!(
        tx,
        "INSERT INTO petition_piece (petition, said, n, part, head, bytes) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (petition, said, n, part) DO NOTHING",
        case.id.clone(),
        head.said.to_string(),
        head.file.n,
        i64::from(head.part),
        serde_json::to_string(&head).map_err(anyhow::Error::from)?,
        bytes.to_vec()
    )?;
    if let Some(seq) = steps::of_name(tx.conn(), &case.id, head.said).await? {
        let listed = steps::files(tx.conn(), &case.id).await?;
        let known = listed.iter().find(|file| file.seq == seq && file.n == head.file.n).map(Listed::of);
        if let Some(known) = known {
            whole(tx, &case.id, seq, head.said, &known).await?;
        }
    }
    Ok(true)
}
