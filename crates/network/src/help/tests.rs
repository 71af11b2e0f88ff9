//! Every world that one question can lead to: letters lost, doubled, late and in any order, and each side losing what it knew.

use std::collections::BTreeSet;

use super::*;

/// Both ends, and every letter that was ever sent: any of them may come at any time, again, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct World {
    owner: Stand,
    asked: Stand,
    sent: [bool; 3],
}

type Owner = fn(Stand, AtOwner) -> Option<(Stand, Option<Sends>)>;
type Asked = fn(Stand, AtAsked) -> Option<(Stand, Option<Sends>)>;

const START: World = World { owner: Stand::Unknown, asked: Stand::Unknown, sent: [false; 3] };

impl World {
    fn sends(mut self, letter: Option<Sends>) -> World {
        if let Some(letter) = letter {
            self.sent[letter as usize] = true;
        }
        self
    }

    fn owner(self, machine: Owner, event: AtOwner) -> Option<World> {
        let (owner, letter) = machine(self.owner, event)?;
        Some(World { owner, ..self }.sends(letter))
    }

    fn asked(self, machine: Asked, event: AtAsked) -> Option<World> {
        let (asked, letter) = machine(self.asked, event)?;
        Some(World { asked, ..self }.sends(letter))
    }

    fn has(self, letter: Sends) -> bool {
        self.sent[letter as usize]
    }

    /// Every world that can follow.
    fn next(self, (owner, asked): (Owner, Asked)) -> Vec<World> {
        let acts = [AtOwner::Asks, AtOwner::Ends, AtOwner::Woken];
        let mut all: Vec<World> = acts.into_iter().filter_map(|event| self.owner(owner, event)).collect();
        all.extend(self.asked(asked, AtAsked::Says));
        if self.has(Sends::Asks) {
            all.extend(self.asked(asked, AtAsked::Asked));
        }
        if self.has(Sends::Ends) {
            all.extend(self.asked(asked, AtAsked::Ended));
        }
        if self.has(Sends::Says) {
            all.extend(self.owner(owner, AtOwner::Said));
        }
        all
    }

    /// After all that is on its way has come, and what is not answered was asked again: until nothing changes.
    fn settled(mut self, machines: (Owner, Asked)) -> World {
        for _ in 0..10 {
            let before = self;
            self = self.owner(machines.0, AtOwner::Woken).unwrap_or(self);
            for (letter, event) in [(Sends::Asks, AtAsked::Asked), (Sends::Ends, AtAsked::Ended)] {
                if self.has(letter) {
                    self = self.asked(machines.1, event).unwrap_or(self);
                }
            }
            if self.has(Sends::Says) {
                self = self.owner(machines.0, AtOwner::Said).unwrap_or(self);
            }
            if self == before {
                return self;
            }
        }
        self
    }
}

/// Looks at every world; what is wrong with the first that is wrong.
fn explored(machines: (Owner, Asked)) -> Result<usize, String> {
    let (mut seen, mut waiting) = (BTreeSet::from([START]), vec![START]);
    while let Some(world) = waiting.pop() {
        let wrong = |what: &str| Err(format!("{what}: {world:?}"));
        if world.owner == Stand::Said && world.asked != Stand::Said {
            return wrong("the owner has heard what nobody said");
        }
        if world.asked == Stand::Open && world.owner == Stand::Unknown {
            return wrong("a question that nobody asked");
        }
        let settled = world.settled(machines);
        let agree = matches!(
            (settled.owner, settled.asked),
            (Stand::Unknown, Stand::Unknown)
                | (Stand::Open, Stand::Open)
                | (Stand::Said, Stand::Said)
                | (Stand::Ended, Stand::Ended | Stand::Said)
        );
        if !agree {
            return wrong("both ends do not come to agree");
        }
        for next in world.next(machines) {
            let over = |stand| matches!(stand, Stand::Said | Stand::Ended);
            if over(world.owner) && next.owner != world.owner {
                return wrong("what has ended at the owner ends again");
            }
            if over(world.asked) && next.asked != world.asked {
                return wrong("what has ended at whoever is asked goes on");
            }
            if seen.insert(next) {
                waiting.push(next);
            }
        }
    }
    Ok(seen.len())
}

#[test]
fn both_ends_come_to_agree_in_every_world() {
    assert_eq!(explored((at_owner, at_asked)), Ok(9), "worlds");
}

#[test]
fn a_machine_that_is_broken_is_found_out() {
    let opens_again: Asked = |stand, event| match (stand, event) {
        (Stand::Ended, AtAsked::Asked) => Some((Stand::Open, None)),
        _ => at_asked(stand, event),
    };
    assert!(explored((at_owner, opens_again)).unwrap_err().contains("goes on"));
    let silent: Asked = |stand, event| match (stand, event) {
        (Stand::Open, AtAsked::Says) => Some((Stand::Said, None)),
        (Stand::Said, AtAsked::Asked) => Some((Stand::Said, None)),
        _ => at_asked(stand, event),
    };
    assert!(explored((at_owner, silent)).unwrap_err().contains("agree"));
    let takes_late: Owner = |stand, event| match (stand, event) {
        (Stand::Ended, AtOwner::Said) => Some((Stand::Said, None)),
        _ => at_owner(stand, event),
    };
    assert!(explored((takes_late, at_asked)).unwrap_err().contains("ends again"));
}

/// A letter comes once at most, if it comes: an end that overtakes its question must be remembered.
#[test]
fn an_end_that_overtakes_its_question_ends_it() {
    let (stand, _) = at_asked(Stand::Unknown, AtAsked::Ended).unwrap();
    assert_eq!(at_asked(stand, AtAsked::Asked), Some((Stand::Ended, None)));
    assert_eq!(at_asked(stand, AtAsked::Says), None, "nobody says what is asked no more");
}

#[test]
fn what_was_lost_is_asked_again_and_answered_again() {
    assert_eq!(at_owner(Stand::Open, AtOwner::Woken), Some((Stand::Open, Some(Sends::Asks))));
    assert_eq!(at_asked(Stand::Said, AtAsked::Asked), Some((Stand::Said, Some(Sends::Says))));
    assert_eq!(at_owner(Stand::Said, AtOwner::Woken), Some((Stand::Said, None)));
}
