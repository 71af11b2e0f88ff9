//! Bytes to text: byte-order mark, HTTP charset, XML declaration, and what the bytes themselves say when these are wrong.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1258};
use vietnam::text::legacy;

use crate::note::Note;

/// How much of a document is looked at to recognise a table of before Unicode.
const SAMPLE: usize = 128 << 10;

/// The text of a document and the name of its encoding.
pub(crate) fn decode(bytes: &[u8], content_type: Option<&str>, notes: &mut Vec<Note>) -> (String, String) {
    if let Some((text, name)) = utf_32(bytes) {
        return (text, name.to_owned());
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return by(encoding, &bytes[mark..], notes);
    }
    match bytes {
        [b'<', 0, _, 0, ..] => return by(UTF_16LE, bytes, notes),
        [0, b'<', 0, _, ..] => return by(UTF_16BE, bytes, notes),
        _ => {}
    }
    let said = content_type.and_then(charset).into_iter().chain(declared(bytes));
    let said: Vec<&'static Encoding> =
        said.filter_map(|label| Encoding::for_label(label.as_bytes())).collect();
    if let Some(encoding) = said
        .iter()
        .find(|encoding| !encoding.is_ascii_compatible() && **encoding != UTF_16LE && **encoding != UTF_16BE)
    {
        return by(encoding, bytes, notes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return utf_8(text, &said, notes);
    }
    let fits = said.iter().find_map(|encoding| {
        encoding.decode_without_bom_handling_and_without_replacement(bytes).map(|text| (*encoding, text))
    });
    match fits {
        Some((encoding, text)) if !is_latin(encoding) => (text.into_owned(), encoding.name().to_owned()),
        Some((encoding, text)) => latin(bytes, encoding, text, notes),
        None => guessed(bytes, said.first().copied(), notes),
    }
}

fn by(encoding: &'static Encoding, bytes: &[u8], notes: &mut Vec<Note>) -> (String, String) {
    let (text, unreadable) = encoding.decode_without_bom_handling(bytes);
    if unreadable {
        notes.push(Note::Unreadable);
    }
    (text.into_owned(), encoding.name().to_owned())
}

/// UTF-8, whatever is said of it: no other text is valid UTF-8 by chance. It may still hold TCVN3 or VNI as letters of Latin 1.
fn utf_8(text: &str, said: &[&'static Encoding], notes: &mut Vec<Note>) -> (String, String) {
    if text.is_ascii() {
        return (text.to_owned(), said.first().map_or("UTF-8", |encoding| encoding.name()).to_owned());
    }
    if let Some(encoding) = said.first().filter(|encoding| **encoding != UTF_8) {
        note(encoding.name(), "UTF-8", notes);
    }
    let mut end = SAMPLE.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    match legacy::read_text(&text[..end]).encoding {
        Some(encoding @ (legacy::Encoding::Tcvn3 | legacy::Encoding::Vni)) => {
            note("UTF-8", encoding.as_str(), notes);
            (legacy::read_as(text.as_bytes(), encoding).text, encoding.as_str().to_owned())
        }
        _ => (text.to_owned(), "UTF-8".to_owned()),
    }
}

/// Encodings whose name says little: what fills in "windows-1252" may have written Vietnamese in any table.
fn is_latin(encoding: &'static Encoding) -> bool {
    encoding == WINDOWS_1252 || encoding == WINDOWS_1258
}

/// How sure the recognition must be before it outweighs what the document says.
const SURE: u8 = 88;

fn latin(
    bytes: &[u8],
    encoding: &'static Encoding,
    text: Cow<'_, str>,
    notes: &mut Vec<Note>,
) -> (String, String) {
    let found = recognised(bytes);
    match found {
        Some((legacy::Encoding::Windows1258, _)) if encoding == WINDOWS_1258 => {
            (legacy::read_as(bytes, legacy::Encoding::Windows1258).text, encoding.name().to_owned())
        }
        Some((table, confidence)) if confidence >= SURE => {
            note(encoding.name(), table.as_str(), notes);
            (legacy::read_as(bytes, table).text, table.as_str().to_owned())
        }
        _ => (text.into_owned(), encoding.name().to_owned()),
    }
}

/// The table of before Unicode in which bytes are written, and how surely, in percent.
fn recognised(bytes: &[u8]) -> Option<(legacy::Encoding, u8)> {
    // Where the sample ends within a letter of UTF-8, it is no table that makes it Vietnamese.
    let found = legacy::read(&bytes[..bytes.len().min(SAMPLE)]);
    found.encoding.filter(|table| *table != legacy::Encoding::Unicode).map(|table| (table, found.confidence))
}

/// Bytes that are not what they are said to be, or of which nothing is said.
fn guessed(bytes: &[u8], said: Option<&'static Encoding>, notes: &mut Vec<Note>) -> (String, String) {
    let said = said.map_or("UTF-8", |encoding| encoding.name());
    if let Some((table, _)) = recognised(bytes).filter(|(_, confidence)| *confidence >= 60) {
        note(said, table.as_str(), notes);
        return (legacy::read_as(bytes, table).text, table.as_str().to_owned());
    }
    let lossy = String::from_utf8_lossy(bytes);
    let letters = lossy.chars().filter(|c| !c.is_ascii()).count();
    let lost = lossy.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    if lost * 5 <= letters {
        notes.push(Note::Unreadable);
        return (lossy.into_owned(), "UTF-8".to_owned());
    }
    note(said, WINDOWS_1252.name(), notes);
    (WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), WINDOWS_1252.name().to_owned())
}

fn note(said: &str, found: &str, notes: &mut Vec<Note>) {
    notes.push(Note::Encoding { said: said.to_owned(), found: found.to_owned() });
}

/// The parameter `charset` of a media type.
fn charset(content_type: &str) -> Option<String> {
    let parameters = content_type.split(';').skip(1);
    let value = parameters
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?
        .1;
    Some(value.trim().trim_matches(['"', '\'']).to_owned())
}

/// The encoding that an XML declaration names.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(1024)];
    let start = head.windows(5).position(|window| window == b"<?xml")?;
    let head = &head[start..];
    let end = head.windows(2).position(|window| window == b"?>").unwrap_or(head.len());
    let declaration = String::from_utf8_lossy(&head[..end]).into_owned();
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next().map(|label| label.trim().to_owned())
}

/// UTF-32, which browsers and `encoding_rs` do not read: by its mark, or by the bracket with which it begins.
fn utf_32(bytes: &[u8]) -> Option<(String, &'static str)> {
    let (big, rest) = match bytes {
        [0, 0, 0xfe, 0xff, rest @ ..] => (true, rest),
        [0xff, 0xfe, 0, 0, rest @ ..] if !rest.is_empty() => (false, rest),
        [0, 0, 0, b'<', ..] => (true, bytes),
        [b'<', 0, 0, 0, ..] => (false, bytes),
        _ => return None,
    };
    let letters = rest.chunks_exact(4).map(|four| {
        let four = [four[0], four[1], four[2], four[3]];
        let code = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    Some((letters.collect(), if big { "UTF-32BE" } else { "UTF-32LE" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], content_type: Option<&str>) -> (String, String, Vec<Note>) {
        let mut notes = Vec::new();
        let (text, name) = decode(bytes, content_type, &mut notes);
        (text, name, notes)
    }

    #[test]
    fn what_the_header_says_outweighs_the_declaration() {
        let (text, name, _) = read(
            b"<?xml version='1.0' encoding='iso-8859-2'?>\xb3",
            Some("text/xml; charset=\"windows-1251\""),
        );
        assert!(text.ends_with('\u{456}'), "{text}");
        assert_eq!(name, "windows-1251");
    }

    #[test]
    fn utf_8_stays_utf_8_whatever_is_said() {
        let (text, name, notes) =
            read("<?xml version='1.0' encoding='windows-1258'?>Nghệ An".as_bytes(), None);
        assert!(text.ends_with("Nghệ An"));
        assert_eq!(name, "UTF-8");
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn vietnamese_of_before_unicode_is_recognised() {
        let tcvn3 = b"<?xml version='1.0'?><t>C\xe9ng ho\xb5 x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam</t>";
        let (text, name, _) = read(tcvn3, None);
        assert!(text.ends_with("<t>Cộng hoà xã hội chủ nghĩa Việt Nam</t>"), "{text}");
        assert_eq!(name, "tcvn3");
        let latin: String = tcvn3.iter().map(|byte| char::from(*byte)).collect();
        assert_eq!(read(latin.as_bytes(), None).1, "tcvn3");
        let windows = b"<?xml version='1.0' encoding='windows-1258'?><t>Vi\xea\xf2t Nam: Ngh\xea\xf2 An</t>";
        assert!(read(windows, None).0.ends_with("<t>Việt Nam: Nghệ An</t>"));
    }

    #[test]
    fn wide_texts_are_read_with_and_without_a_mark() {
        let wide: Vec<u8> = "<a>ế</a>".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        assert_eq!(read(&wide, None).0, "<a>ế</a>");
        let wide: Vec<u8> = "<a>ế</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&wide, None).0, "<a>ế</a>");
    }
}
