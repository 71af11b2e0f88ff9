//! The outbox among nodes that come and go: every letter arrives, and no node that is away costs the others.

use std::collections::{BTreeMap, BTreeSet};

use network::letter::{Action, Answer, Event, Outbox, Settings};
use network::moment::{Dice, Moment};
use network::names::Origin;
use proptest::prelude::*;
use uuid::Uuid;

fn node(name: &str) -> Origin {
    format!("{name}.vn/node").parse().unwrap()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn sends(actions: &[Action]) -> Vec<(u128, String)> {
    let send = |action: &Action| match action {
        Action::Send { id, node } => Some((id.as_u128(), node.domain().as_str().replace(".vn", ""))),
        Action::Wake { .. } => None,
    };
    actions.iter().filter_map(send).collect()
}

fn wake(actions: &[Action]) -> Option<Moment> {
    actions.iter().find_map(|action| match action {
        Action::Wake { at } => Some(*at),
        Action::Send { .. } => None,
    })
}

fn waits(number: u128, ways: &[&str]) -> Event {
    Event::Waits { id: id(number), ways: ways.iter().map(|way| node(way)).collect() }
}

fn answered(number: u128, by: &str, answer: Answer) -> Event {
    Event::Answered { id: id(number), node: node(by), answer }
}

fn of(number: u128, by: &str) -> (u128, String) {
    (number, by.to_owned())
}

#[test]
fn a_letter_goes_at_once_and_through_the_parent_while_its_recipient_is_away() {
    let mut outbox = Outbox::new(Settings::default(), 1);
    let out = outbox.on(waits(1, &["b", "parent"]), Moment(0));
    assert_eq!(sends(&out), [of(1, "b")]);
    let out = outbox.on(answered(1, "b", Answer::Away), Moment(10));
    assert_eq!(sends(&out), [of(1, "parent")], "the parent takes it at once");
    let out = outbox.on(answered(1, "parent", Answer::Carried), Moment(20));
    assert!(sends(&out).is_empty() && outbox.len() == 1, "that it is carried does not end it");
    let again = wake(&out).unwrap();
    let out = outbox.on(Event::Heard(node("b")), Moment(30));
    assert_eq!(sends(&out), [of(1, "b")], "it goes as soon as its recipient is heard of, before {again:?}");
    let out = outbox.on(answered(1, "b", Answer::Held), Moment(40));
    assert!(out.is_empty() && outbox.is_empty());
}

#[test]
fn who_is_there_and_takes_nothing_is_not_asked_in_a_loop() {
    let mut outbox = Outbox::new(Settings::default(), 1);
    outbox.on(waits(1, &["b", "parent"]), Moment(0));
    let out = outbox.on(answered(1, "b", Answer::NotNow), Moment(0));
    assert!(sends(&out).is_empty(), "the parent is no way around a recipient who says: not now");
    for _ in 0..100 {
        assert!(sends(&outbox.on(Event::Heard(node("b")), Moment(1))).is_empty());
    }
    let mut at = wake(&out).unwrap();
    let mut tries = 0;
    while at < Moment(7 * 24 * 3_600_000) {
        let out = outbox.on(Event::Woken, at);
        assert_eq!(sends(&out), [of(1, "b")]);
        tries += 1;
        at = wake(&outbox.on(answered(1, "b", Answer::NotNow), at)).unwrap();
    }
    assert!((20..80).contains(&tries), "{tries} tries in a week");
}

#[test]
fn a_thousand_letters_to_a_dead_node_hold_up_nobody() {
    let mut outbox = Outbox::new(Settings::default(), 1);
    for number in 0..1_000 {
        outbox.on(waits(number, &["dead"]), Moment(0));
    }
    outbox.on(answered(0, "dead", Answer::Away), Moment(1));
    outbox.on(answered(1, "dead", Answer::Away), Moment(1));
    let out = outbox.on(waits(2_000, &["b"]), Moment(2));
    assert_eq!(sends(&out), [of(2_000, "b")]);
    // Its way is known only later, and the letter is withdrawn before it goes.
    assert!(sends(&outbox.on(waits(3_000, &[]), Moment(2))).is_empty());
    outbox.on(Event::Dropped(id(3_000)), Moment(2));
    assert!(sends(&outbox.on(waits(2_001, &["b"]), Moment(2))).len() == 1);
    assert_eq!(outbox.len(), 1_002);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Nodes come and go, relays carry or not, letters are added all the time; in the end everybody is there.
    #[test]
    fn every_letter_arrives_once_everybody_is_there(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let names = ["a", "b", "c", "d"];
        let settings = Settings::default();
        let mut outbox = Outbox::new(settings, seed);
        let mut there: BTreeMap<Origin, bool> = names.iter().map(|name| (node(name), true)).collect();
        let mut home: BTreeMap<Uuid, Origin> = BTreeMap::new();
        let mut flying: Vec<(Uuid, Origin)> = Vec::new();
        let mut held = BTreeSet::new();
        let mut now = Moment(0);
        let mut alarm = Moment(0);
        for step in 0..4_000_u64 {
            let calm = step > 2_000;
            let event = match dice.below(10) {
                0 if !calm => {
                    let (to, over) = (dice.below(4) as usize, dice.below(4) as usize);
                    let number = id(u128::from(step));
                    home.insert(number, node(names[to]));
                    waits(u128::from(step), &[names[to], names[over]])
                }
                1 if !calm => {
                    let name = node(names[dice.below(4) as usize]);
                    let up = dice.chance(50);
                    there.insert(name.clone(), up);
                    if up { Event::Heard(name) } else { Event::Woken }
                }
                2..=6 if !flying.is_empty() => {
                    let (id, to) = flying.swap_remove(dice.below(flying.len() as u64) as usize);
                    let answer = match there[&to] {
                        false => Answer::Away,
                        true if !calm && dice.chance(10) => Answer::NotNow,
                        true if home[&id] == to => Answer::Held,
                        true => Answer::Carried,
                    };
                    if answer == Answer::Held {
                        prop_assert!(held.insert(id), "held once, and not sent afterwards");
                    }
                    Event::Answered { id, node: to, answer }
                }
                _ => {
                    now = Moment(now.0.max(alarm.0)) + dice.below(1_000);
                    Event::Woken
                }
            };
            if calm && step == 2_001 {
                there.values_mut().for_each(|up| *up = true);
            }
            for action in outbox.on(event, now) {
                match action {
                    Action::Send { id, node } => {
                        prop_assert!(!flying.iter().any(|(other, _)| *other == id), "one way at a time");
                        flying.push((id, node));
                    }
                    Action::Wake { at } => alarm = at,
                }
            }
            prop_assert!(flying.len() <= settings.at_once);
            for name in there.keys() {
                prop_assert!(flying.iter().filter(|(_, to)| to == name).count() <= settings.to_one);
            }
        }
        prop_assert_eq!(held.len(), home.len());
        prop_assert!(outbox.is_empty());
    }
}
