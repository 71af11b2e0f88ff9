//! Logs as they are read by machines: checkpoints, tiles, bundles (C2SP tlog-tiles, tlog-mirror), content, proofs.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use network::content::{ANNEX_TYPE, ITEM_TYPE, NOTE_TYPE};
use network::names::ContentHash;
use tlog::{BundleId, Note, NoteSignature, TileId, encode_bundle, encode_tile};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::store::{self, Head};
use crate::app::App;
use crate::db::Conn;
use crate::items::content::{self, Presence, Stored};
use crate::peers::receipts;
use crate::problem::Problem;

/// Cosignatures that one served note carries at most (protocol §3).
const MOST_COSIGNATURES: usize = 15;
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The log of a portal, or a mirrored one by the hash of its name.
pub enum Which<'a> {
    /// By our number.
    Own(i64),
    /// By the hash of its name.
    Mirror(&'a str),
}

async fn find(conn: &mut Conn, which: &Which<'_>) -> Result<Head, Problem> {
    let found = match which {
        Which::Own(id) => store::head(conn, *id).await?,
        Which::Mirror(hash) => store::by_hash(conn, hash).await?,
    };
    found.filter(|head| head.checkpoint_size > 0).ok_or(Problem::NotFound("log"))
}

/// `…/checkpoint`, `…/tile/<L>/<N>[.p/<W>]`, `…/tile/entries/<N>[.p/<W>]`.
///
/// # Errors
/// Not found, or the path is none of these.
pub async fn log(app: &App, which: Which<'_>, path: &str, gzip: bool) -> Result<Response, Problem> {
    let mut conn = app.db.read().await?;
    let head = find(&mut conn, &which).await?;
    if path == "checkpoint" {
        return checkpoint(app, &mut conn, &head, matches!(which, Which::Mirror(_))).await;
    }
    if path.starts_with("tile/entries/") {
        let id = BundleId::parse_path(path).map_err(|_| Problem::NotFound("entry bundle"))?;
        let from = id.index * tlog::TILE_WIDTH;
        let to = from + u64::from(id.width);
        if to > head.checkpoint_size {
            return Err(Problem::NotFound("entry bundle"));
        }
        let entries = store::entries(&mut conn, head.id, from, to).await?;
        let bytes = encode_bundle(entries.iter().map(Vec::as_slice)).map_err(anyhow::Error::from)?;
        return Ok(immutable(bytes, gzip));
    }
    let id = TileId::parse_path(path).map_err(|_| Problem::NotFound("tile"))?;
    let full = TileId::in_tree(id.level, id.index, head.checkpoint_size).ok_or(Problem::NotFound("tile"))?;
    if id.width > full.width {
        return Err(Problem::NotFound("tile"));
    }
    let hashes = store::tile(&mut conn, head.id, id).await?;
    Ok(immutable(encode_tile(&hashes), false))
}

fn immutable(bytes: Vec<u8>, gzip: bool) -> Response {
    let mut response = if gzip && bytes.len() > 512 {
        let packed = crate::web::gzip::gzip(&bytes);
        let mut response = Response::new(Body::from(packed));
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response
    } else {
        Response::new(Body::from(bytes))
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CACHE_CONTROL, IMMUTABLE);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn checkpoint(app: &App, conn: &mut Conn, head: &Head, mirror: bool) -> Result<Response, Problem> {
    let mut note = Note::parse(&head.checkpoint).map_err(anyhow::Error::from)?;
    if mirror {
        // A mirror's checkpoint carries the mirror's own cosignature, and those that it knows of.
        let signed = note.signatures.len();
        let mut lines: Vec<String> = receipts::cosignatures(conn, &head.origin, head.checkpoint_size).await?;
        lines.sort_by_key(|line| !line.contains(app.config.name.as_str()));
        for line in lines.iter().take(MOST_COSIGNATURES) {
            if let Ok(signature) = line.parse::<NoteSignature>()
                && note.signatures.len() < signed + MOST_COSIGNATURES
            {
                note.add(signature);
            }
        }
    }
    Ok((
        [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ],
        note.to_string(),
    )
        .into_response())
}

/// Types that a browser may open; anything else is saved.
fn opens_in_place(media: &str) -> bool {
    matches!(
        media,
        ITEM_TYPE
            | ANNEX_TYPE
            | NOTE_TYPE
            | "application/pdf"
            | "image/png"
            | "image/jpeg"
            | "image/webp"
            | "image/avif"
            | "video/mp4"
            | "audio/mpeg"
            | "audio/mp4"
            | "text/vtt"
            | "text/plain"
    )
}

/// `/content/<sha256>`: ranged, with a validator; 410 after an erasure.
///
/// # Errors
/// Not found, gone, or the disk's.
pub async fn content(app: &App, hash: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let sha256: ContentHash = hash.parse().map_err(|_| Problem::NotFound("content"))?;
    let mut conn = app.db.read().await?;
    let Some((media, size, stored)) = app.folder.find(&mut conn, &sha256).await? else {
        return Err(match content::state(&mut conn, &sha256).await? {
            Presence::Erased => Problem::Gone,
            _ => Problem::NotFound("content"),
        });
    };
    drop(conn);
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let etag = format!("\"{sha256}\"");
    if text(header::IF_NONE_MATCH).is_some_and(|held| held.contains(&etag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let (status, from, to) = match text(header::RANGE).map(|range| range_of(range, size)) {
        None | Some(Range::Ignored) => (StatusCode::OK, 0, size),
        Some(Range::Part(from, to)) => (StatusCode::PARTIAL_CONTENT, from, to),
        Some(Range::Outside) => {
            return Ok((
                StatusCode::RANGE_NOT_SATISFIABLE,
                [(header::CONTENT_RANGE, format!("bytes */{size}"))],
            )
                .into_response());
        }
    };
    let body = match stored {
        Stored::Bytes(bytes) if ContentHash::of(&bytes) != sha256 => {
            return Err(anyhow::Error::from(content::Damaged(sha256)).into());
        }
        Stored::Bytes(bytes) => {
            Body::from(bytes.get(from as usize..to as usize).unwrap_or_default().to_vec())
        }
        Stored::File(path) => {
            let mut file = tokio::fs::File::open(&path).await.map_err(anyhow::Error::from)?;
            file.seek(std::io::SeekFrom::Start(from)).await.map_err(anyhow::Error::from)?;
            Body::from_stream(tokio_util::io::ReaderStream::new(file.take(to - from)))
        }
    };
    let mut response = (status, body).into_response();
    let out = response.headers_mut();
    let media = if opens_in_place(&media) {
        media
    } else {
        out.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
        "application/octet-stream".to_owned()
    };
    let media = if media == "text/plain" { "text/plain; charset=utf-8".to_owned() } else { media };
    for (name, value) in [
        (header::CONTENT_TYPE, media),
        (header::ETAG, etag),
        (header::CONTENT_LENGTH, (to - from).to_string()),
        (header::ACCEPT_RANGES, "bytes".into()),
        (header::CACHE_CONTROL, "public, max-age=300, must-revalidate".into()),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".into()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            out.insert(name, value);
        }
    }
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(value) = HeaderValue::from_str(&format!("bytes {from}-{}/{size}", to - 1))
    {
        out.insert(header::CONTENT_RANGE, value);
    }
    Ok(response)
}

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Range {
    /// From the first byte to before the last.
    Part(u64, u64),
    /// Nothing that there is.
    Outside,
    /// Several ranges, or another unit: the whole is a valid answer (RFC 9110, 14.2).
    Ignored,
}

/// The part of `size` bytes that a `Range` header names (RFC 9110, 14).
pub fn range_of(text: &str, size: u64) -> Range {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|r| r.split_once('-')) else {
        return Range::Ignored;
    };
    match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last && first < size => {
            Range::Part(first, size.min(last.saturating_add(1)))
        }
        (Ok(first), Err(_)) if last.trim().is_empty() && first < size => Range::Part(first, size),
        (Err(_), Ok(last)) if first.trim().is_empty() && last > 0 && size > 0 => {
            Range::Part(size.saturating_sub(last), size)
        }
        (Ok(first), _) if first >= size => Range::Outside,
        _ => Range::Ignored,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_the_rfc() {
        assert_eq!(range_of("bytes=0-9", 100), Range::Part(0, 10));
        assert_eq!(range_of("bytes=90-", 100), Range::Part(90, 100));
        assert_eq!(range_of("bytes=-10", 100), Range::Part(90, 100));
        assert_eq!(range_of("bytes=0-999", 100), Range::Part(0, 100));
        assert_eq!(range_of("bytes=100-", 100), Range::Outside);
        assert_eq!(range_of("bytes=5-1", 100), Range::Ignored);
        assert_eq!(range_of("bytes=0-1,5-6", 100), Range::Ignored);
        assert_eq!(range_of("items=0-1", 100), Range::Ignored);
        assert_eq!(range_of("bytes=0-18446744073709551615", 10), Range::Part(0, 10));
    }
}
