//! Communes before July 2025, and what became of them.
//!
//! Most went whole into one new commune; some were divided, and on a few two sources differ. Both are told apart:
//! nothing here picks one successor where the sources name several.

use super::{Commune, CommuneCode, Units};

/// What a unit was before July 2025.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OldKind {
    /// Xã.
    Commune,
    /// Phường.
    Ward,
    /// Thị trấn.
    Township,
    /// Huyện đảo without communes of its own.
    IslandDistrict,
}

/// A commune before July 2025.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldCommune {
    /// Its code; an island district without communes had none at this level.
    pub code: Option<CommuneCode>,
    /// What it was.
    pub kind: OldKind,
    /// Its name without the kind: `Phúc Xá`, `4`.
    pub name: String,
    /// Its district with its kind: `Quận Ba Đình`.
    pub district: String,
    /// Its province with its kind, of the 63: `Thành phố Hà Nội`.
    pub province: String,
    /// What it became, by code; never empty.
    pub successors: Vec<Successor>,
}

/// A commune that an old one went into, whole or in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Successor {
    /// The new commune.
    pub commune: CommuneCode,
    /// True if sources differ on this successor.
    pub disputed: bool,
}

impl OldCommune {
    /// The name as officials wrote it: `Phường Phúc Xá`.
    #[must_use]
    pub fn full_name(&self) -> String {
        let kind = match self.kind {
            OldKind::Commune => "Xã",
            OldKind::Ward => "Phường",
            OldKind::Township => "Thị trấn",
            OldKind::IslandDistrict => "Huyện",
        };
        format!("{kind} {}", self.name)
    }

    /// True if its area went to several new communes, so that an address in it needs more than its name.
    #[must_use]
    pub fn is_divided(&self) -> bool {
        self.successors.iter().filter(|s| !s.disputed).count() > 1
    }

    /// True if sources differ on what it became: offer all successors.
    #[must_use]
    pub fn is_disputed(&self) -> bool {
        self.successors.iter().any(|s| s.disputed)
    }
}

impl Units {
    /// The communes that an old one became, in the order of its successors.
    pub fn successors_of<'a>(&'a self, old: &'a OldCommune) -> impl Iterator<Item = &'a Commune> {
        old.successors.iter().filter_map(|s| self.commune(s.commune))
    }
}
