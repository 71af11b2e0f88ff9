//! The table "thành phần hồ sơ", whose cells its source ran together: a paper, then how many originals and copies.

use crate::text::nfc;

/// The heads of the table's columns, run together.
const HEADS: [&str; 2] = ["Tên giấy tờMẫu đơn, tờ khaiSố lượng", "Giấy tờ phải nộpMẫu đơn, tờ khaiSố lượng"];
const ORIGINALS: &str = "Bản chính:";
const COPIES: &str = "Bản sao:";

/// A paper that belongs to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// What it is.
    pub name: String,
    /// How many originals, if it is said.
    pub originals: Option<u32>,
    /// How many copies, if it is said.
    pub copies: Option<u32>,
}

/// Reads the table: a paper ends with its counts (`Bản chính: 1Bản sao: 0`, `Bản chính: 1 - Bản sao: 2`). Without any counts each
/// line is a paper; counts without a paper before them are left as text. Never fails.
///
/// ```
/// use vietnam::procedures::papers;
///
/// let read = papers("Tờ khaiBản chính: 1Bản sao: 0Giấy chứng sinhBản chính: 0 - Bản sao: 2");
/// assert_eq!(read.len(), 2);
/// assert_eq!((read[1].name.as_str(), read[1].originals, read[1].copies), ("Giấy chứng sinh", Some(0), Some(2)));
/// ```
#[must_use]
pub fn papers(text: &str) -> Vec<Paper> {
    let text = nfc(text.trim());
    let mut rest = HEADS.iter().find_map(|head| text.strip_prefix(head)).unwrap_or(&text);
    let mut papers = Vec::new();
    let mut from = 0;
    while let Some(at) = rest[from..].find(ORIGINALS).map(|at| from + at) {
        let name = named(&rest[..at]);
        match counts(&rest[at..]) {
            Some((originals, copies, after)) if !name.is_empty() => {
                papers.push(Paper { name, originals: Some(originals), copies });
                rest = after;
                from = 0;
            }
            _ => from = at + ORIGINALS.len(),
        }
    }
    if papers.is_empty() {
        let lines = rest.lines().map(named).filter(|name| !name.is_empty());
        return lines.map(|name| Paper { name, ..Paper::default() }).collect();
    }
    let last = named(rest);
    if !last.is_empty() {
        papers.push(Paper { name: last, ..Paper::default() });
    }
    papers
}

fn named(text: &str) -> String {
    text.trim().trim_start_matches(['-', '–', '•', '+', ';', ',']).trim().to_owned()
}

/// Originals, copies, and what follows.
fn counts(text: &str) -> Option<(u32, Option<u32>, &str)> {
    let (originals, after) = count(text.strip_prefix(ORIGINALS)?)?;
    let gap = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | ',' | ';'));
    match gap.strip_prefix(COPIES).and_then(count) {
        Some((copies, after)) => Some((originals, Some(copies), after)),
        None => Some((originals, None, after)),
    }
}

fn count(text: &str) -> Option<(u32, &str)> {
    let text = text.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    Some((text[..digits].parse().ok()?, &text[digits..]))
}
