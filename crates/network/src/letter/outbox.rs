//! The outbox: which letter is offered to which node, and when again.
//!
//! Pure: [`Outbox::on`] takes an event and the time and answers with what is to be done. Promised:
//!
//! * a letter stays until its recipient holds it or refuses it for good; that somebody on the way carries it
//!   does not end it;
//! * it is offered to the recipient's node first, and to those who pass it on only while that is out of reach;
//! * it is under way to one node at a time, and a node has at most a few under way to it;
//! * a node that does not answer is left alone for a while that doubles, up to hours; its letters wait without
//!   holding up others, and go at once when it is heard of again.
//!
//! Refused: sealing, storing, calling, and giving up. Letters are looked up by the caller, for months if need be.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use crate::moment::{Dice, Moment};
use crate::names::Origin;

/// Times in milliseconds, and bounds.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The first and the longest wait before a node or a letter is tried again.
    pub back_off: (u64, u64),
    /// Letters under way to one node.
    pub to_one: usize,
    /// Letters under way in all.
    pub at_once: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { back_off: (1_000, 6 * 3_600_000), to_one: 2, at_once: 4 }
    }
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A letter waits. Said of each at the start, of each new one, and again when its ways are others.
    Waits {
        /// The letter.
        id: Uuid,
        /// The nodes that may take it, the recipient's first; none while nobody knows where it is.
        ways: Vec<Origin>,
    },
    /// A letter is not to be sent any more.
    Dropped(Uuid),
    /// What came of an [`Action::Send`]; said once of each.
    Answered {
        /// The letter.
        id: Uuid,
        /// The node that it was offered to.
        node: Origin,
        /// What came of it.
        answer: Answer,
    },
    /// A node has called us: it is there.
    Heard(Origin),
    /// Time has passed.
    Woken,
}

/// What came of offering a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The recipient holds it, and that is noted.
    Held,
    /// A node on the way carries it.
    Carried,
    /// The node is there, but does not take it now.
    NotNow,
    /// The node does not answer.
    Away,
    /// The recipient refuses it for good, and that is noted.
    Refused,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Offer a letter to a node, and report what came of it.
    Send {
        /// The letter.
        id: Uuid,
        /// The node.
        node: Origin,
    },
    /// Say [`Event::Woken`] at this time, if nothing else comes before.
    Wake {
        /// When.
        at: Moment,
    },
}

#[derive(Debug)]
struct Letter {
    ways: Vec<Origin>,
    under_way: bool,
    due: Moment,
    tries: u32,
}

#[derive(Debug, Default)]
struct Node {
    under_way: usize,
    failures: u32,
    rests_until: Moment,
}

/// See the module.
#[derive(Debug)]
pub struct Outbox {
    settings: Settings,
    dice: Dice,
    now: Moment,
    letters: BTreeMap<Uuid, Letter>,
    nodes: HashMap<Origin, Node>,
}

impl Outbox {
    /// An empty outbox. `seed` spreads its tries.
    #[must_use]
    pub fn new(settings: Settings, seed: u64) -> Outbox {
        Outbox {
            settings,
            dice: Dice::new(seed),
            now: Moment(0),
            letters: BTreeMap::new(),
            nodes: HashMap::new(),
        }
    }

    /// How many letters wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.letters.len()
    }

    /// The letters that wait here and are not among these.
    #[must_use]
    pub fn beside(&self, known: &[Uuid]) -> Vec<Uuid> {
        let known: HashSet<&Uuid> = known.iter().collect();
        self.letters.keys().filter(|id| !known.contains(id)).copied().collect()
    }

    /// True if none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// Takes an event at a time and answers with what is to be done. A time before that of an earlier event
    /// counts as that one.
    pub fn on(&mut self, event: Event, now: Moment) -> Vec<Action> {
        self.now = self.now.max(now);
        match event {
            Event::Waits { id, ways } => self.waits(id, ways),
            Event::Dropped(id) => drop(self.letters.remove(&id)),
            Event::Answered { id, node, answer } => self.answered(id, &node, answer),
            Event::Heard(node) => self.heard(&node),
            Event::Woken => {}
        }
        self.go()
    }

    fn waits(&mut self, id: Uuid, ways: Vec<Origin>) {
        let due = self.now;
        let fresh = || Letter { ways: Vec::new(), under_way: false, due, tries: 0 };
        let letter = self.letters.entry(id).or_insert_with(fresh);
        if letter.ways != ways {
            (letter.ways, letter.due, letter.tries) = (ways, due, 0);
        }
    }

    fn answered(&mut self, id: Uuid, node: &Origin, answer: Answer) {
        let first = self.settings.back_off;
        let known = self.nodes.entry(node.clone()).or_default();
        known.under_way = known.under_way.saturating_sub(1);
        if answer == Answer::Away {
            known.rests_until = self.now + wait(first, known.failures, &mut self.dice);
            known.failures = known.failures.saturating_add(1);
        } else {
            (known.failures, known.rests_until) = (0, Moment(0));
        }
        if matches!(answer, Answer::Held | Answer::Refused) {
            self.letters.remove(&id);
            return;
        }
        let Some(letter) = self.letters.get_mut(&id) else { return };
        letter.under_way = false;
        if answer != Answer::Away {
            letter.due = self.now + wait(first, letter.tries, &mut self.dice);
            letter.tries = letter.tries.saturating_add(1);
        }
    }

    /// Only of a node that did not answer is it news that it is there: one that merely takes nothing now is
    /// not asked again for it.
    fn heard(&mut self, node: &Origin) {
        let Some(known) = self.nodes.get_mut(node).filter(|known| known.failures > 0) else { return };
        (known.failures, known.rests_until) = (0, Moment(0));
        let now = self.now;
        for letter in self.letters.values_mut().filter(|letter| letter.ways.first() == Some(node)) {
            (letter.due, letter.tries) = (letter.due.min(now), 0);
        }
    }

    /// Offers whatever is due to whoever may have it, the oldest first.
    fn go(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        let mut under_way: usize = self.nodes.values().map(|node| node.under_way).sum();
        let mut wake: Option<Moment> = None;
        let mut at = |moment: Moment| wake = Some(wake.map_or(moment, |before| before.min(moment)));
        for (id, letter) in self.letters.iter_mut().filter(|(_, letter)| !letter.under_way) {
            if letter.due > self.now {
                at(letter.due);
                continue;
            }
            let rests = |way: &Origin| self.nodes.get(way).map_or(Moment(0), |node| node.rests_until);
            match letter.ways.iter().find(|way| rests(way) <= self.now) {
                Some(way) => {
                    let node = self.nodes.entry(way.clone()).or_default();
                    if node.under_way < self.settings.to_one && under_way < self.settings.at_once {
                        node.under_way += 1;
                        under_way += 1;
                        letter.under_way = true;
                        actions.push(Action::Send { id: *id, node: way.clone() });
                    }
                }
                None => letter.ways.iter().map(rests).min().into_iter().for_each(&mut at),
            }
        }
        actions.extend(wake.map(|at| Action::Wake { at }));
        actions
    }
}

/// A wait that doubles with each failure, spread so that not all come back at once.
fn wait((first, longest): (u64, u64), failures: u32, dice: &mut Dice) -> u64 {
    let doubled = first.saturating_mul(1 << failures.min(32));
    dice.around(doubled.min(longest))
}
