//! Documents marked Mật, Tối mật or Tuyệt mật (Law 117/2025/QH15 on state secrets): known by their mark, so that they can
//! be refused at every door.
//!
//! The mark is found as it stands on real documents: a line, a cell or a corner of its own, spaced out or framed,
//! beside the urgency, behind the symbol (`15/BC-UBND (M)`), in "Độ mật: …", in a file's name. A text that speaks of
//! secrets (a decree about them, passwords, cryptography, honey) has no such mark and passes. What a person disguises on
//! purpose is not found; what slips in by mistake is.

mod lines;
mod mark;

use std::fmt;
use std::ops::Range;

use lines::lines;

/// So many bytes of a file's name are looked at; no system has longer names.
const LONGEST_NAME: usize = 1_024;

/// How secret a document is, rising.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Degree {
    /// Mật.
    Secret,
    /// Tối mật.
    VerySecret,
    /// Tuyệt mật.
    TopSecret,
}

impl Degree {
    /// The degree in the words of the law: `Mật`, `Tối mật`, `Tuyệt mật`.
    #[must_use]
    pub fn vi(self) -> &'static str {
        match self {
            Degree::Secret => "Mật",
            Degree::VerySecret => "Tối mật",
            Degree::TopSecret => "Tuyệt mật",
        }
    }
}

impl fmt::Display for Degree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.vi())
    }
}

/// A mark that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What it says.
    pub degree: Degree,
    /// The bytes of the line, the cell or the name that bears it.
    pub range: Range<usize>,
}

/// The first mark in a text: plain text, Markdown or HTML. Any normal form; linear in its length.
///
/// ```
/// use vietnam::secret::{Degree, in_text};
///
/// let text = "ỦY BAN NHÂN DÂN\nSố: 15/BC-UBND\n\n  T Ố I   M Ậ T\n\nBÁO CÁO";
/// assert_eq!(in_text(text).unwrap().degree, Degree::VerySecret);
/// assert_eq!(in_text("Căn cứ Luật Bảo vệ bí mật nhà nước số 117/2025/QH15;"), None);
/// ```
#[must_use]
pub fn in_text(text: &str) -> Option<Mark> {
    let mut written = 0;
    for line in lines(text) {
        let head = written < mark::HEAD;
        written += usize::from(!line.text.trim().is_empty());
        if let Some(degree) = mark::of_line(&line.text, head) {
            return Some(Mark { degree, range: line.range });
        }
    }
    None
}

/// The mark in a title, a number or another single line: also `[MẬT] Kế hoạch …`, `Kế hoạch … (Tối mật)`, `12/QĐ-UBND (M)`.
///
/// ```
/// use vietnam::secret::in_line;
///
/// assert!(in_line("12/QĐ-UBND (M)").is_some());
/// assert!(in_line("Kế hoạch phòng thủ khu vực (Tuyệt mật)").is_some());
/// assert!(in_line("Quy định về MẬT MÃ DÂN SỰ").is_none());
/// ```
#[must_use]
pub fn in_line(line: &str) -> Option<Mark> {
    let plain = lines::plain(line);
    let degree = mark::of_line(&plain, true).or_else(|| mark::of_title(&plain))?;
    Some(Mark { degree, range: 0..line.len() })
}

/// The mark in a file's name: `QD-15 (MẬT).docx`, `bao-cao_TOI-MAT.pdf`. Without diacritics only what can be nothing
/// else: `giai-phong-mat-bang.pdf` and `benh-vien-mat.pdf` pass.
#[must_use]
pub fn in_name(name: &str) -> Option<Mark> {
    let degree = mark::of_name(&lines::plain(&name[..name.floor_char_boundary(LONGEST_NAME)]))?;
    Some(Mark { degree, range: 0..name.len() })
}
