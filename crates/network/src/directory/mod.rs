//! The directory: who is who, as a pure fold over the logs (protocol §2 and §6).
//!
//! A statement about an agency counts once two things are known of it: its place in the heads log (the
//! first head that covers it), and a heads checkpoint with a quorum that covers this head. Statements
//! count in the order of their places, so every node that has the same heads comes to the same directory,
//! in whatever order the logs reached it: a statement that arrives late is put where it belongs and the
//! fold is run again. Who stands at the root, and who makes the quorum, comes from the root note.
//!
//! Refused statements are kept without effect, with the reason. Scopes (`portal.carries`) are a portal's
//! own words about itself and count at once; the last by index stands.

mod chain;
mod known;
mod query;
mod refusal;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tlog::{Checkpoint, CheckpointError, Note};

use crate::entry::{Entry, Kind};
use crate::keys::Keys;
use crate::names::Origin;
use crate::root::{RootError, RootNote};
use crate::scope::Scope;

pub use chain::Chain;
pub use known::{Agency, Closing, Node};
pub use refusal::Refusal;

use known::Known;

/// The most heads of one log that are remembered while the log itself has not come that far; of more, every
/// second is forgotten.
const MAX_OPEN_HEADS: usize = 64;

/// More rounds than any administration has levels; ends the settling of closings.
const MAX_ROUNDS: usize = 16;

/// Who is who. See the module.
#[derive(Clone, Debug)]
pub struct Directory {
    root: RootNote,
    heads_keys: Keys,
    heads_origin: Origin,
    /// Statements that have a place, in the order in which they count.
    placed: BTreeMap<Place, Arc<Kind>>,
    /// Statements that no head covers yet.
    unplaced: BTreeMap<Origin, BTreeMap<u64, Arc<Kind>>>,
    /// Per log, how much of it was read here, and the heads beyond: (place in heads, size).
    read: BTreeMap<Origin, Read>,
    /// Heads below this size have a quorum.
    confirmed: u64,
    known: Known,
    scopes: BTreeMap<Origin, (u64, Scope)>,
    default_scope: Scope,
    refused: BTreeMap<(Origin, u64), Refusal>,
}

/// A statement's place: index in heads, log, index in the log.
type Place = (u64, Origin, u64);

#[derive(Clone, Debug, Default)]
struct Read {
    size: u64,
    heads: Vec<(u64, u64)>,
}

impl Read {
    fn open(&mut self, place: u64, size: u64) {
        if let Err(at) = self.heads.binary_search_by_key(&place, |(place, _)| *place) {
            self.heads.insert(at, (place, size));
        }
        if self.heads.len() > MAX_OPEN_HEADS {
            let mut at = 0;
            let last = self.heads.len() - 1;
            self.heads.retain(|_| {
                at += 1;
                at % 2 == 1 || at > last
            });
        }
    }
}

/// What [`Directory::count`] ran over.
#[derive(PartialEq, Eq)]
enum Counted {
    /// The one statement.
    One,
    /// All that count by now: a log was closed at an honest size.
    AllAnew,
}

/// What a call changed, for whoever keeps followers, pages and alarms in step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// An agency is new or different; its keys may be too.
    Agency(Origin),
    /// An agency does not stand any more because the log that enrolled it was closed before that.
    Gone(Origin),
    /// A portal's scope is different.
    Scope(Origin),
    /// A statement has its place in heads; whoever stores statements stores this with it.
    Placed {
        /// The log that holds it.
        origin: Origin,
        /// Its index there.
        index: u64,
        /// The place.
        place: u64,
    },
    /// A statement has no effect; the root is to be alarmed. At the root, which reads every log before it
    /// writes its head, that is final; elsewhere what it rests on may still be on its way, and
    /// [`Directory::refused`] tells later.
    Refused {
        /// The log that holds it.
        origin: Origin,
        /// Its index there.
        index: u64,
        /// Why.
        why: Refusal,
    },
}

/// Why a heads checkpoint does not confirm anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotConfirmed {
    /// It is not a checkpoint of the heads log, or not signed by it.
    #[error("not a heads checkpoint: {0}")]
    Checkpoint(CheckpointError),
    /// It is of another log.
    #[error("a checkpoint of {0} is not one of heads")]
    OtherLog(String),
    /// Too few of the quorum have cosigned.
    #[error("the heads checkpoint has {got} of the {needed} cosignatures it needs")]
    Quorum {
        /// Valid cosignatures.
        got: usize,
        /// The quorum.
        needed: usize,
    },
}

impl Directory {
    /// The directory that the root note alone gives: the root's agency, without a name until the root
    /// log states it, and the keys of root and heads.
    ///
    /// # Errors
    /// Only for a root note that [`RootNote::open`] would have refused.
    pub fn new(root: &RootNote) -> Result<Directory, RootError> {
        let nothing = RootError::Whole("has no key for root or heads from size 0");
        let heads_keys = Keys::new(root.text().heads.clone()).ok_or(nothing.clone())?;
        let root_keys = Keys::new(root.text().root.clone()).ok_or(nothing)?;
        Ok(Directory {
            heads_origin: root.text().heads_origin()?,
            known: Known::new(root.text().root_origin()?, root_keys),
            heads_keys,
            root: root.clone(),
            placed: BTreeMap::new(),
            unplaced: BTreeMap::new(),
            read: BTreeMap::new(),
            confirmed: 0,
            scopes: BTreeMap::new(),
            default_scope: Scope::default(),
            refused: BTreeMap::new(),
        })
    }

    /// Takes the next version of the root note, which [`RootNote::followed_by`] has accepted.
    ///
    /// # Errors
    /// As [`Directory::new`].
    pub fn pin(&mut self, root: &RootNote) -> Result<Vec<Effect>, RootError> {
        let fresh = Directory::new(root)?;
        (self.root, self.heads_keys) = (fresh.root, fresh.heads_keys);
        let mut effects = Vec::new();
        self.rebuild(&mut effects);
        effects.push(Effect::Agency(self.known.root.clone()));
        Ok(effects)
    }

    /// Takes an entry of a log, in any order, any number of times. `place` is what an earlier
    /// [`Effect::Placed`] said of it, if it is read from a store; `None` for one that has just come.
    pub fn note(&mut self, origin: &Origin, index: u64, entry: &Entry, place: Option<u64>) -> Vec<Effect> {
        self.note_all(origin, [(index, entry, place)])
    }

    /// As [`Directory::note`], for several entries of a log: if their turn has passed, the fold is run again
    /// once and not for each of them.
    pub fn note_all<'a>(
        &mut self,
        origin: &Origin,
        entries: impl IntoIterator<Item = (u64, &'a Entry, Option<u64>)>,
    ) -> Vec<Effect> {
        let (mut effects, mut late) = (Vec::new(), false);
        for (index, entry, place) in entries {
            match &entry.kind {
                Kind::PortalCarries(scope) => {
                    let newer = self.scopes.get(origin).is_none_or(|(before, _)| *before < index);
                    if newer {
                        self.scopes.insert(origin.clone(), (index, scope.clone()));
                        effects.push(Effect::Scope(origin.clone()));
                    }
                }
                Kind::AgencyEnrolled(_) | Kind::AgencyChanged(_) | Kind::AgencyClosed { .. } => {
                    let statement = Arc::new(entry.kind.clone());
                    let read = self.read.entry(origin.clone()).or_default();
                    if place.is_none() && index < read.size {
                        continue; // Noted before; its place would be another one now.
                    }
                    let known_place = read.heads.iter().find(|(_, size)| *size > index).map(|(at, _)| *at);
                    match place.or(known_place) {
                        Some(at) => {
                            let due = (at, origin.clone(), index);
                            self.put(due, statement, place.is_none(), &mut late, &mut effects);
                        }
                        None => {
                            self.unplaced.entry(origin.clone()).or_default().insert(index, statement);
                        }
                    }
                }
                _ => {}
            }
        }
        if late {
            self.rebuild(&mut effects);
        }
        effects
    }

    /// Says that every entry of this log below `size` was given to [`Directory::note`].
    pub fn has_read(&mut self, origin: &Origin, size: u64) {
        let read = self.read.entry(origin.clone()).or_default();
        read.size = read.size.max(size);
        read.heads.retain(|(_, head)| *head > size);
    }

    /// Takes an entry of the heads log: at `place`, the log `origin` had `size` entries. In the order of
    /// the heads log.
    ///
    /// Of a log that is not read here, a few heads are kept. Whoever begins to read such a log gives its
    /// heads once more, before its statements, so that these find their exact places.
    pub fn head(&mut self, place: u64, origin: &Origin, size: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        let read = self.read.entry(origin.clone()).or_default();
        if size > read.size {
            read.open(place, size);
        }
        let Some(waiting) = self.unplaced.get_mut(origin) else { return effects };
        let beyond = waiting.split_off(&size);
        let covered = std::mem::replace(waiting, beyond);
        if waiting.is_empty() {
            self.unplaced.remove(origin);
        }
        let mut late = false;
        for (index, statement) in covered {
            self.put((place, origin.clone(), index), statement, true, &mut late, &mut effects);
        }
        if late {
            self.rebuild(&mut effects);
        }
        effects
    }

    /// Takes a heads checkpoint with its cosignatures: with a quorum, all heads below its size count. The
    /// follower must have verified that it is of the heads log that was read here.
    ///
    /// # Errors
    /// If it is no heads checkpoint or lacks a quorum; then nothing changes.
    pub fn confirm(&mut self, heads: &Note) -> Result<Vec<Effect>, NotConfirmed> {
        let claim = Checkpoint::of(heads).map_err(NotConfirmed::Checkpoint)?;
        if claim.origin != self.heads_origin.as_str() {
            return Err(NotConfirmed::OtherLog(claim.origin));
        }
        if claim.size <= self.confirmed {
            return Ok(Vec::new());
        }
        Checkpoint::open(heads, self.heads_keys.valid_for(claim.size)).map_err(NotConfirmed::Checkpoint)?;
        let (got, needed) = (self.root.cosigned_by(heads), self.root.text().quorum);
        if got < needed {
            return Err(NotConfirmed::Quorum { got, needed });
        }
        let before = std::mem::replace(&mut self.confirmed, claim.size);
        let from = (before, Origin::least(), 0);
        let until = (claim.size, Origin::least(), 0);
        let due: Vec<(Place, Arc<Kind>)> =
            self.placed.range(from..until).map(|(place, kind)| (place.clone(), kind.clone())).collect();
        let mut effects = Vec::new();
        for (place, statement) in due {
            if self.count(&place, &statement, &mut effects) == Counted::AllAnew {
                break;
            }
        }
        Ok(effects)
    }

    /// Puts a statement at its place. `late` is set if its turn has passed, and the fold must be run again.
    fn put(
        &mut self,
        place: Place,
        statement: Arc<Kind>,
        tell: bool,
        late: &mut bool,
        effects: &mut Vec<Effect>,
    ) {
        if self.placed.insert(place.clone(), statement.clone()).is_some() {
            return;
        }
        let (at, origin, index) = &place;
        if tell {
            effects.push(Effect::Placed { origin: origin.clone(), index: *index, place: *at });
        }
        if *at >= self.confirmed {
            return;
        }
        let last = (self.confirmed, Origin::least(), 0);
        if *late || self.placed.range(&place..&last).nth(1).is_some() {
            *late = true;
        } else {
            self.count(&place, &statement, effects);
        }
    }

    /// Lets one statement count that comes after all that counted before.
    fn count(&mut self, place: &Place, statement: &Kind, effects: &mut Vec<Effect>) -> Counted {
        let (_, origin, index) = place;
        match self.known.take(origin, *index, statement) {
            Ok(agency) => {
                effects.push(Effect::Agency(agency));
                if matches!(statement, Kind::AgencyClosed { last_size: Some(_), .. }) {
                    self.rebuild(effects);
                    return Counted::AllAnew;
                }
            }
            Err(why) => {
                self.refused.insert((origin.clone(), *index), why.clone());
                effects.push(Effect::Refused { origin: origin.clone(), index: *index, why });
            }
        }
        Counted::One
    }

    /// Runs the fold again over all statements that count.
    ///
    /// A log closed at an honest size loses what it stated from there on, also what counted earlier. What
    /// closes a log stands in its parent's, which may itself be closed; so closings are settled from the
    /// root downwards, one level of the administration per round.
    fn rebuild(&mut self, effects: &mut Vec<Effect>) {
        let old = std::mem::take(&mut self.known.agencies);
        let old_refused = std::mem::take(&mut self.refused);
        let root_keys = Keys::new(self.root.text().root.clone());
        let keys = root_keys.unwrap_or_else(|| self.heads_keys.clone());
        let mut cuts = BTreeMap::new();
        for _ in 0..MAX_ROUNDS {
            let mut known = Known::new(self.known.root.clone(), keys.clone());
            known.cuts = cuts.clone();
            let mut refused = BTreeMap::new();
            let last = (self.confirmed, Origin::least(), 0);
            for ((_, origin, index), statement) in self.placed.range(..last) {
                if let Err(why) = known.take(origin, *index, statement) {
                    refused.insert((origin.clone(), *index), why);
                }
            }
            let found = known.honest_sizes();
            (self.known, self.refused) = (known, refused);
            if found == cuts {
                break;
            }
            cuts = found;
        }
        let now = &self.known.agencies;
        for origin in old.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
            match (old.get(origin), now.get(origin)) {
                (Some(_), None) => effects.push(Effect::Gone(origin.clone())),
                (before, after) if before != after => effects.push(Effect::Agency(origin.clone())),
                _ => {}
            }
        }
        for ((origin, index), why) in &self.refused {
            if old_refused.get(&(origin.clone(), *index)) != Some(why) {
                effects.push(Effect::Refused { origin: origin.clone(), index: *index, why: why.clone() });
            }
        }
    }
}
