//! Every world that one split can lead to: letters lost, doubled, late and in any order, and a crash between any two steps, which is a letter
//! that never comes. Small splits in every world, splits into ten parts by chance, with the same machine.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Both ends, what became of the parts, and every letter that was ever sent: any of them may come at any time, again, or never.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct World {
    many: u8,
    /// Whether the parts may be registered.
    right: bool,
    owner: Owner,
    /// The parts that the owner knows to be answered, a bit for each.
    known: u16,
    /// True once the owner has answered the whole.
    answered: bool,
    home: Home,
    /// How often a part was registered.
    registered: u16,
    /// The parts that are answered, a bit for each.
    done: u16,
    asks: bool,
    refuses: bool,
    /// The lists by their version, from 1.
    lists: Vec<u16>,
}

type AtOwnerFn = fn(Owner, AtOwner) -> Option<(Owner, Option<Sends>)>;
type AtHomeFn = fn(Home, AtHome) -> (Home, Option<Sends>);
type Machines = (AtOwnerFn, AtHomeFn);

const MACHINES: Machines = (at_owner, at_home);

impl World {
    fn new(many: u8, right: bool) -> World {
        World {
            many,
            right,
            owner: Owner::Unknown,
            known: 0,
            answered: false,
            home: Home::Unknown,
            registered: 0,
            done: 0,
            asks: false,
            refuses: false,
            lists: Vec::new(),
        }
    }

    fn all(&self) -> u16 {
        (1 << self.many) - 1
    }

    fn sends(mut self, letter: Option<Sends>) -> World {
        match letter {
            Some(Sends::Asks) => self.asks = true,
            Some(Sends::Refuses) => self.refuses = true,
            Some(Sends::Lists(version)) => {
                assert_eq!(usize::try_from(version).unwrap(), self.lists.len() + 1, "versions rise by one");
                self.lists.push(self.done);
            }
            None => {}
        }
        self
    }

    fn owner(&self, machines: Machines, event: AtOwner) -> Option<World> {
        let (owner, letter) = machines.0(self.owner, event)?;
        let mut next = World { owner, ..self.clone() };
        if let (AtOwner::Listed(version), true) = (event, owner != self.owner) {
            next.known = self.lists[usize::try_from(version).unwrap() - 1];
        }
        Some(next.sends(letter))
    }

    fn home(&self, machines: Machines, event: AtHome) -> World {
        let (home, letter) = machines.1(self.home, event);
        let mut next = World { home, ..self.clone() };
        if matches!((self.home, home), (Home::Unknown | Home::Refused, Home::Parted(_))) {
            next.registered += u16::from(self.many);
        }
        next.sends(letter)
    }

    /// A part is answered, and the next list says so: at once, or a while later.
    fn closes(&self, part: u8) -> Option<World> {
        let may = matches!(self.home, Home::Parted(_)) && self.done & (1 << part) == 0;
        may.then(|| World { done: self.done | (1 << part), ..self.clone() })
    }

    fn answers(&self) -> Option<World> {
        let may = matches!(self.owner, Owner::Parted(_)) && self.known == self.all() && !self.answered;
        may.then(|| World { answered: true, ..self.clone() })
    }

    /// Every world that can follow, of at most so many lists.
    fn next(&self, machines: Machines, most: usize) -> Vec<World> {
        let mut all: Vec<World> = Vec::new();
        all.extend(self.owner(machines, AtOwner::Splits));
        all.extend(self.answers());
        all.extend((0..self.many).filter_map(|part| self.closes(part)));
        let room = self.lists.len() < most;
        if room || !matches!(self.home, Home::Parted(_)) {
            if self.asks {
                all.push(self.home(machines, AtHome::Asked { right: self.right }));
            }
            if self.lists.last().is_some_and(|last| *last != self.done) {
                all.push(self.home(machines, AtHome::Changed));
            }
        }
        all.extend(self.owner(machines, AtOwner::Woken));
        for version in 1..=self.lists.len() {
            all.extend(self.owner(machines, AtOwner::Listed(u32::try_from(version).unwrap())));
        }
        if self.refuses {
            all.extend(self.owner(machines, AtOwner::Refused));
        }
        all
    }

    /// All that is on its way is lost; then what is not answered is asked again, and answered.
    fn settled(&self, machines: Machines) -> World {
        let mut world = self.clone();
        (world.asks, world.refuses) = (false, false);
        world = world.owner(machines, AtOwner::Woken).unwrap_or(world);
        if !world.asks {
            return world;
        }
        let before = world.lists.len();
        world = world.home(machines, AtHome::Asked { right: world.right });
        if world.lists.len() > before {
            let newest = u32::try_from(world.lists.len()).unwrap();
            world = world.owner(machines, AtOwner::Listed(newest)).unwrap_or(world);
        }
        if world.refuses {
            world = world.owner(machines, AtOwner::Refused).unwrap_or(world);
        }
        world
    }

    /// What is wrong with it; nothing if nothing is.
    fn wrong(&self, machines: Machines) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("{what}: {self:?}"));
        if self.registered != 0 && self.registered != u16::from(self.many) {
            return wrong("parts are registered twice");
        }
        if (self.registered == 0) == matches!(self.home, Home::Parted(_)) {
            return wrong("what is listed is not what is registered");
        }
        if self.answered && self.done != self.all() {
            return wrong("the whole is answered before its parts");
        }
        if self.known & !self.done != 0 {
            return wrong("the owner has heard of an answer that nobody gave");
        }
        let settled = self.settled(machines);
        let agree = match (settled.owner, settled.home) {
            (Owner::Unknown, Home::Unknown) | (Owner::Refused, Home::Refused) => true,
            (Owner::Parted(_), Home::Parted(_)) => settled.known == settled.done,
            _ => false,
        };
        if agree { Ok(()) } else { wrong("both ends do not come to agree") }
    }
}

/// Looks at every world of a split; what is wrong with the first that is wrong.
fn explored(machines: Machines, many: u8, right: bool, most: usize) -> Result<usize, String> {
    let start = World::new(many, right);
    let (mut seen, mut waiting) = (BTreeSet::from([start.clone()]), vec![start]);
    while let Some(world) = waiting.pop() {
        world.wrong(machines)?;
        for next in world.next(machines, most) {
            if let (Owner::Parted(before), Owner::Parted(after)) = (world.owner, next.owner)
                && after < before
            {
                return Err(format!("an older list is taken: {next:?}"));
            }
            if seen.insert(next.clone()) {
                waiting.push(next);
            }
        }
    }
    Ok(seen.len())
}

#[test]
fn both_ends_come_to_agree_in_every_world() {
    let worlds = explored(MACHINES, 3, true, 5).unwrap();
    assert!(worlds > 1_000, "{worlds} worlds");
    assert!(explored(MACHINES, 2, true, 6).unwrap() > 500);
    assert_eq!(explored(MACHINES, 3, false, 5), Ok(4), "nothing is registered without the right to it");
}

#[test]
fn a_machine_that_is_broken_is_found_out() {
    let takes_older: AtOwnerFn = |stand, event| match (stand, event) {
        (Owner::Parted(_), AtOwner::Listed(version)) => Some((Owner::Parted(version), None)),
        _ => at_owner(stand, event),
    };
    assert!(explored((takes_older, at_home), 2, true, 4).unwrap_err().contains("older"));
    let silent: AtHomeFn = |stand, event| match (stand, event) {
        (Home::Parted(_), AtHome::Asked { .. }) => (stand, None),
        _ => at_home(stand, event),
    };
    assert!(explored((at_owner, silent), 2, true, 4).unwrap_err().contains("agree"));
    let never_asks_again: AtOwnerFn = |stand, event| match (stand, event) {
        (Owner::Parted(_), AtOwner::Woken) => Some((stand, None)),
        _ => at_owner(stand, event),
    };
    assert!(explored((never_asks_again, at_home), 2, true, 4).unwrap_err().contains("agree"));
    let forgets: AtHomeFn = |stand, event| match (stand, event) {
        (Home::Parted(_), AtHome::Asked { right: true }) => (Home::Refused, Some(Sends::Refuses)),
        (Home::Refused, AtHome::Asked { right: true }) => (Home::Parted(1), None),
        _ => at_home(stand, event),
    };
    assert!(explored((at_owner, forgets), 2, true, 4).is_err());
}

#[test]
fn what_is_older_or_comes_twice_changes_nothing() {
    let parted = Owner::Parted(7);
    for event in [AtOwner::Listed(7), AtOwner::Listed(3), AtOwner::Refused] {
        assert_eq!(at_owner(parted, event), Some((parted, None)), "{event:?}");
    }
    assert_eq!(at_owner(parted, AtOwner::Splits), None, "a case is split once by one name");
    assert_eq!(at_owner(Owner::Refused, AtOwner::Woken), Some((Owner::Refused, None)));
    assert_eq!(
        at_owner(Owner::Refused, AtOwner::Listed(1)),
        Some((Owner::Parted(1), None)),
        "parts that are"
    );
    assert_eq!(at_owner(Owner::Unknown, AtOwner::Listed(1)), None);
}

/// What can happen in a world of chance.
#[derive(Clone, Copy, Debug)]
enum Chance {
    Asked,
    Changed,
    Woken,
    Listed(usize),
    Answered(u8),
    Reopened(u8),
}

fn chance() -> impl Strategy<Value = Chance> {
    prop_oneof![
        Just(Chance::Asked),
        Just(Chance::Changed),
        Just(Chance::Woken),
        any::<usize>().prop_map(Chance::Listed),
        (0..10_u8).prop_map(Chance::Answered),
        (0..10_u8).prop_map(Chance::Reopened),
    ]
}

proptest! {
    /// Ten parts, of which some are opened again: whatever was lost, both ends agree in the end, and ten are registered.
    #[test]
    fn ten_parts_are_registered_once_whatever_comes(chances in prop::collection::vec(chance(), 0..120)) {
        let mut world = World::new(10, true).owner(MACHINES, AtOwner::Splits).unwrap();
        for what in chances {
            let home = matches!(world.home, Home::Parted(_));
            match what {
                Chance::Asked => world = world.home(MACHINES, AtHome::Asked { right: true }),
                Chance::Changed => world = world.home(MACHINES, AtHome::Changed),
                Chance::Woken => world = world.owner(MACHINES, AtOwner::Woken).unwrap(),
                Chance::Listed(_) if world.lists.is_empty() => {}
                Chance::Listed(at) => {
                    let version = u32::try_from(at % world.lists.len() + 1).unwrap();
                    world = world.owner(MACHINES, AtOwner::Listed(version)).unwrap();
                }
                Chance::Answered(part) if home => world.done |= 1 << part,
                Chance::Reopened(part) if home => world.done &= !(1 << part),
                Chance::Answered(_) | Chance::Reopened(_) => {}
            }
        }
        let settled = world.settled(MACHINES);
        prop_assert_eq!(settled.registered, 10);
        prop_assert_eq!(settled.known, settled.done);
        prop_assert_eq!(settled.owner, Owner::Parted(u32::try_from(settled.lists.len()).unwrap()));
    }
}
