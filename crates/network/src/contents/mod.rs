//! Contents: fetching what entries point to, under a cursor of its own (protocol §4).
//!
//! A pure queue: [`Contents::on`] takes an event and the time and answers with what is to be done. Urgent
//! contents come first, then the order in which they were wanted; while many entries are still to come, only
//! the urgent ones. Fetches under way are bounded, over all and per source; sources are tried in the order
//! given (issuer's node, then neighbours). Promised: what does not match its hash is never kept, and its
//! source is named in an alarm; a 404 means later, with back-off; a 410 is a hint that counts only once an
//! erasure stands in a log; what was erased is not fetched any more. And [`Contents::claim`] says at any time,
//! truthfully, what is held of a log.

mod cursor;
mod event;
mod want;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::entry::Lane;
use crate::follower::PeerId;
use crate::moment::{Dice, Moment};
use crate::names::{ContentHash, Origin};

pub use cursor::Claim;
use cursor::Cursor;
pub use event::{Action, Event, Settings};
use want::{Step, Want};

/// How many entries are recalled at a time.
const RECALLS: usize = 4_096;

/// See the module.
#[derive(Debug)]
pub struct Contents {
    settings: Settings,
    dice: Dice,
    now: Moment,
    turn: u64,
    wants: HashMap<ContentHash, Want>,
    /// Due now: urgent first, then in turn.
    ready: BTreeSet<(Lane, u64, ContentHash)>,
    /// Waiting for a time: a back-off, or an overdue answer.
    later: BTreeSet<(Moment, ContentHash)>,
    cursors: BTreeMap<Origin, Cursor>,
    /// Logs of which wants were forgotten for want of room.
    forgot: BTreeSet<Origin>,
    sources: BTreeMap<Origin, Vec<PeerId>>,
    busy: BTreeMap<PeerId, usize>,
    fetching: usize,
    /// Entries that are being recalled.
    recalling: usize,
    entries_first: Moment,
    announced: Option<Moment>,
    out: Vec<Action>,
}

impl Contents {
    /// An empty queue; `seed` spreads its retries.
    #[must_use]
    pub fn new(settings: Settings, seed: u64) -> Contents {
        Contents {
            settings,
            dice: Dice::new(seed),
            now: Moment(0),
            turn: 0,
            wants: HashMap::new(),
            ready: BTreeSet::new(),
            later: BTreeSet::new(),
            cursors: BTreeMap::new(),
            forgot: BTreeSet::new(),
            sources: BTreeMap::new(),
            busy: BTreeMap::new(),
            fetching: 0,
            recalling: 0,
            entries_first: Moment(0),
            announced: None,
            out: Vec::new(),
        }
    }

    /// Takes an event at a time and answers with what is to be done, in this order.
    pub fn on(&mut self, event: Event, now: Moment) -> Vec<Action> {
        self.now = self.now.max(now);
        self.take(event);
        while let Some((at, hash)) = self.later.first().copied()
            && at <= self.now
        {
            self.later.pop_first();
            self.due(hash, at);
        }
        self.fill();
        self.announce();
        std::mem::take(&mut self.out)
    }

    /// What is held of a log: `content <size> lacking <indices>`.
    #[must_use]
    pub fn claim(&self, origin: &Origin) -> Claim {
        self.cursors.get(origin).map(Cursor::claim).unwrap_or_default()
    }

    /// How many contents wait or are under way.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.wants.len()
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Want { origin, index, hash, size, lane } => self.want(origin, index, hash, size, lane),
            Event::Read { origin, size } => self.cursors.entry(origin).or_default().read(size),
            Event::Recalled { origin, index } => {
                if let Some(cursor) = self.cursors.get_mut(&origin) {
                    cursor.recalled(index);
                }
                self.recalling = self.recalling.saturating_sub(1);
                self.recall();
            }
            Event::Sources { origin, sources } => {
                self.hurry(|of| *of == origin);
                self.sources.insert(origin, sources);
            }
            Event::Back { source } => {
                let sources = std::mem::take(&mut self.sources);
                self.hurry(|of| sources.get(of).is_some_and(|sources| sources.contains(&source)));
                self.sources = sources;
            }
            Event::Arrived { hash, from, found } if self.is_fetching(hash, from) => {
                self.ended(hash);
                if found == hash {
                    self.step(hash, Step::Keeping);
                    self.out.push(Action::Keep { hash });
                } else {
                    self.out.push(Action::Discard { hash });
                    self.out.push(Action::Alarm { hash, from });
                    self.refuse(hash, from);
                }
            }
            Event::Arrived { hash, .. } => self.out.push(Action::Discard { hash }),
            Event::Missing { hash, from } | Event::Failed { hash, from } if self.is_fetching(hash, from) => {
                self.ended(hash);
                self.next(hash, from);
            }
            Event::Gone { hash, from } if self.is_fetching(hash, from) => {
                self.ended(hash);
                self.refuse(hash, from);
            }
            Event::Kept { hash } => self.settle(hash),
            Event::NotKept { hash } => {
                if self.wants.get(&hash).is_some_and(|want| want.step == Step::Keeping) {
                    self.wait(hash);
                }
            }
            Event::Erased { hash } => {
                if self.wants.contains_key(&hash) {
                    self.out.push(Action::Discard { hash });
                }
                self.settle(hash);
            }
            Event::EntriesFirst { until } => self.entries_first = until,
            Event::Missing { .. } | Event::Failed { .. } | Event::Gone { .. } | Event::Tick => {}
        }
    }

    fn want(&mut self, origin: Origin, index: u64, hash: ContentHash, size: u64, lane: Lane) {
        let cursor = self.cursors.entry(origin.clone()).or_default();
        if let Some(want) = self.wants.get_mut(&hash) {
            if !want.entries.contains(&(origin.clone(), index)) {
                cursor.lacks(index);
                want.entries.push((origin, index));
            }
            if lane < want.lane {
                let was_ready = self.ready.remove(&(want.lane, want.turn, hash));
                want.lane = lane;
                if was_ready {
                    self.ready.insert((lane, want.turn, hash));
                }
            }
            return;
        }
        // Urgent ones find room beyond it, but an issuer to whom all is urgent does not fill the memory.
        let room = match lane {
            Lane::Urgent => self.settings.capacity.saturating_mul(2),
            Lane::Normal => self.settings.capacity,
        };
        if self.wants.len() >= room {
            cursor.forgets(index);
            self.forgot.insert(origin);
            return;
        }
        cursor.lacks(index);
        self.turn += 1;
        let turn = self.turn;
        let want = Want {
            size,
            lane,
            turn,
            entries: vec![(origin, index)],
            tried: Vec::new(),
            refused: Vec::new(),
            rounds: 0,
            step: Step::Ready,
        };
        self.wants.insert(hash, want);
        self.ready.insert((lane, turn, hash));
    }

    /// Starts fetches while the bounds allow.
    fn fill(&mut self) {
        let mut passed_over = Vec::new();
        while self.fetching < self.settings.fetches
            && let Some((lane, _, _)) = self.ready.first()
            && (*lane == Lane::Urgent || self.entries_first <= self.now)
            && let Some((lane, turn, hash)) = self.ready.pop_first()
        {
            match self.source_for(hash) {
                Source::Use(from) => self.fetch(hash, from),
                Source::Busy => passed_over.push((lane, turn, hash)),
                Source::None => self.wait(hash),
            }
            if passed_over.len() >= self.settings.fetches {
                break;
            }
        }
        self.ready.extend(passed_over);
    }

    fn source_for(&self, hash: ContentHash) -> Source {
        let Some(want) = self.wants.get(&hash) else { return Source::None };
        let mut answer = Source::None;
        let named = want.entries.iter().filter_map(|(origin, _)| self.sources.get(origin)).flatten();
        for source in named.filter(|source| !want.tried.contains(source) && !want.refused.contains(source)) {
            if self.busy.get(source).copied().unwrap_or(0) < self.settings.per_source {
                return Source::Use(*source);
            }
            answer = Source::Busy;
        }
        answer
    }

    fn fetch(&mut self, hash: ContentHash, from: PeerId) {
        let overdue = self.now + self.settings.answer;
        let Some(want) = self.wants.get_mut(&hash) else { return };
        want.step = Step::Fetching(from, overdue);
        self.later.insert((overdue, hash));
        self.out.push(Action::Fetch { hash, size: want.size, from });
        self.fetching += 1;
        *self.busy.entry(from).or_default() += 1;
    }

    fn is_fetching(&self, hash: ContentHash, from: PeerId) -> bool {
        self.wants.get(&hash).is_some_and(|want| matches!(want.step, Step::Fetching(at, _) if at == from))
    }

    /// A fetch is not under way any more.
    fn ended(&mut self, hash: ContentHash) {
        let Some(Want { step: Step::Fetching(from, overdue), .. }) = self.wants.get(&hash) else { return };
        self.later.remove(&(*overdue, hash));
        self.fetching -= 1;
        if let Some(busy) = self.busy.get_mut(from) {
            *busy -= 1;
        }
    }

    fn step(&mut self, hash: ContentHash, step: Step) {
        if let Some(want) = self.wants.get_mut(&hash) {
            want.step = step;
        }
    }

    fn refuse(&mut self, hash: ContentHash, from: PeerId) {
        if let Some(want) = self.wants.get_mut(&hash) {
            want.refused.push(from);
        }
        self.next(hash, from);
    }

    /// On to the next source; once all have failed, later again from the first.
    fn next(&mut self, hash: ContentHash, from: PeerId) {
        let Some(want) = self.wants.get_mut(&hash) else { return };
        want.tried.push(from);
        want.step = Step::Ready;
        self.ready.insert((want.lane, want.turn, hash));
        if self.source_for(hash) == Source::None {
            self.wait(hash);
        }
    }

    fn wait(&mut self, hash: ContentHash) {
        let Some(want) = self.wants.get_mut(&hash) else { return };
        self.ready.remove(&(want.lane, want.turn, hash));
        want.tried.clear();
        let (first, longest) = self.settings.back_off;
        let wait = first.saturating_mul(1 << want.rounds.min(20)).min(longest);
        want.rounds += 1;
        if want.rounds % 8 == 0 {
            // Who refused may have mended its store in the meantime.
            want.refused.clear();
        }
        let until = self.now + self.dice.around(wait);
        want.step = Step::Waiting(until);
        self.later.insert((until, hash));
    }

    /// Lets what waits of these logs be tried at once.
    fn hurry(&mut self, these: impl Fn(&Origin) -> bool) {
        for (hash, want) in &mut self.wants {
            if let Step::Waiting(at) = want.step
                && want.entries.iter().any(|(of, _)| these(of))
            {
                self.later.remove(&(at, *hash));
                want.step = Step::Ready;
                want.rounds = 0;
                want.refused.clear();
                self.ready.insert((want.lane, want.turn, *hash));
            }
        }
    }

    fn due(&mut self, hash: ContentHash, at: Moment) {
        match self.wants.get_mut(&hash) {
            Some(want) if want.step == Step::Waiting(at) => {
                want.step = Step::Ready;
                self.ready.insert((want.lane, want.turn, hash));
            }
            Some(Want { step: Step::Fetching(from, overdue), .. }) if *overdue == at => {
                let from = *from;
                self.ended(hash);
                self.next(hash, from);
            }
            _ => {}
        }
    }

    /// Held or erased: nothing lacks because of it any more.
    fn settle(&mut self, hash: ContentHash) {
        self.ended(hash);
        let Some(want) = self.wants.remove(&hash) else { return };
        self.ready.remove(&(want.lane, want.turn, hash));
        if let Step::Waiting(at) = want.step {
            self.later.remove(&(at, hash));
        }
        for (origin, index) in want.entries {
            if let Some(cursor) = self.cursors.get_mut(&origin) {
                cursor.has(index);
            }
        }
        self.recall();
    }

    /// Once half of the queue is free, entries that were forgotten are recalled; one part at a time.
    fn recall(&mut self) {
        let room = self.settings.capacity.saturating_sub(self.wants.len());
        if self.recalling > 0 || room < self.settings.capacity / 2 {
            return;
        }
        while self.recalling < RECALLS.min(room)
            && let Some(origin) = self.forgot.first()
        {
            match self.cursors.get_mut(origin).and_then(Cursor::recall) {
                Some(index) => {
                    self.recalling += 1;
                    self.out.push(Action::Recall { origin: origin.clone(), index });
                }
                None => drop(self.forgot.pop_first()),
            }
        }
    }

    fn announce(&mut self) {
        if self.announced.is_some_and(|at| at <= self.now) {
            self.announced = None;
        }
        let later = self.later.first().map(|(at, _)| *at);
        let entries = (self.entries_first > self.now && !self.ready.is_empty()).then_some(self.entries_first);
        if let Some(next) = later.into_iter().chain(entries).min()
            && self.announced.is_none_or(|at| at > next)
        {
            self.announced = Some(next);
            self.out.push(Action::Wake { at: next });
        }
    }
}

#[derive(PartialEq, Eq)]
enum Source {
    Use(PeerId),
    Busy,
    None,
}
