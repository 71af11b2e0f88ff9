//! The text of a PDF as far as it is cheaply read: strings of its pages through its fonts' tables to Unicode.
//!
//! This is no reader of PDF. Pages are not told apart and a string is tried with the table of every font, so between true lines
//! stand meaningless ones; a line such as `TỐI MẬT` is found all the same. Encrypted files and scans give nothing.

use std::collections::HashMap;
use std::io::Read;

use flate2::read::ZlibDecoder;

/// So many bytes of all streams are unpacked, and so many of one.
const MOST_ALL: usize = 24 << 20;
const MOST_ONE: usize = 2 << 20;
/// So many bytes of pages are read, and so many fonts tried.
const MOST_PAGES: usize = 3 << 20;
const MOST_FONTS: usize = 24;

/// A font's table from codes to text.
struct Table {
    /// Bytes of a code: 1 or 2.
    width: usize,
    letters: HashMap<u16, String>,
}

/// Lines of text, true and meaningless ones.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let (mut tables, mut pages) = (vec![Table { width: 1, letters: HashMap::new() }], Vec::new());
    let (mut unpacked, mut read) = (0, 0);
    for (dictionary, packed) in streams(bytes) {
        if unpacked > MOST_ALL || has(dictionary, b"/Image") || has(dictionary, b"/FontFile") {
            continue;
        }
        let stream = if has(dictionary, b"/FlateDecode") || has(dictionary, b"/Fl ") {
            inflated(packed)
        } else {
            packed[..packed.len().min(MOST_ONE)].to_vec()
        };
        unpacked += stream.len();
        if has(&stream, b"beginbfchar") || has(&stream, b"beginbfrange") {
            if tables.len() < MOST_FONTS {
                tables.push(table(&stream));
            }
        } else if (has(&stream, b"Tj") || has(&stream, b"TJ")) && read < MOST_PAGES {
            read += stream.len();
            pages.push(stream);
        }
    }
    let mut out = String::new();
    for page in &pages {
        for table in &tables {
            shown(page, table, &mut out);
        }
    }
    out
}

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Every stream with the dictionary before it.
fn streams(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let at = find(rest, b"stream")?;
        let dictionary = &rest[at.saturating_sub(512)..at];
        let from = dictionary.windows(4).rposition(|w| w == b" obj").unwrap_or(0);
        let body = &rest[at + 6..];
        let body = body.strip_prefix(b"\r\n").or_else(|| body.strip_prefix(b"\n")).unwrap_or(body);
        let end = find(body, b"endstream")?;
        rest = &body[end + 9..];
        Some((&dictionary[from..], &body[..end]))
    })
}

/// What of a stream can be unpacked; what is damaged ends it.
fn inflated(packed: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    // An error comes after what could still be read.
    let _ = ZlibDecoder::new(packed).take(MOST_ONE as u64).read_to_end(&mut out);
    out
}

/// Reads `<01> <1EAC>` and `<01> <05> <0041>` of a table (ISO 32000-1, 9.10.3).
fn table(stream: &[u8]) -> Table {
    let text = String::from_utf8_lossy(stream);
    let mut table = Table { width: 1, letters: HashMap::new() };
    let section = |begin: &str, end: &str| -> Vec<String> {
        let parts = text.split(begin).skip(1);
        parts.filter_map(|part| Some(part.split(end).next()?.to_owned())).collect()
    };
    for part in section("begincodespacerange", "endcodespacerange") {
        if strings(&part).first().is_some_and(|code| code.len() == 2) {
            table.width = 2;
        }
    }
    for part in section("beginbfchar", "endbfchar") {
        for pair in strings(&part).chunks_exact(2) {
            table.letters.insert(code(&pair[0]), utf16(&pair[1]));
        }
    }
    for part in section("beginbfrange", "endbfrange") {
        for line in part.lines() {
            let all = strings(line);
            let [first, last, to @ ..] = all.as_slice() else { continue };
            let (first, last) = (code(first), code(last));
            for (step, code) in (first..=last).take(256).enumerate() {
                let text = match (line.contains('['), to) {
                    (true, to) => to.get(step).map(|to| utf16(to)),
                    (false, [to, ..]) => Some(utf16(&stepped(to, step))),
                    _ => None,
                };
                table.letters.extend(text.map(|text| (code, text)));
            }
        }
    }
    table
}

/// The strings in hexadecimal of a text.
fn strings(text: &str) -> Vec<Vec<u8>> {
    let parts = text.split('<').skip(1);
    parts
        .filter_map(|part| hex::decode(part.split('>').next()?.replace(char::is_whitespace, "")).ok())
        .collect()
}

fn code(bytes: &[u8]) -> u16 {
    bytes.iter().rev().take(2).rev().fold(0, |code, byte| code << 8 | u16::from(*byte))
}

fn stepped(to: &[u8], step: usize) -> Vec<u8> {
    let mut to = to.to_vec();
    if let [.., high, low] = to.as_mut_slice() {
        let sum = u16::from_be_bytes([*high, *low]).wrapping_add(u16::try_from(step).unwrap_or(0));
        [*high, *low] = sum.to_be_bytes();
    }
    to
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// The strings that a page shows, through one table; each move to another place ends a line.
fn shown(page: &[u8], table: &Table, out: &mut String) {
    let mut at = 0;
    while let Some(byte) = page.get(at) {
        match byte {
            b'(' => {
                let (string, length) = literal(&page[at..]);
                letters(&string, table, out);
                at += length;
            }
            b'<' if page.get(at + 1) == Some(&b'<') => at += 2,
            b'<' => {
                let end = page[at..].iter().position(|b| *b == b'>').map_or(page.len(), |end| at + end);
                let digits: Vec<u8> =
                    page[at + 1..end].iter().copied().filter(u8::is_ascii_hexdigit).collect();
                letters(&hex::decode(&digits[..digits.len() / 2 * 2]).unwrap_or_default(), table, out);
                at = end + 1;
            }
            b'T' => {
                if matches!(page.get(at + 1), Some(b'd' | b'D' | b'*' | b'm')) {
                    end_line(out);
                }
                at += 2;
            }
            b'\'' | b'"' => {
                end_line(out);
                at += 1;
            }
            b'E' if page.get(at + 1) == Some(&b'T') => {
                end_line(out);
                at += 2;
            }
            _ => at += 1,
        }
    }
    end_line(out);
}

fn end_line(out: &mut String) {
    if !out.ends_with('\n') {
        out.push('\n');
    }
}

fn letters(string: &[u8], table: &Table, out: &mut String) {
    for bytes in string.chunks_exact(table.width) {
        let code = code(bytes);
        match table.letters.get(&code) {
            Some(text) => out.push_str(text),
            // Without a table the code of a Latin letter is the letter.
            None if table.letters.is_empty() && (0x20..0x7f).contains(&code) => {
                out.extend(char::from_u32(code.into()));
            }
            None => out.push('\u{fffd}'),
        }
    }
}

/// A string in brackets, with its escapes, and its length in the page.
fn literal(page: &[u8]) -> (Vec<u8>, usize) {
    let (mut string, mut depth, mut at) = (Vec::new(), 0_usize, 0);
    while let Some(byte) = page.get(at) {
        at += 1;
        match byte {
            b'(' => {
                depth += 1;
                if depth > 1 {
                    string.push(b'(');
                }
            }
            b')' if depth <= 1 => break,
            b')' => {
                depth -= 1;
                string.push(b')');
            }
            b'\\' => {
                let digits = page[at..].iter().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
                if digits > 0 {
                    let octal = page[at..at + digits].iter().fold(0_u32, |n, b| n * 8 + u32::from(b - b'0'));
                    string.push((octal & 0xff) as u8);
                    at += digits;
                } else if let Some(escaped) = page.get(at) {
                    string.push(match escaped {
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'b' => 8,
                        b'f' => 0x0c,
                        other => *other,
                    });
                    at += 1;
                }
            }
            other => string.push(*other),
        }
    }
    (string, at)
}
