//! All that one portal knows of one case. It is durable: whatever changes it is committed with it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::letter::{Bounce, Offer, Refusal, Said, Status};
use crate::entry::Case;
use crate::names::Origin;
use crate::petition::State;

/// How far one successor after the other is asked for.
const MOST_SUCCESSORS: usize = 16;

/// The state of a case at a portal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Desk {
    pub(super) me: Origin,
    pub(super) case: Case,
    /// The portal at which it was asked, or which took its place.
    pub(super) home: Origin,
    /// Who took whose place.
    pub(super) seats: BTreeMap<Origin, Origin>,
    /// The closed agencies for which we decide, since we know all that they decided.
    pub(super) heir_of: BTreeSet<Origin>,
    pub(super) stand: Stand,
    /// The greatest epoch that we know to be used.
    pub(super) tried: u32,
    /// What became of each offer that was made to us.
    pub(super) offers: BTreeMap<u32, Taken>,
    /// What was ordered from above, and by whom.
    pub(super) orders: BTreeMap<u32, Origin>,
    /// What was asked from below.
    pub(super) docket: BTreeMap<u32, Docket>,
    /// All that was said.
    pub(super) thread: BTreeMap<Uuid, Said>,
    /// What of it has arrived with whom it is for: the asker's with us as owner, the owner's with us as the asker's portal.
    pub(super) heard: BTreeSet<Uuid>,
    /// What we said as owner, and the asker's portal may not have.
    pub(super) owed: BTreeSet<Uuid>,
    /// What came while the case was being handed over: taken if it stays ours, otherwise told to the new owner by the asker's portal.
    pub(super) early: BTreeMap<Uuid, Said>,
    /// At the asker's portal: how the case stands.
    pub(super) view: Option<View>,
    /// At the asker's portal: what no owner has heard yet.
    pub(super) unheard: BTreeSet<Uuid>,
}

/// Whose the case is, as far as this portal knows for certain.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stand {
    /// It never was ours.
    Stranger,
    /// It is ours.
    Owner(Own),
    /// It was ours.
    Former {
        /// From this epoch it is another's.
        epoch: u32,
        /// Who took it then.
        to: Origin,
    },
}

/// A case that is ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Own {
    /// Since when.
    pub epoch: u32,
    /// How it stands.
    pub state: State,
    /// It was opened again before.
    pub reopened: bool,
    /// Who refused it since somebody above decided.
    pub refusals: Vec<Bounce>,
    /// The offer by which it is being handed over: until that is decided, nothing else is done.
    pub out: Option<Out>,
    /// The question to the agency above.
    pub asking: Option<Asking>,
    pub(super) seq: u32,
    pub(super) told: bool,
    pub(super) about: String,
}

/// An offer that is not decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Out {
    /// To whom.
    pub to: Origin,
    /// Its epoch.
    pub epoch: u32,
    /// We asked for it back.
    pub cancelling: bool,
    /// Who decided so.
    pub by: Option<Origin>,
}

/// A question that is not decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Asking {
    /// Who is asked.
    pub above: Origin,
    /// Its epoch.
    pub epoch: u32,
}

/// What became of an offer to us. What is decided stays decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Taken {
    /// Nobody has decided.
    Waiting {
        /// Who offers.
        from: Origin,
        /// What.
        offer: Box<Offer>,
    },
    /// We took it, under this name.
    Accepted(Origin),
    /// We did not.
    Refused(Refusal),
}

/// A question from below.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Docket {
    /// Who asks.
    pub from: Origin,
    /// Who was asked: us, or whose place we took.
    pub above: Origin,
    /// Who refused.
    pub refusals: Vec<Bounce>,
    /// Whose it is.
    pub decision: Option<Origin>,
}

/// How a case stands, as the asker's portal shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct View {
    /// Who owns it.
    pub owner: Origin,
    /// Since when.
    pub epoch: u32,
    pub(super) seq: u32,
    /// How it stands.
    pub state: State,
    /// To whom it is being handed over.
    pub handing: Option<Origin>,
    /// What the owner's portal says beside that.
    pub about: String,
}

impl Desk {
    /// A portal that knows nothing of the case.
    #[must_use]
    pub fn new(me: Origin, case: Case) -> Desk {
        Desk {
            me,
            home: case.origin.clone(),
            case,
            seats: BTreeMap::new(),
            heir_of: BTreeSet::new(),
            stand: Stand::Stranger,
            tried: 0,
            offers: BTreeMap::new(),
            orders: BTreeMap::new(),
            docket: BTreeMap::new(),
            thread: BTreeMap::new(),
            heard: BTreeSet::new(),
            owed: BTreeSet::new(),
            early: BTreeMap::new(),
            view: None,
            unheard: BTreeSet::new(),
        }
    }

    /// Whose desk it is.
    #[must_use]
    pub fn me(&self) -> &Origin {
        &self.me
    }

    /// The case.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// Whose the case is, as far as is known here for certain.
    #[must_use]
    pub fn stand(&self) -> &Stand {
        &self.stand
    }

    /// The offers that were made to us, by epoch.
    #[must_use]
    pub fn offers(&self) -> &BTreeMap<u32, Taken> {
        &self.offers
    }

    /// What was asked of us from below, by epoch.
    #[must_use]
    pub fn docket(&self) -> &BTreeMap<u32, Docket> {
        &self.docket
    }

    /// All that was said, in the order of the ids.
    pub fn thread(&self) -> impl Iterator<Item = &Said> {
        self.thread.values()
    }

    /// How the case stands, at the portal at which it was asked.
    #[must_use]
    pub fn view(&self) -> Option<&View> {
        self.view.as_ref()
    }

    /// At the portal at which it was asked: what no owner has heard yet.
    #[must_use]
    pub fn unheard(&self) -> &BTreeSet<Uuid> {
        &self.unheard
    }

    /// True if it is known here that an agency is closed and another took its place.
    #[must_use]
    pub fn knows_closed(&self, agency: &Origin) -> bool {
        *agency == self.me || self.seats.contains_key(agency) || self.heir_of.contains(agency)
    }

    /// Forgets the words of all that was said, and nothing else: whoever said them has taken them back, or they are no business of
    /// this portal any more. What was said stays known by its name, so nothing is heard twice.
    pub fn forget_words(&mut self) {
        let offered = self.offers.values_mut().filter_map(|taken| match taken {
            Taken::Waiting { offer, .. } => Some(offer.thread.iter_mut()),
            Taken::Accepted(_) | Taken::Refused(_) => None,
        });
        let all = self.thread.values_mut().chain(self.early.values_mut()).chain(offered.flatten());
        all.for_each(|said| said.words.clear());
    }

    /// Who sits in an agency's place.
    pub(super) fn seat(&self, agency: &Origin) -> Origin {
        let mut at = agency;
        for _ in 0..MOST_SUCCESSORS {
            match self.seats.get(at) {
                Some(next) => at = next,
                None => break,
            }
        }
        at.clone()
    }

    /// True if `one` is the agency, or took its place.
    pub(super) fn speaks_for(&self, one: &Origin, agency: &Origin) -> bool {
        let mut at = Some(agency);
        for _ in 0..MOST_SUCCESSORS {
            match at {
                Some(seat) if seat == one => return true,
                Some(seat) => at = self.seats.get(seat),
                None => return false,
            }
        }
        false
    }

    /// True if we decide for this agency.
    pub(super) fn is_us(&self, agency: &Origin) -> bool {
        *agency == self.me || self.heir_of.contains(agency)
    }

    /// The greatest epoch at which we know the case to have had an owner.
    pub(super) fn known(&self) -> u32 {
        match &self.stand {
            Stand::Stranger => 0,
            Stand::Owner(own) => own.epoch,
            Stand::Former { epoch, .. } => *epoch,
        }
    }

    /// What is told to the asker's portal.
    pub(super) fn status(&self, own: &Own) -> Status {
        let by_asker = |id: &&Uuid| self.thread.get(id).is_some_and(|said| !said.by_owner());
        Status {
            epoch: own.epoch,
            seq: own.seq,
            state: own.state,
            handing: own.out.as_ref().map(|out| out.to.clone()),
            heard: self.heard.iter().filter(by_asker).copied().collect(),
            about: own.about.clone(),
        }
    }

    /// What is offered: the same as long as the offer is not decided.
    pub(super) fn offer(&self, own: &Own, out: &Out) -> Offer {
        Offer {
            epoch: out.epoch,
            to: out.to.clone(),
            home: self.seat(&self.home),
            by: out.by.clone(),
            reopened: own.reopened,
            refusals: if out.by.is_some() { Vec::new() } else { own.refusals.clone() },
            thread: self
                .thread
                .values()
                .filter(|said| said.by_owner() || self.heard.contains(&said.id))
                .cloned()
                .collect(),
            owed: self.owed.iter().copied().collect(),
        }
    }
}
