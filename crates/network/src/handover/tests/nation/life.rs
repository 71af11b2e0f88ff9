//! What people do in these weeks, what goes wrong, and what must hold in the end.

use std::cmp::Reverse;

use uuid::Uuid;

use super::{CASES, DAY, Due, HEALED, HOUR, Nation, PORTALS, case, number as number_of, portal};
use crate::entry::Outcome;
use crate::handover::tests::check::kind;
use crate::handover::{Desk, Event, Rating, Stand, Taken, What};
use crate::letter;
use crate::names::Origin;
use crate::petition::{Record, Statement};

impl Nation {
    pub(super) fn hears_of_closing(&mut self, at: usize, agency: usize) {
        if !self.portals[at].knows_closed.insert(agency) {
            return;
        }
        let lost: Vec<Uuid> = self.portals[at]
            .letters
            .iter()
            .filter(|(_, kept)| kept.to == agency)
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            self.portals[at].letters.remove(&id);
            self.outbox(at, letter::Event::Dropped(id));
        }
        let successor = portal(self.successors[&agency]);
        let cases: Vec<usize> = self.portals[at].desks.keys().copied().collect();
        for case in cases {
            self.tell(at, case, Event::Closed { agency: portal(agency), successor: successor.clone() });
        }
    }

    pub(super) fn inherits(&mut self, at: usize, agency: usize) {
        if !self.portals[at].heir_of.insert(agency) {
            return;
        }
        self.hears_of_closing(at, agency);
        let left = self.portals[agency].desks.clone();
        for number in 0..CASES {
            let desk = left.get(&number).map(|kept| Desk::decode(kept).unwrap());
            let desk = desk.unwrap_or_else(|| Desk::new(portal(agency), case(number)));
            self.tell(at, number, Event::Inherits(Box::new(desk)));
        }
    }

    /// Somebody does something about a case: whoever owns it, or who asked.
    pub(super) fn person(&mut self, number: usize) {
        let home = number_of(&case(number).origin);
        let home = self.successors.get(&home).copied().filter(|_| self.portals[home].closed).unwrap_or(home);
        let any = self.dice.below(PORTALS as u64) as usize;
        let open = |nation: &Nation, at: usize| nation.portals[at].up && !nation.portals[at].closed;
        if !open(self, home) {
            return;
        }
        let asks = self.dice.below(3) == 0;
        if asks {
            let id = self.id();
            let rare = if self.dice.chance(5) { 5 } else { 4 };
            let all = [What::Asks, What::Asks, What::Rates(Rating::Partly), What::Reopens, What::Withdraws];
            let what = all[self.dice.below(rare) as usize];
            self.tell(home, number, Event::Asks { id, what, words: "?".into() });
            return;
        }
        let owners: Vec<usize> =
            (0..PORTALS).filter(|at| open(self, *at) && self.owns(*at, number)).collect();
        let Some(owner) = owners.first().copied() else { return };
        let id = self.id();
        let event = match self.dice.below(10) {
            0..=4 if !self.portals[any].closed => Event::Offer { to: portal(any) },
            0..=5 => Event::Cancel,
            6 => Event::Tells { id, words: ".".into() },
            7 => Event::Answers { id, words: "!".into() },
            8 => Event::About(format!("{}", self.now)),
            _ => Event::Ends(Outcome::Answered),
        };
        self.tell(owner, number, event);
    }

    fn desk(&self, at: usize, number: usize) -> Option<Desk> {
        self.portals[at].desks.get(&number).map(|kept| Desk::decode(kept).unwrap())
    }

    fn owns(&self, at: usize, number: usize) -> bool {
        self.portals[at]
            .machines
            .get(&number)
            .is_some_and(|machine| matches!(machine.desk().stand(), Stand::Owner(_)))
    }

    /// People decide what they were asked, one way or the other.
    pub(super) fn decides(&mut self, at: usize, number: usize) {
        if self.portals[at].closed {
            return;
        }
        if !self.portals[at].up {
            return self.at(self.now + HOUR, Due::Decides { at, case: number });
        }
        let Some(desk) = self.desk(at, number) else { return };
        let waits = |taken: &Taken| matches!(taken, Taken::Waiting { .. });
        let offers: Vec<u32> =
            desk.offers().iter().filter(|(_, taken)| waits(taken)).map(|(epoch, _)| *epoch).collect();
        for epoch in &offers {
            let event = if self.dice.chance(55) {
                Event::Accept { epoch: *epoch }
            } else {
                Event::Refuse { epoch: *epoch, reason: "no".into(), proposed: None }
            };
            self.tell(at, number, event);
        }
        let asked: Vec<u32> = desk
            .docket()
            .iter()
            .filter(|(_, docket)| docket.decision.is_none())
            .map(|(epoch, _)| *epoch)
            .collect();
        for epoch in &asked {
            let owner = portal(self.dice.below(PORTALS as u64) as usize);
            self.tell(at, number, Event::Decide { epoch: *epoch, owner });
        }
        // What could not be decided now is looked at again.
        if !offers.is_empty() && self.now < HEALED + 60 * DAY {
            let when = self.now + self.dice.around(12 * HOUR);
            self.at(when, Due::Decides { at, case: number });
        }
    }

    /// Lets the weeks pass.
    pub(super) fn live(&mut self) {
        for number in 0..CASES {
            let home = number_of(&case(number).origin);
            self.tell(home, number, Event::Registered);
            for _ in 0..25 {
                let when = self.dice.below(HEALED);
                self.at(when, Due::Person { case: number });
            }
        }
        for _ in 0..300 {
            let at = self.dice.below(PORTALS as u64) as usize;
            let from = self.dice.below(HEALED - DAY);
            let back = from + self.dice.around(HOUR);
            self.at(from, Due::Crashes { at });
            self.at(back, Due::Starts { at });
        }
        // One portal is away for weeks.
        self.at(5 * DAY, Due::Crashes { at: 9 });
        self.at(30 * DAY, Due::Starts { at: 9 });
        for day in 1..40 {
            self.at(day * DAY, Due::Cut);
        }
        for (agency, by, day) in [(3, 4, 8), (20, 21, 15), (31, 5, 22), (40, 41, 33)] {
            self.at(day * DAY, Due::Closes { at: agency, by });
        }
        for at in 0..PORTALS {
            self.at(HEALED, Due::Starts { at });
        }
        let mut steps = 0;
        while let Some(Reverse((when, _, due))) = self.due.pop() {
            self.now = self.now.max(when);
            self.happens(due);
            steps += 1;
            assert!(self.now < 400 * DAY && steps < 3_000_000, "it never comes to rest");
        }
    }

    pub(super) fn check(&self) {
        let closed = |at: &usize| self.portals[*at].closed;
        let seat =
            |origin: &Origin| self.successors.get(&number_of(origin)).filter(|_| closed(&number_of(origin)));
        for number in 0..CASES {
            let owners: Vec<usize> = (0..PORTALS)
                .filter(|at| !closed(at))
                .filter(|at| {
                    self.desk(*at, number).is_some_and(|desk| matches!(desk.stand(), Stand::Owner(_)))
                })
                .collect();
            assert_eq!(owners.len(), 1, "case {number} is owned by {owners:?}");
            let owner = self.desk(owners[0], number).unwrap();
            let Stand::Owner(own) = owner.stand() else { unreachable!() };
            assert!(own.out.is_none() && own.asking.is_none(), "case {number} is stuck: {own:?}");
            let home = number_of(&case(number).origin);
            let home = seat(&portal(home)).copied().unwrap_or(home);
            let home = self.desk(home, number).unwrap();
            let view = home.view().unwrap();
            assert_eq!(
                (&view.owner, view.epoch, view.state),
                (owner.me(), own.epoch, own.state),
                "case {number}"
            );
            assert!(home.unheard().is_empty(), "case {number}: the asker is not heard");
            let said: Vec<Uuid> = home.thread().chain(owner.thread()).map(|said| said.id).collect();
            assert!(
                said.iter().all(|id| self.shown.contains(&(number, *id))),
                "case {number}: something is lost"
            );
            let mut told = Vec::new();
            for (at, one) in self.portals.iter().enumerate() {
                for (index, (of, public)) in one.log.iter().enumerate() {
                    if *of == number {
                        let kind = kind(&case(number), public);
                        told.push(Statement { log: portal(at), index: index as u64, kind });
                    }
                }
            }
            let successor = |origin: &Origin| seat(origin).map(|at| portal(*at));
            let record = Record::of(&case(number), &told, successor).unwrap();
            let holder = successor(&record.owner).unwrap_or(record.owner);
            assert_eq!(
                (&holder, record.epoch, record.state),
                (owner.me(), own.epoch, own.state),
                "case {number}"
            );
            assert!(record.disputed.is_empty(), "case {number}: {:?}", record.disputed);
        }
    }
}
