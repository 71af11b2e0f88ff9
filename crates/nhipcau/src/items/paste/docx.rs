//! Word's `.docx`, read for its structure: the text, headings by their styles, lists by their numbering, tables, links, notes at
//! the foot and at the end by the numbers of their references, pictures with what Word says that they show.
//!
//! Parts are found by their exact names in the archive and read up to [`MOST_PART`] bytes each; no name is ever a path on a
//! disk, no entity is expanded, and what an archive claims of its sizes is not believed.

mod beside;

use std::collections::HashMap;

use quick_xml::events::Event;

use super::blocks::{As, Document, Left};
use super::entities::resolved;
use super::{MOST_PICTURES, Picture};
use crate::files::Archive;
use beside::{Beside, attribute, walk};

/// The most bytes of one part of a file.
const MOST_PART: usize = 48 << 20;
/// The most bytes of all its pictures together.
const MOST_OF_PICTURES: usize = 64 << 20;

/// What the text refers to, in the order in which it does.
#[derive(Default)]
struct Met {
    /// Notes by part (`footnote`, `endnote`) and id: their numbers from 1.
    notes: HashMap<(String, String), usize>,
    /// Parts that are pictures, each once, with the words for it.
    pictures: Vec<(String, String)>,
}

/// Reads a file, and its pictures; nothing if it is damaged or too large.
pub(super) fn read(bytes: &[u8]) -> Option<(Document, Vec<Picture>)> {
    let archive = Archive::open(bytes).ok()?;
    let part = |name: &str| archive.read(name, MOST_PART).ok();
    let mut beside = Beside::default();
    if let Some(styles) = part("word/styles.xml") {
        beside.styled(&styles);
    }
    if let Some(numbering) = part("word/numbering.xml") {
        beside.numbered(&numbering);
    }
    if let Some(links) = part("word/_rels/document.xml.rels") {
        beside.related(&links);
    }
    let (mut document, mut met) = (Document::new(), Met::default());
    text(&archive.read("word/document.xml", MOST_PART).ok()?, &beside, &mut met, &mut document)?;
    for kind in ["footnotes", "endnotes"] {
        let Some(notes) = part(&format!("word/{kind}.xml")) else { continue };
        if !met.notes.keys().any(|(of, _)| kind.starts_with(of.as_str())) {
            continue;
        }
        // The notes' links are their own.
        beside.related(&part(&format!("word/_rels/{kind}.xml.rels")).unwrap_or_default());
        document.leave_out(Left::Notes);
        document.begin(As::Paragraph);
        text(&notes, &beside, &mut met, &mut document)?;
    }
    if archive.names().any(|name| name == "word/comments.xml") {
        document.leave_out(Left::Comments);
    }
    let (mut pictures, mut room) = (Vec::new(), MOST_OF_PICTURES);
    for (name, alt) in met.pictures.into_iter().take(MOST_PICTURES) {
        // One that is damaged or too large is said to be left out.
        let Ok(bytes) = archive.read(&name, room) else { continue };
        room -= bytes.len();
        document.pictures = document.pictures.saturating_sub(1);
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        pictures.push(Picture { name, bytes, alt });
    }
    Some((document.ended(), pictures))
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
fn text(xml: &[u8], beside: &Beside, met: &mut Met, document: &mut Document) -> Option<()> {
    let mut paragraph = Paragraph::default();
    let (mut skipping, mut in_text, mut hidden) = (0_usize, false, false);
    // The number of the note under way, until its first words; what Word says that the next picture shows.
    let (mut number, mut shows) = (None::<usize>, String::new());
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
                        if let Some(number) = number.take() {
                            document.text(&format!("[{number}] "));
                        }
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
                "footnoteReference" | "endnoteReference" => {
                    let of = name.trim_end_matches("Reference").to_owned();
                    let next = met.notes.len() + 1;
                    let id = attribute(tag, "id").unwrap_or_default();
                    let number = *met.notes.entry((of, id)).or_insert(next);
                    document.text(&format!("[{number}]"));
                }
                "footnote" | "endnote" => {
                    document.begin(As::Paragraph);
                    let id = attribute(tag, "id").unwrap_or_default();
                    number = met.notes.get(&(name.to_owned(), id)).copied();
                }
                "docPr" => shows = attribute(tag, "descr").unwrap_or_default(),
                "blip" | "imagedata" => {
                    let id = attribute(tag, if name == "blip" { "embed" } else { "id" });
                    let part = id.and_then(|id| beside.pictures.get(&id).cloned());
                    let shows = std::mem::take(&mut shows);
                    let new = |part: &String| {
                        met.pictures.len() < MOST_PICTURES
                            && met.pictures.iter().all(|(known, _)| known != part)
                    };
                    if let Some(part) = part.filter(new) {
                        met.pictures.push((part, shows));
                    }
                }
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
            As::Element(level + 1, beside.lists.get(&(id.clone(), *level)).copied().unwrap_or(false))
        }
        (None, None) => As::Paragraph,
    }
}
