//! Small cases, each looked at whole.

use super::broken::Broken;
use super::explorer::explore;
use super::world::Scenario;
use super::{id, portal};
use crate::entry::Outcome;
use crate::handover::{Event, Rating, What};

/// Without faults every scenario is looked at whole; none has more worlds.
const WHOLE: usize = 1_000_000;
/// One world in so many is brought to rest.
const REST: u128 = 11;

/// So many worlds of one scenario with a fault are looked at, the nearest first: `HANDOVER_WORLDS` asks for more.
fn most() -> usize {
    std::env::var("HANDOVER_WORLDS").ok().and_then(|text| text.parse().ok()).unwrap_or(12_000)
}

fn offer(at: u8, to: usize) -> (u8, Event) {
    (at, Event::Offer { to: portal(to) })
}
fn asks(number: u128, what: What) -> (u8, Event) {
    (0, Event::Asks { id: id(number), what, words: "?".into() })
}
fn answers(at: u8, number: u128) -> (u8, Event) {
    (at, Event::Answers { id: id(number), words: "!".into() })
}
fn tells(at: u8, number: u128) -> (u8, Event) {
    (at, Event::Tells { id: id(number), words: ".".into() })
}

/// To one other, and perhaps not; with words of both sides on their way.
fn handed() -> Scenario {
    Scenario {
        name: "handed over, taken back, or refused",
        portals: 2,
        acts: vec![asks(1, What::Asks), offer(0, 1), (0, Event::Cancel), answers(0, 3), answers(1, 4)],
        accepts: vec![1],
        refuses: vec![1],
        ..Scenario::default()
    }
}

/// The same with letters sent again at any moment.
fn hasty() -> Scenario {
    Scenario {
        name: "handed over in haste",
        acts: vec![asks(1, What::Asks), offer(0, 1), (0, Event::Cancel), answers(1, 4)],
        hasty: true,
        ..handed()
    }
}

/// Offered again to who gave it back.
fn again() -> Scenario {
    Scenario {
        name: "offered again",
        acts: vec![offer(0, 1), (0, Event::Cancel), offer(0, 1), tells(0, 1)],
        ..handed()
    }
}

/// On to a third while the asker and the second talk.
fn onward() -> Scenario {
    Scenario {
        name: "on to a third",
        portals: 3,
        acts: vec![offer(0, 1), offer(1, 2), asks(1, What::Asks), tells(1, 2)],
        accepts: vec![1, 2],
        refuses: vec![2],
        ..Scenario::default()
    }
}

/// There, back, and on to a third.
fn there_and_back() -> Scenario {
    Scenario {
        name: "there and back",
        portals: 3,
        acts: vec![offer(0, 1), offer(1, 0), offer(0, 2), (0, Event::Cancel), answers(2, 2)],
        accepts: vec![0, 1, 2],
        ..Scenario::default()
    }
}

/// Answered, opened again once, and answered again.
fn reopened() -> Scenario {
    Scenario {
        name: "opened again",
        portals: 2,
        acts: vec![offer(0, 1), answers(1, 1), asks(3, What::Reopens), answers(1, 5)],
        accepts: vec![1],
        ..Scenario::default()
    }
}

/// Answered, rated, ended, and opened again.
fn rated() -> Scenario {
    Scenario {
        name: "rated and ended",
        portals: 2,
        acts: vec![
            offer(0, 1),
            answers(1, 1),
            asks(2, What::Rates(Rating::No)),
            (1, Event::Ends(Outcome::Answered)),
            asks(3, What::Reopens),
        ],
        accepts: vec![1],
        ..Scenario::default()
    }
}

/// Opened again, and handed on after that.
fn reopened_and_handed() -> Scenario {
    Scenario {
        name: "opened again and handed on",
        portals: 3,
        acts: vec![offer(0, 1), answers(1, 1), asks(3, What::Reopens), offer(1, 2), answers(2, 5)],
        accepts: vec![1, 2],
        ..Scenario::default()
    }
}

/// The asker takes it back while it is handed over.
fn withdrawn() -> Scenario {
    Scenario {
        name: "withdrawn",
        portals: 2,
        acts: vec![offer(0, 1), asks(1, What::Withdraws), answers(1, 2), (0, Event::Cancel)],
        accepts: vec![1],
        refuses: vec![1],
        ..Scenario::default()
    }
}

/// Two refuse, and the agency above decides.
fn above() -> Scenario {
    Scenario {
        name: "the agency above",
        portals: 5,
        acts: vec![
            offer(0, 1),
            offer(0, 2),
            (0, Event::Above { agency: portal(4) }),
            answers(0, 1),
            asks(2, What::Asks),
        ],
        refuses: vec![1, 2],
        names: vec![1, 0],
        ..Scenario::default()
    }
}

/// Who is offered the case is closed, before or after it has decided.
fn receiver_closed() -> Scenario {
    Scenario {
        name: "the receiver is closed",
        portals: 3,
        acts: vec![offer(0, 1), (0, Event::Cancel), answers(2, 2)],
        accepts: vec![1, 2],
        refuses: vec![1, 2],
        closes: Some((1, 2)),
        ..Scenario::default()
    }
}

/// Who owns the case and hands it over is closed; it is also where it was asked.
fn sender_closed() -> Scenario {
    Scenario {
        name: "the sender is closed",
        portals: 3,
        acts: vec![
            offer(0, 1),
            (0, Event::Cancel),
            (2, Event::Asks { id: id(3), what: What::Asks, words: "?".into() }),
        ],
        accepts: vec![1],
        refuses: vec![1],
        closes: Some((0, 2)),
        ..Scenario::default()
    }
}

/// The sender takes the receiver's place, or the receiver the sender's.
fn merged(closes: (u8, u8), second: (u8, Event)) -> Scenario {
    Scenario {
        name: "sender and receiver are merged",
        portals: 3,
        acts: vec![offer(0, 1), second],
        accepts: vec![0, 1, 2],
        refuses: vec![1],
        closes: Some(closes),
        ..Scenario::default()
    }
}

/// The agency above is closed while it is asked, or so is whom it gives the case to.
fn above_closed(closes: (u8, u8)) -> Scenario {
    Scenario {
        name: "closed while the agency above decides",
        acts: vec![offer(0, 1), offer(0, 2), (0, Event::Above { agency: portal(4) })],
        closes: Some(closes),
        names: vec![1, 2],
        ..above()
    }
}

fn all() -> Vec<Scenario> {
    vec![
        handed(),
        hasty(),
        again(),
        onward(),
        there_and_back(),
        reopened(),
        rated(),
        reopened_and_handed(),
        withdrawn(),
        above(),
        receiver_closed(),
        sender_closed(),
        merged((1, 0), offer(1, 2)),
        merged((0, 1), offer(1, 2)),
        merged((1, 0), offer(1, 0)),
        merged((0, 1), offer(1, 0)),
        above_closed((4, 3)),
        above_closed((1, 3)),
    ]
}

/// What goes wrong in a run: nothing; a letter is lost; one comes twice, the second time however late; a portal stops between its
/// commit and its letters.
const FAULTS: [(&str, u8, u8, u8); 4] =
    [("nothing", 0, 0, 0), ("a loss", 1, 0, 0), ("a letter twice", 0, 1, 0), ("a crash", 0, 0, 1)];

#[test]
fn every_interleaving_leaves_one_owner_nothing_lost_and_nothing_doubled() {
    let mut worlds = 0;
    for scenario in all() {
        for (fault, losses, twice, crashes) in FAULTS {
            let name = scenario.name;
            let scenario = Scenario { losses, twice, crashes, ..scenario.clone() };
            let most = if fault == "nothing" { most().max(WHOLE) } else { most() };
            let seen = explore(scenario, None, most, REST);
            let how = if seen.cut { "the nearest" } else { "all" };
            println!(
                "{name}, {fault}: {how} {} worlds, {} steps, {} brought to rest",
                seen.worlds, seen.steps, seen.at_rest
            );
            if let Some(wrong) = seen.wrong {
                panic!("{wrong}");
            }
            assert!(fault != "nothing" || !seen.cut, "{name} is not looked at whole");
            worlds += seen.worlds;
        }
    }
    println!("{worlds} worlds");
}

#[test]
fn a_machine_that_is_broken_is_found_out() {
    let twice = |scenario: Scenario| Scenario { twice: 1, ..scenario };
    let lost = |scenario: Scenario| Scenario { losses: 1, ..scenario };
    for (broken, scenario) in [
        (Broken::NotFrozen, handed()),
        (Broken::TakesEarly, onward()),
        (Broken::CancelsAccepted, handed()),
        (Broken::ForgetsRefusal, twice(handed())),
        (Broken::AnyEpoch, twice(again())),
        (Broken::BlindHeir, receiver_closed()),
        (Broken::NeverAgain, lost(handed())),
        (Broken::AnyStatus, handed()),
        (Broken::GivesAtOffer, handed()),
        (Broken::TakesTwice, twice(reopened())),
        (Broken::DecidesAnew, above()),
        (Broken::LeavesDebts, lost(onward())),
    ] {
        let seen = explore(scenario, Some(broken), WHOLE, 1);
        let wrong = seen.wrong.unwrap_or_else(|| panic!("{broken:?} is not found in {} worlds", seen.worlds));
        println!("{broken:?}, after {} worlds: {wrong}", seen.worlds);
    }
}
