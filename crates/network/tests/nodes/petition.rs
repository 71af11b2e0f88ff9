//! The public record: whose a case is, worked out of what many logs say, in any order.

use jiff::civil::date;
use network::entry::{Answered, Case, Closed, Kind, Level, Outcome, Passed, Registered, Reopened};
use network::names::{ContentHash, Origin};
use network::petition::{Record, State, Statement};
use proptest::prelude::*;

/// `a` is where somebody asked; the other letters are other agencies.
fn log(letter: &str) -> Origin {
    format!("{letter}.gov.vn/log").parse().unwrap()
}

fn case() -> Case {
    Case { origin: log("a"), code: "PAKN.20261123.0012.H01-K".parse().unwrap() }
}

fn registered() -> Kind {
    Kind::PetitionRegistered(Registered {
        code: case().code,
        category: "y-te".into(),
        level: Level::Commune,
        received: date(2026, 11, 23),
        due: date(2026, 12, 21),
        commitment: ContentHash::of(b"words"),
    })
}

fn passed(epoch: u32, from: &str, to: &str) -> Kind {
    Kind::PetitionPassed(Passed {
        case: case(),
        epoch,
        from: log(from),
        to: log(to),
        by: None,
        category: format!("of-{to}"),
        level: Level::Province,
        due: date(2026, 12, 28),
    })
}

fn answered(epoch: u32) -> Kind {
    Kind::PetitionAnswered(Answered { case: case(), epoch, content: None, commitment: None })
}

fn closed(epoch: u32) -> Kind {
    Kind::PetitionClosed(Closed { case: case(), epoch, outcome: Outcome::Answered })
}

fn reopened(epoch: u32) -> Kind {
    Kind::PetitionReopened(Reopened { case: case(), epoch, due: date(2027, 1, 4) })
}

fn told(said: &[(&str, Kind)]) -> Vec<Statement> {
    let each = |(index, (letter, kind)): (usize, &(&str, Kind))| Statement {
        log: log(letter),
        index: index as u64,
        kind: kind.clone(),
    };
    said.iter().enumerate().map(each).collect()
}

fn nobody(_: &Origin) -> Option<Origin> {
    None
}

fn record(said: &[(&str, Kind)]) -> Record {
    Record::of(&case(), &told(said), nobody).unwrap()
}

#[test]
fn a_case_is_whose_log_says_that_it_took_it() {
    let alone = record(&[("a", registered())]);
    assert_eq!(
        (alone.owner, alone.epoch, alone.state, alone.level),
        (log("a"), 1, State::Open, Level::Commune)
    );

    // What the former owner says alone is an offer that it believes to be taken; the taker's log decides.
    let given = record(&[("a", registered()), ("a", passed(2, "a", "b"))]);
    assert_eq!(given.owner, log("a"));

    let taken = record(&[("a", registered()), ("b", passed(2, "a", "b"))]);
    assert_eq!((&taken.owner, taken.epoch, &*taken.category), (&log("b"), 2, "of-b"));
    assert!(!taken.path[0].confirmed && taken.disputed.is_empty());

    let both = record(&[("a", registered()), ("b", passed(2, "a", "b")), ("a", passed(2, "a", "b"))]);
    assert!(both.path[0].confirmed);
    assert_eq!(Record::of(&case(), &told(&[("b", passed(2, "a", "b"))]), nobody), None, "not registered yet");
}

#[test]
fn a_whole_life() {
    let life = record(&[
        ("a", registered()),
        ("b", passed(3, "a", "b")),
        ("a", passed(3, "a", "b")),
        ("a", passed(5, "b", "a")),
        ("b", passed(5, "b", "a")),
        ("a", answered(5)),
        ("a", closed(5)),
        ("a", reopened(6)),
        ("c", passed(7, "a", "c")),
        ("a", passed(7, "a", "c")),
        ("c", answered(7)),
        ("c", closed(7)),
    ]);
    let path: Vec<_> = life.path.iter().map(|hop| (hop.epoch, hop.to.clone(), hop.confirmed)).collect();
    assert_eq!(path, [(3, log("b"), true), (5, log("a"), true), (7, log("c"), true)]);
    assert_eq!(life.answers.iter().map(|answer| answer.epoch).collect::<Vec<_>>(), [5, 7]);
    assert_eq!((life.state, life.owner), (State::Closed(Outcome::Answered), log("c")));
}

#[test]
fn who_does_not_own_it_says_nothing_about_it() {
    let honest = [("a", registered()), ("b", passed(2, "a", "b")), ("a", passed(2, "a", "b"))];
    let plain = record(&honest);
    for lie in [
        ("e", answered(2)),
        ("e", closed(2)),
        ("a", answered(2)),
        ("a", closed(1)),
        ("b", answered(1)),
        ("b", reopened(3)),
        ("e", passed(3, "a", "e")),
        ("e", passed(3, "c", "e")),
        ("e", passed(3, "b", "d")),
        ("e", registered()),
    ] {
        let mut told = honest.to_vec();
        told.push(lie.clone());
        let lied = record(&told);
        let said = (&lied.owner, lied.epoch, lied.state, lied.answers.len());
        assert_eq!(said, (&plain.owner, plain.epoch, plain.state, 0), "{lie:?}");
    }
}

#[test]
fn claims_that_nobody_confirms_give_way() {
    let two = record(&[("a", registered()), ("b", passed(2, "a", "b")), ("e", passed(3, "a", "e"))]);
    assert_eq!((two.owner, two.disputed.len()), (log("a"), 2), "neither of two");
    let one = [
        ("a", registered()),
        ("e", passed(2, "a", "e")),
        ("b", passed(3, "a", "b")),
        ("a", passed(3, "a", "b")),
    ];
    let one = record(&one);
    assert_eq!((one.owner, one.disputed), (log("b"), [log("e")].into()));
    // Who has answered has passed nothing on.
    let answered = record(&[("a", registered()), ("a", answered(1)), ("e", passed(2, "a", "e"))]);
    assert_eq!(
        (answered.owner, answered.state, answered.disputed),
        (log("a"), State::Answered, [log("e")].into())
    );
}

#[test]
fn a_successor_speaks_for_the_owner() {
    let to_s = |origin: &Origin| (*origin == log("b")).then(|| log("s"));
    let said = [
        ("a", registered()),
        ("b", passed(2, "a", "b")),
        ("a", passed(2, "a", "b")),
        ("s", passed(4, "s", "c")),
    ];
    let mut told_all = told(&said[..3]);
    told_all.extend(told(&[("s", answered(2))]));
    let record = Record::of(&case(), &told_all, to_s).unwrap();
    assert_eq!((record.state, record.answers[0].log.clone()), (State::Answered, log("s")));
    assert_eq!(Record::of(&case(), &told_all, nobody).unwrap().state, State::Open, "nobody took its place");
    let mut on = told(&said[..3]);
    on.extend(told(&[("c", passed(4, "s", "c")), ("s", passed(4, "s", "c"))]));
    assert_eq!(Record::of(&case(), &on, to_s).unwrap().owner, log("c"));
    // Successors in a circle end.
    let circle = |origin: &Origin| Some(if *origin == log("b") { log("s") } else { log("b") });
    assert_eq!(Record::of(&case(), &told_all, circle).unwrap().state, State::Answered);
}

proptest! {
    #[test]
    fn the_order_in_which_logs_come_does_not_matter(
        said in prop::collection::vec((0..5_usize, 0..5_u8, 1..6_u32, 0..5_usize, 0..5_usize), 0..14),
        seed in any::<u64>(),
    ) {
        let letters = ["a", "b", "c", "d", "e"];
        let mut all = vec![("a", registered())];
        for (at, what, epoch, from, to) in said {
            let kind = match what {
                0 => answered(epoch),
                1 => closed(epoch),
                2 => reopened(epoch),
                _ => passed(epoch, letters[from], letters[to]),
            };
            all.push((letters[at], kind));
        }
        let first = told(&all);
        let mut other = first.clone();
        let mut dice = network::moment::Dice::new(seed);
        for at in (1..other.len()).rev() {
            other.swap(at, dice.below(at as u64 + 1) as usize);
        }
        other.extend(first.iter().take(2).cloned());
        let record = Record::of(&case(), &first, nobody);
        prop_assert_eq!(&record, &Record::of(&case(), &other, nobody));
        let record = record.unwrap();
        // One answer an epoch, and epochs only go up.
        prop_assert!(record.answers.windows(2).all(|pair| pair[0].epoch < pair[1].epoch));
        prop_assert!(record.path.windows(2).all(|pair| pair[0].epoch < pair[1].epoch && pair[1].from == pair[0].to));
    }
}
