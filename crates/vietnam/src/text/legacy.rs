//! Text from before Unicode: recognised, converted, shown before it is saved.
//!
//! Files and databases of the years before 2001 come in TCVN3 (the "ABC" fonts, `.VnTime`), VNI (`VNI-Times`), VIQR (mail) or
//! Windows-1258. Read as anything else they look like `Céng hoµ x· héi`. [`read`] takes bytes, [`read_text`] what
//! somebody pasted; both say what they recognised and how surely, and give samples to show beside the original. Text that is
//! already Unicode is never converted.
//!
//! How it decides: each encoding is tried, and the one whose words have the shape of Vietnamese syllables wins. A word or two
//! is little evidence, and the confidence says so.
//!
//! What no program can bring back: capitals of TCVN3, which were a font's affair (words all in capitals are guessed back), and
//! its `ư`, which is a soft hyphen elsewhere and often lost on the way.

mod tables;

use std::fmt;
use std::str::FromStr;

use super::{is_syllable, nfc};

/// How a text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Encoding {
    /// Unicode, composed or not.
    Unicode,
    /// TCVN 5712:1993, third table: the "ABC" fonts.
    Tcvn3,
    /// VNI for Windows: a letter and a mark in two bytes.
    Vni,
    /// VIQR (RFC 1456): marks as punctuation, `Vie^.t Nam`.
    Viqr,
    /// Windows-1258: letters with vowel marks, tones behind them.
    Windows1258,
}

impl Encoding {
    const LEGACY: [Encoding; 4] = [Encoding::Tcvn3, Encoding::Vni, Encoding::Windows1258, Encoding::Viqr];

    /// Its word in data and forms: `unicode`, `tcvn3`, `vni`, `viqr`, `windows-1258`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Unicode => "unicode",
            Encoding::Tcvn3 => "tcvn3",
            Encoding::Vni => "vni",
            Encoding::Viqr => "viqr",
            Encoding::Windows1258 => "windows-1258",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Encoding {
    type Err = String;

    fn from_str(word: &str) -> Result<Encoding, String> {
        Encoding::LEGACY
            .into_iter()
            .chain([Encoding::Unicode])
            .find(|encoding| encoding.as_str() == word)
            .ok_or_else(|| format!("encoding `{word}`: unicode, tcvn3, vni, viqr or windows-1258 expected"))
    }
}

/// What was recognised, to be shown before anything is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The encoding recognised; nothing if no encoding makes Vietnamese of it.
    pub encoding: Option<Encoding>,
    /// The text in NFC; if nothing was recognised, as it stands, each unreadable byte as its Windows-1252 letter.
    pub text: String,
    /// How sure that is, in percent. Below 80 a person should look.
    pub confidence: u8,
    /// Words before and after, the first that differ, at most [`SAMPLES`]: `("Céng", "Cộng")`.
    pub samples: Vec<(String, String)>,
    /// Letters that the encoding does not have; they stand in the text as they were.
    pub unreadable: usize,
}

/// How many words are shown as samples.
pub const SAMPLES: usize = 12;

/// A legacy encoding is believed from this share of Vietnamese syllables on.
const BELIEVED: f64 = 0.75;
/// Pasted text is touched only if that share grows by this much.
const CLEARLY_BETTER: f64 = 0.3;
/// And only if so many words speak for it.
const WITNESSES: usize = 2;

/// Reads bytes of unknown encoding. UTF-8 (also with a byte-order mark) is text; all else is tried as TCVN3, VNI
/// and Windows-1258.
///
/// ```
/// use vietnam::text::legacy::{Encoding, read};
///
/// let reading = read(b"C\xe9ng ho\xb5 x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam");
/// assert_eq!(reading.encoding, Some(Encoding::Tcvn3));
/// assert_eq!(reading.text, "Cộng hoà xã hội chủ nghĩa Việt Nam");
/// assert_eq!(reading.samples[0], ("Céng".to_owned(), "Cộng".to_owned()));
/// ```
#[must_use]
pub fn read(bytes: &[u8]) -> Reading {
    match std::str::from_utf8(bytes) {
        Ok(text) => read_text(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(_) => {
            let shown: String = bytes.iter().map(|byte| tables::windows_1252(*byte)).collect();
            let best = best(&shown, &Encoding::LEGACY[..3]).filter(|(_, try_)| try_.share() >= BELIEVED);
            best.map_or_else(|| unrecognised(&shown), |(encoding, try_)| reading(&shown, encoding, try_))
        }
    }
}

/// Reads text that somebody typed or pasted. It is converted only if it clearly is legacy text seen through a wrong table
/// (`Céng hoµ x· héi`) or VIQR; Unicode stays as it is, in NFC.
///
/// ```
/// use vietnam::text::legacy::{Encoding, read_text};
///
/// assert_eq!(read_text("Vie^.t Nam dda^'t nu*o*'c").text, "Việt Nam đất nước");
/// assert_eq!(read_text("Cà phê và bánh mì").encoding, Some(Encoding::Unicode));
/// ```
#[must_use]
pub fn read_text(text: &str) -> Reading {
    let unicode = || Reading {
        encoding: Some(Encoding::Unicode),
        text: nfc(text),
        confidence: 100,
        samples: Vec::new(),
        unreadable: 0,
    };
    let candidates: &[Encoding] = match text {
        text if text.chars().any(tables::is_unicode_alone) => return unicode(),
        text if text.is_ascii() => &[Encoding::Viqr],
        _ => &Encoding::LEGACY[..3],
    };
    let as_it_stands = Try::of(text.to_owned(), 0, false);
    match best(text, candidates) {
        Some((encoding, try_))
            if try_.share() >= BELIEVED.max(as_it_stands.share() + CLEARLY_BETTER)
                && try_.witnesses >= WITNESSES =>
        {
            reading(text, encoding, try_)
        }
        _ => unicode(),
    }
}

/// Reads bytes in an encoding that somebody who knows has named.
#[must_use]
pub fn read_as(bytes: &[u8], encoding: Encoding) -> Reading {
    let shown: String = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| tables::windows_1252(*byte)).collect(),
    };
    let (text, unreadable) = tables::decode(&shown, encoding);
    Reading { confidence: 100, ..reading(&shown, encoding, Try::of(text, unreadable, false)) }
}

/// One encoding, tried.
struct Try {
    text: String,
    unreadable: usize,
    /// Words that the encoding gave a letter beyond ASCII.
    marked: usize,
    /// Those of them that have the shape of a syllable.
    good: usize,
    /// Those of the good that speak for the encoding: of VIQR only what punctuation could not be.
    witnesses: usize,
}

impl Try {
    fn of(text: String, unreadable: usize, strict: bool) -> Try {
        let (mut marked, mut good, mut witnesses) = (0, 0, 0);
        for word in
            text.split(separates).filter(|word| !word.is_ascii() && word.contains(char::is_alphabetic))
        {
            marked += 1;
            if is_syllable(word) && is_cased_well(word) {
                good += 1;
                witnesses += usize::from(!strict || word.contains(tables::is_compound));
            }
        }
        Try { text, unreadable, marked, good, witnesses }
    }

    /// The share of its words that are Vietnamese; letters that it cannot read count against it.
    fn share(&self) -> f64 {
        let all = self.marked + self.unreadable;
        if all == 0 { 0.0 } else { self.good as f64 / all as f64 }
    }
}

/// What stands between words. Signs such as `§` and `®` do not: they are letters of TCVN3.
fn separates(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || c.is_ascii_digit()
        || ('\u{2010}'..='\u{205e}').contains(&c)
}

/// `Bộ`, `bộ`, `BỘ`; not `bỘ`, which is two tables mixed up.
fn is_cased_well(word: &str) -> bool {
    let mut rest = word.chars().skip(1);
    rest.clone().all(|c| !c.is_uppercase())
        || rest.all(|c| !c.is_lowercase()) && !word.starts_with(char::is_lowercase)
}

/// The candidate with the greatest share of Vietnamese words.
fn best(shown: &str, candidates: &[Encoding]) -> Option<(Encoding, Try)> {
    let mut best: Option<(Encoding, Try)> = None;
    for encoding in candidates {
        let (text, unreadable) = tables::decode(shown, *encoding);
        let one = Try::of(text, unreadable, *encoding == Encoding::Viqr);
        if best.as_ref().is_none_or(|(_, before)| one.share() > before.share()) {
            best = Some((*encoding, one));
        }
    }
    best
}

fn reading(shown: &str, encoding: Encoding, found: Try) -> Reading {
    let evidence = 1.0 - 1.0 / (2.0 + 2.0 * found.witnesses as f64);
    let confidence = (100.0 * found.share() * evidence).round().clamp(0.0, 99.0);
    let samples = shown
        .split_ascii_whitespace()
        .zip(found.text.split_ascii_whitespace())
        .filter(|(before, after)| before != after)
        .map(|(before, after)| (before.to_owned(), after.to_owned()))
        .take(SAMPLES)
        .collect();
    // From 0 to 99.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let confidence = confidence as u8;
    Reading { encoding: Some(encoding), text: found.text, confidence, samples, unreadable: found.unreadable }
}

fn unrecognised(shown: &str) -> Reading {
    let unreadable = shown.chars().filter(|c| !c.is_ascii()).count();
    Reading { encoding: None, text: nfc(shown), confidence: 0, samples: Vec::new(), unreadable }
}
