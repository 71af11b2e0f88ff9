//! The nation on bad days. A failure prints its seed; `SEED=n cargo test -p network a_bad_day` lives it again.
//! `nhipcau simulate` lives through a day of the whole nation.

use network::simulation::{Faults, MIN_MINUTES, MIN_NODES, Plan, run, run_telling};

fn seeds(count: u64) -> Vec<u64> {
    match std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => vec![seed],
        None => (1..=count).collect(),
    }
}

#[test]
fn a_good_day_is_without_alarm() {
    for seed in seeds(2) {
        let report = run(&Plan { faults: Faults::default(), ..Plan::small(seed) }).unwrap();
        println!("{report}");
        assert!(report.violations.is_empty() && report.alarms.is_empty(), "{report}");
    }
}

#[test]
fn a_bad_day_leaves_every_node_complete_that_can_be_and_truthful() {
    for seed in seeds(20) {
        let report = run(&Plan::small(seed)).unwrap();
        println!("{report}");
        assert!(report.violations.is_empty(), "{report}");
    }
}

#[test]
fn a_nation_of_any_size_lives_and_tells_how_late_it_is() {
    let mut told = Vec::new();
    let plan = Plan::of(MIN_NODES, 20, MIN_MINUTES, 1);
    let report = run_telling(&plan, |now| told.push(now)).unwrap();
    assert!(report.violations.is_empty(), "{report}");
    assert!(told.is_sorted() && told.last() <= Some(&report.lasted));
    let reason = run(&Plan { minutes: MIN_MINUTES - 1, ..plan }).unwrap_err();
    assert!(reason.contains("minutes"), "{reason}");
}
