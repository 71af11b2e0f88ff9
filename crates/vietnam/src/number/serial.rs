//! The serial of a document's number: `42`, `01`, `66.22`, `08a`, `12bis`.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The running number that a registry gives: digits, perhaps a part after a dot (`66.22`, resolutions of the
/// Government on special mechanisms), perhaps a letter or `bis` (`08a`, `12bis`: a document squeezed in between two numbers).
///
/// It is shown as it was written, zeros included; two serials are equal if they mean the same number: `01` and `1` are.
#[derive(Clone, Debug)]
pub struct Serial {
    written: String,
    main: u32,
    part: Option<u32>,
    suffix: Option<String>,
}

impl Serial {
    /// A serial from its pieces as written; `digits` and `part` are ASCII digits that fit a `u32`.
    pub(super) fn new(digits: &str, part: Option<&str>, suffix: Option<&str>) -> Option<Serial> {
        let mut written = digits.to_owned();
        if let Some(part) = part {
            written.push('.');
            written.push_str(part);
        }
        written.extend(suffix);
        Some(Serial {
            main: digits.parse().ok()?,
            part: part.map(str::parse).transpose().ok()?,
            suffix: suffix.map(str::to_ascii_lowercase),
            written,
        })
    }

    /// The serial as written: `01`, `66.22`, `08a`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The number before the dot and the letters: 66 of `66.22`.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.main
    }

    /// The serial without filling zeros, in lower case: what searches and comparisons use. `08a` gives `8a`.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut plain = self.main.to_string();
        if let Some(part) = self.part {
            plain.push_str(&format!(".{part}"));
        }
        plain.extend(self.suffix.as_deref());
        plain
    }

    fn value(&self) -> (u32, Option<u32>, Option<&str>) {
        (self.main, self.part, self.suffix.as_deref())
    }
}

impl PartialEq for Serial {
    fn eq(&self, other: &Serial) -> bool {
        self.value() == other.value()
    }
}

impl Eq for Serial {}

impl Hash for Serial {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value().hash(state);
    }
}

impl PartialOrd for Serial {
    fn partial_cmp(&self, other: &Serial) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Serial {
    fn cmp(&self, other: &Serial) -> Ordering {
        self.value().cmp(&other.value())
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}
