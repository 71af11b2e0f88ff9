//! `nhipcau bench --quick`: every part runs and says what it measured, against what, and how it was judged.
//! The figures themselves are nobody's business here.

use std::process::Command;

use serde_json::Value;

fn bench(parts: &[&str]) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_nhipcau"));
    command.args(["bench", "--quick", "--json", "--dir"]).arg(dir.path()).args(parts);
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "something was left behind");
    serde_json::from_slice(&done.stdout).unwrap_or_else(|e| panic!("{e}: {said}"))
}

/// The lines of one part; fails if one of them is not what a line must be.
fn lines(report: &Value, part: &str) -> Vec<Value> {
    let lines: Vec<Value> =
        report["lines"].as_array().unwrap().iter().filter(|line| line["part"] == part).cloned().collect();
    for line in &lines {
        assert!(
            line["what"].as_str().is_some_and(|what| what.contains(" · ") || what.contains(": ")),
            "{line}"
        );
        let judged = line.get("budget").is_some() && line.get("measured").is_some();
        assert_eq!(line.get("met").is_some(), judged, "{line}");
        match line.get("measured") {
            Some(figure) => {
                let figure = figure.as_f64().unwrap();
                assert!(figure.is_finite() && figure > 0.0, "{line}");
                if let (Some(bound), met) = (line["budget"]["at_least"].as_f64(), &line["met"]) {
                    assert_eq!(met, figure >= bound, "{line}");
                }
                if let (Some(bound), met) = (line["budget"]["at_most"].as_f64(), &line["met"]) {
                    assert_eq!(met, figure <= bound, "{line}");
                }
            }
            // What could not be measured says why, and what to do.
            None => assert!(line["beside"].as_str().unwrap().contains("install"), "{line}"),
        }
    }
    lines
}

#[test]
fn every_part_of_the_bench_reports_its_figures_beside_their_budgets() {
    let report = bench(&[]);
    assert_eq!(report["quick"], true);
    assert!(report["cores"].as_u64().unwrap() >= 1);
    for (part, budgets) in [
        ("pages", 1),
        ("uncached", 1),
        ("size", 3),
        ("appends", 3),
        ("catch-up", 2),
        ("start", 1),
        ("memory", 1),
        ("desk", 3),
        ("click", 1),
        ("found", 1),
        ("flood", 2),
        ("feeds", 2),
        ("media", 2),
        ("watch", 2),
        ("channels", 1),
        ("intake", 1),
        ("hand-over", 1),
    ] {
        let lines = lines(&report, part);
        let judged = lines.iter().filter(|line| line.get("budget").is_some()).count();
        assert_eq!(judged, budgets, "{part}: {lines:?}");
    }
    let all = report["lines"].as_array().unwrap();
    assert!(all.iter().all(|line| line["part"].is_string()));
}

#[test]
fn a_part_can_be_measured_alone() {
    let report = bench(&["size"]);
    assert_eq!(lines(&report, "size").len(), report["lines"].as_array().unwrap().len());
    let wrong = Command::new(env!("CARGO_BIN_EXE_nhipcau")).args(["bench", "speed"]).output().unwrap();
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(said.contains("catch-up") && said.contains("pages"), "the parts are not named: {said}");
    let wrong = ["bench", "size", "--database", "postgres://127.0.0.1:1/nothing"];
    let wrong = Command::new(env!("CARGO_BIN_EXE_nhipcau")).args(wrong).output().unwrap();
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(!wrong.status.success() && said.contains("bench desk --database"), "{said}");
}
