//! What the parts beside a Word text say: which styles are headings, which lists count, where links and pictures lie.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::items::paste::entities::resolved;

/// What the parts beside the text say.
#[derive(Default)]
pub(super) struct Beside {
    /// Headings by their style's id.
    pub(super) headings: HashMap<String, u8>,
    /// Numbered lists by number and level; others have bullets.
    pub(super) lists: HashMap<(String, usize), bool>,
    /// Addresses by their id.
    pub(super) links: HashMap<String, String>,
    /// Parts of the archive that are pictures, by their id.
    pub(super) pictures: HashMap<String, String>,
}

impl Beside {
    /// Styles that are headings: by outline level, or by the name that Word gives them in every language (`heading 1`, `Title`).
    pub(super) fn styled(&mut self, xml: &[u8]) {
        let (all, mut id) = (&mut self.headings, String::new());
        let _ = walk(xml, |event| {
            let (Event::Start(tag) | Event::Empty(tag)) = event else { return };
            let value = attribute(tag, "val").unwrap_or_default();
            match tag.local_name().as_ref() {
                "style" => id = attribute(tag, "styleId").unwrap_or_default(),
                "name" if value.eq_ignore_ascii_case("title") => {
                    all.insert(id.clone(), 1);
                }
                "name" => {
                    let level = value
                        .to_ascii_lowercase()
                        .strip_prefix("heading ")
                        .and_then(|n| n.parse::<u8>().ok());
                    all.extend(
                        level.filter(|level| (1..=6).contains(level)).map(|level| (id.clone(), level)),
                    );
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
    }

    /// Which lists count and which have bullets.
    pub(super) fn numbered(&mut self, xml: &[u8]) {
        let mut kinds: HashMap<(String, usize), bool> = HashMap::new();
        let all = &mut self.lists;
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
    }

    /// Where the links and pictures of a part lie; those of the part before are forgotten.
    pub(super) fn related(&mut self, xml: &[u8]) {
        self.links.clear();
        self.pictures.clear();
        let _ = walk(xml, |event| {
            let (Event::Start(tag) | Event::Empty(tag)) = event else { return };
            let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target")) else { return };
            let small = target.to_ascii_lowercase();
            let outside =
                attribute(tag, "TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
            if ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| small.starts_with(scheme)) {
                self.links.insert(id, target);
            } else if !outside && attribute(tag, "Type").is_some_and(|kind| kind.ends_with("/image")) {
                // From the archive's root, or from the folder of the text; nothing leads out of it.
                let inside = target.strip_prefix('/').map(str::to_owned);
                self.pictures.insert(id, inside.unwrap_or_else(|| format!("word/{target}")));
            }
        });
    }
}

/// An attribute of an element, whatever its prefix.
pub(super) fn attribute(tag: &BytesStart<'_>, wanted: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|a| AsRef::<str>::as_ref(&a.key.local_name()) == wanted)?;
    Some(resolved(&found.value))
}

/// Calls back for every event of a part; nothing if it is no XML.
pub(super) fn walk(xml: &[u8], mut on: impl FnMut(&Event<'_>)) -> Option<()> {
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
