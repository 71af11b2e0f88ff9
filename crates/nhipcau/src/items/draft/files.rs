//! The files of a draft: their bytes in base64, taken by [`crate::files`], which knows them by their bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use network::content::ItemFile;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{MOST_FILE, marks};
use crate::files::{self, Making, Ready, Upload};
use crate::problem::{Fault, Problem};

const LARGE_VI: &str = "Tệp lớn hơn 64 MB; hãy giảm dung lượng hoặc chia nhỏ.";
const LARGE_EN: &str = "The file is larger than 64 MB; make it smaller or split it.";

/// An attachment as it is handed in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftFile {
    /// File name as readers see it.
    pub name: String,
    /// Media type; it must be what the bytes are. Empty: as the bytes are.
    #[serde(rename = "type", default)]
    pub media: String,
    /// Its bytes in standard base64.
    #[serde(default)]
    pub base64: String,
    /// What a picture shows, for those who do not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// True if a picture only decorates; then it needs no `alt`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decorative: bool,
    /// What a picture full of figures says, or what is said in a clip; lines may begin with their time (`1:05 …`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How long a clip lasts: left out and measured anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// Set where an item's own files are handed in again: a smaller copy of another file. It is left out and made anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Of a clip of the newsroom: its copies, made beforehand. Nobody hands these in.
    #[serde(skip)]
    pub ready: Vec<Ready>,
}

/// A file that somebody attaches in the console, as it is kept: checked by its bytes and for marks of secrecy, a picture made
/// anew and only in its largest form. `id` names the item in our own log of refusals. Beside the requests: it takes time.
///
/// # Errors
/// Every reason why it is not taken.
pub async fn attach(id: Uuid, upload: Upload) -> Result<(ItemFile, Vec<u8>), Problem> {
    let faults = |all: Vec<(String, String)>| {
        let fault = |(vi, en)| Fault { field: "tep".into(), vi, en };
        Problem::Invalid(all.into_iter().map(fault).collect())
    };
    if upload.bytes.len() > MOST_FILE {
        return Err(faults(vec![(LARGE_VI.into(), LARGE_EN.into())]));
    }
    let taken = tokio::task::spawn_blocking(move || {
        let marked = marks::of_file(id, "tep", &upload);
        if !marked.is_empty() {
            return Err(Problem::Invalid(marked));
        }
        files::first(upload).map_err(|refusals| faults(refusals.into_iter().map(|r| (r.vi, r.en)).collect()))
    });
    let file = taken.await.map_err(|error| Problem::Ours(error.into()))??;
    file.ok_or_else(|| Problem::Ours(anyhow::anyhow!("a file that was taken is gone")))
}

/// The same of a clip that came in parts and lies in a file: its best copy. What is begun is told.
///
/// # Errors
/// Every reason why it is not taken; the best copy is larger than files may be.
pub async fn attach_clip(
    id: Uuid,
    upload: Upload,
    file: std::path::PathBuf,
    tell: impl Fn(Making) + Send + 'static,
) -> Result<(ItemFile, Vec<u8>), Problem> {
    let faults = |all: Vec<(String, String)>| {
        let fault = |(vi, en)| Fault { field: "tep".into(), vi, en };
        Problem::Invalid(all.into_iter().map(fault).collect())
    };
    let taken = tokio::task::spawn_blocking(move || {
        let marked = marks::of_file(id, "tep", &upload);
        if !marked.is_empty() {
            return Err(Problem::Invalid(marked));
        }
        files::first_of_clip(upload, &file, &tell)
            .map_err(|refusals| faults(refusals.into_iter().map(|r| (r.vi, r.en)).collect()))
    });
    let (file, bytes) = taken.await.map_err(|error| Problem::Ours(error.into()))??;
    if bytes.len() > MOST_FILE {
        return Err(faults(vec![(
            "Video vẫn lớn hơn 64 MB sau khi thu nhỏ. Hãy cắt thành nhiều đoạn, mỗi đoạn một ý.".into(),
            "The clip is larger than 64 MB even when made small. Cut it into several, one matter each."
                .into(),
        )]));
    }
    Ok((file, bytes))
}

/// The files of item `id` with their bytes; what is wrong with one goes to `faults`.
pub(super) fn taken(id: Uuid, handed_in: &[DraftFile], faults: &mut Vec<Fault>) -> Vec<(ItemFile, Vec<u8>)> {
    let mut all = Vec::new();
    for (index, file) in handed_in.iter().enumerate().filter(|(_, file)| file.of.is_none()) {
        let fault = |part: &str, vi: &str, en: &str| Fault {
            field: format!("files[{index}].{part}"),
            vi: vi.into(),
            en: en.into(),
        };
        match STANDARD.decode(&file.base64) {
            Ok(bytes) if bytes.len() <= MOST_FILE => {
                let upload = Upload {
                    name: file.name.clone(),
                    media: file.media.clone(),
                    bytes,
                    alt: file.alt.clone(),
                    decorative: file.decorative,
                    text: file.text.clone(),
                };
                let marked = marks::of_file(id, &format!("files[{index}]"), &upload);
                if !marked.is_empty() {
                    faults.extend(marked);
                    continue;
                }
                match files::take_ready(upload, &file.ready) {
                    Ok(files) => all.extend(files),
                    Err(refusals) => faults.extend(refusals.iter().map(|r| fault(r.part, &r.vi, &r.en))),
                }
            }
            Ok(_) => faults.push(fault("base64", LARGE_VI, LARGE_EN)),
            Err(_) => faults.push(fault(
                "base64",
                "Nội dung tệp không phải base64 chuẩn (RFC 4648, mục 4).",
                "The file's bytes are not standard base64 (RFC 4648, section 4).",
            )),
        }
    }
    all
}

/// What is wrong with clips and recordings of which nobody who cannot hear them would learn anything (WCAG 2.2, 1.2.1 and 1.2.2).
pub(super) fn wordless(files: &[ItemFile]) -> impl Iterator<Item = Fault> {
    let heard = |file: &ItemFile| matches!(file.media.as_str(), "video/mp4" | "audio/mpeg");
    // Numbered as they were handed in: without the copies.
    let all = files.iter().filter(|file| file.of.is_none()).enumerate();
    let silent = all.filter(move |(_, file)| heard(file) && file.text.is_none());
    silent.map(|(index, file)| Fault {
        field: format!("files[{index}].text"),
        vi: format!(
            "Tệp {}: hãy ghi lời nói trong đoạn phim, ghi âm (text) cho người không nghe được; mỗi câu một dòng, đầu dòng ghi giờ (0:05) thì thành phụ đề. Không có lời thì tả cảnh.",
            file.name
        ),
        en: format!(
            "File {}: write what is said in the clip or recording (text) for those who do not hear it; a line for each sentence, and lines that begin with their time (0:05) become captions. If nobody speaks, say what is seen.",
            file.name
        ),
    })
}
