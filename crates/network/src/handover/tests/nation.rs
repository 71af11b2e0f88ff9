//! Weeks of a nation in virtual time: fifty-two portals with the outbox that they really have ([`crate::letter::Outbox`]), lines
//! that break, partitions, crashes, relays, a portal that is away for weeks, closings, and people who decide by chance.
//! The same seed gives the same weeks.

mod life;

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use uuid::Uuid;

use crate::entry::Case;
use crate::handover::{Action, Desk, Event, Handover, Letter, Public, Settings};
use crate::letter::{self, Answer, Outbox};
use crate::moment::{Dice, Moment};
use crate::names::Origin;

const PORTALS: usize = 52;
const CASES: usize = 120;
const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;
/// From this day on everything works, and nobody begins anything.
const HEALED: u64 = 42 * DAY;

/// What happens at its time.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Due {
    /// A letter reaches a portal; `from` is who brings it.
    Brought {
        from: usize,
        at: usize,
        id: Uuid,
    },
    /// What came of it is known to who brought it.
    Answered {
        from: usize,
        at: usize,
        id: Uuid,
        how: u8,
    },
    OutboxWakes {
        at: usize,
    },
    CaseWakes {
        at: usize,
        case: usize,
    },
    Person {
        case: usize,
    },
    Decides {
        at: usize,
        case: usize,
    },
    Crashes {
        at: usize,
    },
    Starts {
        at: usize,
    },
    Cut,
    Closes {
        at: usize,
        by: usize,
    },
    HearsOfClosing {
        at: usize,
        agency: usize,
    },
    Inherits {
        at: usize,
        agency: usize,
    },
}

/// A letter as it is kept.
#[derive(Clone)]
struct Kept {
    from: usize,
    to: usize,
    case: usize,
    letter: Letter,
}

struct Portal {
    /// Durable: desks as they are written, letters that wait, letters that were received, what the log says.
    desks: BTreeMap<usize, String>,
    letters: BTreeMap<Uuid, Kept>,
    received: BTreeSet<Uuid>,
    log: Vec<(usize, Public)>,
    /// Not durable.
    machines: BTreeMap<usize, Handover>,
    outbox: Outbox,
    wakes: u64,
    up: bool,
    closed: bool,
    knows_closed: BTreeSet<usize>,
    heir_of: BTreeSet<usize>,
}

struct Nation {
    now: u64,
    dice: Dice,
    portals: Vec<Portal>,
    due: BinaryHeap<std::cmp::Reverse<(u64, u64, Due)>>,
    count: u64,
    /// Which half each portal is in; lines between halves are cut.
    half: Vec<bool>,
    successors: BTreeMap<usize, usize>,
    shown: BTreeSet<(usize, Uuid)>,
    ids: u128,
    letters: usize,
    twice: usize,
    moves: usize,
}

fn portal(at: usize) -> Origin {
    format!("p{at}.gov.vn/log").parse().unwrap()
}

fn number(origin: &Origin) -> usize {
    origin.as_str().trim_start_matches('p').split('.').next().unwrap().parse().unwrap()
}

fn case(number: usize) -> Case {
    let origin = portal(1 + number % (PORTALS - 1));
    Case { origin, code: format!("PAKN.20261123.{number:04}.H01-K").parse().unwrap() }
}

impl Nation {
    fn new(seed: u64) -> Nation {
        let portals = (0..PORTALS)
            .map(|at| Portal {
                desks: BTreeMap::new(),
                letters: BTreeMap::new(),
                received: BTreeSet::new(),
                log: Vec::new(),
                machines: BTreeMap::new(),
                outbox: Outbox::new(letter::Settings::default(), at as u64),
                wakes: 0,
                up: true,
                closed: false,
                knows_closed: BTreeSet::new(),
                heir_of: BTreeSet::new(),
            })
            .collect();
        Nation {
            now: 1,
            dice: Dice::new(seed),
            portals,
            due: BinaryHeap::new(),
            count: 0,
            half: vec![false; PORTALS],
            successors: BTreeMap::new(),
            shown: BTreeSet::new(),
            ids: 0,
            letters: 0,
            twice: 0,
            moves: 0,
        }
    }

    fn at(&mut self, time: u64, due: Due) {
        self.count += 1;
        self.due.push(std::cmp::Reverse((time, self.count, due)));
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    fn healed(&self) -> bool {
        self.now >= HEALED
    }

    /// One step of a case at a portal: the desk, the log and the letters are kept together, or nothing is.
    fn tell(&mut self, at: usize, number: usize, event: Event) {
        let now = Moment(self.now);
        let portal_now = &mut self.portals[at];
        let mut actions = Vec::new();
        let machine = portal_now.machines.entry(number).or_insert_with(|| {
            let kept = portal_now.desks.get(&number);
            let desk =
                kept.map_or_else(|| Desk::new(portal(at), case(number)), |kept| Desk::decode(kept).unwrap());
            let mut machine = Handover::of(desk, Settings::default(), number as u64);
            for agency in &portal_now.knows_closed {
                let successor = portal(self.successors[agency]);
                actions.extend(machine.on(Event::Closed { agency: portal(*agency), successor }, now));
            }
            machine
        });
        actions.extend(machine.on(event, now));
        portal_now.desks.insert(number, machine.desk().encode().unwrap());
        for action in actions {
            match action {
                Action::Send { to, letter } => {
                    let (id, to) = (self.id(), self::number(&to));
                    // What waits already is not posted a second time.
                    let same = |kept: &Kept| (kept.to, kept.case, &kept.letter) == (to, number, &letter);
                    if self.portals[at].letters.values().any(same) {
                        continue;
                    }
                    self.letters += 1;
                    self.portals[at].letters.insert(id, Kept { from: at, to, case: number, letter });
                    self.wait(at, id, to);
                }
                Action::Append(public) => {
                    if matches!(&public, Public::Passed { to, .. } if *to == portal(at)) {
                        self.moves += 1;
                    }
                    self.portals[at].log.push((number, public));
                }
                Action::Show(said) => {
                    assert!(self.shown.insert((number, said.id)), "{said:?} is heard twice")
                }
                Action::Offered { .. } | Action::Asked { .. } => {
                    let when = self.now + self.dice.around(if self.healed() { HOUR } else { 30 * HOUR });
                    self.at(when, Due::Decides { at, case: number });
                }
                Action::FindAbove => self.tell(at, number, Event::Above { agency: portal(0) }),
                Action::Wake { at: when } => self.at(when.0, Due::CaseWakes { at, case: number }),
                Action::Alarm(who) => panic!("{who} alarms {at} about {number}"),
                _ => {}
            }
        }
    }

    /// Two ways lead to a recipient: its own node, and that of the root.
    fn wait(&mut self, at: usize, id: Uuid, to: usize) {
        let mut ways = vec![portal(to)];
        if at != 0 && to != 0 {
            ways.push(portal(0));
        }
        self.outbox(at, letter::Event::Waits { id, ways });
    }

    fn outbox(&mut self, at: usize, event: letter::Event) {
        for action in self.portals[at].outbox.on(event, Moment(self.now)) {
            match action {
                letter::Action::Send { id, node } => {
                    let when = self.now + self.dice.around(200);
                    self.at(when, Due::Brought { from: at, at: number(&node), id });
                }
                letter::Action::Wake { at: when } => {
                    // It says so after every event; the nearest is enough.
                    let wakes = self.portals[at].wakes;
                    if wakes <= self.now || when.0 < wakes {
                        self.portals[at].wakes = when.0;
                        self.at(when.0, Due::OutboxWakes { at });
                    }
                }
            }
        }
    }

    fn line(&mut self, from: usize, to: usize) -> bool {
        if self.portals[to].closed || !self.portals[to].up {
            return false;
        }
        self.healed() || (self.half[from] == self.half[to] && !self.dice.chance(10))
    }

    fn brought(&mut self, from: usize, at: usize, id: Uuid) {
        let Some(kept) = self.portals[from].letters.get(&id).cloned() else { return };
        let mut how = 0;
        // Who has heard that the recipient is closed neither sends nor carries anything to it.
        if self.portals[from].knows_closed.contains(&kept.to) {
            how = 3;
        } else if self.line(from, at) {
            if kept.to == at {
                how = 2;
                if self.portals[at].received.insert(id) {
                    let letter = kept.letter.body(&case(kept.case), b"").unwrap();
                    let letter = crate::handover::Received::read(kept.letter.kind(), &letter).unwrap().letter;
                    self.tell(at, kept.case, Event::Came { from: portal(kept.from), letter });
                } else {
                    self.twice += 1;
                }
            } else {
                how = 1;
                let to = kept.to;
                if !self.portals[at].received.contains(&id) && !self.portals[at].letters.contains_key(&id) {
                    self.portals[at].letters.insert(id, kept);
                    self.outbox(at, letter::Event::Waits { id, ways: vec![portal(to)] });
                }
            }
            // The receipt may be lost.
            if !self.healed() && self.dice.chance(10) {
                how = 0;
            }
        }
        let when = self.now + self.dice.around(200);
        self.at(when, Due::Answered { from, at, id, how });
    }

    fn answered(&mut self, from: usize, at: usize, id: Uuid, how: u8) {
        let answer = [Answer::Away, Answer::Carried, Answer::Held, Answer::Refused][usize::from(how)];
        if matches!(answer, Answer::Held | Answer::Refused) {
            self.portals[from].letters.remove(&id);
        }
        if self.portals[from].up {
            self.outbox(from, letter::Event::Answered { id, node: portal(at), answer });
        }
    }

    /// The portal's process begins anew with what is durable.
    fn starts(&mut self, at: usize) {
        if self.portals[at].closed {
            return;
        }
        self.portals[at].up = true;
        self.portals[at].machines.clear();
        self.portals[at].outbox = Outbox::new(letter::Settings::default(), self.now);
        let waiting: Vec<(Uuid, usize)> =
            self.portals[at].letters.iter().map(|(id, kept)| (*id, kept.to)).collect();
        waiting.into_iter().for_each(|(id, to)| self.wait(at, id, to));
        let cases: Vec<usize> = self.portals[at].desks.keys().copied().collect();
        cases.into_iter().for_each(|case| self.tell(at, case, Event::Started));
    }

    fn happens(&mut self, due: Due) {
        match due {
            Due::Brought { from, at, id } => self.brought(from, at, id),
            Due::Answered { from, at, id, how } => self.answered(from, at, id, how),
            Due::OutboxWakes { at } if self.portals[at].up && self.portals[at].wakes <= self.now => {
                self.outbox(at, letter::Event::Woken)
            }
            Due::CaseWakes { at, case }
                if self.portals[at].up && self.portals[at].machines.contains_key(&case) =>
            {
                self.tell(at, case, Event::Woken);
            }
            Due::OutboxWakes { .. } | Due::CaseWakes { .. } => {}
            Due::Person { case } => self.person(case),
            Due::Decides { at, case } => self.decides(at, case),
            Due::Crashes { at } => {
                self.portals[at].up = false;
                self.portals[at].machines.clear();
            }
            Due::Starts { at } => self.starts(at),
            Due::Cut => self.half = (0..PORTALS).map(|_| self.dice.chance(30)).collect(),
            Due::Closes { at, by } => {
                self.successors.insert(at, by);
                (self.portals[at].closed, self.portals[at].up) = (true, false);
                self.portals[at].machines.clear();
                for other in (0..PORTALS).filter(|other| *other != at) {
                    let when = self.now + self.dice.below(3 * DAY);
                    self.at(when, Due::HearsOfClosing { at: other, agency: at });
                }
                let when = self.now + self.dice.below(5 * DAY);
                self.at(when, Due::Inherits { at: by, agency: at });
            }
            Due::HearsOfClosing { at, agency } if self.portals[at].up => self.hears_of_closing(at, agency),
            Due::Inherits { at, agency } if self.portals[at].up => self.inherits(at, agency),
            Due::HearsOfClosing { at, .. } if self.portals[at].closed => {}
            later @ (Due::HearsOfClosing { .. } | Due::Inherits { .. }) => self.at(self.now + HOUR, later),
        }
    }
}

#[test]
fn weeks_of_a_nation_end_with_one_owner_of_every_case_and_nothing_lost() {
    let seed = std::env::var("HANDOVER_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(2026);
    println!("seed {seed}");
    let mut nation = Nation::new(seed);
    nation.live();
    nation.check();
    let Nation { letters, twice, moves, ref shown, .. } = nation;
    println!("{letters} letters, {twice} came twice, {moves} hand-overs, {} things said", shown.len());
    assert!(moves > 100 && twice > 100 && shown.len() > 300, "too little happened to prove anything");
}
