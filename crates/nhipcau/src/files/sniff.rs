//! What a file is by its first bytes, and where these do not tell, by what is inside.

use super::Kind;
use super::zip::Archive;

/// So many bytes tell whether something is text.
const HEAD: usize = 64 << 10;

/// The kind of a file. Any bytes; never fails.
pub fn kind_of(bytes: &[u8]) -> Kind {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Kind::Jpeg,
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Kind::Png,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Kind::WebP,
        [b'G', b'I', b'F', b'8', ..] => Kind::Gif,
        [b'%', b'P', b'D', b'F', b'-', ..] => Kind::Pdf,
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => compound(bytes),
        [b'P', b'K', 3, 4, ..] => archive(bytes),
        [b'P', b'K', 5, 6, ..]
        | [b'R', b'a', b'r', b'!', ..]
        | [b'7', b'z', 0xbc, 0xaf, ..]
        | [0x1f, 0x8b, ..] => Kind::Zip,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => film(bytes),
        [b'I', b'D', b'3', ..] | [0xff, 0xfb | 0xf3 | 0xf2, ..] => Kind::Mp3,
        [b'M', b'Z', ..]
        | [0x7f, b'E', b'L', b'F', ..]
        | [b'#', b'!', ..]
        | [0xca, 0xfe, 0xba, 0xbe, ..]
        | [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..]
        | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..]
        | [0x4c, 0, 0, 0, 1, 0x14, 2, 0, ..] => Kind::Program,
        _ => written(bytes),
    }
}

/// Word, Excel or PowerPoint before 2007: named streams in one file, their names in UTF-16.
fn compound(bytes: &[u8]) -> Kind {
    let has = |name: &str| {
        let wanted: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wanted.len()).any(|window| window == wanted)
    };
    if has("_VBA_PROJECT") {
        Kind::Macros
    } else if has("WordDocument") {
        Kind::Doc
    } else if has("Workbook") {
        Kind::Xls
    } else if has("PowerPoint Document") {
        Kind::Ppt
    } else {
        Kind::Unknown
    }
}

/// What a ZIP archive holds.
fn archive(bytes: &[u8]) -> Kind {
    let Ok(archive) = Archive::open(bytes) else { return Kind::Unknown };
    let has = |name: &str| archive.names().any(|n| n == name);
    let ends = |end: &str| archive.names().any(|n| n.to_ascii_lowercase().ends_with(end));
    if ends("vbaproject.bin") || archive.names().any(|n| n.starts_with("Basic/") && n.ends_with(".xml")) {
        return Kind::Macros;
    }
    if has("META-INF/MANIFEST.MF") || has("AndroidManifest.xml") {
        return Kind::Program;
    }
    if has("mimetype") {
        return match archive.read("mimetype", 200).as_deref() {
            Ok(b"application/vnd.oasis.opendocument.text") => Kind::Odt,
            Ok(b"application/vnd.oasis.opendocument.spreadsheet") => Kind::Ods,
            Ok(b"application/vnd.oasis.opendocument.presentation") => Kind::Odp,
            _ => Kind::Zip,
        };
    }
    match () {
        () if !has("[Content_Types].xml") => Kind::Zip,
        () if has("word/document.xml") => Kind::Docx,
        () if has("xl/workbook.xml") => Kind::Xlsx,
        () if has("ppt/presentation.xml") => Kind::Pptx,
        () => Kind::Zip,
    }
}

/// The family of ISO base media: MP4, HEIC, AVIF. The brands stand in the first box.
fn film(bytes: &[u8]) -> Kind {
    let size = bytes.first_chunk::<4>().map_or(0, |size| u32::from_be_bytes(*size) as usize);
    let brands = bytes.get(8..size.clamp(8, 256).min(bytes.len())).unwrap_or_default();
    // The second word is the version of the first brand.
    let mut brands = brands.chunks_exact(4).enumerate().filter(|(at, _)| *at != 1).map(|(_, brand)| brand);
    let main = brands.next().unwrap_or_default();
    match main {
        b"avif" | b"avis" => Kind::Avif,
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Kind::Heic,
        b"mif1" | b"msf1" => match brands.find(|b| matches!(*b, b"avif" | b"heic" | b"heix")) {
            Some(b"avif") => Kind::Avif,
            Some(_) => Kind::Heic,
            None => Kind::Unknown,
        },
        b"isom" | b"iso2" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1" | b"M4V " | b"M4VH"
        | b"MSNV" | b"dash" => Kind::Mp4,
        _ => Kind::Unknown,
    }
}

/// Text of any encoding without control characters; what begins with a tag is markup.
fn written(bytes: &[u8]) -> Kind {
    let head = &bytes[..bytes.len().min(HEAD)];
    let strange = |b: &u8| matches!(b, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    if bytes.is_empty() || head.iter().any(strange) || bytes.contains(&0) {
        return Kind::Unknown;
    }
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let text = skip_prologue(&text);
    let Some(tag) = text.strip_prefix('<') else { return Kind::Text };
    let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == ':').collect();
    match name.rsplit(':').next().unwrap_or_default() {
        "svg" => Kind::Svg,
        "html" | "head" | "body" | "script" | "iframe" | "style" | "title" | "table" | "div" | "p" | "a"
        | "img" | "h1" | "font" | "br" | "meta" | "link" | "object" | "embed" | "form" | "base" => Kind::Html,
        "" if tag.starts_with('?') => Kind::Program,
        _ if head.starts_with(b"<?xml") || head.starts_with(b"\xef\xbb\xbf<?xml") => Kind::Xml,
        _ => Kind::Text,
    }
}

/// Skips spaces, comments, `<?xml …?>` and `<!DOCTYPE …>`, whatever stands before the first tag.
fn skip_prologue(text: &str) -> &str {
    let mut text = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = if text.starts_with("<!--") {
            text.find("-->").map(|end| end + 3)
        } else if text.starts_with("<?xml") {
            text.find("?>").map(|end| end + 2)
        } else if text.starts_with("<!doctype html") {
            return "<html";
        } else if text.starts_with("<!doctype svg") {
            return "<svg";
        } else if text.starts_with("<!doctype") {
            text.find('>').map(|end| end + 1)
        } else {
            return text;
        };
        match end {
            Some(end) => text = text[end..].trim_start(),
            // A comment that never ends hides everything: no text for a reader.
            None => return "<html",
        }
    }
}
