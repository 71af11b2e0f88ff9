//! The bytes of these letters: one JSON object each. Unknown fields are ignored; reading names the field that is wrong.

use uuid::Uuid;

use super::{MAX_ANSWER, MAX_PART, MOST, Stage, Why};
use crate::entry::{Case, Code};
use crate::handover::WireError;
use crate::handover::wire::{head, headed, number, words};
use crate::help::wire::said;
use crate::json::{self, FieldError, Object, Writer};
use crate::names::Origin;

/// A part that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The agency that is to answer it.
    pub to: Origin,
    /// What it asks.
    pub words: String,
}

/// What an owner asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The epoch in which the writer owns the whole.
    pub epoch: u32,
    /// The parts, from the first to the last; none where they are known to be registered, and only how they stand is asked.
    pub parts: Vec<Wanted>,
}

/// A part as it stands where it was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its code at the portal at which the whole was asked.
    pub code: Code,
    /// The agency that answers for it.
    pub agency: Origin,
    /// Where it stands.
    pub stage: Stage,
    /// What was answered, without personal data; empty while nothing was.
    pub answer: String,
}

/// A letter about the parts of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Letter {
    /// They are asked for.
    Asks(Asked),
    /// How all of them stand.
    Lists {
        /// Greater than that of any list before.
        version: u32,
        /// Each, in the order in which they were asked for.
        parts: Vec<Listed>,
    },
    /// They are not registered.
    Refuses(Why),
}

/// A letter as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The whole.
    pub case: Case,
    /// The split's name.
    pub id: Uuid,
    /// What it says.
    pub letter: Letter,
}

impl Letter {
    /// The kind of the letter that it is the body of.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Letter::Asks(_) => "petition.split",
            Letter::Lists { .. } => "petition.parts",
            Letter::Refuses(_) => "petition.split-refused",
        }
    }

    /// The body.
    ///
    /// # Errors
    /// What [`Received::read`] would refuse.
    pub fn body(&self, case: &Case, id: Uuid) -> Result<Vec<u8>, WireError> {
        let mut json = headed(case, id);
        match self {
            Letter::Asks(Asked { epoch, parts }) => {
                json.whole("epoch", u64::from(*epoch)).raws("parts", parts.iter().map(wanted));
            }
            Letter::Lists { version, parts } => {
                json.whole("version", u64::from(*version)).raws("parts", parts.iter().map(listed));
            }
            Letter::Refuses(why) => {
                json.text("why", why);
            }
        }
        let body = json.end().into_bytes();
        Received::read(self.kind(), &body)?;
        Ok(body)
    }
}

fn wanted(part: &Wanted) -> String {
    let mut json = Writer::new();
    json.text("to", &part.to).text("words", &part.words);
    json.end()
}

fn listed(part: &Listed) -> String {
    let mut json = Writer::new();
    json.text("code", &part.code).text("agency", &part.agency);
    json.text("stage", part.stage).text("answer", &part.answer);
    json.end()
}

impl Received {
    /// Reads the body of a letter of this kind.
    ///
    /// # Errors
    /// Names what is wrong with which field.
    pub fn read(kind: &str, body: &[u8]) -> Result<Received, WireError> {
        let map = json::parse(body).map_err(WireError::NotJson)?;
        let top = Object::top(&map);
        let (case, id) = head(&top)?;
        let letter = match kind {
            "petition.split" => Letter::Asks(Asked {
                epoch: number(&top, "epoch", 1)?,
                parts: several(&top, 0, |part| {
                    Ok(Wanted { to: part.parsed("to")?, words: said(part, "words", MAX_PART)? })
                })?,
            }),
            "petition.parts" => Letter::Lists {
                version: number(&top, "version", 1)?,
                parts: several(&top, 2, |part| {
                    Ok(Listed {
                        code: part.parsed("code")?,
                        agency: part.parsed("agency")?,
                        stage: part.parsed("stage")?,
                        answer: words(part, "answer", MAX_ANSWER)?,
                    })
                })?,
            },
            // A reason that a later version knows is still a reason.
            "petition.split-refused" => Letter::Refuses(top.text("why")?.parse().unwrap_or(Why::Other)),
            _ => return Err(WireError::Kind(kind.chars().take(40).collect())),
        };
        Ok(Received { case, id, letter })
    }

    /// Of which case and which split a letter speaks that says more than can be read.
    #[must_use]
    pub fn about(body: &[u8]) -> Option<(Case, Uuid)> {
        let map = json::parse(body).ok()?;
        head(&Object::top(&map)).ok()
    }
}

/// The parts: two at least, or none where so few may be.
fn several<T>(
    top: &Object<'_>,
    least: usize,
    read: impl Fn(&Object<'_>) -> Result<T, FieldError>,
) -> Result<Vec<T>, FieldError> {
    let parts: Vec<T> = top.objects("parts", MOST)?.iter().map(read).collect::<Result<_, _>>()?;
    match parts.len() {
        0 if least == 0 => Ok(parts),
        0 | 1 => Err(top.error("parts", "must be two at least")),
        _ => Ok(parts),
    }
}
