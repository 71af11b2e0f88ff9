//! What portals tell each other of a case in words: a step as everybody reads it, and how the case stands beside its state.

use network::names::Origin;
use serde::{Deserialize, Serialize};

use super::super::store::Case;
use super::super::store::steps::{Named, Step};

/// The most characters of what is told at once (`network::handover::MAX_WORDS`), less what JSON adds.
const MOST: usize = 19_000;

/// A step of a case, as its sender and its owner read it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Told {
    /// What happened.
    pub act: String,
    /// When, in microseconds, by the clock of who tells it.
    pub at: i64,
    /// In words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// A fact beside it: the log of an agency, a number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What readers see of an answer: the question and the reply, masked; nothing if it is not published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<(String, String)>,
    /// The files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Listed>,
}

/// A file by its name; its bytes come by letters of their own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Listed {
    /// Its number beside its step.
    pub n: i64,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// Its SHA-256 in hex.
    pub sha256: String,
}

impl Listed {
    /// As it is listed here.
    pub fn of(file: &Named) -> Listed {
        Listed {
            n: file.n,
            name: file.name.clone(),
            media: file.media.clone(),
            sha256: hex::encode(&file.sha256),
        }
    }
}

impl Told {
    /// A step; `detail` as other nodes understand it.
    pub fn of(step: &Step, at: i64, detail: String) -> Told {
        Told { act: step.act.clone(), at, words: step.words.clone(), detail, ..Told::default() }
    }

    /// As it is said; without the published texts where both are too long.
    ///
    /// # Errors
    /// None that can happen to text.
    pub fn said(&self) -> anyhow::Result<String> {
        let whole = serde_json::to_string(self)?;
        if whole.chars().count() <= MOST {
            return Ok(whole);
        }
        Ok(serde_json::to_string(&Told { public: None, ..self.clone() })?)
    }

    /// What was said; words that another program wrote are words.
    pub fn read(said: &str) -> Told {
        let plain = || Told { act: "progress".into(), words: said.to_owned(), ..Told::default() };
        serde_json::from_str(said).unwrap_or_else(|_| plain())
    }
}

/// How a case stands at its owner, beside what the public record says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The word of its state.
    pub state: String,
    /// Since when its owner has it, in microseconds.
    pub owned: i64,
    /// Its clock: from when, so many days, in which unit, and added.
    pub clock: (i64, i64, String, i64),
    /// How often it was extended.
    pub extended: i64,
    /// Since when its sender is waited for; 0 if nobody is.
    pub paused: i64,
    /// When it was answered last; 0 if it was not.
    pub answered: i64,
    /// The step after which it stands so; empty if none was told. Its words come by themselves, and perhaps later.
    #[serde(default)]
    pub after: String,
    /// The word of the kind that its owner has made of it; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
}

impl About {
    /// That of a case, with the path that led there.
    pub fn of(case: &Case, path: &[Step]) -> About {
        let last = path.iter().rev().find(|step| step.shown == 1 && step.log == case.owner);
        About {
            after: last.map(|step| step.named(&case.id).to_string()).unwrap_or_default(),
            state: case.state.clone(),
            owned: case.owned,
            clock: (case.clock_from, case.clock_days, case.clock_unit.clone(), case.added),
            extended: case.extended,
            paused: case.paused,
            answered: case.answered,
            kind: case.kind.clone(),
        }
    }

    /// As it is said.
    ///
    /// # Errors
    /// None that can happen to text.
    pub fn said(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string(self)?)
    }

    /// What was said; nothing if it says nothing that is known here.
    pub fn read(said: &str) -> Option<About> {
        serde_json::from_str(said).ok()
    }

    /// Lays it over what is known here of a case that another node owns.
    pub fn lay(&self, case: &mut Case) {
        case.owned = self.owned;
        let (from, days, unit, added) = self.clock.clone();
        (case.clock_from, case.clock_days, case.clock_unit, case.added) = (from, days, unit, added);
        (case.extended, case.paused, case.answered) = (self.extended, self.paused, self.answered);
        case.kind.clone_from(&self.kind);
    }
}

/// True for steps whose detail is the log of an agency.
pub fn names_agency(act: &str) -> bool {
    matches!(act, "passed" | "returned" | "inherited" | "helping")
}

/// A log as it was told; nothing if it is none.
pub fn agency(detail: &str) -> Option<Origin> {
    detail.parse().ok()
}
