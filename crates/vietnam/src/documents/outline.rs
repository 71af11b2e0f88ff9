//! The parts of a document's text, recognised line by line: phần, chương, mục, điều, khoản, điểm (Law 64/2025/QH15 and
//! Decree 78/2025/NĐ-CP on how legal documents are laid out).
//!
//! Any text gives an outline; what is not recognised stays as text where it stands, in order, and no line is lost. What
//! stands in quotation marks that are still open (the new words of an amended article) is text of the clause that quotes it.

use super::places::Places;
use crate::text::fold;

/// A kind of part, the largest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Phụ lục, at the end; holds text only.
    Annex,
    /// Phần.
    Part,
    /// Chương.
    Chapter,
    /// Mục.
    Section,
    /// Điều.
    Article,
    /// Khoản.
    Clause,
    /// Điểm.
    Point,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its kind.
    pub level: Level,
    /// Its number as printed: `II`, `12`, `a`; empty for an annex without one.
    pub number: String,
    /// Its heading; empty if it has none, as clauses and points.
    pub heading: String,
    /// Its own lines, before its parts.
    pub lines: Vec<String>,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// A text in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// What stands before the first part: the grounds of a decree, or all of a text without parts.
    pub before: Vec<String>,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// The outline of a text given by its lines (paragraphs). Empty lines are left out.
///
/// ```
/// use vietnam::documents::{Level, outline};
///
/// let text = "Căn cứ Luật …;\nChương I\nQUY ĐỊNH CHUNG\nĐiều 1. Phạm vi\n1. Nghị định này:\na) Một;\nb) Hai.\n2. Khác.";
/// let outline = outline(text.lines());
/// let chapter = &outline.parts[0];
/// assert_eq!((chapter.level, chapter.number.as_str(), chapter.heading.as_str()), (Level::Chapter, "I", "QUY ĐỊNH CHUNG"));
/// let article = &chapter.parts[0];
/// assert_eq!((article.heading.as_str(), article.parts.len()), ("Phạm vi", 2));
/// assert_eq!(article.parts[0].parts[1].lines, ["Hai."]);
/// ```
pub fn outline<'a>(lines: impl IntoIterator<Item = &'a str>) -> Outline {
    let mut outline = Outline::default();
    let mut places = Places::default();
    // The parts that are open, each inside the one before.
    let mut open: Vec<Part> = Vec::new();
    for line in lines.into_iter().map(str::trim).filter(|line| !line.is_empty()) {
        match places.begins(line) {
            Some(part) => {
                close(&mut open, &mut outline, part.level);
                open.push(part);
            }
            None => match open.last_mut() {
                None => outline.before.push(line.to_owned()),
                Some(part) if takes_heading(part) => part.heading = line.to_owned(),
                Some(part) => part.lines.push(line.to_owned()),
            },
        }
    }
    close(&mut open, &mut outline, Level::Annex);
    outline
}

/// Closes what is open down to where a part of this level belongs.
fn close(open: &mut Vec<Part>, outline: &mut Outline, level: Level) {
    while open.last().is_some_and(|part| part.level >= level) {
        let Some(part) = open.pop() else { return };
        match open.last_mut() {
            Some(above) => above.parts.push(part),
            None => outline.parts.push(part),
        }
    }
}

/// The heading of a chapter stands on the line below its number.
fn takes_heading(part: &Part) -> bool {
    part.level <= Level::Section && part.heading.is_empty() && part.lines.is_empty() && part.parts.is_empty()
}

/// The part that begins with this line, if one does. A line that is marked as a heading needs no mark behind its number.
pub(super) fn begun(line: &str, is_heading: bool) -> Option<Part> {
    let part = |level, number: &str, heading: &str, lines: Vec<String>| {
        Some(Part { level, number: number.to_owned(), heading: heading.to_owned(), lines, parts: Vec::new() })
    };
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    // Every line of a long text comes here: a word is folded only if it may be one of these.
    let may_be = first.starts_with(['P', 'C', 'M', 'Đ', 'D']);
    let large = match may_be.then(|| fold(first)).as_deref() {
        Some("phan") => Some(Level::Part),
        Some("chuong") => Some(Level::Chapter),
        Some("muc") => Some(Level::Section),
        Some("dieu") => Some(Level::Article),
        _ => None,
    };
    if let Some(level) = large {
        let (number, heading, marked) = numbered(rest)?;
        // "Điều 5 Nghị định này quy định…" is a sentence, "Điều 5. Hiệu lực" a heading.
        return (marked || is_heading || heading.is_empty())
            .then(|| part(level, number, heading, Vec::new()))
            .flatten();
    }
    if let Some(rest) = line.strip_prefix("PHỤ LỤC").filter(|rest| rest.is_empty() || rest.starts_with(' '))
    {
        return part(Level::Annex, rest.trim().trim_end_matches(['.', ':']), "", Vec::new());
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if (1..=3).contains(&digits)
        && let Some(text) =
            line[digits..].strip_prefix('.').filter(|text| text.starts_with(char::is_whitespace))
    {
        return part(Level::Clause, &line[..digits], "", vec![text.trim().to_owned()]);
    }
    let mut chars = line.chars();
    let letter = chars.next().filter(|c| c.is_lowercase())?;
    let text = chars.as_str().strip_prefix(')').filter(|text| text.starts_with(char::is_whitespace))?;
    part(Level::Point, &letter.to_string(), "", vec![text.trim().to_owned()])
}

/// `1. Phạm vi` → (`1`, `Phạm vi`, true): number, heading, and whether a mark stands between them.
fn numbered(rest: &str) -> Option<(&str, &str, bool)> {
    let rest = rest.trim();
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let (number, after) = rest.split_at(end);
    let counts = number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= 5
        || !number.is_empty() && number.bytes().all(|b| b"IVXLCDM".contains(&b));
    // "thứ nhất"; a longer line is a heading, and is not folded for nothing.
    if rest.chars().nth(20).is_none() && fold(rest).starts_with("thu ") {
        return Some((rest.trim_end_matches(['.', ':']), "", true));
    }
    let heading = after.trim_start().trim_start_matches(['.', ':', '-', '–']);
    counts.then(|| (number, heading.trim(), heading.len() < after.trim_start().len()))
}
