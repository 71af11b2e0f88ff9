//! The bytes of these letters: one JSON object each. Unknown fields are ignored; reading names the field that is wrong.

use jiff::civil::Date;
use uuid::Uuid;

use crate::entry::Case;
use crate::handover::WireError;
use crate::handover::wire::{head, headed, number, words};
use crate::json::{self, FieldError, Object};

/// The most characters of what is asked or said, and of what the asker wrote.
const MAX_WORDS: usize = 20_000;
/// The most characters of a line.
const MAX_LINE: usize = 400;

/// What another agency is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The epoch in which the writer owns the case.
    pub epoch: u32,
    /// By which day it is to be said.
    pub due: Date,
    /// What is asked.
    pub question: String,
    /// Where it was, in the words of whoever sent the petition; may be empty.
    pub place: String,
    /// The code of the commune; may be empty.
    pub commune: String,
    /// What the petition says. Nothing of who sent it.
    pub words: String,
}

/// A letter about a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Letter {
    /// It is asked.
    Asks(Question),
    /// What whoever was asked says.
    Says {
        /// In words.
        words: String,
    },
    /// It is asked no more: what was read for it is to be forgotten.
    Ends,
}

/// A letter as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The case.
    pub case: Case,
    /// The question's name.
    pub id: Uuid,
    /// What it says.
    pub letter: Letter,
}

impl Letter {
    /// The kind of the letter that it is the body of.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Letter::Asks(_) => "petition.help",
            Letter::Says { .. } => "petition.helped",
            Letter::Ends => "petition.help-ended",
        }
    }

    /// The body.
    ///
    /// # Errors
    /// What [`Received::read`] would refuse.
    pub fn body(&self, case: &Case, id: Uuid) -> Result<Vec<u8>, WireError> {
        let mut json = headed(case, id);
        match self {
            Letter::Asks(asked) => {
                json.whole("epoch", u64::from(asked.epoch)).text("due", asked.due);
                json.text("question", &asked.question).text("place", &asked.place);
                json.text("commune", &asked.commune).text("words", &asked.words);
            }
            Letter::Says { words } => {
                json.text("words", words);
            }
            Letter::Ends => {}
        }
        let body = json.end().into_bytes();
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
        let map = json::parse(body).map_err(WireError::NotJson)?;
        let top = Object::top(&map);
        let (case, id) = head(&top)?;
        let letter = match kind {
            "petition.help" => Letter::Asks(Question {
                epoch: number(&top, "epoch", 1)?,
                due: top.parsed("due")?,
                question: said(&top, "question", MAX_WORDS)?,
                place: words(&top, "place", MAX_LINE)?,
                commune: words(&top, "commune", MAX_LINE)?,
                words: words(&top, "words", MAX_WORDS)?,
            }),
            "petition.helped" => Letter::Says { words: said(&top, "words", MAX_WORDS)? },
            "petition.help-ended" => Letter::Ends,
            _ => return Err(WireError::Kind(kind.chars().take(40).collect())),
        };
        Ok(Received { case, id, letter })
    }
}

/// A text of at most so many characters that says something.
pub(crate) fn said(object: &Object<'_>, key: &str, most: usize) -> Result<String, FieldError> {
    let text = words(object, key, most)?;
    if text.trim().is_empty() { Err(object.error(key, "must say something")) } else { Ok(text) }
}
