//! The text of a document as far as it is cheaply read: enough to see a mark of secrecy.
//!
//! Word, Excel, PowerPoint and OpenDocument keep their text as XML in an archive; headers and text boxes, where marks stand, are
//! read too. Plain text is read in any Vietnamese encoding. PDF is read by `pdf`. A scan has no text, and older Word files
//! are not read: people remain responsible for both.

use quick_xml::Reader;
use quick_xml::events::Event;
use vietnam::text::legacy;

use super::Kind;
use super::pdf;
use super::zip::Archive;

/// So many bytes of XML are read of one document.
const MOST_XML: usize = 32 << 20;
/// So many bytes of plain text.
const MOST_TEXT: usize = 8 << 20;

/// The text of a document, a line for each paragraph and cell; empty if it has none that can be read.
pub fn text_of(kind: Kind, bytes: &[u8]) -> String {
    match kind {
        // Cells side by side, as in any other table.
        Kind::Csv => {
            let text = legacy::read(&bytes[..bytes.len().min(MOST_TEXT)]).text;
            text.replace([',', ';'], "\t").replace('"', "")
        }
        Kind::Text | Kind::Json | Kind::Xml => legacy::read(&bytes[..bytes.len().min(MOST_TEXT)]).text,
        Kind::Docx => parts(bytes, |name| {
            name.starts_with("word/")
                && name.ends_with(".xml")
                && !name.contains("theme")
                && !name.contains("styles")
        }),
        Kind::Xlsx => parts(bytes, |name| {
            name == "xl/sharedStrings.xml"
                || name.starts_with("xl/worksheets/")
                || name.starts_with("xl/drawings/")
        }),
        Kind::Pptx => parts(bytes, |name| name.starts_with("ppt/slide") && name.ends_with(".xml")),
        Kind::Odt | Kind::Ods | Kind::Odp => {
            parts(bytes, |name| matches!(name, "content.xml" | "styles.xml"))
        }
        Kind::Pdf => pdf::text_of(bytes),
        _ => String::new(),
    }
}

/// The text of the members of an archive that are wanted, as far as the allowance goes.
fn parts(bytes: &[u8], wanted: impl Fn(&str) -> bool) -> String {
    let Ok(archive) = Archive::open(bytes) else { return String::new() };
    let mut left = MOST_XML;
    let mut text = String::new();
    for name in archive.names().filter(|name| wanted(name)) {
        let Ok(xml) = archive.read(name, left) else { continue };
        left -= xml.len();
        lines_of(&xml, &mut text);
    }
    text
}

/// Elements of WordprocessingML, SpreadsheetML, DrawingML and OpenDocument that begin and end a line.
const LINES: [&str; 10] = ["p", "h", "tc", "tr", "si", "br", "cr", "txbxContent", "table-cell", "line-break"];

/// The text of XML: what stands between tags, divided where a reader would see a line end.
fn lines_of(xml: &[u8], out: &mut String) {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => divide(tag.local_name().as_ref(), out),
            Ok(Event::End(tag)) => divide(tag.local_name().as_ref(), out),
            Ok(Event::Empty(tag)) => divide(tag.local_name().as_ref(), out),
            Ok(Event::Text(text)) => out.push_str(&text),
            Ok(Event::CData(text)) => out.push_str(&text),
            Ok(Event::GeneralRef(entity)) => {
                out.push('&');
                out.push_str(&entity);
                out.push(';');
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
        buffer.clear();
    }
}

fn divide(name: &str, out: &mut String) {
    if name == "tab" || name == "s" {
        out.push('\t');
    } else if LINES.contains(&name) && !out.ends_with('\n') {
        out.push('\n');
    }
}
