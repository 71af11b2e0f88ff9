//! Files that people hand in: known by their bytes, checked, and pictures made anew.
//!
//! [`take`] is the one door. It believes neither the name nor the type that came along: the bytes say what a file is, from a
//! closed list, and a file that is not what its name says is refused with both named. A picture is decoded under limits and
//! encoded anew, so that nothing of its metadata (place, camera, owner, thumbnails) can pass on; so is a clip. Where
//! that cannot be, one that tells where it was taken is refused. Nothing here knows a database or a request; it takes time, so it runs apart from them.

mod clip;
pub mod cues;
mod ffmpeg;
mod heic;
mod kind;
mod pdf;
mod picture;
pub(crate) mod process;
mod said;
mod sniff;
mod text;
mod video;
mod zip;

use std::io::Read;

use network::content::ItemFile;
use network::names::ContentHash;
use vietnam::text::{is_hidden, nfc};

pub use clip::{Copy as Ready, Making};
pub use kind::{Kind, named_kind};
pub use picture::{MOST_PIXELS, WIDTHS, within};
pub use sniff::kind_of;
pub use text::text_of;
pub use video::lasts;
pub use zip::Archive;

/// The longest alternative text of a picture, in characters.
pub const MOST_ALT: usize = 500;
/// The longest text that stands for a picture or a clip, in characters.
const MOST_TEXT: usize = 8_000;
/// The longest name of a file, in characters.
const MOST_NAME: usize = 255;
/// So much of a picture's name stands in the names of its copies.
const MOST_STEM: usize = 200;

/// A file as it was handed in.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// Its name.
    pub name: String,
    /// The media type that came along; may be empty.
    pub media: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What a picture shows.
    pub alt: Option<String>,
    /// True if a picture only decorates.
    pub decorative: bool,
    /// What a picture full of figures says, or what is said in a clip.
    pub text: Option<String>,
}

/// Why a file is not taken, for the person who can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which part of the upload is meant: `name`, `type`, `alt`, or the bytes (`base64`).
    pub part: &'static str,
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl Refusal {
    fn of_bytes(vi: impl Into<String>, en: impl Into<String>) -> Refusal {
        Refusal { part: "base64", vi: vi.into(), en: en.into() }
    }
}

/// The files that an upload becomes: itself, or for a picture or a clip its copies, the best first, each other naming it.
///
/// # Errors
/// Every reason at once, never an empty list.
pub fn take(upload: Upload) -> Result<Vec<(ItemFile, Vec<u8>)>, Vec<Refusal>> {
    made(upload, &[], Wanted::All)
}

/// The same of a clip whose copies were made before ([`ready`]): nothing is encoded again.
///
/// # Errors
/// As [`take`].
pub fn take_ready(upload: Upload, copies: &[Ready]) -> Result<Vec<(ItemFile, Vec<u8>)>, Vec<Refusal>> {
    made(upload, copies, Wanted::All)
}

/// All copies of a clip that [`first`] gave, itself in the first place; `None` without ffmpeg. What is begun is told.
///
/// # Errors
/// It is damaged, or too long.
pub fn ready(clip: &[u8], tell: &dyn Fn(Making)) -> Result<Option<Vec<Ready>>, Refusal> {
    clip::copies(clip::Given::Bytes(clip), Wanted::All, tell)
}

/// The first of the files that an upload becomes, for whoever makes the others later from it: [`take`] of its bytes gives the
/// same again. It is checked as strictly. There is always one.
///
/// # Errors
/// As [`take`].
pub fn first(upload: Upload) -> Result<Option<(ItemFile, Vec<u8>)>, Vec<Refusal>> {
    Ok(made(upload, &[], Wanted::First)?.into_iter().next())
}

/// The same of a clip that lies in a file and may be larger than memory should hold; the bytes of `upload` are not looked at. What is
/// begun is told.
///
/// # Errors
/// As [`take`]; it is no clip, or there is no program to make it small.
pub fn first_of_clip(
    upload: Upload,
    file: &std::path::Path,
    tell: &dyn Fn(Making),
) -> Result<(ItemFile, Vec<u8>), Vec<Refusal>> {
    let mut head = Vec::new();
    let read = std::fs::File::open(file).and_then(|file| file.take(SNIFFED).read_to_end(&mut head));
    let absent = || {
        vec![Refusal::of_bytes(
            "Máy chủ chưa có ffmpeg nên không thu nhỏ được video. Quản trị máy chủ cài gói ffmpeg, rồi bấm Làm lại.",
            "This node has no ffmpeg and cannot make the clip smaller. Its administrator installs the package ffmpeg; then try again.",
        )]
    };
    read.map_err(|_| vec![clip::damaged()])?;
    let (name, kind, _, text) = words(&Upload { bytes: head, ..upload })?;
    if kind != Kind::Mp4 {
        return Err(vec![Refusal::of_bytes("Tệp này không phải video MP4.", "This is no MP4 clip.")]);
    }
    let copies =
        clip::copies(clip::Given::File(file), Wanted::First, tell).map_err(|refusal| vec![refusal])?;
    let mut files = filmed(&name, text.as_deref(), copies.ok_or_else(absent)?);
    let (mut first, bytes) = files.drain(..1).next().ok_or_else(absent)?;
    first.text = text;
    Ok((first, bytes))
}

/// So many bytes of a clip's file are looked at to know it for one.
const SNIFFED: u64 = 64 << 10;

/// Which copies of a picture or a clip are made: each takes time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    First,
    All,
}

/// Name, kind, alternative text and text of an upload, tidied.
type Words = (String, Kind, Option<String>, Option<String>);

/// What stands beside the bytes, or every reason against it.
fn words(upload: &Upload) -> Result<Words, Vec<Refusal>> {
    let name = nfc(upload.name.trim());
    let mut refusals = Vec::new();
    refusals.extend(bad_name(&name));
    let kind = kind::checked(&name, &upload.media, &upload.bytes);
    let alt = upload.alt.as_ref().map(|alt| nfc(alt.trim())).filter(|alt| !alt.is_empty());
    if kind.as_ref().is_ok_and(|kind| kind.is_picture()) {
        refusals.extend(bad_alt(alt.as_deref(), upload.decorative));
    }
    let text = upload.text.as_ref().map(|text| said::tidied(&nfc(text))).filter(|text| !text.is_empty());
    refusals.extend(text.as_deref().and_then(bad_text));
    match kind {
        Ok(kind) if refusals.is_empty() => Ok((name, kind, alt, text)),
        Ok(_) => Err(refusals),
        Err(refusal) => {
            refusals.push(refusal);
            Err(refusals)
        }
    }
}

fn made(upload: Upload, ready: &[Ready], wanted: Wanted) -> Result<Vec<(ItemFile, Vec<u8>)>, Vec<Refusal>> {
    let (name, kind, alt, text) = words(&upload)?;
    let bytes = upload.bytes;
    let mut files = match kind {
        kind if kind.is_picture() => {
            let copies = picture::copies(&bytes, kind, wanted).map_err(|refusal| vec![refusal])?;
            named(&name, alt.unwrap_or_default(), copies)
        }
        Kind::Mp4 if ready.first().is_some_and(|first| first.bytes == bytes) => {
            filmed(&name, text.as_deref(), ready.to_vec())
        }
        Kind::Mp4 => match clip::copies(clip::Given::Bytes(&bytes), wanted, &|_| ())
            .map_err(|refusal| vec![refusal])?
        {
            Some(copies) => filmed(&name, text.as_deref(), copies),
            None => match video::tells_where(&bytes) {
                Some(refusal) => return Err(vec![refusal]),
                None => vec![(file(&bytes, kind.media().to_owned(), name, None), bytes)],
            },
        },
        kind => {
            let seconds = (kind == Kind::Mp3).then(|| clip::lasts(&bytes)).flatten();
            let file = file(&bytes, kind.media().to_owned(), name, None);
            vec![(ItemFile { seconds, ..file }, bytes)]
        }
    };
    if let Some((first, _)) = files.first_mut() {
        first.text = text;
    }
    Ok(files)
}

fn file(bytes: &[u8], media: String, name: String, pixels: Option<(u32, u32)>) -> ItemFile {
    let (sha256, size) = (ContentHash::of(bytes), bytes.len() as u64);
    ItemFile { sha256, size, media, name, alt: None, pixels, of: None, text: None, seconds: None }
}

/// The start of a file's name, for the names of its copies.
fn stem(name: &str) -> String {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).chars().take(MOST_STEM).collect()
}

/// A clip's copies as files of an item, with captions where its words have times; the others name the first.
fn filmed(name: &str, text: Option<&str>, copies: Vec<clip::Copy>) -> Vec<(ItemFile, Vec<u8>)> {
    let stem = stem(name);
    let seconds = copies.first().and_then(|copy| copy.seconds).unwrap_or_default();
    let mut files: Vec<(ItemFile, Vec<u8>)> = Vec::new();
    for copy in copies {
        let file = file(&copy.bytes, copy.media, format!("{stem}{}", copy.ending), copy.pixels);
        let of = files.first().map(|(first, _)| first.sha256);
        files.push((ItemFile { of, seconds: copy.seconds, ..file }, copy.bytes));
    }
    if let Some(captions) = text.and_then(|text| said::captions(text, seconds)) {
        let bytes = captions.into_bytes();
        let of = files.first().map(|(first, _)| first.sha256);
        files.push((ItemFile { of, ..file(&bytes, "text/vtt".into(), format!("{stem}.vtt"), None) }, bytes));
    }
    files
}

/// A picture's copies as files of an item: the first bears the words, the others name it.
fn named(name: &str, alt: String, copies: Vec<picture::Copy>) -> Vec<(ItemFile, Vec<u8>)> {
    let stem = stem(name);
    let mut files: Vec<(ItemFile, Vec<u8>)> = Vec::new();
    let widest = copies.first().map_or(0, |copy| copy.pixels.0);
    for copy in copies {
        let ending = if copy.media == Kind::Avif.media() { "avif" } else { "jpg" };
        let name = match copy.pixels.0 {
            width if width == widest => format!("{stem}.{ending}"),
            width => format!("{stem}-{width}.{ending}"),
        };
        let mut file = file(&copy.bytes, copy.media.to_owned(), name, Some(copy.pixels));
        match files.first() {
            None => file.alt = Some(alt.clone()),
            Some((first, _)) => file.of = Some(first.sha256),
        }
        files.push((file, copy.bytes));
    }
    files
}

fn bad_name(name: &str) -> Option<Refusal> {
    let said = |vi: &str, en: &str| Some(Refusal { part: "name", vi: vi.into(), en: en.into() });
    match name {
        "" | "." | ".." => said("Tệp phải có tên.", "The file must have a name."),
        name if name.contains(['/', '\\']) => {
            said("Tên tệp không được có dấu gạch chéo.", "A file name must not have slashes.")
        }
        name if name.chars().any(|c| c.is_control() || is_hidden(c)) => said(
            "Tên tệp có ký tự điều khiển hoặc ký tự vô hình; hãy đặt lại tên.",
            "The file name has control or invisible characters; rename the file.",
        ),
        name if name.chars().count() > MOST_NAME => {
            said("Tên tệp dài quá 255 ký tự.", "The file name is longer than 255 characters.")
        }
        _ => None,
    }
}

fn bad_alt(alt: Option<&str>, decorative: bool) -> Option<Refusal> {
    let said = |vi: &str, en: &str| Some(Refusal { part: "alt", vi: vi.into(), en: en.into() });
    match alt {
        None if decorative => None,
        None => said(
            "Hãy tả ngắn gọn ảnh cho thấy gì (alt), để người không nhìn thấy ảnh cũng biết; nếu ảnh chỉ để trang trí, hãy đánh dấu như vậy (decorative).",
            "Say shortly what the picture shows (alt), for those who do not see it; if it only decorates, mark it so (decorative).",
        ),
        Some(_) if decorative => said(
            "Ảnh trang trí thì không có lời tả: hãy bỏ lời tả hoặc bỏ đánh dấu trang trí.",
            "A picture that only decorates has no words: leave out either alt or decorative.",
        ),
        Some(alt) if alt.chars().count() > MOST_ALT => said(
            "Lời tả ảnh dài quá 500 ký tự; phần dài hơn hãy viết trong bài.",
            "The words for the picture are longer than 500 characters; write the rest in the text.",
        ),
        Some(alt) if alt.chars().any(char::is_control) => {
            said("Lời tả ảnh phải nằm trên một dòng.", "The words for the picture must stand on one line.")
        }
        Some(_) => None,
    }
}

fn bad_text(text: &str) -> Option<Refusal> {
    let said = |vi: &str, en: &str| Some(Refusal { part: "text", vi: vi.into(), en: en.into() });
    match text {
        text if text.chars().count() > MOST_TEXT => said(
            "Nội dung bằng chữ dài quá 8.000 ký tự; phần dài hơn hãy viết trong bài.",
            "What it says in words is longer than 8,000 characters; write the rest in the text.",
        ),
        text if text.chars().any(|c| (c.is_control() && c != '\n') || is_hidden(c)) => said(
            "Nội dung bằng chữ có ký tự điều khiển hoặc ký tự vô hình; hãy xóa rồi gõ lại.",
            "What it says in words has control or invisible characters; type it again.",
        ),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests;
