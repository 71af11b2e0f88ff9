//! The bytes of these letters: the body of a [`crate::letter::Letter`] of the kind that stands beside each.
//!
//! A body is one JSON object; that of an offer and of a question has its length before it (four bytes, the highest first) and
//! the dossier behind it. Unknown fields are ignored. Reading names the field that is wrong.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::desk::Desk;
use super::letter::{Bounce, Letter, Offer, Question, Refusal, Said, Status, What};
use crate::entry::Case;
use crate::json::{self, FieldError, Object, Writer};
use crate::names::Origin;
use crate::petition::State;

/// The most characters that one side says at once.
pub const MAX_WORDS: usize = 20_000;
/// The most characters of a reason.
const MAX_REASON: usize = 4_000;
/// The most bytes of what a portal says beside a status.
const MAX_ABOUT: usize = 20_000;
/// The most that is said in one case.
const MAX_SAID: usize = 2_000;
/// The most refusals that are remembered.
const MAX_BOUNCES: usize = 100;

/// A letter about a case, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The case.
    pub case: Case,
    /// What it says.
    pub letter: Letter,
    /// What goes with an offer or a question; empty with any other letter.
    pub dossier: Vec<u8>,
}

/// Why a body is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// No kind of these letters.
    #[error("{0:?} is no kind of letter about a petition")]
    Kind(String),
    /// Cut off before its end.
    #[error("the letter is shorter than it says")]
    Short,
    /// Not a JSON object in UTF-8, or one with a repeated key.
    #[error("the letter is not JSON: {0}")]
    NotJson(String),
    /// A field is missing or wrong.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// What is kept of a case cannot be read.
    #[error("what is kept of the petition cannot be read: {0}")]
    Desk(String),
}

impl Letter {
    /// The kind of the letter that it is the body of.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Letter::Offer(_) => "petition.offer",
            Letter::Accept { .. } => "petition.accept",
            Letter::Refuse { .. } => "petition.refuse",
            Letter::Cancel { .. } => "petition.cancel",
            Letter::Decide(_) => "petition.decide",
            Letter::Decided { .. } => "petition.decided",
            Letter::Status(_) => "petition.status",
            Letter::Heard { .. } => "petition.heard",
            Letter::Said(said) => match said.what {
                What::Asks | What::Tells => "petition.message",
                What::Answers => "petition.answer",
                What::Rates(_) => "petition.rating",
                What::Reopens => "petition.reopen",
                What::Withdraws => "petition.withdraw",
            },
        }
    }

    /// True if the dossier goes with it.
    #[must_use]
    pub fn has_dossier(&self) -> bool {
        matches!(self, Letter::Offer(_) | Letter::Decide(_))
    }

    /// The body. `dossier` goes with an offer and a question, and is left out of any other letter.
    ///
    /// # Errors
    /// What [`Received::read`] would refuse.
    pub fn body(&self, case: &Case, dossier: &[u8]) -> Result<Vec<u8>, WireError> {
        let mut json = Writer::new();
        json.text("origin", &case.origin).text("code", &case.code);
        write(self, &mut json);
        let said = json.end().into_bytes();
        let mut body = Vec::with_capacity(4 + said.len() + dossier.len());
        if self.has_dossier() {
            body.extend(u32::try_from(said.len()).map_err(|_| WireError::Short)?.to_be_bytes());
        }
        body.extend(said);
        if self.has_dossier() {
            body.extend_from_slice(dossier);
        }
        Received::read(self.kind(), &body)?;
        Ok(body)
    }
}

impl Received {
    /// Reads the body of a letter of this kind.
    ///
    /// # Errors
    /// Names what is wrong with which field.
    pub fn read(kind: &str, body: &[u8]) -> Result<Received, WireError> {
        let (said, dossier) = match kind {
            "petition.offer" | "petition.decide" => {
                let (length, rest) = body.split_first_chunk::<4>().ok_or(WireError::Short)?;
                rest.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or(WireError::Short)?
            }
            _ => (body, &[][..]),
        };
        let map = json::parse(said).map_err(WireError::NotJson)?;
        let top = Object::top(&map);
        let case = Case { origin: top.parsed("origin")?, code: top.parsed("code")? };
        Ok(Received { case, letter: read(kind, &top)?, dossier: dossier.to_vec() })
    }
}

impl Desk {
    /// What is kept of a case, as one line of JSON.
    ///
    /// # Errors
    /// Never of a desk that came about by events.
    pub fn encode(&self) -> Result<String, WireError> {
        serde_json::to_string(self).map_err(|error| WireError::Desk(error.to_string()))
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// Names what is wrong.
    pub fn decode(text: &str) -> Result<Desk, WireError> {
        serde_json::from_str(text).map_err(|error| WireError::Desk(error.to_string()))
    }
}

fn write(letter: &Letter, json: &mut Writer) {
    let number = u64::from;
    match letter {
        Letter::Offer(offer) => {
            json.whole("epoch", number(offer.epoch)).text("to", &offer.to).text("home", &offer.home);
            json.text_if("by", offer.by.as_ref())
                .raw("reopened", if offer.reopened { "true" } else { "false" });
            json.raws("refusals", offer.refusals.iter().map(bounce));
            json.raws("thread", offer.thread.iter().map(|said| write_said(said, &mut Writer::new()).end()));
            json.texts("owed", offer.owed.iter().map(|id| id.hyphenated()));
        }
        Letter::Accept { epoch, to } | Letter::Cancel { epoch, to } => {
            json.whole("epoch", number(*epoch)).text("to", to);
        }
        Letter::Refuse { epoch, why } => {
            json.whole("epoch", number(*epoch));
            match why {
                Refusal::Cancelled => json.text("why", "cancelled"),
                Refusal::NotOurs { reason, proposed } => {
                    json.text("why", "not-ours").text("reason", reason).text_if("proposed", proposed.as_ref())
                }
            };
        }
        Letter::Decide(question) => {
            json.whole("epoch", number(question.epoch)).text("above", &question.above);
            json.raws("refusals", question.refusals.iter().map(bounce));
        }
        Letter::Decided { epoch, owner } => {
            json.whole("epoch", number(*epoch)).text("owner", owner);
        }
        Letter::Status(status) => {
            json.whole("epoch", number(status.epoch)).whole("seq", number(status.seq));
            let (word, outcome) = match status.state {
                State::Open => ("open", None),
                State::Answered => ("answered", None),
                State::Closed(outcome) => ("closed", Some(outcome)),
            };
            json.text("state", word).text_if("outcome", outcome).text_if("handing", status.handing.as_ref());
            json.texts("heard", status.heard.iter().map(|id| id.hyphenated())).text("about", &status.about);
        }
        Letter::Said(said) => {
            write_said(said, json);
        }
        Letter::Heard { epoch, seq, ids } => {
            json.whole("epoch", number(*epoch)).whole("seq", number(*seq));
            json.texts("ids", ids.iter().map(|id| id.hyphenated()));
        }
    }
}

fn write_said<'a>(said: &Said, json: &'a mut Writer) -> &'a mut Writer {
    json.text("id", said.id.hyphenated()).whole("epoch", u64::from(said.epoch));
    let (word, rating) = match said.what {
        What::Asks => ("asks", None),
        What::Tells => ("tells", None),
        What::Answers => ("answers", None),
        What::Rates(rating) => ("rates", Some(rating)),
        What::Reopens => ("reopens", None),
        What::Withdraws => ("withdraws", None),
    };
    json.text("what", word).text_if("rating", rating).text("words", &said.words)
}

fn bounce(bounce: &Bounce) -> String {
    let mut json = Writer::new();
    json.text("by", &bounce.by).text("reason", &bounce.reason).text_if("proposed", bounce.proposed.as_ref());
    json.end()
}

fn read(kind: &str, top: &Object<'_>) -> Result<Letter, WireError> {
    let epoch = |least: u64| number(top, "epoch", least);
    Ok(match kind {
        "petition.offer" => Letter::Offer(Offer {
            epoch: epoch(2)?,
            to: top.parsed("to")?,
            home: top.parsed("home")?,
            by: top.parsed_if("by")?,
            reopened: top.truth("reopened")?,
            refusals: bounces(top)?,
            thread: top.objects("thread", MAX_SAID)?.iter().map(said).collect::<Result<_, _>>()?,
            owed: ids(top, "owed")?,
        }),
        "petition.accept" => Letter::Accept { epoch: epoch(2)?, to: top.parsed("to")? },
        "petition.cancel" => Letter::Cancel { epoch: epoch(2)?, to: top.parsed("to")? },
        "petition.refuse" => Letter::Refuse {
            epoch: epoch(2)?,
            why: match top.text("why")? {
                "cancelled" => Refusal::Cancelled,
                "not-ours" => Refusal::NotOurs { reason: reason(top)?, proposed: top.parsed_if("proposed")? },
                _ => return Err(top.error("why", "must be one of cancelled, not-ours").into()),
            },
        },
        "petition.decide" => Letter::Decide(Question {
            epoch: epoch(2)?,
            above: top.parsed("above")?,
            refusals: bounces(top)?,
        }),
        "petition.decided" => Letter::Decided { epoch: epoch(2)?, owner: top.parsed("owner")? },
        "petition.status" => Letter::Status(Status {
            epoch: epoch(1)?,
            seq: number(top, "seq", 1)?,
            state: state(top)?,
            handing: top.parsed_if("handing")?,
            heard: ids(top, "heard")?.into_iter().collect::<BTreeSet<Uuid>>(),
            about: words(top, "about", MAX_ABOUT)?,
        }),
        "petition.heard" => {
            Letter::Heard { epoch: epoch(0)?, seq: number(top, "seq", 0)?, ids: ids(top, "ids")? }
        }
        "petition.message" | "petition.answer" | "petition.rating" | "petition.reopen"
        | "petition.withdraw" => {
            let letter = Letter::Said(said(top)?);
            if letter.kind() != kind {
                return Err(top.error("what", format!("is nothing that a {kind} says")).into());
            }
            letter
        }
        _ => return Err(WireError::Kind(kind.chars().take(40).collect())),
    })
}

/// The head of a letter about something of a case that has a name of its own.
pub(crate) fn headed(case: &Case, id: Uuid) -> Writer {
    let mut json = Writer::new();
    json.text("origin", &case.origin).text("code", &case.code).text("id", id.hyphenated());
    json
}

/// The case, and what of it such a letter is about.
pub(crate) fn head(top: &Object<'_>) -> Result<(Case, Uuid), FieldError> {
    let case = Case { origin: top.parsed("origin")?, code: top.parsed("code")? };
    Ok((case, one_id(top, "id", top.text("id")?)?))
}

/// A whole number of at least so much.
pub(crate) fn number(object: &Object<'_>, key: &str, least: u64) -> Result<u32, FieldError> {
    let number = object.whole(key)?;
    let fits = u32::try_from(number).ok().filter(|_| number >= least);
    fits.ok_or_else(|| object.error(key, format!("must be from {least} to 4,294,967,295")))
}

/// A text of at most so many characters.
pub(crate) fn words(object: &Object<'_>, key: &str, most: usize) -> Result<String, FieldError> {
    let text = object.text(key)?;
    if text.chars().count() > most {
        return Err(object.error(key, format!("has more than {most} characters")));
    }
    Ok(text.to_owned())
}

fn reason(object: &Object<'_>) -> Result<String, FieldError> {
    let text = words(object, "reason", MAX_REASON)?;
    if text.trim().is_empty() { Err(object.error("reason", "must say why")) } else { Ok(text) }
}

fn bounces(object: &Object<'_>) -> Result<Vec<Bounce>, FieldError> {
    let each = |object: &Object<'_>| {
        let (by, proposed): (Origin, Option<Origin>) = (object.parsed("by")?, object.parsed_if("proposed")?);
        Ok(Bounce { by, reason: reason(object)?, proposed })
    };
    object.objects("refusals", MAX_BOUNCES)?.iter().map(each).collect()
}

fn ids(object: &Object<'_>, key: &str) -> Result<Vec<Uuid>, FieldError> {
    object.texts(key, MAX_SAID)?.into_iter().map(|text| one_id(object, key, text)).collect()
}

/// A name in the one form in which it is written.
fn one_id(object: &Object<'_>, key: &str, text: &str) -> Result<Uuid, FieldError> {
    let id = Uuid::try_parse(text).ok().filter(|id| id.hyphenated().to_string() == text);
    id.ok_or_else(|| object.error(key, "must be a UUID in lower-case hyphenated form"))
}

fn state(object: &Object<'_>) -> Result<State, FieldError> {
    match object.text("state")? {
        "open" => Ok(State::Open),
        "answered" => Ok(State::Answered),
        "closed" => Ok(State::Closed(object.parsed("outcome")?)),
        _ => Err(object.error("state", "must be one of open, answered, closed")),
    }
}

fn said(object: &Object<'_>) -> Result<Said, FieldError> {
    let what = match object.text("what")? {
        "asks" => What::Asks,
        "tells" => What::Tells,
        "answers" => What::Answers,
        "rates" => What::Rates(object.parsed("rating")?),
        "reopens" => What::Reopens,
        "withdraws" => What::Withdraws,
        _ => {
            return Err(
                object.error("what", "must be one of asks, tells, answers, rates, reopens, withdraws")
            );
        }
    };
    Ok(Said {
        id: one_id(object, "id", object.text("id")?)?,
        epoch: number(object, "epoch", 1)?,
        what,
        words: words(object, "words", MAX_WORDS)?,
    })
}
