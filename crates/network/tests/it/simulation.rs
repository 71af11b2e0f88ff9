//! The nation on bad days. A failure prints its seed; `SEED=n cargo test -p network a_bad_day` lives it again.

use network::simulation::{Faults, Plan, run};

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

/// Minutes long: `cargo test -p network a_national_day -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn a_national_day() {
    let report = run(&Plan::nation(seeds(1)[0])).unwrap();
    println!("{report}");
    assert!(report.violations.is_empty(), "{report}");
}
