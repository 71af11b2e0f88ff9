//! Plain language: what in a text a reader will stumble over, said before it is published.
//!
//! [`check`] finds long sentences and paragraphs, abbreviations that are nowhere explained, names of abolished provinces,
//! districts, communes and ministries with what became of them, days that do not exist or fall on another day of the week,
//! letters that only look right, double spaces, and personal data that are about to become public. It changes nothing and
//! forbids nothing: every finding has its place, a sentence in both languages, and where it can, words to put there
//! instead. Linear in the length of the text; a finding never repeats personal data.

mod abbreviations;
mod agencies;
mod dates;
mod letters;
mod names;
mod old_units;
mod personal;
mod sentences;
mod sheet;

use std::fmt;
use std::ops::Range;

use jiff::civil::Date;

pub use abbreviations::{Abbreviation, abbreviation, abbreviations, parse_abbreviations};
use sheet::Sheet;

/// So many findings of one concern are told; a text with more is mended in turns.
pub const MOST: usize = 100;

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concern {
    /// Personal data are about to be published.
    PersonalData,
    /// A day that does not exist, or falls on another day of the week.
    Date,
    /// A province, district or commune that is no more.
    OldUnit,
    /// A ministry or another body that is no more.
    OldAgency,
    /// An abbreviation that is not explained.
    Abbreviation,
    /// A sentence that is hard to read for its length.
    LongSentence,
    /// A paragraph that is hard to read for its length.
    LongParagraph,
    /// Letters that are not what they seem: decomposed, of another script, invisible.
    Letters,
    /// Spaces too many.
    Spaces,
}

impl Concern {
    /// Its word in data: `old-unit`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Concern::PersonalData => "personal-data",
            Concern::Date => "date",
            Concern::OldUnit => "old-unit",
            Concern::OldAgency => "old-agency",
            Concern::Abbreviation => "abbreviation",
            Concern::LongSentence => "long-sentence",
            Concern::LongParagraph => "long-paragraph",
            Concern::Letters => "letters",
            Concern::Spaces => "spaces",
        }
    }
}

impl fmt::Display for Concern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much a finding weighs, rising.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Consider it; it may be right as it stands.
    Advice,
    /// It is most likely wrong.
    Mistake,
    /// Somebody may be harmed.
    Danger,
}

impl Weight {
    /// Its word in data: `advice`, `mistake`, `danger`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Weight::Advice => "advice",
            Weight::Mistake => "mistake",
            Weight::Danger => "danger",
        }
    }
}

/// Something that a reader will stumble over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The bytes of the text that are meant; never empty.
    pub range: Range<usize>,
    /// What it is about.
    pub concern: Concern,
    /// How much it weighs.
    pub weight: Weight,
    /// What is wrong and how to mend it, in Vietnamese.
    pub vi: String,
    /// The same in English.
    pub en: String,
    /// Words to put in its place; an empty text to leave it out.
    pub suggestion: Option<String>,
}

/// All findings of a text, in its order. `day`: the day on which the text is published; what was abolished after it
/// still stands. Any text, plain or Markdown, in any normal form; never fails.
///
/// ```
/// use jiff::civil::date;
/// use vietnam::plain::{Concern, check};
///
/// let found = check("UBND tỉnh Hà Giang họp thứ Hai, ngày 24/11/2026.", date(2026, 11, 26));
/// let concerns: Vec<_> = found.iter().map(|finding| finding.concern).collect();
/// assert_eq!(concerns, [Concern::Abbreviation, Concern::OldUnit, Concern::Date]);
/// assert_eq!(found[1].suggestion.as_deref(), Some("tỉnh Tuyên Quang"));
/// assert!(found[2].vi.contains("thứ Ba"));
/// ```
#[must_use]
pub fn check(text: &str, day: Date) -> Vec<Finding> {
    let sheet = Sheet::of(text);
    let mut found = Vec::new();
    for rule in [personal::find, dates::find, abbreviations::find, sentences::find, letters::find] {
        found.extend(rule(&sheet).into_iter().take(MOST));
    }
    found.extend(old_units::find(&sheet, day).into_iter().take(MOST));
    found.extend(agencies::find(&sheet, day).into_iter().take(MOST));
    found.sort_by_key(|finding| (finding.range.start, finding.range.end, finding.concern));
    found
}
