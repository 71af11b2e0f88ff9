//! Word's `.docx`, read for its structure: the text, headings by their styles, lists by their numbering, tables, links, notes.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::blocks::{As, Document, Left};
use super::entities::resolved;
use crate::files::Archive;

/// The most bytes of one part of a file.
const MOST_PART: usize = 48 << 20;

/// What the parts beside the text say.
#[derive(Default)]
struct Beside {
    /// Headings by their style's id.
    headings: HashMap<String, u8>,
    /// Numbered lists by number and level; others have bullets.
    numbered: HashMap<(String, usize), bool>,
    /// Addresses by their id.
    links: HashMap<String, String>,
}

/// Reads a file; nothing if it is damaged or too large.
pub(super) fn read(bytes: &[u8]) -> Option<Document> {
    let archive = Archive::open(bytes).ok()?;
    let part = |name: &str| archive.read(name, MOST_PART).ok();
    let mut beside = Beside::default();
    if let Some(styles) = part("word/styles.xml") {
        beside.headings = headings(&styles);
    }
    if let Some(numbering) = part("word/numbering.xml") {
        beside.numbered = numbered(&numbering);
    }
    if let Some(links) = part("word/_rels/document.xml.rels") {
        beside.links = links_of(&links);
    }
    let mut document = Document::new();
    text(&archive.read("word/document.xml", MOST_PART).ok()?, &beside, &mut document)?;
    if let Some(notes) = part("word/footnotes.xml").filter(|notes| holds(notes, "w:footnoteRef")) {
        document.leave_out(Left::Notes);
        document.begin(As::Paragraph);
        text(&notes, &beside, &mut document)?;
    }
    if archive.names().any(|name| name == "word/comments.xml") {
        document.leave_out(Left::Comments);
    }
    Some(document.ended())
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

fn attribute(tag: &BytesStart<'_>, wanted: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|a| AsRef::<str>::as_ref(&a.key.local_name()) == wanted)?;
    Some(resolved(&found.value))
}

/// Calls back for every event of a part; nothing if it is no XML.
fn walk(xml: &[u8], mut on: impl FnMut(&Event<'_>)) -> Option<()> {
    let mut reader = Reader::from_reader(xml);
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Eof => return Some(()),
            event => on(&event),
        }
        buffer.clear();
    }
}

/// Styles that are headings: by outline level, or by the name that Word gives them in every language (`heading 1`, `Title`).
fn headings(xml: &[u8]) -> HashMap<String, u8> {
    let (mut all, mut id) = (HashMap::new(), String::new());
    let _ = walk(xml, |event| {
        let (Event::Start(tag) | Event::Empty(tag)) = event else { return };
        let value = attribute(tag, "val").unwrap_or_default();
        match tag.local_name().as_ref() {
            "style" => id = attribute(tag, "styleId").unwrap_or_default(),
            "name" if value.eq_ignore_ascii_case("title") => {
                all.insert(id.clone(), 1);
            }
            "name" => {
                let level =
                    value.to_ascii_lowercase().strip_prefix("heading ").and_then(|n| n.parse::<u8>().ok());
                all.extend(level.filter(|level| (1..=6).contains(level)).map(|level| (id.clone(), level)));
            }
            "outlineLvl" => {
                let level = value.parse::<u8>().ok().filter(|level| *level < 6);
                if let Some(level) = level {
                    all.entry(id.clone()).or_insert(level + 1);
                }
            }
            _ => {}
        }
    });
    all
}

/// Which lists count and which have bullets.
fn numbered(xml: &[u8]) -> HashMap<(String, usize), bool> {
    let mut kinds: HashMap<(String, usize), bool> = HashMap::new();
    let mut all = HashMap::new();
    let (mut id, mut number, mut level) = (String::new(), String::new(), 0);
    let _ = walk(xml, |event| {
        let (Event::Start(tag) | Event::Empty(tag)) = event else { return };
        let value = attribute(tag, "val").unwrap_or_default();
        match tag.local_name().as_ref() {
            "abstractNum" => id = attribute(tag, "abstractNumId").unwrap_or_default(),
            "lvl" => level = attribute(tag, "ilvl").and_then(|l| l.parse().ok()).unwrap_or(0),
            "numFmt" => {
                kinds.insert((id.clone(), level), !matches!(value.as_str(), "bullet" | "none"));
            }
            "num" => number = attribute(tag, "numId").unwrap_or_default(),
            "abstractNumId" => {
                for level in 0..9 {
                    if let Some(kind) = kinds.get(&(value.clone(), level)) {
                        all.insert((number.clone(), level), *kind);
                    }
                }
            }
            _ => {}
        }
    });
    all
}

fn links_of(xml: &[u8]) -> HashMap<String, String> {
    let mut all = HashMap::new();
    let _ = walk(xml, |event| {
        let (Event::Start(tag) | Event::Empty(tag)) = event else { return };
        if let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target")) {
            let small = target.to_ascii_lowercase();
            if ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| small.starts_with(scheme)) {
                all.insert(id, target);
            }
        }
    });
    all
}

/// A paragraph's own properties, gathered until its first run.
#[derive(Default)]
struct Paragraph {
    heading: Option<u8>,
    list: Option<(String, usize)>,
    begun: bool,
}

/// Elements whose text is not the document's: deleted, or said twice for older programs.
const SKIPPED: [&str; 5] = ["del", "moveFrom", "Fallback", "instrText", "delText"];

/// The text of a part.
fn text(xml: &[u8], beside: &Beside, document: &mut Document) -> Option<()> {
    let mut paragraph = Paragraph::default();
    let (mut skipping, mut in_text, mut hidden) = (0_usize, false, false);
    // Until a cell's first paragraph: over how many columns it goes.
    let mut cell: Option<u16> = None;
    walk(xml, |event| match event {
        Event::Start(tag) | Event::Empty(tag) => {
            let name = tag.local_name();
            let name: &str = name.as_ref();
            let empty = matches!(event, Event::Empty(_));
            if skipping > 0 || SKIPPED.contains(&name) {
                skipping += usize::from(!empty);
                if matches!(name, "del" | "moveFrom") {
                    document.leave_out(Left::Deleted);
                }
                return;
            }
            if matches!(name, "p" | "tbl")
                && let Some(across) = cell.take()
            {
                document.cell(false, across, 1);
            }
            let value = attribute(tag, "val").unwrap_or_default();
            let on = !matches!(value.as_str(), "0" | "false" | "none");
            match name {
                "p" => {
                    paragraph = Paragraph::default();
                    document.begin(As::Paragraph);
                }
                "pStyle" => paragraph.heading = beside.headings.get(&value).copied(),
                "outlineLvl" if paragraph.heading.is_none() => {
                    paragraph.heading =
                        value.parse::<u8>().ok().filter(|level| *level < 6).map(|level| level + 1);
                }
                "ilvl" => {
                    let id = paragraph.list.take().map(|(id, _)| id).unwrap_or_default();
                    paragraph.list = Some((id, value.parse().unwrap_or(0)));
                }
                "numId" => {
                    let level = paragraph.list.take().map_or(0, |(_, level)| level);
                    paragraph.list = (value != "0").then_some((value, level));
                }
                "r" => {
                    (document.strong, document.em, hidden) = (0, 0, false);
                    if !paragraph.begun {
                        paragraph.begun = true;
                        document.begin(kind(&paragraph, beside));
                    }
                }
                "b" if paragraph.begun => document.strong = usize::from(on),
                "i" if paragraph.begun => document.em = usize::from(on),
                "vanish" if paragraph.begun && on => {
                    hidden = true;
                    document.leave_out(Left::Hidden);
                }
                "t" => in_text = !empty,
                "tab" | "noBreakHyphen" if paragraph.begun && !hidden => {
                    document.text(if name == "tab" { " " } else { "-" });
                }
                "br" | "cr" if paragraph.begun => document.line_break(),
                "hyperlink" => {
                    document.link = attribute(tag, "id").and_then(|id| beside.links.get(&id).cloned())
                }
                "footnoteReference" => {
                    document.text(&format!("[{}]", attribute(tag, "id").unwrap_or_default()))
                }
                "footnote" => document.begin(As::Paragraph),
                "drawing" | "pict" | "object" => document.pictures += 1,
                "tbl" => document.begin_table(),
                "tr" => document.row(),
                "tc" => cell = Some(1),
                "gridSpan" => cell = Some(value.parse().unwrap_or(1)),
                _ => {}
            }
        }
        Event::End(tag) => {
            if skipping > 0 {
                skipping -= 1;
                return;
            }
            match tag.local_name().as_ref() {
                "t" => in_text = false,
                "p" => {
                    (document.strong, document.em) = (0, 0);
                    document.begin(As::Paragraph);
                }
                "hyperlink" => document.link = None,
                "tbl" => document.end_table(),
                _ => {}
            }
        }
        Event::Text(words) if in_text && skipping == 0 && !hidden => document.text(words),
        Event::CData(words) if in_text && skipping == 0 && !hidden => document.text(words),
        Event::GeneralRef(entity) if in_text && skipping == 0 && !hidden => {
            let entity: &str = entity;
            document.text(&resolved(&format!("&{entity};")));
        }
        _ => {}
    })
}

fn kind(paragraph: &Paragraph, beside: &Beside) -> As {
    match (paragraph.heading, &paragraph.list) {
        (Some(level), _) => As::Heading(level),
        (None, Some((id, level))) => {
            As::Element(level + 1, beside.numbered.get(&(id.clone(), *level)).copied().unwrap_or(false))
        }
        (None, None) => As::Paragraph,
    }
}
