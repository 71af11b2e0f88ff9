//! The public record of a petition (protocol §2): that there is one, who owns it, what became of it; never what it says or whose
//! it is.
//!
//! A case is named by its code, the same at every agency. Whoever owns it last said `petition.registered` of it: at first
//! the portal at which it was asked, after a `petition.passed` the agency that took it over.

use jiff::civil::Date;

use super::Kind;
use crate::json::{FieldError, Object, Writer};
use crate::names::{ContentHash, Origin};
use crate::words::words;

/// The most bytes of a code.
const MOST_CODE: usize = 40;
/// The most bytes of a field's word.
const MOST_FIELD: usize = 60;

/// What a log says of a petition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Petition {
    /// Its code, for example `PAKN.20261123.0012.00004-6`.
    pub code: String,
    /// What happened to it.
    pub step: PetitionStep,
}

/// What happened to a petition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PetitionStep {
    /// `petition.registered`: the log's agency has it and answers for it.
    Registered {
        /// The kind of petition: a word of `a-z`, digits and hyphens.
        sort: String,
        /// The last day of the answer's clock, as it was counted then; none where no rule sets one.
        due: Option<Date>,
        /// What was sent, with a salt that its sender has: SHA-256, so that nobody else learns anything from it.
        commitment: ContentHash,
        /// Who handed it over; none where it was asked.
        from: Option<Origin>,
    },
    /// `petition.passed`: the log's agency hands it to another.
    Passed {
        /// To whom.
        to: Origin,
    },
    /// `petition.answered`: the answer was given.
    Answered {
        /// The answer as it was given, with a salt: SHA-256.
        commitment: ContentHash,
    },
    /// `petition.reopened`: its sender was not content.
    Reopened,
    /// `petition.closed`: it has ended.
    Closed {
        /// How.
        how: PetitionEnd,
    },
}

/// How a petition ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PetitionEnd {
    /// Answered, and the time to reopen it is over.
    Answered,
    /// Its sender took it back.
    Withdrawn,
    /// It is no petition in the sense of the law (a complaint, a denunciation), or cannot be handled.
    Outside,
}

words!(PetitionEnd, Answered = "answered", Withdrawn = "withdrawn", Outside = "outside");

impl PetitionStep {
    pub(super) fn word(&self) -> &'static str {
        match self {
            PetitionStep::Registered { .. } => "petition.registered",
            PetitionStep::Passed { .. } => "petition.passed",
            PetitionStep::Answered { .. } => "petition.answered",
            PetitionStep::Reopened => "petition.reopened",
            PetitionStep::Closed { .. } => "petition.closed",
        }
    }
}

pub(super) fn read(word: &str, top: &Object<'_>) -> Result<Option<Kind>, FieldError> {
    let step = match word {
        "petition.registered" => PetitionStep::Registered {
            sort: sort(top)?,
            due: due(top)?,
            commitment: top.parsed("commitment")?,
            from: top.parsed_if("from")?,
        },
        "petition.passed" => PetitionStep::Passed { to: top.parsed("to")? },
        "petition.answered" => PetitionStep::Answered { commitment: top.parsed("commitment")? },
        "petition.reopened" => PetitionStep::Reopened,
        "petition.closed" => PetitionStep::Closed { how: top.parsed("how")? },
        _ => return Ok(None),
    };
    Ok(Some(Kind::Petition(Petition { code: code(top)?, step })))
}

fn code(top: &Object<'_>) -> Result<String, FieldError> {
    let code = top.text("code")?;
    let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    if code.is_empty() || code.len() > MOST_CODE || !code.bytes().all(fits) {
        return Err(top.error("code", "must be 1 to 40 of A-Z, 0-9, dots and hyphens"));
    }
    Ok(code.to_owned())
}

fn sort(top: &Object<'_>) -> Result<String, FieldError> {
    let sort = top.text("sort")?;
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if sort.is_empty() || sort.len() > MOST_FIELD || !sort.bytes().all(fits) {
        return Err(top.error("sort", "must be 1 to 60 of a-z, digits and hyphens"));
    }
    Ok(sort.to_owned())
}

fn due(top: &Object<'_>) -> Result<Option<Date>, FieldError> {
    let Some(text) = top.text_if("due")? else { return Ok(None) };
    let day: Option<Date> = text.parse().ok().filter(|day: &Date| day.to_string() == text);
    day.map(Some).ok_or_else(|| top.error("due", "must be a day such as 2026-12-14"))
}

pub(super) fn write(petition: &Petition, line: &mut Writer) {
    line.text("code", &petition.code);
    match &petition.step {
        PetitionStep::Registered { sort, due, commitment, from } => {
            line.text("sort", sort).text_if("due", due.as_ref()).text("commitment", commitment);
            line.text_if("from", from.as_ref());
        }
        PetitionStep::Passed { to } => {
            line.text("to", to);
        }
        PetitionStep::Answered { commitment } => {
            line.text("commitment", commitment);
        }
        PetitionStep::Reopened => {}
        PetitionStep::Closed { how } => {
            line.text("how", how);
        }
    }
}
