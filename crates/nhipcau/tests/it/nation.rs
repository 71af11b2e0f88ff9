//! The nation on one machine, small enough for a test: what it counts is so. No time is judged here.

use indicatif::ProgressBar;
use nhipcau::operate::nation::{Args, measure};

fn small() -> Args {
    Args {
        dir: None,
        nodes: 6,
        communes: Some(2),
        acts: 3,
        every: 30,
        entries_a_day: 45,
        days: 2,
        quick: false,
        json: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_nation_shows_everything_everywhere_in_any_weather_and_after_any_absence() {
    let report = measure(&small(), &ProgressBar::hidden()).await.unwrap();
    assert_eq!(report.wrong(), Vec::<String>::new());
    // The Government, two ministries, three provinces with two communes each.
    assert_eq!((report.nodes, report.portals), (6, 12));

    assert_eq!(report.reaches().count(), 3 * 4 + 2);
    for (name, reach) in report.reaches() {
        assert_eq!((reach.acts, reach.missing), (3, 0), "{name}");
        // What the centre issues stands on every portal; one whose node is dead is not counted.
        assert!([12, 11].contains(&reach.portals), "{name}: {}", reach.portals);
        assert_eq!(reach.issued.count, 3, "{name}");
        assert_eq!(reach.stored.count, 3 * reach.portals, "{name}");
        assert_eq!(reach.shown.count, 3 * reach.portals, "{name}");
        assert_eq!(reach.everywhere.count, 3, "{name}");
        assert!(reach.stored.p50 <= reach.shown.p99 && reach.shown.p50 <= reach.shown.max, "{name}");
        assert!(reach.pages.read >= reach.portals && reach.pages.wrong == 0, "{name}: {:?}", reach.pages);
        assert!(reach.wire.bytes > 0 && reach.wire.relay <= reach.wire.bytes, "{name}");
    }

    let absences: Vec<_> = report.absences.iter().map(|a| (a.days, a.entries)).collect();
    assert_eq!(absences, [(1, 45), (2, 90)]);
    for absence in &report.absences {
        // Four nodes publish, in three provinces also for two communes each.
        assert_eq!(absence.logs, 4 + 3 * 2);
        for catch_up in [&absence.relay, &absence.node] {
            assert_eq!(catch_up.missing, 0);
            assert!(catch_up.stored_ms <= catch_up.shown_ms && catch_up.wire.bytes > 0);
        }
    }
    assert!(report.burden.disk.mean > 0 && !report.burden.disk.whose.is_empty());

    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["conditions"][2]["weather"]["lost"]["per_thousand"], 100);
    assert!(json["conditions"][0]["withdrawal"]["shown"]["p99"].is_number());
    let printed = report.to_string();
    for due in ["6 máy chủ", "hiển thị · shown", "Vắng 2 ngày", "Ngưỡng · budgets"] {
        assert!(printed.contains(due), "{due} is missing in {printed}");
    }
}

#[tokio::test]
async fn a_folder_that_is_in_use_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a letter"), "dear").unwrap();
    let args = Args { dir: Some(dir.path().to_owned()), ..small() };
    let error = measure(&args, &ProgressBar::hidden()).await.unwrap_err();
    assert!(error.to_string().contains("not empty"), "{error:#}");
    assert_eq!(std::fs::read_to_string(dir.path().join("a letter")).unwrap(), "dear");
}
