//! A form with a file, read as it comes: hashed piece by piece, and kept no longer than the answer takes.
//!
//! Of a PDF the bytes are needed once more, for its signatures; of a proof, for its lines. Nothing is written anywhere.

use axum::extract::Multipart;
use network::names::ContentHash;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::ask::LONGEST;
use crate::documents::seal::{self, Seal};
use crate::problem::{Fault, Problem};

/// The most bytes of a form: the largest file that an item may have, and what stands around it.
pub const MOST: usize = (64 << 20) + (64 << 10);
/// Signatures are read in files up to this size, in bytes.
const MOST_SEALED: usize = 24 << 20;
/// A proof is no longer than this, in bytes.
const MOST_PROOF: usize = 4 << 20;
/// Uploads under way at once; together they hold no more than eight files of [`MOST_SEALED`].
static UNDER_WAY: Semaphore = Semaphore::const_new(8);

/// What came.
#[derive(Default)]
pub struct Sent {
    /// What was typed.
    pub typed: String,
    /// The file, if one was chosen.
    pub file: Option<Handed>,
}

/// A file that was handed in.
pub struct Handed {
    /// Its name.
    pub name: String,
    /// Its SHA-256.
    pub hash: ContentHash,
    /// Its text, if it says to be a proof.
    pub proof: Option<String>,
    /// Its signatures, if it is a PDF.
    pub seals: Vec<Seal>,
}

/// Reads the form.
///
/// # Errors
/// That it did not come whole, or that too many are under way.
pub async fn read(mut form: Multipart) -> Result<Sent, Problem> {
    let _turn = UNDER_WAY.try_acquire().map_err(|_| Problem::NotNow {
        vi: "Đang có nhiều tệp gửi lên cùng lúc; hãy thử lại sau ít giây, hoặc hỏi bằng số hiệu.".into(),
        en: "Many files are being sent at once; try again in a few seconds, or ask by the number.".into(),
    })?;
    let broken = |_| {
        Problem::Invalid(vec![Fault {
            field: "tep".into(),
            vi: "Tệp chưa tới nơi trọn vẹn (mất kết nối, hoặc lớn hơn 64 MB). Hãy gửi lại.".into(),
            en: "The file did not come whole (a lost line, or more than 64 MB). Send it again.".into(),
        }])
    };
    let mut sent = Sent::default();
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        match (field.name(), field.file_name().map(str::to_owned)) {
            (Some("tep"), Some(name)) => {
                let (mut digest, mut kept, mut size) = (Sha256::new(), Vec::new(), 0);
                while let Some(piece) = field.chunk().await.map_err(broken)? {
                    digest.update(&piece);
                    size += piece.len();
                    if size <= MOST_SEALED {
                        kept.extend_from_slice(&piece);
                    } else {
                        kept = Vec::new();
                    }
                }
                // A browser sends an empty part where no file was chosen.
                if size > 0 {
                    sent.file = Some(handed(name, ContentHash(digest.finalize().into()), kept).await?);
                }
            }
            (Some("hoi"), _) => {
                let mut text = Vec::new();
                while let Some(piece) = field.chunk().await.map_err(broken)? {
                    // One byte more than may be typed is enough to say so.
                    let room = (LONGEST + 1).saturating_sub(text.len());
                    text.extend_from_slice(&piece[..piece.len().min(room)]);
                }
                sent.typed = String::from_utf8_lossy(&text).into_owned();
            }
            _ => while field.chunk().await.map_err(broken)?.is_some() {},
        }
    }
    Ok(sent)
}

async fn handed(name: String, hash: ContentHash, bytes: Vec<u8>) -> Result<Handed, Problem> {
    let name = name.chars().filter(|c| !c.is_control()).take(100).collect();
    if bytes.starts_with(b"c2sp.org/tlog-proof") && bytes.len() <= MOST_PROOF {
        return Ok(Handed { name, hash, proof: String::from_utf8(bytes).ok(), seals: Vec::new() });
    }
    let seals =
        tokio::task::spawn_blocking(move || seal::seals(&bytes)).await.map_err(anyhow::Error::from)?;
    Ok(Handed { name, hash, proof: None, seals })
}
