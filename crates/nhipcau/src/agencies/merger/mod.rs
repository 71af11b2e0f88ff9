//! Mergers and divisions: agencies end and others take their place.
//!
//! `plan` works out from the directory everything that will happen, before anything does; one person proposes it, another
//! confirms it (`acts`), and `carry` takes its steps one by one. A step and the row that says it is done are one
//! transaction, so a crash anywhere resumes with the next step, and no step is taken twice.

pub mod acts;
pub mod carry;
pub mod pages;
pub mod plan;
pub mod store;
pub mod view;

use network::names::Origin;
use serde::{Deserialize, Serialize};

pub use plan::{Plan, Step};

/// What somebody wants: which agencies end, and who takes their place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The logs of the agencies that end.
    pub from: Vec<String>,
    /// The logs of those that take their place; of several the first is the main one.
    pub into: Vec<String>,
    /// The act by which it is so.
    pub basis: String,
    /// The main successor's new name in Vietnamese, if it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// And in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// The main successor's new code, if it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The unit that answers for the main successor's portal, if it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accountable: Option<String>,
}

/// How far a merger has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Proposed; somebody else is to confirm it.
    Proposed,
    /// Confirmed, and under way.
    UnderWay,
    /// All steps are done.
    Done,
    /// Dropped before it was confirmed.
    Dropped,
}

impl State {
    /// The word by which programs know it.
    pub fn word(self) -> &'static str {
        match self {
            State::Proposed => "proposed",
            State::UnderWay => "under-way",
            State::Done => "done",
            State::Dropped => "dropped",
        }
    }
}

/// A log's name, or the fault that is told of it.
fn origin(text: &str) -> Result<Origin, String> {
    text.trim().parse().map_err(|error| format!("{text:?}: {error}"))
}
