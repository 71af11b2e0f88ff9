//! The public record of a petition (protocol §2): what everybody may know of a case. Its code, its category, whose it is,
//! its dates, and a salted commitment to what was written; never a word of it, nor who wrote it.
//!
//! Each entry stands in the log of the agency that says it. What the entries of many logs say together is worked out by
//! [`crate::petition::Record`].

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::decode::content;
use super::encode::pointer;
use super::{ContentRef, Kind, Level};
use crate::json::{FieldError, Object, Writer};
use crate::names::{ContentHash, Origin};
use crate::words::words;

/// The code of a petition, for example `PAKN.20261123.0012.H56.03-K`: what it is, the day, a number of that day, the unit
/// that registered it, and a character against slips of the pen. Who gives codes knows how that character is worked out;
/// here it is only one of A-Z and 0-9.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(Arc<str>);

/// A case: the log in which it was registered, and its code there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Case {
    /// The log of the portal at which somebody asked.
    pub origin: Origin,
    /// The code that the asker was given.
    pub code: Code,
}

/// `petition.registered`: the log's portal has taken a petition and answers for it, in epoch 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The code.
    pub code: Code,
    /// What it is about: 1 to 80 of a-z, digits, dots and hyphens, for example `giao-thong.mat-duong`.
    pub category: String,
    /// The level that must answer, as far as it is known.
    pub level: Level,
    /// The day from which the days of its deadline are counted.
    pub received: Date,
    /// The last day for an answer, as the asker was told.
    pub due: Date,
    /// The hash of a salt and of what was written: the asker holds both, and can show that nothing was changed.
    pub commitment: ContentHash,
}

/// `petition.passed`: said by the new owner as it accepts, which is the moment of transfer; and by the former owner when it
/// has heard of it, which confirms it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The case.
    pub case: Case,
    /// Greater than every earlier one of the case.
    pub epoch: u32,
    /// Who owned it.
    pub from: Origin,
    /// Who owns it from now.
    pub to: Origin,
    /// Who decided so, if it was neither of them: an agency above both.
    pub by: Option<Origin>,
    /// As [`Registered::category`].
    pub category: String,
    /// As [`Registered::level`].
    pub level: Level,
    /// The last day for an answer.
    pub due: Date,
}

/// `petition.answered`: the owner has answered; once in each epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The case.
    pub case: Case,
    /// The epoch in which it owns it.
    pub epoch: u32,
    /// The answer with personal data masked, where it is published.
    pub content: Option<ContentRef>,
    /// The hash of the case's salt and of the answer as the asker has it.
    pub commitment: Option<ContentHash>,
}

/// `petition.reopened`: the owner looks at it again, because the asker said why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reopened {
    /// The case.
    pub case: Case,
    /// Greater than every earlier one of the case.
    pub epoch: u32,
    /// The last day for another answer.
    pub due: Date,
}

/// `petition.closed`: nothing more will be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The case.
    pub case: Case,
    /// The epoch in which the log's agency owns it.
    pub epoch: u32,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// It was answered.
    Answered,
    /// The asker took it back.
    Withdrawn,
    /// It is nothing that may be answered in this way, for example a denunciation; the asker was told where to go.
    Declined,
    /// Another case is about the same; its answer is this one's, too.
    Joined,
}
words!(Outcome, Answered = "answered", Withdrawn = "withdrawn", Declined = "declined", Joined = "joined");

const CODE: &str = "must be a code such as PAKN.20261123.0012.H56-K: capital letters, a day, a number of at least four \
                    digits, the unit's code, a hyphen and one character";

impl Code {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Code, &'static str> {
        let capital = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        let fine = || {
            let (front, check) = text.rsplit_once('-')?;
            let mut parts = front.splitn(4, '.');
            let (kind, day, number, unit) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
            let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
            let year = day.get(..4)?.parse().ok()?;
            Date::new(year, day.get(4..6)?.parse().ok()?, day.get(6..)?.parse().ok()?).ok()?;
            let fits = (2..=8).contains(&kind.len())
                && kind.bytes().all(|b| b.is_ascii_uppercase())
                && day.len() == 8
                && digits(day)
                && (4..=9).contains(&number.len())
                && digits(number)
                && unit.len() <= 35
                && unit.split('.').all(|part| !part.is_empty() && part.bytes().all(capital))
                && check.len() == 1
                && check.bytes().all(capital);
            fits.then_some(())
        };
        fine().map(|()| Code(Arc::from(text))).ok_or(CODE)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Code, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|error| D::Error::custom(format!("{text:?} {error}")))
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.code, self.origin)
    }
}

impl Kind {
    /// The case that a `petition.*` entry of this log speaks of; `None` of any other entry.
    #[must_use]
    pub fn petition(&self, log: &Origin) -> Option<Case> {
        match self {
            Kind::PetitionRegistered(said) => Some(Case { origin: log.clone(), code: said.code.clone() }),
            Kind::PetitionPassed(said) => Some(said.case.clone()),
            Kind::PetitionAnswered(said) => Some(said.case.clone()),
            Kind::PetitionReopened(said) => Some(said.case.clone()),
            Kind::PetitionClosed(said) => Some(said.case.clone()),
            _ => None,
        }
    }
}

pub(crate) fn day(object: &Object<'_>, key: &str) -> Result<Date, FieldError> {
    let text = object.text(key)?;
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
    day.ok_or_else(|| object.error(key, "must be a day such as 2026-12-21"))
}

pub(crate) fn case(object: &Object<'_>) -> Result<Case, FieldError> {
    Ok(Case { origin: object.parsed("origin")?, code: object.parsed("code")? })
}

pub(crate) fn category(object: &Object<'_>) -> Result<String, FieldError> {
    let text = object.text("category")?;
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    if !(1..=80).contains(&text.len()) || !text.bytes().all(fine) {
        return Err(object.error("category", "must be 1 to 80 of a-z, 0-9, dots and hyphens"));
    }
    Ok(text.to_owned())
}

/// The number of an epoch, from `least`.
pub(crate) fn epoch(object: &Object<'_>, least: u32) -> Result<u32, FieldError> {
    let number = u32::try_from(object.whole("epoch")?).ok().filter(|number| *number >= least);
    number.ok_or_else(|| object.error("epoch", format!("must be from {least} to 4,294,967,295")))
}

pub(super) fn registered(top: &Object<'_>) -> Result<Kind, FieldError> {
    Ok(Kind::PetitionRegistered(Registered {
        code: top.parsed("code")?,
        category: category(top)?,
        level: top.parsed("level")?,
        received: day(top, "received")?,
        due: day(top, "due")?,
        commitment: top.parsed("commitment")?,
    }))
}

pub(super) fn passed(top: &Object<'_>) -> Result<Kind, FieldError> {
    let (from, to): (Origin, Origin) = (top.parsed("from")?, top.parsed("to")?);
    if from == to {
        return Err(top.error("to", "must be another log than from"));
    }
    Ok(Kind::PetitionPassed(Passed {
        case: case(top)?,
        epoch: epoch(top, 2)?,
        from,
        to,
        by: top.parsed_if("by")?,
        category: category(top)?,
        level: top.parsed("level")?,
        due: day(top, "due")?,
    }))
}

pub(super) fn answered(top: &Object<'_>) -> Result<Kind, FieldError> {
    Ok(Kind::PetitionAnswered(Answered {
        case: case(top)?,
        epoch: epoch(top, 1)?,
        content: top.object_if("content")?.as_ref().map(content).transpose()?,
        commitment: top.parsed_if("commitment")?,
    }))
}

pub(super) fn reopened(top: &Object<'_>) -> Result<Kind, FieldError> {
    Ok(Kind::PetitionReopened(Reopened { case: case(top)?, epoch: epoch(top, 2)?, due: day(top, "due")? }))
}

pub(super) fn closed(top: &Object<'_>) -> Result<Kind, FieldError> {
    Ok(Kind::PetitionClosed(Closed {
        case: case(top)?,
        epoch: epoch(top, 1)?,
        outcome: top.parsed("outcome")?,
    }))
}

/// Writes a case and an epoch of it.
fn about(case: &Case, epoch: u32, line: &mut Writer) {
    line.text("origin", &case.origin).text("code", &case.code).whole("epoch", u64::from(epoch));
}

pub(super) fn write_registered(said: &Registered, line: &mut Writer) {
    line.text("code", &said.code).text("category", &said.category).text("level", said.level);
    line.text("received", said.received).text("due", said.due).text("commitment", said.commitment);
}

pub(super) fn write_passed(said: &Passed, line: &mut Writer) {
    about(&said.case, said.epoch, line);
    line.text("from", &said.from).text("to", &said.to).text_if("by", said.by.as_ref());
    line.text("category", &said.category).text("level", said.level).text("due", said.due);
}

pub(super) fn write_answered(said: &Answered, line: &mut Writer) {
    about(&said.case, said.epoch, line);
    if let Some(content) = &said.content {
        line.raw("content", &pointer(content));
    }
    line.text_if("commitment", said.commitment.as_ref());
}

pub(super) fn write_reopened(said: &Reopened, line: &mut Writer) {
    about(&said.case, said.epoch, line);
    line.text("due", said.due);
}

pub(super) fn write_closed(said: &Closed, line: &mut Writer) {
    about(&said.case, said.epoch, line);
    line.text("outcome", said.outcome);
}
