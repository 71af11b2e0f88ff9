//! What an import came to, log by log; for people and for machines.

use serde::{Deserialize, Serialize};

/// What became of one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Entries were applied.
    Applied,
    /// Everything was here already.
    Known,
    /// Not followed here; passed over.
    NotFollowed,
    /// Our own log; passed over.
    Own,
    /// No agency of the directory has it.
    Unknown,
    /// The bundle begins after what is here.
    Gap,
    /// Not signed, not proven, or cut off.
    NotProven,
    /// Frozen before.
    Frozen,
    /// It contradicts what is here, and both are signed: frozen now.
    Forked,
    /// It differs from what is here, or the log moved meanwhile.
    Unsettled,
}

impl Fate {
    /// True if somebody should look at it.
    pub fn is_bad(self) -> bool {
        !matches!(self, Fate::Applied | Fate::Known | Fate::NotFollowed | Fate::Own)
    }
}

/// One log of an import.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TakenLog {
    /// The log.
    pub origin: String,
    /// What became of it.
    pub fate: Fate,
    /// Entries here before.
    pub from: u64,
    /// Entries here now.
    pub to: u64,
    /// More, in English; empty if there is nothing to say.
    pub detail: String,
}

/// What an import came to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Taken {
    /// Who made the bundle, as it says itself.
    pub node: String,
    /// When, as it says itself.
    pub made: String,
    /// Its logs.
    pub logs: Vec<TakenLog>,
    /// Contents that were waited for and are here now.
    pub contents: u64,
    /// Contents that nothing here waits for.
    pub unwanted: u64,
    /// The instant of the newest head that is proven: as of when the nation is known here.
    pub as_of: Option<String>,
    /// Where the file is damaged, if it is; nothing from there on was applied.
    pub damage: Option<String>,
}

impl Taken {
    /// True if somebody should look at it.
    pub fn is_bad(&self) -> bool {
        self.damage.is_some() || self.logs.iter().any(|log| log.fate.is_bad())
    }
}
