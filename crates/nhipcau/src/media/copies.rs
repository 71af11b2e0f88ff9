//! The copies of a draft's clips, kept until the item is issued: a clip is made once, however often its draft is looked at.

use network::names::ContentHash;
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Conn, Tx};
use crate::files::Ready;
use crate::{all, one, run};

/// Keeps the copies of a clip of a draft, itself first, in place of those that were kept.
///
/// # Errors
/// The database's.
pub(super) async fn keep(
    tx: &mut Tx,
    draft: Uuid,
    main: &ContentHash,
    copies: Vec<Ready>,
) -> anyhow::Result<()> {
    run!(tx, "DELETE FROM draft_copy WHERE draft = $1 AND main = $2", draft.to_string(), main.0.to_vec())?;
    for (place, copy) in copies.into_iter().enumerate() {
        let (width, height) = copy.pixels.unwrap_or_default();
        let bytes = if place == 0 { Vec::new() } else { copy.bytes };
        run!(
            tx,
            "INSERT INTO draft_copy (draft, main, place, ending, media, width, height, seconds, bytes)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            draft.to_string(),
            main.0.to_vec(),
            i64::try_from(place)?,
            copy.ending,
            copy.media,
            i64::from(width),
            i64::from(height),
            i64::from(copy.seconds.unwrap_or_default()),
            bytes
        )?;
    }
    Ok(())
}

#[derive(FromRow)]
struct CopyRow {
    ending: String,
    media: String,
    width: i64,
    height: i64,
    seconds: i64,
    bytes: Vec<u8>,
}

/// The copies of a clip of a draft, itself first; empty if they are not made.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, draft: Uuid, main: &ContentHash, clip: &[u8]) -> anyhow::Result<Vec<Ready>> {
    let rows = all!(
        conn,
        CopyRow,
        "SELECT ending, media, width, height, seconds, bytes FROM draft_copy WHERE draft = $1 AND main = $2 ORDER BY place",
        draft.to_string(),
        main.0.to_vec()
    )?;
    let ready = rows.into_iter().enumerate().map(|(place, row)| {
        let pixels = (u32::try_from(row.width)?, u32::try_from(row.height)?);
        let seconds = u32::try_from(row.seconds)?;
        Ok(Ready {
            bytes: if place == 0 { clip.to_vec() } else { row.bytes },
            media: row.media,
            pixels: (pixels.0 > 0).then_some(pixels),
            seconds: (seconds > 0).then_some(seconds),
            ending: row.ending,
        })
    });
    ready.collect()
}

/// True if the copies of a clip of a draft are made.
///
/// # Errors
/// The database's.
pub(super) async fn are_made(conn: &mut Conn, draft: Uuid, main: &ContentHash) -> sqlx::Result<bool> {
    let (count,) = one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM draft_copy WHERE draft = $1 AND main = $2",
        draft.to_string(),
        main.0.to_vec()
    )?;
    Ok(count > 0)
}
