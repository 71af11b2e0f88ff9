//! What people paste and import, made into a text of the house: from Word, LibreOffice, Google Docs and web pages as HTML, from
//! `.docx`, from text in any Vietnamese encoding.
//!
//! Structure is kept (headings, lists, tables, links, emphasis, notes at the foot), looks are not: fonts, colours, comments,
//! conditional comments, scripts and hidden text go, and what was left out is said; the pictures of a `.docx` come beside its text. Nothing is saved here: the result is
//! shown to the person, with what was recognised and how surely. Whoever shows a body cleans it once more ([`super::body`]).
//! Bounded in size and depth; linear.

mod blocks;
mod docx;
mod entities;
mod html;
mod print;
mod tags;

use network::content::{Format, MAX_BODY};
use vietnam::text::legacy::{self, Encoding, Reading};
use vietnam::text::nfc;

use crate::files::{Kind, kind_of};
use crate::problem::{Fault, Problem};

/// From this confidence on, in percent, letters are changed without asking: some words that speak for it, and none against.
const SURE: u8 = 90;
/// The most bytes that are taken in.
pub const MOST: usize = 32 << 20;

/// So many pictures are taken out of one file.
pub const MOST_PICTURES: usize = 40;

/// A picture that stood in a file, as it stood there: not looked at yet (see [`crate::files::take`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its name in the file.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What the file says that it shows; may be empty.
    pub alt: String,
}

/// A text of the house, and what was done to get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaned {
    /// The text, in NFC.
    pub text: String,
    /// How it is marked up: Markdown; HTML where tables have joined cells or several lines in one.
    pub format: Format,
    /// What the letters were, with samples to show; nothing if they were Unicode.
    pub recognised: Option<Recognised>,
    /// What was left out or changed, for the person who pasted.
    pub notes: Vec<Note>,
    /// The pictures of a `.docx`, in their order.
    pub pictures: Vec<Picture>,
}

/// An encoding that was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// Which.
    pub encoding: Encoding,
    /// How sure that is, in percent; below 80 a person should look.
    pub confidence: u8,
    /// Words before and after.
    pub samples: Vec<(String, String)>,
}

/// Something that was left out or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl Note {
    fn new(vi: impl Into<String>, en: impl Into<String>) -> Note {
        Note { vi: vi.into(), en: en.into() }
    }
}

/// Makes a text of the house of what came. `media` and `name` only help where the bytes do not tell: HTML from plain text.
///
/// # Errors
/// Names what to do: too large, empty, a file that has no text to take over (PDF, older Word, pictures), damaged.
pub fn clean(bytes: &[u8], media: &str, name: &str) -> Result<Cleaned, Problem> {
    if bytes.len() > MOST {
        return Err(fault("Nội dung lớn hơn 32 MB. Hãy chia nhỏ.", "It is larger than 32 MB. Divide it."));
    }
    let media = media.split(';').next().unwrap_or_default().trim();
    let kind = match kind_of(bytes) {
        Kind::Text if media.eq_ignore_ascii_case("text/html") => Kind::Html,
        kind => kind,
    };
    let mut pictures = Vec::new();
    let (mut document, read) = match kind {
        Kind::Docx => {
            let (document, found) = docx::read(bytes).ok_or_else(damaged)?;
            pictures = found.into_iter().map(|p| Picture { alt: nfc(&p.alt), ..p }).collect();
            (document, None)
        }
        Kind::Html | Kind::Xml => {
            let reading = decoded(bytes);
            (html::read(&reading.text), Some(reading))
        }
        Kind::Text | Kind::Csv | Kind::Json => return of_text(bytes, media, name),
        other => return Err(not_text(other)),
    };
    let mut recognised = read.as_ref().and_then(of_reading);
    if recognised.is_none() {
        let whole = legacy::read_text(&document.all_text());
        // The letters are Unicode already; that they stand for others is believed only on good evidence. Nobody wrote
        // VIQR where there was markup, but its signs are those of markup too.
        let believed = |found: &Recognised| found.encoding != Encoding::Viqr && found.confidence >= SURE;
        if let Some(found) = of_reading(&whole).filter(believed) {
            document.map_text(|text| legacy::read_as(text.as_bytes(), found.encoding).text);
            recognised = Some(found);
        }
    }
    // A soft hyphen goes only now: in TCVN3 it was the letter ư.
    document.map_text(|text| nfc(&text.replace('\u{ad}', "")));
    let (text, format) = print::printed(&document);
    Ok(Cleaned { pictures, ..finished(text, format, recognised, document.notes)? })
}

fn of_text(bytes: &[u8], media: &str, name: &str) -> Result<Cleaned, Problem> {
    let reading = decoded(bytes);
    let name = name.to_ascii_lowercase();
    let marked = media.eq_ignore_ascii_case("text/markdown") || name.ends_with(".md");
    let text: String = reading.text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    let format = if marked { Format::Markdown } else { Format::Text };
    finished(text.trim().to_owned(), format, of_reading(&reading), Vec::new())
}

/// Bytes as text: UTF-8 and UTF-16 by their marks, else whatever Vietnamese encoding fits.
fn decoded(bytes: &[u8]) -> Reading {
    let utf16 = |of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).skip(1).map(|pair| of([pair[0], pair[1]])).collect();
        legacy::read_text(&String::from_utf16_lossy(&units))
    };
    match bytes {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        bytes => match std::str::from_utf8(bytes) {
            // Markup in ASCII is no VIQR, whatever stands in it.
            Ok(text) if text.contains('<') => Reading {
                encoding: Some(Encoding::Unicode),
                text: text.trim_start_matches('\u{feff}').to_owned(),
                confidence: 100,
                samples: Vec::new(),
                unreadable: 0,
            },
            _ => legacy::read(bytes),
        },
    }
}

fn of_reading(reading: &Reading) -> Option<Recognised> {
    let encoding = reading.encoding.filter(|encoding| *encoding != Encoding::Unicode)?;
    Some(Recognised { encoding, confidence: reading.confidence, samples: reading.samples.clone() })
}

fn finished(
    text: String,
    format: Format,
    recognised: Option<Recognised>,
    mut notes: Vec<Note>,
) -> Result<Cleaned, Problem> {
    if text.trim().is_empty() {
        return Err(fault(
            "Không có chữ nào để lấy. Nếu là ảnh chụp hoặc bản quét, hãy đính kèm dưới dạng tệp.",
            "There is no text in it. Attach a photo or a scan as a file instead.",
        ));
    }
    if text.len() > MAX_BODY {
        return Err(fault(
            "Văn bản dài quá 8 MB. Hãy chia thành nhiều bài, hoặc đính kèm dưới dạng tệp.",
            "The text is longer than 8 MB. Divide it, or attach it as a file.",
        ));
    }
    if let Some(found) = &recognised {
        notes.insert(
            0,
            Note::new(
                format!(
                    "Nhận ra bảng mã {} (chắc chắn {} %) và đã đổi sang Unicode. Hãy đọc lại trước khi lưu.",
                    found.encoding, found.confidence
                ),
                format!(
                    "The letters were {} (sure to {} %) and are Unicode now. Read it before you save.",
                    found.encoding, found.confidence
                ),
            ),
        );
    }
    Ok(Cleaned { text, format, recognised, notes, pictures: Vec::new() })
}

fn fault(vi: &str, en: &str) -> Problem {
    Problem::Invalid(vec![Fault { field: "text".into(), vi: vi.into(), en: en.into() }])
}

fn damaged() -> Problem {
    fault(
        "Không mở được tệp Word: tệp hỏng, có mật khẩu hoặc quá lớn. Hãy mở bằng Word, lưu lại rồi thử lần nữa; hoặc chép và dán nội dung.",
        "The Word file cannot be opened: damaged, with a password, or too large. Save it again in Word, or copy and paste its text.",
    )
}

/// A file that should have been a `.docx` and is something else: what it is, and what to do.
pub fn not_word(kind: Kind) -> Problem {
    match kind {
        Kind::Html | Kind::Xml | Kind::Text | Kind::Csv | Kind::Json => fault(
            "Đây không phải tệp Word mà là chữ hoặc trang web. Hãy chép nội dung và dán vào ô Văn bản.",
            "This is no Word file but text or a web page. Copy it and paste it into the draft's text.",
        ),
        other => not_text(other),
    }
}

fn not_text(kind: Kind) -> Problem {
    let name = kind.name();
    match kind {
        Kind::Doc => fault(
            "Tệp .doc đời cũ không đọc được. Hãy mở bằng Word hoặc LibreOffice và lưu thành .docx, hoặc chép và dán nội dung.",
            "Older .doc files cannot be read. Save it as .docx in Word or LibreOffice, or copy and paste its text.",
        ),
        _ => fault(
            &format!(
                "Không lấy được văn bản từ tệp loại {name}. Hãy dán nội dung, dùng .docx, HTML hoặc văn bản thuần; hoặc đính kèm dưới dạng tệp."
            ),
            &format!(
                "No text is taken from a file of the kind {name}. Paste the text, use .docx, HTML or plain text, or attach it as a file."
            ),
        ),
    }
}

#[cfg(test)]
mod tests;
